"""A forecast in words: the chances of a target, what a change saves in what share of worlds, and what decides it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.catalogue import unit_of
from sim.measure.chances import FEWEST_TRIALS, ShareInterval
from sim.scenario.addresses import Address
from sim.scenario.problems import how_many
from sim.scenario.reading.ranges import uncovered
from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import Outcome
from sim.study.forecast.split import LUCK
from sim.study.forecast.telling import (
    ForecastClaim,
    chance_of,
    claims,
    decisive,
    has_offer,
    is_told_from_luck,
    offered_chance,
    outcomes,
    part_of_spread,
    reverse_chance,
    rules_that_tell,
    silent_worlds,
    stopped_worlds,
    target_of_forecast,
)
from sim.study.headline import DWELL, JOURNEY
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.sheets.forecast.claims import (
    SAVER,
    amount_of,
    chance_text,
    changer,
    claim_words,
    count_words,
    decided_words,
    ends_words,
    offered_range,
    place_of_claim,
    rule_words,
    share_words,
    verdict_word,
)
from sim.views.sheets.sheet import Headline, Sheet

CLOSE_MT = 0.3
"""Ends of 80 % of worlds nearer than this would be the same at one decimal."""


def forecast_line(outcome: Outcome) -> str:
    """What is known of a forecast under way."""
    kind, chance = outcome.main_chance
    conclusion = outcome.plan.conclusions[0]
    return f"{conclusion} in {chance.successes} of {chance.n} worlds {kind}: {chance_text(chance)}"


def stop_lines(outcome: Outcome) -> list[str]:
    """How traffic stops for good in the first world in which it does, and in how many more."""
    if not outcome.stops:
        return []
    number, first = len({world for _, world in outcome.stops}), next(iter(outcome.stops.values()))
    return [f"In {how_many(number, 'world')} traffic stops for good, and nothing holds there. The first: {first}"]


def forecast_headline(results: ForecastResults) -> Headline:
    """Whether the target is reached, what the change saves, what stands in the way: each with its chance."""
    return Headline(
        question_of_forecast(results),
        " ".join(answer_parts(results)),
        " ".join(reason_parts(results)),
        " ".join(doubt_parts(results)),
        chance_numbers(results),
    )


def question_of_forecast(results: ForecastResults) -> str:
    """What is asked."""
    about = results.manifest
    save = " What decides?"
    if len(about["scenarios"]) > 1:
        save = " What does Tez Customs save?" if about["tez"] else f" What does {changer(results)} change?"
    if target_of_forecast(results) is None:
        return f"What holds over all that is not known of {results.name}?{save}"
    corridor = results.scenario.corridors[about["corridor"]].title
    return f"Does the {corridor} carry {about['target_mt']:g} Mt in {about['year']}?{save}"


def other_claims(results: ForecastResults) -> list[ForecastClaim]:
    """What is asked besides the target."""
    target = target_of_forecast(results)
    return [claim for claim in claims(results) if claim.conclusion != target]


def answer_parts(results: ForecastResults) -> Iterator[str]:
    """The chances of the target, and what comes about; what the change saves. The table below has all chances."""
    claims_besides = other_claims(results)
    gaps = [claim for claim in claims_besides if claim.conclusion.difference]
    if target_of_forecast(results) is not None:
        yield from target_parts(results, claims(results)[0])
    for claim in claims_besides[: 0 if gaps else None]:
        yield f"{claim_words(results, claim)} in {share_words(chance_of(results, claim), 'plausible worlds')}."
    yield from amount_parts(results, gaps[:1])
    yield from luck_parts(results, gaps)


def target_parts(results: ForecastResults, claim: ForecastClaim) -> Iterator[str]:
    """The verdict on the target over plausible worlds, the two chances behind it, and what is carried."""
    about = results.manifest
    plain = chance_of(results, ForecastClaim(claim.conclusion, AS_DRAWN))
    offer_chance = offered_chance(results)
    target = f"{about['target_mt']:g} Mt"
    if offer_chance is None:
        yield f"{verdict_word(plain)}: {target} are carried in {share_words(plain, 'plausible worlds')}."
    else:
        carried = share_words(plain, "plausible worlds")
        yield f"{verdict_word(plain)}: {target} are carried in {carried}, and offered in {count_words(offer_chance)}."
        share = share_words(chance_of(results, claim), "worlds")
        yield f"Were {offered_range(results)} offered, {target} would be carried in {share}."
    rows = years_of(results, claim.conclusion.address, AS_DRAWN)
    if len(rows) and rows["worlds"].iloc[0] >= FEWEST_TRIALS:
        row = rows.iloc[0]
        decimals = 1 if row["p90"] - row["p10"] > CLOSE_MT else None
        middle, low, high = (words.figure(row[name], decimals) for name in ("p50", "p10", "p90"))
        yield f"Carried: {middle} Mt in the middle world, {low} to {high} in 80 % of worlds."


def years_of(results: ForecastResults, address: Address, offer: str) -> pd.DataFrame:
    """The rows of a measure of the last scenario over the worlds of a kind."""
    rows = rows_at(results.frames["years"], *address)
    is_asked: pd.Series[bool] = (rows["offer"] == offer) & (rows["scenario"] == results.manifest["scenarios"][-1])
    return rows.loc[is_asked]


def amount_parts(results: ForecastResults, gaps: Sequence[ForecastClaim]) -> Iterator[str]:
    """What a difference comes to over plausible worlds: the middle one, and 80 % of them."""
    for claim in gaps:
        address, values = claim.conclusion.address, outcomes(results, claim)
        saves = results.manifest["tez"] and address.kpi in (DWELL, JOURNEY)
        quantiles = sorted((-1 if saves else 1) * values.quantile([0.1, 0.5, 0.9]))
        if len(values) >= FEWEST_TRIALS:
            low, middle, high = (words.figure(float(value), 1) for value in quantiles)
            title = f"{SAVER} saves" if saves else f"{words.measure(address.kpi)} changes by"
            where, unit = place_of_claim(results, address), unit_of(address.kpi)
            told = ": more than luck" if is_told_from_luck(results, claim) else ""
            yield f"{title} {middle} {unit}{where} in the middle world, {low} to {high} in 80 %{told}."


WAYS = {DWELL: "at the border", JOURNEY: "door to door", THROUGHPUT: "in tonnes"}
"""Where a difference of a measure is felt."""


def luck_parts(results: ForecastResults, gaps: Sequence[ForecastClaim]) -> Iterator[str]:
    """Which differences are not told from luck, with what they come to in 80 % of worlds."""
    texts = []
    for claim in gaps:
        address, values = claim.conclusion.address, outcomes(results, claim)
        if is_told_from_luck(results, claim) or len(values) < FEWEST_TRIALS:
            continue
        way = WAYS.get(address.kpi, f"in {lower(words.measure(address.kpi))}")
        low, high = (words.figure(float(value), 2) for value in values.quantile([0.1, 0.9]))
        texts.append(f"{way} ({low} to {high} {unit_of(address.kpi)})")
    if texts:
        text = words.joined_by_and(texts)
        yield f"{text[0].upper()}{text[1:]}: no more than luck."


def reason_parts(results: ForecastResults) -> Iterator[str]:
    """What decides what is carried, what stands in the way of the target, and what decides the first difference."""
    if target_of_forecast(results) is not None:
        claim = claims(results)[0]
        if has_offer(results):
            plain = ForecastClaim(claim.conclusion, AS_DRAWN)
            yield f"What is carried, {decided_words(results, plain)}."
        is_decided = len(decisive(results, claim)) > 0 or not has_offer(results)
        yield f"{carried_part(results, claim)}{f', {decided_words(results, claim)}' if is_decided else ''}."
    claims_besides = other_claims(results)
    for claim in [*(entry for entry in claims_besides if entry.conclusion.difference), *claims_besides][:1]:
        yield f"{measure_told(results, claim)}, {decided_words(results, claim)}{rule_part(results, claim)}."


def carried_part(results: ForecastResults, claim: ForecastClaim) -> str:
    """How much of what is offered comes through, where about as much as the target is offered."""
    carried_mt = outcomes(results, claim)
    if not has_offer(results) or len(carried_mt) < FEWEST_TRIALS:
        return f"What is carried in {results.manifest['year']}"
    offered_mt = results.worlds.set_index("world")["offered_mt"].loc[carried_mt.index]
    middle, of = (words.figure(float(values.median()), 1) for values in (carried_mt, offered_mt))
    return f"Where {offered_range(results)} are offered, {middle} of {of} Mt come through"


def lower(title: str) -> str:
    """A title inside a sentence."""
    return f"{title[:1].lower()}{title[1:]}"


def measure_told(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a conclusion is about, at the beginning of a sentence."""
    kpi = claim.conclusion.address.kpi
    if claim.conclusion == target_of_forecast(results):
        return "What is carried"
    if not claim.conclusion.difference:
        return words.measure(kpi)
    if results.manifest["tez"] and kpi in (DWELL, JOURNEY):
        return "Hours saved" if kpi == DWELL else "Days saved"
    return f"The change of {lower(words.measure(kpi))}"


