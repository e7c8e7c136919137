"""What answers hold, by study: read from answers.csv, and seen to hold when a manifest or a table is read back.

A digest in a folder tells damage, and not whether the same hand changed a table and what the manifest says of it. So
what is read is held against what the study writes: its tables and columns, words out of those there are, finite numbers
within their bounds. Whoever takes an answer from there on may rely on that.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.scenario.problems import CorridorError

if TYPE_CHECKING:
    import pandas as pd

EVERY, MANIFEST, ROWS = "every", "manifest", "rows"
GREATEST = 1.7e308
SURE = 1 - 1e-12

WITHIN = {
    "whole": (0, math.inf, "a whole number of 0 or more"),
    "count": (1, math.inf, "a whole number of 1 or more"),
    "number": (-GREATEST, GREATEST, "a number"),
    "share": (0, 1, "a number from 0 to 1"),
    "chance": (1 - SURE, SURE, "a number between 0 and 1"),
}
"""Numbers by the word for them in answers.csv: least, most, and in words."""

WORDS = {
    "text": "text",
    "truth": "yes or no",
    "value": "a finite number, a text, or yes or no",
    "texts": "a list of texts",
    "numbers": "a list of numbers",
}


class Damaged(CorridorError, ValueError):
    """What is read back is not what a study writes; who reads the folder says of which."""


class Shape(NamedTuple):
    """What some columns of a table, or some entries of a manifest, hold: a row of answers.csv.

    Attributes
    ----------
    study
        The study, `every`, or a study and its method.
    table
        Stem of the table, or `manifest`, or one of the tables in that, as `manifest/versions`.
    holds
        A key of `WITHIN` or `WORDS`, with `?` where it may be missing; or the words there are, with `|` between them;
        or `rows`: the table has one at least.
    names
        Of the columns or entries; `*` is any.
    """

    study: str
    table: str
    holds: str
    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """What they hold, as a message says it."""
        plain = self.holds.removesuffix("?")
        return WITHIN[plain][2] if plain in WITHIN else WORDS.get(plain) or " or ".join(plain.split("|"))


@cache
def shapes() -> tuple[Shape, ...]:
    """The rows of answers.csv."""
    with Path(__file__).with_name("answers.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return tuple(Shape(row["study"], row["table"], row["holds"], tuple(row["names"].split())) for row in rows)


def shapes_of(manifest: Mapping[str, Any]) -> Iterator[Shape]:
    """What the answer with a manifest holds."""
    kinds = (EVERY, manifest.get("study"), f"{manifest.get('study')} {manifest.get('method')}")
    return (shape for shape in shapes() if shape.study in kinds)


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Make sure that a manifest says what those of its study say.

    Raises
    ------
    Damaged
        Naming what it does not.
    """
    for shape in shapes_of(manifest):
        outer, *inner = shape.table.split("/")
        if outer != MANIFEST:
            continue
        for name in shape.names:
            check_entries(manifest, (*inner, *name.split("/")), shape)


def check_entries(table: Any, path: Sequence[str], shape: Shape, around: str = "manifest") -> None:
    """Make sure that the entries at a path of nested tables hold what they must; `Damaged` if one does not."""
    if not isinstance(table, dict):
        raise Damaged(f"its '{around}' must be a table")
    key, *below = path
    for name in table if key == "*" else [key]:
        if name not in table:
            raise Damaged(f"it has no '{name}'")
        if below:
            check_entries(table[name], below, shape, name)
        elif not is_held(table[name], shape.holds):
            raise Damaged(f"its '{name}' must be {shape.words}")


def check_tables(manifest: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> None:
    """Make sure that tables hold what those of their study hold.

    Raises
    ------
    Damaged
        Naming the table and the column that does not.
    """
    for shape in shapes_of(manifest):
        if shape.table.partition("/")[0] == MANIFEST:
            continue
        title = f"{shape.table}.csv"
        if shape.table not in tables:
            raise Damaged(f"{title} is missing")
        table = tables[shape.table]
        if shape.holds == ROWS and not len(table):
            raise Damaged(f"{title} has no rows")
        for name in shape.names:
            if name not in table:
                raise Damaged(f"{title} has no column '{name}'")
            if not is_column_of(table[name], shape.holds):
                raise Damaged(f"{title}: the column '{name}' does not hold {shape.words}, in every row")
        ends = [table[name] for name in ("ci_low", "mean", "ci_high") if name in shape.names and len(table)]
        if len(ends) == 3 and ((ends[0] > ends[1]) | (ends[1] > ends[2])).any():
            raise Damaged(f"{title} has a mean outside of its interval")


def is_column_of(column: pd.Series[Any], holds: str) -> bool:
    """Whether all cells of a column are what they must be; it may be of Python's objects where they are no numbers."""
    if column.dtype.kind in "if" and len(column):
        # Of numbers the ends tell of all, but for those that are missing.
        cells = [column.min().item(), column.max().item()] + [math.nan] * bool(column.isna().any())
    else:
        has_gaps = bool(column.isna().any())
        cells = [*{*(column.dropna() if has_gaps else column).tolist()}, *[None] * has_gaps]
    is_plain = column.dtype != object or holds.removesuffix("?") not in WITHIN or bool(column.isna().all())
    return is_plain and all(is_held(cell, holds) for cell in cells)


def is_held(value: Any, holds: str) -> bool:
    """Whether a value is what it must be, see `Shape.holds`."""
    if holds.endswith("?") and (value is None or value != value):
        return True
    holds = holds.removesuffix("?")
    if holds in WITHIN:
        low, high, _ = WITHIN[holds]
        kinds = int if holds in ("whole", "count") else int | float
        return isinstance(value, kinds) and not isinstance(value, bool) and low <= value <= high
    match holds:
        case "text":
            return isinstance(value, str)
        case "truth":
            return isinstance(value, bool)
        case "value":
            return isinstance(value, str | bool) or is_held(value, "number")
        case "texts" | "numbers":
            return isinstance(value, list) and all(is_held(item, holds[:-1]) for item in value)
        case _:
            return value in holds.split("|")
