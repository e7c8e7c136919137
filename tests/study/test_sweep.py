"""Sweeps: designs, factors, points under common random numbers, and the folder they are written to."""

import csv
import itertools
import json
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from commands import output_of
from experiments import Formula, dwell, row
from scenario_text import SCENARIO

import sim
from sim.scenario.factors import Factor
from sim.scenario.problems import CorridorError, ScenarioError, Spot
from sim.scenario.reading.opening import load
from sim.scenario.sweeps import FactorRange, Sweep
from sim.study.sweep.factors import factors
from sim.study.sweep.plan import design_points, plan_sweep
from sim.study.sweep.sweep import sweep
from sim.views import plots
from sim.views.folders import write_answer
from sim.views.sheets.sweep import sweep_headline, sweep_sheet

SETS, CREWS, RELEASE = "wagon_pools.platforms.sets", "places.altynkol.forming.crews", "regimes.tez.release_h"
DWELL = ["border_dwell_h:altynkol"]


def moved(key, table, base="altynkol_tez"):
    """The factor of a table as a file has it."""
    return factors(load(base), {key: FactorRange.model_validate(table)})[0]


def refused(*args, **options):
    """What a sweep is refused with."""
    with pytest.raises(ScenarioError) as error:
        sweep(*args, perform=dwell(lambda scenario: 0.0), **options)
    return str(error.value)


def test_a_grid_is_the_product_of_the_values():
    asked = {"factors": {SETS: (80, 100), CREWS: [2, 4], "flows.central_asia.regime": ["paper", "tez"]}, "levels": 3}
    plan = plan_sweep(load("altynkol_tez"), asked)
    assert list(plan.points) == list(itertools.product((80, 90, 100), (2, 4), ("paper", "tez")))
    for point, scenario in zip(plan.points, plan.scenarios, strict=True):
        there = (
            set(scenario.wagon_pools["platforms"].sets.values()),
            set(scenario.places["altynkol"].forming.crews.values()),
            set(scenario.flows["central_asia"].regime.values()),
        )
        assert there == tuple({value} for value in point)
    assert plan.runs == 12 * 20


def test_a_latin_hypercube_has_a_point_in_each_slice():
    plane = [Factor("a", ("a",), 0.0, 10.0), Factor("b", ("b",), 5.0, 6.0)]
    asked = Sweep(design="latin_hypercube", points=10, factors={"a": {"low": 0, "high": 10}})
    points = np.array(design_points(asked, plane, 3))
    assert sorted(np.floor(points[:, 0])) == list(range(10))
    assert sorted(np.floor((points[:, 1] - 5) * 10)) == list(range(10))
    assert design_points(asked, plane, 3) == design_points(asked, plane, 3) != design_points(asked, plane, 4)


def test_a_sobol_design_is_in_balance():
    """Of sixteen points in a plane one lies in each cell of four by four."""
    plane = [Factor("a", ("a",), 0.0, 4.0), Factor("b", ("b",), 0.0, 4.0)]
    asked = Sweep(design="sobol", points=16, factors={"a": {"low": 0, "high": 4}})
    cells = np.floor(np.array(design_points(asked, plane, 1))).astype(int)
    assert sorted(map(tuple, cells.tolist())) == list(itertools.product(range(4), range(4)))


