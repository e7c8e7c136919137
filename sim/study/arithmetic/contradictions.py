"""Where a run says what arithmetic says cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pandas as pd

from sim.model.capacities import STAGES, Hold
from sim.runs.results import Results
from sim.scenario.places import Border
from sim.study.arithmetic.loads import free_flow, loads

QUICKER_SHARE = 0.02
BUSIER = 0.1
CARRIED_SHARE = 0.02
CALM = 0.9
"""A load below which nothing holds traffic up for long."""

Values = dict[tuple[str, str, str, str], tuple[float, float]]
"""Mean and upper bound by kpi, place, flow and year."""

WITH_USE = {
    stage.activities[0].name.lower()
    for stage in STAGES
    if stage.hold is Hold.SPELL and stage.key and stage.table != "ports"
}
"""Activities whose utilisation should be their offered load; a train at sea has used but one of the two ports."""


def contradictions(results: Results) -> list[str]:
    """Sentences for all that a run says against arithmetic; empty when they agree."""
    kpis = results.kpis[results.kpis["period"] != "all"]
    keys = zip(*(kpis[name].astype(str) for name in ("kpi", "place", "flow", "period")), strict=True)
    numbers = zip(kpis["mean"].astype(float), kpis["ci_high"].astype(float), strict=True)
    values = dict(zip(keys, numbers, strict=True))
    table, flows = loads(results.scenario), free_flow(results.scenario)
    return [*too_quick(values, flows), *over_or_under_used(results, values, table)]


def too_quick(values: Values, flows: pd.DataFrame) -> Iterator[str]:
    """Transit below free flow."""
    for _, row in flows.iterrows():
        mean_days, high = values.get(("transit_days", "all", row["flow"], row["year"]), (math.nan, math.nan))
        high = mean_days if math.isnan(high) else high
        if 24 * high < (1 - QUICKER_SHARE) * row["free_flow_h"]:
            yield (
                f"{row['flow']} in {row['year']}: mean transit {24 * mean_days:.1f} h is below free flow, "
                f"{row['free_flow_h']:.1f} h"
            )


def over_or_under_used(results: Results, values: Values, table: pd.DataFrame) -> Iterator[str]:
    """Trains above what a capacity can serve; use far from the offered load where nothing holds up traffic."""
    calm = {year for year, rows in table.groupby("year") if rows["load"].max() < CALM}
    has_limit = any(flow.most_trains_under_way is not None for flow in results.scenario.flows.values())
    for (year, place, activity), rows in table.groupby(["year", "place", "activity"], sort=False):
        yield from over_capacity(values, rows)
        at = (f"utilisation_{activity}", str(place), "all", str(year))
        if activity not in WITH_USE or at not in values or rests(results, str(place), str(activity)):
            continue
        load, use = float(rows["offered"].sum() / rows["capacity"].sum()), values[at][0]
        low = year in calm and not has_limit and not results.scenario.bans and use < load - BUSIER
        if use > min(load, 1.0) + BUSIER or low:
            yield f"{place} in {year}: {activity} is in use {use:.2f} of the time, and its offered load is {load:.2f}"


def over_capacity(values: Values, rows: pd.DataFrame) -> Iterator[str]:
    """Trains that were delivered in a year over a capacity, above its most and those inside at its beginning."""
    for _, row in rows.iterrows():
        flows = [flow for flow in row["flows"].split(", ") if flow]
        if not flows or row["load"] <= 0:
            continue
        trains_out, trains_in, inside = (
            math.fsum(values.get((kpi, "all", flow, row["year"]), (0.0, 0.0))[0] for flow in flows)
            for kpi in ("trains_delivered", "trains_created", "trains_inside")
        )
        before = max(0.0, trains_out + inside - trains_in)
        if trains_out > (1 + CARRIED_SHARE) * row["trains_at_most"] + before + 1:
            name = f"{row['place']} {row['activity']} {row['part']}".strip()
            yield (
                f"{name} in {row['year']}: {trains_out:.0f} trains were delivered over it, and it can serve at most "
                f"{row['trains_at_most']:.0f}"
            )


def rests(results: Results, place: str, activity: str) -> bool:
    """Whether what rests over a closing counts as busy there."""
    border = results.scenario.places.get(place)
    return activity in ("keying", "checking") and isinstance(border, Border) and border.office_hours is not None
