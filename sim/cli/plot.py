"""The command that draws answers anew, and the charts of the field. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.console import fail, plain_errors, say, working
from sim.cli.days import DAY, days_of
from sim.cli.manner import as_asked
from sim.cli.options import PATH, OneOf, examples, lang_option

if TYPE_CHECKING:
    from sim.runs.answer import Answer
    from sim.runs.results import Results
    from sim.views.plots.field import ChartSubject

CHARTS = ("throughput", "clearance", "journey", "queues", "graph", "tcd", "trs", "tfi", "smore")
OF_THE_FIELD = CHARTS[-4:]
"""Charts that are drawn without being asked for."""

OPTIONS = {
    "--from": CHARTS,
    "--by": ("throughput",),
    "--place": ("throughput", "clearance", "queues", "trs", "smore"),
    "--flow": ("throughput", "clearance", "journey", "graph", "tcd", "smore"),
    "--kpi": ("smore",),
}
"""The charts that read each option."""

STEPS = ("day", "week", "month", "year")

MOVED = {
    "week": "--from DAY, the first day of the train graph (--until: the last)",
    "period": "--from 2030, for a calendar year; without it the last full year",
}
"""Options that are no more, and what does their work."""


@click.command(epilog=examples("run altynkol_tez -n 3", "plot results/altynkol_tez --chart throughput --by week"))
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=PATH)
@click.option("--chart", "kind", type=OneOf(CHARTS), help="Only this chart, of all DIR together.")
@click.option("--from", "first", type=DAY, help="First day (2030-03-01), or its month or year; default: as the chart.")
@click.option("--until", "last", type=DAY, help="Last day, or its month or year; default: the end of --from.")
@click.option("--by", type=OneOf(STEPS), help="throughput: the step; default: month.")
@click.option("--place", help="throughput, clearance, queues, trs, smore: place; default: as the chart.")
@click.option("--flow", help="Flow; throughput, clearance, smore: corridor or direction too.")
@click.option("--kpi", help="smore: measure; default: transit_days.")
@click.option("-o", "--out", type=PATH, help="Folder of the files; default: DIR, of a chart the first.")
@lang_option
@click.option("--week", hidden=True)
@click.option("--period", hidden=True)
def plot(
    folders: tuple[Path, ...],
    kind: str | None,
    first: tuple[dt.date, dt.date] | None,
    last: tuple[dt.date, dt.date] | None,
    by: str | None,
    out: Path | None,
    **words: str | None,
) -> None:
    """Draw the plots of the answers in DIR anew, of a run the charts of the field too, each with its table.

    \b
    throughput  cargo carried by day, week, month or year
    clearance   hours to release, paper beside Tez
    journey     where the time of a journey goes
    queues      trains waiting through time
    graph       train graph (Marey chart)
    tcd         time and cost against distance along a route (UNESCAP)
    trs         Time Release Study of the borders (WCO)
    tfi         indicators TFI1 to TFI4 beside CPMM (CAREC)
    smore       risk and error of a measure (Nelson's MORE plot)
    """
    days = days_of(first, last)
    check_options(
        kind, {**{f"--{name}": word for name, word in words.items()}, "--by": by, "--from": days[0] or days[1]}
    )
    from sim.runs.folders import read_manifest

    with plain_errors():
        for folder in folders:
            read_manifest(folder, () if kind is None else ("run",))
    with plain_errors(), working("Drawing"), as_asked():
        from sim.runs.results import load_run
        from sim.study.folders import load_answer
        from sim.views.plots import NothingToDraw
        from sim.views.plots.field import ChartSubject

        choice = ChartSubject(words["flow"], words["kpi"], words["place"], days, by)
        folder = folders[0]
        try:
            if kind is not None:
                results = [load_run(folder) for folder in folders]
                check_choice(kind, results, choice)
                paths = list(written(chart(kind, results, choice), out or folder))
            else:
                answers = [load_answer(folder) for folder in folders]
                drawn = [asked_about(answer, choice) for answer in answers]
                paths = []
                for folder, answer, charts in zip(folders, answers, drawn, strict=True):
                    paths += all_of(answer, charts, choice, out or folder)
        except NothingToDraw as nothing:
            fail(f"{folder}: {nothing}")
        except OSError as error:
            fail(f"{out or folder}: cannot be written: {error.strerror}")
    for path in dict.fromkeys(paths):
        say(path)


def check_options(kind: str | None, stated: dict[str, Any]) -> None:
    """Refuse options that are no more, and those that the chart asked for does not read."""
    for name, replacement in MOVED.items():
        if stated[f"--{name}"] is not None:
            fail(f"--{name} is now: {replacement}")
    for option, word in stated.items():
        if kind is not None and word is not None and kind not in OPTIONS.get(option, CHARTS):
            fail(f"{option}: is of --chart {', '.join(OPTIONS[option])}, and --chart {kind} is another")


def asked_about(answer: Answer, choice: ChartSubject) -> list[Chart]:
    """The charts that options ask about beside those of any run, drawn before any file is touched.

    Raises
    ------
    NothingToDraw
        If one has nothing to show.
    """
    from sim.runs.results import Results
    from sim.views.plots import NothingToDraw

    stated = choice.stated()
    if not isinstance(answer, Results):
        for option, word in stated.items():
            if word is not None:
                fail(f"{option}: is of the charts of a run, and this is a {answer.kind}")
        return []
    check_choice("", [answer], choice)
    kinds = ["graph"] if stated["--flow"] is not None or stated["--from"] is not None else []
    kinds += ["throughput"] if stated["--by"] is not None else []
    charts = [chart(kind, [answer], choice) for kind in kinds]
    if stated["--from"] is None and stated["--place"] is None:
        return charts
    try:
        return [*charts, chart("queues", [answer], choice)]
    except NothingToDraw as nothing:
        say(f"queues.png is of all places and the whole horizon: of those asked for, {nothing}", err=True)
        return charts


def all_of(answer: Answer, charts: list[Chart], choice: ChartSubject, folder: Path) -> Iterator[Path]:
    """Write all that an answer holds and some charts; of a run also the charts of the field that it can show."""
    from sim.runs.results import Results
    from sim.views.plots import NothingToDraw, draw

    yield from draw(answer, folder)
    for prepared in charts:
        yield from written(prepared, folder)
    if isinstance(answer, Results):
        choice = choice.with_period([answer])
        for kind in OF_THE_FIELD:
            try:
                yield from written(chart(kind, [answer], choice), folder)
            except NothingToDraw:
                continue


Chart = tuple[str, Any, Any]
"""The name of its files, the figure, and its table or None."""


def chart(kind: str, results: list[Results], choice: ChartSubject) -> Chart:
    """A chart with its table.

    Raises
    ------
    NothingToDraw
        If the results hold nothing that it could show.
    """
    from sim.views.plots.field import STEMS, field_chart, field_table

    return STEMS[kind], field_chart(kind, results, choice), field_table(kind, results, choice)


def written(prepared: Chart, folder: Path) -> Iterator[Path]:
    """Write a chart, and its table beside it."""
    from sim.runs.answer import write_csv_table
    from sim.views.plots import save

    stem, figure, table = prepared
    paths = save(figure, folder, stem)
    if table is not None:
        write_csv_table(table, folder / f"{stem}.csv")
        yield folder / f"{stem}.csv"
    yield from paths


def check_choice(kind: str, results: list[Results], choice: ChartSubject) -> None:
    """Refuse words that none of the results knows, and days that none of them has."""
    from sim.scenario.meaning import members

    flows = {name for run in results for name in run.scenario.flows}
    places = {name for run in results for name in run.scenario.places}
    if kind == "smore":
        flows = {name for run in results for name in run.kpis["flow"]}
        places = {name for run in results for name in run.kpis["place"]}
        refuse("--kpi", choice.kpi, (name for run in results for name in run.kpis["kpi"]))
    if kind in ("throughput", "clearance"):
        flows = {name for run in results for name in members(run.scenario)}
    refuse("--place", choice.place, places)
    refuse("--flow", choice.flow, flows)
    for run in results:
        horizon = run.scenario.horizon
        for option, day in zip(("--from", "--until"), choice.days, strict=True):
            if day is not None and not horizon.start <= day < horizon.end:
                end = horizon.end - dt.timedelta(days=1)
                fail(f"{option}: {day} is not in these results, which run from {horizon.start} to {end}")


def refuse(option: str, word: str | None, words: Iterable[str]) -> None:
    """Fail if an option names what there is not."""
    from sim.scenario.problems import did_you_mean

    names = list(dict.fromkeys(words))
    if word is not None and word not in names:
        fail(f"{option}: '{word}' is not in these results{did_you_mean(word, names)}")
