"""The command that hands results to other tools. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, plain_errors, say, working
from sim.cli.days import DAY, days_of
from sim.cli.options import PATH, OneOf, examples

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.runs.results import Results

FORMS = ("xlsx", "csv", "ocel", "xes", "geojson")
TABLES, LOGS = ("xlsx", "csv"), ("ocel", "xes")
"""Formats that any answer can be written in, and event logs; these and a map need the trains of a run."""
BYTES_A_SPELL = {"ocel": 900, "xes": 730, "csv": 170}
"""Size of a file over the rows of `stages` that it tells of, as measured; packed it is a twentieth."""
LARGE_BYTES = 20_000_000


@click.command(epilog=examples("run altynkol_tez -n 3", "export results/altynkol_tez --to xlsx"))
@click.argument("folder", metavar="DIR", type=PATH)
@click.option("--to", "form", type=OneOf(FORMS), required=True, help="Format; csv is a folder of tables.")
@click.option("-o", "--out", type=PATH, help="File, or folder for csv; default: beside DIR.")
@click.option("--from", "first", type=DAY, help="Event logs: only trains offered from this day, month or year on.")
@click.option("--until", "last", type=DAY, help="Event logs: the last day, month or year; default: the end of --from.")
def export(
    folder: Path,
    form: str,
    out: Path | None,
    first: tuple[dt.date, dt.date] | None,
    last: tuple[dt.date, dt.date] | None,
) -> None:
    """Write the results in DIR for other tools: a workbook, CSV tables, an event log (OCEL 2.0 or XES), a map.

    An event log whose --out ends in .gz is packed.
    """
    from sim.runs.folders import read_manifest
    from sim.views.exports.targets import check_target, default_path, placing

    period = days_of(first, last)
    if (first or last) and form not in LOGS:
        fail(f"--{'from' if first else 'until'}: limits event logs, not --to {form}")
    with plain_errors():
        path = out or default_path(folder, form)
        check_target(path, form)
        read_manifest(folder)
        from sim.study.folders import load_answer
        from sim.views.exports.export import export_tables, write_log

        answer = load_answer(folder)
        with working("Writing"), placing(path, form) as temporary:
            if form in TABLES:
                announce(answer, form, out, -math.inf, math.inf)
                remark = export_tables(answer, form, temporary)
            else:
                results = with_trains(answer, form, folder)
                span = window(results, *period)
                announce(results, form, out, *span)
                remark = write_log(results, form, temporary, path.suffix == ".gz", *span)
    say(f"{path}: {remark}{size(path)}")


def window(results: Results, first: dt.date | None, last: dt.date | None) -> tuple[float, float]:
    """The hours from the first day to the end of the last; all time where a day is not stated."""
    from sim.scenario.calendar import HOURS_PER_DAY

    calendar = results.scenario.calendar
    from_h = calendar.hours(first) if first else -math.inf
    until_h = calendar.hours(last) + HOURS_PER_DAY if last else math.inf
    if from_h >= calendar.closing_h or until_h <= calendar.opening_h:
        horizon = results.scenario.horizon
        fail(f"--from, --until: no day of {results.name} lies there; it has {horizon.start} to {horizon.end}")
    return from_h, until_h


def with_trains(answer: Answer, form: str, folder: Path) -> Results:
    """The answer as a run, which keeps the trains of its replication 0."""
    from sim.runs.results import Results

    if not isinstance(answer, Results):
        hint = "; the results of each scenario lie in folders of their own" if answer.kind == "compare" else ""
        fail(f"{folder}: holds a {answer.kind}, which keeps no trains, and --to {form} is made of them{hint}")
    return answer


def announce(answer: Answer, form: str, out: Path | None, from_h: float, until_h: float) -> None:
    """Say on stderr how large a large file will be, before it is written, and how to have a smaller one."""
    from sim.runs.results import Results

    if not isinstance(answer, Results) or form not in BYTES_A_SPELL:
        return
    offered_h = answer.tables.trains["offered_h"]
    share = float(((offered_h >= from_h) & (offered_h < until_h)).mean()) if len(offered_h) else 0.0
    is_packed = out is not None and out.suffix == ".gz"
    total = len(answer.tables.stages) * BYTES_A_SPELL[form] * share / (20 if is_packed else 1)
    if total >= LARGE_BYTES:
        smaller = "; --from and --until write less of it" if form in LOGS else ""
        smaller += (
            ", a name in --out that ends in .gz packs it to a twentieth" if form in LOGS and not is_packed else ""
        )
        say(f"This will be about {float(f'{total / 1e6:.2g}'):g} MB{smaller}.", err=True)


def size(path: Path) -> str:
    """The size of a file or a folder in words."""
    total = path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.iterdir())
    return f"{total / 1e6:.1f} MB"
