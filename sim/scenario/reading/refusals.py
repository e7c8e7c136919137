"""What pydantic refuses, in a planner's words and at the key path the planner wrote."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.scenario.keys import (
    Data,
    alternatives,
    annotation_at,
    is_table,
    kinds,
    model_of,
    models,
    value_at,
    with_value,
)
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Complaint, did_you_mean, dotted, nearest, shown
from sim.scenario.schema import Scenario

MOST_TOLD = 100
NAME = "a name of small letters, digits and _, a letter first"
TYPES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "string_type": "text in quotes",
    "string_unicode": "text in UTF-8",
    "bool_type": "true or false",
    "date_type": "a date such as 2025-07-01",
    "time_type": "a time such as 09:00:00",
    "tuple_type": "a list",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "string_pattern_mismatch": NAME,
}
BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}
NUMBER_TYPES = {"int_type", "float_type", "finite_number", "model_type"}
SIZES = {"too_short": ("at least", "min_length"), "too_long": ("at most", "max_length")}


def refusals(error: ValidationError, data: Data) -> list[Complaint]:
    """Everything a validation of `data` refused.

    A key that is missing because it is misspelt is named once, as the misspelt one. Of very many the first are told,
    and how many more there are.
    """
    every = error.errors(include_url=False)
    with_paths = [(key_path(details["loc"], data), details) for details in every[:MOST_TOLD]]
    unknown = [path for path, details in with_paths if details["type"] == "extra_forbidden"]
    misspelt = {meant_path(path, data) for path in unknown}
    # A misspelt key is unknown and leaves another one missing: one mistake, of which one complaint speaks.
    missing = [path for path, details in with_paths if details["type"] == "missing" and path not in misspelt]
    complaints = [
        refusal(path, details, data)
        for path, details in with_paths
        if details["type"] != "missing" and not is_short_of_sound(details)
    ]
    complaints += missing_keys(missing)
    return complaints + [((), f"has {len(every) - len(with_paths):,} more problems")] * (len(every) > len(with_paths))


def mended(data: Data) -> tuple[Data, set[KeyPath]]:
    """The tables with what the schema refuses mended as its refusals say, as far as they can be: for a trial only.

    Beside them, the key paths at which it is plain what was meant.
    """
    sure_paths: set[KeyPath] = set()
    try:
        Scenario.model_validate(data)
    except ValidationError as error:
        # Mending each of a heap of mistakes would take the square of their number.
        for details in error.errors(include_url=False)[:MOST_TOLD]:
            path = key_path(details["loc"], data)
            limit = details.get("ctx", {}).get(BOUNDS.get(details["type"], ("", ""))[1])
            if path and details["type"] == "extra_forbidden":
                *outer, key = path
                meant = meant_path(path, data)
                table = {name: value for name, value in value_at(data, path[:-1]).items() if name != key}
                data = with_value(data, tuple(outer), table) if outer else table
                if meant:
                    sure_paths.add(path)
                if meant and value_at(data, meant) is None:
                    data = with_value(data, meant, details["input"])
            elif path and (value := unquoted(details)) is not None:
                data = with_value(data, path, value)
                sure_paths.add(path)
            elif path and limit is not None:
                data = with_value(data, path, limit)
            elif path and details["type"] in NUMBER_TYPES:
                data = with_value(data, path, 1)
    return data, sure_paths


def unquoted(error: ErrorDetails) -> dt.date | float | None:
    """The date or the number that stands in quotes where the schema wants it without; None if it is another error."""
    text = error["input"]
    try:
        if error["type"] == "date_type" and isinstance(text, str):
            return dt.date.fromisoformat(text)
        return float(text) if error["type"] == "float_type" and isinstance(text, str) else None
    except ValueError:
        return None


def missing_keys(paths: Sequence[KeyPath]) -> list[Complaint]:
    """What to say of the keys that tables lack: all of a table in one complaint, and where to look for more."""
    by_table: dict[KeyPath, list[str]] = {}
    for path in paths:
        if isinstance(path[-1], str):
            by_table.setdefault(path[:-1], []).append(path[-1])
    hint = "docs/reference.md has all keys, each with an example"
    complaints: list[Complaint] = [(path, "is missing") for path in paths if not isinstance(path[-1], str)]
    for table, (key, *rest) in by_table.items():
        beside = f", and so {'are' if len(rest) > 1 else 'is'} {', '.join(rest)}" if rest else ""
        complaints.append(((*table, key), f"is missing{beside}; {hint}"))
    return complaints


def is_short_of_sound(error: ErrorDetails) -> bool:
    """Whether a list is called too short only because pydantic counts no entry that it has refused by itself."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def key_path(location: tuple[str | int, ...], data: Data) -> KeyPath:
    """A location of pydantic's without what it adds: the kind of a place, the parts it makes of a bare value."""
    path: KeyPath = ()
    value: Any = data
    kind = None
    for part in location:
        is_kind, kind = kind == part, None
        if isinstance(value, list) and isinstance(part, int):
            path, value = (*path, part), value[part] if part < len(value) else None
        elif isinstance(value, dict) and not is_kind and part != "[key]":
            path, value = (*path, part), value.get(part)
            kind = value.get("kind") if isinstance(value, dict) else None
    return path


