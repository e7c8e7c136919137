"""The command that makes a page of results. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import fail, plain_errors, say, working
from sim.cli.manner import as_asked
from sim.cli.options import PATH, examples, lang_option


@click.command(epilog=examples("run altynkol_tez -n 3", "report results/altynkol_tez"))
@click.argument("folders", metavar="DIR...", nargs=-1, required=True, type=PATH)
@click.option("-o", "--out", type=PATH, help="The page; default: report.html in the first DIR.")
@click.option("--month", metavar="YYYY-MM", help="Month of the replay; default: October of the last full year.")
@lang_option
def report(folders: tuple[Path, ...], out: Path | None, month: str | None) -> None:
    """Write one page that shows the answers in DIR, of runs with a replay: it opens from disk, without a network."""
    from sim.runs.folders import read_manifest
    from sim.views.exports.targets import check_file, is_page

    path = out or folders[0] / "report.html"
    with plain_errors():
        for folder in folders:
            read_manifest(folder)
        check_file(path, is_page, "page")
        from sim.study.folders import load_answer
        from sim.views.report import holds_runs, read_subject, write_report, write_study

        with working("Writing the report"), as_asked():
            if holds_runs(folders):
                write_report(read_subject(folders), path, month)
            elif month is not None:
                fail(f"--month: is of a replay, and no run lies in {folders[0]}")
            else:
                write_study([load_answer(folder) for folder in folders], path)
    say(f"Page to open: {path}")
