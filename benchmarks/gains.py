"""What an hour saved brings where demand answers: Tez against paper world by world, and luck apart from effect.

    python benchmarks/gains.py [STUDY] [WORLDS] [WORLDS WITHOUT FEEDBACK]

The worlds of `corridor forecast 2030_market_paper 2030_market`, and once more with expectations as stated
(`feedback = false`), kept in the study and its answers beside it; the tables go into docs/findings.md. A pair of runs
differs by what Tez does and by luck: a tenth of the worlds is run twice, half the mean square between their two pairs
is luck, and what is left of the spread between worlds is effect. What an hour less brings by the choice alone is
reckoned without a run, and so without luck: the shares of each world at the days that its shippers expect on paper, and
at an hour less.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.measure.chances import share_interval
from sim.measure.statistics import interval
from sim.model.choice import market_shares, months_offered
from sim.runs.durable import open_study
from sim.runs.replicate import performer
from sim.scenario.addresses import Address
from sim.scenario.markets import Market
from sim.scenario.reading.opening import load
from sim.scenario.worlds import unknown_paths, with_draws
from sim.study.forecast.forecast import run_forecast
from sim.study.forecast.plan import plan_forecast
from sim.views.sheets.calibrate import markdown, with_block
from sim.views.sheets.forecast.headline import forecast_line
from sim.views.sheets.sheet import Sheet
from sim.views.words import figure

CHECKOUT = Path(__file__).parents[1]
PAGE = CHECKOUT / "docs" / "findings.md"
PAPER, TEZ, YEAR, LEVEL = "2030_market_paper", "2030_market", "2030", 0.95
WORLDS = 100
BOXES = {"titr_containers_west": "china_caucasus", "titr_containers_poti": "china_europe"}
"""Flows of the boxes from China, and their markets."""
SCALES = {"china_caucasus": "market_caucasus", "china_europe": "market_europe"}
"""Of each market the unknown that its size of the last year is multiplied by."""
KT_PER_TEU = 14e-3
OTHER = "titr_containers_other"
"""Flow of the boxes from Altynkol to Absheron that set out from the border."""
KEPT = (
    *(Address(kpi, "all", flow, YEAR) for kpi in ("expected_days", "market_share_corridor") for flow in BOXES),
    Address("journey_days", "all", OTHER, YEAR),
    *(Address(kpi, "all", "titr", YEAR) for kpi in ("trains_lost", "trains_diverted")),
)
"""Measures kept beside those of every forecast."""
AS_STATED = ", expectations as stated"
OVERFLOW = {
    "carried from Kazakhstan to China, Mt": ("throughput_mt", "kazakhstan_china"),
    "days of the journey from Kazakhstan to China": ("journey_days", "kazakhstan_china"),
    "days that shippers of boxes to the Caucasus expect": ("expected_days", "titr_containers_west"),
    "share of them that choose the corridor": ("market_share_corridor", "titr_containers_west"),
}
"""What tells worlds in which the border is full from the others."""
LEAST_H = 1.0
"""Pairs in which shippers expect less than this more or less tell nothing of an hour."""
HOUR = 1 / 24


def answer(readings, worlds, study):
    """The plan of a forecast of paper and Tez, and what it came to."""
    plan = plan_forecast(readings, {"worlds": worlds})
    plan = replace(plan, addresses=tuple((*kept, *KEPT) for kept in plan.addresses))
    with open_study(study) as store, performer(1, store=store) as perform:
        return plan, run_forecast(plan, perform, lambda outcome: print(forecast_line(outcome), file=sys.stderr))


def without_feedback(reading):
    """The same scenario with expectations as stated."""
    return reading.set({f"markets.{name}.feedback": False for name in reading.scenario.markets}, reading.name)


def gains(values, worlds, markets):
    """What Tez changes by world and replication: a row each, and no number where too few trains of a year arrive.

    Hours less on the way from Altynkol to Absheron, held before it included; hours less that shippers of boxes expect,
    by how many boxes choose; kt more that choose the corridor for it; kt more carried of all cargo.
    """
    values = values[values["period"].astype(str) == YEAR]
    paper, tez = values["scenario"].unique()
    keys = ["world", "replication"]
    by_key = values.pivot_table(index=keys, columns=["kpi", "flow", "scenario"], values="value")
    chosen, hours = {}, 0.0
    for flow, market in BOXES.items():
        scale = worlds.set_index("world")[SCALES[market]].reindex(by_key.index.get_level_values("world")).to_numpy()
        kt = KT_PER_TEU * markets[market].size_by_year()[int(YEAR)] * scale
        chosen[flow] = {side: by_key["market_share_corridor", flow, side] * kt for side in (paper, tez)}
        saved = by_key["expected_days", flow, paper] - by_key["expected_days", flow, tez]
        hours = hours + 24 * saved * chosen[flow][paper]
    whole = {side: sum(of_flow[side] for of_flow in chosen.values()) for side in (paper, tez)}
    on_the_way = [by_key["journey_days", OTHER, side] for side in (paper, tez)]
    carried = [by_key["throughput_mt", "titr", side] for side in (paper, tez)]
    table = {"saved_h": 24 * (on_the_way[0] - on_the_way[1]), "expected_h": hours / whole[paper]}
    table |= {"chosen_kt": whole[tez] - whole[paper], "carried_kt": 1000 * (carried[1] - carried[0])}
    return pd.DataFrame(table)


def tamed(column):
    """A measure of which the twentieth of the pairs at either end counts as no further out than the others.

    In a few worlds a queue runs away under one of the two scenarios alone: they would be all the spread.
    """
    return column.clip(*column.quantile([0.05, 0.95]))


def luck_and_effect(table):
    """Standard deviations of a measure: of one pair by luck, and between worlds once luck is taken off.

    By the mean squares within worlds of two pairs and between all (one-way random effects); an effect below nothing
    is none.
    """
    by_world = table.groupby("world")
    twice = by_world.filter(lambda rows: len(rows) > 1).groupby("world")
    if not len(twice):
        return np.nan, np.nan
    within = twice.var(ddof=1).mean()
    first = by_world.first().var(ddof=1)
    return float(np.sqrt(within)), float(np.sqrt(max(first - within, 0.0)))


MEASURES = {
    "hours saved from Altynkol to Absheron, held before it included": "saved_h",
    "hours less that shippers of boxes from China expect": "expected_h",
    "more of them that choose the corridor, kt": "chosen_kt",
    "more carried of all cargo, kt": "carried_kt",
}


def luck_rows(found, words):
    """A row a measure: worlds that tell it, mean over them, the range of pairs, both tails, luck beside effect."""
    for title, name in MEASURES.items():
        column = tamed(found[name].dropna())
        means = column.groupby("world").mean()
        mean = interval(means.tolist(), LEVEL)
        low, middle, high = np.quantile(column, (0.1, 0.5, 0.9))
        tails = [share_text(sum(side * column.groupby("world").first() > 0), len(means)) for side in (1, -1)]
        luck, effect = luck_and_effect(column)
        yield (
            f"{title}{words}",
            str(len(means)),
            f"{figure(mean.mean)} [{figure(mean.low)}, {figure(mean.high)}]",
            f"{figure(middle)} [{figure(low)}, {figure(high)}]",
            *tails,
            figure(luck),
            figure(effect),
        )


def share_text(count, total):
    """A share of worlds with its interval."""
    found = share_interval(int(count), total, LEVEL)
    return "{:.0f} % [{:.0f}, {:.0f}]".format(*(100 * each for each in (found.share, found.low, found.high)))


def hour_rows(found, reckoned):
    """What an hour brings: by the choice alone, by pairs in which an hour is told, and over all worlds."""
    arriving = found["saved_h"].groupby("world").first().notna().reindex(reckoned.index)
    for words, kt in (
        ("an hour less, by the choice alone, kt", reckoned),
        ("an hour less, where trains from Altynkol to Absheron arrive, kt", reckoned[arriving]),
        ("an hour less, where none arrives, kt", reckoned[~arriving]),
    ):
        low, middle, high = np.quantile(kt, (0.1, 0.5, 0.9))
        yield words, len(kt), f"{figure(middle)} [{figure(low)}, {figure(high)}]"
    for words, side in (("an hour or more less is expected", 1), ("an hour or more more is expected", -1)):
        told = found[side * found["expected_h"] >= LEAST_H]
        ratios = told["chosen_kt"] / told["expected_h"]
        low, middle, high = np.quantile(ratios, (0.1, 0.5, 0.9)) if len(told) else [np.nan] * 3
        title = f"chosen over hours expected, where {words}, kt"
        yield title, len(told), f"{figure(middle)} [{figure(low)}, {figure(high)}]"
    for words, name, hours in (
        ("chosen over hours expected, all worlds together, kt", "chosen_kt", "expected_h"),
        ("carried over hours saved on the way, all worlds together, kt", "carried_kt", "saved_h"),
    ):
        told = found[[name, hours]].dropna()
        yield words, told.index.get_level_values("world").nunique(), ratio_text(told, name, hours)


def ratio_text(found, name, hours):
    """A slope through the origin over worlds, with an interval by leaving each world out."""
    means = found[[name, hours]].apply(tamed).groupby("world").mean()
    products, squares = means[name] * means[hours], means[hours] ** 2
    left_out = (products.sum() - products) / (squares.sum() - squares)
    n = len(means)
    slope = n * products.sum() / squares.sum() - (n - 1) * left_out.mean()
    width = interval((n * products.sum() / squares.sum() - (n - 1) * left_out).tolist(), LEVEL)
    return f"{figure(slope)} [{figure(width.low)}, {figure(width.high)}]"


def reckoned_kt(reading, values, worlds):
    """What an hour less brings in each world by the choice of boxes from China alone, kt a year, by world."""
    rows = values[(values["scenario"] == reading.name) & (values["kpi"] == "expected_days")]
    rows = rows[rows["period"].astype(str) == YEAR]
    days_by_flow = rows.groupby(["world", "flow"], observed=True)["value"].mean().dropna()
    scenario, data = reading.scenario, reading.resolved
    unknowns = {
        name: entry
        for name, entry in scenario.unknown.items()
        if any(path[0] == "markets" for path in unknown_paths(data, entry))
    }
    by_world = {}
    for row in worlds.to_dict("records"):
        if row["world"] in days_by_flow.index.get_level_values("world"):
            tables = with_draws(data, {name: row[name] for name in unknowns}, unknowns)["markets"]
            markets = {name: Market.model_validate(table, strict=False) for name, table in tables.items()}
            drawn = scenario.model_copy(update={"markets": markets})
            kt = (kt_an_hour(drawn, flow, days_by_flow[row["world"], flow]) for flow in BOXES)
            by_world[row["world"]] = sum(kt)
    return pd.Series(by_world)


def kt_an_hour(scenario, flow, days):
    """What an hour less than so many days brings a flow of boxes in the year of the question, kt."""
    market, calendar = scenario.markets[scenario.flows[flow].market], scenario.calendar
    offered = zip(calendar.months(), months_offered(scenario, flow), strict=False)
    months = [month for (year, *_), month in offered if year == int(YEAR)]
    on_route, spread = days - market.corridor.beyond_days, market.corridor.expected_spread_days
    shares = [
        [market_shares(market, month, on_route - less, spread)["corridor"] for month in months] for less in (0.0, HOUR)
    ]
    return KT_PER_TEU * market.size_by_year()[int(YEAR)] * float(np.subtract(shares[1], shares[0]).mean())


def overflow_rows(reading, values, arriving):
    """A row a measure of a scenario: the middle of the worlds in which trains arrive, and of those in which none do."""
    rows = values[(values["scenario"] == reading.name) & (values["period"].astype(str) == YEAR)]
    for title, (kpi, flow) in OVERFLOW.items():
        column = rows[(rows["kpi"] == kpi) & (rows["flow"] == flow)].groupby("world")["value"].mean()
        sides = (column.reindex(arriving.index[arriving == side]) for side in (True, False))
        yield (title, *(figure(side.median()) for side in sides))


def tables(arms):
    """The tables of the page, by the name of their markers, from the plan and answer of each arm."""
    found = {
        words: gains(results.frames["values"], results.frames["worlds"], plan.readings[-1].scenario.markets)
        for words, (plan, results) in arms.items()
    }
    heads = ("Tez less paper, 2030", "worlds", "mean", "median [80 %]", "worlds above 0", "worlds below 0")
    rows = [row for words, table in found.items() for row in luck_rows(table, words)]
    yield "gains", Sheet("", (*heads, "luck of a pair", "effect between worlds"), rows)
    plan, results = arms[""]
    reckoned = reckoned_kt(plan.readings[0], results.frames["values"], results.frames["worlds"])
    arriving = found[""]["saved_h"].groupby("world").first().notna()
    heads = (f"middle world on paper, {YEAR}", "trains from Altynkol to Absheron arrive", "none arrives")
    yield "overflow", Sheet("", heads, [*overflow_rows(plan.readings[0], results.frames["values"], arriving)])
    rows = [(words, str(count), told) for words, count, told in hour_rows(found[""], reckoned)]
    yield "an_hour", Sheet("", ("an hour", "worlds or pairs", "median [80 %], or slope [95 %]"), rows)


def main(study, worlds, worlds_as_stated):
    """Run the forecasts and write the tables."""
    readings = [load(PAPER), load(TEZ)]
    sides = {"": (readings, worlds), AS_STATED: ([without_feedback(each) for each in readings], worlds_as_stated)}
    arms = {}
    for words, (sides_read, count) in sides.items():
        arms[words] = answer(sides_read, count, study)
        arms[words][1].save(study.with_name(f"{study.name}{words.replace(', ', '_').replace(' ', '_')}_answer"))
    text = PAGE.read_text(encoding="utf-8")
    for name, sheet in tables(arms):
        ends = (f"<!-- {name} -->", f"<!-- {name} ends -->")
        text = with_block(text, markdown(sheet), ends) if ends[0] in text else text
        print(f"\n{name}\n{markdown(sheet)}")
    PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    study, *worlds = [*sys.argv[1:], *("results/gains_study", WORLDS, WORLDS)[len(sys.argv) - 1 :]]
    main(Path(study), *map(int, worlds))
