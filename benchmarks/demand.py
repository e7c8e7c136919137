"""Demand that answers, estimated from rows known by the end of 2024, and 2025 forecast from them and scored.

Westbound boxes between China and Europe choose rail through Russia or the sea: log odds = constant + response x
generalised cost, by half-year from 2022 to mid-2024. What is not published (days, rates of the railway, boxes that go
east, values of time) is drawn from the ranges below, and each draw is weighed by how likely the record is under it; the
constant is integrated out, so that prior and posterior of each parameter stand side by side. The Middle Corridor's
tonnes of 2025 are the sum of its cargoes, each with its own price response. With `--page docs/demand.md` the tables of
that page are written anew.
"""

import argparse
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from page_tables import tell_tables

from sim.measure.scores import ensemble_crps
from sim.model.choice import market_shares, months_offered
from sim.scenario.facts import facts
from sim.scenario.laws import Law
from sim.scenario.reading.opening import load
from sim.scenario.traffic import volume_in
from sim.study.arithmetic.loads import yearly_trains
from sim.study.forecast.plan import plan_forecast
from sim.views.words import figure

CHECKOUT = Path(__file__).parents[1]
CUT, LEFT_OUT = dt.date(2024, 12, 31), CHECKOUT / "tests" / "validation_rows.csv"
DRAWS, MEMBERS, SEED = 200_000, 20_000, 2025
HALVES = ("H1 2022", "H2 2022", "H1 2023", "H2 2023", "H1 2024")
SHARE = "Rail through Russia, share of the boxes from China to Europe, 2025, %"
RAIL = "Boxes by rail through Russia, both ways, 2025, TEU"
RAIL_H1 = "The same, January to June 2025"
TITR = "Middle Corridor, 2025, Mt"
TITR_TEU = "Middle Corridor boxes, January to June 2025, TEU"
MONTHS = 36
"""Months from January 2022 to December 2024."""
FELL, GREW, TITR_GREW = 0.4848, 1.067, 1.63
"""Said in the notes of rows: the railway's first half of 2023 on the last (V-UTLC-CE-H1-2023), the boxes by sea of the
first half of 2024 (V-SEA-ASEU-H1-2024), the Middle Corridor's eleven months of 2024 (V-TITR-11M-2024)."""

RATES = (
    (dt.date(2022, 1, 15), "PR-WCI-ROT-JAN-2022", 1.0),
    (dt.date(2022, 7, 21), "PR-WCI-ROT-JUL-2022", 1.0),
    (dt.date(2023, 1, 12), "PR-WCI-ROT-11JAN-2024", 1 / 2.33),
    (dt.date(2023, 11, 1), "PR-WCI-ROT-NOV-2023", 1.0),
    (dt.date(2023, 12, 14), "PR-WCI-ROT-14DEC-2023", 1.0),
    (dt.date(2024, 1, 5), "PR-WCI-ROT-5JAN-2024", 1.0),
    (dt.date(2024, 1, 11), "PR-WCI-ROT-11JAN-2024", 1.0),
    (dt.date(2024, 2, 15), "PR-WCI-ROT-FEB-2024", 1.0),
    (dt.date(2024, 5, 30), "PR-WCI-ROT-MAY-2024", 1.0),
    (dt.date(2024, 8, 22), "PR-WCI-ROT-AUG-2024", 1.0),
    (dt.date(2024, 12, 5), "PR-WCI-ROT-5DEC-2024", 1.0),
)
"""Spot rates of 40 feet from Shanghai to Rotterdam: day, row, and the factor that its note gives for a year before."""

