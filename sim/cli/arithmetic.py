"""The command that reckons a scenario without a run. Heavy imports stand inside it."""

from __future__ import annotations

import click

from sim.cli.console import plain_errors, show, warn_of_doubts, warn_of_unsettled
from sim.cli.options import SCENARIO, examples, lang_option, set_option


@click.command(epilog=examples("arithmetic altynkol_tez"))
@click.argument("file", type=SCENARIO)
@set_option
@lang_option
def arithmetic(file: str, overrides: tuple[str, ...]) -> None:
    """What a scenario FILE comes to without a run: loads by year, free-flow times, what the chain can carry at most."""
    from sim.scenario.reading.opening import load

    with plain_errors():
        reading = load(file, overrides)
        warn_of_doubts([reading])
        scenario = reading.scenario
        from sim.study.arithmetic.loads import carried_at_most, free_flow, loads
        from sim.views.sheets.arithmetic import corridor_sheet, flow_sheet, load_sheet

        flows = free_flow(scenario)
        # The total first: of a corridor of many years the loads alone are a thousand lines.
        sheets = [corridor_sheet(scenario, carried_at_most(scenario, flows))] if scenario.corridors else []
        sheets += [flow_sheet(flows), load_sheet(loads(scenario))]
        warn_of_unsettled([reading])
    for sheet in sheets:
        show(sheet)
