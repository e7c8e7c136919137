"""The command that rules out what the record does not bear out, or fits it. Heavy imports stand inside it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, performer_for, plain_errors, say, warn_of_cost, warn_of_doubts
from sim.cli.frame import at_work, commission_of, deliver, place_for
from sim.cli.options import (
    PATH,
    SCENARIO,
    Keeping,
    Sampling,
    all_option,
    examples,
    force_option,
    lang_option,
    no_plots_option,
    out_option,
    sampling_options,
)
from sim.cli.progress import progress

if TYPE_CHECKING:
    from sim.scenario.reading.read import Reading
    from sim.scenario.reading.rewrite import TextFile
    from sim.study.calibrate.calibrate import CalibrationAnswer
    from sim.study.match.match import MatchAnswer


EVALUATIONS = 60
OF_A_FIT = ("evaluations", "date", "page")
OF_A_MATCH = ("worlds", "waves", "ensemble")


@click.command(epilog=examples("calibrate 2025_as_it_was --worlds 40 --waves 1"))
@click.argument("file", type=SCENARIO)
@click.option("--worlds", type=click.IntRange(20, 4000), help="Worlds run in each wave; default: 200.")
@click.option("--waves", type=click.IntRange(1, 20), help="Waves of worlds; default: 2.")
@click.option("--ensemble", type=PATH, help="CSV file that takes the worlds left, for a [forecast] to draw from.")
@click.option(
    "--fit", is_flag=True, help="Fit [calibration.parameters] by least squares, and write them into the file."
)
@click.option("--evaluations", type=click.IntRange(1), help="Most trials of the fit; default: 60.")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the fit; default: today, UTC.")
@click.option("--page", type=PATH, help="Markdown page that takes the tables of the fit too.")
@out_option("results/<scenario>_calibrate")
@no_plots_option
@force_option
@all_option
@lang_option
@sampling_options
def calibrate(
    file: str,
    worlds: int | None,
    waves: int | None,
    ensemble: Path | None,
    fit: bool,
    evaluations: int | None,
    date: dt.datetime | None,
    page: Path | None,
    out: Path | None,
    no_plots: bool,
    force: bool,
    show_all: bool,
    sampling: Sampling,
) -> None:
    """Rule out what the published figures do not bear out, of all that a scenario FILE says is unknown.

    Worlds are drawn as for a forecast and held against the targets of [calibration] with their errors, in waves.
    --replications are those of each world, 2 at least to tell luck by; default: 2. With --fit, instead: one best value
    of each free parameter.
    """
    from sim.scenario.reading.opening import load

    with plain_errors():
        context = click.get_current_context()
        for option in OF_A_MATCH if fit else OF_A_FIT:
            if context.params[option] is not None:
                reason = "worlds are held against the record without --fit" if fit else "of a fit: add --fit"
                fail(f"--{option}: {reason}, or leave it out.")
        reading = load(file)
        keeping = Keeping(out, no_plots, force=force, show_all=show_all)
        if not fit:
            match_and_tell(reading, sampling, keeping, worlds, waves, ensemble)
            return
        day = date.date() if date else dt.datetime.now(dt.UTC).date()
        fit_and_write(reading, sampling, keeping, evaluations or EVALUATIONS, day, page)


def match_and_tell(
    reading: Reading,
    sampling: Sampling,
    keeping: Keeping,
    worlds: int | None,
    waves: int | None,
    ensemble: Path | None,
) -> None:
    """Hold worlds against the targets, and show what is left; what cannot be asked is refused before the work."""
    from sim.scenario.reading.opening import ledger_cited

    ledger_cited(reading)
    warn_of_doubts([reading])
    commission = commission_of([reading], keeping)
    folder = place_for(f"{reading.name}_calibrate", commission, keeping)
    from sim.study.calibrate.parameters import targets
    from sim.study.match.implausibility import record_of

    record_of(reading, targets(reading))  # refused before what computes is loaded
    from sim.study.forecast.ensemble import is_ensemble
    from sim.study.match.match import plan_match, run_match
    from sim.views.exports.targets import check_file

    if ensemble is not None:
        check_file(ensemble, is_ensemble, "ensemble")
    plan = plan_match(reading, worlds=worlds, waves=waves, replications=sampling.replications, seed=sampling.seed)
    warn_of_cost([reading.scenario], plan.runs, sampling.engine)
    with at_work("Replications", plan.runs, sampling) as (perform, _):
        answer = run_match(plan, perform)
    deliver(answer, folder, keeping, commission)
    if ensemble is not None:
        keep_ensemble(answer, ensemble)


def keep_ensemble(answer: MatchAnswer, path: Path) -> None:
    """Write the worlds that a match left to a file, for a forecast to draw from."""
    from sim.scenario.files import write_text
    from sim.study.forecast.ensemble import FIRST_WORDS, ensemble_text

    table, about = answer.frames["ensemble"], answer.manifest
    if table.empty:
        fail("--ensemble: no world is left to draw from; nothing was written there.", status=1)
    lines = [
        f"{FIRST_WORDS} {answer.name}: {about['left']} of {about['worlds']} worlds run.",
        "A row a world, a column an unknown: the share of its probability at which it was drawn.",
        f"Seed {about['seed']}, scenario {about['scenario_sha256']}, versions {about['versions']}.",
    ]
    try:
        write_text(path, ensemble_text({str(name): table[name] for name in table}, answer.scenario.unknown, lines))
    except OSError as error:
        fail(f"{path}: cannot be written: {error.strerror}.", status=1)
    from sim.views.language import message

    say(message("Worlds to draw from lie in {path}", path=path))


def fit_and_write(
    reading: Reading, sampling: Sampling, keeping: Keeping, evaluations: int, day: dt.date, page: Path | None
) -> None:
    """Fit, write what was found, and show it; what could not be written is refused before the work."""
    from sim.scenario.reading.opening import ledger_cited
    from sim.scenario.reading.rewrite import amend, calibration_file, fitted_block
    from sim.study.calibrate.parameters import free_parameters, targets
    from sim.study.match.implausibility import record_of

    aims, parameters = targets(reading), free_parameters(reading)
    record_of(reading, aims)
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
            say(written_to(file.path))


def opened(path: Path) -> TextFile:
    """A file that is to be replaced."""
    from sim.scenario.files import STDIN, Unreadable
    from sim.scenario.reading.rewrite import TextFile

    if path == STDIN:
        fail(f"{path}: a fit is written into the file, and this is none; give its path")
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


def written_to(place: Path) -> str:
    """Where something was written."""
    from sim.views.language import message

    return message("Written to {path}", path=place)


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
