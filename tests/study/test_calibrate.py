"""Calibration: the fit itself on functions whose right answer is known, the file it writes, and the command."""

import datetime as dt
import json
import os
import re
import signal
import subprocess
import time
import tomllib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from commands import CORRIDOR, output_of
from scenario_text import BOX

import sim.runs.replicate
from sim.measure.statistics import intervals
from sim.runs.durable import settings
from sim.runs.replicate import Replication
from sim.scenario.checks.factors import INPUTS
from sim.scenario.choices import inputs_of
from sim.scenario.keys import value_at
from sim.scenario.reading.opening import ledger_of, load
from sim.scenario.reading.read import ScenarioError, read
from sim.scenario.reading.rewrite import TextFile, amend, calibration_file, fitted_block
from sim.scenario.schema import Published
from sim.study.calibrate import fit as fitting
from sim.study.calibrate.calibrate import beside_published, fit_tables, targets_beside
from sim.study.calibrate.fit import identify, least_evaluations
from sim.study.calibrate.parameters import (
    FreeParameter,
    free_parameters,
    target_values,
    targets,
    targets_passed_over,
    with_values,
)
from sim.study.calibrate.record import STATED_RANGE, WIDE_RANGE, factors_and_draws, later_inputs
from sim.study.folders import load_answer
from sim.study.match.implausibility import Record
from sim.views.sheets.calibrate import BEGIN, END, parameter_sheet, target_sheet, targets_met, unpinned_sentence

BASE = (
    """\
#:schema ./scenario.schema.json
title = "One border"   # the whole of it

[horizon]
start = 2025-01-01
end = 2025-02-01
warmup_days = 0

[study]
replications = 3
seed = 7
"""
    + BOX
    + """
[places.border]
kind = "border"
title = "Border"
receiving_tracks = 1000
declarant_teams = 1
officer_teams = 1
inspection = { yellow_share = 0, red_share = 0, yellow_h = 0, red_h = 0, teams = 1 }
forming = { crews = 1000, train_h = 1 }

[places.line]
kind = "section"
title = "Line"
length_km = 10
speed_km_per_day = 2400
paths_per_day = 2400

[flows.west]
title = "Westbound"
train = "box"
direction = "westbound"
route = ["border", "line"]
trains_per_year = { 2025 = 8760 }
departures_cv = 0

[published.delivered]
title = "Trains delivered in January"
fact = "X-1"
used_for = "calibration"
kpi = "trains_delivered"
flow = "west"
start = 2025-01-01
end = 2025-02-01
value = 310
low = 300
high = 320

[published.dwell]
title = "Dwell, not fitted to"
fact = "X-2"
used_for = "validation"
kpi = "border_dwell_h"
place = "border"
flow = "west"
start = 2025-01-01
end = 2025-02-01
low = 0
high = 1

[calibration] # fitted, not found
targets = [
    "delivered", # the only one
]

[calibration.errors.delivered]
observation_share = 0.02
discrepancy_share = 0.1
sources.all = "assumed: by eye"

[calibration.parameters.handover]
title = "Trains taken over a day"
keys = ["places.border.westbound_handover_trains_per_day"]
low = 4
high = 20
value = 6.0 # before the first fit

[calibration.parameters.lines]
title = "Trains on the line"
keys = ["places.line.most_trains"]
low = 500
high = 900
value = 600
"""
)

YEAR = 'title = "The year"\nextends = "base.toml"\n'


