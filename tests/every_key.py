"""Scenarios in which every key of the schema has a value other than its default, made from the schema itself.

    python tests/every_key.py       make them anew, in with_every_key/*.toml (half a minute)

A few texts state what only a person can make fit together: routes, ports, charges, factors. Every other key gets a
value of its kind, tried one after the other until the reader accepts one: a new key of the schema is in by itself, or
is left over and named. What comes of it is kept, for most of the trials fail.
"""

import datetime as dt
import itertools
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from scenario_text import BAN, EASTBOUND, FITTED, SCENARIO, SECOND_FLOW, STORM

from sim.scenario.changes import with_changes
from sim.scenario.keys import alternatives, known_tables, model_of, models, value_at, with_value
from sim.scenario.reading.read import scenario_from, to_toml
from sim.scenario.reading.volumes import NAMES_OF_FILES
from sim.scenario.schema import Scenario
from sim.scenario.values import Month

CHARGES = """
[prices]
time = { usd_per_teu_day = 1, usd_per_wagon_day = 1, usd_per_t_day = 0.1 }
section = { usd_per_teu_km = 0.1, by_handling.container = { usd_per_teu = 2 } }
border = { usd_per_teu = 5 }
gauge_change = { usd_per_teu = 5 }
port = { usd_per_teu = 5 }
sea = { usd_per_teu = 5 }
terminal = { usd_per_teu = 5 }
places.caspian = { usd_per_teu_km = 0.2 }
"""
BUNDLES = """
[investments.cranes]
title = "Cranes"
opens = 2025-02-01
changes."places.altynkol.gauge_change.container.cranes" = 5

[investments.crews]
title = "Crews"
active = false
opens = 2025-02-01
changes."places.altynkol.forming.crews" = 5

[disruptions.strike]
title = "Strike"
start = 2025-01-10
end = 2025-01-20
changes."places.altynkol.forming.crews" = 1

[regimes.tez.outages]
down_share = 0.05
outage_h = 4
fallback = "paper"

[regimes.formed]
kind = "paper"
title = "Formed first"
keying_h = 0.25
checking_h = 0.1
effort_cv = 0.3
wrong_share = 0.05
works_before_release = "forming"

[regimes.formed_tez]
kind = "tez"
title = "Formed first, with Tez"
lead_h = 24
late_share = 0.05
late_h = 2
release_h = 0.5
wrong_share = 0.02
correction_h = 2
works_before_release = "forming"

[flows.empties]
title = "Boxes back"
train = "return"
direction = "eastbound"
route = ["alat_yard", "caspian", "steppe", "altynkol", "yard"]
empties_of = { transit = 0.5 }
turn_h = 48
"""
MARKET = """
[markets.boxes]
title = "Boxes"
teu_per_year = { 2024 = 44_000 }
most_share = 0.9
price_response_per_1000_usd = 0.5
value_of_time_usd_per_teu_day = 20
nests = { land = 0.5 }
captive = { share = 0.2, without = ["ocean"] }

[markets.boxes.corridor]
nest = "land"
price_usd_per_teu = 2_000
subsidy_usd_per_teu = 100
beyond_usd_per_teu = 50
expected_days = 10

[markets.boxes.alternatives.ocean]
nest = "land"
price_usd_per_teu = 1_500
days = 40

[flows.chosen]
title = "Boxes that chose"
train = "container"
direction = "westbound"
route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]
market = "boxes"
"""
SWEEP = """
[sweep]
measures = ["border_dwell_h:altynkol"]

[sweep.factors]
"places.altynkol.forming.crews" = { low = 2, high = 3 }
"regimes.paper.keying_h" = { scale_low = 0.5, scale_high = 2 }
"flows.transit.regime" = { values = ["paper", "tez"] }
"""
UNKNOWNS = """
[unknown.engines]
title = "Crews"
group = "border"
keys = ["places.altynkol.forming.crews"]
scale_low = 0.5
scale_likely = 1.1
scale_high = 2
ramp_from = 2024
follows = { "places.altynkol.receiving_tracks" = 0.5 }
shape = "triangular"
stated_share = 0.2
moves_with = "staff"
correlation = 0.4
sources.all = "assumed: nobody says"

[unknown.cranes_open]
title = "Day of the cranes"
group = "investments"
keys = ["investments.cranes.opens"]
delay_low_months = 1
delay_likely_months = 2
delay_high_months = 12
sources.all = "assumed: works are late"

[unknown.order]
title = "Order of works"
group = "structure"
keys = ["regimes.tez.works_before_release"]
values = ["placing", "forming", "nothing"]
weights = [1, 2, 1]
sources.all = "assumed: accounts differ"

[unknown.keying]
title = "Keying"
group = "customs"
keys = ["regimes.*.keying_h"]
low = 0.1
likely = 0.2
high = 0.5
sources.all = "assumed: nobody says"

[unknown.correction]
title = "Correction"
group = "customs"
keys = ["regimes.tez.lead_h"]
low = 12
high = 30
shape = "lognormal"
sources.all = "assumed: nobody says"

[unknown.yard]
title = "Tracks of the yard"
group = "border"
keys = ["places.yard.unloading.*.tracks"]
scale_low = 0.5
scale_high = 3
ramp_from = 2024
shape = "walk"
sources.all = "assumed: nobody says"

[forecast]
worlds = 10
offer = "volumes"
offered_mt = { low = 10, high = 12 }
conclusions = ["border_dwell_h:altynkol <= 40"]
"""
UNKNOWNS += "".join(
    f"""
[unknown.{group}]
title = "One of them"
group = "{group}"
keys = ["{key}"]
scale_low = 0.5
scale_high = 2
shape = "uniform"
sources.all = "assumed: nobody says"
"""
    for group, key in {
        "volumes": "flows.transit.*_per_year",
        "fleets": "wagon_pools.platforms.sets",
        "railway": "places.steppe.speed_km_per_day",
        "sea": "places.caspian.sailing_h",
        "ports": "places.caspian.ports.*.cranes",
        "prices": "prices.time.usd_per_teu_day",
    }.items()
)
FIGURES = "".join(
    f"""
[published.{basis}]
title = "Dwell"
fact = "P-DWELL"
used_for = "validation"
basis = "{basis}"
kpi = "border_dwell_h"
start = 2025-01-01
end = 2025-02-01
low = 0
high = 60
"""
    for basis in ("survey", "statement", "schedule", "bound")
)
DIFFERENCE = ('"border_dwell_h:altynkol <= 40"', '"border_dwell_h:altynkol difference < 5"')
YARD = "tracks = 3, train_h = 4"
BOTH_WAYS = ('directions = ["westbound"]', 'directions = ["westbound", "eastbound"]')
NIGHT = """time_zone = "Asia/Almaty"
office_hours = { opens = 20:00:00, closes = 08:00:00, at_closing = "stop" }
departure = { locomotives = 3, turn_h = 5.5, directions = ["westbound"] }
receiving_tracks = 12
eastbound_receiving_tracks = 8
"""
BY_WAGON = [
    ('"teu"\n', '"wagons"\n'),
    ("capacity_teu = 350", "capacity_wagons = 100"),
    (YARD, f"{YARD}, yard_wagons = 2_000"),
]
BY_TONNE = [('"teu"\n', '"t"\n'), ("capacity_teu = 350", "capacity_t = 4_000"), (YARD, f"{YARD}, yard_t = 60_000")]
BY_YEAR = "teu_per_year = { 2024 = 40_000, 2025 = 60_000 }"
IN_MT = [
    (BY_YEAR, "mt_per_year = { 2024 = 0.6, 2025 = 0.8 }\nmt_per_month = { 2025-02 = 0.06 }"),
    ("2024 = 44_000", "2024 = 0.44"),
    *((f"{stem}_usd_per_teu", f"{stem}_usd_per_t") for stem in ("price", "subsidy", "beyond", "value_of_time")),
    ("teu_per_year = ", "mt_per_year = "),
]
AT_SEA = ('"voyages_per_vessel"', '"voyages_per_vessel"\nplace = "caspian"')
CRANE_FIRST = '= "gauge_change"'
CHANGES = {
    "teu": [
        (YARD, f"{YARD}, yard_teu = 5_000"),
        ("correction_h = 2", 'correction_h = { mean = 2, shape = "exponential" }'),
        (BY_YEAR, f"{BY_YEAR}\nteu_per_month = {{ 2025-02 = 4_800 }}"),
    ],
    "wagons": [
        *BY_WAGON,
        DIFFERENCE,
        BOTH_WAYS,
        (CRANE_FIRST, '= "placing"'),
        ("[sweep]\n", '[sweep]\ndesign = "latin_hypercube"\npoints = 4\n'),
    ],
    "t": [
        *BY_TONNE,
        *IN_MT,
        (CRANE_FIRST, '= "nothing"'),
        ("receiving_tracks = 12\n", NIGHT),
        ("[sweep]\n", '[sweep]\ndesign = "sobol"\npoints = 4\n'),
    ],
}
"""What the text of each scenario has otherwise; they are named by the unit that their crossing carries."""

