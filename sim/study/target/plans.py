"""Plans of investment: which of a scenario's priced investments are made, and when; their cost; the scenario then.

An investment can be left out, made on the date the file states, or put off to the first day of the year before that
asked about; never made before the date stated. Put off any further, it would leave a queue of cargo that is carried in
the year asked about: tonnes owed to the delay. Costs are in million US dollars of the price level the file states; a
present value is as of the first day of the horizon, at a yearly rate of discount, and an investment is paid on the day
it opens.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from sim.scenario.checks.bounds import DAYS_PER_YEAR
from sim.scenario.keys import with_value
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.schema import Investment

Plan = tuple[dt.date | None, ...]
"""The day on which each investment opens; None if it is not made."""

NONE_MADE = "none"
"""The plan in which nothing is made."""


@dataclass(frozen=True)
class InvestmentChoice:
    """An investment to decide on.

    Attributes
    ----------
    cost_musd
        As stated.
    stated_day
        The day on which the file says that it opens; None if the file has it switched off.
    dates
        The days on which it may open, the earliest first.
    needs
        Positions of the choices it builds on.
    """

    name: str
    title: str
    cost_musd: float
    stated_day: dt.date | None
    dates: tuple[dt.date, ...]
    needs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Menu:
    """All choices, the day costs are discounted to, the rate a year, and the investments that stay as they are."""

    choices: tuple[InvestmentChoice, ...]
    day: dt.date
    discount_share: float
    fixed_names: tuple[str, ...] = ()

    @property
    def full_plan(self) -> Plan:
        """Every investment on the first day it may open."""
        return tuple(choice.dates[0] for choice in self.choices)

    @property
    def empty_plan(self) -> Plan:
        """No investment."""
        return (None,) * len(self.choices)

    @property
    def stated_plan(self) -> Plan:
        """What the file says."""
        return tuple(choice.stated_day for choice in self.choices)

    def plans(self) -> Iterator[Plan]:
        """Every plan that is sound."""
        return (plan for plan in product(*((None, *choice.dates) for choice in self.choices)) if self.is_sound(plan))

    def number(self) -> int:
        """How many plans there are, sound or not."""
        total = 1
        for choice in self.choices:
            total *= 1 + len(choice.dates)
        return total

    def is_sound(self, plan: Plan) -> bool:
        """Whether all that is made has what it needs, no later."""
        return all(
            day is None or ((ground_day := plan[ground]) is not None and ground_day <= day)
            for choice, day in zip(self.choices, plan, strict=True)
            for ground in choice.needs
        )

    def cost_musd(self, plan: Plan) -> float:
        """Cost as stated, not discounted."""
        return sum(choice.cost_musd for choice, day in zip(self.choices, plan, strict=True) if day is not None)

    def present_musd(self, plan: Plan) -> float:
        """Present value of the cost: cost over (1 + rate) to the power of the years until the opening."""
        total = 0.0
        for choice, day in zip(self.choices, plan, strict=True):
            if day is not None:
                years = (day - self.day).days / DAYS_PER_YEAR
                total += choice.cost_musd * math.exp(-years * math.log1p(self.discount_share))
        return total

    def words(self, plan: Plan) -> str:
        """A plan in words: the names of what is made, with the date where it is put off."""
        names = [
            choice.name + ("" if day == choice.dates[0] else f" from {day}")
            for choice, day in zip(self.choices, plan, strict=True)
            if day is not None
        ]
        return ", ".join(names) or NONE_MADE


def menu(reading: Reading, year: int, discount_share: float, kept_names: Sequence[str] = ()) -> Menu:
    """The choices of a scenario for a target in a year.

    Those without a cost, those in `kept_names`, those that open after the year, and those that build on one of them
    which is switched off, stay as the file has them; so does what one of them that is made by the end of the year
    builds on.
    """
    investments, end = reading.scenario.investments, dt.date(year + 1, 1, 1)
    free = {
        name: investment
        for name, investment in investments.items()
        if investment.cost_musd is not None and name not in kept_names and investment.opens < end
    }
    # each one that is taken out may tie another to the file, until none is left that does
    while not_free := [
        name for name in free if is_stuck(investments, free, name) or is_needed(investments, free, name, end)
    ]:
        free = {name: investment for name, investment in free.items() if name not in not_free}
    names = list(free)
    choices = []
    for name, investment in free.items():
        latest = dt.date(year - 1, 1, 1)
        dates = (investment.opens, *([latest] if latest > investment.opens else []))
        needs = tuple(names.index(ground) for ground in investment.needs if ground in free)
        stated_day = investment.opens if investment.active else None
        choices.append(InvestmentChoice(name, investment.title, investment.cost_musd or 0.0, stated_day, dates, needs))
    left_names = tuple(name for name in reading.scenario.investments if name not in free)
    return Menu(tuple(choices), reading.scenario.horizon.start, discount_share, left_names)


def is_stuck(investments: Mapping[str, Investment], free: Mapping[str, Investment], name: str) -> bool:
    """Whether an investment builds on one that is switched off and will stay so."""
    return any(ground not in free and not investments[ground].active for ground in investments[name].needs)


def is_needed(investments: Mapping[str, Investment], free: Mapping[str, Investment], name: str, end: dt.date) -> bool:
    """Whether an investment is made, and one that stays made builds on it before a day."""
    staying = [investments[key] for key in investments if key not in free and investments[key].active]
    return investments[name].active and any(name in upper.needs for upper in staying if upper.opens < end)


def with_plan(reading: Reading, menu: Menu, plan: Plan) -> Reading:
    """A scenario with a plan carried out.

    Raises
    ------
    ScenarioError
        If the scenario does not stand it, as where an investment put off comes in between two others.
    """
    data = reading.resolved
    for choice, day in zip(menu.choices, plan, strict=True):
        data = with_value(data, ("investments", choice.name, "active"), day is not None)
        if day is not None:
            data = with_value(data, ("investments", choice.name, "opens"), day)
    scenario, complaints = scenario_from(data)
    if scenario is None or complaints:
        spot, investments = Spot(reading.file), menu.words(plan)
        raise ScenarioError([Problem(spot, path, f"{message} (tried: {investments})") for path, message in complaints])
    return replace(reading, scenario=scenario, resolved=data)