def later_to_fit(reading):
    """The inputs that cite facts later than the day at which a fit is cut."""
    return later_inputs(reading, reading.scenario.calibration.until, with_fitted=False)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with base.toml and year.toml, which extends it."""
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    (tmp_path / "year.toml").write_text(YEAR, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def handovers(monkeypatch):
    """In place of the model: trains delivered are those a border hands over in 31 days, more or less by luck."""
    asked = []

    def one_replication(scenario, seed, index, purpose, *_):
        [rate] = scenario.places["border"].westbound_handover_trains_per_day.values()
        asked.append((rate, seed, index))
        return answered(index, {"delivered": 31 * rate + 0.5 * (index - 1)})

    monkeypatch.setattr(sim.runs.replicate, "one_replication", one_replication)
    return asked


def answered(index, values):
    """A replication that says so to the published figures."""
    return Replication(index, published=pd.DataFrame({"name": list(values), "value": list(values.values())}))


def aim(value, name="target"):
    """Published figures by name, with the value aimed at."""
    figure = Published(
        title=name.capitalize(),
        fact="X",
        kpi="wait_h",
        start=dt.date(2025, 1, 1),
        end=dt.date(2025, 2, 1),
        used_for="calibration",
        value=value,
        low=0,
        high=1e9,
    )
    return {name: figure}


def fit(parameters, aims, answer, evaluations, shares=(0.1,)):
    """A fit to targets whose errors are those shares of the figures: one for all, or one each."""
    figures = target_values(aims)
    errors = Record(
        tuple(aims), figures, np.abs(figures) * np.broadcast_to(shares, len(figures)), np.zeros(len(figures))
    )
    return fitting.fit(parameters, aims, errors, answer, evaluations)


def free(name, low, high, start, is_whole=False):
    """A free parameter without keys."""
    return FreeParameter(name, name.capitalize(), (), low, high, start, is_whole)


LUCK = np.array([-1.0, 0.0, 1.0])


def world(*functions, noise=1e-4):
    """An answer made of functions of the values, with a little luck; it keeps a list of what it was asked."""

    def answer(values):
        answer.asked.append(values)
        return np.array([function(*values) * (1 + noise * LUCK) for function in functions])

    answer.asked = []
    return answer


def curved(x, y):
    return x * y


def straight(x, y):
    return x + 2 * y


TRUE_X, TRUE_Y = 3.7, 12.4
AIMS = aim(TRUE_X * TRUE_Y, "product") | aim(TRUE_X + 2 * TRUE_Y, "sum")
PAIR = (free("x", 1, 10, 6), free("y", 5, 20, 8))


def test_two_known_numbers_are_found_again():
    found = fit(PAIR, AIMS, world(curved, straight), 60)
    assert found.values == pytest.approx((TRUE_X, TRUE_Y), rel=0.01)
    assert np.abs(found.residuals).max() < 0.01
    assert np.abs(found.before.mean(axis=1) / [TRUE_X * TRUE_Y, TRUE_X + 2 * TRUE_Y] - 1).max() > 0.04
    assert found.is_settled
    assert not any(found.identification.loose)


def test_the_slopes_are_those_of_the_functions():
    """d(xy)/dx = y and so on, over the range of x and over the figure."""
    found = fit(PAIR, AIMS, world(curved, straight), 60)
    x, y = found.values
    product, total = TRUE_X * TRUE_Y, TRUE_X + 2 * TRUE_Y
    wanted = [[y * 9 / product, x * 15 / product], [9 / total, 2 * 15 / total]]
    assert found.jacobian == pytest.approx(np.array(wanted), rel=1e-6)


@pytest.mark.parametrize("evaluations", [7, 12, 20, 60])
def test_nothing_is_asked_twice_or_more_often_than_allowed(evaluations):
    answer = world(curved, straight)
    found = fit(PAIR, AIMS, answer, evaluations)
    assert len(set(answer.asked)) == len(answer.asked) == found.evaluations <= evaluations
    cost = {values: np.sum((answer(values).mean(axis=1) / [45.88, 28.5] - 1) ** 2) for values in set(answer.asked)}
    assert cost[found.values] <= cost[PAIR[0].start, PAIR[1].start]


def test_a_target_counts_by_its_errors():
    """One number, 8 wanted by the one target and 12 by the other: between them by the inverse of the variances."""
    aims = aim(8.0, "near") | aim(12.0, "far")
    model = world(lambda x: x, lambda x: x)
    for shares, wanted in (
        ((0.3, 0.2), 10),
        ((0.1, 0.2), (8 / 0.64 + 12 / 5.76) / (1 / 0.64 + 1 / 5.76)),
        ((0.3, 0.01), 12),
    ):
        found = fit([free("x", 1, 20, 5)], aims, model, 60, shares)
        assert found.values[0] == pytest.approx(wanted, rel=0.01)
        assert found.distances == pytest.approx(found.residuals / shares)


def test_too_few_trials_are_refused():
    assert least_evaluations(2) == 7
    with pytest.raises(ValueError, match="at least 7 evaluations"):
        fit(PAIR, AIMS, world(curved, straight), 6)


def test_a_count_is_tried_in_whole_units_and_steps_over_its_staircase():
    answer = world(lambda count: 100 / count, noise=0)
    found = fit([free("count", 2, 12, 3, is_whole=True)], aim(100 / 7), answer, 30)
    assert found.values == (7.0,)
    assert all(values[0] == round(values[0]) for values in answer.asked)


def test_values_have_three_digits():
    answer = world(lambda x: x)
    found = fit([free("x", 0.1, 1, 0.2)], aim(0.123456), answer, 30)
    assert found.values == (0.123,)
    assert {float(f"{value:.3g}") for (value,) in answer.asked} == {value for (value,) in answer.asked}


def test_an_end_of_the_range_is_named():
    found = fit([free("x", 1, 5, 2)], aim(80.0), world(lambda x: 10 * x), 30)
    assert found.values == (5.0,)
    assert found.residuals == pytest.approx([50 / 80 - 1])
    [row] = parameter_sheet(fit_tables(found, 0.95)["parameters"]).rows
    assert row[-1] == "identified, at the upper end of its range"
    assert parameter_sheet(fit_tables(replace(found, values=(4.99,)), 0.95)["parameters"]).rows[0][-1] == "identified"


def test_a_number_without_effect_is_not_identified():
    found = fit(PAIR, aim(5.0), world(lambda x, y: x), 60)
    assert found.values[0] == pytest.approx(5, rel=0.01)
    assert found.values[1] == 8
    assert found.identification.loose == [False, True]
    assert found.identification.spans[1] == 1
    said = unpinned_sentence(fit_tables(found, 0.95)["parameters"])
    assert "Y." in said and "X" not in said.split(":")[1]


def test_two_numbers_of_which_only_the_sum_counts_are_not_identified():
    found = fit(PAIR, aim(20.0), world(lambda x, y: x + y), 60)
    assert found.residuals == pytest.approx([0], abs=0.01)
    assert found.identification.loose == [True, True]
    assert found.identification.singular[1] == pytest.approx(0, abs=1e-6)


def test_luck_greater_than_the_effect_hides_a_number():
    quiet, loud = (fit([free("x", 1, 2, 1.5)], aim(10.0), world(lambda x: 9 + x, noise=n), 30) for n in (1e-3, 0.1))
    assert quiet.identification.loose == [False]
    assert loud.identification.loose == [True]


def test_an_answer_that_is_missing_counts_as_missed_whole():
    found = fit([free("x", 1, 5, 2)], aim(4.0), world(lambda x: np.nan if x > 3 else x), 30)
    assert found.values[0] == pytest.approx(3, rel=0.07)
    assert np.isfinite(found.after).all()


@pytest.mark.parametrize(
    ("jacobian", "noise", "shares", "spans", "singular"),
    [
        ([[2, 0], [0, 0.1]], [0.05, 0.05], [0.5, 0.5], [0.05, 1], [40, 2]),
        ([[2, 0], [0, 0.1]], [0.05, 0.01], [0.01, 0.5], [0.035, 0.2], [40, 10]),
        ([[1, 1]], [0.1], [0.5, 0.5], [1, 1], [10 * 2**0.5, 0]),
        ([[1, 0], [0, 1]], [0.1, np.nan], [0.5, 0.5], [0.2, 1], [10, 0]),
        ([[0.5, 0], [0, 1]], [0, 0.1], [0.5, 0.5], [0.004, 0.2], [500, 10]),
    ],
    ids=["one seen, one not", "cut off at the end", "only the sum", "a target without interval", "no noise"],
)
def test_identification_by_hand(jacobian, noise, shares, spans, singular):
    found = identify(np.array(jacobian, float), np.array(noise), np.array(shares))
    assert found.spans == pytest.approx(spans)
    assert found.singular == pytest.approx(singular, abs=1e-9)


def test_neighbours_are_a_step_away_and_within_the_range():
    number, count = free("x", 0, 10, 5), free("n", 2, 8, 4, is_whole=True)
    assert number.neighbours(5, both_sides=True) == (4.5, 5.5)
    assert number.neighbours(5, both_sides=False) == (5, 5.5)
    assert number.neighbours(9.8, both_sides=False) == (9.3, 9.8)
    assert number.neighbours(0, both_sides=True) == (0, 0.5)
    assert count.neighbours(4, both_sides=True) == (3, 5)
    assert count.neighbours(8, both_sides=False) == (7, 8)
    low, high = free("narrow", 100, 101, 100).neighbours(100, both_sides=True)
    assert low < high


def test_targets_within_fifteen_percent_are_counted():
    aims = aim(100.0, "low") | aim(100.0, "edge") | aim(-100.0, "minus") | aim(100.0, "far") | aim(100.0, "silent")
    values = np.array([[86.0, 86.0], [115.0, 115.0], [-99.0, -101.0], [114.0, 118.1], [np.nan, np.nan]])
    table = targets_beside(aims, intervals(values, 0.95))
    assert table["within"].tolist() == [True, True, True, False, False]
    assert table["deviation_share"].to_numpy()[:4] == pytest.approx([-0.14, 0.15, 0, 0.1605])
    assert targets_met(table) == "3 of 5 targets within 15 %"


def test_a_free_key_keeps_the_rest_of_its_spread_and_a_count_its_kind(folder):
    text = BASE.replace("train_h = 1 }", "train_h = { mean = 1, cv = 0.5 } }")
    text += '[calibration.parameters.closing]\ntitle = "Wait"\nlow = 1\nhigh = 9\nvalue = 2\n'
    text += 'keys = ["places.border.forming.train_h.mean", "flows.west.most_trains_under_way"]\n'
    (folder / "base.toml").write_text(text)
    reading = read("year.toml")
    parameters = free_parameters(reading)
    assert [one.is_whole for one in parameters] == [False, True, True]
    assert [one.keys for one in parameters][2] == (("flows", "west", "most_trains_under_way"),)
    [scenario] = with_values(reading, parameters, (7.5, 700.0, 3.0))
    assert set(scenario.places["border"].westbound_handover_trains_per_day.values()) == {7.5}
    assert set(scenario.places["line"].most_trains.values()) == {700}
    assert set(scenario.flows["west"].most_trains_under_way.values()) == {3}
    inner = [replace(parameters[2], keys=(("places", "border", "forming", "train_h", "mean"),), is_whole=False)]
    spread = with_values(reading, inner, (4.0,))[0].places["border"].forming.train_h
    assert (spread.mean, spread.cv) == (4, 0.5)


LEDGER = """\
id,topic,place,quantity,value,low,high,unit,year,status,source_title,source_address,note,known
X-1,volume,border,trains,310,,,trains,2025,found,t,a,,2025-03-01
X-2,border,border,dwell,1,,,h,2025,found,t,a,,2025-03-01
E-1,volume,border,trains,300,,,trains,2020,found,t,a,,2021-01-01
L-1,volume,border,trains,9000,,,trains,2024,found,t,a,,2025-01-01
L-2,volume,border,trains,9000,,,trains,2024,found,t,a,,
"""
"""A target known in March, a fact known in 2021, one known on New Year's Day of 2025 and one without a day."""


