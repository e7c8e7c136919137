"""Languages: in which a reader is spoken to, and the messages, terms, titles and marks of numbers in it.

A message stands in the code in English, whole, with a name for each field, and is looked up by that. The catalogues are
`locale/*.po`, read as they are. What has no translation is said in English; a test holds that of ours nothing is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "ru": "Русский", "zh": "中文"}
"""The languages that there are, each by its code with its own name for itself."""

LOCALE = Path(__file__).with_name("locale")

TITLE = "title"
"""The context of titles in the catalogues: names of places, flows and the like, as scenarios state them."""

SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)


WORD = re.compile(r"[^\W\d_]+")
PIECES = re.compile(r"[^\S\u00a0]+|[A-Za-z0-9\[\]().,:;%/+_−–…\u00a0\u0400-\u04ff-]+|.")
"""What a line of a language without spaces may be folded between: any character of it, and words of others."""
NEVER_FIRST, NEVER_LAST = "，。；：、）”！？", "（“"
NO_BREAK = "\u00a0"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Have all that is said within be said in a language."""
    token = SPOKEN.set(language)
    try:
        yield
    finally:
        SPOKEN.reset(token)


def language_spoken() -> str:
    """The code of the language in which a reader is spoken to."""
    return SPOKEN.get()


@cache
def catalogue(language: str) -> GNUTranslations:
    """The messages of a language by their English; that of English is empty."""
    compiled = BytesIO()
    if language == ENGLISH:
        return GNUTranslations()
    # A session in English needs neither Babel nor its tables.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    content = (LOCALE / f"{language}.po").read_bytes()
    write_mo(compiled, read_po(BytesIO(content), locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def translations(language: str) -> dict[str, str | list[str]]:
    """The messages and titles of a language by their English; of one that counts the forms, by that of one."""
    from babel.messages.pofile import read_po

    content = (LOCALE / f"{language}.po").read_bytes()
    pairs: dict[str, str | list[str]] = {}
    for entry in read_po(BytesIO(content), locale=language):
        own = entry.id if isinstance(entry.id, str) else entry.id[0]
        pairs[own] = [*entry.string] if isinstance(entry.string, tuple) else str(entry.string)
    return {text: pairs[text] for text in sorted(pairs, key=len) if text}


def translations_in(language: str, content: str) -> dict[str, str | list[str]]:
    """The messages and titles of a language whose English stands in some content, in words of their own."""
    # A message is looked for in a page of megabytes only if its words are there; a script has lines' ends as letters.
    words = {*WORD.findall(content.replace(r"\n", " "))}
    known = translations(language).items()
    return {own: said for own, said in known if words.issuperset(WORD.findall(own)) and own in content}


def message(text: str, **fields: object) -> str:
    """A message, with what its fields are; `text` is a literal, for the catalogues are made of those."""
    return (text if is_english() else catalogue(language_spoken()).gettext(text)).format(**fields)


def counted(count: int, one: str, several: str, **fields: object) -> str:
    """A message about so many of something, in the form that the language has for that number; both are literals.

    Its field `count` is the number.
    """
    text = one if count == 1 else several
    if not is_english():
        text = catalogue(language_spoken()).ngettext(one, several, count)
    return text.format(count=in_marks(f"{count:,}"), **fields)


def term(text: str) -> str:
    """A term of a table of the model's own, such as the title of a measure or a unit."""
    return text if is_english() or not text else catalogue(language_spoken()).gettext(text)


def spoken_title(text: str) -> str:
    """The title of a place, a flow or an unknown, in the language if the catalogue knows it; else as it is stated."""
    return text if is_english() else catalogue(language_spoken()).pgettext(TITLE, text)


def is_english() -> bool:
    """Whether a reader is spoken to in English, which needs no catalogue."""
    return language_spoken() == ENGLISH


def in_marks(number: str) -> str:
    """A number as English writes it, with the decimal and thousands marks of the language."""
    decimal, group = marks(language_spoken())
    return number.translate({ord("."): decimal, ord(","): group})


@cache
def marks(language: str) -> tuple[str, str]:
    """The decimal and the thousands mark of a language."""
    if language == ENGLISH:
        return ".", ","
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return get_decimal_symbol(language), get_group_symbol(language)


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
"""In English, where Python's own would be those of the session's locale."""


def number_told(text: str) -> float:
    """The number that a text says, see `in_marks`."""
    decimal, group = marks(language_spoken())
    return float(text.replace(group, "").replace(decimal, ".").replace("−", "-").replace("–", "nan"))


def columns_of(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return len(text) + (0 if text.isascii() else sum(unicodedata.east_asian_width(letter) in "WF" for letter in text))


def pieces_kept(text: str) -> list[str]:
    """The pieces between which a text in Chinese may be folded: no mark that closes begins a line."""
    pieces = [""]
    for piece in PIECES.findall(text):
        if piece in NEVER_FIRST or pieces[-1].endswith((*NEVER_LAST, NO_BREAK)):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces


def month_name(number: int) -> str:
    """The short name of a month."""
    return MONTHS[number - 1][:3] if is_english() else month_names(language_spoken())[number - 1]


@cache
def month_names(language: str) -> tuple[str, ...]:
    """The short names of the months in a language, as they stand by a day; those of English are `MONTHS`."""
    from babel.dates import get_month_names

    names = get_month_names("abbreviated", locale=language)
    return tuple(str(names[number]) for number in range(1, 13))
