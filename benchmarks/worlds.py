"""The tables of docs/findings.md over all that is not known, made anew; and the answer if ranges were other ones.

A range says how far off a number may be, and is itself a judgement. So the chances stand beside those of the same
worlds with every range half and twice as wide: a positive end lies as many times as far from the likeliest value, in
ratio; one at or below 0, and a delay, in distance; the weights of alternatives are squared, or their roots taken. An
end goes no further than the key takes: a share ends at 1. Half as wide, the range of the offer would end below the
target and the forecast refuse it, for the chance would follow from it: that one range then stays. So does one at whose
wider ends the scenario would not stand, and a walk: its width is the record's, and no judgement (docs/widths.md).

Beside them stand the plans of investment that `corridor target` confirms, in worlds too, and what finding out is worth
to who chooses among them.

The words around the tables are written by hand; they must be read again when the tables change.
"""

import sys
from pathlib import Path

from sim.measure.chances import share_interval
from sim.runs.durable import open_study
from sim.runs.replicate import performer
from sim.scenario.laws import ends_of
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.reading.ranges import check_ends
from sim.scenario.unknowns import RANGES
from sim.scenario.worlds import stated_value, takes_whole
from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import run_forecast
from sim.study.forecast.plan import plan_forecast
from sim.study.forecast.telling import ForecastClaim, claims, decisive, rows_about, rules_that_tell
from sim.study.target.target import target
from sim.views.plots.forecast.fan import fan
from sim.views.plots.style import png
from sim.views.sheets.calibrate import markdown, with_block
from sim.views.sheets.forecast.claims import rule_words
from sim.views.sheets.forecast.headline import chance_numbers, forecast_line
from sim.views.sheets.forecast.plans import choice_sheets, worlds_sheets
from sim.views.sheets.forecast.tables import range_cell, share_cell, worth_sheets
from sim.views.sheets.sheet import Sheet
from sim.views.sheets.target import plan_sheet
from sim.views.words import figure, percent, standing

CHECKOUT = Path(__file__).parents[1]
PAGES = (*(CHECKOUT / "docs" / name for name in ("findings.md", "experiments.md")), CHECKOUT / "README.md")
PICTURE = CHECKOUT / "docs" / "throughput_titr.png"
PAPER, TARGET = "2030_paper", "2030_target"
WORLDS, OTHER_WORLDS, PLAN_WORLDS = 1000, 200, 100
WIDTHS = {"half as wide": 0.5, "twice as wide": 2.0}
MOST_NAMED = 8
FULL = ("ship_load", "ship_load_2030", "dredged_load")
"""Loads that end near a full one: wider ones, two of which meet in a world, would be more than a ship holds."""


def with_width(reading, width):
    """A scenario whose ranges are so many times as wide; those at whose ends it would not stand remain as they are."""
    asked = reading.scenario.forecast
    walks = [name for name, entry in reading.scenario.unknown.items() if entry.shape == "walk"]
    remaining = {*FULL, *walks, *([asked.offer] if asked and width < 1 else [])}
    while True:
        unknowns = [item for item in reading.scenario.unknown.items() if item[0] not in remaining]
        changes = {key: value for item in unknowns for key, value in widened(reading, *item, width)}
        wide = reading.set(changes, reading.name)
        try:
            check_ends(wide)
        except ScenarioError as error:
            remaining |= {problem.path[1] for problem in error.problems}
            continue
        print(f"{reading.name}, {width:g} times as wide, but for {sorted(remaining)}", file=sys.stderr)
        return wide


def widened(reading, name, entry, width):
    """The keys of an unknown whose range is so many times as wide."""
    if entry.values is not None:
        weights = entry.weights or (1.0,) * len(entry.values)
        yield f"unknown.{name}.weights", [float(f"{weight ** (1 / width):.6g}") for weight in weights]
        return
    low, likely, high = ends_of(entry, stated_value(reading.resolved, entry))
    for key, end in zip(RANGES[entry.kind][::2], (low, high), strict=True):
        value = moved(entry, likely, end, high, width)
        is_count = entry.kind == "value" and takes_whole(reading.resolved, entry)
        yield f"unknown.{name}.{key}", round(value) if is_count else float(f"{value:.6g}")


