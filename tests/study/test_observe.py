"""Observations beside a scenario: which steps are whole, what is observed and simulated in each, and their times."""

import datetime as dt
import math
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import pytest

import sim
from sim.measure.chances import range_of_next, range_of_some
from sim.measure.observations import Observation, Observations, PassedOver
from sim.measure.single_times import ended_times
from sim.runs.replicate import play
from sim.scenario.addresses import Address, AddressError
from sim.scenario.problems import ArgumentError
from sim.scenario.schema import Horizon
from sim.study.observe.beside import SideBySide, step_verdict, unbroken_runs
from sim.study.observe.observe import address_observed, figures_asked, observe, volumes_table
from sim.study.observe.steps import Step, steps_of

HORIZON = Horizon(start=dt.date(2025, 1, 1), end=dt.date(2025, 5, 1), warmup_days=5)
SHORT = ("horizon.end=2024-03-01", "horizon.warmup_days=10")


def day(month, number):
    return dt.date(2025, month, number)


def rows(kpi, *observed, grain="day"):
    """Observations of some days, each with its value."""
    entries = tuple(Observation(line, when, grain, value) for line, (when, value) in enumerate(observed, 2))
    return Observations(kpi, "mine.csv", entries, (PassedOver(9, "repeats line 2"),))


def firsts(steps):
    return [str(step.start) for step in steps]


def test_of_an_amount_only_whole_months_are_compared():
    """It begins in the middle of January and ends in that of April; the days that it covers may be said."""
    observed = rows(
        "throughput_mt", (day(1, 15), 1.0), (day(2, 3), 2.0), (day(2, 20), 3.0), (day(3, 9), 4), (day(4, 9), 5)
    )
    steps = steps_of(observed, HORIZON, "month")
    assert firsts(steps) == ["2025-02-01", "2025-03-01"]
    assert [step.observed(True) for step in steps] == [5.0, 4.0]
    covered = (day(1, 1), day(4, 30))
    assert firsts(steps_of(observed, HORIZON, "month", covered))[::3] == ["2025-01-01", "2025-04-01"]


def test_of_times_every_month_with_a_train_is_compared():
    observed = rows("clearance_h", (day(1, 15), 1.0), (day(1, 16), 3.0), (day(4, 9), 5.0), (day(5, 1), 9.0))
    steps = steps_of(observed, HORIZON, "month")
    assert [(str(step.start), step.observed(False)) for step in steps] == [("2025-01-01", 2.0), ("2025-04-01", 5.0)]


def test_a_month_of_which_a_row_is_not_known_is_not_known():
    observed = rows("throughput_mt", *((day(month, 1), 1.0) for month in (1, 3)), (day(2, 1), math.nan), grain="month")
    assert firsts(steps_of(observed, HORIZON, "month")) == ["2025-01-01", "2025-03-01"]


def counted(*days, **about):
    return replace(rows("trains_delivered", *((when, 1.0) for when in days)), counts_rows=True, **about)


def test_a_month_without_a_row_of_what_is_counted_by_rows_is_one_of_nought():
    """Between the first and the last row, or the days that the table covers; tonnes are not known then."""
    trains = counted(day(1, 1), day(1, 31), day(3, 1), day(3, 31))
    assert [(str(step.start), step.observed(True)) for step in steps_of(trains, HORIZON, "month")] == [
        ("2025-01-01", 2.0),
        ("2025-02-01", 0.0),
        ("2025-03-01", 2.0),
    ]
    covered = steps_of(counted(day(1, 9)), HORIZON, "month", (day(1, 1), dt.date(2026, 3, 31)))
    assert [step.observed(True) for step in covered] == [1.0, 0.0, 0.0, 0.0]
    assert firsts(steps_of(replace(trains, counts_rows=False), HORIZON, "month")) == ["2025-01-01", "2025-03-01"]
    table = beside(covered[:2], True, step_0=[1.0, 2, 1], step_1=[0.0, 1, 3]).series_table()
    assert table[["n", "observed"]].values.tolist() == [[1, 1.0], [0, 0.0]]


