"""Cargo that chooses its way: shares by hand, expectations by hand, and which trains go."""

import datetime as dt
import math

import numpy as np
import pytest

from sim.engine.play import simulate_on
from sim.measure.kpis import measure_run
from sim.model.choice import market_shares, months_offered, nested_logit, price_factors
from sim.model.randomness import Luck
from sim.model.simulate import simulate
from sim.scenario.markets import Market, OtherWay
from sim.verification.tiny import border, every, paper, played, pool, scenario, section, terminal, train

DAY_H, MONTH_H = 24.0, 31 * 24.0
SEA = {"price_usd_per_teu": 1000, "days": 30}


def market(**changes):
    """A market of 1.2 million TEU, half of which can come by rail: on equal terms, and days for nothing."""
    corridor = {"price_usd_per_teu": 1000, "expected_days": 30, **changes.pop("corridor", {})}
    table = {"title": "Boxes", "teu_per_year": {2025: 1_200_000}, "most_share": 0.8, "price_response_per_1000_usd": 1}
    ways = changes.pop("alternatives", {"sea": SEA})
    return {**table, "value_of_time_usd_per_teu_day": 0, "corridor": corridor, "alternatives": ways, **changes}


def choosing(*route, **changes):
    """A flow of the market."""
    flow = every(1, *route, **changes)
    return {key: value for key, value in flow.items() if key != "trains_per_year"} | {"market": "boxes"}


def on_a_line(table, places=None, days=181, flow=None, **tables):
    """A run of the flow over a line of two days, which nothing delays."""
    places = {"line": section(48), **(places or {})}
    flows = {"west": choosing("line") if flow is None else flow, **tables.pop("flows", {})}
    return scenario(places, flows, days, markets={"boxes": table}, **tables)


def of_corridor(tables, column, flow="west"):
    """A column of the rows of the simulated way, month by month."""
    rows = tables.choices[(tables.choices["way"] == "corridor") & (tables.choices["flow"] == flow)]
    return rows[column].tolist()


def shares_in(table, month=0, days=30.0, spread_days=0.0):
    """The shares of a month in a market."""
    world = on_a_line(table)
    return market_shares(world.markets["boxes"], months_offered(world, "west")[month], days, spread_days)


def test_a_way_has_its_share_by_price_days_spread_and_constant():
    assert shares_in(market()) == {"corridor": 0.5, "sea": 0.5}
    dear = market(corridor={"price_usd_per_teu": 1500})
    assert shares_in(dear)["corridor"] == pytest.approx(1 / (1 + math.exp(0.5)))
    timed = market(value_of_time_usd_per_teu_day=40, reliability_ratio=1.5)
    # ten days less, and a spread of four: 40 USD × (10 - 1.5 × 4) = 160 USD
    assert shares_in(timed, days=20, spread_days=4)["corridor"] == pytest.approx(1 / (1 + math.exp(-0.16)))
    liked = market(corridor={"constant": -1.0, "beyond_days": 5, "beyond_usd_per_teu": 200})
    assert shares_in(liked, days=25)["corridor"] == pytest.approx(1 / (1 + math.exp(1.2)))


def test_ways_of_a_nest_share_what_it_has():
    """Two equal ways of a nest of dissimilarity 0.5 have the inclusive value ln 2 / 2: the square root of two."""
    nests = {"a": "land", "b": "land", "sea": None}
    shares = nested_logit(dict.fromkeys(nests, 0.0), nests, {"land": 0.5})
    assert shares["sea"] == pytest.approx(1 / (1 + math.sqrt(2)))
    assert shares["a"] == shares["b"] == pytest.approx((1 - shares["sea"]) / 2)
    alone = nested_logit(dict.fromkeys(nests, 0.0), nests, {"land": 1.0})
    assert alone == pytest.approx(dict.fromkeys(nests, 1 / 3))


