"""Plans over all that is not known: the worlds of the forecast, the same for each plan, and a chance of each."""

from types import SimpleNamespace

import pytest
from chains import investment
from experiments import Formula, row
from forecasts import asking, carrying

from sim.runs.replicate import Replication
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.opening import load
from sim.study.folders import load_answer
from sim.study.forecast.forecast import forecast
from sim.study.forecast.plans import WorldPlan, offer_for, over_worlds, without_investments
from sim.study.ladder.ladder import ladder
from sim.study.question import aim
from sim.study.target.target import target
from sim.views.sheets.answer import headline_of, sheets
from sim.views.sheets.forecast.plans import worlds_sentence, worlds_sheets

YARD = "places.yard.unloading.box.tracks"
CANCELLED = """
[unknown.second_yard]
title = "whether the second yard comes"
group = "investments"
keys = ["investments.second_yard.active"]
values = [true, false]
weights = [0.5, 0.5]
sources.all = "assumed: as likely as not"
"""


def planned(tmp_path):
    """The line whose yard gets a second track by an investment that may be cancelled."""
    text = asking(tmp_path).files[0].read_text(encoding="utf-8")
    text = text.replace("values = [1, 2]", "values = [1, 3]").replace("worlds = 100", "worlds = 80")
    return text + investment("second_yard", YARD, 2, cost=10.0, opens="2025-01-01") + CANCELLED


def asked(reading):
    about, target_mt = aim(reading.scenario, None, None, None)
    return about, target_mt, 30, reading.scenario.study.seed, 0.95


def test_a_scenario_as_stated_carries_what_its_forecast_says(tmp_path):
    reading = asking(tmp_path)
    row = over_worlds([WorldPlan("as it is", reading)], *asked(reading), carrying())[0].iloc[0]
    told = forecast(reading, worlds=60, perform=carrying())
    chance = told.chances.set_index(["question", "offer"]).loc["carried", "at target"]
    assert (row["offer"], row["worlds"], row["share"]) == ("at target", 30, chance["share"])
    years = told.frames["years"].query("offer == 'at target' and kpi == 'throughput_mt' and period == '2025'").iloc[0]
    assert row[["p10", "p50", "p90"]].tolist() == pytest.approx(years[["p10", "p50", "p90"]].tolist())


def test_another_target_than_the_scenario_s_is_asked_of_worlds_as_drawn(tmp_path):
    reading = asking(tmp_path)
    about, target_mt, *others = asked(reading)
    assert offer_for(reading, about, target_mt) is not None and offer_for(reading, about, 2 * target_mt) is None
    row = over_worlds([WorldPlan("as it is", reading)], about, 0.6 * target_mt, *others, carrying())[0].iloc[0]
    assert row["offer"] == "as drawn" and 0.5 < row["share"] < 1


def test_what_is_done_to_a_world_is_its_plan_alone(tmp_path):
    """The same worlds and luck for each: a track more is a track more in each of them."""
    reading = asking(tmp_path)
    jobs = carrying()
    with_track = WorldPlan("a track", reading, lambda scenario: reading.set([f"{YARD}=2"]).scenario)
    over_worlds([WorldPlan("as it is", reading), with_track], *asked(reading), jobs)
    first, second = jobs.jobs[:30], jobs.jobs[30:]
    assert [(job.seed, job.index) for job in first] == [(job.seed, job.index) for job in second]
    assert {*second[0].scenario.places["yard"].unloading["box"].tracks.values()} == {2}


def test_where_traffic_stops_for_good_the_target_is_not_carried(tmp_path):
    reading = asking(tmp_path)
    engine = carrying(9.0)
    gain = reading.set(['title="gain"'])

    def perform(jobs):
        runs = engine(jobs)
        return [
            Replication(job.index, deadlock="stopped") if place < 3 else runs[place] for place, job in enumerate(jobs)
        ]

    row = over_worlds([WorldPlan("as it is", gain)], *asked(reading), perform)[0].iloc[0]
    assert (row["stopped"], row["carrying"], row["share"]) == (3, 27, 0.9)


def test_worlds_that_stop_are_told_and_of_few_no_percentile(tmp_path):
    """Of 22 worlds three stop: 19 are left, and of so few there is no 80 %."""
    reading = asking(tmp_path)
    about, target_mt, _, *others = asked(reading)

    def perform(jobs):
        runs = carrying()(jobs)
        return [run if place >= 3 else Replication(run.index, deadlock="stopped") for place, run in enumerate(runs)]

    for worlds, few in ((22, True), (23, False)):
        frame, choice = over_worlds([WorldPlan("as it is", reading)], about, target_mt, worlds, *others, perform)
        answer = SimpleNamespace(frames={"worlds": frame, "choice": choice}, scenario=reading.scenario)
        said = worlds_sentence(answer, "as it is", target_mt)
        assert "In 3 of them traffic stops for good; they count as not carrying it." in said
        assert ("for a middle one" in said) == few and ("in 80 %" in said) != few
        assert (worlds_sheets(answer, target_mt)[0].rows[0][1:3] == ("–", "–")) == few


