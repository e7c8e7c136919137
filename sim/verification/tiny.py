"""Tiny scenarios whose answers are known: nothing varies and everything is ample, but for what a check says.

They begin on 1 January 2025. The functions give the tables of a scenario file; `scenario` puts them together.
"""

from __future__ import annotations

import datetime as dt
import zlib
from contextvars import ContextVar
from typing import Any

import numpy as np

from sim.measure.statistics import FloatArray
from sim.model.ledger import Tables
from sim.runs import replicate
from sim.scenario.schema import Scenario

AMPLE = 1000
YEAR_H = 8760
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
REPLICATIONS = 24

Table = dict[str, Any]

ENGINE = ContextVar("engine", default="simpy")
"""What plays the worlds of the check at work."""


def scenario(places: Table, flows: Table, days: int = 4, trains: Table | None = None, **tables: Any) -> Scenario:
    """A scenario of some days; the train type `box` is there if no other is. `tables` are further ones of the file.

    The luck of its runs hangs on its `title`.
    """
    start = dt.date(2025, 1, 1)
    horizon = {"start": start, "end": start + dt.timedelta(days=days), "warmup_days": tables.pop("warmup_days", 0)}
    head: Table = {"title": "Tiny", "horizon": horizon, "trains": trains or {"box": train()}, "places": places}
    return Scenario.model_validate({**head, "flows": flows, **tables})


def train(**changes: Any) -> Table:
    """A train type: 100 TEU, 50 wagons, 1000 t, handled as `box`."""
    return {"title": "Box", "handling": "box", "wagons": 50, "teu": 100, "net_t": 1000, **changes}


def every(gap_h: float, *route: str, **changes: Any) -> Table:
    """A westbound flow of a train each `gap_h` hours, the first after half a gap."""
    flow: Table = {"title": "Flow", "train": "box", "direction": "westbound", "route": list(route)}
    volume = {"trains_per_year": {2025: YEAR_H / gap_h}, "month_weights": MONTH_DAYS, "departures_cv": 0}
    return {**flow, **volume, **changes}


def at_random(per_h: float, *route: str, **changes: Any) -> Table:
    """A westbound flow of Poisson departures."""
    return every(1 / per_h, *route, **{"departures_cv": 1, **changes})


def empties(share_by_flow: Table, *route: str, **changes: Any) -> Table:
    """An eastbound flow of the boxes of others, which come back empty."""
    flow: Table = {"title": "Back", "train": "box", "direction": "eastbound", "route": list(route)}
    return {**flow, "empties_of": share_by_flow, **changes}


def exponential(mean: float) -> Table:
    """An exponential spread."""
    return {"mean": mean, "shape": "exponential"}


def section(running_h: float, paths_per_day: Any = 1e12, **changes: Any) -> Table:
    """A section of line, at one kilometre an hour."""
    line = {"kind": "section", "title": "Line", "length_km": running_h, "speed_km_per_day": 24}
    return {**line, "paths_per_day": paths_per_day, **changes}


def terminal(hours: Any = 0.0, tracks: Any = AMPLE) -> Table:
    """A terminal for `box` trains."""
    return {"kind": "terminal", "title": "Terminal", "unloading": {"box": {"tracks": tracks, "train_h": hours}}}


def border(gauge_h: Any = None, cranes: Any = AMPLE, forming_h: Any = 0.0, crews: Any = AMPLE, **changes: Any) -> Table:
    """A border crossing; with `gauge_h` it changes the gauge of westbound trains."""
    calm = {"yellow_share": 0, "red_share": 0, "yellow_h": 0, "red_h": 0, "teams": AMPLE}
    change = {"box": {"cranes": cranes, "train_h": gauge_h, "directions": ["westbound"]}}
    station = {
        "kind": "border",
        "title": "Border",
        "receiving_tracks": AMPLE,
        "declarant_teams": AMPLE,
        "officer_teams": AMPLE,
        "gauge_change": {} if gauge_h is None else change,
        "forming": {"crews": crews, "train_h": forming_h},
    }
    return {**station, "inspection": {**calm, **changes.pop("inspection", {})}, **changes}


