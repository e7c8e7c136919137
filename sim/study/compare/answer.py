"""A comparison with all that was asked of it: differences, the best, the parts of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import relpath
from pathlib import Path
from typing import Any, TypeGuard

import pandas as pd

from sim.measure.addresses import rows_asked
from sim.runs.answer import Answer, basis, read_frame, write_frames
from sim.runs.folders import ResultsError, read_manifest
from sim.runs.own_files import check_digests
from sim.runs.replicate import engine_note
from sim.runs.results import Results, load_run, renamed, results_of
from sim.scenario.addresses import Address
from sim.scenario.arguments import checked
from sim.scenario.choices import inputs_of
from sim.scenario.meaning import address
from sim.scenario.naming import numbered
from sim.study.compare.arms import CompareError, choices
from sim.study.compare.compare import attribute, best_subset, differences_from
from sim.study.compare.order_of_works import by_order


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Contest(Answer):
    """A comparison; name, scenario and facts are those of its base.

    Attributes
    ----------
    results
        The base, then the others.
    arms
        The six arms between paper and Tez, in the order of `arms.choices`; empty if they were not run.
    frames
        `differences`, as from `compare`; `inputs`, as from `inputs_that_differ`; `best`, the answer of `best_subset`,
        and `effects`, that of `attribute`, where they were asked for; `orders`, that of `by_order`, where paper stands
        against Tez.
    manifest
        As every answer's; comparison (names of the results), arms (names), runs (their manifests), level_each (of each
        interval), measure and most (what the best was sought in, or null).
    """

    kind = "compare"

    results: tuple[Results, ...]
    arms: tuple[Results, ...] = ()

    @property
    def subject(self) -> str:
        """The others, against the base."""
        base, *others = (run.name for run in self.results)
        return f"{', '.join(others)} against {base}"

    def write_files(self, temporary: Path, folder: Path) -> None:
        """See `Answer.write_files`; results that were run for it lie in folders of their own."""
        write_frames(replace(self, manifest=with_homes(self, folder)), temporary)
        for home, run in runs_within(self).items():
            (temporary / home).mkdir()
            run.write_files(temporary / home, folder / home)

    @property
    def differences(self) -> pd.DataFrame:
        """The others less the base."""
        return self.frames["differences"]

    @checked
    def differences_at(
        self,
        kpi: str | None = None,
        *,
        place: str | None = None,
        flow: str | None = None,
        year: int | str | None = None,
    ) -> pd.DataFrame:
        """The rows of `differences` of a measure, a place, a flow or a year, or of some of these; each number once.

        Raises
        ------
        AddressError
            If the scenario has no such word, or no row has them all.
        """
        tables = [self.differences]
        if "scenario" in self.differences:
            tables = [table for _, table in self.differences.groupby("scenario", sort=False)]
        return pd.concat(
            [rows_asked(table, self.scenario, kpi, place, flow, year) for table in tables], ignore_index=True
        )

    @property
    def best(self) -> pd.DataFrame | None:
        """Which may be the best, if it was asked."""
        return self.frames.get("best")

    @property
    def orders(self) -> pd.DataFrame | None:
        """What it comes to under each order of works, if paper stands against Tez."""
        return self.frames.get("orders")

    @property
    def effects(self) -> pd.DataFrame | None:
        """What the change is made of, if it was asked."""
        return self.frames.get("effects")

    @property
    def measure(self) -> Address | None:
        """What the best was sought in."""
        text = self.manifest["measure"]
        return None if text is None else address(text, self.scenario)


@checked
def comparison(a: Results | str | Path, b: Results | str | Path, *more: Results | str | Path) -> Contest:
    """What `compare` finds, as an answer: with the results, to be saved, exported, and said in words by `headline`.

    Parameters
    ----------
    a
        The base: what `run` returned, or the folder in which it lies.
    b, more
        The others, likewise.

    Raises
    ------
    CompareError
        As `compare`.
    """
    return contest([results_of(side) for side in (a, b, *more)])


def contest(
    results: Sequence[Results],
    arms: Sequence[Results] = (),
    measure: Address | None = None,
    most: bool | None = None,
    folder: Path | None = None,
    orders: Mapping[str, Sequence[Results]] | pd.DataFrame | None = None,
) -> Contest:
    """Compare the first of some results with the others; with a measure find the best, with the arms the parts.

    Raises
    ------
    CompareError, AddressError
        As `compare`, `best_subset` and `attribute` do.
    """
    base = results[0]
    frames = {"differences": differences_from(results), "inputs": inputs_that_differ(results)}
    if measure is not None:
        frames["best"] = best_subset(results, measure, most=most)
    if arms:
        frames["effects"] = attribute(dict(zip(choices(), (results[0], *arms, results[1]), strict=True)))
    if isinstance(orders, pd.DataFrame):
        frames["orders"] = orders
    elif orders:
        frames["orders"] = by_order(frames["differences"], orders, base.scenario)
    about: dict[str, Any] = {
        "name": base.name,
        "scenario": base.scenario,
        "resolved": base.resolved,
        "facts": base.facts,
    }
    manifest = basis(
        "compare",
        about,
        **{key: base.manifest[key] for key in ("seed", "replications", "level")},
        engine=engine_note(engine for result in (*results, *arms) for engine in result.manifest["engine"].split(", ")),
        comparison=[result.name for result in results],
        arms=[arm.name for arm in arms],
        level_each=frames["differences"].attrs["level_each"],
        measure=None if measure is None else str(measure),
        most=most,
        runs=[result.manifest for result in results],
    )
    return Contest(**about, manifest=manifest, frames=frames, folder=folder, results=tuple(results), arms=tuple(arms))


def inputs_that_differ(results: Sequence[Results]) -> pd.DataFrame:
    """Inputs that the others state otherwise than the base, a row a scenario and key; "" where one does not state it.

    Columns scenario, key, unit, value_a, value_b, standing, source: both of the value in b.
    """
    stated = [{figure.key: figure for figure in inputs_of(run.resolved, run.facts)} for run in results]
    rows = []
    for run, other in zip(results[1:], stated[1:], strict=True):
        for key in sorted({*stated[0], *other}):  # a file read back has the order of its own text
            a, b = stated[0].get(key), other.get(key)
            figure = b or a
            if figure is not None and (a is None or b is None or a.value != b.value):
                backing = ("", "") if b is None else (b.standing, b.source)
                values = ("" if side is None else side.value for side in (a, b))
                rows.append((run.name, key, figure.unit, *values, *backing))
    return pd.DataFrame(rows, columns=["scenario", "key", "unit", "value_a", "value_b", "standing", "source"])


def homes(answer: Contest) -> list[str]:
    """The folder of each result and arm within that of the comparison; numbered where names repeat."""
    return numbered([run.name for run in (*answer.results, *answer.arms)])


def runs_within(answer: Contest) -> dict[str, Results]:
    """The results and arms that were run for a comparison, by the folder within its own where they are kept."""
    runs = zip(homes(answer), (*answer.results, *answer.arms), strict=True)
    return {home: run for home, run in runs if run.folder is None}


def with_homes(answer: Contest, folder: Path) -> dict[str, Any]:
    """The manifest with the folder of each result, as seen from that of the comparison, so that it can be read back."""
    runs = zip((*answer.results, *answer.arms), homes(answer), strict=True)
    return answer.manifest | {
        "folders": [home if run.folder is None else relpath(run.folder, folder) for run, home in runs]
    }


def result_folders(folder: Path, manifest: Mapping[str, Any]) -> list[Path]:
    """Where the results of a comparison lie, those of its arms last.

    Raises
    ------
    ResultsError
        If its manifest does not say, or nothing lies there.
    """
    names, comparison = manifest.get("folders"), manifest.get("comparison")
    if not are_names(names) or not are_names(comparison) or not 2 <= len(comparison) <= len(names):
        raise ResultsError(f"{folder}: is damaged: its manifest does not name what was compared")
    paths = [folder / name for name in names]
    missing = [path.name for path in paths if not (path / "manifest.json").is_file()]
    if missing:
        raise ResultsError(f"{folder}: does not hold the results of {missing[0]}; give the folders of both results")
    return paths


def are_names(value: Any) -> TypeGuard[list[str]]:
    """Whether a value of a manifest is a list of names."""
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def load_contest(folder: Path) -> Contest:
    """Read a comparison back: its results, from which its tables are made anew.

    Raises
    ------
    ResultsError
        If it is no comparison, or its results do not lie where they lay, or are damaged.
    """
    manifest = read_manifest(folder, (Contest.kind,))
    paths, count = result_folders(folder, manifest), len(manifest["comparison"])
    try:
        names = (*manifest["comparison"], *manifest["arms"])
        runs = [renamed(load_run(path), name) for path, name in zip(paths, names, strict=True)]
        measure = manifest["measure"] and address(manifest["measure"], runs[0].scenario)
        shape = manifest["tables"].get("orders")
        orders = None if shape is None else read_frame(folder / "orders.csv", shape)
        check_digests(folder, manifest)
        return contest(runs[:count], runs[count:], measure, manifest["most"], folder, orders)
    except (KeyError, ValueError, CompareError) as error:
        raise ResultsError(f"{folder}: is damaged; run the comparison again: {error}") from error
