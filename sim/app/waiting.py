"""The page of results of kept runs: made once as long as they are the same, and what is shown while it is made."""

from __future__ import annotations

import html
from functools import lru_cache
from pathlib import Path
from threading import Lock
from urllib.parse import quote, urlencode

from sim.app.kept import kept_folder, report_of
from sim.views.language import language_spoken, message

REPORT_LOCK = Lock()
"""Held while a page of results is made: one at a time, and what was asked for twice is made once."""


def report_kept(folder: Path, names: tuple[str, ...]) -> str:
    """The page of results of kept runs, see `report_of`, in the language: made once as long as they are the same.

    Raises
    ------
    CorridorError
        If one is not kept.
    """
    changes_ns = tuple((kept_folder(folder, name) / "manifest.json").stat().st_mtime_ns for name in names)
    with REPORT_LOCK:
        return report_made(language_spoken(), folder, names, changes_ns)


@lru_cache(maxsize=8)
def report_made(language: str, folder: Path, names: tuple[str, ...], changes_ns: tuple[int, ...]) -> str:
    """The page of results of kept runs in the language that is spoken, as they were when they were changed last."""
    return report_of(folder, names)


WAITING_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{head}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/app.css"><script src="/assets/waiting.js" defer></script></head>
<body data-address="{address}" data-silence="{silence}">
<main id="main" aria-busy="true"><section><h1>{head}</h1><p role="status">{words}</p></section></main></body></html>
"""


def waiting_page(name: str, against: str) -> str:
    """What is shown at once where a page of results is asked for: it asks for that, and gives way to it."""
    query = urlencode({"against": against, "lang": language_spoken()})
    texts = {
        "address": f"/report/{quote(name, safe='')}?{query}",
        "silence": message("The server does not answer: start `corridor app` again."),
        "head": message("Charts, train graph and replay"),
        "words": message(
            "The page of results is being made, which may take a minute for a plan of years. It opens here by itself."
        ),
    }
    code = {"zh": "zh-CN"}.get(language_spoken(), language_spoken())
    return WAITING_PAGE.format(language=code, **{field: html.escape(text) for field, text in texts.items()})
