"""Figures: the numbers in them are those of the tables, and every text can be read."""

from __future__ import annotations

import datetime as dt
import inspect
import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from drawn import (
    BY_HAND,
    CAPTION,
    CLEARED_BY_HAND,
    MANIFEST,
    TRAINS_BY_HAND,
    border_scenario,
    by_hand,
    corridor_scenario,
    made_up,
)
from experiments import results as formula_results
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.measure.addresses import rows_at
from sim.runs.results import Results
from sim.scenario.meaning import last_full_year
from sim.study.compare.answer import Contest
from sim.study.field.journey_parts import PARTS
from sim.study.field.telling import flows_in_question, telling_flow
from sim.views import plots, words
from sim.views.plots.forest import Look, Mark, Panel, Row, forest
from sim.views.plots.gallery import figures
from sim.views.plots.journey_parts import IN_ORDER
from sim.views.plots.style import (
    ACCENT,
    CAUSE_LOOKS,
    DIRECTION_COLOURS,
    ORANGE,
    PART_COLOURS,
    PLAIN,
    SERIES,
    apart,
    lighter,
    result_colours,
    wrapped,
)
from sim.views.plots.throughput import throughput_through_time
from sim.views.report.charts import spreads

pytestmark = pytest.mark.painted

BASIS = "10 replications, 95 % intervals, seed 7"
EXAMPLE = "One replication of 10, an example, seed 7"


@pytest.fixture(scope="module")
def small() -> Results:
    return by_hand(border_scenario(), TRAINS_BY_HAND, BY_HAND, CLEARED_BY_HAND)


# The sheets: every figure, for the whole corridor and for one border

TABLE = pd.DataFrame(
    [
        ("clearance_h", "altynkol", "all", "2030", "h", 10, 5.9, 0.6, -5.3, -5.45, -5.15),
        ("clearance_h", "dostyk", "all", "2030", "h", 10, 5.7, 0.6, -5.1, -5.30, -4.90),
        ("border_dwell_h", "altynkol", "all", "2030", "h", 10, 52.3, 50.0, -2.3, -5.2, 0.6),
        ("border_dwell_h", "dostyk", "all", "2030", "h", 10, 48.0, 45.1, -2.9, -4.1, -1.7),
        ("transit_days", "all", "titr", "2030", "days", 10, 21.3, 20.75, -0.55, -0.75, -0.35),
        ("throughput_mt", "all", "titr", "2030", "Mt", 10, 9.10, 9.41, 0.31, 0.19, 0.43),
        ("throughput_mt", "all", "titr", "2029", "Mt", 10, 8.10, np.nan, np.nan, np.nan, np.nan),
    ],
    columns=[
        *("kpi", "place", "flow", "period", "unit", "replications"),
        *("mean_a", "mean_b", "difference", "ci_low", "ci_high"),
    ],
)

LABELS = {
    "throughput": [("calendar year", "throughput, Mt a year")],
    "paper_or_tez": [
        ("time from arrival to release (logarithmic)", "share of trains, %"),
        ("time from arrival to departure (logarithmic)", "share of trains, %"),
    ],
    "where_time_goes": [
        ("mean days a train, from ready to delivered", ""),
        ("mean hours a train, from ready to delivered", ""),
    ],
    "queues": [("", "trains waiting"), ("date", "trains waiting")],
    "marey": [("date (UTC)", "distance along the route, km"), ("hours waited a train", "")],
    "release_study": [("hours", "")],
    "differences": [(f"difference (B less A), {unit}", "") for unit in ("h", "days", "Mt")],
}


@pytest.fixture(scope="module")
def drawings() -> dict[str, Callable[[], Figure]]:
    paper = made_up(
        corridor_scenario(7, "paper", "Middle Corridor, every train cleared on paper"), "paper", 900, ("paper",)
    )
    tez = made_up(corridor_scenario(7, "tez", "Middle Corridor with Tez Customs from 2024"), "tez", 900, ("tez",), 2)
    mixed = made_up(corridor_scenario(1, "tez", "Middle Corridor in 2024"), "mixed", 900, ("paper", "tez"), 3)
    few = made_up(corridor_scenario(1, "tez", "Few trains in 2024"), "few", 90, ("paper", "tez"), 5)
    narrow = made_up(border_scenario(), "altynkol", 300, ("paper",), 4)
    late = made_up(corridor_scenario(3, "tez", "Middle Corridor", dt.date(2024, 7, 1)), "late", 60, ("tez",))
    return {
        "throughput of two": lambda: plots.throughput([paper, tez], "titr", CAPTION),
        "throughput in part": lambda: plots.throughput([late], "titr", CAPTION),
        "paper_or_tez of two": lambda: plots.paper_or_tez([paper, tez], CAPTION),
        "paper_or_tez of one": lambda: plots.paper_or_tez([mixed], CAPTION),
        "where_time_goes of two": lambda: plots.where_time_goes([paper, tez], CAPTION),
        "where_time_goes of one": lambda: plots.where_time_goes([narrow], CAPTION),
        "queues in a corridor": lambda: plots.queues(mixed, CAPTION),
        "queues at a border": lambda: plots.queues(narrow, CAPTION),
        "marey of a corridor": lambda: plots.marey(mixed, CAPTION),
        "marey of a border": lambda: plots.marey(narrow, CAPTION, dt.date(2024, 4, 1), "containers"),
        "release_study of one": lambda: plots.release_times([few], CAPTION),
        "differences of two": lambda: plots.differences(
            TABLE,
            CAPTION,
            [
                replace(run, scenario=run.scenario.model_copy(update={"title": title}))
                for run, title in ((paper, "A"), (tez, "B"))
            ],
        ),
    }


SHEETS = [
    "throughput of two",
    "throughput in part",
    "paper_or_tez of two",
    "paper_or_tez of one",
    "where_time_goes of two",
    "where_time_goes of one",
    "queues in a corridor",
    "queues at a border",
    "marey of a corridor",
    "marey of a border",
    "release_study of one",
    "differences of two",
]


@pytest.fixture(scope="module")
def sheets(drawings: dict[str, Callable[[], Figure]]) -> dict[str, Figure]:
    return {name: draw() for name, draw in drawings.items()}


