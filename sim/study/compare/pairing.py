"""Which results can be compared: those of as many replications under the same seed, over some of the same days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.meaning import period_days
from sim.scenario.problems import CorridorError

if TYPE_CHECKING:
    from sim.runs.results import Results


class CompareError(CorridorError, ValueError):
    """Results that do not pair."""


def check_pairing(a: Results, b: Results) -> None:
    """Make sure that the replications of two results share their random numbers.

    Raises
    ------
    CompareError
        If they do not.
    """
    if a.manifest["seed"] != b.manifest["seed"]:
        seeds = f"{a.manifest['seed']} and {b.manifest['seed']}"
        raise CompareError(f"{a.name} and {b.name} have different seeds ({seeds}): run both with the same --seed")
    numbers = [set(results.replications["replication"].unique()) for results in (a, b)]
    if numbers[0] != numbers[1]:
        raise CompareError(
            f"{a.name} has {len(numbers[0])} replications and {b.name} {len(numbers[1])}: run both with as many"
        )


def common_periods(a: Results, b: Results) -> list[str]:
    """The periods that mean the same days in both.

    Raises
    ------
    CompareError
        If there are none.
    """
    days_a, days_b = period_days(a.scenario), period_days(b.scenario)
    common = [name for name in days_a if days_b.get(name) == days_a[name]]
    if not common:
        raise CompareError(f"{a.name} and {b.name} have no period of the same days in common")
    return common
