"""The run under way: replications of a scenario and of its base by turns, what is known after each, what is kept."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sim.app.beside import Json, Sides, inputs_between, kept_spells, paired_sides, told_of
from sim.app.moves import file_text
from sim.app.spells import months_asked, spell_addresses, with_months
from sim.measure.vocabulary import check_stated
from sim.runs.asked import commission, digest
from sim.runs.folders import read_manifest
from sim.runs.replicate import Job, Purpose, Replication, performer
from sim.runs.run import run
from sim.scenario.files import claim_file, reason_of, write_text
from sim.scenario.keys import value_at
from sim.scenario.naming import taken_name, why_no_name
from sim.scenario.problems import ArgumentError, CorridorError
from sim.scenario.reading.layers import shipped_names
from sim.scenario.reading.opening import ledger_cited, load
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.views.folders import write_answer
from sim.views.language import LANGUAGES, message, speaking
from sim.views.sheets.answer import headline_of


class BusyError(CorridorError):
    """A run is under way, and there is one at a time."""


class CalledOff(Exception):
    """The person at the page asked for an end of the run."""


@dataclass(frozen=True)
class Order:
    """A run that was asked for: the base, the name it is kept by, its changes, how often it runs, the period shown.

    `moved` says in each language, by its code, what was moved.
    """

    base: Reading
    name: str
    overrides: tuple[str, ...]
    replications: int
    period: str = ""
    moved: Mapping[str, str] = field(default_factory=dict)


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
            notes = notes_on(order, reading.scenario, sides_so_far(order, reading, runs, base_runs), base_home.name)
            keep_run(reading, seed, runs, self.folder / order.name, order.replications, **notes)
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
        addresses = spell_addresses(order.base.scenario, reading.scenario)
        self.messages.append(progress_told(order, reading, {}, {}))
        with performer(self.workers, self.look_up) as perform:
            for first in range(0, order.replications, self.workers):
                indexes = range(first, min(first + self.workers, order.replications))
                fresh = [index for index in indexes if index not in base_runs]
                jobs = [Job(order.base.scenario, seed, index, order.base.words) for index in fresh]
                jobs += [Job(reading.scenario, seed, index, reading.words) for index in indexes]
                batch = perform(jobs)
                base_runs |= dict(zip(fresh, batch, strict=False))
                runs |= dict(zip(indexes, batch[len(fresh) :], strict=True))
                for side, runs_of_side in ((order.base, base_runs), (reading, runs)) if addresses else ():
                    scenario = months_asked(side.scenario, addresses)
                    months = perform([Job(scenario, seed, index, side.words, Purpose.FIT) for index in indexes])
                    for index, part in zip(indexes, months, strict=True):
                        runs_of_side[index] = with_months(runs_of_side[index], part)
                self.base_runs = (self.base_runs[0], base_runs)
                self.messages.append(progress_told(order, reading, runs, base_runs))
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
    if name.startswith("-"):
        raise ArgumentError(f"name: {message('must not begin with a hyphen, which a command takes for an option')}")
    if why_no_name(name):
        raise ArgumentError(f"name: {message('must be a word that can name a file, on Windows too')}")
    if name in shipped_names():
        why = message("{name} is a shipped scenario; give the run a name of its own", name=name)
        raise ArgumentError(f"name: {why}")
    if taken_name(folder, name):
        raise ArgumentError(f"name: {message('{name} is taken by an earlier run', name=name)}")
    if taken_name(folder, f"{name}.toml"):
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
    reading: Reading, seed: int, runs: dict[int, Replication], folder: Path, number: int, **about: Any
) -> None:
    """Write the results of a scenario to its folder, as `corridor run` does, without figures, and what is noted."""
    results = run(
        reading, replications=number, seed=seed, perform=lambda jobs: [runs[job.index] for job in jobs], progress=False
    )
    first = headline_of(results)
    question = commission("app", [(reading.resolved, reading.files[0])], (), {})
    notes = {"asked": question.noted(), "headline": [first.question, first.answer]} | about
    write_answer(replace(results, manifest=results.manifest | notes), folder, plots=False)


def progress_told(
    order: Order, reading: Reading, runs: dict[int, Replication], base_runs: dict[int, Replication]
) -> Callable[[], Json]:
    """What is known of the first measures after some replications, of both sides and of their difference."""
    sides, scenario = sides_so_far(order, reading, runs, base_runs), reading.scenario
    about: Json = {"kind": "progress", "done": len(runs), "total": order.replications}
    about |= {"name": order.name, "base": order.base.name}
    return lambda: about | told_of(scenario, sides, order.period, scenario.study.level, order.base.name)


def sides_so_far(
    order: Order, reading: Reading, runs: dict[int, Replication], base_runs: dict[int, Replication]
) -> Sides:
    """What was measured of a run and of its base in the replications that both have."""
    of_base = [base_runs[index] for index in runs]
    addresses = spell_addresses(order.base.scenario, reading.scenario)
    return paired_sides(reading.scenario, [*runs.values()], of_base, addresses)


def notes_on(order: Order, scenario: Scenario, sides: Sides, base: str) -> Json:
    """What is noted with a run: its base, what was moved and what that did, by language, and the months of spells."""
    headlines = {}
    for code in LANGUAGES:
        with speaking(code):
            headlines[code] = told_of(scenario, sides, order.period, scenario.study.level, base)["headline"]
    return {"base": base, "moved": dict(order.moved), "said": headlines, "spells": kept_spells(sides)}
