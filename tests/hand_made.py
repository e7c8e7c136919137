"""A small scenario, and the tables of a run written by hand, for tests whose answers are worked out by hand."""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import pandas as pd

from sim.model.ledger import Tables
from sim.scenario.schema import Scenario
from sim.verification.tiny import border, paper, pool, port, sea, section, tez, train

PORT = port(berths=2, cranes=2, crane_h_per_100=2, tracks=2, train_h=2)
INSPECTION = {"yellow_share": 0.2, "red_share": 0.1, "yellow_h": 1, "red_h": 3, "teams": 1}
PEOPLE = {"declarant_teams": 2, "officer_teams": 1, "inspection": INSPECTION}
STATION = border(forming_h=1, crews=2, receiving_tracks=4, **PEOPLE)
SPREAD = {"mean": 0.5, "cv": 0.5}
BOX_CRANES = {"cranes": 2, "train_h": {"mean": 2, "cv": 0.5}}
CRANES = {"box": {"cranes": 2, "train_h": 2}, "tank": {"cranes": 1, "train_h": 3}}

RESOLVED: dict[str, Any] = {
    "title": "Four days",
    "horizon": {"start": dt.date(2024, 12, 30), "end": dt.date(2025, 1, 3), "warmup_days": 2},
    "study": {"replications": 3, "seed": 5},
    "corridors": {"middle": {"title": "Middle"}, "north": {"title": "North"}},
    "trains": {
        "box": train(teu=80, wagon_pools=["flats"]),
        "tank": train(title="Tank", handling="tank", wagons=60, teu=0, net_t=3000),
    },
    "wagon_pools": {"flats": pool("khorgos", {"khorgos": 0, "aktau": 10}, 20, title="Flats", placing_h=0.5)},
    "regimes": {
        "paper": paper(keying_h=0.05, checking_h=0.05, effort_cv=0.4, wrong_share=0.1),
        "tez": tez(lead_h=10, late_share=0.1, late_h=3, release_h=SPREAD, wrong_share=0.005, correction_h=2),
    },
    "places": {
        "khorgos": {**STATION, "title": "Khorgos", "gauge_change": {"box": BOX_CRANES}},
        "dostyk": {**STATION, "title": "Dostyk", "gauge_change": CRANES, "eastbound_handover_trains_per_day": 6},
        "steppe": section(300, 12, title="Steppe", speed_km_per_day={"mean": 900, "cv": 0.2}),
        "caspian": sea(200, 6, {"number": 3}, title="Caspian", distance_km=400, sailing_h=10, east=PORT, west=PORT),
        "yard": {"kind": "terminal", "title": "Yard", "unloading": {"tank": {"tracks": 2, "train_h": 2}}},
    },
    "flows": {
        "west": {
            "title": "Boxes west",
            "corridor": "middle",
            "train": "box",
            "direction": "westbound",
            "route": ["khorgos", "steppe", "caspian"],
            "trains_per_year": {"2024": 2000},
            "declarations_per_train": 40,
            "regime": {"2024-01-01": "paper", "2025-01-01": "tez"},
        },
        "east": {
            "title": "Tanks east",
            "corridor": "north",
            "train": "tank",
            "direction": "eastbound",
            "route": ["yard", "steppe", "dostyk"],
            "trains_per_year": {"2024": 1500},
        },
    },
}
"""Hours 0 to 48 are in 2024, 48 to 96 in 2025."""

PLACES = [*RESOLVED["places"], *RESOLVED["wagon_pools"]]
CODES = {
    "place": PLACES,
    "flow": list(RESOLVED["flows"]),
    "regime": list(RESOLVED["regimes"]),
    "pool": list(RESOLVED["wagon_pools"]),
    "vessel": ["feeder_1"],
    "channel": ["green", "yellow", "red"],
    "direction": ["westbound", "eastbound"],
}
COLUMNS = {
    "trains": "train flow entered_h left_h net_t teu wagons",
    "stages": "train place activity cause queued_h started_h ended_h beside",
    "declarations": "train place regime channel declarations lodged_h arrived_h released_h rounds",
    "voyages": "place vessel direction berthed_h loaded_h sailed_h arrived_h load capacity worked_h",
    "wagon_sets": "pool train taken_h released_h home_h",
    "capacity": "place activity from_h until_h capacity",
    "stays": "place activity train units taken_h released_h",
    "choices": "flow way from_h share usd days spread_days potential trains",
    "losses": "train flow lost_h",
}


def resolved(**changes: Any) -> dict[str, Any]:
    """The scenario as a plain table; `changes` replace whole tables of its top level."""
    return copy.deepcopy(RESOLVED) | changes


def scenario(**changes: Any) -> Scenario:
    """The scenario."""
    return Scenario.model_validate(resolved(**changes))


def tables(**rows: list[tuple[Any, ...]]) -> Tables:
    """The tables of a run from rows of words and numbers, in the columns of the ledger; a table left out is empty.

    The rows of `trains` leave out `offered_h`: nothing holds a train before its route, unless its table says so.
    """
    made = {name: table(columns.split(), rows.get(name, [])) for name, columns in COLUMNS.items()}
    if "offered_h" not in made["trains"]:
        made["trains"].insert(2, "offered_h", made["trains"]["entered_h"])
    return Tables(**made)


def table(columns: list[str], rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    """One table; numbers as floats, words as categories."""
    frame = pd.DataFrame(rows, columns=columns)
    for name in columns:
        if name in CODES:
            frame[name] = pd.Categorical(frame[name], CODES[name])
        elif name in ("activity", "cause", "way"):
            frame[name] = frame[name].astype("category")
        elif name in ("train", "declarations", "rounds", "potential", "trains"):
            frame[name] = frame[name].astype("int32")
        else:
            frame[name] = frame[name].astype(bool if name == "beside" else float)
    return frame


def figure(title: str, kpi: str, start: dt.date, end: dt.date, low: float, high: float, **words: str) -> dict[str, Any]:
    """A published figure to validate against, as a table of a file."""
    stated = {"title": title, "kpi": kpi, "start": start, "end": end, "low": low, "high": high}
    return {"fact": "F-1", "used_for": "validation", **stated, **words}
