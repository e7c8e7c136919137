"""What the charts of the page are made of: measures in columns, titles, targets, spread of clearance, months."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.run_view import KpiValues
from sim.model.capacities import STAGES, Hold
from sim.runs.results import Results
from sim.scenario.places import Sea
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.arithmetic.loads import loads
from sim.study.field.clearance import clearance_groups, share_steps
from sim.study.field.journey_parts import PARTS
from sim.study.field.queues import months
from sim.study.field.throughput import full_years
from sim.views import words
from sim.views.plots.clearance import by_result, of_weight
from sim.views.plots.style import PART_COLOURS, regime_colours, result_colours
from sim.views.report.numbers import rounded

ALONE = ("throughput_mt", "transit_days", "passage_h", "wait_h", "border_dwell_h", "queue_trains", "queue_trains_max")
STEMS = ("border_dwell_", "utilisation_", "wait_h_", "queue_trains_")
QUANTILES = tuple(words.QUANTILES)
KEYS = ("kpi", "place", "flow", "period", "unit")
NUMBERS = {"n": "replications", "mean": "mean", "low": "ci_low", "high": "ci_high"}
MOST_STEPS = 160


def measures_shown(kpis: pd.DataFrame) -> pd.DataFrame:
    """The measures that the charts and their tables can show."""
    kpi = kpis["kpi"].astype(str)
    is_shown = kpi.isin(ALONE) | (kpi.str.startswith(STEMS) & ~kpi.str.endswith(QUANTILES))
    elsewhere = kpi.str.startswith(("utilisation_", "queue_trains")) | (kpi == "throughput_mt")
    by_flow = ~kpis["flow"].isin(("westbound", "eastbound")) | elsewhere
    return kpis[is_shown & by_flow & ~(kpi.str.startswith("queue_trains_") & (kpis["flow"] != ALL))]


def columns(runs: Sequence[Results]) -> tuple[dict[str, list[str]], dict[str, dict[str, list[Any]]]]:
    """The words of the keys, and for each run its measures as columns of codes of these words and of numbers."""
    tables = {run.name: measures_shown(run.kpis) for run in runs}
    vocabulary = {key: list(dict.fromkeys(word for table in tables.values() for word in table[key])) for key in KEYS}
    return vocabulary, {
        name: {
            **{key: pd.Index(vocabulary[key]).get_indexer(table[key]).tolist() for key in KEYS},
            **{short: [rounded_or_none(value) for value in table[long]] for short, long in NUMBERS.items()},
        }
        for name, table in tables.items()
    }


def rounded_or_none(value: float) -> float | None:
    """A number as the tables of a folder have it; None if there is none."""
    return None if np.isnan(value) else rounded(value)


def chart_data(runs: Sequence[Results]) -> dict[str, Any]:
    """Everything that the charts need but the months and the replay."""
    keys, tables = columns(runs)
    return {
        "keys": keys,
        "runs": [
            {
                "name": run.name,
                "colour": colour,
                "level": run.manifest["level"],
                "kpis": tables[run.name],
                "full": [*full_years(run.scenario), ALL],
                "years": {year: words.year_title(run.scenario, year) for year in run.scenario.calendar.years()},
            }
            for run, colour in zip(runs, result_colours(runs), strict=True)
        ],
        "places": first_of_each(place_titles(run.scenario) for run in runs),
        "kinds": first_of_each({name: place.kind for name, place in run.scenario.places.items()} for run in runs),
        "flows": first_of_each({name: flow.title for name, flow in run.scenario.flows.items()} for run in runs),
        "routes": first_of_each({name: list(flow.route) for name, flow in run.scenario.flows.items()} for run in runs),
        "corridors": first_of_each(corridors(run) for run in runs),
        "parts": [
            {"title": part.title, "colour": colour, "activities": part.activities}
            for part, colour in zip(PARTS, PART_COLOURS, strict=False)
        ],
        "causes": words.CAUSES,
        "capacities": words.CAPACITIES,
        "activities": words.ACTIVITIES,
        "resources": resources(),
        "ports": {run.name: port_loads(run.scenario) for run in runs},
        "hours": [[hours, text] for hours, text in words.READABLE_HOURS.items()],
        "cleared": spreads(runs),
    }


def first_of_each(tables: Any) -> dict[str, Any]:
    """Tables by name, the first of each name."""
    firsts: dict[str, Any] = {}
    for table in tables:
        for name, value in table.items():
            firsts.setdefault(name, value)
    return firsts


def corridors(run: Results) -> dict[str, Any]:
    """Titles, targets and published past of the corridors."""
    return {
        name: {"title": corridor.title, "target": corridor.target_mt, "published": corridor.published_mt}
        for name, corridor in run.scenario.corridors.items()
    }


def port_loads(scenario: Scenario) -> dict[str, dict[str, dict[str, list[Any]]]]:
    """What is offered to each port of a crossing over what it can take, by year, crossing and activity.

    What a run counts is of both ports together: the one may be full while the other idles.
    """
    by_year: dict[str, dict[str, dict[str, list[Any]]]] = {}
    table = loads(scenario)
    for _, row in table[np.isfinite(table["load"])].iterrows():
        crossing = scenario.places.get(row["place"])
        if isinstance(crossing, Sea) and row["part"] in crossing.ports:
            of_crossing = by_year.setdefault(row["year"], {}).setdefault(row["place"], {})
            port = [crossing.ports[row["part"]].title, rounded(row["load"])]
            of_crossing.setdefault(row["activity"], []).append(port)
    return by_year


def resources() -> dict[str, str]:
    """The capacity at the same place whose lack is a cause of waiting, by cause; room ahead is at another."""
    return {
        stage.causes[-1].name.lower(): stage.activities[0].name.lower()
        for stage in STAGES
        if stage.key and stage.hold is not Hold.NO_COUNT and not stage.waits_before
    }


def spreads(runs: Sequence[Results]) -> list[dict[str, Any]]:
    """Shares of trains released, and gone from the border, within so many hours, by regime or by result."""
    groups, colours = [], regime_colours(runs)
    for group in chain.from_iterable(of_weight(own) for own in by_result(clearance_groups(runs))):
        medians = [float(np.median(values)) for values in (group.clearance_h, group.dwell_h)]
        groups.append(
            {
                "run": runs[group.result].name,
                "label": f"{group.label}, {words.days_from(group.first, group.last)}",
                "places": [runs[group.result].scenario.places[group.subject.place].title],
                "colour": colours[group.regime],
                "trains": len(group.clearance_h),
                "medians": [words.duration(median) for median in medians],
                "clearance": step_points(group.clearance_h),
                "dwell": step_points(group.dwell_h),
            }
        )
    return groups


def step_points(values: Any) -> list[list[float]]:
    """Hours and percent of trains done within them."""
    x, share = share_steps(values)
    positions = np.unique(np.linspace(0, len(x) - 1, min(MOST_STEPS, len(x))).astype(int)[: len(x)])
    return [[rounded(x[i]), rounded(100 * share[i])] for i in positions]


LEAST_SHOWN = 0.005
"""Below this in every month a row would say 0.00 throughout, and is left out."""


def heat_map(run: Results, by_month: list[KpiValues]) -> dict[str, Any]:
    """Months as columns, places and resources as rows; rows where nothing ever waits or is used are left out."""
    titles = place_titles(run.scenario)
    rows: dict[str, list[dict[str, Any]]] = {"queue": [], "utilisation": []}
    for kpi in by_month:
        kind = "queue" if kpi.kpi == "queue_trains" else "utilisation"
        resource = words.CAPACITIES.get(kpi.kpi.removeprefix("utilisation_"), "")
        for place, values in zip(kpi.places, kpi.values[:, :, 0].T, strict=True):
            if np.nan_to_num(values).max() >= LEAST_SHOWN:
                label = titles[place] if kind == "queue" else f"{titles[place]}: {resource}"
                cells = [None if np.isnan(value) else rounded(value) for value in values]
                rows[kind].append({"kpi": kpi.kpi, "place": place, "label": label, "values": cells})
    for of_kind in rows.values():
        of_kind.sort(key=lambda row: -np.mean([value or 0.0 for value in row["values"]]))
    return {"months": list(months(run.scenario)), **rows}


def place_titles(scenario: Scenario) -> dict[str, str]:
    """Titles of places and of wagon pools by name."""
    return {name: part.title for name, part in (*scenario.places.items(), *scenario.wagon_pools.items())}
