"""What works the trains of a border in a scenario file: engines, cranes, crews, locomotives, and who is abandoned."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sim.scenario.values import Direction, Distinct, Positive, Spread, SteppedCount, Table, Varying

BOTH_WAYS: tuple[Literal["westbound"], Literal["eastbound"]] = ("westbound", "eastbound")


class GaugeChange(Table):
    """Transshipment between 1435 and 1520 mm for one kind of train."""

    cranes: SteppedCount = Field(description="Trains worked at the same time: crane sets with their pair of tracks")
    train_h: Varying = Field(description="Hours to work one train")
    directions: Distinct[Direction] = Field(
        default=BOTH_WAYS,
        min_length=1,
        strict=False,
        description="Directions worked on this side of the border; the neighbour works the others",
    )


class Shunting(Table):
    """Engines with crews that place a train and its wagon set at the cranes: work before the gauge change."""

    engines: SteppedCount = Field(description="Trains placed at the same time: shunting engines, each with its crew")
    train_h: Varying = Field(description="Hours of an engine to place one train and the wagon set it takes")


class Forming(Table):
    """Making up the departing train: shunting, brake test, locomotive."""

    crews: SteppedCount = Field(description="Trains formed at the same time")
    train_h: Varying = Field(description="Hours to form one train")


class Departure(Table):
    """Locomotives with crews that take trains away and come back for the next."""

    locomotives: SteppedCount = Field(description="Locomotives with crews for the trains that leave")
    turn_h: Varying = Field(description="Hours from a departure until its locomotive is back for the next")
    directions: Distinct[Direction] = Field(
        default=BOTH_WAYS,
        min_length=1,
        strict=False,
        description="Directions they serve; trains of the other leave with the neighbour's locomotives",
    )


class Abandonment(Table):
    """Trains left standing before a full border: they lose their locomotive, and need one to set off again."""

    after_h: Positive = Field(
        description="Hours that a train waits before the border, for a handover or a track, until it is abandoned"
    )
    restart_h: Varying = Field(
        default=Spread(mean=0.0),
        description="Hours of a locomotive (one of `departure`, if stated) to bring an abandoned train in",
    )