@pytest.fixture
def cut(folder):
    """The year with its record cut at a day, and with source lines for what its border and its flow state."""
    (folder / "sources.csv").write_text(LEDGER)

    def cut_at(day, lines="", **calibration):
        base = f"{BASE}sources.all = 'assumed: by eye'\n{lines}"
        until = f"until = {day}\n" if day else ""
        more = "".join(f"{key} = {value}\n" for key, value in calibration.items())
        (folder / "base.toml").write_text(base.replace("[calibration] #", f"[calibration]\n{until}{more}#"))
        return read("year.toml")

    return cut_at


def test_a_target_that_was_not_known_by_the_day_of_the_cut_is_left_out(cut):
    assert targets_passed_over(cut(None)) == {}
    assert list(targets(cut("2025-03-01"))) == ["delivered"], "known on the day itself"
    with pytest.raises(ScenarioError, match=r"none is left to aim at: delivered is not known by 2025-02-28: X-1"):
        targets(cut("2025-02-28"))
    assert list(targets(cut(None, leaves_out=[2024]))) == ["delivered"]
    with pytest.raises(ScenarioError, match=r"delivered is of a year that is left out: X-1"):
        targets(cut(None, leaves_out=[2023, 2025]))


def trains_unknown(low, high, reason):
    """The text of an unknown that scales the trains of the flow."""
    return (
        '[unknown.trains]\ntitle = "Trains"\ngroup = "volumes"\nkeys = ["flows.west.trains_per_year"]\n'
        f'scale_low = {low}\nscale_high = {high}\nsources.all = "{reason}"\n'
    )


