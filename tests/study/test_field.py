"""The tables and charts of the field: each number counted another way from the ledger or the measures."""

import datetime as dt

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from commands import called
from experiments import results as formula_results
from matplotlib.backends.backend_agg import FigureCanvasAgg

import sim
from sim.measure.statistics import measure_interval
from sim.runs.results import load_run, write
from sim.scenario.facts import facts
from sim.scenario.reading.read import shipped
from sim.study.field.indicators import indicators
from sim.study.field.release_study import release_study
from sim.study.field.risk import risk
from sim.study.field.telling import greatest_change, telling_flows
from sim.study.field.throughput import throughput_by
from sim.study.field.time_distance import time_distance
from sim.views import plots
from sim.views.plots.clearance import Distribution, mark_ends_outside
from sim.views.plots.release_study import FEWEST_TRAINS, STEPS

CAPTION = "20 of 36 inputs are assumed"
LEDGER = facts(shipped() / "sources.csv")
SHORT = ["horizon.end=2024-07-01", "horizon.warmup_days=15"]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """Paper and Tez over half a year, three replications each, read back from their folders."""
    folder = tmp_path_factory.mktemp("pair")
    found = []
    for name in ("altynkol_paper", "altynkol_tez"):
        write(sim.run(sim.load(name, SHORT), replications=3), folder / name)
        found.append(load_run(folder / name))
    return found


def of_replication_0(results, kpi, place="all", flow="all"):
    rows = results.replications.query("replication == 0 and period == 'all'")
    return rows[(rows["kpi"] == kpi) & (rows["place"] == place) & (rows["flow"] == flow)]["value"].iloc[0]


# Time against distance


def passages(results, *places):
    """The mean passages of some places in each replication, added up."""
    rows = results.replications.query("kpi == 'passage_h' and flow == 'central_asia' and period == 'all'")
    return sum(rows[rows["place"] == place].set_index("replication")["value"] for place in places)


def test_time_along_the_way_is_that_of_all_replications(pair):
    for results in pair:
        table = time_distance(results, "central_asia", "all")
        whole_h = passages(results, "altynkol", "altynkol_saryagash", "saryagash")
        expected = measure_interval(whole_h, 0.95)
        assert table[["mean_h", "ci_low_h", "ci_high_h"]].iloc[-1].tolist() == pytest.approx(
            [expected.mean, expected.low, expected.high]
        )
        days = results.kpis.query("kpi == 'transit_days' and flow == 'central_asia' and period == 'all'")
        assert table["mean_h"].iloc[-1] == pytest.approx(24 * days["mean"].iloc[0], rel=0.02)
        assert table["km"].tolist() == [0, 0, 0, 0, 0, 1331, 1331, 1331, 1331]
        assert (np.diff(table["mean_h"]) >= 0).all()
        assert set(table["replications"]) == {3}
        step = table.set_index(["place", "moment"]).at[("altynkol", "departs"), "mean_h"]
        assert step == pytest.approx(passages(results, "altynkol").mean())


def test_a_journey_begins_when_its_cargo_is_ready():
    """Held back for two days, then half a day at each place; on a line and at sea waits stand where they are."""
    values = {
        **{("passage_h", place, "west", "all", "h"): [12.0] * 3 for place in ("khorgos", "steppe", "caspian")},
        **{("wait_h", place, "west", "all", "h"): [4.0] * 3 for place in ("steppe", "caspian")},
        ("wait_h_yard", "steppe", "west", "all", "h"): [1.0] * 3,
        ("wait_h_berth", "caspian", "west", "all", "h"): [3.0] * 3,
        ("transit_days", "all", "west", "all", "days"): [1.5] * 3,
        ("journey_days", "all", "west", "all", "days"): [3.5] * 3,
    }
    table = time_distance(formula_results("held", values), "west", "all")
    assert table["moment"].tolist()[:3] == ["is ready", "arrives", "departs"]
    assert table["mean_h"].tolist() == [0, 48, 60, 60, 63, 71, 72, 72, 73, 81, 84]


def test_a_flow_without_trains_has_an_empty_table(pair):
    table = time_distance(pair[0], "central_asia", "2024")
    assert not table.empty
    none = sim.run(sim.load("altynkol_tez", ["horizon.end=2024-01-02", "horizon.warmup_days=0"]), replications=2)
    assert time_distance(none, "central_asia", "all").empty
    with pytest.raises(plots.NothingToDraw):
        plots.time_distance_chart([none], CAPTION)


# Time Release Study


