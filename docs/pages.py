"""Writes the pages that follow from the code: the reference from the schema, the commands from their help, the KPIs.

`make pages` runs it; a test asks whether the pages are current.
"""

from __future__ import annotations

import ast
import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import click
from pydantic import BaseModel, TypeAdapter

from sim.cli.commands import program
from sim.measure.catalogue import KPIS, PARTS, QUANTILES, Kpi
from sim.model.capacities import KINDS
from sim.scenario.calendar import DAY_ONE
from sim.scenario.facilities import Abandonment, Departure, Forming, GaugeChange, Shunting
from sim.scenario.formalities import Inspection, OfficeHours, Outages, Paper, Tez
from sim.scenario.keys import annotation_at, kinds, model_of, models, value_at
from sim.scenario.markets import Captive, CorridorWay, Market, OtherWay, SteppedScore
from sim.scenario.places import (
    Border,
    Located,
    Place,
    Port,
    Sea,
    Section,
    Terminal,
    Unloading,
    VesselClass,
    Wind,
)
from sim.scenario.prices import Charge, Prices, TimeCharge, WayCharge, WayRate
from sim.scenario.reading.overrides import toml_value
from sim.scenario.reading.read import read, shipped
from sim.scenario.schema import (
    Calibration,
    Corridor,
    Disruption,
    Horizon,
    Investment,
    Parameter,
    Published,
    Scenario,
    TargetErrors,
)
from sim.scenario.schema import Study as StudyTable
from sim.scenario.sources import unit
from sim.scenario.sweeps import FactorRange, Sweep
from sim.scenario.traffic import Ban, Flow, Index, TrainType, WagonPool
from sim.scenario.unknowns import Forecast, OfferedRange, Unknown
from sim.scenario.values import (
    Count,
    Date,
    Direction,
    MapPoint,
    Name,
    NotNegative,
    Positive,
    Share,
    Spread,
    SteppedCount,
    SteppedName,
    SteppedRate,
    SteppedShare,
    SteppedSize,
    Table,
    TimeZone,
    Varying,
    VaryingPositive,
    Weekday,
    Year,
)

DOCS = Path(__file__).parent
HOUSE = DOCS.parent / "sim"

KINDS_IN_ORDER = (Border, Section, Sea, Terminal)
"""Kinds of place whose tables stand among the others; one that is new comes after them."""

TABLES: list[tuple[str, type[BaseModel]]] = [
    ("horizon", Horizon),
    ("study", StudyTable),
    ("corridors.NAME", Corridor),
    ("trains.NAME", TrainType),
    ("wagon_pools.NAME", WagonPool),
    ("regimes.NAME, kind paper", Paper),
    ("regimes.NAME, kind tez", Tez),
    ("regimes.NAME.outages", Outages),
    ("places.NAME, kind border", Border),
    ("places.NAME.office_hours", OfficeHours),
    ("places.NAME.inspection", Inspection),
    ("places.NAME.shunting", Shunting),
    ("places.NAME.gauge_change.HANDLING", GaugeChange),
    ("places.NAME.forming", Forming),
    ("places.NAME.departure", Departure),
    ("places.NAME.abandonment", Abandonment),
    ("places.NAME, kind section", Section),
    ("places.NAME, kind sea", Sea),
    ("places.NAME.ports.NAME", Port),
    ("places.NAME.vessels.NAME", VesselClass),
    ("places.NAME.wind", Wind),
    ("places.NAME, kind terminal", Terminal),
    ("places.NAME.unloading.HANDLING", Unloading),
    *(
        (f"places.NAME, kind {kind}", model)
        for model in models(Place)
        if model not in KINDS_IN_ORDER
        for kind in kinds(model)
    ),
    ("flows.NAME", Flow),
    ("markets.NAME", Market),
    ("markets.NAME.captive", Captive),
    ("markets.NAME.corridor", CorridorWay),
    ("markets.NAME.alternatives.NAME", OtherWay),
    ("indices.NAME", Index),
    ("bans.NAME", Ban),
    ("prices", Prices),
    ("prices.section], [prices.sea], [prices.places.NAME", WayCharge),
    ("prices.section.by_handling.NAME], [prices.places.NAME.by_handling.NAME", WayRate),
    ("prices.border], [prices.gauge_change], [prices.port], [prices.terminal", Charge),
    ("prices.time", TimeCharge),
    ("investments.NAME", Investment),
    ("disruptions.NAME", Disruption),
    ("unknown.NAME", Unknown),
    ("forecast", Forecast),
    ("forecast.offered_mt", OfferedRange),
    ("published.NAME", Published),
    ("calibration", Calibration),
    ("calibration.errors.NAME", TargetErrors),
    ("calibration.parameters.NAME", Parameter),
    ("sweep", Sweep),
    ('sweep.factors."KEY"', FactorRange),
]
"""Every table of a file, in the order of the file, and the model that reads it."""