@pytest.mark.parametrize(
    ("line", "treatment", "ends"),
    [
        ("E-1: as then", None, ()),
        ("assumed: as always UNKNOWN assumed: so", None, ()),
        ("L-1: as said; E-1 says 300 in a month UNKNOWN assumed: so", STATED_RANGE, (0.9, 1.1)),
        ("assumed: as L-1 says UNKNOWN E-1: 300 in a month", STATED_RANGE, (0.9, 1.1)),
        ("assumed: as L-1 says UNKNOWN assumed: so", WIDE_RANGE, (0.5, 1.5)),
        ("L-1, E-1: between the two", WIDE_RANGE, (0.5, 1.5)),
        ("L-2: as said UNKNOWN L-1: more", WIDE_RANGE, (0.5, 1.5)),
    ],
)
def test_an_input_that_cites_a_later_fact_becomes_a_range(cut, line, treatment, ends):
    line, _, reason = line.partition(" UNKNOWN ")
    more = trains_unknown(0.9, 1.1, reason) if reason else ""
    reading = cut("2024-12-31", f'[flows.west.sources]\ntrains_per_year = "{line}"\n{more}')
    found = {entry.key: (entry.treatment, *entry.bounds.values()) for entry in later_to_fit(reading)}
    assert found == (
        {} if treatment is None else {"flows.west.trains_per_year": (treatment, *map(pytest.approx, ends))}
    )
    assert later_to_fit(cut("2025-01-01", f'[flows.west.sources]\ntrains_per_year = "{line}"\n')) == [] or "L-2" in line
    assert later_to_fit(cut(None, f'[flows.west.sources]\ntrains_per_year = "{line}"\n')) == []


