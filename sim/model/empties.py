"""Boxes that come back: emptied where trains delivered them, and offered as trains of empties when they fill one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.model.resources import HAIR

if TYPE_CHECKING:
    from array import array

    from sim.model.resources import Clock
    from sim.model.world import Train
    from sim.scenario.calendar import Steps


@dataclass
class Depot:
    """The boxes that one flow brings back, in TEU.

    Of those `boxes` some are `turning`, with whom they were for, and others `empty`; these fill trains, and are
    `away` with them. `watchers` are called with the index of each train that is full.
    """

    clock: Clock
    teu_a_train: int
    boxes: float = 0.0
    turning: float = 0.0
    empty: float = 0.0
    trains_filled: int = 0
    away: float = 0.0
    watchers: list[Callable[[int], None]] = field(default_factory=list)

    @property
    def ready(self) -> float:
        """Boxes that stand empty, too few for a train."""
        return self.empty - self.trains_filled * self.teu_a_train

    def receive(self, teu: float, turn_h: float) -> None:
        """Take in boxes that will be empty in some hours."""
        self.boxes += teu
        self.turning += teu
        self.clock.at(self.clock.now + turn_h).callbacks.append(lambda _: self.take_empty(teu))

    def take_empty(self, teu: float) -> None:
        """Lay empty boxes to the others, and fill as many trains as they do."""
        self.turning -= teu
        self.empty += teu
        while self.ready >= self.teu_a_train * (1 - HAIR):
            self.trains_filled += 1
            for watcher in self.watchers:
                watcher(self.trains_filled - 1)


@dataclass(frozen=True)
class BoxesBack:
    """Where boxes of a flow go once its trains are delivered: a depot, its share of them by date, hours by train."""

    depot: Depot
    share: Steps[float]
    turn_h: array[float]

    def hand_over(self, train: Train) -> None:
        """Have the depot's share of the boxes of a train that is delivered come to it."""
        teu = self.share.at(self.depot.clock.now) * train.consist.teu
        if teu > 0:
            self.depot.receive(teu, self.turn_h[train.index])
