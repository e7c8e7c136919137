"""What cargo pays: charges and time by hand, along the way, beside CAREC's figures; and prices that are refused."""

import numpy as np
import pandas as pd
import pytest
from commands import called
from hand_made import resolved, scenario, tables
from matplotlib.backends.backend_agg import FigureCanvasAgg

import sim
from sim.measure.costs import fare, with_costs
from sim.measure.kpis import measure_run
from sim.scenario.checks import prices as price_checks
from sim.scenario.facts import facts
from sim.scenario.reading.read import Reading, shipped
from sim.scenario.schema import Scenario
from sim.study.field.indicators import indicators
from sim.study.field.time_distance import cost_distance, time_distance
from sim.views import plots

LEDGER = facts(shipped() / "sources.csv")
CAPTION = "all inputs are assumed"

PRICES = {
    "section": {"usd_per_t_km": 0.1},
    "border": {"usd_per_teu": 10.0},
    "gauge_change": {"usd_per_wagon": 30.0},
    "port": {"usd_per_t": 2.0},
    "sea": {"usd_per_teu": 50.0, "usd_per_teu_km": 0.1},
    "terminal": {"usd_per_t": 1.0},
    "time": {"usd_per_wagon_day": 24.0},
    "places": {"alat": {"usd_per_t": 3.0}},
}
"""A box train has 80 TEU, 50 wagons and 1,000 t: 20 t of it have 1.6 TEU and 1 wagon, so time costs 1 USD an hour.

A tank train has no TEU, 60 wagons and 3,000 t: 20 t of it have 0.4 wagons.
"""

WEST_USD = 16 + 30 + 600 + 40 + (80 + 64) + 60
"""Border, gauge change, 300 km, Aktau, the crossing of 400 km, Alat."""


def priced(**changes):
    return scenario(prices=PRICES, **changes)


# By hand


def test_the_charges_of_a_route_by_hand():
    west, east = (fare(priced(), name) for name in ("west", "east"))
    assert west.places == ("khorgos", "steppe", "caspian")
    np.testing.assert_allclose(west.before, [0, 0, 40])
    np.testing.assert_allclose(west.way, [0, 600, 144])
    np.testing.assert_allclose(west.after, [46, 0, 60])
    np.testing.assert_allclose(west.up_to(), [[0, 0, 0, 46], [46, 46, 646, 646], [646, 686, 830, 890]])
    assert west.charges.sum() == pytest.approx(WEST_USD)
    assert west.usd_per_h == pytest.approx(1)
    np.testing.assert_allclose(east.charges, [20, 600, 0.4 * 30])
    assert east.usd_per_h == pytest.approx(0.4)
    assert fare(scenario(), "west") is None


def test_no_gauge_change_is_paid_where_the_neighbour_works_it():
    data = resolved(prices=PRICES)
    data["places"]["khorgos"]["gauge_change"]["box"]["directions"] = ["eastbound"]
    assert fare(Scenario.model_validate(data), "west").charges[0] == pytest.approx(16)


def test_eastbound_cargo_meets_the_ports_the_other_way():
    data = resolved(prices=PRICES)
    data["flows"]["back"] = data["flows"]["west"] | {"direction": "eastbound", "route": ["caspian", "steppe"]}
    back = fare(Scenario.model_validate(data), "back")
    assert (back.before[0], back.after[0]) == pytest.approx((60, 40))


SPELLS = [
    (0, "khorgos", "gauge_change", "cranes", 0.0, 1.0, 4.0, False),
    (0, "steppe", "running", "path", 4.0, 4.0, 14.0, False),
    (0, "caspian", "sailing", "weather", 14.0, 20.0, 40.0, False),
    (1, "khorgos", "gauge_change", "cranes", 2.0, 2.0, 10.0, False),
    (1, "steppe", "running", "path", 10.0, 10.0, 18.0, False),
    (1, "caspian", "sailing", "weather", 18.0, 18.0, 30.0, False),
    (2, "yard", "terminal", "terminal_track", 0.0, 0.0, 5.0, False),
    (2, "steppe", "running", "path", 5.0, 5.0, 15.0, False),
    (2, "dostyk", "forming", "crews", 15.0, 15.0, 35.0, False),
]
TRAINS = [
    (0, "west", 0.0, 40.0, 1000, 80, 50),
    (1, "west", 2.0, 30.0, 1000, 80, 50),
    (2, "east", 0.0, 35.0, 3000, 0, 60),
]


