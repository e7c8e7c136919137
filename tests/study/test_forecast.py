"""A forecast: splits of closed form, chances of toys, refusals before the first run, the same bytes whoever runs it."""

from dataclasses import replace

import numpy as np
import pytest
from experiments import Formula, row
from forecasts import asking, carrying, chain_offered_mt
from scipy.special import ndtri
from scipy.stats import binom, fisher_exact

from sim.measure.chances import share_interval
from sim.runs.durable import open_study, settings_in
from sim.runs.replicate import Purpose, Replication, performer
from sim.scenario.problems import CorridorError, ScenarioError
from sim.scenario.reading.opening import load
from sim.study.folders import load_answer
from sim.study.forecast.causes import fisher
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import BATCH, shares_drawn
from sim.study.forecast.forecast import forecast
from sim.study.forecast.plan import plan_forecast
from sim.study.forecast.regions import regions
from sim.study.forecast.split import split
from sim.study.forecast.telling import chance_of, claims, outcomes
from sim.views.sheets.answer import headline_of
from sim.views.sheets.forecast.headline import doubt_parts

NO_PAIRS = np.empty((0, 2))
MIDDLES = (np.arange(500) + 0.5) / 500


def hypercube(worlds, inputs, seed):
    rng = np.random.default_rng(seed)
    return (np.argsort(rng.random((worlds, inputs)), axis=0) + rng.random((worlds, inputs))) / worlds


def germ(number, points, law, group=None):
    return Germ(f"x{number}", group or f"group {number}", points, law, np.full(len(law), 1 / len(law)))


def test_ishigami():
    """First order 0.3139, 0.4424, 0 and total 0.5576, 0.4424, 0.2437 (Ishigami and Homma 1990)."""
    points = np.pi * (2 * hypercube(400, 3, 1) - 1)
    x, y, z = points.T
    answers = np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)
    germs = [germ(number, column, np.pi * (2 * MIDDLES - 1)) for number, column in enumerate(points.T)]
    parts = split(germs, answers, NO_PAIRS, 0.95, 1).parts.set_index("part")
    assert parts["share"][1:4].to_numpy() == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-3)
    assert parts["total_share"][1:4].to_numpy() == pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-3)
    assert parts["share"]["together"] == pytest.approx(0.2437, abs=1e-3)
    assert np.isnan(parts["share"]["luck"]), "no world was run twice"