WORDS: list[tuple[Any, str]] = [
    (SteppedCount, "whole number from 0; may step on dates"),
    (SteppedRate, "number from 0; may step on dates"),
    (SteppedSize, "number above 0; may step on dates"),
    (SteppedScore, "number; may step on dates"),
    (SteppedShare, "share, 0 to 1; may step on dates"),
    (SteppedName, "name; may step on dates"),
    (VaryingPositive, "quantity that may vary, above 0"),
    (Varying, "quantity that may vary"),
    (Positive, "number above 0"),
    (NotNegative, "number from 0"),
    (Share, "share, 0 to 1"),
    (Count, "whole number from 0"),
    (Name, "name"),
    (Direction, "`westbound` or `eastbound`"),
    (TimeZone, "IANA time zone"),
    (Weekday, "weekday, 1 to 7"),
    (MapPoint, "point `[longitude, latitude]`"),
    (Year, "year"),
    (Date, "date"),
    (bool, "`true` or `false`"),
    (str, "text"),
    (int, "whole number"),
    (float, "number"),
    (dt.date, "date"),
    (dt.time, "time of day"),
    (Any, "value of that key"),
]
"""The kinds of value, in words."""

EXAMPLES: dict[tuple[type, str], str] = {
    (Scenario, "description"): '"Half the wagon sets."',
    (Scenario, "extends"): '"altynkol_tez.toml"',
    (StudyTable, "level"): "0.9",
    (Corridor, "published_mt"): "{ 2023 = 2.76, 2024 = 4.48 }",
    (WagonPool, "placing_h"): "{ mean = 40.0, cv = 0.6 }",
    (Paper, "lead_h"): "24.0",
    (Paper, "late_share"): "0.05",
    (Paper, "late_h"): "{ mean = 1.5, cv = 0.5 }",
    (Paper, "release_h"): "0.5",
    (Wind, "closed_share"): "{ 2024-01-01 = 0.10, 2025-01-01 = 0.12 }",
    (Wind, "month_weights"): "[3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 5, 5]",
    (Wind, "closure_cv"): "1.5",
    (Calibration, "targets"): '["dwell_in", "voyages"]',
    (Sweep, "points"): "40",
    (Outages, "down_share"): "0.01",
    (Outages, "outage_h"): "6.0",
    (Outages, "fallback"): '"paper"',
    (Tez, "outages"): '{ down_share = 0.01, outage_h = 6.0, fallback = "paper" }',
    (Located, "longitude_deg"): "80.4",
    (Located, "latitude_deg"): "44.2",
    (Section, "line_deg"): "[[80.4, 44.2], [77.0, 43.9]]",
    (Border, "time_zone"): '"Asia/Almaty"',
    (OfficeHours, "opens"): "08:00:00",
    (OfficeHours, "closes"): "20:00:00",
    (OfficeHours, "weekdays"): "[1, 2, 3, 4, 5]",
    (OfficeHours, "at_closing"): '"finish"',
    (Border, "regime"): '"paper"',
    (Border, "westbound_handover_trains_per_day"): "18",
    (Border, "eastbound_handover_trains_per_day"): "18",
    (Section, "most_trains"): "40",
    (Section, "single_track"): "true",
    (Port, "crane_h_per_100"): "{ mean = 6.5, cv = 0.25 }",
    (Port, "clearance_h"): "{ mean = 24.0, cv = 0.5 }",
    (Port, "yard_teu"): "2500",
    (Port, "yard_wagons"): "400",
    (Port, "yard_t"): "60000",
    (VesselClass, "capacity_teu"): "350",
    (VesselClass, "capacity_wagons"): "52",
    (VesselClass, "capacity_t"): "8000",
    (VesselClass, "takes"): '["lorries"]',
    (VesselClass, "load_factor"): "{ 2024-01-01 = 1.0, 2025-06-01 = 0.8 }",
    (VesselClass, "least_load_share"): "0.7",
    (VesselClass, "departs_every_h"): "72.0",
    (TrainType, "priority"): "1",
    (TrainType, "teu"): "100",
    (TrainType, "ordered_ahead_h"): "96.0",
    (WagonPool, "group_sets"): "2",
    (Shunting, "engines"): "3",
    (Shunting, "train_h"): "{ mean = 4.25, cv = 0.3 }",
    (Departure, "locomotives"): "6",
    (Departure, "turn_h"): "{ mean = 5.5, cv = 0.3 }",
    (Departure, "directions"): '["westbound"]',
    (Abandonment, "after_h"): "72.0",
    (Abandonment, "restart_h"): "{ mean = 6.0, cv = 0.5 }",
    (WagonPool, "repair_share"): "0.04",
    (WagonPool, "repair_h"): "{ mean = 72.0, cv = 0.5 }",
    (Ban, "quota_trains_per_day"): "2",
    (Ban, "catch_up_trains_per_day"): "1",
    (Flow, "trains_per_year"): "{ 2024 = 1700, 2025 = 1900 }",
    (Flow, "teu_per_year"): "{ 2024 = 56500, 2030 = 300000 }",
    (Flow, "mt_per_year"): "{ 2024 = 1.2 }",
    (Flow, "share_of"): "{ central_asia = 0.3 }",
    (Flow, "empties_of"): "{ transit = 0.15 }",
    (Flow, "turn_h"): "{ mean = 240.0, cv = 0.5 }",
    (Flow, "month_weights"): "[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2]",
    (Flow, "index"): '"trade"',
    (Flow, "adoption_share"): "{ 2024-05-13 = 0.5, 2024-09-01 = 1.0 }",
    (Flow, "otherwise"): '"paper"',
    (Flow, "most_trains_under_way"): "60",
    (Index, "growth_share_by_year"): "{ 2026 = 0.05, 2028 = 0.03 }",
    (Charge, "usd_per_teu"): "250.0",
    (Charge, "usd_per_wagon"): "1000.0",
    (Charge, "usd_per_t"): "2.0",
    (WayCharge, "usd_per_teu_km"): "0.5",
    (WayCharge, "usd_per_wagon_km"): "1.2",
    (WayCharge, "usd_per_t_km"): "0.08",
    (WayRate, "usd_per_teu_km"): "0.3",
    (WayRate, "usd_per_wagon_km"): "1.2",
    (WayRate, "usd_per_t_km"): "0.02",
    (TimeCharge, "usd_per_t_day"): "0.5",
    (Investment, "active"): "false",
    (Investment, "needs"): '["new_berths"]',
    (Investment, "changes"): '{ "places.altynkol.gauge_change.containers.cranes" = 4 }',
    (Disruption, "active"): "false",
    (Disruption, "start"): "2030-11-01",
    (Disruption, "end"): "2030-12-01",
    (Disruption, "per_year"): "0.5",
    (Disruption, "lasts_days"): "{ mean = 7.0, cv = 0.5 }",
    (Disruption, "months"): "[11, 12, 1, 2]",
    (Disruption, "changes"): '{ "places.altynkol.declarant_teams" = 1 }',
    (Unknown, "follows"): '{ "wagon_pools.hoppers.sets" = 0.95 }',
    (Published, "flow"): '"titr"',
    (Published, "value"): "4.12",
    (Calibration, "fitted_on"): "2026-11-24",
    (Calibration, "residuals"): "{ dwell_in = -0.05 }",
    (Sweep, "levels"): "5",
    (FactorRange, "low"): "60",
    (FactorRange, "high"): "120",
    (FactorRange, "values"): '["paper", "tez"]',
    (FactorRange, "scale_low"): "0.6",
    (FactorRange, "scale_high"): "1.6",
}
"""A value for each key of which the shipped files have no short one."""