def test_whole_numbers_and_words_have_equal_parts_of_a_design():
    count, word = Factor("n", ("n",), 2.0, 4.0, is_whole=True), Factor("w", ("w",), values=("a", "b"))
    assert [count.at(share) for share in (0, 0.33, 0.34, 0.66, 0.67, 1)] == [2, 2, 3, 3, 4, 4]
    assert [word.at(share) for share in (0, 0.49, 0.5, 1)] == ["a", "a", "b", "b"]
    assert count.levels(5) == (2, 3, 4)
    assert Factor("x", ("x",), 0.0, 1.0).levels(3) == (0, 0.5, 1)


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("wagon_pools.platforms.sets", {"2024-01-01": 30, "2025-02-01": 41}, {"2024-01-01": 45, "2025-02-01": 62}),
        ("wagon_pools.platforms.sets", 30, 45),
        ("regimes.tez.lead_h", {"mean": 24, "cv": 0.5}, {"mean": 36.0, "cv": 0.5}),
        (
            "regimes.tez.late_h",
            {"low": 1, "high": 6, "shape": "uniform"},
            {"low": 1.5, "high": 9.0, "shape": "uniform"},
        ),
        ("flows.transit.teu_per_year", {"2024": 40_000, "2025": 60_000}, {"2024": 60_000.0, "2025": 90_000.0}),
    ],
)
def test_a_scale_multiplies_what_is_stated(tmp_path, key, before, after):
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    small = load(tmp_path / "small.toml")
    *table, name = key.split(".")
    factor = factors(small, {key: FactorRange(scale_low=0.5, scale_high=1.5)})[0]
    data = {table[0]: {table[1]: {name: before, "title": "T"}}}
    assert factor.apply(data, 1.5) == {table[0]: {table[1]: {name: after, "title": "T"}}}
    assert factor.apply(data, 1.0)[table[0]][table[1]][name] == before


def test_a_scale_also_multiplies_what_investments_change_the_value_to():
    reading = load("altynkol_tez", [])
    data = reading.resolved | {
        "investments": {"more": {"changes": {CREWS: 6, SETS: 200}}, "other": {"changes": {"x.y": 1}}}
    }
    after = moved(CREWS, {"scale_low": 0.5, "scale_high": 2}).apply(data, 2.0)
    assert after["places"]["altynkol"]["forming"]["crews"] == 6
    assert after["investments"] == {"more": {"changes": {CREWS: 12, SETS: 200}}, "other": {"changes": {"x.y": 1}}}


def test_one_number_of_a_spread_leaves_the_others():
    reading = load("altynkol_tez", ["wagon_pools.platforms.placing_h=40"])
    [cv] = factors(reading, {"wagon_pools.platforms.placing_h.cv": FactorRange(low=0, high=1)})
    assert cv.apply(reading.resolved, 0.5)["wagon_pools"]["platforms"]["placing_h"] == {"mean": 40, "cv": 0.5}
    [mean] = factors(load("altynkol_tez"), {"wagon_pools.platforms.placing_h.mean": FactorRange(low=1, high=9)})
    placing = mean.apply(load("altynkol_tez").resolved, 5.0)["wagon_pools"]["platforms"]["placing_h"]
    assert placing == {"mean": 5.0, "cv": 0.6}


def test_every_point_runs_the_same_seed_and_replications():
    perform = dwell(lambda scenario: 10.0)
    found = sweep("altynkol_tez", {SETS: [80, 90, 100]}, measures=DWELL, replications=3, seed=11, perform=perform)
    assert [(job.seed, job.index) for job in perform.jobs] == [(11, 0), (11, 1), (11, 2)] * 3
    stated = [set(job.scenario.wagon_pools["platforms"].sets.values()) for job in perform.jobs]
    assert stated == [{80}] * 3 + [{90}] * 3 + [{100}] * 3
    assert found.manifest["replications"] == 3
    assert found.manifest["engine"] == "simpy"


def test_a_point_does_not_know_of_its_sweep():
    """The same point is the same scenario in any design, so that a kept run of it is found again."""
    one = plan_sweep(load("altynkol_tez"), {"factors": {SETS: [92]}}).scenarios[0]
    other = plan_sweep(load("altynkol_tez"), {"factors": {SETS: [80, 92]}, "design": "grid"}).scenarios[1]
    assert one == other == load("altynkol_tez").scenario