def moved(entry, likely, end, high, width):
    """An end of a range so many times as far from its likeliest value."""
    if entry.kind == "delay" or min(likely, end) <= 0:
        return likely + width * (end - likely) if entry.kind == "delay" else max(likely + width * (end - likely), 0.0)
    is_share = entry.kind == "value" and high <= 1
    return min(likely * (end / likely) ** width, 1.0) if is_share else likely * (end / likely) ** width


def answer(readings, worlds, study):
    """The forecast of paper and Tez in so many worlds."""
    plan = plan_forecast(readings, {"worlds": worlds})
    with open_study(study) as store, performer(2, store=store) as perform:
        return run_forecast(plan, perform, lambda outcome: print(forecast_line(outcome), file=sys.stderr))


def tables(stated, others):
    """The tables, by the name of their markers."""
    columns = {"as stated": stated, **others}
    yield "chances", chances_sheet(columns)
    yield (
        "carried_by_year",
        Sheet("", ("year", "middle world, Mt", "80 % of worlds", "95 % of worlds"), [*year_rows(stated)]),
    )
    target, hours = claims(stated)[:2]
    asked = {
        "what is carried, plausible worlds": ForecastClaim(target.conclusion, AS_DRAWN),
        "what is carried, if 10 to 12 Mt are offered": target,
        "hours saved at Altynkol, plausible worlds": hours,
    }
    yield "parts", parts_sheet(stated, asked)
    for name, claim in zip(("decides_carried", "decides_target", "decides_hours"), asked.values(), strict=True):
        yield name, decisive_sheet(stated, claim)
    for name, sheet in zip(("worth_carried", "worth_target", "worth_hours"), worth_sheets(stated), strict=False):
        yield name, sheet
    yield "rules_hours", rules_sheet(stated, hours)


def chances_sheet(columns):
    """The chances under each width of the ranges, and the reverse of differences as stated."""
    rows = [chance_numbers(results).rows for results in columns.values()]
    cells = [
        (first[0], f"{first[1]} {first[2]}", first[3], *(f"{row[1]} {row[2]}" for row in further))
        for first, *further in zip(*rows, strict=True)
    ]
    first, *further = (carried_where_offered(results) for results in columns.values())
    cells.insert(2, ("10 Mt are carried, of the worlds that offer as much", first, "", *further))
    first, *further = (carried_cell(results) for results in columns.values())
    cells.append(("Mt carried in 2030, middle world and 80 %", first, "", *further))
    heads = [f"ranges {name}, {drawn_as_stated(results)} worlds" for name, results in columns.items()]
    return Sheet("", ("share of worlds in which", heads[0], "as much the other way", *heads[1:]), cells)


def carried_where_offered(results):
    """Of the plausible worlds that are offered the target, the share that carries it."""
    about, values = results.manifest, results.frames["values"]
    is_asked = (values["kpi"] == "throughput_mt") & (values["flow"] == about["corridor"])
    is_asked &= (values["period"] == about["year"]) & (values["scenario"] == about["scenarios"][-1])
    # a world may be run twice, to tell luck: its first run counts
    runs = values[is_asked & (values["offer"] == AS_DRAWN)].sort_values("replication").drop_duplicates("world")
    worlds = results.worlds[results.worlds["offer"] == AS_DRAWN]
    offering = worlds.loc[worlds["offered_mt"] >= about["target_mt"], "world"]
    carrying = runs["world"].isin(offering) & (runs["value"] >= about["target_mt"])
    return share_text(share_interval(int(carrying.sum()), len(offering), about["level"]))


def share_text(chance):
    """A share with its interval."""
    return f"{percent(chance.share)} [{percent(chance.low)}, {percent(chance.high)}]"


def drawn_as_stated(results):
    """How many of the worlds are plausible; about as many are offered what the question asks."""
    return int((results.worlds["offer"] == AS_DRAWN).sum())


