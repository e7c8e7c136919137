"""What a forecast asks, made sure of before anything is run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.measure.vocabulary import impossible, known_address
from sim.scenario.addresses import Address, AddressError, Conclusion
from sim.scenario.meaning import conclusion, last_full_year, period_days
from sim.scenario.problems import ArgumentError, CorridorError, Problem, ScenarioError, Spot, check_at_least
from sim.scenario.reading.layers import shipped_kin
from sim.scenario.reading.ranges import check_ends
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.unknowns import Forecast
from sim.scenario.values import ALL
from sim.study.compare.arms import CompareError
from sim.study.question import THROUGHPUT, Question, aim

if TYPE_CHECKING:
    from sim.study.forecast.worlds import Universe

WORLDS = 100
EXAMPLE = "altynkol_sweep"
"""A shipped scenario with unknowns, to name where the one asked about has none."""
OWN_COLUMNS = ("world", "offer", "offered_mt", "stopped")


class ForecastError(CorridorError, ValueError):
    """A forecast that the scenarios cannot answer, or whose answer their ranges give away."""

    outcome = "Nothing was run."


@dataclass(frozen=True, eq=False)
class ForecastPlan:
    """A forecast that has been checked and not yet run.

    Attributes
    ----------
    universe
        The worlds.
    target_mt
        The target of the corridor and year of the universe, if there is one.
    conclusions
        Asked, the target first, if there is one.
    addresses
        Measures kept, by place among the scenarios.
    replications
        Of each world.
    level
        Of all intervals.
    half_width
        Of the interval of the first chance at which the forecast may end before all worlds are run; None: it may not.
    until
        The day at which the record is cut; None: it is not.
    """

    universe: Universe
    target_mt: float | None
    conclusions: tuple[Conclusion, ...]
    addresses: tuple[tuple[Address, ...], ...]
    replications: int
    level: float
    half_width: float | None = None
    until: dt.date | None = None

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The scenarios, the base first."""
        return self.universe.readings

    @property
    def kpis(self) -> frozenset[str]:
        """The names of all measures kept."""
        return frozenset(address.kpi for addresses in self.addresses for address in addresses)

    @property
    def runs(self) -> int:
        """Replications to run at most."""
        return sum(len(self.replications_of(world)) for world in range(self.universe.worlds)) * len(self.readings)

    def replications_of(self, world: int) -> range:
        """The indices of the replications of a world: in a tenth of all worlds two at least, to tell luck by."""
        first = world * max(2, self.replications)
        # of both kinds of offer
        return range(first, first + max(self.replications, 2 if world % 20 in (0, 11) else 1))


def plan_forecast(
    readings: Sequence[Reading],
    changes: Mapping[str, Any],
    *,
    replications: int | None = None,
    seed: int | None = None,
    half_width: float | None = None,
    prior: bool = False,
) -> ForecastPlan:
    """A forecast of one scenario, or of two world by world, the base first; nothing is run.

    Parameters
    ----------
    changes
        Keys of a [forecast] that stand instead of those of the file; None says nothing.
    prior
        Whether an ensemble that the file names is left aside.

    Raises
    ------
    ScenarioError
        If there is nothing unknown, or nothing is asked.
    AddressError, ArgumentError
        If a conclusion speaks of what no run yields, or a number makes no sense.
    CompareError
        If two scenarios do not pair.
    ForecastError
        If a chance follows from the ranges alone.
    EnsembleError
        If the file of an ensemble is none, or was made of other ranges.
    """
    check_at_least(1, replications=replications)
    if half_width is not None and not 0 < half_width < 0.5:
        raise ArgumentError(f"precision of a chance must lie between 0 and a half (got {half_width:g})")
    reading, table = readings[-1], table_of(readings, changes)
    check_at_least(2, worlds=table.worlds)
    check_unknowns(readings)
    about, target_mt = target_question(reading)
    conclusions = conclusions_asked(readings, table, is_option=changes.get("conclusions") is not None)
    if about is not None and target_mt is not None:
        target = Conclusion(Address(THROUGHPUT, ALL, about.corridor, about.year), False, ">=", target_mt)
        conclusions = tuple(dict.fromkeys([target, *conclusions]))
    if not conclusions:
        message = "has neither a target nor conclusions: there is nothing to forecast a chance of"
        raise ScenarioError([Problem(Spot(reading.file), ("forecast",), message)])
    check_pairs(readings, conclusions)
    seed = reading.scenario.study.seed if seed is None else seed
    universe = universe_asked(readings, table, seed, about, table.offer if about else None, prior)
    if target_mt is not None:
        check_offer(universe, target_mt)
    return ForecastPlan(
        universe,
        target_mt,
        conclusions,
        tuple(addresses_kept(entry, about, conclusions) for entry in readings),
        replications or 1,
        reading.scenario.study.level,
        half_width,
        table.until,
    )


