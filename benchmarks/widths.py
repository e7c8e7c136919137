"""How far volumes miss what was last known of them, one to five years ahead: the record, a law, the ranges it makes.

Each series is of one thing by year; each point is arithmetic on rows of the ledger of facts, and known from the day on
which the last of them was. The logarithm of a volume walks at random: a step a year, with a drift. A cut takes what was
known by its day, so that a range of a forecast made then rests on nothing later.

    python benchmarks/widths.py                           the tables, and the ranges of the scenarios
    python benchmarks/widths.py --page docs/widths.md     write the tables anew
    python benchmarks/widths.py --walking forecasts       the last value with the same law, beside the rules of each day
"""

import argparse
import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from page_tables import tell_tables
from scipy.special import ndtri
from scipy.stats import norm

from sim.scenario.derivations import quantity_of
from sim.scenario.facts import facts
from sim.scenario.laws import POINT, TAIL
from sim.scenario.reading.opening import load
from sim.scenario.sources import facts_named
from sim.scenario.traffic import volume_in
from sim.study.register.statements import Statement, header_of, statements_in, statements_text
from sim.views.words import figure

CHECKOUT = Path(__file__).parents[1]
LEDGER = facts(CHECKOUT / "scenarios" / "sources.csv")
NUMBERS = {name: replace(fact, unit="") for name, fact in LEDGER.items()}

