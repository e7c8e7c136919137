"""An ensemble: the worlds that a match left, kept as a file of shares of probability, and drawn from by a forecast.

It names shares, not values: a fact stands in one table, and a range in one. A forecast draws a row for each world, by
weight, and takes from it all unknowns that it has, so that what the record says of two together stays together; what it
has not is drawn from its range as before.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.measure.statistics import FloatArray
from sim.scenario.files import Unreadable, table_rows, text_of
from sim.scenario.problems import CorridorError, listing
from sim.scenario.unknowns import Unknown
from sim.study.forecast.draws import Draws, shares_drawn

COMMON = "common to "
"""Head of a column that holds what several unknowns have in common."""
FIRST_WORDS = "What `corridor calibrate` left of"
LAW = "law"
"""First cell of the row that holds the digests of the laws under which the shares were drawn."""
DIGITS = 9


class EnsembleError(CorridorError, ValueError):
    """A file of an ensemble that is none, or that was made of other ranges."""

    outcome = "Nothing was run."


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Worlds left, of a file's name: a weight each, and shares by unknown, or common to several, by head of column."""

    name: str
    weights: FloatArray
    shares: Mapping[str, FloatArray]

    def applied_to(self, prior: Draws, seed: int, worlds: int) -> Draws:
        """The draws of a forecast, with those unknowns that the ensemble has from its rows."""
        places = shares_drawn(seed, "row of the ensemble", worlds)
        rows = np.minimum(np.searchsorted(np.cumsum(self.weights), places), len(self.weights) - 1)
        own = {name: self.shares[name][rows] if name in self.shares else shares for name, shares in prior.own.items()}
        common = {
            name: self.shares[COMMON + name][rows] if COMMON + name in self.shares else shares
            for name, shares in prior.common.items()
        }
        return Draws(own, common)


def law_digest(entry: Unknown) -> str:
    """What a share of an unknown means: eight letters that change with its range, its shape and what it moves with."""
    law = entry.model_dump(mode="json", exclude={"title", "group", "keys", "sources", "follows", "ramp_from"})
    return hashlib.sha256(json.dumps(law, sort_keys=True).encode()).hexdigest()[:8]


def ensemble_text(table: Mapping[str, Iterable[float]], unknowns: Mapping[str, Unknown], about: Iterable[str]) -> str:
    """An ensemble as a file: lines about it, heads, digests of laws, and a row a world.

    Parameters
    ----------
    table
        Columns world, weight, and shares by unknown.
    """
    text = io.StringIO()
    text.writelines(f"# {line}\n" for line in about)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table)
    writer.writerow([LAW, "", *(law_digest(unknowns[name]) if name in unknowns else "" for name in [*table][2:])])
    columns = [[f"{value:.{DIGITS}g}" for value in column] for column in table.values()]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()


def is_ensemble(path: Path) -> bool:
    """Whether a file is an ensemble written before, as its first line says."""
    try:
        return text_of(path).startswith(f"# {FIRST_WORDS} ")
    except Unreadable:
        return False


def read_ensemble(path: Path, unknowns: Mapping[str, Unknown]) -> Ensemble:
    """An ensemble for a scenario with some unknowns; those that it has not are left aside.

    Raises
    ------
    EnsembleError
        If the file cannot be read, or holds none, or an unknown has another range now.
    """
    try:
        lines = [line for line in text_of(path).splitlines() if line.strip() and not line.startswith("#")]
        rows = [cells for _, cells in table_rows("\n".join(lines))]
        (head, laws), numbers = rows[:2], np.array(rows[2:], float)
        if numbers.ndim != 2 or numbers.shape[1] != len(head):
            raise ValueError("each row must have as many cells as there are heads")
        if head[:2] != ["world", "weight"] or laws[0] != LAW or len(set(head)) < len(head):
            raise ValueError("its first columns must be world and weight, and its first row that of laws")
        weights, shares = numbers[:, 1], numbers[:, 2:]
        if not (weights >= 0).all() or not weights.sum() > 0 or not ((shares > 0) & (shares < 1)).all():
            raise ValueError("weights must be 0 or more, and shares lie between 0 and 1")
    except (OSError, ValueError, IndexError, csv.Error, CorridorError) as error:
        raise EnsembleError(f"{path}: is no ensemble of `corridor calibrate`: {error}") from None
    digests = dict(zip(head, laws, strict=True))
    stale = [name for name in head[2:] if name in unknowns and law_digest(unknowns[name]) != digests[name]]
    if stale:
        raise EnsembleError(
            f"{path}: was made when the range was another of {listing(stale)}: "
            "make it anew by `corridor calibrate`, or leave it aside (prior)"
        )
    return Ensemble(path.name, weights / weights.sum(), dict(zip(head[2:], shares.T, strict=True)))
