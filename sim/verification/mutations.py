"""Rules of the model broken on purpose: each must be caught by a check.

A mutation replaces functions while its checks run, and puts them back. What replaces them stands in `breakage` and
`breakage_afloat`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from unittest.mock import patch

from sim.verification import breakage, breakage_afloat
from sim.verification.checks import found_by, spread
from sim.verification.findings import Finding


@dataclass(frozen=True)
class Mutation:
    """One rule broken: what is replaced (`module:name` or `module:Class.name`) by what, and the checks it concerns."""

    what: str
    replaced: dict[str, Callable[..., Any]]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """A mutation as it went: whether its checks hold without it, and the first that fails with it."""

    what: str
    sound: bool
    checks: int
    caught_by: Finding | None

    @property
    def caught(self) -> bool:
        """Whether the checks hold without the mutation, and one fails with it."""
        return self.sound and self.caught_by is not None


def one(what: str, place: str, by: Callable[..., Any], *checks: str) -> Mutation:
    """A mutation that replaces one function."""
    return Mutation(what, {place: by}, checks)


MUTATIONS: tuple[Mutation, ...] = (
    one("a desk too many", "sim.model.resources:Desk.__init__", breakage.desk_more, "mmc 2 0.8", "recursion 3"),
    one("a track too many", "sim.model.resources:Room.has", breakage.has_one_more, "tracks trace", "pair 0"),
    one("last come, first served", "sim.model.resources:Room.request", breakage.last_first, "changing tracks"),
    one("priority ignored", "sim.model.resources:Room.request", breakage.no_priority, "express trace", "priority 1"),
    one("a cut of desks ignored", "sim.model.resources:Desk.change", breakage.never_cut, "changing desks"),
    one("a rise of desks ignored", "sim.model.resources:Desk.change", breakage.never_raise, "teams trace"),
    one("tracks never change", "sim.model.resources:Room.follow", breakage.never_follow, "changing tracks"),
    one(
        "work begun anew after closing",
        "sim.scenario.calendar:OpenSpells.after_work",
        breakage.begin_anew,
        "stop trace",
    ),
    one(
        "a quarter of an hour lost at each opening",
        "sim.scenario.calendar:OpenSpells.after_work",
        breakage.late_resume,
        "stop trace",
    ),
    one(
        "overtime refused",
        "sim.model.resources:Desk.__init__",
        breakage.no_overtime,
        "finish trace",
        "office 12 finish",
    ),
    one("working hours ignored", "sim.model.resources:Desk.book_open", breakage.always_open, "stop trace"),
    one("no limit of paths", "sim.model.resources:Paths.book", breakage.no_headway, "handover trace", "single track"),
    one("a single track as a double one", "sim.model.resources:Paths.__init__", breakage.double_paths, "single track"),
    one(
        "a blocked train gives its place free",
        "sim.model.railway:stand_until_room",
        breakage.stand_aside,
        "line trace",
        "pair 0",
    ),
    one("a place more on the line", "sim.model.railway:Room", breakage.room_more, "line trace", "pair 1"),
    one("wagon sets lost", "sim.model.wagons:WagonSets.arrive", breakage.lose_set, "sets trace", "loop 5"),
    one("a wagon set home at once", "sim.model.wagons:WagonSets.release", breakage.home_at_once, "sets trace"),
    one("the repair shop skipped", "sim.model.routes:Travellers.leaving", breakage.no_repair, "repairs"),
    one("a vessel more", "sim.model.layout:services", breakage_afloat.vessel_more, "full vessel trace", "ferry 5"),
    one("sailing before full", "sim.model.sea:Vessel.leaves_h", breakage_afloat.leave_now, "full vessel trace"),
    one("patience without end", "sim.model.sea:Vessel.leaves_h", breakage_afloat.never_leave, "patience trace"),
    one(
        "a least load not enough",
        "sim.model.layout:fit_out",
        breakage_afloat.only_full,
        "least load trace",
    ),
    one("a least load of nothing", "sim.model.layout:fit_out", breakage_afloat.any_load, "least load trace"),
    one(
        "low water ignored by a least load", "sim.model.layout:fit_out", breakage_afloat.of_the_whole, "low water trace"
    ),
    one("late joiners turned away", "sim.model.sea:PortSide.call_vessel", breakage_afloat.no_call, "patience trace"),
    one(
        "a place more aboard", "sim.model.sea:PortSide.take", breakage_afloat.take_more, "full vessel trace", "ferry 5"
    ),
    one("cargo lost in the yard", "sim.model.sea:PortSide.take", breakage_afloat.lose_cargo, "accounts"),
    one("outages ignored", "sim.model.disruption:Closures.open_from", breakage.never_closed, "outages"),
    one("closures too rare", "sim.model.disruption:next_closure_h", breakage.rare_closure, "weather", "breakdown long"),
    one("inspection skipped", "sim.model.routes:channels", breakage.all_green, "red trace", "channels"),
    one("error rounds skipped", "sim.model.routes:paper_luck", breakage.one_round, "papers"),
    one("Tez before the gauge change", "sim.model.routes:tez_luck", breakage.not_beside, "tez trace"),
    one("late lodging ignored", "sim.model.routes:tez_luck", breakage.never_late, "tez late trace"),
    one("corrections ignored", "sim.model.routes:tez_luck", breakage.never_wrong, "tez wrong trace"),
    one("every train has adopted", "sim.model.papers:CustomsLuck.clearance_at", breakage.all_adopt, "adoption"),
    one("early papers begun on arrival", "sim.model.simulate:early_paper", breakage.no_early, "early trace"),
    one("convention ban ignored", "sim.model.bans:ConventionBan.request", breakage.no_ban, "ban trace"),
    one("a call of a ban known at once", "sim.model.bans:ConventionBan.__init__", breakage.called_at_once, "ban trace"),
    one("the quota of a ban ignored", "sim.model.bans:ConventionBan.__init__", breakage.no_quota, "quota trace"),
    one("twice the quota of a ban", "sim.model.bans:ConventionBan.__init__", breakage.twice_the_quota, "quota trace"),
    one(
        "all that were held let in at once",
        "sim.model.bans:ConventionBan.__init__",
        breakage.catch_up_at_once,
        "catch-up trace",
    ),
    one(
        "a train newly offered lets nobody in",
        "sim.model.bans:ConventionBan.request",
        breakage.none_for_one,
        "catch-up trace",
    ),
    one("agreed limit ignored", "sim.model.simulate:be_let_in", breakage.let_in, "limit trace"),
    one("streams shared", "sim.model.randomness:Luck.stream", breakage.one_stream, "departures", "mmc 1 0.5"),
    one("spread too wide", "sim.model.randomness:quantile", breakage.wide, "spreads"),
    one("departures at even gaps", "sim.model.traffic:unit_points", breakage.even_points, "departures", "mmc 1 0.5"),
    one("volumes on a straight line", "sim.scenario.traffic:volume_in", breakage.straight, "growth"),
    one("twice the diversion", "sim.model.traffic:step_values", breakage.twice, "diversion"),
    one("the unfinished forgotten", "sim.model.simulate:write_train", breakage.forget, "accounts"),
    one("warm-up counted", "sim.verification.traces:periods", breakage.with_warmup, "warm-up"),
    one("interval over trains, not replications", "sim.runs.results:intervals", breakage.over_trains, "replications"),
    one(
        "z instead of t",
        "sim.measure.statistics:t_quantile",
        breakage.normal_quantile,
        "student three values",
        "coverage",
    ),
    one("the same luck in every replication", "sim.runs.replicate:simulate", breakage.same_replication, "replications"),
    one("a comparison not paired", "sim.study.compare.compare:by_replication", breakage.not_paired, "replications"),
)
"""Every mutation."""


@contextmanager
def broken(mutation: Mutation) -> Iterator[None]:
    """The rule is broken while the block lasts, whatever it ends with."""
    with ExitStack() as stack:
        for place, by in mutation.replaced.items():
            module, _, name = place.partition(":")
            *owners, attribute = name.split(".")
            owner: Any = import_module(module)
            for each in owners:
                owner = getattr(owner, each)
            stack.enter_context(patch.object(owner, attribute, by))
        yield


def trial(what: str) -> Trial:
    """Break a rule and see which of its checks fails; the checks are run without it first."""
    mutation = next(each for each in MUTATIONS if each.what == what)
    sound = all(finding.passed for name in mutation.checks for finding in found_by(name))
    count = 0
    with broken(mutation):
        for name in mutation.checks:
            for finding in found_by(name):
                count += 1
                if not finding.passed:
                    return Trial(what, sound, count, finding)
    return Trial(what, sound, count, None)


def mutate(workers: int = 1, on_done: Callable[[], None] | None = None, names: Sequence[str] = ()) -> list[Trial]:
    """Break every rule in turn (or those named), each by itself.

    Parameters
    ----------
    workers
        Processes at work.
    on_done
        Called after each mutation.
    """
    return spread(trial, names or [each.what for each in MUTATIONS], workers, on_done)