def test_each_replication_of_a_cut_fit_draws_what_was_known_later_and_nothing_else(cut):
    lines = '[flows.west.sources]\ntrains_per_year = "L-1; E-1"\ndepartures_cv = "E-1"\n'
    lines += trains_unknown(8000 / 8760, 9500 / 8760, "assumed: so")
    reading = cut("2024-12-31", f'{lines}[places.border.sources]\nreceiving_tracks = "L-1"\n')
    inputs = later_to_fit(reading)
    movable, draws = factors_and_draws(reading, inputs, 3, 7)
    assert (movable, draws) == factors_and_draws(reading, inputs, 3, 7)
    worlds = with_values(reading, free_parameters(reading), (7.5, 700), movable, draws)
    trains = sorted(world.flows["west"].trains_per_year[2025] for world in worlds)
    assert all(low < rate < low + 500 for low, rate in zip((8000, 8500, 9000), trains, strict=True)), (
        "one in each third"
    )
    assert len({tuple(world.places["border"].receiving_tracks.values()) for world in worlds}) == 3
    with_stated = {
        world.model_copy(update={"flows": worlds[0].flows, "places": worlds[0].places}).model_dump_json()
        for world in worlds
    }
    assert len(with_stated) == 1
    assert {tuple(world.places["border"].westbound_handover_trains_per_day.values()) for world in worlds} == {(7.5,)}


def test_a_cut_fit_says_what_it_did_not_use(cut, handovers):
    unknown = trains_unknown(0.9, 1.1, "E-1: 300")
    cut("2025-03-01", f'[flows.west.sources]\ntrains_per_year = "L-2: as said"\n{unknown}')
    done = output_of("calibrate", "year.toml", "--fit", "--date", "2026-05-04", "--workers", "1", "--all")
    assert "Inputs that cite later facts: 1 range in its file." in done
    assert "flows.west.trains_per_year" in done
    answer = load_answer("results/year_calibrate")
    assert answer.frames["later"]["facts"].tolist() == ["L-2"]
    assert answer.manifest["left_out"] == []


def test_the_shipped_fit_aims_at_no_figure_of_the_years_that_it_leaves_out():
    reading = load("2025_as_it_was")
    ledger, aims = ledger_of(reading), targets(reading)
    for name in aims:
        line = json.dumps(reading.resolved["published"][name], default=str)
        years = {fact.year for fact in ledger.values() if re.search(rf"\b{fact.id}(?![\w-])", line)}
        assert years and not years & {"2022", "2023"}, name
    assert len(aims) >= 5


def test_a_cut_leaves_no_number_of_a_year_that_a_later_fact_tells_but_weights(monkeypatch):
    reading = load("2023_as_it_was", ["calibration.until=2023-12-31"])
    ledger, day = ledger_of(reading), dt.date(2023, 12, 31)
    entries = {entry.key: entry for entry in later_to_fit(reading)}
    for figure in inputs_of(reading.resolved, ledger):
        later_ids = {name for name in ledger if re.search(rf"{name}(?![\w-])", figure.source)}
        later_ids = {name for name in later_ids if ledger[name].known_on > day}
        if later_ids and figure.path[0] in INPUTS and figure.path[-1] != "cost_musd":
            assert set(entries[figure.key].later_facts) == later_ids, figure.key
            is_number = figure.unit not in ("switch", "word", "date") and figure.path[-1] != "month_weights"
            if is_number and any(figure.numbers):
                assert entries[figure.key].treatment in (STATED_RANGE, WIDE_RANGE), figure.key
        else:
            assert figure.key not in entries
    assert {key for key in entries if key.endswith("_per_year")} >= {"flows.titr_oil.mt_per_year"}


def test_a_key_that_a_file_states_itself_is_not_free(folder):
    (folder / "year.toml").write_text(f"{YEAR}places.border.westbound_handover_trains_per_day = 9\n")
    with pytest.raises(
        ScenarioError, match=r"base.toml:79: calibration.parameters.handover: frees no number: .*line 3"
    ):
        free_parameters(read("year.toml"))


REFUSED_TARGETS = {
    "in the horizon": ("end = 2025-02-01\nvalue", "end = 2025-03-01\nvalue"),
    "value other than 0": ("value = 310\n", ""),
    "did you mean 'delivered'": ('"delivered", #', '"deliverd", #'),
}