SERIES = {
    "cargo by rail between Kazakhstan and China": {
        2012: ["V-KZCN-2013 - 2.8"],
        2013: ["V-KZCN-2013"],
        2015: ["V-KZCN-2015"],
        2018: ["V-KZCN-2019 / 1.26"],
        2019: ["V-KZCN-2019"],
        2021: ["V-KZCN-2022 / 1.15"],
        2022: ["V-KZCN-2022"],
        2023: ["V-KZCN-2023", "(V-ALT-2023 + V-DOS-2023) * 365 / 336"],
        2024: ["V-KZCN-2024"],
        2025: ["V-KZCN-2025P * 365 / 243"],
    },
    "cargo by rail through Altynkol": {
        2018: ["V-ALT-2019 / 1.55"],
        2019: ["V-ALT-2019"],
        2022: ["V-ALT-2023 * 365 / 336 / 1.3"],
        2023: ["V-ALT-2023 * 365 / 336"],
        2024: ["V-ALT-5M2024 * 366 / 152"],
        2025: ["V-ALT-2025"],
    },
    "cargo by rail through Dostyk": {
        2018: ["V-DOS-2019 / 1.18"],
        2019: ["V-DOS-2019"],
        2023: ["V-DOS-2023 * 365 / 336"],
        2024: ["V-DOS-5M2024 * 366 / 152"],
        2025: ["V-DOS-4M2025 * 365 / 120"],
    },
    "trains at Horgos": {
        2019: ["N-HOR-2020 / 1.37"],
        2020: ["N-HOR-2020"],
        2021: ["N-HOR-DEC-2021 * 365 / 347"],
        2022: ["N-HOR-2023 / 1.098", "N-HOR-2022"],
        2023: ["N-HOR-2023"],
        2024: ["N-HOR-2024"],
        2025: ["N-HOR-2025 * 365 / 336"],
    },
    "trains at Alashankou": {
        2019: ["N-ALA-2020 / 1.418"],
        2020: ["N-ALA-2020"],
        2021: ["N-ALA-DEC-2021 * 365 / 344"],
        2022: ["N-ALA-9M-2022 * 365 / 273"],
        2023: ["N-XJ-2024 / 1.14 - N-HOR-2023", "N-ALA-2023 * 365"],
        2024: ["N-ALA-2024", "N-XJ-2024 - N-HOR-2024"],
        2025: ["N-ALA-2025"],
    },
    "trains between China and Europe, all ways": {
        2017: ["N-CRE-2018 / 1.73"],
        2018: ["N-CRE-2018"],
        2019: ["N-CRE-2020 / 1.5"],
        2020: ["N-CRE-2020"],
        2021: ["N-CRE-2021"],
        2022: ["N-CRE-11M-2023 * 12 / 11 / 1.07", "N-CRE-AUG-2022 * 365 / 233"],
        2023: ["N-CRE-11M-2023 * 12 / 11", "N-CRE-5M-2023 * 365 / 151"],
        2024: ["N-CRE-2024"],
        2025: ["N-CRE-2025"],
    },
    "boxes between China and Europe through Kazakhstan": {
        2017: ["V-UTLC-H1-2018 / 1.4"],
        2018: ["V-UTLC-H1-2018"],
        2019: ["V-UTLC-H1-2020 / 1.65"],
        2020: ["V-UTLC-H1-2020"],
        2021: ["V-UTLC-H1-2021"],
        2022: ["V-UTLC-CE-H1-2023 / 0.5152"],
        2023: ["V-UTLC-CE-H1-2023"],
        2024: ["V-UTLC-CE-H1-2024"],
        2025: ["V-CEC-H1-2025-ERAI"],
    },
    "cargo of the Middle Corridor": {
        2019: ["V-TITR-2019"],
        2020: ["V-TITR-2020"],
        2021: ["V-TITR-2021", "V-TITR-2022-TELS / 2.5"],
        2022: ["V-TITR-2022", "V-TITR-2022-TELS"],
        2023: ["V-TITR-2023", "V-TITR-2023-FEB24", "V-TITR-7M-2023 * 12 / 7"],
        2024: ["V-TITR-2024", "V-TITR-11M-2024 * 12 / 11"],
        2025: ["V-TITR-2025"],
    },
    "boxes of the Middle Corridor": {
        2020: ["V-TITR-TEU-2021 / 1.2"],
        2021: ["V-TITR-TEU-2021"],
        2022: ["V-TITR-TEU-2022"],
        2023: ["V-TITR-TEU-2023", "V-TITR-TEU-2022 * S-AKT-TITR-10M23 / S-AKT-TITR-10M22"],
        2024: ["V-TITR-TEU-2024", "V-TITR-11M-2024-TEU * 12 / 11"],
        2025: ["V-TITR-H1-2025-TEU * 2"],
    },
    "boxes at Baku": {
        2018: ["G-BAKU-TEU-2019 / 1.536"],
        2019: ["G-BAKU-TEU-2019"],
        2020: ["G-BAKU-TEU-2020"],
        2021: ["G-BAKU-TEU-2021"],
        2022: ["G-BAKU-TEU-2022"],
        2023: ["G-BAKU-TEU-2023", "G-BAKU-TEU-2022 * G-BAKU-TEU-7M-2023 / 33008"],
        2024: ["G-BAKU-TEU-2024"],
        2025: ["G-BAKU-TEU-9M-2025 * 365 / 273"],
    },
    "wagons by ferry between Baku and Kazakhstan": {
        2017: ["G-BAKU-WAGONS-2017"],
        2019: ["G-BAKU-WAGONS-2019"],
        2020: ["G-BAKU-WAGONS-2020"],
        2021: ["G-BAKU-WAGONS-2021"],
        2023: ["G-BAKU-WAGONS-2023"],
        2025: ["G-BAKU-WAGONS-2025"],
    },
    "lorries by ferry between Baku and Kazakhstan": {
        2019: ["G-BAKU-TIR-2019"],
        2020: ["G-BAKU-TIR-2020"],
        2021: ["G-BAKU-TIR-2021"],
        2023: ["G-BAKU-TIR-2023"],
        2025: ["G-BAKU-TIR-2025"],
    },
    "oil at Dubendi": {
        2019: ["S-DUB-2020 / 1.5"],
        2020: ["S-DUB-2020"],
        2021: ["S-DUB-2021"],
        2022: ["S-DUB-2023 / 2"],
        2023: ["S-DUB-2023"],
    },
    "dry cargo at Baku": {
        2019: ["G-BAKU-DRY-2020 / 2.8"],
        2020: ["G-BAKU-DRY-2020"],
        2021: ["G-BAKU-DRY-2021"],
        2022: ["G-BAKU-DRY-2023 / 0.984"],
        2023: ["G-BAKU-DRY-2023"],
        2024: ["G-BAKU-DRY-2024"],
    },
}


