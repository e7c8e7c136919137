"""What a scenario states and no run of it reads: no mistake to refuse, and most likely not what was meant.

Required keys are not among it, for a file cannot leave them out; nor is what is switched off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping

from sim.scenario.checks.bounds import spells_expected
from sim.scenario.checks.idle_changes import has_work, idle_experiments, may_change, of_no_share, planned_changes
from sim.scenario.checks.idle_volumes import volumes
from sim.scenario.checks.markets import idle_markets, indices_of_markets
from sim.scenario.checks.references import tables_by_date
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.facilities import GaugeChange
from sim.scenario.formalities import Tez
from sim.scenario.keys import Data, leaves
from sim.scenario.meaning import covered_figures, has_trains
from sim.scenario.places import Border, Place, Sea, Section, Terminal, ports_along
from sim.scenario.positions import KeyPath
from sim.scenario.prices import Priced, Prices
from sim.scenario.problems import Complaint, shown
from sim.scenario.schema import Scenario
from sim.scenario.traffic import VOLUMES, Flow, WagonPool

STATED_BY_CHOICE = ("repair_h", "closure_h", "closure_cv", "month_weights", "outage_h")
"""What a file may leave out, or whose table it may."""

SELDOM = 1e-3
"""Spells a run, below which a study of many replications sees none."""


def unused_complaints(scenario: Scenario, data: Data, has_own_days: bool = True) -> list[Complaint]:
    """Everything stated in a sound scenario that has no effect on a run of it, and why not.

    Of days that are not those of its file, what lies out of them is no mistake of the file, and is left out.
    """
    rules = (nameless, idle_markets, pools, flows, facilities, switches, vessels, unasked_prices)
    complaints = [complaint for rule in rules for complaint in rule(scenario)]
    if has_own_days:
        complaints += [*volumes(scenario), *changes_out_of_time(scenario), *values_out_of_time(scenario, data)]
    complaints += [(path, why) for path, why in of_no_share(scenario, data) if path[-1] in STATED_BY_CHOICE]
    return [*complaints, *idle_experiments(scenario, data, [path for path, _ in complaints])]


def values_out_of_time(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """Values that step on a date after the last day, or that gave way to others before the first."""
    horizon = scenario.horizon
    first_day = (horizon.start - dt.timedelta(days=horizon.warmup_days)).isoformat()
    for path, days in (table for leaf in leaves(data) for table in tables_by_date(*leaf)):
        for day in days:
            if day >= horizon.end.isoformat():
                yield (*path, day), f"the horizon ends on {horizon.end}"
            elif any(day < later <= first_day for later in days):
                yield (*path, day), f"another value takes its place before the warm-up begins on {first_day}"


def nameless(scenario: Scenario) -> Iterator[Complaint]:
    """Tables that nothing names."""
    all_flows = scenario.flows.values()
    in_trains = {pool for train in scenario.trains.values() for pool in train.wagon_pools}
    names: dict[str, tuple[Collection[str | None], str]] = {
        "trains": ({flow.train for flow in all_flows}, "no flow has such trains"),
        "wagon_pools": (in_trains, "no train names it"),
        "regimes": (set(regimes_named(scenario)), "it clears no flow and no border"),
        "places": ({place for flow in all_flows for place in flow.route}, "it is on no route"),
        "indices": ({*(flow.index for flow in all_flows), *indices_of_markets(scenario)}, "no flow follows it"),
        "corridors": ({flow.corridor for flow in all_flows}, "no flow counts in it"),
    }
    flow_name, flow = next(iter(scenario.flows.items()))
    example = f"; that of {shown(flow_name)} is {', '.join(flow.route)}"
    for table, (names_used, why) in names.items():
        for name in getattr(scenario, table):
            if name not in names_used:
                yield (table, name), why + (example if table == "places" else "")


def regimes_named(scenario: Scenario) -> Iterator[str]:
    """The regimes that flows, borders and other regimes name."""
    for flow in scenario.flows.values():
        yield from (flow.regime or {}).values()
        yield from [flow.otherwise] if flow.otherwise else []
    for place in scenario.places.values():
        yield from (place.regime or {}).values() if isinstance(place, Border) else ()
    for regime in scenario.regimes.values():
        yield from [regime.outages.fallback] if isinstance(regime, Tez) and regime.outages else []
    yield from (value for *_, values in planned_changes(scenario) for value in values if isinstance(value, str))


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
    yield from idle_orders(scenario)
    in_trains = {pool for train in scenario.trains.values() for pool in train.wagon_pools}
    for name, pool in scenario.wagon_pools.items():
        if name in in_trains and name not in pools_taken:
            yield ("wagon_pools", name), f"no train takes a set of it: {where_it_misses(scenario, name, pool)}"
        elif name in pools_taken:
            for place in pool.empty_run_h:
                if (name, place) not in stops and place != pool.home:
                    yield ("wagon_pools", name, "empty_run_h", place), "no train takes or leaves a set of it there"
        is_momentary = pool.repair_h.mean == 0 and not may_change(scenario, ("wagon_pools", name, "repair_h"))
        if is_momentary and pool.repair_share > 0:
            yield ("wagon_pools", name, "repair_share"), "a repair takes no time: repair_h is 0"


def idle_orders(scenario: Scenario) -> Iterator[Complaint]:
    """Types of train whose sets are ordered ahead, and which take none at a border."""
    takes_at_border = {
        flow.train
        for name, flow in scenario.flows.items()
        for place, (takes, _) in zip(flow.route, wagon_exchanges(scenario, name), strict=True)
        if takes and isinstance(scenario.places[place], Border)
    }
    for name, train in scenario.trains.items():
        if train.ordered_ahead_h and name not in takes_at_border:
            yield ("trains", name, "ordered_ahead_h"), "no train of it takes a wagon set at a border"


def where_it_misses(scenario: Scenario, name: str, pool: WagonPool) -> str:
    """Where a pool gives sets, and where the trains that name it could take one, which is elsewhere."""
    stops: list[str] = []
    for flow in scenario.flows.values():
        for position, stop in enumerate(flow.route if name in scenario.trains[flow.train].wagon_pools else ()):
            match scenario.places[stop]:
                case Sea() as sea:
                    stops.append(ports_along(sea, flow.direction)[1])
                case Border() | Terminal() if position == 0 or position < len(flow.route) - 1:
                    stops.append(stop)
    beside = [stop for stop in pool.empty_run_h if stop != pool.home]
    gives = f"its home is {pool.home}" + (f", it serves {', '.join(beside)}" if beside else "")
    wants = f"could take one at {', '.join(dict.fromkeys(stops))}" if stops else "belong to no flow"
    return f"{gives}, and the trains that name it {wants}"


def flows(scenario: Scenario) -> Iterator[Complaint]:
    """Flows without trains, what flows state of borders that they do not come to, and bans that hold none."""
    idle = [name for name in scenario.flows if not may_have_trains(scenario, name)]
    for name, flow in scenario.flows.items():
        if name in idle:
            yield ("flows", name), "it sends no train between the warm-up and the end"
        borders = [place for stop in flow.route if isinstance(place := scenario.places[stop], Border)]
        for key in flow.model_fields_set & {"regime", "otherwise", "adoption_share"}:
            if not borders:
                yield ("flows", name, key), "its route crosses no border"
            elif all(border.regime for border in borders):
                yield ("flows", name, key), "every border on its route has a regime of its own"
            elif key == "otherwise" and is_alone(scenario, name, flow):
                yield ("flows", name, key), "all trains use its regime: adoption_share is 1"
        why = "boxes fill them" if flow.empties_of else "those of the other flow would"
        for key in flow.model_fields_set & {"month_weights", "departures_cv"} if flow.sources_by_share else ():
            yield ("flows", name, key), f"its trains leave when {why}"
    for name, ban in scenario.bans.items():
        if set(ban.flows) <= {*idle}:
            yield ("bans", name), "none of its flows sends a train"


def is_alone(scenario: Scenario, name: str, flow: Flow) -> bool:
    """Whether all trains of a flow use its regime, and no change is planned that would leave some to another."""
    return min(flow.adoption_share.values()) == 1 and not may_change(scenario, ("flows", name, "adoption_share"))


def may_have_trains(scenario: Scenario, name: str) -> bool:
    """Whether trains of a flow are expected in a run, or would be if something that may change did."""
    flow = scenario.flows[name]
    return (
        has_trains(scenario, name)
        or any(may_change(scenario, ("flows", name, key)) for key in VOLUMES)
        or any(
            may_have_trains(scenario, source) for source in flow.sources_by_share if not has_trains(scenario, source)
        )
    )


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
            for direction, tracks in (("westbound", "receiving_tracks"), ("eastbound", "eastbound_receiving_tracks")):
                key = f"{direction}_handover_trains_per_day"
                if getattr(place, key) is not None and direction not in directions:
                    yield ("places", name, key), f"no flow passes {direction}"
                if place.eastbound_receiving_tracks is not None and direction not in directions:
                    yield ("places", name, tracks), f"no flow passes {direction}"
            yield from idle_facilities(scenario, name, place)
            if place.time_zone and place.office_hours is None:
                yield ("places", name, "time_zone"), "no office_hours go by its clock"
            if place.office_hours and not has_work(scenario, name, place, "declarant_teams"):
                yield ("places", name, "office_hours"), "no declaration is cleared on paper, or corrected, here"
            if place.regime and not any(flow.declarations_per_train for flow in passing):
                yield ("places", name, "regime"), "no train that passes has declarations"
        elif isinstance(place, Section) and place.single_track and len(directions) == 1:
            yield ("places", name, "single_track"), "trains of one direction only pass"


def idle_facilities(scenario: Scenario, name: str, border: Border) -> Iterator[Complaint]:
    """Engines and locomotives of a border that no train there needs."""
    passing = {key: flow for key, flow in scenario.flows.items() if name in flow.route}
    placed = (
        dict(zip(flow.route, wagon_exchanges(scenario, key), strict=True))[name][0] is not None
        or any(flow.direction in change.directions for change in changes_for(scenario, border, flow))
        for key, flow in passing.items()
    )
    if border.shunting and not any(placed):
        yield ("places", name, "shunting"), "no train that passes here takes a wagon set or has its gauge changed"
    directions = {flow.direction for flow in passing.values()}
    # Abandoned trains are brought in by the same locomotives, whichever way they run.
    if border.departure and not border.abandonment and directions.isdisjoint(border.departure.directions):
        yield ("places", name, "departure"), "no train leaves in a direction that it serves"


def changes_for(scenario: Scenario, border: Border, flow: Flow) -> list[GaugeChange]:
    """The facility of a border that works the trains of a flow, if there is one."""
    change = border.gauge_change.get(scenario.trains[flow.train].handling)
    return [] if change is None else [change]


def vessels(scenario: Scenario) -> Iterator[Complaint]:
    """Vessels that are not there, what a timetable leaves aside, and closures that do not come."""
    for name, sea in scenario.places.items():
        if not isinstance(sea, Sea) or not any(name in flow.route for flow in scenario.flows.values()):
            continue
        for vessel_name, vessel in sea.vessels.items():
            where = ("places", name, "vessels", vessel_name)
            if not max(vessel.number.values()) and not may_change(scenario, (*where, "number")):
                yield where, "there is no vessel of it"
            passing = [flow for flow in scenario.flows.values() if name in flow.route]
            if vessel.takes and not any(flows_worked(scenario, passing, handling) for handling in vessel.takes):
                yield (*where, "takes"), "no train that crosses here is handled so"
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
    charges = {key: getattr(prices, key) for key in Prices.model_fields.keys() - {"time", "places", "sources"}}
    for key, charge in charges.items():
        if charge is not None and key not in kinds:
            yield ("prices", key), "no route has such a place"
        elif charge is not None and key != "gauge_change" and charged_alone(key, stages, ports) <= prices.places.keys():
            yield ("prices", key), "every such place on a route has a price of its own"
    without_teu = not any(scenario.trains[flow.train].teu for flow in scenario.flows.values())
    tables: list[tuple[KeyPath, Priced | None]] = [((key,), charge) for key, charge in charges.items()]
    tables += [(("time",), prices.time), *((("places", name), charge) for name, charge in prices.places.items())]
    for path, charge in tables if without_teu else ():
        for key in sorted(charge.model_fields_set) if charge is not None else ():
            if key.startswith("usd_per_teu"):
                yield ("prices", *path, key), "no train carries TEU"
    for name in prices.places:
        if name not in stages and name not in ports:
            yield ("prices", "places", name), "it is on no route"


def charged_alone(kind: str, stages: Mapping[str, Place], ports: Collection[str]) -> set[str]:
    """The places, or ports, on routes that a charge by kind is for."""
    return set(ports) if kind == "port" else {name for name, stage in stages.items() if stage.kind == kind}


def changes_gauge(stage: Place) -> bool:
    """Whether a place is a border with gauge changes."""
    return isinstance(stage, Border) and bool(stage.gauge_change)


def changes_out_of_time(scenario: Scenario) -> Iterator[Complaint]:
    """Investments, disruptions and published figures of days that no run has."""
    horizon = scenario.horizon
    first_day = horizon.start - dt.timedelta(days=horizon.warmup_days)
    late, early = f"the horizon ends on {horizon.end}", f"the warm-up begins on {first_day}"
    for name, investment in scenario.investments.items():
        if investment.active and investment.opens >= horizon.end:
            yield ("investments", name, "opens"), late
    for name, disruption in scenario.disruptions.items():
        if disruption.start is None or disruption.end is None:
            if not set(disruption.months) & {month for _, month, _ in scenario.calendar.months()[:-1]}:
                yield ("disruptions", name, "months"), "no day of a run lies in one"
            elif disruption.active and spells_expected(disruption, scenario.calendar) < SELDOM:
                yield ("disruptions", name, "per_year"), "it comes less than once in a thousand runs"
            continue
        if "months" in disruption.model_fields_set:
            yield ("disruptions", name, "months"), "its days are stated: start and end"
        if disruption.active and disruption.start >= horizon.end:
            yield ("disruptions", name, "start"), late
        elif disruption.active and disruption.end <= first_day:
            yield ("disruptions", name, "end"), early
    for name in scenario.published.keys() - covered_figures(scenario).keys():
        yield ("published", name), f"the horizon does not cover its days: it is {horizon.start} to {horizon.end}"