def measured(world):
    return measure_run(world, tables(trains=TRAINS, stages=SPELLS), {"all": (0.0, 96.0), "2025": (48.0, 96.0)})


def test_the_measures_of_cost_by_hand():
    before = measured(priced())
    after = with_costs(priced(), before)
    rows = after[after["period"] == "all"].set_index(["kpi", "place", "flow"])["value"]
    west = WEST_USD + (40 + 28) / 2
    east = 632 + 0.4 * 35
    assert rows["cost_usd", "all", "west"] == pytest.approx(west)
    assert rows["cost_usd", "all", "middle"] == pytest.approx(west)
    assert rows["cost_usd", "all", "eastbound"] == pytest.approx(east)
    assert rows["cost_usd", "all", "all"] == pytest.approx((2000 * west + 3000 * east) / 5000)
    assert rows["cost_to_usd", "khorgos", "west"] == pytest.approx(46 + (4 + 8) / 2)
    assert rows["cost_to_usd", "steppe", "west"] == pytest.approx(646 + (14 + 16) / 2)
    assert rows["cost_to_usd", "caspian", "west"] == pytest.approx(west)
    assert rows["border_cost_usd", "khorgos", "west"] == pytest.approx(46 + 6)
    assert rows["border_cost_usd", "dostyk", "all"] == pytest.approx(12 + 0.4 * 20)
    assert rows["border_cost_usd", "all", "all"] == pytest.approx((2000 * 52 + 3000 * 20) / 5000)
    costs = after[after["unit"] == "USD/20 t"]
    assert set(costs["kpi"]) == {"cost_usd", "cost_to_usd", "border_cost_usd"}
    assert set(costs["period"]) == {"all"}, "nothing ends in 2025, and a mean of nothing is not there"


def test_a_handling_pays_its_own_rate_by_hand():
    boxes = {"by_handling": {"box": {"usd_per_t_km": 0.02}}}
    prices = PRICES | {
        "section": PRICES["section"] | boxes,
        "places": {"alat": {"usd_per_t": 3.0, "by_handling": {"box": {"usd_per_t": 1.0}}}},
    }
    west = fare(scenario(prices=prices), "west")
    np.testing.assert_allclose(west.way, [0, 120, 144])
    np.testing.assert_allclose(west.after, [46, 0, 20])
    others = PRICES | {"section": PRICES["section"] | {"by_handling": {"oil": {"usd_per_t_km": 0.02}}}}
    np.testing.assert_allclose(fare(scenario(prices=others), "west").way, [0, 600, 144])
    at_border = ["prices.places.altynkol.usd_per_t=1", "prices.places.altynkol.by_handling.containers.usd_per_t_km=1"]
    with pytest.raises(sim.scenario.reading.read.ScenarioError, match="usd_per_t_km: 'altynkol' has no length"):
        sim.load("altynkol_paper", at_border)


def test_costs_stand_after_the_other_measures_and_leave_them_as_they_are():
    before = measured(priced())
    after = with_costs(priced(), before)
    pd.testing.assert_frame_equal(after.iloc[: len(before)].astype(str), before.astype(str))
    assert list(after["kpi"].cat.categories[-3:]) == ["cost_usd", "cost_to_usd", "border_cost_usd"]
    assert list(after["place"].cat.categories) == list(before["place"].cat.categories)
    assert list(after["period"].cat.categories) == ["all", "2025"]
    plain = measured(scenario())
    assert with_costs(scenario(), plain) is plain


# In runs


SHORT = ["horizon.end=2024-07-01", "horizon.warmup_days=15"]


@pytest.fixture(scope="module")
def pair():
    return [sim.run(sim.load(name, SHORT), replications=3) for name in ("altynkol_paper", "altynkol_tez")]


