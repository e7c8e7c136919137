"""Numbers far from what railways, ports and customs know: sound, and most likely in another unit than was meant.

A doubt, and no refusal: a model may be asked about what nobody has yet seen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple

from sim.scenario.addresses import sums_in, weights_of
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.changes import by_date
from sim.scenario.checks.bounds import middle, trains_sent
from sim.scenario.checks.idle_changes import has_work, may_change
from sim.scenario.exchanges import wagon_exchanges
from sim.scenario.keys import Data, known_tables, leaves, model_of
from sim.scenario.meaning import covered_figures, has_trains, members
from sim.scenario.places import Border, Sea
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, shown
from sim.scenario.schema import Scenario
from sim.scenario.traffic import VOLUMES_BY_YEAR
from sim.scenario.values import is_number


class Usual(NamedTuple):
    """The usual range of a number, and what speaks for it; 0 is left alone, for it switches things off."""

    keys: str
    least: float
    most: float
    reason: str


USUAL = (
    Usual("Paper.keying_h Paper.checking_h", 0.005, 1, "a team keys or checks one in minutes, and these are hours"),
    Usual("Tez.correction_h", 0.05, 24, "a wrong declaration is corrected within a day, and these are hours"),
    Usual("Paper.release_h Paper.late_h Tez.release_h Tez.late_h", 0.05, 72, "papers take hours"),
    Usual("Paper.lead_h Tez.lead_h", 0.5, 240, "papers are handed in a day or some before the arrival"),
    Usual("Paper.wrong_share Tez.wrong_share", 0, 0.3, "few declarations in a hundred are wrong"),
    Usual("Outages.outage_h Wind.closure_h", 0.1, 720, "these are hours of one spell"),
    Usual("Inspection.yellow_h Inspection.red_h", 0.1, 96, "one train is inspected within days"),
    Usual(
        "GaugeChange.train_h Shunting.train_h Forming.train_h Unloading.train_h Port.train_h",
        *(0.1, 48, "a crew works one train within a shift or some"),
    ),
    Usual("Port.crane_h_per_100", 0.02, 50, "a crane moves 10 to 30 boxes an hour, of bulk hundreds of tonnes"),
    Usual("Departure.turn_h", 0.5, 72, "a locomotive is back within a day or two"),
    Usual("Abandonment.after_h", 1, 720, "a train that stands for a shift or some loses its locomotive"),
    Usual("Abandonment.restart_h", 0.1, 72, "a locomotive brings a train in within a day or two"),
    Usual("TrainType.ordered_ahead_h", 0.5, 720, "a set is ordered some days before, a month at the most"),
    Usual("WagonPool.group_sets", 1, 20, "a set is a train long: few of them run home together"),
    Usual("WagonPool.placing_h", 2, 96, "an ordered set stands ready within days, and these are hours"),
    Usual("WagonPool.empty_run_h", 12, 1440, "a set comes home within days or weeks, and these are hours"),
    Usual("WagonPool.repair_h", 1, 2160, "a repair takes days or weeks"),
    Usual("Port.clearance_h", 0.05, 720, "cargo is released within hours or days, in a bad port within weeks"),
    Usual("Flow.turn_h", 0.5, 2160, "boxes stand empty within days or weeks"),
    Usual("Ban.lead_h", 0.5, 720, "a call is heeded within days"),
    Usual("Disruption.lasts_days", 0.04, 366, "these are days of one spell"),
    Usual("Disruption.per_year", 0, 60, "spells that come every week are how things are"),
    Usual("Section.length_km", 0.1, 12_000, "the longest line there is, Moscow to Vladivostok, has 9,289 km"),
    Usual(
        "Section.speed_km_per_day", 200, 2400, "cargo makes 300 to 1,300 km a day; 2,400 are 100 km/h without a stop"
    ),
    Usual(
        "Section.paths_per_day Border.westbound_handover_trains_per_day Border.eastbound_handover_trains_per_day "
        "Ban.quota_trains_per_day Ban.catch_up_trains_per_day",
        *(0.1, 200, "a double track carries 200 trains a day and direction at the most"),
    ),
    Usual("Sea.distance_km", 1, 25_000, "no two ports lie farther apart"),
    Usual(
        "Border.receiving_tracks Border.eastbound_receiving_tracks",
        1,
        300,
        "the largest yards have some hundred tracks",
    ),
    Usual("VesselClass.capacity_teu", 10, 25_000, "the largest ship takes 24,000 TEU"),
    Usual("VesselClass.capacity_wagons", 5, 250, "the largest rail ferries take some hundred wagons"),
    Usual("VesselClass.capacity_t", 100, 400_000, "the largest ore carriers load 400,000 t"),
    Usual("VesselClass.patience_h", 0.5, 1440, "a vessel earns nothing at the quay"),
    Usual("VesselClass.departs_every_h", 0.5, 1440, "a timetable has more than six departures a year"),
    Usual("TrainType.wagons", 1, 250, "the longest trains have some 250 wagons"),
    Usual("TrainType.teu", 1, 500, "a train of 70 wagons carries 140 TEU"),
    Usual("TrainType.net_t", 50, 20_000, "trains carry 1,000 to 4,000 t, the heaviest ore trains 20,000"),
    Usual("Flow.trains_per_year", 0, 60_000, "60,000 are 164 trains a day"),
    Usual("Flow.teu_per_year", 0, 5_000_000, "all rail between China and Europe carries about 2 million TEU"),
    Usual("Flow.mt_per_year", 0, 300, "the busiest coal lines carry 450 Mt"),
    Usual("Flow.trains_per_month", 0, 5_000, "5,000 are 164 trains a day"),
    Usual("Flow.teu_per_month", 0, 420_000, "all rail between China and Europe carries about 170,000 TEU"),
    Usual("Flow.mt_per_month", 0, 25, "the busiest coal lines carry 38 Mt"),
    Usual("Market.teu_per_year", 0, 250_000_000, "all ports of the world together handle a thousand million TEU"),
    Usual("Market.mt_per_year", 0, 5000, "all grain of the world weighs about 2,800 Mt"),
    Usual(
        "Market.value_of_time_usd_per_teu_day Market.value_of_time_usd_per_t_day",
        *(0.05, 500, "a day of cargo is worth some thousandths of its value"),
    ),
    Usual("CorridorWay.expected_spread_days OtherWay.spread_days", 0.05, 60, "days vary by less than they are"),
    Usual("CorridorWay.beyond_days", 0.05, 60, "the end of a market lies within weeks of that of a route"),
    Usual("Market.patience_days", 1, 365, "a shipper waits for days, weeks or months"),
    Usual("Market.lag_months", 1, 24, "shippers learn within months"),
    Usual(
        "CorridorWay.price_usd_per_teu OtherWay.price_usd_per_teu", 50, 20_000, "a box goes round the world for less"
    ),
    Usual("CorridorWay.price_usd_per_t OtherWay.price_usd_per_t", 1, 1000, "a tonne goes round the world for less"),
    Usual("CorridorWay.expected_days OtherWay.days", 0.5, 200, "cargo is under way for days, weeks or a few months"),
    Usual("Flow.declarations_per_train", 0, 250, "a train has one declaration a container at the most"),
    Usual(
        "Horizon.warmup_days", 0, 366, "a corridor fills in weeks or months, and each replication runs all these days"
    ),
    Usual(
        "Paper.effort_cv Flow.departures_cv Wind.closure_cv OtherWay.price_cv",
        0,
        3,
        "3 is wilder than any service; 0.3 is usual",
    ),
)
"""Ranges by `Table.key`, wide enough for all that exists: what lies outside has another unit, or a digit too many."""

USUAL_BY_KEY = {key: usual for usual in USUAL for key in usual.keys.split()}
VARIED = Usual("cv", 0, 3, "0.1 to 1 is what is measured, and an exponential spread has 1")
LOADS = (("net_t", 120, "t", "60 to 80 t are usual"), ("teu", 6, "TEU", "2 to 4 are usual"))
"""What a train carries: most of it a wagon, and what is usual."""
MANY_TRAINS, TRAIN_KB = 500_000, 3.0
TRAIN_S = {"compiled": 1e-5, "simpy": 1e-4}
"""Trains of one run from which on its cost is told, and time and memory of one: the 163,000 of `2030_target` take 14 s
of a core on SimPy and 1.4 s compiled, measures included, and 0.4 GB."""
DAYS_LOADED = 30.0
"""More than a set is under way with its train, without the hours that its pool states: 10,000 km at a slow pace."""
SLOWEST_KM_PER_H, FASTEST_KM_PER_H = 3.0, 80.0
NEEDED = (
    "sets",
    "cranes",
    "crews",
    "tracks",
    "receiving_tracks",
    "eastbound_receiving_tracks",
    "engines",
    "locomotives",
    "berths",
    "teams",
    "declarant_teams",
    "officer_teams",
    "paths_per_day",
    "westbound_handover_trains_per_day",
    "eastbound_handover_trains_per_day",
    "most_trains_under_way",
)
"""Counts and rates of what a train must have to go on."""


def implausible(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """Numbers outside of their usual range, or beside others that they do not go with; counts that are 0 for good."""
    for path, table, annotation in known_tables(data):
        model = model_of(annotation, table)
        for key, value in table.items() if model is not None else ():
            usual = USUAL_BY_KEY.get(f"{model.__name__}.{key}") if model is not None else None
            for inner_path, number in numbers_in((*path, key), value) if key != "changes" else ():
                is_cv = inner_path[-1] == "cv" and len(inner_path) > len(path) + 1
                yield from unusual(inner_path, number, VARIED if is_cv else usual)
    yield from chain(costly_runs(scenario), idle_sets(scenario))
    rules = (unstated_years(scenario), heavy_wagons(scenario), strange_vessels(scenario), none_at_all(scenario, data))
    yield from chain(*rules, unmeasured(scenario))


def numbers_in(path: KeyPath, value: Any) -> Iterator[tuple[KeyPath, float]]:
    """The numbers of a value, by date, by name or of a spread, each with its key path."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from numbers_in((*path, key), inner)
    elif is_number(value):
        yield path, value


