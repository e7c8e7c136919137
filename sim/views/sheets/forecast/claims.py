"""What a forecast claims of its worlds, with what chance, and what decides it, in words."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Any

from sim.measure.catalogue import unit_of
from sim.measure.chances import FEWEST_TRIALS, ShareInterval
from sim.scenario.addresses import Address
from sim.scenario.files import is_plain_number
from sim.scenario.values import ALL
from sim.study.forecast import worth
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.telling import MOST_TOLD, ForecastClaim, decisive, rows_about, target_of_forecast
from sim.study.headline import JOURNEY
from sim.study.question import THROUGHPUT
from sim.views import words
from sim.views.language import in_marks, message, spoken_title, term

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ((0.9, "Almost surely"), (0.5, "Likely"))
"""What is said of a chance whose interval lies above these shares; of one that lies below as far from 0 the reverse."""

REVERSES = {"Almost surely": "Hardly", "Likely": "Unlikely"}
SAVER = "Tez"
MOST_OF_SPREAD = 0.5
"""An unknown with a greater share of the spread is named alone."""

MOST_CHARACTERS = 120
"""Of the unknowns that a sentence names: the answer must fit a screen."""


# Chances


def plausible_share(chance: ShareInterval) -> str:
    """A share of plausible worlds; of few of them, and of none or all, how many they are."""
    if is_told_in_percent(chance):
        return message("{share} of plausible worlds", share=words.percent(chance.share))
    if not chance.successes:
        return message("none of {total} plausible worlds", total=chance.n)
    if chance.successes == chance.n:
        return message("all of {total} plausible worlds", total=chance.n)
    return message("{number} of {total} plausible worlds", number=chance.successes, total=chance.n)


def world_share(chance: ShareInterval) -> str:
    """A share of worlds, as that of plausible ones."""
    if is_told_in_percent(chance):
        return message("{share} of worlds", share=words.percent(chance.share))
    if not chance.successes:
        return message("none of {total} worlds", total=chance.n)
    if chance.successes == chance.n:
        return message("all of {total} worlds", total=chance.n)
    return message("{number} of {total} worlds", number=chance.successes, total=chance.n)


def count_words(chance: ShareInterval) -> str:
    """A share of worlds spoken of before."""
    if is_told_in_percent(chance):
        return message("{share}", share=words.percent(chance.share))
    if not chance.successes:
        return message("none of {total}", total=chance.n)
    if chance.successes == chance.n:
        return message("all of {total}", total=chance.n)
    return message("{number} of {total}", number=chance.successes, total=chance.n)


def is_told_in_percent(chance: ShareInterval) -> bool:
    """Whether there are enough worlds, and neither none nor all of them are meant."""
    return chance.n >= FEWEST_TRIALS and chance.successes not in (0, chance.n)


def ends_words(chance: ShareInterval) -> str:
    """The interval of a chance."""
    return words.range_text(words.percent(chance.low), words.percent(chance.high))


def chance_text(chance: ShareInterval) -> str:
    """A chance with its interval."""
    if not chance.n:
        return "–"
    return message("{value} {interval}", value=words.percent(chance.share), interval=ends_words(chance))


def verdict_word(chance: ShareInterval) -> str:
    """A chance in a word, by its interval: "Open" where that holds both sides of a half."""
    for bound, word in VERDICTS:
        if chance.low > bound:
            return term(word)
        if chance.high < 1 - bound:
            return term(REVERSES[word])
    return message("Open")


# What is claimed


def changer(results: ForecastResults) -> str:
    """What the second scenario brings."""
    return message("Tez") if results.manifest["tez"] else str(results.manifest["scenarios"][-1])


def amount_of(threshold: float, unit: str) -> str:
    """A threshold without its sign, in its unit."""
    amount = words.stated_number(abs(threshold))
    return words.quantity(amount, unit.removesuffix("s") if amount == "1" else unit)


def place_of_claim(results: ForecastResults, address: Address) -> str:
    """Where a measure is taken, after it; nothing of what the forecast is about anyway."""
    flow = ALL if address.flow == results.manifest["corridor"] else address.flow
    if address.place == flow == ALL:
        return message(" of the journey") if address.kpi == JOURNEY else ""
    return message(" at {place}", place=words.title_of(results.scenario, address.place, flow))


def claim_words(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a conclusion says, as a sentence without its end."""
    entry, about = claim.conclusion, results.manifest
    address, unit = entry.address, unit_of(entry.address.kpi)
    amount, where = amount_of(entry.threshold, unit), place_of_claim(results, address)
    if entry == target_of_forecast(results):
        target = words.stated_number(about["target_mt"])
        return message("{target} Mt are carried in {year}", target=target, year=about["year"])
    title = message("{measure}{where}", measure=words.measure(address.kpi), where=where)
    if not entry.difference:
        return bounded_words(title, entry.relation, amount)
    is_less = entry.relation in ("<=", "<")
    if entry.threshold == 0 or is_less != (entry.threshold < 0):
        change = words.quantity(words.figure(entry.threshold), unit)
        return message(
            "{measure} changes by {relation} {change}", measure=title, relation=entry.relation, change=change
        )
    if not about["tez"]:
        if is_less:
            return message("{measure} falls by {amount} or more", measure=title, amount=amount)
        return message("{measure} rises by {amount} or more", measure=title, amount=amount)
    if address.kpi == THROUGHPUT:
        if is_less:
            return message("Tez takes away {amount} or more{where}", amount=amount, where=where)
        return message("Tez brings {amount} or more{where}", amount=amount, where=where)
    if is_less:
        return message("Tez saves {amount} or more{where}", amount=amount, where=where)
    return message("Tez costs {amount} or more{where}", amount=amount, where=where)


