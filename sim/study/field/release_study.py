"""Time Release Study: hours between the moments of a clearance, after the World Customs Organization's guide.

The guide (Time Release Study Guide, version 4, 2025) measures from the arrival of the goods to their release, names the
intervals between, and asks for them apart by what is done to goods: here by risk channel. Here the goods are a train,
and lodgement and release are those of its transit declarations.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.counting import interpolate_quantiles, word_codes
from sim.measure.run_view import RunView
from sim.measure.statistics import FloatArray
from sim.measure.visits import visits_of
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year, periods
from sim.scenario.values import ALL

INTERVALS = (
    ("arrival", "reception"),
    ("reception", "lodgement"),
    ("lodgement", "release"),
    ("reception", "release"),
    ("release", "departure"),
    ("arrival", "departure"),
)
"""Intervals by their first and last moment; a lodgement before reception gives hours below zero."""

INSPECTION = "inspection"
"""Wait for and work of an inspection, of the trains of the yellow and the red channel."""

SHARES = np.array([0.5, 0.9])


def release_study(results: Results, period: str | None = None) -> pd.DataFrame:
    """Intervals of the clearances whose release fell in a period, by border, regime and channel, of replication 0.

    Parameters
    ----------
    period
        A calendar year, or `all`; by default the last full year.

    Returns
    -------
    DataFrame
        Columns place, regime, channel (`all`, and each that trains were assigned to), interval ("arrival to reception",
        …, or `INSPECTION`), trains (that have both moments), declarations (of all trains released), lodged_before
        (share of the trains lodged before reception), mean_h, sd_h (of the trains, NaN of a single one), min_h, p50_h,
        p90_h, max_h, and model_mean_h, ci_low_h, ci_high_h: mean and interval over replications where a measure of the
        results is the interval.
    """
    scenario = results.scenario
    period = period or last_full_year(scenario)
    from_h, until_h = periods(scenario)[period]
    table = results.tables.declarations
    table = table[(table["released_h"] >= from_h) & (table["released_h"] < until_h)]
    moments = moments_of(results, table, (from_h, until_h))
    rows = []
    for place in scenario.places:
        for regime in scenario.regimes:
            in_regime = ((table["place"] == place) & (table["regime"] == regime)).to_numpy()
            for channel in (ALL, *CHANNELS):
                in_group = in_regime & ((channel == ALL) | (table["channel"] == channel).to_numpy())
                if in_group.any():
                    counts = (int(table["declarations"].to_numpy()[in_group].sum()), lodged_before(table[in_group]))
                    hours_by_moment = {name: hours[in_group] for name, hours in moments.items()}
                    for interval, trains, hours in intervals_of(hours_by_moment):
                        model = model_interval(results, place, regime, interval, period)
                        model = model if channel == ALL else (np.nan, np.nan, np.nan)
                        rows.append((place, regime, channel, interval, trains, *counts, *hours, *model))
    return pd.DataFrame(rows, columns=list(COLUMNS))


CHANNELS = ("green", "yellow", "red")
"""Risk channels, by how much is done to their trains."""


COLUMNS = (
    "place",
    "regime",
    "channel",
    "interval",
    "trains",
    "declarations",
    "lodged_before",
    "mean_h",
    "sd_h",
    "min_h",
    "p50_h",
    "p90_h",
    "max_h",
    "model_mean_h",
    "ci_low_h",
    "ci_high_h",
)


def moments_of(results: Results, table: pd.DataFrame, window: tuple[float, float]) -> dict[str, FloatArray]:
    """Hour of each moment of some clearances, NaN where it did not come; and the hours of their inspection."""
    view = RunView.of(results.scenario, results.tables, {ALL: window})
    place, train = word_codes(table["place"], list(results.scenario.places)), table["train"].to_numpy()
    arrived_h, departed_h = visits_of(view).hours(place, train)
    stages = results.tables.stages
    inspections = stages[stages["activity"] == INSPECTION]
    hours = pd.Series(
        (inspections["ended_h"] - inspections["queued_h"]).to_numpy(),
        index=pd.MultiIndex.from_arrays([inspections["place"].astype(str), inspections["train"]]),
    )
    keys = pd.MultiIndex.from_arrays([table["place"].astype(str), table["train"]])
    return {
        "arrival": arrived_h,
        "reception": table["arrived_h"].to_numpy(),
        "lodgement": table["lodged_h"].to_numpy(),
        "release": table["released_h"].to_numpy(),
        "departure": np.where(np.isfinite(departed_h), departed_h, np.nan),
        INSPECTION: hours.groupby(level=[0, 1]).sum(min_count=1).reindex(keys).to_numpy(float),
    }


def intervals_of(moments: dict[str, FloatArray]) -> list[tuple[str, int, tuple[float, ...]]]:
    """Each interval seen: its name, the number of trains, and mean, SD, least, median, 90th percentile, most, hours."""
    spans = {f"{first} to {last}": moments[last] - moments[first] for first, last in INTERVALS}
    spans[INSPECTION] = moments[INSPECTION]
    intervals: list[tuple[str, int, tuple[float, ...]]] = []
    for name, hours in spans.items():
        hours = hours[np.isfinite(hours)]
        if len(hours):
            median, high = interpolate_quantiles(hours, SHARES)
            sd_h = float(hours.std(ddof=1)) if len(hours) > 1 else np.nan
            spread = (float(hours.min()), float(median), float(high), float(hours.max()))
            intervals.append((name, len(hours), (float(hours.mean()), sd_h, *spread)))
    return intervals


def lodged_before(table: pd.DataFrame) -> float:
    """Share of clearances lodged before the train was received."""
    return float((table["lodged_h"] < table["arrived_h"]).mean())


def model_interval(results: Results, place: str, regime: str, interval: str, period: str) -> tuple[float, float, float]:
    """Mean and interval over replications of the interval that is a measure: reception to release."""
    row = rows_at(results.kpis, f"clearance_{regime}_h", place, ALL, period)
    if interval != "reception to release" or row.empty:
        return (np.nan, np.nan, np.nan)
    mean, low, high = row[["mean", "ci_low", "ci_high"]].to_numpy(float)[0].tolist()
    return mean, low, high
