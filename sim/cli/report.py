"""The command that makes a page of results. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import plain_errors, working


@click.command()
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The page; default: report.html in the first DIR.")
@click.option("--month", metavar="YYYY-MM", help="Month of the replay; default: October of the last full year.")
def report(folders: tuple[Path, ...], out: Path | None, month: str | None) -> None:
    """Write one page that shows the results, or the comparison, in DIR: it opens from disk, without a network."""
    from sim.views.exports.targets import check_file
    from sim.views.report import is_page, read_subject, write_report

    path = out or folders[0] / "report.html"
    with plain_errors():
        check_file(path, is_page, "page")
        with working("Writing the report"):
            write_report(read_subject(folders), path, month)
    click.echo(f"The report is {path}: open it in a browser.")
