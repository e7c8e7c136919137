"""What the worlds came to: the measures of each, and the tables that count and average them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.addresses import values_at
from sim.measure.catalogue import unit_of
from sim.measure.chances import FEWEST_TRIALS, ShareInterval, share_interval
from sim.measure.statistics import FloatArray, interval
from sim.runs.replicate import Replication
from sim.scenario.addresses import Address, Conclusion
from sim.scenario.laws import Draw
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.plan import ForecastPlan
from sim.study.forecast.worlds import DrawnWorld

IS_OFFERED, IS_CARRIED = "offered", "carried"
PERCENTILES = {"p2_5": 2.5, "p10": 10, "p25": 25, "p50": 50, "p75": 75, "p90": 90, "p97_5": 97.5}
NOT_ASKED: Sequence[Conclusion | None] = (None,)
KEY = ["kpi", "place", "flow", "period", "unit"]


@dataclass(eq=False)
class Outcome:
    """The measures of worlds run so far.

    Attributes
    ----------
    plan
        What was asked.
    worlds
        Those run, in order, without their scenarios.
    values
        By place among the scenarios and world: measures × replications; NaN where traffic stopped for good.
    stops
        By place among the scenarios and number of a world in which the traffic of its first replication stops for
        good: how it does.
    """

    plan: ForecastPlan
    worlds: list[DrawnWorld] = field(default_factory=list)
    values: tuple[list[FloatArray], ...] = ()
    stops: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A list of worlds for each scenario."""
        self.values = tuple([] for _ in self.plan.readings)

    def add(self, world: DrawnWorld, place: int, replications: Sequence[Replication]) -> None:
        """A scenario has been run in a world."""
        addresses, nothing = self.plan.addresses[place], pd.DataFrame(columns=[*KEY, "value"])
        frames = [nothing if replication.deadlock else replication.kpis for replication in replications]
        self.values[place].append(values_at(addresses, frames))
        if replications[0].deadlock:
            self.stops[place, world.number] = replications[0].deadlock

    @property
    def offers(self) -> npt.NDArray[np.str_]:
        """What each world has for an offer."""
        return np.array([world.offer for world in self.worlds])

    @property
    def kinds(self) -> list[str]:
        """What worlds have for an offer, each once."""
        return [kind for kind in (AS_DRAWN, AT_TARGET) if kind in self.offers]

    def first(self, place: int, address: Address) -> FloatArray:
        """A measure of a scenario in the first replication of each world; NaN where it is not there."""
        if address not in self.plan.addresses[place]:
            return np.full(len(self.worlds), np.nan)
        row = self.plan.addresses[place].index(address)
        return np.array([values[row, 0] for values in self.values[place]])

    def pair(self, place: int, address: Address) -> FloatArray:
        """A measure in the first two replications of each world, worlds × 2; NaN where there is but one."""
        row = self.plan.addresses[place].index(address)
        pairs = [[*values[row, :2], np.nan][:2] for values in self.values[place]]
        return np.array(pairs, float)

    def values_of(self, conclusion: Conclusion) -> FloatArray:
        """What a conclusion is about, in each world: of the scenario asked about, or the second less the first."""
        last = len(self.values) - 1
        values = self.first(last, conclusion.address)
        return values - self.first(0, conclusion.address) if conclusion.difference else values

    def pairs_of(self, conclusion: Conclusion) -> FloatArray:
        """The same in two replications, worlds × 2."""
        last = len(self.values) - 1
        pairs = self.pair(last, conclusion.address)
        return pairs - self.pair(0, conclusion.address) if conclusion.difference else pairs

    def holding(self, conclusion: Conclusion, kind: str, place: int = -1) -> ShareInterval:
        """In what share of the worlds of a kind a conclusion holds; of none where a scenario cannot have its measure.

        Where nothing is observed, as no train arrives or traffic stops for good, it does not hold: left out, such
        worlds would make the others look better.
        """
        values = self.values_of(conclusion) if conclusion.difference else self.first(place, conclusion.address)
        of_kind = values[(self.offers == kind) & (conclusion.address in self.plan.addresses[place])]
        return share_interval(sum(conclusion.holds(value) for value in of_kind), len(of_kind), self.plan.level)

    def offer_chance(self, place: int) -> ShareInterval:
        """In what share of the worlds as drawn the target is offered to a scenario."""
        offered_mt = [world.offers_mt[place] for world in self.worlds if world.offer == AS_DRAWN]
        assert self.plan.target_mt is not None
        return share_interval(sum(mt >= self.plan.target_mt for mt in offered_mt), len(offered_mt), self.plan.level)

    @property
    def main_chance(self) -> tuple[str, ShareInterval]:
        """What the first conclusion is asked in, and its chance there: at the target, if it has worlds of its own."""
        kind = AT_TARGET if self.plan.universe.offer else AS_DRAWN
        return kind, self.holding(self.plan.conclusions[0], kind)