LONGEST_EXAMPLE = 64


def reference() -> str:
    """The page of every key that a scenario file may have."""
    parts = [REFERENCE_HEAD, "## The file itself\n", table(Scenario, skip=tables_of_the_file())]
    for name, model in TABLES:
        heading, _, kind = name.partition(", kind ")
        title = f"`[{heading}]`" + (f' with `kind = "{kind}"`' if kind else "")
        parts += [f"## {title}\n", f"{paragraphs(model)}\n", table(model)]
    return "\n".join(parts)


def tables_of_the_file() -> set[str]:
    """The keys of a file that have a part of the page for themselves."""
    return {name.partition(".")[0].partition(",")[0] for name, _ in TABLES}


def paragraphs(model: type[BaseModel]) -> str:
    """What the model says of itself."""
    return "\n".join(line.strip() for line in (model.__doc__ or "").strip().splitlines())


def table(model: type[BaseModel], skip: set[str] | None = None) -> str:
    """The keys of one table of the file."""
    lines = ["| key | value | default | meaning |", "|---|---|---|---|"]
    for key, field in model.model_fields.items():
        if key in (skip or set()) | {"sources"}:
            continue
        hint = get_type_hints(model, include_extras=True)[key]
        said = field.description or undescribed(key, hint)
        measure = unit((key,))
        takes = words(hint) + (f"; {measure}" if measure and measure != "share" else "")
        given = "required" if field.is_required() else f"{default(field.get_default())}"
        meaning = said.replace("|", "\\|").rstrip(".")
        lines.append(f"| `{key}` | {takes} | {given} | {meaning}.{example(model, key, hint)} |")
    return "\n".join(lines) + "\n"


