"""History matching: implausibility worked out by hand, waves on functions whose answer is known, and the command."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from forecasts import asking
from scenario_text import BOX

from sim.scenario.problems import ArgumentError, ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.schema import TargetErrors
from sim.scenario.worlds import unknown_paths
from sim.study.calibrate.parameters import targets
from sim.study.forecast.chaos import Germ
from sim.study.forecast.draws import shares_drawn
from sim.study.forecast.ensemble import EnsembleError, ensemble_text
from sim.study.forecast.plan import plan_forecast
from sim.study.match.implausibility import (
    CUT,
    Record,
    effective_number,
    implausibilities,
    luck_variances,
    record_of,
    scores,
    scores_of_runs,
    weights,
)
from sim.study.match.match import match_worlds, plan_match
from sim.study.match.survivors import law_distance, mean_answers, targets_table, weighted_quantiles
from sim.study.match.waves import match
from sim.views.sheets.match import ruling_sentence, target_distance_sheet

WHY = {"all": "assumed: a test"}
RECORD = Record(("hours", "tonnes"), np.array([10.0, 4.0]), np.array([3.0, 0.0]), np.array([4.0, 0.5]))


def test_the_distance_from_a_target_is_over_the_root_of_all_variances():
    answers = np.array([[[22.0, 26.0], [4.0, 4.0]], [[10.0, 10.0], [2.0, 2.0]], [[np.nan, np.nan], [4.0, 4.0]]])
    luck = luck_variances(answers)
    assert luck == pytest.approx([8 / 2, 0])  # squares of -2, 2, 0, 0 over two degrees of freedom
    distances = scores_of_runs(RECORD, answers, luck)
    assert distances[0] == pytest.approx([14 / np.sqrt(3**2 + 4**2 + 4 * 1.5), 0])
    assert distances[1] == pytest.approx([0, -4])
    assert distances[2, 0] == np.inf
    assert implausibilities(distances) == pytest.approx([14 / np.sqrt(31), 4, np.inf])


def test_a_world_with_one_replication_that_spoke_has_more_luck_than_one_with_two():
    answers = np.array([[[20.0, np.nan], [4.0, np.nan]], [[20.0, 20.0], [4.0, 4.0]]])
    single, double = scores_of_runs(RECORD, answers, np.array([25.0, 0.0]))[:, 0]
    assert (single, double) == pytest.approx((10 / np.sqrt(75), 10 / np.sqrt(62.5)))


def test_weights_are_those_of_a_normal_posterior_cut_where_worlds_are_ruled_out():
    distances = np.array([[0.0, 0.0], [1.0, -2.0], [0.0, CUT], [np.inf, 0.0]])
    assert weights(distances) == pytest.approx(np.array([1, np.exp(-2.5), 0, 0]) / (1 + np.exp(-2.5)))
    assert weights(distances[2:]).tolist() == [0, 0]
    assert effective_number([0.5, 0.5, 0]) == pytest.approx(2)
    assert effective_number([0.0]) == 0


def test_emulated_worlds_have_the_variance_of_what_predicts_them():
    near = scores(RECORD, np.array([[25.0, 4.0]]), np.array([0.0, 0.0]))
    vague = scores(RECORD, np.array([[25.0, 4.0]]), np.array([[200.0, 0.0]]))
    assert (near[0, 0], vague[0, 0]) == pytest.approx((3, 1))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"observation": 1.0}, "state discrepancy or else discrepancy_share"),
        ({"observation": 1.0, "observation_share": 0.1, "discrepancy": 1.0}, "state observation or else"),
        ({"observation": 0.0, "discrepancy_share": 0.0}, "would rule out every world"),
        ({"observation": 1.0, "discrepancy": 1.0, "sources": {"observation": "A"}}, "must say in sources.discrepancy"),
        ({"observation": -1.0, "discrepancy": 1.0}, "greater than or equal to 0"),
    ],
)
def test_errors_are_stated_once_each_and_with_their_reason(table, message):
    with pytest.raises(ValueError, match=message):
        TargetErrors.model_validate({"sources": WHY, **table})


def test_a_share_is_of_the_figure_whatever_its_sign():
    errors = TargetErrors.model_validate({"observation": 2.0, "discrepancy_share": 0.5, "sources": WHY})
    assert (errors.deviation("observation", -10.0), errors.deviation("discrepancy", -10.0)) == (2.0, 5.0)


def test_a_target_without_errors_is_refused_by_name():
    reading = load("2025_as_it_was", ['calibration.targets = ["titr_2025", "feeder_teu_2025"]'])
    with pytest.raises(ScenarioError, match=r"calibration.errors: says nothing of .*\[calibration.errors\."):
        record_of(reading, targets(reading))


MIDDLES = (np.arange(200) + 0.5) / 200
TWO = Record(("sum", "product"), np.array([1.4, 0.3]), np.array([0.05, 0.05]), np.array([0.05, 0.05]))


def even_germs(draws=3000, seed=1):
    """Four shares drawn evenly, of which the targets see two."""
    law = np.full(200, 1 / 200)
    return [Germ(name, "group", shares_drawn(seed, name, draws), MIDDLES, law) for name in "abcd"]


def asked(germs, luck=0.02, seed=5):
    """What answers in place of the model: a sum and a product of two shares, with luck; the worlds asked for beside."""
    points, numbers_asked = np.column_stack([germ.points for germ in germs]), []

    def ask(numbers):
        numbers_asked.extend(numbers)
        means = np.column_stack([points[numbers, 0] + points[numbers, 1], points[numbers, 0] * points[numbers, 2]])
        scatter = [np.random.default_rng((seed, number)).standard_normal((2, 2)) for number in numbers]
        return means[..., np.newaxis] + luck * np.array(scatter)

    return ask, numbers_asked


def test_what_is_left_is_the_share_of_the_prior_that_the_record_allows():
    germs = even_germs()
    ask, numbers = asked(germs)
    outcome = match(germs, TWO, ask, 100, 3, 0.95, 1)
    first, second, third = (germ.points for germ in germs[:3])
    means = np.column_stack([first + second, first * third])
    allowed = implausibilities(scores(TWO, means, np.full(2, 0.02**2 * 1.5))) < CUT
    share, low, high = outcome.share_left
    assert low < share < high
    # emulators take a thin rim of what is allowed with what is not
    assert share == pytest.approx(allowed.mean(), rel=0.15)
    assert numbers == outcome.numbers.tolist()
    assert len(set(numbers)) == len(numbers) == 300
    assert (np.diff(numbers[100:]) > 0).all()
    # the later waves run few worlds in vain, and rule out none of those allowed but by luck
    assert outcome.is_left[outcome.wave_of == 2].mean() > 2 * outcome.is_left[outcome.wave_of == 0].mean()
    assert outcome.waves[-1].is_left[allowed].mean() > 0.97


def test_what_a_target_could_rule_out_lies_beyond_the_bounds_told():
    outcome = match(germs := even_germs(), TWO, asked(germs, luck=0.2)[0], 60, 1, 0.95, 1)
    aims = {
        name: SimpleNamespace(title=name, fact="F-1", value=value)
        for name, value in zip("ab", TWO.figures, strict=True)
    }
    table, means = targets_table(aims, outcome), mean_answers(outcome)
    beyond = (means < table["bound_low"].to_numpy()) | (means > table["bound_high"].to_numpy())
    assert beyond.mean(axis=0).tolist() == table["out_share"].tolist()
    assert 0 < beyond[:, 1].mean() < 1
    cells = [row[3] for row in sorted(target_distance_sheet(table).rows)]
    assert cells[0].startswith("below 0.") and cells[1].startswith("above 1."), "a product of shares is never below 0"


def test_one_replication_tells_no_luck_and_is_refused():
    with pytest.raises(ArgumentError, match="replications must be at least 2"):
        plan_match(load("2025_as_it_was"), replications=1)


def test_weights_give_the_posterior_that_integration_gives():
    """Bayes by a grid: the mean of what the targets see, given a normal record, evenly drawn shares, cut at three."""
    germs = even_germs(6000)
    outcome = match(germs, TWO, asked(germs, luck=0)[0], 800, 2, 0.95, 1)
    grid = np.stack(np.meshgrid(MIDDLES, MIDDLES, MIDDLES[::4], indexing="ij"), axis=-1).reshape(-1, 3)
    distances = scores(TWO, np.column_stack([grid[:, 0] + grid[:, 1], grid[:, 0] * grid[:, 2]]), np.zeros(2))
    share = weights(distances)
    points = np.column_stack([germ.points[outcome.numbers] for germ in germs[:3]])
    for column in range(3):
        exact = share @ grid[:, column]
        spread = np.sqrt(share @ (grid[:, column] - exact) ** 2 / effective_number(outcome.weights))
        assert abs(outcome.weights @ points[:, column] - exact) < 4 * spread


PER_H, FIRST_H, LOW_H, HIGH_H = 0.2, 1.5, 1.0, 2.5
FIGURE_H, OBSERVATION_H, DISCREPANCY_H = 4.8, 0.2, 0.15
STATION = """
[places.{name}]
kind = "border"
title = "Station"
receiving_tracks = 1000
declarant_teams = 1
officer_teams = 1
inspection = {{ yellow_share = 0, red_share = 0, yellow_h = 0, red_h = 0, teams = 1 }}
forming = {{ crews = 1, train_h = {{ mean = {mean_h}, shape = "exponential" }} }}
"""
TANDEM = (
    f"""
