"""The ledger of facts: published figures, a row each, with the place where each was read."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.scenario.files import (
    Unreadable,
    header_complaint,
    is_plain_date,
    is_plain_number,
    new_text,
    table_rows,
    text_of,
)
from sim.scenario.problems import CorridorError, shown

LEDGER = "sources.csv"
"""Name of the file of a ledger of facts, beside scenarios and in the folder of results."""

STATUSES = ("found", "seed", "recalled")
NO_NUMBER = ("qualitative", "not found", "none")
"""What stands for the value of a fact that is no number: it is in words, or was sought in vain, or denied."""


@dataclass(frozen=True)
class Fact:
    """A row of the ledger of facts: a published figure as text, and where it was read.

    `status` is `found` (read in the document named), `seed` (in the article the project starts from) or `recalled`
    (from general knowledge, not verified). `known` is the day from which on it was known, as 2024-05-31: that of the
    source, or the first day after the month or year that the source, or else the figure, is of; empty if not stated.
    """

    id: str
    topic: str
    place: str
    quantity: str
    value: str
    low: str
    high: str
    unit: str
    year: str
    status: str
    source_title: str
    source_address: str
    note: str
    known: str = ""

    @property
    def known_on(self) -> dt.date | None:
        """The day from which on it was known; None if the ledger does not say."""
        return dt.date.fromisoformat(self.known) if self.known else None


class LedgerError(CorridorError, ValueError):
    """A ledger of facts that cannot be read."""

    outcome = "Nothing was run."


def facts(path: str | Path, follow: bool = True) -> dict[str, Fact]:
    """The ledger of facts, by id.

    Parameters
    ----------
    follow
        Whether a link is followed, see `files.opened_file`.

    Raises
    ------
    LedgerError
        If it cannot be read, the columns are not those of `Fact`, an id stands twice, a number is not written as one,
        or it is no table at all.
    """
    try:
        text = text_of(Path(path), follow=follow)
        return {fact.id: fact for fact in rows(table_rows(text), path)}
    except Unreadable as error:
        raise LedgerError(f"{path}: {error}") from None
    except csv.Error as error:
        raise LedgerError(f"{path}: is no table of facts: {error}") from error


def write_facts(ledger: Mapping[str, Fact], path: Path) -> None:
    """Write facts in the form of a ledger, so that `facts` reads them back."""
    with new_text(path) as file:
        writer = csv.DictWriter(file, list(Fact.__dataclass_fields__), lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(fact) for fact in ledger.values())


def rows(lines: Iterator[tuple[int, list[str]]], path: str | Path) -> Iterator[Fact]:
    """The facts of a ledger, each id once."""
    columns, header = list(Fact.__dataclass_fields__), next(lines, (0, []))[1]
    complaint = header_complaint(header)
    if complaint:
        raise LedgerError(f"{path}:1: {complaint}")
    # Ledgers from before the column `known`, and those of users who do not cut a fit at a date, go without it.
    if header not in (columns, columns[:-1]):
        raise LedgerError(f"{path}: the columns must be {', '.join(columns)}")
    ids = set()
    for line, cells in lines:
        if len(cells) != len(header):
            raise LedgerError(f"{path}:{line}: must have {len(header)} values")
        row = dict(zip(header, (cell.strip() for cell in cells), strict=True))
        if row["id"] in ids:
            raise LedgerError(f"{path}:{line}: {row['id']} stands twice")
        for key, message in cell_complaints(row):
            raise LedgerError(f"{path}:{line}: {key}: {message}")
        ids.add(row["id"])
        yield Fact(**row)


def cell_complaints(row: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with single cells of a fact, by column."""
    if not row["id"]:
        yield "id", "must not be empty"
    if row["status"] not in ("", *STATUSES):
        yield "status", f"must be {', '.join(STATUSES)} or empty (got {shown(row['status'])})"
    for key, words in {"value": NO_NUMBER, "low": (), "high": ()}.items():
        if row[key] not in ("", *words) and not (is_plain_number(row[key]) or is_plain_date(row[key])):
            forms = ", ".join(["must be a number in digits 0 to 9 alone, with a point", "a day as 2024-05-31", *words])
            yield key, f"{forms} or empty (got {shown(row[key])})"
    if is_misread_number(row["year"]):
        yield "year", f"must be a number in digits 0 to 9 alone (got {shown(row['year'])})"
    if not is_day_or_empty(row.get("known", "")):
        yield "known", f"must be a day as 2024-05-31, or empty (got {shown(row['known'])})"


def is_misread_number(text: str) -> bool:
    """Whether Python takes a cell for a number, as `4_6` or Arabic digits for 46, and whoever wrote it may not."""
    try:
        float(text)
    except ValueError:
        return False
    return not is_plain_number(text)


def is_day_or_empty(text: str) -> bool:
    """Whether a cell is empty or a day as 2024-05-31."""
    try:
        return not text or dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