def refusal(path: KeyPath, error: ErrorDetails, data: Data) -> Complaint:
    """One error of pydantic's, found at `path`, as a complaint."""
    context = error.get("ctx", {})
    quote = f"(got {shown(error['input'])})"
    match error["type"]:
        case "extra_forbidden":
            return path, unknown_key(path, data)
        case "union_tag_not_found" | "union_tag_invalid":
            return (*path, "kind"), wrong_kind(path, data)
        case "value_error":
            return path, str(context["error"])
        case "literal_error":
            hint = did_you_mean(error["input"], re.findall("'(.*?)'", context["expected"]))
            return path, f"must be {context['expected']} {quote}{hint}"
        case "string_pattern_mismatch" if error["loc"][-1] == "[key]":
            return path, f"is not {NAME}"
        case "float_type" if isinstance(error["input"], int) and not isinstance(error["input"], bool):
            return path, "is too large a number"
        case "model_type" if context["class_name"] == "Spread":
            return path, f"must be a number, or a spread such as {{ mean = 3, cv = 0.5 }} {quote}"
        case "model_type" if context["class_name"].startswith("Factor"):
            return path, f"must be a range such as {{ low = 1, high = 3 }}, in Python (1, 3) {quote}"
        case "string_too_long":
            return path, f"must have at most {context['max_length']} letters (got {len(error['input']):,})"
        case "dict_type":
            return path, f"must be a table{table_form(annotation_at(data, path), error['input'], data)} {quote}"
        case kind if kind in TYPES:
            return path, f"must be {TYPES[kind]} {quote}"
        case kind if kind in BOUNDS:
            words, limit = BOUNDS[kind]
            return path, f"must be {words} {str(context[limit]).removesuffix('.0')} {quote}"
        case kind if kind in SIZES:
            words, limit = SIZES[kind]
            entries = "1 entry" if context[limit] == 1 else f"{context[limit]} entries"
            return path, f"must have {words} {entries} (got {len(error['input'])})"
        case _:
            return path, error["msg"]


def table_form(annotation: Any, value: Any, data: Data) -> str:
    """How a table is written that says by year or by name what stands there bare; empty for a table of tables."""
    entries = [get_args(kind) for kind in alternatives(annotation) if get_origin(kind) is dict]
    # Who writes `1700 trains` means the number, and the unit stands in the name of the key.
    number = re.match(r"\d+(\.\d+)?", value) if isinstance(value, str) else re.match(".+", shown(value))
    if not entries or is_table(annotation) or number is None or not isinstance(value, int | float | str):
        return ""
    start = value_at(data, ("horizon", "start"))
    first_year = start.year if isinstance(start, dt.date) else 2024
    key = f"{first_year}" if alternatives(entries[0][0]) == (int,) else "name"
    return f" such as {{ {key} = {number[0]} }}"


def known_keys(path: KeyPath, data: Data) -> Iterable[str]:
    """The keys that the table at a key path may have."""
    model = model_of(annotation_at(data, path), value_at(data, path))
    return model.model_fields if model else ()


def unknown_key(path: KeyPath, data: Data) -> str:
    """What to say of a key that the schema does not have in its table."""
    table, key = path[:-1], str(path[-1])
    keys = known_keys(table, data)
    elsewhere = [
        kind for model in models(annotation_at(data, table)) if key in model.model_fields for kind in kinds(model)
    ]
    if elsewhere:
        hint = f"; it is a key of kind '{elsewhere[0]}'"
    else:
        meant = meant_path(path, data)
        near = dotted(meant) if len(meant) > len(path) else meant[-1] if meant else ""
        hint = f"; did you mean {shown(near)}?" if near else f"; its keys are {', '.join(keys)}"
    return f"is not a key of {f'[{dotted(table)}]' if table else 'a scenario'}{hint}"


def meant_path(path: KeyPath, data: Data) -> KeyPath:
    """What was meant by a key that its table does not have: that of a table stated in it, else the nearest; or none."""
    table, key = path[:-1], str(path[-1])
    keys = known_keys(table, data)
    for inner in filter(lambda inner: isinstance(value_at(data, (*table, inner)), dict), keys):
        if any(key in model.model_fields for model in models(annotation_at(data, (*table, inner)))):
            return (*table, inner, key)
    near = nearest(key, keys)
    return () if near is None else (*table, near)


def wrong_kind(path: KeyPath, data: Data) -> str:
    """What to say of a table whose `kind` is missing or none of those there are."""
    choices = [kind for model in models(annotation_at(data, path)) for kind in kinds(model)]
    table = value_at(data, path)
    kind_words = ", ".join(f"'{kind}'" for kind in choices)
    if "kind" in table:
        return f"must be one of {kind_words} (got {shown(table['kind'])}){did_you_mean(table['kind'], choices)}"
    *outer, name = path
    near = nearest(name, [sibling for sibling in value_at(data, tuple(outer)) if sibling != name])
    hint = f", or was [{dotted((*outer, near))}] meant?" if near else ""
    return f"is missing; it must be one of {kind_words}{hint}"
