"""On any small network: order says nothing, a closure costs what it lasts, nothing idles, shares and Little's law hold.

The number of networks is that of NETWORKS in the environment, see `make networks`.
"""

import itertools
import math
import os
from collections import defaultdict
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from random_networks import flow_over, networks

from sim.measure.kpis import measure_run
from sim.measure.run_view import KEYS
from sim.model.deadlock import DeadlockError
from sim.model.resources import Desk, Paths, Room
from sim.model.simulate import simulate
from sim.model.wagons import WagonSets
from sim.scenario.values import ALL
from sim.verification.tiny import every

HAIR = 1e-6
WINDOWS = {"all": (0.0, 288.0), "middle": (71.5, 204.25)}


class Bookings:
    """Who asked for what in one run: of each desk and line when, and from when to when; and who waited beside room."""

    def __init__(self):
        self.desks, self.lines, self.places = defaultdict(list), defaultdict(list), {}

    @contextmanager
    def kept(self):
        """While the block lasts, all that is asked for is kept."""
        log, make, book, depart, tell = self, Desk.__init__, Desk.book, Paths.book, Room.tell
        request, come_home = WagonSets.request, WagonSets.come_home

        def make_desk(desk, capacity, *terms, **named):
            make(desk, capacity, *terms, **named)
            log.places[desk] = capacity

        def book_desk(desk, now_h, service_h):
            started_h, ended_h = book(desk, now_h, service_h)
            log.desks[desk].append((now_h, started_h, ended_h))
            return started_h, ended_h

        def book_path(paths, now_h):
            departed_h = depart(paths, now_h)
            log.lines[paths].append((now_h, departed_h))
            return departed_h

        def tell_of_room(room):
            tell(room)
            assert not (room.waiting and room.has(room.waiting[0][2])), "there is room for the first who waits"

        def no_idle_set(sets):
            if sets.idle > 0:
                assert all(len(queue) <= sets.called[place] for place, queue in sets.waiting.items()), "a set idles"

        def request_set(sets, *wish):
            grant = request(sets, *wish)
            no_idle_set(sets)
            return grant

        def come_home_at_last(sets):
            come_home(sets)
            no_idle_set(sets)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Desk, "__init__", make_desk)
            patch.setattr(Desk, "book", book_desk)
            patch.setattr(Paths, "book", book_path)
            patch.setattr(Room, "tell", tell_of_room)
            patch.setattr(WagonSets, "request", request_set)
            patch.setattr(WagonSets, "come_home", come_home_at_last)
            yield


def backwards(tables):
    """Tables in the reverse order, and those within them; lists are in an order that means something."""
    if isinstance(tables, dict):
        return {key: backwards(tables[key]) for key in reversed(tables)}
    return tables


def turned(described):
    """The same network in the reverse order, and with flows both ways that send no trains."""
    tables = backwards(described.model_dump(exclude_unset=True))
    for name in ("long", "far_back"):
        tables["flows"][f"nobody_{name}"] = every(24) | flow_over(name, train="plain", trains_per_year={2025: 0})
    return type(described).model_validate(tables)


def by_words(kpis):
    """Measures by the words of their keys."""
    return dict(zip(zip(*(kpis[key].astype(object) for key in KEYS), strict=True), kpis["value"], strict=True))


def trains_of(run):
    """The trains of a run, flows by name."""
    return [column.tolist() for _, column in run.tables.trains.astype({"flow": object}).fillna(math.inf).items()]


def given_by(paths, from_h, until_h):
    """Paths that the rate of a line gives between two hours."""
    edges = np.clip([-math.inf, *paths.until_h], from_h, until_h)
    hours = np.diff(edges)
    return float(np.sum(hours[hours > 0] * np.array(paths.paths_per_h)[hours > 0]))


def rate_at(paths, hour):
    """The rate of a line at an hour."""
    return paths.paths_per_h[int(np.searchsorted(paths.until_h, hour, side="right"))]


def line_keeps_its_word(paths, rows):
    """One departure for each path given, the next as soon as there is one; who met no queue waits a headway at most.

    The hours at a lower rate than that of the departure are the closure, which comes on top.
    """
    last_h = -math.inf
    for asked_h, departed_h in rows:
        if departed_h == math.inf:
            assert paths.paths_per_h[-1] == 0, "no train waits for ever where paths are given"
            break
        rate = rate_at(paths, departed_h)
        assert rate > 0, "no train departs at a rate of nothing"
        if last_h > -math.inf:
            assert given_by(paths, last_h, departed_h) >= 1 - HAIR, "a headway after the last"
        if departed_h > asked_h:
            since_h = max(last_h, -1e6)
            early_enough = given_by(paths, since_h, departed_h) <= 1 + HAIR
            assert early_enough or given_by(paths, asked_h, departed_h) <= HAIR, "a path is left unused"
        if last_h <= asked_h:
            edges = np.clip([-math.inf, *paths.until_h], asked_h, departed_h)
            closed_h = np.diff(edges)[np.array(paths.paths_per_h) < rate].sum()
            assert departed_h - asked_h <= closed_h + 1 / rate + HAIR, "closed for longer than the closure"
        last_h = departed_h


