"""Published figures against the model: each with its band, the measure that answers it, and how the two stand."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.catalogue import most_of
from sim.measure.statistics import measure_intervals
from sim.scenario.addresses import Address
from sim.scenario.choices import facts_cited
from sim.scenario.facts import LEDGER, Fact, facts
from sim.scenario.files import Unreadable, text_of
from sim.scenario.keys import Data
from sim.scenario.meaning import covered_figures, figure_addresses, periods
from sim.scenario.reading.read import shipped
from sim.scenario.schema import Published, Scenario

VERDICTS = ("inside", "overlaps", "outside", "not measured")

ANSWER = ("mean", "ci_low", "ci_high", "replications", "verdict")
NUMBERS = ("low", "high", "mean", "ci_low", "ci_high")
DIGITS = 1e-5
"""Rounding of a number of which six digits are written, as a share of it."""
BAND = ("name", "title", "fact", "used_for", "kpi", "place", "flow", "start", "end", "low", "high")


def hours(scenario: Scenario, figure: Published) -> tuple[float, float]:
    """First and last hour of the days a figure counts."""
    return scenario.calendar.hours(figure.start), scenario.calendar.hours(figure.end)


def figure_period(scenario: Scenario, figure: Published) -> str:
    """The period of the results that a figure counts, or its dates if it is none of them."""
    names = {window: name for name, window in periods(scenario).items()}
    return names.get(hours(scenario, figure), f"{figure.start}/{figure.end}")


def windows(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The windows to measure for the published figures, by period."""
    return {figure_period(scenario, figure): hours(scenario, figure) for figure in covered_figures(scenario).values()}


def kpis_answering(scenario: Scenario) -> set[str]:
    """The names of the KPIs that answer the published figures."""
    figures = covered_figures(scenario).values()
    return {address.kpi for figure in figures for addresses in figure_addresses(figure) for address in addresses}


def figure_answers(scenario: Scenario, kpis: pd.DataFrame) -> pd.DataFrame:
    """What one replication says to each published figure: columns name and value; no row where it says nothing."""
    answering = kpis[kpis["kpi"].isin(kpis_answering(scenario))]
    keys = zip(*(answering[key] for key in ("kpi", "place", "flow", "period")), strict=True)
    values = {Address(*key): value for key, value in zip(keys, answering["value"], strict=True)}
    answers = {
        name: figure_answer(figure, figure_period(scenario, figure), values)
        for name, figure in covered_figures(scenario).items()
    }
    rows = [(name, value) for name, value in answers.items() if not np.isnan(value)]
    return pd.DataFrame(rows, columns=["name", "value"])


def figure_answer(figure: Published, period: str, values: Mapping[Address, float]) -> float:
    """What the measures of a replication say to a published figure: their weighted sum, or its share of another.

    NaN if one of them says nothing, or the other sum is 0.
    """
    sums = [
        sum(weight * values.get(address, np.nan) for address, weight in weights.items())
        for weights in figure_addresses(figure, period)
    ]
    if len(sums) == 1:
        return sums[0]
    part, whole = sums
    return part / whole if whole else np.nan


def most_of_figure(figure: Published) -> float:
    """The most that the answer to a published figure can be, by its weights; infinity where nothing bounds it.

    Measures are at least 0, so that a share of a sum is at most the greatest ratio of the two weights of a measure.
    """
    weights, *of = figure_addresses(figure)
    if not of:
        return sum(weights.values()) * most_of(figure.kpi) if any(weights.values()) else 0.0
    return max(weight / of[0][address] if of[0].get(address) else np.inf for address, weight in weights.items())


def verdicts(scenario: Scenario, replications: Sequence[pd.DataFrame], level: float) -> pd.DataFrame:
    """The model held against each published figure whose days the horizon covers.

    Parameters
    ----------
    replications
        What each replication answers, see `figure_answers`.
    level
        Confidence level of the intervals.

    Returns
    -------
    DataFrame
        Columns name, title, fact, used_for, kpi, place, flow, start, end, low, high (the band), mean, ci_low, ci_high,
        replications (in which the measure was observed), verdict.
    """
    figures = covered_figures(scenario)
    values = np.full((len(figures), len(replications)), np.nan)
    for column, answers in enumerate(replications):
        by_name = dict(zip(answers["name"], answers["value"], strict=True))
        values[:, column] = [by_name.get(name, np.nan) for name in figures]
    means = measure_intervals(values, level, [most_of_figure(figure) for figure in figures.values()])
    table = pd.DataFrame(
        [
            [
                name,
                *(getattr(figure, key) for key in BAND[1:7]),
                str(figure.start),
                str(figure.end),
                figure.low,
                figure.high,
            ]
            for name, figure in figures.items()
        ],
        columns=list(BAND),
    )
    table["mean"], table["ci_low"], table["ci_high"], table["replications"] = means.mean, means.low, means.high, means.n
    rows = zip(table["low"], table["high"], means.mean, means.low, means.high, strict=True)
    table["verdict"] = [band_verdict(*row) for row in rows]
    return table


