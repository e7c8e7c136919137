"""Time and cost against distance along a route: the tables of the chart of UNESCAP's time/cost–distance method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.measure.costs import fare
from sim.measure.counting import word_codes
from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year, periods
from sim.scenario.places import Located, Sea, Section, length_km, ports_along
from sim.scenario.schema import Scenario
from sim.scenario.traffic import Flow


@dataclass(frozen=True)
class Route:
    """A flow's places with the km at which a train enters and leaves each."""

    places: tuple[str, ...]
    entry_km: FloatArray
    exit_km: FloatArray


def route_of(scenario: Scenario, flow: Flow) -> Route:
    """The places of a flow along its way from km 0; only sections and sea crossings have a length."""
    lengths = [length_km(scenario.places[name]) for name in flow.route]
    exit_km = np.cumsum(lengths)
    return Route(flow.route, exit_km - np.array(lengths), exit_km)


def route_stations(scenario: Scenario, flow: Flow, route: Route) -> list[tuple[float, str]]:
    """Borders, ports and terminals of a route with their km; names at the same km are joined."""
    names_by_km: dict[float, list[str]] = {}
    for name, entry_km, exit_km in zip(route.places, route.entry_km, route.exit_km, strict=True):
        place = scenario.places[name]
        match place:
            case Located():
                names_by_km.setdefault(float(entry_km), []).append(place.title)
            case Sea():
                near, far = ports_along(place, flow.direction)
                names_by_km.setdefault(float(entry_km), []).append(place.ports[near].title)
                names_by_km.setdefault(float(exit_km), []).append(place.ports[far].title)
            case Section():
                pass
    return [(km, ", ".join(dict.fromkeys(names))) for km, names in names_by_km.items()]


MOMENTS = ("arrives", "sets out", "is there", "departs")
"""What a train does at a place: the two in the middle only where it moves, on a line or at sea."""

MOVING = ("running", "sailing")
SHARES = (0.1, 0.9)


def time_distance(results: Results, flow: str, period: str | None = None) -> pd.DataFrame:
    """Hours since the journey began, at each km of the route of a flow.

    A wait or a stay is a step at one km; a run is a slope. Trains of replication 0 that reached their end in the period
    count, as in `transit_days`.

    Parameters
    ----------
    flow
        Name of a flow.
    period
        A calendar year, or `all`; by default the last full year.

    Returns
    -------
    DataFrame
        Columns place, km, moment (of `MOMENTS`), mean_h, p10_h, p90_h, in the order of the journey; `attrs["trains"]`
        counts the trains. Empty if no train came through.
    """
    scenario = results.scenario
    from_h, until_h = periods(scenario)[period or last_full_year(scenario)]
    trains = results.tables.trains
    left_h = trains["left_h"].to_numpy()
    arrivals = trains[(trains["flow"] == flow).to_numpy() & (left_h >= from_h) & (left_h < until_h)]
    route = route_of(scenario, scenario.flows[flow])
    rows = []
    if len(arrivals):
        hours = moments(results, arrivals, route.places) - arrivals["entered_h"].to_numpy()
        for place, entry_km, exit_km, of_place in zip(route.places, route.entry_km, route.exit_km, hours, strict=True):
            kms = (entry_km, entry_km, exit_km, exit_km)
            for moment, km, since_h in zip(MOMENTS, kms, of_place, strict=True):
                if np.isfinite(since_h).all():
                    rows.append((place, float(km), moment, since_h.mean(), *np.quantile(since_h, SHARES)))
    table = pd.DataFrame(rows, columns=["place", "km", "moment", "mean_h", "p10_h", "p90_h"])
    table.attrs["trains"] = len(arrivals)
    return table


def cost_distance(results: Results, flow: str, period: str | None = None) -> pd.DataFrame:
    """USD that 20 t of a train's cargo have paid, at each km of the route of a flow.

    A charge at a border, port or terminal is a step at one km; a rate by km is a slope; the charge for time is in both.
    The trains are those of `time_distance`, and so are quantiles: cost rises with the hours since the journey began.

    Returns
    -------
    DataFrame
        Columns place, km, moment, charges_usd (without time), mean_usd, p10_usd, p90_usd; `attrs["trains"]` counts the
        trains. Empty if no train came through, or the scenario has no prices.
    """
    hours = time_distance(results, flow, period)
    tariff = fare(results.scenario, flow)
    table = hours[["place", "km", "moment"]]
    if tariff is None:
        table, hours, charged_usd = table.iloc[:0], hours.iloc[:0], np.zeros(0)
    else:
        places = [tariff.places.index(place) for place in hours["place"]]
        charged_usd = tariff.up_to()[places, [MOMENTS.index(moment) for moment in hours["moment"]]]
    table = table.assign(charges_usd=charged_usd)
    for name in ("mean", "p10", "p90"):
        table[f"{name}_usd"] = charged_usd + (tariff.usd_per_h if tariff else 0.0) * hours[f"{name}_h"].to_numpy(float)
    table.attrs["trains"] = hours.attrs["trains"]
    return table


def moments(results: Results, trains: pd.DataFrame, places: tuple[str, ...]) -> FloatArray:
    """Hours of the four `MOMENTS` of trains at places: places × moments × trains; infinite where there is none."""
    stages = results.tables.stages
    train = pd.Index(trains["train"]).get_indexer(stages["train"].to_numpy())
    place = word_codes(stages["place"], places)
    own = (train >= 0) & (place >= 0) & ~stages["beside"].to_numpy() & (stages["activity"] != "holding").to_numpy()
    rows, train, place = stages[own], train[own], place[own]
    queued_h, started_h, ended_h = (rows[name].to_numpy() for name in ("queued_h", "started_h", "ended_h"))
    moves = rows["activity"].isin(MOVING).to_numpy()
    hours = np.full((len(places), len(MOMENTS), len(trains)), np.inf)
    hours[:, 2:] = -np.inf
    np.minimum.at(hours, (place, 0, train), queued_h)
    np.minimum.at(hours, (place[moves], 1, train[moves]), started_h[moves])
    np.maximum.at(hours, (place[moves], 2, train[moves]), ended_h[moves])
    np.maximum.at(hours, (place, 3, train), ended_h)
    return hours
