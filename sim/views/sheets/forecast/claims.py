"""What a forecast claims of its worlds, with what chance, and what decides it, in words."""

from __future__ import annotations

import re

from sim.measure.catalogue import unit_of
from sim.measure.chances import FEWEST_TRIALS, ShareInterval
from sim.scenario.addresses import Address
from sim.scenario.values import ALL
from sim.study.forecast.forecast import ForecastResults
from sim.study.forecast.telling import MOST_TOLD, ForecastClaim, decisive, rows_about, target_of_forecast
from sim.study.headline import JOURNEY
from sim.study.question import THROUGHPUT
from sim.views import words

VERDICTS = ((0.9, "Almost surely"), (0.5, "Likely"))
"""What is said of a chance whose interval lies above these shares; of one that lies below as far from 0 the reverse."""

REVERSES = {"Almost surely": "Hardly", "Likely": "Unlikely"}
SAVER = "Tez"
MOST_OF_SPREAD = 0.5
"""An unknown with a greater share of the spread is named alone."""

MOST_CHARACTERS = 120
"""Of the unknowns that a sentence names: the answer must fit a screen."""


# Chances


def share_words(chance: ShareInterval, worlds: str) -> str:
    """A share of worlds that are called so; of few of them, and of none or all, how many they are."""
    if chance.n < FEWEST_TRIALS or chance.successes in (0, chance.n):
        number = {0: "none", chance.n: "all"}.get(chance.successes, f"{chance.successes}")
        return f"{number} of {chance.n} {worlds}"
    return f"{words.percent(chance.share)} of {worlds}"


def count_words(chance: ShareInterval) -> str:
    """A share of worlds spoken of before."""
    return share_words(chance, "worlds").removesuffix(" of worlds").removesuffix(" worlds")


def ends_words(chance: ShareInterval) -> str:
    """The interval of a chance."""
    return f"[{words.percent(chance.low)}, {words.percent(chance.high)}]"


def chance_text(chance: ShareInterval) -> str:
    """A chance with its interval."""
    return f"{words.percent(chance.share)} {ends_words(chance)}" if chance.n else "–"


def verdict_word(chance: ShareInterval) -> str:
    """A chance in a word, by its interval: "Open" where that holds both sides of a half."""
    for bound, word in VERDICTS:
        if chance.low > bound:
            return word
        if chance.high < 1 - bound:
            return REVERSES[word]
    return "Open"


# What is claimed


def changer(results: ForecastResults) -> str:
    """What the second scenario brings."""
    return SAVER if results.manifest["tez"] else str(results.manifest["scenarios"][-1])


def amount_of(threshold: float, unit: str) -> str:
    """A threshold without its sign, in its unit."""
    amount = f"{abs(threshold):g}"
    return f"{amount} {unit.removesuffix('s') if amount == '1' else unit}"


def place_of_claim(results: ForecastResults, address: Address) -> str:
    """Where a measure is taken, after it; nothing of what the forecast is about anyway."""
    flow = ALL if address.flow == results.manifest["corridor"] else address.flow
    if address.place == flow == ALL:
        return " door to door" if address.kpi == JOURNEY else ""
    return f" at {words.title_of(results.scenario, address.place, flow)}"


def claim_words(results: ForecastResults, claim: ForecastClaim) -> str:
    """What a conclusion says, as a sentence without its end."""
    entry, about = claim.conclusion, results.manifest
    address, unit = entry.address, unit_of(entry.address.kpi)
    amount, where = amount_of(entry.threshold, unit), place_of_claim(results, address)
    if entry == target_of_forecast(results):
        return f"{about['target_mt']:g} Mt are carried in {about['year']}"
    title = f"{words.measure(address.kpi)}{where}"
    if not entry.difference:
        bound = {"<=": f"{amount} or less", "<": f"less than {amount}", ">=": f"{amount} or more"}
        return f"{title} is {bound.get(entry.relation, f'more than {amount}')}"
    is_less = entry.relation in ("<=", "<")
    if entry.threshold == 0 or is_less != (entry.threshold < 0):
        return f"{title} changes by {entry.relation} {words.figure(entry.threshold)} {unit}"
    if not about["tez"]:
        return f"{title} {'falls' if is_less else 'rises'} by {amount} or more"
    verb = ("takes away" if is_less else "brings") if address.kpi == THROUGHPUT else "saves" if is_less else "costs"
    return f"{SAVER} {verb} {amount} or more{where}"


