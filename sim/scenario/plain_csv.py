"""What spreadsheets and people write into CSV files, and what of it is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

PLAIN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
PLAIN_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""Python reads more: `4_6` and Arabic digits as 46, `20250701` and `2025-W27-2` as days."""

SEPARATORS = {";": "semicolons", "\t": "tabs"}


def is_plain_number(text: str) -> bool:
    """Whether a cell is a number in digits 0 to 9, with a point where it has a fraction."""
    return PLAIN_NUMBER.fullmatch(text.strip()) is not None


def is_plain_date(text: str) -> bool:
    """Whether a cell is written as a day such as 2025-07-01."""
    return PLAIN_DATE.fullmatch(text.strip()) is not None


def separator_complaint(header: Sequence[str]) -> str:
    """What is wrong with the header of a table whose cells are not separated by commas; empty if nothing is.

    A spreadsheet writes semicolons where the decimal mark of its country is a comma.
    """
    if len(header) == 1:
        for mark, name in SEPARATORS.items():
            if mark in header[0]:
                return f"has {name} between its cells; save it with commas, and numbers with a decimal point"
    return ""
