"""Sequential replications: the rule against its definition, and the same end whatever the batches."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hand_made import resolved, scenario, tables
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.addresses import headline_addresses, values_at
from sim.measure.statistics import half_widths, interval
from sim.measure.vocabulary import known_address
from sim.runs.precision import (
    Aim,
    enough_at,
    half_width_shares,
    look_ahead,
    of_differences,
    run_precisely,
    run_until,
    running,
    stop_of,
)
from sim.runs.replicate import Replication, performer
from sim.scenario.addresses import Address, AddressError
from sim.scenario.reading.read import Reading

KEYS = ["kpi", "place", "flow", "period", "unit"]
WAIT = Address("wait_h", "khorgos", "all", "2025")
TONNES = Address("throughput_mt", "all", "all", "2025")


def performed(values_of_job, jobs_seen=None):
    """A `Perform` that makes replications out of numbers: `values_of_job(job)` gives value by measure."""

    def perform(jobs):
        made = []
        for job in jobs:
            if jobs_seen is not None:
                jobs_seen.append((job.scenario.title, job.index))
            rows = [
                (one.kpi, one.place, one.flow, one.period, "h", value)
                for one, value in values_of_job(job).items()
                if value is not None
            ]
            kpis = pd.DataFrame(rows, columns=[*KEYS, "value"]).astype(dict.fromkeys(KEYS, "category"))
            nothing = pd.DataFrame(columns=["name", "value"])
            made.append(Replication(job.index, kpis, nothing, tables() if job.index == 0 else None))
        return made

    return perform


def noisy(job, spread=1.0):
    """A wait and a throughput of one replication, by its index and the scenario's title."""
    luck = np.random.default_rng(job.index)
    shift = 2.0 if job.scenario.title == "other" else 0.0
    return {WAIT: 10 + shift + spread * luck.normal(), TONNES: 5 + 0.1 * luck.normal()}


@given(st.integers(2, 30), st.integers(0, 10_000))
def test_running_intervals_are_those_of_each_beginning(number, seed):
    luck = np.random.default_rng(seed)
    values = luck.normal(5, 2, (3, number))
    values[1, luck.random(number) < 0.3] = np.nan
    mean, half_width = running(values, 0.9)
    for n in range(1, number + 1):
        means, half_widths_alone, _ = half_widths(values[:, :n], 0.9)
        assert mean[:, n - 1] == pytest.approx(means, nan_ok=True)
        assert half_width[:, n - 1] == pytest.approx(half_widths_alone, abs=1e-9, nan_ok=True)


def test_no_digit_of_a_beginning_hangs_on_what_comes_after_it():
    """Else the end could hang on the size of the batches, and with it on the workers."""
    values = np.random.default_rng(5).lognormal(3.0, 1.0, (40, 60))
    values[::3, 0] = np.nan
    values[1] = np.nan
    whole = running(values, 0.95)
    for number in (1, 2, 7, 30):
        for one, all_ in zip(running(values[:, :number], 0.95), whole, strict=True):
            assert np.array_equal(one, all_[:, :number], equal_nan=True)


def test_the_share_is_of_the_mean_and_nothing_that_varies_is_precise_by_chance():
    shares = half_width_shares(np.array([[-8.0, -10, -12], [4.0, 4, 4], [0.0, 0, 0], [-1.0, 0, 1]]), 0.95)
    assert shares[0, 2] == pytest.approx(4.3026527 * 2 / math.sqrt(3) / 10)
    assert np.isnan(shares[:, 0]).all()
    assert shares[1, 1:].tolist() == shares[2, 1:].tolist() == [0.0, 0.0]
    assert shares[3, 2] == math.inf


def test_it_must_stay_precise_while_one_looks_ahead():
    """Precise at 3 and 4, lost at 5, back at 6 for good: with two to look ahead, 6 are enough and 8 are kept."""
    shares = np.array([[9, 9, 1, 1, 9, 1, 1, 1, 1]], float)
    aim = Aim(2.0, (WAIT,), fewest=2, most=50, look_ahead=2)
    assert enough_at(shares, aim) == 6
    assert stop_of(shares, aim).replications == 8
    assert stop_of(shares[:, :7], aim) is None
    assert enough_at(shares, Aim(2.0, (WAIT,), fewest=2, look_ahead=1)) == 3
    assert enough_at(shares, Aim(2.0, (WAIT,), fewest=7, look_ahead=2)) == 7


def test_every_measure_must_be_precise_at_once():
    shares = np.array([[9, 9, 1, 1, 1, 1, 1, 1], [9, 9, 9, 9, 9, 1, 1, 1]], float)
    assert enough_at(shares, Aim(2.0, (WAIT, TONNES), fewest=2, look_ahead=2)) == 6


def test_one_looks_further_ahead_beyond_a_hundred():
    aim = Aim(0.1, (WAIT,), most=1000, look_ahead=5)
    assert [look_ahead(n, aim) for n in (5, 100, 139, 140, 200)] == [5, 5, 6, 7, 10]


def test_the_end_does_not_depend_on_the_batches():
    aim = Aim(0.04, (WAIT, TONNES), fewest=4, most=60)
    ended = []
    for batch in (1, 2, 3, 7, 50):
        found = run_until(performed(noisy), [("a", scenario())], 5, 0.95, aim, batch)
        ended.append((found.stop.replications, found.stop.enough, [one.index for one in found.replications[0]]))
    assert all(one == ended[0] for one in ended)
    number, enough, indexes = ended[0]
    assert indexes == list(range(number))
    assert number == enough + 5
    values = [noisy(job)[WAIT] for job in jobs_of(number)]
    half = interval(values, 0.95)
    assert (half.high - half.mean) / half.mean <= 0.04
    early = interval(values[: enough - 1], 0.95)
    assert (early.high - early.mean) / early.mean > 0.04