def bounded_words(title: str, relation: str, amount: str) -> str:
    """A measure and the bound that it keeps to."""
    match relation:
        case "<=":
            return message("{measure} is {amount} or less", measure=title, amount=amount)
        case "<":
            return message("{measure} is less than {amount}", measure=title, amount=amount)
        case ">=":
            return message("{measure} is {amount} or more", measure=title, amount=amount)
        case _:
            return message("{measure} is more than {amount}", measure=title, amount=amount)


def offered_range(results: ForecastResults) -> str:
    """What is offered in worlds at the target."""
    about = results.manifest
    low, high = (words.stated_number(about[f"offered_{end}_mt"]) for end in ("low", "high"))
    return words.quantity(words.span_of(low, high), "Mt")


def measured_there(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a claim, and where it is taken."""
    address = claim.conclusion.address
    measure = words.measure(address.kpi)
    if address.place == ALL:
        return measure
    return message("{measure} at {place}", measure=measure, place=words.title_of(results.scenario, address.place, ALL))


def measured_then(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a claim, and in what period."""
    when = words.in_period(claim.conclusion.address.period)
    return message("{measure} {when}", measure=measured_there(results, claim), when=when)


def measured_with_unit(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a claim with its unit, and in what period."""
    address = claim.conclusion.address
    about = {"when": words.in_period(address.period), "unit": term(unit_of(address.kpi))}
    return message("{measure} {when}, {unit}", measure=measured_there(results, claim), **about)


def measured_title(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a claim with its unit, in what period, and that it is a difference."""
    sentence = measured_with_unit(results, claim)
    if not claim.conclusion.difference:
        return sentence
    a, b = results.manifest["scenarios"]
    return message("{measure}: {b} less {a}", measure=sentence, b=b, a=a)


# What decides


def unknown_title(results: ForecastResults, name: str) -> str:
    """What an unknown is called."""
    rows = results.frames["unknowns"]
    titles = rows.loc[rows["unknown"] == name, "title"]
    entry = results.scenario.unknown.get(name)
    if not len(titles) and entry is None:
        return words.plain(name)
    return spoken_title(str(titles.iloc[0]) if len(titles) or entry is None else entry.title)


def asked_title(row: pd.Series[Any]) -> str:
    """What may be found out: an unknown, a group of them, all, or luck too."""
    match row["of"]:
        case worth.WITH_LUCK:
            return message("everything, luck too")
        case worth.ALL_UNKNOWNS:
            return message("all that is unknown")
        case worth.GROUP:
            return message("all {group}", group=term(str(row["asked"])))
        case _:
            return spoken_title(str(row["title"]))


CONDITION = re.compile(r"(\w+) (<=|>|is not|is) (.+)")


def conditions_of(rule: str) -> list[tuple[str, str, str]]:
    """The unknown, the sign and the bound of each condition of a rule."""
    matches = [CONDITION.fullmatch(part) for part in rule.split(" and ")]
    return [(match[1], match[2], match[3]) for match in matches if match]


def bound_words(results: ForecastResults, name: str, bound: str) -> str:
    """A bound of an unknown with what it counts: times what is stated, or months of delay."""
    entry = results.scenario.unknown.get(name)
    sentence = switch_words(bound).removesuffix(".0")
    sentence = in_marks(sentence) if is_plain_number(sentence) else sentence
    match entry.kind if entry else "":
        case "scale":
            return message("{number} times", number=sentence)
        case "delay":
            return message("{number} months late", number=sentence)
        case _:
            return sentence


def switch_words(text: str) -> str:
    """A word as a reader has it: yes and no of a switch."""
    return {"true": message("yes"), "false": message("no")}.get(text.lower(), spoken_title(words.plain(text)))


def rule_words(results: ForecastResults, rule: str, told_name: str = "") -> str:
    """A rule of the tree with the titles of unknowns; of a single one named already its bound alone."""
    conditions = conditions_of(rule)
    if [name for name, _, _ in conditions] == [told_name] and conditions[0][1] == "is":
        return bound_words(results, *conditions[0][::2])
    bounds: dict[tuple[str, str], list[str]] = {}
    for name, sign, bound in conditions:  # several that are not are one condition
        bounds.setdefault((name, sign), []).append(bound_words(results, name, bound))
    parts = [condition_words(unknown_title(results, name), sign, texts) for (name, sign), texts in bounds.items()]
    return reduce(lambda before, after: message("{before} and {after}", before=before, after=after), parts)


def condition_words(title: str, sign: str, texts: list[str]) -> str:
    """A condition of a rule: an unknown, and what it keeps to."""
    bound = reduce(lambda before, after: message("{before} or {after}", before=before, after=after), texts)
    match sign:
        case "<=":
            return message("{unknown} at most {bound}", unknown=title, bound=bound)
        case ">":
            return message("{unknown} above {bound}", unknown=title, bound=bound)
        case "is":
            return message("{unknown} = {bound}", unknown=title, bound=bound)
        case _:
            return message("{unknown} not {bound}", unknown=title, bound=bound)


def decided_words(results: ForecastResults, claim: ForecastClaim) -> str:
    """Which unknowns decide most of a measure; that none does as far as so many worlds tell."""
    rows = decisive(results, claim).head(MOST_TOLD)
    if rows.empty:
        is_split = len(rows_about(results, "split", claim)) > 0
        if is_split:
            return message("no single unknown can be shown to decide")
        return message("nothing can be shown to decide")
    pairs = [*zip(map(spoken_title, rows["title"]), map(words.percent, rows["total_share"]), strict=True)]
    first, *others = pairs
    titles = [
        message("{unknown} ({share} of the spread)", unknown=first[0], share=first[1]),
        *(message("{unknown} ({share})", unknown=title, share=share) for title, share in others),
    ]
    is_alone = rows["total_share"].iloc[0] > MOST_OF_SPREAD or sum(map(len, titles)) > MOST_CHARACTERS
    number = 1 if is_alone else MOST_TOLD
    return message("decided most by: {unknowns}", unknowns=words.comma_list(titles[:number]))
