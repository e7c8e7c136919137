"""What stands behind the prices of a scenario, in words for a caption."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sim.runs.results import Results
from sim.scenario.places import Border, Sea
from sim.scenario.sources import figures_of
from sim.views.language import message, term
from sim.views.words import comma_list, listed_apart, plain

HEADS = {"fact": "published", "derived": "derived from published figures", "assumed": "assumed"}
"""What is said of prices by their standing; those without a source are not named."""


def price_words(results: Sequence[Results], places: Iterable[str] = ()) -> str:
    """What the costs of some results are, which prices are published, derived or assumed, and who has none.

    Parameters
    ----------
    places
        The places of a route, whose prices count; by default all prices.
    """
    with_prices = [result for result in results if result.scenario.prices is not None]
    if not with_prices:
        return message("the scenario has no prices.") if len(results) == 1 else message("the scenarios have no prices.")
    tables = {
        standing: prices_in_order(
            name for result in with_prices for name in price_tables(result, standing, tuple(places))
        )
        for standing in HEADS
    }
    bare = [result.name for result in results if result.scenario.prices is None]
    meaning = message(
        "what a forwarder pays for 20 t of cargo at the stated prices, the charge for time included; not calibrated"
    )
    parts = [meaning]
    parts += [
        message("{standing}: {names}", standing=term(HEADS[standing]), names=names)
        for standing, names in tables.items()
        if names
    ]
    parts += [message("no prices: {names}", names=comma_list(bare))] if bare else []
    return message("{told}.", told=listed_apart(parts))


def price_tables(result: Results, standing: str, places: Sequence[str]) -> list[str]:
    """The tables of prices that hold a number of a standing, as words; of a route, those that it meets."""
    own = result.scenario.prices.places if result.scenario.prices else {}
    numbers = figures_of(result.resolved, result.facts)
    priced = (number.path[1:] for number in numbers if number.path[0] == "prices" and number.standing == standing)
    names = {str(path[1] if path[0] == "places" else path[0]) for path in priced}
    if places:
        return sorted(term(plain(name)) for name in names & places_met(result, places))
    single = len(names & set(own))
    singles = [message("{number} single places", number=single)] if single else []
    return sorted(term(plain(name)) for name in names - set(own)) + singles


def places_met(result: Results, places: Sequence[str]) -> set[str]:
    """The tables of prices that a route asks for: those of its own places and ports, else those of their kinds."""
    own = result.scenario.prices.places if result.scenario.prices else {}
    names = {"time"}
    for name in places:
        place = result.scenario.places[name]
        names.add(name if name in own else place.kind)
        if isinstance(place, Sea):
            names |= {port if port in own else "port" for port in place.ports}
        if isinstance(place, Border) and place.gauge_change:
            names.add("gauge_change")
    return names


def prices_in_order(names: Iterable[str]) -> str:
    """Each name once, in order."""
    return comma_list(dict.fromkeys(names))
