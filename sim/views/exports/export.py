"""Answers handed to other tools: which format a path asks for, and what writes it."""

from __future__ import annotations

import math
from pathlib import Path

from sim.runs.answer import Answer
from sim.runs.results import Results, results_of
from sim.scenario.arguments import checked
from sim.scenario.problems import ArgumentError
from sim.study.folders import answer_from
from sim.views.exports.targets import ENDINGS, placing


@checked
def export(answer: Answer | str | Path, path: str | Path) -> Path:
    """Write an answer for another tool, as `corridor export` does: the end of the path says the format.

    Parameters
    ----------
    answer
        What a study returned, or the folder in which it lies.
    path
        Ends in `.xlsx` (a workbook), `_csv` (a folder of tables), `.ocel.json` or `.xes` (event logs), or `.geojson` (a
        map); the last three are of runs, and may end in `.gz` after that.

    Raises
    ------
    ResultsError
        If something else lies at the path, or no answer in the folder.
    ArgumentError
        If the path ends in none of them, or the format is not of such an answer.
    """
    name = str(path).removesuffix(".gz")
    form = next((form for form, ending in ENDINGS.items() if name.endswith(ending)), None)
    if form is None:
        hint = f"; did you mean '{name.removesuffix('.csv')}_csv', a folder?" if name.endswith(".csv") else ""
        raise ArgumentError(f"export: path must end in {', '.join(ENDINGS.values())} (got '{path}'){hint}")
    whole, target = answer_from(answer), Path(path)
    with placing(target, form) as temporary:
        if form in ("xlsx", "csv"):
            export_tables(whole, form, temporary)
        else:
            write_log(results_of(whole), form, temporary, target.suffix == ".gz", -math.inf, math.inf)
    return target


def export_tables(answer: Answer, form: str, path: Path) -> str:
    """Write a workbook, or a folder of CSV, to a temporary path."""
    if form == "xlsx":
        from sim.views.exports.workbook import write_workbook

        write_workbook(answer, path)
    else:
        from sim.views.exports.plain import write_csv

        write_csv(answer, path)
    return ""


def write_log(results: Results, form: str, path: Path, is_packed: bool, from_h: float, until_h: float) -> str:
    """Write an event log or a map to a temporary path, and what there is to say of it."""
    from sim.views.exports.targets import text_file

    with text_file(path, is_packed) as file:
        if form == "geojson":
            from sim.views.exports.geography import write_geojson

            missing = write_geojson(results, file)
            return f"{missing} places have no point and are left out, " if missing else ""
        from sim.views.exports.ocel import write_ocel
        from sim.views.exports.xes import write_xes

        log = (write_ocel if form == "ocel" else write_xes)(results, file, from_h, until_h)
    objects = f"{log.objects:,} objects, " if form == "ocel" else ""
    return f"{log.trains:,} trains, {objects}{log.events:,} events of replication 0, "
