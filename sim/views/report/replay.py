"""The trains and ships of one month of the first replication, as the rows of the ledger say, for the replay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from sim.measure.counting import word_codes
from sim.measure.statistics import FloatArray
from sim.model.ledger import Activity, Cause
from sim.runs.results import Results
from sim.scenario.places import Sea
from sim.study.field.network import network
from sim.study.field.queues import months

MINUTES_PER_HOUR = 60
ACTIVITIES = [activity.name.lower() for activity in Activity]
CAUSES = [cause.name.lower() for cause in Cause]
MOVING = ("running", "sailing")


def replay(run: Results, month: str) -> dict[str, Any]:
    """What moved in a month: places, trains with all their rows of `stages`, and voyages.

    Times are whole minutes since the first of the month, whenever the horizon begins, so that two results share a
    clock; one after the end of the run is None. A row is a code of `kinds`
    (place, activity, cause, whether the train had moved through the place before, whether it is beside others) and the
    minutes at which it was queued, started and ended.
    """
    from_h = run.scenario.calendar.hours(dt.date.fromisoformat(f"{month}-01"))
    _, until_h = months(run.scenario)[month]
    courses = network(run.scenario)
    places = [name for name in run.scenario.places if name in courses.lines]
    return {
        "month": month,
        "minutes": minutes([until_h], from_h)[0],
        "starts": run.scenario.calendar.moment(from_h).isoformat(),
        "on_map": courses.on_map,
        "places": [
            {
                "name": name,
                "title": run.scenario.places[name].title,
                "kind": run.scenario.places[name].kind,
                "line": [list(point) for point in courses.lines[name]],
                "ends": end_titles(run, name),
            }
            for name in places
        ],
        "trains": trains_of_month(run, from_h, until_h),
        "voyages": voyages_of_month(run, places, from_h, until_h),
    }


def end_titles(run: Results, name: str) -> list[str]:
    """Titles of the ports of a sea crossing, east first; of any other place its own."""
    place = run.scenario.places[name]
    if place.kind == "sea":
        return [place.ports[place.east_port].title, place.ports[place.west_port].title]
    return [place.title]


def trains_of_month(run: Results, from_h: float, until_h: float) -> dict[str, Any]:
    """The trains that were on their way, or held back, at some time in the month, with all rows of their journeys."""
    rows, journeys = run.tables.stages, run.tables.trains
    is_under_way = (rows["queued_h"] < until_h) & ~(rows["ended_h"] <= from_h)
    numbers = np.unique(rows["train"].to_numpy()[is_under_way.to_numpy()])
    rows = rows[np.isin(rows["train"].to_numpy(), numbers)]
    journeys = journeys[np.isin(journeys["train"].to_numpy(), numbers)]
    flows, places = list(run.scenario.flows), list(run.scenario.places)
    passable = [name for name in places if name in network(run.scenario).lines]
    kind = np.stack(
        [
            word_codes(rows["place"], passable),
            word_codes(rows["activity"], ACTIVITIES),
            word_codes(rows["cause"], CAUSES),
            has_crossed(rows, passable).astype(np.int64),
            rows["beside"].to_numpy().astype(np.int64),
        ],
        axis=1,
    )
    kinds, code = np.unique(kind, axis=0, return_inverse=True)
    first = np.searchsorted(rows["train"].to_numpy(), journeys["train"].to_numpy())
    return {
        "number": journeys["train"].tolist(),
        "flow": word_codes(journeys["flow"], flows).tolist(),
        "flows": [
            {"name": name, "title": flow.title, "west": flow.direction == "westbound"}
            for name, flow in run.scenario.flows.items()
        ],
        "first": first.tolist(),
        "kinds": kinds.tolist(),
        "kind": code.ravel().tolist(),
        **{name.removesuffix("_h"): minutes(rows[name], from_h) for name in ("queued_h", "started_h", "ended_h")},
    }


def has_crossed(rows: pd.DataFrame, places: list[str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether, when a spell was queued, its train had moved through the place."""
    visit = rows["train"].to_numpy() * len(places) + word_codes(rows["place"], places)
    ended_h: FloatArray = rows["ended_h"].to_numpy()
    runs = rows["activity"].isin(MOVING).to_numpy() & ~np.isnan(ended_h)
    ended_runs_h = pd.Series(ended_h[runs], index=visit[runs])
    first = ended_runs_h.groupby(level=0).min()
    return np.asarray(rows["queued_h"].to_numpy() >= first.reindex(visit).fillna(np.inf).to_numpy())


def voyages_of_month(run: Results, places: list[str], from_h: float, until_h: float) -> dict[str, Any]:
    """The voyages under way in the month, from when their vessels came to the port that they leave."""
    rows = run.tables.voyages
    rows = rows.assign(came_h=came(rows))
    rows = rows[(rows["came_h"] < until_h) & ~(rows["arrived_h"] <= from_h)]
    times = ("came_h", "berthed_h", "loaded_h", "sailed_h", "arrived_h")
    return {
        "place": word_codes(rows["place"], places).tolist(),
        "west": (rows["direction"] == "westbound").tolist(),
        "vessel": [vessel_title(run, *names) for names in zip(rows["place"], rows["vessel"], strict=True)],
        "full": [round(float(share), 3) for share in rows["load"] / rows["capacity"]],
        **{name.removesuffix("_h"): minutes(rows[name], from_h) for name in times},
    }


def came(voyages: pd.DataFrame) -> pd.Series[float]:
    """When each vessel came to the port that a voyage leaves: at the end of its last one, else when it berthed."""
    last = voyages.groupby(["place", "vessel"], observed=True)["arrived_h"].shift()
    return last.fillna(voyages["berthed_h"])


def vessel_title(run: Results, place: str, vessel: str) -> str:
    """The title of a vessel's class and its number in it: `feeder_2` is "Feeder 2"."""
    name, number = vessel.rsplit("_", 1)
    sea = run.scenario.places[place]
    assert isinstance(sea, Sea)
    return f"{sea.vessels[name].title} {number}"


def minutes(hours: Any, from_h: float) -> list[int | None]:
    """Hours as whole minutes since `from_h`; None for NaN."""
    since = np.round((np.asarray(hours, dtype=float) - from_h) * MINUTES_PER_HOUR)
    return [None if np.isnan(value) else int(value) for value in since]
