"""What the spread of a forecast comes from: luck, groups of unknowns, what they do together, and what is untold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.study.forecast.draws import AS_DRAWN, AT_TARGET
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.split import LUCK, TOGETHER, UNTOLD
from sim.study.forecast.telling import (
    ForecastClaim,
    claims,
    rows_about,
    target_of_forecast,
)
from sim.views import words
from sim.views.language import message, term
from sim.views.plots.forecast.fan import kind_words, kinds_of_worlds, of_kind, worlds_basis
from sim.views.plots.forest import name_rows, whiskers
from sim.views.plots.settings import own_settings
from sim.views.plots.style import (
    ACCENT,
    FAINT,
    INK,
    PLAIN,
    NothingToDraw,
    dress,
    heading,
    lighter,
    sheet,
    wrapped,
)
from sim.views.sheets.forecast.claims import measured_then

WIDTH = 11.5
PARTS_OF_NO_GROUP = {TOGETHER: "inputs of several groups together", LUCK: "luck", UNTOLD: "too few worlds to tell"}
LEAST_DRAWN = 0.01
GROUP_TITLES = {"structure": "structure: how things are done"}


def split_claims(results: ForecastResults) -> list[ForecastClaim]:
    """The measures whose spread is shown: what is carried in worlds of both kinds, then the first difference."""
    target, claims_drawn = target_of_forecast(results), claims(results)
    target_claims = [] if target is None else [ForecastClaim(target, AS_DRAWN), ForecastClaim(target, AT_TARGET)]
    other_claims = [claim for claim in claims_drawn if claim.conclusion != target]
    other_claims = [*(claim for claim in other_claims if claim.conclusion.difference), *other_claims][:1]
    return [claim for claim in [*target_claims, *other_claims] if len(rows_about(results, "split", claim))]


@own_settings()
def spread_split(results: ForecastResults, caption: str = "") -> Figure:
    """What the spread over the worlds comes from: luck, each group of unknowns, groups together, and what is untold.

    Raises
    ------
    NothingToDraw
        The worlds are too few, or nothing spreads.
    """
    kinds_of_worlds(results)
    claims_drawn = split_claims(results)
    if not claims_drawn:
        raise NothingToDraw("no spread is split")
    tables = [rows_about(results, "split", claim).set_index("part") for claim in claims_drawn]
    names = [name for name in parts_in_order(tables) if name in PARTS_OF_NO_GROUP or is_seen(name, tables)]
    greatest = [str(table.drop(index=[*PARTS_OF_NO_GROUP], errors="ignore")["share"].idxmax()) for table in tables]
    note = message(
        "Shares of the variance over the worlds, each group by itself, with bootstrap intervals, whose upper ends hold "
        "all that is untold, for it may lie in any group; pale: may be chance. Luck: from a second replication of a "
        "tenth of the worlds; it is no effect of any input. Groups without a share in any panel are left out."
    )
    figure = sheet(
        split_title(results, claims_drawn, tables, greatest),
        words.paragraph([note, worlds_basis(results, caption)]),
        WIDTH,
        2.6 + 0.32 * len(names),
    )
    panels = list(figure.subplots(1, len(claims_drawn), sharey=True, squeeze=False)[0])
    for axes, claim, table, first in zip(panels, claims_drawn, tables, greatest, strict=True):
        draw_parts(axes, table.reindex(names), first)
        heading(axes, wrapped(split_heading(results, claim), 100 // len(claims_drawn)))
    name_rows(panels[0], [term((PARTS_OF_NO_GROUP | GROUP_TITLES).get(name, name)) for name in names])
    return figure


def is_seen(name: str, tables: Sequence[pd.DataFrame]) -> bool:
    """Whether a part has a share, or may have one worth drawing, in some split. What is untold may be of any."""
    return any(table["share"][name] > 0 or table["ci_high"][name] > LEAST_DRAWN for table in tables)


def parts_in_order(tables: Sequence[pd.DataFrame]) -> list[str]:
    """The parts of some splits: groups by their greatest share, then luck, what several do together, what is untold."""
    shares = pd.concat([table["share"] for table in tables], axis=1).max(axis=1)
    groups = shares.drop([part for part in PARTS_OF_NO_GROUP if part in shares.index])
    groups = groups.sort_values(ascending=False, kind="stable")
    return [*groups.index.astype(str), *(part for part in PARTS_OF_NO_GROUP if part in shares.index)]


def split_heading(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a panel of a split is of."""
    measure = measured_then(results, claim)
    if claim.conclusion.difference:
        measure = message("{measure}: difference", measure=measure)
    return words.comma_list([measure, kind_words(results, claim.offer)])


def split_title(
    results: ForecastResults,
    claims_drawn: Sequence[ForecastClaim],
    tables: Sequence[pd.DataFrame],
    greatest: Sequence[str],
) -> str:
    """Which group has most of each spread, where its interval does not begin at nothing."""
    texts = []
    for claim, table, name in zip(claims_drawn, tables, greatest, strict=True):
        if float(table["ci_low"][name]) > 0:
            measure = words.measure(claim.conclusion.address.kpi).lower()
            share = words.percent(float(table["share"][name]))
            fields = {"measure": of_kind(results, measure, claim), "group": term(name), "share": share}
            if claim.conclusion.difference:
                texts.append(message("of the change of {measure} from {group} ({share})", **fields))
            else:
                texts.append(message("of {measure} from {group} ({share})", **fields))
    if not texts:
        return message("So few worlds do not tell which group of inputs the spread comes from")
    return message("Most of the spread {parts}", parts=words.comma_list(texts))


def draw_parts(axes: Axes, table: pd.DataFrame, first: str) -> None:
    """The parts of one spread as bars, the greatest group marked; luck and what is untold are hatched: no effects."""
    dress(axes, message("share of the variance, %"), "", grid="x")
    levels = np.arange(len(table))
    for level, (name, row) in enumerate(table.iterrows()):
        look: dict[str, Any] = {"color": ACCENT if name == first else PLAIN}
        if row["ci_low"] <= 0:
            look = {"color": lighter(PLAIN, 0.65)}
        if name in (LUCK, UNTOLD):
            look = {"facecolor": "white", "edgecolor": FAINT, "hatch": "////"}
        axes.barh(level, 100 * np.nan_to_num(row["share"]), 0.62, **look)
    reach = np.nan_to_num(100 * whiskers(table, "share"))
    axes.errorbar(100 * table["share"], levels, xerr=reach, fmt="none", ecolor=INK, capsize=3, linewidth=1.2)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 100)
