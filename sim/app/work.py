"""The run under way: replications of a scenario and of its base by turns, what is known after each, what is kept."""

from __future__ import annotations

import datetime as dt
import itertools
import queue
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import lru_cache, partial
from pathlib import Path
from threading import Event, Lock

from sim.app.beside import Json, inputs_between, paired_sides, told_of
from sim.app.moves import file_text
from sim.app.told import told_day
from sim.measure.vocabulary import check_stated
from sim.runs.asked import commission, digest
from sim.runs.folders import ResultsError, is_folder_name, manifest_in, read_manifest, result_folder, results_in
from sim.runs.replicate import Job, Replication, performer
from sim.runs.results import Results, load_run
from sim.runs.run import run
from sim.scenario.files import claim_file, reason_of, write_text
from sim.scenario.keys import value_at
from sim.scenario.problems import ArgumentError, CorridorError, shown
from sim.scenario.reading.layers import shipped_names
from sim.scenario.reading.opening import ledger_cited, load
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.views import words
from sim.views.folders import write_answer
from sim.views.language import is_english, language_spoken, message, speaking
from sim.views.sheets.answer import headline_of


class BusyError(CorridorError):
    """A run is under way, and there is one at a time."""


class CalledOff(Exception):
    """The person at the page asked for an end of the run."""


@dataclass(frozen=True)
class Order:
    """A run that was asked for: the base, the name it is kept by, its changes, how often it runs, the period shown."""

    base: Reading
    name: str
    overrides: tuple[str, ...]
    replications: int
    period: str = ""