def undescribed(key: str, hint: Any) -> str:
    """The meaning of a key whose table, or whose name, says it."""
    if key == "kind":
        return "What the table describes; decides its other keys"
    return (models(hint)[0].__doc__ or "").strip().splitlines()[0]


def words(hint: Any) -> str:
    """A kind of value in words."""
    for known, text in WORDS:
        if hint == known:
            return text
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(dict.fromkeys(words(part) for part in get_args(hint) if part is not type(None)))
    if get_origin(hint) is Annotated:
        inner, *limits = get_args(hint)
        return words(inner) + bounds(limits)
    if get_origin(hint) is Literal:
        return " or ".join(f"`{one}`" for one in get_args(hint))
    if get_origin(hint) is tuple:
        return f"list: {words(get_args(hint)[0])}"
    if get_origin(hint) is dict:
        key, value = get_args(hint)
        return f"table by {'key path' if key is str else words(key)}: {words(value)}"
    return "table"


def bounds(limits: list[Any]) -> str:
    """The limits of a number, in words."""
    found = {}
    for limit in limits:
        for each in getattr(limit, "metadata", [limit]):
            found |= {key: getattr(each, key) for key in ("ge", "gt", "le", "lt") if hasattr(each, key)}
    names = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    return "".join(f" {names[key]} {limit_text(found[key])}" for key in names if key in found)


def limit_text(limit: float) -> str:
    """A limit as one writes it."""
    return "2⁶³" if limit == 2**63 else f"{limit:,}"


