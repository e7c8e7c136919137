"""The plan beside the simulated train: hand arithmetic, and a train alone that keeps to it."""

import base64
import datetime as dt
import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hand_made import resolved, scenario, tables
from matplotlib.collections import LineCollection

import sim
from sim.scenario.schema import Scenario
from sim.study.arithmetic.least_hours import planned_journey
from sim.study.arithmetic.loads import free_flow
from sim.study.field.time_distance import route_of
from sim.study.field.train_graph import ladder_of, plans
from sim.views import plots
from sim.views.plots.field import field_charts
from sim.views.plots.style import webp
from sim.views.plots.train_graph import PLAN_PT
from sim.views.report.page import DPI, pictures
from sim.views.words import standing

YEAR = (0.0, 48.0)
CAPTION = "all inputs are assumed"
PLAIN = {"yellow_share": 0, "red_share": 0, "yellow_h": 1, "red_h": 3, "teams": 1}


def stretches(legs):
    return [(leg.place, leg.begins_part, leg.ends_part, round(leg.ends_h - leg.begins_h, 9)) for leg in legs]


def test_a_plan_is_the_sum_of_the_works_by_hand():
    found = planned_journey(scenario(), "west", YEAR)
    slow = 24 * 300 / 900 * 1.04  # a lognormal speed: the mean of 1 / x is (1 + cv²) / mean
    assert stretches(found)[0] == ("khorgos", 0, 0, 40 * 0.1 + 2 + 1)
    assert stretches(found)[1][:3] == ("steppe", 0, 1)
    assert found[1].ends_h - found[1].begins_h == pytest.approx(slow, rel=1e-3)
    assert stretches(found)[2:] == [
        ("caspian", 0, 0, 2 + 80 * 2 / 100),
        ("caspian", 0, 1, 10),
        ("caspian", 1, 1, 2 + 80 * 2 / 100),
    ]
    assert found[0].begins_h == 0
    for one, after in itertools.pairwise(found):
        assert after.begins_h == one.ends_h


def test_a_plan_is_as_long_as_free_flow():
    world = scenario()
    table = free_flow(world).set_index(["year", "flow"])["free_flow_h"]
    for flow in world.flows:
        for year, window in world.calendar.years().items():
            assert planned_journey(world, flow, window)[-1].ends_h == pytest.approx(table[year, flow])


def test_a_plan_follows_the_regime_of_the_time():
    paper, tez = (planned_journey(scenario(), "west", window)[0].ends_h for window in (YEAR, (48.0, 96.0)))
    assert paper == 7
    assert tez == 2 + 1, "release runs beside the gauge change"


def alone(**changes):
    """A scenario without chance in which trains are so rare that each has its route for itself."""
    data = resolved()
    data["horizon"] = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 3, 1), "warmup_days": 0}
    data["trains"]["box"].pop("wagon_pools")
    data.pop("wagon_pools")
    data["places"]["khorgos"] |= {"inspection": PLAIN, "gauge_change": {"box": {"cranes": 1, "train_h": 2}}}
    data["places"]["steppe"]["speed_km_per_day"] = 900
    data["regimes"]["paper"] |= {"wrong_share": 0, "effort_cv": 0}
    west = data["flows"]["west"] | {"route": ["khorgos", "steppe"], "trains_per_year": {"2024": 40}, "regime": "paper"}
    data["flows"] = {"west": west | {"departures_cv": 0}}
    return data | changes


def run(data):
    reading = sim.scenario.reading.read.Reading("alone", Scenario.model_validate(data), data, (), {})
    return sim.run(reading, replications=2, seed=3)


def simulated_h(results):
    trains = results.tables.trains
    return (trains["left_h"] - trains["offered_h"]).dropna().to_numpy()


def test_a_train_alone_keeps_to_its_plan():
    results = run(alone())
    hours = simulated_h(results)
    assert len(hours) > 5
    assert planned_journey(results.scenario, "west", YEAR)[-1].ends_h == 40 * 0.1 + 2 + 1 + 8
    np.testing.assert_allclose(hours, 15)


def test_no_train_alone_is_quicker_than_its_plan():
    data = alone()
    data["places"]["steppe"]["paths_per_day"] = 0.4
    data["flows"]["west"]["trains_per_year"] = {"2024": 300}
    results = run(data)
    hours = simulated_h(results)
    assert (hours >= planned_journey(results.scenario, "west", YEAR)[-1].ends_h - 1e-9).all()
    assert hours.max() > 100


