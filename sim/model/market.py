"""Markets while a run lasts: what shippers expect of the corridor, and which of the trains that could come are booked.

A flow that carries what chooses the corridor of a market has as many trains as could come at the most; the n-th of them
goes when a number of its own lies below the share of its month. So it has its luck whatever the share, and a scenario
in which more trains go has those of the other among them. Trains that would not go if the corridor took no time at all
are counted and left out before the clock starts. The share of a month is settled at the start of the month before, by
what is expected then; expectations follow what trains met, those under way among them once they are later than was
expected, or a jam would not be seen before it is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sim.model.choice import market_shares, months_offered, share_going
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.markets import CORRIDOR

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sim.model.choice import MonthTerms
    from sim.model.ledger import Ledger
    from sim.model.randomness import Floats, Luck
    from sim.model.traffic import IntArray, OffersByFlow
    from sim.scenario.markets import Market
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Potential:
    """What could come of the market of a flow: what it chooses from by month, and how many trains of each flow.

    Of each train by its place among them the number below which the share must not lie for it to go.
    """

    months: list[MonthTerms]
    thresholds: Floats
    trains: dict[str, IntArray]


@dataclass
class Shippers:
    """The shippers of a market: what they expect of the simulated route, and which of their trains may come by it.

    Of the trains that may come, by hour: their numbers in the run, the places of their flows among `flows`, the codes
    that there are, when they are offered, and the number of each below which the share must not lie for it to go.
    `potential` are the trains that could come, by flow and month; of those that may come, `going` are the ones that go,
    by month, and `under_way` those of months past that were neither delivered nor lost.
    """

    market: Market
    months: list[MonthTerms]
    flows: list[int]
    potential: IntArray
    numbers: IntArray
    members: IntArray
    offered_h: Floats
    thresholds: Floats
    days: float
    spread_days: float
    going: list[IntArray] = field(default_factory=list)
    under_way: IntArray = field(default_factory=lambda: np.empty(0, np.int64))

    @cached_property
    def ends(self) -> list[int]:
        """Where among its trains those of each month end, the first of them after those of none."""
        hours = [self.months[0].from_h, *(month.until_h for month in self.months)]
        return [int(end) for end in np.searchsorted(self.offered_h, hours)]

    @property
    def is_slower(self) -> bool:
        """Whether the corridor is expected to take longer than is stated, or to be less reliable for it."""
        corridor, ratio = self.market.corridor, self.market.reliability_ratio
        return self.days + ratio * self.spread_days > corridor.expected_days + ratio * corridor.expected_spread_days

    def rows_in(self, month: int) -> slice:
        """Its trains of a month."""
        return slice(self.ends[month], self.ends[month + 1])

    def learn(self, month: int, ended_h: Floats, gave_up: NDArray[np.bool_]) -> None:
        """Have expectations follow the trains of a month that is over.

        Whoever gave up in it had waited, and had the way still before him: else the few that get through a gate at
        which the others lose patience would make it look quick.
        """
        until_h, expected_h = self.months[month].until_h, self.days * HOURS_PER_DAY
        rows = np.concatenate([self.under_way, self.going[month]])
        numbers = self.numbers[rows]
        end_h = ended_h[numbers]
        is_over = end_h < until_h
        met_h = np.where(is_over, end_h, until_h) - self.offered_h[rows]
        # Of those on the way the ones that are late already.
        is_met = is_over | (met_h > expected_h)
        met_h[is_over & gave_up[numbers]] += expected_h
        self.under_way = rows[~is_over]
        met_days = met_h[is_met] / HOURS_PER_DAY
        if len(met_days):
            mean_days, spread_days = mean_and_spread(met_days)
            self.days += (mean_days - self.days) / self.market.lag_months
            self.spread_days += (spread_days - self.spread_days) / self.market.lag_months

    def book(self, month: int, goes: NDArray[np.bool_], ledger: Ledger) -> None:
        """Settle which trains of a month go, and write down the shares, and who would have gone by what was stated."""
        terms, rows = self.months[month], self.rows_in(month)
        shares = market_shares(self.market, terms, self.days, self.spread_days)
        going, thresholds = share_going(self.market, shares), self.thresholds[rows]
        is_going = thresholds < going
        goes[self.numbers[rows]] = is_going
        self.going.append(rows.start + np.flatnonzero(is_going))
        # Of each train its way: the corridor first, then those it goes instead, and last that of who never came.
        choice = np.where(is_going, 0, len(terms.ways))
        if self.is_slower:
            corridor = self.market.corridor
            as_stated = market_shares(self.market, terms, corridor.expected_days, corridor.expected_spread_days)
            trains_diverted = np.flatnonzero(~is_going & (thresholds < share_going(self.market, as_stated)))
            choice[trains_diverted] = 1 + takers(self.market, shares, as_stated, thresholds[trains_diverted])
        cells = self.members[rows] * (len(terms.ways) + 1) + choice
        counts = np.bincount(cells, minlength=len(self.flows) * (len(terms.ways) + 1)).tolist()
        for place, code in enumerate(self.flows):
            own = counts[place * (len(terms.ways) + 1) :]
            trains = dict(zip(self.market.ways, own, strict=False))
            self.write(ledger, code, month, shares, int(self.potential[place, month]), trains)

    def write(
        self,
        ledger: Ledger,
        code: int,
        month: int,
        shares: Mapping[str, float],
        potential: int,
        trains: Mapping[str, int],
    ) -> None:
        """One row for each way of a month."""
        terms = self.months[month]
        for name, way in terms.ways.items():
            days, spread_days = (self.days, self.spread_days) if name == CORRIDOR else (0.0, 0.0)
            numbers = (way.usd, way.days + days, way.spread_days + spread_days)
            place = ledger.names.ways.index(name)
            ledger.choices.append((code, place, terms.from_h, shares[name], *numbers, potential, trains[name]))


def mean_and_spread(values: Floats) -> tuple[float, float]:
    """The mean of some values, and their standard deviation: numpy's own, in a third of their time where few are."""
    mean = np.add.reduce(values) / len(values)
    from_mean = values - mean
    return float(mean), math.sqrt(np.add.reduce(from_mean * from_mean) / len(values))


