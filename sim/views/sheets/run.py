"""The answers of a run in words, also while its replications still come in."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pandas as pd

from sim.measure.addresses import rows_at
from sim.measure.chances import share_reaching
from sim.measure.statistics import measure_interval
from sim.model.randomness import mean
from sim.runs.replicate import Replication
from sim.runs.results import Results
from sim.scenario.formalities import Tez
from sim.scenario.meaning import last_full_year
from sim.scenario.schema import Scenario
from sim.scenario.values import ALL, DIRECTIONS
from sim.study.validate import group_of
from sim.views import words
from sim.views.language import message, spoken_title, term
from sim.views.sheets.sheet import Sheet


def throughput_sheet(results: Results, corridor: str) -> Sheet:
    """Throughput of a corridor by year, beside its target and the published past."""
    scenario = results.scenario
    about = scenario.corridors[corridor]
    heads = (message("year"), message("model"), message("published"), message("target"), message("reached in"))
    sheet = Sheet(message("{corridor}: throughput, Mt a year", corridor=spoken_title(about.title)), heads)
    for _, row in rows_at(results.kpis, "throughput_mt", ALL, corridor).iterrows():
        if row["period"] == ALL:
            continue
        year = int(row["period"])
        target = about.target_mt.get(year)
        chance_text = ""
        if target is not None:
            runs = rows_at(results.replications, "throughput_mt", ALL, corridor, row["period"])["value"]
            chance = share_reaching(runs, target, results.manifest["level"])
            chance_text = words.reached_words(chance.successes, chance.n, chance.low, chance.high)
        published_mt = about.published_mt.get(year)
        texts = ("" if number is None else words.figure(number) for number in (published_mt, target))
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        sheet.rows.append((words.year_title(scenario, row["period"]), model, *texts, chance_text))
    return sheet


def border_sheet(results: Results) -> Sheet:
    """Clearance, dwell and the largest part of the dwell at each border, over the whole horizon."""
    heads = (
        *(message("border"), message("direction"), message("clearance, median h")),
        *(message("dwell, mean h"), message("of it customs"), message("largest part")),
    )
    sheet = Sheet(message("At the borders, mean over all trains"), heads)
    for place, border in results.scenario.places.items():
        if border.kind != "border":
            continue
        for direction in DIRECTIONS:
            rows = rows_at(results.kpis, place=place, flow=direction, period=ALL).set_index("kpi")
            if "border_dwell_h" in rows.index:
                sheet.rows.append((spoken_title(border.title), term(direction), *dwell_cells(rows)))
    return sheet


def dwell_cells(rows: pd.DataFrame) -> tuple[str, str, str, str]:
    """Clearance, dwell, the share of customs and the largest part, from the rows of one border and direction."""
    dwell_h = rows.at["border_dwell_h", "mean"]
    parts = {name: h for name, h in rows["mean"].items() if is_part(str(name))}
    largest = max(parts, key=lambda name: parts[name])
    median = words.cell(rows, "clearance_h_p50") if "clearance_h_p50" in rows.index else ""
    customs_h = rows["mean"].get("border_dwell_customs_h", 0.0)
    activity = str(largest).removeprefix("border_dwell_").removesuffix("_h")
    part = message(
        "{activity}, {hours} h{waiting}",
        activity=term(words.ACTIVITIES[activity]),
        hours=words.figure(parts[largest]),
        waiting=waiting_words(rows, activity),
    )
    return median, words.cell(rows, "border_dwell_h"), words.percent(customs_h / dwell_h), part


def waiting_words(rows: pd.DataFrame, activity: str) -> str:
    """How much of the hours of an activity is waiting for its turn, as far as that is measured."""
    cause = words.CAUSE_OF.get(activity, "")  # what only stands, or is released, waits for nothing of its own
    wait_h = rows["mean"].get(f"wait_h_{cause}", 0.0) if cause else 0.0
    if not wait_h:
        return ""
    return message(", {hours} h of it waiting for {cause}", hours=words.figure(wait_h), cause=term(words.CAUSES[cause]))


def is_part(kpi: str) -> bool:
    """Whether a measure is the dwell spent on one activity."""
    return kpi.removeprefix("border_dwell_").removesuffix("_h") in words.ACTIVITIES and kpi.startswith("border_dwell_")


def regime_sheet(results: Results) -> Sheet:
    """Clearance by regime over the whole horizon."""
    heads = (
        *(message("regime"), message("declarations"), message("median h")),
        *(message("mean h"), message("90th percentile h")),
    )
    sheet = Sheet(message("Clearance, arrival to release"), heads, note=release_note(results.scenario))
    kpis = rows_at(results.kpis, place=ALL, flow=ALL, period=ALL).set_index("kpi")
    for name, regime in results.scenario.regimes.items():
        keys = (f"declarations_{name}", *(f"clearance_{name}_h{end}" for end in ("_p50", "", "_p90")))
        if all(key in kpis.index for key in keys):
            sheet.rows.append((spoken_title(regime.title), *(words.cell(kpis, key) for key in keys)))
    return sheet


def release_note(scenario: Scenario) -> str:
    """What a digital release takes by itself, which is put in, beside what is measured from arrival to release."""
    inputs = [
        message("{regime} {time}", regime=spoken_title(regime.title), time=words.duration(mean(regime.release_h)))
        for regime in scenario.regimes.values()
        if isinstance(regime, Tez)
    ]
    if not inputs:
        return ""
    return message(
        "Measured of each train, with waits, late lodging and corrections. Put in is the mean release of papers that "
        "are in time and right: {releases}.",
        releases=words.comma_list(inputs),
    )


def journey_sheet(results: Results) -> Sheet:
    """Trains delivered and their transit time by flow, in the last full year."""
    year = last_full_year(results.scenario)
    heads = (
        *(message("flow"), message("trains delivered"), message("still inside")),
        *(message("transit, mean days"), message("transit, 95th percentile days")),
    )
    sheet = Sheet(message("Journeys, {period}", period=words.period(year)), heads)
    # In one pass: with a look through all rows for each flow, the work would grow with the square of their number.
    in_year = dict(iter(rows_at(results.kpis, place=ALL, period=year).groupby("flow", observed=True)))
    nothing = results.kpis.iloc[:0]
    for name, flow in results.scenario.flows.items():
        of_flow = in_year.get(name, nothing).set_index("kpi")
        keys = ("trains_delivered", "trains_inside", "transit_days", "transit_days_p95")
        cells = [words.cell(of_flow, key) if key in of_flow.index else "–" for key in keys]
        sheet.rows.append((spoken_title(flow.title), *cells))
    return sheet


def published_sheet(results: Results) -> Sheet:
    """The model against published figures, the misses first; of what is no mean its basis instead of a use."""
    heads = (
        *(message("published figure"), message("fact"), message("used for")),
        *(message("band"), message("model"), message("verdict")),
    )
    sheet = Sheet(message("Against published figures"), heads)
    figures = results.scenario.published
    order = {"outside": 0, "not measured": 1, "overlaps": 2, "inside": 3}
    for _, row in results.published.sort_values(
        "verdict", key=lambda verdicts: verdicts.map(order), kind="stable"
    ).iterrows():
        band = words.span_of(words.figure(row["low"]), words.figure(row["high"]))
        model = words.interval_text(row["mean"], row["ci_low"], row["ci_high"])
        figure = figures[row["name"]]
        use = term(row["used_for"])
        if group_of(figure) == "apart":
            use = message("neither: {basis}", basis=term(figure.basis))
        sheet.rows.append((spoken_title(row["title"]), row["fact"], use, band, model, term(row["verdict"])))
    return sheet


def run_sentences(results: Results) -> list[str]:
    """What a run rests on."""
    return [message("{sample}; {standing}.", sample=words.sample(results), standing=words.standing(results))]


def run_sheets(results: Results) -> list[Sheet]:
    """All that a run answers, the empty sheets left out."""
    corridors = [name for name, corridor in results.scenario.corridors.items() if corridor.target_mt]
    sheets = [
        *(throughput_sheet(results, corridor) for corridor in corridors),
        regime_sheet(results),
        border_sheet(results),
        journey_sheet(results),
        published_sheet(results),
    ]
    return [sheet for sheet in sheets if sheet.rows]


@dataclass
class Running:
    """Throughput of the first corridor (of all flows, where there is none), in the last full year of the horizon.

    A corridor with a target goes before one without.
    """

    name: str
    scenario: Scenario
    values_mt: list[float] = field(default_factory=list)

    def add(self, replication: Replication) -> None:
        """Take in one replication, whichever it is."""
        self.values_mt += rows_at(replication.kpis, "throughput_mt", ALL, self.flow, self.period)["value"].tolist()

    @property
    def flow(self) -> str:
        """Whose throughput it is."""
        corridors = self.scenario.corridors
        return next(iter(sorted(corridors, key=lambda name: not corridors[name].target_mt)), ALL)

    @property
    def period(self) -> str:
        """Of which year, or of `all` the horizon."""
        return last_full_year(self.scenario)

    def __str__(self) -> str:
        subject = "throughput" if self.flow == ALL else f"{self.flow} throughput"
        when = "" if self.period == ALL else f" {self.period}"
        level = self.scenario.study.level
        throughput = measure_interval(self.values_mt, level)
        bounds = (
            f" [{words.figure(throughput.low)}, {words.figure(throughput.high)}], {100 * level:g} %"
            if math.isfinite(throughput.low)
            else ""
        )
        return f"{self.name}: {subject}{when} {words.figure(throughput.mean)} Mt{bounds}, n = {throughput.n}"
