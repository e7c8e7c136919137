"""Borders that queue, by hand and beside chains: engines, locomotives, sets in groups or ordered, abandoned trains."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sim.verification import chains, closed_forms, tiny
from sim.verification.findings import Check, Finding, exact, sampled
from sim.verification.networks import a_rate
from sim.verification.queues import by_class, days_for, mean_stay, per_replication
from sim.verification.traces import HAND, Row, spells

ONE_SET = {"box": tiny.train(wagon_pools=["sets"])}


def placed_and_taken_away() -> list[Finding]:
    """One engine places a train in three hours; one locomotive is away with each for ten."""
    works = {"shunting": {"engines": 1, "train_h": 3}, "departure": {"locomotives": 1, "turn_h": 10}}
    world = tiny.scenario({"khorgos": tiny.border(1, **works)}, {"west": tiny.every(4, "khorgos")})
    stories: dict[int, Sequence[Row]] = {
        0: [("shunting", 2, 2, 5), ("gauge_change", 5, 5, 6), ("forming", 6, 6, 6)],
        1: [("shunting", 6, 6, 9), ("gauge_change", 9, 9, 10), ("forming", 10, 10, 10), ("departure", 10, 16, 16)],
        2: [("shunting", 10, 10, 13), ("gauge_change", 13, 13, 14), ("forming", 14, 14, 14), ("departure", 14, 26, 26)],
    }
    return spells("engine and locomotive", world, stories)


def sets_in_groups() -> list[Finding]:
    """Two sets run home together, six hours after the second was emptied; the third train waits for them."""
    fleet = {"sets": tiny.pool("khorgos", {"yard": 6}, 2, group_sets=2)}
    places = {"khorgos": tiny.border(1), "yard": tiny.terminal(1)}
    world = tiny.scenario(places, {"west": tiny.every(4, "khorgos", "yard")}, 4, ONE_SET, wagon_pools=fleet)
    trips = tiny.played(world).wagon_sets.head(4)[["taken_h", "released_h", "home_h"]]
    by_hand = [(2, 4, 14), (6, 8, 14), (14, 16, 22), (14, 16, 22)]
    by_model = list(trips.itertuples(index=False, name=None))
    return [exact("sets in groups of two: taken, left, home", HAND, by_hand, by_model)]


def check_groups(sets: int, group_sets: int) -> list[Finding]:
    """Sets that come home in groups to one crane, a queue with arrivals in bulk: rounds an hour."""
    name = f"{sets} wagon sets, home in groups of {group_sets}: rounds/h"
    places = {"khorgos": tiny.border(tiny.exponential(1), 1, receiving_tracks=10_000), "yard": tiny.terminal()}
    fleet = {"sets": tiny.pool("khorgos", {"yard": tiny.exponential(3)}, sets, group_sets=group_sets)}
    flows = {"west": tiny.every(0.6, "khorgos", "yard")}
    world = tiny.scenario(places, flows, 40, ONE_SET, wagon_pools=fleet, title=name)
    answer = chains.groups_in_a_loop(sets, group_sets, 1.0, 1 / 3)
    return [sampled(name, "Markov chain", answer, a_rate(world), 0.03)]


def ordered_ahead() -> list[Finding]:
    """One set, ordered six hours ahead by block trains: it is kept for the second while a plain train stands there."""
    trains = {**{"block": tiny.train(wagon_pools=["sets"], ordered_ahead_h=6)}, **ONE_SET}
    flows = {"block": tiny.every(8, "khorgos", "yard", train="block"), "plain": tiny.every(22, "khorgos", "yard")}
    fleet = {"sets": tiny.pool("khorgos", {"yard": 3}, 1)}
    places = {"khorgos": tiny.border(3), "yard": tiny.terminal()}
    world = tiny.scenario(places, flows, 4, trains, wagon_pools=fleet)

    def works_from(hour: float) -> list[tuple[str, float, float, float]]:
        end = hour + 3
        return [("gauge_change", hour, hour, end), ("forming", end, end, end), ("terminal", end, end, end)]

    stories: dict[int, Sequence[Row]] = {
        0: works_from(4),
        1: [("placing", 11, 18, 18), *works_from(18)],
        2: works_from(12),
        3: [("placing", 20, 24, 24), *works_from(24)],
    }
    trips = tiny.played(world).wagon_sets.head(4)[["train", "taken_h", "released_h", "home_h"]]
    by_hand = [(0, 0, 7, 10), (1, 18, 21, 24), (2, 10, 15, 18), (3, 24, 27, 30)]
    by_model = list(trips.itertuples(index=False, name=None))
    return [
        *spells("set ordered ahead", world, stories),
        exact("set ordered ahead: train, kept since, left, home", HAND, by_hand, by_model),
    ]


def abandoned_before_full_tracks() -> list[Finding]:
    """One track, ten hours of forming: who waits four hours is abandoned, and comes in two hours after it is let in."""
    places = {"khorgos": tiny.border(receiving_tracks=1, forming_h=10, abandonment={"after_h": 4, "restart_h": 2})}
    world = tiny.scenario(places, {"west": tiny.every(4, "khorgos")}, 1)
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 12)],
        1: [
            ("receiving", 6, 10, 10),
            ("abandonment", 10, 12, 12),
            ("abandonment", 12, 12, 14),
            ("forming", 14, 14, float("nan")),
        ],
    }
    name = "trains abandoned before full tracks"
    return [
        *spells(name, world, stories),
        exact(
            f"{name}: mean number, and most at once",
            HAND,
            [22 / 24, 3],
            [tiny.kpi_of(world, kpi, "khorgos") for kpi in ("abandoned_trains", "abandoned_trains_max")],
            1e-9,
        ),
    ]


def let_in_in_the_last_hour() -> list[Finding]:
    """Who is let in in the very hour in which patience ends is not abandoned: the track falls free at 12 and at 22."""
    places = {"khorgos": tiny.border(receiving_tracks=1, forming_h=10, abandonment={"after_h": 6, "restart_h": 2})}
    world = tiny.scenario(places, {"west": tiny.every(4, "khorgos")}, 2)
    stories: dict[int, Sequence[Row]] = {
        1: [("receiving", 6, 12, 12), ("forming", 12, 12, 22)],
        2: [
            ("receiving", 10, 16, 16),
            ("abandonment", 16, 22, 22),
            ("abandonment", 22, 22, 24),
            ("forming", 24, 24, 34),
        ],
    }
    return spells("let in in the last hour of patience", world, stories)


def tracks_of_their_own() -> list[Finding]:
    """One track each way: the trains from China fill theirs, and those towards China never wait."""
    place = tiny.border(receiving_tracks=1, eastbound_receiving_tracks=1, forming_h=6)
    flows = {"west": tiny.every(4, "khorgos"), "east": tiny.every(8, "khorgos", direction="eastbound")}
    world = tiny.scenario({"khorgos": place}, flows, 1)
    # At 2 and 6 one from China is offered, at 4 and 12 one towards it: numbers 0 and 2, 1 and 4.
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 8)],
        1: [("forming", 4, 4, 10)],
        2: [("receiving", 6, 8, 8), ("forming", 8, 8, 14)],
        4: [("forming", 12, 12, 18)],
    }
    return spells("tracks of their own", world, stories)


def abandoned_before_a_handover() -> list[Finding]:
    """Two trains a day are taken over; the one locomotive brings in who was abandoned, and takes trains away."""
    border = tiny.border(
        westbound_handover_trains_per_day=2,
        abandonment={"after_h": 4, "restart_h": 1},
        departure={"locomotives": 1, "turn_h": 6},
    )
    world = tiny.scenario({"khorgos": border}, {"west": tiny.every(4, "khorgos")})
    stories: dict[int, Sequence[Row]] = {
        0: [("forming", 2, 2, 2)],
        1: [("handover", 6, 10, 10), ("abandonment", 10, 14, 14), ("abandonment", 14, 14, 15), ("forming", 15, 15, 15)],
        2: [
            ("handover", 10, 14, 14),
            ("abandonment", 14, 26, 26),
            ("abandonment", 26, 26, 27),
            ("forming", 27, 27, 27),
        ],
    }
    return spells("trains abandoned before a handover", world, stories)


def tandem() -> list[Finding]:
    """An engine, a crane and two locomotives one after the other: each sees arrivals at random, as Burke has it."""
    name, rate = "engine, crane and locomotives in a row: mean stay, h", 0.5
    works = {
        "shunting": {"engines": 1, "train_h": tiny.exponential(1)},
        "departure": {"locomotives": 2, "turn_h": tiny.exponential(3)},
    }
    days = days_for(rate)
    place = tiny.border(tiny.exponential(1.25), 1, **works)
    world = tiny.scenario({"khorgos": place}, {"west": tiny.at_random(rate, "khorgos")}, days, title=name)
    stations = closed_forms.mmc_wait(1, 0.5) + 1 + 1.25 * (closed_forms.mmc_wait(1, 0.625) + 1)
    answer = stations + 3 * closed_forms.mmc_wait(2, 0.75)
    return [sampled(name, "Erlang C, station by station", answer, per_replication(world, days, mean_stay))]


def two_classes_at_the_engines(servers: int, loads: tuple[float, ...]) -> list[Finding]:
    """Mean wait of each class for shunting engines that serve block trains first."""
    names = [f"class_{rank + 1}" for rank in range(len(loads))]
    flows = {
        name: tiny.at_random(servers * load, "khorgos", train=name) for name, load in zip(names, loads, strict=True)
    }
    trains = {name: tiny.train(priority=rank) for rank, name in enumerate(names)}
    place = tiny.border(0, shunting={"engines": servers, "train_h": tiny.exponential(1)})
    days = days_for(servers * sum(loads), 6_000)
    title = f"{servers} shunting engines, by priority, loads {', '.join(f'{load:g}' for load in loads)}"
    world = tiny.scenario({"khorgos": place}, flows, days, trains, title=title)
    answers = closed_forms.mmc_priority_waits(servers, loads)
    return by_class(world, days, names, answers, "Cobham; Kella and Yechiali", "shunting")


CHECKS: dict[str, Check] = {
    "engine and locomotive": placed_and_taken_away,
    "sets in groups": sets_in_groups,
    "set ordered ahead": ordered_ahead,
    "tracks of their own": tracks_of_their_own,
    "abandoned before full tracks": abandoned_before_full_tracks,
    "let in in the last hour": let_in_in_the_last_hour,
    "abandoned before a handover": abandoned_before_a_handover,
    "engine, crane, locomotives": tandem,
    **{f"groups of {group} of {sets}": partial(check_groups, sets, group) for sets, group in ((6, 2), (8, 4))},
    **{
        f"engines {servers}, {len(loads)} classes": partial(two_classes_at_the_engines, servers, loads)
        for servers, loads in ((1, (0.2, 0.6)), (2, (0.2, 0.6)))
    },
}