def unusual(path: KeyPath, number: float, usual: Usual | None) -> Iterator[Complaint]:
    """What to say of a number that lies outside of its usual range."""
    if usual is not None and number and not usual.least <= number <= usual.most:
        yield path, f"is {number:,g}; usual is {usual.least:,g} to {usual.most:,g}: {usual.reason}"


def unstated_years(scenario: Scenario) -> Iterator[Complaint]:
    """Volumes of no year of the horizon, with the rule by which a run has one all the same."""
    years = sorted(map(int, scenario.calendar.years()))
    for name, flow in scenario.flows.items():
        key = next((key for key in VOLUMES_BY_YEAR if getattr(flow, key) is not None), "")
        stated = getattr(flow, key) if key else {}
        is_index_followed = flow.index is not None and max(stated) < years[0]
        if not stated or is_index_followed or not stated.keys().isdisjoint(years):
            continue
        nearest = max(stated) if max(stated) < years[0] else min(stated)
        rule = f"a run has the {stated[nearest]:,g} of {nearest}, the nearest year stated"
        if min(stated) < years[0] and max(stated) > years[-1]:
            rule = "a run goes on by an equal share a year between the years stated before and after"
        span = f"{years[0]}" if len(years) == 1 else f"{years[0]} to {years[-1]}"
        yield ("flows", name, key), f"states no year of the horizon, {span}: {rule}"


