"""The commands that look around a scenario: sweep and sensitivity. Heavy imports stand inside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.cli.console import fail, performing, plain_errors, show, stdout, working
from sim.cli.meter import progress
from sim.cli.options import Sampling, run_options

if TYPE_CHECKING:
    from sim.runs.replicate import Perform

FACTOR_FORM = "KEY=60..120, KEY=0.8x..1.25x or KEY=60,80,100"


@click.command()
@click.argument("file")
@click.option("--factor", "said", multiple=True, metavar="KEY=RANGE", help=f"{FACTOR_FORM}; instead of the file's.")
@click.option("--design", type=click.Choice(["grid", "latin_hypercube", "sobol"]), help="How the points are laid out.")
@click.option("--levels", type=click.IntRange(2, 1000), help="Grid: values of each range.")
@click.option("--points", type=click.IntRange(1, 100_000), help="Latin hypercube and Sobol: number of points.")
@click.option("--kpi", "measures", multiple=True, metavar="MEASURE", help="Draw throughput_mt:all:titr in 2030, or so.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of the sweep; default: results/<scenario>_sweep.")
@run_options
def sweep(
    file: str,
    said: tuple[str, ...],
    design: str | None,
    levels: int | None,
    points: int | None,
    measures: tuple[str, ...],
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
) -> None:
    """Run a scenario FILE at points around it, as its [sweep] or the options say."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.sweep.sweep import plan_sweep, run_sweep
    from sim.views.sheets.sweep_sensitivity import rounded_words, sample, sweep_sheet, write_sweep

    asked = {
        "factors": ranges(said),
        "design": design,
        "levels": levels,
        "points": points,
        "measures": measures or None,
    }
    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_sweep")
        check_replaceable(folder)
        plan = plan_sweep(reading, asked, replications=sampling.replications, seed=sampling.seed)
        with at_work(sampling, plan.runs) as perform:
            results = run_sweep(plan, perform)
        with working("Writing tables and plots"):
            write_sweep(results, folder, plots=not no_plots)
        sheet = sweep_sheet(results)
        show(stdout(), sheet)
    for line in (
        sheet.note,
        f"{sample(results)}, the same random numbers at each.",
        rounded_words(plan.factors, reading),
    ):
        if line:
            click.echo(line)
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


@click.command()
@click.argument("file")
@click.option("--conclusion", metavar="TEXT", help="Such as 'throughput_mt:all:titr in 2030 >= 10'.")
@click.option("--against", metavar="FILE", help="Scenario that a difference is taken from.")
@click.option("--factor", "said", multiple=True, metavar="KEY=RANGE", help="KEY=60..120 or KEY=0.8x..1.25x, likewise.")
@click.option("--assumed", metavar="SHARE", help="All assumed numbers, such as 20%, instead of the file's factors.")
@click.option("--within", multiple=True, metavar="KEY", help="With --assumed: only those in this table.")
@click.option("--method", type=click.Choice(["morris", "sobol"]), help="Screening, or shares of the variance.")
@click.option("--trajectories", type=click.IntRange(2, 10_000), help="Morris: paths through the ranges.")
@click.option("--samples", type=click.IntRange(2, 100_000), help="Sobol: base points, a power of two.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder; default: results/<scenario>_sensitivity.")
@run_options
def sensitivity(
    file: str,
    said: tuple[str, ...],
    assumed: str | None,
    within: tuple[str, ...],
    out: Path | None,
    no_plots: bool,
    overrides: tuple[str, ...],
    sampling: Sampling,
    **asked: Any,
) -> None:
    """Ask which uncertain numbers of a scenario FILE turn a conclusion, as its [sensitivity] or the options say."""
    from sim.runs.folders import check_replaceable, result_folder
    from sim.scenario.reading.opening import load
    from sim.study.sensitivity.plan import plan_sensitivity
    from sim.study.sensitivity.sensitivity import run_sensitivity
    from sim.views.sheets.sweep_sensitivity import answer, effect_sheet, rounded_words, sample, write_sensitivity

    needs_salib()
    given = {**asked, "factors": ranges(said)}
    with plain_errors():
        reading = load(file, overrides)
        folder = out or result_folder(Path("results"), f"{reading.name}_sensitivity")
        check_replaceable(folder)
        settings: dict[str, Any] = {"replications": sampling.replications, "seed": sampling.seed}
        plan = plan_sensitivity(reading, given, share_of(assumed), within, overrides=overrides, **settings)
        with at_work(sampling, plan.runs) as perform:
            results = run_sensitivity(plan, perform)
        with working("Writing tables and plots"):
            write_sensitivity(results, folder, plots=not no_plots)
        show(stdout(), effect_sheet(results))
    click.echo(f"{answer(results)}\n{sample(results)}, the same random numbers at each.")
    if rounded := rounded_words(plan.factors, reading):
        click.echo(rounded)
    click.echo(f"Tables{'' if no_plots else ' and plots'} lie in {folder}")


@contextmanager
def at_work(sampling: Sampling, runs: int) -> Iterator[Perform]:
    """What performs jobs, under a progress bar."""
    with progress("Replications", runs) as meter, performing(sampling, meter) as perform:
        yield perform


def needs_salib() -> None:
    """Say what to install where SALib is missing."""
    from importlib.util import find_spec

    if find_spec("SALib") is None:
        fail("corridor sensitivity needs SALib: pip install 'corridor-simulator[sensitivity]'")


def ranges(said: tuple[str, ...]) -> dict[str, Any] | None:
    """The factors that options give, as a file would have them; None without any."""
    found = list(map(factor_of, said))
    keys = [key for key, _ in found]
    for key in keys:
        if keys.count(key) > 1:
            fail(f"--factor: {key} is given twice.")
    return dict(found) if found else None


def factor_of(text: str) -> tuple[str, dict[str, Any]]:
    """A factor from `key=60..120`, `key=0.8x..1.25x` or `key=60,80,100`."""
    key, equals, value = (part.strip() for part in text.partition("="))
    low, dots, high = (part.strip() for part in value.partition(".."))
    if not key or not equals or not value:
        fail(f"--factor: must be written {FACTOR_FORM} (got '{text}')")
    if not dots:
        return key, {"values": [word(part.strip()) for part in value.split(",")]}
    scale = low.endswith("x") and high.endswith("x")
    ends = tuple(number(end.removesuffix("x") if scale else end, text) for end in (low, high))
    names = ("scale_low", "scale_high") if scale else ("low", "high")
    return key, dict(zip(names, ends, strict=True))


def number(text: str, whole: str) -> float:
    """A number of a range."""
    try:
        return float(text)
    except ValueError:
        fail(f"--factor: must be written {FACTOR_FORM} (got '{whole}')")


def word(text: str) -> Any:
    """A value as TOML has it, or else plain text."""
    from sim.scenario.reading.read import assignment

    return assignment(f"value={text}")[1]


def share_of(text: str | None) -> float | None:
    """A share from `20%` or `0.2`."""
    if text is None:
        return None
    try:
        share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        share = 0.0
    if not 0 < share < 1:
        fail(f"--assumed: must be a share between 0 and 1, such as 20% or 0.2 (got '{text}')")
    return share
