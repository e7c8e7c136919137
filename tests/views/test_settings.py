"""Figures are the same whatever the reader has told matplotlib, and leave what was told as it was."""

from __future__ import annotations

import inspect
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from commands import output_of
from cycler import cycler
from drawn import BY_HAND as SPELLS
from drawn import CAPTION, CLEARED_BY_HAND, TRAINS_BY_HAND, border_scenario, by_hand, corridor_scenario, made_up

from sim.runs.results import Results
from sim.scenario.reading.layers import find
from sim.views import plots
from sim.views.plots import settings, style

pytestmark = pytest.mark.painted

DARK_AND_LOUD = {
    **{f"{part}.facecolor": "black" for part in ("figure", "axes", "savefig", "legend")},
    **{name: "white" for name in ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")},
    "axes.prop_cycle": cycler(color=["red", "lime"]),
    "axes.spines.left": False,
    "axes.unicode_minus": False,
    "axes.formatter.use_locale": True,
    "axes.xmargin": 0.3,
    "errorbar.capsize": 9,
    "figure.dpi": 40,
    "font.family": ["serif"],
    "font.size": 19,
    "hatch.linewidth": 4,
    "image.cmap": "magma",
    "legend.numpoints": 3,
    "lines.linewidth": 7,
    "lines.marker": "x",
    "path.simplify": False,
    "path.sketch": (3, 50, 5),
    "savefig.bbox": "tight",
    "savefig.dpi": 33,
    "savefig.transparent": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "salty",
    "svg.id": "other",
    "text.parse_math": True,
    "text.usetex": True,
    "timezone": "Asia/Almaty",
    "xtick.direction": "in",
    "xtick.major.size": 12,
    "xtick.minor.visible": True,
}


@pytest.fixture(scope="module")
def hand_made() -> Results:
    return by_hand(border_scenario(), TRAINS_BY_HAND, SPELLS, CLEARED_BY_HAND)


@pytest.fixture
def hostile() -> Iterator[None]:
    known: Any = {name: value for name, value in DARK_AND_LOUD.items() if name in mpl.rcParams}
    with mpl.rc_context(known):
        yield


def contents(paths: list[Path]) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in paths}


def titled(title: str) -> Results:
    scenario = corridor_scenario(3, "tez", title)
    return made_up(scenario, "titled", 15, ("tez",))


def test_every_figure_is_made_under_our_settings() -> None:
    functions = [getattr(plots, name) for name in plots.__all__]
    makers = [function for function in functions if getattr(function, "__annotations__", {}).get("return") == "Figure"]
    assert len(makers) > 10
    assert [maker.__name__ for maker in makers if inspect.unwrap(maker) is maker] == []


