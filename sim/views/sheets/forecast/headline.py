"""A forecast in words: the chances of a target, what a change saves in what share of worlds, and what decides it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.catalogue import unit_of
from sim.measure.chances import FEWEST_TRIALS
from sim.scenario.addresses import Address
from sim.scenario.reading.ranges import uncovered
from sim.study.forecast.draws import AS_DRAWN
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.outcome import Outcome
from sim.study.forecast.telling import (
    ForecastClaim,
    chance_of,
    claims,
    decisive,
    has_offer,
    is_told_from_luck,
    offered_chance,
    outcomes,
    part_of_luck,
    rules_that_tell,
    silent_worlds,
    stopped_worlds,
    target_of_forecast,
)
from sim.study.headline import DWELL, JOURNEY
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import counted, message, spoken_title, term
from sim.views.sheets.forecast.chances import chance_numbers
from sim.views.sheets.forecast.claims import (
    amount_of,
    chance_text,
    changer,
    claim_words,
    count_words,
    decided_words,
    offered_range,
    place_of_claim,
    plausible_share,
    rule_words,
    verdict_word,
    world_share,
)
from sim.views.sheets.forecast.drawn import worlds_drawn_words
from sim.views.sheets.sheet import Headline

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
    return [
        counted(
            number,
            "In {count} world traffic stops for good, and nothing holds there. The first: {first}",
            "In {count} worlds traffic stops for good, and nothing holds there. The first: {first}",
            first=first,
        )
    ]


def forecast_headline(results: ForecastResults) -> Headline:
    """Whether the target is reached, what the change saves, what stands in the way: each with its chance."""
    return Headline(
        question_of_forecast(results),
        words.paragraph(answer_parts(results)),
        words.paragraph(reason_parts(results)),
        words.paragraph(doubt_parts(results)),
        chance_numbers(results),
    )


def question_of_forecast(results: ForecastResults) -> str:
    """What is asked."""
    about = results.manifest
    save = message("What decides?")
    if len(about["scenarios"]) > 1:
        save = message("What does {scenario} change?", scenario=changer(results))
        if about["tez"]:
            save = message("What does Tez Customs save?")
    if target_of_forecast(results) is None:
        first = message("What holds over all that is not known of {scenario}?", scenario=results.name)
        return words.paragraph([first, save])
    first = message(
        "Does the {corridor} carry {target} Mt in {year}?",
        corridor=spoken_title(results.scenario.corridors[about["corridor"]].title),
        target=words.stated_number(about["target_mt"]),
        year=about["year"],
    )
    return words.paragraph([first, save])


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
        share = plausible_share(chance_of(results, claim))
        yield message("{claim} in {share}.", claim=claim_words(results, claim), share=share)
    yield from amount_parts(results, gaps[:1])
    yield from luck_parts(results, gaps[1:])


def target_parts(results: ForecastResults, claim: ForecastClaim) -> Iterator[str]:
    """The verdict on the target over plausible worlds, the two chances behind it, and what is carried."""
    about = results.manifest
    plain = chance_of(results, ForecastClaim(claim.conclusion, AS_DRAWN))
    offer_chance = offered_chance(results)
    target = words.quantity(words.stated_number(about["target_mt"]), "Mt")
    sentence = {"verdict": verdict_word(plain), "target": target, "carried": plausible_share(plain)}
    if offer_chance is None:
        yield message("{verdict}: {target} are carried in {carried}.", **sentence)
    else:
        yield message(
            "{verdict}: {target} are carried in {carried}, and offered in {offered}.",
            offered=count_words(offer_chance),
            **sentence,
        )
        yield message(
            "Were {offered} offered, {target} would be carried in {share}.",
            offered=offered_range(results),
            target=target,
            share=world_share(chance_of(results, claim)),
        )
    rows = years_of(results, claim.conclusion.address, AS_DRAWN)
    if len(rows) and rows["worlds"].iloc[0] >= FEWEST_TRIALS:
        row = rows.iloc[0]
        decimals = 1 if row["p90"] - row["p10"] > CLOSE_MT else None
        middle, low, high = (words.figure(row[name], decimals) for name in ("p50", "p10", "p90"))
        yield message(
            "Carried: {middle} Mt in the middle world, {low} to {high} in 80 % of worlds.",
            middle=middle,
            low=low,
            high=high,
        )


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
            amount = words.quantity(middle, unit_of(address.kpi))
            about = {"amount": amount, "where": place_of_claim(results, address), "low": low, "high": high}
            measure = words.measure(address.kpi)
            sentence = message(
                "{measure} changes by {amount}{where} in the middle world, {low} to {high} in 80 %",
                measure=measure,
                **about,
            )
            if saves:
                sentence = message("Tez saves {amount}{where} in the middle world, {low} to {high} in 80 %", **about)
            if is_told_from_luck(results, claim):
                yield message("{told}: more than luck.", told=sentence)
            else:
                yield message("{told}: no more than luck.", told=sentence)


WAYS = {DWELL: "at the border", JOURNEY: "over the journey", THROUGHPUT: "in tonnes"}
"""Where a difference of a measure is felt."""


def luck_parts(results: ForecastResults, gaps: Sequence[ForecastClaim]) -> Iterator[str]:
    """Which differences besides the first are told from luck, and which are not; the table below has their chances."""
    ways: dict[bool, list[str]] = {True: [], False: []}
    for claim in gaps:
        kpi = claim.conclusion.address.kpi
        if len(outcomes(results, claim)) >= FEWEST_TRIALS:
            way = term(WAYS.get(kpi, "")) or message("in {measure}", measure=lower(words.measure(kpi)))
            ways[is_told_from_luck(results, claim)].append(way)
    if ways[True]:
        yield message("{told}: more than luck.", told=upper(words.joined_by_and(ways[True])))
    if ways[False]:
        yield message("{told}: no more than luck.", told=upper(words.joined_by_and(ways[False])))


def reason_parts(results: ForecastResults) -> Iterator[str]:
    """What decides what is carried, what stands in the way of the target, and what decides the first difference.

    Beside a target, that nothing can be shown to decide a difference is no reason.
    """
    if target_of_forecast(results) is not None:
        claim = claims(results)[0]
        if has_offer(results):
            plain = ForecastClaim(claim.conclusion, AS_DRAWN)
            yield message("What is carried, {decided}.", decided=decided_words(results, plain))
        sentences = [*carried_part(results, claim)]
        if len(decisive(results, claim)) > 0 or not has_offer(results):
            fallback = message("What is carried in {year}", year=results.manifest["year"])
            sentence = message(
                "{told}, {decided}", told=[*sentences, fallback][0], decided=decided_words(results, claim)
            )
            sentences = [sentence]
        yield from (message("{told}.", told=sentence) for sentence in sentences)
    claims_besides = other_claims(results)
    for claim in [*(entry for entry in claims_besides if entry.conclusion.difference), *claims_besides][:1]:
        rule = rule_part(results, claim)
        if rule or target_of_forecast(results) is None or not decisive(results, claim).empty:
            decided = decided_words(results, claim)
            yield message(
                "{measure}, {decided}{rule}.", measure=measure_told(results, claim), decided=decided, rule=rule
            )


def carried_part(results: ForecastResults, claim: ForecastClaim) -> Iterator[str]:
    """How much of what is offered comes through, where about as much as the target is; nothing of too few worlds."""
    carried_mt = outcomes(results, claim)
    if has_offer(results) and len(carried_mt) >= FEWEST_TRIALS:
        offered_mt = results.worlds.set_index("world")["offered_mt"].loc[carried_mt.index]
        middle, of = (words.figure(float(values.median()), 1) for values in (carried_mt, offered_mt))
        yield message(
            "Where {offered} are offered, {middle} of {whole} Mt come through",
            offered=offered_range(results),
            middle=middle,
            whole=of,
        )


def upper(text: str) -> str:
    """A text at the beginning of a sentence."""
    return f"{text[:1].upper()}{text[1:]}"


def lower(title: str) -> str:
    """A title inside a sentence."""
    return f"{title[:1].lower()}{title[1:]}"


def measure_told(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a conclusion is about, at the beginning of a sentence."""
    kpi = claim.conclusion.address.kpi
    if claim.conclusion == target_of_forecast(results):
        return message("What is carried")
    if not claim.conclusion.difference:
        return words.measure(kpi)
    if results.manifest["tez"] and kpi in (DWELL, JOURNEY):
        return message("Hours saved") if kpi == DWELL else message("Days saved")
    return message("The change of {measure}", measure=lower(words.measure(kpi)))


