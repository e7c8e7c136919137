"""The ladder of bottlenecks: what a step more of each binding capacity gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sim.study.ladder.rungs import Ladder
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.plots.forest import WIDTH, Look, Mark, Row, draw_rows
from sim.views.plots.settings import own_settings
from sim.views.plots.style import FAINT, INK, PLAIN, NothingToDraw, dress, heading, key_below, lighter, sheet, wrapped
from sim.views.plots.titles import as_title, row_words
from sim.views.sheets.ladder import resource_title

ROW_INCH, REST_INCH = 0.62, 2.4
NAME_CHARACTERS = 40

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
    figure = sheet(
        message(
            "{subject}, {period}: {found}",
            subject=as_title(spoken_title(answer.about.title)),
            period=words.period(answer.about.year),
            found=binding_found(rungs),
        ),
        words.paragraph([rungs_note(answer), caption]),
        WIDTH,
        REST_INCH + ROW_INCH * len(rungs),
    )
    panels = [*figure.subplots(1, 2, sharey=True)]
    for axes, (title, mean, low, high, across) in zip(panels, PANELS, strict=True):
        dress(axes, term(across), "", grid="x")
        heading(axes, term(title))
        draw_rows(axes, [rung_row(members, (mean, low, high)) for members in rungs], 1, bars=True)
        axes.axvline(0, color=INK, linewidth=1.0)
    key_below(panels[0], 2, panels)
    return figure


def rungs_note(answer: Ladder) -> str:
    """What the ladder rests on."""
    about = answer.manifest
    runs = message("{runs} runs of the whole horizon.", runs=about["runs"])
    if about["is_excerpt"]:
        runs = message("{runs} runs of the year and the one before.", runs=about["runs"])
    sample = message(
        "Paired differences, {number} replications that had no part in the choice, {level} % intervals, seed {seed};",
        number=about["replications"],
        level=words.stated_number(100 * about["level"]),
        seed=about["seed"],
    )
    return words.paragraph([sample, runs, message("Each rung comes on top of the reliefs before it.")])


def binding_found(rungs: Sequence[pd.DataFrame]) -> str:
    """What binds first, and what a step more of it gains; or that no step gains anything sure."""
    first = rungs[0].iloc[0]
    resources = words.joined_by_and(resource_title(text) for text in rungs[0]["resource"])
    if first["gain_low"] > 0:
        gain = row_words(first, "gain_kt", "gain_low", "gain_high")
        return message(
            "first bottleneck {resources}; a step more carries {gain} kt a year more", resources=resources, gain=gain
        )
    if first["days_low"] > 0:
        days = row_words(first, "days", "days_low", "days_high")
        return message(
            "first bottleneck {resources}; a step more saves {days} days and carries no more",
            resources=resources,
            days=days,
        )
    return message(
        "first bottleneck {resources}, and a step more of it gains nothing that is seen", resources=resources
    )


def rung_row(members: pd.DataFrame, columns: tuple[str, str, str]) -> Row:
    """What a rung relieves, from what to what, and what that gains: the same for all that are relieved together."""
    gain, low, high = members.iloc[0][list(columns)]
    lines = [
        f"{wrapped(resource_title(str(member['resource'])), NAME_CHARACTERS)}\n{step_of_rung(member)}"
        for _, member in members.iterrows()
    ]
    sure = low > 0 or high < 0
    title = f"{members['rung'].iloc[0]}.  " + "\n+ ".join(lines)
    look = Look(message("gains"), PLAIN)
    if not sure:
        look = Look(message("may be luck: the interval holds zero"), lighter(FAINT, 0.5))
    return Row(title, (Mark(gain, low, high, look),))


def step_of_rung(member: pd.Series[Any]) -> str:
    """From what to what a resource is relieved, and what a step of it is."""
    amounts = {name: words.stated_number(float(member[name])) for name in ("from_amount", "to_amount", "step")}
    return message("{from_amount} → {to_amount}, a step is {step}", **amounts)