@pytest.mark.parametrize("says", REFUSED_TARGETS)
def test_a_target_that_cannot_be_aimed_at_is_refused(folder, says):
    text = BASE.replace(*REFUSED_TARGETS[says])
    assert text != BASE
    (folder / "base.toml").write_text(text)
    with pytest.raises(ScenarioError, match=says) as refused:
        targets(read("year.toml"))
    assert refused.value.problems[0].line is not None


def lines_that_differ(before, after):
    """Lines taken out, and lines put in."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


BLOCK = fitted_block({"handover": 10.0, "lines": 700.0}, {"delivered": -0.0125}, dt.date(2026, 5, 4))


def test_only_the_lines_of_the_fit_are_edited():
    after = amend(BASE, BLOCK, "base.toml")
    assert lines_that_differ(BASE, after) == (
        ["value = 6.0 # before the first fit", "value = 600"],
        [
            "fitted_on = 2026-05-04",
            "residuals = { delivered = -0.0125 }",
            "value = 10 # before the first fit",
            "value = 700",
        ],
    )
    table = tomllib.loads(after)["calibration"]
    assert (table["fitted_on"], table["residuals"]) == (dt.date(2026, 5, 4), {"delivered": -0.0125})
    assert table["parameters"]["handover"]["value"] == 10
    again = amend(after, BLOCK | {("calibration", "fitted_on"): "2026-05-05"}, "base.toml")
    assert lines_that_differ(after, again) == (["fitted_on = 2026-05-04"], ["fitted_on = 2026-05-05"])


def test_line_ends_and_byte_order_mark_stay(tmp_path):
    path = tmp_path / "base.toml"
    content = b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()
    path.write_bytes(content)
    path.chmod(0o640)
    file = TextFile.read(path)
    file.replace(amend(file.text, BLOCK, "base.toml"))
    assert path.read_bytes() == b"\xef\xbb\xbf" + amend(BASE, BLOCK, "base.toml").replace("\n", "\r\n").encode()
    assert path.stat().st_mode & 0o777 == 0o640
    with pytest.raises(OSError, match="changed meanwhile"):
        file.replace("other")
    assert [each.name for each in tmp_path.iterdir()] == ["base.toml"]


def test_a_table_at_the_end_of_a_text_without_a_line_end_takes_new_keys():
    assert amend("[a]\nb = 1\n[c] # why", {("c", "d"): "2"}, "f") == "[a]\nb = 1\n[c] # why\nd = 2"


HANDOVER = BASE[BASE.index("[calibration.parameters.handover]") : BASE.index("[calibration.parameters.lines]")]
INLINE = """\
[calibration.parameters]
handover = { title = "T", keys = ["places.border.westbound_handover_trains_per_day"], low = 4, high = 20, value = 6 }
"""
REFUSED_FILES = {
    "calibration.parameters.handover.value: stands in an inline table": BASE.replace(HANDOVER, INLINE),
    "calibration: needs a header": BASE.replace("[calibration] #", "calibration.targets = ['delivered']\n#").replace(
        "targets = [\n", "#"
    ),
    "calibration.residuals: stands in several keys": BASE.replace(
        "[calibration.parameters.lines]", "[calibration.residuals]\ndelivered = 0.1\n[calibration.parameters.lines]"
    ),
}


@pytest.mark.parametrize("says", REFUSED_FILES)
def test_a_block_of_another_layout_is_refused_and_nothing_is_written(folder, handovers, says):
    text = REFUSED_FILES[says]
    if "header" in says:
        calibration = BASE[BASE.index("[calibration] #") : BASE.index("[calibration.parameters.handover]")]
        errors = '{ observation_share = 0.1, discrepancy = 0, sources.all = "assumed: by eye" }'
        text = f"calibration.targets = ['delivered']\ncalibration.errors.delivered = {errors}\n" + BASE.replace(
            calibration, ""
        )
    (folder / "base.toml").write_text(text)
    done = output_of("calibrate", "year.toml", "--fit", "--workers", "1", status=2)
    assert says in done
    assert "base.toml:" in done
    assert handovers == []
    assert (folder / "base.toml").read_text() == text
    assert sorted(each.name for each in folder.iterdir()) == ["base.toml", "year.toml"]


@pytest.mark.parametrize(
    ("key", "value"), [("parameters.lines.value", 650), ("parameters.lines.keys", []), ("fitted_on", "2026-01-01")]
)
def test_parts_of_a_calibration_in_two_files_are_refused(folder, key, value):
    fitted_before = BASE.replace("[calibration] #", "[calibration]\nfitted_on = 2025-01-01 #")
    (folder / "base.toml").write_text(fitted_before)
    value = value or ["places.line.most_trains"]
    (folder / "year.toml").write_text(f"{YEAR}calibration.{key} = {value}\n")
    assert calibration_file(read("base.toml")).name == "base.toml"
    with pytest.raises(ScenarioError, match=rf"calibration.{key}: .*: keep them together"):
        calibration_file(read("year.toml"))


def test_the_command_finds_the_rate_and_writes_it_into_the_parent(folder, handovers):
    done = output_of("calibrate", "year.toml", "--fit", "--date", "2026-05-04", "--workers", "1", "--all")
    after = (folder / "base.toml").read_text()
    assert (folder / "year.toml").read_text() == YEAR
    assert lines_that_differ(BASE, after) == (
        ["value = 6.0 # before the first fit"],
        ["fitted_on = 2026-05-04", "residuals = { delivered = 0 }", "value = 10 # before the first fit"],
    )
    assert "Not identified" in done
    assert "Trains on the line" in done.split("Not identified")[1]
    assert "1 of 1 targets within 15 % (before: 0 of 1)" in done
    assert {(seed, index) for _, seed, index in handovers} == {(7, 0), (7, 1), (7, 2)}


def test_the_same_fit_has_the_same_bytes(folder, handovers):
    written = []
    for _ in range(2):
        (folder / "base.toml").write_text(BASE)
        (folder / "page.md").write_text(f"# Fit\r\n{BEGIN}\nold\n{END}\nlast\n", newline="")
        output_of("calibrate", "year.toml", "--fit", "--date", "2026-05-04", "--page", "page.md", "--workers", "1")
        written.append([(folder / name).read_bytes() for name in ("base.toml", "page.md")])
    assert written[0] == written[1]
    page = written[0][1].decode()
    assert page.startswith(f"# Fit\r\n{BEGIN}\n\n3 replications, 95 % intervals, seed 7; 1 of 1 targets")
    assert page.endswith(f"\n\n{END}\nlast\n")
    assert "| Trains taken over a day | 4.00 to 20.0 | 6.00 | 10.0 |" in page
    assert "old" not in page


REFUSED_CALLS = {
    "--evaluations: 2 parameters need at least 7 (got 6)": ("year.toml", "--evaluations", "6"),
    "needs these two lines": ("year.toml", "--page", "bare.md"),
    "missing.md: no such file": ("year.toml", "--page", "missing.md"),
    "does not match the format": ("year.toml", "--date", "yesterday"),
    "bare.toml: has no [calibration]": ("bare.toml",),
    "no such file, and no shipped scenario": ("nowhere.toml",),
}


@pytest.mark.parametrize("says", REFUSED_CALLS)
def test_mistakes_are_refused_before_the_work(folder, handovers, says):
    (folder / "bare.md").write_text(f"{END}\n{BEGIN}\n")
    (folder / "bare.toml").write_text(BASE[: BASE.index("[calibration]")])
    done = output_of("calibrate", "--fit", *REFUSED_CALLS[says], "--workers", "1", status=2)
    assert says in done
    assert handovers == []
    assert (folder / "base.toml").read_text() == BASE


def test_a_target_no_measure_answers_is_refused(folder, monkeypatch):
    monkeypatch.setattr(sim.runs.replicate, "one_replication", lambda _, seed, index, *__: answered(index, {}))
    done = output_of("calibrate", "year.toml", "--fit", "--workers", "1", status=2)
    assert "base.toml:45: published.delivered: no measure of the model answers it" in done
    assert (folder / "base.toml").read_text() == BASE


def test_a_file_that_changes_during_the_fit_is_left_alone(folder, handovers, monkeypatch):
    mine = BASE + "# mine\n"
    one_replication = sim.runs.replicate.one_replication

    def meanwhile(*work):
        (folder / "base.toml").write_text(mine)
        return one_replication(*work)

    monkeypatch.setattr(sim.runs.replicate, "one_replication", meanwhile)
    done = output_of("calibrate", "year.toml", "--fit", "--workers", "1", status=2)
    assert "it was changed meanwhile" in done
    assert (folder / "base.toml").read_text() == mine


def results_of(reading, *rows):
    """As much of results as the check needs, from rows of published figures."""
    table = pd.DataFrame(rows, columns=["name", "used_for", "mean", "ci_low", "ci_high", "replications", "verdict"])
    for key in ("title", "fact", "low", "high"):
        table[key] = [getattr(reading.scenario.published[name], key) for name in table["name"]]
    return SimpleNamespace(
        name="year", scenario=reading.scenario, published=table, manifest={"replications": 3, "level": 0.95, "seed": 7}
    )


def test_the_check_shows_misses_first(folder):
    text = BASE.replace('    "delivered", # the only one\n', '    "delivered",\n    "share",\n')
    share = text[text.index("[published.delivered]") : text.index("[published.dwell]")]
    share = share.replace("delivered]", "share]").replace("Trains delivered in January", "A share").replace("310", "2")
    (folder / "base.toml").write_text(text + share)
    reading = read("year.toml")
    aims = targets(reading)
    rows = [
        ("delivered", "calibration", 310.0, 300.0, 320.0, 3, "inside"),
        ("dwell", "validation", 4.0, 3.0, 5.0, 3, "outside"),
        ("share", "calibration", 1.0, 0.9, 1.1, 3, "inside"),
    ]
    fitted = target_sheet(beside_published(aims, results_of(reading, *rows).published), "Targets")
    assert [(row[0], row[-2], row[-1]) for row in fitted.rows] == [
        ("A share", "−50 %", "no"),
        ("Trains delivered in January", "+0.0 %", "yes"),
    ]


def test_the_model_itself_hands_over_ten_trains_a_day(folder):
    """A train an hour is offered, ten a day are taken over: 310 in January."""
    output_of("calibrate", "year.toml", "--fit", "--replications", "2", "--workers", "2")
    table = tomllib.loads((folder / "base.toml").read_text())["calibration"]
    assert table["parameters"]["handover"]["value"] == pytest.approx(10, rel=0.01)
    assert abs(table["residuals"]["delivered"]) < 0.01


PRICED = (
    BASE.replace("2025 = 8760", "2025 = 4380").replace(
        'targets = [\n    "delivered", # the only one\n]', 'targets = ["cost"]'
    )
    + """