def rule_part(results: ForecastResults, claim: ForecastClaim) -> str:
    """Under which rule a conclusion holds most, against all other worlds; nothing where no rule tells them."""
    rules = rules_that_tell(results, claim)
    if rules.empty:
        return ""
    best, total = rules.iloc[0], chance_of(results, claim)
    number = round(best["holds_share"] * best["worlds"])
    first = decisive(results, claim)["unknown"].head(1)
    conclusion = claim.conclusion
    amount = amount_of(conclusion.threshold, unit_of(conclusion.address.kpi))
    limit = message("{amount} or less", amount=amount)
    if conclusion.difference or conclusion.relation.startswith(">"):
        limit = message("{amount} or more", amount=amount)
    return message(
        "; {limit} in {number} of {total} worlds with {rule}, in {contrast} of the other {others}",
        limit=limit,
        number=number,
        total=best["worlds"],
        rule=rule_words(results, best["rule"], "" if first.empty else str(first.iloc[0])),
        contrast=total.successes - number,
        others=total.n - best["worlds"],
    )


def doubt_parts(results: ForecastResults) -> Iterator[str]:
    """How much is assumed, what has no range, and what luck and what is untold have of the spread."""
    bare = len(uncovered(results.reading, results.facts))
    sentence = words.standing(results)
    if bare:
        sentence = message("{told}, {number} of them without a range", told=sentence, number=bare)
    yield message("{told}; {drawn}.", told=sentence, drawn=worlds_drawn_words(results))
    number = len(stopped_worlds(results))
    if number:
        total = len(results.worlds)
        yield message("In {number} of {total} worlds traffic stops for good: they fail.", number=number, total=total)
    for claim in claims(results):
        silent = silent_worlds(results, claim)
        if silent:
            address = claim.conclusion.address
            title = words.measure(address.kpi) + place_of_claim(results, address)
            yield counted(
                silent,
                "{measure}: not observed in {count} world, for nothing arrives; they count as failing.",
                "{measure}: not observed in {count} worlds, for nothing arrives; they count as failing.",
                measure=title,
            )
    gaps = [claim for claim in other_claims(results) if claim.conclusion.difference]
    asked = [ForecastClaim(claims(results)[0].conclusion, AS_DRAWN), *gaps[:1]]
    shares = {measure_told(results, claim): part_of_luck(results, claim) for claim in asked}
    parts = [
        message("{share} of {measure}", share=words.percent(share), measure=lower(title))
        for title, share in shares.items()
        if math.isfinite(share)
    ]
    if parts:
        yield message("Part of luck in the spread: {parts}.", parts=words.comma_list(parts))
