"""Terminals: where a train is loaded before its journey, or unloaded after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.coupling import couple, uncouple
from sim.model.ledger import Activity, Cause
from sim.model.world import serve

if TYPE_CHECKING:
    from array import array
    from collections.abc import Generator

    import simpy

    from sim.model.resources import Desk
    from sim.model.world import Train, World


@dataclass(frozen=True)
class TerminalLeg:
    """A terminal on a flow's route: first, it loads; last, it unloads."""

    place: int
    name: str
    loads: bool
    tracks: Desk
    work_h: array[float]
    placing_h: array[float] | None
    empty_run_h: array[float] | None


def work_train(world: World, train: Train, leg: TerminalLeg) -> Generator[simpy.Event, None, None]:
    """Load a train onto a wagon set, or unload it and leave the set."""
    if leg.loads:
        yield from couple(world, train, leg.name, leg.place, leg.placing_h)
    work_h = leg.work_h[train.index]
    yield from serve(world, train, leg.tracks, work_h, leg.place, Activity.TERMINAL, Cause.TERMINAL_TRACK)
    if not leg.loads:
        uncouple(train, leg.name, leg.empty_run_h)