def test_no_month_is_whole_to_which_a_row_without_a_day_may_belong():
    days = (day(1, 1), day(1, 31), day(2, 1), day(2, 28), day(3, 1), day(3, 31))
    whole = steps_of(counted(*days), HORIZON, "month")
    assert firsts(whole) == ["2025-01-01", "2025-02-01", "2025-03-01"]
    for undated, left in (
        ((day(1, 31), day(1, 31)), whole[1:]),
        ((day(1, 31), day(2, 1)), whole[2:]),
        ((day(2, 28), day(2, 28)), [whole[0], whole[2]]),
        ((dt.date.min, day(1, 1)), whole[1:]),
        ((day(3, 31), dt.date.max), whole[:2]),
    ):
        assert steps_of(counted(*days, undated_days=(undated,)), HORIZON, "month") == left
    with pytest.raises(ArgumentError, match=r"to 2025-03-31, and of some rows the day is not known$"):
        steps_of(counted(*days, undated_days=((day(1, 9), day(3, 9)),)), HORIZON, "month")


def test_weeks_begin_on_mondays():
    observed = rows("clearance_h", (day(1, 6), 1.0), (day(1, 12), 3.0), (day(1, 13), 5.0))
    assert firsts(steps_of(observed, HORIZON, "week")) == ["2025-01-06", "2025-01-13"]
    with pytest.raises(ArgumentError, match="has months, and no weeks"):
        steps_of(rows("throughput_mt", (day(1, 1), 1.0), grain="month"), HORIZON, "week")


def test_what_lies_outside_the_horizon_is_refused():
    with pytest.raises(ArgumentError, match=r"no month is observed within .* from 2026-01-05 to 2026-01-05"):
        steps_of(rows("clearance_h", (dt.date(2026, 1, 5), 1.0)), HORIZON, "month")
    with pytest.raises(ArgumentError, match="no month is observed whole within"):
        steps_of(rows("throughput_mt", (day(1, 5), 1.0)), HORIZON, "month")


def test_the_range_of_one_more_value_by_hand():
    """Of 1, 2, 3: s = 1, t at 97.5 % with two degrees of freedom 4.3027, times the root of 4/3; cut at zero."""
    low, high = range_of_next([1.0, 2.0, 3.0], 0.95, least=-math.inf)
    assert (low, high) == (pytest.approx(2 - 4.30265 * math.sqrt(4 / 3), abs=1e-4), pytest.approx(6.96827, abs=1e-4))
    assert range_of_next([1.0, 2.0, 3.0], 0.95)[0] == 0.0
    assert np.isnan(range_of_next([1.0, 2.0], 0.95)).all()
    draws = np.random.default_rng(1).normal(size=(4000, 6))
    ranges = [range_of_next(sample[:5], 0.8, least=-math.inf) for sample in draws]
    held = np.mean([low <= value <= high for (low, high), value in zip(ranges, draws[:, 5], strict=True)])
    assert held == pytest.approx(0.8, abs=0.02)


@pytest.mark.parametrize(
    ("observed", "verdict"), [(1.0, "within"), (0.5, "below"), (3.5, "above"), (1.5, "within"), (3.0, "within")]
)
def test_how_a_step_stands_to_its_range(observed, verdict):
    assert step_verdict(observed, 1.0, 3.0) == verdict
    assert step_verdict(observed, np.nan, np.nan) == "not told"


def beside(steps, adds_up, **samples):
    address = Address("throughput_mt" if adds_up else "clearance_h", "all", "all", "all")
    return SideBySide(
        steps,
        address,
        adds_up,
        {name: [np.array(part, ndmin=1) for part in values] for name, values in samples.items()},
        0.95,
    )


def months(*values):
    edges = [day(month, 1) for month in range(1, len(values) + 2)]
    return [Step(*ends, tuple(own)) for ends, own in zip(pairwise(edges), values, strict=True)]


def test_the_total_is_of_the_steps_compared_replication_by_replication():
    table = beside(months([1.0, 2.0], [4.0]), True, step_0=[2.0, 3, 4], step_1=[5.0, 4, 6]).span_table()
    [row] = table.to_dict("records")
    assert (row["statistic"], row["observed"], row["n"], row["mean"]) == ("total", 7.0, 3, 8.0)
    assert (row["low"], row["high"]) == pytest.approx(range_of_next([7, 7, 10], 0.95))


