"""The command that holds the installed package against known answers. Heavy imports stand inside it."""

from __future__ import annotations

import click

from sim.cli.console import fail, plain_errors, say, show
from sim.cli.options import OneOf, examples, lang_option, usable_processors, workers_option
from sim.cli.progress import progress

FAILED = 3
"""Exit status when a check fails."""


@click.command(epilog=examples("verify -j 2"))
@lang_option
@workers_option
@click.option("--engine", type=OneOf(["compiled", "simpy"]), default="simpy", help="What is verified; default: simpy.")
def verify(workers: int | None, engine: str) -> None:
    """Hold the installed package against known answers: closed forms, Markov chains, traces reckoned by hand.

    Exit status 3 when one does not agree.
    """
    from sim.verification.checks import CHECKS
    from sim.verification.checks import run_checks as run
    from sim.views.language import message
    from sim.views.sheets.verify import check_sentence, finding_sheet

    with plain_errors(), progress("Checks", len(CHECKS)) as advance:
        findings = run(workers=workers or usable_processors(), on_done=advance, engine=engine)
    show(finding_sheet(findings))
    say(check_sentence(findings))
    if not all(finding.passed for finding in findings):
        fail(message("The package does not do what it says: see above."), FAILED)
