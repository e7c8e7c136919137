"""The commands. Heavy imports stand inside them, so that `corridor --help` answers at once."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.calibrate import calibrate
from sim.cli.chart import chart
from sim.cli.compare import compare
from sim.cli.console import fail, plain_errors, show, simulated, stdout, working
from sim.cli.export import export
from sim.cli.ladder_target import ladder, target
from sim.cli.options import Sampling, run_options, set_option
from sim.cli.precise import Precision, precisely, precision_options
from sim.cli.report import report
from sim.cli.studies import study
from sim.cli.sweep_sensitivity import sensitivity, sweep
from sim.cli.validate import arithmetic, validate
from sim.cli.verify import verify
from sim.cli.warmup import warmup

if TYPE_CHECKING:
    from sim.runs.results import Results


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corridor-simulator", prog_name="corridor")
def main() -> None:
    """Simulate rail freight between China, Kazakhstan and Europe: paper or Tez Customs, and the Middle Corridor."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # titles hold letters that not every terminal has


main.add_command(calibrate)
main.add_command(study)
main.add_command(compare)
main.add_command(warmup)
main.add_command(sweep)
main.add_command(sensitivity)
main.add_command(ladder)
main.add_command(target)
main.add_command(chart)
main.add_command(export)
main.add_command(report)
main.add_command(verify)
main.add_command(validate)
main.add_command(arithmetic)


@main.command()
def scenarios() -> None:
    """List the shipped scenarios."""
    from sim.scenario.reading.read import read, shipped
    from sim.views.sheets.answers import Sheet

    with plain_errors():
        sheet = Sheet("Shipped scenarios", ("name", "what it is", "years", "flows"))
        for path in sorted(shipped().glob("*.toml")):
            scenario = read(path).scenario
            years = f"{scenario.horizon.start} to {scenario.horizon.end}"
            sheet.rows.append((path.stem, scenario.title, years, str(len(scenario.flows))))
    show(stdout(), sheet)
    click.echo(f"They lie in {shipped()}. Run one with: corridor run NAME")


@main.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a small scenario of your own, NAME.toml, ready to run and to change."""
    from sim.scenario.reading.read import schema_json, shipped

    path = Path(name if name.endswith(".toml") else f"{name}.toml")
    if path.stem.strip(".") != path.stem or path.stem == ".toml":
        fail(f"'{name}' cannot name a scenario; give a name such as my_corridor")
    with plain_errors():
        if path.exists() or path.is_symlink():
            fail(f"{path}: is there already; choose another name.")
        if not path.parent.is_dir():
            fail(f"{path}: its folder {path.parent} does not exist.")
    schema = path.with_name("scenario.schema.json")
    try:
        path.write_text((shipped() / "altynkol_paper.toml").read_text(encoding="utf-8"), encoding="utf-8", newline="\n")
        if not schema.exists():
            schema.write_text(schema_json(), encoding="utf-8", newline="\n")
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror}")
    click.echo(f"{path}: one border, one flow, on paper. Change it, then: corridor run {path}")


@main.command()
@click.argument("file")
@set_option
def check(file: str, overrides: tuple[str, ...]) -> None:
    """Check a scenario FILE and say what it holds."""
    from sim.scenario.reading.opening import ledger_of, load
    from sim.views.sheets.answers import assumed

    with plain_errors():
        reading = load(file, overrides)
        inputs = assumed(reading.resolved, ledger_of(reading))
    scenario = reading.scenario
    click.echo(f"{reading.files[0]}: {scenario.title}")
    click.echo(
        f"{len(scenario.places)} places, {len(scenario.flows)} flows, {scenario.horizon.start} to "
        f"{scenario.horizon.end}, {scenario.horizon.warmup_days} days of warm-up"
    )
    click.echo(inputs)


@main.command()
@click.argument("file")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the results; default: results/<scenario>.")
@click.option("--quantiles", "with_quantiles", is_flag=True, help="Show bad and good years: quantiles of replications.")
@click.option(
    "--chance",
    "chances",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE",
    multiple=True,
    help="Show the probability of a bound (>= or <=), e.g. throughput_mt:all:titr:2030>=10.",
)
@precision_options
@run_options
def run(
    file: str,
    out: Path | None,
    with_quantiles: bool,
    chances: tuple[str, ...],
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
    precision: Precision,
) -> None:
    """Run a scenario FILE (a path, or the name of a shipped one) and write its results."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.outlook import parsed_bound
    from sim.views.sheets.answers import run_sheets, sample, standing
    from sim.views.sheets.compare import precision_sentence
    from sim.views.sheets.outlook import chance_sheet, quantile_sheet

    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), reading.name)
        check_replaceable(folder)
        aim = precision.aim(reading, sampling)
        bounds = [parsed_bound(text, reading.scenario) for text in chances]
        if aim is None:
            [results], ended = simulated([reading], sampling), ""
        else:
            [results], precise = precisely([reading], sampling, aim)
            ended = f"{precision_sentence(aim, precise)}.\n"
        more = [quantile_sheet(results)] if with_quantiles else []
        more += [chance_sheet(results, bounds)] if bounds else []
        keep(results, folder, no_plots)
        console = stdout()
        for sheet in [*run_sheets(results), *more]:
            show(console, sheet)
    click.echo(f"{ended}{sample(results)}; {standing(results)}.")
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


