"""Cells as offices write them: numbers, days and moments, durations, gaps; by what the whole column says of its marks.

`1,234` may be a number above a thousand or little more than one, and 1/2/26 the first of February or the second of
January: other cells of the column tell, or whoever reads it says which. Nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from sim.measure.office_tables import EPOCH, Cell
from sim.scenario.calendar import HOURS_PER_DAY

GAPS = {
    *("", "-", "--", "–", "—", "−", "…", "...", "?", "x", "х", "n/a", "na", "nan", "none", "null", "#n/a", "#н/д"),
    *("н/д", "н.д.", "н. д.", "нд", "нет", "нет данных", "нет свед.", "нет сведений", "无", "不详", "暂无", "жоқ"),
}
"""What stands in a cell of which nothing is known, in small letters."""

SUMS = re.compile(r"(?:итого|всего|total|sum|grand total|барлығы|жиыны)\b|合计|总计|小计")
"""How a row of sums begins, in small letters."""

NAME_LIKE_SUM = re.compile(r"(?:Total|Sum) ([A-Z][a-z]+)")

MARK_NAMES = {".": "point", ",": "comma"}
ORDERS = ("dmy", "mdy", "ymd")
GROUPED_DIGITS = re.compile(r"\d{1,3}( \d{3})+")
DIGITS = re.compile(r"[+-]?\d+(?:[.,]\d+)*", re.ASCII)
CLOCK = re.compile(r"(\d{1,5}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?", re.ASCII)

MONTHS = {
    word: number
    for words in ("янв фев мар апр май июн июл авг сен окт ноя дек", "jan feb mar apr may jun jul aug sep oct nov dec")
    for number, word in enumerate(words.split(), 1)
} | {"мая": 5}
"""Months by their first three letters, Russian and English."""

YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?", re.ASCII)
CHINESE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})[日号])?", re.ASCII)
MONTH_OF_YEAR = re.compile(r"(\d{1,2})[./-](\d{4})", re.ASCII)
IN_WORDS = re.compile(r"(?:(\d{1,2})[\s.-]+)?([^\W\d_]{3,})\.?[\s.,'-]*(\d{4}|\d{2})(?:\s*(?:г\.?|года?))?")
DAY_OF_MONTH = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)
TIME = re.compile(
    r"(.*?)(?:[\sT,]+(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?", re.ASCII
)
SERIALS = (20_000, 80_000)
"""Days that a spreadsheet may mean by a number: 1954 to 2119."""

YEARS = (1954, 2119)
"""Years of a day that a table may hold, which are those of `SERIALS`: others are slips of a hand."""


class Unwritten(ValueError):
    """A cell that is not written as what its column holds; the message says what it must be."""


class Moment(NamedTuple):
    """A moment, a day or a month as an office writes it: by its own clock, unless the cell states another.

    A spreadsheet keeps a day and its first moment alike: its grain is `midnight`, and the rest of the column tells.
    """

    at: dt.datetime
    grain: Literal["month", "day", "midnight", "minute"]


def is_gap(cell: Cell) -> bool:
    """Whether nothing is known of what a cell holds."""
    return cell is None or (isinstance(cell, str) and plain_text(cell).casefold() in GAPS)


def is_sum(cells: Iterable[Cell]) -> bool:
    """Whether a row adds up others: its first words say so."""
    return SUMS.match(first_words(cells).casefold()) is not None


def may_be_name(cells: Iterable[Cell]) -> bool:
    """Whether the first words of a row that begins as a sum may be a name as well: Total Energies."""
    name = NAME_LIKE_SUM.match(first_words(cells))
    return name is not None and name[1].casefold()[:3] not in MONTHS


def first_words(cells: Iterable[Cell]) -> str:
    """The text of the first cell of a row that holds one."""
    return next((plain_text(cell) for cell in cells if isinstance(cell, str) and cell.strip()), "")


def plain_text(text: str) -> str:
    """A text with plain spaces, one at a time: offices part thousands by spaces that do not break."""
    return " ".join(text.replace("\u202f", " ").replace("\u2009", " ").split())


def without_spaces(text: str) -> str:
    """A number without the spaces between its thousands, and with a plain minus sign."""
    plain = plain_text(text).replace("−", "-")
    lead, sign, digits = plain.rpartition("-") if plain.startswith("-") else ("", "", plain)
    whole_part = re.split("[.,]", digits, maxsplit=1)[0]
    joined_digits = whole_part.replace(" ", "") if GROUPED_DIGITS.fullmatch(whole_part) else whole_part
    return f"{lead}{sign}{joined_digits}{digits[len(whole_part) :]}"


def possible_marks(text: str) -> set[str]:
    """The decimal marks with which a text may be a number; none if it is no number."""
    number = without_spaces(text)
    if not DIGITS.fullmatch(number):
        return set()
    whole_part, *parts = re.split("[.,]", number.lstrip("+-"))
    marks = re.findall("[.,]", number)
    if not marks:
        return {".", ","}
    in_threes = all(len(part) == 3 for part in parts) and 1 <= len(whole_part) <= 3 and whole_part[0] != "0"
    if len(set(marks)) == 2:
        groups_right = len(set(marks[:-1])) == 1 and all(len(part) == 3 for part in parts[:-1]) and len(whole_part) <= 3
        return {marks[-1]} if groups_right else set()
    if len(marks) > 1:
        return ({".", ","} - {marks[0]}) if in_threes else set()
    return {".", ","} if in_threes and " " not in plain_text(text) else {marks[0]}


def number_in(cell: Cell, mark: str) -> float:
    """The number that a cell holds, by the decimal mark of its column.

    Raises
    ------
    Unwritten
        If it is none.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    if isinstance(cell, str) and mark in possible_marks(cell):
        other_mark = "," if mark == "." else "."
        return float(without_spaces(cell).replace(other_mark, "").replace(mark, "."))
    raise Unwritten("must be a number")