def universe_asked(
    readings: Sequence[Reading], table: Forecast, seed: int, about: Question | None, offer: str | None, prior: bool
) -> Universe:
    """The worlds that a [forecast] draws of some scenarios, cut at its day, out of its ensemble unless `prior`.

    Raises
    ------
    ScenarioError
        If a scenario does not stand at an end of an unknown.
    EnsembleError
        If the file of an ensemble is none, or was made of other ranges.
    """
    from sim.study.calibrate.record import cut_at
    from sim.study.forecast.ensemble import read_ensemble
    from sim.study.forecast.worlds import Offer, Universe  # pandas, which a refusal has no use for

    span = table.offered_mt
    asked = Offer(offer, span.low, span.high) if offer and span else None
    for entry in readings:
        check_ends(entry)
    cuts = [cut_at(entry, table.until) for entry in readings]
    movable = tuple(cut.movable for cut in cuts)
    universe = Universe(tuple(cut.reading for cut in cuts), seed, table.worlds, about, asked, movable=movable)
    if table.ensemble is None or prior:
        return universe
    return replace(universe, ensemble=read_ensemble(ensemble_path(readings, table.ensemble), universe.unknowns))


def ensemble_path(readings: Sequence[Reading], name: str) -> Path:
    """Where the file of an ensemble lies: beside the file that names it."""
    key = ("forecast", "ensemble")
    reading = next((entry for entry in reversed(readings) if key in entry.spots), readings[-1])
    return Path(spot_of(key, reading.spots, reading.file).file).parent / name


def table_of(readings: Sequence[Reading], changes: Mapping[str, Any]) -> Forecast:
    """The [forecast] of the scenario asked about, or else of the other one, with what stands instead."""
    tables = [entry.scenario.forecast for entry in reversed(readings) if entry.scenario.forecast is not None]
    keys = {key: value for key, value in changes.items() if value is not None}
    return replace_in(tables[0] if tables else Forecast(worlds=WORLDS), keys)


def replace_in(table: Forecast, keys: Mapping[str, Any]) -> Forecast:
    """A [forecast] with other values."""
    return table.model_copy(update={key: tuple(v) if isinstance(v, list) else v for key, v in keys.items()})


def check_unknowns(readings: Sequence[Reading]) -> None:
    """Make sure that something is unknown, and that no unknown has the name of a column of its own."""
    reading = readings[-1]
    if not any(entry.scenario.unknown for entry in readings):
        raise ScenarioError([Problem(Spot(reading.file), (), nothing_unknown(readings))])
    for entry in readings:
        for name in (name for name in OWN_COLUMNS if name in entry.scenario.unknown):
            path = ("unknown", name)
            message = f"'{name}' is the name of a column of a forecast: give it another"
            raise ScenarioError([Problem(spot_of(path, entry.spots, entry.file), path, message)])


def nothing_unknown(readings: Sequence[Reading]) -> str:
    """That nothing is unknown, and which scenario can be asked instead: the same with unknowns, where one ships."""
    message = "says of nothing that it is unknown: without an [unknown.NAME] all worlds are the one as stated"
    *others, last = readings
    kin = shipped_kin(last.file, "unknown")
    command = ["corridor forecast", *(entry.name for entry in others), kin or EXAMPLE]
    about = "is the same with unknowns" if kin else "has unknowns"
    return f"{message}; {kin or EXAMPLE} {about}: {' '.join(command if kin else [command[0], EXAMPLE])}"