def default(value: Any) -> str:
    """A default as one would write it in a file; a dash where there is none."""
    if value is None or value in ((), {}, ""):
        return "–"
    if isinstance(value, Spread):
        return f"`{value.mean:g}`"
    if isinstance(value, Table):
        return "–"
    if isinstance(value, dict) and list(value) == [DAY_ONE]:
        return default(value[DAY_ONE])
    if isinstance(value, tuple):
        return "twelve times `1`" if value == (1.0,) * 12 else f"`{list(value)}`".replace("'", '"')
    if isinstance(value, str):
        return f'`"{value}"`'
    return f"`{str(value).lower()}`"


def example(model: type[BaseModel], key: str, hint: Any) -> str:
    """A value of the key: from a shipped file or, where none is short enough, from the list above or its own field."""
    if below(hint) and (model, key) not in EXAMPLES:
        return " A table of its own, below." if Name not in get_args(hint) else " Tables of their own, below."
    ours = (EXAMPLES[base, key] for base in model.__mro__ if (base, key) in EXAMPLES)
    text = next(ours, None) or shipped_values().get((model, key))
    stated = get_args(hint) if key == "kind" else model.model_fields[key].examples
    if text is None and not stated:
        raise LookupError(f"{model.__name__}.{key} has no example: add examples=[…] to its field, or to EXAMPLES")
    text = text or toml_value(key, stated[0])
    try:
        TypeAdapter(hint).validate_python(tomllib.loads(f"value = {text}")["value"])
    except ValueError as error:
        raise ValueError(f"{model.__name__}.{key} cannot be {text}, which is its example: {error}") from error
    return f"<br>`{key} = {text}`"


def below(hint: Any) -> bool:
    """Whether a value is a table with a part of the page for itself, or a table of such tables."""
    if get_origin(hint) is Annotated:
        return below(get_args(hint)[0])
    inside = get_args(hint)[1] if get_origin(hint) is dict else hint
    return any(issubclass(each, Table) for each in models(inside))


@cache
def shipped_values() -> dict[tuple[type[BaseModel], str], str]:
    """What the shipped files write for the keys of each model, as they write it: the first that is short."""
    found: dict[tuple[type[BaseModel], str], str] = {}
    for path in sorted(shipped().glob("*.toml")):
        resolved = read(path).resolved
        model: type[BaseModel] | None = Scenario
        for line in path.read_text(encoding="utf-8").splitlines():
            key, equals, text = line.partition(" = ")
            if line.startswith("["):
                model = model_at(resolved, keys_of(line))
            elif model is not None and equals and len(text) <= LONGEST_EXAMPLE and parsed(f"value = {text}"):
                found.setdefault((model, key), text.partition("  #")[0].strip())
    return found


