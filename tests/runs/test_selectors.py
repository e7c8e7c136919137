"""What a notebook asks of results: one measure with its interval, differences, rows once each, moments, short words."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sim
from sim.measure.estimate import Estimate
from sim.model.simulate import simulate
from sim.runs.results import OUTLOOK
from sim.scenario.addresses import Address


@pytest.fixture(scope="module")
def pair():
    return [sim.run(name, replications=3) for name in ("altynkol_paper", "altynkol_tez")]


@pytest.fixture(scope="module")
def corridor():
    return sim.run(sim.load("2030_target").set({"horizon.start": "2030-01-01"}), replications=1)


def row(table, **words):
    mask = np.logical_and.reduce([table[column] == word for column, word in words.items()])
    return table[mask].iloc[0]


def test_a_measure_is_that_of_the_table_by_words_or_by_address(pair):
    paper, _ = pair
    dwell = paper.kpi("border_dwell_h", place="altynkol", year=2024)
    expected = row(paper.kpis, kpi="border_dwell_h", place="altynkol", flow="all", period="2024")
    assert (dwell.mean, dwell.low, dwell.high) == pytest.approx(
        tuple(expected[["mean", "ci_low", "ci_high"]]), rel=1e-12
    )
    assert (dwell.n, dwell.unit, dwell.level, float(dwell)) == (3, "h", 0.95, dwell.mean)
    assert paper.kpi("border_dwell_h:altynkol", year="all") == paper.kpi("border_dwell_h:altynkol:all:all")
    assert paper.kpi("border_dwell_h", place="altynkol", year="all").period == "all"
    assert paper.kpi("throughput_mt", year="all").period == "all"
    assert (dwell.kpi, dwell.place, dwell.flow, dwell.period) == ("border_dwell_h", "altynkol", "all", "2024")
    for same in ("border_dwell_h:altynkol:all:2024", "border_dwell_h:altynkol:central_asia"):
        assert paper.kpi(same).mean == dwell.mean
    assert paper.kpi("border_dwell_h", place="altynkol", year="all").mean != paper.kpi("throughput_mt").mean
    share = paper.kpi("utilisation_placing", place="platforms")
    assert share.high <= 1


def test_two_measures_are_subtracted_replication_by_replication(pair):
    paper, tez = pair
    change = tez.kpi("border_dwell_h", place="altynkol") - paper.kpi("border_dwell_h", place="altynkol")
    expected = row(sim.compare(paper, tez), kpi="border_dwell_h", place="altynkol", flow="all", period="2024")
    numbers = (change.mean, change.low, change.high, change.n)
    assert numbers == pytest.approx(tuple(expected[["difference", "ci_low", "ci_high", "replications"]]), rel=1e-9)
    assert repr(change).startswith(
        "border_dwell_h:altynkol:all:2024 of altynkol_tez less border_dwell_h:altynkol:all:2024 of altynkol_paper: "
    )
    assert change.low < 0, "a difference is not cut at zero"
    assert change.high - change.low < 1, "the luck that both share is gone"


@pytest.mark.parametrize(
    ("mean", "low", "high", "n", "words"),
    [
        (49.31, 44.17, 54.44, 4, "49.3 h [44.2, 54.4] (n 4, 95 %)"),
        (-4.7762, -4.8681, -4.6843, 4, "-4.776 h [-4.868, -4.684] (n 4, 95 %)"),
        (84550.0, 82159.0, 86941.0, 4, "84550 h [82159, 86941] (n 4, 95 %)"),
        (0.0, 0.0, 0.0, 4, "0.0 h [0.0, 0.0] (n 4, 95 %)"),
        (2.5, np.nan, np.nan, 2, "2.500 h (n 2: no interval from fewer than 3 replications)"),
    ],
)
def test_a_measure_is_shown_with_the_digits_that_it_bears(mean, low, high, n, words):
    dwell = Estimate(mean, low, high, n, "h", 0.95, {}, n, 1, Address("dwell_h", "b", "all", "2024"), "tez", {})
    assert repr(dwell) == f"dwell_h:b:all:2024 of tez: {words}"


@pytest.mark.parametrize(
    ("kpi", "words", "message"),
    [
        ("border_dwel_h", {}, "did you mean 'border_dwell_h'"),
        ("border_dwell_h", {"place": "altynkoll"}, "did you mean 'altynkol'"),
        ("throughput_mt", {"year": 2031}, "'2031' is no period of the scenario: 2024"),
        ("throughput_mt", {"year": 2024.5}, "year must be a year, or 'all'"),
        ("throughput_mt", {"flow": 7}, "flow must be a text"),
        ("border_dwell_h:altynkol", {"place": "saryagash"}, "has the place 'altynkol', and 'saryagash' is asked for"),
        ("border_dwell_h:altynkol:all:2024", {"year": "all"}, "has the period '2024', and 'all' is asked for"),
        ("border_dwell_h:altynkol", {"year": 2030}, "'2030' is no period of the scenario: 2024"),
        ("border_dwell_h", {"place": "dostyk"}, "'dostyk' is no place of the scenario: all, altynkol, "),
        ("border_dwell_h", {"flow": "central asia"}, "'central asia' is no flow .* did you mean 'central_asia'"),
        ("throughput_mt", {"flow": "eastbound"}, "no flow of the scenario is 'eastbound'"),
    ],
)
def test_a_measure_that_is_not_there_is_refused_in_words(pair, kpi, words, message):
    with pytest.raises(sim.CorridorError, match=message):
        pair[0].kpi(kpi, **words)


def test_a_measure_that_nothing_was_counted_for_is_there_all_the_same():
    day = sim.run(sim.load("altynkol_tez").set({"horizon.end": "2024-01-02", "horizon.warmup_days": 0}), replications=1)
    with pytest.raises(sim.CorridorError, match="in no replication: border_dwell_h had nothing to count"):
        day.kpi("border_dwell_h", place="altynkol")


def test_figures_refuse_in_words(pair):
    for draw, message in (
        (lambda: sim.plots.smore(pair, "border_dwell_h", "altynkol"), "smore: too many positional arguments"),
        (lambda: sim.plots.smore(pair, "dwell"), "did you mean 'border_dwell_h'"),
        (lambda: sim.plots.smore(pair, "border_dwell_h:altynkol", place="dostyk"), "'dostyk' is asked for"),
        (lambda: sim.plots.queues(pair[0], place="altynkoll"), "no place 'altynkoll'; did you mean 'altynkol'"),
        (lambda: sim.load('title = "A"\n' * 99), "is neither a name nor a path"),
        (lambda: sim.plots.where_time_goes(pair[0].kpis), "results are what run returns, .* .got a DataFrame"),
        (lambda: sim.compare("altynkol_paper", "altynkol_tez"), "no readable manifest.json; it is a scenario: run it"),
        (lambda: sim.export(pair[0], "t.csv"), "did you mean 't_csv', a folder"),
        (lambda: sim.plots.queues(pair), r"draws one run .got 2."),
        (lambda: sim.plots.throughput(pair, "titr"), "no throughput of a corridor 'titr'; there are all"),
        (lambda: sim.run("altynkol_tez", measures=["late"]), "measures must be functions by name, a dict; .*a list"),
        (lambda: pair[0].kpi("throughput_mt") - [], "less another measure, not a list: take its mean"),
        (lambda: pair[0].kpi("throughput_mt") / 2, "throughput_mt:all:all:.*subtracted, and no more; .*float.measure."),
        (lambda: pair[0].kpi("throughput_mt") < 3, "subtracted, and no more"),
        (lambda: sim.sweep("altynkol_tez", {"wagon_pools.platforms.sets": 80}), "in Python .1, 3. .got 80."),
        (lambda: sim.load("a" * 5000), "is neither a name nor a path"),
        (lambda: pair[0].reading.set(sets=60), "set: has no argument 'sets'"),
        (lambda: pair[0].kpis_at("border_dwell_h", place="saryagash"), "border_dwell_h has all:central_asia"),
    ):
        with pytest.raises(sim.CorridorError, match=message):
            draw()


def test_measures_that_do_not_pair_have_no_difference(pair):
    paper, tez = pair
    dwell = paper.kpi("border_dwell_h", place="altynkol")
    other_seed = sim.run("altynkol_tez", replications=3, seed=99).kpi("border_dwell_h", place="altynkol")
    fewer = sim.run("altynkol_tez", replications=2).kpi("border_dwell_h", place="altynkol")
    rivals = (tez.kpi("throughput_mt"), "different units"), (other_seed, "different seeds"), (fewer, "numbers of repl")
    namesake = sim.run(sim.load("altynkol_tez", name=paper.name), replications=3).kpi(
        "border_dwell_h", place="altynkol"
    )
    for rival, message in (*rivals, (namesake, "two scenarios are called 'altynkol_paper'"), (3, "take its mean")):
        with pytest.raises(sim.CorridorError, match=message):
            dwell - rival


def test_what_compare_refuses_for_its_days_has_no_difference(pair):
    run = pair[0]
    short = sim.run(sim.load("altynkol_paper").set({"horizon.end": "2024-03-01"}), replications=3)
    later = sim.run(short.reading.set({"horizon.start": "2024-02-01", "horizon.end": "2025-02-01"}), replications=3)
    assert (
        {*short.kpis_at("border_dwell_h")["period"]}
        == {short.kpi("border_dwell_h", place="altynkol").period}
        == {"all"}
    )
    for rival in (short, later):
        with pytest.raises(sim.CorridorError, match="no period of the same days in common"):
            sim.compare(run, rival)
        with pytest.raises(sim.CorridorError, match="no period of the same days in common"):
            rival.kpi("throughput_mt") - run.kpi("throughput_mt")
    longer = sim.run(run.reading.set({"horizon.end": "2025-02-01"}), replications=3)
    with pytest.raises(sim.CorridorError, match="2025 and 2024 are other days"):
        longer.kpi("throughput_mt", year=2025) - run.kpi("throughput_mt")
    assert (longer.kpi("throughput_mt", year=2024) - run.kpi("throughput_mt")).n == 3
    assert (longer.kpi("throughput_mt", year=2025) - longer.kpi("throughput_mt", year=2024)).mean < 0


def numbers(table):
    """KPI and mean of each row, but for the last bits."""
    return {*zip(table["kpi"], table["mean"].map("{:.9g}".format).astype(float), strict=True)}


def test_rows_stand_once_each_and_none_is_lost(pair, corridor):
    paper, _ = pair
    once = paper.kpis_at("border_dwell_h")
    assert once[["place", "flow", "period"]].values.tolist() == [["altynkol", "all", "2024"]]
    assert len(paper.kpis_at()) < len(paper.kpis) / 3
    assert not {"scenario", *OUTLOOK} & {*once}
    # With many flows and borders nothing but names of the same trains goes: every number is still there.
    for table in (paper, corridor):
        whole, kept = numbers(table.kpis), numbers(table.kpis_at())
        assert {(kpi, mean) for kpi, mean in whole if mean} <= kept
    at_altynkol = corridor.kpis_at("border_dwell_h", place="altynkol", year=2030)
    assert {"all", "titr", "titr_containers_west"} <= {*at_altynkol["flow"]}
    assert at_altynkol["mean"].nunique() == len(at_altynkol)


def test_what_no_row_has_is_refused(pair):
    for words, message in (
        ({"kpi": "border_dwel_h"}, "did you mean 'border_dwell_h'"),
        ({"place": "dostyk"}, "'dostyk' is no place"),
        ({"year": 1999}, "'1999' is no period"),
        ({"kpi": "throughput_mt", "flow": "eastbound"}, "no flow of the scenario is 'eastbound'"),
    ):
        with pytest.raises(sim.CorridorError, match=message):
            pair[0].kpis_at(**words)


def test_the_ledger_has_a_moment_beside_each_hour(pair):
    paper, _ = pair
    start = pd.Timestamp(paper.scenario.horizon.start, tz="UTC")
    for name in ("trains", "stages", "declarations", "wagon_sets", "capacity", "stays", "voyages"):
        dated = paper.ledger(name)
        plain = getattr(paper.tables, name)
        pd.testing.assert_frame_equal(dated[[*plain]], plain)
        for hours, moments in itertools.pairwise(dated):
            if hours.endswith("_h") and hours != "worked_h":
                lag = (dated[moments] - start).dt.total_seconds() / 3600 - dated[hours]
                assert lag.abs().max() <= 0.5 / 3600 or dated[hours].isna().all()
                assert (dated[moments].isna() == dated[hours].isna()).all()
    with pytest.raises(sim.CorridorError, match="'stage' is no table of the ledger"):
        paper.ledger("stage")


def test_the_ledger_of_another_replication_is_that_of_its_run(pair):
    paper, _ = pair
    expected = simulate(paper.scenario, paper.manifest["seed"], 1).tables.trains
    pd.testing.assert_frame_equal(paper.ledger("trains", replication=1)[[*expected]], expected)
    assert not expected["left_h"].equals(paper.tables.trains["left_h"])
    with pytest.raises(sim.CorridorError, match="there is no replication 9: they are 0 to"):
        paper.ledger("trains", replication=9)


def test_what_was_run_stays_as_it_came_out(pair):
    paper, _ = pair
    before = paper.kpi("border_dwell_h:altynkol")
    replications, kpis = paper.replications, paper.kpis
    replications.loc[:, "value"] = 0.0
    kpis.loc[:, "mean"] = 0.0
    assert paper.kpi("border_dwell_h:altynkol") == before and before.mean > 0
    assert paper.kpis["mean"].max() > 0
    assert paper.published is not paper.published


def test_what_a_notebook_shows_is_short(pair):
    paper, _ = pair
    assert len(repr(paper.tables)) < 250
    assert f"stages {len(paper.tables.stages):,} rows" in repr(paper.tables)
    html = paper._repr_html_()
    assert html.count("<tr") <= 8
    assert "border_dwell_h" in html
    assert "altynkol_paper" in html
    assert "<b>" in paper.reading._repr_html_()
    changed = sim.load("altynkol_tez").set({"title": "<script>"})
    assert "<script>" not in changed._repr_html_()


def test_figures_of_one_run_take_it_in_a_list_and_throughput_needs_no_corridor(pair):
    titles = [sim.plots.queues(several, place="altynkol").get_suptitle() for several in (pair[0], pair[:1])]
    assert titles[0] == titles[1]
    assert "All flows" in sim.plots.throughput(pair).get_suptitle()


def test_a_comparison_names_both_sides(pair):
    assert repr(sim.comparison(*pair)).startswith("<Contest of altynkol_tez against altynkol_paper: 3 replications")


def test_measures_are_listed(pair):
    listed = sim.kpis("altynkol_tez")
    assert {*pair[1].kpis["kpi"]} <= {*listed["kpi"]}
    units = dict(zip(listed["kpi"], listed["unit"], strict=True))
    assert all(units[kpi] == unit for kpi, unit in zip(pair[1].kpis["kpi"], pair[1].kpis["unit"], strict=True))
    assert "wait_h_<cause>" in [*sim.kpis()["kpi"]] and "wait_h_ferry" not in units


def test_results_are_saved_and_read_back(pair, tmp_path):
    paper, _ = pair
    assert paper.save(str(tmp_path / "kept")) == tmp_path / "kept"
    again = sim.load_results(tmp_path / "kept")
    assert again.kpi("throughput_mt") == paper.kpi("throughput_mt")
    with pytest.raises(sim.CorridorError, match="folder must be a name or a path"):
        paper.save(7)
    with pytest.warns(UserWarning, match="the run of another scenario, altynkol_paper, is replaced"):
        pair[1].save(tmp_path / "kept")


def test_a_comparison_is_an_answer_that_can_be_asked_kept_and_handed_on(pair, tmp_path):
    paper, tez = pair
    answer = sim.comparison(paper, tez)
    assert sim.headline(answer).answer == sim.headline(paper, tez).answer
    dwell = answer.differences_at("border_dwell_h", place="altynkol", year=2024)
    assert dwell[["kpi", "place", "flow", "period"]].to_numpy().tolist() == [
        ["border_dwell_h", "altynkol", "all", "2024"]
    ]
    assert (
        dwell["difference"].iloc[0]
        == (tez.kpi("border_dwell_h", place="altynkol") - paper.kpi("border_dwell_h", place="altynkol")).mean
    )
    assert (
        len(
            sim.comparison(
                paper, tez, sim.run(tez.reading.set({"study.seed": 7}, name="c"), replications=3)
            ).differences_at("border_dwell_h", place="altynkol", year=2024)
        )
        == 2
    )
    assert sim.load_results(answer.save(tmp_path / "kept")).name == paper.name
    assert sim.export(answer, tmp_path / "kept.xlsx").exists()
    table = sim.compare(paper, tez)
    for refused in (lambda: sim.export(table, tmp_path / "d.xlsx"), lambda: sim.plots.differences(table)):
        with pytest.raises(sim.CorridorError, match=r"sim\.comparison\(a, b\)"):
            refused()


def test_a_measure_is_formatted_as_a_number(pair):
    dwell = pair[0].kpi("border_dwell_h", place="altynkol")
    assert f"{dwell:.1f}" == f"{dwell.mean:.1f}" and f"{dwell}" == str(dwell)
    with pytest.raises(sim.CorridorError, match="has no argument 'period'; it has kpi, place, flow, year"):
        pair[0].kpi("border_dwell_h", period=2024)


@pytest.mark.parametrize("name", ["t.xlsx", "t_csv", "t.ocel.json", "t.xes.gz", "t.geojson"])
def test_results_are_handed_on_by_the_end_of_the_path(pair, tmp_path, name):
    assert sim.export(pair[1], tmp_path / name).exists()
    if name == "t.xes.gz":
        with pytest.raises(sim.CorridorError, match="path must end in"):
            sim.export(pair[1], tmp_path / "t.doc")


def test_a_sweep_has_its_replications_beside_the_factors_so_that_points_pair(tmp_path):
    short = sim.load("altynkol_tez").set({"horizon.end": "2024-03-01", "horizon.warmup_days": 10})
    factors = {"wagon_pools.platforms.sets": [80, 100], "places.altynkol.forming.crews": [3, 4]}
    swept = sim.sweep(short, factors, measures=["border_dwell_h:altynkol:all:all"], replications=3)
    at_points = swept.kpis_at("border_dwell_h", place="altynkol", year="all")
    assert at_points[[*factors]].to_numpy().tolist() == [[80, 3], [80, 4], [100, 3], [100, 4]]
    dwells = [swept.kpi("border_dwell_h", point, place="altynkol", year="all") for point in range(4)]
    assert [dwell.mean for dwell in dwells] == pytest.approx(at_points["mean"].tolist())
    assert [dwell.low for dwell in dwells] == pytest.approx(at_points["ci_low"].tolist())
    assert f"altynkol_tez_end_2024-03-01_warmup_days_10, point 3 less {dwells[0].address}" in repr(
        dwells[3] - dwells[0]
    )
    for kpi, point, message in (("transit_days", 0, "was not drawn"), (dwells[0].kpi, 4, "there is no point 4")):
        with pytest.raises(sim.CorridorError, match=message):
            swept.kpi(kpi, point)
    assert {"mean", "ci_low", "ci_high"} < {*at_points}
    tidy = swept.tidy
    assert [*tidy] == ["point", *factors, "replication", "kpi", "place", "flow", "period", "unit", "value"]
    assert len(tidy) == 4 * 3
    alone = sim.run(short.set({key: values[1] for key, values in factors.items()}), replications=3)
    last = tidy[tidy["point"] == 3].set_index("replication")["value"].to_dict()
    assert last == dict(alone.kpi("border_dwell_h", place="altynkol", year="all").values)
    pd.testing.assert_frame_equal(
        sim.load_results(swept.save(tmp_path / "swept")).tidy, tidy, rtol=1e-5, check_dtype=False
    )


def test_figures_make_their_captions_and_take_folders(pair, tmp_path):
    folders = [str(run.save(tmp_path / run.name)) for run in pair]
    figure = sim.plots.where_time_goes(folders)
    words = " ".join(" ".join(text.get_text().split()) for text in figure.texts)
    assert "inputs are assumed" in words
    assert sim.plots.save(figure, str(tmp_path), "time")[0].is_file()
    assert {*dir(sim.plots)} == {*sim.plots.__all__}


def test_the_package_says_what_there_is_and_what_to_cite():
    cff = (Path(__file__).parents[2] / "CITATION.cff").read_text(encoding="utf-8")
    assert f"version: {sim.__version__}\n" in cff
    for words in ("Corridor Simulator contributors", sim.__version__):
        assert words in sim.cite()
        assert words in cff
    assert sim.scenarios()["altynkol_tez"] == sim.load("altynkol_tez").scenario.title
    assert all(sim.load(name) for name in sim.scenarios() if name.startswith("altynkol"))
