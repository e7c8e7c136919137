"""The parts of a journey: which activities and which waits make up each."""

from __future__ import annotations

from dataclasses import dataclass

from sim.model.capacities import ACTIVITIES, CAUSES, JourneyPart


@dataclass(frozen=True)
class PartOfJourney:
    """A part of a journey: the activities that are its work, and the causes whose waits belong to it."""

    title: str
    activities: tuple[str, ...]
    causes: tuple[str, ...]


def part_with_title(title: JourneyPart) -> PartOfJourney:
    """A part with its activities and causes, in the words of the tables."""
    activities = tuple(activity.name.lower() for activity, facts in ACTIVITIES.items() if facts.part is title)
    causes = tuple(cause.name.lower() for cause, facts in CAUSES.items() if facts.part is title)
    return PartOfJourney(title.value, activities, causes)


PARTS = tuple(map(part_with_title, JourneyPart))
"""The parts of a journey, customs first, and what holds a train back before it; each activity and cause is in one."""

CUSTOMS, BAN = (PARTS[list(JourneyPart).index(title)] for title in (JourneyPart.CUSTOMS, JourneyPart.BAN))
