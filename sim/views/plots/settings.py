"""matplotlib as these figures need it: its own defaults and our style, whatever the reader's settings are.

A figure must be the same bytes on every machine, and the settings of a notebook must be after a figure what they were
before. So a figure is made, drawn and saved within `own_settings` only.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

try:
    import matplotlib as mpl
except ValueError:
    # A backend that does not exist in MPLBACKEND, or a matplotlibrc that is no text, ends the import of matplotlib
    # itself. We need neither, so a run that took hours must not end here.
    for module in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        del sys.modules[module]
    surroundings = dict(os.environ)
    os.environ.pop("MPLBACKEND", None)
    os.environ["MATPLOTLIBRC"] = os.devnull
    import matplotlib as mpl

    del os.environ["MATPLOTLIBRC"]
    os.environ.update(surroundings)

from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

LATIN_FONT = "DejaVu Sans"
"""Ships with matplotlib: what is written in Latin or Cyrillic looks the same everywhere."""

CHINESE_FONT = "Corridor Sans SC"
CHINESE_FONT_FILE = Path(__file__).with_name("font") / "CorridorSansSC.otf"
"""Ships with the package, so that Chinese looks the same everywhere: made by `tools/chinese_font.py`."""

WEIGHTS = (400, 700)
"""It has one weight, which stands for both that figures ask for."""

CJK_FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK JP", "Noto Sans CJK KR"),
    *("WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei", "SimSun"),
    *("PingFang SC", "Hiragino Sans GB", "Heiti SC", "STHeiti", "Arial Unicode MS", "Unifont"),
)
"""Fonts with further Chinese characters on Linux, Windows and macOS, the better ones first."""

STYLE = {
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    # Without a salt the ids in an SVG are drawn by lot.
    "svg.hashsalt": "corridor",
    # A title may hold a dollar sign or a backslash; it is never a formula.
    "text.parse_math": False,
}

NO_GLYPH = r"Glyph \d+ "
"""How matplotlib's warning begins of each character without a font."""

NOT_OURS = ("backend", "backend_fallback", "date.epoch", "figure.hooks", "interactive", "toolbar")
"""Settings of the session rather than of a figure: changing these would reach beyond it."""


@cache
def figure_settings() -> Any:
    """The settings of every figure, by matplotlib's names for them."""
    manager = font_manager.fontManager
    names = {font.name for font in manager.ttflist}
    own = font_manager.ttfFontProperty(font_manager.get_font(str(CHINESE_FONT_FILE)))
    if CHINESE_FONT not in names:
        manager.ttflist += [replace(own, weight=weight) for weight in WEIGHTS]
    fonts = [LATIN_FONT, CHINESE_FONT, *(font for font in CJK_FONTS if font in names)]
    defaults: Any = {name: value for name, value in mpl.rcParamsDefault.items() if name not in NOT_OURS}
    return defaults | STYLE | {"font.family": fonts}


@contextmanager
def own_settings() -> Iterator[None]:
    """Our settings within, the reader's own again after; also a decorator."""
    with mpl.rc_context(figure_settings()):
        yield


class Drawing(Figure):
    """A figure that is laid out, drawn and saved under our settings, also when a notebook does so much later."""

    def draw(self, renderer: Any) -> None:
        """Draw onto a renderer, and say in one line if characters have no font; matplotlib would for each of them."""
        with own_settings(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", NO_GLYPH)
            super().draw(renderer)
        without = characters_without_font("".join(text.get_text() for text in self.findobj(Text)))
        if without:
            warn_of_boxes()

    def savefig(self, fname: Any, **options: Any) -> None:
        """Save to a file, see matplotlib; laid out first, for matplotlib draws a figure once more to lay it out."""
        layout, own_dpi = self.get_layout_engine(), self.get_dpi()
        with own_settings(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", NO_GLYPH)
            if layout is not None:
                dpi = options.get("dpi", mpl.rcParams["savefig.dpi"])
                self.set_dpi(own_dpi if dpi == "figure" else dpi)
                layout.execute(self)
            self.set_layout_engine(None)
            try:
                super().savefig(fname, **options)
            finally:
                self.set_layout_engine(layout)
                self.set_dpi(own_dpi)


def characters_without_font(text: str) -> set[str]:
    """The characters of a text that none of our fonts can draw."""
    with own_settings():
        return {character for character in text if character != "\n" and ord(character) not in drawable()}


@cache
def drawable() -> frozenset[int]:
    """Code points that one of our fonts has."""
    paths = [font_manager.findfont(font) for font in figure_settings()["font.family"]]
    return frozenset(point for path in paths for point in font_manager.get_font(path).get_charmap())


@cache
def warn_of_boxes() -> None:
    """Warn, once in a session, of characters that no font here has."""
    logging.getLogger(__name__).warning(
        "Some characters of titles have no font on this machine: figures show boxes in their place. "
        "For rare Chinese ones, install Noto Sans CJK, for instance."
    )