def worlds_table(outcome: Outcome) -> pd.DataFrame:
    """A row a world: world, offer, offered_mt, in which scenarios traffic stops for good, and what is drawn in it.

    That is the value of each unknown, by its name; and, where the record is cut at a day, of each input that is drawn
    for it rests on later facts, by its key: a number, or the multiple of a table.
    """
    universe = outcome.plan.universe
    names = [reading.name for reading in outcome.plan.readings]
    rows = [
        [
            world.number,
            world.offer,
            world.offers_mt[-1],
            ", ".join(name for place, name in enumerate(names) if (place, world.number) in outcome.stops),
            *(world.values.get(name) for name in universe.unknowns),
            *universe.cut_inputs(world.number).values(),
        ]
        for world in outcome.worlds
    ]
    columns = ["world", "offer", "offered_mt", "stopped", *universe.unknowns, *universe.cut_inputs(0)]
    return pd.DataFrame(rows, columns=columns)


def world_cell(value: Draw) -> bool | float | str | None:
    """What an unknown came to, as a cell of a table."""
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def values_table(outcome: Outcome) -> pd.DataFrame:
    """A row a scenario, world, replication and measure."""
    frames = []
    for place, reading in enumerate(outcome.plan.readings):
        addresses = outcome.plan.addresses[place]
        keys = pd.DataFrame(addresses, columns=KEY[:-1]).assign(unit=[unit_of(address.kpi) for address in addresses])
        for world, values in zip(outcome.worlds, outcome.values[place], strict=True):
            about: dict[str, Any] = {"scenario": reading.name, "world": world.number, "offer": world.offer}
            for slot, index in enumerate(outcome.plan.replications_of(world.number)):
                frames.append(keys.assign(replication=index, value=values[:, slot], **about))
    table = pd.concat(frames, ignore_index=True)
    return table[["scenario", "world", "offer", "replication", *KEY, "value"]]


def percentiles(values: FloatArray) -> dict[str, float]:
    """Percentiles of worlds by name; NaN of fewer than `FEWEST_TRIALS`: their 80 % are the ends of what was seen."""
    if len(values) < FEWEST_TRIALS:
        return dict.fromkeys(PERCENTILES, np.nan)
    return dict(zip(PERCENTILES, np.percentile(values, [*PERCENTILES.values()]).tolist(), strict=True))


def by_kind(outcome: Outcome, values: FloatArray) -> Iterator[tuple[str, FloatArray]]:
    """Values by what their worlds have for an offer, those observed."""
    for kind in outcome.kinds:
        yield kind, values[(outcome.offers == kind) & np.isfinite(values)]


def years_table(outcome: Outcome) -> pd.DataFrame:
    """Every measure over the worlds of a kind: mean and percentiles."""
    rows = []
    for place, reading in enumerate(outcome.plan.readings):
        for address in outcome.plan.addresses[place]:
            for kind, values in by_kind(outcome, outcome.first(place, address)):
                rows.append(
                    {
                        "scenario": reading.name,
                        "offer": kind,
                        **address._asdict(),
                        "unit": unit_of(address.kpi),
                        "worlds": len(values),
                        "mean": float(values.mean()) if len(values) else np.nan,
                        **percentiles(values),
                    }
                )
    return pd.DataFrame(rows)


def chances_table(outcome: Outcome) -> pd.DataFrame:
    """The chances: that the target is offered, that it is carried, and of each conclusion about one scenario."""
    rows = []
    for place, reading in enumerate(outcome.plan.readings):
        if outcome.plan.universe.offer:
            rows.append((reading.name, IS_OFFERED, AS_DRAWN, outcome.offer_chance(place)))
        for number, conclusion in enumerate(outcome.plan.conclusions):
            question = IS_CARRIED if not number and outcome.plan.target_mt is not None else str(conclusion)
            for kind in outcome.kinds if not conclusion.difference else ():
                rows.append((reading.name, question, kind, outcome.holding(conclusion, kind, place)))
    return pd.DataFrame(
        [(name, question, kind, share.n, share.share, share.low, share.high) for name, question, kind, share in rows],
        columns=["scenario", "question", "offer", "worlds", "share", "ci_low", "ci_high"],
    )


def differences_table(outcome: Outcome) -> pd.DataFrame:
    """The second scenario less the first, world by world: mean, percentiles, and the share beyond a threshold."""
    rows = []
    common = [address for address in outcome.plan.addresses[0] if address in outcome.plan.addresses[-1]]
    for address in common if len(outcome.values) > 1 else []:
        conclusions = [entry for entry in outcome.plan.conclusions if entry.difference and entry.address == address]
        gaps = outcome.first(1, address) - outcome.first(0, address)
        for kind, values in by_kind(outcome, gaps):
            mean = interval(values, outcome.plan.level)
            for conclusion in conclusions or NOT_ASKED:
                holding = None if conclusion is None else outcome.holding(conclusion, kind)
                rows.append(
                    {
                        **address._asdict(),
                        "unit": unit_of(address.kpi),
                        "offer": kind,
                        "worlds": len(values),
                        "mean": mean.mean,
                        "ci_low": mean.low,
                        "ci_high": mean.high,
                        **percentiles(values),
                        "threshold": np.nan if conclusion is None else conclusion.threshold,
                        "share": np.nan if holding is None else holding.share,
                        "share_low": np.nan if holding is None else holding.low,
                        "share_high": np.nan if holding is None else holding.high,
                    }
                )
    columns = [*KEY, "offer", "worlds", "mean", "ci_low", "ci_high", *PERCENTILES]
    return pd.DataFrame(rows, columns=[*columns, "threshold", "share", "share_low", "share_high"])