def drawn_texts(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[Text]:
    """Every text that really reaches the paper."""
    texts: list[Text] = []
    draw = Text.draw

    def noting(self: Text, *args: Any, **kwargs: Any) -> None:
        if self.get_visible() and self.get_text():
            texts.append(self)
        draw(self, *args, **kwargs)

    monkeypatch.setattr(Text, "draw", noting)
    FigureCanvasAgg(figure).draw()
    return texts


@pytest.mark.parametrize("sheet", SHEETS)
def test_no_text_lies_on_another_or_leaves_the_sheet(
    sheet: str, sheets: dict[str, Figure], monkeypatch: pytest.MonkeyPatch
) -> None:
    figure = sheets[sheet]
    boxes = [(text.get_text(), Text.get_window_extent(text)) for text in drawn_texts(figure, monkeypatch)]
    assert len(boxes) > 8
    for text, box in boxes:
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1, text
    for (text, box), (other, its) in itertools.combinations(boxes, 2):
        across = min(box.x1, its.x1) - max(box.x0, its.x0)
        along = min(box.y1, its.y1) - max(box.y0, its.y0)
        assert across <= 1 or along <= 1, f"{text!r} lies on {other!r}"


@pytest.mark.parametrize("sheet", SHEETS)
def test_captions_and_labels_are_there(sheet: str, sheets: dict[str, Figure]) -> None:
    figure = sheets[sheet]
    caption = " ".join(figure.get_supxlabel().split())
    of_single_trains = sheet.split()[0] == "marey"
    assert (EXAMPLE if of_single_trains else BASIS) in caption and CAPTION in caption
    assert figure.get_suptitle()
    labels = [(axes.get_xlabel(), axes.get_ylabel()) for axes in figure.axes]
    expected = LABELS[sheet.split()[0]]
    assert set(labels) <= set(expected) and (labels[-1] == expected[-1] or len(labels) == 1)
    assert all(axes.has_data() for axes in figure.axes)


@pytest.mark.parametrize("sheet", SHEETS)
def test_legends_name_what_is_drawn(sheet: str, sheets: dict[str, Figure]) -> None:
    figure = sheets[sheet]
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend())]
    named = {text.get_text() for legend in legends for text in legend.get_texts()}
    drawn = {label for axes in figure.axes for label in axes.get_legend_handles_labels()[1]}
    assert named and named == drawn
    assert all(len(legend.get_texts()) == len({text.get_text() for text in legend.get_texts()}) for legend in legends)


# Throughput


def line(axes: Axes, label: str) -> Any:
    """The marks of a labelled line or error bar, as (x, y)."""
    handles, labels = axes.get_legend_handles_labels()
    handle = handles[labels.index(label)]
    return np.array(getattr(handle, "lines", (handle,))[0].get_xydata())


def test_throughput_is_that_of_the_table_target_and_past() -> None:
    results = made_up(corridor_scenario(7, "tez", "With Tez"), "tez", 15, ("tez",))
    axes = plots.throughput([results], "titr", CAPTION).axes[0]
    kpis = results.kpis[(results.kpis["kpi"] == "throughput_mt") & (results.kpis["flow"] == "titr")]
    kpis = kpis[kpis["period"] != "all"]
    np.testing.assert_array_equal(line(axes, "With Tez"), np.column_stack([range(2024, 2031), kpis["mean"]]))
    band = {tuple(point) for point in axes.collections[0].get_paths()[0].vertices.round(9)}
    edges = {(float(year), value) for year, value in zip(range(2024, 2031), kpis["ci_low"].round(9), strict=True)}
    edges |= {(float(year), value) for year, value in zip(range(2024, 2031), kpis["ci_high"].round(9), strict=True)}
    assert edges <= band
    np.testing.assert_array_equal(line(axes, "published")[-1], [2024, 4.484])
    np.testing.assert_array_equal(line(axes, "target"), [[2027, 9.6], [2030, 10.0]])
    assert {"10 Mt target, 2030", "9.6 Mt target, 2027", "9.08 Mt"} <= {text.get_text() for text in axes.texts}


def test_a_part_of_a_year_is_no_year() -> None:
    results = made_up(corridor_scenario(3, "tez", "Three years", dt.date(2024, 7, 1)), "late", 15, ("tez",))
    axes = plots.throughput([results], "titr", CAPTION).axes[0]
    assert line(axes, "Three years")[:, 0].tolist() == [2025, 2026]
    assert line(axes, "Three years: part of the year only")[:, 0].tolist() == [2024]
    handles, labels = axes.get_legend_handles_labels()
    part = handles[labels.index("Three years: part of the year only")].lines[0]
    assert part.get_markerfacecolor() == "white" and part.get_linestyle() == "None"


# Clearance and dwell


def test_a_single_year_is_drawn_whole_with_its_interval() -> None:
    """Neither mark nor whisker lies at the frame, and no band is spoken of where none is drawn."""
    year = made_up(corridor_scenario(1, "paper", "A year"), "year", 60, ("paper",))
    without_target = {"titr": year.scenario.corridors["titr"].model_copy(update={"target_mt": {}, "published_mt": {}})}
    bare = replace(year, scenario=year.scenario.model_copy(update={"corridors": without_target}))
    figure = plots.throughput([bare], "titr", CAPTION)
    axes = figure.axes[0]
    mark = line(axes, axes.get_legend_handles_labels()[1][0])[0]
    top, (first, last) = axes.get_ylim()[1], axes.get_xlim()
    assert top > 1.03 * 4.1 * 1.02, "the end of the whisker lies within"
    assert mark[0] - first > 1 and last - mark[0] > 1
    assert (axes.texts[-1].get_position()[0] - mark[0]) / (last - first) < 0.05, "its value stands beside it"
    assert "band" not in figure.get_supxlabel()


def curves(axes: Axes) -> list[Any]:
    """The thin lines, of the trains of one replication."""
    return [line.get_xydata().tolist() for line in axes.lines if line.get_drawstyle() == "steps-post"]