@pytest.fixture(scope="module")
def unpriced():
    reading = sim.load("altynkol_tez", SHORT)
    data = {key: value for key, value in reading.resolved.items() if key != "prices"}
    return sim.run(Reading("no_prices", Scenario.model_validate(data), data, (), {}), replications=3)


def test_a_kind_of_place_without_a_price_for_all_needs_one_for_each(monkeypatch):
    monkeypatch.setattr(price_checks, "KINDS", [*price_checks.KINDS, "gate"])
    data = {"places": {"tollgate": {"kind": "gate"}}, "flows": {"west": {"route": ["tollgate"]}}, "prices": {}}
    [(path, message)] = price_checks.price_complaints(data)
    assert (path, message) == (("prices",), "has no price for 'tollgate': state prices.places.tollgate")
    data["prices"] = {"places": {"tollgate": {"usd_per_t": 1.0}}}
    assert price_checks.price_complaints(data) == []


def test_prices_change_nothing_else(pair, unpriced):
    ours, theirs = (results.replications.astype({"kpi": str}) for results in (pair[1], unpriced))
    ours = ours[ours["unit"] != "USD/20 t"].reset_index(drop=True)
    assert len(theirs) < len(pair[1].replications)
    assert ours.astype(str).equals(theirs.astype(str))
    for name in ("trains", "stages", "declarations", "wagon_sets"):
        assert getattr(pair[1].tables, name).equals(getattr(unpriced.tables, name))


def of(results, kpi, place="all", flow="central_asia"):
    kpis = results.kpis
    chosen = (kpis["kpi"] == kpi) & (kpis["place"] == place) & (kpis["flow"] == flow) & (kpis["period"] == "all")
    return kpis[chosen].iloc[0]


DAY_USD = (90 * 5 + 48 * 25) * 20 / 1386
"""20 t of a train of 90 TEU, 48 wagons and 1,386 t."""
CHARGES_USD = 20 * (0.0214 * 1331 + 1.19 + 14.46 + 2)


def test_a_run_costs_its_charges_and_its_time(pair):
    for results in pair:
        cost, days = of(results, "cost_usd"), of(results, "transit_days")
        for column in ("mean", "ci_low", "ci_high", "p10", "p90"):
            assert cost[column] == pytest.approx(CHARGES_USD + DAY_USD * days[column])
        assert cost["ci_high"] > cost["ci_low"]
        assert cost["unit"] == "USD/20 t"
    saved = of(pair[0], "cost_usd")["mean"] - of(pair[1], "cost_usd")["mean"]
    assert saved == pytest.approx(DAY_USD * (of(pair[0], "transit_days")["mean"] - of(pair[1], "transit_days")["mean"]))
    assert saved > 0


def test_cost_along_the_way_is_charges_and_hours(pair):
    for results in pair:
        cost, time = (table(results, "central_asia", "all") for table in (cost_distance, time_distance))
        time = time.iloc[1:].reset_index(drop=True)
        assert cost[["place", "km", "moment"]].reset_index(drop=True).equals(time[["place", "km", "moment"]])
        border, way = 20 * (1.19 + 14.46), 20 * 0.0214 * 1331
        charges = [0, border, border, border, border + way, border + way, border + way, CHARGES_USD]
        assert cost["charges_usd"].tolist() == pytest.approx(charges)
        for name in ("mean", "ci_low", "ci_high"):
            assert (cost[f"{name}_usd"] - cost["charges_usd"]).tolist() == pytest.approx(
                (DAY_USD / 24 * time[f"{name}_h"]).tolist()
            )
        end = cost.iloc[-1]
        assert end["ci_high_usd"] - end["ci_low_usd"] > 1, "delay costs money, so the band is not nil"
        whole = results.kpis.query("kpi == 'cost_usd' and flow == 'all' and period == 'all'")
        assert end["mean_usd"] == pytest.approx(whole["mean"].iloc[0], rel=0.01)


