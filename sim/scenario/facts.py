"""The ledger of facts: published figures, a row each, with the place where each was read."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sim.scenario.files import Unreadable, is_plain_number, new_text, separator_complaint, table_rows, text_of
from sim.scenario.problems import CorridorError, shown

LEDGER = "sources.csv"
"""Name of the file of a ledger of facts, beside scenarios and in the folder of results."""


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
    complaint = separator_complaint(header)
    if complaint:
        raise LedgerError(f"{path}:1: {complaint}")
    # Ledgers from before the column `known`, and those of users who do not cut a fit at a date, go without it.
    if header not in (columns, columns[:-1]):
        raise LedgerError(f"{path}: the columns must be {', '.join(columns)}")
    ids = set()
    for line, cells in lines:
        if len(cells) != len(header):
            raise LedgerError(f"{path}:{line}: must have {len(header)} values")
        row = dict(zip(header, cells, strict=True))
        if not row["id"].strip():
            raise LedgerError(f"{path}:{line}: id: must not be empty")
        if row["id"] in ids:
            raise LedgerError(f"{path}:{line}: {row['id']} stands twice")
        wrong = next((key for key in ("value", "low", "high", "year") if is_misread_number(row[key])), None)
        if wrong:
            message = f"must be a number in digits 0 to 9 alone, with a point (got {shown(row[wrong])})"
            raise LedgerError(f"{path}:{line}: {wrong}: {message}")
        if not is_day_or_empty(row.get("known", "")):
            message = f"must be a day as 2024-05-31, or empty (got {shown(row['known'])})"
            raise LedgerError(f"{path}:{line}: known: {message}")
        ids.add(row["id"])
        yield Fact(**row)


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
