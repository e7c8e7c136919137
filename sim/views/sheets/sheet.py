"""A table of words, and an answer before its evidence: to be printed, written to a page or laid into a workbook."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from sim.views.language import message

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Sheet:
    """A table of words: a title, the heads of its columns, its rows, a note below, and the numbers behind the words."""

    title: str
    heads: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    note: str = ""
    frame: pd.DataFrame | None = field(default=None, compare=False, repr=False)

    @property
    def records(self) -> list[dict[str, Any]]:
        """The numbers behind the words, or else the words, a row each, by column."""
        words = [dict(zip(self.heads, row, strict=True)) for row in self.rows]
        return words if self.frame is None else records(self.frame)

    def as_html(self) -> Markup:
        """The heads and rows as a table of HTML, all text escaped."""
        lines = [Markup("<tr>{}</tr>").format(cells_html("th", self.heads))]
        lines += [Markup("<tr>{}</tr>").format(cells_html("td", row)) for row in self.rows]
        return Markup("<table>{}</table>").format(Markup("").join(lines))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table by column, as JSON has them: what is no number, or infinite, is None, and days are words."""
    cells = frame.astype(object).where(frame.notna(), None)
    return [{str(name): json_cell(cell) for name, cell in row.items()} for row in cells.to_dict("records")]


def json_cell(cell: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell if isinstance(cell, bool | int | float | str | None) else str(cell)


def cells_html(tag: str, texts: tuple[str, ...]) -> Markup:
    """Texts as cells of a row, head or data by the tag."""
    return Markup("").join(Markup(f"<{tag}>{{}}</{tag}>").format(text) for text in texts)


@dataclass(frozen=True)
class Headline:
    """An answer: what was asked, the answer, its reason, what it hangs on (each a sentence or some), four numbers."""

    question: str
    answer: str
    reason: str
    hangs_on: str
    numbers: Sheet | None = None

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """The sentences by their names, those left out that say nothing."""
        names = (message("Question"), message("Answer"), message("Reason"), message("Hangs on"))
        texts = (self.question, self.answer, self.reason, self.hangs_on)
        return tuple((name, text) for name, text in zip(names, texts, strict=True) if text)

    @property
    def document(self) -> dict[str, str]:
        """The sentences for a machine, by names that are the same in every language."""
        texts = {"question": self.question, "answer": self.answer, "reason": self.reason, "hangs_on": self.hangs_on}
        return {name: text for name, text in texts.items() if text}

    def __str__(self) -> str:
        rows = [] if self.numbers is None else [f"{row[0]}: {'; '.join(row[1:])}" for row in self.numbers.rows]
        return "\n".join([*(f"{name}: {text}" for name, text in self.parts), *rows])

    def _repr_html_(self) -> str:
        # What a notebook shows of it; every text may come from a scenario file.
        lines = [Markup("<dt>{}</dt><dd>{}</dd>").format(*part) for part in self.parts]
        numbers = Markup("") if self.numbers is None else self.numbers.as_html()
        return Markup("<dl>{}</dl>{}").format(Markup("").join(lines), numbers)
