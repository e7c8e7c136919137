"""What a scenario states and no run of it reads: no mistake to refuse, and most likely not what was meant.

Required keys are not among it, for a file cannot leave them out; nor is what is switched off.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable, Iterator

from sim.scenario.checks.references import tables_by_date
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Tez
from sim.scenario.keys import Data, leaves
from sim.scenario.places import Border, Place, Sea, Section, Terminal
from sim.scenario.prices import Prices
from sim.scenario.problems import Complaint
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow, trains_by_month


def unused_complaints(scenario: Scenario, data: Data) -> list[Complaint]:
    """Everything stated in a sound scenario that has no effect on a run of it, and why not."""
    rules = (nameless, pools, flows, facilities, switches, unasked_prices, changes_out_of_time)
    return [*(complaint for rule in rules for complaint in rule(scenario)), *late_values(scenario, data)]


def late_values(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """Values that step on a date after the last day."""
    end = scenario.horizon.end.isoformat()
    for path, days in (table for leaf in leaves(data) for table in tables_by_date(*leaf)):
        for day in days:
            if day >= end:
                yield (*path, day), f"the horizon ends on {end}"


def nameless(scenario: Scenario) -> Iterator[Complaint]:
    """Tables that nothing names."""
    all_flows = scenario.flows.values()
    in_trains = {pool for train in scenario.trains.values() for pool in train.wagon_pools}
    names: dict[str, tuple[Collection[str | None], str]] = {
        "trains": ({flow.train for flow in all_flows}, "no flow has such trains"),
        "wagon_pools": (in_trains, "no train names it"),
        "regimes": (set(regimes_named(scenario)), "it clears no flow and no border"),
        "places": ({place for flow in all_flows for place in flow.route}, "it is on no route"),
        "indices": ({flow.index for flow in all_flows}, "no flow follows it"),
        "corridors": ({flow.corridor for flow in all_flows}, "no flow counts in it"),
    }
    for table, (names_used, why) in names.items():
        for name in getattr(scenario, table):
            if name not in names_used:
                yield (table, name), why


def regimes_named(scenario: Scenario) -> Iterator[str]:
    """The regimes that flows, borders and other regimes name."""
    for flow in scenario.flows.values():
        yield from (flow.regime or {}).values()
        yield from [flow.otherwise] if flow.otherwise else []
    for place in scenario.places.values():
        yield from (place.regime or {}).values() if isinstance(place, Border) else ()
    for regime in scenario.regimes.values():
        yield from [regime.outages.fallback] if isinstance(regime, Tez) and regime.outages else []


def pools(scenario: Scenario) -> Iterator[Complaint]:
    """Pools of which no train takes a set, and places at which no set is taken or left."""
    pools_taken: set[str] = set()
    stops: set[tuple[str, str]] = set()
    for name, flow in scenario.flows.items():
        for place, (pool_taken, pool_left) in zip(flow.route, wagon_exchanges(scenario, name), strict=True):
            pools_taken |= {pool_taken} if pool_taken else set()
            stage = scenario.places[place]
            names = stage.ports if isinstance(stage, Sea) else [place]
            stops |= {(pool, stop) for pool in (pool_taken, pool_left) if pool for stop in names}
    in_trains = {pool for train in scenario.trains.values() for pool in train.wagon_pools}
    for name, pool in scenario.wagon_pools.items():
        if name in in_trains and name not in pools_taken:
            why = "none that names it is loaded, lands or passes a border where it gives sets"
            yield ("wagon_pools", name), f"no train takes a set of it: {why}"
        elif name in pools_taken:
            for place in pool.empty_run_h:
                if (name, place) not in stops and place != pool.home:
                    yield ("wagon_pools", name, "empty_run_h", place), "no train takes or leaves a set of it there"
        if pool.repair_h.mean != 0 and pool.repair_share == 0:
            yield ("wagon_pools", name, "repair_h"), "no set is repaired: repair_share is 0"


def flows(scenario: Scenario) -> Iterator[Complaint]:
    """Flows without trains, and what flows state of borders that they do not come to."""
    for name, flow in scenario.flows.items():
        if not sends_trains(scenario, flow):
            yield ("flows", name), "it sends no train between the warm-up and the end"
        borders = [place for stop in flow.route if isinstance(place := scenario.places[stop], Border)]
        if flow.regime and not borders:
            yield ("flows", name, "regime"), "its route crosses no border"
        elif flow.regime and all(border.regime for border in borders):
            yield ("flows", name, "regime"), "every border on its route has a regime of its own"
        if flow.otherwise and min(flow.adoption_share.values()) == 1:
            yield ("flows", name, "otherwise"), "all trains use its regime: adoption_share is 1"


def sends_trains(scenario: Scenario, flow: Flow) -> bool:
    """Whether trains of a flow are expected in a run."""
    if flow.share_of is not None:
        return any(max(share.values()) > 0 for share in flow.share_of.values())
    index = None if flow.index is None else scenario.indices[flow.index]
    return math.fsum(trains_by_month(flow, scenario.trains[flow.train], scenario.calendar, index)) > 0


def facilities(scenario: Scenario) -> Iterator[Complaint]:
    """Facilities of borders and terminals that no train on a route comes to."""
    for name, place in scenario.places.items():
        passing = [flow for flow in scenario.flows.values() if name in flow.route]
        if not passing:
            continue
        if isinstance(place, Border):
            for handling, change in place.gauge_change.items():
                if not any(flow.direction in change.directions for flow in flows_worked(scenario, passing, handling)):
                    yield ("places", name, "gauge_change", handling), "it works no train that passes here"
        elif isinstance(place, Terminal):
            for handling in place.unloading:
                if not flows_worked(scenario, passing, handling):
                    yield ("places", name, "unloading", handling), "it works no train that comes here"


def flows_worked(scenario: Scenario, candidates: Iterable[Flow], handling: str) -> list[Flow]:
    """The flows whose trains a kind of facility works."""
    return [flow for flow in candidates if scenario.trains[flow.train].handling == handling]


def switches(scenario: Scenario) -> Iterator[Complaint]:
    """Optional keys of places that need what is not there."""
    for name, place in scenario.places.items():
        passing = [flow for flow in scenario.flows.values() if name in flow.route]
        directions = {flow.direction for flow in passing}
        if not passing:
            continue
        if isinstance(place, Border):
            for direction in ("westbound", "eastbound"):
                key = f"{direction}_handover_trains_per_day"
                if getattr(place, key) is not None and direction not in directions:
                    yield ("places", name, key), f"no flow passes {direction}"
            if place.time_zone and place.office_hours is None:
                yield ("places", name, "time_zone"), "no office_hours go by its clock"
            if place.regime and not any(flow.declarations_per_train for flow in passing):
                yield ("places", name, "regime"), "no train that passes has declarations"
        elif isinstance(place, Section) and place.single_track and len(directions) == 1:
            yield ("places", name, "single_track"), "trains of one direction only pass"
        elif isinstance(place, Sea):
            for vessel_name, vessel in place.vessels.items():
                where = ("places", name, "vessels", vessel_name)
                if not max(vessel.number.values()):
                    yield where, "there is no vessel of it"
                if vessel.departs_every_h is not None and "least_load_share" in vessel.model_fields_set:
                    yield (*where, "least_load_share"), "it sails by a timetable, full or not"


def unasked_prices(scenario: Scenario) -> Iterator[Complaint]:
    """Prices of kinds of place that no route has, and of single places on none."""
    prices = scenario.prices
    if prices is None:
        return
    stages = {place: scenario.places[place] for flow in scenario.flows.values() for place in flow.route}
    ports = {port for stage in stages.values() if isinstance(stage, Sea) for port in stage.ports}
    kinds = {str(stage.kind) for stage in stages.values()} | ({"port"} if ports else set())
    kinds |= {"gauge_change"} if any(changes_gauge(stage) for stage in stages.values()) else set()
    for key in Prices.model_fields.keys() - {"time", "places", "sources"}:
        if getattr(prices, key) is not None and key not in kinds:
            yield ("prices", key), "no route has such a place"
    for name in prices.places:
        if name not in stages and name not in ports:
            yield ("prices", "places", name), "it is on no route"


def changes_gauge(stage: Place) -> bool:
    """Whether a place is a border with gauge changes."""
    return isinstance(stage, Border) and bool(stage.gauge_change)


def changes_out_of_time(scenario: Scenario) -> Iterator[Complaint]:
    """Investments and disruptions that begin after the end, or end before the warm-up."""
    horizon = scenario.horizon
    first_day = horizon.start - dt.timedelta(days=horizon.warmup_days)
    for name, investment in scenario.investments.items():
        if investment.active and investment.opens >= horizon.end:
            yield ("investments", name, "opens"), f"the horizon ends on {horizon.end}"
    for name, disruption in scenario.disruptions.items():
        if disruption.active and disruption.start is not None and disruption.end is not None:
            if disruption.start >= horizon.end:
                yield ("disruptions", name, "start"), f"the horizon ends on {horizon.end}"
            elif disruption.end <= first_day:
                yield ("disruptions", name, "end"), f"the warm-up begins on {first_day}"