WHOLE, SINGLE = "all traffic of a crossing", "one cargo, service or route"
WHOLES = 6
KINDS = {name: WHOLE if place < WHOLES else SINGLE for place, name in enumerate(SERIES)}
"""Sums of many flows, the first six series, swing less than one flow does."""
CUTS = {2023: dt.date(2023, 12, 31), 2024: dt.date(2024, 12, 31), 2026: dt.date(2026, 11, 27)}
GOES_ON = (0.0, 0.5, 1.0)
"""Part of the growth of the record that goes on: none, half or all of it, each as likely, for nothing says which."""
SHARE = 0.8
FORECASTS, WALKING, MEMBERS = CHECKOUT / "forecasts", "last value, walking", 200
AT_BORDER = ("altynkol", "dostyk", "kzcn", "horgos", "alashankou")
"""Words in the names of figures that are of all traffic of a crossing."""
SHARE_MARK = " of "
PLANS = {"PL-PORTS-2020": 0.11, "PL-TITR-2025-CAP": 0.41, "PL-KURYK-2018": 0.5, "B-KHG-CAP": 0.69, "PL-UTLC-2024": 0.75}
"""What came of plans made a year or more ahead, as a share of them, in the unit of the plan."""
CAPACITIES = ("PL-TITR-2025-CAP", "B-KHG-CAP")
"""Those of them that are what works were to be able to carry, and not what was to come."""

OF_BORDER = (
    *("trains_central_asia", "trains_central_asia_dostyk", "trains_europe_altynkol", "trains_europe_dostyk"),
    *("trains_back", "imports", "exports"),
)
OF_CORRIDOR = ("boxes_exported", "wagons_by_ferry", "lorries_by_ferry", "oil_titr", "dry_cargo")
"""Unknowns of the back-casts: volumes at the border with China, and on the Middle Corridor."""
TARGET_MT = float(LEDGER["V-TITR-T2030"].value)

Known = Mapping[int, float]


def points(series: Mapping[int, list[str]], cut: dt.date) -> dict[int, float]:
    """The years and logarithms of a series that were known by a day; of several readings the first that was."""
    found: dict[int, float] = {}
    for year, expressions in series.items():
        for expression in expressions:
            if all(fact.known_on <= cut for fact in facts_named(expression, LEDGER)):
                found[year] = float(np.log(quantity_of(expression, NUMBERS).amount))
                break
    return found


def known_by(cut: dt.date) -> dict[str, dict[int, float]]:
    """All series as far as they were known by a day."""
    return {name: points(series, cut) for name, series in SERIES.items()}


