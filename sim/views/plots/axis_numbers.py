"""Numbers along an axis, with the marks of the language in which the figure is made, whenever it is drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.ticker import FuncFormatter, ScalarFormatter

from sim.views.language import in_marks, language_spoken, speaking


class SpokenNumbers(ScalarFormatter):
    """Numbers of an axis with the marks of the language in which it is made."""

    def __init__(self) -> None:
        super().__init__()
        self.language = language_spoken()

    def __call__(self, x: float, pos: int | None = None) -> str:
        """The name of a mark."""
        with speaking(self.language):
            return in_marks(super().__call__(x, pos))


def whole_numbers() -> FuncFormatter:
    """Whole numbers of an axis with their thousands apart, in the language."""
    language = language_spoken()

    def number_words(x: float, _: Any) -> str:
        with speaking(language):
            return in_marks(f"{x:,.0f}")

    return FuncFormatter(number_words)
