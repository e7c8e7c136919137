"""What cargo pays on its way, by the prices of a scenario: each place, and a day, for 20 t of a train's cargo."""

from __future__ import annotations

from sim.scenario.places import Border, Located, Sea, Section, ports_along
from sim.scenario.prices import Charge, Prices, TimeCharge, WayCharge
from sim.scenario.schema import Scenario
from sim.scenario.traffic import TrainType

LOAD_T = 20.0
"""Cargo, t, for which costs are stated."""


def charges_at(scenario: Scenario, prices: Prices, name: str, place: str) -> tuple[float, float, float]:
    """USD that a place on the route of a flow charges: before, by, and after the way."""
    flow = scenario.flows[name]
    train = scenario.trains[flow.train]
    own = prices.places
    place_data = scenario.places[place]
    # A kind without a price for all has one for each place, or the scenario was refused: see `price_gaps`.
    charge = charge_by_handling(own.get(place, getattr(prices, place_data.kind, None)), train)
    match place_data:
        case Section():
            return 0.0, way_usd(charge, train, place_data.length_km), 0.0
        case Border():
            return 0.0, 0.0, once_usd(charge, train) + gauge_change_usd(scenario, prices, name, place)
        case Sea():
            ports = ports_along(place_data, flow.direction)
            from_usd, to_usd = (
                once_usd(charge_by_handling(own.get(port, prices.port), train), train) for port in ports
            )
            return from_usd, way_usd(charge, train, place_data.distance_km), to_usd
        case Located():
            return 0.0, 0.0, once_usd(charge, train)


def charge_by_handling(charge: Charge | None, train: TrainType) -> Charge | None:
    """What is charged of a train: by how it is handled, where that has a rate of its own."""
    return charge.by_handling.get(train.handling, charge) if isinstance(charge, WayCharge) else charge


def gauge_change_usd(scenario: Scenario, prices: Prices, name: str, place: str) -> float:
    """USD for the gauge change at a border; nothing where the trains of the flow are not worked on this side."""
    flow, border = scenario.flows[name], scenario.places[place]
    train = scenario.trains[flow.train]
    change = border.gauge_change.get(train.handling) if isinstance(border, Border) else None
    is_changed = change is not None and flow.direction in change.directions
    return once_usd(prices.gauge_change, train) if is_changed else 0.0


def once_usd(charge: Charge | None, train: TrainType) -> float:
    """USD for 20 t of a train's cargo, charged once."""
    if charge is None:
        return 0.0
    return per_load(train, charge.usd_per_teu, charge.usd_per_wagon, charge.usd_per_t)


def way_usd(charge: Charge | None, train: TrainType, length_km: float) -> float:
    """USD for 20 t of a train's cargo over a way: by its km, and once."""
    by_km = (getattr(charge, f"usd_per_{unit}_km", None) for unit in ("teu", "wagon", "t"))
    return once_usd(charge, train) + length_km * per_load(train, *by_km)


def time_usd(charge: TimeCharge, train: TrainType) -> float:
    """USD a day for 20 t of a train's cargo."""
    return per_load(train, charge.usd_per_teu_day, charge.usd_per_wagon_day, charge.usd_per_t_day)


def per_load(train: TrainType, teu_usd: float | None, wagon_usd: float | None, t_usd: float | None) -> float:
    """USD for 20 t of a train's cargo, of prices a TEU, a wagon and a tonne."""
    whole_usd = train.teu * (teu_usd or 0.0) + train.wagons * (wagon_usd or 0.0) + train.net_t * (t_usd or 0.0)
    return whole_usd * LOAD_T / train.net_t
