"""Good and bad years of results, and the chance of a bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
from experiments import HOURS, TONNES, results
from hand_made import scenario

from sim.measure.statistics import quantile_interval, row_quantiles
from sim.measure.vocabulary import parsed_bound
from sim.scenario.addresses import Address, AddressError
from sim.study.outlook import chance_of_bound, quantile_table
from sim.views.sheets.outlook import chance_sheet, quantile_sheet

YEARS = {TONNES: [float(n) for n in range(1, 41)], HOURS: [1.0] * 39 + [None]}
TONNES_OF_2025 = Address("throughput_mt", "all", "middle", "2025")


def test_quantiles_over_replications_stand_beside_the_mean():
    made = results("a", YEARS)
    row = made.kpis.set_index("kpi").loc["throughput_mt"]
    assert row[["p10", "p50", "p90"]].tolist() == pytest.approx([4.9, 20.5, 36.1])
    assert made.kpis.set_index("kpi").loc["clearance_h", ["p10", "p50", "p90"]].tolist() == [1.0, 1.0, 1.0]


def test_quantiles_of_rows_leave_gaps_out():
    luck = np.random.default_rng(1)
    values = luck.normal(size=(50, 9))
    values[luck.random((50, 9)) < 0.4] = np.nan
    values[0] = np.nan
    found = row_quantiles(values, [0.1, 0.5, 1.0])
    for row in range(50):
        seen = values[row][np.isfinite(values[row])]
        expected = np.quantile(seen, [0.1, 0.5, 1.0]) if len(seen) else [math.nan] * 3
        assert [one[row] for one in found] == pytest.approx(list(expected), nan_ok=True)


def test_the_table_has_their_intervals():
    found = quantile_table(results("a", YEARS), [TONNES_OF_2025, Address("nothing")])
    assert found["quantile"].tolist() == ["p10", "p50", "p90"]
    for (_, row), share in zip(found.iterrows(), (0.1, 0.5, 0.9), strict=True):
        expected = quantile_interval(range(1, 41), share, 0.95)
        assert (row["ci_low"], row["ci_high"], row["value"]) == (expected.low, expected.high, expected.value)
        assert row["level_reached"] >= 0.95


def test_the_chance_of_a_bound_counts_replications():
    made = results("a", YEARS)
    least = parsed_bound("throughput_mt:all:middle:2025>=31", scenario())
    found = chance_of_bound(made, least)
    assert (found.share, found.n) == (0.25, 40)
    assert found.low < 0.25 < found.high
    most = parsed_bound("throughput_mt:all:middle:2025 <= 31", scenario())
    assert chance_of_bound(made, most).share == 31 / 40
    [row] = chance_sheet(made, [least]).rows
    assert row[2] == "10 of 40 replications, by luck alone: 25 % [13 %, 41 %]"


def test_a_bound_on_what_no_replication_observed_has_no_chance():
    made = results("a", YEARS)
    [row] = chance_sheet(made, [parsed_bound("throughput_mt:all:north:2025>=31", scenario())]).rows
    assert row[2:] == ("observed in no replication",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throughput_mt", "must be written"),
        ("throughput_mt>=", "must be written"),
        ("throughput_mt>=much", "must be written"),
        ("throughput_mt>=inf", "must be written"),
        ("throughput_mt=>3", "must be written"),
        ("nonsense>=3", "no KPI 'nonsense'"),
        ("throughput_mt:nowhere>=3", "'nowhere' is no place"),
    ],
)
def test_bounds_that_say_nothing_are_refused(text, says):
    with pytest.raises(AddressError, match=says):
        parsed_bound(text, scenario())


@pytest.mark.parametrize(
    ("number", "bound", "note"),
    [
        (4, "2300", "throughput_mt is in Mt, and the model has 2.50: is 2300 in another unit?"),
        (4, "0.002", "throughput_mt is in Mt, and the model has 2.50: is 0.002 in another unit?"),
        (4, "3", ""),
    ],
)
def test_a_bound_far_from_all_that_the_model_has_is_asked_about(number, bound, note):
    made = results("a", {TONNES: [float(n) for n in range(1, number + 1)]})
    assert chance_sheet(made, [parsed_bound(f"throughput_mt:all:middle:2025>={bound}", scenario())]).note == note


@pytest.mark.parametrize(("number", "note"), [(9, "9 replications: one year in ten needs 10 at least (-n)."), (10, "")])
def test_one_year_in_ten_is_told_of_ten_replications_on(number, note):
    sheet = quantile_sheet(results("a", {(*TONNES[:3], "all", "Mt"): [float(n) for n in range(1, number + 1)]}))
    [cells] = [row[-3:] for row in sheet.rows if row[0] == "Throughput"]
    assert (sheet.note, [cell.startswith("–") for cell in cells]) == (note, [bool(note), False, bool(note)])
