"""The ladder of bottlenecks: what a step more of each binding capacity gains."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from sim.study.ladder.rungs import Ladder
from sim.views import words
from sim.views.plots.forest import WIDTH, Look, Mark, Row, draw_rows
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, dress, heading, key_below, lighter, sheet, wrapped
from sim.views.plots.titles import row_words

ROW_INCH, REST_INCH = 0.62, 2.4
NAME_CHARACTERS = 40
SURE, UNSURE = Look("gains", PLAIN), Look("may be luck: the interval holds zero", lighter(FAINT, 0.5))

PANELS = (
    ("one step more: throughput", "gain_kt", "gain_low", "gain_high", "carries more, kt a year"),
    ("one step more: transit", "days", "days_low", "days_high", "days saved"),
)


@own_settings()
def ladder(answer: Ladder, caption: str = "") -> Figure:
    """A bar a rung, the first at the top: what a step gains in throughput and in days of transit, with intervals.

    Raises
    ------
    NothingToDraw
        Nothing binds.
    """
    table = answer.table
    if table.empty:
        raise NothingToDraw("nothing binds")
    rungs = [members for _, members in table.groupby("rung", sort=True)]
    about = answer.manifest
    span = "the year and the one before" if about["is_excerpt"] else "the whole horizon"
    note = (
        f"Paired differences, {about['replications']} replications that had no part in the choice, "
        f"{100 * about['level']:g} % intervals, seed {about['seed']}; {about['runs']} runs of {span}. Each rung comes "
        f"on top of the reliefs before it. {caption}"
    )
    period = words.period(answer.about.year)
    figure = sheet(
        f"{answer.about.title[:1].upper()}{answer.about.title[1:]}, {period}: {binding_found(rungs)}",
        note,
        WIDTH,
        REST_INCH + ROW_INCH * len(rungs),
    )
    panels = [*figure.subplots(1, 2, sharey=True)]
    for axes, (title, mean, low, high, across) in zip(panels, PANELS, strict=True):
        dress(axes, across, "", grid="x")
        heading(axes, title)
        draw_rows(axes, [rung_row(members, (mean, low, high)) for members in rungs], 1, bars=True)
        axes.axvline(0, color=INK, linewidth=1.0)
    key_below(panels[0], 2, panels)
    return figure


def binding_found(rungs: Sequence[pd.DataFrame]) -> str:
    """What binds first, and what a step more of it gains; or that no step gains anything sure."""
    first = rungs[0].iloc[0]
    resources = " and ".join(rungs[0]["resource"])
    if first["gain_low"] > 0:
        gain = row_words(first, "gain_kt", "gain_low", "gain_high")
        return f"first bottleneck {resources}; a step more carries {gain} kt a year more"
    if first["days_low"] > 0:
        days = row_words(first, "days", "days_low", "days_high")
        return f"first bottleneck {resources}; a step more saves {days} days and carries no more"
    return f"first bottleneck {resources}, and a step more of it gains nothing that is seen"


def rung_row(members: pd.DataFrame, columns: tuple[str, str, str]) -> Row:
    """What a rung relieves, from what to what, and what that gains: the same for all that are relieved together."""
    gain, low, high = members.iloc[0][list(columns)]
    lines = [
        f"{wrapped(member['resource'], NAME_CHARACTERS)}\n"
        f"{member['from_amount']:g} → {member['to_amount']:g}, a step is {member['step']:g}"
        for _, member in members.iterrows()
    ]
    sure = low > 0 or high < 0
    title = f"{members['rung'].iloc[0]}.  " + "\n+ ".join(lines)
    return Row(title, (Mark(gain, low, high, SURE if sure else UNSURE),))
