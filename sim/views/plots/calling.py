"""Figures as a notebook asks for them: with the caption that they make themselves, of results or of their folders."""

from __future__ import annotations

import datetime as dt
import inspect
import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.runs.answer import Answer
from sim.runs.results import Results, results_of, several_results
from sim.scenario.addresses import Address, AddressError
from sim.scenario.arguments import KINDS, Kind, checked
from sim.scenario.meaning import strange_words
from sim.scenario.problems import ArgumentError
from sim.study.field.clearance import ClearanceSubject
from sim.study.folders import answer_from, load_answer
from sim.views.words import joined_by_and, standing


def captioned(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of figures whose caption may be left out: then it says how many inputs of the scenario are assumed.

    Results may be the folders that they lie in, those of one run stand for a list of them, a day may be its text, and
    what is of another kind is refused by name, see `arguments.checked`.
    """
    form = inspect.signature(function)
    draw = checked(function, OF_FIGURES)

    @wraps(function)
    def drawn(*args: Any, **options: Any) -> Any:
        try:
            is_missing = "caption" in form.parameters and "caption" not in form.bind_partial(*args, **options).arguments
        except TypeError:
            return draw(*args, **options)  # which says what is wrong
        if is_missing:
            options["caption"] = caption_of([*args, *options.values()])
        warn_of_seeds([*args, *options.values()])
        if "period" in form.parameters:
            check_period_drawn([*args, *options.values()], form.bind_partial(*args, **options).arguments.get("period"))
        return draw(*args, **options)

    return drawn


def caption_of(arguments: Iterable[Any]) -> str:
    """What answers among some arguments rest on; of a comparison what the last of two does."""
    answers: list[Answer] = []
    for argument in arguments:
        several = argument if isinstance(argument, list | tuple) else [argument]
        answers += [entry for entry in map(as_answer, several) if entry is not None]
    return standing(answers[1] if len(answers) == 2 else answers[0]) if answers else ""


def as_answer(argument: object) -> Answer | None:
    """The answer that an argument is, or whose folder it is; None of anything else."""
    if isinstance(argument, str | Path) and (Path(argument) / "manifest.json").is_file():
        return load_answer(argument)
    return argument if isinstance(argument, Answer) else None


def warn_of_seeds(arguments: Iterable[Any]) -> None:
    """Warn where results are drawn side by side that do not pair: of other seeds, they have other luck."""
    several = [entry for argument in arguments if isinstance(argument, list | tuple) for entry in argument]
    seeds = dict.fromkeys(answer.manifest["seed"] for answer in map(as_answer, several) if answer is not None)
    if len(seeds) > 1:
        message = f"drawn side by side are results of seeds {joined_by_and(map(str, seeds))}, which do not pair"
        warnings.warn(f"{message}: what differs may be luck; run them with one seed", stacklevel=3)


def check_period_drawn(arguments: Iterable[Any], period: object) -> None:
    """Make sure that the period of a figure is one of the scenarios drawn; AddressError if not."""
    runs = [run for argument in arguments for run in (argument if isinstance(argument, list | tuple) else [argument])]
    for run in runs:
        if isinstance(run, Answer) and isinstance(period, str):
            for message in strange_words(Address("", period=period), run.scenario):
                raise AddressError(message)


def instance_of(kind: type) -> Callable[[Any], Any]:
    """What takes things of a class; TypeError for others."""

    def of_class(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError
        return value

    return of_class


def one_result(value: Any) -> Results:
    """The results of the one run that a figure draws, which may stand in a list as those of several do.

    Raises
    ------
    ResultsError, ArgumentError
        As `results_of` does, and if they are of several runs.
    """
    if isinstance(value, list | tuple) and len(value) != 1:
        raise ArgumentError(f"this figure draws one run (got {len(value)}): call it once for each")
    return results_of(value[0] if isinstance(value, list | tuple) else value)


def answer_of_kind(name: str) -> Callable[[Any], Answer]:
    """What takes the answer of one study, or its folder; TypeError for others."""

    def of_kind(value: Any) -> Answer:
        answer = answer_from(value)
        if name not in ("Answer", type(answer).__name__):
            raise TypeError
        return answer

    return of_kind


def day(value: Any) -> dt.date:
    """A day, or its text such as 2024-02-05; TypeError if it is none."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else dt.date(value.year, value.month, value.day)
    except (ValueError, AttributeError):
        raise TypeError from None


STUDIES = ("Answer", "SweepResults", "ForecastResults", "Ladder", "Target")

OF_FIGURES: dict[str, Kind] = {
    **KINDS,
    "Results": ("results", one_result),
    "Several": ("results", several_results),
    "Sequence[Results]": ("results", several_results),
    "dt.date": ("a day such as 2024-02-05", day),
    "pd.DataFrame": ("a table", instance_of(pd.DataFrame)),
    "Figure": ("a figure", instance_of(Figure)),
    "ClearanceSubject": ("a subject, see `clearance_subject`", instance_of(ClearanceSubject)),
    **{name: (f"the answer of a study ({name}), or its folder", answer_of_kind(name)) for name in STUDIES},
}
"""What parameters of figures take, see `arguments.KINDS`."""
