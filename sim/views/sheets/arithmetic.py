"""Loads and free-flow times in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sim.scenario.places import Sea
from sim.scenario.values import ALL
from sim.study.arithmetic.loads import overloaded
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.sheets.sheet import Sheet

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario

MOST_NAMED = 2
"""Overloaded capacities that a sentence names."""


def load_sheet(loads: pd.DataFrame) -> Sheet:
    """Offered load of every capacity that is used, the heaviest first in each year."""
    heads = (
        *(message("year"), message("place"), message("activity"), message("of")),
        *(message("load"), message("trains a year at most")),
    )
    over = int((loads["load"] >= 1).sum())
    note = ""
    if over:
        note = counted(
            over,
            "{count} load of 1 or more: the queue there grows all year.",
            "{count} loads of 1 or more: the queue there grows all year.",
        )
    sheet = Sheet(message("Offered load of each capacity, by means alone"), heads, note=note, frame=loads)
    for _, row in loads[loads["load"] > 0].iterrows():
        words_of = (words.plain(row["activity"]), words.plain(row["part"]))
        sheet.rows.append((row["year"], row["place"], *words_of, *of_load(row)))
    return sheet


def of_load(row: pd.Series[float]) -> tuple[str, str]:
    """A load, and the trains that the capacity serves at most."""
    load = words.figure(row["load"]) if math.isfinite(row["load"]) else message("no capacity")
    return load, words.figure(row["trains_at_most"])


def corridor_sheet(scenario: Scenario, corridors: pd.DataFrame) -> Sheet:
    """What every corridor is offered and can carry by year, against its target; first where there is one."""
    first = corridors["corridor"].isin(corridors["corridor"][corridors["target_mt"].notna()])
    corridors = corridors.assign(rank=~first).sort_values(["rank", "corridor", "year"], kind="stable")
    corridors = corridors.drop(columns="rank")
    heads = (
        *(message("year"), message("corridor"), message("offered, Mt")),
        *(message("carried at most, Mt"), message("target, Mt")),
    )
    note = message("At most: by means alone, of what is offered; a run carries less where queues grow.")
    sheet = Sheet(message("Each corridor against its target"), heads, note=note, frame=corridors)
    for _, row in corridors.iterrows():
        numbers = (words.figure(row[key]) for key in ("offered_mt", "mt_at_most", "target_mt"))
        sheet.rows.append((row["year"], spoken_title(scenario.corridors[row["corridor"]].title), *numbers))
    return sheet


def flow_sheet(flows: pd.DataFrame) -> Sheet:
    """Free flow and the narrowest capacity of every flow by year."""
    heads = (
        *(message("year"), message("flow"), message("trains offered"), message("free flow, h")),
        *(message("Mt a year at most"), message("narrowest")),
    )
    sheet = Sheet(message("Free flow, and the narrowest capacity of each route"), heads, frame=flows)
    for _, row in flows.iterrows():
        numbers = (words.figure(row[key]) for key in ("offered_trains", "free_flow_h", "mt_at_most"))
        sheet.rows.append((row["year"], row["flow"], *numbers, words.plain(row["narrowest"])))
    return sheet


def overload_sentences(scenario: Scenario, period: str) -> list[str]:
    """Which capacities are overloaded in a period: means of waiting hang on the days that are measured."""
    table = overloaded(scenario, period)
    names = list(dict.fromkeys(capacity_words(scenario, row) for _, row in table.iterrows()))
    told = words.listed_short(names, MOST_NAMED)
    return [message("Overloaded, with no steady mean of hours: {capacities}.", capacities=told)] if names else []


def capacity_words(scenario: Scenario, load: pd.Series[Any]) -> str:
    """What a row of loads is the load of: place or port, what is used of it, and by what kind of train."""
    place = scenario.places.get(load["place"])
    port = place.ports.get(load["part"]) if isinstance(place, Sea) else None
    pool = scenario.wagon_pools.get(load["place"])
    if pool is not None:
        return message("{pool} (too few sets)", pool=spoken_title(pool.title))
    title = words.title_of(scenario, load["place"], ALL)
    part = [term(words.plain(load["part"]))] if load["part"] else []
    where = words.comma_list([title, *part]) if port is None else spoken_title(port.title)
    return message("{where} ({activity})", where=where, activity=term(words.plain(load["activity"])))
