"""The messages of the code, and the catalogues of translations held to them: `make messages`.

A message that a catalogue lacks is entered without a translation, and one that the code has no more goes.
"""

import ast
import io
import json
import re
import tomllib
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from sim.app import closures, controls, told, units
from sim.measure import catalogue
from sim.measure.office_rows import REPEATS, SUM
from sim.model import capacities
from sim.model.ledger import Activity
from sim.scenario import derivations, schema, unknowns, values
from sim.scenario.choices import inputs_of
from sim.scenario.reading.opening import load
from sim.scenario.reading.read import shipped
from sim.scenario.sources import STANDINGS
from sim.study.calibrate import record
from sim.study.forecast import draws, outcome, split
from sim.study.observe.beside import VERDICTS
from sim.study.validate import NO_REASON, NOT_OBSERVED
from sim.views import language, words
from sim.views.plots import indicators, release_study, risk, style
from sim.views.plots.field import TITLES
from sim.views.plots.forecast import spread
from sim.views.plots.ladder import PANELS
from sim.views.report import speech
from sim.views.sheets import changes, ladder, observe, outlook, prices, reason, sweep, validate, warmup
from sim.views.sheets.forecast import claims, plans
from sim.views.sheets.forecast import headline as forecast_headline

HOUSE = Path(language.__file__).parents[1]
MARKS = {"message": 1, "counted": 2}
LITERAL = r'"((?:[^"\\]|\\.)*)"'
IN_SCRIPTS = (rf"\bmessage\(\s*{LITERAL}", rf"\bcounted\(\w+,\s*{LITERAL},\s*{LITERAL}")
"""The functions that say a message, and how many literals each takes; a count goes before those of the second."""


STEPS = ("day", "week", "month", "year")
"""The steps of a chart through time."""

DESIGNS = ("grid", "latin hypercube", "sobol")
"""The designs of a sweep."""

TABLES_OF_PRICES = ("section", "border", "gauge change", "port", "sea", "terminal", "time")
"""The tables of prices that are no place's own."""


METHODS = ("all plans", "bounds, the greatest gain first")
"""How the plans of a target are found."""


RULES = ("last value", "last growth", "announced plan")
"""The rules of the register of forecasts."""

OF_STUDIES = {
    *("Calibration", "FactorRange", "Forecast", "Horizon", "OfferedRange", "Parameter", "Published", "Study", "Sweep"),
    *("TargetErrors", "Unknown"),
}
"""Tables of a scenario file that no factor lies in."""


TITLES_OF_TABLES = ("title", "sampled", "explained")
"""What a table of a scenario file says of itself to a reader."""


def literals(tree):
    """The literals of every message in a module, with its line; a message that is none is refused."""
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "id", None)
        if not isinstance(node, ast.Call) or name not in MARKS:
            continue
        texts = node.args[:1] if name == "message" else node.args[1:3]
        assert all(isinstance(text, ast.Constant) for text in texts), f"line {node.lineno}: a message is a literal"
        yield node.lineno, tuple(text.value for text in texts)


