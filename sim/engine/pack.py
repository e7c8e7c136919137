"""A world that is laid out and planned, packed for the twin: records of each noun, and the columns they point at.

What the model says of a thing is taken by the names of its fields, see `TERMS`; where it says it in other words,
`other_words` translates. Nothing is drawn here, and nothing begun.
"""

from __future__ import annotations

import math
import sys
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.engine.terms import TERMS, record_dtype
from sim.model.border import WORKS, BorderLeg
from sim.model.customs import early_paper
from sim.model.papers import PaperLuck, TezLuck
from sim.model.railway import SectionLeg
from sim.model.resources import Room
from sim.model.sea import SeaLeg, Vessel
from sim.model.simulate import first_office, offers_in_order
from sim.model.terminal import TerminalLeg
from sim.model.wagons import WagonSets
from sim.scenario.problems import CorridorError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sim.model.layout import Layout
    from sim.model.routes import Plan

Span: TypeAlias = tuple[int, int]
"""Where a column begins, and its length."""

MOST = {"flag": 1, "code8": 2**7 - 1, "code16": 2**15 - 1, "code32": 2**31 - 1, "count": 2**62}
"""The largest number of a kind; none is below 0."""

TRIPS_AT_MOST = 4
"""Wagon sets that a train of the twin may have at a time."""


class TooLargeError(CorridorError):
    """A scenario has more of something than the twin has room for."""