def hours_in(cell: Cell) -> float | None:
    """The hours of a duration written as 26:15, or that a spreadsheet keeps as a time; None of any other cell."""
    match cell:
        case dt.timedelta():
            return cell.total_seconds() / 3600
        case dt.time():
            return cell.hour + cell.minute / 60 + cell.second / 3600
        case str() if match := CLOCK.fullmatch(plain_text(cell)):
            hours, minutes, seconds = (int(part or 0) for part in match.groups())
            return hours + minutes / 60 + seconds / 3600 if max(minutes, seconds) < 60 else None
    return None


def possible_orders(cell: Cell) -> set[str]:
    """The orders of day, month and year in which a cell makes a date; none where it shows its order itself."""
    parts = TIME.fullmatch(plain_text(cell)) if isinstance(cell, str) else None
    match = DAY_OF_MONTH.fullmatch(parts[1]) if parts else None
    if match is None:
        return set()
    if match[2] == ".":
        return {"dmy"}  # where dots part them nobody writes the month first
    orders = ORDERS if len(match[4]) == 2 else ORDERS[:2]
    return {order for order in orders if date_of(match, order) is not None}


def date_of(match: re.Match[str], order: str) -> dt.date | None:
    """The date that three numbers are in an order; None if they are none."""
    parts = dict(zip(order, (match[1], match[3], match[4]), strict=True))
    year = int(parts["y"]) + (2000 if len(parts["y"]) <= 2 else 0)
    try:
        return dt.date(year, int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def moment_in(cells: Sequence[Cell], order: str, epoch: dt.datetime = EPOCH) -> Moment:
    """The moment, day or month that a cell holds, or a day and beside it a time.

    Raises
    ------
    Unwritten
        If it is none.
    """
    first, *times = (cell for cell in cells if not is_gap(cell))
    clock = hours_in(times[0]) if times else None
    if times and (clock is None or clock > HOURS_PER_DAY):
        raise Unwritten("must be a time such as 14:30 beside the day")
    moment = single_moment(first, order, epoch)
    if not YEARS[0] <= moment.at.year <= YEARS[1]:
        raise Unwritten(f"must be a day of a year from {YEARS[0]} to {YEARS[1]}")
    if clock is None:
        return moment
    return Moment(moment.at + dt.timedelta(hours=clock), "minute")


def single_moment(cell: Cell, order: str, epoch: dt.datetime) -> Moment:
    """The moment, day or month of one cell."""
    match cell:
        case dt.datetime():
            return Moment(cell, "midnight" if cell.time() == dt.time() and cell.tzinfo is None else "minute")
        case bool():
            pass
        case int() | float():
            return moment_of_serial(float(cell), epoch)
        case str():
            return moment_of_text(plain_text(cell), order, epoch)
        case _:
            pass
    raise Unwritten("must be a day, such as 2026-02-01 or 01.02.2026")


def moment_of_serial(days: float, epoch: dt.datetime) -> Moment:
    """The moment that a spreadsheet keeps as days since its epoch."""
    if not SERIALS[0] <= days <= SERIALS[1]:
        raise Unwritten("must be a day (a number of days, as spreadsheets keep them, lies between 20,000 and 80,000)")
    at = epoch + dt.timedelta(seconds=round(days * 86_400))
    return Moment(at, "midnight" if days == int(days) else "minute")


def moment_of_text(text: str, order: str, epoch: dt.datetime) -> Moment:
    """The moment of a text: a day in any usual form, and a time that may state its distance from UTC."""
    if re.fullmatch(r"\d{5}(?:[.,]\d+)?", text, re.ASCII):
        return moment_of_serial(float(text.replace(",", ".")), epoch)
    parts = TIME.fullmatch(text)
    day, has_day = day_of(parts[1].rstrip(",") if parts else text, order)
    if parts is None or parts[2] is None:
        return Moment(day, "day" if has_day else "month")
    hour, minute, second = (int(part or 0) for part in parts.group(2, 3, 4))
    if not has_day or hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise Unwritten("must be a day with a time such as 14:30")
    at = day + dt.timedelta(hours=hour, minutes=minute, seconds=second)
    return Moment(at.replace(tzinfo=offset_of(parts[5])), "minute")


def offset_of(text: str | None) -> dt.timezone | None:
    """The distance from UTC that a moment states; None where it states none."""
    if text is None or text in ("Z", "UTC"):
        return dt.UTC if text else None
    hours, minutes = int(text[1:3]), int(text[3:].lstrip(":") or 0)
    if hours > 14 or minutes > 59:
        raise Unwritten("must be at most 14 hours from UTC")
    return dt.timezone((-1 if text[0] == "-" else 1) * dt.timedelta(hours=hours, minutes=minutes))


def day_of(text: str, order: str) -> tuple[dt.datetime, bool]:
    """The first moment of a day or a month, and whether it is a day."""
    day: dt.date | None = None
    is_day = True
    if match := DAY_OF_MONTH.fullmatch(text):
        day = date_of(match, order)
    else:
        year, month, number = numbers_of(text)
        is_day = number is not None
        try:
            day = dt.date(year, month, number or 1)
        except ValueError:
            day = None
    if day is None:
        raise Unwritten("must be a day or a month that there is, such as 2026-02-01, 01.02.2026 or 02.2026")
    return dt.datetime.combine(day, dt.time()), is_day


def numbers_of(text: str) -> tuple[int, int, int | None]:
    """Year, month and day of a text that shows their order; zeros if it is no such text; None: no day."""
    if match := YEAR_FIRST.fullmatch(text):
        return int(match[1]), int(match[3]), int(match[4]) if match[4] else None
    if match := CHINESE.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3]) if match[3] else None
    if match := MONTH_OF_YEAR.fullmatch(text):
        return int(match[2]), int(match[1]), None
    if match := IN_WORDS.fullmatch(text):
        month = MONTHS.get(match[2].casefold()[:3], 0)
        year = int(match[3]) + (2000 if len(match[3]) == 2 else 0)
        return year, month, int(match[1]) if match[1] else None
    return 0, 0, None
