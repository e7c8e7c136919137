"""What the schema has at a key path: read from the models, so that no second list of keys can fall behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from sim.scenario.positions import KeyPath
from sim.scenario.schema import Scenario
from sim.scenario.values import Month, Spread, Table, is_number

Data = Mapping[str, Any]
"""A scenario file as read from TOML, before any check."""


def value_at(data: Any, path: KeyPath) -> Any:
    """The value at a key path of tables, or None if there is none."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def with_value(table: Data, path: KeyPath, value: Any) -> dict[str, Any]:
    """A copy of a table with one value changed or added; a bare value on the way gives place to a table."""
    key, *inner_path = path
    below = table.get(str(key))
    inner = with_value(below if isinstance(below, dict) else {}, tuple(inner_path), value) if inner_path else value
    return {**table, str(key): inner}


def tables_in(data: Data, key: str) -> dict[str, dict[str, Any]]:
    """The tables in a table of tables, by name; what does not have the form it should is left out."""
    tables = data.get(key)
    pairs = tables.items() if isinstance(tables, dict) else ()
    return {name: table for name, table in pairs if isinstance(table, dict)}


def items_in(table: Data, key: str) -> list[Any]:
    """The items of a list; none where there is no list."""
    items = table.get(key)
    return items if isinstance(items, list) else []


def names_in(data: Data, key: str) -> Iterable[str]:
    """The names that a table of tables defines, whatever stands behind them."""
    tables = data.get(key)
    return tables.keys() if isinstance(tables, dict) else ()


@cache
def alternatives(annotation: Any) -> tuple[Any, ...]:
    """The types an annotation allows, `None` left out."""
    if get_origin(annotation) is Annotated:
        return alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for part in get_args(annotation) for kind in alternatives(part))
    return () if annotation in (None, type(None)) else (annotation,)


@cache
def entries_of(annotation: Any) -> tuple[Any, Any] | None:
    """The annotations of the names and of the entries of a table by name, year or date; None of what is no such."""
    return next((get_args(kind) for kind in alternatives(annotation) if get_origin(kind) is dict), None)


