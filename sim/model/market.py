"""Markets while a run lasts: what shippers expect of the corridor, and which of the trains that could come are booked.

A flow that carries what chooses the corridor of a market has as many trains as could come at the most; the n-th of them
goes when a number of its own lies below the share of its month. So it has its luck whatever the share, and a scenario
in which more trains go has those of the other among them. The share of a month is settled at the start of the month
before, by what is expected then; expectations follow what trains met, those under way among them once they are later
than was expected, or a jam would not be seen before it is over.
"""

from __future__ import annotations

from dataclasses import dataclass
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
    from sim.model.traffic import IntArray
    from sim.scenario.markets import Market
    from sim.scenario.schema import Scenario


@dataclass
class Shippers:
    """The shippers of a market: what they expect of the simulated route, and which of their trains could come by it.

    Of the trains that could come, by hour: their numbers in the run, the codes of their flows, when they are offered,
    and the number of each below which the share must not lie for it to go. `flows` are the codes that there are; before
    `first_out` none is under way any more.
    """

    market: Market
    months: list[MonthTerms]
    flows: list[int]
    numbers: IntArray
    codes: IntArray
    offered_h: Floats
    thresholds: Floats
    days: float
    spread_days: float
    first_out: int = 0

    @cached_property
    def ends(self) -> list[int]:
        """Where among its trains those of each month end, the first of them after those of none."""
        hours = [self.months[0].from_h, *(month.until_h for month in self.months)]
        return [int(end) for end in np.searchsorted(self.offered_h, hours)]

    @cached_property
    def as_stated(self) -> list[dict[str, float]]:
        """The shares of each month by what is stated; months that offer the same have them once."""
        terms, found = self.market.corridor, list[dict[str, float]]()
        for place, month in enumerate(self.months):
            before = self.months[place - 1] if place else None
            is_same = before is not None and (before.ways, before.captive_share) == (month.ways, month.captive_share)
            stated = (self.market, month, terms.expected_days, terms.expected_spread_days)
            found.append(found[-1] if is_same else market_shares(*stated))
        return found

    def rows_in(self, month: int) -> slice:
        """Its trains of a month."""
        return slice(self.ends[month], self.ends[month + 1])

    def learn(self, month: int, goes: NDArray[np.bool_], left_h: Floats, lost_h: Floats) -> None:
        """Have expectations follow the trains of a month that is over.

        Whoever gave up in it had waited, and had the way still before him: else the few that get through a gate at
        which the others lose patience would make it look quick.
        """
        from_h, until_h = self.months[month].from_h, self.months[month].until_h
        rows = slice(self.first_out, self.ends[month + 1])
        going = np.flatnonzero(goes[self.numbers[rows]])
        numbers, offered_h = self.numbers[rows][going], self.offered_h[rows][going]
        end_h, lost_h, expected_h = left_h[numbers], lost_h[numbers], self.days * HOURS_PER_DAY
        # Whoever lost patience in the month was on the way until then.
        seen_h = np.fmin(lost_h, until_h)
        is_out = ~(end_h < until_h) & (seen_h >= from_h)
        is_lost = is_out & (lost_h < until_h)
        is_late = is_out & (seen_h - offered_h > expected_h)
        is_delivered = (from_h <= end_h) & (end_h < until_h)
        met_h = np.where(is_delivered, end_h, seen_h) - offered_h + np.where(is_lost, expected_h, 0.0)
        left_out = np.flatnonzero(is_out & (seen_h == until_h))
        self.first_out = self.first_out + int(going[left_out[0]]) if len(left_out) else rows.stop
        met_days = met_h[is_delivered | is_late | is_lost] / HOURS_PER_DAY
        if len(met_days):
            self.days += (float(met_days.mean()) - self.days) / self.market.lag_months
            self.spread_days += (float(met_days.std()) - self.spread_days) / self.market.lag_months

    def book(self, month: int, goes: NDArray[np.bool_], ledger: Ledger) -> None:
        """Settle which trains of a month go, and write down the shares, and who would have gone by what was stated."""
        terms = self.months[month]
        shares = market_shares(self.market, terms, self.days, self.spread_days)
        as_stated = self.as_stated[month]
        going, going_as_stated = share_going(self.market, shares), share_going(self.market, as_stated)
        rows = self.rows_in(month)
        thresholds, codes = self.thresholds[rows], self.codes[rows]
        goes[self.numbers[rows]] = thresholds < going
        is_diverted = (going <= thresholds) & (thresholds < going_as_stated)
        other_ways = [way for way in terms.ways if way != CORRIDOR]
        gains = np.maximum([shares[way] - as_stated[way] for way in other_ways], 0.0).cumsum()
        # Where a train goes instead: whoever gains more has more of those that lie between the two shares.
        place = (thresholds - going) / max(going_as_stated - going, np.finfo(float).tiny) * gains[-1]
        taker = np.minimum(np.searchsorted(gains, place, side="right"), len(other_ways) - 1)
        for code in self.flows:
            is_own = codes == code
            trains = {CORRIDOR: int((is_own & (thresholds < going)).sum())}
            trains |= {way: int((is_own & is_diverted & (taker == at)).sum()) for at, way in enumerate(other_ways)}
            self.write(ledger, code, month, shares, int(is_own.sum()), trains)

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


