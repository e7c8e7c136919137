"""What a run can yield, known before it is run: the KPIs, where and of which flows each is counted, bounds on them.

It follows from the scenario and the catalogue. A run yields no more; it may observe less, as no clearance in a year in
which no train was cleared.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.measure.catalogue import ACTIVITIES, CAUSES, KPIS, PARTS, QUANTILES, Kpi, KpiName, kpi_name
from sim.model.capacities import Hold, capacities, causes_at
from sim.model.ledger import Activity
from sim.model.stated import OPTIONAL_ACTIVITIES, causes_met, may_happen
from sim.scenario.addresses import FORM, Address, AddressError, parts_of, words_of
from sim.scenario.arguments import checked
from sim.scenario.checks.idle_changes import planned_changes
from sim.scenario.checks.unused import may_have_trains
from sim.scenario.meaning import address, figure_addresses, members, periods
from sim.scenario.places import Border
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, did_you_mean, listing, shown
from sim.scenario.reading.opening import reading_of
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

if TYPE_CHECKING:
    import pandas as pd


def kpis_of(scenario: Scenario) -> Iterator[str]:
    """The names of all KPIs that runs of a scenario can yield."""
    for entry in KPIS:
        for word in words_of_part(scenario, entry.kind_of_part):
            stem = entry.name.replace(f"<{entry.kind_of_part}>", word)
            if places_of(scenario, KpiName(entry, word)):
                yield stem
                yield from (f"{stem}_{quantile}" for quantile in (QUANTILES if entry.quantiles else ()))


def words_of_part(scenario: Scenario, kind: str) -> Collection[str]:
    """The words that may stand in the name of a KPI; an empty one where its name has no place for one."""
    own = {"regime": scenario.regimes.keys(), "way": scenario.ways}
    return own[kind] if kind in own else PARTS.get(kind, ("",))


@checked
def kpi_table(scenario: Reading | str | Path | None = None) -> pd.DataFrame:
    """What measures there are, as docs/kpis.md lists them; of a scenario, each that runs of it can yield, by its name.

    Returns
    -------
    DataFrame
        Columns kpi (without a scenario with `<word>` for the word that differs), unit, title, better (the end that a
        planner wants: more, less or neither), definition.

    Raises
    ------
    ScenarioError, ArgumentError
        As `load` does.
    """
    import pandas as pd  # brought here, so that check, which loads this room, answers at once

    if scenario is None:
        entries = {entry.name: entry for entry in KPIS}
    else:
        names = {kpi: kpi_name(kpi) for kpi in kpis_of(reading_of(scenario).scenario)}
        entries = {kpi: name.entry for kpi, name in names.items() if name is not None}
    columns = ("unit", "title", "better", "definition")
    rows = [(kpi, *(getattr(entry, column) for column in columns)) for kpi, entry in entries.items()]
    return pd.DataFrame(rows, columns=["kpi", *columns])


def places_of(scenario: Scenario, kpi: KpiName) -> list[str]:
    """The places, or wagon pools, or `all`, at which runs of a scenario can yield a KPI."""
    kinds = {name: str(place.kind) for name, place in scenario.places.items()}
    kinds |= dict.fromkeys(scenario.wagon_pools, "wagon_pool")
    lacks_prices = kpi.entry.table.startswith("prices") and scenario.prices is None
    word_missing = kpi.part not in words_of_part(scenario, kpi.entry.kind_of_part)
    if lacks_prices or word_missing or not all(may_happen(scenario, activity) for activity in activities_of(kpi)):
        return []
    places = [name for name, kind in kinds.items() if kind in kpi.entry.places and has_part(scenario, kpi, name, kind)]
    places = [name for name in places if flows_at(scenario, kpi.entry, name)]
    has_total = (
        ALL in kpi.entry.places and (places or kpi.entry.places == (ALL,)) and flows_at(scenario, kpi.entry, ALL)
    )
    return [*places, ALL] if has_total else places


def activities_of(kpi: KpiName) -> Iterator[Activity]:
    """The optional activities without which no run can yield a KPI."""
    for activity in OPTIONAL_ACTIVITIES:
        if kpi.entry.kind_of_part == "activity" and kpi.part == ACTIVITIES[activity]:
            yield activity
    if kpi.entry.name.startswith("abandoned_trains"):
        yield Activity.ABANDONMENT


def has_part(scenario: Scenario, kpi: KpiName, place: str, kind: str) -> bool:
    """Whether a place has the cause to wait for, or the capacity, that a KPI speaks of."""
    if kpi.entry.kind_of_part == "cause":
        # few kinds of place have any one of them
        is_of_kind = any(CAUSES[cause] == kpi.part for cause in causes_at(kind))
        return is_of_kind and kpi.part in {CAUSES[cause] for cause in causes_met(scenario, place)}
    if not kpi.entry.name.startswith("utilisation"):
        return True
    place_data = scenario.places.get(place, scenario.wagon_pools.get(place))
    stages = [capacity.stage for capacity in capacities(kind, place_data) if capacity.stage.hold is not Hold.NO_COUNT]
    activities = {ACTIVITIES[activity] for stage in stages for activity in stage.activities}
    return kpi.part in activities if kpi.part else bool(activities)


def flows_at(scenario: Scenario, entry: Kpi, place: str) -> list[str]:
    """The flows, corridors and directions of which runs of a scenario can yield a KPI at a place."""
    sums = members(scenario)
    flows_in_kpi = set(flows_counted(scenario, entry, place))
    match entry.flows:
        case "all":
            return [ALL]
        case "any":
            return list(sums)
        case "single" | "drawing":
            return [name for name in scenario.flows if name in flows_in_kpi]
        case _:
            return [name for name, flows in sums.items() if flows_in_kpi & set(flows)]


def flows_counted(scenario: Scenario, entry: Kpi, place: str) -> Iterator[str]:
    """The flows whose trains count in a KPI at a place; at `all`, at any of its kinds of place."""
    names_in_bans = {name for ban in scenario.bans.values() for name in ban.flows}
    for name, flow in scenario.flows.items():
        if entry.flows == "returning":
            counts = flow.empties_of is not None
        elif entry.flows == "held":
            counts = name in names_in_bans or flow.most_trains_under_way is not None
        elif entry.flows in ("choosing", "drawing"):
            counts = scenario.is_of_market(flow) if entry.flows == "choosing" else flow.market is not None
        else:
            at_all = entry.places == (ALL,) or any(scenario.places[stop].kind in entry.places for stop in flow.route)
            counts = place in flow.route or (place == ALL and at_all)
            counts &= entry.flows != "declaring" or flow.declarations_per_train > 0
            counts &= not entry.table.startswith("prices") or flow.empties_of is None
        if counts:
            yield name


def impossible(address: Address, scenario: Scenario) -> str:
    """Why no run of a scenario can yield an address whose words the scenario has; empty where one can."""
    kpi = kpi_name(address.kpi)
    places = places_of(scenario, kpi) if kpi else []
    if kpi is None or not places:
        if kpi and kpi.entry.table.startswith("prices") and scenario.prices is None:
            return f"{shown(address.kpi)} is counted of scenarios with [prices] only"
        if kpi and kpi.entry.kind_of_part not in ("regime", "way"):
            return f"{shown(address.kpi)} counts what this scenario does not have; docs/kpis.md says what that is"
        return f"there is no KPI {shown(address.kpi)}{did_you_mean(address.kpi, kpis_of(scenario))}"
    if address.place not in places:
        return f"{address.kpi} is counted at {listing(places)}, not at {shown(address.place)}"
    flows = flows_at(scenario, kpi.entry, address.place)
    if address.flow not in flows:
        return f"{address.kpi} at {shown(address.place)} is counted of {listing(flows)}, not of {shown(address.flow)}"
    return ""


def never_observed(address: Address, scenario: Scenario) -> str:
    """Why no run of a scenario can observe an address: none can yield it, or it has nothing to count; else empty."""
    message = impossible(address, scenario)
    kpi = kpi_name(address.kpi)
    if not message and not members(scenario)[address.flow]:
        return f"no flow of the scenario is {shown(address.flow)}"
    if message or kpi is None or not kpi.entry.quantiles:
        return message  # of nothing a count is 0, and a mean is not there
    names = [name for name in members(scenario)[address.flow] if may_have_trains(scenario, name)]
    if not names:
        return f"{address.kpi} has nothing to count: no train of {shown(address.flow)} travels"
    if kpi.entry.kind_of_part != "regime":
        return ""
    until_h = periods(scenario)[address.period][1]
    places = [name for name in scenario.places if address.place in (ALL, name)]
    stops = [(place, name) for name in names for place in places if place in scenario.flows[name].route]
    if any(kpi.part in regimes_in_force(scenario, place, name, until_h) for place, name in stops):
        return ""
    return f"{address.kpi} has nothing to count: {shown(kpi.part)} clears no train there in {shown(address.period)}"


def regimes_in_force(scenario: Scenario, place: str, name: str, until_h: float) -> set[str]:
    """The regimes that may clear trains of a flow at a border before an hour, with those that planned changes bring."""
    border, flow, calendar = scenario.places[place], scenario.flows[name], scenario.calendar
    own = border.regime if isinstance(border, Border) else None
    by_date = (own or flow.regime or {}) if isinstance(border, Border) and flow.declarations_per_train else {}
    spells = calendar.steps(by_date).spells(calendar.opening_h, until_h) if by_date else []
    regimes = {regime for *_, regime in spells}
    regimes |= {flow.otherwise} if flow.otherwise and not own and by_date else set()
    regimes |= {value for *_, values in planned_changes(scenario) for value in values if isinstance(value, str)}
    outages = (getattr(scenario.regimes.get(regime), "outages", None) for regime in regimes)
    return regimes | {outage.fallback for outage in outages if outage}


def known_address(text: str, scenario: Scenario) -> Address:
    """The address that an option means; without a period, in the last full year.

    Raises
    ------
    AddressError
        If it is written otherwise, or no run of the scenario can yield it.
    """
    answer = address(text, scenario)
    message = never_observed(answer, scenario)
    if message:
        raise AddressError(f"{shown(text)}: {message}")
    return answer


def check_stated(reading: Reading, points: Sequence[Scenario] = ()) -> None:
    """Make sure, before anything is run, that runs can yield what a scenario file asks for.

    That are the KPIs of `[published]`, among them the targets of a calibration, the measures of `[sweep]` and the
    conclusions of `[forecast]`.

    Parameters
    ----------
    points
        The scenario as a sweep changes it: what runs can yield at one of them will do.

    Raises
    ------
    ScenarioError
        Naming those that no run can yield, each with file and line.
    """
    scenario = reading.scenario
    problems = []
    for path, stated in stated_addresses(scenario):
        # Published figures are handed on to scenarios that have nothing of the kind: they are not measured there.
        fault = impossible if path[0] == "published" else never_observed
        message = fault(stated, scenario)
        if message and all(fault(stated, point) for point in points):
            problems.append(Problem(spot_of(path, reading.spots, reading.file), path, message))
    if problems:
        raise ScenarioError(problems, reading)


def stated_addresses(scenario: Scenario) -> Iterator[tuple[KeyPath, Address]]:
    """The addresses that a scenario file asks for, each with the key path that does."""
    for name, figure in scenario.published.items():
        yield from ((("published", name, "kpi"), part) for parts in figure_addresses(figure) for part in parts)
    for position, text in enumerate(scenario.sweep.measures if scenario.sweep else ()):
        yield ("sweep", "measures", position), address(text, scenario)
    for position, text in enumerate(scenario.forecast.conclusions if scenario.forecast else ()):
        measure, *_ = parts_of(text)
        if words_of(measure)[3] in (None, *periods(scenario)):  # of a shorter horizon nobody asks for a later year
            yield ("forecast", "conclusions", position), address(measure, scenario)


BOUND = re.compile(r"\s*(?P<measure>[^<>=\s]+)\s*(?P<sense><=|>=)\s*(?P<value>[^<>=\s]+)\s*")


@dataclass(frozen=True)
class Bound:
    """A bound that a measure is to keep to: at least `value`, or at most."""

    measure: Address
    at_least: bool
    value: float


def parsed_bound(text: str, scenario: Scenario) -> Bound:
    """The bound that `KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE`, or with `<=`, says.

    Raises
    ------
    AddressError
        If it is written otherwise, or names what the scenario does not have.
    """
    match = BOUND.fullmatch(text)
    try:
        value = float(match["value"]) if match else float("nan")
    except ValueError:
        value = float("nan")
    if match is None or not abs(value) < float("inf"):
        raise AddressError(f"'{text}' must be written {FORM}>=VALUE, or with <=")
    return Bound(known_address(match["measure"], scenario), match["sense"] == ">=", value)