def test_the_table_has_the_interval_of_each_point():
    crews = dwell(lambda scenario: 10.0 * next(iter(scenario.places["altynkol"].forming.crews.values())))
    found = sweep("altynkol_tez", {CREWS: [2, 3]}, measures=DWELL, replications=4, perform=crews)
    assert found.points.to_dict("list") == {"point": [0, 1], CREWS: [2, 3]}
    assert found.table["mean"].tolist() == [20, 30]
    half_width = 3.182446 * np.sqrt(4 / 3) / np.sqrt(4)
    assert found.table["ci_high"].to_numpy() - [20, 30] == pytest.approx(half_width, rel=1e-4)
    assert found.table["replications"].tolist() == [4, 4]


def test_without_measures_the_headline_is_drawn():
    found = sweep("altynkol_tez", {SETS: [90]}, replications=2, perform=Formula(three))
    assert [str(address) for address in found.measures] == ["border_dwell_h:altynkol:all:2024"]


@pytest.mark.parametrize("values", [["tez", "paper"], ["paper", "tez"]])
def test_a_measure_that_the_first_point_lacks_may_come_at_another(values, tmp_path):
    """Nobody is cleared by Tez where all are by paper, and which point is the first says nothing."""

    def cleared(scenario, index):
        is_tez = "tez" in scenario.flows["central_asia"].regime.values()
        return [row("throughput_mt", 1.0), *([row("clearance_tez_h", 0.5 + index, place="altynkol")] if is_tez else [])]

    asked = {"measures": ["clearance_tez_h:altynkol"], "replications": 2, "perform": Formula(cleared)}
    found = sweep("altynkol_tez", {"flows.central_asia.regime": values}, **asked)
    seen = found.table[found.table["kpi"] == "clearance_tez_h"]
    assert (seen["point"].tolist(), seen["mean"].tolist()) == ([values.index("tez")], [1.0])
    write_answer(found, tmp_path / "out", plots=True)
    unseen = sweep("altynkol_tez", {"flows.central_asia.regime": ["paper"]}, **asked)
    assert [row[-1] for row in sweep_sheet(unseen).rows] == ["–"]


def test_a_measure_is_refused_before_the_first_replication():
    unrun = Formula(three)
    for text in ("nonsense", "border_dwell_h:dostyk", "cost_to_usd", "utilisation_berthing:altynkol"):
        with pytest.raises(ScenarioError, match=r"options: sweep.measures\[0\]"):
            sweep("altynkol_tez", {SETS: [90]}, measures=[text], replications=2, perform=unrun)
    assert unrun.jobs == []


def test_what_one_replication_does_not_see_another_may():
    rare = Formula(lambda scenario, index: [row("border_dwell_h", 5.0, "altynkol" if index else "dostyk")])
    found = sweep("altynkol_tez", {SETS: [90]}, measures=DWELL, replications=3, perform=rare)
    assert found.table.set_index("place").at["altynkol", "replications"] == 2


def test_a_sweep_of_one_point_is_a_run():
    short = ["horizon.end=2024-03-01", "horizon.warmup_days=20"]
    alone = sim.run(load("altynkol_tez", short), replications=2)
    found = sweep(
        load("altynkol_tez", short), {SETS: [92]}, measures=["border_dwell_h:altynkol:all:all"], replications=2
    )
    columns = ["kpi", "place", "flow", "period", "unit", "replications", "mean", "ci_low", "ci_high"]
    assert found.table[columns].equals(alone.kpis[columns])