class Work:
    """The one run that may be under way, done in the thread that calls `attend`; others ask for it and look on."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self.workers = folder, workers
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.messages: list[Callable[[], Json]] = []
        """What there is to tell of the run, each to be told in the language of who listens."""
        self.is_busy = False
        self.stop, self.lock = Event(), Lock()
        self.base_runs: tuple[tuple[str, int], dict[int, Replication]] = (("", 0), {})

    def ask(self, order: Order) -> None:
        """Have a run done next, which is written as a scenario file first.

        Raises
        ------
        BusyError
            If one is under way.
        CorridorError
            If it cannot be kept by its name, or the scenario does not stand under its changes.
        """
        check_name(self.folder, order.name)
        check_runs(order.base.set(order.overrides) if order.overrides else order.base)
        with self.lock:
            if self.is_busy:
                raise BusyError(message("a run is under way: wait for its end, or stop it"))
            self.is_busy, self.messages = True, []
            self.stop.clear()
            self.orders.put(order)

    def attend(self) -> None:
        """Do what is asked for, one run after the other, until this thread is told to stop."""
        while True:
            order = self.orders.get()
            try:
                self.do(order)
            except CalledOff:
                self.messages.append(lambda: {"kind": "stopped", "message": message("Stopped; nothing was kept.")})
            except Exception as error:  # whatever it is, the next run may be asked for
                self.messages.append(partial(dict, kind="failed", message=why_refused(error)))
            finally:
                self.is_busy = False

    def do(self, order: Order) -> None:
        """Run a scenario and its base by turns, telling what is known after each replication, and keep both."""
        file = self.folder / f"{order.name}.toml"
        text = file_text(order.base, order.name, order.overrides, self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        take_name(file)
        try:
            write_text(file, text)
            reading = load(file)
            runs = self.replications(order, reading)
            seed, base_runs = self.known_of(order, reading)
            base_home = base_folder(self.folder, order, seed)
            if not base_home.exists():
                keep_run(order.base, seed, base_runs, base_home, order.replications)
            keep_run(reading, seed, runs, self.folder / order.name, order.replications, base=base_home.name)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        inputs = inputs_between(order.base.resolved, reading.resolved)
        self.messages.append(partial(dict, kind="kept", name=order.name, base=base_home.name, inputs=inputs))

    def known_of(self, order: Order, reading: Reading) -> tuple[int, dict[int, Replication]]:
        """The seed of a run, and the replications of its base that were done under it, for this run or an earlier."""
        seed = reading.scenario.study.seed
        key = (digest(order.base.resolved), seed)
        if self.base_runs[0] != key:
            self.base_runs = (key, {})
        return seed, self.base_runs[1]

    def replications(self, order: Order, reading: Reading) -> dict[int, Replication]:
        """The replications of a scenario, with those of its base, as many at a time as there are processes."""
        seed, base_runs = self.known_of(order, reading)
        runs: dict[int, Replication] = {}
        self.messages.append(progress_told(order, reading.scenario, {}, {}))
        with performer(self.workers, self.look_up) as perform:
            for first in range(0, order.replications, self.workers):
                indexes = range(first, min(first + self.workers, order.replications))
                fresh = [index for index in indexes if index not in base_runs]
                jobs = [Job(order.base.scenario, seed, index, order.base.words) for index in fresh]
                jobs += [Job(reading.scenario, seed, index, reading.words) for index in indexes]
                batch = perform(jobs)
                base_runs |= dict(zip(fresh, batch, strict=False))
                runs |= dict(zip(indexes, batch[len(fresh) :], strict=True))
                self.base_runs = (self.base_runs[0], base_runs)
                self.messages.append(progress_told(order, reading.scenario, runs, base_runs))
        return runs

    def look_up(self, replication: Replication) -> None:
        """Look up from the work after a replication, and end it if that was asked for."""
        if self.stop.is_set():
            raise CalledOff


def why_refused(error: Exception) -> str:
    """What a refusal says; of one by the system, which file cannot be read or written, and why."""
    if isinstance(error, CorridorError):
        return str(error)
    if isinstance(error, OSError):
        return ": ".join(filter(None, [str(error.filename or ""), reason_of(error)]))
    return message("memory is used up") if isinstance(error, MemoryError) else f"{type(error).__name__}: {error}"


def check_name(folder: Path, name: str) -> None:
    """Refuse a name by which no run can be kept.

    Raises
    ------
    ArgumentError
        If it cannot name a file, is a shipped scenario's, or is taken.
    """
    if not is_folder_name(name) or name.startswith("."):
        raise ArgumentError(f"name: {message('must be a word that can name a file')}")
    if name in shipped_names():
        why = message("{name} is a shipped scenario; give the run a name of its own", name=name)
        raise ArgumentError(f"name: {why}")
    if (folder / name).exists():
        raise ArgumentError(f"name: {message('{name} is taken by an earlier run', name=name)}")
    if (folder / f"{name}.toml").exists():
        why = message("{name} is taken by a scenario file of yours, or of a run that has not ended", name=name)
        raise ArgumentError(f"name: {why}")


def take_name(file: Path) -> None:
    """Take the name of a run for its scenario file; of two pages that ask for one at a time the second is refused.

    Raises
    ------
    ArgumentError
        If there is a file of that name.
    """
    try:
        claim_file(file)
    except FileExistsError as error:
        raise ArgumentError(message("{name} is taken by an earlier run", name=file.stem)) from error


def base_folder(folder: Path, order: Order, seed: int) -> Path:
    """Where the base of a run lies, or is to lie: what was kept stays as it is, with its number of replications."""
    plain = f"{order.base.name}_n{order.replications}"
    names = itertools.chain([order.base.name, plain], (f"{plain}_{number}" for number in itertools.count(2)))
    return next(folder / name for name in names if may_hold_base(folder / name, order, seed))


def may_hold_base(home: Path, order: Order, seed: int) -> bool:
    """Whether nothing lies in a folder, nor a scenario file of another run beside it; or the base of a run itself."""
    if not home.exists():
        return home.name == order.base.name or not home.with_name(f"{home.name}.toml").exists()
    try:
        manifest = read_manifest(home, ("run",))
    except (CorridorError, OSError):  # of another version, or damaged: it may be looked into by hand
        return False
    is_as_long = manifest.get("seed") == seed and manifest.get("replications") == order.replications
    return is_as_long and value_at(manifest, ("asked", "digests")) == [digest(order.base.resolved)]


def check_runs(reading: Reading) -> None:
    """Refuse a scenario before a run of it, as the command does."""
    check_stated(reading)
    ledger_cited(reading)


def keep_run(
    reading: Reading, seed: int, runs: dict[int, Replication], folder: Path, number: int, **about: str
) -> None:
    """Write the results of a scenario to its folder, as `corridor run` does, without figures, and what is noted."""
    results = run(
        reading, replications=number, seed=seed, perform=lambda jobs: [runs[job.index] for job in jobs], progress=False
    )
    first = headline_of(results)
    question = commission("app", [(reading.resolved, reading.files[0])], (), {})
    notes = {"asked": question.noted(), "headline": [first.question, first.answer]} | about
    write_answer(replace(results, manifest=results.manifest | notes), folder, plots=False)


def kept_runs(folder: Path) -> list[Json]:
    """The runs in a folder, the latest first: name, when, headline, how often and under which seed."""
    if not folder.is_dir():
        return []
    answers = results_in(folder)
    runs = [
        about_kept(folder, path, moment)
        | {key: manifest.get(key) for key in ("replications", "seed")}
        | {"base": str(manifest.get("base", ""))}
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
                yield about | {"replications": None, "seed": None, "base": "", "headline": "", "fault": fault}


def headline_or_fault(home: Path) -> dict[str, str]:
    """What a kept run says first, or why it cannot be read: another version wrote it, or another page is at it."""
    try:
        return {"headline": headline_told(home, read_manifest(home, ("run",))), "fault": ""}
    except OSError as error:
        return {"headline": "", "fault": reason_of(error)}
    except CorridorError as error:
        return {"headline": "", "fault": str(error)}


def headline_told(home: Path, manifest: Json) -> str:
    """What a kept run says first: as its manifest has it, or worked out anew in another language."""
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


def progress_told(
    order: Order, scenario: Scenario, runs: dict[int, Replication], base_runs: dict[int, Replication]
) -> Callable[[], Json]:
    """What is known of the first measures after some replications, of both sides and of their difference."""
    sides = paired_sides(scenario, *([side[index] for index in runs] for side in (runs, base_runs)))
    about: Json = {"kind": "progress", "done": len(runs), "total": order.replications}
    about |= {"name": order.name, "base": order.base.name}
    return lambda: about | told_of(scenario, sides, order.period, scenario.study.level, order.base.name)
