"""What differs between scenarios: differences of two or of many from a base, and the parts of one change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.measure.run_view import KEYS
from sim.runs.results import Results
from sim.scenario.values import ALL
from sim.study.compare.materiality import Verdict, difference_verdict
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.plots.forest import SHAPES, Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, SERIES, NothingToDraw, basis_of, key_below, result_colours
from sim.views.plots.titles import as_title, row_words, short_labels, told_labels, unseen

EFFECT_COLOURS = (*SERIES[2:5], INK)
"""Of the parts of a change and of its whole: none is that of paper or of Tez."""
MOST_ROWS = 120


@own_settings()
def differences(table: pd.DataFrame, caption: str = "", results: Sequence[Results] = ()) -> Figure:
    """Paired differences, the second scenario minus the first: a dot and an interval a row, one panel a unit.

    Parameters
    ----------
    table
        Differences as from `sim.study.compare.compare.compare`: those to draw, for instance its headline.
    results
        The two results compared, in the same order: they give titles, level and seed. Without them names stand for
        titles.

    Raises
    ------
    NothingToDraw
        No row has a difference, or there are too many to read.
    """
    if len(table) > MOST_ROWS:
        hint = "draw some, as sim.comparison(a, b).differences_at('border_dwell_h')"
        raise NothingToDraw(f"{len(table)} differences are too many for one figure, of {MOST_ROWS} at most; {hint}")
    if results:
        (first, second), sample = short_labels(results), basis_of(results)
    else:
        first, second = message("first scenario"), message("second scenario")
        counts = words.joined_by_and(table["replications"].astype(str))
        sample = counted(2, "{counts} replication", "{counts} replications", counts=counts)
    note = message(
        "{basis}; differences are paired, replication by replication, each of {number} intervals for itself. At the "
        "right the difference, and the two means.",
        basis=sample,
        number=len(table),
    )
    finding = change_found(table, results)
    return difference_forest(
        [(table, None, INK)],
        message("difference ({b} less {a})", b=second, a=first),
        message("{b} against {a}: {found}", b=as_title(second), a=first, found=finding),
        words.paragraph([note, caption]),
        results,
    )


@own_settings()
def contest(table: pd.DataFrame, caption: str, results: Sequence[Results]) -> Figure:
    """Differences of several scenarios from the first: a group of dots and intervals a measure, one panel a unit.

    Parameters
    ----------
    table
        Differences as from `sim.study.compare.compare.compare` with several scenarios: those to draw.
    results
        The results compared, the base first.

    Raises
    ------
    NothingToDraw
        No row has a difference.
    """
    base, *titles = told_labels(results)
    note = message(
        "{basis}; each interval at {level} %, so that those of a measure hold together at the level stated "
        "(Bonferroni); paired, replication by replication. Hollow: the interval holds zero. At the right the base.",
        basis=basis_of(results),
        level=words.stated_number(100 * table.attrs.get("level_each", results[0].manifest["level"]), 4),
    )
    names = [result.name for result in results[1:]]
    finding = changes_found(table, dict(zip(names, titles, strict=True)), results)
    return difference_forest(
        by_series(table, "scenario", dict(zip(names, titles, strict=True)), result_colours(results)[1:]),
        message("difference"),
        message("Against {a}: {found}", a=base, found=finding),
        words.paragraph([note, caption]),
        results,
    )


@own_settings()
def attribution(table: pd.DataFrame, caption: str, results: Sequence[Results]) -> Figure:
    """The parts of the change from paper to Tez: lodged early, processed faster, works beside, and all.

    Parameters
    ----------
    table
        Effects as from `sim.study.compare.compare.attribute`: those to draw.
    results
        The scenario on paper and the one with Tez.

    Raises
    ------
    NothingToDraw
        No row has a difference.
    """
    first, second = short_labels(results)
    note = message(
        "{basis}; paired, replication by replication; the first three add up to the fourth. Hollow: the interval holds "
        "zero. At the right the two means.",
        basis=basis_of(results),
    )
    effects = {name: term(title) for name, title in words.EFFECTS.items()}
    return difference_forest(
        by_series(table, "effect", effects, EFFECT_COLOURS),
        message("difference"),
        message("{b} against {a}: {found}", b=second, a=first, found=parts_found(table, results)),
        words.paragraph([note, caption]),
        results,
    )


def change_found(table: pd.DataFrame, results: Sequence[Results]) -> str:
    """The greatest difference seen that matters, against the mean it is of; or that there is none.

    Of all flows together, where these differ: a part of the trains would say less than the whole. Beside it stands the
    dwell at the same border, for a faster clearance need not shorten it.
    """
    rows = table[table["difference"].notna()]
    rows = rows.assign(significant=(rows["ci_low"] > 0) | (rows["ci_high"] < 0))
    dwell = rows[rows["kpi"] == "border_dwell_h"]
    rows = rows[[difference_verdict(row) is Verdict.DIFFERS for _, row in rows.iterrows()]]
    if rows.empty:
        return counted(
            len(table),
            "no difference that matters is seen in {count} measure",
            "no difference that matters is seen in {count} measures",
        )
    rows = rows[rows["flow"] == ALL] if (rows["flow"] == ALL).any() else rows
    share = rows["difference"].abs() / rows[["mean_a", "mean_b"]].abs().max(axis=1)
    greatest = rows.iloc[int(share.to_numpy().argmax())]
    title = difference_title(greatest, results)
    title = title[:1].lower() + title[1:]
    text = words.comma_list([title, means_of(greatest.drop("scenario", errors="ignore"))])
    dwell = dwell[(dwell[["place", "flow", "period"]] == greatest[["place", "flow", "period"]]).all(axis=1)]
    if len(dwell) and greatest["kpi"] != "border_dwell_h":
        row = dwell.iloc[0].drop("scenario", errors="ignore")
        verdict = unseen(difference_verdict(row))
        means = words.comma_list(filter(None, [means_of(row), verdict]))
        text = words.listed_apart([text, message("dwell there {means}", means=means)])
    tonnes = table[(table["kpi"] == "throughput_mt") & ~table["difference"].isin(rows["difference"])]
    return words.listed_apart(
        [text, message("throughput: no difference that matters is seen")][: 1 + bool(len(tonnes))]
    )


def changes_found(table: pd.DataFrame, titles: Mapping[str, str], results: Sequence[Results]) -> str:
    """The greatest difference of each of several scenarios from the base."""
    findings = {title: change_found(table[table["scenario"] == name], results) for name, title in titles.items()}
    if len(set(findings.values())) == 1:
        return next(iter(findings.values()))
    return words.listed_apart(
        message("{told}: {verdict}", told=title, verdict=text) for title, text in findings.items()
    )


def parts_found(effects: pd.DataFrame, results: Sequence[Results]) -> str:
    """Which part makes most of the first measure's change."""
    total = effects[(effects["effect"] == "total") & effects["difference"].notna()]
    if total.empty:
        return message("no difference to draw")
    row = total.iloc[0]
    of_measure = effects[(effects[list(KEYS)] == row[list(KEYS)]).all(axis=1) & (effects["effect"] != "total")]
    title, change = difference_title(row, results), words.quantity(row_words(row, "difference"), row["unit"])
    if of_measure.empty or not (row["ci_low"] > 0 or row["ci_high"] < 0):
        return message("{measure}: {change}, no difference seen", measure=title, change=change)
    greatest = of_measure.iloc[int(of_measure["difference"].abs().to_numpy().argmax())]
    return message(
        "{measure}: {change}, most of it {part} ({amount})",
        measure=title,
        change=change,
        part=term(words.EFFECTS[greatest["effect"]]),
        amount=row_words(greatest, "difference"),
    )


