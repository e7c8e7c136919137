"""What a scenario comes to by arithmetic, without a run: offered loads, free-flow times, what the chain can carry.

Means alone are reckoned with: no queue, no chance. A run cannot carry more than its chain, be quicker than free flow,
or use a capacity far from what is asked of it; where it seems to, one of the two is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.model.randomness import mean, quantile
from sim.model.traffic import cumulative_trains
from sim.scenario.calendar import Calendar, Steps
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.formalities import Paper, Tez
from sim.scenario.places import Border, Sea, Section, Terminal
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow, TrainType
from sim.scenario.values import Spread

HOURS_PER_DAY = 24.0
SHARES = (np.arange(2000) + 0.5) / 2000

LOADS = ("year", "place", "activity", "part", "flows", "offered", "capacity", "load", "trains_at_most")


@dataclass(frozen=True)
class Demand:
    """What is asked of one capacity: hours of it for a train of each flow, and the places there are, on average."""

    place: str
    activity: str
    part: str
    hours: dict[str, float]
    places: float


def yearly_trains(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Trains offered by year and flow, in expectation; a flow that is a share of others takes theirs away."""
    calendar = scenario.calendar
    years = calendar.years()
    own: dict[str, dict[str, float]] = {year: {} for year in years}
    for name, flow in scenario.flows.items():
        if flow.share_of is None:
            index = None if flow.index is None else scenario.indices[flow.index]
            hours, trains = cumulative_trains(flow, scenario.trains[flow.train], calendar, index)
            for year, (from_h, until_h) in years.items():
                own[year][name] = float(np.diff(np.interp([from_h, until_h], hours, trains))[0])
    whole = {year: dict(trains) for year, trains in own.items()}
    for name, flow in scenario.flows.items():
        for other, share in (flow.share_of or {}).items():
            for year, (from_h, until_h) in years.items():
                taken = whole[year][other] * average(calendar.steps(share), from_h, until_h)
                own[year][name] = own[year].get(name, 0.0) + taken
                own[year][other] -= taken
    return own


def average(steps: Steps[int] | Steps[float], from_h: float, until_h: float) -> float:
    """The mean of a step function between two hours."""
    spells = steps.spells(from_h, until_h)
    return sum((until - since) * value for since, until, value in spells) / (until_h - from_h)


def loads(scenario: Scenario) -> pd.DataFrame:
    """Offered load of every capacity by year, the heaviest first in each.

    Returns
    -------
    DataFrame
        Columns year, place, activity, part (a kind of train, a direction, a port; empty: the whole), flows (that use
        it), offered and capacity (hours of use a year), load (their ratio; above 1 a queue grows all year), and
        trains_at_most (trains of that mix in the year).
    """
    trains = yearly_trains(scenario)
    rows = []
    for year, window in scenario.calendar.years().items():
        for demand in demands(scenario, window):
            offered = sum(hours * trains[year].get(flow, 0.0) for flow, hours in demand.hours.items())
            capacity = demand.places * (window[1] - window[0])
            number = sum(trains[year].get(flow, 0.0) for flow in demand.hours)
            load = offered / capacity if capacity > 0 else np.inf if offered > 0 else 0.0
            most = number / load if load > 0 else np.inf
            words = (demand.place, demand.activity, demand.part, ", ".join(demand.hours))
            rows.append((year, *words, offered, capacity, load, most))
    table = pd.DataFrame(rows, columns=list(LOADS))
    return table.sort_values(["year", "load"], ascending=[True, False], kind="stable", ignore_index=True)


