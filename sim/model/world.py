"""The stage on which a run plays: its clock, its ledger, its luck, and the trains inside."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    import simpy

    from sim.model.ledger import Activity, Cause, Ledger
    from sim.model.market import Bookings
    from sim.model.papers import EarlyPapers
    from sim.model.randomness import Luck
    from sim.model.resources import Clock, Desk, Room
    from sim.model.wagons import SetOrder, WagonTrip


@dataclass
class World:
    """What every process of a run can reach.

    `outside` are trains for which something is done before they are offered; `numbers` those of trains that come into
    being in the run. `bookings` say which of the trains that could come do, where a market decides that.
    """

    clock: Clock
    ledger: Ledger
    luck: Luck
    closing_h: float
    inside: dict[int, Train] = field(default_factory=dict)
    outside: dict[int, Train] = field(default_factory=dict)
    bookings: Bookings | None = None
    trains_created: int = 0
    trains_delivered: int = 0
    trains_lost: int = 0
    numbers: Iterator[int] = field(default_factory=count)


@dataclass(frozen=True)
class Consist:
    """What the trains of a flow have in common."""

    code: int
    priority: int
    net_t: float
    teu: int
    wagons: int


@dataclass
class Stay:
    """A finite place that is held: the room, and what is held of it since when (units, hour)."""

    room: Room
    place: int
    activity: Activity
    parts: list[tuple[float, float]]


@dataclass
class Lot:
    """A train's cargo between two ports, in the unit the crossing carries; `admitted_h`: since it has room in the yard.

    `stay_ashore` is the room it holds ashore, if that is finite.
    """

    train: Train
    units: float
    handling: str
    admitted_h: float
    queued_h: float
    ashore: simpy.Event
    stay_ashore: Stay | None
    waiting: float = 0.0
    parts_afloat: int = 0
    arrived_h: float = math.inf
    berthed_h: float = math.inf


def rank(priority: int, number: int) -> int:
    """Where a train comes among the events of one hour: after releases (1), by priority, then by number."""
    return (priority + 2 << 32) + number


class Train:
    """A train: the `index`-th of its flow, the `number`-th of the run.

    It holds one stay at most, and waits for one thing at most: `open_wait` is the row to be, `awaits` what is asked.
    `rank` orders what happens at one and the same hour: after all that frees places, by priority, then by number.
    `turn` is its place among those of its priority that wait: by hour of offer, and then by number.
    """

    __slots__ = (
        "awaits",
        "consist",
        "early",
        "entered_h",
        "index",
        "lot",
        "number",
        "offered_h",
        "open_wait",
        "order",
        "rank",
        "stay",
        "trips",
        "turn",
    )

    def __init__(self, number: int, consist: Consist, index: int, offered_h: float) -> None:
        self.number = number
        self.rank = rank(consist.priority, number)
        # Numbers follow the order of offers but for trains of empties, which have the last: these must not queue last.
        self.turn = (offered_h, number)
        self.consist = consist
        self.index = index
        self.offered_h = offered_h
        self.entered_h = math.nan
        self.stay: Stay | None = None
        self.trips: list[WagonTrip] = []
        self.lot: Lot | None = None
        self.early: EarlyPapers | None = None
        self.order: SetOrder | None = None
        self.open_wait: tuple[int, Activity, Cause, float] | None = None
        self.awaits: object = None


def wait(
    world: World,
    train: Train,
    grant: simpy.Event | None,
    place: int,
    activity: Activity,
    cause: Cause,
    awaits: object = None,
) -> Generator[simpy.Event, None, None]:
    """Wait for a grant that may already be there, and write the wait down; `awaits` is what the train asks for."""
    if grant is None:
        return
    queued_h = world.clock.now
    train.open_wait = (place, activity, cause, queued_h)
    train.awaits = awaits
    yield grant
    train.open_wait = train.awaits = None
    now_h = world.clock.now
    # A grant of the same moment is no wait.
    if now_h > queued_h:
        world.ledger.stages.append((train.number, place, activity, cause, queued_h, now_h, now_h, False))


def serve_in_turn(
    world: World, train: Train, room: Room, service_h: float, place: int, activity: Activity, cause: Cause
) -> Generator[simpy.Event, None, None]:
    """Be served by one of those who serve by priority, whoever came first: a row, and a sleep or two."""
    queued_h = world.clock.now
    grant = room.request(train.consist.priority, train.turn)
    if grant is not None:
        train.open_wait = (place, activity, cause, queued_h)
        train.awaits = room
        yield grant
        train.open_wait = train.awaits = None
    started_h = world.clock.now
    ended_h = started_h + service_h
    world.ledger.stages.append((train.number, place, activity, cause, queued_h, started_h, ended_h, False))
    # Whoever serves is free before anybody else of that hour asks.
    world.clock.at(ended_h).callbacks.append(lambda _: room.release())
    yield world.clock.at(ended_h, train.rank)


def book_desk(
    world: World,
    train: Train,
    desk: Desk,
    service_h: float,
    place: int,
    activity: Activity,
    cause: Cause,
    beside: bool = False,
) -> tuple[float, float]:
    """Book a desk and write the spell down: start and end of the service."""
    queued_h = world.clock.now
    started_h, ended_h = desk.book(queued_h, service_h)
    world.ledger.stages.append((train.number, place, activity, cause, queued_h, started_h, ended_h, beside))
    return started_h, ended_h


def serve(
    world: World,
    train: Train,
    desk: Desk,
    service_h: float,
    place: int,
    activity: Activity,
    cause: Cause,
    beside: bool = False,
) -> Generator[simpy.Event, None, None]:
    """Be served at a booked desk: one row, one sleep."""
    _, ended_h = book_desk(world, train, desk, service_h, place, activity, cause, beside)
    yield world.clock.at(ended_h, train.rank)