class Bookings:
    """Which of all trains of a run go, by number, and what shippers learn of those that were delivered.

    Attributes
    ----------
    goes
        Whether a train is sent, by number; what is of no market always is.
    left_h, lost_h
        Hour of delivery, or of the end of patience, by number, as far as it is known; the last place is for trains that
        are no shipper's.
    starts_h
        The starts of months at which shippers decide anew; the first two months are settled at the opening.
    """

    def __init__(self, shippers: list[Shippers], trains: int, opening_h: float, closing_h: float) -> None:
        self.shippers = shippers
        self.goes = np.ones(trains + 1, np.bool_)
        self.left_h = np.full(trains + 1, np.nan)
        self.lost_h = np.full(trains + 1, np.nan)
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
                shippers.learn(self.month - 1, self.goes, self.left_h, self.lost_h)
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
        self.left_h[np.minimum(number, len(self.left_h) - 1)] = left_h

    def lose(self, number: IntArray | int, lost_h: Floats | float) -> None:
        """Take down when trains went another way, held for too long."""
        self.lost_h[number] = lost_h


def open_bookings(
    scenario: Scenario, luck: Luck, ledger: Ledger, hours: Floats, flows: IntArray, indexes: IntArray
) -> Bookings | None:
    """The bookings of a run whose trains, by number, are offered at hours: their flows in the order of names, indexes.

    None where no flow is of a market.
    """
    names = sorted(scenario.flows)
    codes = {name: code for code, name in enumerate(scenario.flows)}
    codes_by_place = np.array([codes[name] for name in names])
    groups = []
    for name, flow in sorted(scenario.flows.items()):
        if flow.market is None:
            continue
        uniform = luck.stream(name, "choice").random
        positions = potential(scenario, name, names, flows, indexes)
        numbers = np.flatnonzero(positions >= 0)
        members = {name, *(taker for taker in names if name in (scenario.flows[taker].share_of or {}))}
        terms = scenario.markets[flow.market]
        groups.append(
            Shippers(
                market=terms,
                months=months_offered(scenario, name, luck),
                flows=[codes[flow_name] for flow_name in names if flow_name in members],
                numbers=numbers,
                codes=codes_by_place[flows[numbers]],
                offered_h=hours[numbers],
                thresholds=uniform(int(positions.max(initial=-1)) + 1)[positions[numbers]],
                days=terms.corridor.expected_days,
                spread_days=terms.corridor.expected_spread_days,
            )
        )
    if not groups:
        return None
    calendar = scenario.calendar
    bookings = Bookings(groups, len(hours), calendar.opening_h, calendar.closing_h)
    bookings.begin(ledger)
    return bookings


def potential(scenario: Scenario, name: str, names: list[str], flows: IntArray, indexes: IntArray) -> IntArray:
    """Of each train of a run which of the trains that a flow of a market could send it is; -1: none of them.

    A flow that is a share of it has taken trains of its own, see `traffic.offers`.
    """
    positions = np.where(flows == names.index(name), indexes, -1)
    for place, taker in enumerate(names):
        sources = sorted(scenario.flows[taker].share_of or {})
        if name in sources:
            is_taken = (flows == place) & (indexes % max(len(sources), 1) == sources.index(name))
            positions = np.where(is_taken, indexes // max(len(sources), 1), positions)
    return positions