def demands(scenario: Scenario, window: tuple[float, float]) -> Iterator[Demand]:
    """What is asked of every capacity between two hours."""
    for name, place in scenario.places.items():
        passing = {each: flow for each, flow in scenario.flows.items() if name in flow.route}
        match place:
            case Border():
                yield from at_border(scenario, name, place, passing, window)
            case Section():
                yield from on_section(scenario.calendar, name, place, passing, window)
            case Sea():
                yield from at_sea(scenario, name, place, passing, window)
            case Terminal():
                for kind, work in place.unloading.items():
                    hours = dict.fromkeys(handled(scenario, passing, kind), mean(work.train_h))
                    tracks = average(scenario.calendar.steps(work.tracks), *window)
                    yield Demand(name, "terminal", kind, hours, tracks)
    for name, pool in scenario.wagon_pools.items():
        hours = {flow: cycle_h(scenario, flow, name, window) for flow in users(scenario, name)}
        yield Demand(name, "placing", "", hours, average(scenario.calendar.steps(pool.sets), *window))


def handled(scenario: Scenario, flows: dict[str, Flow], kind: str) -> list[str]:
    """The flows whose trains are of a kind."""
    return [name for name, flow in flows.items() if scenario.trains[flow.train].handling == kind]


def at_border(
    scenario: Scenario, name: str, border: Border, passing: dict[str, Flow], window: tuple[float, float]
) -> Iterator[Demand]:
    """Desks, inspectors, cranes, crews and handover of a border."""
    steps = scenario.calendar.steps
    desks = {"keying": border.declarant_teams, "checking": border.officer_teams}
    for activity, teams in desks.items():
        hours = {each: paper_h(scenario, flow, border, activity, window) for each, flow in passing.items()}
        yield Demand(name, activity, "", hours, average(steps(teams), *window) * open_share(border))
    inspection = border.inspection
    inspected_h = inspection.yellow_share * mean(inspection.yellow_h) + inspection.red_share * mean(inspection.red_h)
    yield Demand(name, "inspection", "", dict.fromkeys(passing, inspected_h), average(steps(inspection.teams), *window))
    for kind, change in border.gauge_change.items():
        worked = {each: flow for each, flow in passing.items() if flow.direction in change.directions}
        hours = dict.fromkeys(handled(scenario, worked, kind), mean(change.train_h))
        yield Demand(name, "gauge_change", kind, hours, average(steps(change.cranes), *window))
    crews = average(steps(border.forming.crews), *window)
    yield Demand(name, "forming", "", dict.fromkeys(passing, mean(border.forming.train_h)), crews)
    rates = {
        "westbound": border.westbound_handover_trains_per_day,
        "eastbound": border.eastbound_handover_trains_per_day,
    }
    for direction, rate in rates.items():
        if rate is not None:
            along = {each: HOURS_PER_DAY for each, flow in passing.items() if flow.direction == direction}
            yield Demand(name, "handover", direction, along, average(steps(rate), *window))


def open_share(border: Border) -> float:
    """Share of a week in which the paper desks work."""
    office = border.office_hours
    if office is None:
        return 1.0
    hours = (office.closes.hour - office.opens.hour) + (office.closes.minute - office.opens.minute) / 60
    return (hours if hours > 0 else hours + HOURS_PER_DAY) * len(office.weekdays) / (7 * HOURS_PER_DAY)


def paper_h(scenario: Scenario, flow: Flow, border: Border, activity: str, window: tuple[float, float]) -> float:
    """Hours of a desk that a train of a flow asks for on average, the rounds of wrong declarations included."""
    return sum(
        share
        * (regime.keying_h if activity == "keying" else regime.checking_h)
        * flow.declarations_per_train
        / (1 - regime.wrong_share)
        for share, regime in regimes_of(scenario, flow, border, window)
        if isinstance(regime, Paper)
    )