def test_a_stretch_of_months_is_a_fact():
    steps = months([1.0], [2.0], [3.0], [4.0])
    apart = [steps[0], steps[2], steps[3]]
    assert [len(stretch) for stretch in unbroken_runs(apart)] == [1, 2]
    table = beside(apart, True).facts_table("observed", "3 rows of mine.csv")
    assert table[["start", "end", "value", "low"]].values.tolist() == [
        ["2025-01-01", "2025-02-01", 1.0, 1.0],
        ["2025-03-01", "2025-05-01", 7.0, 7.0],
    ]
    whole = beside(steps, True).facts_table("observed", "4 rows of mine.csv")
    reach = 4 * 3.18245 * np.std([1, 2, 3, 4], ddof=1) / 2  # t with three degrees of freedom, four steps
    assert whole["high"].tolist() == [pytest.approx(10 + reach, abs=1e-3)]


@pytest.mark.parametrize(
    "text",
    [
        *("clearance_h:altynkol:all", "clearance_tez_h:altynkol:all", "border_dwell_h:all:all"),
        *("passage_h:altynkol:all", "transit_days:all:all", "journey_days:all:westbound"),
    ],
)
def test_the_mean_of_single_times_is_the_measure(text):
    """In replication 0, over the year as the results count it."""
    kpi, place, flow = text.split(":")
    reading = sim.load("altynkol_tez", SHORT)
    run = sim.run(reading, replications=1, progress=False)
    kpis = run.kpis.set_index(["kpi", "place", "flow", "period"])["mean"]
    scenario = reading.scenario
    tables = play(scenario, scenario.study.seed, 0)
    ended_h, times = ended_times(scenario, tables, Address(kpi, place, flow, "all"))
    times = times[(ended_h >= 0) & (ended_h < scenario.calendar.closing_h)]
    assert times.mean() == pytest.approx(kpis[kpi, place, flow, "2024"])


def test_a_table_of_what_a_run_did_lies_on_the_run():
    """The trains of replication 0 as an office would write them: every month, every quantile is its own."""
    reading = sim.load("altynkol_tez", SHORT)
    run = sim.run(reading, replications=3, progress=False)
    released = run.ledger("declarations").query("released_h >= 0").dropna(subset="released")
    observed = [
        (row.released.date(), row.released_h - row.arrived_h) for row in released.itertuples() if row.released_h < 1440
    ]
    answer = observe(
        reading, rows("clearance_h", *observed), Address("clearance_h", "altynkol", "all", "all"), replications=3
    )
    assert answer.series["verdict"].tolist() == ["within", "within"]
    shares = answer.frames["distribution"]
    assert np.allclose(shares["observed"], shares["simulated"], rtol=1e-6)
    kpi = run.kpi("clearance_h", place="altynkol", year="all")
    assert answer.span["mean"].iloc[0] == pytest.approx(kpi.mean, rel=0.02)
    assert answer.frames["passed_over"].values.tolist() == [[9, "repeats line 2"]]
    assert answer.manifest["rows"] == len(observed) and answer.manifest["rows_outside"] == 0
    facts = answer.frames["facts"]
    assert (facts["low"] <= facts["value"]).all() and (facts["value"] <= facts["high"]).all()


def test_times_with_a_hole_are_held_against_the_same_months():
    """Paper in February: its times are neither in the mean nor in the quantiles, and no fact spans it."""
    words = (*SHORT, "horizon.end=2024-04-01")
    regime = "flows.central_asia.regime={2023-01-01='tez',2024-02-01='paper',2024-03-01='tez'}"
    reading = sim.load("altynkol_tez", (*words, regime))
    observed = [(dt.date(2024, month, number), 0.6 + number / 100) for month in (1, 3) for number in range(1, 29)]
    address = Address("clearance_h", "altynkol", "all", "all")
    answer = observe(reading, rows("clearance_h", *observed), address, replications=3, progress=False)
    assert answer.series["from"].tolist() == ["2024-01-01", "2024-03-01"]
    assert answer.series["mean"].max() < 2 and answer.span["mean"].iloc[0] < 2
    low, high = answer.series["mean"].min(), answer.series["mean"].max()
    assert low <= answer.span["mean"].iloc[0] <= high
    facts = answer.frames["facts"].query("kpi == 'clearance_h'")
    assert facts[["start", "end"]].values.tolist() == [["2024-01-01", "2024-02-01"], ["2024-03-01", "2024-04-01"]]