class Packing:
    """Records and columns as they are met; what is met again has its number."""

    def __init__(self, layout: Layout, plans: list[Plan]) -> None:
        self.layout = layout
        self.plans = plans
        self.records: dict[str, Any] = {noun: [] for noun in TERMS}
        self.numbers: dict[tuple[str, int], int] = {}
        self.spans: dict[int, Span] = {}
        # What is known by its identity must live as long as the packing.
        self.met: list[object] = []
        self.columns: dict[str, list[NDArray[Any]]] = {"reals": [], "wholes": []}
        self.lengths = {"reals": 0, "wholes": 0}
        self.handlings: list[str] = []
        for plan in plans:
            self.reserve("plan", plan)
        # Of the plan at hand: the sets that its trains have at this leg, and the least length of a column by train.
        self.sets_held: list[WagonSets] = []
        self.trains_at_most = 0

    def tell(self, noun: str, thing: object) -> int:
        """The number of a thing, which is told of when it is first met; -1 for nothing."""
        if thing is None:
            return -1
        if (noun, id(thing)) not in self.numbers:
            # Rooms and the bans that watch them name each other: the number is there before the rest.
            self.reserve(noun, thing)
            self.describe(noun, thing)
        return self.numbers[noun, id(thing)]

    def reserve(self, noun: str, thing: object) -> None:
        """Give a thing the next number."""
        self.met.append(thing)
        self.numbers[noun, id(thing)] = len(self.records[noun])
        self.records[noun].append(())

    def describe(self, noun: str, thing: object) -> None:
        """Write the record of a thing that has a number."""
        other_words = self.other_words(noun, thing)
        self.records[noun][self.numbers[noun, id(thing)]] = tuple(
            self.field(kind, other_words[name] if name in other_words else getattr(thing, name))
            for name, kind in TERMS[noun].items()
        )

    def field(self, kind: str, value: Any) -> Any:
        """What stands in a field for a value of the model."""
        if kind[0] in "*?":
            return self.tell(kind[1:], value)
        if kind[0] == "[":
            return self.wholes([self.tell(kind[1:-1], thing) for thing in value])
        match kind:
            case "reals" | "trains" if value is None:
                return (0, 0)
            case "trains":
                self.trains_at_most = min(self.trains_at_most, len(value) or self.trains_at_most)
                return self.reals(value)
            case "reals":
                return self.reals(value)
            case "wholes":
                return self.wholes(value)
            case "steps":
                return (*self.reals(value.from_h), *self.reals(value.values))
            case "rounds":
                return self.rounds(value)
            case "mask":
                return self.mask(value)
        if value == "trains at most":
            return self.trains_at_most
        return math.nan if value is None else value

    def other_words(self, noun: str, thing: Any) -> dict[str, Any]:
        """Fields that the model has under other names, or not at all."""
        match noun:
            case "room":
                return {"bans": [ban for ban in self.layout.bans.values() for room in ban.rooms if room is thing]}
            case "desk":
                hours, rises = zip(*thing.changes[:-1], strict=True) if len(thing.changes) > 1 else ((), ())
                most = len(thing.free_h) + sum(map(abs, rises))
                return {"places": len(thing.free_h), "places_at_most": most, "change_h": hours, "rise": rises}
            case "pool":
                run_out_h = [thing.run_out_h.get(place, 0.0) for place in thing.waiting]
                return {"home": place_of(thing, thing.home), "places": len(run_out_h), "run_out_h": run_out_h}
            case "depot":
                return {"plans": [plan for plan in self.plans if plan.depot is thing]}
            case "side":
                return {"crossing": self.crossing_with(thing)}
            case "vessel":
                ends = {"home": thing.home, "away": thing.away}
                unloading = {f"unloading_{end}_h": thing.unloading_h[port.name] for end, port in ends.items()}
                loading = {f"loading_{end}_h": thing.loading_h[port.name] for end, port in ends.items()}
                return {"crossing": self.crossing_with(thing.home), **unloading, **loading}
            case "clearance":
                works = WORKS.index(thing.works_before_release)
                if isinstance(thing, PaperLuck):
                    none = {"outages": None, "fallback": None}
                    return {"is_tez": 0, "works_before_release": works, "lodged_h": thing.late_h, **none}
                late = {"lodged_h": thing.lodged_after_h, "keying_h": thing.correction_h}
                return {"is_tez": 1, "works_before_release": works, "lead_h": 0.0, "checking_h": None, **late}
            case "customs":
                dates = thing.clearance
                return {"regime_from_h": dates.from_h, "regime": dates.values} if dates else {"regime_from_h": (), "regime": ()}
            case "taking":
                self.sets_held.append(thing.sets)
                check_bounds("wagon sets of a train", np.array([len(self.sets_held)]), 0, TRIPS_AT_MOST)
                return {"at": place_of(thing.sets, thing.name)}
            case "leaving":
                sets = self.sets_held.pop(0)
                return {"sets": sets, "at": place_of(sets, thing.name)}
            case "border":
                return border_words(thing)
            case "sea":
                return {"handling": [thing.handling]}
            case "leg":
                kinds = {"section": SectionLeg, "border": BorderLeg, "sea": SeaLeg, "terminal": TerminalLeg}
                return {name: thing if isinstance(thing, kind) else None for name, kind in kinds.items()}
            case "plan":
                self.sets_held, self.trains_at_most = [], MOST["count"]
                consist = ("code", "priority", "net_t", "teu", "wagons")
                words = {name: getattr(thing.consist, name) for name in consist}
                return {**words, "office": first_office(thing), "trains_at_most": "trains at most"}
            case "actor":
                kinds = {"room": Room, "pool": WagonSets, "vessel": Vessel}
                return {name: thing if isinstance(thing, kind) else None for name, kind in kinds.items()}
        return {}

    def crossing_with(self, side: object) -> object:
        """The crossing that a port is one side of."""
        crossings = self.layout.crossings.values()
        return next(sea for sea in crossings if any(port is side for port in sea.sides.values()))

    def mask(self, handlings: Iterable[str] | None) -> int:
        """Handlings as a set of bits; None: all."""
        if handlings is None:
            return -1
        new = sorted({*handlings} - {*self.handlings})
        self.handlings += new
        check_bounds("kinds of handling", np.array([len(self.handlings)]), 0, 62)
        return sum(1 << self.handlings.index(handling) for handling in handlings)

    def column(self, kind: str, values: NDArray[Any]) -> Span:
        """Add a column."""
        span = (self.lengths[kind], len(values))
        self.columns[kind].append(values)
        self.lengths[kind] += len(values)
        return span

    def reals(self, values: Sequence[float]) -> Span:
        """A column of numbers; one that is met again stands there once."""
        if id(values) not in self.spans:
            self.met.append(values)
            self.spans[id(values)] = self.column("reals", np.asarray(values, np.float64))
        return self.spans[id(values)]

    def wholes(self, values: Iterable[int]) -> Span:
        """A column of whole numbers."""
        return self.column("wholes", np.fromiter(values, np.int64))

    def rounds(self, rounds: Sequence[Sequence[int]]) -> tuple[int, ...]:
        """Numbers by train and round: where those of each train begin, and all of them."""
        self.trains_at_most = min(self.trains_at_most, len(rounds))
        lengths = np.fromiter(map(len, rounds), np.int64, len(rounds))
        check_bounds("rounds of a clearance", lengths, 0, MOST["code16"])
        first = self.column("wholes", np.concatenate([[0], np.cumsum(lengths)]))
        return (*first, *self.wholes(chain.from_iterable(rounds)))

    def block(self) -> bytearray:
        """All of it, with the place of each noun's records first."""
        wholes = np.concatenate([np.empty(0, np.int64), *self.columns["wholes"]])
        parts = [self.checked(noun, wholes) for noun in TERMS]
        parts += [np.concatenate([np.empty(0), *self.columns["reals"]]), wholes]
        ends = np.cumsum([16 * len(parts), *(part.nbytes for part in parts)])
        places = np.column_stack([ends[:-1], [len(part) for part in parts]]).astype(np.int64)
        return bytearray().join(part.view(np.uint8) for part in [places.ravel(), *parts])

    def checked(self, noun: str, wholes: NDArray[Any]) -> NDArray[Any]:
        """The records of a noun, each number within its bounds."""
        records = np.array(self.records[noun], record_dtype(noun))
        for name, kind in TERMS[noun].items():
            about, values = f"{name} of a {noun}", records[name]
            if kind[0] == "[":
                columns = [wholes[place : place + length] for place, length in values.tolist()]
                check_bounds(about, np.concatenate([wholes[:0], *columns]), 0, len(self.records[kind[1:-1]]) - 1)
            elif kind[0] in "*?":
                check_bounds(about, values, -(kind[0] == "?"), len(self.records[kind[1:]]) - 1)
            elif kind in MOST:
                check_bounds(about, values, 0, MOST[kind])
        return records