Series = tuple[pd.DataFrame, str | None, str]
"""Differences of the same kind, their title in the legend and their colour; without a title their intervals are told
apart."""


def by_series(table: pd.DataFrame, column: str, titles: Mapping[str, str], colours: Sequence[str]) -> list[Series]:
    """The differences with each value of a column, in the order of the titles of these values."""
    pairs = zip(titles.items(), colours, strict=False)
    return [(table[table[column] == name], title, colour) for (name, title), colour in pairs]


def difference_forest(
    series: Sequence[Series], across: str, title: str, caption: str, results: Sequence[Results]
) -> Figure:
    """A figure of differences: a panel a unit, in it a row a measure, in this a mark for each of the series."""
    marks: dict[str, dict[tuple[Any, ...], list[tuple[Mark, pd.Series[Any]]]]] = {}
    for slot, (table, name, colour) in enumerate(series):
        for _, row in table[table["difference"].notna()].iterrows():
            look = look_of(row, slot, name, colour)
            mark = Mark(row["difference"], row["ci_low"], row["ci_high"], look, slot)
            of_unit = marks.setdefault(row["unit"], {})
            of_unit.setdefault(tuple(row[list(KEYS)]), []).append((mark, row))
    if not marks:
        raise NothingToDraw("no difference to draw")
    panels = [
        Panel(
            words.comma_list([across, term(unit)]),
            [
                Row(
                    difference_title(pairs[0][1], results),
                    tuple(mark for mark, _ in pairs),
                    note_of(pairs, len(series)),
                )
                for pairs in rows.values()
            ],
        )
        for unit, rows in marks.items()
    ]
    # A row without a year in its title is of no year: a reader would take it for one.
    has_whole = any((table["period"] == ALL).any() for table, *_ in series)
    whole_note = message("No year named: the whole horizon.") if has_whole else ""
    figure, drawn_axes = forest(title, words.paragraph([whole_note, caption]), panels)
    for axes in drawn_axes:
        axes.axvline(0, color=INK, linewidth=1.2)
    key_below(drawn_axes[-1], 2, drawn_axes)
    return figure


