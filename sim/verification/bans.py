"""Convention bans worked out by hand: who is held, who is let in by quota, and how those held catch up."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sim.scenario.schema import Scenario
from sim.verification.findings import Check, Finding
from sim.verification.tiny import border, every, scenario, section
from sim.verification.traces import Row, of_activity, spells


def on_a_line(running_h: float, most_trains: int, **ban: Any) -> Scenario:
    """A train each four hours onto a line; a ban reaches the origin after an hour, and is lifted when it is empty."""
    words = {"title": "Ban", "place": "line", "flows": ["west"], "lifts_at_share": 0, "lead_h": 1, **ban}
    line = section(running_h, most_trains=most_trains)
    return scenario({"line": line}, {"west": every(4, "line")}, bans={"full": words})


def ban_in_force() -> list[Finding]:
    """A line for two is full at hour 6; a ban holds from 7 to 17; the second train held goes with the next one."""
    stories: dict[int, Sequence[Row]] = {
        1: [("running", 6, 6, 16)],
        2: [("holding", 10, 17, 17), ("running", 17, 17, 27)],
        3: [("holding", 14, 18, 18), ("running", 18, 18, 28)],
    }
    world = on_a_line(10, 2, begins_at_share=1, catch_up_trains_per_day=12)
    return spells("convention ban", world, stories)


def by_quota() -> list[Finding]:
    """In force from hour 7 for good, for the line is never empty: trains are let in at 10, 18, 26, 34, three a day.

    The first of them finds the line for two full until 12.
    """
    stories: dict[int, Sequence[Row]] = {
        1: [("running", 6, 6, 16)],
        2: [("standing", 10, 12, 12), ("running", 12, 12, 22)],
        3: [("holding", 14, 18, 18), ("running", 18, 18, 28)],
        4: [("holding", 18, 26, 26), ("running", 26, 26, 36)],
        5: [("holding", 22, 34, 34), ("running", 34, 34, 44)],
    }
    world = on_a_line(10, 2, begins_at_share=1, quota_trains_per_day=3, catch_up_trains_per_day=12)
    return spells("quota of a ban in force", world, stories)


def catching_up() -> list[Finding]:
    """Held from hour 7 to 25: one goes at once, one with the train of 26, one a gap of 1.5 h after the first.

    With two on the line again at 26 the ban is called anew, and is in force from 27: the others wait until the line is
    empty once more, at 44.5, and an hour for that to be known.
    """
    stories: dict[int, Sequence[Row]] = {
        1: [("running", 6, 6, 24)],
        2: [("holding", 10, 25, 25), ("running", 25, 25, 43)],
        3: [("holding", 14, 26, 26), ("running", 26, 26, 44)],
        4: [("holding", 18, 26.5, 26.5), ("running", 26.5, 26.5, 44.5)],
        5: [("holding", 22, 45.5, 45.5), ("running", 45.5, 45.5, 63.5)],
        6: [("holding", 26, 46, 46), ("running", 46, 46, 64)],
    }
    world = on_a_line(18, 4, begins_at_share=0.5, catch_up_trains_per_day=16)
    return spells("catching up after a ban", world, stories)


def all_at_once() -> list[Finding]:
    """Without a rate of catching up all four that were held from hour 7 to 25 go at 25."""
    waits = [(2.0 + 4 * number, 25.0, 25.0) for number in range(2, 6)]
    world = on_a_line(18, 6, begins_at_share=0.25)
    return of_activity("a ban without a rate of catching up", world, "holding", waits)


def counted_anew(name: str, rates: dict[str, float], until_h: Sequence[float]) -> list[Finding]:
    """A train each three hours from 1.5 on, six hours each at one crew; three in the place call a ban, one lifts it.

    Called at 10.5 and in force from 12.5, it lets train 4 in at 13.5 as it comes. At 25.5 train 3 leaves train 4 alone:
    the lifting is called, and reaches the origin at 27.5. What is let in then calls the ban anew, from 29.5 for good.
    """
    words = {"title": "Ban", "place": "khorgos", "flows": ["west"], "begins_at_share": 0.75, "lifts_at_share": 0.25}
    place = border(receiving_tracks=4, forming_h=6, crews=1)
    world = scenario({"khorgos": place}, {"west": every(3, "khorgos")}, bans={"full": {**words, "lead_h": 2, **rates}})
    held_h = [16.5, 19.5, 22.5, 25.5, *(28.5 + 3 * number for number in range(5))]
    # Train 10 comes at 31.5; who is let in as it comes has no spell.
    waits = [(since, until, until) for since, until in zip(held_h, until_h, strict=False) if since < until]
    return of_activity(name, world, "holding", waits)


CHECKS: dict[str, Check] = {
    "ban trace": ban_in_force,
    "quota trace": by_quota,
    "catch-up trace": catching_up,
    "all at once trace": all_at_once,
    # The quota falls due at 25.5, too: train 5 finds train 4 alone, and a lifting on its way.
    "quota tie": partial(
        counted_anew,
        "a quota falls due after those who leave",
        {"quota_trains_per_day": 2},
        [25.5, 27.5, 27.5, 27.5, 28.5, 31.5, 43.5, 55.5],
    ),
    "quota afresh": partial(
        counted_anew,
        "a quota counts trains of its own ban",
        {"quota_trains_per_day": 1.92},
        [26, 27.5, 27.5, 27.5, 28.5, 31.5, 44, 56.5],
    ),
    # Train 7 goes with train 9; at 29.5 the ban is in force anew, and train 8 is the first of its quota.
    "catch-up afresh": partial(
        counted_anew,
        "catching up begins with the lifting",
        {"quota_trains_per_day": 1.92, "catch_up_trains_per_day": 12},
        [26, 27.5, 28.5, 29.5, 42, 54.5],
    ),
}
"""The checks of this module by name."""
