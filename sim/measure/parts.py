"""The parts of a journey: which activities and which waits make up each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A part of a journey: the activities that are its work, and the causes whose waits belong to it."""

    title: str
    activities: tuple[str, ...]
    causes: tuple[str, ...]


CUSTOMS = Part(
    "customs",
    ("keying", "checking", "release", "inspection"),
    ("declarants", "officers", "papers", "inspectors"),
)
BAN = Part("ban or agreed limit, before the journey", ("holding",), ("ban",))
PARTS = (
    CUSTOMS,
    Part("handover and reception", ("handover", "receiving"), ("handover", "receiving_track")),
    Part("wagon set", ("placing",), ("wagon_set",)),
    Part("gauge change", ("gauge_change",), ("cranes",)),
    Part("forming", ("forming",), ("crews",)),
    Part("running on the line", ("running",), ("path",)),
    Part("standing before a full line or yard", ("standing",), ("line", "yard")),
    Part(
        "port and sea",
        ("port_track", "loading", "sailing", "landing", "berthing"),
        ("port_track", "vessel", "weather", "berth"),
    ),
    Part("terminal", ("terminal",), ("terminal_track",)),
    BAN,
)
"""The parts of a journey, customs first, and what holds a train back before it; each activity and cause is in one."""
