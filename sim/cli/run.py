"""The command that runs a scenario. Heavy imports stand inside it."""

from __future__ import annotations

import click

from sim.cli.console import doubts_told, plain_errors, simulated
from sim.cli.frame import commission_of, deliver, named, place_for
from sim.cli.options import SCENARIO, Keeping, Sampling, examples, lang_option, run_options, told_of_option
from sim.cli.precision import Precision, precisely, precision_options


@click.command(epilog=examples("run altynkol_tez -n 3 --set places.altynkol.forming.crews=4"))
@click.argument("file", type=SCENARIO)
@click.option("--quantiles", "with_quantiles", is_flag=True, help="Show bad and good years: quantiles of replications.")
@click.option(
    "--chance",
    "chances",
    metavar="KPI[:PLACE[:FLOW[:PERIOD]]]>=VALUE",
    multiple=True,
    help="Show the probability of a bound (>= or <=), e.g. throughput_mt:all:titr:2030>=10.",
)
@precision_options
@lang_option
@run_options("results/<scenario>")
def run(
    file: str,
    with_quantiles: bool,
    chances: tuple[str, ...],
    precision: Precision,
    keeping: Keeping,
    sampling: Sampling,
) -> None:
    """Run a scenario FILE (a path, or the name of a shipped one) and write its results."""
    from sim.scenario.reading.opening import load

    with plain_errors():
        reading = named(load(file, keeping.overrides), keeping)
        commission = commission_of([reading], keeping)
        folder = place_for(reading.name, commission, keeping)
        aim = precision.aim(reading, sampling)
        from sim.measure.vocabulary import parsed_bound
        from sim.scenario.problems import how_many

        with told_of_option("--chance"):
            bounds = [parsed_bound(text, reading.scenario) for text in chances]
        from sim.views.sheets.compare import precision_sentence
        from sim.views.sheets.outlook import chance_sheet, quantile_sheet
        from sim.views.sheets.run import published_sheet

        if aim is None:
            [results], remarks = simulated([reading], sampling), []
        else:
            [results], precise = precisely([reading], sampling, aim)
            remarks = [f"{precision_sentence(aim, precise)}."]
        if doubts := doubts_told([reading]):
            # They were told before the run, and have scrolled away by now.
            more = f" And {how_many(len(doubts) - 1, 'doubt')} more: see corridor check." if len(doubts) > 1 else ""
            remarks.append(f"In doubt: {doubts[0]}.{more}")
        extra_sheets = [] if keeping.show_all or results.published.empty else [published_sheet(results)]
        extra_sheets += [quantile_sheet(results)] if with_quantiles else []
        extra_sheets += [chance_sheet(results, bounds)] if bounds else []
        deliver(results, folder, keeping, commission, extra_sheets, remarks)