def plan_lines(axes):
    """The thin lines of each flow: (from day, from height, to day, to height)."""
    thin = [each for each in axes.collections if isinstance(each, LineCollection) and each.get_linewidths() == PLAN_PT]
    return [np.array(each.get_segments()).reshape(-1, 4) for each in thin]


def test_the_graph_draws_the_plan_of_each_train_from_its_offer():
    results = run(alone())
    figure = plots.marey(results, CAPTION, dt.date(2024, 1, 22))
    [plans] = plan_lines(figure.axes[0])
    week_h = 21 * 24
    trains = results.tables.trains["offered_h"].to_numpy()
    due = [train for train in trains if week_h - 15 < train < week_h + 168]
    band = 0.12 * 300
    at_border, on_line = plans[::2], plans[1::2]
    assert 0 < len(plans) <= 2 * len(due)
    np.testing.assert_allclose(at_border[:, 0] * 24 + week_h, [h for h in due if h + 7 > week_h])
    np.testing.assert_allclose(at_border[:, [1, 3]], [[0, band]] * len(at_border))
    np.testing.assert_allclose((at_border[:, 2] - at_border[:, 0]) * 24, 7)
    np.testing.assert_allclose(on_line[:, [1, 3]], [[band, band + 300]] * len(on_line))
    legend = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert any("thin: planned (free flow" in text and "thick: simulated" in text for text in legend)
    assert "amber: a border" in figure.get_supxlabel().replace("\n", " ")
    numbers = {text.get_text() for text in figure.axes[0].texts}
    assert {str(train) for train in results.tables.trains["train"][np.isin(trains, due[1:-1])]} <= numbers
    shades = [patch.get_facecolor()[:3] for patch in figure.axes[0].patches]
    assert len(set(shades)) == len(shades) == 1, "one station, a border"


def test_plans_of_the_other_way_run_down_the_same_ladder():
    data = alone()
    data["flows"]["east"] = data["flows"]["west"] | {
        "direction": "eastbound",
        "route": ["steppe", "khorgos"],
        "declarations_per_train": 0,
        "regime": None,
    }
    data["places"]["khorgos"]["gauge_change"]["box"]["directions"] = ["westbound"]
    results = run(data)
    np.testing.assert_allclose(simulated_h(results)[results.tables.trains["flow"].dropna() == "east"], 8 + 1)
    _, plans = plan_lines(plots.marey(results, CAPTION, dt.date(2024, 1, 22), "west").axes[0])
    band = 0.12 * 300
    runs = plans[plans[:, 1] > band + 1]
    np.testing.assert_allclose(runs[:, [1, 3]], [[band + 300, band]] * len(runs))
    stays = plans[plans[:, 1] <= band + 1]
    np.testing.assert_allclose(stays[:, [1, 3]], [[band, 0]] * len(stays))
    np.testing.assert_allclose((stays[:, 2] - stays[:, 0]) * 24, 1)


def test_a_plan_begins_when_its_train_sets_out_so_that_both_lines_begin_together():
    held = tables(trains=[(0, "west", 30.0, 50.0, 1000, 80, 50)])
    held.trains["offered_h"] = 4.0
    world = scenario()
    results = SimpleNamespace(scenario=world, tables=held)
    route = route_of(world, world.flows["west"])
    found = plans(results, "west", route, ladder_of([0.0, 300.0, 700.0], route), False, (0.0, 168.0))
    whole_h = planned_journey(world, "west", (0.0, 168.0))[-1].ends_h
    assert found[0, 0, 0] * 24 == pytest.approx(30)
    assert found[-1, 1, 0] * 24 == pytest.approx(30 + whole_h)


def test_the_page_has_the_same_figures_as_a_notebook():
    results = run(alone())
    shown = list(pictures(field_charts([results], [results])))
    assert [one.title for one in shown] == [
        "Train graph of alone",
        "Time and cost along the way",
        "Time Release Study",
        "CAREC indicators",
        "Risk and error of the transit time",
    ]
    graph = shown[0]
    assert base64.b64decode(graph.data.removeprefix("data:image/webp;base64,")) == webp(
        plots.marey(results, standing(results)), DPI
    )
    assert "on the way" in graph.words and "amber: a border" in graph.words