def band_verdict(low: float, high: float, mean: float, ci_low: float, ci_high: float) -> str:
    """How an interval stands to the band from `low` to `high`; without bounds the mean stands for both.

    `inside`: within the band; `overlaps`: it touches the band; `outside`: it does not; `not measured`: there is none.
    """
    if np.isnan(mean):
        return "not measured"
    ci_low, ci_high = (mean, mean) if np.isnan(ci_low) else (ci_low, ci_high)
    if low <= ci_low and ci_high <= high:
        return "inside"
    return "overlaps" if ci_low <= high and low <= ci_high else "outside"


def read_published(path: Path, scenario: Scenario) -> pd.DataFrame:
    """The table of published figures; a word that looks like a missing value stays a word.

    Raises
    ------
    ValueError
        If it is no ordinary file of text, or rows are missing, or the end of one, or columns.
    """
    try:
        text = text_of(path)
    except Unreadable as error:
        raise ValueError(f"{path.name} {error}") from None
    columns = (*BAND, *ANSWER)
    kinds = {name: float if name in NUMBERS else int if name == "replications" else str for name in columns}
    table = pd.read_csv(
        io.StringIO(text), dtype=kinds, keep_default_na=False, na_values={name: [""] for name in NUMBERS}
    )
    if list(table) != list(columns):
        raise ValueError(f"{path.name} must have the columns {', '.join(columns)}")
    if table["name"].tolist() != list(covered_figures(scenario)) or not table["verdict"].isin(VERDICTS).all():
        raise ValueError(f"{path.name} is not whole")
    return table


def check_published(table: pd.DataFrame, kpis: pd.DataFrame, scenario: Scenario) -> None:
    """Make sure that a table of published figures has the bands of a scenario, and what its measures come to.

    Parameters
    ----------
    table
        As from `read_published`, with six digits.
    kpis
        Measures with the columns of `Results.kpis`; a figure of other days than a period of theirs is not among them.

    Raises
    ------
    ValueError
        If not.
    """
    figures = covered_figures(scenario)
    kpis = kpis[kpis["kpi"].isin({figure.kpi for figure in figures.values()})]
    words = zip(*(kpis[key] for key in ("kpi", "place", "flow", "period")), strict=True)
    measured = dict(zip(words, kpis[[*ANSWER[:4]]].to_numpy(float), strict=True))
    for name, figure in figures.items():
        row = table[table["name"] == name].iloc[0].to_dict()
        numbers = [row[key] for key in ANSWER[:4]]
        band = np.array([figure.low, figure.high])
        is_same = all(row[key] == str(getattr(figure, key)) for key in BAND[1:9])
        is_same &= np.allclose([row["low"], row["high"]], band, rtol=DIGITS)
        # of a sum of measures no interval is known from those of its parts
        address = (figure.kpi, figure.place, figure.flow, figure_period(scenario, figure))
        is_same &= np.allclose(numbers, measured.get(address, numbers), rtol=DIGITS, atol=1e-9, equal_nan=True)
        # rounded to its digits an end may have come to lie on the other side of a bound
        slack = DIGITS * np.abs(band).max() * np.array([-1, 1])
        is_same &= row["verdict"] in {band_verdict(*(band + way * slack), *numbers[:3]) for way in (1, -1)}
        if not is_same:
            raise ValueError(f"published.csv: '{name}' is not what the scenario and its measures say")


def facts_in(folder: Path, data: Data, number: object) -> dict[str, Fact]:
    """The facts kept with results; of those whose manifest gives no number of them, what the shipped ledger has.

    Raises
    ------
    ValueError
        If there are not so many.
    """
    if number is None:
        return facts_cited(data, facts(shipped() / LEDGER))
    facts_kept = facts(folder / LEDGER, follow=False)
    if len(facts_kept) != number:
        raise ValueError(f"{LEDGER} is not whole")
    return facts_kept