def test_carecs_costs_have_their_intervals_beside_the_published_row(pair):
    for results in pair:
        table = indicators(results, LEDGER, "all").set_index(["indicator", "who"])
        dwell = of(results, "border_dwell_h", flow="all")
        for column in ("mean", "ci_low", "ci_high"):
            assert table.at[("TFI2", "all"), column] == pytest.approx(313 + DAY_USD / 24 * dwell[column], abs=0.1)
        assert table.at[("TFI2 charges", "inbound"), "mean"] == pytest.approx(313, abs=0.1)
        assert table.loc[("TFI2", "inbound"), ["published", "published_year", "fact"]].tolist() == [
            313.0,
            2022.0,
            "P-KZ-TFI2",
        ]
        hours = of(results, "passage_h", "altynkol")["mean"] + of(results, "passage_h", "altynkol_saryagash")["mean"]
        rail = CHARGES_USD - 20 * 2 + DAY_USD / 24 * hours
        assert table.at[("TFI3", "all"), "mean"] == pytest.approx(500 * rail / 1331)
        assert table.at[("TFI3 charges", "all"), "mean"] == pytest.approx(500 * (CHARGES_USD - 40) / 1331)
        assert table.at[("TFI3", "all"), "fact"] == "P-KZ-TFI3"
        assert ("TFI2", "outbound") not in table.index


def test_without_prices_there_are_no_costs_and_the_charts_say_so(unpriced):
    assert not unpriced.kpis["unit"].str.startswith("USD").any()
    assert cost_distance(unpriced, "central_asia").empty
    table = indicators(unpriced, LEDGER, "all").set_index("indicator")
    assert table.loc[["TFI2", "TFI3"], "mean"].isna().all()
    assert "TFI2 charges" not in table.index
    along, carec = plots.time_distance_chart([unpriced], CAPTION), plots.carec([unpriced], LEDGER, CAPTION, "all")
    for figure, panels in ((along, 1), (carec, 2)):
        assert len(figure.axes) == panels
        assert "the scenario has no prices" in figure.get_supxlabel().replace("\n", " ")


# Charts


def charts(pair, unpriced):
    yield plots.time_distance_chart([*pair, unpriced], CAPTION)
    yield plots.carec([*pair, unpriced], LEDGER, CAPTION, "all")


def test_the_charts_say_what_is_assumed_and_who_has_no_prices(pair, unpriced):
    for figure in charts(pair, unpriced):
        caption = figure.get_supxlabel().replace("\n", " ")
        assert "what a forwarder pays for 20 t of cargo" in caption and "not calibrated" in caption
        assert "; derived from published figures: section; assumed: border, gauge change, terminal, time;" in caption
        assert "; no prices: no_prices" in caption
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        for axes in figure.axes:
            for text in (*axes.texts, *axes.get_yticklabels(), axes.xaxis.label, *legend_texts(axes)):
                if text.get_text():
                    box = text.get_window_extent(renderer)
                    assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1, text.get_text()


def legend_texts(axes):
    return axes.get_legend().get_texts() if axes.get_legend() else []


def test_the_lines_of_cost_are_the_rows_of_the_table(pair, unpriced):
    above, below = plots.time_distance_chart([*pair, unpriced], CAPTION, period="all").axes
    assert len([line for line in above.lines if len(line.get_xdata()) > 2]) == 3
    drawn = [line.get_ydata().tolist() for line in below.lines if len(line.get_xdata()) > 2]
    tables_drawn = [cost_distance(results, "central_asia", "all") for results in pair]
    assert drawn == [
        pytest.approx(table[column].tolist()) for table in tables_drawn for column in ("mean_usd", "charges_usd")
    ]
    label = above.get_legend_handles_labels()[1][0].replace("\n", " ")
    assert f"charges alone {tables_drawn[0]['charges_usd'].iloc[-1]:,.0f} USD (thin)" in label
    assert len(below.collections) >= 2


# Shipped prices


