"""What the worlds of a forecast are draws of, in words."""

from __future__ import annotations

from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import ForecastResults
from sim.views.language import counted, message
from sim.views.sheets.forecast.claims import offered_range


def worlds_drawn_words(results: ForecastResults) -> str:
    """What a world is a draw of, and of how many worlds which kind there is."""
    drawn = cut_words(
        results,
        counted(
            results.manifest["unknowns"],
            "each world is a draw of {count} unknown",
            "each world is a draw of {count} unknowns",
        ),
    )
    plausible = int((results.worlds["offer"] == AS_DRAWN).sum())
    at_target = len(results.worlds) - plausible
    if not at_target:
        return drawn
    return message(
        "{drawn}, {plausible} plausible, {at_target} with {offered} offered",
        drawn=drawn,
        plausible=plausible,
        at_target=at_target,
        offered=offered_range(results),
    )


def cut_words(results: ForecastResults, drawn: str) -> str:
    """What is drawn, and how many inputs besides where the record is cut at a day."""
    until = results.manifest["until"]
    if until is None:
        return drawn
    return counted(
        results.manifest["cut_inputs"],
        "{drawn} and, for only what was known on {until} may be used, of {count} input that cites later facts",
        "{drawn} and, for only what was known on {until} may be used, of {count} inputs that cite later facts",
        drawn=drawn,
        until=until,
    )
