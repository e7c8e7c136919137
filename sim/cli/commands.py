"""The commands, gathered. Each imports what is heavy inside itself, so that `corridor --help` answers at once."""

from __future__ import annotations

import sys
from io import TextIOWrapper

import click

from sim.cli.arithmetic import arithmetic
from sim.cli.calibrate import calibrate
from sim.cli.compare import compare
from sim.cli.export import export
from sim.cli.ladder import ladder
from sim.cli.moved import POINTERS, pointer_to
from sim.cli.plot import plot
from sim.cli.report import report
from sim.cli.run import run
from sim.cli.scenario import check, new, scenarios, sources
from sim.cli.sensitivity import sensitivity
from sim.cli.study import study
from sim.cli.sweep import sweep
from sim.cli.target import target
from sim.cli.validate import validate
from sim.cli.verify import verify
from sim.cli.warmup import warmup


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corridor-simulator", prog_name="corridor")
def main() -> None:
    """Simulate rail freight between China, Kazakhstan and Europe: paper or Tez Customs, and the Middle Corridor."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # titles hold letters that not every terminal has


for command in (
    calibrate,
    study,
    compare,
    warmup,
    sweep,
    sensitivity,
    ladder,
    target,
    export,
    report,
    verify,
    validate,
    arithmetic,
    scenarios,
    new,
    check,
    run,
    plot,
    sources,
):
    main.add_command(command)
for name, replacement in POINTERS.items():
    main.add_command(pointer_to(name, replacement))