title = "Two stations in a row"
horizon = {{ start = 2025-01-01, end = 2026-01-01, warmup_days = 10 }}
{BOX}[flows.west]
title = "Westbound"
train = "box"
direction = "westbound"
route = ["first", "second"]
trains_per_year = {{ 2025 = {PER_H * 8760} }}
departures_cv = 1
[unknown.second]
title = "Work at the second station"
group = "border"
keys = ["places.second.forming.train_h"]
low = {LOW_H}
high = {HIGH_H}
shape = "uniform"
sources.all = "assumed: a test"
[published.stay]
title = "Days in both"
fact = "X-1"
used_for = "calibration"
kpi = "journey_days"
flow = "west"
start = 2025-01-01
end = 2026-01-01
value = {FIGURE_H / 24}
low = 0
high = 1
[calibration]
targets = ["stay"]
[calibration.errors.stay]
observation = {OBSERVATION_H / 24}
discrepancy = {DISCREPANCY_H / 24}
sources.all = "assumed: a test"
[calibration.parameters.work]
title = "Work at the first station"
keys = ["places.first.forming.train_h.mean"]
low = 1
high = 2
value = {FIRST_H}
"""
    + STATION.format(name="first", mean_h=FIRST_H)
    + STATION.format(name="second", mean_h=2.0)
)


def moments(values, share):
    """Mean and standard deviation of values by their shares."""
    mean = share @ values
    return mean, np.sqrt(share @ (values - mean) ** 2)


def test_two_queues_in_a_row_leave_the_posterior_that_a_quadrature_gives(tmp_path):
    """Trains at random, work of exponential hours: both are M/M/1 (Burke 1956), and a stay is s / (1 - rate s) in each.

    The posterior of the hours of the second, evenly drawn, is integrated on a grid. The record had the luck of a year;
    worlds have that of two, which the weights count and which their means have besides.
    """
    (tmp_path / "tandem.toml").write_text(TANDEM, encoding="utf-8")
    answer = match_worlds(load(tmp_path / "tandem.toml"), worlds=300, waves=1)
    work_h = np.linspace(LOW_H, HIGH_H, 4001)
    stay_h = FIRST_H / (1 - PER_H * FIRST_H) + work_h / (1 - PER_H * work_h)
    luck_h = 24 * answer.targets["luck"].iloc[0]
    variance = OBSERVATION_H**2 + DISCREPANCY_H**2 + 2 * luck_h**2
    likelihood = np.exp(-((stay_h - FIGURE_H) ** 2) / 2 / variance)
    exact = moments(work_h, likelihood / likelihood.sum())
    table = answer.frames["ensemble"]
    found = moments(LOW_H + (HIGH_H - LOW_H) * table["second"].to_numpy(), table["weight"].to_numpy())
    worth = answer.manifest["worth"]
    errors = (exact[1] / np.sqrt(worth), exact[1] / np.sqrt(2 * worth))
    for name, right, value, error in zip(("mean", "standard deviation"), exact, found, errors, strict=True):
        print(f"{name} of the work, h: quadrature {right:.4f}, match {value:.4f}, z = {(value - right) / error:+.2f}")
        assert abs(value - right) < 4 * error
    print(f"{worth:.1f} worlds alike are worth as much; luck of a year {luck_h:.3f} h")
    # informative: less than half of what was thought before, an even law of one and a half hours
    assert found[1] < 0.5 * (HIGH_H - LOW_H) / np.sqrt(12)


def test_a_world_in_which_traffic_stops_is_ruled_out_and_spoils_no_emulator():
    germs = even_germs()
    ask, _ = asked(germs)

    def with_stops(numbers):
        answers = ask(numbers)
        answers[:10] = np.nan
        return answers

    outcome = match(germs, TWO, with_stops, 100, 1, 0.95, 1)
    assert not outcome.is_left[:10].any()
    assert (outcome.weights[:10] == 0).all()
    assert np.isfinite(outcome.waves[0].deviations).all()


def test_worlds_that_stop_are_not_laid_to_a_target_without_a_word():
    targets = pd.DataFrame({"title": ["T"], "out_share": [1.0]})
    waves = pd.DataFrame({"worlds": [12, 8], "stopped": [6, 4]})
    answer = SimpleNamespace(targets=targets, frames={"waves": waves})
    told = "In 10 of 20 worlds run traffic stops for good, and so every target rules them out."
    assert ruling_sentence(answer) == f"Worlds as first drawn are ruled out by: T (100 %). {told}"
    answer.frames["waves"] = waves.assign(stopped=0)
    assert ruling_sentence(answer) == "Worlds as first drawn are ruled out by: T (100 %)."


def test_quantiles_and_distances_of_weighted_worlds():
    assert weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.5, 0.5]), (0.25, 0.5, 0.75)) == [1, 1.5, 2]
    assert np.isnan(weighted_quantiles(np.array([1.0]), np.array([0.0]), (0.5,))).all()
    shares = np.array([0.1, 0.6, 0.9])
    assert law_distance(shares, np.array([0.0, 0.0, 1.0]), None) == pytest.approx(0.9)
    assert law_distance(shares, np.array([0.0, 0.0, 1.0]), np.array([0.5, 1.0])) == pytest.approx(0.5)


SHORT = [
    "horizon.end = 2025-02-01",
    "horizon.warmup_days = 10",
    "published.clearance_on_paper.end = 2025-02-01",
    'calibration.targets = ["clearance_on_paper"]',
]


@pytest.mark.parametrize("name", ["tandem", "2025_as_it_was"])
def test_the_same_worlds_in_any_company(tmp_path, name):
    (tmp_path / "tandem.toml").write_text(TANDEM, encoding="utf-8")
    changes = [*SHORT, "calibration.errors.clearance_on_paper.observation = 0.2"]
    reading = load(tmp_path / "tandem.toml") if name == "tandem" else load(name, changes)
    alone, together = (match_worlds(reading, worlds=20, waves=1, workers=n) for n in (1, 2))
    for stem, frame in alone.frames.items():
        assert frame.to_csv(index=False) == together.frames[stem].to_csv(index=False), stem
    assert set(alone.unknowns["unknown"]) == set(reading.scenario.unknown)
    assert [*alone.frames["ensemble"]["world"]] == [*alone.frames["worlds"].query("is_left")["world"]]


def test_a_cut_draws_what_was_known_later_and_leaves_aside_the_unknowns_that_no_earlier_fact_supports():
    whole, cut = (
        plan_match(load("2025_as_it_was", [*SHORT, *more])) for more in ([], ["calibration.until = 2025-09-30"])
    )
    assert not whole.universe.movable[0]
    assert cut.universe.movable[0]
    keys = {factor.path for factor in cut.universe.movable[0]}
    assert set(cut.universe.unknowns) < set(whole.universe.unknowns)
    names = set(whole.universe.unknowns) - set(cut.universe.unknowns)
    reading = whole.reading
    assert all(keys & set(unknown_paths(reading.resolved, whole.universe.unknowns[name])) for name in names)
    assert cut.scenario(0) != whole.scenario(0)
    assert set(cut.scenario(0).published) == {"clearance_on_paper"}


ROWS = {"world": [3, 5], "weight": [0.9, 0.1], "trade": [0.25, 0.75], "tracks": [0.1, 0.9]}


def with_ensemble(tmp_path, text=None, ends=(0.5, 1.5)):
    """A line whose forecast draws from an ensemble, made for its ranges as they are without it."""
    unknowns = asking(tmp_path).scenario.unknown
    (tmp_path / "left.csv").write_text(text or ensemble_text(ROWS, unknowns, ["made by hand"]))
    return asking(tmp_path, more='ensemble = "left.csv"', ends=ends)


def test_a_forecast_draws_whole_rows_of_its_ensemble_by_weight(tmp_path):
    reading = with_ensemble(tmp_path)
    plan, prior = (plan_forecast([reading], {"worlds": 100}, prior=flag) for flag in (False, True))
    trade, tracks = plan.universe.draws.own["trade"], plan.universe.draws.own["tracks"]
    assert set(zip(trade.tolist(), tracks.tolist(), strict=True)) == {(0.25, 0.1), (0.75, 0.9)}
    assert (trade == 0.75).sum() == 10  # shares in slices: a tenth of a hundred to the row
    assert prior.universe.ensemble is None
    assert len(set(prior.universe.draws.own["trade"])) == 100
    bare = ensemble_text({name: ROWS[name] for name in ("world", "weight", "tracks")}, reading.scenario.unknown, [])
    part = plan_forecast([with_ensemble(tmp_path, bare)], {"worlds": 100}).universe.draws.own
    assert part["trade"].tolist() == prior.universe.draws.own["trade"].tolist()
    assert set(part["tracks"]) == {0.1, 0.9}


def test_an_ensemble_of_other_ranges_is_refused_in_one_message(tmp_path):
    reading = with_ensemble(tmp_path, ends=(0.5, 1.6))
    with pytest.raises(EnsembleError, match=r"left\.csv: was made when the range was another of trade: .*prior"):
        plan_forecast([reading], {})
    assert plan_forecast([reading], {}, prior=True).universe.ensemble is None


@pytest.mark.parametrize(
    "text",
    [
        "nothing\n",
        "world,weight,trade\n",
        "world,weight,trade\nlaw,,x\n1,1,high\n",
        "world,weight,trade\nlaw,,x\n1,-1,0.5\n",
        "world,weight,trade\nlaw,,x\n1,1,1.5\n",
        "world,weight,trade\nlaw,,x\n1,1\n",
        "world,weight,trade,trade\nlaw,,x,x\n1,1,0.5,0.5\n",
        '"',
    ],
)
def test_a_file_that_is_no_ensemble_is_refused(tmp_path, text):
    with pytest.raises(EnsembleError, match=r"left\.csv: is no ensemble of `corridor calibrate`"):
        plan_forecast([with_ensemble(tmp_path, text)], {})


def test_a_missing_ensemble_is_refused(tmp_path):
    with pytest.raises(EnsembleError, match=r"left\.csv: .*(?i:no such file)"):
        plan_forecast([asking(tmp_path, more='ensemble = "left.csv"')], {})
