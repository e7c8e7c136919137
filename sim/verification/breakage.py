"""What takes the place of a rule when it is broken on purpose. Each function stands for the one it is named against."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.measure.periods import periods
from sim.measure.statistics import FloatArray, Intervals, intervals, t_quantile
from sim.model.bans import ConventionBan
from sim.model.coupling import Leaving
from sim.model.ledger import Channel
from sim.model.papers import Clearance, CustomsLuck, PaperLuck, TezLuck, channels, paper_luck, tez_luck
from sim.model.randomness import Luck, quantile
from sim.model.resources import HAIR, NEVER, Desk, Paths, Room
from sim.model.routes import Travellers
from sim.model.simulate import simulate, write_train
from sim.model.standing import stand_until_room, vacate
from sim.model.traffic import step_values, unit_points
from sim.model.wagons import WagonSets, WagonTrip
from sim.runs.results import by_replication
from sim.scenario.calendar import OpenSpells, Steps
from sim.scenario.values import Spread

if TYPE_CHECKING:
    from array import array

    from sim.model.world import Train, World
    from sim.scenario.schema import Scenario

new_desk, change_desk = Desk.__init__, Desk.change
request = Room.request
after_work = OpenSpells.after_work
new_paths = Paths.__init__
release_set = WagonSets.release
stream = Luck.stream
new_ban = ConventionBan.__init__
TURNS = itertools.count()
"""Tells one side of a comparison from the other."""


def desk_more(self: Desk, capacity: Steps[int], hours: OpenSpells | None = None, finish: bool = True) -> None:
    """One place more than stated."""
    new_desk(self, capacity, hours, finish)
    heapq.heappush(self.free_h, -NEVER)


def no_overtime(self: Desk, capacity: Steps[int], hours: OpenSpells | None = None, finish: bool = True) -> None:
    """What is under way at closing always rests."""
    new_desk(self, capacity, hours, False)


def has_one_more(self: Room, units: float) -> bool:
    """Room for one unit more than there is."""
    return self.capacity > 0 and self.held + units <= self.capacity + 1 + HAIR


def last_first(self: Room, priority: int, number: int, units: float = 1) -> Any:
    """Last come, first served."""
    return request(self, priority, -number, units)


def no_priority(self: Room, priority: int, number: int, units: float = 1) -> Any:
    """In the order of their numbers alone."""
    return request(self, 0, number, units)


def never_cut(self: Desk) -> None:
    """A dated cut is not carried out."""
    self.changes[0] = (self.changes[0][0], max(0, self.changes[0][1]))
    change_desk(self)


def never_raise(self: Desk) -> None:
    """A dated rise is not carried out."""
    self.changes[0] = (self.changes[0][0], min(0, self.changes[0][1]))
    change_desk(self)


def never_follow(self: Room, capacity: Steps[int]) -> Generator[Any, Any, None]:
    """Dated changes are not carried out."""
    yield self.clock.at(NEVER)


def begin_anew(self: OpenSpells, start_h: float, work_h: float) -> float:
    """What rests over a closing is begun anew."""
    spells = zip(self.opens_h, self.closes_h, strict=True)
    return next(max(start_h, opens) + work_h for opens, closes in spells if max(start_h, opens) + work_h <= closes)


def late_resume(self: OpenSpells, start_h: float, work_h: float) -> float:
    """A quarter of an hour is lost at each opening."""
    ended_h = after_work(self, start_h, work_h)
    openings = sum(start_h < opens < ended_h for opens in self.opens_h)
    return after_work(self, start_h, work_h + openings / 4)


def always_open(self: Desk, now_h: float, service_h: float, hours: OpenSpells) -> tuple[float, float]:
    """Round the clock."""
    started_h = max(now_h, self.free_h[0])
    heapq.heapreplace(self.free_h, started_h + service_h)
    return started_h, started_h + service_h


def no_headway(self: Paths, now_h: float) -> float:
    """No train waits for a path."""
    return now_h


def double_paths(self: Paths, paths_per_day: Steps[float], share: float = 1.0) -> None:
    """Both directions of a single track have as many paths as each of a double one."""
    new_paths(self, paths_per_day, 2 * share)


def stand_aside(world: World, train: Train, *ahead: Any) -> Generator[Any, None, None]:
    """A train that is done leaves its place before there is room ahead."""
    vacate(world, train, world.clock.now)
    yield from stand_until_room(world, train, *ahead)


def room_more(clock: Any, capacity: Steps[int]) -> Room:
    """A place more in each stretch of time."""
    return Room(clock, Steps(capacity.from_h, tuple(value + 1 for value in capacity.values)))


def lose_set(self: WagonSets, place: str) -> None:
    """A set that arrives is lost."""
    self.running_empty -= 1


def home_at_once(self: WagonSets, trip: WagonTrip, place: str, empty_run_h: float) -> None:
    """No empty run."""
    release_set(self, trip, place, 0.0)


def no_repair(self: Travellers, place: str, pool: str | None) -> Leaving | None:
    """No set goes to the repair shop."""
    if pool is None:
        return None
    spread = self.scenario.wagon_pools[pool].empty_run_h[place]
    return Leaving(place, self.luck.draw(spread, self.size, self.name, place, "empty run"))


def never_closed(self: Any, hour: float) -> float:
    """Closures close nothing."""
    return hour


def rare_closure(share: Steps[float], closure_h: float, now_h: float, hazard: float) -> float:
    """The closed share over all the time, not over the open time."""
    return now_h + hazard * closure_h / share.at(now_h)


def all_green(*given: Any) -> tuple[array[int], array[float]]:
    """Every train in the green channel."""
    channel, hours = channels(*given)
    return [int(Channel.GREEN)] * len(channel), hours  # type: ignore[return-value]


def one_round(*given: Any) -> PaperLuck:
    """Wrong declarations do not go round again."""
    drawn = paper_luck(*given)
    return replace(drawn, rounds=[rounds[:1] for rounds in drawn.rounds])


def not_beside(*given: Any) -> TezLuck:
    """The gauge change waits for the release."""
    return replace(tez_luck(*given), beside_gauge_change=False)


def never_late(*given: Any) -> TezLuck:
    """Every declaration is lodged ahead."""
    drawn = tez_luck(*given)
    return replace(drawn, lodged_after_h=type(drawn.lodged_after_h)("d", [min(0.0, h) for h in drawn.lodged_after_h]))


def never_wrong(*given: Any) -> TezLuck:
    """No declaration is corrected."""
    drawn = tez_luck(*given)
    return replace(drawn, correction_h=type(drawn.correction_h)("d", [0.0]) * len(drawn.correction_h))


def all_adopt(self: CustomsLuck, hour: float, index: int) -> Clearance | None:
    """Every train uses the regime of the date."""
    return None if self.clearance is None else self.clearance.at(hour)


def no_early(papers: CustomsLuck, index: int, offered_h: float) -> PaperLuck | None:
    """Nobody hands in early."""
    return None


def no_ban(self: Any, number: int) -> None:
    """Loading goes on while a ban is in force."""


def no_quota(self: ConventionBan, *given: Any) -> None:
    """Nobody is let in while a ban is in force."""
    new_ban(self, *given)
    self.quota_gap_h = NEVER


def twice_the_quota(self: ConventionBan, *given: Any) -> None:
    """Half the gap between two that the quota lets in."""
    new_ban(self, *given)
    self.quota_gap_h /= 2


def catch_up_at_once(self: ConventionBan, *given: Any) -> None:
    """All that were held are let in when a ban is lifted."""
    new_ban(self, *given)
    self.catch_up_gap_h = 0.0


def called_at_once(self: ConventionBan, *given: Any) -> None:
    """A call reaches the origin in no time."""
    new_ban(self, *given)
    self.lead_h = 0.0


def none_for_one(self: ConventionBan, number: int) -> Any:
    """After a ban a train newly offered lets nobody in."""
    if not self.in_force and not self.held:
        return None
    granted = self.clock.event()
    heapq.heappush(self.held, (number, granted))
    self.let_in()
    return granted


def let_in(*given: Any) -> Generator[Any, None, None]:
    """Trains enter at once, however many are under way."""
    yield from ()


def one_stream(self: Luck, *names: str) -> np.random.Generator:
    """One stream of random numbers for all purposes."""
    return stream(self, "one")


def wide(spread: Spread, share: FloatArray) -> FloatArray:
    """Twice the coefficient of variation."""
    return quantile(spread.model_copy(update={"cv": 2 * spread.cv}), share)


def even_points(cv: float, until: float, luck: np.random.Generator) -> FloatArray:
    """Departures at even gaps, whatever their coefficient of variation."""
    return unit_points(0.0, until, luck)


def straight(year: int, stated: Mapping[int, float], index: Any = None) -> float:
    """A straight line between stated years; an index is ignored."""
    years = sorted(stated)
    return float(np.interp(year, years, [stated[each] for each in years]))


def twice(steps: Steps[float], hours: FloatArray) -> FloatArray:
    """Twice the share."""
    return 2 * step_values(steps, hours)


def forget(world: World, train: Train, left_h: float) -> None:
    """Trains that are inside at the end are not written down."""
    if left_h == left_h:
        write_train(world, train, left_h)


def with_warmup(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Every period begins with the warm-up."""
    opening_h = scenario.calendar.opening_h
    return {name: (opening_h, until_h) for name, (_, until_h) in periods(scenario).items()}


def over_trains(values: FloatArray, level: float) -> Intervals:
    """As if each replication were as many independent values as it has trains, some hundred."""
    found = intervals(values, level)
    half = (found.high - found.mean) / 10
    return replace(found, low=found.mean - half, high=found.mean + half)


def normal_quantile(probability: float, degrees: Any) -> FloatArray:
    """The quantile of the normal distribution."""
    return np.where(degrees > 0, t_quantile(probability, np.full_like(degrees, 10**9)), np.nan)


def same_replication(scenario: Scenario, seed: int, replication: int) -> Any:
    """Every replication has the luck of the first."""
    return simulate(scenario, seed, 0)


def not_paired(replications: pd.DataFrame) -> pd.DataFrame:
    """One side of a comparison has its replications in another order."""
    values = by_replication(replications)
    turned = values.columns if next(TURNS) % 2 else np.roll(values.columns, 1)
    return pd.DataFrame(values[turned].to_numpy(), index=values.index, columns=values.columns)