RANGES = {
    "response": ("per 1,000 USD a FEU", 0.01, 1.0, "even", "from none that matters; 1 would be an elasticity of 7"),
    "time": ("USD a FEU and day", 15.0, 300.0, "log", "half the capital cost of E-VAL-TEU-SEA, to that of parts"),
    "reliability": ("days of transit a day of spread", 0.2, 2.0, "even", "surveys of shippers, to a full safety stock"),
    "lag": ("months", 0.5, 9.0, "even", "bookings a fortnight ahead, to yearly contracts"),
    "noise": ("log odds", 0.02, 0.8, "even", "what prices and days do not tell of a half-year"),
    "rail_h1_2022": ("USD a FEU", 8000, 12000, "even", "PR-CNRU-2022: 12,000 to 13,000 in February, 8,000 in March"),
    "rail_h2_2022": ("USD a FEU", 6000, 10000, "even", "between the two neighbours"),
    "rail_h1_2023": ("USD a FEU", 4500, 6500, "even", "half empty trains"),
    "rail_h2_2023": ("USD a FEU", 4300, 5500, "even", "PR-RAIL-JAN-2024 is a fifth above December"),
    "rail_h1_2024": ("USD a FEU", 6000, 8200, "even", "PR-RAIL-JAN-2024, PR-RAIL-JUN-2024, PR-RAIL-MAY-2024"),
    "rail_days_2022": ("days", 14, 18, "even", "with queues at two borders"),
    "rail_days_2023": ("days", 9, 12, "even", "T-NORTH-2023 says 10"),
    "rail_days_2024": ("days", 13, 22, "even", "from the pace of 2023 to T-NORTH-DHL-2024"),
    "sea_days_2022": ("days", 38, 48, "even", "by Suez, with weeks of queues at ports"),
    "sea_days_2023": ("days", 32, 38, "even", "by Suez"),
    "cape_days": ("days", 8, 13, "even", "6,750 km more at 14 to 19 knots"),
    "sea_spread": ("days", 1.0, 4.0, "even", "more of the sea than of rail in 2022 and 2024"),
    "east_2022": ("share of both ways", 0.2, 0.4, "even", "V-UTLC-CE-H1-2023 has 0.35 a year later"),
    "east_h2_2023": ("share of both ways", 0.3, 0.42, "even", "V-UTLC-CE-H1-2023 has 0.35"),
    "east_h1_2024": (
        "share of both ways",
        0.12,
        0.25,
        "even",
        "as many boxes as before on trains twice as full westward",
    ),
    "sea_h1_share": ("share of the year's sea boxes", 0.47, 0.52, "even", "the first halves of 2023 and 2024 are 0.49"),
}
"""What is drawn: unit, from, to, law (even, or even in logarithms) and why, as stated before any score was reckoned."""


def ledger():
    """The facts of the ledger that were known at the cut and are in no validation row."""
    rows = facts(CHECKOUT / "scenarios" / "sources.csv")
    kept_back = set(re.findall(r"^202[23]_as_it_was,[^,]*,([^,]*),", LEFT_OUT.read_text(), re.MULTILINE))
    return {name: fact for name, fact in rows.items() if fact.known_on <= CUT and name not in kept_back}


def number(name, known):
    """The value of a fact that was known; a KeyError says that it was not."""
    return float(known[name].value)


def drawn(rng, count):
    """Each range drawn, by name."""
    draws = {}
    for name, (_, low, high, law, _) in RANGES.items():
        even = rng.random(count)
        draws[name] = low * (high / low) ** even if law == "log" else low + (high - low) * even
    return draws


