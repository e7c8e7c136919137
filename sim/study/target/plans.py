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
from dataclasses import dataclass
from itertools import product

from sim.scenario.checks.bounds import DAYS_PER_YEAR
from sim.scenario.keys import with_value
from sim.scenario.problems import Problem, ScenarioError, Spot
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.schema import Investment, Scenario

Plan = tuple[dt.date | None, ...]
"""The day on which each investment opens; None if it is not made."""


@dataclass(frozen=True)
class Choice:
    """An investment to decide on.

    Attributes
    ----------
    cost_musd
        As stated.
    stated
        The day on which the file says that it opens; None if the file has it switched off.
    dates
        The days on which it may open, the earliest first.
    needs
        Positions of the choices it builds on.
    """

    name: str
    title: str
    cost_musd: float
    stated: dt.date | None
    dates: tuple[dt.date, ...]
    needs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Menu:
    """All choices, the day costs are discounted to, the rate a year, and the investments that stay as they are."""

    choices: tuple[Choice, ...]
    day: dt.date
    discount_share: float
    fixed: tuple[str, ...] = ()

    @property
    def everything(self) -> Plan:
        """Every investment on the first day it may open."""
        return tuple(choice.dates[0] for choice in self.choices)

    @property
    def nothing(self) -> Plan:
        """No investment."""
        return (None,) * len(self.choices)

    @property
    def stated(self) -> Plan:
        """What the file says."""
        return tuple(choice.stated for choice in self.choices)

    def plans(self) -> Iterator[Plan]:
        """Every plan that is sound."""
        return (plan for plan in product(*((None, *each.dates) for each in self.choices)) if self.is_sound(plan))

    def number(self) -> int:
        """How many plans there are, sound or not."""
        total = 1
        for choice in self.choices:
            total *= 1 + len(choice.dates)
        return total

    def is_sound(self, plan: Plan) -> bool:
        """Whether all that is made has what it needs, no later."""
        return all(
            day is None or ((other := plan[needed]) is not None and other <= day)
            for choice, day in zip(self.choices, plan, strict=True)
            for needed in choice.needs
        )

    def cost_musd(self, plan: Plan) -> float:
        """Cost as stated, not discounted."""
        return sum(each.cost_musd for each, day in zip(self.choices, plan, strict=True) if day is not None)

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
        made = [
            choice.name + ("" if day == choice.dates[0] else f" from {day}")
            for choice, day in zip(self.choices, plan, strict=True)
            if day is not None
        ]
        return ", ".join(made) or "none"


def menu(reading: Reading, year: int, discount_share: float, given: Sequence[str] = ()) -> Menu:
    """The choices of a scenario for a target in a year.

    Those without a cost, those `given`, those that open after the year, and those that build on one of them which is
    switched off, stay as the file has them; so does what one of them that is made by the end of the year builds on.
    """
    known, end = reading.scenario.investments, dt.date(year + 1, 1, 1)
    free = {
        name: each
        for name, each in known.items()
        if each.cost_musd is not None and name not in given and each.opens < end
    }
    while stuck := [name for name in free if is_stuck(known, free, name) or is_needed(known, free, name, end)]:
        free = {name: each for name, each in free.items() if name not in stuck}
    names = list(free)
    choices = []
    for name, each in free.items():
        latest = dt.date(year - 1, 1, 1)
        dates = (each.opens, *([latest] if latest > each.opens else []))
        needs = tuple(names.index(needed) for needed in each.needs if needed in free)
        stated = each.opens if each.active else None
        choices.append(Choice(name, each.title, each.cost_musd or 0.0, stated, dates, needs))
    fixed = tuple(name for name in reading.scenario.investments if name not in free)
    return Menu(tuple(choices), reading.scenario.horizon.start, discount_share, fixed)


def is_stuck(known: Mapping[str, Investment], free: Mapping[str, Investment], name: str) -> bool:
    """Whether an investment builds on one that is switched off and will stay so."""
    return any(needed not in free and not known[needed].active for needed in known[name].needs)


def is_needed(known: Mapping[str, Investment], free: Mapping[str, Investment], name: str, end: dt.date) -> bool:
    """Whether an investment is made, and one that stays made builds on it before a day."""
    staying = [each for other, each in known.items() if other not in free and each.active and each.opens < end]
    return known[name].active and any(name in each.needs for each in staying)


def with_plan(reading: Reading, menu: Menu, plan: Plan) -> Scenario:
    """The scenario with a plan carried out.

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
        spot, tried = Spot(str(reading.files[0])), menu.words(plan)
        raise ScenarioError([Problem(spot, path, f"{message} (tried: {tried})") for path, message in complaints])
    return scenario