def test_captive_shippers_have_the_other_ways_and_come_by_date():
    ways = {"sea": SEA, "north": SEA}
    captive = {"share": {"2025-01-01": 0.0, "2025-02-15": 0.6}, "without": ["corridor"]}
    table = market(alternatives=ways, captive=captive)
    assert shares_in(table) == pytest.approx(dict.fromkeys(("corridor", "sea", "north"), 1 / 3))
    # of February half is under the new share: 14 of 28 days
    assert shares_in(table, month=1)["corridor"] == pytest.approx((1 - 0.3) / 3)
    assert shares_in(table, month=2)["sea"] == pytest.approx(0.4 / 3 + 0.6 / 2)


def test_a_tariff_and_a_subsidy_step_on_dates():
    table = market(corridor={"subsidy_usd_per_teu": {"2025-01-01": 500, "2025-03-01": 0}})
    assert [shares_in(table, month)["corridor"] for month in (0, 1, 2)] == pytest.approx(
        [1 / (1 + math.exp(-0.5))] * 2 + [0.5]
    )


def test_without_a_tariff_the_corridor_pays_the_prices_of_its_route():
    """1000 t and 100 TEU a train: 2 USD/t are 20 a TEU; 0.1 USD a TEU and km on 48 km; 3 USD a TEU and day."""
    table = market()
    del table["corridor"]["price_usd_per_teu"]
    prices = {"section": {"usd_per_teu_km": 0.1, "usd_per_t": 2}, "time": {"usd_per_teu_day": 3}}
    world = on_a_line(table, prices=prices)
    assert months_offered(world, "west")[0].ways["corridor"].usd == pytest.approx(20 + 4.8 + 90)


def test_prices_vary_about_their_mean_and_persist():
    terms = OtherWay(price_usd_per_teu={dt.date(2025, 1, 1): 1000}, days={dt.date(2025, 1, 1): 1}, price_cv=0.3)
    alike = terms.model_copy(update={"price_persistence": 0.8})
    factors = np.array([price_factors(alike, 200, Luck(1, run), "boxes", "sea") for run in range(400)])
    assert factors.mean() == pytest.approx(1, abs=0.01)
    assert factors.std() == pytest.approx(0.3, abs=0.01)
    logs = np.log(factors)
    assert np.corrcoef(logs[:, 100], logs[:, 101])[0, 1] == pytest.approx(0.8, abs=0.06)
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] == pytest.approx(0.8, abs=0.06)
    assert (
        price_factors(terms, 3, Luck(1, 0), "boxes", "sea") != price_factors(terms, 3, Luck(1, 1), "boxes", "sea")
    ).all()


def test_expectations_follow_what_trains_met_a_month_later():
    """Two days on the line, thirty expected: of those delivered nothing varies, so the spread goes down, too."""
    table = market(lag_months=2, corridor={"expected_spread_days": 8})
    tables = played(on_a_line(table))
    assert of_corridor(tables, "days") == pytest.approx([30, 30, 16, 9, 5.5, 3.75])
    assert of_corridor(tables, "spread_days") == pytest.approx([8, 8, 4, 2, 1, 0.5])
    assert of_corridor(tables, "from_h")[:3] == [0, MONTH_H, MONTH_H + 28 * 24]
    still = played(on_a_line({**table, "feedback": False}))
    assert of_corridor(still, "days") == [30] * 6


def test_trains_under_way_count_once_they_are_later_than_expected():
    """From 16 January on no train departs: at the end of the month those of 16 to 29 January are later than two days.

    By then 15 days of trains were delivered, 24 a day, in two days each (those of two days are on the way), and those
    held up are one hour apart in age, from 15.5 days down to two.
    """
    table = market(lag_months=1, corridor={"expected_days": 2.0})
    closed = section(48, {"2025-01-01": 1e12, "2025-01-16": 0})
    evenly = {"teu_per_year": {2025: 8760 * 100 * 1.25}}
    world = on_a_line({**table, **evenly, "most_share": 0.8}, {"line": closed})
    tables = simulate(world, 1, 0).tables
    offered = tables.trains["offered_h"][tables.trains["offered_h"] < MONTH_H]
    ages = (MONTH_H - offered[offered >= 15 * 24]) / 24
    met = [*[2.0] * int((offered < 15 * 24).sum()), *ages[ages > 2]]
    assert of_corridor(tables, "days")[2] == pytest.approx(np.mean(met))
    assert of_corridor(tables, "spread_days")[2] == pytest.approx(np.std(met))
    assert 3 < np.mean(met) < 10


