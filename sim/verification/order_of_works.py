"""What Tez saves at a border under each order of works, by hand, and what is left of it where wagon sets are short."""

from __future__ import annotations

from functools import partial

from sim.model.ledger import Tables
from sim.verification import tiny
from sim.verification.findings import Check, Finding, equal, exact

HAND = "reckoned by hand"

PAPER_H, RELEASE_H = 11.0, 2.0
PLACING_H, CRANE_H, FORMING_H = 5.0, 4.0, 3.0

DAYS, INTRODUCED_DAY = 60, 30


def played_border(order: str, regime: str | dict[str, str], gap_h: float, sets: int = tiny.AMPLE) -> Tables:
    """A border with one team at each desk, one crane and one crew, and a fleet of wagon sets that takes a day a turn.

    Ten declarations take `PAPER_H` on paper; Tez has them ahead and releases after `RELEASE_H`.
    """
    desk = {"declarant_teams": 1, "officer_teams": 1}
    regimes = {
        "paper": tiny.paper(keying_h=0.8, checking_h=0.3, works_before_release=order),
        "tez": tiny.tez(release_h=RELEASE_H, works_before_release=order),
    }
    flow = tiny.every(gap_h, "khorgos", "yard", train="flat", declarations_per_train=10, regime=regime)
    world = tiny.scenario(
        {"khorgos": tiny.border(CRANE_H, 1, FORMING_H, 1, **desk), "yard": tiny.terminal()},
        {"west": flow},
        DAYS,
        trains={"flat": tiny.train(wagon_pools=["sets"])},
        wagon_pools={"sets": tiny.pool("khorgos", {"yard": 24}, sets=sets, placing_h=PLACING_H)},
        regimes=regimes,
    )
    return tiny.played(world)


def saved_by_tez(order: str, hours: float) -> list[Finding]:
    """Without queues: max(papers, works before the release) and the other works, on paper less with Tez."""
    left_h = {regime: tiny.times(played_border(order, regime, 48), "forming")[0][2] for regime in ("paper", "tez")}
    return [equal(f"saved by Tez, {order} before the release, h", HAND, hours, left_h["paper"] - left_h["tez"])]


def swallowed(order: str) -> list[Finding]:
    """Trains that wait for sets leave when a set comes: introduced in a filled corridor, Tez saves nothing."""
    digital = {"2025-01-01": "paper", f"2025-01-{INTRODUCED_DAY}": "tez"}
    paper_h, digital_h = (
        [row[2] for row in tiny.times(played_border(order, regime, 12, sets=1), "forming")]
        for regime in ("paper", digital)
    )
    return [exact(f"introduced where sets are short, {order} before the release", HAND, paper_h, digital_h, 1e-9)]


CHECKS: dict[str, Check] = {
    "order of works: nothing": partial(saved_by_tez, "nothing", PAPER_H - RELEASE_H),
    "order of works: placing": partial(saved_by_tez, "placing", PAPER_H - PLACING_H),
    "order of works: gauge change": partial(saved_by_tez, "gauge_change", PAPER_H - PLACING_H - CRANE_H),
    "order of works: forming": partial(saved_by_tez, "forming", 0.0),
    "sets short: nothing": partial(swallowed, "nothing"),
    "sets short: placing": partial(swallowed, "placing"),
}
"""The checks of this module by name."""
