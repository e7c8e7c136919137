"""The commands that look after durable studies. Heavy imports stand inside them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import plain_errors, show, stdout

if TYPE_CHECKING:
    from sim.runs.durable import Setting

folder_argument = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group()
def study() -> None:
    """Look after durable studies: the folders in which `--study DIR` keeps replications."""


@study.command()
@folder_argument
def status(folder: Path) -> None:
    """Say what lies in the study DIR, and who works on it; every frame is read and checked."""
    from sim.runs.study_file import check_is_study, holder

    with plain_errors():
        check_is_study(folder)
        from sim.runs.durable import settings

        found, at_work = settings(folder), holder(folder)
    list_kept(folder, found)
    old = sum(not each.current for each in found)
    if old:
        click.echo(
            f"{old} of them ran on other versions or other lines of code and will not be used: corridor study clear"
        )
    click.echo(f"In use by {at_work}." if at_work else "Nobody works on it.")


@study.command()
@folder_argument
@click.option("--all", "everything", is_flag=True, help="Also what this version ran.")
def clear(folder: Path, everything: bool) -> None:
    """Remove from the study DIR what other versions ran: it will not be used again."""
    from sim.runs.study_file import check_is_study

    with plain_errors():
        check_is_study(folder)
        from sim.runs.durable import clear as cleared

        gone = cleared(folder, everything)
    click.echo(f"{folder}: {sum(each.complete for each in gone)} replications removed, {megabytes(gone)}.")


def list_kept(folder: Path, found: list[Setting]) -> None:
    """Print what lies in a study, a row for each scenario, purpose, seed and version."""
    from sim.views.sheets.sheet import Sheet

    sheet = Sheet(str(folder), ("scenario", "digest", "kept for", "seed", "version", "done", "not whole", "on disk"))
    for each in found:
        about = f"{each.versions.get('corridor-simulator', '?')} {each.versions.get('source', '?')[:8]}"
        version = about + ("" if each.current else ", not the one here")
        counts = (str(each.complete), str(each.incomplete or ""))
        sheet.rows.append(
            (each.title, each.scenario[:12], each.purpose, str(each.seed), version, *counts, megabytes([each]))
        )
    show(stdout(), sheet)
    click.echo(f"{sum(each.complete for each in found)} replications, {megabytes(found)}.")


def megabytes(found: list[Setting]) -> str:
    """What they take on disk."""
    return f"{sum(each.size_mb for each in found):.1f} MB"
