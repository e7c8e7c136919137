"""Two results against each other: paired by replication, and refused when they do not pair."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from experiments import DAYS, HOURS, KEYS, TONNES, A, B, results
from hand_made import resolved, scenario

from sim.measure.statistics import interval
from sim.runs.answer import cell_kind, read_frame, write_csv_table
from sim.runs.replicate import replicate
from sim.runs.results import gather
from sim.scenario.meaning import last_full_year
from sim.scenario.reading.opening import load
from sim.study.compare.arms import CompareError, check_only_regimes_differ
from sim.study.compare.compare import compare, headline_rows
from sim.views.differences import difference_words
from sim.views.sheets.sheet import records


def test_differences_are_second_minus_first_by_replication():
    found = compare(results("a", A), results("b", B)).set_index("kpi")
    assert list(found.columns) == [
        *KEYS[1:],
        "replications",
        "mean_a",
        "mean_b",
        "difference",
        "ci_low",
        "ci_high",
        "significant",
    ]
    tonnes = found.loc["throughput_mt"]
    expected = interval([0.5, 0.4, 0.6], 0.95)
    assert (tonnes["mean_a"], tonnes["mean_b"], tonnes["replications"]) == (2.0, pytest.approx(2.5), 3)
    assert tonnes["difference"] == pytest.approx(0.5)
    assert (tonnes["ci_low"], tonnes["ci_high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    assert expected.low == pytest.approx(0.5 - 4.3026527 * 0.1 / 3**0.5)
    assert found.loc["clearance_h", "difference"] == pytest.approx(-2 / 3)


def test_a_difference_is_significant_when_its_interval_excludes_zero():
    found = compare(results("a", A), results("b", B)).set_index("kpi")["significant"]
    assert found.to_dict() == {"throughput_mt": True, "clearance_h": False}
    less = compare(results("a", B), results("b", A)).set_index("kpi")["significant"]
    assert less.to_dict() == {"throughput_mt": True, "clearance_h": False}


def test_two_replications_do_not_say_whether_a_difference_is_one(tmp_path):
    found = compare(results("a", {TONNES: [1.0, 2.0]}), results("b", {TONNES: [3.0, 5.0]}))
    assert found["significant"].isna().all() and found["ci_low"].isna().all()
    assert [row["significant"] for row in records(found)] == [None]
    write_csv_table(found, tmp_path / "differences.csv")
    shape = {"rows": len(found), "columns": {name: cell_kind(found[name]) for name in found}}
    assert read_frame(tmp_path / "differences.csv", shape)["significant"].equals(found["significant"])


def test_names_of_what_is_compared_stand_beside_and_two_of_one_name_are_refused():
    a, b = results("a", A), results("a", B)
    assert compare(a, results("b", B)).attrs["scenarios"] == ["a", "b"]
    changed = dataclasses.replace(b, resolved={**b.resolved, "title": "Other"})
    with pytest.raises(CompareError, match="need names of their own: a; name one"):
        compare(a, changed)


def test_the_level_is_that_of_the_first_unless_another_is_asked_for():
    a, b = results("a", A, level=0.6), results("b", B, level=0.9)
    narrow, wide = compare(a, b), compare(a, b, level=0.99)
    assert narrow["ci_high"].tolist() == compare(a, b, level=0.6)["ci_high"].tolist()
    assert (wide["ci_high"] > narrow["ci_high"]).all()


def test_pairing_takes_out_what_both_share():
    luck = np.random.default_rng(1).normal(50, 10, 10)
    one = results("a", {HOURS: luck.tolist()})
    other = results("b", {HOURS: (luck + 1 + 0.01 * np.arange(10)).tolist()})
    found = compare(one, other).iloc[0]
    assert found["ci_high"] - found["ci_low"] < 0.05
    assert one.kpis["ci_high"][0] - one.kpis["ci_low"][0] > 5


def test_a_replication_counts_where_both_observed():
    always = {HOURS: [1.0] * 4}
    one, other = always | {DAYS: [1.0, None, 5.0, 7.0]}, always | {DAYS: [2.0, 4.0, 9.0, None]}
    days = compare(results("a", one), results("b", other)).set_index("kpi").loc["transit_days"]
    assert (days["replications"], days["mean_a"], days["mean_b"], days["difference"]) == (2, 3.0, 5.5, 2.5)


def test_measures_of_one_alone_are_left_out_and_counted():
    found = compare(results("a", A | {DAYS: [1.0, 2.0, 3.0]}), results("b", B))
    assert set(found["kpi"]) == {"clearance_h", "throughput_mt"}
    assert found.attrs["left_out"] == {"a": 1, "b": 0}


def test_other_seeds_do_not_pair():
    with pytest.raises(CompareError, match=r"5 and 6"):
        compare(results("a", A), results("b", B, seed=6))


def test_other_replications_do_not_pair():
    fewer = {key: values[:2] for key, values in B.items()}
    with pytest.raises(CompareError, match="3 replications and b 2"):
        compare(results("a", A), results("b", fewer))


LONGER = {"start": dt.date(2024, 12, 30), "end": dt.date(2025, 2, 1), "warmup_days": 2}


def test_periods_of_other_days_are_left_out():
    both = {
        (*HOURS[:3], "2024", "h"): [1.0, 2.0, 3.0],
        HOURS: [1.0, 2.0, 3.0],
        (*HOURS[:3], "all", "h"): [1.0, 2.0, 3.0],
    }
    with pytest.warns(UserWarning, match="of a and b only 2024 are compared, .*; left out: 2025, all"):
        found = compare(results("a", both), results("b", both, horizon=LONGER))
    assert found["period"].tolist() == ["2024"]
    assert found.attrs["left_out"] == {"a": 2, "b": 2}


def test_horizons_without_a_common_period_are_refused():
    moved = {"start": dt.date(2024, 12, 31), "end": dt.date(2025, 1, 2)}
    with pytest.raises(CompareError, match="common"):
        compare(results("a", A), results("b", B, horizon=moved))


def test_the_headline_names_borders_and_corridors():
    year = {"start": dt.date(2024, 6, 1), "end": dt.date(2026, 6, 1)}
    rows = {
        TONNES: [1.0, 2.0],
        (*TONNES[:3], "2024", "Mt"): [1.0, 2.0],
        ("journey_days", "all", "middle", "2025", "days"): [1.0, 2.0],
        DAYS: [1.0, 2.0],
        ("clearance_h", "all", "all", "2025", "h"): [1.0, 2.0],
        HOURS: [1.0, 2.0],
        ("clearance_h", "khorgos", "west", "2025", "h"): [1.0, 2.0],
        ("border_dwell_h", "khorgos", "all", "2025", "h"): [1.0, 2.0],
        ("border_dwell_h", "dostyk", "all", "2025", "h"): [1.0, 2.0],
        ("border_dwell_h_p90", "dostyk", "all", "2025", "h"): [1.0, 2.0],
    }
    one = results("a", rows, horizon=year)
    found = headline_rows(compare(one, dataclasses.replace(one, name="b")), one.scenario)
    assert found["kpi"].tolist() == ["clearance_h", "border_dwell_h", "border_dwell_h", "journey_days", "throughput_mt"]
    assert set(found["place"]) == {"khorgos", "dostyk", "all"}
    assert set(found["flow"]) == {"all", "middle"}
    assert set(found["period"]) == {"2025"}


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((2024, 1, 1), (2027, 1, 1), "2026"),
        ((2024, 1, 1), (2026, 12, 31), "2025"),
        ((2024, 1, 2), (2025, 1, 1), "all"),
        ((2024, 1, 1), (2025, 1, 1), "2024"),
        ((2024, 7, 1), (2025, 7, 1), "all"),
    ],
)
def test_the_last_full_year(start, end, expected):
    horizon = {"start": dt.date(*start), "end": dt.date(*end)}
    assert last_full_year(scenario(horizon=horizon)) == expected


def test_a_run_against_itself_and_against_digital_clearance():
    paper = resolved()
    paper["flows"]["west"]["regime"] = "paper"
    digital = resolved()
    digital["flows"]["west"]["regime"] = "tez"
    digital["regimes"]["tez"]["wrong_share"] = 0.0  # with four wrong of forty a train waits for corrections all day
    ran = {}
    for name, plain in (("paper", paper), ("digital", digital)):
        model = type(scenario()).model_validate(plain)
        ran[name] = gather(name, model, plain, replicate(model, 5, 3, 1), 5, 0.95, 1.0)
    nothing = compare(ran["paper"], ran["paper"])
    assert len(nothing) > 200
    assert (nothing["difference"] == 0).all()
    assert not nothing["significant"].any()
    found = headline_rows(compare(ran["paper"], ran["digital"]), ran["paper"].scenario)
    clearance = found[(found["kpi"] == "clearance_h") & (found["place"] == "khorgos")]
    assert clearance["flow"].tolist() == ["all", "middle"]
    assert clearance["significant"].all()
    assert (clearance["difference"] < -2).all()


def test_what_differs_beside_the_choice_of_regimes_is_named():
    paper = load("altynkol_paper").scenario
    careful = load("altynkol_paper", "regimes.paper.wrong_share=0.2").scenario
    message = "only in which regimes clear their flows and borders; these differ in regimes.paper.wrong_share too"
    with pytest.raises(CompareError, match=message):
        check_only_regimes_differ(paper, careful)


@pytest.mark.parametrize(
    ("unit", "means", "replications", "words"),
    [
        ("days", (4.650, 4.647), 6, "too small to matter: 0.1 % of 4.65 days, below 1 %"),  # four minutes
        ("days", (0.500, 0.470), 6, "too small to matter: below 1 h"),  # 6 %, and still minutes
        ("days", (4.65, 4.44), 6, "differs"),
        ("days", (109.0, 108.2), 6, "too small to matter: 0.7 % of 109 days, below 1 %"),  # 19 hours of 109 days
        ("h", (0.0030, 0.0010), 6, "too small to matter: below 1 min"),  # seven seconds
        ("h", (6.26, 0.726), 6, "differs"),
        ("Mt", (0.0, 0.0005), 6, "too small to matter: below 0.001 Mt"),
        ("Mt", (9.16, 7.08), 6, "differs"),
        ("USD/20 t", (2000.0, 2019.0), 6, "too small to matter: 0.9 % of 2,019 USD/20 t, below 1 %"),
        ("USD/20 t", (2000.0, 2021.0), 6, "differs"),
        ("days", (4.65, 4.44), 2, "2 replications cannot tell"),
    ],
)
def test_a_difference_is_called_one_only_if_it_is_seen_and_matters(unit, means, replications, words):
    a, b = means
    row = {"unit": unit, "mean_a": a, "mean_b": b, "difference": b - a, "replications": replications}
    assert difference_words(row | {"significant": replications > 2}) == words
    assert difference_words(row | {"significant": False}) == ("no difference seen" if replications > 2 else words)