@dataclass(frozen=True)
class Walk:
    """A step a year of the logarithm of a volume: its drift and spread, and how well the drift of one series is known.

    `steps` and `series` say what it rests on.
    """

    drift: float
    sigma: float
    drift_error: float
    steps: int
    series: int

    def after(self, years: int, goes_on: tuple[float, ...] = GOES_ON) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm so many years after the last value."""
        part, spread = float(np.mean(goes_on)), float(np.var(goes_on))
        drift_variance = (part**2 + spread) * self.drift_error**2 + spread * self.drift**2
        return years * part * self.drift, (years * self.sigma**2 + years**2 * drift_variance) ** 0.5


def steps_of(known: Known) -> tuple[np.ndarray, np.ndarray]:
    """The years between the points of a series, and the rise of its logarithm over each."""
    years = sorted(known)
    return np.diff(years), np.diff([known[year] for year in years])


def walk_of(record: Mapping[str, Known], kind: str, drifts_on: bool = True) -> Walk:
    """The walk of the series of a kind, pooled: each has a drift of its own, about one that they have in common.

    Without a drift what it would have been is spread.
    """
    pairs = [steps_of(known) for name, known in record.items() if KINDS[name] == kind and len(known) > 1]
    steps = sum(len(gaps) for gaps, _ in pairs)
    drifts = np.array([rises.sum() / gaps.sum() * drifts_on for gaps, rises in pairs])
    squares = sum(
        float(((rises - drift * gaps) ** 2 / gaps).sum()) for (gaps, rises), drift in zip(pairs, drifts, strict=True)
    )
    variance = squares / (steps - len(pairs) * drifts_on)
    scatter = float(drifts.var(ddof=1))
    between = max(0.0, scatter - variance * float(np.mean([1 / gaps.sum() for gaps, _ in pairs])))
    error = (between + scatter / len(pairs)) ** 0.5
    return Walk(float(drifts.mean()), variance**0.5, error, steps, len(pairs))


def sigma_interval(record: Mapping[str, Known], kind: str, draws: int = 2000) -> tuple[float, float]:
    """95 % of what the spread of a kind comes to where its series are drawn anew, with one seed."""
    rng = np.random.default_rng(0)
    names = [name for name, known in record.items() if KINDS[name] == kind and len(known) > 1]
    pairs = {name: steps_of(record[name]) for name in names}
    parts = np.array([(((r - r.sum() / g.sum() * g) ** 2 / g).sum(), len(g) - 1) for g, r in pairs.values()])
    sums = parts[rng.integers(0, len(parts), (draws, len(parts)))].sum(axis=1)
    low, high = np.quantile(np.sqrt(sums[:, 0] / np.maximum(sums[:, 1], 1)), (0.025, 0.975))
    return float(low), float(high)


def tried(cut: dt.date, goes_on: tuple[float, ...]) -> Iterator[tuple[float, float, float]]:
    """Each later value of a series, foretold from what earlier years say: mean, deviation, and what came.

    The walk is fitted anew to the years up to each from 2020 on.
    """
    record = known_by(cut)
    for year in range(2020, cut.year):
        past = {name: {at: value for at, value in known.items() if at <= year} for name, known in record.items()}
        for name, known in record.items():
            if not past[name]:
                continue
            walk = walk_of(past, KINDS[name], any(goes_on))
            last = max(past[name])
            for later, value in known.items():
                if later > year:
                    mean, deviation = walk.after(later - last, goes_on)
                    yield mean, deviation, value - known[last]


def correlation(record: Mapping[str, Known], kind: str) -> tuple[float, int]:
    """Correlation of the steps of a year of two series of a kind, and how many pairs of steps it rests on."""
    rises = [
        {year: known[year] - known[year - 1] for year in known if year - 1 in known}
        for name, known in record.items()
        if KINDS[name] == kind
    ]
    scores = []
    for of_series in rises:
        mean = np.mean([*of_series.values()]) if of_series else 0.0
        root = np.sqrt(np.mean([(rise - mean) ** 2 for rise in of_series.values()])) if len(of_series) > 1 else 0.0
        scores.append({year: (rise - mean) / root for year, rise in of_series.items()} if root else {})
    both = np.array(
        [(one[year], other[year]) for one, other in itertools.combinations(scores, 2) for year in one if year in other]
    )
    product, first, second = (both[:, 0] * both[:, 1]).sum(), *(both**2).sum(axis=0)
    return float(product / np.sqrt(first * second)), len(both)


def ends(mean: float, deviation: float, stated: float = 0.0) -> tuple[float, float]:
    """The ends of a scale of what is stated, of which the middle 80 % are those of a walk; a scale is cut at its ends.

    `stated` is the logarithm of how much what is stated has grown since the last value.
    """
    half = POINT * ndtri((1 + SHARE) / 2) / ndtri(TAIL + (1 + SHARE) / 2 * (1 - 2 * TAIL)) * deviation
    return tuple(float(f"{np.exp(mean - stated + sign * half):.2g}") for sign in (-1, 1))  # type: ignore[return-value]


def offered(
    record: Mapping[str, Known], plans_kept: Mapping[str, float] = PLANS, alike: float = 0.0
) -> dict[str, tuple[float, float]]:
    """Mean and deviation of the logarithm of what is offered in 2030, Mt: by the walk, by plans, and by both.

    Both count by their precision, as if they erred independently, or `alike`, with that correlation.
    """
    mean, deviation = walk_of(record, SINGLE).after(2030 - 2025)
    walk = record["cargo of the Middle Corridor"][2025] + mean, deviation
    parts = np.log([*plans_kept.values()])
    plans = float(np.log(TARGET_MT) + parts.mean()), float(parts.std(ddof=1) * (1 + 1 / len(parts)) ** 0.5)
    weights = [deviation**-2 for _, deviation in (walk, plans)]
    middle = (weights[0] * walk[0] + weights[1] * plans[0]) / sum(weights)
    # weights by precision: the two terms of the variance are alike, and so is the third but for the correlation
    variance = (sum(weights) + 2 * alike * (weights[0] * weights[1]) ** 0.5) / sum(weights) ** 2
    both = middle, variance**0.5
    return {"the walk, from 2025": walk, "plans, and what came of them": plans, "both": both}


def ranges() -> dict[str, dict[str, tuple[float, float]]]:
    """The ends of the scales that scenarios state by this law, by file and unknown."""
    record = known_by(CUTS[2026])
    whole, offer = walk_of(record, WHOLE).after(5), offered(record)["both"]
    backcasts: dict[str, dict[str, tuple[float, float]]] = {}
    for cut, years in ((2023, 2), (2024, 1)):
        for kind, names in ((WHOLE, OF_BORDER), (SINGLE, OF_CORRIDOR)):
            both_ends = ends(*walk_of(known_by(CUTS[cut]), kind).after(years))
            backcasts.setdefault(f"backcast_{cut}_wide", {}).update(dict.fromkeys(names, both_ends))
    return {
        "2030_target": {
            "growth_turnover": ends(*whole, float(np.log(1.087 * 1.05**4))),
            "growth_transit": ends(*whole, float(np.log(1.05**5))),
            "offer_2030": ends(*offer, float(np.log(TARGET_MT))),
        },
        **backcasts,
    }


def levels() -> dict[str, dict[str, float]]:
    """How much more the record of a crossing has in the year that a back-cast starts from than its flows add up to."""
    found: dict[str, dict[str, float]] = {}
    for cut in (2023, 2024):
        scenario, record = load(f"backcast_{cut}").scenario, known_by(CUTS[cut])
        for place, name in (("altynkol", "cargo by rail through Altynkol"), ("dostyk", "cargo by rail through Dostyk")):
            stated = sum(
                volume_in(cut, flow.volume_by_year(train)) * train.net_t / 1e6
                for flow in scenario.flows.values()
                for train in (scenario.trains[flow.train],)
                if place in flow.route and flow.volume_by_year(train)
            )
            found.setdefault(f"backcast_{cut}_wide", {})[f"level_{place}"] = float(np.exp(record[name][cut]) / stated)
    return found


def walking(cut: int) -> list[Statement]:
    """The last value of each figure, as the rules of a day have it, with the width of the walk of its kind.

    A share is no volume, and has none.
    """
    rules = FORECASTS / f"rules_{cut}.csv"
    record = known_by(CUTS[cut])
    said = []
    for rule in statements_in(rules, header_of(rules), {}):
        if rule.forecast == "last value" and SHARE_MARK not in rule.flow:
            kind = WHOLE if any(word in rule.name for word in AT_BORDER) else SINGLE
            mean, deviation = walk_of(record, kind).after(rule.start.year - cut)
            scores = ndtri((np.arange(MEMBERS) + 0.5) / MEMBERS)
            members = float(rule.members[0]) * np.exp(mean + deviation * scores)
            source = f"{rule.source}: as the last value, with the walk of {kind}"
            said.append(replace(rule, forecast=WALKING, made=CUTS[2026], source=source, members=members))
    return said


def offered_rows(record: Mapping[str, Known]) -> Iterator[tuple[str, ...]]:
    """What is offered in 2030 by each record, by both, and by both under other choices, with the chance of 10 Mt."""
    laws = offered(record)
    for name in PLANS:
        kept = {plan: part for plan, part in PLANS.items() if plan != name}
        laws[f"both, without {name} ({PLANS[name]:g})"] = offered(record, kept)["both"]
    kept = {plan: part for plan, part in PLANS.items() if plan not in CAPACITIES}
    laws["both, without the two capacities"] = offered(record, kept)["both"]
    laws["both, were they to err alike by a half"] = offered(record, alike=0.5)["both"]
    for words, law in laws.items():
        chance = float(norm.sf((np.log(TARGET_MT) - law[0]) / law[1]))
        yield words, times(*law), figure(law[1]), f"{chance:.1%}".replace("%", " %")


def misses(record: Mapping[str, Known], years: int) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of what came over the last value, and over the last growth once more, so many years ahead."""
    by_value, by_growth = [], []
    for known in record.values():
        for year in (year for year in known if year + years in known):
            rise = known[year + years] - known[year]
            by_value.append(rise)
            before = max((earlier for earlier in known if earlier < year), default=None)
            if before is not None:
                by_growth.append(rise - years * (known[year] - known[before]) / (year - before))
    return np.array(by_value), np.array(by_growth)


