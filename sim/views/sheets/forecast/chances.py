"""The chances of a forecast as the numbers below its answer."""

from __future__ import annotations

from sim.measure.chances import ShareInterval
from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.telling import (
    ForecastClaim,
    chance_of,
    claims,
    has_offer,
    offered_chance,
    reverse_chance,
    target_of_forecast,
)
from sim.views import words
from sim.views.language import message
from sim.views.sheets.forecast.claims import claim_words, ends_words, offered_range
from sim.views.sheets.sheet import Sheet


def chance_numbers(results: ForecastResults) -> Sheet:
    """The chances with their intervals: of the target offered and carried, then of each conclusion."""
    about, target = results.manifest, target_of_forecast(results)
    has_gaps = any(claim.conclusion.difference for claim in claims(results))
    reverse_head = message("loses") if about["tez"] else message("reverse")
    heads = (message("share of plausible worlds in which"), message("share"), message("interval"))
    sheet = Sheet("", (*heads, *([reverse_head] if has_gaps else [])))
    offer_chance = offered_chance(results)
    asked = {"target": words.stated_number(about["target_mt"] or 0.0), "year": about["year"]}
    if target is not None and has_offer(results):
        plain = chance_of(results, ForecastClaim(target, AS_DRAWN))
        sheet.rows.append(chance_row(message("{target} Mt are carried in {year}", **asked), plain, has_gaps))
    if offer_chance is not None:
        sheet.rows.append(chance_row(message("{target} Mt are offered in {year}", **asked), offer_chance, has_gaps))
    for claim in claims(results):
        is_target = claim.conclusion == target and has_offer(results)
        title = claim_words(results, claim)
        if is_target:
            target_mt = words.stated_number(about["target_mt"])
            offer_text = offered_range(results)
            title = message("{target} Mt are carried, were {offered} offered", target=target_mt, offered=offer_text)
        reverse = reverse_chance(results, claim) if claim.conclusion.difference else None
        sheet.rows.append(chance_row(title, chance_of(results, claim), has_gaps, reverse))
    return sheet


def chance_row(
    title: str, chance: ShareInterval, has_gaps: bool, reverse: ShareInterval | None = None
) -> tuple[str, ...]:
    """A chance as a row; of a difference with the share of worlds in which it is as much the other way."""
    cells = title, words.percent(chance.share) if chance.n else "–", ends_words(chance)
    return (*cells, "" if reverse is None else words.percent(reverse.share)) if has_gaps else cells