[published.cost]
title = "Cost of a passage"
fact = "X-3"
used_for = "calibration"
kpi = "border_cost_usd"
place = "border"
flow = "west"
start = 2025-01-01
end = 2025-02-01
value = 30
low = 29
high = 31

[calibration.errors.cost]
observation = 0.3
discrepancy = 0
sources.all = "assumed: by eye"

[prices]
border = { usd_per_t = 1 }
section = { usd_per_t_km = 0.1 }
time = { usd_per_t_day = 0.2 }
"""
)
FIT = ("calibrate", "year.toml", "--fit", "--date", "2026-05-04", "--workers", "2", "--study", "study")


def trials_kept(folder):
    """Replications of trials that lie in a study, if it is there already."""
    return sum(setting.complete for setting in settings(folder)) if (folder / "study.sqlite").is_file() else 0


def test_a_fit_to_a_target_in_usd_that_was_killed_goes_on_to_the_same_bytes(folder):
    """Twelve trains a day are offered; where fewer are taken over they wait, and pay for the wait."""
    (folder / "base.toml").write_text(PRICED)
    calm = subprocess.run([CORRIDOR, *FIT[:-1], "calm"], capture_output=True, text=True)
    assert calm.returncode == 0, calm.stderr
    table = tomllib.loads((folder / "base.toml").read_text())["calibration"]
    assert abs(table["residuals"]["cost"]) < 0.05
    whole = (folder / "base.toml").read_bytes()
    (folder / "base.toml").write_text(PRICED)
    for trials in (2, 7):
        command = subprocess.Popen([CORRIDOR, *FIT], stderr=subprocess.DEVNULL)
        while trials_kept(folder / "study") < 3 * trials:
            assert command.poll() is None
            time.sleep(0.01)
        command.send_signal(signal.SIGKILL)
        command.wait()
        assert (folder / "base.toml").read_text() == PRICED
    finished = trials_kept(folder / "study")
    again = subprocess.run([CORRIDOR, *FIT], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert again.stdout.replace(", in place of earlier ones", "") == calm.stdout
    assert (folder / "base.toml").read_bytes() == whole
    assert 21 <= finished < trials_kept(folder / "study") == trials_kept(folder / "calm")
    assert {setting.purpose for setting in settings(folder / "study")} == {"fit"}


def test_a_target_is_held_beside_the_model_by_validate_which_writes_nothing(folder, monkeypatch):
    monkeypatch.setattr(os, "replace", None)
    checked = (
        ("delivered", "calibration", *[372.0] * 3, 3, "outside"),
        ("dwell", "validation", 4.0, 3.0, 5.0, 3, "outside"),
    )
    monkeypatch.setattr(
        "sim.cli.validate.simulated",
        lambda readings, sampling: [results_of(readings[0], *checked)],
    )
    done = output_of("validate", "year.toml", "--workers", "1")
    assert "+20 %" in done
    assert "Not aimed at" not in done
    assert value_at(tomllib.loads((folder / "base.toml").read_text()), ("calibration", "fitted_on")) is None