def costly_runs(scenario: Scenario) -> Iterator[Complaint]:
    """Traffic of which one run takes minutes and gigabytes, by what a train has been seen to take."""
    sent = dict(trains_sent(scenario, scenario.calendar))
    trains = sum(sent.values())
    if trains > MANY_TRAINS:
        minutes, gb = trains * TRAIN_S["simpy"] / 60, trains * TRAIN_KB / 1e6
        cost = f"some {minutes:.0f} minutes of a core on SimPy, a tenth of it compiled, and {gb:.0f} GB"
        yield max(sent, key=sent.__getitem__), f"makes {trains:,.0f} trains in a run: {cost} for each replication"


def idle_sets(scenario: Scenario) -> Iterator[Complaint]:
    """Wagon pools with more sets than all trains that take one could keep under way, by trains a day and slow rounds.

    Little's law with bounds from above: twice the mean traffic of a run, for its best month; a round of the hours that
    the pool states, the longest empty run both ways, and `DAYS_LOADED`.
    """
    trains_by_flow = {path[1]: trains for path, trains in trains_sent(scenario, scenario.calendar)}
    days = (scenario.calendar.closing_h - scenario.calendar.opening_h) / HOURS_PER_DAY
    takers: dict[str | None, set[str]] = {}
    for name, flow in scenario.flows.items():
        for pool_name, _ in wagon_exchanges(scenario, name):
            takers.setdefault(pool_name, set()).update([name] if flow.share_of is None else flow.share_of)
    for name, pool in scenario.wagon_pools.items():
        trains_per_day = 2 * sum(trains_by_flow.get(flow, 0.0) for flow in takers.get(name, ())) / days
        runs_h = 2 * max(map(middle, pool.empty_run_h.values()), default=0.0)
        round_days = DAYS_LOADED + (middle(pool.placing_h) + runs_h + middle(pool.repair_h)) / HOURS_PER_DAY
        count, under_way = max(pool.sets.values()), trains_per_day * round_days
        if under_way and count > under_way + 1:
            use = f"even {trains_per_day:.2g} trains a day and rounds of {round_days:.0f} days"
            yield ("wagon_pools", name, "sets"), f"is {count:,}: {use} keep {under_way:,.0f} under way"


