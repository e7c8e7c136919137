"""Tables as lines of a terminal, as wide as it is; what is too wide for it is folded at words, and no number is cut."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.scenario.problems import printable
from sim.views.language import columns_of, pieces_kept

if TYPE_CHECKING:
    from sim.views.sheets.sheet import Sheet

SCREEN = 80
"""Columns of the smallest screen, and of an output that is none; what is read last fits 24 lines of it."""
GAP = "  "
LONGEST_WORD = 24
"""Letters from which a word is broken, as an address is, rather than make its column wider."""
NUMBER = re.compile(r"[−+-]?[\d∞]")
BREAKS = re.compile(r"(?<=[._/])(?=[^\W\d])")
"""Where a word that is too long may be folded: in names such as `places.border.train_h`, and not in a number."""


def screen_width() -> int:
    """Columns of the terminal, or as `COLUMNS` says; `SCREEN` where nobody watches."""
    return shutil.get_terminal_size((SCREEN, 24)).columns


def sheet_lines(sheet: Sheet, width: int) -> list[str]:
    """The lines of a table, at most so wide unless a single number is wider.

    Columns that do not fit side by side follow below, each time after the first one.
    """
    texts = [[printable(text, keep="") for text in row] for row in (sheet.heads, *sheet.rows)]
    columns = [*zip(*texts, strict=True)]
    least = [least_width(column) for column in columns]
    blocks: list[list[int]] = [[0]] if columns else []
    for i in range(1, len(columns)):
        if total([*(least[j] for j in blocks[-1]), least[i]]) > width and blocks[-1] != [0]:
            blocks.append([0])
        blocks[-1].append(i)
    lines: list[str] = []
    for block in blocks:
        chosen_columns = [columns[i] for i in block]
        widths = widened([least[i] for i in block], [max(map(columns_of, column)) for column in chosen_columns], width)
        rights = [are_numbers(column[1:]) for column in chosen_columns]
        rows = [
            [folded(cell, cell_width) for cell, cell_width in zip(row, widths, strict=True)]
            for row in zip(*chosen_columns, strict=True)
        ]
        head, *body = [table_lines(row, widths, rights) for row in rows]
        lines += [*([""] if lines else []), *head, "─" * total(widths), *(line for row in body for line in row)]
    return lines


def total(widths: Sequence[int]) -> int:
    """The width of columns side by side."""
    return sum(widths) + len(GAP) * (len(widths) - 1)


def are_numbers(cells: Sequence[str]) -> bool:
    """Whether the cells of a column are numbers, some perhaps with their interval or unit, or empty."""
    return any(cells) and all(NUMBER.match(cell) for cell in cells if cell)


def least_width(column: Sequence[str]) -> int:
    """The width below which a column cannot be: its numbers whole, its words as they are unless very long."""
    head, *cells = column
    has_numbers = are_numbers(cells)
    words = " ".join([head] if has_numbers else column).split()
    longest = max((min(columns_of(word), LONGEST_WORD) for word in words), default=0)
    return max(longest, *map(columns_of, cells)) if has_numbers else longest


def widened(least: Sequence[int], most: Sequence[int], width: int) -> list[int]:
    """Widths between the least and the most of each column that use what there is, the longest text helped first."""
    widths = list(least)
    while total(widths) < width:
        open_columns = [i for i, column_width in enumerate(widths) if column_width < most[i]]
        if not open_columns:
            break
        widths[max(open_columns, key=lambda i: most[i] / widths[i])] += 1
    return widths


def folded(text: str, width: int) -> list[str]:
    """A text as lines of at most a width: between words, in a word that is wider within it, at last anywhere.

    A Chinese one is folded between any two letters but before a mark.
    """
    lines = [""]
    pieces = [
        piece
        for word in (re.split("(?<= )", text) if columns_of(text) == len(text) else pieces_kept(text))
        for piece in (BREAKS.split(word) if columns_of(word.strip()) > width else [word])
    ]
    for piece in pieces:
        if lines[-1] and columns_of((lines[-1] + piece).rstrip()) > width:
            lines.append("")
        lines[-1] += piece
        while columns_of(lines[-1].rstrip()) > width:
            lines[-1:] = cut(lines[-1], width)
    return [line.rstrip() for line in lines]


def cut(text: str, width: int) -> tuple[str, str]:
    """What of a text fits into so many columns, at least a letter, and the rest."""
    number = next(i for i in range(len(text), 0, -1) if i == 1 or columns_of(text[:i]) <= width)
    return text[:number], text[number:]


def folded_text(text: str, width: int, lead: str = "") -> str:
    """A text as lines of at most a width, the first behind a lead and the others as far in."""
    indent = " " * columns_of(lead)
    if columns_of(text) == len(text):
        return textwrap.fill(text, width, initial_indent=lead, subsequent_indent=indent)
    lines = [lead]
    for piece in pieces_kept(text):
        if columns_of((lines[-1] + piece).rstrip()) > width and lines[-1] not in (lead, indent):
            lines.append(indent)
        lines[-1] += piece.lstrip() if lines[-1] == indent else piece
    return "\n".join(line.rstrip() for line in lines)


def in_column(text: str, width: int, is_number: bool) -> str:
    """A text in a column: a number at its right."""
    space = " " * (width - columns_of(text))
    return f"{space}{text}" if is_number else f"{text}{space}"


def table_lines(row: Sequence[Sequence[str]], widths: Sequence[int], rights: Sequence[bool]) -> list[str]:
    """The lines of one row, each cell of which has some: numbers to the right, and all from the top."""
    depth = max(map(len, row))
    filled = [[*cell, *[""] * (depth - len(cell))] for cell in row]
    return [
        GAP.join(
            in_column(text, width, right) for text, width, right in zip(texts, widths, rights, strict=True)
        ).rstrip()
        for texts in zip(*filled, strict=True)
    ]


def narrow_table(sheet: Sheet) -> list[str]:
    """The lines of a table as narrow as its cells: names above and before them are folded to fit the screen."""
    pieces = [head.replace("_", "_ ").split() for head in sheet.heads]
    columns = [(*names, *(row[i] for row in sheet.rows)) for i, names in enumerate(pieces)]
    widths = [max(map(columns_of, texts)) for texts in columns]
    widths[0] = min(widths[0], max(SCREEN // 4, SCREEN - 1 - sum(width + 2 for width in widths[1:])))
    rights = [False, *[True] * (len(widths) - 1)]
    heads = [folded(" ".join(names).replace("_ ", "_"), width) for names, width in zip(pieces, widths, strict=True)]
    rows = [
        heads,
        *([folded_text(first, widths[0]).split("\n"), *([cell] for cell in cells)] for first, *cells in sheet.rows),
    ]
    # Names end where their numbers stand: at the bottom.
    return [line for row in rows for line in table_lines(at_the_bottom(row), widths, rights)]


def at_the_bottom(row: Sequence[Sequence[str]]) -> list[list[str]]:
    """The cells of a row, all of one depth, the shorter ones with empty lines above."""
    depth = max(map(len, row))
    return [[*[""] * (depth - len(cell)), *cell] for cell in row]
