"""The twin against SimPy: the same ledger to the byte, in every shipped scenario and in random networks.

Of a shipped scenario of several years both play the last fifteen months, its dates as they stand; with NETWORKS in the
environment, which is also the number of random networks, all of it: see `make networks`.
"""

import os
from pathlib import Path

import ledgers
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from ledgers import QUICK, as_compared, asked, comes_to, is_as_simpy_wrote
from networks import all_networks
from rare import RARE

from sim import load
from sim.engine.pack import Packing, TooLargeError
from sim.engine.play import simulate_compiled
from sim.engine.sandbox import CORE
from sim.engine.terms import TERMS, header, record_dtype
from sim.model.simulate import simulate
from sim.scenario.reading.layers import shipped_names
from sim.scenario.schema import Scenario
from sim.verification.tiny import border, every, pool, scenario, section, terminal, train


def on_the_twin(scenario, seed, replication):
    """A run of the twin."""
    run = simulate_compiled(scenario, seed, replication)
    assert run.engine == "compiled"
    return run


@pytest.fixture(autouse=True, scope="module")
def sandbox():
    pytest.importorskip("wasmtime")


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_small_shipped_scenarios(name, seed):
    scenario = load(name).scenario
    assert comes_to(on_the_twin, scenario, seed, 1) == comes_to(simulate, scenario, seed, 1)


@pytest.mark.parametrize("name", [name for name in shipped_names() if name not in QUICK])
def test_shipped_scenarios(name):
    scenario = as_compared(name)
    assert is_as_simpy_wrote(comes_to(on_the_twin, scenario, 7, 0), scenario, 7, 0)


@settings(
    max_examples=int(os.environ.get("NETWORKS", "300")),
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(all_networks())
def test_random_networks(tables):
    scenario = Scenario.model_validate(tables)
    assert is_as_simpy_wrote(comes_to(on_the_twin, scenario, 7, 0), scenario, 7, 0)


def test_what_simpy_wrote_is_kept_of_the_very_run_and_model(monkeypatch):
    """Of another scenario, or under another model, nothing is known; a remark makes no other model."""
    scenario = as_compared("2025_as_it_was")
    known = asked(scenario, 7, 0)
    assert asked(as_compared("2025_as_it_was"), 7, 0) == known
    assert len({known, asked(scenario, 8, 0), asked(scenario, 7, 1)}) == 3
    assert asked(load("2025_as_it_was", ["horizon.end=2025-12-30"]).scenario, 7, 0) != known
    sources, before = Path.read_text, {"resources.py": "first = 0\n", "meaning.py": "# a remark\n"}
    monkeypatch.setattr(Path, "read_text", lambda path, **way: before.get(path.name, "") + sources(path, **way))
    assert ledgers.model_digest.__wrapped__() != ledgers.model_digest()
    del before["resources.py"]
    assert ledgers.model_digest.__wrapped__() == ledgers.model_digest()


def test_what_is_not_kept_is_played(monkeypatch):
    scenario = load("altynkol_tez").scenario
    found = comes_to(on_the_twin, scenario, 7, 1)
    for known in ({}, {asked(scenario, 7, 1): "of a machine that writes other bytes"}):
        monkeypatch.setattr(ledgers, "kept", known.copy)
        assert is_as_simpy_wrote(found, scenario, 7, 1)
        assert not is_as_simpy_wrote(comes_to(on_the_twin, scenario, 7, 0), scenario, 7, 1)


@pytest.mark.parametrize("world", RARE, ids=lambda world: world.__name__)
def test_rare_worlds(world):
    assert comes_to(on_the_twin, world(), 7, 0) == comes_to(simulate, world(), 7, 0)


def against_each_other():
    """Trains of both directions hold the only track of a border, and the only place on the line, against each other."""
    station, line = border(receiving_tracks=1, forming_h=1), section(2, most_trains=1)
    places = {"khorgos": station, "line": line, "second": station, "back": line}
    west, east = ("khorgos", "line", "second", "back"), ("second", "back", "khorgos", "line")
    return scenario(places, {"west": every(2.5, *west), "east": every(2.5, *east, direction="eastbound")}, days=60)


def a_set_kept_for_one_who_cannot_come_in():
    """The plain train of 2 has the only track, and waits for the only set: that is kept for the block train of 4."""
    return scenario(
        {"khorgos": border(gauge_h=3, receiving_tracks=1), "yard": terminal()},
        {"block": every(8, "khorgos", "yard", train="block"), "plain": every(4, "khorgos", "yard")},
        trains={"block": train(wagon_pools=["sets"], ordered_ahead_h=6), "box": train(wagon_pools=["sets"])},
        wagon_pools={"sets": pool("khorgos", {"yard": 3}, sets=1)},
        days=4,
    )


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (against_each_other, " trains at second wait for "),
        (a_set_kept_for_one_who_cannot_come_in, "; for 1 of these a "),
    ],
)
def test_a_stop_of_all_traffic_is_told_as_simpy_tells_it(world, said):
    """Vessels have a part in half of the stops of random networks."""
    told = comes_to(on_the_twin, world(), 7, 0)
    assert said in told and told == comes_to(simulate, world(), 7, 0)


def test_the_benchmark_has_both_play_the_same_stations(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    import twin

    monkeypatch.setattr(twin, "CUSTOMERS", 300)
    inputs = twin.arrivals_and_services()
    waits = twin.on_simpy(*twin.in_line(*inputs))
    assert np.array_equal(twin.on_twin(*twin.in_line(*inputs)), waits)
    assert waits.shape == (twin.STATIONS, 300) and waits.max() > 0


def test_a_number_without_room_is_refused():
    """One row of each kind of field is driven over its bound."""
    packing = Packing({})
    packing.records["crossing"] = [(2**15, 0)]
    with pytest.raises(TooLargeError, match="place of a crossing: 32768 is not from 0 to 32767"):
        packing.block()
    packing.records["crossing"] = [(0, 0)]
    with pytest.raises(TooLargeError, match="weather of a crossing: 0 is not from 0 to -1"):
        packing.block()
    packing.records["crossing"] = []
    packing.records["ban"] = [(*packing.wholes([3]), 0.0, 0.0, 0.0, 0.0, 0.0)]
    packing.records["ban"] = [((0, 1), 0.0, 0.0, 0.0, 0.0, 0.0)]
    with pytest.raises(TooLargeError, match="rooms of a ban: 3 is not from 0 to -1"):
        packing.block()


def test_records_lie_in_memory_as_their_structs_do():
    assert record_dtype("room").itemsize == 48
    assert all(record_dtype(noun).itemsize % 8 == 0 for noun in TERMS)
    assert "typedef struct { Steps steps; Span bans; } RoomTerms;" in header()


def test_numbers_of_a_block_are_where_it_says():
    packing = Packing({})
    packing.records["run"] = [(-24.0, 48.0, 0)]
    packing.reals([1.5, 2.5])
    block = bytearray().join(packing.block())
    places = np.frombuffer(block, np.int64, 2 * (len(TERMS) + 2)).reshape(-1, 2)
    assert np.frombuffer(block, np.float64, 2, places[0, 0]).tolist() == [-24.0, 48.0]
    assert np.frombuffer(block, np.float64, places[-2, 1], places[-2, 0]).tolist() == [1.5, 2.5]
    assert CORE.is_file()