def parts_sheet(results, asked):
    """The parts of the spread of some measures."""
    splits = [rows_about(results, "split", claim).set_index("part") for claim in asked.values()]
    cells = [(part, *(share_cell(table.loc[part]) for table in splits)) for part in splits[0].index]
    return Sheet("", ("part of the spread", *asked), cells)


def carried_rows(results):
    """What the corridor carries by year in worlds as drawn."""
    rows = results.frames["years"]
    about = results.manifest
    is_asked = (rows["kpi"] == "throughput_mt") & (rows["flow"] == about["corridor"]) & (rows["offer"] == "as drawn")
    rows = rows[is_asked & (rows["scenario"] == about["scenarios"][-1]) & (rows["period"] != "all")]
    return rows.set_index("period").sort_index()


def carried_cell(results):
    """The same in the year of the question: middle world, and 80 % of them."""
    row = carried_rows(results).loc[results.manifest["year"]]
    return f"{figure(row['p50'])} [{figure(row['p10'])}, {figure(row['p90'])}]"


def year_rows(results):
    """A row a year."""
    for year, row in carried_rows(results).iterrows():
        spans = (f"{figure(row[low])} to {figure(row[high])}" for low, high in (("p10", "p90"), ("p2_5", "p97_5")))
        yield (year, figure(row["p50"]), *spans)


def decisive_sheet(results, claim):
    """The unknowns that decide a measure, those told from nothing."""
    cells = [
        (row["title"], row["group"], range_cell(row), share_cell(row), figure(row["effect"]))
        for _, row in decisive(results, claim).head(MOST_NAMED).iterrows()
    ]
    return Sheet("", ("unknown", "group", "range", "share of the spread", "effect, low to high"), cells)


def plan_tables(worlds, study):
    """The plans of investment as stated and in so many worlds, and what finding out is worth to a choice among them."""
    with open_study(study) as store, performer(2, store=store) as perform:
        told = target(TARGET, worlds=worlds, perform=perform)
    told.save(study.with_name(f"{study.name}_plans"))
    yield "plans", plan_sheet(told)
    yield "plans_in_worlds", worlds_sheets(told, told.manifest["target_mt"])[0]
    yield "choice", choice_sheets(told)[0]


def write_tables(named):
    """Write tables between their markers, wherever they stand."""
    named = dict(named)
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name, sheet in named.items():
            ends = (f"<!-- {name} -->", f"<!-- {name} ends -->")
            text = with_block(text, markdown(sheet), ends) if ends[0] in text else text
        page.write_text(text, encoding="utf-8", newline="\n")


def rules_sheet(results, claim):
    """The worlds in which a claim holds, told from the others."""
    cells = [
        (rule_words(results, row["rule"]), share_cell(row, "holds_share"), str(row["worlds"]))
        for _, row in rules_that_tell(results, claim).iterrows()
    ]
    return Sheet("", ("worlds in which", "an hour or more is saved in", "of worlds"), cells)


def main(worlds, other_worlds, plan_worlds, study):
    """Run the forecasts, write the tables into the pages, and draw the picture of the first page."""
    readings = [load(PAPER), load(TARGET)]
    stated = answer(readings, worlds, study)
    stated.save(study.with_name(f"{study.name}_stated"))
    others = {
        name: answer([with_width(reading, width) for reading in readings], other_worlds, study)
        for name, width in WIDTHS.items()
    }
    write_tables(tables(stated, others))
    PICTURE.write_bytes(png(fan(stated, stated.manifest["corridor"], standing(stated))))
    write_tables(plan_tables(plan_worlds, study))


if __name__ == "__main__":
    numbers = [WORLDS, OTHER_WORLDS, PLAN_WORLDS]
    numbers[: len(sys.argv[2:5])] = [int(text) for text in sys.argv[2:5]]
    main(*numbers, Path(sys.argv[1]) if len(sys.argv) > 1 else Path("results/worlds_study"))