def place_of(sets: WagonSets, name: str) -> int:
    """The number of a place among those of a fleet."""
    return list(sets.waiting).index(name)


def border_words(leg: BorderLeg) -> dict[str, Any]:
    """What a border's station has, for a flow's trains."""
    station = leg.station
    return {
        "handover": station.handover.get("westbound" if leg.inbound else "eastbound"),
        "tracks": station.tracks,
        "declarants": station.customs.declarants,
        "officers": station.customs.officers,
        "inspectors": station.customs.inspectors,
        "engines": None if leg.shunting_h is None else station.engines,
        "crews": station.crews,
    }


def check_bounds(about: str, values: NDArray[Any], low: int, high: int) -> None:
    """Refuse numbers that the twin has no room for.

    Raises
    ------
    TooLargeError
        Naming the field, the number and the bounds.
    """
    outside = values[(values < low) | (values > high)]
    if len(outside):
        raise TooLargeError(f"{about}: {outside[0]} is not from {low} to {high}, what the compiled engine has room for")


def packed(layout: Layout, plans: list[Plan]) -> bytearray:
    """A world before its clock starts, as the twin reads it.

    Raises
    ------
    TooLargeError
        When it has more of something than the twin has room for.
    """
    packing, world = Packing(layout, plans), layout.world
    # From Python 3.12 on `sum` keeps what rounding takes.
    packing.records["run"] = [(world.clock.now, world.closing_h, sys.version_info >= (3, 12))]
    for noun, things in (("ban", layout.bans), ("crossing", layout.crossings), ("pool", layout.pools)):
        for thing in things.values():
            packing.tell(noun, thing)
    for crossing in layout.crossings.values():
        for side in crossing.sides.values():
            packing.tell("side", side)
    for plan in plans:
        packing.describe("plan", plan)
    for actor in world.clock.actors:
        packing.tell("actor", actor)
    tell_offers(packing)
    return packing.block()


def office_ahead(plan: Plan) -> BorderLeg | None:
    """The first office on a route, if papers of some of its trains may be handed in there before the journey."""
    office = first_office(plan)
    luck = None if office is None else office.papers
    clearances = () if luck is None or luck.clearance is None else (*luck.clearance.values, luck.otherwise)
    fallbacks = [clearance.fallback for clearance in clearances if isinstance(clearance, TezLuck)]
    papers = [paper for paper in (*clearances, *fallbacks) if isinstance(paper, PaperLuck)]
    return office if any(paper.lead_h > 0 for paper in papers) else None


def tell_offers(packing: Packing) -> None:
    """Tell of trains by number, of papers handed in and wagon sets ordered ahead of them, by hour."""
    plans = packing.plans
    hours, flows, indexes = offers_in_order(plans)
    numbers = np.arange(len(hours))
    papers, has_paper = [], np.zeros(len(hours), np.int64)
    for flow, plan in enumerate(plans):
        office = office_ahead(plan)
        for number in numbers[flows == flow].tolist() if office else ():
            paper = early_paper(office.papers, int(indexes[number]), float(hours[number])) if office else None
            if paper is not None:
                has_paper[number] = 1
                papers.append((hours[number] - paper.lead_h, number, packing.tell("clearance", paper)))
    ahead_h = np.array([plan.ordered_ahead_h for plan in plans])[flows]
    priorities = np.array([plan.consist.priority for plan in plans])[flows]
    orders = numbers[np.array([plan.ordering is not None for plan in plans])[flows]]
    orders = orders[np.lexsort((orders, priorities[orders], (hours - ahead_h)[orders]))]
    packing.records["offer"] = filled("offer", hours, flows, indexes, has_paper)
    packing.records["paper"] = sorted(papers)
    packing.records["order"] = filled("order", (hours - ahead_h)[orders], orders)


def filled(noun: str, *columns: NDArray[Any]) -> NDArray[Any]:
    """Records of a noun from its fields as columns."""
    records = np.empty(len(columns[0]), record_dtype(noun))
    for name, column in zip(TERMS[noun], columns, strict=True):
        records[name] = column
    return records
