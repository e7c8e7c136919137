"""Flows made ready: departures, and for every place of a route the luck of each train there."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, assert_never

import numpy as np

from sim.model.border import BorderLeg
from sim.model.coupling import Leaving, Taking
from sim.model.departure import Traction
from sim.model.empties import BoxesBack, Depot
from sim.model.market import open_bookings, that_may_go
from sim.model.papers import Clearance, CustomsLuck, PaperLuck, channels, paper_luck, tez_luck
from sim.model.railway import SectionLeg, section_leg
from sim.model.randomness import column
from sim.model.resources import NEVER, Room
from sim.model.sea import SeaLeg
from sim.model.terminal import TerminalLeg
from sim.model.traffic import offers
from sim.model.world import Consist
from sim.scenario.calendar import HOURS_PER_DAY, Steps
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Paper, Tez
from sim.scenario.places import Border, Sea, Section, Terminal, ports_along

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sim.model.bans import ConventionBan
    from sim.model.layout import Layout
    from sim.model.randomness import Floats, Luck
    from sim.model.traffic import IntArray, OffersByFlow
    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Flow, TrainType

Leg: TypeAlias = SectionLeg | BorderLeg | SeaLeg | TerminalLeg


@dataclass(frozen=True)
class Plan:
    """A flow made ready: its trains by their index, when they are offered (hours, in order), the legs they travel.

    `limit` is the agreed number under way, `bans` are those that may hold its trains, which go another way once they
    were held for `patience_h`. Boxes that its trains deliver go
    `back`, as far as they do; trains of empties are filled by a `depot`, and not known by hour before.
    """

    consist: Consist
    indexes: IntArray
    offered_h: Floats
    legs: list[Leg]
    limit: Room | None
    bans: list[ConventionBan]
    back: list[BoxesBack]
    depot: Depot | None
    ordered_ahead_h: float
    patience_h: float

    @property
    def ordering(self) -> Taking | None:
        """The taking of the first border, where its trains' sets are ordered ahead; None: they are not."""
        takings = (leg.taking for leg in self.legs if isinstance(leg, BorderLeg) and leg.taking is not None)
        return next(takings, None) if self.ordered_ahead_h > 0 else None


@dataclass(frozen=True)
class Travellers:
    """The trains of one flow, for drawing their luck at a place."""

    scenario: Scenario
    layout: Layout
    name: str
    flow: Flow
    train: TrainType
    size: int
    luck: Luck

    def taking(self, place: str, pool: str | None) -> Taking | None:
        """The taking of sets of a pool at a place."""
        if pool is None:
            return None
        placing_h = self.luck.draw(self.scenario.wagon_pools[pool].placing_h, self.size, self.name, place, "placing")
        return Taking(self.layout.pools[pool], place, placing_h)

    def leaving(self, place: str, pool: str | None) -> Leaving | None:
        """The leaving of sets of a pool at a place; a share of them goes through the repair shop on the way home."""
        if pool is None:
            return None
        fleet = self.scenario.wagon_pools[pool]
        run_h = self.luck.draw(fleet.empty_run_h[place], self.size, self.name, place, "empty run")
        in_shop_h = array("d", [0.0]) * self.size
        if fleet.repair_share > 0:
            to_repair = self.luck.stream(self.name, place, "repair").random(self.size) < fleet.repair_share
            repair_h = np.asarray(self.luck.draw(fleet.repair_h, self.size, self.name, place, "repair time"))
            in_shop_h = column(np.where(to_repair, repair_h, 0.0))
        return Leaving(place, run_h, in_shop_h)

    def boxes_back(self, taker: str) -> BoxesBack:
        """The boxes of these trains that another flow brings back."""
        flow = self.scenario.flows[taker]
        share = self.scenario.calendar.steps(flow.sources_by_share[self.name])
        return BoxesBack(
            self.layout.depots[taker], share, self.luck.draw(flow.turn_h, self.size, taker, self.name, "turn")
        )