def desk_keeps_its_word(capacity, rows):
    """While anybody waits all places are at work; who met no queue waits a service at most, and while it is closed.

    Not of desks with office hours: at night work waits beside idle desks.
    """
    asked_h, started_h, ended_h = np.array(rows).T
    steps_h, places = np.array(capacity.from_h), np.array(capacity.values)
    hours = np.unique(np.concatenate([asked_h, started_h, ended_h, steps_h]))
    hours = hours[np.isfinite(hours)]
    asked, started, ended = (
        np.searchsorted(np.sort(times), hours, side="right") for times in (asked_h, started_h, ended_h)
    )
    at_work, in_force = started - ended, places[np.searchsorted(steps_h, hours, side="right") - 1]
    assert (at_work[asked > started] >= in_force[asked > started]).all(), "a place idles while somebody waits"
    begun_h = np.maximum.accumulate(np.append(-math.inf, started_h[:-1]))
    waits = np.flatnonzero((begun_h <= asked_h) & (started_h > asked_h) & np.isfinite(started_h))
    served = np.isfinite(ended_h)
    longest_h = np.max(ended_h[served] - started_h[served], initial=0.0)
    edges_h = [*steps_h[1:], math.inf]
    for row in waits:
        inside = np.clip([-math.inf, *edges_h], asked_h[row], started_h[row])
        closed_h = np.diff(inside)[places == 0].sum()
        assert started_h[row] - asked_h[row] <= closed_h + longest_h + HAIR, "closed for longer than the closure"


def little(run, kpis):
    """Mean number times window is the time spent: that of the visits ended, less what lay before, and what is left.

    By plain loops over the ledger, for the trains at a place and for those that wait there.
    """
    stages = run.tables.stages
    rows = stages[(~stages["beside"]) & (stages["activity"] != "holding")]
    columns = [rows[name].tolist() for name in ("place", "train", "queued_h", "started_h", "ended_h")]
    visits = defaultdict(list)
    for place, train, *times in zip(*columns, strict=True):
        visits[place, train].append([math.inf if math.isnan(hour) else hour for hour in times])
    places = sorted({place for place, _ in visits})
    measured = kpis[kpis["kpi"].isin(["wait_h", "passage_h", "queue_trains"]) & (kpis["flow"] == ALL)]
    values = dict(
        zip(zip(*(measured[key] for key in ("kpi", "place", "period")), strict=True), measured["value"], strict=True)
    )
    for (period, (from_h, until_h)), place in itertools.product(WINDOWS.items(), places):
        ended, waits_h, stays_h, waiting_h, present_h = 0, 0.0, 0.0, 0.0, 0.0
        for (at, _), spells in visits.items():
            if at != place:
                continue
            arrived_h, left_h = spells[0][0], spells[-1][2]
            is_over = from_h <= left_h < until_h
            ended += is_over
            present_h += max(0.0, min(left_h, until_h) - max(arrived_h, from_h))
            stays_h += outside(arrived_h, left_h, from_h, until_h, is_over)
            for queued_h, started_h, _ in spells:
                waiting_h += max(0.0, min(started_h, until_h) - max(queued_h, from_h))
                waits_h += outside(queued_h, started_h, from_h, until_h, is_over)
        mean_wait_h, mean_stay_h = (values.get((kpi, place, period), 0.0) for kpi in ("wait_h", "passage_h"))
        length_h = until_h - from_h
        assert values["queue_trains", place, period] * length_h == pytest.approx(waiting_h, rel=1e-9, abs=HAIR)
        assert waiting_h == pytest.approx(ended * mean_wait_h + waits_h, rel=1e-9, abs=HAIR)
        assert present_h == pytest.approx(ended * mean_stay_h + stays_h, rel=1e-9, abs=HAIR)


def outside(from_h, until_h, opens_h, closes_h, is_over):
    """What Little's law owes the edges: less the hours before of what ended, plus those inside of what has not."""
    if is_over:
        return -max(0.0, min(until_h, opens_h) - from_h)
    return max(0.0, min(until_h, closes_h) - max(from_h, opens_h))


def outcome(described, seed):
    """A run and its measures, or how it came to a stop."""
    try:
        run = simulate(described, seed, 0)
    except DeadlockError as error:
        return None, str(error)
    return run, measure_run(run.scenario, run, WINDOWS)


def all_holds(described, seed):
    """One network under one seed."""
    bookings = Bookings()
    with bookings.kept():
        run, kpis = outcome(described, seed)
    run_turned, kpis_turned = outcome(turned(described), seed)
    if run is None or run_turned is None:
        assert run is run_turned and kpis == kpis_turned
        reject()
    assert trains_of(run_turned) == trains_of(run)
    before, after = by_words(kpis), by_words(kpis_turned)
    assert {key: after[key] for key in before} == before, "neither the order of tables nor a flow of nothing counts"
    assert not any(after[key] for key in after.keys() - before.keys())
    for paths, rows in bookings.lines.items():
        line_keeps_its_word(paths, rows)
    for desk, rows in bookings.desks.items():
        if desk.hours is None:
            desk_keeps_its_word(bookings.places[desk], rows)
    shares = kpis["value"][kpis["unit"] == "share"]
    assert ((shares >= 0) & (shares <= 1)).all()
    little(run, kpis)


MANY = {"phases": [Phase.generate], "suppress_health_check": [HealthCheck.too_slow]}


@settings(max_examples=int(os.environ.get("NETWORKS", "100")), **MANY)
@given(networks(), st.integers(0, 1000))
def test_what_holds_on_every_random_network(described, seed):
    all_holds(described, seed)


@settings(max_examples=300, **MANY)
@given(networks(), st.integers(0, 1000))
def test_what_holds_on_three_hundred_networks(described, seed):
    all_holds(described, seed)
