"""The command that compares scenarios. Heavy imports stand inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli.console import fail, plain_errors, say, simulated, working
from sim.cli.frame import commission_of, deliver, place_for
from sim.cli.options import SCENARIO, Keeping, OneOf, Sampling, examples, lang_option, run_options, told_of_option
from sim.cli.precision import Precision, precisely, precision_options

if TYPE_CHECKING:
    from sim.runs.results import Results
    from sim.scenario.addresses import Address
    from sim.scenario.reading.read import Reading


@click.command(epilog=examples("compare altynkol_paper altynkol_tez -n 3"))
@click.argument("names", nargs=-1, required=True, metavar="A B...", type=SCENARIO)
@click.option("--base", metavar="NAME", help="The scenario the others are held against; default: the first.")
@click.option(
    "--best",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]",
    help="Name the scenarios that may be the best in a measure, e.g. throughput_mt:all:titr.",
)
@click.option("--best-is", type=OneOf(["most", "least"]), help="Which end is best; default: as it is meant.")
@click.option(
    "--attribute",
    "split",
    is_flag=True,
    help="Split paper (A) to Tez (B) into lodged early, processed faster, works beside papers: runs six arms more.",
)
@precision_options
@lang_option
@run_options("results/<A>_vs_<B>")
def compare(
    names: tuple[str, ...],
    base: str | None,
    best: str | None,
    best_is: str | None,
    split: bool,
    precision: Precision,
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Compare scenarios A, B and more (files, or folders of results): paired differences from A, with intervals."""
    check_count(names, split, keeping.overrides)
    with plain_errors():
        from sim.study.compare.arms import common_periods

        sides = folders_in_order(sides_apart([side(name, keeping.overrides) for name in names]), names, base)
        name = keeping.name or comparison_name([scenario.name for scenario in sides], keeping.overrides)
        commission = commission_of(sides, keeping)
        folder = place_for(name, commission, keeping)
        for other in sides[1:]:
            common_periods(sides[0], other)  # or it would be refused when all have been run
        measure = measure_of_best(best, best_is, sides[0])
        between = arms_between(sides) if split else []
        ordered = under_orders(sides)
        tell_of_more_runs(between, ordered)
        results, remarks = ran(
            [*sides, *between, *(reading for pair in ordered.values() for reading in pair)],
            len(sides),
            sampling,
            precision,
        )
        from sim.scenario.addresses import AddressError
        from sim.study.compare.answer import contest

        is_most = None if best_is is None else best_is == "most"
        rest_results = iter(results[len(sides) :])
        arms_run = [next(rest_results) for _ in between]
        orders = {order: [next(rest_results), next(rest_results)] for order in ordered}
        unobserved = ""
        try:
            with working("Comparing"):
                answer = contest(results[: len(sides)], arms_run, measure, is_most, orders=orders)
        except AddressError as error:
            # A measure that the horizon is too short for: the differences are there all the same.
            answer, unobserved = contest(results[: len(sides)], arms_run, orders=orders), f"--best: {error}"
        deliver(answer, folder, keeping, commission, before=remarks)
        if unobserved:
            fail(unobserved)


def check_count(names: Sequence[str], split: bool, changes: Sequence[str]) -> None:
    """Refuse a comparison of one, of one with itself, and a split of more than two."""
    if len(names) < 2 and changes:
        ways = "corridor run A; corridor run A --set …; then both folders: corridor compare results/A results/A_…"
        fail(f"compare needs two scenarios or more, and --set changes all of them; one beside itself changed: {ways}")
    if len(names) < 2:
        fail("compare needs two scenarios or more: corridor compare A B")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        fail(f"compare needs scenarios that differ, and {twice} is named twice")
    if split and len(names) > 2:
        fail(f"--attribute splits the change between two scenarios, paper and Tez (got {len(names)})")


def folders_in_order(sides: list[Reading | Results], names: Sequence[str], base: str | None) -> list[Reading | Results]:
    """The sides, the base first."""
    from sim.scenario.problems import did_you_mean

    if base is None:
        return sides
    known_names = [side.name for side in sides]
    positions = [i for i in range(len(sides)) if base in (names[i], known_names[i])]
    if not positions:
        fail(f"--base: '{base}' is none of the scenarios compared{did_you_mean(base, known_names)}")
    return [sides[positions[0]], *(side for i, side in enumerate(sides) if i != positions[0])]


def sides_apart(sides: Sequence[Reading | Results]) -> list[Reading | Results]:
    """The sides under names that differ: of two files or folders of one name, each has that of its folder, too."""
    from dataclasses import replace

    from sim.scenario.naming import told_apart
    from sim.scenario.reading.read import Reading

    places = [side.files[0] if isinstance(side, Reading) else side.folder for side in sides]
    apart: list[Reading | Results] = []
    for side, name in zip(sides, told_apart([side.name for side in sides], places), strict=True):
        if isinstance(side, Reading):
            apart.append(replace(side, name=name))
        else:
            from sim.runs.results import renamed

            apart.append(renamed(side, name))
    return apart


