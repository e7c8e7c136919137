"""What cargo pays on its way: charges by place, by km, and for time. The engine knows none of them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.values import Name, NotNegative, Table


class Priced(Table):
    """A table of which at least one price is stated; those not stated are nothing, and those stated add up."""

    @model_validator(mode="after")
    def something_is_charged(self) -> Self:
        """A charge says what it charges for; free of charge is a stated 0."""
        keys = [key for key in type(self).model_fields if key.startswith("usd_per_")]
        if all(getattr(self, key) is None for key in keys):
            raise ValueError(f"must state at least one of {', '.join(keys)}; free of charge is 0")
        return self


class Charge(Priced):
    """What a train pays once, as the sum of the prices stated; free of charge is 0."""

    usd_per_teu: NotNegative | None = Field(default=None, description="Price a TEU of the train")
    usd_per_wagon: NotNegative | None = Field(default=None, description="Price a wagon of the train")
    usd_per_t: NotNegative | None = Field(default=None, description="Price a net tonne of the train")


class WayRate(Charge):
    """What trains of a handling pay at a place, as the sum of the prices stated: once, and by km."""

    usd_per_teu_km: NotNegative | None = Field(default=None, description="Price a TEU and km")
    usd_per_wagon_km: NotNegative | None = Field(default=None, description="Price a wagon and km")
    usd_per_t_km: NotNegative | None = Field(default=None, description="Price a net tonne and km")


class WayCharge(WayRate):
    """What a train pays at a place, as the sum of the prices stated: once, and by km where the place has a length.

    Trains that are handled in some way may have rates of their own: a train of boxes pays no wagon-load rate.
    """

    by_handling: dict[Name, WayRate] = Field(
        default={}, description="What trains with such a `handling` pay instead of the prices beside"
    )


class TimeCharge(Priced):
    """What a train pays for each day of its journey, from its first place to its delivery: hire, storage, interest."""

    usd_per_teu_day: NotNegative | None = Field(default=None, description="Price a TEU and day")
    usd_per_wagon_day: NotNegative | None = Field(default=None, description="Price a wagon and day")
    usd_per_t_day: NotNegative | None = Field(default=None, description="Price a net tonne and day")


class Prices(Table):
    """What cargo pays on its way, at the prices of one year: what a forwarder pays under these rates, no forecast.

    Without this table a scenario has no costs. With it, every place on a route needs a price: that of its kind, or one
    of its own in `places`. Prices change nothing in the movement of trains.
    """

    section: WayCharge | None = Field(default=None, description="Charge of every section")
    border: Charge | None = Field(default=None, description="Charge of every passage of a border")
    gauge_change: Charge | None = Field(
        default=None, description="Charge where a train is worked at a gauge change, beside that of the border"
    )
    port: Charge | None = Field(default=None, description="Charge of each of the two ports of a sea crossing")
    sea: WayCharge | None = Field(default=None, description="Freight of every sea crossing")
    terminal: Charge | None = Field(default=None, description="Charge of every terminal")
    time: TimeCharge = Field(description="Charge for the time of the journey")
    places: dict[Name, WayCharge] = Field(
        default={}, description="Charges of single places and ports, instead of those of their kind"
    )