def test_shares_are_those_of_the_trains_and_dots_those_of_the_measures() -> None:
    results = made_up(corridor_scenario(1, "tez", "One year"), "mixed", 3000, ("paper", "tez"), 5)
    left, right = plots.paper_or_tez([results], CAPTION).axes
    table = results.tables.declarations
    table = table[(table["arrived_h"] >= 0) & (table["place"] == "altynkol")]
    kpis = results.kpis[(results.kpis["place"] == "altynkol") & (results.kpis["period"] == "2024")].set_index(
        ["kpi", "flow"]
    )
    for regime, curve, label in zip(("paper", "tez"), curves(left), left.get_legend_handles_labels()[1], strict=True):
        rows = table[table["regime"] == regime]
        hours = (rows["released_h"] - rows["arrived_h"]).fillna(np.inf).to_numpy()
        assert len(curve) > 100
        np.testing.assert_allclose([share for _, share in curve], [100 * np.mean(hours <= hour) for hour, _ in curve])
        quantiles = [kpis.at[(f"clearance_{regime}_h_{name}", "all"), "mean"] for name in ("p50", "p90", "p95")]
        np.testing.assert_allclose(line(left, label), np.column_stack([quantiles, [50, 90, 95]]))
    [label] = right.get_legend_handles_labels()[1]
    np.testing.assert_allclose(line(right, label)[0], [kpis.at[("border_dwell_h_p50", "all"), "mean"], 50])


def test_dwell_lasts_from_arrival_to_departure(small: Results) -> None:
    left, right = plots.paper_or_tez([small], CAPTION).axes
    assert curves(left) == [[[11, 100]], [[0.5, 100], [0.5, 100]]]
    assert curves(right) == [[[24.5, 50], [52, 100]]], "of the trains that have left"
    early = (0, "altynkol", "keying", "declarants", -20.0, -18.0, -12.0, True)
    again = by_hand(border_scenario(), TRAINS_BY_HAND, [early, *BY_HAND], CLEARED_BY_HAND)
    assert curves(plots.paper_or_tez([again], "").axes[1]) == curves(right), "work before the train came is no dwell"


def test_a_line_with_tez_has_tez_alone() -> None:
    """Before its day and in an outage trains are cleared on paper: not with Tez. Other flows are not in the figure."""
    paper = corridor_scenario(1, "paper", "On paper")
    changed = paper.flows["titr_west_a"].model_copy(
        update={"regime": {dt.date.min: "paper", dt.date(2024, 6, 1): "tez"}}
    )
    tez = paper.model_copy(update={"title": "With Tez", "flows": paper.flows | {"titr_west_a": changed}})
    june = 24 * 152.0
    arrivals = [10.0, june + 1, june + 2, june + 3, june + 4]
    flows = [*["titr_west_a"] * 4, "asia_west_a"]
    trains = [(train, flow, hour, hour + 90) for train, (flow, hour) in enumerate(zip(flows, arrivals, strict=True))]
    spells = [
        (train, "altynkol", "keying", "declarants", hour - 90, hour - 90, hour - 82, False)
        for train, _, _, hour in trains
    ]

    def cleared(*regimes: str) -> list[Any]:
        hours = {"paper": 8.0, "tez": 0.5}
        rows = zip(range(5), regimes, arrivals, strict=True)
        return [(train, "altynkol", regime, hour, hour + hours[regime]) for train, regime, hour in rows]

    pair = [
        by_hand(paper, trains, spells, cleared(*["paper"] * 5)),
        by_hand(tez, trains, spells, cleared("paper", "tez", "tez", "paper", "paper")),
    ]
    left, right = (figure := plots.paper_or_tez(pair, CAPTION)).axes
    assert [" ".join(label.split()) for label in left.get_legend_handles_labels()[1]] == [
        "On paper: Paper, n 4: half within 8.00 [7.83, 8.17] h",
        "With Tez: Paper, n 2: half within 8.00 [7.83, 8.17] h",
        "With Tez: Tez Customs, n 2: half within 30.0 [29.4, 30.6] min",
    ]
    assert curves(left) == [[[8, 100]] * 4, [[8, 100]] * 2, [[0.5, 100]] * 2]
    assert curves(right) == [[[8, 100]] * 4] * 2
    title = " ".join(figure.get_suptitle().split())
    assert title.startswith(
        "At Altynkol–Khorgos border crossing point half the declared trains of Titr westbound block trains"
    )
    assert "are released within 8.00 h (On paper)" in title and "no difference seen" in title


# Where time goes


def test_bars_add_up_to_the_hours_of_the_trains_that_arrived(small: Results) -> None:
    axes = plots.where_time_goes([small], CAPTION).axes[0]
    handles, labels = axes.get_legend_handles_labels()
    widths = {label: handle[0].get_width() for label, handle in zip(labels, handles, strict=True)}
    assert widths == pytest.approx(
        {
            "customs: wait": 6 / 2,
            "customs: work": (3 + 2 + 0.5) / 2,
            "handover and reception: wait": 4 / 2,
            "wagon set: wait": (30 + 18) / 2,
            "wagon set: work": (1 + 1) / 2,
            "gauge change: wait": (1 + 2) / 2,
            "gauge change: work": (3 + 3) / 2,
            "forming: work": 2 / 2,
            "running on the line: wait": 2 / 2,
            "running on the line: work": (10 + 10) / 2,
            "terminal: wait": 1 / 2,
            "terminal: work": (5 + 4) / 2,
        }
    )
    assert sum(widths.values()) == pytest.approx(((80 - 10) + (50.5 - 12)) / 2)
    assert [text.get_text() for text in axes.texts] == ["2.26 [2.21, 2.31] d, customs 11 %"]
    assert "in no bar: 1." in plots.where_time_goes([small], CAPTION).get_supxlabel()


def test_of_many_flows_the_number_left_out_is_said() -> None:
    results = made_up(corridor_scenario(1, "tez", "One year"), "one", 300, ("tez",))
    figure = plots.where_time_goes([results], CAPTION)
    assert len(results.scenario.flows) == 15 and len(figure.axes[0].get_yticklabels()) == 12
    assert "in 2024: " in " ".join(figure.get_suptitle().split())
    assert "3 flows with fewer tonnes and smaller changes are left out" in " ".join(figure.get_supxlabel().split())


