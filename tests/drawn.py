"""Results to draw: of a border or a whole corridor, made up, or of three trains reckoned by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
from hand_made import COLUMNS
from hand_made import table as empty_table

from sim.measure.kpis import measure_run
from sim.measure.run_view import KEYS
from sim.model.ledger import Activity, Cause, Tables
from sim.runs.results import Results, summary
from sim.scenario.meaning import periods
from sim.scenario.schema import Scenario
from sim.verification import tiny

CAPTION = "41 of 112 inputs are assumed: see `corridor sources`"
MANIFEST = {"replications": 10, "level": 0.95, "seed": 7}
ACTIVITIES = [activity.name.lower() for activity in Activity]
CAUSES = [cause.name.lower() for cause in Cause]


# A scenario to draw


def port(title: str) -> dict[str, Any]:
    return tiny.port(title=title, berths=2, cranes=2, crane_h_per_100=3, tracks=3, train_h=4)


INSPECTION = {"yellow_share": 0.1, "red_share": 0.02, "yellow_h": 1, "red_h": 6, "teams": 2}
PEOPLE = {"receiving_tracks": 12, "declarant_teams": 4, "officer_teams": 4, "inspection": INSPECTION}
CASPIAN = tiny.sea(350, 24, {"number": 6}, title="Caspian Sea, Aktau–Alat", distance_km=470, sailing_h=24)
CASPIAN["ports"] = {"aktau": port("Aktau seaport"), "alat": port("Port of Baku at Alat")}


PLACES = {
    "altynkol": tiny.border(3, 4, 1.5, 4, title="Altynkol–Khorgos border crossing point", **PEOPLE),
    "dostyk": tiny.border(3, 4, 1.5, 4, title="Dostyk–Alashankou border crossing point", **PEOPLE),
    "altynkol_almaty": tiny.section(330, 40, title="Altynkol–Almaty", speed_km_per_day=900),
    "dostyk_almaty": tiny.section(860, 40, title="Dostyk–Almaty", speed_km_per_day=900),
    "almaty_aktau": tiny.section(2780, 40, title="Almaty–Aktau", speed_km_per_day=900),
    "almaty_saryagash": tiny.section(790, 40, title="Almaty–Saryagash", speed_km_per_day=900),
    "aktau_alat": CASPIAN,
    "alat_poti": tiny.section(870, 40, title="Alat–Tbilisi–Poti", speed_km_per_day=900),
    "poti": {**tiny.terminal(6, 6), "title": "Poti terminal"},
    "saryagash": {**tiny.terminal(6, 6), "title": "Saryagash exchange with Uzbekistan"},
}

TITR = ("almaty_aktau", "aktau_alat", "alat_poti", "poti")
ROUTES = {
    "titr_west": ("altynkol", "altynkol_almaty", *TITR),
    "titr_east": (*reversed(TITR), "altynkol_almaty", "altynkol"),
    "dostyk_west": ("dostyk", "dostyk_almaty", *TITR),
    "dostyk_east": (*reversed(TITR), "dostyk_almaty", "dostyk"),
    "asia_west": ("altynkol", "altynkol_almaty", "almaty_saryagash", "saryagash"),
}


def flow(title: str, route: tuple[str, ...], direction: str, corridor: str | None, regime: str) -> dict[str, Any]:
    return {
        "title": title,
        "corridor": corridor,
        "train": "container_train",
        "direction": direction,
        "route": route,
        "mt_per_year": {2024: 1.0},
        "declarations_per_train": 55,
        "regime": regime,
    }


def corridor_scenario(years: int, regime: str, title: str, start: dt.date = dt.date(2024, 1, 1)) -> Scenario:
    """Two borders, one sea, fifteen flows of which eleven belong to a corridor."""
    flows = {
        f"{name}_{kind}": flow(
            f"{name.split('_')[0].capitalize()} {direction} block trains with {cargo} under the five-year agreement",
            route,
            direction,
            None if name.startswith("asia") else "titr",
            regime,
        )
        for kind, cargo in (("a", "containers"), ("b", "grain and fertilisers"), ("c", "non-ferrous metals"))
        for name, route in ROUTES.items()
        for direction in ["eastbound" if name.endswith("east") else "westbound"]
    }
    return make_scenario(title, start, dt.date(start.year + years, 1, 1), PLACES, flows)


def border_scenario(regime: str = "paper") -> Scenario:
    """One border, one section, one terminal, one flow; no corridor."""
    places = {name: PLACES[name] for name in ("altynkol", "altynkol_almaty", "saryagash")}
    one = flow("China–Central Asia containers", ("altynkol", "altynkol_almaty", "saryagash"), "westbound", None, regime)
    return make_scenario("Altynkol, paper", dt.date(2024, 3, 1), dt.date(2024, 5, 30), places, {"containers": one})


def make_scenario(title: str, start: dt.date, end: dt.date, places: Any, flows: Any) -> Scenario:
    corridor = {
        "title": "Middle Corridor (TITR)",
        "published_mt": {2021: 0.586, 2022: 1.485, 2023: 2.764, 2024: 4.484},
        "target_mt": {2027: 9.6, 2030: 10.0},
    }
    train = tiny.train(title="Container train", wagons=57, teu=114, net_t=1500)
    tez = {"lead_h": 12, "late_share": 0.1, "late_h": 2, "release_h": 0.5, "wrong_share": 0.05, "correction_h": 3}
    paper = tiny.paper(keying_h=0.1, checking_h=0.05, effort_cv=0.3, wrong_share=0.1)
    tables = {
        "title": title,
        "horizon": {"start": start, "end": end, "warmup_days": 10},
        "corridors": {"titr": corridor} if any(one["corridor"] for one in flows.values()) else {},
        "trains": {"container_train": train},
        "regimes": {"paper": paper, "tez": tiny.tez(title="Tez Customs", works_before_release="nothing", **tez)},
    }
    return Scenario.model_validate({**tables, "places": places, "flows": flows})


# Runs to draw: made up from exponential waits and works, in the columns of the ledger

STEPS = {
    "border": [
        ("receiving", "receiving_track", 1.0, 0.0),
        ("customs", "", 0.0, 0.0),
        ("placing", "wagon_set", 14.0, 2.0),
        ("gauge_change", "cranes", 4.0, 3.0),
        ("forming", "crews", 0.7, 1.5),
        ("standing", "line", 6.0, 0.0),
    ],
    "section": [("running", "path", 1.0, 0.0)],
    "sea": [
        ("standing", "yard", 12.0, 0.0),
        ("port_track", "port_track", 3.0, 4.0),
        ("loading", "vessel", 30.0, 8.0),
        ("sailing", "weather", 4.0, 24.0),
        ("landing", "berth", 5.0, 6.0),
        ("port_track", "port_track", 1.0, 4.0),
    ],
    "terminal": [("terminal", "terminal_track", 2.0, 6.0)],
}
CLEARANCE = {
    "paper": [("keying", "declarants", 1.4, 3.0), ("checking", "officers", 0.8, 1.5)],
    "tez": [("release", "papers", 0.1, 0.5)],
}


def made_up(scenario: Scenario, name: str, trains: int, regimes: tuple[str, ...], seed: int = 1) -> Results:
    """Results with about so many trains, cleared by the regimes in turn."""
    rng = np.random.default_rng(seed)
    clock = scenario.calendar
    each = max(trains // len(scenario.flows), 1)
    spells: list[pd.DataFrame] = []
    declarations: list[pd.DataFrame] = []
    journeys: list[pd.DataFrame] = []
    for code, (flow_name, described) in enumerate(scenario.flows.items()):
        train = code * each + np.arange(each)
        now = entered = np.sort(rng.uniform(clock.opening_h, clock.closing_h, each))
        for place in described.route:
            kind, km = scenario.places[place].kind, getattr(scenario.places[place], "length_km", 0.0)
            for activity, cause, wait_h, work_h in STEPS[kind]:
                if activity != "customs":
                    now = spell(spells, rng, train, place, activity, cause, now, wait_h, work_h or km / 40)
                    continue
                arrived, now = now, now.copy()
                for i, regime in enumerate(regimes):
                    some = train % len(regimes) == i
                    for step in CLEARANCE[regime]:
                        now[some] = spell(spells, rng, train[some], place, *step[:2], now[some], *step[2:])
                table = {"train": train, "place": place, "arrived_h": arrived, "released_h": now}
                declarations.append(pd.DataFrame(table).assign(regime=np.array(regimes)[train % len(regimes)]))
        journeys.append(pd.DataFrame({"train": train, "flow": flow_name, "entered_h": entered, "left_h": now}))
    return results_of(scenario, name, pd.concat(journeys), pd.concat(spells), pd.concat(declarations))


def spell(
    rows: list[pd.DataFrame],
    rng: np.random.Generator,
    train: Any,
    place: str,
    activity: str,
    cause: str,
    now: Any,
    wait_h: float,
    work_h: float,
) -> Any:
    started = now + rng.exponential(wait_h, len(now))
    ended = started + (rng.gamma(9, work_h / 9, len(now)) if work_h else 0.0)
    columns = {"train": train, "place": place, "activity": activity, "cause": cause}
    rows.append(pd.DataFrame(columns | {"queued_h": now, "started_h": started, "ended_h": ended, "beside": False}))
    return ended


def results_of(scenario: Scenario, name: str, trains: Any, stages: Any, declarations: Any) -> Results:
    """Results with the frames of a run: words as categories, what lies after the end of the run unknown."""
    closing_h = scenario.calendar.closing_h
    trains = trains if "offered_h" in trains else trains.assign(offered_h=trains["entered_h"])
    seen = (stages[stages["queued_h"] < closing_h], declarations[declarations["arrived_h"] < closing_h])
    categories = {
        "place": list(scenario.places),
        "flow": list(scenario.flows),
        "activity": ACTIVITIES,
        "cause": CAUSES,
        "regime": list(scenario.regimes),
    }
    frames = []
    for frame in (trains, *seen):
        columns = {name: pd.Categorical(frame[name], words) for name, words in categories.items() if name in frame}
        hours = {name: frame[name].astype(float) for name in frame if name.endswith("_h")}
        hours = {name: values.where(values <= closing_h) for name, values in hours.items()}
        frames.append(frame.assign(**columns, **hours).astype({"train": "int32"}).reset_index(drop=True))
    more = {table: empty_table(columns.split(), []) for table, columns in COLUMNS.items()}
    frames[0] = frames[0].assign(net_t=1500.0, teu=114, wagons=57)
    frames[2] = frames[2].assign(channel="green", declarations=55, lodged_h=frames[2]["arrived_h"], rounds=1)
    tables = Tables(**(more | dict(zip(("trains", "stages", "declarations"), frames, strict=True))))
    replications = spread(measure_run(scenario, tables, periods(scenario)))
    kpis = summary("run", replications, MANIFEST["level"])
    kpis = pd.concat([throughput_kpis(scenario), kpis[~kpis["kpi"].str.startswith("throughput")]], ignore_index=True)
    return Results(
        name=name,
        scenario=scenario,
        resolved={},
        manifest=MANIFEST,
        frames={"kpis": kpis, "published": pd.DataFrame()},
        sample=replications,
        tables=tables,
    )


def spread(kpis: pd.DataFrame) -> pd.DataFrame:
    """The measures of one run as those of ten replications that lie around them: their means are those of the run."""
    factors = 1 + 0.01 * (np.arange(MANIFEST["replications"]) - (MANIFEST["replications"] - 1) / 2)
    return pd.concat(
        [kpis.assign(value=kpis["value"] * factor, replication=index) for index, factor in enumerate(factors)],
        ignore_index=True,
    )[["replication", *KEYS, "value"]]


def throughput_kpis(scenario: Scenario) -> pd.DataFrame:
    """Throughput by year and flow, rising, with an interval; other measures beside it, to be left alone."""
    rows = []
    for kpi, factor in (("throughput_mt", 1.0), ("throughput_teu", 9000.0)):
        for group in (*scenario.flows, *scenario.corridors, "all"):
            for i, period in enumerate([*scenario.calendar.years(), "all"]):
                mean = factor * (4.1 + 0.83 * i) * (1.0 if group in scenario.corridors else 0.3)
                rows.append((kpi, "all", group, period, mean, 0.96 * mean, 1.03 * mean))
    table = pd.DataFrame(rows, columns=["kpi", "place", "flow", "period", "mean", "ci_low", "ci_high"])
    table.insert(4, "unit", np.where(table["kpi"] == "throughput_mt", "Mt", "TEU"))
    return table.assign(scenario="run", replications=10)


# A run of three trains, reckoned by hand

BY_HAND = [
    (0, "altynkol", "receiving", "receiving_track", 10.0, 14.0, 14.0, False),
    (0, "altynkol", "keying", "declarants", 14.0, 20.0, 23.0, False),
    (0, "altynkol", "checking", "officers", 23.0, 23.0, 25.0, False),
    (0, "altynkol", "placing", "wagon_set", 25.0, 55.0, 56.0, False),
    (0, "altynkol", "gauge_change", "cranes", 56.0, 57.0, 60.0, False),
    (0, "altynkol", "forming", "crews", 60.0, 60.0, 62.0, False),
    (0, "altynkol_almaty", "running", "path", 62.0, 64.0, 74.0, False),
    (0, "saryagash", "terminal", "terminal_track", 74.0, 75.0, 80.0, False),
    (1, "altynkol", "release", "papers", 12.0, 12.0, 12.5, False),
    (1, "altynkol", "inspection", "inspectors", 12.5, 13.5, 20.0, True),
    (1, "altynkol", "placing", "wagon_set", 12.5, 30.5, 31.5, False),
    (1, "altynkol", "gauge_change", "cranes", 31.5, 33.5, 36.5, False),
    (1, "altynkol_almaty", "running", "path", 36.5, 36.5, 46.5, False),
    (1, "saryagash", "terminal", "terminal_track", 46.5, 46.5, 50.5, False),
    (2, "altynkol", "release", "papers", 39.5, 39.5, 40.0, False),
    (2, "altynkol", "placing", "wagon_set", 40.0, np.nan, np.nan, False),
]
TRAINS_BY_HAND = [(0, "containers", 10.0, 80.0), (1, "containers", 12.0, 50.5), (2, "containers", 39.5, np.nan)]
CLEARED_BY_HAND = [
    (0, "altynkol", "paper", 14.0, 25.0),
    (1, "altynkol", "tez", 12.0, 12.5),
    (2, "altynkol", "tez", 39.5, 40.0),
]


def by_hand(
    scenario: Scenario, trains: Any = (), spells: Any = (), cleared: Any = (), offered_h: dict[int, float] | None = None
) -> Results:
    """Results of trains, spells and clearances; a train is offered when it enters, if nothing else is stated."""
    spell_columns = ["train", "place", "activity", "cause", "queued_h", "started_h", "ended_h", "beside"]
    journeys = pd.DataFrame(list(trains), columns=["train", "flow", "entered_h", "left_h"])
    return results_of(
        scenario,
        "by hand",
        journeys.assign(offered_h=journeys["train"].map(offered_h or {}).fillna(journeys["entered_h"])),
        pd.DataFrame(list(spells), columns=spell_columns).astype({"beside": bool}),
        pd.DataFrame(list(cleared), columns=["train", "place", "regime", "arrived_h", "released_h"]),
    )
