"""What plans come to over all that is not known: the same worlds for each, so that they differ by the plan alone.

A plan that carries a target at the inputs as stated has no chance yet: its replications differ by luck. So it is run in
worlds drawn as those of a forecast are, and by the same names: a scenario as stated carries in them what its forecast
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.measure.addresses import values_at
from sim.measure.chances import share_interval
from sim.measure.statistics import FloatArray
from sim.runs.replicate import Job, Perform, Purpose
from sim.scenario.addresses import Address
from sim.scenario.reading.read import Reading
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.scenario.worlds import unknown_paths
from sim.study.forecast.causes import ASK_COLUMNS, Driver, asked_causes, causes
from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.outcome import percentiles
from sim.study.forecast.plan import target_question
from sim.study.forecast.worlds import DrawnWorld, Offer, Universe
from sim.study.forecast.worth import FEWEST_WORLDS, choosing_gains, lessons, worth
from sim.study.question import THROUGHPUT, Question

WORLDS = 40
"""Of none of so many worlds a chance of up to a twelfth is left: enough to tell hardly from likely."""
ENDS = ("p10", "p50", "p90")
PLAN_COLUMNS = ("plan", "offer", "worlds", "stopped", "carrying", "share", "share_low", "share_high", *ENDS)
CHOICE_COLUMNS = (
    *("budget_musd", "plans", "plan", "worlds", "carried_mt", "better_share", *ASK_COLUMNS),
    *("worth_kt", "ci_low", "ci_high", "source"),
)
KT_PER_MT = 1000


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
    present_musd
        What it costs; NaN where that is not asked.
    """

    words: str
    reading: Reading
    change: Callable[[Scenario], Scenario] = lambda scenario: scenario
    present_musd: float = np.nan


@dataclass(eq=False)
class PlansInWorlds:
    """What some plans came to in the same worlds.

    Attributes
    ----------
    kind
        What the worlds have for an offer.
    carried_mt
        Of each plan, NaN where traffic stopped for good or nothing arrived: worlds × plans.
    stopped
        Number of worlds in which traffic stopped under each plan.
    universes, drawn_worlds
        Of each plan: where its worlds are from, and what was drawn in them.
    """

    kind: str
    carried_mt: FloatArray
    stopped: list[int] = field(default_factory=list)
    universes: list[Universe] = field(default_factory=list)
    drawn_worlds: list[list[DrawnWorld]] = field(default_factory=list)


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


def run_in_worlds(
    plans: Sequence[WorldPlan], about: Question, target_mt: float | None, worlds: int, seed: int, perform: Perform
) -> PlansInWorlds:
    """Run plans in the same worlds: in those at the target, if the scenario says how much is offered in them.

    Raises
    ------
    ScenarioError
        If a plan does not stand in a world.
    """
    offer = offer_for(plans[0].reading, about, target_mt)
    numbers = range(1, 2 * worlds, 2) if offer else range(worlds)  # every second world is at the target
    outcome = PlansInWorlds(AT_TARGET if offer else AS_DRAWN, np.full((worlds, len(plans)), np.nan))
    jobs = []
    for plan in plans:
        universe = Universe((plan.reading,), seed, numbers.stop, about if offer else None, offer)
        worlds_drawn = []
        for number in numbers:
            world = universe.world(number)
            [scenario] = world.scenarios
            words = f"{plan.reading.words} ({plan.words}), world {number}"
            kpis = frozenset({THROUGHPUT})
            jobs.append(Job(plan.change(scenario), seed, 2 * number, words, Purpose.WORLD, kpis=kpis))
            worlds_drawn.append(replace(world, scenarios=()))
        outcome.universes.append(universe)
        outcome.drawn_worlds.append(worlds_drawn)
    replications = perform(jobs)
    address = Address(THROUGHPUT, ALL, about.corridor, about.year)
    for place in range(len(plans)):
        runs = replications[place * worlds : (place + 1) * worlds]
        goes_on = np.array([not run.deadlock for run in runs], dtype=bool)
        [outcome.carried_mt[goes_on, place]] = values_at([address], [run.kpis for run in runs if not run.deadlock])
        outcome.stopped.append(int((~goes_on).sum()))
    return outcome