def plan_flows(scenario: Scenario, layout: Layout) -> list[Plan]:
    """Draw the departures of every flow and all luck of its trains, and book what goes, before the clock starts."""
    world = layout.world
    potential_by_flow, offers_by_flow = that_may_go(scenario, world.luck, offers(scenario, world.luck))
    plans = []
    codes = {name: code for code, name in enumerate(scenario.flows)}
    for name, flow in sorted(scenario.flows.items()):
        train = scenario.trains[flow.train]
        indexes, offered_h = offers_by_flow[name]
        consist = Consist(codes[name], train.priority, flow.cargo_t(train), train.teu, train.wagons)
        # Luck goes by index, past those that do not come or that another flow takes: the others stay as they were.
        size = int(indexes.max(initial=-1)) + 1
        luck = world.luck.of(indexes, size)
        if name in layout.depots:
            size, luck = most_filled(scenario, name, offers_by_flow), world.luck
        travellers = Travellers(scenario, layout, name, flow, train, size, luck)
        exchanges = wagon_exchanges(scenario, name)
        legs = [leg_at(travellers, place, *exchange) for place, exchange in zip(flow.route, exchanges, strict=True)]
        legs = [with_border_ahead(leg, after) for leg, after in zip(legs, [*legs[1:], None], strict=True)]
        limit = flow.most_trains_under_way
        room = None if limit is None else Room(layout.world.clock, scenario.calendar.steps(limit))
        bans = [layout.bans[ban] for ban, terms in sorted(scenario.bans.items()) if name in terms.flows]
        back = [
            travellers.boxes_back(taker) for taker in layout.depots if name in (scenario.flows[taker].empties_of or {})
        ]
        plans.append(
            Plan(
                consist,
                indexes,
                offered_h,
                legs,
                room,
                bans,
                back,
                layout.depots.get(name),
                train.ordered_ahead_h,
                patience_h(scenario, flow),
            )
        )
    world.bookings = open_bookings(scenario, potential_by_flow, world.ledger, *offers_in_order(plans))
    return plans


def patience_h(scenario: Scenario, flow: Flow) -> float:
    """Hours for which trains of a flow let themselves be held: the least of the markets that they are of."""
    sources = (scenario.flows[source] for source in flow.share_of or ())
    markets = [scenario.markets[of_market.market] for of_market in (flow, *sources) if of_market.market is not None]
    days = [market.patience_days for market in markets if market.patience_days is not None]
    return min(days) * HOURS_PER_DAY if days else NEVER


def offers_in_order(plans: list[Plan]) -> tuple[Floats, IntArray, IntArray]:
    """All trains by hour, then by priority, then by flow, as columns of `Offers`.

    Their numbers settle ties, whatever happens on the way.
    """
    # Equal hours stay in the order in which they come here; those of a flow come in order, and are only merged.
    codes = sorted(range(len(plans)), key=lambda code: plans[code].consist.priority)
    hours = np.concatenate([plans[code].offered_h for code in codes])
    flows = np.repeat(codes, [len(plans[code].offered_h) for code in codes])
    indexes = np.concatenate([plans[code].indexes for code in codes])
    order = np.argsort(hours, kind="stable")
    return hours[order], flows[order], indexes[order]


def most_filled(scenario: Scenario, name: str, offers_by_flow: OffersByFlow) -> int:
    """The most trains that boxes can fill for a flow of empties: of all offered, if each were delivered in time."""
    flow = scenario.flows[name]
    teu = sum(
        max(share.values()) * scenario.trains[scenario.flows[source].train].teu * len(offers_by_flow[source][0])
        for source, share in flow.sources_by_share.items()
    )
    # One more, for sums of parts may go a hair beyond the whole.
    return int(teu / scenario.trains[flow.train].teu) + 1


def with_border_ahead(leg: Leg, after: Leg | None) -> Leg:
    """A section that leads to a border at which trains are abandoned, with the locomotives of that border."""
    if isinstance(leg, SectionLeg) and isinstance(after, BorderLeg) and after.traction.abandoned_after_h < NEVER:
        return replace(leg, ahead=after.traction)
    return leg


def leg_at(travellers: Travellers, place: str, takes: str | None, leaves: str | None) -> Leg:
    """One place of the route, with the wagon pools of which sets are taken and left there."""
    description = travellers.scenario.places[place]
    match description:
        case Border():
            return border_leg(travellers, place, description, takes, leaves)
        case Section():
            line = travellers.layout.lines[place]
            names = (travellers.name, place)
            return section_leg(line, travellers.flow.direction, travellers.size, travellers.luck, *names)
        case Sea():
            return sea_leg(travellers, place, description, takes, leaves)
        case Terminal():
            return terminal_leg(travellers, place, description, takes, leaves)
        case _:
            assert_never(description)


def border_leg(travellers: Travellers, place: str, border: Border, takes: str | None, leaves: str | None) -> BorderLeg:
    """The luck of a flow's trains at a border."""
    luck, size, names = travellers.luck, travellers.size, (travellers.name, place)
    flow, station = travellers.flow, travellers.layout.stations[place]
    handling = travellers.train.handling
    change = border.gauge_change.get(handling)
    worked_here = change is not None and flow.direction in change.directions
    is_placed = takes is not None or worked_here
    channel, inspection_h = channels(border.inspection, size, luck, *names)
    return BorderLeg(
        place=station.place,
        station=station,
        inbound=flow.direction == "westbound",
        tracks=station.tracks[flow.direction],
        papers=customs_luck(travellers, place, border.regime, channel, inspection_h),
        shunting_h=luck.draw(border.shunting.train_h, size, *names, "shunting")
        if border.shunting is not None and is_placed
        else None,
        cranes=station.cranes[handling] if worked_here else None,
        gauge_change_h=luck.draw(change.train_h, size, *names, "gauge change")
        if change is not None and worked_here
        else None,
        forming_h=luck.draw(border.forming.train_h, size, *names, "forming"),
        taking=travellers.taking(place, takes),
        leaving=travellers.leaving(place, leaves),
        traction=traction_at(travellers, place, border),
    )


