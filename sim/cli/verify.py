"""The command that holds the installed package against known answers. Heavy imports stand inside it."""

from __future__ import annotations

import click

from sim.cli.console import fail, plain_errors, show, stdout
from sim.cli.progress import progress

FAILED = 3
"""Exit status when a check fails, or a broken rule is not caught."""


@click.command()
@click.option("--mutate", is_flag=True, help="Break rules of the model on purpose instead; each must be caught.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes at work; default: one a core.")
def verify(mutate: bool, workers: int | None) -> None:
    """Hold the installed package against known answers: closed forms, Markov chains, traces reckoned by hand.

    Exit status 3 when one does not agree, or, with --mutate, when a broken rule is not caught.
    """
    import os

    workers = workers or os.cpu_count() or 1
    with plain_errors():
        sound = try_mutations(workers) if mutate else run_checks(workers)
    if not sound:
        fail("The package does not do what it says: see above.", FAILED)


def run_checks(workers: int) -> bool:
    """Run and show all checks; whether all agree."""
    from sim.verification.checks import CHECKS
    from sim.verification.checks import verify as run
    from sim.views.sheets.verify import checked, finding_sheet

    with progress("Checks", len(CHECKS)) as advance:
        findings = run(workers=workers, on_done=advance)
    show(stdout(), finding_sheet(findings))
    click.echo(checked(findings))
    return all(each.passed for each in findings)


def try_mutations(workers: int) -> bool:
    """Break every rule in turn and show which check catches it; whether all are caught."""
    from sim.verification.mutations import MUTATIONS
    from sim.verification.mutations import mutate as run
    from sim.views.sheets.verify import caught, mutation_sheet

    with progress("Rules broken", len(MUTATIONS)) as advance:
        trials = run(workers=workers, on_done=advance)
    show(stdout(), mutation_sheet(trials))
    click.echo(caught(trials))
    return all(each.caught for each in trials)