def jobs_of(number):
    """The jobs of the first scenario."""
    from sim.runs.replicate import Job

    return [Job(scenario(), 5, index) for index in range(number)]


def test_no_more_is_run_than_a_batch_beyond_the_end():
    seen = []
    found = run_until(
        performed(noisy, seen), [("a", scenario())], 5, 0.95, Aim(0.04, (WAIT,), fewest=4, most=60), batch=3
    )
    assert found.stop.replications <= len(seen) < found.stop.replications + 3
    assert [index for _, index in seen] == list(range(len(seen)))


def test_at_the_most_it_says_what_is_not_precise():
    aim = Aim(0.03, (WAIT, TONNES), fewest=2, most=12)
    found = run_until(performed(lambda job: noisy(job, 5.0)), [("a", scenario())], 5, 0.95, aim, 4)
    assert (found.stop.replications, found.stop.enough) == (12, None)
    assert found.misses["kpi"].tolist() == ["wait_h"]
    assert found.misses["half_width_share"].iloc[0] > 0.03
    assert found.table["reached"].tolist() == [False, True]


def test_differences_are_precise_sooner_than_their_scenarios():
    other = scenario(title="other")
    sides = [("a", scenario()), ("b", other)]
    aim = Aim(0.02, (WAIT,), fewest=4, most=300)
    alone = run_until(performed(noisy), sides, 5, 0.95, aim)
    paired = run_until(performed(noisy), sides, 5, 0.95, aim, rows=of_differences)
    assert alone.stop.replications > 40
    assert paired.stop.replications == 9  # nothing varies in the difference: the fewest, and those one looks ahead
    assert paired.table["scenario"].tolist() == ["b"]
    assert [len(runs) for runs in paired.replications] == [9, 9]


def test_a_measure_that_nobody_sees_is_refused_with_a_suggestion():
    aim = Aim(0.1, (Address("wait_hh", "khorgos", "all", "2025"),))
    with pytest.raises(AddressError, match=r"no KPI 'wait_hh'.*did you mean 'wait_h'"):
        run_until(performed(noisy), [("a", scenario())], 5, 0.95, aim)
    with pytest.raises(AddressError, match="wait_h has khorgos:all"):
        run_until(performed(noisy), [("a", scenario())], 5, 0.95, Aim(0.1, (Address("wait_h", "all", "all", "2025"),)))


@pytest.mark.parametrize(
    "wrong", [{"share": 0.0}, {"measures": ()}, {"fewest": 1}, {"fewest": 9, "most": 8}, {"look_ahead": -1}]
)
def test_an_aim_without_sense_is_refused(wrong):
    with pytest.raises(ValueError, match=r"precision|at least|look ahead"):
        Aim(**{"share": 0.1, "measures": (WAIT,)} | wrong)


def test_a_measure_is_written_with_colons():
    described = scenario()
    assert known_address("clearance_h:khorgos:west:2025", described) == Address(
        "clearance_h", "khorgos", "west", "2025"
    )
    assert known_address("throughput_mt", described) == Address("throughput_mt", "all", "all", "all")
    for text, says in (
        ("wait_h:khorgoss", "'khorgoss' is no place.*did you mean 'khorgos'"),
        ("wait_h:khorgos:wst", "'wst' is no flow"),
        ("wait_h:khorgos:west:1999", "'1999' is no period"),
        ("", "KPI"),
        ("wait_h:", "KPI"),
        ("a:b:c:d:e", "KPI"),
        ("wait_hh:khorgos", "no KPI 'wait_hh'; did you mean 'wait_h'"),
        ("wait_h:all", "wait_h is counted at khorgos, dostyk"),
    ):
        with pytest.raises(AddressError, match=says):
            known_address(text, described)


def test_the_headline_is_every_border_crossed_and_every_corridor():
    names = [str(one) for one in headline_addresses(scenario())]
    assert names == [
        "clearance_h:khorgos:all:all",
        "clearance_h:dostyk:all:all",
        "border_dwell_h:khorgos:all:all",
        "border_dwell_h:dostyk:all:all",
        "journey_days:all:middle:all",
        "journey_days:all:north:all",
        "throughput_mt:all:middle:all",
        "throughput_mt:all:north:all",
    ]


def test_values_of_measures_have_gaps_where_nothing_was_seen():
    table = performed(lambda job: {WAIT: 3.0, TONNES: None})(jobs_of(1))[0].kpis
    assert values_at([WAIT, TONNES], [table, table])[0].tolist() == [3.0, 3.0]
    assert np.isnan(values_at([TONNES], [table])).all()


def test_a_run_of_the_model_to_a_precision():
    """A real scenario, and the manifest that says what was asked for and reached."""
    reading = Reading("four_days", scenario(), resolved(), (), {})
    aim = Aim(0.2, (Address("throughput_mt", "all", "all", "all"),), fewest=3, most=20, look_ahead=2)
    with performer() as perform:
        [results], precise = run_precisely([reading], perform, aim)
    assert results.manifest["replications"] == precise.stop.replications <= 20
    said = results.manifest["precision"]
    assert (said["half_width_share"], said["measures"]) == (0.2, ["throughput_mt:all:all:all"])
    row = results.kpis.set_index(["kpi", "place", "flow", "period"]).loc[("throughput_mt", "all", "all", "all")]
    reached = (row["ci_high"] - row["mean"]) / row["mean"]
    assert reached == pytest.approx(precise.stop.reached[0])
    assert (reached <= 0.2) == (said["enough"] is not None or not said["missed"])