def parsed(text: str) -> dict[str, Any]:
    """A line as TOML; nothing where it is none by itself."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def keys_of(header: str) -> tuple[str, ...]:
    """The keys of a table header."""
    inner: Any = parsed(header)
    keys: tuple[str, ...] = ()
    while isinstance(inner, dict) and inner:
        [(key, inner)] = inner.items()
        keys = (*keys, key)
    return keys


def model_at(resolved: dict[str, Any], path: tuple[str, ...]) -> type[BaseModel] | None:
    """The model that reads the table at a path."""
    return model_of(annotation_at(resolved, path), value_at(resolved, path) or {}) if path else None


def commands() -> str:
    """The page of every command, as `--help` says it."""
    parts = [COMMANDS_HEAD]
    for name, command in walk(program, "corridor"):
        context = click.Context(command, info_name=name, terminal_width=88, **program.context_settings)
        parts.append(f"## `{name}`\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def walk(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """A command and those below it."""
    yield name, command
    if isinstance(command, click.Group):
        for key, below in command.commands.items():
            if below.hidden:
                continue
            yield from walk(below, f"{name} {key}")


def design() -> str:
    """The page of the design: its own text, with the rooms of the house between the marks."""
    return filled("design.md", (("rooms", rooms()),))


def rooms() -> str:
    """Every room of the house by its folder, with the first words of its own."""
    lines = []
    for folder in sorted({path.parent for path in HOUSE.rglob("*.py") if path.parent != HOUSE}):
        lines.append(f"\n**`{folder.relative_to(HOUSE.parent).as_posix()}`**")
        for path in sorted(folder.glob("*.py")):
            words_of_room = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            if path.stem != "__init__":
                lines.append(f"- `{path.stem}`: {words_of_room.splitlines()[0].rstrip('.')}")
    return "\n".join(lines).lstrip("\n") + "\n"


def kpis() -> str:
    """The page of KPIs: its own text, with the tables of the catalogue between the marks."""
    priced = [entry for entry in KPIS if entry.table.startswith("prices")]
    counted = [entry for entry in KPIS if entry not in priced]
    tables = (("counted", kpi_table(counted)), ("priced", kpi_table(priced)), ("words", word_table()))
    return filled("kpis.md", tables)


def filled(name: str, parts: Iterable[tuple[str, str]]) -> str:
    """A page with what is made from the code between its marks."""
    page = (DOCS / name).read_text(encoding="utf-8")
    for mark_name, text in parts:
        before, mark, rest = page.partition(f"<!-- {mark_name}: written by docs/pages.py, `make pages` -->\n")
        _, end, after = rest.partition("<!-- end -->\n")
        if not mark or not end:
            raise LookupError(f"{name} has no mark for {mark_name}")
        page = f"{before}{mark}{text}{end}{after}"
    return page


def kpi_table(entries: list[Kpi]) -> str:
    """Entries of the catalogue, a row each."""
    lines = [
        "| kpi | title | unit | better | place | flow | counted from | meaning |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for entry in entries:
        names = [f"`{entry.name}`", *(f"`_{quantile}`" for quantile in (QUANTILES if entry.quantiles else ()))]
        title = entry.title.replace("<", "&lt;")
        anywhere = set(KINDS) <= set(entry.places)
        others = [place.replace("_", " ") for place in entry.places if not (anywhere and place in KINDS)]
        places = ", ".join([*(["any place"] if anywhere else []), *others])
        cells = (", ".join(names), title, entry.unit, entry.better, places, FLOWS[entry.flows])
        lines.append(f"| {' | '.join([*cells, entry.table, entry.definition])} |")
    return "\n".join(lines) + "\n"


def word_table() -> str:
    """The words that stand in names of KPIs."""
    lines = ["| in a name | stands for one of |", "|---|---|"]
    lines += [f"| `<{kind}>` | {', '.join(f'`{word}`' for word in words)} |" for kind, words in PARTS.items()]
    lines += [
        "| `<regime>` | the regimes of the scenario |",
        "| `<way>` | `corridor`, and the other ways of its markets |",
    ]
    return "\n".join(lines) + "\n"


FLOWS = {
    "all": "all",
    "any": "flow, corridor, direction, all",
    "passing": "flow, corridor, direction, all, as far as they pass",
    "declaring": "the same, as far as they have declarations",
    "held": "those with a convention ban or an agreed limit, and sums that hold one",
    "returning": "those of `empties_of`, and sums that hold one",
    "choosing": "those of a market, or a share of one, and sums that hold one",
    "drawing": "flow of a market",
    "single": "flow",
}
"""The flows a KPI is counted of, in words."""

REFERENCE_HEAD = """# Scenario reference

<!-- Written by docs/pages.py from the schema: change the descriptions there, then `make pages`. -->