@main.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--flow", help="Flow of the train graph; default: the first that crosses a border.")
@click.option("--week", type=click.DateTime(["%Y-%m-%d"]), help="First day of the train graph; default: a middle week.")
def plot(folder: Path, flow: str | None, week: Any) -> None:
    """Draw the plots of the results in DIR anew; the train graph for a week and a flow of choice."""
    from sim.runs.results import load
    from sim.views.plots import NothingToDraw, draw_all, marey, save
    from sim.views.sheets.answers import standing

    with plain_errors():
        results = load(folder)
        if flow is not None and flow not in results.scenario.flows:
            from sim.scenario.problems import did_you_mean

            fail(f"--flow: '{flow}' is not a flow of {results.name}{did_you_mean(flow, results.scenario.flows)}")
        with working("Drawing"):
            try:
                written = draw_all(results, folder, standing(results))
                if flow is not None or week is not None:
                    graph = marey(results, standing(results), week.date() if week else None, flow)
                    written += save(graph, folder, "train_graph")
            except NothingToDraw as nothing:
                fail(f"{folder}: {nothing}")
            except OSError as error:
                fail(f"{folder}: cannot be written: {error.strerror}")
    for path in dict.fromkeys(written):
        click.echo(path)


@main.command()
@click.argument("file")
@click.option(
    "--facts", "ledger", type=click.Path(path_type=Path), help="Ledger of facts; default: sources.csv nearby."
)
@set_option
def sources(file: str, ledger: Path | None, overrides: tuple[str, ...]) -> None:
    """List every number of a scenario FILE with the published fact or the assumption behind it."""
    from sim.scenario.problems import dotted
    from sim.scenario.reading.opening import ledger_path, load
    from sim.scenario.reading.read import ScenarioError
    from sim.scenario.sources import citation_problems, facts, figures
    from sim.views.sheets.answers import Sheet, assumed

    with plain_errors():
        reading = load(file, overrides)
        path = ledger or ledger_path(reading)
        known = facts(path) if path.is_file() else {}
        listed = figures(reading.resolved, known)
        problems = citation_problems(listed, known, reading.spots)
        if problems:
            raise ScenarioError(problems)
    sheet = Sheet(f"Numbers of {reading.name}", ("key", "value", "unit", "standing", "source"))
    for each in listed:
        status = "recalled fact" if any(fact.status == "recalled" for fact in each.facts) else each.standing
        sheet.rows.append((dotted(each.path), each.value, each.unit, status, each.source))
    show(stdout(), sheet)
    click.echo(f"{assumed(reading.resolved, known)}. The facts stand in {path}")


@main.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
def schema(file: Path | None) -> None:
    """Write the JSON Schema of scenario files for editors to FILE, or print it."""
    from sim.scenario.reading.json_schema import is_schema, schema_json
    from sim.views.exports.targets import check_file

    if file is None:
        click.echo(schema_json(), nl=False)
        return
    with plain_errors():
        check_file(file, is_schema, "schema")
        try:
            file.write_text(schema_json(), encoding="utf-8", newline="\n")
        except OSError as error:
            fail(f"{file}: cannot be written: {error.strerror}")


def keep(results: Results, folder: Path, no_plots: bool) -> None:
    """Write results and their plots to a folder, whole or not at all."""
    from sim.views.folders import write_results

    with working("Writing tables and plots"):
        write_results(results, folder, plots=not no_plots)
