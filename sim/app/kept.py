"""The runs kept in a folder: what each is called, what was moved in it and what that did, and its results read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import lru_cache
from pathlib import Path

from sim.app.beside import Json
from sim.app.told import told_day
from sim.runs.folders import ResultsError, manifest_in, read_manifest, result_folder, results_in
from sim.runs.results import Results, load_run
from sim.scenario.files import reason_of
from sim.scenario.keys import value_at
from sim.scenario.problems import CorridorError, shown
from sim.views import words
from sim.views.language import is_english, language_spoken, message, speaking
from sim.views.sheets.answer import headline_of


def kept_runs(folder: Path) -> list[Json]:
    """The runs in a folder, the latest first: name, when, headline, how often and under which seed."""
    if not folder.is_dir():
        return []
    answers = results_in(folder)
    runs = [
        about_kept(folder, path, moment)
        | {key: manifest.get(key) for key in ("replications", "seed")}
        | {"base": str(manifest.get("base", ""))}
        | {"moved": str(value_at(manifest, ("moved", language_spoken())) or "")}
        | headline_or_fault(path)
        for path, moment, manifest in answers
        if manifest.get("study") == "run"
    ]
    return [*runs, *damaged_runs(folder, {path.name for path, _, _ in answers})]


def about_kept(folder: Path, home: Path, moment: dt.datetime) -> Json:
    """What a kept run is called, when it was kept, and whether it is the base of others: it has no scenario file."""
    date = f"{told_day(f'{moment:%Y-%m-%d}')} {moment:%H:%M}"
    return {"name": home.name, "date": date, "is_base": not (folder / f"{home.name}.toml").is_file()}


def damaged_runs(folder: Path, answered: Collection[str]) -> Iterator[Json]:
    """The runs that have their scenario file and a folder, which has no manifest that can be read."""
    for file in sorted(folder.glob("*.toml")):
        home = folder / file.stem
        if home.name not in answered and home.is_dir() and not manifest_in(home):
            with suppress(OSError):  # another page took it away
                about = about_kept(folder, home, dt.datetime.fromtimestamp(home.stat().st_mtime))
                fault = message("its manifest cannot be read")
                unknown = {"replications": None, "seed": None, "base": "", "moved": "", "headline": ""}
                yield about | unknown | {"fault": fault}


def headline_or_fault(home: Path) -> dict[str, str]:
    """What a kept run says first, or why it cannot be read: another version wrote it, or another page is at it."""
    try:
        return {"headline": headline_told(home, read_manifest(home, ("run",))), "fault": ""}
    except OSError as error:
        return {"headline": "", "fault": reason_of(error)}
    except CorridorError as error:
        return {"headline": "", "fault": str(error)}


def headline_told(home: Path, manifest: Json) -> str:
    """What a kept run says first: what its moves did, as noted; a base by itself, anew in another language."""
    headline = value_at(manifest, ("said", language_spoken()))
    if headline:
        return str(headline)
    if is_english():
        return " ".join(map(str, manifest.get("headline") or []))
    return headline_in(language_spoken(), home, (home / "manifest.json").stat().st_mtime_ns)


@lru_cache(maxsize=1000)
def headline_in(language: str, home: Path, changed_ns: int) -> str:
    """What the results in a folder say first in a language, worked out once as long as they are the same."""
    with speaking(language):
        first = headline_of(measures_read(home, changed_ns))
        return words.paragraph([first.question, first.answer])


def kept_folder(folder: Path, name: str) -> Path:
    """The folder of a kept run by its name.

    Raises
    ------
    ResultsError
        If there is none of that name.
    """
    answers = results_in(folder) if folder.is_dir() else []  # which the first run that is kept makes
    if name not in {home.name for home, _, manifest in answers if manifest.get("study") == "run"}:
        raise ResultsError(message("{name}: no run of that name is kept", name=shown(name)))
    return result_folder(folder, name)


def kept_run(folder: Path, name: str) -> Results:
    """A kept run by its name, see `kept_folder`; without its ledger."""
    home = kept_folder(folder, name)
    return measures_read(home, (home / "manifest.json").stat().st_mtime_ns)


@lru_cache(maxsize=8)
def measures_read(home: Path, changed_ns: int) -> Results:
    """The results in a folder without their ledger, read once as long as they are the same."""
    results = load_run(home)
    frames = {field.name: getattr(results.tables, field.name).head(0) for field in fields(results.tables)}
    return replace(results, tables=replace(results.tables, **frames))


def report_of(folder: Path, names: Sequence[str]) -> str:
    """The page of results of kept runs, the base first: charts, and a replay on the map."""
    from sim.views.report import read_subject
    from sim.views.report.page import page

    return page(read_subject([kept_folder(folder, name) for name in reversed(names)]))
