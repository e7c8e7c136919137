"""From a TOML file to a scenario: `extends`, the changes of a command line, and every problem reported at once."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sim.scenario.arguments import checked
from sim.scenario.changes import carried_out, chance_changes, leads_nowhere, told_of_changes, with_changes
from sim.scenario.checks.bounds import bound_complaints, too_much_moved
from sim.scenario.checks.factors import experiment_complaints
from sim.scenario.checks.markets import market_complaints
from sim.scenario.checks.prices import price_complaints
from sim.scenario.checks.references import reference_complaints
from sim.scenario.checks.routes import route_complaints, set_complaints
from sim.scenario.checks.unknowns import unknown_complaints
from sim.scenario.formalities import in_present_words
from sim.scenario.keys import Data, value_at
from sim.scenario.naming import latest_changes, name_changed
from sim.scenario.positions import KeyPath
from sim.scenario.problems import (
    ArgumentError,
    Complaint,
    Problem,
    ScenarioError,
    Spot,
    dotted,
    how_many,
    shown,
)
from sim.scenario.reading.json_schema import schema_json
from sim.scenario.reading.layers import find, lineage, shipped
from sim.scenario.reading.merge import SET, Layer, merge_layers
from sim.scenario.reading.overrides import (
    Overrides,
    assignment,
    command_line,
    spreads_lost,
    to_toml,
    with_sums,
)
from sim.scenario.reading.refusals import MOST_TOLD, NAME, mended, refusals
from sim.scenario.reading.volumes import layers_of
from sim.scenario.schema import Scenario
from sim.scenario.values import closed

__all__ = ["Problem", "Reading", "ScenarioError", "find", "read", "schema_json", "shipped", "to_toml"]

MOST_MENDINGS = 3
"""Rounds in which a misspelt key is put right, then its value, then what relates it to others."""


@dataclass(frozen=True, repr=False)
class Reading:
    """A scenario as read.

    Attributes
    ----------
    name
        Stem of the file's name, or what else the scenario is called.
    scenario
        The scenario, checked.
    resolved
        Everything said about it in one plain table, without `extends`; `to_toml` writes it.
    files
        The file itself, then the file it extends, and so on.
    spots
        Where each key path of `resolved` was said last.
    overrides
        The changes to the files, as given.
    is_derived
        Whether a study made it out of one that was read, so that nobody is to be blamed for what it states.
    """

    name: str
    scenario: Scenario
    resolved: dict[str, Any]
    files: tuple[Path, ...]
    spots: Mapping[KeyPath, Spot]
    overrides: tuple[str, ...] = ()
    is_derived: bool = False

    def __post_init__(self) -> None:
        """What files say stays as it was read, as the scenario does: what is saved is what was run."""
        object.__setattr__(self, "resolved", closed(self.resolved))

    def __repr__(self) -> str:
        scenario = self.scenario
        numbers = f"{how_many(len(scenario.places), 'place')}, {how_many(len(scenario.flows), 'flow')}"
        return f"<Reading of {self.name}: {numbers}, {scenario.horizon.start} to {scenario.horizon.end}>"

    def _repr_html_(self) -> str:
        """What a notebook shows of it: its title, its line, and the changes to its file."""
        changes = "".join(f"<li><code>{escape(change)}</code></li>" for change in latest_changes(self.overrides))
        change_list = f"<ul>{changes}</ul>" if changes else ""
        return f"<p><b>{escape(self.scenario.title)}</b><br>{escape(repr(self))}</p>{change_list}"

    @property
    def words(self) -> str:
        """Its name, or that of its file and the changes to it, for messages."""
        return f"{self.files[0].stem} with {', '.join(self.overrides)}" if self.overrides and self.files else self.name

    @property
    def file(self) -> str:
        """The file that messages name, or where none is known, as of results, the scenario itself."""
        return str(self.files[0]) if self.files else self.name

    @checked
    def get(self, key: str) -> Any:
        """What stands at a key path, such as `wagon_pools.platforms.sets`, as `set` takes it; what holds if unsaid.

        Raises
        ------
        ArgumentError
            If nothing does.
        """
        try:
            path = tuple(str(part) for part in assignment(f"{key}=0")[0])
        except ValueError:
            raise ArgumentError(f"get: key must be a key path (got {shown(key)})") from None
        own_value = value_at(self.resolved, path)
        if own_value is not None:
            return own_value
        tables = self.scenario.model_dump()
        if message := leads_nowhere(tables, path):
            raise ArgumentError(f"get: {dotted(path)} {message}")
        return value_at(tables, path)

    @checked
    def set(self, overrides: Overrides, name: str | None = None) -> Reading:
        """The scenario changed, checked as a file is; it stays as it is itself.

        Parameters
        ----------
        overrides
            Values by key path, `{"wagon_pools.platforms.sets": 60}`, or texts as on a command line. A number in place
            of a spread is the same for all trains; `placing_h.mean` in place of `placing_h` keeps the variation.
        name
            Of the changed scenario, in tables and charts; by default its own, followed by the changes.

        Raises
        ------
        ScenarioError
            With every problem found.
        ArgumentError
            If they are no changes, or the name none.
        """
        if not isinstance(name, str | None):
            raise ArgumentError(f"name must be a text (got {shown(name)})")
        # What was read is the layer below: a scenario made of others, as an arm is, has no files that say it whole.
        below = Layer(self.name, self.resolved, self.spots)
        changed = layered(self.name, self.files, [below], overrides)
        texts = changed.overrides
        for path in spreads_lost(self.resolved, texts):
            keeps = f"{dotted(path)}.mean changes the mean alone"
            warnings.warn(f"{dotted(path)} varied, and is now the same for all: {keeps}", stacklevel=3)
        name = name or name_changed(self.name, self.overrides, texts)
        return replace(changed, name=name, overrides=(*self.overrides, *texts), is_derived=self.is_derived)


def read(path: str | Path, overrides: Overrides = (), follow: bool = True) -> Reading:
    """Read a scenario file, the files it extends, and changes to it.

    Parameters
    ----------
    path
        A TOML file of at most 2 MB and 50,000 keys.
    overrides
        Changes such as `places.altynkol.forming.crews=4`: a key path and a TOML value, or else plain text; `+4` is four
        more than stated, and `-4` four less where no number may be below 0. Or values by key path.
    follow
        Whether the file may be a link, see `files.opened_file`.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the files (the one named first) and of their lines.
    """
    files = lineage(Path(path), follow)
    paths = tuple(file.path for file in files)
    return layered(paths[0].stem.strip("<>"), paths, layers_of(files, follow), overrides)


def layered(name: str, paths: tuple[Path, ...], layers: Sequence[Layer], overrides: Overrides) -> Reading:
    """The scenario that layers say, the outermost parent first, under the changes of a command line.

    Raises
    ------
    ScenarioError
        With every problem found, in the order of the files and of their lines.
    """
    data, spots, idle = merge_layers(layers)
    texts = with_sums(overrides, data)
    change, problems = command_line(texts, data)
    if texts:
        data, spots, idle = merge_layers([*layers, change])
    if isinstance(data.get("regimes"), dict):
        data = {**data, "regimes": {name: in_present_words(table) for name, table in data["regimes"].items()}}
    problems += idle
    scenario, complaints = scenario_from(data)
    file = str(paths[0]) if paths else name
    # Of keys that do not go together the changes are to blame: nobody changes a file that was not sound before.
    changed_parts = {path[:depth] for path in change.spots for depth in range(1, len(path))}
    for where, message in complaints:
        spot = Spot(SET) if where in changed_parts else spot_of(where, spots, file)
        problems.append(Problem(spot, where, message + (form_of_change(where, message) if spot.file == SET else "")))
    if problems or scenario is None:
        mended_data, remainder = data_mended(data)
        # Without the changes: one of them may be what could not be read.
        reading = None if remainder is None else Reading(name, remainder, dict(mended_data), paths, spots)
        raise ScenarioError(first_problems(sorted_problems(problems, [*map(str, paths), file, SET])), reading)
    return Reading(name, scenario, data, paths, spots, texts)


def form_of_change(path: KeyPath, message: str) -> str:
    """How a change is written whose value must be a table, of which a message has an example; nothing of others."""
    _, must_be, example = message.partition("must be a table such as {")
    return f"; as a change: '{dotted(path)}={{{example.partition('}')[0]}}}'" if must_be else ""


def data_mended(data: Data) -> tuple[Data, Scenario | None]:
    """Tables with what is refused put right as its messages say, and the scenario they come to, where that is sound."""
    for _ in range(MOST_MENDINGS):
        data, _ = mended(data)
    scenario, complaints = scenario_as_it_stands(with_changes(data)[0])
    return data, None if complaints else scenario


def scenario_from(data: Data) -> tuple[Scenario | None, list[Complaint]]:
    """The scenario that a merged table describes, if it does, and everything wrong with it."""
    in_force, complaints = with_changes(data)
    scenario, plain_complaints = scenario_as_it_stands(in_force)
    complaints += told_of_changes(plain_complaints, data, scenario_as_it_stands)
    if scenario is None:
        return None, complaints + complaints_beside(data, complaints)
    # These take the names in a scenario for granted, so they wait until nothing is wrong with any.
    if not complaints:
        complaints = set_complaints(scenario) + trial_complaints(scenario, in_force)
        complaints += told_of_changes(too_much_moved(scenario, in_force), data, scenario_as_it_stands)
    return scenario, complaints + experiment_complaints(scenario, data) + unknown_complaints(scenario, data)


def complaints_beside(data: Data, complaints: Sequence[Complaint]) -> list[Complaint]:
    """What would be said of a scenario that the schema refuses if that were mended: so that all is said at once."""
    beside: list[Complaint] = []
    scenario, trial, guessed_paths = None, data, [path for path, _ in complaints]
    for _ in range(MOST_MENDINGS):
        trial, sure_paths = mended(trial)
        # Where the mending is a guess, what is said next may be of the guess.
        guessed_paths = [path for path in guessed_paths if path not in sure_paths]
        in_force, _ = with_changes(trial)
        try:
            scenario = Scenario.model_validate(in_force)
            next_complaints = [*bound_complaints(scenario), *experiment_complaints(scenario, data)]
            next_complaints += unknown_complaints(scenario, data)
        except ValidationError as error:
            next_complaints = [*told_of_changes(refusals(error, in_force), trial, scenario_as_it_stands)]
        fresh = [told for told in next_complaints if not any(is_around(told[0], path) for path in guessed_paths)]
        beside += fresh
        if scenario is not None or not fresh:
            break
        guessed_paths += [path for path, _ in fresh]
    return beside


def scenario_as_it_stands(data: Data) -> tuple[Scenario | None, list[Complaint]]:
    """The scenario that tables describe whose changes have been carried out, and everything wrong with them."""
    complaints = reference_complaints(data) + route_complaints(data) + price_complaints(data) + market_complaints(data)
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        paths = {path for path, _ in complaints}
        # A name that leads nowhere is wrong once, however it is written.
        return None, [
            told for told in refusals(error, data) if NAME not in told[1] or told[0] not in paths
        ] + complaints
    return scenario, complaints + bound_complaints(scenario)


def trial_complaints(scenario: Scenario, data: Data) -> list[Complaint]:
    """What is wrong with the values of disruptions by chance, each tried on a day in the middle of the horizon."""
    horizon = scenario.horizon
    # A spell may begin on any day; one day will do, for a value is in or out of its bounds whatever its date.
    day = horizon.start + (horizon.end - horizon.start) / 2
    complaints: list[Complaint] = []
    by_chance = chance_changes(data)
    if not by_chance or not scenario_as_it_stands(with_all_by_chance(data, day))[1]:
        return []
    for name, changes in by_chance.items():
        trial, _ = carried_out(data, changes, day.isoformat(), (day + dt.timedelta(days=1)).isoformat())
        for path, message in scenario_as_it_stands(trial)[1]:
            where = ("disruptions", name, "changes")
            keys = (key for key in changes if is_around(tuple(key.split(".")), path))
            complaints.append(((*where, *list(keys)[:1]), message))
    return list(dict.fromkeys(complaints))


def with_all_by_chance(data: Data, day: dt.date) -> Data:
    """The tables with every disruption by chance carried out, each on a day of its own: one trial for all.

    A value that does not fit is wrong on its own day, whatever the others change.
    """
    for changes in chance_changes(data).values():
        until = day + dt.timedelta(days=1)
        data, _ = carried_out(data, changes, day.isoformat(), until.isoformat())
        day = until
    return data


def is_around(first: KeyPath, second: KeyPath) -> bool:
    """Whether one of two key paths leads to the other."""
    depth = min(len(first), len(second))
    return first[:depth] == second[:depth]


def spot_of(path: KeyPath, spots: Mapping[KeyPath, Spot], file: str) -> Spot:
    """Where a key was said, or the innermost table around it, or else the top of the file."""
    around = (path[:depth] for depth in range(len(path), 0, -1))
    return next((spots[outer] for outer in around if outer in spots), Spot(file, 1, 1))


def sorted_problems(problems: Iterable[Problem], files: Sequence[str]) -> list[Problem]:
    """Each problem once, by file, line and column; those of tables that files name stand after those of files."""
    places = {file: place for place, file in reversed([*enumerate(files)])}

    def order(problem: Problem) -> tuple[int, str, int, int, str, str]:
        place = places.get(problem.file, len(files))
        return place, problem.file, problem.line or 0, problem.column or 0, problem.key, problem.message

    return sorted(dict.fromkeys(problems), key=order)


def first_problems(problems: Sequence[Problem]) -> list[Problem]:
    """The first of very many, and how many more there are: one mistake may be said of thousands of keys."""
    further = len(problems) - MOST_TOLD
    more = [Problem(Spot(problems[0].file), (), f"has {further:,} more problems")] if further > 0 else []
    return [*problems[:MOST_TOLD], *more]
