"""Search among plans of investment for the frontier of cost against throughput, in few evaluations.

Two things make few enough. *Bounds*: a plan carries no more than one that makes all it makes, no later; so a plan need
not be run if another, no dearer, is known to carry as much as it can. (More capacity carrying less is possible in a
network with queues, and rare; what is measured is kept as measured.) *A sampler*: the genetic algorithm NSGA-II (Deb
and others 2002) of Optuna proposes plans in batches of fixed size, so that the search is the same for any number of
workers; what the bounds decide costs it nothing. Then the plans that may still better the frontier most are run, those
that put something off last, until none is left or the evaluations are spent. Few plans are all evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sim.study.target.plans import Menu, Plan

if TYPE_CHECKING:
    import optuna

BATCH = 8
"""Plans evaluated together."""

LISTED = 5_000
"""Most plans that are all looked at; of more, the neighbours of the frontier."""

PROPOSED_SHARE = 0.5
"""Share of the evaluations that the sampler may spend."""

GENERATIONS = 40
"""Most generations of the sampler."""

SEEDS = 2**32
"""Seeds that the sampler knows; a study has more."""

Evaluate = Callable[[Sequence[Plan]], Sequence[float]]
"""What some plans carry, Mt; always the same for the same plan."""


@dataclass
class Search:
    """A search under way.

    Attributes
    ----------
    menu, evaluate, most
        The plans; what they carry; most plans evaluated.
    tolerance
        Gains of no more than this, Mt, are none.
    known
        What each plan evaluated carries, in the order of evaluation.
    on_batch
        Called after each batch.
    method
        How plans were found.
    """

    menu: Menu
    evaluate: Evaluate
    most: int
    tolerance: float = 0.0
    on_batch: Callable[[Search], None] = lambda search: None
    known: dict[Plan, float] = field(default_factory=dict)
    method: str = "all plans"

    @property
    def left(self) -> int:
        """Evaluations left."""
        return self.most - len(self.known)

    def run(self, plans: Iterable[Plan]) -> None:
        """Evaluate what is sound and not yet known, as far as evaluations are left."""
        fresh = [plan for plan in dict.fromkeys(plans) if plan not in self.known and self.menu.is_sound(plan)]
        fresh = fresh[: self.left]
        if fresh:
            self.known |= dict(zip(fresh, self.evaluate(fresh), strict=True))
            self.on_batch(self)

    def ceiling(self, plan: Plan) -> float:
        """The most a plan may carry, as far as is known."""
        return min((mt for other, mt in self.known.items() if is_part(plan, other)), default=float("inf"))

    def promise(self, plan: Plan) -> float:
        """How much more than any plan known that is no dearer a plan may carry, Mt."""
        cost = self.menu.present_musd(plan)
        floor = max((mt for other, mt in self.known.items() if self.menu.present_musd(other) <= cost), default=0.0)
        return self.ceiling(plan) - floor

    def is_open(self, plan: Plan) -> bool:
        """Whether a plan may still better the frontier."""
        return plan not in self.known and self.promise(plan) > self.tolerance

    def frontier(self) -> list[Plan]:
        """The plans known that carry more than every cheaper one, the cheapest first."""
        found: list[Plan] = []
        best = float("-inf")
        for plan in sorted(self.known, key=lambda each: (self.menu.present_musd(each), -self.known[each])):
            if self.known[plan] > best + (self.tolerance if found else 0.0):
                found.append(plan)
                best = self.known[plan]
        return found

    def open_plans(self) -> list[Plan]:
        """The plans that may still better the frontier, the most promising first.

        Those that put something off come in when no other is left. A plan promises what it may carry, less what the
        choices that it leaves out are worth to the whole.
        """
        losses = self.losses()
        for pool in (self.prompt_plans(), self.later_plans()):
            promising = [(self.promise(plan) - self.lost(losses, plan), plan) for plan in pool if self.is_open(plan)]
            if promising:
                promising.sort(key=lambda each: -each[0])
                return [plan for _, plan in promising]
        return []

    def prompt_plans(self) -> Iterable[Plan]:
        """The plans that put nothing off; where they are many, those around the frontier."""
        prompt = replace(self.menu, choices=tuple(replace(each, dates=each.dates[:1]) for each in self.menu.choices))
        if prompt.number() <= LISTED:
            return prompt.plans()
        near = dict.fromkeys(plan for known in self.frontier() for plan in around(prompt, known))
        return [plan for plan in near if self.menu.is_sound(plan)]

    def later_plans(self) -> Iterable[Plan]:
        """The plans around the frontier."""
        near = dict.fromkeys(plan for known in self.frontier() for plan in around(self.menu, known))
        return [plan for plan in near if self.menu.is_sound(plan)]

    def losses(self) -> list[float]:
        """What each choice alone is worth to the whole, Mt, where it is known."""
        everything = self.menu.everything
        whole = self.known.get(everything, 0.0)
        return [
            max(0.0, whole - self.known.get(without(self.menu, everything, place), whole))
            for place in range(len(everything))
        ]

    def lost(self, losses: Sequence[float], plan: Plan) -> float:
        """What a plan is expected to lose of the whole, if losses add up."""
        return sum(loss for loss, day in zip(losses, plan, strict=True) if day is None)


def search(
    menu: Menu,
    evaluate: Evaluate,
    most: int,
    seed: int,
    tolerance: float = 0.0,
    on_batch: Callable[[Search], None] = lambda search: None,
) -> Search:
    """Evaluate plans, at most so many, and find the frontier of present cost against throughput among them.

    Parameters
    ----------
    seed
        Of the sampler.
    tolerance
        Gains of no more than this, Mt, are none: noise of the evaluation.
    """
    found = Search(menu, evaluate, most, tolerance, on_batch)
    found.run([menu.everything, menu.nothing, menu.stated])
    if menu.number() <= LISTED:
        plans = list(menu.plans())
        if len(plans) <= most:
            found.run(plans)
            return found
    found.method = "Optuna NSGA-II and bounds"
    found.run(without(menu, menu.everything, place) for place in range(len(menu.choices)))
    propose(found, seed)
    while found.left and (plans := found.open_plans()):
        found.run(plans[:BATCH])
    return found


def is_part(plan: Plan, other: Plan) -> bool:
    """Whether another plan makes all that a plan makes, no later."""
    return all(day is None or (its is not None and its <= day) for day, its in zip(plan, other, strict=True))


def without(menu: Menu, plan: Plan, place: int) -> Plan:
    """A plan without one choice, and without what builds on it."""
    gone = {place}
    while more := {at for at, each in enumerate(menu.choices) if gone & set(each.needs)} - gone:
        gone |= more
    return tuple(None if at in gone else day for at, day in enumerate(plan))


def around(menu: Menu, plan: Plan) -> Iterable[Plan]:
    """The plans that differ in one choice or, to swap, in two."""
    options = [(None, *choice.dates) for choice in menu.choices]
    changes = [(place, day) for place, days in enumerate(options) for day in days if day != plan[place]]
    for place, day in changes:
        once = (*plan[:place], day, *plan[place + 1 :])
        yield once
        yield from ((*once[:at], other, *once[at + 1 :]) for at, other in changes if at > place)


def propose(found: Search, seed: int) -> None:
    """Evaluate what the sampler proposes, in batches, as long as its share of the evaluations lasts."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.NSGAIISampler(population_size=2 * BATCH, seed=seed % SEEDS)
    study = optuna.create_study(directions=["minimize", "maximize"], sampler=sampler)
    for plan in found.known:
        made = (day is not None for day in plan)
        study.enqueue_trial(dict(zip((choice.name for choice in found.menu.choices), made, strict=True)))
    least_left = round((1 - PROPOSED_SHARE) * found.most)
    for _ in range(2 * GENERATIONS):
        if found.left <= least_left or not found.open_plans():
            break
        trials = [study.ask() for _ in range(BATCH)]
        plans = [asked(found.menu, trial) for trial in trials]
        found.run(
            [plan for plan in plans if found.menu.is_sound(plan) and found.is_open(plan)][: found.left - least_left]
        )
        for trial, plan in zip(trials, plans, strict=True):
            if found.menu.is_sound(plan):
                carried = found.known.get(plan, found.ceiling(plan))
                study.tell(trial, [found.menu.present_musd(plan), carried])
            else:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)


def asked(menu: Menu, trial: optuna.trial.Trial) -> Plan:
    """The plan of a trial."""
    made = (trial.suggest_categorical(each.name, [False, True]) for each in menu.choices)
    return tuple(each.dates[0] if is_made else None for each, is_made in zip(menu.choices, made, strict=True))
