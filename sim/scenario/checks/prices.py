"""Prices that must fit the network: each of a place that there is, and one for every place on a route.

As in `sim.scenario.checks.references`, what does not have the form it should is left for the schema to complain of.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sim.scenario.checks.references import stray
from sim.scenario.keys import Data, items_in, kinds, models, names_in, tables_in
from sim.scenario.places import Located, Place
from sim.scenario.prices import Charge, Prices, WayRate
from sim.scenario.problems import Complaint, shown

BY_KM = [key for key in WayRate.model_fields if key not in Charge.model_fields]
KINDS = [kind for model in models(Place) for kind in kinds(model)]
WITH_LENGTH = [kind for model in models(Place) if not issubclass(model, Located) for kind in kinds(model)]


def price_complaints(data: Data) -> list[Complaint]:
    """Everything in the table of prices that leads nowhere, and every kind of place that it leaves out."""
    prices = data.get("prices")
    return [*price_strays(data, prices), *price_gaps(data, prices)] if isinstance(prices, dict) else []


def price_strays(data: Data, prices: dict[str, Any]) -> Iterator[Complaint]:
    """Prices of places or handlings that there are not, and prices by km where there is no length."""
    places = tables_in(data, "places")
    ports = [port for place in places.values() for port in names_in(place, "ports")]
    handlings = dict.fromkeys(str(train.get("handling")) for train in tables_in(data, "trains").values())
    own = tables_in(prices, "places")
    by_kind = [((kind,), charge) for kind, charge in tables_in(data, "prices").items() if kind != "places"]
    for path, charge in [*by_kind, *((("places", name), charge) for name, charge in own.items())]:
        for handling in names_in(charge, "by_handling"):
            for message in stray("a handling", handling, handlings):
                yield ("prices", *path, "by_handling", handling), message
    for name, charge in own.items():
        for message in stray("a place or port", name, [*places, *ports]):
            yield ("prices", "places", name), message
        if name in ports or (name in places and places[name].get("kind") not in WITH_LENGTH):
            rates = tables_in(charge, "by_handling")
            tables = {(): charge} | {("by_handling", handling): rates[handling] for handling in rates}
            for path, table in tables.items():
                for key in (key for key in BY_KM if key in table):
                    yield (
                        ("prices", "places", name, *path, key),
                        f"{shown(name)} has no length; only a section or a sea crossing has",
                    )


def price_gaps(data: Data, prices: dict[str, Any]) -> Iterator[Complaint]:
    """For each kind of charge that a route asks for and that has no price, the first place without one."""
    own = names_in(prices, "places")
    kinds_told: set[str] = set()
    places = tables_in(data, "places")
    routes = [items_in(flow, "route") for flow in tables_in(data, "flows").values()]
    for name in dict.fromkeys(stage for route in routes for stage in route if isinstance(stage, str)):
        place = places.get(name, {})
        for kind, place_or_port in charges(name, place):
            if kind not in (*prices, *kinds_told) and (place_or_port not in own or kind == "gauge_change"):
                kinds_told.add(kind)
                choices = [f"prices.{kind}"] if kind in Prices.model_fields else []
                choices += [f"prices.places.{place_or_port}"] if kind != "gauge_change" else []
                yield ("prices",), f"has no price for {shown(place_or_port)}: state {' or '.join(choices)}"


def charges(name: str, place: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The kinds of charge that a place on a route asks for, each with the place or port charged for."""
    kind = place.get("kind")
    if kind in KINDS:
        yield str(kind), name
    if kind == "border" and names_in(place, "gauge_change"):
        yield "gauge_change", name
    if kind == "sea":
        for port in names_in(place, "ports"):
            yield "port", port
