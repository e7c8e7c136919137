"""On any small network: nothing is made or lost, spells tile, times run forward, no capacity is exceeded."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from random_networks import ROUTES, networks
from unfinished import unfinished

from sim.model.conservation import ConservationError
from sim.model.deadlock import DeadlockError
from sim.model.sea import PortSide
from sim.model.simulate import close, simulate
from sim.model.wagons import WagonSets
from sim.scenario.places import Border
from sim.verification import tiny
from sim.verification.tiny import at_random, border, empties, pool, scenario, sea, section, terminal, train


def room_is_kept(frames, described):
    """Each taking of room leaves no more held than there is; what is larger than a yard has it to itself."""
    yards = sum_of_yards(described, 100)
    # A vessel brings its whole load ashore at once.
    ashore = sum_of_yards(described, max(vessel.capacity_teu for vessel in described.places["sea"].vessels.values()))
    most = described.places["line"].most_trains
    on_line = math.inf if most is None else 2 * max(most.values())
    for place, activity, room in (("line", "running", on_line), ("sea", "loading", yards), ("sea", "landing", ashore)):
        stays = frames.stays[(frames.stays.place == place) & (frames.stays.activity == activity)]
        taken, released = stays.taken_h.to_numpy(), stays.released_h.fillna(math.inf).to_numpy()
        for moment in taken:
            held = stays.units.to_numpy()[(taken <= moment) & (released > moment)].sum()
            assert held <= room * (1 + 1e-6)


def sum_of_yards(described, largest):
    """Room in the yards of both ports, for which so many TEU may come at once."""
    yards = (port.yard_teu for port in described.places["sea"].ports.values())
    return sum(math.inf if yard is None else max(largest, *yard.values()) for yard in yards)


def most_at_a_start(spells, capacity):
    """Each start leaves no more under way than the capacity of that hour: what goes on after a cut is not stopped."""
    spells = spells[spells.started_h.notna() & (spells.started_h < spells.ended_h.fillna(math.inf))]
    started, ended = spells.started_h.to_numpy(), spells.ended_h.fillna(math.inf).to_numpy()
    under_way = ((started <= started[:, None]) & (ended > started[:, None])).sum(axis=1)
    assert all(busy <= capacity.at(hour) for busy, hour in zip(under_way, started, strict=True))


def spells_tile(frames, closing_h):
    """From its offer until it leaves, each spell of a train is queued when the one before ended, to the last bit."""
    main = frames.stages[~frames.stages.beside]
    lost_h = frames.losses.set_index("train")["lost_h"]
    for number, rows in main.groupby("train"):
        row = frames.trains.loc[number]
        assert row.train == number
        assert rows.queued_h.iloc[0] == row.offered_h
        assert (rows.queued_h.to_numpy()[1:] == rows.ended_h.to_numpy()[:-1]).all()
        if number in lost_h.index:
            assert rows.ended_h.iloc[-1] == lost_h[number]
        elif math.isnan(row.left_h):
            assert math.isnan(rows.ended_h.iloc[-1])
        else:
            assert rows.ended_h.iloc[-1] == row.left_h


def times_run_forward(frames):
    later = frames.stages[["queued_h", "started_h", "ended_h"]].to_numpy()
    assert not (np.diff(later, axis=1) < 0).any()
    assert not (frames.trains.entered_h < frames.trains.offered_h).any()
    assert not (frames.declarations.released_h < frames.declarations.arrived_h).any()
    for table, columns in {
        "voyages": ["berthed_h", "loaded_h", "sailed_h", "arrived_h"],
        "wagon_sets": ["taken_h", "released_h", "home_h"],
    }.items():
        assert not (np.diff(getattr(frames, table)[columns].to_numpy(), axis=1) < 0).any()


def on_receiving_tracks(frames, described, ways):
    """The stay of every train of some directions on a receiving track of `khorgos`, as spells."""
    direction = {name: flow.direction for name, flow in described.flows.items()}
    rows = frames.stages[(frames.stages.place == "khorgos") & ~frames.stages.beside]
    rows = rows[~rows.activity.isin(["holding", "receiving", "abandonment"])]
    inbound = frames.trains.flow.astype(str).map(direction)[rows.train].to_numpy() == "westbound"
    rows = rows[~((rows.activity == "handover") & inbound)]
    rows = rows[rows.train.map(frames.trains.flow.astype(str).map(direction)).isin(ways)]
    stays = rows.assign(open_h=rows.ended_h.fillna(math.inf)).groupby("train")
    return stays.agg(started_h=("queued_h", "min"), ended_h=("open_h", "max"))


def capacities_hold(frames, described):
    steps = described.calendar.steps
    khorgos = described.places["khorgos"]
    assert isinstance(khorgos, Border)
    own_tracks = khorgos.eastbound_receiving_tracks
    for ways, tracks in {
        ("westbound", "eastbound")[: 1 if own_tracks else 2]: khorgos.receiving_tracks,
        ("eastbound",): own_tracks,
    }.items():
        if tracks:
            most_at_a_start(on_receiving_tracks(frames, described, ways), steps(tracks))
    desks = {
        ("khorgos", "keying"): khorgos.declarant_teams,
        ("khorgos", "checking"): khorgos.officer_teams,
        ("khorgos", "inspection"): khorgos.inspection.teams,
        ("khorgos", "gauge_change"): khorgos.gauge_change["box"].cranes,
        ("khorgos", "forming"): khorgos.forming.crews,
        ("yard", "terminal"): described.places["yard"].unloading["box"].tracks,
        ("baku", "terminal"): described.places["baku"].unloading["box"].tracks,
    }
    if khorgos.shunting is not None:
        desks["khorgos", "shunting"] = khorgos.shunting.engines
    if khorgos.departure is not None:
        desks["khorgos", "departure"] = khorgos.departure.locomotives
    for (place, activity), capacity in desks.items():
        spells = frames.stages[(frames.stages.place == place) & (frames.stages.activity == activity)]
        most_at_a_start(spells, steps(capacity))
    trips = frames.wagon_sets.rename(columns={"taken_h": "started_h", "released_h": "ended_h"})
    fleet = max(described.wagon_pools["sets"].sets.values())
    most_at_a_start(trips, steps({described.horizon.start: fleet}))
    assert (frames.voyages.load <= frames.voyages.capacity * (1 + 1e-9)).all()


def cargo_is_kept(frames, described):
    """What landed was loaded: TEU of trains ashore are at most those that vessels brought, and those not less."""
    arrived = frames.voyages[frames.voyages.arrived_h.notna()]
    for direction in ("westbound", "eastbound"):
        flows = [name for name, flow in described.flows.items() if flow.direction == direction]
        of_direction = frames.trains.train[frames.trains.flow.isin(flows)]
        landing = frames.stages[
            (frames.stages.activity == "landing")
            & (frames.stages.cause == "berth")
            & frames.stages.train.isin(of_direction)
        ]
        loading = frames.stages[(frames.stages.activity == "loading") & frames.stages.train.isin(of_direction)]
        brought = arrived.load[arrived.direction == direction].sum()
        teu = frames.trains.teu
        assert teu[landing.train[landing.ended_h.notna()]].sum() <= brought + 1e-6
        assert brought <= teu[loading.train].sum() + 1e-6


def boxes_are_kept(frames, described, layout):
    """Boxes delivered, by their share, are with whom they were for, stand empty, or are away in trains, once full."""
    for name, depot in layout.depots.items():
        flow, calendar = described.flows[name], described.calendar
        shares = {source: calendar.steps(share) for source, share in flow.empties_of.items()}
        brought = frames.trains[frames.trains.flow.isin(shares) & frames.trains.left_h.notna()].sort_values("left_h")
        teu = [row.teu * shares[row.flow].at(row.left_h) for row in brought.itertuples()]
        away = frames.trains[frames.trains.flow == name]
        assert depot.boxes == pytest.approx(sum(teu))
        assert depot.turning + depot.ready + away.teu.sum() == pytest.approx(sum(teu))
        assert -1e-6 < depot.ready < depot.teu_a_train and depot.turning > -1e-6
        enough = np.searchsorted(np.cumsum(teu) + 1e-6, depot.teu_a_train * np.arange(1, len(away) + 1))
        full_h = brought.left_h.to_numpy()[enough]
        assert (away.offered_h.to_numpy() >= full_h).all()
        assert flow.turn_h.mean != 0 or (away.offered_h.to_numpy() == full_h).all()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(networks(), st.integers(0, 1000))
def test_what_holds_on_every_network(described, seed):
    try:
        frames = simulate(described, seed, 0).tables
    except DeadlockError:
        reject()
    # Of a market some numbers belong to trains that went another way.
    frames = replace(frames, trains=frames.trains.set_index("train", drop=False).rename_axis(None))
    layout = unfinished(described, seed)
    assert len(frames.trains) == layout.world.trains_created
    assert list(frames.trains.train) == list(range(len(frames.trains))) or described.markets
    assert len(frames.losses) == layout.world.trains_lost
    assert frames.trains.left_h.notna().sum() == layout.world.trains_delivered
    spells_tile(frames, described.calendar.closing_h)
    times_run_forward(frames)
    capacities_hold(frames, described)
    room_is_kept(frames, described)
    cargo_is_kept(frames, described)
    boxes_are_kept(frames, described, layout)


def busy():
    """A network in which all things happen, and trains, cargo and sets are under way when the clock stops."""
    return scenario(
        {
            "khorgos": border(gauge_h=3, receiving_tracks=3, forming_h=1),
            "line": section(8),
            "sea": sea(capacity=150, patience_h=5, vessel={"number": 2}, sailing_h=9),
            "baku": terminal(2),
        },
        {
            "west": at_random(0.3, *ROUTES["long"], train="flat"),
            "back": empties({"west": 0.5}, *ROUTES["far_back"], train="empty", turn_h=8),
        },
        trains={"flat": train(wagon_pools=["sets"]), "empty": train(net_t=100)},
        wagon_pools={"sets": pool("khorgos", {"aktau": 20}, sets=9)},
        days=6,
    )


def test_all_planned_trains_are_there():
    described = busy()
    trains = tiny.played(described).trains
    trains = trains[trains.flow == "west"]
    finished, inside = trains[trains.left_h.notna()], trains[trains.left_h.isna()]
    assert len(finished) > 5
    assert len(inside) > 5
    assert finished.teu.sum() + inside.teu.sum() == 100 * len(trains)
    assert finished.net_t.sum() + inside.net_t.sum() == 1000 * len(trains)


def lose_a_train(layout):
    layout.world.inside.popitem()


def deliver_twice(layout):
    layout.world.trains_delivered += 1


def write_a_train_twice(layout):
    rows = layout.world.ledger.trains
    rows.append(rows.open[0])


def throw_cargo_overboard(layout):
    next(vessel for vessel in layout.crossings["sea"].vessels if vessel.aboard).aboard.pop()


def steal_from_the_yard(layout):
    layout.crossings["sea"].sides["aktau"].units_received += 1


def land_too_much(layout):
    layout.crossings["sea"].sides["alat"].units_landed += 1


def lose_a_wagon_set(layout):
    layout.pools["sets"].running_empty -= 1


def lose_boxes_to_be_emptied(layout):
    layout.depots["back"].turning -= 1


def send_a_train_of_boxes_too_many(layout):
    layout.depots["back"].away += 100


def promise_more_sets_than_there_are(layout):
    sets = layout.pools["sets"]
    sets.idle, sets.promised = -1, sets.promised + sets.idle + 1


@pytest.mark.parametrize(
    ("breach", "account"),
    [
        (lose_a_train, "trains created"),
        (deliver_twice, "trains created"),
        (write_a_train_twice, "trains written down"),
        (throw_cargo_overboard, "cargo at sea"),
        (steal_from_the_yard, "cargo at sea"),
        (land_too_much, "cargo at sea"),
        (lose_a_wagon_set, "wagon sets of sets"),
        (promise_more_sets_than_there_are, "a count is below zero"),
        (lose_boxes_to_be_emptied, "boxes to come back"),
        (send_a_train_of_boxes_too_many, "boxes to come back"),
    ],
)
def test_a_broken_account_is_found(breach, account):
    described = busy()
    layout = unfinished(described)
    breach(layout)
    with pytest.raises(ConservationError, match=account):
        close(layout.world, layout, described.calendar)


def test_an_account_that_holds_closes():
    described = busy()
    layout = unfinished(described)
    close(layout.world, layout, described.calendar)


def test_a_model_that_loses_cargo_does_not_pass(monkeypatch):
    take = PortSide.take
    monkeypatch.setattr(PortSide, "take", lambda side, *terms: take(side, *terms)[:1])
    with pytest.raises(ConservationError, match="cargo at sea"):
        simulate(busy(), 1, 0)


def test_a_model_that_doubles_wagon_sets_does_not_pass(monkeypatch):
    come_home = WagonSets.come_home

    def come_home_twice(sets):
        come_home(sets)
        come_home(sets)

    monkeypatch.setattr(WagonSets, "come_home", come_home_twice)
    with pytest.raises(ConservationError, match="wagon sets of sets"):
        simulate(busy(), 1, 0)
