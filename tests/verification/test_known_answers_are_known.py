"""The known answers are themselves known: tables of the literature, and one way of reckoning against another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.verification import chains, closed_forms

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
    assert closed_forms.erlang_c(servers, load) == pytest.approx(waits, abs=SIX_DIGITS)
    assert closed_forms.mmc_wait(servers, load) == pytest.approx(wait, abs=SIX_DIGITS)
    assert closed_forms.mmc_wait_quantile(servers, load, 0.95) == pytest.approx(quantile, abs=SIX_DIGITS)


@pytest.mark.parametrize(("load", "fixed", "lognormal"), [(0.5, 0.5, 1.625), (0.8, 2, 6.5), (0.9, 4.5, 14.625)])
def test_general_services_at_one_server(load, fixed, lognormal):
    assert closed_forms.mg1_wait(load, 0) == pytest.approx(fixed)
    assert closed_forms.mg1_wait(load, 1.5**2) == pytest.approx(lognormal)
    assert closed_forms.mg1_wait(load, 1) == pytest.approx(closed_forms.mmc_wait(1, load))


@pytest.mark.parametrize(("load", "wait"), [(0.5, 0.618034), (0.8, 2.843980), (0.9, 6.588284)])
def test_regular_arrivals(load, wait):
    assert closed_forms.erlang2_m1_wait(load) == pytest.approx(wait, abs=SIX_DIGITS)


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
    assert closed_forms.mdc_wait(servers, load) == pytest.approx(wait, abs=2e-6)


@pytest.mark.parametrize(("places", "offered", "left"), [(5, 4, 1.156240), (10, 8, 0.878622), (50, 45, 1.778665)])
def test_ferry_at_fixed_headway(places, offered, left):
    assert closed_forms.left_behind(offered, places) == pytest.approx(left, abs=2e-6)


def test_priorities():
    assert closed_forms.mmc_priority_waits(1, [0.2, 0.6]) == pytest.approx([1.0, 5.0])
    assert closed_forms.mmc_priority_waits(1, [0.2, 0.3, 0.3]) == pytest.approx([1.0, 2.0, 8.0])
    assert closed_forms.mmc_priority_waits(2, [0.2, 0.6]) == pytest.approx([0.444444, 2.222222], abs=SIX_DIGITS)
    assert closed_forms.mmc_priority_waits(3, [0.2, 0.6]) == pytest.approx([0.269663, 1.348315], abs=SIX_DIGITS)
    assert closed_forms.mg1_priority_waits([(0.1, 2, 4), (0.2, 3, 18)]) == pytest.approx([2.5, 12.5])


@given(st.lists(st.floats(0.05, 0.3), min_size=1, max_size=3), st.integers(1, 4))
def test_priorities_share_out_the_same_wait(loads, servers):
    """The waits, weighted by load, add up to what they are first come first served (Kleinrock's conservation law)."""
    waits = closed_forms.mmc_priority_waits(servers, loads)
    shared = sum(load * wait for load, wait in zip(loads, waits, strict=True))
    assert shared == pytest.approx(sum(loads) * closed_forms.mmc_wait(servers, sum(loads)))


def test_joins_lines_and_vessels():
    assert [closed_forms.join_time(load) for load in (0.3, 0.8, 0.9)] == pytest.approx(
        [2.089286, 7.0, 13.875], abs=1e-6
    )
    assert [closed_forms.saturated_pair(places) for places in (0, 1, 2)] == pytest.approx([2 / 3, 0.75, 0.8])
    assert closed_forms.full_vessel_wait(54, 2) == pytest.approx(13.25)


@pytest.mark.parametrize(
    ("rate", "failures", "repair_h", "inside"),
    [(0.5, 0.05, 2.0, 1.424242), (0.6, 0.1, 1.0, 2.101604), (0.7, 0.01, 10.0, 6.114625)],
)
def test_a_server_that_breaks_down(rate, failures, repair_h, inside):
    assert closed_forms.broken_down(rate, failures, repair_h) == pytest.approx(inside, abs=SIX_DIGITS)


def test_a_closed_loop():
    rounds = [closed_forms.closed_loop(sets, 10, [(1, 1), (1.5, 2)]) for sets in (1, 2, 5, 15, 20, 30)]
    assert rounds == pytest.approx([0.080000, 0.158983, 0.385755, 0.897266, 0.973683, 0.998564], abs=SIX_DIGITS)


def test_student():
    assert closed_forms.student_half_width([10, 20, 30], 0.95) == pytest.approx(24.841377, abs=SIX_DIGITS)


@given(JOBS)
def test_one_server_of_many_is_lindley(jobs):
    arrivals, services = zip(*jobs, strict=True)
    assert closed_forms.kiefer_wolfowitz(arrivals, services, 1) == pytest.approx(
        closed_forms.lindley(arrivals, services)
    )


@given(JOBS, st.integers(1, 5))
def test_the_story_tells_the_recursion(jobs, servers):
    arrivals, services = zip(*jobs, strict=True)
    starts = closed_forms.starts([(arrival, service, 0) for arrival, service in jobs], servers, ())
    waits = [start - arrival for start, arrival in zip(starts, arrivals, strict=True)]
    assert waits == pytest.approx(closed_forms.kiefer_wolfowitz(arrivals, services, servers), abs=1e-9)


@pytest.mark.parametrize(
    ("stations", "throughputs"),
    [
        (2, [0.666667, 0.750000, 0.800000, 0.857143]),
        (3, [0.564103, 0.670466, 0.734017, 0.807486]),
        (4, [0.514775, 0.631153, 0.700713, 0.781776]),
        (5, [0.485798, 0.607583, 0.680489]),
        (6, [0.466713, 0.591826]),
    ],
)
def test_a_saturated_line_with_0_1_2_or_4_places_between(stations, throughputs):
    rates = (1.0,) * stations
    found = [chains.saturated_line(rates, places) for places in (0, 1, 2, 4)[: len(throughputs)]]
    assert found == pytest.approx(throughputs, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("rates", "places", "throughput"),
    [((1.0, 0.8, 1.0), 1, 0.606277), ((0.5, 0.4), 3, 0.364472), ((0.4, 0.5), 3, 0.364472)],
)
def test_an_uneven_line_and_the_same_line_backwards(rates, places, throughput):
    assert chains.saturated_line(rates, places) == pytest.approx(throughput, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("feed", "rates", "places", "stay_h"),
    [
        (0.5, (1.0, 1.0), 0, 5.6),
        (0.5, (1.0, 1.0), 1, 4.410411),
        (0.5, (1.0, 1.0), 2, 4.135341),
        (0.6, (1.0, 1.0), 3, 5.244359),
        (0.7, (1.0, 0.9), 4, 9.932336),
    ],
)
def test_two_stations_fed_at_random(feed, rates, places, stay_h):
    assert chains.fed_pair(feed, rates, places) == pytest.approx(stay_h, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("rate", "least", "places", "wait_h"),
    [(4, 1, 5, 3.095394), (4, 3, 5, 2.884084), (4, 5, 5, 2.652257), (8, 1, 10, 2.907362), (8, 10, 10, 2.484769)],
)
def test_a_vessel_that_sails_with_enough_aboard(rate, least, places, wait_h):
    assert chains.bulk_wait(rate, least, places, cutoff=600) == pytest.approx(wait_h, abs=SIX_DIGITS)


@pytest.mark.parametrize(
    ("rate", "open_h", "overtime", "resumed"), [(0.3, 12, 6.39252, 7.57507), (0.5, 16, 5.88767, 7.40138)]
)
def test_a_desk_open_part_of_the_day(rate, open_h, overtime, resumed):
    stays = [chains.office_stay(rate, 1.0, open_h, 24 - open_h, finish) for finish in (True, False)]
    assert stays == pytest.approx([overtime, resumed], abs=5e-5)


def test_a_queue_that_was_empty():
    assert chains.inside_after(0.8, 1.0, 1, 5.0) == pytest.approx(1.469461, abs=SIX_DIGITS)


def test_one_at_a_time_is_no_bulk():
    """With room for one and no least load the vessel is a server: Pollaczek and Khinchine give M/E2/1 and M/M/1."""
    for phases in (1, 2):
        expected = closed_forms.mg1_wait(0.6, 1 / phases)
        assert chains.bulk_wait(0.6, 1, 1, phases) == pytest.approx(expected, abs=SIX_DIGITS)
