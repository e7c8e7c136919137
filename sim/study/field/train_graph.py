"""Where trains are on a route: the runs and stays of the trains of a flow, and their heights on a ladder."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.measure.counting import IntArray, word_codes
from sim.measure.statistics import FloatArray
from sim.runs.results import Results
from sim.scenario.calendar import HOURS_PER_DAY
from sim.scenario.schema import Scenario
from sim.study.arithmetic.least_hours import planned_journey
from sim.study.field.time_distance import Route

BAND_SHARE, BANDS_SHARE = 0.12, 0.4
"""Height of the band of one station, and of those of all, at most, as shares of the route."""
FEWEST_SLOTS = 8
"""Trains for which a band has room at least."""


Window = tuple[float, float]
"""First and last hour of what is drawn."""


@dataclass(frozen=True)
class StationLadder:
    """Km of a route as heights: true to scale between stations, and a band of `band_km` at each of `stations_km`."""

    stations_km: FloatArray
    band_km: float

    def lower(self, km: FloatArray) -> FloatArray:
        """Height at which the line from below ends."""
        return km + self.band_km * np.searchsorted(self.stations_km, km, side="left")

    def upper(self, km: FloatArray) -> FloatArray:
        """Height at which the line upwards begins."""
        return km + self.band_km * np.searchsorted(self.stations_km, km, side="right")


@dataclass(frozen=True)
class Movements:
    """What the trains of a flow do within some hours: runs and stays as lines of (day, km), each (lines, 2, 2);
    and the train of each run.
    """

    runs: FloatArray
    stays: FloatArray
    numbers: IntArray


@dataclass(frozen=True)
class Rungs:
    """Movements with heights on a ladder for km, and the height that each stay has for itself."""

    runs: FloatArray
    stays: FloatArray
    room: FloatArray
    numbers: IntArray


def opposite(scenario: Scenario, flow: str) -> list[str]:
    """The flow that travels most places of this one, two at least, the other way; of equals, one of its train type."""
    route = scenario.flows[flow].route
    candidates: dict[str, tuple[int, bool]] = {}
    for name, other in scenario.flows.items():
        common = [place for place in other.route if place in route]
        if len(common) > 1 and common == [place for place in reversed(route) if place in common]:
            candidates[name] = (len(common), other.train == scenario.flows[flow].train)
    return [max(candidates, key=lambda name: candidates[name])] if candidates else []


def ladder_of(stations_km: Sequence[float], route: Route) -> StationLadder:
    """The heights of a route, with the same band for each of its stations."""
    stations = np.unique(stations_km)
    length_km = float(route.exit_km[-1]) or 1.0
    return StationLadder(stations, length_km * min(BAND_SHARE, BANDS_SHARE / max(len(stations), 1)))


def movements(results: Results, flow: str, route: Route, backwards: bool, window: Window) -> Movements:
    """What the trains of a flow do on the route within some hours; `backwards` if they come from its end."""
    trains, stages = results.tables.trains, results.tables.stages
    numbers = trains["train"].to_numpy()[(trains["flow"] == flow).to_numpy()]
    elsewhere = stages["beside"].to_numpy() | (stages["activity"] == "holding").to_numpy()
    rows = stages[np.isin(stages["train"].to_numpy(), numbers) & ~elsewhere]
    place = word_codes(rows["place"], route.places)
    rows, place = rows[place >= 0], place[place >= 0]
    train, queued_h, started_h, ended_h = (
        rows[name].to_numpy() for name in ("train", "queued_h", "started_h", "ended_h")
    )
    entry_km, exit_km = (route.exit_km, route.entry_km) if backwards else (route.entry_km, route.exit_km)
    runs = rows["activity"].isin(["running", "sailing"]).to_numpy() & (ended_h > started_h)
    across = queued_h >= crossed_h(train * len(route.places) + place, runs, ended_h)
    here_km = np.where(across, exit_km[place], entry_km[place])
    left_h = np.where(runs, started_h, ended_h)
    left_h = np.where(np.isnan(left_h), results.scenario.calendar.closing_h, left_h)
    run_lines = straight_lines(started_h[runs], ended_h[runs], here_km[runs], exit_km[place][runs])
    stays = in_window(stay_lines(train, here_km, queued_h, left_h), window)
    return Movements(in_window(run_lines, window), stays, train[runs][touches_window(run_lines, window)])


def plans(
    results: Results, flow: str, route: Route, ladder: StationLadder, backwards: bool, window: Window
) -> FloatArray:
    """The planned journeys of the trains of a flow within some hours, each from the hour at which it set out.

    Lines of (day, height), shape (lines, 2, 2): slopes from band to band, and through a band from its near edge when
    the train is to arrive to its far edge when it is to depart.
    """
    trains = results.tables.trains
    entered_h = trains["entered_h"].to_numpy()[(trains["flow"] == flow).to_numpy()]
    entered_h = entered_h[np.isfinite(entered_h)]
    at = {place: i for i, place in enumerate(route.places)}
    entry_km, exit_km = (route.exit_km, route.entry_km) if backwards else (route.entry_km, route.exit_km)
    legs = [leg for leg in planned_journey(results.scenario, flow, window) if leg.place in at]
    parts = [(leg.begins_part, leg.ends_part) for leg in legs]
    positions = [at[leg.place] for leg in legs]
    km = entry_km[positions] + np.array(parts).reshape(-1, 2).T * (exit_km - entry_km)[positions]
    hours = np.array([(leg.begins_h, leg.ends_h) for leg in legs]).reshape(-1, 2)
    shape = join_stays(straight_lines(hours[:, 0], hours[:, 1], km[0], km[1]))
    stay = shape[:, 0, 1] == shape[:, 1, 1]
    near, far = (ladder.upper, ladder.lower) if backwards else (ladder.lower, ladder.upper)
    through = straight_lines(shape[:, 0, 0], shape[:, 1, 0], near(shape[:, 0, 1]), far(shape[:, 1, 1]))
    heights = np.where(stay[:, np.newaxis, np.newaxis], through, climbing(shape, ladder))
    every = heights + np.stack([entered_h, np.zeros_like(entered_h)], axis=-1)[:, np.newaxis, np.newaxis]
    return in_window(every.reshape(-1, 2, 2), window)


def join_stays(shape: FloatArray) -> FloatArray:
    """Lines of (hour, km) with stays that follow each other at one km as one."""
    lines: list[FloatArray] = []
    for line in shape:
        is_stay = line[0, 1] == line[1, 1]
        last = lines[-1] if lines else None
        if is_stay and last is not None and last[0, 1] == last[1, 1] == line[0, 1] and last[1, 0] == line[0, 0]:
            lines[-1] = np.stack([last[0], line[1]])
        else:
            lines.append(line)
    return np.array(lines).reshape(-1, 2, 2)


def crossed_h(visit: IntArray, runs: NDArray[np.bool_], ended_h: FloatArray) -> FloatArray:
    """For each row the hour at which its train had moved through the place of the row; infinite if it never did."""
    exits = pd.Series(ended_h[runs], index=visit[runs])
    return np.asarray(exits.reindex(visit).fillna(np.inf), dtype=np.float64)


def stay_lines(train: IntArray, km: FloatArray, from_h: FloatArray, until_h: FloatArray) -> FloatArray:
    """The spells of a train at one km as a single level line."""
    spells = pd.DataFrame({"train": train, "km": km, "from_h": from_h, "until_h": until_h})
    by_place = spells.groupby(["train", "km"], sort=False, as_index=False).agg({"from_h": "min", "until_h": "max"})
    place_km = by_place["km"].to_numpy()
    return straight_lines(by_place["from_h"].to_numpy(), by_place["until_h"].to_numpy(), place_km, place_km)


def straight_lines(from_h: FloatArray, until_h: FloatArray, from_km: FloatArray, until_km: FloatArray) -> FloatArray:
    """Straight lines of (hour, km), shape (lines, 2, 2)."""
    return np.stack([np.column_stack([from_h, from_km]), np.column_stack([until_h, until_km])], axis=1)


def in_window(segments: FloatArray, window: Window) -> FloatArray:
    """The lines that touch a window of hours and last at all, their hours as days since it begins."""
    in_reach = segments[touches_window(segments, window)]
    return np.asarray((in_reach - [window[0], 0.0]) / [HOURS_PER_DAY, 1.0], dtype=np.float64)


def touches_window(segments: FloatArray, window: Window) -> NDArray[np.bool_]:
    """Which lines touch a window of hours and last at all."""
    starts, ends = segments[:, 0, 0], segments[:, 1, 0]
    return np.asarray((ends > starts) & (ends > window[0]) & (starts < window[1]))


def waits_by_cause(results: Results, flow: str, window: Window) -> tuple[dict[str, float], int]:
    """Hours that the trains of a flow on their way wait within a window, a train, by cause; and how many they are."""
    trains, stages = results.tables.trains, results.tables.stages
    numbers = trains["train"].to_numpy()[(trains["flow"] == flow).to_numpy()]
    main = ~stages["beside"].to_numpy() & (stages["activity"] != "holding").to_numpy()
    rows = stages[np.isin(stages["train"].to_numpy(), numbers) & main]
    closing_h = results.scenario.calendar.closing_h
    ended_h, started_h = (rows[name].fillna(closing_h).to_numpy() for name in ("ended_h", "started_h"))
    is_here = (ended_h > window[0]) & (rows["queued_h"].to_numpy() < window[1])
    number = rows["train"][is_here].nunique()
    waited_h = np.clip(started_h, *window) - np.clip(rows["queued_h"].to_numpy(), *window)
    by_cause = pd.Series(waited_h).groupby(rows["cause"].astype(str).to_numpy()).sum() / max(number, 1)
    return {str(cause): float(hours) for cause, hours in by_cause.items() if hours > 0}, number


def on_ladder(traffic: Sequence[Movements], ladder: StationLadder) -> list[Rungs]:
    """The trains of each flow on the ladder: runs from band to band, stays in the bands, side by side."""
    flow = np.repeat(np.arange(len(traffic)), [len(trains.stays) for trains in traffic])
    stays, room = side_by_side(np.concatenate([trains.stays for trains in traffic]), ladder)
    return [
        Rungs(climbing(trains.runs, ladder), stays[flow == i], room[flow == i], trains.numbers)
        for i, trains in enumerate(traffic)
    ]


def climbing(runs: FloatArray, ladder: StationLadder) -> FloatArray:
    """Runs from the near edge of the band they leave to the near edge of the band they reach."""
    from_km, until_km = runs[:, 0, 1], runs[:, 1, 1]
    upwards = until_km > from_km
    return straight_lines(
        runs[:, 0, 0],
        runs[:, 1, 0],
        np.where(upwards, ladder.upper(from_km), ladder.lower(from_km)),
        np.where(upwards, ladder.lower(until_km), ladder.upper(until_km)),
    )


def side_by_side(stays: FloatArray, ladder: StationLadder) -> tuple[FloatArray, FloatArray]:
    """Stays in the band of their km, each in a slot that no other train holds at the time; and the height of a slot."""
    km = stays[:, 0, 1]
    low, high = ladder.lower(km), ladder.upper(km)
    height, room = (low + high) / 2, high - low
    for station in np.unique(km):
        at_station = km == station
        slot = slots(stays[at_station, 0, 0], stays[at_station, 1, 0])
        room[at_station] /= max(slot.max() + 1, FEWEST_SLOTS)
        height[at_station] += (slot - slot.max() / 2) * room[at_station]
    return straight_lines(stays[:, 0, 0], stays[:, 1, 0], height, height), room


def slots(starts: FloatArray, ends: FloatArray) -> IntArray:
    """The lowest number that is free, for each of some stretches of time, in the order in which they start."""
    numbers = np.zeros(len(starts), np.int64)
    busy: list[tuple[float, int]] = []
    free: list[int] = []
    for i in np.argsort(starts, kind="stable"):
        while busy and busy[0][0] <= starts[i]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        numbers[i] = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (float(ends[i]), int(numbers[i])))
    return numbers