@pytest.mark.painted
def test_titles_of_rows_do_not_touch_however_many_lines_they_have() -> None:
    title = (
        "Clearance, arrival to release, Altynkol – Khorgos, China – Europe through Kazakhstan, with all that is said"
    )
    rows = [Row(f"{title} {number}", (Mark(1, 0, 2, Look("mean", "k")),)) for number in range(6)]
    figure, [axes] = forest("Title", CAPTION, [Panel("h", rows)])
    figure.draw_without_rendering()
    boxes = [label.get_window_extent() for label in axes.get_yticklabels()]
    assert axes.get_yticklabels()[0].get_text().count("\n") == 2
    assert all(below.y1 + 2 < above.y0 for above, below in itertools.pairwise(boxes))


# Queues


def test_queues_are_time_averages_by_day(small: Results) -> None:
    figure = plots.queues(small, CAPTION)
    border = figure.axes[0]
    assert border.get_title(loc="left") == "Altynkol–Khorgos border crossing point"
    handles, labels = border.get_legend_handles_labels()
    causes = {words.CAUSES[cause] for cause in ("receiving_track", "declarants", "wagon_set", "cranes")}
    measured = "mean of the days of a year that are measured"  # ninety of them
    assert set(labels) == causes | {measured}
    heights = {label: thickness(handle, 4) for label, handle in zip(labels, handles, strict=True) if label in causes}
    mean = small.kpis.query("kpi == 'queue_trains' and place == 'altynkol' and period == '2024'")["mean"].iloc[0]
    assert line(border, measured).tolist() == [[0, mean], [90, mean]]
    assert "trains wait for wagon set on average over the whole horizon" in " ".join(figure.get_suptitle().split())
    wagon_set = [(24 - 12.5) / 24, (23 + 6.5 + 8) / 24, (7 + 24) / 24, 1.0]
    np.testing.assert_allclose(heights["wagon set"], wagon_set)
    np.testing.assert_allclose(heights["receiving track"], [4 / 24, 0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(heights["gauge-change crane"], [0, 2 / 24, 1 / 24, 0], atol=1e-9)
    first = small.scenario.horizon.start
    of_days = plots.queues(small, CAPTION, span=(first, first + dt.timedelta(days=1)))
    trains = words.figure(sum(sum(height[:2]) for height in heights.values()) / 2)
    title = " ".join(of_days.get_suptitle().split())
    assert title.startswith(f"At Altynkol–Khorgos border crossing point {trains} trains wait on average, ")
    assert title.endswith("in one replication: the longest queue")


def test_the_legend_of_queues_names_what_can_be_seen() -> None:
    """One train waits a quarter of an hour for a crew where 40 wait all day for a path: that is no area."""
    queued = [(train, "altynkol", "forming", "crews", 0.0, 30.0, 30.0, False) for train in range(40)]
    thin = (40, "altynkol", "placing", "wagon_set", 2.0, 2.25, 3.0, False)
    trains = [(train, "containers", 0.0, 80.0) for train in range(41)]
    results = by_hand(border_scenario(), trains, [*queued, thin], CLEARED_BY_HAND)
    labels = {label for axes in plots.queues(results, CAPTION).axes for label in axes.get_legend_handles_labels()[1]}
    assert "crew" in " ".join(labels) and "wagon set" not in labels


def thickness(band: Any, number: int) -> Any:
    """Height of a filled band at its first positions."""
    vertices = band.get_paths()[0].vertices
    positions = np.unique(vertices[:, 0])[:number]
    return [np.ptp(vertices[vertices[:, 0] == position, 1]) for position in positions]


def test_figures_are_of_the_flow_in_question() -> None:
    """Of many flows: of the corridor with a target and of those that Tez clears in one of the results alone."""
    paper = corridor_scenario(7, "paper", "On paper")
    flows = {"dostyk_west_b": paper.flows["dostyk_west_b"].model_copy(update={"regime": {dt.date.min: "tez"}})}
    flows["asia_west_a"] = paper.flows["asia_west_a"].model_copy(update={"regime": {dt.date.min: "tez"}})
    tez = paper.model_copy(update={"flows": paper.flows | flows})
    first, second = (made_up(scenario, "run", 150, ("paper",)) for scenario in (paper, tez))
    assert flows_in_question([first, second]) == ["dostyk_west_b"]
    assert telling_flow([first, second]) == "dostyk_west_b"
    dwells = rows_at(first.kpis, "border_dwell_h", flow="all", period="2030").set_index("place")["mean"]
    longest = "altynkol" if dwells["altynkol"] > dwells["dostyk"] else "dostyk"
    of_border = [name for name, flow in paper.flows.items() if longest in flow.route and flow.corridor == "titr"]
    assert flows_in_question([first]) == of_border
    digital = {of_border[-1]: paper.flows[of_border[-1]].model_copy(update={"regime": {dt.date.min: "tez"}})}
    alone = replace(first, scenario=paper.model_copy(update={"flows": paper.flows | digital}))
    assert flows_in_question([alone]) == of_border[-1:]
    title = plots.where_time_goes([first, second], CAPTION).get_suptitle().replace("\n", " ")
    assert title.startswith(paper.flows["dostyk_west_b"].title)


# Train graph


def segments(axes: Axes, position: int) -> Any:
    """The lines of a collection as (from day, to day, from km, to km), in order."""
    collections = [collection for collection in axes.collections if isinstance(collection, LineCollection)]
    found = np.array(collections[position].get_segments())
    return found[np.argsort(found[:, 0, 0])].transpose(0, 2, 1).reshape(-1, 4)


def test_train_graph_follows_the_spells(small: Results) -> None:
    axes = plots.marey(small, CAPTION, dt.date(2024, 3, 1)).axes[0]
    band = 0.12 * 330
    runs, stays = segments(axes, 0), segments(axes, 1)
    np.testing.assert_allclose(runs, [[36.5 / 24, 46.5 / 24, band, band + 330], [64 / 24, 74 / 24, band, band + 330]])
    hours = [(10, 64), (12, 36.5), (39.5, small.scenario.calendar.closing_h), (46.5, 50.5), (74, 80)]
    np.testing.assert_allclose(stays[:, :2], np.array(hours) / 24)
    np.testing.assert_array_equal(stays[:, 2], stays[:, 3])
    assert ((stays[:3, 2] > 0) & (stays[:3, 2] < band)).all()
    assert ((stays[3:, 2] > band + 330) & (stays[3:, 2] < 2 * band + 330)).all()
    assert stays[0, 2] != stays[1, 2], "two trains at one station at the same time"
    assert stays[1, 2] == stays[2, 2], "a place that has become free"
    np.testing.assert_allclose(axes.get_yticks(), [band / 2, 330 + 1.5 * band])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["0", "330"]


SEA = [
    (0, "aktau_alat", "port_track", "port_track", 100.0, 102.0, 106.0, False),
    (0, "aktau_alat", "loading", "vessel", 106.0, 130.0, 138.0, False),
    (0, "aktau_alat", "sailing", "weather", 138.0, 138.0, 162.0, False),
    (0, "aktau_alat", "landing", "berth", 162.0, 163.0, 169.0, False),
    (0, "aktau_alat", "port_track", "port_track", 169.0, 169.0, 173.0, False),
    (0, "alat_poti", "running", "path", 173.0, 175.0, 197.0, False),
    (1, "aktau_alat", "sailing", "weather", 120.0, 125.0, 150.0, False),
    (1, "aktau_alat", "landing", "berth", 150.0, 152.0, 155.0, False),
]


def test_train_graph_of_both_ways_over_the_sea() -> None:
    scenario = corridor_scenario(1, "tez", "One year")
    journeys = [(0, "titr_west_a", 90.0, 200.0), (1, "titr_east_a", 10.0, 300.0)]
    axes = plots.marey(by_hand(scenario, journeys, SEA), CAPTION, dt.date(2024, 1, 3), "titr_west_a").axes[0]
    aktau_km, alat_km, poti_km = 330 + 2780, 330 + 2780 + 470, 330 + 2780 + 470 + 870
    band = 0.1 * poti_km
    aktau, alat = (aktau_km + band, aktau_km + 2 * band), (alat_km + 2 * band, alat_km + 3 * band)
    westbound, standing, eastbound, standing_too = (segments(axes, position) for position in range(4))
    np.testing.assert_allclose(
        westbound,
        [
            (138 / 24 - 2, 162 / 24 - 2, aktau[1], alat[0]),
            (175 / 24 - 2, 197 / 24 - 2, alat[1], poti_km + 3 * band),
        ],
    )
    np.testing.assert_allclose(standing[:, :2], np.array([(100, 138), (162, 175)]) / 24 - 2)
    np.testing.assert_allclose(eastbound, [(125 / 24 - 2, 150 / 24 - 2, alat[0], aktau[1])])
    np.testing.assert_allclose(standing_too[:, :2], np.array([(120, 125), (150, 155)]) / 24 - 2)
    for lines, ports in ((standing, (aktau, alat)), (standing_too, (alat, aktau))):
        assert all(low < height < high for height, (low, high) in zip(lines[:, 2], ports, strict=True))
    names = [text.get_text().replace("\n", " ") for text in axes.texts if not text.get_text().isdigit()]
    assert names == ["Altynkol–Khorgos border crossing point", "Aktau seaport", "Port of Baku at Alat", "Poti terminal"]


STANDING = [
    (0, "altynkol", "forming", "crews", 10.0, 10.0, 12.0, False),
    (0, "altynkol", "standing", "line", 12.0, 54.0, 54.0, False),
    (0, "altynkol_almaty", "running", "path", 54.0, 54.0, 64.0, False),
    (0, "altynkol_almaty", "standing", "yard", 64.0, 120.0, 120.0, False),
    (0, "saryagash", "terminal", "terminal_track", 120.0, 120.0, 126.0, False),
]


def test_trains_stand_where_what_comes_next_is_full() -> None:
    results = by_hand(border_scenario(), [(0, "containers", 10.0, 126.0)], STANDING)
    axes = plots.marey(results, CAPTION, dt.date(2024, 3, 1)).axes[0]
    np.testing.assert_allclose(segments(axes, 0)[:, :2], [[54 / 24, 64 / 24]])
    stays = segments(axes, 1)
    np.testing.assert_allclose(stays[:, :2], np.array([(10, 54), (64, 126)]) / 24)
    assert stays[0, 2] < 0.12 * 330 < 330 < stays[1, 2], "at the border, then at the end of the line"
    line, border = plots.queues(results, CAPTION).axes
    assert line.get_title(loc="left") == "Altynkol–Almaty"
    assert thickness(line.collections[0], 5) == pytest.approx([0, 0, 8 / 24, 1, 1])
    assert thickness(border.collections[0], 3) == pytest.approx([12 / 24, 1, 6 / 24])
    handles, labels = plots.where_time_goes([results], CAPTION).axes[0].get_legend_handles_labels()
    widths = {label: handle[0].get_width() for label, handle in zip(labels, handles, strict=True)}
    assert widths["standing before a full line or yard: wait"] == pytest.approx((42 + 56) / 24), "in days"


def test_a_ban_holds_trains_back_before_their_journey() -> None:
    held = (0, "altynkol", "holding", "ban", 4.0, 10.0, 10.0, False)
    results = by_hand(border_scenario(), TRAINS_BY_HAND, [held, *BY_HAND], CLEARED_BY_HAND, offered_h={0: 4.0})
    assert curves(plots.paper_or_tez([results], CAPTION).axes[1]) == [[[24.5, 50], [52, 100]]]
    bars = plots.where_time_goes([results], CAPTION).axes[0]
    assert [text.get_text() for text in bars.texts] == ["2.39 [2.33, 2.44] d, customs 10 %"]
    handles, labels = bars.get_legend_handles_labels()
    assert labels[0] == "held back before setting out" and handles[0][0].get_width() == pytest.approx(6 / 2)
    stays = segments(plots.marey(results, CAPTION, dt.date(2024, 3, 1)).axes[0], 1)
    assert stays[0, 0] == 10 / 24
    more = [(train % 3, *held[1:4], 0.0, 30.0, 30.0, False) for train in range(5)]
    queues = plots.queues(by_hand(border_scenario(), TRAINS_BY_HAND, [*more, *BY_HAND]), CAPTION).axes
    titles = [axes.get_title(loc="left") for axes in queues]
    assert titles == [
        "Altynkol–Khorgos border crossing point",
        "Held back by bans and agreed limits, before the journey",
    ]
    assert thickness(queues[1].collections[0], 2) == pytest.approx([5.0, 5 * 6 / 24])


# Differences


def test_differences_are_those_of_the_table(small: Results) -> None:
    figure = plots.differences(TABLE, CAPTION, [small, replace(small, name="other")])
    hours, days, mt = figure.axes
    sure = line(hours, "the interval leaves out zero")
    assert sure.tolist() == [[-5.3, 0], [-5.1, 1], [-2.9, 3]]
    assert line(hours, "the interval holds zero: no change shown").tolist() == [[-2.3, 2]]
    assert line(days, "the interval leaves out zero").tolist() == [[-0.55, 0]]
    bars = [bar for bar in mt.collections if isinstance(bar, LineCollection)]
    np.testing.assert_allclose(bars[0].get_segments()[0], [[0.19, 0], [0.43, 0]])
    assert [text.get_text() for text in mt.texts] == ["0.31 [0.19, 0.43] Mt (9.10 → 9.41)"]
    title = figure.get_suptitle().replace("\n", " ")
    assert title.startswith(
        "Other against by hand: clearance, arrival to release, Altynkol–Khorgos border crossing point"
    )
    assert "5.90 → 0.60 h; dwell there 52.3 → 50.0 h, no difference seen; throughput" in title
    assert [label.get_text() for label in mt.get_yticklabels()] == ["Throughput, titr, 2030"]
    assert all(any(float(one.get_xdata()[0]) == 0 for one in axes.lines) for axes in figure.axes)


# Files


@pytest.mark.parametrize("sheet", ["where_time_goes of one", "queues at a border"])
def test_files_repeat_byte_for_byte(sheet: str, drawings: dict[str, Callable[[], Figure]], tmp_path: Path) -> None:
    first = plots.save(drawings[sheet](), tmp_path / "first", "figure")
    second = plots.save(drawings[sheet](), tmp_path / "second", "figure")
    assert [path.name for path in first] == ["figure.png", "figure.svg"]
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes()
    assert b"tIME" not in first[0].read_bytes() and b"<dc:date>" not in first[1].read_bytes()


def test_drawing_a_run_skips_what_is_not_there(small: Results, tmp_path: Path) -> None:
    written = plots.draw(small, tmp_path)
    stems = ["paper_or_tez", "where_time_goes", "time_distance", "queues", "train_graph"]
    assert [path.name for path in written] == [f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")]
    assert all(path.stat().st_size > 1000 for path in written)
    nothing = by_hand(small.scenario)
    assert plots.draw(nothing, tmp_path / "nothing") == []


def test_a_comparison_of_two_alike_draws_both_together(small: Results, tmp_path: Path) -> None:
    fields = {name: getattr(small, name) for name in ("name", "scenario", "resolved", "manifest")}
    pair = (small, replace(small, name="other"))
    frames = {"differences": TABLE.assign(significant=True, period=last_full_year(small.scenario))}
    written = plots.draw(Contest(**fields, frames=frames, results=pair), tmp_path)
    stems = ["differences", "where_time_goes", "time_distance"]
    assert [path.name for path in written] == [f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")]


def test_a_border_where_nothing_differs_has_no_figure_and_that_is_said() -> None:
    """Two results alike: told where the differences are; paper against Tez has its figure."""
    paper, tez = (made_up(corridor_scenario(1, name, name), name, 300, (name,)) for name in ("paper", "tez"))
    for rival, is_drawn in ((replace(paper, name="other"), False), (tez, True)):
        pair = (paper, rival)
        fields = {name: getattr(paper, name) for name in ("name", "scenario", "resolved", "manifest")}
        frames = {"differences": TABLE.assign(significant=True, period=last_full_year(paper.scenario))}
        drawings = figures(Contest(**fields, frames=frames, results=pair))
        caption = " ".join(drawings["differences"]().get_supxlabel().split())
        assert ("have no figure: nothing that matters differs there" in caption) != is_drawn
        if is_drawn:
            assert drawings["paper_or_tez"]().axes
        else:
            with pytest.raises(plots.NothingToDraw, match="neither clearance nor dwell differs at"):
                drawings["paper_or_tez"]()


def test_what_cannot_be_drawn_says_so(small: Results) -> None:
    nothing = by_hand(small.scenario)
    for draw, said in (
        (lambda: plots.throughput([small], "titr", CAPTION), "no throughput of a corridor 'titr'"),
        (lambda: plots.paper_or_tez([nothing], CAPTION), "no train was cleared"),
        (lambda: plots.where_time_goes([nothing], CAPTION), "no train reached its end"),
        (lambda: plots.queues(nothing, CAPTION), "no train waited"),
        (lambda: plots.queues(small, CAPTION, place="dostyk"), "has no place 'dostyk'"),
        (lambda: plots.marey(small, CAPTION, flow="grain"), "no flow 'grain'"),
        (
            lambda: plots.marey(nothing, CAPTION),
            "no train of 'containers' was on its way in the 7 days",
        ),
        (lambda: plots.differences(TABLE.tail(1), CAPTION), "no difference to draw"),
    ):
        with pytest.raises(plots.NothingToDraw, match=said):
            draw()


def test_figures_of_seven_years_stay_small(tmp_path: Path) -> None:
    results = made_up(corridor_scenario(7, "tez", "Middle Corridor to 2030"), "long", 150_000, ("paper", "tez"))
    written = plots.draw(results, tmp_path)
    assert len(written) == 12
    assert max(path.stat().st_size for path in written) < 1_500_000


# Words


def test_a_berth_and_a_yard_are_not_called_alike() -> None:
    assert words.measure("utilisation_berthing") != words.measure("utilisation_loading")


@pytest.mark.parametrize(
    ("kpi", "said"),
    [
        ("throughput_mt", "Throughput"),
        ("clearance_h_p90", "Clearance, arrival to release, 90th percentile"),
        ("clearance_tez_h", "Clearance, arrival to release: tez"),
        ("border_dwell_keying_h", "Border dwell: keying of declarations"),
        ("border_dwell_standing_h", "Border dwell: standing before a full place"),
        ("passage_h_p95", "Passage, 95th percentile"),
        ("call_work_h_westbound", "Crane work a call: westbound"),
        ("voyages_per_vessel", "Voyages a vessel and year"),
        ("voyages_eastbound", "Voyages: eastbound"),
        ("wait_h_wagon_set", "Wait: wagon set"),
        ("wait_h_yard", "Wait: room in the port yard"),
        ("queue_trains_max", "Most trains waiting at once"),
        ("queue_trains_vessel", "Trains waiting: vessel"),
        ("utilisation_gauge_change", "Capacity in use: gauge-change cranes"),
        ("utilisation_loading", "Capacity in use: yard, cargo for vessels"),
        ("utilisation", "Capacity in use"),
        ("something_new", "Something new"),
    ],
)
def test_measures_in_words(kpi: str, said: str) -> None:
    assert words.measure(kpi) == said


def test_numbers_in_words() -> None:
    assert [words.duration(hours) for hours in (0.05, 0.5, 5.44, 71.9, 72, np.inf)] == [
        *("3 min", "30 min", "5.4 h", "71.9 h", "3.0 d", "no end seen")
    ]
    assert [words.figure(value) for value in (0, 0.0123, -5.3, 9.081, 61204, np.nan)] == [
        *("0", "0.0123", "−5.30", "9.08", "61,204", "–")
    ]
    assert [words.percent(share) for share in (0, 0.0004, 0.013, 0.0996, 0.5, 0.997, 0.9996, 1)] == [
        *("0 %", "under 0.1 %", "1.3 %", "10 %", "50 %", "99.7 %", "over 99.9 %", "100 %")
    ]


@pytest.mark.parametrize(
    ("wanted", "placed"),
    [([1.0, 1.1, 5.0], [1.0, 1.5, 5.0]), ([9.9, 9.8, 9.7], [10.0, 9.5, 9.0]), ([0.0, 0.0], [0.0, 0.5]), ([4.0], [4.0])],
)
def test_labels_are_kept_apart(wanted: list[float], placed: list[float]) -> None:
    assert apart(wanted, 0.5, 10.0) == pytest.approx(placed)


# Colours


def seen_colour(colour: str, sight: Any) -> Any:
    """CIELAB of a colour under a simulated sight, a matrix on linear RGB."""
    rgb = np.array(to_rgb(colour))
    linear = np.clip(sight @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), 0, 1)
    xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]] @ linear / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


# Machado, Oliveira and Fernandes (2009), severity 1
SIGHTS = {
    "normal": np.eye(3),
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
}


@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_are_told_apart_by_the_colour_blind(sight: str) -> None:
    """Differences of 2 in CIELAB are just seen; parts that touch and series that cross need many times that."""

    def apart_by(first: str, second: str) -> float:
        return float(np.linalg.norm(seen_colour(first, SIGHTS[sight]) - seen_colour(second, SIGHTS[sight])))

    by_title = dict(zip([part.title for part in PARTS], PART_COLOURS, strict=True))
    in_order = [by_title[part.title] for part in IN_ORDER]
    assert min(itertools.starmap(apart_by, itertools.combinations(SERIES, 2))) > 15
    assert min(itertools.starmap(apart_by, itertools.pairwise(in_order))) > 15
    assert min(itertools.starmap(apart_by, itertools.combinations([*PART_COLOURS, "#FFFFFF"], 2))) > 23
    assert apart_by(SERIES[0], SERIES[1]) > 80, "paper and Tez"
    ways, notable = [*DIRECTION_COLOURS.values(), *SERIES[:2]], (PLAIN, ACCENT, ORANGE)
    assert (
        min(itertools.starmap(apart_by, itertools.chain(*(itertools.combinations(c, 2) for c in (ways, notable))))) > 28
    )


def test_no_part_no_direction_and_no_share_has_the_colour_of_paper_or_of_tez() -> None:
    hues = {colour for colour in PART_COLOURS if np.ptp(to_rgb(colour)) > 0.05}
    assert len(hues) == 8, "and grey and black"
    for own, regime in itertools.product((*PART_COLOURS, *DIRECTION_COLOURS.values(), PLAIN, ACCENT), SERIES[:2]):
        assert np.linalg.norm(seen_colour(own, np.eye(3)) - seen_colour(regime, np.eye(3))) > 29, (own, regime)


def with_regime(**changes: Any) -> Any:
    """A scenario in which one of the flows is cleared otherwise than on paper."""
    paper = corridor_scenario(1, "paper", "On paper")
    flow = paper.flows["titr_west_a"].model_copy(update=changes)
    return paper.model_copy(update={"flows": paper.flows | {"titr_west_a": flow}})


JUNE, MARCH_AFTER = dt.date(2024, 6, 1), dt.date(2025, 3, 1)


@pytest.mark.parametrize(
    ("scenario", "colour"),
    [
        (corridor_scenario(1, "paper", "On paper"), SERIES[0]),
        (corridor_scenario(1, "tez", "With Tez"), SERIES[1]),
        (with_regime(regime={dt.date.min: "paper", JUNE: "tez"}), SERIES[1]),
        (with_regime(regime={dt.date.min: "tez", dt.date(2023, 6, 1): "paper"}), SERIES[0]),
        (with_regime(regime={dt.date.min: "paper", MARCH_AFTER: "tez"}), SERIES[0]),
        (with_regime(regime={dt.date.min: "tez"}, adoption_share={dt.date.min: 0.0}, otherwise="paper"), SERIES[0]),
        (
            with_regime(regime={dt.date.min: "tez"}, adoption_share={dt.date.min: 0.0, JUNE: 0.1}, otherwise="paper"),
            SERIES[1],
        ),
    ],
)
def test_the_colour_of_a_result_says_whether_tez_clears(scenario: Any, colour: str, small: Results) -> None:
    results = replace(small, scenario=scenario)
    assert result_colours([results]) == [colour]
    assert result_colours([small, results]) == [SERIES[0], colour if colour != SERIES[0] else SERIES[2]]


def test_a_regime_has_one_colour_in_every_figure() -> None:
    paper = made_up(corridor_scenario(1, "paper", "On paper"), "paper", 150, ("paper",))
    both = made_up(corridor_scenario(1, "tez", "With Tez"), "both", 150, ("paper", "tez"))
    bars = plots.release_times([paper, both], CAPTION).axes[0].containers
    drawn = [to_rgb(bar.patches[0].get_facecolor()) for bar in bars]
    assert drawn == [lighter(SERIES[0], 0.3), lighter(SERIES[0], 0.55), lighter(SERIES[1], 0.3)]
    assert [group["colour"] for group in spreads([paper, both])] == [SERIES[0], SERIES[0], SERIES[1]]
    alone, beside = plots.throughput([both], "titr", CAPTION), plots.throughput([paper, both], "titr", CAPTION)
    ends = [figure.axes[0].containers[-1].lines[0].get_color() for figure in (alone, beside)]
    assert ends == [SERIES[1]] * 2


def test_a_handful_of_trains_is_no_curve_on_the_page() -> None:
    paper = made_up(corridor_scenario(1, "tez", "With Tez"), "tez", 3000, ("tez",))
    declarations = paper.tables.declarations
    regimes = declarations["regime"].where(declarations["train"] > 0, "paper")
    rare = replace(paper, tables=replace(paper.tables, declarations=declarations.assign(regime=regimes)))
    assert [group["label"].partition(",")[0] for group in spreads([rare])] == ["Tez Customs"]


def test_a_wait_has_the_colour_of_its_part() -> None:
    for part, colour in zip(PARTS, PART_COLOURS, strict=True):
        assert {CAUSE_LOOKS[cause]["facecolor"] for cause in part.causes} == {colour}, part.title
        assert len({CAUSE_LOOKS[cause]["hatch"] for cause in part.causes}) == len(part.causes), part.title


# Titles


@pytest.mark.parametrize(
    ("mt", "title"),
    [
        ([[9.0, 9.2, 9.1]], "Middle in 2025: 9.10 [8.85, 9.35] of 10 Mt"),
        ([[10.5, 11.9, 11.2]], "Middle in 2025: 11.2 [9.5, 12.9] of 10 Mt"),
        ([[9.0, 9.2, 9.1], [9.0, 9.2, 9.1]], "Middle in 2025: 9.10 of 10 Mt (a), 9.10 Mt (b): no difference seen"),
        ([[9.0, 9.2, 9.1], [9.01, 9.22, 9.11]], "Middle in 2025: 9.10 of 10 Mt (a), 9.11 Mt (b): no difference seen"),
        (
            [[9.0, 9.2, 9.1], [9.002, 9.2021, 9.1022]],
            "Middle in 2025: 9.10 of 10 Mt (a), 9.10 Mt (b): too small a difference to matter",
        ),
        ([[9.0, 9.2, 9.1], [8.0, 8.21, 8.1]], "Middle in 2025: 9.10 of 10 Mt (a), 8.10 Mt (b)"),
        (
            [[9.0, 9.2], [8.0, 8.2]],
            "Middle in 2025: 9.10 of 10 Mt (a), 8.10 Mt (b): fewer than 3 replications cannot tell them apart",
        ),
        ([[9.0, 9.2, 9.1], [8.0, 8.2, 8.1], [5.0, 5.2, 5.1]], "Middle in 2025: 9.10 of 10 Mt (a), 5.10 Mt (c)"),
    ],
)
def test_titles_state_what_is_found(mt: list[list[float]], title: str) -> None:
    corridors = {"middle": {"title": "Middle", "target_mt": {"2025": 10.0}}, "north": {"title": "North"}}
    key = ("throughput_mt", "all", "middle", "2025", "Mt")
    horizon = {"start": dt.date(2025, 1, 1), "end": dt.date(2026, 1, 1), "warmup_days": 2}
    runs = [
        formula_results(name, {key: values}, corridors=corridors, title=name, horizon=horizon)
        for name, values in zip("abc", mt, strict=False)
    ]
    assert " ".join(plots.throughput(runs, "middle", CAPTION).get_suptitle().split()) == title


def test_no_line_ends_between_a_number_and_its_unit_or_within_an_interval() -> None:
    text = "half within 0.559 h (Tez), 35.4 [32.2, 38.6] h, 9.2 of 10 Mt, 4.1 % and 5.71 ± 1.91 h; 50.1 → 45.3 days"
    for characters in range(24, 80):
        for part in wrapped(text, characters).splitlines()[1:]:
            assert not part.startswith(("h", "of", "Mt", "%", "±", "→", "[", "38.6", "1.91", "45.3", "days")), part
    assert wrapped(text, 200) == text


def test_a_week_of_one_replication_is_no_finding() -> None:
    """Titles of what one replication drew state a mean over all of them, or that it is an example."""
    run = made_up(corridor_scenario(1, "tez", "One year"), "mixed", 900, ("paper", "tez"), 3)
    graph = " ".join(plots.marey(run, CAPTION).get_suptitle().split())
    assert graph.endswith("1 Jul 2024 to 7 Jul 2024: an example, 7 days of one replication")
    year, days = (dt.date(2024, 1, 1), dt.date(2024, 12, 31)), (dt.date(2024, 3, 1), dt.date(2024, 3, 31))
    mean = rows_at(run.kpis, "throughput_mt", "all", "titr", "2024")["mean"].iloc[0] * 1000 * 7 / 365.25
    for span, end in ((year, "in 2024 on average"), (days, "in 2024 on average")):
        title = " ".join(throughput_through_time([run], CAPTION, span, "week", "titr").get_suptitle().split())
        before, text = title.split(f"by week: {end} ")
        assert float(text.split()[0]) == pytest.approx(mean, rel=0.06) and before.startswith("Middle Corridor"), title
    at_border = throughput_through_time([run], CAPTION, days, "week", "titr", "altynkol").get_suptitle()
    assert " ".join(at_border.split()).endswith("by week: an example"), "no measure of it over all replications"


def test_results_of_other_seeds_side_by_side_are_warned_of(small):
    other = replace(small, name="other", manifest=MANIFEST | {"seed": 99})
    with pytest.warns(UserWarning, match="results of seeds 7 and 99, which do not pair"):
        plots.where_time_goes([small, other])


def test_a_caption_may_be_left_out_as_a_type_checker_sees_it():
    names = [name for name in plots.__all__ if name != "NothingToDraw"]
    forms = {name: inspect.signature(getattr(plots, name)).parameters.get("caption") for name in names}
    asked = {name for name, form in forms.items() if form is not None and form.default is form.empty}
    assert asked == {"attribution", "contest"}, "of these another argument follows that must be there"
