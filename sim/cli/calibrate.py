"""The command that fits a scenario to published figures. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, performer_for, plain_errors, say, show, simulated, warn_of_doubts
from sim.cli.frame import commission_of, deliver, place_for
from sim.cli.options import (
    PATH,
    SCENARIO,
    Keeping,
    Sampling,
    all_option,
    examples,
    force_option,
    no_plots_option,
    out_option,
    sampling_options,
)
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading
    from sim.scenario.reading.rewrite import TextFile
    from sim.study.calibrate.calibrate import CalibrationAnswer


EVALUATIONS = 60


@click.command(epilog=examples("calibrate 2025_as_it_was --check -n 2"))
@click.argument("file", type=SCENARIO)
@click.option("--check", "only_check", is_flag=True, help="Fit nothing; show the targets beside the model.")
@click.option("--evaluations", type=click.IntRange(1), help="Most trials of the fit; default: 60.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the fit; default: today, UTC.")
@click.option("--page", type=PATH, help="Markdown page that takes the tables of the fit too.")
@out_option("results/<scenario>_calibrate")
@no_plots_option
@force_option
@all_option
@sampling_options
def calibrate(
    file: str,
    only_check: bool,
    evaluations: int | None,
    date: dt.datetime | None,
    page: Path | None,
    out: Path | None,
    no_plots: bool,
    force: bool,
    show_all: bool,
    sampling: Sampling,
) -> None:
    """Fit the free parameters of a scenario FILE to published figures, and write them into its [calibration]."""
    from sim.scenario.reading.opening import load

    with plain_errors():
        reading = load(file)
        if only_check:
            for option, value in (("evaluations", evaluations), ("date", date), ("page", page), ("out", out)):
                if value is not None:
                    fail(f"--{option} is of a fit, and --check fits nothing; leave one of them out.")
            check_fit(reading, sampling)
            return
        day = date.date() if date else dt.datetime.now(dt.UTC).date()
        keeping = Keeping(out, no_plots, force=force, show_all=show_all)
        fit_and_write(reading, sampling, keeping, evaluations or EVALUATIONS, day, page)


def check_fit(reading: Reading, sampling: Sampling) -> None:
    """Show the targets beside the model."""
    from sim.study.calibrate.parameters import passed_over_words, targets

    aims = targets(reading)
    from sim.study.calibrate.calibrate import beside_published
    from sim.study.validate import against
    from sim.views.sheets.calibrate import target_sheet, targets_met
    from sim.views.sheets.validate import validation_sheets
    from sim.views.words import sample

    results = simulated([reading], sampling)[0]
    beside = beside_published(aims, results.published)
    show(target_sheet(beside, "Targets of the calibration"))
    figures = against([results])
    for sheet in validation_sheets(figures[figures["group"] == "validation"]):
        show(sheet)
    say(f"{sample(results)}.")
    say(targets_met(beside))
    for clause in passed_over_words(reading):
        say(f"Not aimed at: {clause}.")


def fit_and_write(
    reading: Reading, sampling: Sampling, keeping: Keeping, evaluations: int, day: dt.date, page: Path | None
) -> None:
    """Fit, write what was found, and show it; what could not be written is refused before the work."""
    from sim.scenario.reading.opening import ledger_cited
    from sim.scenario.reading.rewrite import amend, calibration_file, fitted_block
    from sim.study.calibrate.parameters import free_parameters, targets

    aims, parameters = targets(reading), free_parameters(reading)
    from sim.study.calibrate.fit import least_evaluations

    least = least_evaluations(len(parameters))
    if evaluations < least:
        fail(f"--evaluations: {len(parameters)} parameters need at least {least} (got {evaluations})")
    home = opened(calibration_file(reading))
    amend(
        home.text,
        fitted_block({parameter.name: parameter.start for parameter in parameters}, dict.fromkeys(aims, 0.0), day),
        str(home.path),
    )
    leaf = opened(page) if page else None
    from sim.views.sheets.calibrate import calibration_block, with_block

    if leaf:
        with_block(leaf.text, "")
    commission = commission_of([reading], keeping)
    folder = place_for(f"{reading.name}_calibrate", commission, keeping)
    ledger_cited(reading)
    warn_of_doubts([reading])
    answer = fitted(reading, sampling, evaluations)
    deliver(answer, folder, keeping, commission)
    write_fit(home, amend(home.text, fitted_block(answer.fitted, answer.deviations, day), str(home.path)))
    if leaf:
        write_fit(leaf, with_block(leaf.text, calibration_block(answer)))
    for file in (home, leaf):
        if file:
            say(f"Written to {file.path}")


def opened(path: Path) -> TextFile:
    """A file that is to be replaced."""
    from sim.scenario.files import STDIN, Unreadable
    from sim.scenario.reading.rewrite import TextFile

    if path == STDIN:
        fail(f"{path}: a fit is written into the file, and this is none; give its path, or --check")
    try:
        return TextFile.read(path)
    except (OSError, Unreadable) as error:
        reason = error if isinstance(error, Unreadable) else f"cannot be changed: {error.strerror}"
        fail(f"{path}: {reason}. Nothing was run, nothing was written.")


def write_fit(file: TextFile, text: str) -> None:
    """Replace the text of a file."""
    try:
        file.replace(text)
    except OSError as error:
        fail(f"{file.path}: cannot be written: {error.strerror}.")


def fitted(reading: Reading, sampling: Sampling, evaluations: int) -> CalibrationAnswer:
    """Fit under a progress bar."""
    from sim.study.calibrate.calibrate import calibrate as fit

    with (
        progress("Evaluations", evaluations, sampling.processes) as advance,
        performer_for(sampling, lambda replication: None) as perform,
    ):
        return fit(
            reading,
            replications=sampling.replications,
            seed=sampling.seed,
            evaluations=evaluations,
            on_trial=advance,
            perform=perform,
        )