def target_question(reading: Reading) -> tuple[Question | None, float | None]:
    """The corridor and year with a target that the horizon holds, and the target; None without one."""
    if not any(corridor.target_mt for corridor in reading.scenario.corridors.values()):
        return None, None
    try:
        return aim(reading.scenario, None, None, None)
    except ValueError:
        return None, None


def check_offer(universe: Universe, target_mt: float) -> None:
    """Make sure that neither chance follows from the ranges of the offer alone.

    Raises
    ------
    ForecastError
        If the target is offered in no world, or in all that the range of the offer allows, all else as stated; or if
        less than the target is offered wherever it is asked whether it is carried.
    """
    offer = universe.offer
    if offer is None:
        return
    entry = universe.unknowns[offer.name]
    reading = universe.readings[-1]
    ends = [float(end) for end in (entry.low_end, entry.high_end) if end is not None]
    low_mt, high_mt = (universe.offered_if({offer.name: end}) for end in ends)
    if high_mt <= target_mt or low_mt >= target_mt:
        chance = "0" if high_mt <= target_mt else "1"
        raise ForecastError(
            f"{reading.file}: unknown.{offer.name}: {low_mt:.3g} to {high_mt:.3g} Mt are offered, all else as "
            f"stated, and the target is {target_mt:g}: the range alone would make the chance {chance}"
        )
    if offer.high <= target_mt:
        raise ForecastError(
            f"{reading.file}: forecast.offered_mt: at most {offer.high:g} Mt are offered where it is asked whether "
            f"{target_mt:g} are carried: the range alone would make the chance 0"
        )


def conclusions_asked(readings: Sequence[Reading], table: Forecast, is_option: bool) -> tuple[Conclusion, ...]:
    """The conclusions, each seen to be one that runs can bear out; one of a difference needs two scenarios.

    Those of a file about a difference are passed over where one scenario is asked about.

    Raises
    ------
    AddressError
        If no run of a scenario can yield the measure.
    ForecastError
        If a difference is asked for of one scenario.
    """
    conclusions = []
    for text in table.conclusions:
        try:
            entry = conclusion(text, readings[-1].scenario)
        except ValueError as error:
            raise AddressError(f"conclusion: {error}") from None
        if entry.difference and len(readings) < 2:
            if is_option:
                raise ForecastError(f"'{text}' speaks of a difference: name two scenarios")
            continue
        check_pairs(readings, [entry])
        for reading in readings:
            known_address(str(entry.address), reading.scenario)
        conclusions.append(entry)
    return tuple(conclusions)


def check_pairs(readings: Sequence[Reading], conclusions: Sequence[Conclusion]) -> None:
    """Make sure that two scenarios mean the same days by each period that is asked about.

    Raises
    ------
    CompareError
        If they do not, or if the two are named alike.
    """
    if len(readings) < 2:
        return
    base, second = readings
    days = [period_days(reading.scenario) for reading in readings]
    if base.name == second.name:
        raise CompareError(f"both scenarios are called {base.name}: name one of them otherwise")
    for period in dict.fromkeys(entry.address.period for entry in conclusions):
        if days[0].get(period) != days[1].get(period):
            raise CompareError(f"{base.name} and {second.name} have no period {period} of the same days in common")


def addresses_kept(reading: Reading, about: Question | None, conclusions: Sequence[Conclusion]) -> tuple[Address, ...]:
    """The measures of a scenario that are kept: what corridors carry by year, conclusions, borders and the journey."""
    from sim.measure.addresses import headline_addresses  # pandas, which a refusal has no use for

    scenario = reading.scenario
    year = about.year if about else last_full_year(scenario)
    years = [period for period in period_days(scenario) if period != ALL] or [ALL]
    addresses = [entry.address for entry in conclusions]
    addresses += [Address(THROUGHPUT, ALL, name, period) for name in scenario.corridors for period in years]
    addresses += [address._replace(period=year) for address in headline_addresses(scenario)]
    return tuple(dict.fromkeys(address for address in addresses if not impossible(address, scenario)))
