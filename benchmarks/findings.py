"""The tables of docs/findings.md, made anew: what the scenarios say of 2030, paired under common random numbers.

The words around the tables are written by hand; they must be read again when the tables change.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.statistics import intervals
from sim.runs.replicate import Job, each_once, performer
from sim.scenario.reading.opening import load
from sim.study.compare.order_of_works import ORDERS, under_each_order
from sim.views.sheets.calibrate import markdown
from sim.views.sheets.sheet import Sheet
from sim.views.words import ORDERS_OF_WORKS, figure

PAGE = Path(__file__).parents[1] / "docs" / "findings.md"
YEAR, LEVEL = "2030", 0.95
TARGET, PAPER = "2030_target", "2030_paper"
WHAT_IF = ("storm_winter", "tez_outage", "low_water", "cku_opens", "2030_no_investment")


@dataclass(frozen=True)
class Row:
    """A line of a table: its words, and the measure it shows."""

    words: str
    kpi: str
    place: str
    flow: str


ANSWERS = (
    Row("Middle Corridor throughput, Mt", "throughput_mt", "all", "titr"),
    Row("all its flows, transit, days", "transit_days", "all", "titr"),
    Row("clearance of its trains at Altynkol, h", "clearance_h", "altynkol", "titr"),
    Row("their dwell at Altynkol, h", "border_dwell_h", "altynkol", "titr"),
    Row("of that the wait for a wagon set, h", "wait_h_wagon_set", "altynkol", "titr"),
    Row("Xi'an – Absheron, held before setting out, h", "wait_h_ban", "all", "titr_containers_west"),
    Row("Xi'an – Absheron, passage of the Caspian, h", "passage_h", "caspian_containers", "titr_containers_west"),
    Row("Xi'an – Absheron, days from setting out", "transit_days", "all", "titr_containers_west"),
    Row("China – Central Asia throughput, Mt", "throughput_mt", "all", "china_central_asia"),
    Row("dwell of its trains at Altynkol, h", "border_dwell_h", "altynkol", "china_central_asia"),
    Row("its transit, days", "transit_days", "all", "china_central_asia"),
    Row("Kazakhstan – China throughput, Mt", "throughput_mt", "all", "kazakhstan_china"),
)
UNDER_ORDERS = (
    Row("dwell of all trains at Altynkol, h", "border_dwell_h", "altynkol", "all"),
    Row("China – Central Asia, days from setting out", "transit_days", "all", "china_central_asia"),
    Row("Middle Corridor, transit, days", "transit_days", "all", "titr"),
    Row("Middle Corridor throughput, Mt", "throughput_mt", "all", "titr"),
)
USE = (
    Row("Aktau and Alat, rail tracks of the container yards", "utilisation_port_track", "caspian_containers", "all"),
    Row("Aktau and Alat, container berths", "utilisation_berthing", "caspian_containers", "all"),
    Row("Aktau and Alat, container yards (loading)", "utilisation_loading", "caspian_containers", "all"),
    Row("Rail ferries, berths", "utilisation_berthing", "caspian_ferry", "all"),
    Row("Altynkol, receiving tracks", "utilisation_receiving", "altynkol", "all"),
    Row("Altynkol, crane sets", "utilisation_gauge_change", "altynkol", "all"),
    Row("Altynkol, declarants", "utilisation_keying", "altynkol", "all"),
    Row("Altynkol, shunting engines", "utilisation_shunting", "altynkol", "all"),
    Row("Altynkol, locomotives with crews", "utilisation_departure", "altynkol", "all"),
    Row("Altynkol, crews that form trains", "utilisation_forming", "altynkol", "all"),
    Row("1520 mm platform sets of Altynkol", "utilisation_placing", "platforms_altynkol", "all"),
    Row("Dostyk, receiving tracks", "utilisation_receiving", "dostyk", "all"),
    Row("1520 mm platform sets of Dostyk", "utilisation_placing", "platforms_dostyk", "all"),
)


def values(replications, row, period=YEAR):
    """The measure of a row in each replication; NaN where it was not observed."""
    keys = {"kpi": row.kpi, "place": row.place, "flow": row.flow, "period": period}
    return np.array([value(one.kpis, keys) for one in replications])


def value(kpis: pd.DataFrame, keys):
    chosen = np.logical_and.reduce([(kpis[name] == key).to_numpy() for name, key in keys.items()])
    found = kpis["value"].to_numpy()[chosen]
    return float(found[0]) if len(found) else np.nan


def cell(numbers):
    """Mean and interval over replications, in words."""
    found = intervals(numbers[np.newaxis], LEVEL)
    mean, low, high = (figure(float(each[0])) for each in (found.mean, found.low, found.high))
    return f"{mean} [{low}, {high}]"


def sheets(found):
    """The tables, by the name of their markers."""
    target, paper = found[TARGET], found[PAPER]
    titr = ANSWERS[0]
    years = [str(year) for year in range(2024, 2031)]
    by_year = [
        (year, cell(values(target, titr, year)), cell(values(found["2030_no_investment"], titr, year)))
        for year in years
    ]
    yield "years", Sheet("", ("year", "2030_target, Mt", "2030_no_investment, Mt"), by_year)
    yield "use", Sheet("", ("capacity", "share in use, 2030"), [(row.words, cell(values(target, row))) for row in USE])
    tez = [
        (
            row.words,
            *(cell(values(each, row)) for each in (paper, target)),
            cell(values(target, row) - values(paper, row)),
        )
        for row in ANSWERS
    ]
    yield "tez", Sheet("", ("2030", "on paper", "with Tez", "difference"), tez)
    what_if = [
        (row.words, *(cell(values(found[name], row) - values(target, row)) for name in WHAT_IF)) for row in ANSWERS
    ]
    yield "what_if", Sheet("", (f"2030, less {TARGET}", *WHAT_IF), what_if)
    pairs = {"as stated": (PAPER, TARGET)} | {
        ORDERS_OF_WORKS[order]: tuple(f"{name}_{order}" for name in (PAPER, TARGET)) for order in ORDERS
    }
    orders = [
        (
            f"{year}, {row.words}",
            *(cell(values(found[tez], row, year) - values(found[paper], row, year)) for paper, tez in pairs.values()),
        )
        for year in ("2024", "2025", "2030")
        for row in UNDER_ORDERS
    ]
    yield "orders", Sheet("", ("with Tez, less on paper", *pairs), orders)


def main(replications):
    """Run all scenarios and write the tables into the page."""
    readings = {name: load(name) for name in (TARGET, PAPER, *WHAT_IF)}
    for pair in under_each_order(readings[PAPER], readings[TARGET]).values():
        readings |= {reading.name: reading for reading in pair}
    scenarios = {name: reading.scenario for name, reading in readings.items()}
    jobs = [
        Job(each, scenarios[TARGET].study.seed, index) for each in scenarios.values() for index in range(replications)
    ]
    done = []
    with performer(2, lambda one: print(f"{done.append(one) or len(done)} of {len(jobs)}", file=sys.stderr)) as perform:
        ran = each_once(perform)(jobs)
    found = {name: ran[at * replications : (at + 1) * replications] for at, name in enumerate(scenarios)}
    reached = int((values(found[TARGET], ANSWERS[0]) >= 10).sum())
    text = PAGE.read_text(encoding="utf-8")
    for name, sheet in sheets(found):
        begin, end = f"<!-- {name} -->\n", f"<!-- {name} ends -->"
        before, rest = text.split(begin)
        text = f"{before}{begin}{markdown(sheet).strip()}\n{end}{rest.split(end)[1]}"
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{replications} replications; {reached} of them reach 10 Mt in {YEAR}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24)