WORDS = ("Asia/Almaty", "words")
NUMBERS = (2, 0.5, 3, 1)
DAYS = (dt.date(2025, 1, 15), dt.date(2025, 2, 15))
HOURS = (dt.time(8), dt.time(20))

KEPT = Path(__file__).parent / "with_every_key"

Key = tuple[str, ...]
"""A model and its field; a choice of words counts once for each word."""


def keys_of(annotation: Any = Scenario) -> set[Key]:
    """Every key of a model and of the models inside it."""
    keys: set[Key] = set()
    waiting, models_seen = list(models_in(annotation)), set()
    while waiting:
        model = waiting.pop()
        if model not in models_seen:
            models_seen.add(model)
            for name, field in model.model_fields.items():
                keys |= {(model.__name__, name), *((model.__name__, name, word) for word in choices(field.annotation))}
                waiting += models_in(field.annotation)
    return keys


def models_in(annotation: Any) -> list[type[BaseModel]]:
    """The models of an annotation, or of the tables and lists in it."""
    inner = [part for kind in alternatives(annotation) for part in get_args(kind) if get_origin(kind) in (dict, tuple)]
    return [*models(annotation), *(model for part in inner for model in models_in(part))]


@cache
def choices(annotation: Any) -> list[str]:
    """The words that an annotation chooses from."""
    kinds = alternatives(annotation)
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    lists = [part for kind in kinds if get_origin(kind) is tuple for part in get_args(kind) if part is not Ellipsis]
    return words + [word for part in lists for word in choices(part)]


