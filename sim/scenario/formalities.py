"""Customs in a scenario file: regimes of clearance, risk channels, working hours."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.values import (
    Distinct,
    Name,
    NotNegative,
    Positive,
    Share,
    Spread,
    SteppedCount,
    SteppedShare,
    Table,
    Title,
    Variation,
    Varying,
    Weekday,
)

Work = Literal["placing", "gauge_change", "forming", "departure"]
"""What is done with a train at a border, in its order."""

WorksBeforeRelease = Literal["nothing", "placing", "gauge_change", "forming"]
"""The order of works: the last that may begin before the release, or that none may. A train leaves when released."""

ORDER_OF_WORKS = Field(
    description="Order of works: which may begin before the release, `placing` (the order for a wagon set, until it "
    "stands ready), `gauge_change` (and placing), `forming` (all but departure), or `nothing`"
)


WrongShare = Annotated[float, Field(ge=0, le=0.9)]


class Paper(Table):
    """Clearance on paper: people key and check every declaration, when the train stands or, handed in early, before."""

    kind: Literal["paper"]
    title: Title = Field(description="Name as shown to a reader")
    lead_h: NotNegative = Field(
        default=0.0,
        description="Hours before the train enters its route at which its papers are handed in; 0: when it stands at "
        "the border",
    )
    late_share: Share = Field(default=0.0, description="Share of trains whose papers are handed in only after arrival")
    late_h: Varying = Field(default=Spread(mean=0.0), description="Hours after arrival at which late papers come")
    release_h: Varying = Field(
        default=Spread(mean=0.0),
        description="Hours to the release from the last of arrival, lodging and the end of keying and checking",
    )
    keying_h: NotNegative = Field(description="Hours a team of declarants needs to key one declaration")
    checking_h: NotNegative = Field(description="Hours a team of officers needs to check one declaration")
    effort_cv: Variation = Field(description="Coefficient of variation of keying and checking between trains")
    wrong_share: WrongShare = Field(
        description="Share of declarations found wrong at a check: they are keyed and checked again"
    )
    works_before_release: WorksBeforeRelease = ORDER_OF_WORKS


class Outages(Table):
    """Outages of a digital system: up and down spells take turns."""

    down_share: SteppedShare = Field(
        description="Share of time in which the system is down, at most 0.95; or 1: down all the time"
    )
    outage_h: Positive = Field(description="Mean length of an outage (exponential)")
    fallback: Name = Field(description="Paper regime of the trains that arrive during an outage")

    @model_validator(mode="after")
    def it_is_up_now_and_then(self) -> Self:
        """A system that is never up has no mean up spell."""
        if any(0.95 < share < 1 for share in self.down_share.values()):
            raise ValueError("down_share must be at most 0.95, or 1 where it is down all the time")
        return self


class Tez(Table):
    """Digital clearance: lodged while the train rolls, registered by itself, released soon after arrival."""

    kind: Literal["tez"]
    title: Title = Field(description="Name as shown to a reader")
    lead_h: Varying = Field(description="Hours before arrival at which the declarations are lodged")
    late_share: Share = Field(description="Share of trains whose declarations are lodged only after arrival")
    late_h: Varying = Field(description="Hours after arrival at which late declarations are lodged")
    release_h: Varying = Field(
        description="Hours to the release from the last of arrival, lodging and the end of corrections"
    )
    wrong_share: WrongShare = Field(description="Share of declarations found wrong: they are corrected after arrival")
    correction_h: Varying = Field(description="Hours a team of declarants needs to correct one declaration")
    works_before_release: WorksBeforeRelease = ORDER_OF_WORKS
    outages: Outages | None = Field(default=None, description="When the system is down; none: never")


def in_present_words(table: Any) -> Any:
    """A regime whose order of works is told by the switch of older files: whether the gauge change may come first."""
    if not isinstance(table, dict) or not isinstance(table.get("beside_gauge_change"), bool):
        return table
    if "works_before_release" in table:
        return table  # Both are stated: the older word is refused as unknown.
    words = {True: "gauge_change", False: "nothing"}
    kept = {key: value for key, value in table.items() if key != "beside_gauge_change"}
    return {"works_before_release": words[table["beside_gauge_change"]], **kept}


Regime = Annotated[Paper | Tez, Field(discriminator="kind")]


class Inspection(Table):
    """Risk channels at a border: green passes, yellow has documents controlled, red is opened."""

    yellow_share: Share = Field(description="Share of trains in the yellow channel")
    red_share: Share = Field(description="Share of trains in the red channel")
    yellow_h: Varying = Field(description="Hours of documentary control of a yellow train")
    red_h: Varying = Field(description="Hours of physical inspection of a red train")
    teams: SteppedCount = Field(description="Inspection teams")

    @model_validator(mode="after")
    def shares_leave_room_for_green(self) -> Self:
        """Yellow and red together are at most all trains."""
        if self.yellow_share + self.red_share > 1:
            raise ValueError("yellow_share and red_share add up to more than 1")
        return self


SHORTEST_OPEN_S = 60


class OfficeHours(Table):
    """Working hours of the paper desks of a border, by its own clock."""

    opens: dt.time = Field(description="Local time from which work begins")
    closes: dt.time = Field(description="Local time from which none begins; at or before `opens`: on the next day")
    weekdays: Distinct[Weekday] = Field(
        default=(1, 2, 3, 4, 5, 6, 7),
        min_length=1,
        strict=False,
        description="Days on which the desks open, 1 = Monday to 7 = Sunday",
    )

    @model_validator(mode="after")
    def they_are_hours(self) -> Self:
        """Desks that open for a moment do no work that anybody would wait for."""
        day = dt.date.min
        open_s = (dt.datetime.combine(day, self.closes) - dt.datetime.combine(day, self.opens)).total_seconds() % 86_400
        if 0 < open_s < SHORTEST_OPEN_S:
            raise ValueError("must be open for a minute at least")
        return self

    at_closing: Literal["finish", "stop"] = Field(
        description="finish: what is begun is finished in overtime; stop: it rests until the next opening"
    )
