"""Volumes and growth that a scenario states and no run of it reads: of years and months in which no run lies."""

from __future__ import annotations

from collections.abc import Iterator

from sim.scenario.problems import Complaint
from sim.scenario.schema import Scenario
from sim.scenario.traffic import VOLUMES_BY_MONTH, VOLUMES_BY_YEAR
from sim.scenario.values import stated_month


def volumes(scenario: Scenario) -> Iterator[Complaint]:
    """Volumes and growth of years, and of months, that no day of a run lies in, nor between which it lies."""
    months = [stated_month(year, month) for year, month, _ in scenario.calendar.months()[:-1]]
    years = {year for year, _, _ in scenario.calendar.months()[:-1]}
    first, last = min(years), max(years)
    growing: dict[str, set[int]] = {}
    for name, flow in scenario.flows.items():
        monthly = next((key for key in VOLUMES_BY_MONTH if getattr(flow, key) is not None), "")
        by_month = getattr(flow, monthly) if monthly else {}
        for month in by_month.keys() - {*months}:
            yield ("flows", name, monthly, month), f"a run lies in {months[0]} to {months[-1]}"
        key = next((key for key in VOLUMES_BY_YEAR if getattr(flow, key) is not None), "")
        stated = getattr(flow, key) if key else {}
        if by_month.keys() >= {*months}:
            yield ("flows", name, key), f"{monthly} states each month of a run"
        for year in stated:
            if any(year < later <= first or year > later >= last for later in stated):
                yield ("flows", name, key, str(year)), f"a run of it lies in {first} to {last}"
        if flow.index is not None:
            grown = range(max(stated) + 1, last + 1)
            growing.setdefault(flow.index, set()).update(grown)
            if not grown:
                yield ("flows", name, "index"), f"its volume is stated up to {max(stated)}, and a run ends in {last}"
    for name, years_grown in growing.items():
        stated = sorted(scenario.indices[name].growth_share_by_year)
        read = {max((year for year in stated if year <= grown), default=stated[0]) for grown in years_grown}
        for year in stated:
            if year not in read:
                yield ("indices", name, "growth_share_by_year", str(year)), "no flow grows by it in a year of the run"