def offered_range(results: ForecastResults) -> str:
    """What is offered in worlds at the target."""
    about = results.manifest
    return f"{about['offered_low_mt']:g} to {about['offered_high_mt']:g} Mt"


def measured_title(results: ForecastResults, claim: ForecastClaim) -> str:
    """The measure of a claim with its unit, in what period, and that it is a difference."""
    address = claim.conclusion.address
    less = " less ".join(reversed(results.manifest["scenarios"]))
    change = f": {less}" if claim.conclusion.difference else ""
    where = f" at {words.title_of(results.scenario, address.place, ALL)}" if address.place != ALL else ""
    return f"{words.measure(address.kpi)}{where} in {words.period(address.period)}, {unit_of(address.kpi)}{change}"


# What decides


def unknown_title(results: ForecastResults, name: str) -> str:
    """What an unknown is called."""
    rows = results.frames["unknowns"]
    titles = rows.loc[rows["unknown"] == name, "title"]
    entry = results.scenario.unknown.get(name)
    return str(titles.iloc[0]) if len(titles) else words.plain(name) if entry is None else entry.title


CONDITION = re.compile(r"(\w+) (<=|>|is not|is) (.+)")
SIGNS = {"<=": "at most ", ">": "above ", "is": "= ", "is not": "not "}


def conditions_of(rule: str) -> list[tuple[str, str, str]]:
    """The unknown, the sign and the bound of each condition of a rule."""
    matches = [CONDITION.fullmatch(part) for part in rule.split(" and ")]
    return [(match[1], match[2], match[3]) for match in matches if match]


def bound_words(results: ForecastResults, name: str, bound: str) -> str:
    """A bound of an unknown with what it counts: times what is stated, or months of delay."""
    entry = results.scenario.unknown.get(name)
    unit = {"scale": " times", "delay": " months late"}.get(entry.kind if entry else "", "")
    return f"{switch_words(bound).removesuffix('.0')}{unit}"


def switch_words(text: str) -> str:
    """A word as a reader has it: yes and no of a switch."""
    return {"true": "yes", "false": "no"}.get(text.lower(), words.plain(text))


def rule_words(results: ForecastResults, rule: str, told_name: str = "") -> str:
    """A rule of the tree with the titles of unknowns; of a single one named already its bound alone."""
    conditions = conditions_of(rule)
    if [name for name, _, _ in conditions] == [told_name] and conditions[0][1] == "is":
        return bound_words(results, *conditions[0][::2])
    bounds: dict[tuple[str, str], list[str]] = {}
    for name, sign, bound in conditions:  # several that are not are one condition
        bounds.setdefault((name, sign), []).append(bound_words(results, name, bound))
    parts = [
        f"{unknown_title(results, name)} {SIGNS[sign]}{' or '.join(texts)}" for (name, sign), texts in bounds.items()
    ]
    return " and ".join(parts)


def decided_words(results: ForecastResults, claim: ForecastClaim) -> str:
    """Which unknowns decide most of a measure; that none does as far as so many worlds tell."""
    rows = decisive(results, claim).head(MOST_TOLD)
    if rows.empty:
        is_split = len(rows_about(results, "split", claim)) > 0
        return "no single unknown can be shown to decide" if is_split else "nothing can be shown to decide"
    shares = [words.percent(share) for share in rows["total_share"]]
    titles = [f"{title} ({share})" for title, share in zip(rows["title"], shares, strict=True)]
    titles[0] = titles[0].removesuffix(")") + " of the spread)"
    is_alone = rows["total_share"].iloc[0] > MOST_OF_SPREAD or sum(map(len, titles)) > MOST_CHARACTERS
    number = 1 if is_alone else MOST_TOLD
    return f"decided most by: {', '.join(titles[:number])}"
