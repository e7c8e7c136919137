"""The commands about scenario files: which there are, a new one, what one holds. Heavy imports stand inside them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, plain_errors, say, show, tell_first
from sim.cli.options import PATH, PATH_IN, SCENARIO, OneOf, examples, set_option

if TYPE_CHECKING:
    from sim.scenario.facts import Fact
    from sim.scenario.reading.read import Reading
    from sim.views.sheets.sheet import Sheet


@click.command(epilog=examples("scenarios"))
@click.option(
    "--results",
    "parent",
    type=PATH,
    is_flag=False,
    flag_value="results",
    help="List what lies in DIR; default: results.",
)
def scenarios(parent: Path | None) -> None:
    """List the shipped scenarios, or the results that lie in a folder."""
    if parent is not None:
        list_results(parent)
        return
    from sim.scenario.reading.layers import outline, shipped
    from sim.views.sheets.sheet import Sheet

    with plain_errors():
        sheet = Sheet("Shipped scenarios", ("name", "what it is", "years", "flows"))
        for path in sorted(shipped().glob("*.toml")):
            rows = outline(path)
            sheet.rows.append((path.stem, rows.title, f"{rows.start} to {rows.end}", str(rows.flows)))
    show(sheet)
    say(f"They lie in {shipped()}. Run one with: corridor run NAME")


def list_results(parent: Path) -> None:
    """List the answers in a folder, the latest first: when, what study, question and answer, and where."""
    from sim.runs.folders import results_in
    from sim.views.sheets.sheet import Sheet

    with plain_errors():
        answers = results_in(parent)
    sheet = Sheet(f"Results in {parent}", ("date", "study", "question and answer", "folder"))
    for folder, changed, manifest in answers:
        headline = " ".join(map(str, manifest.get("headline") or ["–"]))
        sheet.rows.append((f"{changed:%Y-%m-%d %H:%M}", str(manifest.get("study", "–")), headline, folder.name))
    if answers:
        show(sheet)
    number = "1 answer lies" if len(answers) == 1 else f"{len(answers)} answers lie"
    say(f"{number} in {parent}. See one with: corridor report {parent}/FOLDER")


@click.command("new", epilog=examples("new mine --kind corridor", "run mine.toml -n 3"))
@click.argument("name", required=False)
@click.option(
    "--kind",
    type=OneOf(("border", "corridor", "port", "schema")),
    default="border",
    show_default=True,
    help="What it begins with; schema: the JSON Schema for editors, in a file NAME or printed.",
)
def new_command(name: str | None, kind: str) -> None:
    """Write a small scenario of your own, NAME.toml, with round numbers, ready to run and to change."""
    if kind == "schema":
        new_schema(None if name is None else Path(name))
        return
    if name is None:
        fail("new needs the name of your scenario: corridor new my_corridor")
    from sim.scenario.reading.new import new

    with plain_errors():
        path = new(name, kind)
    command = shlex.join(("corridor", "run", str(path)))  # a blank in the name would end it there
    say(f"{path}: a {kind} in round numbers. Put yours in their place, then: {command}")


@click.command("check", epilog=examples("check altynkol_tez"))
@click.argument("file", type=SCENARIO)
@set_option
def check_command(file: str, overrides: tuple[str, ...]) -> None:
    """Check a scenario FILE and say what it holds."""
    from sim.scenario.reading.opening import ledger_of, load

    with plain_errors():
        reading = load(file, overrides)
        from sim.measure.check import check
        from sim.scenario.problems import how_many
        from sim.scenario.reading.refusals import MOST_TOLD
        from sim.views.words import assumed

        problems = check(reading)
        tell_first(problems, MOST_TOLD)
        inputs = assumed(reading.resolved, ledger_of(reading))
    scenario = reading.scenario
    say(f"{reading.files[0]}: {scenario.title}")
    horizon, numbers = scenario.horizon, (len(scenario.places), len(scenario.flows))
    counts = ", ".join(map(how_many, numbers, ("place", "flow")))
    say(f"{counts}, {horizon.start} to {horizon.end}, {horizon.warmup_days} days of warm-up")
    say(f"{inputs}: see `corridor sources`")
    say("What is overloaded, or fills for longer than the warm-up: see `corridor arithmetic`")
    if problems:
        say(f"{how_many(len(problems), 'doubt')}, named above: no run stops at them, and its results may mislead")


@click.command(epilog=examples("sources altynkol_tez"))
@click.argument("file", type=SCENARIO)
@click.option("--ledger", type=PATH_IN, help="Ledger of facts; default: sources.csv nearby.")
@set_option
def sources(file: str, ledger: Path | None, overrides: tuple[str, ...]) -> None:
    """List every number, switch, word and date of a scenario FILE with the fact or the assumption behind it."""
    from sim.scenario.choices import COMPARED, choices_in, inputs_of
    from sim.scenario.facts import facts
    from sim.scenario.reading.opening import ledger_path, load
    from sim.scenario.sources import cited_figures, count_by_standing

    with plain_errors():
        reading = load(file, overrides)
        path = ledger or ledger_path(reading)
        ledger_facts = facts(path)
        cited_figures(reading.resolved, ledger_facts, reading.spots)
    from sim.scenario.uses import used_twice
    from sim.views.words import assumed

    for sheet in filter(lambda sheet: sheet.rows, source_sheets(reading, ledger_facts)):
        show(sheet)
    for problem in used_twice(reading.resolved, ledger_facts, reading.spots):
        say(problem, err=True)
    choices_found = [path for path, _ in choices_in(reading.resolved) if path[0] != COMPARED]
    say(f"{assumed(reading.resolved, ledger_facts)}. The facts stand in {path}")
    counts = count_by_standing(inputs_of(reading.resolved, ledger_facts))
    say(f"By standing: {', '.join(f'{standing} {count}' for standing, count in counts.items())}.")
    if reading.scenario.unknown:
        say(unknown_words(reading, ledger_facts))
    say(f"Of the inputs {len(choices_found)} are switches, words and dates, and the others are numbers.")


def source_sheets(reading: Reading, ledger: Mapping[str, Fact]) -> tuple[Sheet, Sheet]:
    """The inputs of a scenario, with what each may be if anything is unknown, and what it is held against."""
    from sim.scenario.choices import COMPARED, stated_figures
    from sim.scenario.problems import dotted
    from sim.scenario.reading.ranges import range_cells
    from sim.scenario.sources import known_from
    from sim.views.sheets.sheet import Sheet

    heads = ("key", "value", "unit or kind", "standing", "known", "source")
    more_heads = ("range", "group", "reason") if reading.scenario.unknown else ()
    inputs = Sheet(f"Inputs of {reading.name}", (*heads, *more_heads))
    compared = Sheet("Published figures, which no run reads", heads)
    ranges_of = range_cells(reading)
    for figure in stated_figures(reading.resolved, ledger):
        status = "recalled fact" if figure.recalled else figure.standing
        day = known_from(figure.source, ledger)
        row = (dotted(figure.path), figure.value, figure.unit, status, day, figure.source)
        if figure.path[0] == COMPARED:
            compared.rows.append(row)
        else:
            inputs.rows.append((*row, *ranges_of(figure)) if more_heads else row)
    return inputs, compared


def unknown_words(reading: Reading, ledger: Mapping[str, Fact]) -> str:
    """How much is unknown, and what nobody has given a range, in one sentence."""
    from sim.scenario.problems import how_many
    from sim.scenario.reading.ranges import uncovered

    bare, number = uncovered(reading, ledger), len(reading.scenario.unknown)
    first = f", the first {bare[0].key}" if bare else ""
    return f"{how_many(number, 'unknown')}: {how_many(len(bare), 'input')} without a range{first}."


def new_schema(path: Path | None) -> None:
    """Write the schema to a file, or print it."""
    from sim.scenario.files import write_text
    from sim.scenario.reading.json_schema import is_schema, schema_json
    from sim.views.exports.targets import check_file

    if path is None:
        say(schema_json().rstrip())
        return
    with plain_errors():
        check_file(path, is_schema, "schema")
        try:
            write_text(path, schema_json())
        except OSError as error:
            fail(f"{path}: cannot be written: {error.strerror}")
