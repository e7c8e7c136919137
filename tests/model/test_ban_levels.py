"""A ban is called at one level and lifted at another, and the levels are shares of the room there is."""

import pytest
from serving import steady

from sim.model.bans import ConventionBan
from sim.model.resources import Clock, Room


def in_force_at(loads, *, rooms=1):
    """Whether a ban is in force at each load of a place for ten, one after the other; it begins at 8, lifts at 4."""
    clock = Clock()
    parts = [Room(clock, steady(10 // rooms)) for _ in range(rooms)]
    ban = ConventionBan(clock, parts, begins_at_share=0.8, lifts_at_share=0.4, lead_h=0)
    found, held = [], [0] * rooms
    for load in loads:
        while sum(held) < load:
            part = held.index(min(held))
            parts[part].request(0, 0)
            held[part] += 1
        while sum(held) > load:
            part = held.index(max(held))
            parts[part].release()
            held[part] -= 1
        clock.run(until=clock.now + 1)
        found.append(ban.in_force)
    return found


@pytest.mark.parametrize("rooms", [1, 2])
def test_between_its_levels_a_ban_stays_as_it_is(rooms):
    loads = [7, 8, 10, 7, 5, 4, 5, 7, 8, 4, 0]
    assert in_force_at(loads, rooms=rooms) == [load > 4 for load in [0, 8, 10, 7, 5, 4, 0, 0, 8, 4, 0]]
