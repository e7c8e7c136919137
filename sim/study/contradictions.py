"""Where a run says what arithmetic says cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from sim.scenario.places import Border
from sim.study.arithmetic import free_flow, loads
from sim.study.results import Results

QUICKER_SHARE = 0.02
BUSIER = 0.1
CARRIED_SHARE = 0.02
CALM = 0.9
"""A load below which nothing holds traffic up for long."""

USED = ("keying", "checking", "inspection", "gauge_change", "forming", "terminal")
"""Activities whose utilisation should be their offered load."""


def contradictions(results: Results) -> list[str]:
    """Sentences for all that a run says against arithmetic; empty when they agree."""
    kpis = results.kpis[results.kpis["period"] != "all"]
    values = kpis.set_index(["kpi", "place", "flow", "period"]).sort_index()
    offered, flows = loads(results.scenario), free_flow(results.scenario)
    return [*of_flows(values, flows), *of_capacities(results, values, offered)]


def of_flows(values: pd.DataFrame, flows: pd.DataFrame) -> Iterator[str]:
    """Transit below free flow; more trains than the narrowest capacity lets through."""
    for _, row in flows.iterrows():
        at = ("all", row["flow"], row["year"])
        if ("transit_days", *at) in values.index:
            seen = values.loc[("transit_days", *at)]
            high_h = 24 * max(seen["mean"], seen["ci_high"] if seen["ci_high"] == seen["ci_high"] else 0.0)
            if high_h < (1 - QUICKER_SHARE) * row["free_flow_h"]:
                yield (
                    f"{row['flow']} in {row['year']}: mean transit {24 * seen['mean']:.1f} h is below free flow, "
                    f"{row['free_flow_h']:.1f} h"
                )


def of_capacities(results: Results, values: pd.DataFrame, offered: pd.DataFrame) -> Iterator[str]:
    """Trains above what a capacity can serve; use far from the offered load where nothing holds up traffic."""
    calm = {year for year, rows in offered.groupby("year") if rows["load"].max() < CALM}
    limited = any(flow.most_trains_under_way is not None for flow in results.scenario.flows.values())
    for (year, place, activity), rows in offered.groupby(["year", "place", "activity"], sort=False):
        yield from over_capacity(values, rows)
        at = (f"utilisation_{activity}", place, "all", year)
        if activity not in USED or at not in values.index or rests(results, str(place), str(activity)):
            continue
        load, seen = float(rows["offered"].sum() / rows["capacity"].sum()), float(values.loc[at]["mean"])
        low = year in calm and not limited and not results.scenario.bans and seen < load - BUSIER
        if seen > min(load, 1.0) + BUSIER or low:
            yield f"{place} in {year}: {activity} is in use {seen:.2f} of the time, and its offered load is {load:.2f}"


def over_capacity(values: pd.DataFrame, rows: pd.DataFrame) -> Iterator[str]:
    """Trains that were delivered in a year over a capacity, above its most and those inside at its beginning."""
    for _, row in rows.iterrows():
        ats = [("trains_delivered", "all", flow, row["year"]) for flow in row["flows"].split(", ") if flow]
        if not ats or row["load"] <= 0 or any(at not in values.index for at in ats):
            continue
        delivered = sum(float(values.loc[at]["mean"]) for at in ats)
        created = sum(float(values.loc[("trains_created", *at[1:])]["mean"]) for at in ats)
        inside = sum(float(values.loc[("trains_inside", *at[1:])]["mean"]) for at in ats)
        before = max(0.0, delivered + inside - created)
        if delivered > (1 + CARRIED_SHARE) * row["trains_at_most"] + before + 1:
            what = f"{row['place']} {row['activity']} {row['part']}".strip()
            yield (
                f"{what} in {row['year']}: {delivered:.0f} trains were delivered over it, and it can serve at most "
                f"{row['trains_at_most']:.0f}"
            )


def rests(results: Results, place: str, activity: str) -> bool:
    """Whether what rests over a closing counts as busy there."""
    described = results.scenario.places.get(place)
    return activity in ("keying", "checking") and isinstance(described, Border) and described.office_hours is not None