def test_the_range_of_so_many_values_of_a_replication():
    """Of all values it is that of one replication more; of few that of their mean, which lies within as often."""
    rng = np.random.default_rng(3)
    mean = partial(np.mean, axis=-1)
    whole = [np.array([1.0, 3]), np.array([2.0, 4]), np.array([4.0, 4])]
    assert range_of_some(whole, 2, mean, 0.95) == pytest.approx(range_of_next([2, 3, 4], 0.95))
    assert np.isnan(range_of_some(whole[:2], 1, mean, 0.95)).all()
    for number in (1, 5, 40):
        hits = []
        for _ in range(400):
            months = 5 + rng.normal(0, 0.3, (7, 1))
            *own, other = months + rng.exponential(1.0, (7, 50))
            low, high = range_of_some(own, number, mean, 0.8)
            hits.append(low <= rng.choice(other, number, replace=False).mean() <= high)
        assert np.mean(hits) == pytest.approx(0.8, abs=0.06), number
    few, many = (range_of_some(own, number, partial(np.quantile, q=0.95, axis=-1), 0.8) for number in (5, 40))
    assert few[1] < many[1] and few[0] < many[0]  # of five times the 95th percentile is hardly met


def test_one_train_in_a_month_may_be_any_train():
    single = beside(months([2.5]), False, step_0=[[0.5, 1, 3], [0.6, 1, 2.8], [0.4, 1.2, 3]])
    row = single.series_table().iloc[0]
    assert row["verdict"] == "within" and row["high"] > 2.5 > range_of_next([1.5, 4.4 / 3, 4.6 / 3], 0.95)[1]
    assert single.facts_table("observed", "1 row of mine.csv").empty
    assert len(beside(months([1.0, 2, 3]), False).facts_table("observed", "3 rows of mine.csv")) == 4


def test_the_ends_of_what_was_observed_are_the_least_and_the_most():
    for values in ([1.0] * 9 + [100.0], [*range(1, 1001)], [7.0]):
        table = beside(months(values), False, step_0=[values]).distribution_table()
        assert table["observed"].iloc[[0, -1]].tolist() == [values[0], values[-1]]
        assert table["simulated"].tolist() == table["observed"].tolist() and len(table) == min(len(values), 200)
        assert table["share"].iloc[0] == pytest.approx(0.5 / len(values))


def test_each_step_is_asked_of_a_replication():
    address = Address("clearance_h", "altynkol", "all", "all")
    figures = figures_asked(months([1.0], [2.0]), address)
    assert list(figures) == ["step_0", "step_1"]
    asked = figures["step_1"]
    assert (asked.kpi, str(asked.start), str(asked.end)) == ("clearance_h", "2025-02-01", "2025-03-01")


def test_the_days_are_those_of_the_table():
    scenario = sim.load("altynkol_tez").scenario
    assert address_observed("clearance_h:altynkol", scenario) == ("clearance_h", "altynkol", "all", "all")
    with pytest.raises(AddressError, match="leave the period out"):
        address_observed("clearance_h:altynkol:all:2024", scenario)


def test_what_one_flow_delivered_is_a_table_of_volumes_to_run_with():
    scenario = sim.load("altynkol_tez", SHORT).scenario
    steps = [
        Step(dt.date(2024, 1, 1), dt.date(2024, 2, 1), (1.0, 1.0)),
        Step(dt.date(2024, 2, 1), dt.date(2024, 3, 1), ()),
    ]
    table = volumes_table(steps, address_observed("trains_delivered:all:central_asia", scenario), scenario)
    assert table["trains_per_month"].tolist() == [2.0, 0.0] and table["month"].tolist() == ["2024-01", "2024-02"]
    assert table["teu_per_month"].isna().all()
    at_border = address_observed("border_container_trains:altynkol:central_asia", scenario)
    assert volumes_table(steps, at_border, scenario).equals(table)
    for other in ("trains_delivered", "border_container_trains:altynkol", "clearance_h:altynkol:central_asia"):
        assert volumes_table(steps, address_observed(other, scenario), scenario).empty