def test_two_workers_give_the_same_bytes(tmp_path):
    short = load("altynkol_sweep", ["horizon.end=2024-01-20", "horizon.warmup_days=5"])
    for workers in (1, 2):
        found = sweep(short, {SETS: [80, 100]}, measures=["transit_days:all:all:all"], replications=2, workers=workers)
        write_answer(found, tmp_path / str(workers), plots=workers == 1)
    for name in ("points.csv", "sweep.csv", "manifest.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


REFUSED = {
    'sweep.factors."wagon_pools.platforms.sts": names no value of the scenario; did you mean': {
        "factors": {"wagon_pools.platforms.sts": (1, 2)}
    },
    "names a table: name one value of it": {"factors": {"places.altynkol": (1, 2)}},
    "names a list: a factor is one": {"factors": {"flows.central_asia.month_weights": (1, 2)}},
    'central_asia.route": names a list: a factor is one': {"factors": {"flows.central_asia.route": ["altynkol"]}},
    "is no input of the model: the tables of inputs are": {"factors": {"study.seed": (1, 2)}},
    "the low end must lie below the high end": {"factors": {SETS: (100, 80)}},
    "state low and high, or else scale_low and scale_high, or values": {"factors": {SETS: {"low": 80, "values": [1]}}},
    "is not a key of": {"factors": {SETS: {"lo": 80, "high": 100}}},
    "has no number to scale": {"factors": {"flows.central_asia.regime": {"scale_low": 1, "scale_high": 2}}},
    "is no number that could lie between two values (it is a": {"factors": {"flows.central_asia.regime": (1, 2)}},
    "a grid takes levels, not points": {"factors": {SETS: (80, 100)}, "design": "grid", "points": 7},
    "a Sobol design takes a power of two, such as 8 or 16 (got 9)": {
        "factors": {SETS: (80, 100)},
        "design": "sobol",
        "points": 9,
    },
    "needs a number of points": {"factors": {SETS: (80, 100)}, "design": "latin_hypercube"},
    "'altinkol' is no place of the scenario; did you mean 'altynkol'?": {
        "factors": {SETS: (80, 100)},
        "measures": ["border_dwell_h:altinkol"],
    },
    "'2031' is no period of the scenario: 2024, all": {
        "factors": {SETS: (80, 100)},
        "measures": ["border_dwell_h in 2031"],
    },
    "there is no KPI 'border_dwel_h'; did you mean 'border_dwell_h'?": {
        "factors": {SETS: (80, 100)},
        "measures": ["border_dwel_h:altynkol"],
    },
    "must be written KPI": {"factors": {SETS: (80, 100)}, "measures": ["a:b:c:d:e"]},
    "altynkol_tez.toml: has no [sweep] with factors, and no factor is given": {},
}


@pytest.mark.parametrize("says", REFUSED)
def test_mistakes_are_refused_with_the_key(says):
    assert says in refused("altynkol_tez", **REFUSED[says])


def test_a_point_that_cannot_be_read_is_named_and_nothing_is_run():
    perform = dwell(lambda scenario: 0.0)
    with pytest.raises(ScenarioError) as error:
        sweep("altynkol_tez", {"regimes.tez.late_share": (0.5, 1.5), SETS: [90]}, levels=3, perform=perform)
    [problem] = error.value.problems
    assert problem.key == "regimes.tez.late_share"
    assert problem.spot == Spot("options")
    assert problem.message.endswith("(point 2: regimes.tez.late_share = 1.5)")
    assert perform.jobs == []


def test_a_value_out_of_bounds_is_told_of_the_line_of_its_factor(tmp_path):
    """Not of the line of the key, whose own value is sound."""
    path = tmp_path / "mine.toml"
    factor = '[sweep.factors]\n"regimes.tez.late_share" = { values = [0.5, 1.5] }'
    path.write_text(f'extends = "altynkol_tez.toml"\n[sweep]\n\n{factor}\n', encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        plan_sweep(load(str(path)), {})
    [problem] = error.value.problems
    assert (problem.spot.file, problem.line, problem.key) == (str(path), 5, "regimes.tez.late_share")


def test_options_stand_instead_of_the_file():
    plan = plan_sweep(load("altynkol_sweep"), {"levels": 3})
    assert [point[0] for point in plan.points[::3]] == [80, 90, 100]
    assert plan.replications == 10
    alone = plan_sweep(load("altynkol_sweep"), {"factors": {RELEASE: {"scale_low": 0.5, "scale_high": 1.5}}})
    assert [each.label for each in alone.factors] == [f"{RELEASE} scale"]
    hypercube = load(
        "altynkol_tez", [f"sweep={{design='latin_hypercube', points=9, factors={{'{SETS}'={{values=[90]}}}}}}"]
    )
    assert len(plan_sweep(hypercube, {"design": "grid"}).points) == 1


def three(scenario, index):
    """Three measures that every scenario has."""
    crews = next(iter(scenario.places["altynkol"].forming.crews.values()))
    sets = next(iter(scenario.wagon_pools["platforms"].sets.values()))
    release = scenario.regimes["tez"].release_h.mean
    value = 40 + 200 / crews + (100 - sets) ** 2 / 20 + release
    return [row("border_dwell_h", value + (-1) ** index, place="altynkol")]


@pytest.mark.parametrize(
    ("said", "panels"),
    [
        ({"factors": {SETS: (80, 100)}, "levels": 5}, 1),
        ({"factors": {"flows.central_asia.regime": ["paper", "tez"]}}, 1),
        ({"factors": {SETS: (80, 100), CREWS: [2, 3]}, "levels": 5}, 2),
        ({"factors": {SETS: (80, 100), CREWS: (1, 9)}, "design": "latin_hypercube", "points": 30}, 2),
        ({"factors": {SETS: (80, 100), CREWS: (1, 9), RELEASE: {"scale_low": 0.5, "scale_high": 2}}, "levels": 3}, 4),
    ],
    ids=["curve", "words", "cells", "contours", "main effects"],
)
def test_each_kind_of_sweep_has_its_figure(said, panels):
    without = sweep("altynkol_tez", **said, measures=DWELL, replications=2, perform=Formula(three))
    assert "2 replications (intervals need 3)" in plots.response(without, without.measures[0], "").get_supxlabel()
    found = sweep("altynkol_tez", **said, measures=DWELL, replications=4, perform=Formula(three))
    figure = plots.response(found, found.measures[0], "caption")
    assert len(figure.axes) == panels
    assert "1520 mm platform sets" in figure.axes[0].get_xlabel() or "regime" in figure.axes[0].get_xlabel()
    if said["factors"].get(CREWS) == [2, 3]:
        assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["2", "3"]
    text = figure.get_supxlabel()
    assert f"{len(found.points)} points" in text
    assert "4 replications, 95 % intervals, seed 7" in text.replace("\n", " ")


def test_a_folder_has_points_with_what_scales_come_to(tmp_path):
    said = {SETS: {"scale_low": 0.9, "scale_high": 1.1}, RELEASE: {"scale_low": 0.5, "scale_high": 1.5}}
    found = sweep("altynkol_tez", said, levels=3, measures=DWELL, replications=2, perform=Formula(three))
    write_answer(found, tmp_path / "out")
    with (tmp_path / "out" / "points.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["point", f"{SETS} scale", SETS, f"{RELEASE} scale", RELEASE]
    assert [each[SETS] for each in rows[::3]] == ["83", "92", "101"]
    assert rows[0][RELEASE] == "mean 0.275, cv 0.25"
    names = {path.name for path in (tmp_path / "out").iterdir()}
    figure = {f"response_border_dwell_h_altynkol.{kind}" for kind in ("png", "svg")}
    assert (
        names
        == {"points.csv", "sweep.csv", "replications.csv", "manifest.json", "scenario.toml", "sources.csv"} | figure
    )
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert (manifest["points"], manifest["design"], manifest["seed"]) == (9, "grid", 7)


@pytest.mark.parametrize(
    ("factor", "points"),
    [
        ((3, 5), (3, 4, 5)),
        (np.array([3, 5]), (3, 5)),
        ([np.int64(3), np.int64(5)], (3, 5)),
        (np.linspace(3, 5, 3), (3, 4, 5)),
        (range(3, 6), (3, 4, 5)),
        (pd.Series([3, 5], index=["x", "y"]), (3, 5)),
        (pd.RangeIndex(3, 5), (3, 4)),
        ({5: "x"}.keys(), (5,)),
        (map(int, "35"), (3, 5)),
        ({"values": np.array([3, 5])}, (3, 5)),
        ({"low": np.int64(3), "high": np.float32(5)}, (3, 4, 5)),
    ],
)
def test_arrays_ranges_and_series_are_lists(factor, points):
    is_range = isinstance(factor, tuple) or (isinstance(factor, dict) and "low" in factor)
    changes = {"factors": {CREWS: factor}, "levels": np.int64(3) if is_range else None, "measures": pd.Series(DWELL)}
    plan = plan_sweep(load("altynkol_tez"), changes)
    assert plan.points == tuple((point,) for point in points)
    assert {type(value) for point in plan.points for value in point} == {int}


def test_a_pair_is_no_range_of_so_many_levels_unless_they_are_named():
    """A list of two is two values: the tuple of the same would be five points, without a word."""
    with pytest.raises(
        CorridorError, match=r"sets: \(80, 100\) is a range: say levels=5, or \[80, 100\] for these two"
    ):
        sweep("altynkol_tez", {SETS: (80, 100)}, replications=2, perform=Formula(three))


def test_more_points_than_can_be_made_are_refused_before_any_is():
    """Each number within its bounds, their product not."""
    said = refused(
        "altynkol_tez", {key: (1, 1000) for key in (CREWS, SETS, "places.altynkol.officer_teams")}, levels=1000
    )
    assert "sweep: has 1,000,000,000 points; at most 20,000 are run" in said


@pytest.mark.parametrize("factor", [{3, 4}, np.int64(3), "3", None])
def test_what_is_no_list_is_refused_in_words(factor):
    """A set has no order."""
    assert "must be a range such as { low = 1, high = 3 }" in refused("altynkol_tez", {CREWS: factor})


def test_values_and_measures_stated_twice_are_taken_once():
    changes = {"factors": {CREWS: [2, 2, 3]}, "measures": [DWELL[0], *DWELL]}
    plan = plan_sweep(load("altynkol_tez"), changes)
    assert plan.points == ((2,), (3,)) and len(plan.measures) == 1


def test_a_sheet_shows_each_point_and_says_how_many_more():
    said = {SETS: [*range(60, 100)]}
    found = sweep("altynkol_tez", said, measures=DWELL, replications=2, perform=Formula(three))
    shown = sweep_sheet(found)
    assert len(shown.rows) == 30
    assert shown.note == "10 more points stand in sweep.csv"
    assert shown.rows[0] == ("60", "187")


def test_the_command_reads_every_form_of_a_factor(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    perform = Formula(three)
    monkeypatch.setattr("sim.runs.replicate.performer", lambda *given: nullcontext(perform))
    done = output_of(
        *(
            "sweep",
            "altynkol_tez",
            "--levels",
            "2",
            "--replications",
            "2",
            "--kpi",
            DWELL[0],
            "--no-plots",
            "--all",
            "--out",
            "out",
        ),
        *("--factor", f"{SETS}=80..99", "--factor", f"{RELEASE}=0.5x..2x"),
        *("--factor", f"{CREWS}=2,4", "--factor", "flows.central_asia.regime=paper,tez"),
    )
    assert len(perform.jobs) == 2 * 2 * 2 * 2 * 2
    assert "16 points of 2 replications (intervals need 3), seed 7, the same random numbers at each." in done
    assert "Rounded to whole numbers: 1520 mm platform sets." in done
    assert {path.suffix for path in (tmp_path / "out").iterdir()} == {".json", ".csv", ".toml"}, "and no figure"


def test_a_point_that_has_no_steady_mean_is_told():
    swept = sweep(
        "altynkol_tez", factors={SETS: (70, 100)}, levels=5, measures=DWELL, replications=2, perform=Formula(three)
    )
    least, most = sweep_headline(swept).answer.split("; most")
    at_seventy, at_hundred = (most, least) if "sets = 70" in most else (least, most)
    assert "(Overloaded, with no steady mean of hours: 1520 mm platform sets (too few sets))" in at_seventy
    assert "Overloaded" not in at_hundred


def test_a_measure_to_draw_may_be_a_text_and_what_leads_nowhere_is_told():
    swept = sweep("altynkol_tez", factors={SETS: [80, 100]}, measures=DWELL, replications=2, perform=Formula(three))
    assert len(plots.response(swept, str(swept.measures[0]), "caption").axes) == 1
    for text, message in (("", "must be written KPI"), ("dwell", "there is no KPI 'dwell'"), ("a b", "must be")):
        with pytest.raises(CorridorError, match=message):
            plots.response(swept, text, "caption")
    assert repr(swept).startswith("<SweepResults of altynkol_tez: 2 replications, seed 7; points of ")
    assert len(repr(swept)) < 200 and len(repr(load("altynkol_tez"))) < 200


def test_the_answer_is_of_a_measure_that_moves_and_says_where_none_does():
    def both(scenario, index):
        sets, luck = next(iter(scenario.wagon_pools["platforms"].sets.values())), (-1) ** index
        hours = {"clearance_h": 0.7 + sets / 1e5 + luck / 10, "border_dwell_h": 400.0 - sets + luck}
        return [row(kpi, value, place="altynkol") for kpi, value in hours.items()]

    answers = [
        sweep_headline(
            sweep("altynkol_tez", {SETS: [80, 100]}, measures=measures, replications=4, perform=Formula(both))
        ).answer
        for measures in (None, ["clearance_h:altynkol"])
    ]
    assert "dwell" in answers[0] and answers[0].endswith("; apart by 20.0 [20.0, 20.0] h.")
    assert "learance" in answers[1] and "too small to matter: under 0.1 %" in answers[1]


def test_points_are_told_apart_by_what_differs_under_the_same_luck():
    """Intervals of the means overlap: what is told from luck is the paired difference, as a comparison says it."""

    def noisy(gain, luck):
        def rows(scenario, index):
            sets = next(iter(scenario.wagon_pools["platforms"].sets.values()))
            return [
                row(
                    "border_dwell_h",
                    50 + gain * sets + 10 * index + luck * (sets == 80) * (-1) ** index,
                    place="altynkol",
                )
            ]

        return sweep("altynkol_tez", {SETS: [80, 100]}, measures=DWELL, replications=4, perform=Formula(rows))

    told, untold = noisy(0.1, 0.1), noisy(0.1, 9.0)
    compared = told.kpi(DWELL[0], 1) - told.kpi(DWELL[0], 0)
    assert compared.low > 0 and told.kpi(DWELL[0], 0).high > told.kpi(DWELL[0], 1).low
    assert sweep_headline(told).answer.endswith(
        f"; apart by {compared.mean:.2f} [{compared.low:.2f}, {compared.high:.2f}] h."
    )
    assert sweep_headline(untold).answer.endswith("h, no difference seen.")
    assert "no difference that tells" in plots.response(untold, untold.measures[0], "").get_suptitle().replace(
        "\n", " "
    )
    assert "no difference" not in plots.response(told, told.measures[0], "").get_suptitle().replace("\n", " ")


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        (lambda scenario: 40.0, "is the same at every point: 40.0 h."),
        (
            lambda scenario: 40.0 + len(scenario.regimes["tez"].works_before_release),
            "works_before_release = nothing before release: 47.0 h; "
            "most at regimes.tez.works_before_release = transshipped before release: 52.0 h; "
            "apart by 5.00 h, 2 replications cannot tell.",
        ),
    ],
)
def test_the_answer_names_the_points_or_says_that_nothing_differs(formula, says):
    factors = {"regimes.tez.works_before_release": ["nothing", "gauge_change"]}
    swept = sweep("altynkol_tez", factors, measures=DWELL, replications=2, perform=dwell(formula))
    assert sweep_headline(swept).answer.endswith(says)
    level = "the same at every point, 40" in plots.response(swept, swept.measures[0], "").get_suptitle()
    assert level == ("every point" in says)
