"""The command that holds scenarios against published figures. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.calibrate import opened, write_fit, written_to
from sim.cli.console import fail, plain_errors, say, show, simulated, warn_of_cost
from sim.cli.frame import at_work
from sim.cli.manner import as_asked
from sim.cli.options import PATH, PATH_IN, SCENARIO, Sampling, examples, force_option, lang_option, sampling_options

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading
    from sim.study.register.statements import Register
    from sim.views.plots.style import Drawings

LEVEL = 0.95
"""Of the intervals of a register, which is of no scenario that would state one."""
OF_WORLDS = ("worlds", "date", "force")
FEWEST_WORLDS = 20
"""Of a forecast that is written down, see `sim.measure.chances.FEWEST_TRIALS`."""


@click.command(epilog=examples("validate corridor_2024 -n 3"))
@click.argument("files", metavar="FILE...", nargs=-1, type=SCENARIO)
@click.option("--facts", type=PATH_IN, help="CSV with figures of your own, instead of the files'.")
@click.option("--page", type=PATH, help="Markdown page that takes the tables too.")
@click.option(
    "--write", type=PATH, help="CSV that takes what worlds drawn from FILE say of the figures, as a forecast."
)
@click.option(
    "--worlds", type=click.IntRange(FEWEST_WORLDS, 20_000), help="Worlds of --write; default: as the file says."
)
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of --write; default: today, UTC.")
@force_option
@click.option("--forecasts", type=PATH, help="Folder of what --write wrote: score it by figures published since.")
@click.option("--plots", type=PATH, help="Folder that takes pictures of the scores.")
@lang_option
@sampling_options
def validate(
    files: tuple[str, ...],
    facts: Path | None,
    page: Path | None,
    write: Path | None,
    worlds: int | None,
    date: dt.datetime | None,
    force: bool,
    forecasts: Path | None,
    plots: Path | None,
    sampling: Sampling,
) -> None:
    """Hold each scenario FILE against published figures, misses first.

    With --write worlds of one FILE, drawn as for a forecast, say what they expect of the figures of --facts, which may
    be questions that nobody has published yet. With --forecasts, and no FILE, such statements are scored.
    """
    context = click.get_current_context()
    for option in () if write else OF_WORLDS:
        if context.params[option]:
            fail(f"--{option}: is of --write, which names the file that takes a forecast")
    if plots and not forecasts:
        fail("--plots: draws scores: name the folder of --forecasts too")
    if forecasts is not None:
        if files or facts or write:
            fail("--forecasts: scores what was written before, and takes no FILE, no --facts and no --write")
        score_register(forecasts, page, plots)
        return
    if not files:
        fail("Missing argument 'FILE...'.")
    if write is not None:
        if len(files) > 1 or page:
            fail(f"--write: takes one FILE and no --page (got {len(files)} files)")
        write_statements(files[0], facts, write, worlds, date, force, sampling)
        return
    hold_against_figures(files, facts, page, sampling)


def hold_against_figures(files: tuple[str, ...], facts: Path | None, page: Path | None, sampling: Sampling) -> None:
    """Run each scenario as stated, and show it beside its figures."""
    from sim.measure.own_figures import with_figures
    from sim.scenario.naming import told_apart
    from sim.scenario.reading.opening import load

    with plain_errors():
        readings = [load(file) for file in files]
        names = told_apart([reading.name for reading in readings], [reading.files[0] for reading in readings])
        readings = [replace(reading, name=name) for reading, name in zip(readings, names, strict=True)]
        if facts is not None:
            readings = [with_figures(reading, facts) for reading in readings]
        from sim.study.validate import against
        from sim.views.language import message
        from sim.views.sheets.calibrate import with_block
        from sim.views.sheets.validate import (
            LINES,
            passed_over_sentence,
            samples,
            uncovered_sentence,
            validation_block,
            validation_sheets,
        )

        leaf = opened(page) if page else None
        if leaf:
            with_block(leaf.text, "", LINES)
        several = simulated(readings, sampling)
        if leaf:
            write_fit(leaf, with_block(leaf.text, validation_block(several), LINES))
        sheets = validation_sheets(against(several))
    for sheet in sheets:
        show(sheet)
    clauses = dict.fromkeys(clause for reading in readings for clause in passed_over(reading))
    sentences = [
        samples(several),
        passed_over_sentence([*clauses]),
        uncovered_sentence(several),
        ""
        if sheets
        else message(
            "No published figure is covered: state some as [published.NAME], or name a table of them, --facts FILE."
        ),
    ]
    say("\n".join(line for line in sentences if line))
    if leaf:
        say(written_to(leaf.path))


def write_statements(
    file: str,
    facts: Path | None,
    path: Path,
    worlds: int | None,
    date: dt.datetime | None,
    force: bool,
    sampling: Sampling,
) -> None:
    """Have worlds of a scenario say what they expect of figures, and write it down."""
    from sim.measure.own_figures import with_figures
    from sim.scenario.files import write_text
    from sim.scenario.reading.opening import ledger_cited, load

    with plain_errors():
        reading = load(file)
        ledger_cited(reading)
        asked = reading if facts is None else with_figures(reading, facts, are_questions=True)
        from sim.study.register.saying import plan_saying, say_of_figures
        from sim.study.register.statements import is_statements, statements_text
        from sim.views.exports.targets import check_file
        from sim.views.sheets.register import said_sentences, said_sheet, written_sentence

        check_file(path, is_statements, "forecast")
        if path.exists() and not force:
            fail(f"{path}: holds a forecast, and what was said is not changed; name another, or --force writes over it")
        made = date.date() if date else dt.datetime.now(dt.UTC).date()
        plan = plan_saying(reading, asked, worlds, sampling.seed, made)
        warn_of_cost([reading.scenario], plan.universe.worlds, sampling.engine)
        with at_work("Worlds", plan.universe.worlds, sampling) as (perform, _):
            statements = say_of_figures(plan, perform, made)
        try:
            write_text(path, statements_text(statements))
        except OSError as error:
            fail(f"{path}: cannot be written: {error.strerror}.", status=1)
    show(said_sheet(statements))
    for sentence in said_sentences(asked.scenario, statements):
        say(sentence)
    say(written_sentence(len(statements), made, plan.until or made, path))


def score_register(folder: Path, page: Path | None, plots: Path | None) -> None:
    """Show how good the statements of a folder were, and what is still open."""
    with plain_errors():
        from sim.study.register.statements import read_register
        from sim.views.sheets.calibrate import with_block
        from sim.views.sheets.register import (
            LINES,
            open_sentence,
            register_block,
            register_sheets,
            unscored_sentences,
        )

        register = read_register(folder)
        leaf = opened(page) if page else None
        sheets = register_sheets(register, LEVEL)
        if leaf:
            write_fit(leaf, with_block(leaf.text, register_block(register, LEVEL), LINES))
        for sheet in sheets:
            show(sheet)
        sentences = [*unscored_sentences(register), open_sentence(register)]
        say("\n".join(line for line in sentences if line))
        if plots:
            with as_asked():
                draw_scores(register, plots)
    for place in (leaf.path if leaf else None, plots):
        if place:
            say(written_to(place))


def draw_scores(register: Register, folder: Path) -> None:
    """Draw the scores of a register into a folder."""
    from functools import partial

    from sim.views.language import message
    from sim.views.plots.gallery import save_drawn
    from sim.views.plots.register import outcome_figures, places_of_outcomes

    caption = message("Each forecast, and each rule, of what was known on its day")
    drawings: Drawings = outcome_figures(register, caption)
    drawings["places_of_outcomes"] = partial(places_of_outcomes, register, caption)
    try:
        save_drawn(drawings, folder)
    except OSError as error:
        fail(f"{folder}: cannot be written: {error.strerror}")


def passed_over(reading: Reading) -> list[str]:
    """The targets of a scenario's calibration that it may not aim at, a clause each."""
    from sim.study.calibrate.parameters import passed_over_words

    return passed_over_words(reading) if reading.scenario.calibration else []
