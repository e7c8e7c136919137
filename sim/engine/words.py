"""A world of the model in the terms of the twin: what the model has under other names, and all of it packed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.engine.pack import LARGEST, Packing, Words, check_bounds
from sim.engine.terms import TERMS, record_dtype
from sim.model.border import WORKS, BorderLeg
from sim.model.customs import early_paper
from sim.model.papers import PaperLuck, TezLuck
from sim.model.railway import SectionLeg
from sim.model.resources import Desk, Room
from sim.model.routes import offers_in_order
from sim.model.sea import PortSide, SeaLeg, Vessel
from sim.model.simulate import first_office
from sim.model.terminal import TerminalLeg
from sim.model.wagons import WagonSets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from sim.engine.pack import Block
    from sim.model.coupling import Leaving, Taking
    from sim.model.layout import Layout
    from sim.model.papers import Clearance, CustomsLuck
    from sim.model.routes import Leg, Plan
    from sim.model.sea import Crossing

Fields = dict[str, Any]

TRIPS_AT_MOST = 4
"""Wagon sets that a train of the twin may have at a time."""


def desk_words(desk: Desk) -> Fields:
    """A desk before its first booking; the last of its changes never comes."""
    changes = desk.changes[:-1]
    rises = [rise for _, rise in changes]
    places = len(desk.free_h)
    hours = [hour for hour, _ in changes]
    return {"places": places, "places_at_most": places + sum(map(abs, rises)), "change_h": hours, "rise": rises}


def place_among(sets: WagonSets, name: str) -> int:
    """The number of a place in the order of the queues of a fleet."""
    return list(sets.waiting).index(name)


def pool_words(pool: WagonSets) -> Fields:
    """A fleet by the numbers of its places."""
    run_out_h = [pool.run_out_h.get(place, 0.0) for place in pool.waiting]
    return {"home": place_among(pool, pool.home), "places": len(run_out_h), "run_out_h": run_out_h}


def clearance_words(clearance: Clearance) -> Fields:
    """Either regime: on paper declarants key, by Tez they correct."""
    works = {"works_before_release": WORKS.index(clearance.works_before_release)}
    if isinstance(clearance, PaperLuck):
        return {**works, "is_tez": 0, "lodged_h": clearance.late_h, "outages": None, "fallback": None}
    hours = {"lodged_h": clearance.lodged_after_h, "keying_h": clearance.correction_h, "checking_h": None}
    return {**works, **hours, "is_tez": 1, "lead_h": 0.0}


def customs_words(papers: CustomsLuck) -> Fields:
    """Regimes by date, none where no declarations are needed."""
    dates = papers.clearance
    return {"regime_from_h": dates.from_h if dates else (), "regime": dates.values if dates else ()}


def border_words(leg: BorderLeg) -> Fields:
    """What a border's station has for the trains of a flow."""
    station, office = leg.station, leg.station.customs
    return {
        "handover": station.handover.get("westbound" if leg.inbound else "eastbound"),
        "declarants": office.declarants,
        "officers": office.officers,
        "inspectors": office.inspectors,
        "engines": None if leg.shunting_h is None else station.engines,
        "crews": station.crews,
    }


def leg_words(leg: Leg) -> Fields:
    """A leg by its kind."""
    kinds = {"section": SectionLeg, "border": BorderLeg, "sea": SeaLeg, "terminal": TerminalLeg}
    return {name: leg if isinstance(leg, kind) else None for name, kind in kinds.items()}


def actor_words(actor: object) -> Fields:
    """Whose story begins with the clock."""
    kinds = {"room": Room, "pool": WagonSets, "vessel": Vessel}
    return {name: actor if isinstance(actor, kind) else None for name, kind in kinds.items()}


