"""What is left to chance in the model beside its probabilities: papers, channels, weather, volumes, diversions."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable

import numpy as np

from sim.model.disruption import wind_closures
from sim.model.ledger import Tables
from sim.model.randomness import Luck
from sim.model.traffic import departures_h
from sim.scenario.calendar import DAY_ONE, Calendar
from sim.scenario.places import Wind
from sim.scenario.schema import Scenario
from sim.scenario.values import Spread
from sim.verification import closed_forms, tiny
from sim.verification.findings import Check, Finding, equal, sampled

DAYS = 40
FLAT_SHARE = {DAY_ONE: 0.3}


def over(world: Scenario, observe: Callable[[Tables], float], replications: int = tiny.REPLICATIONS) -> list[float]:
    """What is observed in each replication."""
    return [observe(tiny.played(world, replication)) for replication in range(replications)]


def clearance_h(tables: Tables) -> float:
    """Mean hours from arrival to release."""
    return float((tables.declarations["released_h"] - tables.declarations["arrived_h"]).mean())


def papers() -> list[Finding]:
    """Declarations that are wrong again and again, with ample people: hours and rounds."""
    regime = tiny.paper(keying_h=0.02, checking_h=0.03, effort_cv=0.4, wrong_share=0.2)
    flow = tiny.every(1, "khorgos", declarations_per_train=40, regime="paper")
    world = tiny.scenario({"khorgos": tiny.border()}, {"west": flow}, DAYS, regimes={"paper": regime}, title="papers")
    mean_h = 0.05 * closed_forms.declarations_handled(40, 0.2)
    rounds = over(world, lambda tables: float(tables.declarations["rounds"].mean()))
    return [
        sampled("paper, 20 % found wrong: mean clearance, h", "geometric series", mean_h, over(world, clearance_h)),
        sampled(
            "paper, 20 % found wrong: mean rounds",
            "greatest of geometric numbers",
            closed_forms.rounds(40, 0.2),
            rounds,
        ),
    ]


def releases_by_tez() -> list[Finding]:
    """Release, and what late and wrong lodgings add."""
    late = {"late_share": 0.2, "late_h": {"low": 1, "high": 5, "shape": "uniform"}}
    regime = tiny.tez(release_h={"mean": 0.5, "cv": 0.5}, wrong_share=0.1, correction_h=2, **late)
    flow = tiny.every(1, "khorgos", declarations_per_train=2, regime="tez")
    world = tiny.scenario({"khorgos": tiny.border()}, {"west": flow}, DAYS, regimes={"tez": regime}, title="tez")
    twice = over(world, lambda tables: float((tables.declarations["rounds"] > 1).mean()))
    ahead = over(
        world, lambda tables: float((tables.declarations["lodged_h"] < tables.declarations["arrived_h"]).mean())
    )
    return [
        sampled(
            "Tez, 20 % late, 10 % wrong: mean clearance, h",
            "sum of means",
            0.5 + 0.2 * 3 + 2 * (closed_forms.declarations_handled(2, 0.1) - 2),
            over(world, clearance_h),
        ),
        sampled("Tez: share with one of two wrong", "as stated", 1 - 0.9**2, twice),
        sampled("Tez: share lodged ahead", "as stated", 0.8, ahead),
    ]


def risk_channels() -> list[Finding]:
    """Shares of the channels, and the hours of inspection that they bring."""
    hours = {"yellow_h": {"low": 1, "high": 3, "shape": "uniform"}}
    red = {"red_h": {"low": 4, "mode": 8, "high": 24, "shape": "triangular"}}
    inspection = {"yellow_share": 0.2, "red_share": 0.1, **hours, **red}
    flow = tiny.every(1, "khorgos", declarations_per_train=40, regime="tez")
    place = {"khorgos": tiny.border(inspection=inspection)}
    world = tiny.scenario(place, {"west": flow}, DAYS, regimes={"tez": tiny.tez()}, title="channels")

    def inspected_h(tables: Tables) -> float:
        return float(tiny.spent(tables, "inspection", "started_h", "ended_h")[:900].mean())

    yellow = over(world, lambda tables: float((tables.declarations["channel"] == "yellow").mean()))
    return [
        sampled("mean inspection over all trains, h", "sum of means", 0.2 * 2 + 0.1 * 12, over(world, inspected_h)),
        sampled("share in the yellow channel", "as stated", 0.2, yellow),
    ]


def weather() -> list[Finding]:
    """Hours that wind closes a crossing, from a beginning that is as any other hour."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2025, 4, 1), 0)
    hours = closures_over(Wind(closed_share=FLAT_SHARE, closure_h=20), calendar, 400)
    [answer] = closed_forms.closed_times([(0.3, calendar.closing_h)], 20.0)
    name = "wind, closed 30 % of the time: hours closed in 90 days"
    return [sampled(name, "alternating renewal", answer, hours_closed(hours, 0.0, calendar.closing_h))]


