"""Factors as options state them: `--factor KEY=RANGE`."""

from __future__ import annotations

from typing import Any

from sim.cli.console import fail

FACTOR_FORM = "KEY=60..120, KEY=0.8x..1.25x or KEY=60,80,100"


def ranges(texts: tuple[str, ...]) -> dict[str, Any] | None:
    """The factors that options give, as a file would have them; None without any."""
    pairs = list(map(factor_of, texts))
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            fail(f"--factor: {key} is given twice.")
    return dict(pairs) if pairs else None


def factor_of(text: str) -> tuple[str, dict[str, Any]]:
    """A factor from `key=60..120`, `key=0.8x..1.25x` or `key=60,80,100`."""
    key, equals, value = (part.strip() for part in text.partition("="))
    low, dots, high = (part.strip() for part in value.partition(".."))
    if not key or not equals or not value:
        fail(f"--factor: must be written {FACTOR_FORM} (got '{text}')")
    if not dots:
        return key, {"values": [word(part.strip()) for part in value.split(",")]}
    scale = low.endswith("x") and high.endswith("x")
    ends = tuple(factor_number(end.removesuffix("x") if scale else end, text) for end in (low, high))
    names = ("scale_low", "scale_high") if scale else ("low", "high")
    return key, dict(zip(names, ends, strict=True))


def factor_number(text: str, factor_text: str) -> float:
    """A number of a range."""
    try:
        return float(text)
    except ValueError:
        fail(f"--factor: must be written {FACTOR_FORM} (got '{factor_text}')")


def word(text: str) -> Any:
    """A value as TOML has it, or else plain text."""
    from sim.scenario.reading.overrides import assignment

    return assignment(f"value={text}")[1]