def times(mean: float, deviation: float) -> str:
    """The middle 80 % of a lognormal multiple, with its median before."""
    low, middle, high = np.exp(mean + deviation * ndtri([(1 - SHARE) / 2, 0.5, (1 + SHARE) / 2]))
    return f"{figure(middle)} [{figure(low)}, {figure(high)}]"


def crps(mean: np.ndarray, deviation: np.ndarray, came: np.ndarray) -> float:
    """Mean CRPS of normal forecasts (Gneiting and Raftery 2007)."""
    z = (came - mean) / deviation
    return float((deviation * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - np.pi**-0.5)).mean())


def series_rows(record: Mapping[str, Known]) -> Iterator[tuple[str, ...]]:
    """Each series: its kind, its years, and the walk that it would be by itself."""
    for name, known in record.items():
        gaps, rises = steps_of(known)
        drift = rises.sum() / gaps.sum()
        sigma = (((rises - drift * gaps) ** 2 / gaps).sum() / (len(gaps) - 1)) ** 0.5
        spoken = ", ".join(
            f"{np.exp(rise / gap) - 1:+.0%}".replace("%", " %") for gap, rise in zip(gaps, rises, strict=True)
        )
        years = f"{min(known)} to {max(known)}, {len(known)}"
        yield name, KINDS[name], years, spoken.replace("-", "−"), figure(drift), figure(sigma)