def keys_stated(value: Any) -> set[Key]:
    """The keys of a scenario, or of a part of it, whose values are not their defaults."""
    if isinstance(value, dict):
        return set().union(*map(keys_stated, value.values()))
    if isinstance(value, tuple):
        return set().union(*map(keys_stated, value))
    if not isinstance(value, BaseModel):
        return set()
    keys: set[Key] = set()
    for name, field in type(value).model_fields.items():
        inner = getattr(value, name)
        if field.is_required() or inner != field.get_default():
            keys |= {(type(value).__name__, name)} | keys_stated(inner)
        words = inner if isinstance(inner, tuple) else (inner,)
        keys |= {(type(value).__name__, name, word) for word in choices(field.annotation) if word in words}
    return keys


def candidates(annotation: Any, names: list[str], default: Any = None) -> list[Any]:
    """Values that a key may take, as a file has them; `names` are those of the scenario, which it may refer to."""
    values: list[Any] = []
    for kind in alternatives(annotation):
        if kind is bool:
            values += [not default]
        elif kind in (int, float):
            values += [number for number in NUMBERS if kind is float or isinstance(number, int)]
        elif kind is str:
            values += [*WORDS, *names]
        elif kind in (dt.date, dt.time):
            values += DAYS if kind is dt.date else HOURS
        elif get_origin(kind) is Literal:
            values += get_args(kind)
        elif get_origin(kind) is tuple:
            values += lists(kind, names)
        elif get_origin(kind) is dict:
            values += tables(kind, names)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            values += tables_of_model(kind, names)
    return values


def lists(annotation: Any, names: list[str]) -> list[list[Any]]:
    """Lists of one item, of two, and of a year's months; or of the items of a tuple."""
    parts = get_args(annotation)
    if parts[-1] is not Ellipsis:
        return [list(items) for items in zip(*(candidates(part, names) for part in parts), strict=True)]
    items = candidates(parts[0], names)
    return [[item] for item in items] + [items[:2]] + [[item] * 12 for item in items]


def tables(annotation: Any, names: list[str]) -> list[dict[str, Any]]:
    """Tables by date, by month, by year or by name with one entry."""
    key_kind, value_kind = get_args(annotation)
    kinds = alternatives(key_kind)
    entries = candidates(value_kind, names)
    if dt.date in kinds or key_kind == Month:
        return [{"2025-02" if key_kind == Month else "2024-01-01": entry} for entry in entries]
    return [{key: entry} for key in (["2025"] if int in kinds else names) for entry in entries]