class WorldPacking(Packing):
    """The packing of a world that is laid out and planned."""

    def __init__(self, layout: Layout, plans: list[Plan]) -> None:
        self.layout = layout
        self.plans = plans
        # Of the plan at hand: the sets that a train of it has at this leg.
        self.sets_held: list[WagonSets] = []
        words: Words = {
            "room": self.room_words,
            "depot": self.depot_words,
            "side": self.side_words,
            "vessel": self.vessel_words,
            "taking": self.taking_words,
            "leaving": self.leaving_words,
            "plan": self.plan_words,
            "desk": desk_words,
            "pool": pool_words,
            "clearance": clearance_words,
            "customs": customs_words,
            "border": border_words,
            "sea": lambda leg: {"handling": [leg.handling]},
            "leg": leg_words,
            "actor": actor_words,
        }
        super().__init__(words)

    def room_words(self, thing: Room) -> Fields:
        """The bans that watch a room, in the order in which they are told."""
        return {"bans": [ban for ban in self.layout.bans.values() for room in ban.rooms if room is thing]}

    def depot_words(self, depot: object) -> Fields:
        """The flows of empties that a depot fills."""
        return {"plans": [plan for plan in self.plans if plan.depot is depot]}

    def crossing_with(self, side: PortSide) -> Crossing:
        """The crossing that a port is one side of."""
        crossings = self.layout.crossings.values()
        return next(crossing for crossing in crossings if any(port is side for port in crossing.sides.values()))

    def side_words(self, side: PortSide) -> Fields:
        """The crossing of a port."""
        return {"crossing": self.crossing_with(side)}

    def vessel_words(self, vessel: Vessel) -> Fields:
        """A vessel's crossing, and its work at either port."""
        works = {"unloading": vessel.unloading_h, "loading": vessel.loading_h}
        ends = {"home": vessel.home.name, "away": vessel.away.name}
        cranes = {f"{work}_{end}_h": hours[port] for work, hours in works.items() for end, port in ends.items()}
        return {"crossing": self.crossing_with(vessel.home), **cranes}

    def taking_words(self, taking: Taking) -> Fields:
        """From here on a train has a set more."""
        self.sets_held.append(taking.sets)
        check_bounds("wagon sets of a train", np.array([len(self.sets_held)]), 0, TRIPS_AT_MOST)
        return {"at": place_among(taking.sets, taking.name)}

    def leaving_words(self, leaving: Leaving) -> Fields:
        """The oldest set is left."""
        sets = self.sets_held.pop(0)
        return {"sets": sets, "at": place_among(sets, leaving.name)}

    def plan_words(self, plan: Plan) -> Fields:
        """A flow: what its trains have in common; how many there may be is known when all columns are told."""
        self.sets_held, self.trains_at_most = [], LARGEST["count"]
        consist = {name: getattr(plan.consist, name) for name in ("code", "priority", "net_t", "teu", "wagons")}
        return {**consist, "office": first_office(plan), "trains_at_most": lambda: self.trains_at_most}

    def tell_offers(self) -> None:
        """Tell of trains by number, of papers handed in and wagon sets ordered ahead of them, by hour."""
        hours, flows, indexes = offers_in_order(self.plans)
        has_paper = np.zeros(len(hours), np.int64)
        papers = []
        for flow, plan in enumerate(self.plans):
            office = first_office(plan)
            if office is None or not papers_may_lead(office):
                continue
            for number in np.flatnonzero(flows == flow).tolist():
                paper = early_paper(office.papers, int(indexes[number]), float(hours[number]))
                if paper is not None:
                    has_paper[number] = 1
                    papers.append((hours[number] - paper.lead_h, number, self.tell("clearance", paper)))
        bookings = self.layout.world.bookings
        is_sent = np.ones(len(hours), np.int64) if bookings is None else bookings.goes[:-1]
        self.records["offer"] = records_of("offer", hours, flows, indexes, has_paper, is_sent)
        self.records["paper"] = sorted(papers)
        self.records["order"] = records_of("order", *self.orders_ahead(hours, flows))

    def orders_ahead(self, hours: NDArray[Any], flows: NDArray[Any]) -> Sequence[NDArray[Any]]:
        """Hours and numbers of trains that order a set ahead; at one hour by priority, then by number."""
        ahead_h = np.array([plan.ordered_ahead_h for plan in self.plans])[flows]
        priorities = np.array([plan.consist.priority for plan in self.plans])[flows]
        numbers = np.flatnonzero(np.array([plan.ordering is not None for plan in self.plans], bool)[flows])
        order_h = (hours - ahead_h)[numbers]
        order = np.lexsort((numbers, priorities[numbers], order_h))
        return order_h[order], numbers[order]


def papers_may_lead(office: BorderLeg) -> bool:
    """Whether papers of some train may be handed in at an office before the journey."""
    luck = office.papers
    clearances = [*(luck.clearance.values if luck.clearance else ()), luck.otherwise]
    clearances += [clearance.fallback for clearance in clearances if isinstance(clearance, TezLuck)]
    return any(isinstance(paper, PaperLuck) and paper.lead_h > 0 for paper in clearances)


def records_of(noun: str, *columns: NDArray[Any]) -> NDArray[Any]:
    """Records of a noun from its fields as columns."""
    records = np.empty(len(columns[0]), record_dtype(noun))
    for name, column in zip(TERMS[noun], columns, strict=True):
        records[name] = column
    return records


def pack_world(layout: Layout, plans: list[Plan]) -> Block:
    """A world before its clock starts, as the twin reads it.

    Raises
    ------
    TooLargeError
        When it has more of something than the twin has room for.
    """
    packing, world = WorldPacking(layout, plans), layout.world
    # From Python 3.12 on `sum` keeps what rounding takes.
    packing.records["run"] = [(world.clock.now, world.closing_h, sys.version_info >= (3, 12))]
    # Plans have the numbers of their order, whoever names one first.
    for plan in plans:
        packing.reserve("plan", plan)
    for ban in layout.bans.values():
        packing.tell("ban", ban)
    for pool in layout.pools.values():
        packing.tell("pool", pool)
    for crossing in layout.crossings.values():
        for side in crossing.sides.values():
            packing.tell("side", side)
    for plan in plans:
        packing.describe("plan", plan)
    for actor in world.clock.actors:
        packing.tell("actor", actor)
    packing.tell_offers()
    return packing.block()