def test_the_release_study_is_the_clearance_of_the_measures(pair):
    for results, regime in zip(pair, ("paper", "tez"), strict=True):
        table = release_study(results, "all").query("channel == 'all'").set_index("interval")
        row = table.loc["reception to release"]
        for ours, theirs in (("mean_h", ""), ("p50_h", "_p50"), ("p90_h", "_p90")):
            assert row[ours] == pytest.approx(of_replication_0(results, f"clearance_{regime}_h{theirs}", "altynkol"))
        kpis = results.kpis.query("place == 'altynkol' and flow == 'all' and period == 'all'").set_index("kpi")
        assert row["ci_low_h"] == kpis.at[f"clearance_{regime}_h", "ci_low"]
        assert row["declarations"] == of_replication_0(results, "declarations", "altynkol")
        assert (table["regime"] == regime).all()


def test_the_parts_of_a_release_add_up_and_tez_is_lodged_before(pair):
    paper, tez = (
        release_study(results, "all").query("channel == 'all'").set_index("interval")["mean_h"] for results in pair
    )
    for each in (paper, tez):
        parts = each["reception to lodgement"] + each["lodgement to release"]
        assert parts == pytest.approx(each["reception to release"])
    assert paper["reception to lodgement"] == 0
    assert tez["reception to lodgement"] < -10
    before = [release_study(results, "all")["lodged_before"].iloc[0] for results in pair]
    assert before[0] == 0
    assert 0.9 < before[1] < 1


def test_the_inspection_counts_the_trains_of_two_channels(pair):
    table = release_study(pair[0], "all").query("channel == 'all'").set_index("interval")
    tables = pair[0].tables
    released = tables.declarations[(tables.declarations["released_h"] >= 0)]
    inspected = tables.stages[(tables.stages["activity"] == "inspection") & tables.stages["ended_h"].notna()]
    theirs = released[(released["channel"] != "green") & released["train"].isin(inspected["train"])]
    assert table.at["inspection", "trains"] == len(theirs) > 10
    hours = inspected[inspected["train"].isin(theirs["train"])].eval("ended_h - queued_h")
    assert table.at["inspection", "mean_h"] == pytest.approx(hours.mean())


def test_each_channel_is_a_study_of_its_own(pair):
    table = release_study(pair[0], "all").query("interval == 'reception to release'").set_index("channel")
    released = pair[0].tables.declarations.query("released_h >= 0")
    for channel, rows in released.groupby("channel", observed=True):
        hours = rows["released_h"] - rows["arrived_h"]
        row = table.loc[channel]
        spread = [row[name] for name in ("trains", "mean_h", "sd_h", "min_h", "p50_h", "max_h")]
        assert spread == pytest.approx(
            [len(hours), hours.mean(), hours.std(), hours.min(), hours.median(), hours.max()]
        )
    assert table.at["all", "trains"] == table.drop("all")["trains"].sum()


# Throughput through time


def test_throughput_by_any_step_adds_up_to_the_cargo_delivered(pair):
    results = pair[0]
    trains = results.tables.trains.query("left_h >= 0")
    first, last = dt.date(2024, 1, 1), dt.date(2024, 6, 30)
    for step, steps, full in (("day", 182, 182), ("week", 26, 26), ("month", 6, 6), ("year", 1, 0)):
        table = throughput_by(results, first, last, step)
        assert (len(table), table["full"].sum()) == (steps, full)
        assert table["kt"].sum() == pytest.approx(trains["net_t"].sum() / 1000)
    march = throughput_by(results, dt.date(2024, 3, 1), dt.date(2024, 3, 31), "month", "central_asia", "altynkol")
    left_h = results.tables.stages.query("place == 'altynkol' and not beside").groupby("train")["ended_h"].agg("max")
    assert march["trains"].tolist() == [((left_h >= 24 * 60) & (left_h < 24 * 91)).sum()]


# CAREC


def test_the_indicators_stand_beside_the_last_published_row(pair):
    table = indicators(pair[0], LEDGER, "all").set_index(["indicator", "who"])
    kpis = pair[0].kpis.query("kpi == 'border_dwell_h' and place == 'all' and period == 'all'").set_index("flow")
    assert table.at[("TFI1", "inbound"), "mean"] == pytest.approx(kpis.at["westbound", "mean"])
    assert table.at[("TFI1", "inbound"), "ci_low"] == pytest.approx(kpis.at["westbound", "ci_low"])
    published = table.loc[("TFI1", "inbound"), ["published", "published_year", "fact"]].tolist()
    assert published == [78.0, 2022.0, "P-KZ-IN-2022"]
    assert ("TFI1", "outbound") not in table.index


