"""What a comparison of paper with Tez comes to under each order of works: no source says which is kept at a border."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from sim.runs.results import Results
from sim.scenario.calendar import DAY_ONE
from sim.scenario.checks.unused import regimes_named
from sim.scenario.formalities import Tez
from sim.scenario.reading.read import Reading, scenario_from
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL
from sim.study.compare.arms import regime_changes, regimes_by_date
from sim.study.compare.compare import differences_from, headline_rows
from sim.study.compare.materiality import SMALL

ORDERS = ("nothing", "placing", "forming")
"""The orders tried, for all regimes alike: nothing before the release, the order for wagons, all but departure."""


def under_each_order(paper: Reading, tez: Reading) -> dict[str, tuple[Reading, Reading]]:
    """Two scenarios with all regimes under one order of works, by order; empty where Tez clears no train of its own.

    Whether a scenario is sound does not hang on the order, so nothing is checked anew.
    """
    if not is_about_tez(paper.scenario, tez.scenario):
        return {}
    return {order: (under_order(paper, order), under_order(tez, order)) for order in ORDERS}


def is_about_tez(a: Scenario, b: Scenario) -> bool:
    """Whether Tez clears trains in one of two scenarios that another regime clears in the other."""
    return introduces_tez(a, b) or introduces_tez(b, a)


def introductions(a: Scenario, b: Scenario) -> list[dt.date]:
    """The first days on which Tez clears most trains of a flow or border in one of two scenarios only, in order.

    `DAY_ONE` stands for those that it clears from the first hour of a run: they have no history in common.
    """
    first_day = max(scenario.horizon.start - dt.timedelta(days=scenario.horizon.warmup_days) for scenario in (a, b))
    days: set[dt.date] = set()
    for change in regime_changes(a, b):
        apart = {
            day: isinstance(a.regimes[old], Tez) != isinstance(b.regimes[new], Tez)
            for day, (old, new) in change.steps.items()
        }
        if any(apart.values()):
            digital = a if isinstance(a.regimes[[*change.steps.values()][-1][0]], Tez) else b
            shares = digital.flows[change.path[1]].adoption_share if change.path[0] == "flows" else {DAY_ONE: 1.0}
            most = {day: share >= max(shares.values()) / 2 for day, share in shares.items()}
            since = max(first_of(apart), first_of(most))
            days.add(since if since > first_day else DAY_ONE)
    return sorted(days)


def first_of(steps: Mapping[dt.date, bool]) -> dt.date:
    """The first day on which something is so; the earliest value also holds before its date."""
    days = [day for day in sorted(steps) if steps[day]]
    return DAY_ONE if days[0] == min(steps) else days[0]


def introduces_tez(a: Scenario, b: Scenario) -> bool:
    """Whether Tez clears trains in `b` that another regime clears in `a`."""
    pairs = {pair for change in regime_changes(a, b) for pair in change.steps.values()}
    return any(isinstance(b.regimes[new], Tez) and not isinstance(a.regimes[old], Tez) for old, new in pairs)


def under_order(reading: Reading, order: str) -> Reading:
    """A scenario whose regimes all keep one order of works.

    A regime that clears nothing stays as it is: where paper keeps the order already, the scenario is the one stated,
    and needs no run of its own.
    """
    in_use = {*regimes_named(reading.scenario)}
    change = {"works_before_release": order}
    regimes = {name: table | change if name in in_use else table for name, table in reading.resolved["regimes"].items()}
    data = {**reading.resolved, "regimes": regimes}
    scenario, _ = scenario_from(data)
    assert scenario is not None
    return replace(reading, name=f"{reading.name}_{order}", scenario=scenario, resolved=data, is_derived=True)


def orders_stated(scenario: Scenario) -> dict[str, str]:
    """The order of works of each regime that clears trains, by its title."""
    names = {name for _, steps in regimes_by_date(scenario) for name in steps.values()}
    return {regime.title: regime.works_before_release for name, regime in scenario.regimes.items() if name in names}


def by_order(stated: pd.DataFrame, runs: Mapping[str, Sequence[Results]], scenario: Scenario) -> pd.DataFrame:
    """The differences that answer first, as stated and under each order of works, at the borders that clear otherwise.

    Parameters
    ----------
    stated
        Differences as from `compare`, under the orders that the two scenarios state.
    runs
        The two results under each order.

    Returns
    -------
    DataFrame
        A column works_before_release, `stated` first, then those of `compare`.
    """
    answers = {order: headline_rows(table, scenario) for order, table in differences_by_order(stated, runs)}
    # not only where the difference is sure: two replications have no interval, and are asked for the same borders
    changes = answers["stated"].query("kpi == 'clearance_h'").set_index("place")["difference"].abs()
    cleared = changes.index[changes >= SMALL["h"]]
    tables = [
        table[table["place"].isin({ALL, *cleared})].assign(works_before_release=order)[["works_before_release", *table]]
        for order, table in answers.items()
    ]
    return pd.concat(tables, ignore_index=True)


def differences_by_order(
    stated: pd.DataFrame, runs: Mapping[str, Sequence[Results]]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Orders of works and the differences under them."""
    yield "stated", stated
    for order, (paper, tez) in runs.items():
        yield order, differences_from([paper, tez], level=stated.attrs["level"])