def sea_rates(known):
    """Spot rate of each month of 2022 to 2024, between the days read, along straight lines of its logarithm."""
    days = [day.toordinal() for day, _, _ in RATES]
    logs = [np.log(number(name, known) * factor) for _, name, factor in RATES]
    middles = [dt.date(2022 + month // 12, month % 12 + 1, 15).toordinal() for month in range(MONTHS)]
    return np.exp(np.interp(middles, days, logs))


def expected(rates, lag, start):
    """What shippers expect each month: they go 1/lag of the way to the month's rate; months x draws."""
    share, level, path = np.minimum(1 / lag, 1), start, []
    for rate in rates:
        level = level + share * (rate - level)
        path.append(level)
    return np.array(path)


def log_odds(known, draws):
    """Log odds of rail against the sea by half-year, westbound; draws x halves."""
    h1_2023 = number("V-UTLC-CE-H1-2023", known)
    h1_2022 = h1_2023 / (1 - FELL)
    both = {
        "H1 2022": h1_2022,
        "H2 2022": number("V-CEC-2022-ERAI", known) - h1_2022,
        "H2 2023": number("V-CEC-2023-ERAI", known) - h1_2023,
        "H1 2024": number("V-UTLC-CE-H1-2024", known),
    }
    east = {"H1 2022": "east_2022", "H2 2022": "east_2022", "H2 2023": "east_h2_2023", "H1 2024": "east_h1_2024"}
    west = {half: teu * (1 - draws[east[half]]) for half, teu in both.items()}
    west["H1 2023"] = np.full(len(draws["lag"]), number("V-UTLC-CE-H1-2023-WEST", known))
    first, at_sea = draws["sea_h1_share"], 1e6 * number("V-SEA-CNEU-2023", known)
    year = {"2022": at_sea / 1.095, "2023": at_sea, "2024": at_sea * GREW}
    sea = {half: year[half[3:]] * (first if half[:2] == "H1" else 1 - first) for half in HALVES}
    return np.stack([np.log(west[half] / sea[half]) for half in HALVES], axis=1)


def costs(known, draws):
    """Generalised cost of rail less that of the sea by half-year, in 1,000 USD a FEU; draws x halves."""
    rates = expected(sea_rates(known), draws["lag"], number("PR-WCI-ROT-JAN-2022", known))
    sea_days = {
        "2022": draws["sea_days_2022"],
        "2023": draws["sea_days_2023"],
        "2024": draws["sea_days_2023"] + draws["cape_days"],
    }
    columns = []
    for at, half in enumerate(HALVES):
        year = half[3:]
        days = draws[f"rail_days_{year}"] - sea_days[year]
        days = days - (year != "2023") * draws["reliability"] * draws["sea_spread"]
        rail = draws[f"rail_{half[:2].lower()}_{year}"]
        columns.append(rail - rates[6 * at : 6 * at + 6].mean(axis=0) + draws["time"] * days)
    return np.stack(columns, axis=1) / 1000


def fitted(response, noise, odds, cost):
    """Log weight of each draw, and the mean of its constant: a normal error, the constant flat and integrated out."""
    n = odds.shape[1]
    if n < 2:
        raise ValueError("a constant and a response need two halves at least")
    residual = odds + response[:, np.newaxis] * cost
    constant = residual.mean(axis=1)
    squares = ((residual - constant[:, np.newaxis]) ** 2).sum(axis=1)
    return -(n - 1) * np.log(noise) - squares / (2 * noise**2), constant


def weights_of(logs):
    """Weights that add up to 1."""
    weights = np.exp(logs - logs.max())
    return weights / weights.sum()


def quantiles(values, weights, shares=(0.05, 0.5, 0.95)):
    """Weighted quantiles."""
    order = np.argsort(values)
    return np.interp(shares, np.cumsum(weights[order]), values[order])


def sea_process(known, rng, count):
    """The rate of the sea as a process: log mean, spread and persistence from month to month, and log weights.

    The days read are its record: a lognormal process that goes back to its mean, observed at uneven steps.
    """
    logs = np.array([np.log(number(name, known) * factor) for _, name, factor in RATES])
    months = np.diff([day.toordinal() for day, _, _ in RATES]) / 30.44
    mean = np.log(1500) + np.log(5000 / 1500) * rng.random(count)
    spread, persistence = 0.3 + 0.7 * rng.random(count), 0.8 + 0.185 * rng.random(count)
    weights = np.zeros(count)
    for step, before, after in zip(months, logs[:-1], logs[1:], strict=True):
        kept = persistence**step
        deviation = spread * np.sqrt(1 - kept**2)
        weights += -np.log(deviation) - ((after - mean - kept * (before - mean)) / deviation) ** 2 / 2
    return mean, spread, persistence, weights


def sea_paths(known, rng, count):
    """Rates of the sea in each month of 2025 from the last day read; months x members."""
    mean, spread, persistence, logs = sea_process(known, rng, DRAWS)
    pick = rng.choice(DRAWS, count, p=weights_of(logs))
    mean, spread, persistence = mean[pick], spread[pick], persistence[pick]
    level, paths = np.full(count, np.log(number("PR-WCI-ROT-5DEC-2024", known))), []
    for _ in range(12):
        shock = spread * np.sqrt(1 - persistence**2) * rng.standard_normal(count)
        level = mean + persistence * (level - mean) + shock
        paths.append(np.exp(level))
    return np.array(paths)


def between(rng, low, high, count=MEMBERS):
    """Even between two numbers."""
    return low + (high - low) * rng.random(count)


def rail_forecast(known, rng, draws, weights, constant):
    """The choice of 2025 by member: log odds of the year and its first half, and what the rate of the sea adds."""
    pick = rng.choice(DRAWS, MEMBERS, p=weights)
    own = {name: values[pick] for name, values in draws.items()}
    before = expected(sea_rates(known), own["lag"], number("PR-WCI-ROT-JAN-2022", known))
    after = expected(sea_paths(known, rng, MEMBERS), own["lag"], before[-1])
    by_cape = np.where(rng.random(MEMBERS) < 0.7, 1, rng.random(MEMBERS))
    days = between(rng, 12, 20) - own["sea_days_2023"] - by_cape * own["cape_days"]
    days -= own["reliability"] * own["sea_spread"]
    rail = between(rng, 5000, 8000) + own["time"] * days
    n = len(HALVES)
    level = constant[pick] + own["noise"] * rng.standard_normal(MEMBERS) / np.sqrt(n)
    error = own["noise"] * rng.standard_normal(MEMBERS)
    odds = {
        window: level + error - own["response"] * (rail - rates.mean(axis=0)) / 1000
        for window, rates in (("2025", after), ("H1 2025", after[:6]))
    }
    pull = own["response"] * (after.mean(axis=0) - before[24:].mean(axis=0)) / 1000
    return odds, pull


def rail_outcomes(known, rng, odds):
    """Share of rail in percent and its boxes both ways, from log odds: the sea grows as it did, or not at all."""
    sea = 1e6 * number("V-SEA-CNEU-2023", known) * GREW * (1 + between(rng, 0, 0.09))
    east = between(rng, 0.1, 0.25)
    forecast = {SHARE: 100 / (1 + np.exp(-odds["2025"]))}
    for name, window, part in ((RAIL, "2025", 1.0), (RAIL_H1, "H1 2025", 0.5)):
        forecast[name] = np.exp(odds[window]) * sea * part / (1 - east)
    return forecast


OWN_PRICE = {
    "metal and grain, wagons": (-2.0, -0.4, 195.0, 0.3),
    "exports in boxes": (-1.5, -0.4, 98.0, 0.3),
    "oil": (-0.6, 0.0, 82.0, 0.1),
    "lorries": (-1.0, -0.2, 83.0, 0.3),
    "boxes from China to Azerbaijan and Georgia": (-2.5, -0.5, 221.0, 0.2),
}
"""Own-price elasticity from and to, USD a tonne, share of the market: all assumed, for nothing dated tells them."""


def corridor_forecast(known, rng, pull):
    """Million tonnes and boxes of the Middle Corridor in 2025 by member, as the sum of its cargoes."""
    boxes = number("V-TITR-11M-2024-TEU", known) * 12 / 11
    whole = number("V-TITR-11M-2024", known) * 12 / 11 * between(rng, 0.97, 1.03)
    oil = number("V-BTC-7M-2024", known) * 12 / 7 * between(rng, 0.95, 1.05)
    trains = number("N-TITR-2024-DEC3", known) * 366 / 338
    china = trains * between(rng, 90, 101)
    t_per_teu = between(rng, 12, 14)
    box_exports = 0.6 * (boxes - china)
    rest = whole - oil - boxes * t_per_teu / 1e6
    # The rise of 2025 (PR-KTZ-EXPORT-2025) falls on a part of the way; the rest is the sea, ports and lines abroad.
    tariff = np.log(1 + between(rng, 0.06, 0.37) * between(rng, 0.2, 0.5))
    supply = np.log(TITR_GREW) / 2 * rng.standard_normal(MEMBERS) + between(rng, 0.02, 0.05)
    grow = {name: np.exp(supply + between(rng, low, high) * tariff) for name, (low, high, _, _) in OWN_PRICE.items()}
    boxes_2025 = china * np.exp(supply + pull) + box_exports * grow["exports in boxes"]
    boxes_2025 += 0.4 * (boxes - china) * np.exp(supply)
    cargo = rest * (0.75 * grow["metal and grain, wagons"] + 0.25 * np.exp(supply))
    mt = oil * between(rng, 0.9, 1.15) + cargo + boxes_2025 * t_per_teu / 1e6
    return {TITR: mt, TITR_TEU: boxes_2025 / 2}


def naive(known):
    """Naive forecasts of each outcome: last year's value, its growth once more, and the plan or what is stated."""
    rail, titr = number("V-UTLC-CE-H1-2024", known), number("V-TITR-11M-2024", known) * 12 / 11
    boxes = number("V-TITR-11M-2024-TEU", known) * 12 / 11
    grew = rail / number("V-UTLC-CE-H1-2023", known)
    at_sea = number("V-SEA-CNEU-2023", known) * 1e6
    share = 100 * rail * 0.815 / (rail * 0.815 + at_sea * GREW * 0.49)
    # What stated volumes say of 2025 without its record: a steady way to a drawn part of the 10 Mt of 2030.
    aim = Law("pert", 0.33, 0.5, 1.25)
    offers = 10 * np.array([aim.quantile(float(part)) for part in (np.arange(2000) + 0.5) / 2000])
    trains = 600 * 101 + 0.6 * boxes
    return {
        SHARE: (share, share * grew, None),
        RAIL: (2 * rail, 2 * rail * grew, None),
        RAIL_H1: (rail, rail * grew, None),
        TITR: (titr, titr * TITR_GREW, titr ** (5 / 6) * offers ** (1 / 6)),
        TITR_TEU: (boxes / 2, None, trains / 2),
    }


def outcomes():
    """What came, from rows that the estimate may not read."""
    rows = facts(CHECKOUT / "scenarios" / "sources.csv")
    west, at_sea = number("V-CEC-2025-ERAI-WEST", rows), number("V-SEA-CNEU-2023", rows) * 1e6 * GREW * 1.087
    return {
        SHARE: 100 * west / (west + at_sea),
        RAIL: number("V-CEC-2025-ERAI", rows),
        RAIL_H1: number("V-CEC-H1-2025-ERAI", rows),
        TITR: number("V-TITR-2025", rows),
        TITR_TEU: number("V-TITR-H1-2025-TEU", rows),
    }


TOLD = ("response", "time", "reliability", "lag", "noise", "rail_h1_2024", "rail_days_2024", "east_h1_2024")
FLAT = np.full(DRAWS, 1 / DRAWS)


def spread_text(values, weights):
    """Median and 5 to 95 %."""
    low, middle, high = quantiles(values, weights)
    return f"{figure(middle)} [{figure(low)}, {figure(high)}]"


def estimate_rows(draws, weights, constant):
    """Parameter by parameter: what was thought before, what is after, and how wide it still is."""
    for name in TOLD:
        before, after = (np.diff(quantiles(draws[name], each)[[0, 2]])[0] for each in (FLAT, weights))
        words = f"{name.replace('_', ' ')}, {RANGES[name][0]}"
        yield words, spread_text(draws[name], FLAT), spread_text(draws[name], weights), f"{after / before:.2f}"
    elasticity = -draws["response"] * 6.5 * (1 - 0.02)
    yield (
        "own-price elasticity at 6,500 USD a FEU",
        spread_text(elasticity, FLAT),
        spread_text(elasticity, weights),
        "–",
    )
    yield "constant of rail, log odds", "flat", spread_text(constant, weights), "–"


def readings(draws, odds, cost):
    """The response as other halves, or another law before, have it."""
    sets = {
        "all five half-years": (range(5), FLAT),
        "the fall alone, H1 2022 to H1 2023": ((0, 2), FLAT),
        "the Red Sea alone, H1 2023 to H1 2024": ((2, 4), FLAT),
        "without H1 2022, when sanctions were new": ((1, 2, 3, 4), FLAT),
        "all, a law before that is even in logarithms": (range(5), 1 / draws["response"]),
    }
    for words, (halves, prior) in sets.items():
        at = [*halves]
        logs, _ = fitted(draws["response"], draws["noise"], odds[:, at], cost[:, at])
        weights = weights_of(logs + np.log(prior))
        yield words, spread_text(draws["response"], weights), f"{1 / (weights**2).sum():,.0f}"


def correlation_rows(draws, weights, constant):
    """How the response goes with what it is estimated beside, after the record."""
    others = {name: draws[name] for name in TOLD if name != "response"} | {"constant": constant}
    for name, values in others.items():
        both = np.cov(np.stack([draws["response"], values]), aweights=weights)
        yield name.replace("_", " "), f"{both[0, 1] / np.sqrt(both[0, 0] * both[1, 1]):.2f}".replace("-", "−")


def sanction_rows(known, rng, draws, weights):
    """What is left to a constant of the north for each share of shippers that left it, from H1 2021 to H1 2022."""
    fell = np.log(number("V-UTLC-CE-H1-2023", known) / (1 - FELL) / number("V-UTLC-H1-2021", known))
    count = len(weights)
    # H1 2021: the sea at 8,500 to 11,500 USD, rail at 7,000 to 10,000, up to a tenth more boxes by sea.
    cost_2021 = between(rng, 7000, 10000, count) - between(rng, 8500, 11500, count)
    cost_2022 = draws["rail_h1_2022"] - between(rng, 10500, 12500, count)
    sea = np.log(between(rng, 0.9, 1.0, count))
    both = fell - sea + draws["response"] * (cost_2022 - cost_2021) / 1000
    yield "both together", "–", spread_text(both, weights)
    for share in (0.0, 0.2, 0.35, 0.5):
        yield (
            f"captive {share:.0%}".replace("%", " %"),
            figure(np.log(1 - share)),
            spread_text(both - np.log(1 - share), weights),
        )


def score_rows(forecast, plain, came):
    """Each outcome beside the forecast and what costs no model."""
    for name, members in forecast.items():
        low, middle, high = np.quantile(members, (0.1, 0.5, 0.9))
        last, grown, stated = plain[name]
        inside = "yes" if low <= came[name] <= high else "no"
        errors = [
            "–" if each is None else figure(ensemble_crps(np.atleast_1d(each), came[name], np.size(each) > 1))
            for each in (last, grown, stated)
        ]
        yield (
            name,
            figure(came[name]),
            f"{figure(middle)} [{figure(low)}, {figure(high)}]",
            inside,
            figure(ensemble_crps(members, came[name])),
            *errors,
        )


def own_price_rows():
    """The response to price of the corridor's other cargo that its elasticity, price and share come to."""
    for name, (low, high, price, share) in OWN_PRICE.items():
        ends = (-1000 * each / (price * (1 - share)) for each in (high, low))
        yield (
            name,
            f"{figure(high)} to {figure(low)}",
            figure(price),
            figure(share),
            " to ".join(figure(each) for each in ends),
        )


CARRIED = {
    "china_europe": {2024: {"corridor": 14_827, "north": 330_704}, 2025: {"corridor": 16_564, "north": 272_157}},
    "china_caucasus": {2024: {"corridor": 21_333}, 2025: {"corridor": 23_836}},
    "exports_in_boxes": {2024: {"corridor": 12_150}, 2025: {"corridor": 24_000}},
    "exports_in_wagons": {2024: {"corridor": 0.75e6}, 2025: {"corridor": 0.63e6}},
    "grain_and_metal": {2024: {"corridor": 0.734e6}, 2025: {"corridor": 0.418e6}},
    "oil": {2024: {"corridor": 1.4e6}, 2025: {"corridor": 1.3e6}},
}
"""What each way of a market carried by year, TEU or t: of the corridor as `2030_target` states it, 41 and 59 % of 358
and 400 trains of 101 TEU to Europe and to the Caucasus; of the north V-CEC-2024-ERAI and V-CEC-2025-ERAI-WEST."""


STEPS = 200
"""Steps to the constants of a market: each is nearer by a factor, and far fewer would do."""


def constants(scenario):
    """The constant of each way by market and year under which shares are those carried, at the days and prices stated.

    Each constant goes up by what its share lacks in logarithms, in a nest by the dissimilarity of it (Berry 1994): so
    captive shippers may be among them. The way without a constant is the one beside which the others are measured.
    """
    months = [(year, month) for year, month, _ in scenario.calendar.months()]
    for flow, table in scenario.flows.items():
        if table.market is None:
            continue
        market, offered = scenario.markets[table.market], months_offered(scenario, flow)
        stated = market.corridor.expected_days, market.corridor.expected_spread_days
        for year, carried in CARRIED[table.market].items():
            month, size = offered[months.index((year, 7))], volume_in(year, market.size_by_year())
            found = dict.fromkeys(carried, 0.0)
            for _ in range(STEPS):
                ways = {way: replace(month.ways[way], constant=value) for way, value in found.items()}
                shares = market_shares(market, replace(month, ways=month.ways | ways), *stated)
                for way, units in carried.items():
                    nest = market.ways[way].nest
                    found[way] += (market.nests[nest] if nest else 1.0) * np.log(units / size / shares[way])
            yield from ((table.market, way, year, value) for way, value in found.items())


BACKCAST = "2030_market"
BACKCAST_WORLDS = 200
BOX_TRAINS = "titr_containers_"


def cut_changes(scenario):
    """The changes that make of a scenario with markets what could be said of 2025 at the end of 2024.

    Shares, prices, days and what is stated stay those of 2024, sizes grow as to 2030 with no stop in 2025. The tariff
    of exports rises as was told in November 2024 (PR-KTZ-EXPORT-2025). How many trains are set up beyond what prices
    say may be off by 2025 as far as it is for 2030: terminals and operators made 358 trains of 11 within a year.
    """
    first, second, last = dt.date(2024, 1, 1), dt.date(2025, 1, 1), dt.date(2028, 1, 1)
    for name, market in scenario.markets.items():
        size = "teu_per_year" if market.unit == "teu" else "mt_per_year"
        yield f"markets.{name}.{size}", {year: value for year, value in getattr(market, size).items() if year != 2025}
        yield f"markets.{name}.corridor.constant", dict.fromkeys((first, second, last), market.corridor.constant[first])
        for way, terms in market.alternatives.items():
            told = way not in ("sea", "north")
            for key in ("constant", "days", f"price_usd_per_{market.unit}"):
                values = getattr(terms, key)
                if first in values and not (told and key.startswith("price")):
                    yield f"markets.{name}.alternatives.{way}.{key}", dict.fromkeys(values, values[first])
    for name, flow in scenario.flows.items():
        for key in ("teu_per_year", "mt_per_year"):
            values = getattr(flow, key)
            if flow.corridor == "titr" and values:
                yield f"flows.{name}.{key}", values | {2025: values[2024]}
    for name, unknown in scenario.unknown.items():
        if name.startswith("supply_"):
            early = [key.replace(last.isoformat(), second.isoformat()) for key in unknown.keys]
            yield f"unknown.{name}.keys", [*unknown.keys, *early]


def market_backcast():
    """Tonnes and boxes of 2025 that the scenario with markets, cut at the end of 2024, offers: a member a world."""
    reading = load(BACKCAST)
    reading = reading.set(dict(cut_changes(reading.scenario)), BACKCAST)
    universe = plan_forecast([reading], {"worlds": BACKCAST_WORLDS}, prior=True).universe
    tonnes, boxes = [], []
    for number in range(BACKCAST_WORLDS):
        scenario = universe.world(number).scenarios[0]
        trains = yearly_trains(scenario)["2025"]
        flows = {name: flow for name, flow in scenario.flows.items() if flow.corridor == "titr"}
        types = {name: scenario.trains[flow.train] for name, flow in flows.items()}
        tonnes.append(sum(trains[name] * flow.cargo_t(types[name]) for name, flow in flows.items()) / 1e6)
        boxes.append(sum(trains[name] * types[name].teu for name in flows if name.startswith(BOX_TRAINS)))
    return {TITR: np.array(tonnes), TITR_TEU: np.array(boxes) / 2}


def stated_backcast():
    """The same of stated volumes: the members of the back-cast that stands in the open."""
    rows = pd.read_csv(CHECKOUT / "forecasts" / "backcast_2024_of_2025.csv").set_index("name")["members"]
    names = {TITR: "titr_2025", TITR_TEU: "titr_containers_2025"}
    return {words: np.array(rows[name].split(), float) for words, name in names.items()}


def backcast_sheets():
    """The two back-casts of 2025 beside what came."""
    markets, stated, came = market_backcast(), stated_backcast(), outcomes()
    rows = []
    for words, members in markets.items():
        cells = [figure(came[words])]
        for each in (members, stated[words]):
            low, middle, high = np.quantile(each, (0.1, 0.5, 0.9))
            inside = "yes" if low <= came[words] <= high else "no"
            cells += [
                f"{figure(middle)} [{figure(low)}, {figure(high)}]",
                inside,
                figure(ensemble_crps(each, came[words])),
            ]
        rows.append((words, *cells))
    each = ("80 %", "in it", "CRPS")
    heads = [f"{side}, {word}" for side in ("markets", "stated volumes") for word in each]
    yield "backcast", ("2025", "came", *heads), rows


def sheets():
    """The tables of the page, by the name of their markers."""
    known, rng = ledger(), np.random.default_rng(SEED)
    draws = drawn(rng, DRAWS)
    odds, cost = log_odds(known, draws), costs(known, draws)
    logs, constant = fitted(draws["response"], draws["noise"], odds, cost)
    weights = weights_of(logs)
    both, pull = rail_forecast(known, rng, draws, weights, constant)
    forecast = rail_outcomes(known, rng, both) | corridor_forecast(known, rng, pull)
    middle = [f"{spread_text(each, FLAT)}" for each in (*odds.T, *cost.T)]
    yield (
        "record",
        ("half-year", "log odds of rail against the sea", "cost of rail less the sea, 1,000 USD a FEU"),
        [(half, middle[at], middle[at + len(HALVES)]) for at, half in enumerate(HALVES)],
    )
    heads = ("parameter", "before, 5 to 95 %", "after, 5 to 95 %", "width after over before")
    yield "estimate", heads, [*estimate_rows(draws, weights, constant)]
    yield "readings", ("from", "response per 1,000 USD a FEU", "draws it rests on"), [*readings(draws, odds, cost)]
    yield "correlations", ("with the response", "correlation"), [*correlation_rows(draws, weights, constant)]
    heads = ("shippers without the north", "log of those left", "left to a constant of the north")
    yield "sanctions", heads, [*sanction_rows(known, rng, draws, weights)]
    heads = ("2025", "came", "forecast, 80 %", "in it", "CRPS", "last year's value", "its growth again", "stated")
    yield "scores", heads, [*score_rows(forecast, naive(known), outcomes())]
    heads = ("cargo", "own-price elasticity", "USD a tonne", "share of its market", "response per 1,000 USD a tonne")
    yield "own_price", heads, [*own_price_rows()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--page", type=Path, help="the page whose tables are written anew")
    parser.add_argument("--constants", metavar="SCENARIO", help="print the constants of its markets instead")
    parser.add_argument(
        "--backcast", action="store_true", help="the table of the scenario cut at the end of 2024 instead"
    )
    options = parser.parse_args()
    if options.constants:
        for market, way, year, value in constants(load(options.constants).scenario):
            print(f"{market}, {way}, {year}: {value:.4g}")
    else:
        tell_tables(options.page, backcast_sheets() if options.backcast else sheets())