def takers(market: Market, shares: Mapping[str, float], as_stated: Mapping[str, float], thresholds: Floats) -> IntArray:
    """Where trains go that would have come by what is stated: places among the other ways.

    Whoever gains more has more of the trains that lie between the two shares.
    """
    going, going_as_stated = share_going(market, shares), share_going(market, as_stated)
    gains = np.maximum([shares[way] - as_stated[way] for way in market.alternatives], 0.0).cumsum()
    place = (thresholds - going) / max(going_as_stated - going, np.finfo(float).tiny) * gains[-1]
    return np.asarray(np.minimum(np.searchsorted(gains, place, side="right"), len(gains) - 1))


class Bookings:
    """Which of all trains of a run go, by number, and what shippers learn of those that were delivered.

    Attributes
    ----------
    goes
        Whether a train is sent, by number; what is of no market always is.
    ended_h, gave_up
        Hour of delivery or of the end of patience, by number, as far as it is known, and whether it was the latter; the
        last place is for trains that are no shipper's.
    starts_h
        The starts of months at which shippers decide anew; the first two months are settled at the opening.
    """

    def __init__(self, shippers: list[Shippers], trains: int, opening_h: float, closing_h: float) -> None:
        self.shippers = shippers
        self.goes = np.ones(trains + 1, np.bool_)
        self.ended_h = np.full(trains + 1, np.nan)
        self.gave_up = np.zeros(trains + 1, np.bool_)
        hours = [month.from_h for month in shippers[0].months]
        self.starts_h = [hour for hour in hours if opening_h < hour < closing_h]
        self.month = len(hours) - len(self.starts_h)

    def begin(self, ledger: Ledger) -> None:
        """Settle the months for which nothing is known yet: that of the opening and the next."""
        for month in range(min(self.month + 1, len(self.shippers[0].months))):
            self.book(month, ledger)

    def decide(self, ledger: Ledger) -> None:
        """At the start of a month: learn of the last one, and settle the next."""
        for shippers in self.shippers:
            if shippers.market.feedback:
                shippers.learn(self.month - 1, self.ended_h, self.gave_up)
        self.month += 1
        self.book(self.month, ledger)

    def book(self, month: int, ledger: Ledger) -> None:
        """Settle a month of the run."""
        for shippers in self.shippers if month < len(self.shippers[0].months) else ():
            shippers.book(month, self.goes, ledger)

    def sends(self, number: int) -> bool:
        """Whether a train is sent, which is settled four weeks before its offer; of those of empties each one is."""
        return bool(self.goes[min(number, len(self.goes) - 1)])

    def settled(self) -> IntArray:
        """The numbers of the trains of the month that was settled last."""
        month = min(self.month, len(self.shippers[0].months) - 1)
        return np.concatenate([shippers.numbers[shippers.rows_in(month)] for shippers in self.shippers])

    def hear(self, number: IntArray | int, left_h: Floats | float) -> None:
        """Take down when trains were delivered; of those of empties, which have the last numbers, no shipper asks."""
        self.ended_h[np.minimum(number, len(self.ended_h) - 1)] = left_h

    def lose(self, number: IntArray | int, lost_h: Floats | float) -> None:
        """Take down when trains went another way, held for too long."""
        self.ended_h[number], self.gave_up[number] = lost_h, True


