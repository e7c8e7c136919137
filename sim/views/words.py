"""The words a reader sees for the names the tables use (measures, activities, causes), for numbers, and for samples.

Titles of places, flows and regimes come from the scenario; the words here belong to the model itself.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from sim.measure.catalogue import kpi_name
from sim.measure.statistics import FEWEST
from sim.model import capacities
from sim.scenario.choices import inputs_of
from sim.scenario.meaning import period_days
from sim.scenario.sources import count_by_standing
from sim.scenario.values import ALL
from sim.scenario.worlds import ASKED_TABLES
from sim.views.language import counted, in_marks, message, month_name, spoken_title, term

if TYPE_CHECKING:
    import pandas as pd

    from sim.runs.answer import Answer
    from sim.scenario.facts import Fact
    from sim.scenario.schema import Scenario
    from sim.study.question import Question

ACTIVITIES = {activity.name.lower(): facts.title for activity, facts in capacities.ACTIVITIES.items()}
"""Activity of a spell, as a noun."""

CAUSES = {cause.name.lower(): facts.title for cause, facts in capacities.CAUSES.items()}
"""What a train waits for; reads on after "waiting for"."""

CAUSE_OF = {
    activity.name.lower(): stage.causes[-1].name.lower()
    for stage in capacities.STAGES
    if stage.waits_here
    for activity in stage.activities
}
"""What a train waits for before an activity."""

CAPACITIES = {activity.name.lower(): facts.uses for activity, facts in capacities.ACTIVITIES.items() if facts.uses}
"""What is used up by an activity that has a capacity."""

TITLES = {"activity": ACTIVITIES, "capacity": CAPACITIES, "cause": CAUSES}
"""Titles of the words that stand in names of measures, by their kind in the catalogue of KPIs."""

QUANTILES = {"_p50": "median", "_p90": "90th percentile", "_p95": "95th percentile"}
"""What the suffixes of measures mean."""

EFFECTS = {"early": "lodged early", "fast": "processed faster", "beside": "works beside papers", "total": "in all"}
"""The parts of the change from paper to Tez, and its whole."""

ORDERS_OF_WORKS = {
    "stated": "as stated",
    "nothing": "nothing before release",
    "placing": "wagons ordered before release",
    "gauge_change": "transshipped before release",
    "forming": "all but departure before release",
}
"""The orders of works at a border."""

READABLE_HOURS = {
    1 / 60: "1 min",
    1 / 20: "3 min",
    1 / 6: "10 min",
    0.5: "30 min",
    1.0: "1 h",
    3.0: "3 h",
    8.0: "8 h",
    24.0: "1 d",
    72.0: "3 d",
    168.0: "1 week",
    720.0: "30 d",
    2160.0: "90 d",
    8760.0: "1 year",
}
"""Durations that people know by heart, in words by hours: marks for an axis of time."""


def measure(kpi: str) -> str:
    """A measure in words, without its unit: `border_dwell_keying_h` is "Border dwell: keying of declarations"."""
    name = kpi_name(kpi)
    if name is None:
        return plain(kpi).capitalize()
    title = term(name.entry.title).replace(f"<{name.entry.kind_of_part}>", part_of_measure(kpi))
    if not name.quantile:
        return title
    return message("{measure}, {quantile}", measure=title, quantile=term(QUANTILES[f"_{name.quantile}"]))


def part_of_measure(kpi: str) -> str:
    """The word that stands in the name of a measure, in words; nothing where none does."""
    name = kpi_name(kpi)
    return "" if name is None else term(TITLES.get(name.entry.kind_of_part, {}).get(name.part) or plain(name.part))


def period(name: str) -> str:
    """A period in words: a year, or the whole horizon."""
    return message("the whole horizon") if name == ALL else name


def in_period(name: str) -> str:
    """When something was, in words: in a year, or in the whole horizon."""
    return message("in the whole horizon") if name == ALL else message("in {year}", year=name)


def plain(name: str) -> str:
    """A name from a file as words."""
    return name.replace("_", " ")


def duration(hours: float) -> str:
    """Hours as people say them: "3 min", "45 min", "5.4 h", "2.5 d"; days from three days on."""
    if not math.isfinite(hours):
        return message("no end seen")
    if abs(hours) < 0.995:
        return message("{number} min", number=f"{hours * 60:.0f}")
    if abs(hours) < 72:
        return message("{number} h", number=in_marks(f"{hours:.1f}"))
    return message("{number} d", number=in_marks(f"{hours / 24:.1f}"))


def percent(share: float) -> str:
    """A share of one as a percentage; one decimal below 10 % and next to 100 %, which is said only of all."""
    if 0 < share < 0.0005:
        return message("under {number} %", number=in_marks("0.1"))
    if 0.9995 <= share < 1:
        return message("over {number} %", number=in_marks("99.9"))
    whole = share in (0, 1) or 0.0995 <= share < 0.995
    return message("{number} %", number=in_marks(f"{100 * share:.{0 if whole else 1}f}"))


def stated_number(value: float, digits: int = 6) -> str:
    """A number as it is stated: "10", "7.5"."""
    return in_marks(f"{value:.{digits}g}")


MOST_DECIMALS = 6


def decimals_of(value: float, significant: int) -> int:
    """Decimals that show so many significant digits of a number; below zero, tens and hundreds."""
    return min(significant - 1 - math.floor(math.log10(abs(value))), MOST_DECIMALS) if value else 0


def figure(value: float, decimals: int | None = None) -> str:
    """A number with three significant digits, or so many decimals, thousands apart, and a true minus sign."""
    if not math.isfinite(value):
        return "–"
    places = max(0, decimals_of(value, 3)) if decimals is None else decimals
    text = f"{round(float(value), places):,.{max(places, 0)}f}"
    return in_marks(text.replace("-", "−" if float(text.replace(",", "")) else ""))  # nothing has no sign


def measured(mean: float, low: float, high: float) -> str:
    """A mean with the digits that its interval allows: see `measured_texts`."""
    return measured_texts(mean, low, high)[0]


def interval_text(mean: float, low: float, high: float) -> str:
    """A mean and its interval: "8.33 [7.99, 8.66]"; the mean alone where there is none."""
    value, *ends = measured_texts(mean, low, high)
    interval = "" if math.isnan(low) and math.isnan(high) else range_text(*ends)
    return message("{value} {interval}", value=value, interval=interval) if interval else value


def range_text(low: str, high: str) -> str:
    """The ends of an interval: "[7.99, 8.66]"."""
    return message("[{low}, {high}]", low=low, high=high)


def span_of(low: str, high: str) -> str:
    """From one number to another: "7.99 to 8.66"."""
    return message("{low} to {high}", low=low, high=high)


def span(low: float, high: float) -> str:
    """From one number to another, as figures; a dash where there are none."""
    return "–" if math.isnan(low) or math.isnan(high) else span_of(figure(low), figure(high))


def measured_texts(mean: float, low: float, high: float) -> list[str]:
    """A mean and the bounds of its interval in as many digits as it allows, wherever they are shown.

    Two significant digits of its half-width, as an uncertainty has (JCGM 100:2008, 7.2.6), and three of the mean, at
    most; without an interval three of each. `measured` in numbers.js does the same.
    """
    half_width = (high - low) / 2
    if not math.isfinite(half_width) or half_width < 1e-9:
        return [figure(value) for value in (mean, low, high)]
    decimals = decimals_of(half_width, 2)
    if abs(mean) > half_width:
        decimals = min(decimals, max(decimals_of(mean, 3), 0))
    return [figure(value, decimals) for value in (mean, low, high)]


def rounded_figure(value: float) -> str:
    """A large number with three significant digits: "120", "8,240,000"."""
    return figure(float(f"{value:.3g}"))


def standing(answer: Answer) -> str:
    """How many inputs of a scenario are assumed, in one sentence; what a study tries is no input."""
    return assumed({key: value for key, value in answer.resolved.items() if key not in ASKED_TABLES}, answer.facts)


def assumed(resolved: dict[str, Any], known: Mapping[str, Fact]) -> str:
    """How many inputs of a scenario are assumed or have no source, given the facts it may cite, in one sentence."""
    counts = count_by_standing(inputs_of(resolved, known))
    total = sum(counts.values())
    unsourced = counts.get("unsourced", 0)
    sentence = message("{number} of {total} inputs are assumed", number=counts.get("assumed", 0), total=total)
    if not unsourced:
        return sentence
    return counted(unsourced, "{told}, {count} has no source", "{told}, {count} have no source", told=sentence)


def sample(answer: Answer) -> str:
    """Number of replications, level and seed, in words; of a forecast the number of worlds."""
    from sim.study.forecast.draws import AS_DRAWN  # SciPy, which a check need not wait for

    basis = answer.manifest
    if "worlds" in basis:
        about = {"worlds": basis["worlds"], "level": stated_number(100 * basis["level"]), "seed": basis["seed"]}
        number = sum(answer.frames["worlds"]["offer"] == AS_DRAWN) if answer.kind == "forecast" else basis["worlds"]
        if number == basis["worlds"]:
            return message("{worlds} worlds, {level} % intervals, seed {seed}", **about)
        about |= {"plausible": number, "others": basis["worlds"] - number}
        return message("{plausible} + {others} worlds, {level} % intervals, seed {seed}", **about)
    return message("{basis}, seed {seed}", basis=interval_basis([basis]), seed=basis["seed"])


def interval_basis(manifests: Sequence[Mapping[str, Any]]) -> str:
    """Replications of some answers and the level of their intervals, in words: where there are none, it says so."""
    counts = joined_by_and(f"{basis['replications']}" for basis in manifests)
    levels = joined_by_and(stated_number(100 * basis["level"]) for basis in manifests)
    last = 1 if counts == "1" else max(2, int(manifests[-1]["replications"]))
    number = counted(last, "{counts} replication", "{counts} replications", counts=counts)
    few = [basis for basis in manifests if basis["replications"] < FEWEST]
    if len(few) == len(manifests):
        return message("{replications} (intervals need {fewest})", replications=number, fewest=FEWEST)
    sentence = message("{replications}, {levels} % intervals", replications=number, levels=levels)
    return message("{told} (from {fewest} replications on)", told=sentence, fewest=FEWEST) if few else sentence


def joined_by_and(words: Iterable[str]) -> str:
    """Each word once, in order."""
    first, *rest = [*dict.fromkeys(words)] or [""]
    return reduce(lambda before, after: message("{before} and {after}", before=before, after=after), rest, first)


def reached_words(successes: int, n: int, low: float, high: float) -> str:
    """In how many replications something came about, by luck, for all have the same inputs, and the share.

    `low` and `high` bound the share that these replications are consistent with: of few they are far apart.
    """
    if not n:
        return message("observed in no replication")
    count = message("{number} of {total} replications, by luck alone", number=successes, total=n)
    interval = range_text(percent(low), percent(high))
    return message("{told}: {share} {interval}", told=count, share=percent(successes / n), interval=interval)


def year_title(scenario: Scenario, period: str) -> str:
    """A year; with the months that the horizon has of it, where it does not hold it whole: "2026 (Jan–Jun only)"."""
    span = period_days(scenario).get(period)
    if span is None or period == ALL or (span[0].month, span[0].day, span[1].year) == (1, 1, int(period) + 1):
        return period
    first, last = span[0], span[1] - dt.timedelta(days=1)
    has_whole_months = first.day == 1 and span[1].day == 1
    ends = [
        month_name(day.month)
        if has_whole_months
        else message("{day} {month}", day=day.day, month=month_name(day.month))
        for day in (first, last)
    ]
    return message("{year} ({months} only)", year=period, months="–".join(dict.fromkeys(ends)))


def days_from(first: dt.date, last: dt.date) -> str:
    """The days from a first to a last one: "1 Jan 2024 to 30 Sep 2025"."""
    ends = [
        message("{day} {month} {year}", day=day.day, month=month_name(day.month), year=day.year)
        for day in dict.fromkeys((first, last))
    ]
    return span_of(ends[0], ends[-1]) if len(ends) > 1 else ends[0]


def quantity(number: str, unit: str) -> str:
    """A number and its unit: "3.3 h"."""
    return message("{number} {unit}", number=number, unit=term(unit))


def mean_measure(kpi: str, unit: str) -> str:
    """A measure in words, and that it is a mean, where hours and days might as well be a median."""
    name = kpi_name(kpi)
    is_mean = unit in ("h", "days") and not (name is not None and name.quantile)
    return message("{measure}, mean", measure=measure(kpi)) if is_mean else measure(kpi)


def cell(kpis: pd.DataFrame, kpi: str) -> str:
    """Mean and interval of a measure, from rows that are indexed by measure."""
    row = kpis.loc[[kpi]].iloc[0]
    return interval_text(row["mean"], row["ci_low"], row["ci_high"])


def title_of(scenario: Scenario, place: str, flow: str) -> str:
    """Place and flow of a measure in words."""
    named: Iterable[str | None] = (
        scenario.places[place].title if place in scenario.places else None,
        scenario.corridors[flow].title if flow in scenario.corridors else None,
        scenario.flows[flow].title if flow in scenario.flows else None,
    )
    return comma_list(spoken_title(name) for name in named if name) or message("all")


def comma_list(texts: Iterable[str]) -> str:
    """Texts as a list has them."""
    return message(", ").join(texts)


def listed_short(texts: Sequence[str], most: int) -> str:
    """The first of some texts, and how many more there are."""
    sentence = comma_list(texts[:most])
    further = len(texts) - most
    return message("{told} and {number} more", told=sentence, number=further) if further > 0 else sentence


def paragraph(sentences: Iterable[str]) -> str:
    """Sentences one after the other, the empty ones left out."""
    first, *rest = [*filter(None, sentences)] or [""]
    return reduce(lambda before, after: message("{before} {after}", before=before, after=after), rest, first)


def listed_apart(texts: Iterable[str]) -> str:
    """Texts as a list has them that have commas of their own."""
    return message("; ").join(texts)


def question_words(about: Question) -> str:
    """What a question is about, in words."""
    return comma_list([spoken_title(about.title), period(about.year)])
