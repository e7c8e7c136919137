"""What cargo pays on its way, under the prices of a scenario: per 20 t of cargo, as CAREC counts.

The cost of a train up to some moment is the charges it has met, which are those of its route, and a charge for the time
since its journey began. So costs follow from the measures of time, in every replication: nothing of a run need be read
again, and the engine knows no money. Prices hold as stated over the whole horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.catalogue import unit_of
from sim.measure.kpis import measure_run
from sim.measure.run_view import KEYS, append_rows
from sim.measure.statistics import FloatArray
from sim.model.ledger import RunTables
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.charges import charges_at, time_usd
from sim.scenario.meaning import members
from sim.scenario.places import Border
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL

UNIT = unit_of("cost_usd")
COSTS = ("cost_usd", "cost_to_usd", "border_cost_usd")
TIMES = ("transit_days", "passage_h", "border_dwell_h", "trains_delivered")
"""Measures that those of cost follow from."""


@dataclass(frozen=True)
class Fare:
    """What 20 t of the cargo of a flow pay along its route.

    Attributes
    ----------
    places
        The route.
    before, way, after
        USD charged at each place: before the train moves there, by the way it moves, and after that. A border or a
        terminal, where nothing moves, charges after.
    usd_per_h
        Charge for time.
    """

    places: tuple[str, ...]
    before: FloatArray
    way: FloatArray
    after: FloatArray
    usd_per_h: float

    @property
    def charges(self) -> FloatArray:
        """USD charged at each place."""
        return self.before + self.way + self.after

    def up_to(self) -> FloatArray:
        """USD charged since the journey began, at the four moments of `time_distance.MOMENTS`: places × moments."""
        charged_usd = np.column_stack([np.zeros(len(self.places)), self.before, self.way, self.after]).cumsum(axis=1)
        return charged_usd + (self.charges.cumsum() - self.charges)[:, np.newaxis]


def fare(scenario: Scenario, name: str) -> Fare | None:
    """What 20 t of the cargo of a flow pay; None if the scenario has no prices, or the flow no cargo: empties."""
    prices, flow = scenario.prices, scenario.flows[name]
    if prices is None or flow.empties_of is not None:
        return None
    train = scenario.trains[flow.train]
    charges = [charges_at(scenario, prices, name, place) for place in flow.route]
    before, way, after = (np.array(column, dtype=float) for column in zip(*charges, strict=True))
    return Fare(flow.route, before, way, after, time_usd(prices.time, train) / HOURS_PER_DAY)


def fares(scenario: Scenario) -> dict[str, Fare]:
    """What each flow pays; empty without prices."""
    by_flow = {name: fare(scenario, name) for name in scenario.flows}
    return {name: tariff for name, tariff in by_flow.items() if tariff is not None}


Key = tuple[str, str, str]
"""Kpi, place and flow."""

Rows = Mapping[Key, FloatArray]
"""Measures by key: each an array over periods, or over replications."""


def measure_with_costs(
    scenario: Scenario,
    tables: RunTables,
    windows: Mapping[str, tuple[float, float]],
    kpis: AbstractSet[str] | None = None,
) -> pd.DataFrame:
    """The measures of a run, see `measure_run`; who asks for one of cost has all of them, and what they follow from."""
    if kpis is not None and kpis.isdisjoint(COSTS):
        return measure_run(scenario, tables, windows, kpis)
    return with_costs(scenario, measure_run(scenario, tables, windows, kpis and {*kpis, *TIMES}))


def with_costs(scenario: Scenario, kpis: pd.DataFrame) -> pd.DataFrame:
    """Measures of a run with those of its costs after them; unchanged where the scenario has no prices.

    Parameters
    ----------
    kpis
        As `kpis.measure_run` returns it.
    """
    if scenario.prices is None:
        return kpis
    times = kpis[kpis["kpi"].isin(TIMES)]
    wide = times.set_index([*KEYS[:4]])["value"].unstack("period")
    by_key = {
        key: np.broadcast_to(values, wide.shape[1])
        for key, values in costs(scenario, dict(zip(wide.index, wide.to_numpy(float), strict=True))).items()
    }
    names = dict.fromkeys(kpi for kpi, _, _ in by_key)
    rows = [
        (*key, period, UNIT, values[at])
        for kpi in names
        for at, period in enumerate(wide.columns)
        for key, values in by_key.items()
        if key[0] == kpi and np.isfinite(values[at])
    ]
    return append_rows(kpis, pd.DataFrame(rows, columns=[*KEYS, "value"]))


def costs(scenario: Scenario, rows: Rows) -> dict[Key, FloatArray]:
    """Measures of cost from measures of time, USD for 20 t.

    `cost_usd`, place `all`: from entry to delivery, of the trains delivered. `cost_to_usd`: from entry until a place is
    left, of a flow. `border_cost_usd`: charges and time at a border, or at all that a flow passes, a passage. Those of
    several flows are means weighted by the tonnes delivered. NaN where a time was not observed.
    """
    by_key: dict[Key, FloatArray] = {}
    for name, tariff in fares(scenario).items():
        days = rows.get(("transit_days", ALL, name), np.array(np.nan))
        by_key["cost_usd", ALL, name] = tariff.charges.sum() + tariff.usd_per_h * HOURS_PER_DAY * days
        spent_h: FloatArray = np.array(0.0)
        for place, charged_usd, met_usd in zip(tariff.places, tariff.charges, tariff.charges.cumsum(), strict=True):
            spent_h = spent_h + rows.get(("passage_h", place, name), np.array(np.nan))
            by_key["cost_to_usd", place, name] = met_usd + tariff.usd_per_h * spent_h
            if isinstance(scenario.places[place], Border):
                dwell_h = rows.get(("border_dwell_h", place, name), np.array(np.nan))
                by_key["border_cost_usd", place, name] = charged_usd + tariff.usd_per_h * dwell_h
    return by_key | means(scenario, rows, by_key)


def means(scenario: Scenario, rows: Rows, by_flow: Mapping[Key, FloatArray]) -> dict[Key, FloatArray]:
    """Costs of several flows, and at all borders."""
    by_sum: dict[Key, FloatArray] = {}
    borders = [name for name, place in scenario.places.items() if isinstance(place, Border)]
    for group, flows in members(scenario).items():
        for kpi, place, among in (
            ("cost_usd", ALL, [ALL]),
            *(("border_cost_usd", border, [border]) for border in borders),
            ("border_cost_usd", ALL, borders),
        ):
            parts = [(flow, by_flow[kpi, at, flow]) for flow in flows for at in among if (kpi, at, flow) in by_flow]
            if parts and (kpi, place, group) not in by_flow:
                by_sum[kpi, place, group] = weighted_mean(
                    [tonnes(scenario, rows, flow) for flow, _ in parts], [usd for _, usd in parts]
                )
    return by_sum


def tonnes(scenario: Scenario, rows: Rows, flow: str) -> FloatArray:
    """Net tonnes delivered."""
    return rows.get(("trains_delivered", ALL, flow), np.array(0.0)) * scenario.trains[scenario.flows[flow].train].net_t


def weighted_mean(weights: Sequence[FloatArray], values: Sequence[FloatArray]) -> FloatArray:
    """Weighted mean of what is known; NaN where nothing is, or nothing has a weight."""
    shares = [
        np.where(np.isfinite(value), np.nan_to_num(weight), 0.0) for weight, value in zip(weights, values, strict=True)
    ]
    total = sum(shares, np.array(0.0))
    part = sum((weight * np.nan_to_num(value) for weight, value in zip(shares, values, strict=True)), np.array(0.0))
    mean: FloatArray = np.divide(part, total, out=np.full(np.shape(total), np.nan), where=total > 0)
    return mean
