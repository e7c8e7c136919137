"""Figures in other languages: every character has a font, every text fits its sheet, numbers have their marks."""

import io
import re
import warnings
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from drawn import CAPTION, MANIFEST, border_scenario, corridor_scenario, made_up
from fontTools.ttLib import TTFont
from forecasts import asking, carrying
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.study.compare.answer import contest
from sim.study.forecast.forecast import forecast
from sim.views import language
from sim.views.language import LANGUAGES, message, speaking
from sim.views.plots import field, gallery, style
from sim.views.plots.axis_numbers import SpokenNumbers, whole_numbers
from sim.views.plots.settings import CHINESE_FONT_FILE, characters_without_font, figure_settings, own_settings

pytestmark = pytest.mark.painted

OTHERS = [code for code in LANGUAGES if code != language.ENGLISH]
OURS = re.compile(r"\b(?!Tez\b|Customs\b|Bonferroni\b|CPMM\b|SWD\b|SWOD\b|UTC\b|CAREC\b|WCO\b|TFI\d\b)[A-Za-z]{3,}\b")
"""English words that no figure of another language has, unless a scenario states them."""


OF_STATED_TITLES = ("difference_by_world", "decisive_unknowns", "worlds_apart", "worth_asking")
"""Figures of a forecast of a scenario of its own, whose titles and alternatives stand in them as stated."""


def english_left(text, stated):
    """The words of English in a text that no scenario states."""
    return (word for word in OURS.findall(text) if word not in stated)


def drawings(tmp_path):
    """Every figure of a run, a pair, several runs and a forecast, and the charts of the field."""
    paper, tez = (
        replace(
            made_up(corridor_scenario(2, regime, title), title.lower(), 300, (regime,), seed),
            manifest=MANIFEST | {"engine": "simpy"},
        )
        for seed, (title, regime) in enumerate((("A", "paper"), ("B", "tez")), 1)
    )
    border = made_up(border_scenario(), "d", 60, ("paper",), 4)
    yield from gallery.run_figures(paper).items()
    pair = gallery.contest_figures(contest([paper, tez]))
    yield from ((name, pair[name]) for name in ("differences", "paper_or_tez", "where_time_goes"))
    several = gallery.contest_figures(contest([paper, tez, replace(paper, name="c")]))
    yield "contest", several["differences"]
    yield from gallery.forecast_figures(forecast(asking(tmp_path), perform=carrying())).items()
    for kind in ("throughput", "trs", "tfi", "smore"):
        yield kind, partial(field.field_chart, kind, [border], field.ChartSubject())


def texts_of(figure):
    """The texts of a figure that has been drawn, with what each takes of the sheet."""
    with own_settings(), warnings.catch_warnings():
        warnings.simplefilter("error")  # a missing glyph, a layout that collapses, a font that is not found
        Figure.savefig(figure, io.BytesIO(), format="png", dpi=50)
    return [text for text in figure.findobj(Text) if text.get_text().strip() and text.get_visible()]


@pytest.mark.parametrize("code", OTHERS)
def test_every_figure_speaks_its_language_with_glyphs_for_all_of_it(code, tmp_path):
    seen = set()
    stated = (
        corridor_scenario(1, "tez", "B").model_dump_json() + border_scenario().model_dump_json() + CAPTION + "The line"
    )
    with speaking(code):
        for name, draw in drawings(tmp_path):
            try:
                figure = draw()
            except style.NothingToDraw:
                continue
            seen.add(name)
            texts = texts_of(figure)
            assert not characters_without_font("".join(text.get_text() for text in texts)), name
            if name not in OF_STATED_TITLES:
                left = [text.get_text() for text in texts if [*english_left(text.get_text(), stated)]]
                assert not left, name
            sheet = figure.bbox.padded(2)
            for text in (figure._suptitle, figure._supxlabel):
                box = text.get_window_extent()
                assert sheet.x0 <= box.x0 and box.x1 <= sheet.x1, (name, text.get_text())
    assert {"where_time_goes", "paper_or_tez", "train_graph", "tfi", "trs", "contest", "decisive_unknowns"} <= seen


def test_marks_of_an_axis_are_those_of_the_language_it_was_made_in():
    with speaking("ru"):
        figure = style.sheet("Т", "п", 4, 3)
        axes = figure.add_subplot()
        style.dress(axes, "", "")
        axes.plot([0, 1], [0.0, 0.5])
        whole = whole_numbers()
    assert isinstance(axes.yaxis.get_major_formatter(), SpokenNumbers)
    figure.savefig(io.BytesIO(), format="png")
    assert any("," in label.get_text() for label in axes.get_yticklabels())
    assert whole(12345, 0) == "12\u00a0345"


def test_chinese_lines_keep_marks_that_close_and_numbers_with_their_units():
    told = (
        "多斯特克—阿拉山口：2024 年半数申报列车在 33.5 [30.1, 36.2] 分钟内放行，全部列车在此平均停留（52.4 小时）。" * 3
    )
    for characters in range(20, 90):
        lines = style.wrapped(told, characters).split("\n")
        assert "".join(lines).replace(" ", "") == told.replace(" ", "")
        assert all(language.columns_of(line) <= max(characters, 30) for line in lines)
        assert not any(line[0] in language.NEVER_FIRST or line[-1] in language.NEVER_LAST for line in lines)
        assert not any(line.endswith("33.5") or line.endswith("52.4") for line in lines)


def test_the_font_that_ships_has_every_character_of_the_catalogue_and_of_level_1():
    points = TTFont(CHINESE_FONT_FILE)["cmap"].getBestCmap()
    catalogue = (language.LOCALE / "zh.po").read_text(encoding="utf-8")
    latin = font_manager.get_font(font_manager.findfont(figure_settings()["font.family"][0])).get_charmap()
    lacking = {character for character in catalogue if ord(character) not in points and ord(character) not in latin}
    assert not lacking - {"\n"}, "python tools/chinese_font.py makes the font anew"
    assert all(ord(character) in points for character in "啊座亚欧运输")
    assert CHINESE_FONT_FILE.stat().st_size < 1_000_000
    assert "SIL OPEN FONT LICENSE" in CHINESE_FONT_FILE.with_name("OFL.txt").read_text(encoding="utf-8")


def test_chinese_stands_in_pdf_and_svg(tmp_path):
    with speaking("zh"), own_settings():
        figure = style.sheet(message("Throughput"), "多斯特克—阿拉山口", 4, 3)
        figure.add_subplot()
    for kind in ("pdf", "svg", "png"):
        path = Path(tmp_path / f"figure.{kind}")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure.savefig(path)
        assert path.stat().st_size > 2_000
    written = (tmp_path / "figure.pdf").read_bytes()
    assert b"CorridorSansSC" in written and b"LastResort" not in written


def test_a_character_that_no_font_has_is_told_in_a_line(caplog):
    from sim.views.plots import settings

    settings.warn_of_boxes.cache_clear()
    figure = style.sheet("\U000e0fff", "п", 4, 3)
    figure.add_subplot()
    figure.savefig(io.BytesIO(), format="png")
    assert [record.message for record in caplog.records if "have no font" in record.message]