def of_code():
    """Every message of the house: its English, or both forms of one that counts."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        if path.name != "language.py":
            for _, texts in literals(ast.parse(path.read_text(encoding="utf-8"))):
                found[texts] = True
    for path in sorted(HOUSE.rglob("*.jinja")):
        for match in re.finditer(r'message\(\s*"((?:[^"\\]|\\.)*)"', path.read_text(encoding="utf-8")):
            found[(match[1],)] = True
    for path in sorted(HOUSE.rglob("assets/*.js")):
        if ".min." not in path.name:
            for form in IN_SCRIPTS:
                for match in re.finditer(form, path.read_text(encoding="utf-8")):
                    found[match.groups()] = True
    return [*found]


def of_page():
    """What the pages of results and of what if say in their templates and scripts, whole: they speak by themselves."""
    for page in ("views/report/templates/page.html.jinja", "app/assets/app.html"):
        text = (HOUSE / page).read_text(encoding="utf-8")
        text = re.sub(r"\{%-?.*?-?%\}|\{\{.*?\}\}", "\0", text, flags=re.DOTALL)
        found = re.findall(r">([^<>]+)<", text) + re.findall(r'(?:aria-label|placeholder)="([^"]+)"', text)
        told = [" ".join(part.split()) if "\0" not in part else "" for part in found]
        yield from (part for part in told if len(part) > 1 and part not in "+−")
    outlines = (HOUSE / "views/report/assets/map.js").read_text(encoding="utf-8")
    yield from re.findall(r'\["([A-Z][A-Za-z ]+)", -?\d', outlines)
    yield from (*TITLES.values(), *TEXTS_OF_SCRIPTS, *speech.FORMS)


TEXTS_OF_SCRIPTS = (
    "after the end",
    "arrival to release",
    "being worked",
    "declarations released",
    "ended",
    "held back",
    "in port",
    "moving",
    "queued, UTC",
    "ships at sea",
    "started",
    "waited",
    "Outlines: made with Natural Earth, public domain; borders are schematic; grey: beyond the outlines. Lines are "
    "straight from point to point of the few that the scenario states: not the course of the railway.",
    "The scenario states no points on a map for all its places: the lines are drawn as a scheme, to scale by their "
    "length.",
    *("train, westbound", "train, eastbound", "train, waiting", "train, being worked", "ship at sea", "ship in port"),
    *("number of trains held back before their journey", "all trains", "all places", "whole horizon", "trains waiting"),
    *("capacity in use", "Clearance: from arrival to release", "Border dwell: from arrival to departure", "target"),
    *("published", "calendar year", "Mt a year", "time (logarithmic)", "share of trains, %", "days since entry"),
    *("whole journey", "waiting", "of it waiting", "part", "unit", "year", "published, Mt", "target, Mt", "Language"),
    *("half of the trains", "trains", "released within", "gone from the border within", "before the journey"),
    *(
        "place",
        "resource",
        "scenario",
        "wait, mean of all trains there, h",
        "in use",
        "Pause",
        *(
            "share of the capacity in use",
            "Corridor simulator",
            "comparison",
            "report",
            "The scenario",
            "The scenarios",
        ),
    ),
)
"""What the scripts of the page write into it, whole or between commas."""


def of_tables():
    """The terms of the model's own tables, which are looked up as they stand there."""
    entries = catalogue.KPIS
    yield from (entry.title for entry in entries)
    yield from (entry.unit for entry in entries)
    yield from (unit.removesuffix("s") for unit in ("days", "trains", "voyages"))
    yield from ("min", "d", "M$", "kt", "km", "USD", "hours", "all", *values.DIRECTIONS, *STANDINGS)
    for table in (words.TITLES.values(), words.QUANTILES, words.EFFECTS, words.ORDERS_OF_WORKS, words.READABLE_HOURS):
        for value in table.values() if isinstance(table, dict) else table:
            yield from value.values() if isinstance(value, dict) else (value,)
    yield from (words.plain(activity.name.lower()) for activity in Activity)
    yield from (part.value for part in capacities.JourneyPart)
    yield from (stage.title for stage in capacities.STAGES if "{}" not in stage.title)
    yield from (*ladder.BY.values(), ladder.NO_STEP_HOLDS, plans.NOTHING_UNKNOWN, *METHODS)
    yield from (*changes.SHORT.values(), *reason.WORKS_FIRST.values(), *outlook.HEADS)
    yield from (*forecast_headline.WAYS.values(), *claims.REVERSES, *claims.REVERSES.values())
    yield from (draws.AS_DRAWN, draws.AT_TARGET, outcome.IS_CARRIED, outcome.IS_OFFERED)
    yield from (split.LUCK, split.TOGETHER, split.UNTOLD)
    yield from ("inside", "outside", "overlaps", "not measured", "calibration", "validation")
    yield from (*schema.Basis.__args__, *unknowns.Group.__args__)
    yield from (*validate.TITLES.values(), *validate.MEANINGS.values(), NO_REASON, NOT_OBSERVED)
    yield from (SUM, f"{REPEATS} {observe.OF_ANOTHER}", *observe.STATISTICS.values(), *VERDICTS)
    yield from (part for pair in warmup.SERIES.values() for part in pair)
    yield from (record.STATED_RANGE, record.WIDE_RANGE, record.POINT, *RULES)
    yield from dict.fromkeys(of_keys())
    yield from of_app()
    yield from of_plots()


def of_app():
    """The terms of the controls that the shipped scenarios have on the page of what if."""
    yield from (units.WAGON_SETS, units.VESSELS, units.PORTS, *units.GROUPS.values())
    yield from (*derivations.UNITS.values(), *controls.WORDS_OF_UNITS.values())
    for group, days in controls.BUNDLES.values():
        yield from (group, *days.values())
    yield from map(words.plain, unknowns.Group.__args__)
    for _, tables in shipped_tables():
        paths = [*units.counted_paths(tables)]
        for figure in inputs_of(tables, {}) if "unknown" not in tables else ():
            if controls.STATED_RANGE.search(figure.source):
                yield from (words.plain(figure.path[0]), figure.unit)
                paths.append(figure.path)
        for path in paths:
            depth = 4 if path[2:3] == ("ports",) else 2  # below the title around it
            yield from told.words_of_key(path[depth:] or path)