def market_flows(scenario: Scenario, name: str) -> list[str]:
    """The flows whose trains could be those of a flow of a market: it, and those that have a share of it."""
    return [
        member for member, flow in sorted(scenario.flows.items()) if member == name or name in (flow.share_of or {})
    ]


def places_among(scenario: Scenario, name: str, member: str, indexes: IntArray) -> IntArray:
    """Of each train of a member which of the trains that a flow of a market could send it is; -1: none of them.

    A flow that is a share of it has taken trains of its own, see `traffic.offers`.
    """
    if member == name:
        return indexes
    sources = sorted(scenario.flows[member].share_of or {})
    return np.where(indexes % len(sources) == sources.index(name), indexes // len(sources), -1)


def most_going(market: Market, months: list[MonthTerms]) -> Floats:
    """The largest share of the potential trains that can go, by month: that of a corridor that takes no time."""
    return np.array([share_going(market, market_shares(market, month, 0.0, 0.0)) for month in months])


def that_may_go(
    scenario: Scenario, luck: Luck, offers_by_flow: OffersByFlow
) -> tuple[dict[str, Potential], OffersByFlow]:
    """What could come of each flow of a market, and all offers but those of trains that go in no case."""
    potential_by_flow, may_go = dict[str, Potential](), dict(offers_by_flow)
    for name, flow in sorted(scenario.flows.items()):
        if flow.market is None:
            continue
        market, months = scenario.markets[flow.market], months_offered(scenario, name, luck)
        most_shares = most_going(market, months)
        places = {
            member: places_among(scenario, name, member, may_go[member][0]) for member in market_flows(scenario, name)
        }
        size = max(int(place.max(initial=-1)) for place in places.values()) + 1
        thresholds = luck.stream(name, "choice").random(size)
        trains = {}
        for member, place in places.items():
            indexes, hours = may_go[member]
            month = np.searchsorted([terms.from_h for terms in months], hours, side="right") - 1
            is_own = place >= 0
            trains[member] = np.bincount(month[is_own], minlength=len(months))
            stays = ~is_own
            stays[is_own] = thresholds[place[is_own]] < most_shares[month[is_own]]
            may_go[member] = (indexes[stays], hours[stays])
        potential_by_flow[name] = Potential(months, thresholds, trains)
    return potential_by_flow, may_go


def open_bookings(
    scenario: Scenario,
    potential_by_flow: Mapping[str, Potential],
    ledger: Ledger,
    hours: Floats,
    flows: IntArray,
    indexes: IntArray,
) -> Bookings | None:
    """The bookings of a run whose trains, by number, are offered at hours: their flows in the order of names, indexes.

    None where no flow is of a market.
    """
    if not potential_by_flow:
        return None
    order, codes = sorted(scenario.flows), list(scenario.flows)
    groups = []
    for name, potential in potential_by_flow.items():
        terms = scenario.markets[scenario.flows[name].market or ""]
        place, member_code = np.full(len(hours), -1), np.full(len(hours), -1)
        for number, member in enumerate(potential.trains):
            rows = np.flatnonzero(flows == order.index(member))
            place[rows], member_code[rows] = places_among(scenario, name, member, indexes[rows]), number
        numbers = np.flatnonzero(place >= 0)
        groups.append(
            Shippers(
                market=terms,
                months=potential.months,
                flows=[codes.index(member) for member in potential.trains],
                potential=np.array(list(potential.trains.values())),
                numbers=numbers,
                members=member_code[numbers],
                offered_h=hours[numbers],
                thresholds=potential.thresholds[place[numbers]],
                days=terms.corridor.expected_days,
                spread_days=terms.corridor.expected_spread_days,
            )
        )
    calendar = scenario.calendar
    bookings = Bookings(groups, len(hours), calendar.opening_h, calendar.closing_h)
    bookings.begin(ledger)
    return bookings