def test_a_train_goes_or_does_not_and_stays_the_train_it_is():
    """At a smaller share there are fewer trains, all of them among those of the larger, each at its hour."""
    dear = market(corridor={"price_usd_per_teu": 1800})
    few, many = (played(on_a_line(table)).trains for table in (dear, market()))
    assert 0 < len(few) < len(many)
    assert set(few["offered_h"]) <= set(many["offered_h"])
    # 0.31 of 0.8 against 0.5 of 0.8, of 26.3 potential trains a day
    assert len(few) / len(many) == pytest.approx((1 / (1 + math.exp(0.8))) / 0.5, abs=0.03)
    assert len(many) == pytest.approx(1_200_000 * 0.5 / 100 * 181 / 365, rel=0.02)


def test_trains_that_go_in_no_case_are_left_out_and_nobody_else(monkeypatch):
    """Thirty days are expected and two are met, so more and more go: the same as if no train had been left out."""
    regimes = {"paper": paper(keying_h=3, effort_cv=0.5, wrong_share=0.2)}
    other = {key: value for key, value in choosing("line").items() if key != "market"} | {"share_of": {"west": 0.25}}
    del other["departures_cv"], other["month_weights"]
    table = market(lag_months=1, value_of_time_usd_per_teu_day=30)
    flow = choosing("line", "khorgos", regime="paper", declarations_per_train=4)
    places = {"khorgos": border(9, forming_h={"mean": 5, "cv": 0.5})}
    world = on_a_line(table, places, flow=flow, flows={"other": other}, regimes=regimes)
    some = played(world)
    monkeypatch.setattr("sim.model.market.most_going", lambda _, months: np.ones(len(months)))
    every_one = played(world)
    assert some.trains["train"].max() < every_one.trains["train"].max()
    for name in ("choices", "trains", "declarations", "stages"):
        tables = [getattr(found, name).drop(columns="train", errors="ignore") for found in (some, every_one)]
        assert tables[0].equals(tables[1]), name
    assert of_corridor(some, "share")[-1] > 1.2 * of_corridor(some, "share")[0]


def test_who_goes_another_way_because_the_corridor_is_slower_is_told_by_way():
    """Expected are 30 days, met are 60: of what is gained by others in that way the cheaper has more."""
    ways = {"sea": SEA, "north": {"price_usd_per_teu": 2000, "days": 30}}
    table = market(alternatives=ways, value_of_time_usd_per_teu_day=50)
    tables = played(on_a_line(table, {"line": section(60 * 24)}, days=300))
    last = tables.choices[tables.choices["from_h"] == tables.choices["from_h"].max()].set_index("way")
    as_stated, as_met = (shares_in(table, days=days)["corridor"] for days in (30, 60))
    assert sum(of_corridor(tables, "trains")) == len(tables.trains)
    potential = last["potential"]["corridor"]
    gone = last["trains"]["sea"] + last["trains"]["north"]
    assert last["share"]["corridor"] == pytest.approx(as_met)
    assert gone / potential == pytest.approx((as_stated - as_met) / 0.8, abs=0.03)
    assert last["trains"]["corridor"] / potential == pytest.approx(as_met / 0.8, abs=0.03)
    assert last["trains"]["sea"] / gone == pytest.approx(1 / (1 + math.exp(-1)), abs=0.05)