def windy_months() -> list[Finding]:
    """Wind with a season: a year closed 18 % of the time, November and December four times as often as other months."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2026, 1, 1), 0)
    wind = Wind(closed_share={DAY_ONE: 0.18}, closure_h=20, month_weights=(*[1.0] * 10, 4.0, 4.0))
    spells = closures_over(wind, calendar, 200)
    november_h = 24.0 * (365 - 61)
    calm = 0.18 * 365 / (304 + 4 * 61)
    seasons = {"January to October": (0.0, november_h), "November and December": (november_h, calendar.closing_h)}
    answers = closed_forms.closed_times([(calm, november_h), (4 * calm, calendar.closing_h - november_h)], 20.0)
    return [
        sampled(
            f"wind, 18 % of a year with a season: hours closed, {name}",
            "alternating renewal",
            answer,
            hours_closed(spells, *season),
            precision=0.02,
        )
        for (name, season), answer in zip(seasons.items(), answers, strict=True)
    ]


def closures_of_long_tail() -> list[Finding]:
    """Closures of which most are short and a few long: their share of a long run, their mean, those of three means."""
    calendar = Calendar(dt.date(2025, 1, 1), dt.date(2045, 1, 1), 0)
    spells = closures_over(Wind(closed_share=FLAT_SHARE, closure_h=20, closure_cv=math.sqrt(2)), calendar, 24)
    lengths = [[until_h - from_h for from_h, until_h in closures[:2000]] for closures in spells]
    shares = [hours / calendar.closing_h for hours in hours_closed(spells, 0.0, calendar.closing_h)]
    mean_h = [math.fsum(hours) / len(hours) for hours in lengths]
    longest = [sum(hours > 60 for hours in closures) / len(closures) for closures in lengths]
    return [
        sampled("wind with long closures: share of time closed", "renewal theorem", 0.3, shares, precision=0.01),
        sampled("wind with long closures: mean length, h", "as stated", 20.0, mean_h, precision=0.01),
        sampled(
            "wind with long closures: share that last three means",
            "squared normal",
            closed_forms.long_closures(3.0),
            longest,
            precision=0.02,
        ),
    ]


def closures_over(wind: Wind, calendar: Calendar, replications: int) -> list[list[tuple[float, float]]]:
    """First and last hour of each closure, in each replication."""
    closures = (wind_closures(wind, calendar, Luck(1, replication), "sea") for replication in range(replications))
    return [list(zip(spells.closed_h, spells.opened_h, strict=True)) for spells in closures]


def hours_closed(replications: list[list[tuple[float, float]]], from_h: float, until_h: float) -> list[float]:
    """Hours closed between two hours, in each replication."""
    return [
        math.fsum(max(0.0, min(opened_h, until_h) - max(closed_h, from_h)) for closed_h, opened_h in closures)
        for closures in replications
    ]


def outages() -> list[Finding]:
    """Trains that fall back to paper: those that arrive while the system is down."""
    regime = tiny.tez(outages={"down_share": 0.25, "outage_h": 10, "fallback": "paper"})
    regimes = {"paper": tiny.paper(), "tez": regime}
    flow = tiny.every(1, "khorgos", declarations_per_train=1, regime="tez")
    world = tiny.scenario({"khorgos": tiny.border()}, {"west": flow}, DAYS, regimes=regimes, title="outages")
    [closed_h] = closed_forms.closed_times([(0.25, 24 * DAYS)], 10)
    answer = closed_h / (24 * DAYS)
    shares = over(world, lambda tables: float((tables.declarations["regime"] == "paper").mean()))
    return [sampled("outages, down 25 % of the time: share cleared on paper", "alternating renewal", answer, shares)]


def adoption() -> list[Finding]:
    """Trains that use a regime while the others do not yet."""
    regimes = {"paper": tiny.paper(), "tez": tiny.tez()}
    change = {"regime": "tez", "otherwise": "paper", "adoption_share": 0.35}
    flow = tiny.every(1, "khorgos", declarations_per_train=1, **change)
    world = tiny.scenario({"khorgos": tiny.border()}, {"west": flow}, DAYS, regimes=regimes, title="adoption")
    shares = over(world, lambda tables: float((tables.declarations["regime"] == "tez").mean()))
    return [sampled("adoption share", "as stated", 0.35, shares)]


def departures() -> list[Finding]:
    """Poisson departures: mean and variance of their number, and of two flows at once."""
    world = tiny.scenario({"line": tiny.section(1)}, {"west": tiny.at_random(1, "line")}, 20)
    flow, box = world.flows["west"], world.trains["box"]

    def hours(replication: int, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return departures_h(flow, box, world.calendar, Luck(4, replication), name)

    numbers = np.array([len(hours(replication, "west")) for replication in range(1000)], float)
    shares = []
    for replication in range(tiny.REPLICATIONS):
        gaps = [np.diff(hours(replication, name))[:400] > 1 for name in ("west", "other")]
        shares.append(float((gaps[0] & gaps[1]).mean()))
    spread = ((numbers - 480) ** 2).reshape(20, 50).mean(axis=1)
    return [
        sampled("departures at random: trains in 20 days", "Poisson", 480.0, numbers),
        sampled("departures at random: variance of the trains in 20 days", "Poisson", 480.0, spread),
        sampled("two flows: share of gaps that are long in both", "independence", math.exp(-2), shares),
    ]


def growth() -> list[Finding]:
    """Volumes between stated years, after them by an index, and by month."""
    growing = tiny.every(1, "line", trains_per_year={2025: 4000, 2029: 16000})
    by_index = tiny.every(1, "line", trains_per_year={2025: 4000}, index="trade")
    monthly = tiny.every(1, "line", month_weights=[2, *[1] * 11])
    trade = {"title": "Trade", "growth_share_by_year": {2026: 0.1, 2027: 0.2}}
    flows = {"grown": growing, "indexed": by_index, "monthly": monthly}
    world = tiny.scenario({"line": tiny.section(1)}, flows, 3 * 365, indices={"trade": trade}, title="growth")
    trains = tiny.played(world).trains
    third = trains[trains["offered_h"] >= 2 * 8760]["flow"].value_counts()
    january = trains[(trains["flow"] == "monthly") & (trains["offered_h"] < 744)]
    return [
        near(
            "volume between stated years: trains in the third year",
            "geometric series",
            closed_forms.geometric_volume(4000, 16000, 0.5),
            int(third["grown"]),
        ),
        near(
            "volume by an index: trains in the third year",
            "product of growths",
            4000 * 1.1 * 1.2,
            int(third["indexed"]),
        ),
        near("months of weight 2 and 1: trains in January", "as stated", 8760 * 2 / 13, len(january)),
    ]


def near(name: str, source: str, expected: float, observed: float) -> Finding:
    """A count of even departures, which may be off by one at the edges of its window."""
    return equal(name, source, expected, observed, off=1.0)


def diversion() -> list[Finding]:
    """A flow that is a share of another takes that share of its trains, and no other."""
    diverting = tiny.every(1, "line", share_of={"west": 0.3})
    del diverting["trains_per_year"]
    flows = {"west": tiny.every(1, "line"), "other": diverting}
    world = tiny.scenario({"line": tiny.section(1)}, flows, DAYS, title="diversion")
    shares = over(world, lambda tables: float((tables.trains["flow"] == "other").mean()))
    return [sampled("a flow that takes 30 % of another: its share", "as stated", 0.3, shares)]


def repairs() -> list[Finding]:
    """Hours from the release of a wagon set until it is home, some through the repair shop."""
    fleet = tiny.pool("khorgos", {"yard": {"mean": 10, "cv": 0.5}}, repair_share=0.2, repair_h=20)
    places = {"khorgos": tiny.border(1), "yard": tiny.terminal(1)}
    trains = {"box": tiny.train(wagon_pools=["sets"])}
    flows = {"west": tiny.every(1, "khorgos", "yard")}
    world = tiny.scenario(places, flows, DAYS, trains, wagon_pools={"sets": fleet}, title="repairs")

    def empty_h(tables: Tables) -> float:
        rows = tables.wagon_sets[tables.wagon_sets["train"] < 800]
        return float((rows["home_h"] - rows["released_h"]).mean())

    return [sampled("empty run, 20 % through the repair shop: mean, h", "sum of means", 14.0, over(world, empty_h))]


def spread_of_times() -> list[Finding]:
    """Quantities by mean and coefficient of variation: the share below a value, and the mean."""
    spread = Spread(mean=5.0, cv=0.4)
    values = np.array(
        [np.asarray(Luck(6, replication).draw(spread, 1000, "x")) for replication in range(tiny.REPLICATIONS)]
    )
    answer = closed_forms.lognormal_share_below(5, 0.4, 6)
    return [
        sampled("lognormal of mean 5, cv 0.4: share below 6", "error function", answer, (values < 6).mean(axis=1)),
        sampled("lognormal of mean 5, cv 0.4: variance", "as stated", 4.0, ((values - 5) ** 2).mean(axis=1)),
    ]


CHECKS: dict[str, Check] = {
    "papers": papers,
    "tez": releases_by_tez,
    "channels": risk_channels,
    "weather": weather,
    "windy months": windy_months,
    "long closures": closures_of_long_tail,
    "outages": outages,
    "adoption": adoption,
    "departures": departures,
    "growth": growth,
    "diversion": diversion,
    "repairs": repairs,
    "spreads": spread_of_times,
}
"""The checks of this module by name."""