def test_speed_is_distance_over_time_with_and_without_waits(pair):
    values = pair[1].replications.query("period == 'all' and flow == 'central_asia'")
    by = {
        (kpi, place): one["value"].to_numpy() for (kpi, place), one in values.groupby(["kpi", "place"], observed=True)
    }
    on_line = by["passage_h", "altynkol_saryagash"]
    with_delay = 1331 / (on_line + by["passage_h", "altynkol"])
    without = 1331 / (on_line - by["wait_h", "altynkol_saryagash"])
    table = indicators(pair[1], LEDGER, "all").set_index(["indicator", "who"])
    assert table.at[("SWD", "all"), "mean"] == pytest.approx(with_delay.mean())
    assert table.at[("SWOD", "inbound"), "mean"] == pytest.approx(without.mean())
    assert table.at[("SWD", "all"), "fact"] == "P-ALL-SWD-2022"


# Risk and error


def test_risk_over_replications_and_over_trains(pair):
    table = risk(pair, "transit_days", period="all").set_index(["scenario", "over", "statistic"])
    values = pair[0].replications.query(
        "kpi == 'transit_days' and place == 'all' and flow == 'all' and period == 'all'"
    )
    key = (pair[0].name, "replications")
    assert table.at[(*key, "mean"), "value"] == pytest.approx(values["value"].mean())
    assert table.at[(*key, "p95"), "value"] == pytest.approx(np.quantile(values["value"], 0.95))
    kpis = pair[0].kpis.query("place == 'all' and flow == 'all' and period == 'all'").set_index("kpi")
    assert table.at[(pair[0].name, "trains", "p90"), "ci_high"] == pytest.approx(kpis.at["transit_days_p90", "ci_high"])
    only = risk(pair, "throughput_mt", period="all")
    assert set(only["over"]) == {"replications"}
    assert risk(pair, "voyages_westbound").empty


def test_flows_are_chosen_by_tonnes_and_by_what_changes_most():
    """One has most tonnes, another gains most; over all replications, for one alone is luck."""
    mt = {"a": 9.0, "b": 5.0, "c": 0.1, "d": 1.0}
    days = {"a": [1.0, 1.0, 1.0], "b": [2.0, 9.0, 2.0], "c": [3.0, 3.0, 3.0], "d": [4.0, 4.0, 4.0]}
    gain = {"a": 0.0, "b": -0.1, "c": -2.0, "d": 0.0}

    def run_of(name, share):
        columns = {("throughput_mt", "all", flow, "all", "Mt"): [value] * 3 for flow, value in mt.items()}
        for flow, values in days.items():
            key = ("transit_days", "all", flow, "all", "days")
            columns[key] = [value + share * gain[flow] for value in values]
        return formula_results(name, columns)

    results = [run_of("paper", 0), run_of("tez", 1)]
    assert telling_flows(results[:1], mt) == ["a", "b", "d", "c"]
    assert telling_flows(results, mt) == ["a", "c", "b", "d"]
    assert greatest_change(results, "b", "all") == pytest.approx(0.1)


# Charts


def charts(pair):
    yield plots.time_distance_chart(pair, CAPTION)
    yield plots.release_times(pair, CAPTION, "all")
    yield plots.carec(pair, LEDGER, CAPTION, "all")
    yield plots.smore(pair, "transit_days", caption=CAPTION, period="all")
    yield plots.smore(pair, "border_dwell_h:altynkol", caption=CAPTION, period="all")


def test_every_chart_says_what_it_rests_on_and_keeps_its_texts_inside(pair):
    for figure in charts(pair):
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        caption = figure.get_supxlabel().replace("\n", " ")
        assert "3 replications, 95 % intervals, seed 7" in caption
        assert CAPTION in caption
        for axes in figure.axes:
            for text in (*axes.texts, *axes.get_yticklabels(), axes.xaxis.label):
                if text.get_text():
                    box = text.get_window_extent(renderer)
                    assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1, text.get_text()


def test_the_mean_of_a_handful_is_not_drawn_but_their_number(pair, monkeypatch):
    """The fewest, of the red channel, are a handful here, whatever their number."""
    fewest = 1 + min(table["trains"].min() for table in (release_study(results, "all") for results in pair))
    monkeypatch.setattr("sim.views.plots.release_study.FEWEST_TRAINS", fewest)
    axes = plots.release_times(pair, CAPTION, "all").axes[0]
    table = pd.concat([release_study(results, "all") for results in pair])
    table = table[[key in STEPS.values() for key in zip(table["channel"], table["interval"], strict=True)]]
    few = table["trains"] < fewest
    assert 0 < few.sum() < len(table)
    assert len(axes.patches) == (~few).sum()
    counts = [text.get_text() for text in axes.texts if text.get_text().startswith("n ")]
    assert sorted(counts) == sorted(f"n {trains}" for trains in table["trains"][few])