def test_a_flow_that_is_a_share_of_one_of_a_market_takes_of_what_goes():
    other = {key: value for key, value in choosing("other").items() if key != "market"} | {"share_of": {"west": 0.25}}
    del other["departures_cv"], other["month_weights"]
    world = on_a_line(market(), {"other": section(100)}, flows={"other": other})
    tables = played(world)
    counts = tables.trains.groupby("flow", observed=True).size()
    assert counts["other"] / counts.sum() == pytest.approx(0.25, abs=0.02)
    # days met are those of both: 48 and 100 h, three to one
    assert of_corridor(tables, "days")[-1] == of_corridor(tables, "days", "other")[-1]
    assert of_corridor(tables, "days")[2] < 30
    potential = sum(of_corridor(tables, "potential", "other")) / sum(of_corridor(tables, "potential"))
    assert potential == pytest.approx(1 / 3, abs=0.02)


def test_nothing_is_done_for_a_train_that_does_not_go():
    """No paper is handed in and no wagon set is kept for it, ahead of an hour at which it would have come."""
    kinds = {"box": train(wagon_pools=["sets"], ordered_ahead_h=100)}
    pools = {"sets": pool("khorgos", {"yard": 0}, placing_h=0)}
    flow = choosing("khorgos", "yard", regime="paper", declarations_per_train=1)
    places = {"khorgos": border(1), "yard": terminal(1)}
    regimes = {"paper": paper(keying_h=1, lead_h=28 * 24)}
    world = scenario(
        places, {"west": flow}, 120, kinds, wagon_pools=pools, regimes=regimes, markets={"boxes": market()}
    )
    tables = played(world)
    known = set(tables.trains["train"])
    potential = sum(of_corridor(tables, "potential"))
    offered = set(tables.stages["train"]) - known
    assert len(known) < 0.7 * potential
    # papers of trains that come after the end are handed in before it
    assert all(number > max(known) for number in offered)
    assert set(tables.wagon_sets["train"]) - known <= {-1, *range(max(known) + 1, max(known) + 200)}


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_measures_of_a_market(engine):
    """By year and in all: means of the months that begin in it, and trains that went another way."""
    if engine == "compiled":
        pytest.importorskip("wasmtime")
    table = market(lag_months=2, value_of_time_usd_per_teu_day=50, corridor={"expected_days": 1.0, "beyond_days": 3})
    world = on_a_line(table, {"line": section(20 * 24)}, days=300, warmup_days=45)
    run = simulate_on(engine, world, 5, 0)
    tables = run.tables
    kpis = measure_run(run.scenario, run, {"all": (0.0, 7200.0), "january": (0.0, 744.0)})
    value = kpis.set_index(["kpi", "flow", "period"])["value"]
    rows = tables.choices[tables.choices["from_h"].between(0, 7199)]
    of_sea, of_rail = rows[rows["way"] == "sea"], rows[rows["way"] == "corridor"]
    assert value["trains_diverted", "all", "all"] == of_sea["trains"].sum() > 100
    assert value["market_share_sea", "west", "all"] == pytest.approx(of_sea["share"].mean())
    assert value["market_share_corridor", "west", "all"] == pytest.approx(of_rail["share"].mean())
    assert value["expected_days", "west", "all"] == pytest.approx(of_rail["days"].mean())
    assert value["expected_days", "west", "january"] == of_rail["days"].iloc[0] > 4
    assert len(rows) == 20
    assert of_rail["days"].iloc[-1] == pytest.approx(3 + 20, rel=0.05)


def test_scenarios_without_a_market_have_no_measures_of_one():
    world = scenario({"line": section(1)}, {"west": every(1, "line")})
    run = simulate(world, 1, 0)
    kpis = set(measure_run(world, run, {"all": (0.0, 96.0)})["kpi"])
    assert not {kpi for kpi in kpis if kpi.startswith(("market_", "expected_", "trains_diverted"))}
    assert run.tables.choices.empty


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"mt_per_year": {2025: 1}}, "exactly one of teu_per_year, mt_per_year"),
        ({"value_of_time_usd_per_t_day": 1}, "of another unit than the size"),
        ({"value_of_time_usd_per_teu_day": None}, "must state value_of_time_usd_per_teu_day"),
        ({"alternatives": {"sea": {"days": 3}}}, "alternatives.sea must state price_usd_per_teu"),
        ({"alternatives": {"corridor": SEA}}, "must have another name than corridor"),
        ({"alternatives": {"sea": {**SEA, "nest": "water"}}}, "lies in nest water"),
        ({"captive": {"share": 0.1, "without": ["air"]}}, "captive.without names air"),
        ({"captive": {"share": 0.1, "without": ["sea", "corridor"]}}, "leaves no way"),
        ({"most_share": 0.0}, "greater than 0"),
        ({"nests": {"land": 1e-308}}, "greater than or equal to 0.01"),
    ],
)
def test_a_market_that_does_not_fit_is_refused(changes, says):
    with pytest.raises(ValueError, match=says):
        Market.model_validate({**market(), **changes}, strict=False)


