"""The command that opens a page to ask what if. Heavy imports stand inside it."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli.console import fail, plain_errors, say
from sim.cli.manner import as_asked
from sim.cli.options import PATH, SCENARIO, examples, lang_option, usable_processors, workers_option


@click.command(epilog=examples("app altynkol_tez"))
@click.argument("file", type=SCENARIO, required=False)
@click.option("-o", "--out", type=PATH, default="results/app", show_default=True, help="Folder of the runs kept.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of this machine; default: a free one.")
@workers_option
@lang_option
def app(file: str | None, out: Path, port: int, workers: int | None) -> None:
    """Open a local page to move what a scenario FILE says, run it beside its base, and keep and compare the runs."""
    from sim.scenario.reading.opening import load

    with plain_errors():
        reading = None if file is None else load(file)
        try:
            from sim.app.server import serve_page
        except ModuleNotFoundError as error:
            if error.name not in ("starlette", "uvicorn"):
                raise
            fail("The page needs the extra `app`: pip install 'corridor-simulator[app]'")
        from sim.app.work import Work
        from sim.views.language import language_spoken, message, speaking

        check_place(out)

        of_the_terminal = language_spoken()

        def on_open(address: str) -> None:
            with speaking(of_the_terminal):
                say(message("Open in a browser of this machine: {address}", address=address))
                say(message("Runs are kept in {folder}. Ctrl+C ends it.", folder=out))

        try:
            with as_asked():
                serve_page(Work(out, workers or usable_processors()), reading, port, on_open)
        except KeyboardInterrupt:
            say("\n" + message("Ended; the runs kept lie in {folder}.", folder=out), err=True)


def check_place(folder: Path) -> None:
    """Fail where no runs can be kept: the page would say so only after the first of them."""
    from sim.runs.folders import check_writable
    from sim.scenario.files import reason_of

    try:
        folder.is_dir()  # a name that is too long is refused here
        check_writable(folder / "run")
    except OSError as error:
        fail(f"--out: {folder}: cannot be written: {reason_of(error)}")