def regimes_of(
    scenario: Scenario, flow: Flow, border: Border, window: tuple[float, float]
) -> list[tuple[float, Paper | Tez]]:
    """The regimes of a flow at a border between two hours, each with its share of the trains; outages fall back."""
    if flow.regime is None:
        return []
    calendar, length = scenario.calendar, window[1] - window[0]
    regime, otherwise = (flow.regime, flow.otherwise) if border.regime is None else (border.regime, None)
    adopted = 1.0 if otherwise is None else average(calendar.steps(flow.adoption_share), *window)
    spells = calendar.steps(regime).spells(*window)
    shares = [(adopted * (until - since) / length, scenario.regimes[name]) for since, until, name in spells]
    if otherwise is not None:
        shares.append((1 - adopted, scenario.regimes[otherwise]))
    fallen = []
    for share, each in shares:
        outages = each.outages if isinstance(each, Tez) else None
        down = 0.0 if outages is None else average(calendar.steps(outages.down_share), *window)
        fallen.append((share * (1 - down), each))
        if outages is not None:
            fallen.append((share * down, scenario.regimes[outages.fallback]))
    return fallen


def on_section(
    calendar: Calendar, name: str, section: Section, passing: dict[str, Flow], window: tuple[float, float]
) -> Iterator[Demand]:
    """Paths of a section by direction; a single track has twice those of one for both."""
    rate = average(calendar.steps(section.paths_per_day), *window)
    if section.single_track:
        yield Demand(name, "running", "both directions", dict.fromkeys(passing, HOURS_PER_DAY), 2 * rate)
        return
    for direction in ("westbound", "eastbound"):
        along = {each: HOURS_PER_DAY for each, flow in passing.items() if flow.direction == direction}
        yield Demand(name, "running", direction, along, rate)


def at_sea(
    scenario: Scenario, name: str, sea: Sea, passing: dict[str, Flow], window: tuple[float, float]
) -> Iterator[Demand]:
    """Port tracks, cranes, and vessels by direction, whose voyages are full and wait for nothing but wind."""
    steps = scenario.calendar.steps
    units = {each: units_of(sea, scenario.trains[flow.train]) for each, flow in passing.items()}
    for port, side in sea.ports.items():
        yield Demand(
            name, "port_track", port, dict.fromkeys(passing, mean(side.train_h)), average(steps(side.tracks), *window)
        )
        crane_h = {each: number * mean(side.crane_h_per_100) / 100 for each, number in units.items()}
        yield Demand(name, "crane", port, crane_h, average(steps(side.cranes), *window))
    fair = 1.0 if sea.wind is None else 1 - average(steps(sea.wind.closed_share), *window)
    carried = sum(
        average(steps(vessel.number), *window) * hourly(sea, vessel, average(steps(vessel.load_factor), *window))
        for vessel in sea.vessels.values()
    )
    for direction in ("westbound", "eastbound"):
        along = {each: units[each] for each, flow in passing.items() if flow.direction == direction}
        yield Demand(name, "vessels", direction, along, carried * fair)


def units_of(sea: Sea, train: TrainType) -> float:
    """Units of a train's cargo that a crossing carries."""
    return {"teu": float(train.teu), "wagons": float(train.wagons), "t": train.net_t}[sea.carries]


def hourly(sea: Sea, vessel: object, factor: float) -> float:
    """Units an hour one way of a vessel that sails there full and back empty, worked by one crane."""
    capacity = factor * max(getattr(vessel, f"capacity_{sea.carries}") or 0.0, 0.0)
    worked_h = capacity * sum(mean(port.crane_h_per_100) for port in sea.ports.values()) / 100
    return capacity / (2 * mean(sea.sailing_h) + worked_h) if capacity else 0.0


def users(scenario: Scenario, pool: str) -> list[str]:
    """The flows whose trains take sets of a pool."""
    return [name for name in scenario.flows if any(takes == pool for takes, _ in wagon_exchanges(scenario, name))]


