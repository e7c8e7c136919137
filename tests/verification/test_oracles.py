"""The known answers are themselves known: tables of the literature, and one oracle against another."""

import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st

SIX_DIGITS = 6e-7
JOBS = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 20)), min_size=1, max_size=40).map(sorted)


@pytest.mark.parametrize(
    ("servers", "load", "waits", "wait", "quantile"),
    [
        (1, 0.5, 0.500000, 1.000000, 4.605170),
        (1, 0.8, 0.800000, 4.000000, 13.862944),
        (1, 0.9, 0.900000, 9.000000, 28.903718),
        (2, 0.8, 0.711111, 1.777778, 6.637014),
        (2, 0.9, 0.852632, 4.263158, 14.181523),
        (3, 0.8, 0.647191, 1.078652, 4.267697),
        (3, 0.9, 0.817061, 2.723537, 9.312303),
        (5, 0.8, 0.554113, 0.554113, 2.405345),
        (10, 0.9, 0.668732, 0.668732, 2.593360),
    ],
)
def test_exponential_services(servers, load, waits, wait, quantile):
    assert oracles.erlang_c(servers, load) == pytest.approx(waits, abs=SIX_DIGITS)
    assert oracles.mmc_wait(servers, load) == pytest.approx(wait, abs=SIX_DIGITS)
    assert oracles.mmc_wait_quantile(servers, load, 0.95) == pytest.approx(quantile, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("servers", "offered", "blocked"),
    [(1, 1, 0.5), (2, 1.5, 0.310345), (5, 4, 0.199067), (10, 8, 0.121661), (20, 16, 0.064411)],
)
def test_lost_calls(servers, offered, blocked):
    assert oracles.erlang_b(servers, offered) == pytest.approx(blocked, abs=SIX_DIGITS)


@pytest.mark.parametrize(("load", "fixed", "lognormal"), [(0.5, 0.5, 1.625), (0.8, 2, 6.5), (0.9, 4.5, 14.625)])
def test_general_services_at_one_server(load, fixed, lognormal):
    assert oracles.mg1_wait(load, 0) == pytest.approx(fixed)
    assert oracles.mg1_wait(load, 1.5**2) == pytest.approx(lognormal)
    assert oracles.mg1_wait(load, 1) == pytest.approx(oracles.mmc_wait(1, load))


@pytest.mark.parametrize(("load", "wait"), [(0.5, 0.618034), (0.8, 2.843980), (0.9, 6.588284)])
def test_regular_arrivals(load, wait):
    assert oracles.e2m1_wait(load) == pytest.approx(wait, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("servers", "load", "wait"),
    [
        (2, 0.5, 0.176741),
        (2, 0.8, 0.903284),
        (2, 0.9, 2.146923),
        (3, 0.8, 0.553900),
        (3, 0.9, 1.377912),
        (5, 0.9, 0.776695),
        (10, 0.9, 0.344582),
    ],
)
def test_fixed_services_at_many_servers(servers, load, wait):
    assert oracles.mdc_wait(servers, load) == pytest.approx(wait, abs=2e-6)


@pytest.mark.parametrize(("places", "offered", "left"), [(5, 4, 1.156240), (10, 8, 0.878622), (50, 45, 1.778665)])
def test_ferry_at_fixed_headway(places, offered, left):
    assert oracles.left_behind(offered, places) == pytest.approx(left, abs=2e-6)


def test_priorities():
    assert oracles.mmc_priority_waits(1, [0.2, 0.6]) == pytest.approx([1.0, 5.0])
    assert oracles.mmc_priority_waits(1, [0.2, 0.3, 0.3]) == pytest.approx([1.0, 2.0, 8.0])
    assert oracles.mmc_priority_waits(2, [0.2, 0.6]) == pytest.approx([0.444444, 2.222222], abs=SIX_DIGITS)
    assert oracles.mmc_priority_waits(3, [0.2, 0.6]) == pytest.approx([0.269663, 1.348315], abs=SIX_DIGITS)
    assert oracles.mg1_priority_waits([(0.1, 2, 4), (0.2, 3, 18)]) == pytest.approx([2.5, 12.5])


@given(st.lists(st.floats(0.05, 0.3), min_size=1, max_size=3), st.integers(1, 4))
def test_priorities_share_out_the_same_wait(loads, servers):
    """The waits, weighted by load, add up to what they are first come first served (Kleinrock's conservation law)."""
    waits = oracles.mmc_priority_waits(servers, loads)
    shared = sum(load * wait for load, wait in zip(loads, waits, strict=True))
    assert shared == pytest.approx(sum(loads) * oracles.mmc_wait(servers, sum(loads)))


def test_joins_lines_and_vessels():
    assert [oracles.join_time(load) for load in (0.3, 0.8, 0.9)] == pytest.approx([2.089286, 7.0, 13.875], abs=1e-6)
    assert [oracles.saturated_pair(places) for places in (0, 1, 2)] == pytest.approx([2 / 3, 0.75, 0.8])
    assert oracles.full_vessel_wait(54, 2) == 13.25


@given(JOBS)
def test_one_server_of_many_is_lindley(jobs):
    arrivals, services = zip(*jobs, strict=True)
    assert oracles.kiefer_wolfowitz(arrivals, services, 1) == pytest.approx(oracles.lindley(arrivals, services))


@given(JOBS, st.integers(1, 5))
def test_the_story_tells_the_recursion(jobs, servers):
    arrivals, services = zip(*jobs, strict=True)
    starts = oracles.story([(arrival, service, 0) for arrival, service in jobs], servers)
    waits = [start - arrival for start, arrival in zip(starts, arrivals, strict=True)]
    assert waits == pytest.approx(oracles.kiefer_wolfowitz(arrivals, services, servers), abs=1e-9)


def test_agreement_needs_many_and_precise_replications():
    assert oracles.agrees([0.9, 1.1] * 10, 1.0, precision=0.05)
    assert not oracles.agrees([0.9, 1.1] * 9, 1.0, precision=0.05)
    assert not oracles.agrees([0.9, 1.1] * 10, 1.0, precision=0.01)
    assert not oracles.agrees([0.9, 1.1] * 10, 1.2, precision=0.05)