@cache
def models(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models among the types an annotation allows."""
    return tuple(kind for kind in alternatives(annotation) if isinstance(kind, type) and issubclass(kind, BaseModel))


def is_by_date(annotation: Any) -> bool:
    """Whether a value may be stated by date."""
    keys = [get_args(kind)[0] for kind in alternatives(annotation) if get_origin(kind) is dict]
    return any(dt.date in alternatives(key) for key in keys)


@cache
def kinds(model: type[BaseModel]) -> tuple[str, ...]:
    """What a model accepts as its `kind`; nothing for a model without one."""
    field = model.model_fields.get("kind")
    return get_args(field.annotation) if field else ()


def model_of(annotation: Any, table: Data) -> type[BaseModel] | None:
    """The model a table is to fit: the only one, or the one of its `kind`."""
    return model_of_kind(annotation, kind_in(table))


def kind_in(table: Data) -> str | None:
    """The `kind` that a table says it is, where it says a word."""
    kind = table.get("kind")
    return kind if isinstance(kind, str) else None


@cache
def model_of_kind(annotation: Any, kind: str | None) -> type[BaseModel] | None:
    """The model of a table that says it is of a kind."""
    candidates = models(annotation)
    if len(candidates) == 1:
        return candidates[0]
    return next((model for model in candidates if kind in kinds(model)), None)


def inside(annotation: Any, table: Data, key: str) -> Any:
    """The annotation of one key of a table; None if the schema has no such key."""
    return inside_kind(annotation, kind_in(table), key)


# Asked some forty thousand times for one scenario, of some hundred keys; bounded, since keys come out of files.
@lru_cache(maxsize=10_000)
def inside_kind(annotation: Any, kind: str | None, key: str) -> Any:
    """The annotation of one key of a table of a kind; None if the schema has no such key."""
    entries = entries_of(annotation)
    if entries is not None:
        return entries[1]
    fields = fields_of(annotation, {"kind": kind}, key)
    return fields[0].annotation if fields else None


def fields_of(annotation: Any, table: Data, key: str) -> list[FieldInfo]:
    """What the schema says of one key of a table with keys of its own, by each kind that the table may be."""
    model = model_of(annotation, table)
    # Without a kind, any kind that has the key: a file that extends another need not say again what a place is.
    candidates = (model,) if model else models(annotation)
    return [candidate.model_fields[key] for candidate in candidates if key in candidate.model_fields]


def may_be_left_out(annotation: Any, table: Data, key: str) -> bool:
    """Whether a key of a table may say none: one that has a default, or an entry of a table by name.

    Of a text whose default is empty, which is written so, the word is a text.
    """
    entries = entries_of(annotation)
    if entries is not None:
        names, values = map(alternatives, entries)
        return names == (str,) and not {str, Any} & {*values}
    fields = fields_of(annotation, table, key)
    return bool(fields) and key != "sources" and not fields[0].is_required() and fields[0].default != ""


def annotation_at(data: Data, path: KeyPath) -> Any:
    """The annotation at a key path of tables; None if the schema has no such key."""
    annotation: Any = Scenario
    table: Any = data
    for key in path:
        if annotation is None:
            break
        annotation = inside(annotation, table if isinstance(table, dict) else {}, str(key))
        table = value_at(table, (key,))
    return annotation


def is_named(annotation: Any) -> bool:
    """Whether a value is a table of tables by name, such as `places`."""
    dicts = [kind for kind in alternatives(annotation) if get_origin(kind) is dict]
    return any(issubclass(model, Table) for kind in dicts for model in models(get_args(kind)[1]))


@cache
def is_table(annotation: Any) -> bool:
    """Whether a value is a table with keys of the schema, or a table of such tables."""
    return is_named(annotation) or any(issubclass(model, Table) for model in models(annotation))


@cache
def is_one_value(annotation: Any) -> bool:
    """Whether a table is one value to be replaced whole: values by date, by month or by year, or a spread."""
    keys = [get_args(kind)[0] for kind in alternatives(annotation) if get_origin(kind) is dict]
    return Spread in alternatives(annotation) or any(
        key == Month or alternatives(key)[0] in (int, dt.date) for key in keys
    )


# As often as `inside_kind`, and bounded as it is.
@lru_cache(maxsize=10_000)
def table_inside(annotation: Any, kind: str | None, key: str) -> Any:
    """The annotation of one key of a table of a kind where a table lies, see `is_table`; else None."""
    below = inside_kind(annotation, kind, key)
    return below if is_table(below) else None


def known_tables(data: Data, annotation: Any = Scenario, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Data, Any]]:
    """Every table that the schema knows, outermost first: its key path, itself, its annotation."""
    waiting = [(path, data, annotation)]
    while waiting:
        around, table, annotation = waiting.pop()
        yield around, table, annotation
        kind = kind_in(table)
        # Most values are no tables, and need not be looked up.
        tables = [
            ((*around, key), value, below)
            for key, value in table.items()
            if isinstance(value, dict) and (below := table_inside(annotation, kind, key)) is not None
        ]
        waiting += reversed(tables)


def leaves(data: Data, annotation: Any = Scenario, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Every value that is not such a table, with its key path, outermost first; `sources` are left out."""
    waiting = [(path, data, annotation)]
    while waiting:
        around, table, annotation = waiting.pop()
        kind, tables = kind_in(table), []
        for key, value in table.items():
            if isinstance(value, dict) and (below := table_inside(annotation, kind, key)) is not None:
                tables.append(((*around, key), value, below))
            elif key != "sources":
                yield (*around, key), value
        waiting += reversed(tables)


def is_never_negative(data: Data, path: KeyPath) -> bool:
    """Whether the schema takes the number at a key path, or those by date or year, and none below 0."""
    present = value_at(data, path)
    if isinstance(present, dict) and present and is_one_value(annotation_at(data, path)):
        path = (*path, "mean" if "mean" in present else str(next(iter(present))))
    *around, key = path
    table, annotation = value_at(data, tuple(around)), annotation_at(data, tuple(around))
    entries = entries_of(annotation)
    fields = [] if entries else fields_of(annotation, table if isinstance(table, dict) else {}, str(key))
    forms = [entries[1]] if entries else [Annotated[field.annotation, field] for field in fields]
    number = value_at(data, path)
    if not is_number(number):
        return False
    # By trial: a bound may stand in the key, in its type, or in a part of that.
    return any(is_taken(form, number) and not any(is_taken(form, below) for below in (-1, -1e-9)) for form in forms)


def is_taken(annotation: Any, value: Any) -> bool:
    """Whether a value by itself is of the form that an annotation asks for."""
    try:
        TypeAdapter(annotation).validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def is_count(data: Data, path: KeyPath) -> bool:
    """Whether the schema has a count at a key path, or counts by date."""
    return takes_counts(annotation_at(data, path))


@cache
def takes_counts(annotation: Any) -> bool:
    """Whether a value is a count, or counts by date."""
    kinds = alternatives(annotation)
    step_kinds = [step for kind in kinds if get_origin(kind) is dict for step in alternatives(get_args(kind)[1])]
    return int in (*kinds, *step_kinds) and float not in (*kinds, *step_kinds)
