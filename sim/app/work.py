"""The run under way: replications of a scenario and of its base by turns, what is known after each, what is kept."""

from __future__ import annotations

import queue
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import Any

import numpy as np

from sim.app.controls import file_text
from sim.measure.addresses import headline_addresses, rows_at, values_at
from sim.measure.catalogue import unit_of
from sim.measure.statistics import intervals, measure_intervals
from sim.measure.vocabulary import check_stated
from sim.runs.asked import commission, digest
from sim.runs.folders import ResultsError, is_folder_name, result_folder, results_in
from sim.runs.replicate import Job, Replication, performer
from sim.runs.results import Results, load_run
from sim.runs.run import run
from sim.scenario.addresses import Address
from sim.scenario.files import write_text
from sim.scenario.keys import leaves
from sim.scenario.problems import ArgumentError, CorridorError, dotted
from sim.scenario.reading.layers import shipped_names
from sim.scenario.reading.opening import ledger_cited, load
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.study.compare.compare import difference_of
from sim.views import words
from sim.views.folders import write_answer
from sim.views.sheets.answer import headline_of

Json = dict[str, Any]
"""What the page is told, as JSON has it."""


class BusyError(CorridorError):
    """A run is under way, and there is one at a time."""


class CalledOff(Exception):
    """The person at the page asked for an end of the run."""


@dataclass(frozen=True)
class Order:
    """A run that was asked for: the base, the name it is kept by, its changes and how often it is run."""

    base: Reading
    name: str
    overrides: tuple[str, ...]
    replications: int