def lead_rows(record: Mapping[str, Known]) -> Iterator[tuple[str, ...]]:
    """What came over the last value and over the last growth, by years ahead."""
    for years in range(1, 6):
        by_value, by_growth = misses(record, years)
        low, middle, high = np.exp(np.quantile(by_value, [0.1, 0.5, 0.9]))
        roots = [figure(float((each**2).mean() ** 0.5)) for each in (by_value, by_growth)]
        yield str(years), str(len(by_value)), f"{figure(middle)} [{figure(low)}, {figure(high)}]", *roots


def walk_rows() -> Iterator[tuple[str, ...]]:
    """The law at each cut: a row a kind."""
    for cut in CUTS.values():
        record = known_by(cut)
        for kind in (WHOLE, SINGLE):
            walk, (low, high) = walk_of(record, kind), sigma_interval(record, kind)
            both, pairs = correlation(record, kind)
            spread = f"{figure(walk.sigma)} [{figure(low)}, {figure(high)}]"
            ahead = [times(*walk.after(years)) for years in (1, 2, 5)]
            of = f"{walk.series}, {walk.steps}"
            yield str(cut), kind, of, figure(walk.drift), spread, f"{figure(both)} ({pairs})", *ahead


def tried_rows() -> Iterator[tuple[str, ...]]:
    """How each rule of growth would have foretold the later part of the record known by each cut."""
    for cut in CUTS.values():
        for words, goes_on in {"none": (0.0,), "half": (0.5,), "all": (1.0,), "none, half or all": GOES_ON}.items():
            mean, deviation, came = np.array([*tried(cut, goes_on)]).T
            z = (came - mean) / deviation
            held = f"{(abs(z) < ndtri((1 + SHARE) / 2)).mean():.0%}".replace("%", " %")
            scores = figure(crps(mean, deviation, came)), figure(float(-norm.logpdf(came, mean, deviation).mean()))
            yield str(cut), words, str(len(came)), held, figure(float(norm.cdf(z).mean())), *scores


def sheets() -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    """The tables of the page, by the name of their markers."""
    record = known_by(CUTS[2026])
    yield "series", ("series", "kind", "years, points", "change a year", "drift", "spread"), [*series_rows(record)]
    heads = (
        "years ahead",
        "pairs",
        "came over the last value, median and 80 %",
        "root mean square",
        "of the last growth",
    )
    yield "leads", heads, [*lead_rows(record)]
    heads = (
        "known by",
        "growth that goes on",
        "figures",
        "in the 80 %",
        "mean place",
        "CRPS",
        "log score, less is better",
    )
    yield "tried", heads, [*tried_rows()]
    heads = ("known by", "kind", "series, steps", "drift a year", "spread a year", "correlation (pairs)")
    yield "walks", (*heads, "one year on", "two", "five"), [*walk_rows()]
    heads = ("offered to the Middle Corridor in 2030", "Mt, median and 80 %", "spread of the logarithm")
    yield "offered", (*heads, f"{TARGET_MT:g} Mt or more"), [*offered_rows(record)]
    rows = [
        (f"`{file}`", f"`{name}`", f"{low:g} to {high:g}")
        for file, of_file in ranges().items()
        for name, (low, high) in of_file.items()
    ]
    yield "ranges", ("scenario", "unknown", "times what is stated"), rows


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="the page whose tables are written anew")
    parser.add_argument("--walking", type=Path, metavar="FOLDER", help="write what the last value says with this law")
    options = parser.parse_args()
    if options.walking:
        for year in (2023, 2024):
            (options.walking / f"walks_{year}.csv").write_text(statements_text(walking(year)), encoding="utf-8")
    else:
        tell_tables(options.page, sheets())
