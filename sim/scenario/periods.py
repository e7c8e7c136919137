"""The periods of a scenario: its calendar years and all of its horizon; and the published figures within it."""

from __future__ import annotations

import datetime as dt

from sim.scenario.schema import Published, Scenario
from sim.scenario.values import ALL


def period_days(scenario: Scenario) -> dict[str, tuple[dt.datetime, dt.datetime]]:
    """The moments at which each period begins and ends."""
    moment = scenario.calendar.moment
    return {name: (moment(from_h), moment(until_h)) for name, (from_h, until_h) in periods(scenario).items()}


def last_full_year(scenario: Scenario) -> str:
    """The last calendar year that the horizon covers whole, or `all` if it covers none."""
    horizon = scenario.horizon
    years = range(horizon.start.year, horizon.end.year)
    whole_years = [year for year in years if horizon.start <= dt.date(year, 1, 1)]
    return str(whole_years[-1]) if whole_years else ALL


def periods(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The calendar years of the horizon and `all` of it, as windows in hours."""
    return scenario.calendar.years() | {ALL: (0.0, scenario.calendar.closing_h)}


def covered_figures(scenario: Scenario) -> dict[str, Published]:
    """The published figures whose days the horizon covers."""
    horizon = scenario.horizon
    return {
        name: figure
        for name, figure in scenario.published.items()
        if horizon.start <= figure.start and figure.end <= horizon.end
    }