class Work:
    """The one run that may be under way, done in the thread that calls `attend`; others ask for it and look on."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self.workers = folder, workers
        self.orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self.messages: list[Json] = []
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
                raise BusyError("a run is under way: wait for its end, or stop it")
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
                self.messages.append({"kind": "stopped", "message": "Stopped; nothing was kept."})
            except (CorridorError, OSError) as error:
                self.messages.append({"kind": "failed", "message": str(error)})
            finally:
                self.is_busy = False

    def do(self, order: Order) -> None:
        """Run a scenario and its base by turns, telling what is known after each replication, and keep both."""
        file = self.folder / f"{order.name}.toml"
        text = file_text(order.base, order.name, order.overrides, self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        write_text(file, text)
        try:
            reading = load(file)
            runs = self.replications(order, reading)
            keep_run(reading, runs, self.folder / order.name, order)
            keep_run(order.base, self.known_of(order, reading)[1], self.folder / order.base.name, order)
        except BaseException:
            file.unlink(missing_ok=True)
            raise
        self.messages.append({"kind": "kept", "name": order.name})

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


def check_name(folder: Path, name: str) -> None:
    """Refuse a name by which no run can be kept.

    Raises
    ------
    ArgumentError
        If it cannot name a file, is a shipped scenario's, or is taken.
    """
    if not is_folder_name(name) or name.startswith("."):
        raise ArgumentError("name: must be a word that can name a file")
    if name in shipped_names():
        raise ArgumentError(f"name: {name} is a shipped scenario; give the run a name of its own")
    if (folder / name).exists() or (folder / f"{name}.toml").exists():
        raise ArgumentError(f"name: {name} is taken by an earlier run")


def check_runs(reading: Reading) -> None:
    """Refuse a scenario before a run of it, as the command does."""
    check_stated(reading)
    ledger_cited(reading)


def keep_run(reading: Reading, runs: dict[int, Replication], folder: Path, order: Order) -> None:
    """Write the results of a scenario to its folder, as `corridor run` does, without figures."""
    seed, number = order.base.scenario.study.seed, order.replications
    results = run(
        reading, replications=number, seed=seed, perform=lambda jobs: [runs[job.index] for job in jobs], progress=False
    )
    first = headline_of(results)
    question = commission("app", [(reading.resolved, reading.files[0])], (), {})
    notes = {"asked": question.noted(), "headline": [first.question, first.answer]}
    write_answer(replace(results, manifest=results.manifest | notes), folder, plots=False)


def progress_told(
    order: Order, scenario: Scenario, runs: dict[int, Replication], base_runs: dict[int, Replication]
) -> Json:
    """What is known of the first measures after some replications, of both sides and of their difference."""
    addresses = headline_addresses(scenario)
    values, base_values = (values_at(addresses, [side[index].kpis for index in runs]) for side in (runs, base_runs))
    level = scenario.study.level
    ceilings = np.array([1.0 if unit_of(address.kpi) == "share" else np.inf for address in addresses])
    sides = (
        *(measure_intervals(side, level, ceilings) for side in (values, base_values)),
        intervals(values - base_values, level),
    )
    rows = [
        {"title": address_title(scenario, address), "unit": unit_of(address.kpi)}
        | {
            name: cells(side.mean[row], side.low[row], side.high[row])
            for name, side in zip(("run", "base", "difference"), sides, strict=True)
        }
        for row, address in enumerate(addresses)
    ]
    about = {"kind": "progress", "done": len(runs), "total": order.replications, "level": level}
    return about | {"name": order.name, "base": order.base.name, "rows": rows}


def address_title(scenario: Scenario, address: Address) -> str:
    """A measure in words: what, where, in which period."""
    where = words.title_of(scenario, address.place, address.flow)
    return f"{words.measure(address.kpi)}, {where}, {words.period(address.period)}"


def cells(mean: float, low: float, high: float) -> Json:
    """A mean with its interval as the page has it, in numbers and in words; numbers that are not there are None."""
    numbers = [float(number) if np.isfinite(number) else None for number in (mean, low, high)]
    return {"numbers": numbers, "text": "–" if numbers[0] is None else words.interval_text(mean, low, high)}


def kept_runs(folder: Path) -> list[Json]:
    """The runs in a folder, the latest first: name, when, headline, how often and under which seed."""
    if not folder.is_dir():
        return []
    return [
        {"name": path.name, "date": f"{moment:%Y-%m-%d %H:%M}", "headline": " ".join(manifest.get("headline", []))}
        | {key: manifest.get(key) for key in ("replications", "seed")}
        | {"is_base": not (folder / f"{path.name}.toml").is_file()}
        for path, moment, manifest in results_in(folder)
        if manifest.get("study") == "run"
    ]


def kept_folder(folder: Path, name: str) -> Path:
    """The folder of a kept run by its name.

    Raises
    ------
    ResultsError
        If there is none of that name.
    """
    home = result_folder(folder, name)
    if name not in {run["name"] for run in kept_runs(folder)}:
        raise ResultsError(f"{name}: no run of that name is kept")
    return home


def kept_run(folder: Path, name: str) -> Results:
    """A kept run by its name, see `kept_folder`."""
    return load_run(kept_folder(folder, name))


def report_of(folder: Path, names: Sequence[str]) -> str:
    """The page of results of kept runs, the base first: charts, and a replay on the map."""
    from sim.views.report import read_subject
    from sim.views.report.page import page

    return page(read_subject([kept_folder(folder, name) for name in reversed(names)]))


def runs_beside(run_kept: Results, rival: Results) -> Json:
    """Two kept runs beside each other: the measures that answer first, their paired differences, and their inputs."""
    rows = []
    for address in headline_addresses(run_kept.scenario):
        change = difference_of(rival, run_kept, address)
        row: Json = {"title": address_title(run_kept.scenario, address), "unit": unit_of(address.kpi)}
        row |= {name: cells(*ends_at(side, address)) for name, side in (("run", run_kept), ("base", rival))}
        row["difference"] = cells(*((np.nan,) * 3 if change is None else (change.mean, change.low, change.high)))
        rows.append(row)
    number = run_kept.manifest["replications"]
    about = {"name": run_kept.name, "base": rival.name, "level": run_kept.manifest["level"]}
    return {**about, "done": number, "total": number, "rows": rows, "inputs": inputs_between(rival, run_kept)}


def ends_at(side: Results, address: Address) -> tuple[float, float, float]:
    """Mean and interval of a measure of a kept run; NaN where it was not observed."""
    rows = rows_at(side.kpis, *address)
    mean, low, high = (float(rows[end].iloc[0]) if len(rows) else np.nan for end in ("mean", "ci_low", "ci_high"))
    return mean, low, high


def inputs_between(base: Results, rival: Results) -> list[Json]:
    """The inputs in which two kept runs differ, with what each says."""
    sides = [{dotted(path): value for path, value in leaves(side.resolved)} for side in (base, rival)]
    keys = [key for key in dict.fromkeys([*sides[0], *sides[1]]) if key not in ("title", "description")]
    return [
        {"key": key, "base": shown_input(sides[0].get(key)), "run": shown_input(sides[1].get(key))}
        for key in keys
        if sides[0].get(key) != sides[1].get(key)
    ]


def shown_input(value: Any) -> str:
    """An input as text; a dash where nothing is said."""
    return "–" if value is None else value_text(value)
