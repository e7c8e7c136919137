"""Where on its route a flow takes and leaves its wagon sets, read off the places its pools serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.scenario.places import Border, Sea, Section, Terminal, ports_along

if TYPE_CHECKING:
    from sim.scenario.schema import Scenario
    from sim.scenario.traffic import Flow


def wagon_exchanges(scenario: Scenario, name: str) -> list[tuple[str | None, str | None]]:
    """For each place on the route of a flow: the pool of which a set is taken there, and that of which one is left.

    A set is taken at the first terminal, at the port reached and at a border; it is left at the last terminal, at the
    port left and at a border, if its pool takes it back there. A set runs on over a border that does not change the
    gauge, unless another pool gives one there or no place further on takes it back. Both directions alike: which way
    is home, a pool says.
    A pool gives sets at its home and at the places of `empty_run_h`, and takes them back at the latter.
    """
    flow = scenario.flows[name]
    train = scenario.trains[flow.train]
    pools = train.wagon_pools
    current: str | None = None
    exchanges: list[tuple[str | None, str | None]] = []
    for position, place in enumerate(flow.route):
        stage = scenario.places[place]
        taken_at = left_at = None
        match stage:
            case Border():
                # Behind the last place nothing is left to run.
                taken_at, left_at = place if position < len(flow.route) - 1 else None, place
            case Sea():
                left_at, taken_at = ports_along(stage, flow.direction)
            case Terminal():
                taken_at, left_at = (place, None) if position == 0 else (None, place)
            case Section():
                pass
        leaves = current if current and left_at in scenario.wagon_pools[current].empty_run_h else None
        if leaves and isinstance(stage, Border) and runs_on(scenario, flow, position, leaves):
            leaves = None
        # A set is given back before another is taken: at a port a train changes from one set to the next.
        running = None if leaves else current
        takes = None
        if taken_at is not None and running is None:
            candidates = (pool for pool in pools if pool != leaves or isinstance(stage, Sea))
            takes = next((pool for pool in candidates if gives(scenario, pool, taken_at)), None)
        current = takes or running
        exchanges.append((takes, leaves))
    return exchanges


def runs_on(scenario: Scenario, flow: Flow, position: int, pool: str) -> bool:
    """Whether a set of a pool is kept over a border of a route, where its pool would take it back."""
    train, border = scenario.trains[flow.train], scenario.places[flow.route[position]]
    assert isinstance(border, Border)
    change = border.gauge_change.get(train.handling)
    if change is not None and flow.direction in change.directions:
        return False
    if any(gives(scenario, name, flow.route[position]) for name in train.wagon_pools if name != pool):
        return False
    further = {*flow.route[position + 1 :]}
    seas = (scenario.places[place] for place in further)
    ports = (port for sea in seas if isinstance(sea, Sea) for port in ports_along(sea, flow.direction))
    return not further.union(ports).isdisjoint(scenario.wagon_pools[pool].empty_run_h)


def gives(scenario: Scenario, pool: str, place: str) -> bool:
    """Whether a pool gives sets at a place."""
    wagon_pool = scenario.wagon_pools[pool]
    return place == wagon_pool.home or place in wagon_pool.empty_run_h