def cycle_h(scenario: Scenario, name: str, pool: str, window: tuple[float, float]) -> float:
    """Hours for which a train of a flow binds a set of a pool at least: placing, loaded run, empty run, repair."""
    described, flow = scenario.wagon_pools[pool], scenario.flows[name]
    hours, held = 0.0, False
    for place, (takes, leaves) in zip(flow.route, wagon_exchanges(scenario, name), strict=True):
        if held or leaves == pool or takes == pool:
            hours += 0.0 if isinstance(scenario.places[place], Border | Sea) else place_h(scenario, flow, place, window)
        if leaves == pool and place in described.empty_run_h:
            hours += mean(described.empty_run_h[place])
        if takes == pool:
            hours += mean(described.placing_h) + described.repair_share * mean(described.repair_h)
        held = (held and leaves != pool) or takes == pool
    return hours


def place_h(scenario: Scenario, flow: Flow, name: str, window: tuple[float, float]) -> float:
    """Least mean hours of a train of a flow at a place, with no queue."""
    place, train = scenario.places[name], scenario.trains[flow.train]
    match place:
        case Section():
            return HOURS_PER_DAY * place.length_km * reciprocal(place.speed_km_per_day)
        case Terminal():
            return mean(place.unloading[train.handling].train_h)
        case Sea():
            return sum(port_h(place, port, train) for port in place.ports) + mean(place.sailing_h)
        case Border():
            return border_h(scenario, flow, place, window)


def port_h(sea: Sea, name: str, train: TrainType) -> float:
    """Least mean hours of a train's cargo at one port of a crossing: the work on the train, and that of one crane."""
    port = sea.ports[name]
    return mean(port.train_h) + units_of(sea, train) * mean(port.crane_h_per_100) / 100


def border_h(scenario: Scenario, flow: Flow, border: Border, window: tuple[float, float]) -> float:
    """Least mean hours at a border: papers before or beside the gauge change, as the regime says, then forming."""
    change = border.gauge_change.get(scenario.trains[flow.train].handling)
    here = change is not None and flow.direction in change.directions
    change_h = mean(change.train_h) if change is not None and here else 0.0
    cleared = []
    for share, regime in regimes_of(scenario, flow, border, window):
        if isinstance(regime, Tez):
            papers_h = mean(regime.release_h) + regime.wrong_share * mean(regime.correction_h)
        else:
            papers_h = flow.declarations_per_train * (regime.keying_h + regime.checking_h) if not regime.lead_h else 0.0
        whole_h = max(papers_h, change_h) if regime.beside_gauge_change else papers_h + change_h
        cleared.append(share * whole_h)
    return (sum(cleared) if cleared else change_h) + mean(border.forming.train_h)


def reciprocal(spread: Spread) -> float:
    """Mean of one over a quantity, over its quantiles."""
    return float((1 / quantile(spread, SHARES)).mean())


def free_flow(scenario: Scenario) -> pd.DataFrame:
    """Least mean transit and most trains of every flow by year.

    Returns
    -------
    DataFrame
        Columns year, flow, offered_trains, free_flow_h (with no queue; the wait for cargo to fill a vessel, for a set's
        placing and for wind left out), trains_at_most, mt_at_most (what the narrowest capacity of its route would carry
        if the mix of trains there stayed as it is) and narrowest (that capacity).
    """
    trains, table = yearly_trains(scenario), loads(scenario)
    rows = []
    for year, window in scenario.calendar.years().items():
        now = table[table["year"] == year]
        for name, flow in scenario.flows.items():
            hours = sum(place_h(scenario, flow, place, window) for place in flow.route)
            used = now[[name in flows.split(", ") for flows in now["flows"]]]
            used = used[used["load"] > 0]
            worst = used.iloc[0] if len(used) else None
            offered = trains[year].get(name, 0.0)
            most = np.inf if worst is None else offered / worst["load"]
            narrowest = (
                "" if worst is None else " ".join(str(worst[key]) for key in ("place", "activity", "part")).strip()
            )
            net_mt = scenario.trains[flow.train].net_t / 1e6
            rows.append((year, name, offered, hours, most, most * net_mt, narrowest))
    heads = ["year", "flow", "offered_trains", "free_flow_h", "trains_at_most", "mt_at_most", "narrowest"]
    return pd.DataFrame(rows, columns=heads)
