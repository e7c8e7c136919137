"""Vessels that sail with a least load: by hand, and as bulk service beside a Markov chain."""

from __future__ import annotations

from functools import partial

from sim.verification import chains
from sim.verification.findings import Check, Finding, sampled
from sim.verification.networks import mean_loading
from sim.verification.queues import days_for, per_replication
from sim.verification.tiny import at_random, exponential, scenario, sea, train
from sim.verification.traces import CRANES, port_spells, vessel


def bulk_service(rate: float, least: int, places: int) -> list[Finding]:
    """Mean wait for one vessel that sails with `least` trains aboard or more, at most `places`, and is away for 1 h.

    Out and back it sails half an hour each on average, exponential: a service in two phases. Trains that come while it
    is away do not join it; those that come while it waits at the berth do.
    """
    name = f"vessel of {places} places that sails with {least}, {rate:g} trains/h: mean wait, h"
    crossing = sea(places, 10_000, {"least_load_share": least / places}, sailing_h=exponential(0.5))
    days = days_for(rate)
    world = scenario({"sea": crossing}, {"west": at_random(rate, "sea")}, days, {"box": train(teu=1)}, title=name)
    answer = chains.bulk_wait(rate, least, places, phases=2)
    return [sampled(name, "Markov chain", answer, per_replication(world, days, mean_loading))]


CHECKS: dict[str, Check] = {
    **{
        f"bulk {rate:g} {least} {places}": partial(bulk_service, rate, least, places)
        for rate, least, places in ((4.0, 1, 5), (4.0, 3, 5), (4.0, 5, 5), (2.0, 3, 5), (3.0, 6, 10), (8.0, 10, 10))
    },
    # Of 300 TEU at least 200: enough with the second train, stowed at 6.5. Back at 15, it finds those of 10 and 14.
    "least load trace": partial(
        vessel,
        "a vessel sails with its least load",
        sea(300, 1000, {"least_load_share": 2 / 3}, sailing_h=4, **CRANES),
        {
            0: port_spells(2, 2, 6.5, 10.5, 11),
            1: port_spells(6, 6, 6.5, 10.5, 11),
            2: port_spells(10, 15, 16, 20, 20.5),
            3: port_spells(14, 15, 16, 20, 20.5),
        },
    ),
    # Low water leaves 200 TEU of 400, half of which is enough: it sails with the first train, at 2.5, and is back at
    # 10.75 for that of 6 and that of 10, with which it is full.
    "low water trace": partial(
        vessel,
        "a least load is of what low water leaves",
        sea(400, 1000, {"least_load_share": 0.5, "load_factor": 0.5}, sailing_h=4, **CRANES),
        {
            0: port_spells(2, 2, 2.5, 6.5, 6.75),
            1: port_spells(6, 10.75, 11.75, 15.75, 16.25),
            2: port_spells(10, 10.75, 11.75, 15.75, 16.25),
        },
    ),
    # Patience of 5 h ends before 200 of 300 TEU are there.
    "least load and patience trace": partial(
        vessel,
        "patience goes before a least load",
        sea(300, 5, {"least_load_share": 2 / 3}, sailing_h=4, **CRANES),
        {0: port_spells(2, 2, 5, 9, 9.25)},
    ),
}
"""The checks of this module by name."""