def over_worlds(
    plans: Sequence[WorldPlan],
    about: Question,
    target_mt: float | None,
    worlds: int,
    seed: int,
    level: float,
    perform: Perform,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What plans come to in worlds, and what finding out is worth to who chooses among those that have a cost.

    The first has a row a plan: plan, offer (`at target`, if the scenario says how much is offered where the target is
    in question), worlds, stopped (those in which traffic stops for good: they count as not carrying it), carrying,
    share, share_low, share_high (NaN without a target), p10, p50, p90 (Mt; NaN of too few). The second is of
    `choice_table`.

    Raises
    ------
    ScenarioError
        If a plan does not stand in a world.
    """
    if not worlds:
        return pd.DataFrame(columns=list(PLAN_COLUMNS)), pd.DataFrame(columns=list(CHOICE_COLUMNS))
    outcome = run_in_worlds(plans, about, target_mt, worlds, seed, perform)
    rows = []
    for plan, column, stopped in zip(plans, outcome.carried_mt.T, outcome.stopped, strict=True):
        mt = column[np.isfinite(column)]  # where nothing arrives, nothing is observed
        carrying = np.nan if target_mt is None else float((mt >= target_mt).sum())
        chance = None if target_mt is None else share_interval(int(carrying), worlds, level)
        shares = (np.nan,) * 3 if chance is None else (chance.share, chance.low, chance.high)
        ends = [percentiles(mt)[name] for name in ENDS]
        rows.append((plan.words, outcome.kind, worlds, stopped, carrying, *shares, *ends))
    return pd.DataFrame(rows, columns=list(PLAN_COLUMNS)), choice_table(plans, outcome, seed, level)


def choice_table(plans: Sequence[WorldPlan], outcome: PlansInWorlds, seed: int, level: float) -> pd.DataFrame:
    """What finding out is worth to who carries as much as he can for a budget: for each, and each thing to find out.

    So no tonne needs a price. Budgets are the costs of the plans, which are in order: at each all no dearer can be
    chosen, and nothing is told of one at which there is a single plan. budget_musd, plans (how many), plan (chosen
    where nothing is found out), worlds (those in which no plan stops traffic), carried_mt (by it, on average),
    better_share (share of worlds in which another one carries more), what is found out, worth_kt with its interval.
    """
    from threadpoolctl import threadpool_limits

    is_kept = np.asarray(np.isfinite(outcome.carried_mt).all(axis=1), bool)
    carried_mt = outcome.carried_mt[is_kept]
    rows: list[dict[str, Any]] = []
    if len(carried_mt) >= FEWEST_WORLDS and len(plans) > 1 and not np.isnan(plans[0].present_musd):
        drivers = drivers_of(outcome, is_kept)
        with threadpool_limits(1):  # sums over threads differ in their last digit from machine to machine
            # of the differences alone a choice is made, and what all plans share is in none of them
            fits = lessons([cause.germ for cause in drivers], carried_mt - carried_mt[:, [0]], seed)
        for number in range(2, len(plans) + 1):
            affordable = range(number)
            best = int(carried_mt[:, :number].mean(axis=0).argmax())
            about = {
                "budget_musd": plans[number - 1].present_musd,
                "plans": number,
                "plan": plans[best].words,
                "worlds": len(carried_mt),
                "carried_mt": float(carried_mt[:, best].mean()),
                "better_share": float((carried_mt[:, :number].max(axis=1) > carried_mt[:, best]).mean()),
            }
            for ask, places in asked_causes(drivers):
                value = worth(KT_PER_MT * choosing_gains(fits, places, affordable), level)
                rows.append(about | ask | {"worth_kt": value.mean, "ci_low": value.low, "ci_high": value.high})
    return pd.DataFrame(rows, columns=list(CHOICE_COLUMNS))


def drivers_of(outcome: PlansInWorlds, is_kept: npt.NDArray[np.bool_]) -> list[Driver]:
    """What is drawn in some worlds of all plans, each once: a plan that leaves an investment out has none of it."""
    drivers: dict[str, Driver] = {}
    for universe, drawn_worlds in zip(outcome.universes, outcome.drawn_worlds, strict=True):
        worlds = [world for world, keep in zip(drawn_worlds, is_kept, strict=True) if keep]
        drivers = {cause.germ.name: cause for cause in causes(universe, worlds)} | drivers
    return [drivers[name] for name in sorted(drivers)]
