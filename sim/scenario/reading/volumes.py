"""What files say, as layers: each file, and under it the volumes of single months from the table that it names."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sim.scenario.files import Unreadable, header_complaint, is_plain_number, table_rows, text_of
from sim.scenario.positions import KeyPath
from sim.scenario.problems import Problem, ScenarioError, Spot, did_you_mean, how_many, listing, shown
from sim.scenario.reading.layers import TomlFile
from sim.scenario.reading.merge import Layer
from sim.scenario.traffic import VOLUMES_BY_MONTH
from sim.scenario.values import month_key

NAMES_OF_FILES = ("extends", "volumes")
"""Keys of a file that name other files, which are read with it; who changes a scenario that was read has no place."""

KEY = "volumes"
"""The key of a file that names the table."""


def layers_of(files: Sequence[TomlFile], follow: bool = True) -> list[Layer]:
    """What files say that extend each other, the outermost parent first; they stand the other way round.

    Raises
    ------
    ScenarioError
        If a table of volumes that one of them names is none.
    """
    tables: list[Any] = [file.data.get("flows") for file in files]
    flows = {name for table in tables if isinstance(table, dict) for name in table}
    layers: list[Layer] = []
    for file in reversed(files):
        own = {key: value for key, value in file.data.items() if key not in NAMES_OF_FILES}
        layers += [volume_layer(file, flows, follow), Layer(file.path.name, own, file.spots())]
    return layers


def volume_layer(file: TomlFile, flows: Collection[str], follow: bool = True) -> Layer:
    """What the table says that a file names; nothing where it names none.

    Parameters
    ----------
    flows
        Names of the flows that there are.
    follow
        Whether the table may be a link, see `files.opened_file`.

    Raises
    ------
    ScenarioError
        With every problem found: of the name at its line of the file, of a cell at its line of the table.
    """
    name = file.data.get(KEY)
    if name is None:
        return Layer(file.path.name, {}, {})
    if not isinstance(name, str) or not name:
        raise ScenarioError([Problem(file.spots()[(KEY,)], (KEY,), f"must be the name of a file (got {shown(name)})")])
    path = file.path.parent / name
    try:
        rows = list(table_rows(text_of(path, follow=follow)))
    except (Unreadable, csv.Error) as error:
        raise ScenarioError([Problem(file.spots()[(KEY,)], (KEY,), f"{shown(str(path))}: {error}")]) from None
    units = units_in(rows, str(path))
    data: dict[str, dict[str, dict[str, float]]] = {}
    spots: dict[KeyPath, Spot] = {}
    problems: list[Problem] = []
    header = rows[0][1]
    for line, cells in rows[1:]:
        spot = Spot(str(path), line)
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        complaints = list(row_complaints(row, len(cells), units, flows))
        if not complaints:
            [unit] = [head for head in units if row.get(head)]
            where = ("flows", row["flow"], unit, row["month"])
            if where in spots:
                complaints.append(f"{row['flow']} in {row['month']} stands twice: in line {spots[where].line}, too")
            data.setdefault(row["flow"], {}).setdefault(unit, {})[row["month"]] = float(row[unit])
            spots |= {where[:depth]: spot for depth in (3, 4) if where[:depth] not in spots}
        problems += [Problem(spot, (KEY,), message) for message in complaints]
    if problems:
        raise ScenarioError(problems)
    return Layer(path.name, {"flows": data}, spots)


def units_in(rows: Sequence[tuple[int, list[str]]], file: str) -> list[str]:
    """The columns that hold volumes, after a look at all heads.

    Raises
    ------
    ScenarioError
        If the heads are not those of such a table, or no row stands under them.
    """
    line, header = rows[0] if rows else (1, [])
    units = [head for head in header if head in VOLUMES_BY_MONTH]
    message = header_complaint(header)
    if not message and (not units or sorted(header) != sorted({"flow", "month", *units})):
        message = f"the columns must be flow, month and of {', '.join(VOLUMES_BY_MONTH)} one or more"
        message += f" (got {listing(header)})"
    if not message and len(rows) == 1:
        message = "has no rows"
    if message:
        raise ScenarioError([Problem(Spot(file, line), (), message)])
    return units


def row_complaints(row: dict[str, str], cells: int, units: Sequence[str], flows: Collection[str]) -> Iterator[str]:
    """What is wrong with the cells of a row, by column; a decimal comma makes one cell too many."""
    heads = len(units) + len(("flow", "month"))
    if cells > heads:
        yield f"has {how_many(cells, 'cell')}, and {how_many(heads, 'head')} stand above them"
        return
    filled = [unit for unit in units if row.get(unit)]
    if len(filled) != 1 or not {"flow", "month"} <= row.keys():
        yield f"must have a flow, a month and {'one volume' if len(units) > 1 else units[0]}"
        return
    [unit] = filled
    if row["flow"] not in flows:
        yield f"flow: there is no {shown(row['flow'])}{did_you_mean(row['flow'], flows)}"
    try:
        month_key(row["month"])
    except ValueError as error:
        yield f"month: {error} (got {shown(row['month'])})"
    if not is_plain_number(row[unit]):
        yield f"{unit}: must be a number in digits 0 to 9 alone, with a point (got {shown(row[unit])})"