def look_of(row: pd.Series[Any], slot: int, name: str | None, colour: str) -> Look:
    """How a difference is drawn: hollow where its interval holds zero."""
    sure = row["ci_low"] > 0 or row["ci_high"] < 0
    if name is None:
        if sure:
            return Look(message("the interval leaves out zero"), INK)
        return Look(message("the interval holds zero: no change shown"), FAINT, hollow=True)
    return Look(name, colour, SHAPES[slot % len(SHAPES)], hollow=not sure)


def note_of(pairs: Sequence[tuple[Mark, pd.Series[Any]]], number: int) -> str:
    """What stands at the right of a row: the means and, of one series alone, the difference before them."""
    row = pairs[0][1]
    change = words.interval_text(row["difference"], row["ci_low"], row["ci_high"])
    if number > 1:
        return means_of(row)
    change = words.quantity(change, row["unit"])
    return message("{told} ({name})", told=change, name=means_of(row, with_unit=False))


def means_of(row: pd.Series[Any], with_unit: bool = True) -> str:
    """The means that a difference lies between, to the digits of its error; of several scenarios the base's."""
    ends = [row[name] for name in ("mean_paper", "mean_tez", "mean_a", "mean_b") if name in row]
    half = (row["ci_high"] - row["ci_low"]) / 2
    means = [words.measured(mean, mean - half, mean + half) for mean in ends[: 1 if "scenario" in row else 2]]
    return words.quantity(" → ".join(means), row["unit"]) if with_unit else " → ".join(means)


def difference_title(row: pd.Series[Any], results: Sequence[Results]) -> str:
    """A row in words: the measure, then where, for which flows, and when, as far as these are not all."""
    titles = {
        name: part.title
        for result in results
        for table in (result.scenario.flows, result.scenario.places, result.scenario.corridors)
        for name, part in table.items()
    }
    names_stated = [titles.get(name, words.plain(name)) for name in (row["place"], row["flow"]) if name != "all"]
    places_and_flows = map(spoken_title, names_stated)
    period = [] if row["period"] == "all" else [str(row["period"])]
    return words.comma_list([words.measure(row["kpi"]), *places_and_flows, *period])
