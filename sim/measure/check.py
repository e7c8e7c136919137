"""Whether a scenario is sound, before any run of it: what is wrong is refused, what is doubtful is listed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sim.measure.vocabulary import check_stated
from sim.scenario.arguments import checked
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.reading.opening import citations_doubted, doubts, ledger_of, reading_of
from sim.scenario.reading.ranges import check_ends, range_doubts
from sim.scenario.reading.read import Reading, spot_of
from sim.scenario.sources import check_lines
from sim.scenario.uses import used_twice


@checked
def check(scenario: Reading | str | Path) -> list[Problem]:
    """What is doubtful in a scenario, each with file and line: no run stops at it, and its results may mislead.

    That is what no run reads, what the map or the field says otherwise, what cites no known fact, figures that both set
    an input and validate, inputs without a range, ranges that do not hold what is stated, and markets of which all that
    can come does.

    Raises
    ------
    ScenarioError
        With every problem, if it cannot be read, asks for a KPI that no run can yield, a source line reads as none, or
        it does not stand at an end of an unknown.
    LedgerError
        If the ledger of facts beside it cannot be read.
    """
    reading = reading_of(scenario)
    ledger = ledger_of(reading)
    citations = citations_doubted(reading, ledger)
    try:
        check_stated(reading)
    except ScenarioError as error:
        # Each looks at a scenario that is read, so that neither need wait for the other.
        raise ScenarioError([*error.problems, *citations], reading) from None
    check_lines(citations)
    check_ends(reading)
    overlaps = used_twice(reading.resolved, ledger, reading.spots)
    problems = [*doubts(reading), *capped_markets(reading), *range_doubts(reading, ledger), *citations, *overlaps]
    return list(dict.fromkeys(problems))


def capped_markets(reading: Reading) -> Iterator[Problem]:
    """Markets of which the corridor would have more in some month, as expected at first, than can come."""
    scenario = reading.scenario
    for name, flow in scenario.flows.items():
        if flow.market is None:
            continue
        # Brought here, so that a check of a scenario without a market answers at once.
        from sim.model.choice import going_as_expected

        months = int((going_as_expected(scenario, name) >= 1).sum())
        if months:
            path = ("markets", flow.market, "most_share")
            message = (
                f"bounds what comes in {months} months, as shippers expect the corridor at first: the share is more"
            )
            yield Problem(spot_of(path, reading.spots, reading.file), path, message)
