"""Search among plans of investment for the frontier of cost against throughput, in few evaluations.

Two things make few enough. *Bounds*: a plan carries no more than one that makes all it makes, no later; so a plan need
not be run if another, no dearer, is known to carry as much as it can. (More capacity carrying less is possible in a
network with queues, and rare; what is measured is kept as measured.) *The greatest gain first*: of the plans that the
bounds leave open, those run next are expected to lift the frontier most, summed over all budgets; those that put
something off come last. So it goes on until none is open or the evaluations are spent. Plans
are evaluated in batches of fixed size, and nothing is drawn: the search is the same for any number of workers and any
seed. Few plans are all evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from sim.study.target.plans import Menu, Plan

BATCH = 4
"""Plans evaluated together: more keep more workers busy, and each is proposed knowing less."""

MOST_ENUMERATED = 5_000
"""Most plans that are all looked at; of more, the neighbours of the frontier."""

Evaluate = Callable[[Sequence[Plan]], Sequence[float]]
"""What some plans carry, Mt; always the same for the same plan."""


@dataclass
class Search:
    """A search under way.

    Attributes
    ----------
    menu, evaluate, limit
        The plans; what they carry; most plans evaluated.
    tolerance
        Gains of no more than this, Mt, are none.
    on_batch
        Called after each batch.
    mt_by_plan
        What each plan evaluated carries, in the order of evaluation.
    method
        How plans were found.
    """

    menu: Menu
    evaluate: Evaluate
    limit: int
    tolerance: float = 0.0
    on_batch: Callable[[Search], None] = lambda search: None
    mt_by_plan: dict[Plan, float] = field(default_factory=dict)
    method: str = "all plans"

    @property
    def evaluations_left(self) -> int:
        """Plans that may still be evaluated."""
        return self.limit - len(self.mt_by_plan)

    def run(self, plans: Iterable[Plan]) -> None:
        """Evaluate what is sound and new, as far as evaluations are left."""
        fresh = [plan for plan in dict.fromkeys(plans) if plan not in self.mt_by_plan and self.menu.is_sound(plan)]
        fresh = fresh[: self.evaluations_left]
        if fresh:
            self.mt_by_plan |= dict(zip(fresh, self.evaluate(fresh), strict=True))
            self.on_batch(self)

    def ceiling(self, plan: Plan) -> float:
        """The most a plan may carry, as far as is known."""
        return min((mt for wider, mt in self.mt_by_plan.items() if is_within(plan, wider)), default=float("inf"))

    def floor(self, plan: Plan) -> float:
        """The least a plan may carry, as far as is known."""
        return max((mt for part, mt in self.mt_by_plan.items() if is_within(part, plan)), default=0.0)

    def frontier(self) -> list[Plan]:
        """The plans evaluated that carry more than every cheaper one, the cheapest first."""
        frontier: list[Plan] = []
        best = float("-inf")
        for plan in sorted(self.mt_by_plan, key=lambda plan: (self.menu.present_musd(plan), -self.mt_by_plan[plan])):
            if self.mt_by_plan[plan] > best + (self.tolerance if frontier else 0.0):
                frontier.append(plan)
                best = self.mt_by_plan[plan]
        return frontier

    def rivals(self, plans: Sequence[Plan]) -> list[Plan]:
        """For each of some plans the one evaluated that carries most of those no dearer that are no part of it.

        Who makes all that a part of it makes, no later, carries no less: a part is no rival.
        """
        rival_plans: list[Plan] = []
        for plan in plans:
            cost = self.menu.present_musd(plan)
            candidates = [
                other
                for other in self.mt_by_plan
                if self.menu.present_musd(other) <= cost and not is_within(other, plan) and other not in plans
            ]
            rival_plans += [max(candidates, key=lambda other: self.mt_by_plan[other])] if candidates else []
        return list(dict.fromkeys(rival_plans))

    def open_plans(self) -> list[Plan]:
        """The plans that may still better the frontier, those with the greatest gain to expect first.

        Those that put something off come in when no other is left. Gains are expected in two ways by turns: of a plan
        that carries its ceiling, less what the choices it leaves out are worth to the whole; and of one that carries
        the middle between its floor and its ceiling. The first alone wanders among cheap plans much like each other,
        all with the same ceiling; the second alone is slow to drop what is worth nothing.
        """
        budgets, losses = self.budgets(), self.losses()
        for pool in (self.prompt_plans(), self.plans_around(self.menu)):
            hopeful, middling = {}, {}
            for plan in pool:
                cost, ceiling = self.menu.present_musd(plan), self.ceiling(plan)
                margin = ceiling - max((mt for budget, mt in budgets if budget <= cost), default=0.0)
                if plan not in self.mt_by_plan and margin > self.tolerance:
                    loss = sum(loss for loss, day in zip(losses, plan, strict=True) if day is None)
                    hopeful[plan] = (gain_over(budgets, cost, ceiling - loss), margin - loss)
                    middling[plan] = (gain_over(budgets, cost, (self.floor(plan) + ceiling) / 2), margin - loss)
            if hopeful:
                ranks = [sorted(gains, key=lambda plan: gains[plan], reverse=True) for gains in (middling, hopeful)]
                return list(dict.fromkeys(plan for pair in zip(*ranks, strict=True) for plan in pair))
        return []

    def budgets(self) -> list[tuple[float, float]]:
        """The present cost of every plan evaluated, in order, with the most that any no dearer one carries."""
        points = sorted((self.menu.present_musd(plan), mt) for plan, mt in self.mt_by_plan.items())
        return list(zip((cost for cost, _ in points), accumulate((mt for _, mt in points), max), strict=True))

    def losses(self) -> list[float]:
        """What each choice alone is worth to the whole, Mt, where it is known."""
        full_plan = self.menu.full_plan
        full_mt = self.mt_by_plan.get(full_plan, 0.0)
        return [
            max(0.0, full_mt - self.mt_by_plan.get(without(self.menu, full_plan, place), full_mt))
            for place in range(len(full_plan))
        ]

    def prompt_plans(self) -> Iterable[Plan]:
        """The plans that put nothing off; where they are many, those around the frontier."""
        choices = tuple(replace(choice, dates=choice.dates[:1]) for choice in self.menu.choices)
        prompt = replace(self.menu, choices=choices)
        return prompt.plans() if prompt.number() <= MOST_ENUMERATED else self.plans_around(prompt)

    def plans_around(self, menu: Menu) -> Iterable[Plan]:
        """The sound plans of a menu that differ from one of the frontier in a choice or two."""
        nearby = dict.fromkeys(plan for centre in self.frontier() for plan in neighbours(menu, centre))
        return (plan for plan in nearby if menu.is_sound(plan))


def search_plans(
    menu: Menu,
    evaluate: Evaluate,
    limit: int,
    tolerance: float = 0.0,
    on_batch: Callable[[Search], None] = lambda search: None,
) -> Search:
    """Evaluate plans, at most `limit`, and find the frontier of present cost against throughput among them.

    Parameters
    ----------
    tolerance
        Gains of no more than this, Mt, are none: noise of the evaluation.
    """
    state = Search(menu, evaluate, limit, tolerance, on_batch)
    state.run([menu.full_plan, menu.empty_plan, menu.stated_plan])
    if menu.number() <= MOST_ENUMERATED:
        plans = list(menu.plans())
        if len(plans) <= limit:
            state.run(plans)
            return state
    state.method = "bounds, the greatest gain first"
    state.run(without(menu, menu.full_plan, place) for place in range(len(menu.choices)))
    while state.evaluations_left and (plans := state.open_plans()):
        state.run(plans[:BATCH])
    return state


def gain_over(budgets: Sequence[tuple[float, float]], cost: float, mt: float) -> float:
    """What a plan adds to the most carried, summed over all budgets from its cost to the greatest, Mt × M$.

    Parameters
    ----------
    budgets
        As from `Search.budgets`.
    """
    best = max((most_mt for budget, most_mt in budgets if budget <= cost), default=0.0)
    ends = [(cost, best), *((budget, most_mt) for budget, most_mt in budgets if budget > cost)]
    return sum(max(0.0, mt - most_mt) * (end - start) for (start, most_mt), (end, _) in pairwise(ends))


def is_within(plan: Plan, wider: Plan) -> bool:
    """Whether another plan makes all that a plan makes, no later."""
    return all(day is None or (at is not None and at <= day) for day, at in zip(plan, wider, strict=True))


def without(menu: Menu, plan: Plan, place: int) -> Plan:
    """A plan without one choice, and without what builds on it."""
    gone_places = {place}
    while dependents := {at for at, choice in enumerate(menu.choices) if gone_places & set(choice.needs)} - gone_places:
        gone_places |= dependents
    return tuple(None if at in gone_places else day for at, day in enumerate(plan))


def neighbours(menu: Menu, plan: Plan) -> Iterator[Plan]:
    """The plans that differ in one choice or, to swap, in two."""
    options = [(None, *choice.dates) for choice in menu.choices]
    changes = [(place, day) for place, days in enumerate(options) for day in days if day != plan[place]]
    for place, day in changes:
        single = (*plan[:place], day, *plan[place + 1 :])
        yield single
        yield from ((*single[:at], swap, *single[at + 1 :]) for at, swap in changes if at > place)
