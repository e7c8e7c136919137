"""Months on the page: what waits and what is in use, as the rows of a heat map."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.measure.run_view import KpiValues
from sim.runs.results import Results
from sim.scenario.schema import Scenario
from sim.study.field.monthly import months
from sim.views import words
from sim.views.report.numbers import rounded

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