def held_back(patience_days, hold, **market_terms):
    """A train each 20 h of those that could come, all of which do, and what keeps most of them at their origin."""
    table = market(**{"feedback": False, "most_share": 0.01, "patience_days": patience_days, **market_terms})
    table |= {"teu_per_year": {2025: 8760 / 20 * 100 / 0.01}}
    flow = choosing("line", **hold)
    return on_a_line(table, days=20, flow=flow)


@pytest.mark.parametrize("engine", ["simpy", "compiled"])
def test_a_train_held_for_longer_than_shippers_wait_goes_another_way(engine):
    """One train under way at a time, two days on the line, one offered each 20 h; 30 h are waited for.

    Offered at 10, 30, 50 and so on. The first is on the line to 58; the second waits 28 h and goes; the third, of 50,
    would go at 106 and is lost at 80, the fourth, of 70, at 100; the fifth, of 90, goes at 106, waited for 16 h.
    """
    if engine == "compiled":
        pytest.importorskip("wasmtime")
    world = held_back(1.25, {"most_trains_under_way": 1})
    run = simulate_on(engine, world, 1, 0)
    trains = run.tables.trains.set_index("train")
    assert run.tables.losses["lost_h"].tolist()[:2] == pytest.approx([80, 100])
    assert trains["entered_h"].tolist()[:2] == pytest.approx([10, 58])
    assert trains.loc[run.tables.losses["train"], ["entered_h", "left_h"]].isna().all(axis=None)
    assert trains["entered_h"].dropna().tolist()[2] == pytest.approx(106)
    held = run.tables.stages.query("activity == 'holding'").set_index("train")
    assert held.loc[2, ["queued_h", "started_h"]].tolist() == pytest.approx([50, 80])
    kpis = measure_run(run.scenario, run, {"all": (0.0, 480.0), "early": (0.0, 90.0)})
    value = kpis.set_index(["kpi", "flow", "period"])["value"]
    assert value["trains_lost", "west", "all"] == len(run.tables.losses) > 5
    assert value["trains_lost", "west", "early"] == 1
    # offered until 90: 10, 30, 50 and 70, of which the first is delivered and the third lost
    assert value["trains_inside", "west", "early"] == 2
    of_all = [
        value[kpi, "all", "all"] for kpi in ("trains_created", "trains_delivered", "trains_inside", "trains_lost")
    ]
    assert of_all[0] == sum(of_all[1:])


@pytest.mark.parametrize("expected_days", [2.0, 10.0])
def test_what_shippers_met_holds_those_who_lost_patience(expected_days):
    """Nobody is let in: each train is lost after three days, with all the days that were expected still before it."""
    terms = {"feedback": True, "corridor": {"expected_days": expected_days}}
    world = held_back(3, {"most_trains_under_way": {"2024-01-01": 0}}, **terms)
    longer = world.model_copy(update={"horizon": world.horizon.model_copy(update={"end": dt.date(2025, 5, 1)})})
    tables = played(longer)
    # at the end of the month those held from two days on, one or two of forty, are of their age
    assert of_corridor(tables, "days")[2] == pytest.approx(3 + expected_days, abs=0.2)
    assert len(tables.losses) > 0 and tables.trains["entered_h"].isna().all()
