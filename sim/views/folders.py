"""Results and comparisons as folders: tables and figures together, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from sim.study.compare import headline
from sim.study.results import FORMAT, SIGNIFICANT, Results, write_tables, writing
from sim.views.answers import standing
from sim.views.plots import draw_all, draw_comparison

if TYPE_CHECKING:
    import pandas as pd


def write_results(results: Results, folder: Path, plots: bool = True) -> None:
    """Write the tables and figures of a run to a folder, which is replaced whole or not at all.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        fill(results, temporary, plots)


def fill(results: Results, folder: Path, plots: bool) -> None:
    """Write the tables and figures of a run into an existing folder."""
    write_tables(results, folder)
    if plots:
        draw_all(results, folder, standing(results))


def write_comparison(a: Results, b: Results, table: pd.DataFrame, folder: Path, plots: bool = True) -> None:
    """Write a comparison: differences.csv, figures of both together, and in a folder each the results run for it.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        table.to_csv(temporary / "differences.csv", index=False, float_format=SIGNIFICANT, lineterminator="\n")
        manifest = {"format": FORMAT, "comparison": [a.name, b.name], "runs": [a.manifest, b.manifest]}
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (temporary / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
        if plots:
            draw_comparison(a, b, headline(table, a.scenario), temporary, standing(b))
        for results in (a, b):
            if results.folder is None and a.name != b.name:
                (temporary / results.name).mkdir()
                fill(results, temporary / results.name, plots)
