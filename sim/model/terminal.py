"""Terminals: where a train is loaded before its journey, or unloaded after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.coupling import couple, uncouple
from sim.model.ledger import Activity, Cause
from sim.model.standing import serve_from_stay

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.coupling import Leaving, Taking
    from sim.model.resources import Desk
    from sim.model.world import Train, World


@dataclass(frozen=True)
class TerminalLeg:
    """A terminal on a flow's route: first, it loads; last, it unloads."""

    place: int
    tracks: Desk
    work_h: array[float]
    taking: Taking | None
    leaving: Leaving | None


def work_train(world: World, train: Train, leg: TerminalLeg) -> Generator[simpy.Event, None, None]:
    """Load a train onto a wagon set, or unload it and leave the set; the place before is left when the work begins."""
    yield from couple(world, train, leg.place, leg.taking)
    work_h = leg.work_h[train.index]
    yield from serve_from_stay(world, train, leg.tracks, work_h, leg.place, Activity.TERMINAL, Cause.TERMINAL_TRACK)
    uncouple(train, leg.leaving)
