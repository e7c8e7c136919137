"""What finding out is worth: by how much nearer to the truth a forecast would come that knew a figure, or a group."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.measure.catalogue import unit_of
from sim.study.forecast.causes import AMOUNT
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.telling import ForecastClaim, off_by, told_worth, worth_claims, worth_rows_of
from sim.study.forecast.worth import ALL_UNKNOWNS, GROUP, UNKNOWN
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots.forecast.fan import kind_words, kinds_of_worlds, subject_of_claim, worlds_basis
from sim.views.plots.forecast.unknowns import MOST_ROWS, axis_of_effect
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, lighter
from sim.views.sheets.forecast.claims import asked_title

ASKED_LOOK = Look("", PLAIN)
WHOLE_LOOK = Look("", lighter(PLAIN, 0.5))
"""Of one figure, and of several at once."""


@own_settings()
def worth_asking(results: ForecastResults, caption: str = "") -> Figure:
    """By how much less one would be off that knew a figure, a group of them or all, what is worth most first.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or they tell of nothing that it is worth finding out.
    """
    kinds_of_worlds(results)
    pairs = [(claim, rows_drawn(results, claim)) for claim in worth_claims(results)]
    pairs = [(claim, rows) for claim, rows in pairs if len(rows)]
    if not pairs:
        raise NothingToDraw("so few worlds tell of nothing that it is worth finding out")
    panels = [
        Panel(
            message("nearer by, {unit}", unit=term(unit_of(claim.conclusion.address.kpi))),
            worth_bars(rows),
            panel_title(results, claim),
        )
        for claim, rows in pairs
    ]
    note = message(
        "By how much the error of a forecast (root of its mean square) is less if that is known and nothing else, with "
        "intervals; at the right what it is then. Pale: several at once. All that is unknown takes away all but luck; "
        "the other bars are lower bounds, for each world is judged by fits to the others, and what so many worlds "
        "cannot tell is not drawn."
    )
    figure, panels_drawn = forest(
        asking_title(results, pairs),
        words.paragraph([note, worlds_basis(results, caption)]),
        panels,
        bars=True,
    )
    for axes in panels_drawn:
        axes.axvline(0, color=FAINT, linewidth=1)
    return figure


def rows_drawn(results: ForecastResults, claim: ForecastClaim) -> pd.DataFrame:
    """What is drawn of a claim: all unknowns, the groups and the figures that are told from chance."""
    return told_worth(results, claim, (ALL_UNKNOWNS, GROUP, UNKNOWN)).head(MOST_ROWS)


def panel_title(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a panel is of, and how far a forecast is off that knows nothing more."""
    error_now = off_by(worth_rows_of(results, claim, AMOUNT).iloc[0])
    error = words.quantity(words.figure(error_now), unit_of(claim.conclusion.address.kpi))
    title = words.comma_list([axis_of_effect(results, claim), kind_words(results, claim.offer)])
    return message("{measure}: off by {error} now", measure=title, error=error)


def worth_bars(rows: pd.DataFrame) -> list[Row]:
    """What is found out a row: by how much the error is less, and what it is then."""
    entries = []
    for _, row in rows.iterrows():
        look = ASKED_LOOK if row["of"] == UNKNOWN else WHOLE_LOOK
        value, low, high = (nearer(row, name) for name in ("share", "ci_low", "ci_high"))
        error = words.figure(off_by(row, "share"))
        is_whole = row["of"] == ALL_UNKNOWNS
        note = message("then {number}", number=error) if is_whole else message("then at most {number}", number=error)
        entries.append(Row(asked_title(row), (Mark(value, low, high, look),), note, INK))
    return entries


def nearer(row: pd.Series[Any], share: str) -> float:
    """By how much less one is off where a share of the mean square of the error is gone."""
    return off_by(row) - off_by(row, share)


def asking_title(results: ForecastResults, pairs: list[tuple[ForecastClaim, pd.DataFrame]]) -> str:
    """Which single figure is worth most to each measure."""
    texts = []
    for claim, rows in pairs:
        single = rows[rows["of"] == UNKNOWN]
        subject = words.comma_list([subject_of_claim(claim), kind_words(results, claim.offer)])
        name = message("no single figure") if single.empty else spoken_title(single["title"].iloc[0])
        texts.append(message("{told}: {verdict}", told=subject, verdict=name))
    return message("Worth asking for first, to foretell {parts}", parts=words.listed_apart(texts))