def rule_part(results: ForecastResults, claim: ForecastClaim) -> str:
    """Under which rule a conclusion holds most, against all other worlds; nothing where no rule tells them."""
    rules = rules_that_tell(results, claim)
    if rules.empty:
        return ""
    best, total = rules.iloc[0], chance_of(results, claim)
    number = round(best["holds_share"] * best["worlds"])
    first = decisive(results, claim)["unknown"].head(1)
    where = rule_words(results, best["rule"], "" if first.empty else str(first.iloc[0]))
    contrast = f"{total.successes - number} of the other {total.n - best['worlds']}"
    amount = amount_of(claim.conclusion.threshold, unit_of(claim.conclusion.address.kpi))
    limit = f"{amount} or {'more' if claim.conclusion.difference else 'less'}"
    if not claim.conclusion.difference and claim.conclusion.relation.startswith(">"):
        limit = f"{amount} or more"
    return f"; {limit} in {number} of {best['worlds']} worlds with {where}, in {contrast}"


def doubt_parts(results: ForecastResults) -> Iterator[str]:
    """How much is assumed, what has no range, and what luck and what is untold have of the spread."""
    bare = len(uncovered(results.reading, results.facts))
    ranges = f", {bare} of them without a range" if bare else ""
    yield f"{words.standing(results)}{ranges}; {worlds_drawn_words(results)}."
    number = len(stopped_worlds(results))
    if number:
        yield f"In {number} of {len(results.worlds)} worlds traffic stops for good: they fail."
    for claim in claims(results):
        silent = silent_worlds(results, claim)
        if silent:
            address = claim.conclusion.address
            title = words.measure(address.kpi) + place_of_claim(results, address)
            yield f"{title}: not observed in {how_many(silent, 'world')}, for nothing arrives; they count as failing."
    gaps = [claim for claim in other_claims(results) if claim.conclusion.difference]
    asked = [ForecastClaim(claims(results)[0].conclusion, AS_DRAWN), *gaps[:1]]
    shares = {measure_told(results, claim): part_of_spread(results, claim, LUCK) for claim in asked}
    parts = [f"{words.percent(share)} of {lower(title)}" for title, share in shares.items() if math.isfinite(share)]
    if parts:
        yield f"Part of luck in the spread: {', '.join(parts)}."


