"""The command that draws the charts of the field, of one or several results. Heavy imports stand inside it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, plain_errors, working

if TYPE_CHECKING:
    from sim.runs.results import Results
    from sim.views.plots.field_charts import ChartSubject

KINDS = ("tcd", "trs", "tfi", "smore")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--flow", help="tcd, smore: flow; smore: corridor or direction too.")
@click.option("--kpi", default="transit_days", show_default=True, help="smore: measure.")
@click.option("--place", default="all", show_default=True, help="smore: place of the measure.")
@click.option("--period", help="Calendar year, or all; default: the last full year.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the files; default: the first DIR.")
def chart(
    kind: str,
    folders: tuple[Path, ...],
    flow: str | None,
    kpi: str,
    place: str,
    period: str | None,
    out: Path | None,
) -> None:
    """Draw a chart of the field from the results in one or several DIR, and write its table beside it.

    \b
    tcd    time and cost against distance along a route (UNESCAP)
    trs    Time Release Study of the borders (WCO)
    tfi    indicators TFI1 to TFI4 beside CPMM (CAREC)
    smore  risk and error of a measure (Nelson's MORE plot)
    """
    from sim.runs.results import SIGNIFICANT, load
    from sim.views.plots import NothingToDraw, save
    from sim.views.plots.field_charts import STEMS, ChartSubject, field_chart, field_table

    choice = ChartSubject(flow, kpi, place, period)
    with plain_errors():
        results = [load(folder) for folder in folders]
        check_choice(kind, results, choice)
        folder, stem = out or folders[0], STEMS[kind]
        with working("Drawing"):
            try:
                written = save(field_chart(kind, results, choice), folder, stem)
                table = field_table(kind, results, choice)
                table.to_csv(folder / f"{stem}.csv", index=False, float_format=SIGNIFICANT, lineterminator="\n")
            except NothingToDraw as nothing:
                fail(f"{folders[0]}: {nothing}")
            except OSError as error:
                fail(f"{folder}: cannot be written: {error.strerror}")
    for path in (folder / f"{stem}.csv", *written):
        click.echo(path)


def check_choice(kind: str, results: list[Results], choice: ChartSubject) -> None:
    """Refuse words that none of the results knows."""
    from sim.scenario.periods import periods

    known = {name for one in results for name in one.scenario.flows}
    if kind == "smore":
        known = {name for one in results for name in one.kpis["flow"]}
        refuse("--kpi", choice.kpi, (name for one in results for name in one.kpis["kpi"]))
        refuse("--place", choice.place, (name for one in results for name in one.kpis["place"]))
    refuse("--flow", choice.flow, known)
    for one in results:
        refuse("--period", choice.period, periods(one.scenario))


def refuse(option: str, word: str | None, known: Iterable[str]) -> None:
    """Fail if an option names what there is not."""
    from sim.scenario.problems import did_you_mean

    names = list(dict.fromkeys(known))
    if word is not None and word not in names:
        fail(f"{option}: '{word}' is not in these results{did_you_mean(word, names)}")
