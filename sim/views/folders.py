"""Results and comparisons as folders: tables and figures together, whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.runs.folders import writing
from sim.runs.results import FORMAT, SIGNIFICANT, Results, write_tables
from sim.study.compare.compare import headline_rows
from sim.views.plots import attribution, draw_all, draw_comparison, draw_contest, save
from sim.views.sheets.compare import effects_headline
from sim.views.sheets.sheet import standing

if TYPE_CHECKING:
    import pandas as pd

    from sim.study.compare.answer import Contest


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


def write_comparison(found: Contest, folder: Path, plots: bool = True) -> None:
    """Write a comparison: its tables, figures of all together, and in a folder each the results run for it.

    The tables are differences.csv, and best.csv and effects.csv where these were asked for.

    Raises
    ------
    ResultsError
        If `folder` holds anything but results, or cannot be written.
    """
    with writing(folder) as temporary:
        for stem, rows in (("differences", found.differences), ("best", found.best), ("effects", found.effects)):
            if rows is not None:
                path = temporary / f"{stem}.csv"
                rows.to_csv(path, index=False, float_format=SIGNIFICANT, lineterminator="\n")
        write_manifest(found.results, found.differences, temporary)
        if plots:
            draw_together(found, temporary)
        distinct = len({each.name for each in found.results}) > 1
        for each in (*found.results, *found.arms):
            if each.folder is None and distinct:
                (temporary / each.name).mkdir()
                fill(each, temporary / each.name, plots)


def write_manifest(results: Sequence[Results], table: pd.DataFrame, folder: Path) -> None:
    """Write what was compared, and with several scenarios the levels of the intervals."""
    names = [each.name for each in results]
    manifest = {"format": FORMAT, "comparison": names, "runs": [each.manifest for each in results]}
    if len(results) > 2:
        manifest |= {name: table.attrs[name] for name in ("level", "level_each")}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")


def draw_together(found: Contest, folder: Path) -> None:
    """Draw the results of a comparison together."""
    results = found.results
    chosen = headline_rows(found.differences, results[0].scenario)
    chosen.attrs = found.differences.attrs
    if len(results) == 2:
        draw_comparison(results[0], results[1], chosen, folder, standing(results[1]))
    else:
        draw_contest(results, chosen, folder, standing(results[0]))
    if found.effects is not None:
        effects = effects_headline(results[0], results[1], found.effects)
        save(attribution(effects, standing(results[1]), results), folder, "effects")
