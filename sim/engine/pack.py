"""Packing: what the model says of its nouns, as records and columns that the twin reads.

What is said of a thing is taken by the names of its fields, see `TERMS`; where the model has them under other names,
`sim.engine.words` translates. Nothing is drawn here, and nothing begun.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sim.engine.sandbox import TooLargeError
from sim.engine.terms import TERMS, record_dtype

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from sim.model.papers import Rounds

Span: TypeAlias = tuple[int, int]
"""Where a column begins, and its length."""

Block: TypeAlias = "list[NDArray[np.uint8]]"
"""All of a world, as pieces that lie one after the other."""

Words: TypeAlias = "Mapping[str, Callable[[Any], dict[str, Any]]]"
"""For a noun what translates: a thing of the model to the fields that it has under other names."""

LARGEST = {"flag": 1, "code8": 2**7 - 1, "code16": 2**15 - 1, "code32": 2**31 - 1, "count": 2**62}
"""The largest number of a kind; none is below 0."""


class Packing:
    """Records and columns as they are met; what is met again has its number."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.records: dict[str, Any] = {noun: [] for noun in TERMS}
        self.numbers: dict[tuple[str, int], int] = {}
        self.spans: dict[int, Span] = {}
        # What is known by its identity must live as long as the packing.
        self.met: list[object] = []
        self.columns: dict[str, list[NDArray[Any]]] = {"reals": [], "wholes": []}
        self.lengths = {"reals": 0, "wholes": 0}
        self.handlings: list[str] = []
        self.trains_at_most = LARGEST["count"]

    def tell(self, noun: str, thing: object) -> int:
        """The number of a thing, which is told of when it is first met; -1 for nothing."""
        if thing is None:
            return -1
        if (noun, id(thing)) not in self.numbers:
            # Rooms and the bans that watch them name each other: the number is there before the rest.
            self.reserve(noun, thing)
            self.describe(noun, thing)
        return self.numbers[noun, id(thing)]

    def reserve(self, noun: str, thing: object) -> None:
        """Give a thing the next number."""
        self.met.append(thing)
        self.numbers[noun, id(thing)] = len(self.records[noun])
        self.records[noun].append(())

    def describe(self, noun: str, thing: object) -> None:
        """Write the record of a thing that has a number."""
        other_words = self.words[noun](thing) if noun in self.words else {}
        self.records[noun][self.numbers[noun, id(thing)]] = tuple(
            self.field(kind, other_words[name] if name in other_words else getattr(thing, name))
            for name, kind in TERMS[noun].items()
        )

    def field(self, kind: str, value: Any) -> Any:
        """What stands in a field for a value of the model."""
        if kind[0] in "*?":
            return self.tell(kind[1:], value)
        if kind[0] == "[":
            return self.wholes([self.tell(kind[1:-1], thing) for thing in value])
        match kind:
            case "reals" | "trains" if value is None:
                return (0, 0)
            case "trains":
                self.trains_at_most = min(self.trains_at_most, len(value) or self.trains_at_most)
                return self.reals(value)
            case "reals":
                return self.reals(value)
            case "wholes":
                return self.wholes(value)
            case "steps":
                return (*self.reals(value.from_h), *self.reals(value.values))
            case "rounds":
                return self.rounds(value)
            case "mask":
                return self.mask(value)
            case _:
                pass
        # Asked last of a plan: then its columns by train are told, and the shortest says how many trains there may be.
        return value() if callable(value) else math.nan if value is None else value

    def mask(self, handlings: Iterable[str] | None) -> int:
        """Handlings as a set of bits; None: all."""
        if handlings is None:
            return -1
        new = sorted({*handlings} - {*self.handlings})
        self.handlings += new
        check_bounds("kinds of handling", np.array([len(self.handlings)]), 0, 62)
        return sum(1 << self.handlings.index(handling) for handling in handlings)

    def column(self, kind: str, values: NDArray[Any]) -> Span:
        """Add a column."""
        span = (self.lengths[kind], len(values))
        self.columns[kind].append(values)
        self.lengths[kind] += len(values)
        return span

    def reals(self, values: Sequence[float]) -> Span:
        """A column of numbers; one that is met again stands there once."""
        if id(values) not in self.spans:
            self.met.append(values)
            self.spans[id(values)] = self.column("reals", np.asarray(values, np.float64))
        return self.spans[id(values)]

    def wholes(self, values: ArrayLike) -> Span:
        """A column of whole numbers."""
        return self.column("wholes", np.asarray(values, np.int64))

    def rounds(self, rounds: Rounds) -> tuple[int, ...]:
        """Numbers by train and round: where those of each train begin, and all of them."""
        self.trains_at_most = min(self.trains_at_most, len(rounds))
        check_bounds("rounds of a clearance", np.diff(rounds.first), 0, LARGEST["code16"])
        return (*self.wholes(rounds.first), *self.wholes(rounds.handled))

    def block(self) -> Block:
        """All of it, with the place of each noun's records first."""
        wholes = np.concatenate([np.empty(0, np.int64), *self.columns["wholes"]])
        records = [self.bounded(noun, wholes) for noun in TERMS]
        lengths = [*map(len, records), self.lengths["reals"], len(wholes)]
        sizes = [*(part.nbytes for part in records), 8 * self.lengths["reals"]]
        places = np.column_stack([np.cumsum([16 * len(lengths), *sizes]), lengths]).astype(np.int64)
        # Not put together here: the columns of numbers are nearly all of it, and go where the twin reads them.
        return [part.view(np.uint8) for part in [places.ravel(), *records, *self.columns["reals"], wholes]]

    def bounded(self, noun: str, wholes: NDArray[Any]) -> NDArray[Any]:
        """The records of a noun, each number within its bounds."""
        records = np.array(self.records[noun], record_dtype(noun))
        for name, kind in TERMS[noun].items():
            about, values = f"{name} of a {noun}", records[name]
            if kind[0] == "[":
                columns = [wholes[place : place + length] for place, length in values.tolist()]
                check_bounds(about, np.concatenate([wholes[:0], *columns]), 0, len(self.records[kind[1:-1]]) - 1)
            elif kind[0] in "*?":
                check_bounds(about, values, -(kind[0] == "?"), len(self.records[kind[1:]]) - 1)
            elif kind in LARGEST:
                check_bounds(about, values, 0, LARGEST[kind])
        return records


def check_bounds(about: str, values: NDArray[Any], low: int, high: int) -> None:
    """Refuse numbers that the twin has no room for.

    Raises
    ------
    TooLargeError
        Naming the field, the number and the bounds.
    """
    outside = values[(values < low) | (values > high)]
    if len(outside):
        raise TooLargeError(f"{about}: {outside[0]} is not from {low} to {high}, what the compiled engine has room for")