def heavy_wagons(scenario: Scenario) -> Iterator[Complaint]:
    """Trains that would carry more than their wagons can."""
    for name, train in scenario.trains.items():
        for key, most, unit, usual in LOADS:
            load = getattr(train, key) / train.wagons if train.wagons else 0
            if load > most:
                yield ("trains", name, key), f"makes {load:,.0f} {unit} a wagon, of {train.wagons}: {usual}"


def strange_vessels(scenario: Scenario) -> Iterator[Complaint]:
    """Sea crossings whose vessels would creep, or fly."""
    for name, place in scenario.places.items():
        if isinstance(place, Sea):
            speed = place.distance_km / middle(place.sailing_h)
            if not SLOWEST_KM_PER_H <= speed <= FASTEST_KM_PER_H:
                path = ("places", name, "sailing_h")
                yield path, f"makes {speed:,.3g} km/h over {place.distance_km:,g} km; vessels make 15 to 45 km/h"
            path = ("places", name, "vessels")
            numbers = [vessel.number for vessel in place.vessels.values()]
            fleet = {day.isoformat(): sum(number_on(day, number) for number in numbers) for day in chain(*numbers)}
            if (span := nothing_left(fleet, scenario)) and not may_change(scenario, path):
                yield path, f"are none {span}: what is to cross waits for ever"


def number_on(day: dt.date, number: Mapping[dt.date, int]) -> int:
    """The count in force on a day; the first holds before its date, too."""
    return number[max((since for since in number if since <= day), default=min(number))]


def nothing_left(values: Mapping[str, Any], scenario: Scenario) -> str:
    """How long values by ISO date are 0 up to the end of the horizon, in words; empty if they are not, there."""
    days = sorted(day for day in values if day < scenario.horizon.end.isoformat())
    last = max((place for place, day in enumerate(days) if values[day]), default=-1)
    if last == len(days) - 1 and days:
        return ""
    return "all the time" if last < 0 else f"from {days[last + 1]} on"


def unmeasured(scenario: Scenario) -> Iterator[Complaint]:
    """Published figures of flows that send no train, or of sums with a weight of 0."""
    flows_by_word = members(scenario)
    for name, figure in covered_figures(scenario).items():
        sums = {"place": [weights_of(figure.place)], "flow": sums_in(figure.flow)}
        for key, parts in sums.items():
            if not all(weight for weights in parts for weight in weights.values()):
                yield ("published", name, key), "has a weight of 0: what bears it does not count"
        flows = {flow for word in sums["flow"][-1] for flow in flows_by_word.get(word, ())}
        if flows and not any(has_trains(scenario, flow) for flow in flows):
            yield ("published", name, "flow"), f"none of {shown(figure.flow)} sends a train: it is never measured"


def none_at_all(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """Counts that are 0 all the time, or to the end, of what trains on a route must have: they wait for it for ever."""
    pools_taken = {pool for name in scenario.flows for pool, _ in wagon_exchanges(scenario, name)}
    directions: dict[str, set[str]] = {name: {flow.direction} for name, flow in scenario.flows.items()}
    for flow in scenario.flows.values():
        for stop in flow.route:
            directions.setdefault(stop, set()).add(flow.direction)
    for path, value in leaves(data):
        name, key = str(path[1]) if len(path) > 1 else "", str(path[-1])
        if name not in directions.keys() | pools_taken or key not in NEEDED or may_change(scenario, path):
            continue
        if key.endswith("_handover_trains_per_day") and key.partition("_")[0] not in directions[name]:
            continue
        place = scenario.places.get(name)
        if key == "teams" and isinstance(place, Border):
            is_needed = place.inspection.yellow_share + place.inspection.red_share > 0
        else:
            is_needed = not key.endswith("_teams") or (
                isinstance(place, Border) and has_work(scenario, name, place, key)
            )
        if is_needed and (span := nothing_left(by_date(value), scenario)):
            yield path, f"is 0 {span}: trains that need it wait for ever"
