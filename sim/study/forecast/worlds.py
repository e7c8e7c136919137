"""The worlds of a forecast: scenarios in which every unknown has come to something, built and checked one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import ValidationError

from sim.scenario.changes import with_changes
from sim.scenario.factors import Factor, Point
from sim.scenario.keys import Data
from sim.scenario.laws import Draw, ends_of
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.reading.read import Reading, is_around, scenario_from, spot_of
from sim.scenario.schema import Scenario
from sim.scenario.sources import value_text
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import unknown_paths, with_draws
from sim.study.arithmetic.loads import offered_mt
from sim.study.forecast.draws import AT_TARGET, Draws, common_given, draws, offer_in, shares_drawn, values_in
from sim.study.forecast.ensemble import Ensemble
from sim.study.question import Question
from sim.study.sweep.factors import points_at, table_at

NEAR = 1e-3
"""Share of what is to be offered by which it may be missed: a twentieth of a replication's own scatter."""
MOST_TRIES = 6
MOST_TOLD = 6
"""Unknowns of a world that a message names."""


@dataclass(frozen=True)
class Offer:
    """The unknown that scales what a corridor is offered, and what it is offered in worlds at the target, Mt."""

    name: str
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class DrawnWorld:
    """One world: its number, what it has for an offer, what unknowns come to, and each scenario in it.

    `offers_mt` are what the corridor is offered in the year of the question in each, by arithmetic; NaN without one.
    """

    number: int
    offer: str
    values: Mapping[str, Draw]
    scenarios: tuple[Scenario, ...]
    offers_mt: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Universe:
    """All worlds that may come about, each made when it is asked for.

    Attributes
    ----------
    readings
        The scenarios; the last is the one that is asked about.
    about, offer
        What corridor and year are asked about, and which unknown is its offer, if there are such.
    ensemble
        What a match left, from which unknowns are drawn that it has.
    movable
        Of each scenario the inputs that rest on facts later than the day at which it is cut, and no unknown speaks for.
    """

    readings: tuple[Reading, ...]
    seed: int
    worlds: int
    about: Question | None
    offer: Offer | None
    ensemble: Ensemble | None = None
    movable: tuple[tuple[Factor, ...], ...] = ()

    @cached_property
    def points(self) -> tuple[list[Point], ...]:
        """What the movable inputs of each scenario come to in each world."""
        return tuple(
            points_at(movable, np.column_stack(shares)) if shares else [()] * self.worlds
            for movable in self.movable
            for shares in [[shares_drawn(self.seed, f"input {factor.key}", self.worlds) for factor in movable]]
        )

    def table(self, place: int, number: int) -> Data:
        """The table of a scenario in a world, before anything unknown has come to something."""
        data = self.readings[place].resolved
        return table_at(data, self.movable[place], self.points[place][number]) if any(self.movable) else data

    def cut_inputs(self, number: int) -> dict[str, Any]:
        """What the movable inputs come to in a world, by key; of one that two scenarios have, in the last."""
        return {
            factor.key: value
            for movable, points in zip(self.movable, self.points, strict=True)
            for factor, value in zip(movable, points[number], strict=True)
        }

    @cached_property
    def unknowns(self) -> dict[str, Unknown]:
        """The unknowns of all scenarios by name; of one that two scenarios have the last one's."""
        return {name: entry for reading in self.readings for name, entry in reading.scenario.unknown.items()}

    @cached_property
    def unknowns_in(self) -> tuple[dict[str, Unknown], ...]:
        """The unknowns that move something in each scenario: its own, and the other's, as far as it has the inputs.

        A scenario without them would differ from the other by luck of the draw, not by what is compared.
        """
        return tuple(
            {
                name: own
                for name, entry in self.unknowns.items()
                if unknown_paths(reading.resolved, own := reading.scenario.unknown.get(name, entry))
            }
            for reading in self.readings
        )

    @cached_property
    def draws(self) -> Draws:
        """What is drawn in all worlds."""
        prior = draws(self.unknowns, self.seed, self.worlds)
        return prior if self.ensemble is None else self.ensemble.applied_to(prior, self.seed, self.worlds)

    @cached_property
    def stated_offers(self) -> tuple[float, float]:
        """What is offered as stated, Mt, and how much more at each unit more of the scale; all else as stated."""
        entry = self.unknowns[self.offer_name]
        low, _, high = ends_of(entry, None)  # at both the scenario stands
        low_mt, high_mt = (self.offered_if({self.offer_name: end}) for end in (low, high))
        slope_mt = (high_mt - low_mt) / (high - low)
        return low_mt + slope_mt * (1 - low), slope_mt

    @property
    def offer_name(self) -> str:
        """The name of the unknown of the offer."""
        assert self.offer is not None
        return self.offer.name

    def offered_if(self, values: Mapping[str, Draw]) -> float:
        """What the scenario asked about offers where unknowns come to some values, Mt; nothing else is checked."""
        assert self.about is not None
        data, _ = with_changes(with_draws(self.readings[-1].resolved, values, self.unknowns_in[-1]))
        return offered_mt(Scenario.model_validate(data), self.about.corridor, self.about.year)

    def target_offer(self, world: int) -> float:
        """What is to be offered in a world at the target, Mt."""
        assert self.offer is not None
        return self.offer.low + float(self.draws.own[self.offer.name][world]) * (self.offer.high - self.offer.low)

    def world(self, number: int) -> DrawnWorld:
        """A world, checked.

        Raises
        ------
        ScenarioError
            If a scenario does not stand in it.
        """
        offer = offer_in(number, self.offer is not None)
        common = {name: float(shares[number]) for name, shares in self.draws.common.items()}
        own = {name: float(shares[number]) for name, shares in self.draws.own.items()}
        if offer == AT_TARGET:
            common = self.common_at_target(number, common)
        values = [
            values_in(self.table(place, number), unknowns, own, common)
            for place, unknowns in enumerate(self.unknowns_in)
        ]
        if offer == AT_TARGET:
            scale = self.scale_in(number, values[-1])
            values = [{**entry, self.offer_name: scale} if self.offer_name in entry else entry for entry in values]
        scenarios = tuple(self.scenario_in(place, number, entry) for place, entry in enumerate(values))
        about = self.about
        offers_mt = tuple(
            np.nan if about is None else offered_mt(scenario, about.corridor, about.year) for scenario in scenarios
        )
        return DrawnWorld(
            number, offer, {name: value for entry in values for name, value in entry.items()}, scenarios, offers_mt
        )

    def common_at_target(self, number: int, common: Mapping[str, float]) -> dict[str, float]:
        """What unknowns have in common in a world at the target: fleets made for much cargo go with much of it."""
        entry = self.unknowns[self.offer_name]
        if entry.moves_with is None:
            return dict(common)
        stated_mt, slope_mt = self.stated_offers
        scale = 1 + (self.target_offer(number) - stated_mt) / slope_mt
        return {**common, entry.moves_with: common_given(entry, scale, common[entry.moves_with])}

    def scale_in(self, number: int, values: Mapping[str, Draw]) -> float:
        """The scale at which a world offers what it is to offer; by secants, for all else has a say in it."""
        wanted_mt = self.target_offer(number)
        stated_mt, slope_mt = self.stated_offers
        scale = 1 + (wanted_mt - stated_mt) / slope_mt
        for _ in range(MOST_TRIES):
            try:
                offers_mt = self.offered_if({**values, self.offer_name: scale})
            except ValidationError:  # it does not stand there, which is told in words when it is made
                break
            if abs(offers_mt - wanted_mt) <= NEAR * wanted_mt:
                break
            scale *= wanted_mt / offers_mt
        return float(f"{scale:.6g}")

    def scenario_in(self, place: int, number: int, values: Mapping[str, Draw]) -> Scenario:
        """A scenario in a world.

        Raises
        ------
        ScenarioError
            If it does not stand there; it names the unknowns near by.
        """
        reading, unknowns = self.readings[place], self.unknowns_in[place]
        scenario, complaints = scenario_from(with_draws(self.table(place, number), values, unknowns))
        if scenario is None or complaints:
            problems = []
            for path, message in complaints:
                where = world_words(reading, unknowns, values, path)
                spot = spot_of(path, reading.spots, reading.file)
                problems.append(Problem(spot, path, f"{message} (world {number}: {where})"))
            raise ScenarioError(problems)
        return scenario


def world_words(reading: Reading, unknowns: Mapping[str, Unknown], values: Mapping[str, Draw], path: KeyPath) -> str:
    """A world in words: the unknowns that move what lies near a key path first, and no more than a few."""
    near = [
        name
        for name in values
        if any(is_around(moved_path, path) for moved_path in unknown_paths(reading.resolved, unknowns[name]))
    ] or [*values]
    tail = [f"and {len(near) - MOST_TOLD} more"] if len(near) > MOST_TOLD else []
    return ", ".join([*(f"{name} = {value_text(values[name])}" for name in near[:MOST_TOLD]), *tail])