def test_settings_of_a_session_do_not_show_in_a_figure_and_stay(
    hand_made: Results, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    plain = contents(plots.draw(hand_made, tmp_path / "plain"))
    request.getfixturevalue("hostile")
    before = dict(mpl.rcParams)
    hostile = contents(plots.draw(hand_made, tmp_path / "hostile"))
    assert dict(mpl.rcParams) == before
    assert len(plain) == 10
    assert [name for name in plain if plain[name] != hostile[name]] == []


def test_a_notebook_draws_a_figure_later_and_sees_the_same(hand_made: Results, request: pytest.FixtureRequest) -> None:
    """IPython asks the canvas of a figure for its picture, long after the figure was made."""
    pictures = []
    for settings_of_session in ("plain", "hostile"):
        if settings_of_session == "hostile":
            request.getfixturevalue("hostile")
        figure, content = plots.queues(hand_made, CAPTION), io.BytesIO()
        colours = {"facecolor": figure.get_facecolor(), "edgecolor": figure.get_edgecolor()}
        figure.canvas.print_figure(content, format="png", dpi=72, bbox_inches="tight", pad_inches=0.1, **colours)
        pictures.append(content.getvalue())
    assert pictures[0] == pictures[1]


def test_a_run_is_the_same_under_any_matplotlibrc_backend_locale_and_zone_data(tmp_path: Path) -> None:
    """The whole of its folder, with desks that keep hours by the clock of Almaty, which moved in March 2024."""
    folder = tmp_path / "run"
    hours = "{ opens = 09:00:00, closes = 18:00:00, at_closing = 'finish' }"
    changes = ("horizon.end=2024-01-20", "horizon.warmup_days=5", f"places.altynkol.office_hours={hours}")
    mine = tmp_path / "mine.toml"
    mine.write_text(f'title = "Ж–中"\nextends = "{find("altynkol_paper").as_posix()}"\n', encoding="utf-8")
    words = ["run", str(mine), "--replications", "2", "--workers", "1"]
    words += [word for change in (*changes, "places.altynkol.time_zone=Asia/Almaty") for word in ("--set", change)]
    output_of(*words, "--out", str(folder))
    plain = contents(sorted(path for path in folder.iterdir() if path.name not in ("manifest.json", ".lock")))
    assert len([name for name in plain if name.endswith((".png", ".svg"))]) >= 8
    lines = [f"{name}: {value}" for name, value in DARK_AND_LOUD.items() if isinstance(value, str | int | float)]
    lines += ["axes.prop_cycle: cycler('color', ['ff0000'])", "date.epoch: 0000-12-31T00:00:00"]
    (tmp_path / "matplotlibrc").write_text("\n".join(lines) + "\n", encoding="utf-8")
    surroundings = {"MATPLOTLIBRC": str(tmp_path), "MPLBACKEND": "pdf", "TZ": "Asia/Almaty", "PYTHONHASHSEED": "7"}
    surroundings |= {"LC_ALL": "C", "LANG": "tr_TR.ISO-8859-9", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    # The host's zone data: every zone is that of Tokyo.
    (tmp_path / "zoneinfo" / "Asia").mkdir(parents=True)
    for zone in ("Almaty", "Tokyo"):
        data = resources.files("tzdata.zoneinfo.Asia").joinpath("Tokyo").read_bytes()
        (tmp_path / "zoneinfo" / "Asia" / zone).write_bytes(data)
    surroundings |= {"PYTHONTZPATH": str(tmp_path / "zoneinfo")}
    command = [sys.executable, "-m", "sim", *words, "--out", str(tmp_path / "hostile")]
    done = subprocess.run(command, env=os.environ | surroundings, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    hostile = contents([tmp_path / "hostile" / name for name in plain])
    assert [name for name in plain if plain[name] != hostile[name]] == []


@pytest.mark.parametrize("surroundings", [{"MPLBACKEND": "no_such_backend"}, {"MATPLOTLIBRC": sys.executable}])
def test_what_ends_the_import_of_matplotlib_does_not_end_a_run(surroundings: dict[str, str]) -> None:
    text = "from sim.views.plots import settings, style; print(len(style.png(style.sheet('title', 'caption', 3, 2))))"
    command = [sys.executable, "-c", text]
    plain, hostile = (
        subprocess.run(command, env=os.environ | extra, capture_output=True, text=True, check=True)
        for extra in ({}, surroundings)
    )
    assert plain.stdout == hostile.stdout


# Titles


@pytest.mark.parametrize("title", ["_hidden", r"5 $ a day, $x^2$ \alpha", "ends in a backslash\\"])
def test_titles_are_drawn_as_they_are(title: str, hand_made: Results) -> None:
    first, second = titled(title), replace(titled(f"{title} too"), name="second")
    figures = [plots.throughput([first, second], "titr", CAPTION), plots.paper_or_tez([first, second], CAPTION)]
    for figure in figures:
        figure.draw_without_rendering()
        legends = [axes.get_legend() for axes in figure.axes if axes.get_legend()]
        names = {text.get_text().split(":")[0] for legend in legends for text in legend.get_texts()}
        assert {title, f"{title} too"} <= names
        assert not any(text.get_parse_math() for legend in legends for text in legend.get_texts())


def test_one_plain_line_says_that_a_script_has_no_font(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    monkeypatch.setattr(settings, "CJK_FONTS", ())
    for cached in (settings.figure_settings, settings.drawable, settings.warn_of_boxes):
        cached.cache_clear()
    tibetan = titled("ལྕགས་ལམ།")
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            style.png(plots.throughput([tibetan], "titr", CAPTION))
    assert len(caplog.messages) == 1 and "boxes" in caplog.messages[0]
    assert not recwarn.list
    settings.figure_settings.cache_clear()
    settings.drawable.cache_clear()


def test_a_further_font_for_chinese_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CJK_FONTS", ("No Such Font", "DejaVu Sans Mono"))
    settings.figure_settings.cache_clear()
    assert settings.figure_settings()["font.family"] == ["DejaVu Sans", "Corridor Sans SC", "DejaVu Sans Mono"]
    settings.figure_settings.cache_clear()


def test_chinese_lines_are_half_as_long() -> None:
    assert max(map(len, style.wrapped("中" * 100, 40).splitlines())) == 20
    assert max(map(len, style.wrapped("word " * 40, 40).splitlines())) == 39
    assert style.wrapped("", 10) == ""
