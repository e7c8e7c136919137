"""Railway sections: wait for a path, then run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.model.departure import stand_before
from sim.model.ledger import Activity, Cause
from sim.model.randomness import column
from sim.model.resources import Paths, Room
from sim.model.standing import settle, vacate

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.departure import Traction
    from sim.model.randomness import Luck
    from sim.model.resources import Clock
    from sim.model.world import Train, World
    from sim.scenario.calendar import Calendar
    from sim.scenario.places import Section
    from sim.scenario.values import Direction


@dataclass(frozen=True)
class Line:
    """The paths of a section by direction, the same for both on a single track, and the room for trains on it."""

    place: int
    section: Section
    paths: dict[Direction, Paths]
    rooms: dict[Direction, Room]


@dataclass(frozen=True)
class SectionLeg:
    """A section on a flow's route: hours under way for each of its trains; `ahead`: the locomotives of its border."""

    place: int
    paths: Paths
    room: Room | None
    running_h: array[float]
    ahead: Traction | None = None


def open_line(clock: Clock, code: int, section: Section, calendar: Calendar) -> Line:
    """Lay out the paths of a section; a single track gives both directions together twice the paths of one."""
    rate = calendar.steps(section.paths_per_day)
    most_trains = section.most_trains
    directions: tuple[Direction, ...] = ("westbound", "eastbound")
    rooms: dict[Direction, Room] = {}
    if most_trains is not None:
        rooms = {direction: Room(clock, calendar.steps(most_trains)) for direction in directions}
    if section.single_track:
        shared_paths = Paths(rate, share=2.0)
        return Line(code, section, dict.fromkeys(directions, shared_paths), rooms)
    return Line(code, section, {direction: Paths(rate) for direction in directions}, rooms)


def section_leg(line: Line, direction: Direction, size: int, luck: Luck, *names: str) -> SectionLeg:
    """Draw the running times of `size` trains: length over speed."""
    speed = np.asarray(luck.draw(line.section.speed_km_per_day, size, *names, "speed"))
    running_h = column(24.0 * line.section.length_km / speed)
    return SectionLeg(line.place, line.paths[direction], line.rooms.get(direction), running_h)


def run_section(world: World, train: Train, leg: SectionLeg) -> Generator[simpy.Event, None, None]:
    """Wait for room on the line and for a path, leave the place before, then run to the end of the section."""
    # Room first, then a path: a path booked by a train that must still stand would be lost to those behind it.
    yield from stand_before(world, train, leg.room, leg.place, Cause.LINE, leg.ahead)
    queued_h = world.clock.now
    departed_h = leg.paths.book(queued_h)
    arrived_h = departed_h + leg.running_h[train.index]
    row = (train.number, leg.place, Activity.RUNNING, Cause.PATH, queued_h, departed_h, arrived_h, False)
    world.ledger.stages.append(row)
    vacate(world, train, departed_h)
    settle(train, leg.room, leg.place, Activity.RUNNING, departed_h)
    yield world.clock.at(arrived_h, train.rank)
