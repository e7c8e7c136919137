"""Loads and free-flow times in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.views import words
from sim.views.sheets.sheet import Sheet

if TYPE_CHECKING:
    import pandas as pd


def load_sheet(loads: pd.DataFrame) -> Sheet:
    """Offered load of every capacity that is used, the heaviest first in each year."""
    heads = ("year", "place", "activity", "of", "load", "trains a year at most")
    over = int((loads["load"] >= 1).sum())
    note = f"{over} loads are 1 or more: the queue there grows all year." if over else ""
    sheet = Sheet("Offered load of each capacity, by means alone", heads, note=note)
    for _, row in loads[loads["load"] > 0].iterrows():
        words_of = (words.plain(row["activity"]), words.plain(row["part"]))
        sheet.rows.append((row["year"], row["place"], *words_of, *of_load(row)))
    return sheet


def of_load(row: pd.Series[float]) -> tuple[str, str]:
    """A load, and the trains that the capacity serves at most."""
    load = words.figure(row["load"]) if math.isfinite(row["load"]) else "no capacity"
    return load, words.figure(row["trains_at_most"])


def flow_sheet(flows: pd.DataFrame) -> Sheet:
    """Free flow and the narrowest capacity of every flow by year."""
    heads = ("year", "flow", "trains offered", "free flow, h", "Mt a year at most", "narrowest")
    sheet = Sheet("Free flow, and the narrowest capacity of each route", heads)
    for _, row in flows.iterrows():
        numbers = (words.figure(row[key]) for key in ("offered_trains", "free_flow_h", "mt_at_most"))
        sheet.rows.append((row["year"], row["flow"], *numbers, words.plain(row["narrowest"])))
    return sheet