def test_a_range_that_does_not_hold_is_refused_before_any_run(tmp_path):
    """A draw in a thousand would break down: `check` refuses the file, and so does all that draws worlds of it."""
    path = tmp_path / "planned.toml"
    text = planned(tmp_path).replace("values = [1, 3]", "low = -20\nlikely = 2\nhigh = 3")
    path.write_text(text, encoding="utf-8")

    def never(jobs):
        raise AssertionError("a run was made")

    for study in (forecast, target, ladder):
        with pytest.raises(ScenarioError, match=r"unknown.tracks: at -20.0 the scenario does not stand"):
            study(path, worlds=40, perform=never)


def test_a_plan_without_an_investment_is_in_no_world_with_it(tmp_path):
    (tmp_path / "planned.toml").write_text(planned(tmp_path), encoding="utf-8")
    reading = load(tmp_path / "planned.toml")
    assert "second_yard" in reading.scenario.unknown
    assert "second_yard" not in without_investments(reading, ["second_yard"]).scenario.unknown
    jobs = carrying()
    plan = without_investments(reading.set(["investments.second_yard.active=false"]), ["second_yard"])
    over_worlds([WorldPlan("none", plan)], *asked(reading), jobs)
    assert not any(job.scenario.investments["second_yard"].active for job in jobs.jobs)


def test_what_finding_out_is_worth_to_a_choice_is_what_the_worlds_say(tmp_path):
    """A plan that carries more where the yard has one track, and less where it has two: the track is worth asking.

    It gains 60 kt in half of the worlds and loses 20 in the others, so it is chosen where nothing is known; who knows
    the track leaves it there, and gains 10 kt on average, as much as who knows everything.
    """
    reading = asking(tmp_path)

    def rows(scenario, index):
        has_one = 1 in scenario.places["yard"].unloading["box"].tracks.values()
        mt = 1.0 + ("gain" in scenario.title) * (0.06 if has_one else -0.02)
        return [row("throughput_mt", mt, flow="line", period="2025", unit="Mt")]

    plans = [
        WorldPlan("as it is", reading, present_musd=0.0),
        WorldPlan("changed", reading.set(['title="gain"']), present_musd=10.0),
    ]
    about, target_mt, *others = asked(reading)
    table, choice = over_worlds(plans, about, target_mt, 60, *others[1:], Formula(rows))
    assert table["plan"].tolist() == ["as it is", "changed"]
    assert set(choice["budget_musd"]) == {10.0} and set(choice["plan"]) == {"changed"}
    by_ask = choice.set_index(["of", "asked"])
    share = by_ask.loc[("everything", ""), "better_share"]
    assert 0.3 < share < 0.7
    for ask in (("everything", ""), ("all", ""), ("group", "ports"), ("unknown", "tracks")):
        assert by_ask.loc[ask, "worth_kt"] == pytest.approx(20 * share), ask
    assert by_ask.loc[("unknown", "trade"), "ci_high"] == 0
    no_costs = [WorldPlan(plan.words, plan.reading) for plan in plans]
    assert over_worlds(no_costs, about, target_mt, 60, *others[1:], Formula(rows))[1].empty, "no choice by cost"


def test_target_and_ladder_tell_a_chance_over_worlds(tmp_path):
    """Through the studies, the whole of it run; the same bytes by two workers, and nothing where none are asked for."""
    path = tmp_path / "planned.toml"
    path.write_text(planned(tmp_path), encoding="utf-8")
    told = target(path, plans=2, screening=1, replications=2, worlds=20)
    table = told.frames["worlds"]
    assert table["plan"].tolist() == told.table["plan"].tolist() and (table["worlds"] == 20).all()
    carried = table.set_index("plan")["p50"]
    assert carried["second_yard"] >= carried["none"]
    sentence = headline_of(told).answer
    assert "Over 20 worlds in which" in sentence and "Mt in the middle world" in sentence
    assert "Over all that is not known, 20 worlds in which" in [sheet.title for sheet in sheets(told)][-1]
    climbed = ladder(path, rungs=1, shortlist=2, replications=3, worlds=4)
    assert climbed.frames["worlds"]["plan"].tolist()[0] == "as it is"
    again = ladder(path, rungs=1, shortlist=2, replications=3, worlds=4, workers=2)
    for name, frame in climbed.frames.items():
        assert frame.equals(again.frames[name]), name
    assert ladder(path, rungs=1, shortlist=2, replications=3, worlds=0).frames["worlds"].empty


def test_target_tells_what_finding_out_is_worth_to_a_choice(tmp_path):
    """Through the study, and read back; no finding out is worth more than everything is."""
    path = tmp_path / "planned.toml"
    path.write_text(planned(tmp_path), encoding="utf-8")
    told = target(path, plans=2, screening=1, replications=2, worlds=24)
    choice = told.frames["choice"]
    assert set(choice["plan"]) < {"none", "second_yard"} and (choice["plans"] == 2).all()
    assert choice["of"].iloc[0] == "everything" and (choice["worth_kt"] <= choice["worth_kt"].iloc[0]).all()
    sheet = next(sheet for sheet in sheets(told) if "to a choice of the plan that carries most" in sheet.title)
    assert [cells[3] for cells in sheet.rows][:2] == ["everything, luck too", "all that is unknown"]
    assert sheet.rows[0][1].startswith(f"{choice['plan'].iloc[0]} (")
    told.save(tmp_path / "told")
    assert load_answer(tmp_path / "told").frames["choice"]["worth_kt"].tolist() == pytest.approx(
        choice["worth_kt"].tolist(), rel=1e-5, abs=1e-9
    )