def worlds_drawn_words(results: ForecastResults) -> str:
    """What a world is a draw of, and of how many worlds which kind there is."""
    drawn = f"each world is a draw of {how_many(results.manifest['unknowns'], 'unknown')}"
    plausible = int((results.worlds["offer"] == AS_DRAWN).sum())
    at_target = len(results.worlds) - plausible
    return f"{drawn}, {plausible} plausible, {at_target} with {offered_range(results)} offered" if at_target else drawn


def chance_numbers(results: ForecastResults) -> Sheet:
    """The chances with their intervals: of the target offered and carried, then of each conclusion."""
    about, target = results.manifest, target_of_forecast(results)
    has_gaps = any(claim.conclusion.difference for claim in claims(results))
    reverse_head = "loses" if about["tez"] else "reverse"
    sheet = Sheet(
        "", ("share of plausible worlds in which", "share", "interval", *([reverse_head] if has_gaps else []))
    )
    offer_chance = offered_chance(results)
    if target is not None and has_offer(results):
        plain = chance_of(results, ForecastClaim(target, AS_DRAWN))
        sheet.rows.append(chance_row(f"{about['target_mt']:g} Mt are carried in {about['year']}", plain, has_gaps))
    if offer_chance is not None:
        sheet.rows.append(
            chance_row(f"{about['target_mt']:g} Mt are offered in {about['year']}", offer_chance, has_gaps)
        )
    for claim in claims(results):
        is_target = claim.conclusion == target and has_offer(results)
        title = claim_words(results, claim)
        if is_target:
            title = f"{about['target_mt']:g} Mt are carried, were {offered_range(results)} offered"
        reverse = reverse_chance(results, claim) if claim.conclusion.difference else None
        sheet.rows.append(chance_row(title, chance_of(results, claim), has_gaps, reverse))
    return sheet


def chance_row(
    title: str, chance: ShareInterval, has_gaps: bool, reverse: ShareInterval | None = None
) -> tuple[str, ...]:
    """A chance as a row; of a difference with the share of worlds in which it is as much the other way."""
    cells = title, words.percent(chance.share) if chance.n else "–", ends_words(chance)
    return (*cells, "" if reverse is None else words.percent(reverse.share)) if has_gaps else cells