def test_percentiles_of_three_replications_are_not_drawn(pair):
    figure = plots.smore(pair, "border_dwell_h:altynkol", caption=CAPTION, period="all")
    assert [axes.get_title(loc="left").split(":")[0] for axes in figure.axes] == ["Risk of a shipment"]
    assert "need 20" in figure.get_supxlabel().replace("\n", " ")
    title = " ".join(figure.get_suptitle().split())
    assert title.startswith("Border dwell, Altynkol – Khorgos, all flows, the whole horizon: mean ")
    assert title.count(" h, one train in twenty above ") == 2 and title.count(" h (") == 2, "each number has its unit"
    with pytest.raises(plots.NothingToDraw, match="need 20"):
        plots.smore(pair, "throughput_mt", caption=CAPTION, period="all")


def test_one_border_is_named_and_no_row_is_there_twice(pair):
    figure = plots.carec(pair, LEDGER, CAPTION, "all")
    rows = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
    assert rows == [
        ["Altynkol – Khorgos, inbound"],
        ["charges and time, inbound", "charges alone, inbound"],
        ["charges and time, all trains", "charges alone, all trains"],
        ["with delay (SWD), all trains", "without delay (SWOD), all trains"],
    ]
    title = " ".join(figure.get_suptitle().split())
    assert "(Altynkol – Khorgos, inbound)" in title and title.endswith(
        "over the whole horizon; CPMM had 78.0 hours in 2022"
    )


def test_what_lies_beyond_the_frame_has_an_arrow_at_its_edge(pair):
    axes = plots.release_times(pair, CAPTION, "all").axes[0]
    table = pd.concat([release_study(results, "all") for results in pair])
    table = table[[key in STEPS.values() for key in zip(table["channel"], table["interval"], strict=True)]]
    table = table[table["trains"] >= FEWEST_TRAINS]
    edge_h = axes.get_xlim()[1]
    arrows = [line for line in axes.lines if line.get_marker() == ">"]
    assert sum(len(line.get_xdata()) for line in arrows) == int((table["max_h"] > edge_h).sum())
    figure, (left, _) = plt.subplots(1, 2)
    left.set_xlim(1, 10)
    quantiles = {50: measure_interval(np.array([-30.0, 20.0, 25.0]), 0.95), 90: measure_interval(np.full(3, 5.0), 0.95)}
    mark_ends_outside(left, [Distribution("a", np.ones(3), quantiles, "black", 0)])
    assert [(*line.get_xdata(), *line.get_ydata(), line.get_marker()) for line in left.lines] == [
        (1.0, 50, "<"),
        (10.0, 50, ">"),
    ]
    plt.close(figure)


def test_the_lines_of_the_chart_are_the_rows_of_the_table(pair):
    axes = plots.time_distance_chart(pair, CAPTION, period="all").axes[0]
    lines = [line for line in axes.lines if len(line.get_xdata()) > 2]
    assert len(lines) == 2
    for line, results in zip(lines, pair, strict=True):
        table = time_distance(results, "central_asia", "all")
        assert line.get_xdata().tolist() == table["km"].tolist()
        scale = table["mean_h"].iloc[-1] / line.get_ydata()[-1]
        assert scale in (1, 24)
        assert (line.get_ydata() * scale).tolist() == pytest.approx(table["mean_h"].tolist())


@pytest.mark.painted
def test_the_command_draws_and_writes_the_table(pair, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    days = ("--from", "2024", "--until", "2024-06-30")
    done = called("plot", "--chart", "tfi", *(one.folder for one in pair), *days, "--out", "out")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.split() == [f"out/carec_indicators.{end}" for end in ("csv", "png", "svg")]
    table = pd.read_csv(tmp_path / "out" / "carec_indicators.csv")
    assert table["scenario"].unique().tolist() == [results.name for results in pair]
    assert (tmp_path / "out" / "carec_indicators.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("tdc",), "'tdc' is not one of"),
        (
            ("tcd", "--flow", "central_asa"),
            "--flow: 'central_asa' is not in these results; did you mean 'central_asia'?",
        ),
        (("smore", "--kpi", "transit_dys"), "did you mean 'transit_days'?"),
        (
            ("trs", "--from", "2031"),
            "--from: 2031-01-01 is not in these results, which run from 2024-01-01",
        ),
        (
            ("tcd", "--from", "2024-02"),
            "--until 2024-02-29: this chart shows measures, which are kept by calendar year",
        ),
    ],
)
def test_mistakes_end_in_one_message_and_nothing_is_written(pair, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    kind, *options = arguments
    done = called("plot", "--chart", kind, pair[0].folder, *options, "--out", "out")
    assert done.exit_code == 2
    assert says.lower() in done.stderr.lower()
    assert not list(tmp_path.iterdir())