def test_shipped_prices_follow_from_their_facts():
    border, rail, all_rail = (float(LEDGER[each].value) for each in ("P-KZ-TFI2", "P-KZ-TFI3", "R-DIST-DS"))
    share = float(LEDGER["P-KZ-TFI2-DOS-2020"].value) / float(LEDGER["P-KZ-TFI2-2020"].value)
    for name in ("altynkol_paper", "base", "2030_target", "cku_opens"):
        prices = sim.load(name).scenario.prices
        assert prices.border.usd_per_t == pytest.approx(border * (1 - share) / 20, abs=0.005)
        assert prices.gauge_change.usd_per_t == pytest.approx(border * share / 20, abs=0.005)
        boxes_usd_per_t_km = float(LEDGER["PR-ERAI-H1-2025"].value) / float(LEDGER["X-UTLC-LEN"].value) / 28
        if name == "altynkol_paper":
            assert prices.section.usd_per_t_km == pytest.approx(boxes_usd_per_t_km, abs=0.00005)
            continue
        assert prices.section.usd_per_t_km == pytest.approx((rail / 500 - border / all_rail) / 20, abs=0.00005)
        abroad = prices.places["alat_absheron"]
        wagon_loads = float(LEDGER["P-ALL-TFI3-2022"].value) / 500 - border / all_rail
        assert abroad.usd_per_t_km == pytest.approx(wagon_loads / 20, abs=0.00005)
        for charge in (prices.section, abroad):
            assert charge.by_handling["containers"].usd_per_t_km == pytest.approx(boxes_usd_per_t_km, abs=0.00005)


def test_a_published_rate_stands_beside_the_model():
    row = sim.load("corridor_2024").scenario.published["cost_to_aktau"]
    rate = LEDGER["K-40HQ"]
    assert (row.low, row.high) == (float(rate.low), float(rate.high)), "a box of 28 t, where the measure has 20 t"
    assert (row.used_for, row.flow) == ("validation", f"{28 / 20:g} titr_containers_other")


# Refusals


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "prices.section.usd_per_tkm=0.1",
            "prices.section.usd_per_tkm: is not a key of [prices.section]; did you mean",
        ),
        ("prices.port.usd_per_day=1.0", "prices.port.usd_per_day: is not a key of [prices.port]"),
        ("prices.places.saryagsh.usd_per_t=1.0", "is not a place or port of the scenario; did you mean 'saryagash'?"),
        ("prices.places.altynkol.usd_per_t_km=0.1", "'altynkol' has no length; only a section or a sea crossing has"),
        (
            "prices.section.by_handling.boxes.usd_per_t_km=0.1",
            "'boxes' is not a handling of the scenario; it has containers",
        ),
        ("prices.section.usd_per_t_km=-0.1", "prices.section.usd_per_t_km: must be at least 0 (got -0.0786)"),
        ("prices.time.usd_per_wagon_day='x'", "must be a number (got 'x')"),
    ],
)
def test_a_price_that_cannot_be_is_refused_in_one_line(change, says):
    with pytest.raises(sim.scenario.reading.read.ScenarioError) as refused:
        sim.load("altynkol_paper", [change])
    [line] = str(refused.value).splitlines()
    assert says in line


def price_file(tmp_path, old, new):
    text = (shipped() / "altynkol_paper.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "mine.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_a_place_without_a_price_is_refused(tmp_path):
    path = price_file(tmp_path, "[prices.terminal]", "[prices.places.altynkol]")
    done = called("check", path)
    assert done.exit_code == 2
    assert "prices: has no price for 'saryagash': state prices.terminal or prices.places.saryagash" in done.stderr
    assert len(done.stderr.splitlines()) == 2 and "1 problem; nothing was run" in done.stderr
    fit = price_file(tmp_path, "[prices.terminal]", "[prices.places.saryagash]")
    assert sim.load(fit).scenario.prices.terminal is None


def test_a_charge_of_nothing_is_refused(tmp_path):
    text = "usd_per_t = 2.0\nsources.usd_per_t = "
    path = price_file(tmp_path, text, "sources.all = ")
    with pytest.raises(
        sim.scenario.reading.read.ScenarioError, match=r"must state at least one of usd_per_teu.*free of charge is 0"
    ):
        sim.load(path)
