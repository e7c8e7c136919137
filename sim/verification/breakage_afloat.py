"""What takes the place of a rule of vessels and their cargo when it is broken on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.model.layout import fit_out
from sim.model.resources import NEVER
from sim.model.sea import Part, PortSide, Vessel
from sim.scenario.calendar import Calendar

if TYPE_CHECKING:
    from sim.scenario.places import Sea, VesselClass

take = PortSide.take


def vessel_more(sea: Sea, calendar: Calendar) -> Iterator[tuple[str, VesselClass, float, float]]:
    """The first vessel of each class twice."""
    for name, vessel in sea.vessels.items():
        for number in (1, *range(1, 1 + max(vessel.number.values()))):
            yield f"{name}_{number}", vessel, calendar.opening_h, NEVER


def leave_now(self: Vessel, now: float) -> float:
    """A vessel leaves with what there is."""
    return now


def never_leave(self: Vessel, now: float) -> float:
    """A vessel leaves only when it is full."""
    return NEVER


def no_call(self: PortSide) -> None:
    """Cargo that comes while a vessel waits does not join it."""


def take_more(self: PortSide, room: float, now: float) -> list[Part]:
    """One more train's cargo than there is room for."""
    return take(self, room + 100 if self.lots else room, now)


def lose_cargo(self: PortSide, room: float, now: float) -> list[Part]:
    """A hundredth of what is taken is lost."""
    parts = take(self, room, now)
    for part in parts:
        part.units *= 0.99
    return parts


def only_full(*given: Any) -> Vessel:
    """A least load is not enough to sail with."""
    vessel = fit_out(*given)
    vessel.least_load_share = 1.0
    return vessel


def any_load(*given: Any) -> Vessel:
    """A vessel that may sail with a part of its load sails with nothing."""
    vessel = fit_out(*given)
    vessel.least_load_share = 0.0 if vessel.least_load_share < 1 else 1.0
    return vessel


def of_the_whole(*given: Any) -> Vessel:
    """A least load is a share of the capacity, whatever the depth of water leaves of it."""
    vessel = fit_out(*given)
    vessel.least_load_share = min(1.0, vessel.least_load_share / vessel.load_factor.values[0])
    return vessel
