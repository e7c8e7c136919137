"""All checks, and their run in worker processes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from sim.engine.sandbox import check_engine
from sim.runs.workers import hands
from sim.verification import (
    bans,
    borders,
    boxes,
    chances,
    corners,
    intervals,
    markets,
    networks,
    order_of_works,
    paths,
    queues,
    ties,
    tiny,
    traces,
)
from sim.verification.findings import Check, Finding

Answer = TypeVar("Answer")

CHECKS: dict[str, Check] = {
    **traces.CHECKS,
    **corners.CHECKS,
    **ties.CHECKS,
    **order_of_works.CHECKS,
    **bans.CHECKS,
    **boxes.CHECKS,
    **paths.CHECKS,
    **intervals.CHECKS,
    **chances.CHECKS,
    **queues.CHECKS,
    **networks.CHECKS,
    **borders.CHECKS,
    **markets.CHECKS,
}
"""Every check by name, in the order in which they are shown."""


def run_checks(
    names: Sequence[str] | None = None,
    workers: int = 1,
    on_done: Callable[[], None] | None = None,
    engine: str = "simpy",
) -> list[Finding]:
    """Run checks, all of them if none are named; what is found, in the order of the names.

    Parameters
    ----------
    workers
        Processes at work; the findings do not depend on it.
    on_done
        Called after each check.
    engine
        What plays the worlds: by default the model itself, which is what is to be verified.

    Raises
    ------
    EngineError
        If the compiled engine is asked for and is not there.
    """
    check_engine(engine)
    names = list(CHECKS) if names is None else names
    findings_by_check = spread(partial(found_by, engine=engine), names, workers, on_done)
    return [finding for findings in findings_by_check for finding in findings]


def found_by(name: str, engine: str = "simpy") -> list[Finding]:
    """What one check finds on an engine; an error that it ends with is a finding too."""
    tiny.ENGINE.set(engine)
    try:
        return CHECKS[name]()
    except Exception as error:
        problem = f"{name}: ended with {type(error).__name__}: {error}"
        return [Finding(problem, "no answer", math.nan, math.nan, math.nan, math.nan, passed=False)]


def spread(
    task: Callable[[str], Answer], names: Sequence[str], workers: int, on_done: Callable[[], None] | None = None
) -> list[Answer]:
    """Do a task for each name in worker processes, or here if there is but one; the answers in the order of names."""
    answers = {}
    with hands(workers) as hand_out:
        for place, answer in hand_out(task, names):
            answers[place] = answer
            if on_done is not None:
                on_done()
    return [answers[place] for place in range(len(names))]
