"""What is wrong with the factors and measures of `[sweep]`, and with conclusions, before anything is run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from sim.scenario.addresses import Address, words_of
from sim.scenario.changes import leads_nowhere
from sim.scenario.keys import Data, alternatives, annotation_at, is_table, value_at
from sim.scenario.meaning import strange_words
from sim.scenario.problems import Complaint, did_you_mean, dotted, shown
from sim.scenario.schema import Scenario
from sim.scenario.sources import has_number
from sim.scenario.sweeps import FactorRange
from sim.scenario.values import ALL

INPUTS = (
    *("trains", "wagon_pools", "regimes", "places", "flows", "markets", "indices", "bans"),
    *("investments", "disruptions"),
)
"""Tables of a scenario that the model reads numbers from."""


def experiment_complaints(scenario: Scenario, data: Data) -> list[Complaint]:
    """Everything wrong with the factors, measures and conclusions of a scenario that is otherwise sound.

    Parameters
    ----------
    data
        The merged table of the scenario, before investments and disruptions are carried out.
    """
    complaints: list[Complaint] = []
    for key, factor in (scenario.sweep.factors if scenario.sweep else {}).items():
        complaints += [(("sweep", "factors", key), message) for message in factor_complaints(data, key, factor)]
    if scenario.sweep:
        for place, text in enumerate(scenario.sweep.measures):
            where = ("sweep", "measures", place)
            complaints += [(where, message) for message in address_complaints(scenario, text)]
    return complaints


def factor_complaints(data: Data, key: str, factor: FactorRange) -> Iterator[str]:
    """What is wrong with one factor."""
    path = tuple(key.split("."))
    annotation = annotation_at(data, path)
    value = value_at(data, path)
    if path[0] not in INPUTS:
        yield f"is no input of the model: the tables of inputs are {', '.join(INPUTS)}{did_you_mean(path[0], INPUTS)}"
    elif value is None and (annotation is None or not isinstance(value_at(data, path[:-1]), dict)):
        yield leads_nowhere(data, path) or "names no value of the scenario"
    elif is_table(annotation):
        yield "names a table: name one value of it"
    elif any(get_origin(kind) in (list, tuple) for kind in alternatives(annotation)):
        yield "names a list: a factor is one number, switch, word or date"
    elif factor.scale_low is None and isinstance(value, dict) and has_no_bare_form(annotation):
        yield f"names a table of values: name one of them, such as {dotted((*path, next(iter(value), '2025')))}"
    elif factor.scale_low is not None and not is_scalable(value):
        yield "has no number to scale: state low and high instead"
    elif factor.low is not None and value is not None and not has_number(value):
        yield f"is no number that could lie between two values (it is {shown(value)}): list them as values"


def has_no_bare_form(annotation: Any) -> bool:
    """Whether a value must be a table, by year or by name: a bare one does not stand for all of it, as by date."""
    keys = [get_args(kind)[0] for kind in alternatives(annotation) if get_origin(kind) is dict]
    return any(dt.date not in alternatives(key) for key in keys)


def is_scalable(value: Any) -> bool:
    """Whether a value is a number, or a table with numbers in it."""
    return has_number(value) and not isinstance(value, list)


def address_complaints(scenario: Scenario, text: str) -> Iterator[str]:
    """Place, flow and period of an address that the scenario does not have."""
    kpi, place, flow, period = words_of(text)
    return strange_words(Address(kpi, place, flow, period or ALL), scenario)