def tables_of_model(model: type[BaseModel], names: list[str]) -> list[dict[str, Any]]:
    """Tables with what a model requires, and where it requires nothing with one of its keys."""
    required = {name: field for name, field in model.model_fields.items() if field.is_required()}
    options = [{name: field} for name, field in model.model_fields.items() if name != "sources"]
    return [
        dict(zip(fields, values, strict=True))
        for fields in ([required] if required else options)
        for values in first_products([candidates(field.annotation, names) for field in fields.values()])
    ]


def first_products(lists_of_values: list[list[Any]]) -> list[tuple[Any, ...]]:
    """A value of each of some lists, in the first ways in which they go together."""
    return list(itertools.islice(itertools.product(*lists_of_values), 20))


def text_of_scenario(name: str) -> str:
    """The text under one of the scenarios."""
    text = "".join(
        (SCENARIO, SECOND_FLOW, EASTBOUND, BAN, FITTED, STORM, CHARGES, BUNDLES, MARKET, FIGURES, SWEEP, UNKNOWNS)
    )
    for old, new in [AT_SEA, *CHANGES[name]]:
        assert old in text, old
        text = text.replace(old, new)
    return text


def kept(name: str) -> tuple[dict[str, Any], set[Key]]:
    """A scenario as a file has it, as it was made, and the keys that it covers."""
    data = tomllib.loads(file_of(name).read_text(encoding="utf-8"))
    scenario, complaints = scenario_from(data)
    assert not complaints, (complaints, "python tests/every_key.py makes it anew")
    return data, keys_stated(scenario)


def file_of(name: str) -> Path:
    """Where a scenario is kept."""
    return KEPT / f"{name}.toml"


def completed(name: str) -> tuple[dict[str, Any], set[Key]]:
    """A scenario as a file has it, with every key that its tables can take, and the keys that it covers."""
    data = tomllib.loads(text_of_scenario(name))
    scenario, complaints = scenario_from(data)
    assert not complaints, complaints
    covered, size = keys_stated(scenario), 0
    while len(covered) > size:
        size = len(covered)
        for path, model in places_for_keys(data):
            for count in (1, 2):
                # A file that names others is read into one that does not.
                fields_left = [field for field in model.model_fields if field not in NAMES_OF_FILES]
                open_keys = [field for field in fields_left if (model.__name__, field) not in covered]
                for fields in itertools.combinations(open_keys, count):
                    data, covered = extended(data, covered, path, model, fields)
    return data, covered


def places_for_keys(data: dict[str, Any]) -> list[tuple[tuple[str, ...], type[BaseModel]]]:
    """The tables of a scenario with the model of each, the first of every model."""
    first: dict[type[BaseModel], tuple[str, ...]] = {}
    for path, table, annotation in known_tables(data):
        model = model_of(annotation, table)
        if model is not None and (path == () or annotation is not Scenario):
            first.setdefault(model, path)
    return [(path, model) for model, path in first.items()]


def extended(
    data: dict[str, Any], covered: set[Key], path: tuple[str, ...], model: type[BaseModel], keys: tuple[str, ...]
):
    """The scenario with some keys of a table more, if it can be read with values of theirs; else as it was."""
    names = sorted({str(path[-1]) for path, _, _ in known_tables(data) if path})
    fields = {key: model.model_fields[key] for key in keys}
    by_field = [candidates(field.annotation, names, field.default) for field in fields.values()]
    for values in itertools.product(*(values[: None if len(fields) == 1 else 4] for values in by_field)):
        trial = data
        for key, value in zip(fields, values, strict=True):
            trial = with_value(trial, (*path, key), {"all": "assumed: so"} if key == "sources" else value)
        scenario = scenario_of(trial) if is_table_of(model, value_at(trial, path)) else None
        if scenario is not None and (stated := keys_stated(scenario)) > covered:
            return trial, stated
    return data, covered


def is_table_of(model: type[BaseModel], table: dict[str, Any]) -> bool:
    """Whether a table is what its model says, whatever else the scenario has: most that are not fail here already."""
    try:
        model.model_validate(table)
    except ValidationError:
        return False
    return True


def scenario_of(data: dict[str, Any]) -> Scenario | None:
    """The scenario that a file has, if it is one; what the schema refuses, without all that is to be said of it."""
    try:
        Scenario.model_validate(with_changes(data)[0])
    except ValidationError:
        return None
    scenario, complaints = scenario_from(data)
    return None if complaints else scenario


if __name__ == "__main__":
    for each in CHANGES:
        file_of(each).write_text(to_toml(completed(each)[0]), encoding="utf-8")