def gaussian(seed, worlds=100, inputs=30, luck=0.5):
    """Σ xᵢ / i of the first four of many Gaussian inputs, and luck, which a tenth of the worlds tell twice."""
    weights = np.zeros(inputs)
    weights[:4] = 1 / np.arange(1, 5)
    points = ndtri(hypercube(worlds, inputs, seed))
    rng = np.random.default_rng(seed + 1000)
    twice = points @ weights + luck * rng.standard_normal((2, worlds))
    germs = [germ(number, column, ndtri(MIDDLES), f"group {number % 2}") for number, column in enumerate(points.T)]
    total = weights @ weights + luck**2
    parts = [luck**2, weights[0::2] @ weights[0::2], weights[1::2] @ weights[1::2], 0.0]
    return np.array(parts) / total, twice, split(germs, twice[0], twice[:, : worlds // 10].T, 0.95, seed)


def test_linear_gaussian():
    """Over repetitions the parts come to the closed form, and intervals of 95 % hold it nine times of ten at least."""
    repetitions = [gaussian(seed) for seed in range(30)]
    truth = repetitions[0][0]
    found = np.array([told.parts["share"][:4] for _, _, told in repetitions])
    z = (found.mean(axis=0) - truth)[:3] / (found.std(axis=0, ddof=1)[:3] / np.sqrt(len(found)))
    assert (np.abs(z) < 4).all(), z
    group = [told.parts.iloc[1] for _, _, told in repetitions]
    held = sum(row["ci_low"] <= truth[1] <= row["ci_high"] for row in group)
    assert held >= 24
    assert found[:, 3].mean() < 0.02, "nothing is together"


def test_what_is_untold_lies_in_some_groups_and_upper_ends_hold_it():
    """Two inputs of 30 % of the variance, eight groups of 5 % in small ones: too small for so few worlds to tell."""
    groups, inputs, worlds = 10, 8, 80
    effects = np.full(groups * inputs, np.sqrt(0.4 / (groups * inputs - 2)))
    effects[0] = effects[inputs] = np.sqrt(0.3)
    shares = (effects**2).reshape(groups, inputs).sum(axis=1) / 1.01
    held, unknown_held = 0, 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        points = rng.standard_normal((worlds, groups * inputs))
        germs = [
            germ(place, column, ndtri(MIDDLES), f"group {place // inputs}") for place, column in enumerate(points.T)
        ]
        twice = (points @ effects)[:, np.newaxis] + 0.1 * rng.standard_normal((worlds, 2))
        told = split(germs, twice[:, 0], twice[: worlds // 5], 0.95, seed)
        parts = told.parts.iloc[1 : groups + 1]
        held += int(((parts["ci_low"] <= shares) & (shares <= parts["ci_high"]))[2:].sum())
        unknown_held += int((effects[2:inputs] ** 2 / 1.01 <= told.germs["ci_high"][2:inputs]).sum())
    assert held >= 29, f"of 32; of a true 95 % fewer once in thirty times ({held})"
    assert unknown_held == 4 * 6


def test_words_have_effects_of_their_own():
    rng = np.random.default_rng(3)
    effects, weights = np.array([0.0, 5.0, 1.0]), np.array([0.5, 0.25, 0.25])
    points = rng.choice(3, 200, p=weights).astype(float)
    other = rng.random(200)
    words = Germ("order", "structure", points, np.arange(3.0), weights, has_words=True)
    told = split([words, germ(1, other, MIDDLES)], effects[points.astype(int)] + 2 * other, NO_PAIRS, 0.95, 3)
    variance = weights @ effects**2 - (weights @ effects) ** 2
    assert told.germs["share"][0] == pytest.approx(variance / (variance + 4 / 12), abs=0.01)
    assert told.germs["effect"].to_numpy() == pytest.approx([5.0, 1.6], abs=0.05)


def test_nothing_is_split_that_has_no_spread():
    few = germ(0, MIDDLES[:10], MIDDLES)
    assert split([few], np.arange(10.0), NO_PAIRS, 0.95, 1) is None
    assert split([germ(0, MIDDLES, MIDDLES)], np.ones(500), NO_PAIRS, 0.95, 1) is None


def test_rules_tell_the_worlds_apart():
    rng = np.random.default_rng(5)
    speed, order = rng.random(200), rng.choice(["placing", "nothing"], 200)
    inputs = {"speed": speed.tolist(), "order": order.tolist(), "idle": rng.random(200).tolist()}
    best, *others = regions(inputs, (speed > 0.4) & (order == "nothing"), 0.95, 1)
    assert {condition[:2] for condition in best.conditions} >= {("speed", ">")}
    assert best.holding.share == 1 and all(region.holding.share == 0 for region in others)
    assert sum(region.holding.n for region in (best, *others)) == 200
    [everywhere] = regions(inputs, rng.random(200) < 0.5, 0.95, 1)
    assert everywhere.rule == "" and everywhere.holding == share_interval(everywhere.holding.successes, 200, 0.95)


def test_among_many_unknowns_luck_is_told_as_a_rule_as_rarely_as_the_level_says():
    rng = np.random.default_rng(3)
    told = 0
    for seed in range(40):
        inputs = {f"unknown_{number}": rng.random(30) for number in range(120)}
        told += len(regions(inputs, rng.random(30) < 0.4, 0.95, seed)) > 1
    assert told <= 5


@pytest.mark.parametrize("numbers", [(0, 5, 5, 5), (3, 10, 8, 12), (20, 33, 12, 33)])
def test_fisher(numbers):
    first, of_first, second, of_second = numbers
    table = [[first, of_first - first], [second, of_second - second]]
    assert fisher(*numbers) == pytest.approx(fisher_exact(table).pvalue)


def test_draws_are_hypercubes_of_their_own():
    shares = shares_drawn(1, "speed", 3 * BATCH)
    assert (shares[:BATCH] == shares_drawn(1, "speed", BATCH)).all(), "worlds more change none before"
    for batch in shares.reshape(3, BATCH):
        assert sorted((batch * BATCH).astype(int)) == list(range(BATCH))
        for half in (batch[0::2], batch[1::2]):
            assert sorted((half * BATCH / 2).astype(int)) == list(range(BATCH // 2))
    assert abs(np.corrcoef(shares, shares_drawn(1, "fleet", 3 * BATCH))[0, 1]) < 0.5


def test_a_world_that_stops_for_good_counts_as_one_that_fails(tmp_path):
    """Left out, it would make the others look better; nothing is measured there, and the rules know of it."""
    plain = forecast(asking(tmp_path), worlds=60, perform=carrying())
    holding = plain.worlds.query("offer == 'at target' and tracks == 2")["world"].tolist()
    told = forecast(asking(tmp_path), worlds=60, perform=otherwise_in({0, holding[0]}, stopped_for_good))
    assert told.worlds.query("stopped == 'line'")["world"].tolist() == [0, holding[0]]
    values = told.values.query("kpi == 'throughput_mt' and period == '2025'").set_index("world")["value"]
    assert values[values.isna()].index.unique().tolist() == [0, holding[0]]
    chance = told.chances.set_index(["question", "offer"]).loc["carried"]
    assert chance["worlds"].tolist() == [30, 30]
    assert chance["share"]["at target"] == pytest.approx((len(holding) - 1) / 30)
    rules = told.frames["regions"].query("offer == 'at target'")
    assert rules["worlds"].sum() == 30
    claim = claims(told)[0]
    assert chance_of(told, claim).successes == len(holding) - 1 and len(outcomes(told, claim)) == 29
    assert "In 2 of 60 worlds traffic stops for good: they fail." in list(doubt_parts(told))
    told.save(tmp_path / "kept")
    assert chance_of(load_answer(tmp_path / "kept"), claim) == chance_of(told, claim)


def test_a_world_in_which_a_measure_is_not_observed_counts_as_one_that_fails(tmp_path):
    """Of a journey that no train ends in eleven of twelve worlds, "in all of 1 world" would be no answer."""
    told = forecast(asking(tmp_path), worlds=60, perform=otherwise_in(range(2, 58), with_nothing_observed))
    chance = told.chances.set_index(["question", "offer"]).loc["carried"]
    assert chance["worlds"].tolist() == [30, 30]
    assert told.frames["regions"].groupby("offer")["worlds"].sum().tolist() == [30, 30]
    claim = claims(told)[0]
    assert len(outcomes(told, claim)) == 2 and chance_of(told, claim).n == 30
    silence = ": not observed in 28 worlds, for nothing arrives; they count as failing."
    assert [part.endswith(silence) for part in doubt_parts(told)].count(True) == 1


def otherwise_in(worlds, alter):
    """An engine that carries, and whose replications in some worlds are altered."""
    engine = carrying()

    def perform(jobs):
        assert all(job.purpose == Purpose.WORLD for job in jobs)
        runs = zip(jobs, engine(jobs), strict=True)
        return [alter(run) if int(job.about.split("world ")[-1]) in worlds else run for job, run in runs]

    return perform


def stopped_for_good(run):
    return Replication(run.index, deadlock="traffic has come to a stop")


def with_nothing_observed(run):
    return replace(run, kpis=run.kpis.iloc[:0])


def test_two_chances_by_closed_form(tmp_path):
    """Offered is uniform over half to one and a half times what is stated; carried is what has a second track."""
    reading, unit = asking(tmp_path), chain_offered_mt()
    told = forecast(reading, perform=carrying())
    chances = told.chances.set_index(["question", "offer"])
    assert chances["share"]["offered", "as drawn"] == pytest.approx(0.3, abs=0.04), "of a hypercube, not of a sample"
    worlds = told.worlds[told.worlds["offer"] == "at target"]
    assert len(worlds) == 50
    assert ((worlds["offered_mt"] / unit).between(1.199, 1.501)).all()
    assert chances["share"]["carried", "at target"] == pytest.approx((worlds["tracks"] == 2).mean())
    years = told.frames["years"].query("offer == 'as drawn' and kpi == 'throughput_mt'").iloc[0]
    drawn = told.worlds[told.worlds["offer"] == "as drawn"]
    carried = np.where(drawn["tracks"] == 1, np.minimum(drawn["offered_mt"], 1.15 * unit), drawn["offered_mt"])
    assert years["p50"] == pytest.approx(np.median(carried))
    assert years["p10"] / unit == pytest.approx(0.6, abs=0.08)
    rules = told.frames["regions"].set_index("offer").loc["at target"]
    assert rules["rule"].tolist() == ["tracks > 1.5", "tracks <= 1.5"]
    assert rules["holds_share"].tolist() == [1.0, 0.0]
    tracks = told.frames["unknowns"].set_index(["offer", "unknown"]).loc["at target", "tracks"]
    assert (tracks["flips"], tracks["holds_low"], tracks["holds_high"]) == ("yes", 0.0, 1.0)
    luck = told.frames["split"].set_index(["offer", "part"])["share"]["as drawn", "luck"]
    assert luck == 0


def choosing(tmp_path):
    """The same line, whose trains are half of a market at what its shippers expect at first."""
    asking(tmp_path)
    text = """
extends = "line.toml"
[flows.west]
trains_per_year = "none"
market = "boxes"
[markets.boxes]
title = "Boxes"
teu_per_year = { 2025 = 87_600 }
most_share = 0.9
price_response_per_1000_usd = 1.0
value_of_time_usd_per_teu_day = 10.0
corridor = { price_usd_per_teu = 1000.0, expected_days = 20.0 }
alternatives = { sea = { price_usd_per_teu = 1000.0, days = 20.0 } }
[unknown.trade]
keys = ["markets.boxes.teu_per_year"]
[unknown.taste]
title = "what else speaks for the line"
group = "volumes"
keys = ["markets.boxes.corridor.constant"]
low = -0.5
high = 0.5
shape = "uniform"
sources.all = "assumed: anything"
"""
    (tmp_path / "market.toml").write_text(text, encoding="utf-8")
    return load(tmp_path / "market.toml")


def test_worlds_at_the_target_where_cargo_chooses(tmp_path):
    """The size of the market is set so that what chooses the line, whatever speaks for it, is what shall be offered."""
    unit = chain_offered_mt()
    told = forecast(choosing(tmp_path), perform=carrying())
    drawn, at_target = (told.worlds[told.worlds["offer"] == kind] for kind in ("as drawn", "at target"))
    assert ((at_target["offered_mt"] / unit).between(1.199, 1.501)).all()
    share = 1 / (1 + np.exp(-drawn["taste"]))
    assert drawn["offered_mt"].tolist() == pytest.approx((unit * drawn["trade"] * share / 0.5).tolist(), rel=1e-3)
    scale = at_target["offered_mt"] / unit * 0.5 * (1 + np.exp(-at_target["taste"]))
    assert at_target["trade"].tolist() == pytest.approx(scale.tolist(), rel=2e-3)
    assert at_target["trade"].std() > 0.2


def test_two_scenarios_world_by_world(tmp_path):
    """The same worlds: the difference is what the second has more, and nothing else."""
    base = asking(tmp_path)
    second = asking(tmp_path, "gain", 'conclusions = ["throughput_mt:all:line:2025 difference >= 0.2"]')
    second = load(second.files[0], ['title="gain"'])
    told = forecast(base, second, worlds=40, perform=carrying(0.25))
    rows = told.frames["differences"].query("kpi == 'throughput_mt'")
    assert rows["mean"].tolist() == pytest.approx([0.25, 0.25])
    assert rows["share"].tolist() == [1.0, 1.0] and rows["threshold"].tolist() == [0.2, 0.2]
    assert told.manifest["scenarios"] == ["line", "gain_title_gain"]
    rules = told.frames["regions"].query("measure.str.contains('difference')")
    assert rules["rule"].tolist() == ["", ""], "what holds everywhere has no rule"


def test_more_worlds_change_no_world_before_them(tmp_path):
    few, many = (forecast(asking(tmp_path), worlds=number, perform=carrying()).worlds for number in (20, 60))
    assert many[:20].equals(few)


def test_precision_ends_it(tmp_path):
    jobs = carrying()
    told = forecast(asking(tmp_path), worlds=400, precision=0.2, perform=jobs)
    assert told.manifest["worlds"] < 100 and told.manifest["half_width"] == 0.2
    chance = told.chances.set_index(["question", "offer"]).loc["carried", "at target"]
    assert (chance["ci_high"] - chance["ci_low"]) / 2 <= 0.2
    assert len(jobs.jobs) == told.manifest["worlds"] * 1.1


def test_where_no_thread_can_be_had_it_ends_in_words(tmp_path, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("threading.Thread.start", refuse)
    with pytest.raises(CorridorError, match="cannot be started: can't start new thread"):
        forecast(asking(tmp_path), worlds=20, perform=carrying())


@pytest.mark.parametrize("half_width", [0.05, 0.1])
@pytest.mark.parametrize("chance", [0.01, 0.05, 0.1, 0.3, 0.5])
def test_an_interval_read_after_a_stop_by_its_width_holds_as_often(chance, half_width):
    """All ways in which worlds at the target, ten a batch, can come out until the interval is so narrow, counted."""
    batch = BATCH // 2
    of_batch = binom.pmf(np.arange(batch + 1), batch, chance)
    going_on, held, n = np.ones(1), 0.0, 0
    while going_on.sum() > 1e-9:
        n += batch
        going_on = np.convolve(going_on, of_batch)
        for successes in np.flatnonzero(going_on):
            found = share_interval(int(successes), n, 0.95)
            if (found.high - found.low) / 2 <= half_width:
                held += going_on[successes] * (found.low <= chance <= found.high)
                going_on[successes] = 0.0
    assert held >= 0.949


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ends": (0.5, 1.1)}, "the range alone would make the chance 0"),
        ({"target": 0.4, "low": 0.4}, "the range alone would make the chance 1"),
        ({"low": 0.9, "high": 1.1}, "the range alone would make the chance 0"),
        ({"more": 'conclusions = ["clearance_h:mars > 1"]'}, "'mars' is no place"),
    ],
)
def test_what_cannot_be_answered_is_refused_before_the_first_run(tmp_path, changes, says):
    jobs = carrying()
    with pytest.raises(CorridorError, match=says):
        forecast(asking(tmp_path, **changes), perform=jobs)
    assert jobs.jobs == []


def test_two_that_do_not_pair_are_refused_before_the_first_run(tmp_path):
    base = asking(tmp_path)
    later = load(asking(tmp_path, "later").files[0], ["horizon.start=2025-01-02", "corridors.line.target_mt={}"])
    jobs = carrying()
    with pytest.raises(CorridorError, match="no period 2025 of the same days"):
        forecast(later, base, perform=jobs)
    assert jobs.jobs == []


def test_a_world_that_does_not_stand_where_the_target_is_offered_is_refused_in_words(tmp_path):
    """What is offered is found by trial: a trial that breaks a bound of the schema is no error of the program."""
    reading = asking(tmp_path, ends=(0.5, 1.21))
    shares = [
        "places.border.inspection.red_share=0.8",
        "unknown.trade.follows={'places.border.inspection.red_share'=1}",
    ]
    jobs = carrying()
    with pytest.raises(ScenarioError, match=r"red_share.*must be at most 1 .*\(world \d+: trade = 1"):
        forecast(reading.set(shares), perform=jobs)
    assert jobs.jobs == []


def test_a_study_keeps_of_a_world_what_is_asked_of_it(tmp_path):
    """All measures of thousands of worlds would take as long again, and hundreds of megabytes."""
    reading = load(asking(tmp_path).files[0], ["horizon.end=2025-01-20", "corridors.line.target_mt={}"])
    question = "throughput_mt:all:line:all >= 0.01"
    with open_study(tmp_path / "kept") as study, performer(1, store=study) as own:
        forecast(reading, worlds=2, conclusions=[question], perform=own)
        kept = settings_in(study.folder, study.database)
        assert {(setting.purpose, setting.complete, setting.incomplete) for setting in kept} == {
            ("world", 2, 0),
            ("world", 1, 0),
        }
        frames = study.database.execute("SELECT DISTINCT part FROM frame").fetchall()
        assert frames == [("kpis",)]
        again = forecast(reading, worlds=2, conclusions=[question, "transit_days > 1"], perform=own)
    assert again.frames["years"].query("kpi == 'transit_days'")["worlds"].tolist() == [2], "what was not kept is run"


def test_the_bytes_are_those_of_one_worker_and_of_a_study_gone_on_with(tmp_path):
    reading = load(asking(tmp_path).files[0], ["horizon.end=2025-01-20", "corridors.line.target_mt={}"])
    asked = {"worlds": 24, "conclusions": ["throughput_mt:all:line:all >= 0.01"]}
    forecast(reading, **asked).save(tmp_path / "alone")
    forecast(reading, **asked, workers=2).save(tmp_path / "two")

    def stop(replication):
        done.append(replication)
        if len(done) == 10:
            raise KeyboardInterrupt

    done = []
    with (
        open_study(tmp_path / "kept") as study,
        pytest.raises(KeyboardInterrupt),
        performer(1, stop, store=study) as own,
    ):
        forecast(reading, **asked, perform=own)
    fresh = []
    with open_study(tmp_path / "kept") as study, performer(1, fresh.append, store=study) as own:
        forecast(reading, **asked, perform=own).save(tmp_path / "on")
    for path in (tmp_path / "alone").iterdir():
        for other in ("two", "on"):
            assert (tmp_path / other / path.name).read_bytes() == path.read_bytes(), (other, path.name)


def test_a_forecast_cut_at_a_day_draws_what_was_known_later_by_name():
    """The same in both of two scenarios, and whatever else is drawn; nothing without the day."""
    changes = ["horizon.end=2023-03-01", "horizon.warmup_days=10"]
    more = {"conclusions": ["border_dwell_h >= 1"], "worlds": 20}
    whole, cut = (
        plan_forecast([load("2023_as_it_was", [*changes, *until])], more).universe
        for until in ([], ["forecast.until=2023-12-31"])
    )
    assert whole.movable == ((),) and whole.table(0, 3) is whole.readings[0].resolved
    oil, ships = ("flows.titr_oil.mt_per_year", "places.caspian_bulk.vessels.dry_ship.number")
    keys = {factor.key for factor in cut.movable[0]}
    assert {oil, ships} <= keys and "dry_ships" not in set(cut.unknowns)
    rates = [next(iter(cut.table(0, world)["flows"]["titr_oil"]["mt_per_year"].values())) for world in range(20)]
    stated = whole.scenario_in(0, 0, {}).flows["titr_oil"].mt_per_year[2023]
    assert min(rates) < 0.7 * stated and 1.3 * stated < max(rates) and len(set(rates)) == 20
    assert cut.world(0).scenarios[0] != whole.world(0).scenarios[0]
    base = load("2023_as_it_was", changes, name="base")
    pair = plan_forecast([base, load("2023_as_it_was", [*changes, "forecast.until=2023-12-31"])], more).universe
    assert pair.points[0] == pair.points[1] == cut.points[0]
    told = forecast(
        load("2023_as_it_was", [*changes, "forecast.until=2023-12-31"]),
        conclusions=more["conclusions"],
        worlds=20,
        perform=Formula(lambda scenario, index: [row("border_dwell_h", 50.0 + index, period="all")]),
    )
    assert {*keys, *cut.unknowns} <= {*told.worlds} and told.manifest["until"] == "2023-12-31"
    multiples = [cut.cut_inputs(world)[oil] for world in range(20)]
    assert told.worlds[oil].tolist() == multiples and np.array(rates) == pytest.approx(
        stated * np.array(multiples), rel=1e-5
    )
    assert f"known on 2023-12-31 may be used, of {len(keys)} inputs that cite later facts" in headline_of(told).hangs_on