Every key of a scenario file, in the order of a file. It is [TOML](https://toml.io), closed and strict: a key that is
not listed here is refused, and so is a number as text. Units stand at the end of the key: `_h` hours, `_days`, `_km`,
`_t` tonnes, `_mt` million tonnes, `_teu`, `_deg` degrees, `_share` from 0 to 1. NAME is a word of yours in small
letters, digits and `_`, HANDLING the `handling` of a train type.

Four kinds of value need a word:

**Quantities that may vary** are a number, which is then the same for all, or a spread: `{ mean = 5.5, cv = 0.3 }`
(lognormal; `cv` is the standard deviation over the mean), `{ mean = 5.5, shape = "exponential" }`,
`{ low = 1, high = 3, shape = "uniform" }`, `{ low = 1, mode = 2, high = 4, shape = "triangular" }`.

**Values that may step on dates** are one value, which always holds, or a table:
`{ 2024-01-01 = 85, 2025-01-01 = 100 }`. Before the first date the first value holds.

**Volumes by year** are tables such as `{ 2024 = 1700, 2030 = 2400 }`: geometric between stated years (linear from or to
zero), constant before the first and, without an `index`, after the last.

**Sources.** Each table may have `sources`: for each of its keys a line, and `sources.all` for the rest of the table
and what lies in it. A line reads `ID` or `ID, ID: how`, with ids of facts in `sources.csv`; or `derived:
EXPRESSION: how`; or `assumed: why`. A number counts as a **fact** only if a row cited states it: as value or end of
its range, in the unit of the key, or in its words. It counts as **derived** if it is a sum, difference, product or
quotient of such rows, worked out with their units: `derived: I-HUB-USD - I-HUB-1`, `derived: B-3TO2 *
2[TEU/container]`; `F-1.low` and `F-1.high` are the ends of a fact's range. All other numbers count as **assumed**,
whatever they cite; what they may be instead stands in `[unknown.NAME]`. `corridor check FILE` works out each expression
again, and counts the assumed inputs without a range; `corridor sources FILE` lists every input with its standing.

A file may extend another, `extends = "other.toml"` beside it or the name of a shipped scenario, `extends =
"altynkol_tez"`, and then states only what differs; tables are merged key by key, values by date or year and spreads are
replaced whole. The word `"none"` takes back what that file says of a key that
may be left out, or an entry of a table by name: `office_hours = "none"`, `vessels.feeder = "none"`, in Python `None`.
"""

COMMANDS_HEAD = """# Commands

<!-- Written by docs/pages.py from the commands: change their help there, then `make pages`. -->

What `--help` says of each command. FILE is a path, the name of a shipped scenario, or `-` for the standard input. A
command ends with status 0; with 2 and a message, and nothing written, where the file or an option is at fault; with 1
for anything else.

## In JSON

With `--json` a command prints one object on stdout and no text; progress and remarks stay on stderr (`-q`: none).

| key | holds |
|---|---|
| `command` | its words |
| `headline` | of a study `question`, `answer`, `reason`, `hangs_on`, as far as it has them; else null |
| `folder` | of a study where its files lie; else null |
| `tables` | by name a list of records: of a study its tables, else the numbers behind what is printed, or the words |
| `remarks` | the other lines |

Numbers are numbers, what is missing or infinite is null. A refusal prints nothing on stdout and ends with status 2.

```sh
corridor arithmetic altynkol_tez --json
```

## From a pipe

`-` stands for a scenario, or a table of `--facts` or `--ledger`, that comes from the standard input. Messages name it
`<stdin>`, its results lie in `results/stdin`, and what it extends is looked for in the folder at hand.

```sh
printf 'extends = "altynkol_tez"\\nplaces.altynkol.forming.crews = 4\\n' | corridor check -
```

## Completion

Bash, zsh and fish complete commands, options, their values and the names of scenarios, once they are told. For bash, in
`~/.bashrc`:

```sh
eval "$(_CORRIDOR_COMPLETE=bash_source corridor)"
```

For zsh, in `~/.zshrc`, it is `zsh_source`; for fish, `_CORRIDOR_COMPLETE=fish_source corridor | source` in
`~/.config/fish/config.fish`.

## In tables

Tables are as wide as the terminal, 80 columns where there is none, or as `COLUMNS` says. What does not fit is folded or
follows below, beside the first column again; no number is cut.
"""


if __name__ == "__main__":
    (DOCS / "reference.md").write_text(reference(), encoding="utf-8", newline="\n")
    (DOCS / "commands.md").write_text(commands(), encoding="utf-8", newline="\n")
    (DOCS / "kpis.md").write_text(kpis(), encoding="utf-8", newline="\n")
    (DOCS / "design.md").write_text(design(), encoding="utf-8", newline="\n")
