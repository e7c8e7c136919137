"""What a run can bear: scenarios whose numbers each stand for themselves, and together for more than a machine has.

A digit too many in a volume, or minutes where hours were asked for, would otherwise show as a run that never ends.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterator
from itertools import chain, pairwise

from sim.scenario.calendar import Calendar
from sim.scenario.changes import by_date, chance_changes
from sim.scenario.formalities import Tez
from sim.scenario.keys import Data, is_count, leaves, value_at
from sim.scenario.places import Sea, closed_share_by_month
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint
from sim.scenario.schema import Disruption, Scenario
from sim.scenario.traffic import VOLUMES_BY_MONTH, VOLUMES_BY_YEAR, trains_by_month
from sim.scenario.values import Spread

DAYS_PER_YEAR = 365.25
MOST_TRAINS = 2_000_000
MOST_VESSELS = 1_000
MOST_VOYAGES = 1_000_000
MOST_CLOSURES = 1_000_000
MOST_SPELLS = 2_000
MOST_UNITS_MOVED = 20_000_000
"""In one run, from the opening of its warm-up to its end: trains of all flows, vessels and voyages of all crossings,
closures of one crossing or outages of one regime, spells of all disruptions by chance, and units of capacity that come
and go with those and on dates."""


def bound_complaints(scenario: Scenario) -> list[Complaint]:
    """Everything that would be more than a run can bear."""
    checks = (too_many_trains, too_many_voyages, too_many_closures, too_many_spells)
    return [complaint for check in checks for complaint in check(scenario, scenario.calendar)]


def too_many_trains(scenario: Scenario, calendar: Calendar) -> Iterator[Complaint]:
    """The flows that send more trains, each by itself or all together."""
    total = 0.0
    for path, trains in trains_sent(scenario, calendar):
        total += trains
        if not total <= MOST_TRAINS:
            beside = "" if trains == total else f", and the flows before it {total - trains:.3g}"
            yield path, f"would send {trains:.3g} trains in a run{beside}; at most {MOST_TRAINS:,} can be run"
            return


def trains_sent(scenario: Scenario, calendar: Calendar) -> Iterator[tuple[KeyPath, float]]:
    """Trains expected in a run, whole months, by the key path of each volume; shares of flows are among them.

    Of empties as many as the greatest shares by date would send.
    """
    trains_by_flow: dict[str, float] = {}
    for name, flow in scenario.flows.items():
        train = scenario.trains.get(flow.train)
        index, market = scenario.behind(flow)
        is_in_teu = flow.teu_per_year is not None or flow.teu_per_month is not None
        is_in_teu |= market is not None and market.unit == "teu"
        if flow.sources_by_share or train is None or (is_in_teu and not train.teu):
            continue
        [key] = [key for key in (*VOLUMES_BY_YEAR, "market") if getattr(flow, key) is not None]
        if key == "market" and market is None:
            continue
        if math.fsum(flow.volume_by_month(train).values()) > MOST_TRAINS:  # the months alone are too many
            [key] = [key for key in VOLUMES_BY_MONTH if getattr(flow, key) is not None]
        trains_by_flow[name] = math.fsum(trains_by_month(flow, train, calendar, index, market))
        yield ("flows", name, key), trains_by_flow[name]
    for name, flow in scenario.flows.items():
        for source, share in (flow.share_of or {}).items():
            part = max(share.values()) * trains_by_flow.get(source, 0.0)
            trains_by_flow[name] = trains_by_flow.get(name, 0.0) + part
    for name, flow in scenario.flows.items():
        teu_back = math.fsum(
            max(share.values()) * trains_by_flow.get(source, 0.0) * teu_of_train(scenario, source)
            for source, share in (flow.empties_of or {}).items()
        )
        if teu_back > 0 and teu_of_train(scenario, name):
            yield ("flows", name, "empties_of"), teu_back / teu_of_train(scenario, name)


def teu_of_train(scenario: Scenario, name: str) -> int:
    """TEU of a train of a flow; 0 where the flow or its train type is not defined."""
    train = scenario.trains.get(scenario.flows[name].train) if name in scenario.flows else None
    return 0 if train is None else train.teu


def too_many_voyages(scenario: Scenario, calendar: Calendar) -> Iterator[Complaint]:
    """The sea crossings with more vessels, or with more voyages."""
    hours = calendar.closing_h - calendar.opening_h
    vessels, sailings = 0, 0.0
    for name, sea in scenario.places.items():
        if not isinstance(sea, Sea):
            continue
        number = sum(max(vessel_class.number.values()) for vessel_class in sea.vessels.values())
        vessels += number
        sailings += number * hours / middle(sea.sailing_h)
        if vessels > MOST_VESSELS:
            yield ("places", name, "vessels"), f"makes {vessels} vessels in all; at most {MOST_VESSELS:,} can be run"
            return
        if not sailings <= MOST_VOYAGES:
            message = f"would make up to {sailings:.3g} voyages in a run; at most {MOST_VOYAGES:,} can be run"
            yield ("places", name, "sailing_h"), message
            return


def middle(spread: Spread) -> float:
    """The middle of a spread, which is more than 0."""
    ends = [end for end in (spread.mean, spread.low, spread.high) if end is not None]
    return math.fsum(ends) / len(ends)


def too_many_closures(scenario: Scenario, calendar: Calendar) -> Iterator[Complaint]:
    """The crossings that wind would close, and the regimes that would fail, more often."""
    hours = calendar.closing_h - calendar.opening_h
    for path, shares, closure_h in closures_and_outages(scenario, calendar):
        # By the open spells alone: where most closures are short and a few long, a run may see none of the long ones.
        times = hours * max((share / (1 - share) for share in shares if share < 1), default=0.0) / closure_h
        if not times <= MOST_CLOSURES:
            most = f"at most {MOST_CLOSURES:,} can be run"
            yield path, f"is so short that it would come up to {times:.3g} times in a run; {most}"


def closures_and_outages(scenario: Scenario, calendar: Calendar) -> Iterator[tuple[KeyPath, Collection[float], float]]:
    """Closures and outages: where their length is stated, the shares of time they take in the run, their length."""
    for name, place in scenario.places.items():
        if isinstance(place, Sea) and place.wind is not None:
            shares = closed_share_by_month(place.wind, calendar).values
            yield ("places", name, "wind", "closure_h"), shares, place.wind.closure_h
    for name, regime in scenario.regimes.items():
        if isinstance(regime, Tez) and regime.outages is not None:
            yield ("regimes", name, "outages", "outage_h"), regime.outages.down_share.values(), regime.outages.outage_h


def too_many_spells(scenario: Scenario, calendar: Calendar) -> Iterator[Complaint]:
    """The disruptions by chance that would come more often."""
    total = 0.0
    for name, disruption in scenario.disruptions.items():
        total += spells_expected(disruption, calendar) if disruption.active else 0.0
        if total > MOST_SPELLS:
            message = f"makes {total:.3g} spells by chance in a run; at most {MOST_SPELLS:,} can be run"
            yield ("disruptions", name, "per_year"), message
            return


def spells_expected(disruption: Disruption, calendar: Calendar) -> float:
    """Spells of a disruption by chance in a run; none of one on dates."""
    return (disruption.per_year or 0.0) * (calendar.closing_h - calendar.opening_h) / 24 / DAYS_PER_YEAR


def too_much_moved(scenario: Scenario, data: Data) -> Iterator[Complaint]:
    """The steps on dates and the disruptions by chance that would take away and give back more units of capacity.

    Each unit taken away or given back is a step of the run, so that it is the product that counts.
    """
    total = 0.0
    for path, units in chain(moved_on_dates(scenario, data), moved_by_chance(scenario, data)):
        total += units
        if total > MOST_UNITS_MOVED:
            yield (
                path,
                f"moves {math.ceil(total):,} units of capacity in a run; at most {MOST_UNITS_MOVED:,} can be run",
            )
            return


def moved_on_dates(scenario: Scenario, data: Data) -> Iterator[tuple[KeyPath, float]]:
    """Units of capacity that come or go on each date of a run at which a count steps."""
    horizon = scenario.horizon
    first, last = (horizon.start - dt.timedelta(days=horizon.warmup_days)).isoformat(), horizon.end.isoformat()
    for path, value in leaves(data):
        is_stepped = isinstance(value, dict) and len(value) > 1 and any(first < day < last for day in value)
        is_stepped = is_stepped and is_count(data, path)
        for (_, before), (day, after) in pairwise(sorted(value.items()) if is_stepped else ()):
            if first < day < last:
                yield (*path, day), abs(after - before)


def moved_by_chance(scenario: Scenario, data: Data) -> Iterator[tuple[KeyPath, float]]:
    """Units of capacity that each change of a disruption by chance moves in a run, at the most."""
    for name, changes in chance_changes(data).items():
        spells = spells_expected(scenario.disruptions[name], scenario.calendar)
        for key, value in changes.items():
            path = tuple(key.split("."))
            sizes = [*by_date(value_at(data, path)).values(), value] if is_count(data, path) else []
            units = spells * max((size for size in sizes if isinstance(size, int)), default=0)
            yield ("disruptions", name, "changes", key), units