def traction_at(travellers: Travellers, place: str, border: Border) -> Traction:
    """The luck of a flow's trains with the locomotives of a border."""
    luck, size, names = travellers.luck, travellers.size, (travellers.name, place)
    departure, abandonment = border.departure, border.abandonment
    is_served = departure is not None and travellers.flow.direction in departure.directions
    return Traction(
        locomotives=travellers.layout.stations[place].locomotives,
        turn_h=luck.draw(departure.turn_h, size, *names, "locomotive") if departure is not None and is_served else None,
        abandoned_after_h=NEVER if abandonment is None else abandonment.after_h,
        restart_h=array("d") if abandonment is None else luck.draw(abandonment.restart_h, size, *names, "restart"),
    )


def customs_luck(
    travellers: Travellers,
    place: str,
    own: Mapping[dt.date, str] | None,
    channel: array[int],
    inspection_h: array[float],
) -> CustomsLuck:
    """The luck of a flow's trains with the customs of a border; the border's `own` regime goes before the flow's."""
    flow, calendar = travellers.flow, travellers.scenario.calendar
    regime, otherwise = (flow.regime, flow.otherwise) if own is None or flow.regime is None else (own, None)
    by_date = None if regime is None else calendar.steps(regime)
    names = (*(by_date.values if by_date else ()), *([otherwise] if otherwise else []))
    luck_by_regime = {name: clearance_luck(travellers, place, name) for name in names}
    return CustomsLuck(
        flow.declarations_per_train,
        None if by_date is None else Steps(by_date.from_h, tuple(luck_by_regime[name] for name in by_date.values)),
        None if otherwise is None else luck_by_regime[otherwise],
        calendar.steps(flow.adoption_share),
        column(travellers.luck.stream(travellers.name, "adoption").random(travellers.size)),
        channel,
        inspection_h,
    )


def clearance_luck(travellers: Travellers, place: str, name: str) -> Clearance:
    """The clearance of a flow's trains at a border under one regime."""
    regime = travellers.scenario.regimes[name]
    code, names = list(travellers.scenario.regimes).index(name), (travellers.name, place)
    declarations = travellers.flow.declarations_per_train
    match regime:
        case Paper():
            return paper_luck(regime, code, declarations, travellers.size, travellers.luck, *names)
        case Tez():
            fallback = None if regime.outages is None else clearance_luck(travellers, place, regime.outages.fallback)
            outages = travellers.layout.outages[name]
            paper = fallback if isinstance(fallback, PaperLuck) else None
            return tez_luck(regime, code, declarations, outages, paper, travellers.size, travellers.luck, *names)
        case _:
            assert_never(regime)


def sea_leg(travellers: Travellers, place: str, sea: Sea, takes: str | None, leaves: str | None) -> SeaLeg:
    """The luck of a flow's trains at a sea crossing, from the port they leave to the port they reach."""
    crossing = travellers.layout.crossings[place]
    near, far = ports_along(sea, travellers.flow.direction)
    train = travellers.train
    units = {"teu": float(train.teu), "wagons": float(train.wagons), "t": train.net_t}[sea.carries]
    names = (travellers.name, place)
    return SeaLeg(
        place=crossing.place,
        crossing=crossing,
        near=crossing.sides[near],
        far=crossing.sides[far],
        units=units,
        handling=train.handling,
        near_track_h=travellers.luck.draw(sea.ports[near].train_h, travellers.size, *names, near, "port track"),
        far_track_h=travellers.luck.draw(sea.ports[far].train_h, travellers.size, *names, far, "port track"),
        near_clearance_h=travellers.luck.draw(sea.ports[near].clearance_h, travellers.size, *names, near, "clearance"),
        far_clearance_h=travellers.luck.draw(sea.ports[far].clearance_h, travellers.size, *names, far, "clearance"),
        leaving=travellers.leaving(near, leaves),
        taking=travellers.taking(far, takes),
    )


def terminal_leg(
    travellers: Travellers, place: str, terminal: Terminal, takes: str | None, leaves: str | None
) -> TerminalLeg:
    """The luck of a flow's trains at a terminal."""
    handling = travellers.train.handling
    hours = terminal.unloading[handling].train_h
    return TerminalLeg(
        place=travellers.layout.world.ledger.names.places.index(place),
        tracks=travellers.layout.desks[place][handling],
        work_h=travellers.luck.draw(hours, travellers.size, travellers.name, place, "terminal work"),
        taking=travellers.taking(place, takes),
        leaving=travellers.leaving(place, leaves),
    )
