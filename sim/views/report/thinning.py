"""What a page that would be too large leaves out: first what single trains did, then what single flows did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.views import words
from sim.views.language import message


@dataclass(frozen=True)
class PageData:
    """The data of the charts and of the replay, and what was left out of them, a sentence each."""

    charts: dict[str, Any]
    moving: dict[str, Any]
    left_out: tuple[str, ...] = ()


def thinner(charts: dict[str, Any], moving: dict[str, Any], first: str) -> Iterator[PageData]:
    """The data of a page, then less and less of it: the last holds what a page cannot do without.

    Parameters
    ----------
    first
        The result whose replay is left out last.
    """
    yield PageData(charts, moving)
    notes: tuple[str, ...] = ()
    flow_notes: tuple[str, ...] = ()
    if len(moving["runs"]) > 1:
        moving = moving | {"runs": {first: moving["runs"][first]}}
        notes = (message("Only {result} is replayed: with more the page would be too large.", result=first),)
        yield PageData(charts, moving, notes)
    year = charts["year"]
    thinned_runs = [run | {"kpis": without_single_flows(run, charts, year)} for run in charts["runs"]]
    if any(
        len(old["kpis"]["kpi"]) > len(new["kpis"]["kpi"]) for old, new in zip(charts["runs"], thinned_runs, strict=True)
    ):
        charts = charts | {"runs": thinned_runs}
        sentence = message(
            "Single flows are shown {when} alone: with more the page would be too large. kpis.csv of each result has "
            "them all.",
            when=words.in_period(year),
        )
        flow_notes = (sentence,)
        yield PageData(charts, moving, (*notes, *flow_notes))
    sentence = message("Nothing is replayed: with trains the page would be too large.")
    yield PageData(charts, moving | {"runs": {}}, (sentence, *flow_notes))


def without_single_flows(run: dict[str, Any], charts: dict[str, Any], year: str) -> dict[str, list[Any]]:
    """The measures of a result by column; those of single flows in one period alone."""
    keys, columns = charts["keys"], run["kpis"]
    flows = {code for code, name in enumerate(keys["flow"]) if name in charts["flows"]}
    code_of_year = keys["period"].index(year)
    rows = [
        row
        for row, (flow, period) in enumerate(zip(columns["flow"], columns["period"], strict=True))
        if flow not in flows or period == code_of_year
    ]
    return {name: [column[row] for row in rows] for name, column in columns.items()}