def of_keys():
    """The keys of scenario files that a factor of a sweep may have, in words."""
    tables = schema.Scenario.model_json_schema()["$defs"]
    for table in (tables[name] for name in sorted(tables) if name not in OF_STUDIES):
        for name, about in sorted(table.get("properties", {}).items()):
            if re.search(r'"(number|integer|boolean|\$ref)"', json.dumps(about)):
                yield sweep.TERMS.get(name) or words.plain(name.removesuffix(sweep.suffix_in(name)))


def of_plots():
    """The terms of figures."""
    yield from (*style.WEEKDAYS, *indicators.PANELS, *indicators.MEANINGS.values(), *indicators.ONE_WAY)
    yield from (unit for unit, _ in indicators.PANELS.values())
    yield from (*release_study.STEPS, *risk.HEADINGS.values(), *risk.WORDS.values(), *prices.HEADS.values())
    yield from (*spread.PARTS_OF_NO_GROUP.values(), *spread.GROUP_TITLES.values(), *TABLES_OF_PRICES)
    for title, *_, across in PANELS:
        yield from (title, across)
    for step in STEPS:
        yield from (f"by {step}", f"kt a {step}", f"hollow: part of a {step}.")
    for direction in values.DIRECTIONS:
        yield from (f"{direction} trains", f"All {direction} trains")
    yield from ("Paper", "Tez", "as stated", *DESIGNS)


@cache
def shipped_tables():
    """The tables of each scenario that ships, by its name, without those of what it extends."""
    files = sorted(shipped().glob("*.toml"))
    return [(file.stem, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files]


def of_scenarios():
    """The titles of places, flows and the like in the scenarios that ship."""
    yield from map(words.plain, words.ORDERS_OF_WORKS)
    yield from (town.place for town in closures.towns(load("2030_target").scenario))
    for _, tables in shipped_tables():
        yield from titles_within(tables)


def titles_within(tables):
    """The titles of a table and of all that lie in it, and what its published figures say of themselves."""
    for key, value in tables.items():
        if key in TITLES_OF_TABLES and isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from titles_within(value)


def entries():
    """What each catalogue must have: English (a pair where it counts) and context."""
    terms = {(text,): True for text in of_tables() if text}
    of_both = {texts: True for texts in of_code()} | terms | {(text,): True for text in of_page()}
    return [(texts, None) for texts in of_both] + [((text,), language.TITLE) for text in dict.fromkeys(of_scenarios())]


def written(language_code):
    """A catalogue as it lies in the house."""
    path = language.LOCALE / f"{language_code}.po"
    return read_po(io.BytesIO(path.read_bytes()), locale=language_code) if path.exists() else Catalog(language_code)


def write(file, filled):
    """Write a catalogue: its messages in their order, with no word of when and by whom."""
    text = io.BytesIO()
    write_po(text, filled, sort_output=True, width=120, omit_header=True)
    plural = f'"Plural-Forms: {filled.plural_forms}\\n"'
    head = [
        f"# Messages in {filled.locale.english_name}. What is marked `machine` waits for a reader who speaks it.",
        'msgid ""',
    ]
    head += [
        'msgstr ""',
        f'"Language: {filled.locale}\\n"',
        plural,
        '"Content-Type: text/plain; charset=utf-8\\n"',
        "",
        "",
    ]
    file.write("\n".join(head).encode() + text.getvalue())


def main():
    for code in set(language.LANGUAGES) - {language.ENGLISH}:
        known, fresh = written(code), Catalog(code, fuzzy=False)
        wanted = entries()
        stated = [
            (message.id, message.context) for message in known if message.id and message.context == language.TITLE
        ]
        # A scenario of one's own may be told in other languages, too: titles are never taken out.
        wanted += [((text,), context) for text, context in stated if ((text,), context) not in wanted]
        missing = 0
        for texts, context in wanted:
            key = texts if len(texts) > 1 else texts[0]
            old = known.get(texts[0], context)
            fresh.add(key, old.string if old else "", flags=old.flags if old else (), context=context)
            missing += not (old and old.string)
        with (language.LOCALE / f"{code}.po").open("wb") as file:
            write(file, fresh)
        print(f"{code}: {len(wanted)} messages, {missing} without a translation")


if __name__ == "__main__":
    main()