def port(**changes: Any) -> Table:
    """One side of a sea crossing."""
    side = {"title": "Port", "berths": AMPLE, "cranes": AMPLE, "crane_h_per_100": 0, "tracks": AMPLE, "train_h": 0}
    return {**side, **changes}


def sea(capacity: float, patience_h: float, vessel: Table | None = None, **changes: Any) -> Table:
    """A crossing from `aktau` in the east to `alat` in the west, with vessels `feeder`; it carries TEU if unsaid."""
    unit = changes.setdefault("carries", "teu")
    feeder = {"title": "Feeder", "number": 1, f"capacity_{unit}": capacity, "patience_h": patience_h, **(vessel or {})}
    crossing = {"kind": "sea", "title": "Sea", "distance_km": 460, "sailing_h": 1e-6}
    ports = {"aktau": port(**changes.pop("east", {})), "alat": port(**changes.pop("west", {}))}
    layout = {"east_port": "aktau", "west_port": "alat", "ports": ports, "vessels": {"feeder": feeder}}
    return {**crossing, **layout, **changes}


def pool(home: str, empty_run_h: Table, sets: Any = AMPLE, **changes: Any) -> Table:
    """A fleet of wagon sets."""
    return {"title": "Sets", "home": home, "sets": sets, "placing_h": 0.0, "empty_run_h": empty_run_h, **changes}


def paper(**changes: Any) -> Table:
    """Clearance on paper: every declaration is right, and no two trains differ."""
    words = {"kind": "paper", "title": "Paper", "works_before_release": "nothing"}
    return {**words, "keying_h": 0, "checking_h": 0, "effort_cv": 0, "wrong_share": 0, **changes}


def tez(**changes: Any) -> Table:
    """Tez clearance: lodged two days ahead, released at once, never late, never wrong, beside the gauge change."""
    words = {"kind": "tez", "title": "Tez", "works_before_release": "gauge_change"}
    times = {"lead_h": 48, "late_share": 0, "late_h": 0, "release_h": 0, "wrong_share": 0, "correction_h": 0}
    return {**words, **times, **changes}


def played(world: Scenario, replication: int = 0) -> Tables:
    """The tables of one run, under the seed of its title."""
    return replicate.play(world, seed_of_title(world), replication, ENGINE.get())


def kpi_of(world: Scenario, kpi: str, place: str = "all", flow: str = "all", replication: int = 0) -> float:
    """A measure of one run over its whole horizon."""
    asked = frozenset([kpi])
    kpis = replicate.one_replication(world, seed_of_title(world), replication, kpis=asked, engine=ENGINE.get()).kpis
    rows = kpis[(kpis["kpi"] == kpi) & (kpis["place"] == place) & (kpis["flow"] == flow) & (kpis["period"] == "all")]
    return float(rows["value"].iloc[0])


def seed_of_title(world: Scenario) -> int:
    """The seed of a tiny scenario: that of its title."""
    return zlib.crc32(world.title.encode())


def journey(tables: Tables, number: int, beside: bool = False) -> list[tuple[object, ...]]:
    """What a train did, in order: (activity, queued, started, ended); `beside`: what went on next to it."""
    rows = tables.stages[(tables.stages["train"] == number) & (tables.stages["beside"] == beside)]
    return list(rows[["activity", "queued_h", "started_h", "ended_h"]].itertuples(index=False, name=None))


def times(tables: Tables, activity: str) -> list[tuple[float, float, float]]:
    """(queued, started, ended) of every spell of an activity, trains in order of number."""
    rows = tables.stages[tables.stages["activity"] == activity]
    return list(rows[["queued_h", "started_h", "ended_h"]].itertuples(index=False, name=None))


def spent(tables: Tables, activity: str, since: str = "queued_h", until: str = "started_h") -> FloatArray:
    """Hours of each train, by number, between two times of its spells of an activity; 0 where it had none."""
    rows = tables.stages[tables.stages["activity"] == activity]
    hours = (rows[until] - rows[since]).to_numpy()
    return np.asarray(np.bincount(rows["train"].to_numpy(), hours, len(tables.trains)), float)


def offered_within(tables: Tables, from_h: float, until_h: float) -> FloatArray:
    """Which trains, by number, were offered between two hours."""
    hours = tables.trains["offered_h"].to_numpy()
    return np.asarray((hours >= from_h) & (hours < until_h))
