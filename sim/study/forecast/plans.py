"""What plans come to over all that is not known: the same worlds for each, so that they differ by the plan alone.

A plan that carries a target at the inputs as stated has no chance yet: its replications differ by luck. So it is run in
worlds drawn as those of a forecast are, and by the same names: a scenario as stated carries in them what its forecast
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.measure.addresses import values_at
from sim.measure.chances import share_interval
from sim.runs.replicate import Job, Perform, Purpose
from sim.scenario.addresses import Address
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.scenario.worlds import unknown_paths
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.plan import target_question
from sim.study.forecast.worlds import Offer, Universe
from sim.study.question import THROUGHPUT, Question

WORLDS = 40
"""Of none of so many worlds a chance of up to a twelfth is left: enough to tell hardly from likely."""
PLAN_COLUMNS = (
    *("plan", "offer", "worlds", "stopped", "carrying", "share", "share_low", "share_high"),
    *("p10", "p50", "p90"),
)


@dataclass(frozen=True, eq=False)
class WorldPlan:
    """A plan to be run in worlds.

    Attributes
    ----------
    words
        What it is called.
    reading
        The scenario of which worlds are drawn, the plan in it.
    change
        What the plan does to each of them besides.
    """

    words: str
    reading: Reading
    change: Callable[[Scenario], Scenario] = lambda scenario: scenario


def without_investments(reading: Reading, names: Iterable[str]) -> Reading:
    """A scenario of which some investments are left out by a plan: no unknown brings them back."""
    roots = {("investments", name) for name in names}
    unknown = {
        name: entry
        for name, entry in reading.scenario.unknown.items()
        if not {path[:2] for path in unknown_paths(reading.resolved, entry)} <= roots
    }
    return replace(reading, scenario=reading.scenario.model_copy(update={"unknown": unknown}))


def offer_for(reading: Reading, about: Question, target_mt: float | None) -> Offer | None:
    """The offer of a scenario's [forecast], where its own target is asked about: of another its range says nothing."""
    table = reading.scenario.forecast
    if table is None or table.offer is None or table.offered_mt is None:
        return None
    own_about, own_mt = target_question(reading)
    is_own = own_about is not None and (own_about.corridor, own_about.year) == (about.corridor, about.year)
    if not is_own or target_mt not in (None, own_mt):
        return None
    return Offer(table.offer, table.offered_mt.low, table.offered_mt.high)


def over_worlds(
    plans: Sequence[WorldPlan],
    about: Question,
    target_mt: float | None,
    worlds: int,
    seed: int,
    level: float,
    perform: Perform,
) -> pd.DataFrame:
    """A row a plan: in how many worlds it carries a target, and what it carries in the middle one and in 80 % of them.

    plan, offer (`at target`, if the scenario says how much is offered where the target is in question), worlds, stopped
    (those in which traffic stops for good: they count as not carrying it), carrying, share, share_low, share_high (NaN
    without a target), p10, p50, p90 (Mt).

    Raises
    ------
    ScenarioError
        If a plan does not stand in a world.
    """
    if not worlds:
        return pd.DataFrame(columns=list(PLAN_COLUMNS))
    offer = offer_for(plans[0].reading, about, target_mt)
    numbers = range(1, 2 * worlds, 2) if offer else range(worlds)  # every second world is at the target
    jobs = []
    for plan in plans:
        universe = Universe((plan.reading,), seed, numbers.stop, about if offer else None, offer)
        for number in numbers:
            [scenario] = universe.world(number).scenarios
            words = f"{plan.reading.words} ({plan.words}), world {number}"
            world_job = Job(plan.change(scenario), seed, 2 * number, words, Purpose.WORLD, kpis=frozenset({THROUGHPUT}))
            jobs.append(world_job)
    replications = perform(jobs)
    rows = []
    for place, plan in enumerate(plans):
        runs = replications[place * worlds : (place + 1) * worlds]
        frames = [run.kpis for run in runs if not run.deadlock]
        [mt] = values_at([Address(THROUGHPUT, ALL, about.corridor, about.year)], frames)
        mt = mt[np.isfinite(mt)]  # where nothing arrives, nothing is observed
        carrying = np.nan if target_mt is None else float((mt >= target_mt).sum())
        chance = None if target_mt is None else share_interval(int(carrying), worlds, level)
        shares = (np.nan,) * 3 if chance is None else (chance.share, chance.low, chance.high)
        ends = np.percentile(mt, [10, 50, 90]).tolist() if len(mt) else [np.nan] * 3
        kind = AT_TARGET if offer else AS_DRAWN
        rows.append((plan.words, kind, worlds, worlds - len(frames), carrying, *shares, *ends))
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS))
