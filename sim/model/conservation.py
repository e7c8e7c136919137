"""Nothing is made or lost on the way: the accounts that must close after every run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.scenario.problems import CorridorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sim.model.empties import Depot
    from sim.model.sea import Crossing
    from sim.model.wagons import WagonSets
    from sim.model.world import World


class ConservationError(CorridorError, AssertionError):
    """An account of trains, cargo or wagon sets did not close: the model is wrong, not the user."""

    status = 1
    outcome = "An account does not close: the model is wrong, not the scenario. Nothing was written."


def balance(account: str, before: float, after: float) -> None:
    """Both sides of an account are equal, up to rounding of sums."""
    if not math.isclose(before, after, rel_tol=1e-9, abs_tol=1e-6):
        raise ConservationError(f"{account}: {before!r} against {after!r}")


def check_accounts(
    world: World, pools: Iterable[WagonSets], crossings: Iterable[Crossing], depots: Iterable[Depot]
) -> None:
    """Close all accounts of a run.

    Raises
    ------
    ConservationError
        When trains created are not those delivered, inside and lost; when cargo put into a yard is not that waiting,
        afloat and landed; when wagon sets owned are not those idle, promised, standing emptied and running empty; when
        boxes that are to come back are not those being emptied, those ready and those in trains of empties.
    """
    trains_told = world.trains_delivered + len(world.inside) + world.trains_lost
    balance("trains created = delivered + inside + lost", world.trains_created, trains_told)
    balance("trains written down", len(world.ledger.trains), world.trains_created)
    for crossing in crossings:
        units_received = math.fsum(side.units_received for side in crossing.sides.values())
        units_landed = math.fsum(side.units_landed for side in crossing.sides.values())
        waiting = math.fsum(lot.waiting for side in crossing.sides.values() for lot in side.lots)
        afloat = math.fsum(part.units for vessel in crossing.vessels for part in vessel.aboard)
        place = world.ledger.names.places[crossing.place]
        balance(
            f"cargo at {place}: received = waiting + afloat + landed", units_received, waiting + afloat + units_landed
        )
    for depot in depots:
        accounted_for = depot.turning + depot.ready + depot.away
        balance("boxes to come back = turning + ready + in trains", depot.boxes, accounted_for)
    for sets in pools:
        pool = world.ledger.names.pools[sets.code]
        sets_promised = sets.promised
        balance(f"wagon sets of {pool}", sets.total, sets.idle + sets_promised + sets.standing + sets.running_empty)
        if min(sets.idle, sets.promised, sets.running_empty) < 0:
            raise ConservationError(f"wagon sets of {pool}: a count is below zero")