def comparison_name(names: Sequence[str], changes: Sequence[str]) -> str:
    """The name of a comparison, by default that of its folder."""
    from sim.scenario.naming import LONGEST_NAME, variant_name

    base, *rest_names = names
    name = variant_name(f"{base}_vs_{'_'.join(rest_names)}", changes)
    return name if len(name) <= LONGEST_NAME else variant_name(f"{base}_vs_{len(rest_names)}_others", changes)


def measure_of_best(best: str | None, best_is: str | None, base: Reading | Results) -> Address | None:
    """The measure that `--best` names."""
    from sim.measure.catalogue import more_is_better
    from sim.measure.vocabulary import known_address

    if best is None:
        if best_is is not None:
            fail("--best-is says which end of a measure is best; --best, e.g. throughput_mt, names the measure.")
        return None
    with told_of_option("--best"):
        measure = known_address(best, base.scenario)
    if best_is is None and more_is_better(measure.kpi) is None:
        fail(f"--best: neither end of '{measure.kpi}' is known to be better: add --best-is most, or least")
    return measure


def arms_between(sides: Sequence[Reading | Results]) -> Sequence[Reading]:
    """The six arms between paper and Tez."""
    from sim.scenario.reading.read import Reading
    from sim.study.compare.arms import arms

    paper, tez = sides
    if not (isinstance(paper, Reading) and isinstance(tez, Reading)):
        fail("--attribute runs two scenarios between A and B: name scenarios, not folders of results")
    return [*arms(paper, tez).values()][1:-1]


def under_orders(sides: Sequence[Reading | Results]) -> dict[str, tuple[Reading, Reading]]:
    """Paper and Tez under each order of works, where two scenarios stand one against the other in that."""
    from sim.scenario.reading.read import Reading

    readings = [scenario for scenario in sides if isinstance(scenario, Reading)]
    if len(readings) != 2 or len(sides) != 2:
        return {}
    from sim.study.compare.order_of_works import under_each_order

    return under_each_order(*readings)


def tell_of_more_runs(between: Sequence[Reading], ordered: Mapping[str, tuple[Reading, Reading]]) -> None:
    """Say which scenarios are run beside those named, and why: else the number of replications is a riddle."""
    reasons = [f"{len(between)} between the two, for --attribute"] if between else []
    if ordered:
        endings = ", ".join(f"…_{order}" for order in ordered)
        reasons.append(f"both under each order of works, which no source states ({endings})")
    if reasons:
        say(f"Run beside the two: {'; '.join(reasons)}. What comes to the same is run once.", err=True)


def ran(
    sides: Sequence[Reading | Results], sides_compared: int, sampling: Sampling, precision: Precision
) -> tuple[list[Results], list[str]]:
    """The results of all sides, run if need be, and how a search for precision ended."""
    from sim.scenario.reading.read import Reading

    waiting = [scenario for scenario in sides if isinstance(scenario, Reading)]
    option = next((name for name, value in vars(sampling).items() if value is not None), "")
    if option and not waiting:
        fail(f"--{option}: nothing is run, for all that is compared are results; name a scenario, or leave it out.")
    aim = precision.aim(waiting[0], sampling) if waiting else None
    if precision.share is not None and len(waiting) < len(sides):
        fail("--precision runs scenarios until their differences are precise: name scenarios, not folders")
    if aim is None:
        return all_run(sides, sampling), []
    from sim.runs.precision import of_differences
    from sim.study.compare.compare import level_of_each
    from sim.views.sheets.compare import precision_sentence

    level = level_of_each(waiting[0].scenario.study.level, sides_compared - 1)
    results, precise = precisely(waiting, sampling, aim, of_differences, level)
    return results, [f"Of the differences, over the mean of the base: {precision_sentence(aim, precise)}."]


def all_run(sides: Sequence[Reading | Results], sampling: Sampling) -> list[Results]:
    """The results of all sides; those not yet run are run under the seed and as often as the others, or the first."""
    from sim.scenario.reading.read import Reading

    waiting = [scenario for scenario in sides if isinstance(scenario, Reading)]
    manifest = next((scenario.manifest for scenario in sides if not isinstance(scenario, Reading)), None)
    if waiting:
        study = waiting[0].scenario.study
        replications, seed = (
            (study.replications, study.seed) if manifest is None else (manifest["replications"], manifest["seed"])
        )
        sampling = sampling.else_as(replications, seed)
    fresh = iter(simulated(waiting, sampling) if waiting else [])
    return [next(fresh) if isinstance(scenario, Reading) else scenario for scenario in sides]


def side(name: str, overrides: tuple[str, ...]) -> Reading | Results:
    """One side of a comparison: results that lie in a folder, or a scenario to be run."""
    from sim.runs.folders import put_back, read_manifest
    from sim.scenario.reading.read import find, read, shipped

    put_back(Path(name))
    ran_before = (Path(name) / "replications.parquet").is_file()
    if ran_before or (Path(name).is_dir() and not (shipped() / f"{name}.toml").is_file()):
        if overrides:
            fail(f"--set changes scenarios, and {name} holds results that are already run.")
        read_manifest(Path(name), ("run",))
        from sim.runs.results import load_run

        return load_run(Path(name))
    return read(find(name), overrides)  # the changes are told in the name of the comparison
