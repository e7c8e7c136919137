"""The commands that look after durable studies. Heavy imports stand inside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import plain_errors, say, show
from sim.cli.options import PATH, examples

if TYPE_CHECKING:
    from sim.runs.durable import Setting

folder_argument = click.argument("folder", metavar="DIR", type=PATH)


@click.group(epilog=examples("run altynkol_tez -n 3 --study kept", "study status kept"))
def study() -> None:
    """Look after durable studies: the folders in which `--study DIR` keeps replications."""


@study.command(epilog=examples("run altynkol_tez -n 3 --study kept", "study status kept"))
@folder_argument
def status(folder: Path) -> None:
    """Say what lies in the study DIR, and who works on it; every frame is read and checked."""
    from sim.runs.study_file import check_is_study, holder

    with plain_errors():
        check_is_study(folder)
        from sim.runs.durable import settings

        kept_settings, at_work = settings(folder), holder(folder)
    list_kept(folder, kept_settings)
    old = sum(not setting.current for setting in kept_settings)
    if old:
        say(f"{old} of them ran on other versions or other lines of code and will not be used: corridor study clear")
    say(f"In use by {at_work}." if at_work else "Nobody works on it.")


@study.command(epilog=examples("run altynkol_tez -n 3 --study kept", "study clear kept"))
@folder_argument
@click.option("--current", "with_current", is_flag=True, help="Also what this version ran.")
def clear(folder: Path, with_current: bool) -> None:
    """Remove from the study DIR what other versions ran: it will not be used again."""
    from sim.runs.study_file import check_is_study

    with plain_errors():
        check_is_study(folder)
        from sim.runs.durable import clear_study as cleared

        removed = cleared(folder, with_current)
    say(f"{folder}: {sum(setting.complete for setting in removed)} replications removed, {megabytes(removed)}.")


def list_kept(folder: Path, kept_settings: list[Setting]) -> None:
    """Print what lies in a study, a row for each scenario, purpose, seed and version."""
    from sim.views.sheets.sheet import Sheet

    heads = ("scenario", "hash", "for", "seed", "version", "done", "not whole", "on disk")
    note = (
        "hash: tells scenarios of one title apart; for: what a replication was run for, results or a part of a study."
    )
    sheet = Sheet(str(folder), heads, note=note)
    for setting in kept_settings:
        about = f"{setting.versions.get('corridor-simulator', '?')} {setting.versions.get('source', '?')[:8]}"
        version = about + ("" if setting.current else ", not the one here")
        counts = (str(setting.complete), str(setting.incomplete or ""))
        sheet.rows.append(
            (
                setting.title,
                setting.scenario[:12],
                setting.purpose,
                str(setting.seed),
                version,
                *counts,
                megabytes([setting]),
            )
        )
    show(sheet)
    say(f"{sum(setting.complete for setting in kept_settings)} replications, {megabytes(kept_settings)}.")


def megabytes(kept_settings: list[Setting]) -> str:
    """What they take on disk."""
    return f"{sum(setting.size_mb for setting in kept_settings):.1f} MB"
