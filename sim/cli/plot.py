"""The command that draws answers anew, and the charts of the field. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.console import fail, plain_errors, say, working
from sim.cli.options import PATH

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.runs.results import Results
    from sim.views.plots.field import ChartSubject

CHARTS = ("tcd", "trs", "tfi", "smore")


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=PATH)
@click.option("--chart", "kind", type=click.Choice(CHARTS), help="Only this chart, of all DIR together.")
@click.option("--flow", help="Train graph, tcd, smore: flow; smore: corridor or direction too.")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="First day of the train graph; default: a middle week.")
@click.option("--kpi", default="transit_days", show_default=True, help="smore: measure.")
@click.option("--place", default="all", show_default=True, help="smore: place of the measure.")
@click.option("--period", help="Charts: calendar year, or all; default: the last full year.")
@click.option("--out", type=PATH, help="Folder of the files; default: DIR, of a chart the first.")
def plot(
    folders: tuple[Path, ...],
    kind: str | None,
    flow: str | None,
    week: dt.datetime | None,
    kpi: str,
    place: str,
    period: str | None,
    out: Path | None,
) -> None:
    """Draw the plots of the answers in DIR anew, of a run the charts of the field too, each with its table.

    \b
    tcd    time and cost against distance along a route (UNESCAP)
    trs    Time Release Study of the borders (WCO)
    tfi    indicators TFI1 to TFI4 beside CPMM (CAREC)
    smore  risk and error of a measure (Nelson's MORE plot)
    """
    from sim.runs.folders import read_manifest

    if kind is not None and week is not None:
        fail(f"--week: is of the train graph, and --chart {kind} is another; leave one of them out")
    with plain_errors(), working("Drawing"):
        for folder in folders:
            read_manifest(folder, () if kind is None else ("run",))
        from sim.runs.results import load_run
        from sim.study.folders import load_answer
        from sim.views.plots import NothingToDraw
        from sim.views.plots.field import ChartSubject

        choice = ChartSubject(flow, kpi, place, period)
        folder = folders[0]
        try:
            if kind is not None:
                results = [load_run(folder) for folder in folders]
                check_choice(kind, results, choice)
                paths = list(chart(kind, results, choice, out or folder))
            else:
                answers = [load_answer(folder) for folder in folders]
                graphs = [train_graph(answer, choice, week.date() if week else None) for answer in answers]
                paths = []
                for folder, answer, graph in zip(folders, answers, graphs, strict=True):
                    paths += all_of(answer, graph, choice, out or folder)
        except NothingToDraw as nothing:
            fail(f"{folder}: {nothing}")
        except OSError as error:
            fail(f"{out or folder}: cannot be written: {error.strerror}")
    for path in dict.fromkeys(paths):
        say(path)


def train_graph(answer: Answer, choice: ChartSubject, week: dt.date | None) -> Any:
    """The train graph asked for, drawn before any file is touched; None if none was asked for.

    Raises
    ------
    NothingToDraw
        If it has no trains.
    """
    from sim.runs.results import Results
    from sim.views.plots import marey
    from sim.views.words import standing

    if choice.flow is None and week is None:
        return None
    if not isinstance(answer, Results):
        fail(f"--{'week' if week else 'flow'}: is of a train graph, and this is a {answer.kind}")
    refuse("--flow", choice.flow, answer.scenario.flows)
    return marey(answer, standing(answer), week, choice.flow)


def all_of(answer: Answer, graph: Any, choice: ChartSubject, folder: Path) -> Iterator[Path]:
    """Draw all that an answer holds; of a run also the charts of the field that it can show."""
    from sim.runs.results import Results
    from sim.views.plots import NothingToDraw, draw, save

    yield from draw(answer, folder)
    if not isinstance(answer, Results):
        return
    if graph is not None:
        yield from save(graph, folder, "train_graph")
    for kind in CHARTS:
        try:
            yield from chart(kind, [answer], choice, folder)
        except NothingToDraw:
            continue


def chart(kind: str, results: list[Results], choice: ChartSubject, folder: Path) -> Iterator[Path]:
    """Draw a chart of the field, and write its table beside it.

    Raises
    ------
    NothingToDraw
        If the results hold nothing that it could show.
    """
    from sim.runs.answer import write_csv_table
    from sim.views.plots import save
    from sim.views.plots.field import STEMS, field_chart, field_table

    figure, table, stem = field_chart(kind, results, choice), field_table(kind, results, choice), STEMS[kind]
    paths = save(figure, folder, stem)
    path = folder / f"{stem}.csv"
    write_csv_table(table, path)
    yield from (path, *paths)


def check_choice(kind: str, results: list[Results], choice: ChartSubject) -> None:
    """Refuse words that none of the results knows."""
    from sim.scenario.meaning import periods

    flows = {name for run in results for name in run.scenario.flows}
    if kind == "smore":
        flows = {name for run in results for name in run.kpis["flow"]}
        refuse("--kpi", choice.kpi, (name for run in results for name in run.kpis["kpi"]))
        refuse("--place", choice.place, (name for run in results for name in run.kpis["place"]))
    refuse("--flow", choice.flow, flows)
    for run in results:
        refuse("--period", choice.period, periods(run.scenario))


def refuse(option: str, word: str | None, words: Iterable[str]) -> None:
    """Fail if an option names what there is not."""
    from sim.scenario.problems import did_you_mean

    names = list(dict.fromkeys(words))
    if word is not None and word not in names:
        fail(f"{option}: '{word}' is not in these results{did_you_mean(word, names)}")
