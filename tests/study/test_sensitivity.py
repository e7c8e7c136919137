"""Sensitivity: conclusions read, indices with known answers, and the ranges that turn a conclusion."""

import csv
import json
from contextlib import nullcontext
from dataclasses import replace

import numpy as np
import pytest
from commands import output_of
from experiments import Formula, dwell, row
from scenario_text import BAN, SCENARIO

from sim.scenario.addresses import Address, Conclusion, parts_of
from sim.scenario.factors import Factor
from sim.scenario.meaning import conclusion
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.layers import shipped
from sim.scenario.reading.opening import load
from sim.scenario.sources import figures_of
from sim.scenario.sweeps import Sensitivity
from sim.study.compare.arms import CompareError
from sim.study.folders import load_answer
from sim.study.sensitivity.assumed import assumed_ranges, is_wanted, range_of
from sim.study.sensitivity.indices import design_shares, design_steps, indices, with_listed_values
from sim.study.sensitivity.plan import plan_sensitivity
from sim.study.sensitivity.sensitivity import sensitivity, turned_share
from sim.study.sensitivity.turns import flips, judgements
from sim.views import plots
from sim.views.folders import write_answer
from sim.views.sheets.sensitivity import (
    conclusion_words,
    effect_sheet,
    sensitivity_headline,
    sensitivity_sentences,
)

SETS, CREWS = "wagon_pools.platforms.sets", "places.altynkol.forming.crews"
KEYING, CHECKING = "regimes.paper.keying_h", "regimes.paper.checking_h"
PAPER_ORDER, TEZ_ORDER = (f"regimes.{regime}.works_before_release" for regime in ("paper", "tez"))
BELOW = "border_dwell_h:altynkol <= 50"
LINEAR = {KEYING: (0.0, 10.0), CHECKING: (0.0, 10.0), SETS: (60.0, 120.0)}
SIZES = {"morris": {}, "sobol": {"samples": 8}}
PAIR = Sensitivity(conclusion="a > 1", trajectories=2)
MORRIS, SOBOL = Sensitivity(conclusion="a > 1"), Sensitivity(conclusion="a > 1", method="sobol", samples=4096)


def linear(scenario):
    """Three hours a unit of keying, one less a unit of checking, nothing for sets."""
    paper = scenario.regimes["paper"]
    return 40 + 3 * paper.keying_h - paper.checking_h


def asked(formula=linear, text=BELOW, base="altynkol_paper", **options):
    """A sensitivity answered by a formula."""
    own = {} if options.get("method") == "sobol" else {"trajectories": 6}
    options = {"factors": LINEAR, "replications": 2} | own | options
    return sensitivity(base, text, perform=dwell(formula), **options)


@pytest.mark.parametrize(
    ("text", "address", "difference", "relation", "threshold"),
    [
        ("transit_days:all:westbound:2024 >= 9", Address("transit_days", "all", "westbound", "2024"), False, ">=", 9),
        ("transit_days:all:westbound in 2024>=9", Address("transit_days", "all", "westbound", "2024"), False, ">=", 9),
        ("transit_days difference < -1", Address("transit_days", period="2024"), True, "<", -1),
        ("wait_h:altynkol difference in all<=.5", Address("wait_h", "altynkol"), True, "<=", 0.5),
        ("  a:altynkol:all:all  > 1e3 ", Address("a", "altynkol", "all", "all"), False, ">", 1000),
    ],
)
def test_a_conclusion_is_read(text, address, difference, relation, threshold):
    paper = load("altynkol_paper").scenario
    found = conclusion(text, paper)
    assert found == Conclusion(address, difference, relation, threshold)
    assert conclusion(str(found), paper) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throughput_mt", "must compare one KPI with one number"),
        ("1 < a < 2", "must compare one KPI with one number"),
        ("a > b", "must compare with a number.*got 'b'"),
        ("a > nan", "must compare with a finite number"),
        ("a b > 1", "must be written KPI"),
        ("a:b:c:d:e > 1", "must be written KPI"),
        ("a:b:c:2030 in 2030 > 1", "must be written KPI"),
    ],
)
def test_what_is_no_conclusion_is_refused(text, says):
    with pytest.raises(ValueError, match=says):
        parts_of(text)


@pytest.mark.parametrize(
    ("relation", "held"), [(">", [False, False, True]), (">=", [False, True, True]), ("<", [True, False, False])]
)
def test_a_conclusion_holds_on_its_side_of_the_threshold(relation, held):
    asked_of = Conclusion(Address("a"), False, relation, 2.0)
    assert [asked_of.holds(value) for value in (1.0, 2.0, 3.0)] == held


def test_morris_is_exact_on_a_linear_function():
    """The effect of a factor over its whole range is its coefficient; it does not vary."""
    design = design_shares(MORRIS, 3, 5)
    found = indices(MORRIS, design, design @ np.array([4.0, -2.0, 0.0]) + 7, 0.95, 5)
    assert design.shape == (10 * 4, 3)
    assert found["mu"] == pytest.approx([4, -2, 0])
    assert found["mu_star"] == pytest.approx([4, 2, 0])
    assert found["sigma"] == pytest.approx([0, 0, 0], abs=1e-9)
    assert found["mu_star_high"] == pytest.approx([4, 2, 0])
    of_two = indices(PAIR, design[:8], design[:8] @ np.array([4.0, -2.0, 0.0]), 0.95, 5)
    assert of_two["mu_star"] == pytest.approx([4, 2, 0])
    assert np.isnan([of_two["mu_star_low"], of_two["mu_star_high"]]).all(), "two give no interval, here as elsewhere"


@pytest.mark.parametrize(
    ("effects", "mean_change"), [((1, 5), 4), ((0, 0, 4), 8 / 3), ((0, 1, 2, 9), 28 / 6), ((0, 0, 9, 0, 0), 36 / 10)]
)
def test_morris_goes_through_all_pairs_of_a_list(effects, mean_change):
    """A step takes one value of the list to another: its mean absolute effect is that over all pairs, twice each."""
    numbers = [0, len(effects)]
    table = MORRIS.model_copy(update={"trajectories": len(effects) * (len(effects) - 1)})
    design = with_listed_values(table, design_shares(table, 2, 5), numbers, 5)
    factor = Factor("x", ("x",), values=effects)
    answers = 3 * design[:, 0] + np.array([factor.at(share) for share in design[:, 1]])
    found = indices(table, design, answers, 0.95, 5, numbers)
    assert found["mu_star"] == pytest.approx([3, mean_change])
    ends = [(start, end) for start, end in design_steps(table, design)[1]]
    assert all(np.flatnonzero(design[start] != design[end]).tolist() == [1] for start, end in ends)
    if len(effects) == 2:
        assert (found["mu"][1], found["sigma"][0]) == pytest.approx((4, 0))


def test_listed_values_of_saltelli_are_drawn_evenly():
    design = design_shares(SOBOL, 2, 3)
    assert with_listed_values(SOBOL, design, [0, 3], 3) is design
    factor = Factor("x", ("x",), values=("a", "b", "c"))
    words = [factor.at(share) for share in design[:, 1]]
    assert [words.count(word) / len(words) for word in factor.values] == pytest.approx([1 / 3] * 3, abs=0.01)


def ishigami(design):
    """Ishigami and Homma (1990) with a = 7, b = 0.1, on the unit cube."""
    x = np.pi * (2 * design - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_sobol_indices_of_ishigami_are_those_of_the_book():
    a, b = 7.0, 0.1
    variance = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    alone = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0.0]) / variance
    both = b**2 * np.pi**8 * (1 / 18 - 1 / 50) / variance
    design = design_shares(SOBOL, 3, 1)
    found = indices(SOBOL, design, ishigami(design), 0.95, 1)
    assert len(design) == 4096 * 5
    assert found["s1"] == pytest.approx(alone, abs=0.03)
    assert found["st"] == pytest.approx(alone + np.array([both, 0, both]), abs=0.03)
    assert (found["s1_low"] <= alone).all() and (alone < found["s1_high"]).all()


def test_a_design_and_its_intervals_hang_on_the_seed_alone():
    for table in (MORRIS, Sensitivity(conclusion="a > 1", method="sobol", samples=16)):
        for seed in (0, 3):
            design = design_shares(table, 3, seed)
            assert np.array_equal(design, design_shares(table, 3, seed))
            assert not np.array_equal(design, design_shares(table, 3, seed + 1))
            values = ishigami(design)
            one, other = (indices(table, design, values, 0.95, seed) for _ in range(2))
            assert all(np.array_equal(one[name], other[name]) for name in one)


def test_answers_that_do_not_vary_have_no_shares():
    table = Sensitivity(conclusion="a > 1", method="sobol", samples=8)
    found = indices(table, design_shares(table, 2, 1), np.full(8 * 4, 3.0), 0.95, 1)
    assert np.isnan(found["s1"]).all() and np.isnan(found["st"]).all()


@pytest.mark.parametrize("table", [MORRIS, Sensitivity(conclusion="a > 1", method="sobol", samples=8)])
def test_the_ends_of_a_step_differ_in_its_factor_alone(table):
    design = design_shares(table, 4, 2)
    for factor, pairs in enumerate(design_steps(table, design)):
        assert len(pairs) == (10 if table is MORRIS else 8)
        for one, other in pairs:
            assert np.flatnonzero(design[one] != design[other]).tolist() == [factor]


def test_a_linear_model_is_understood_from_end_to_end():
    """As stated 40.084 h; keying alone passes 50 h at 5, by the mean of two replications; checking never does."""
    found = asked()
    effects = found.effects.set_index("factor")
    assert list(effects.index) == [KEYING, CHECKING, SETS]
    assert effects["mu_star"].to_numpy() == pytest.approx([30, 10, 0])
    assert effects["mu"].to_numpy() == pytest.approx([30, -10, 0])
    assert effects["sigma"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-9)
    assert effects["flips"].tolist() == ["yes", "no", "no"]
    assert effects.loc[KEYING, ["flips_at", "keeps_at"]].tolist() == [5, 2.5]
    assert "(by the mean alone: 2 replications give no interval)" in conclusion_words(found)
    stated = found.points.iloc[0]
    assert stated["mean"] == pytest.approx(40 + 2 * 0.042)
    assert found.unit == "h"
    assert found.alone[found.alone["factor"] == KEYING]["value"].tolist() == [0, 2.5, 5, 7.5, 10]
    assert found.alone[found.alone["factor"] == KEYING]["mean"].to_numpy() == pytest.approx(
        40 - 0.042 + 3 * np.array([0, 2.5, 5, 7.5, 10])
    )


def test_a_value_turns_a_conclusion_when_the_whole_interval_does():
    """With replications one hour apart, and ten of them, an interval reaches 0.754 h to either side."""
    found = asked(text="border_dwell_h:altynkol <= 54.9", replications=10)
    keying = found.effects.set_index("factor").loc[KEYING]
    assert (keying["flips"], keying["flips_at"], keying["keeps_at"]) == ("yes", 7.5, 2.5)
    open_at = found.alone[(found.alone["factor"] == KEYING) & (found.alone["value"] == 5)].iloc[0]
    assert open_at["verdict"] == "open"
    assert open_at["ci_high"] - open_at["mean"] == pytest.approx(2.262157 * np.sqrt(10 / 9) / np.sqrt(10), rel=1e-5)
    assert found.effects.set_index("factor").loc[CHECKING, "flips"] == "no"


def test_the_nearest_value_that_turns_it_counts_on_either_side():
    factor = Factor("x", ("x",), 0.0, 10.0, stated=6.0)
    values = {0.0: 9.0, 2.5: 9.0, 5.0: 1.0, 7.5: 1.0, 10.0: 9.0}
    asked_of = Conclusion(Address("a"), False, "<", 5.0)
    alone = judgements(np.array([[mean, mean] for mean in values.values()]), asked_of, 0.95)
    alone.insert(0, "factor", "x")
    alone.insert(1, "value", list(values))
    stated = judgements(np.array([[1.0, 1.0]]), asked_of, 0.95).iloc[0]
    assert flips(factor, alone, stated, asked_of) == {"flips": "yes", "flips_at": 2.5, "keeps_at": 5.0}
    assert flips(factor, alone[1:2], stated, asked_of) == {"flips": "yes", "flips_at": 2.5, "keeps_at": 6.0}
    assert flips(factor, alone[2:4], stated, asked_of)["flips"] == "no"
    unstated = flips(replace(factor, stated=None), alone, stated, asked_of)
    assert (unstated["flips"], unstated["flips_at"], np.isnan(unstated["keeps_at"])) == ("yes", 0, True)


def by_order(scenario):
    """Twelve hours more where wagons may be ordered before the release, thirty where all but departure may."""
    paper = scenario.regimes["paper"]
    more = {"placing": 12, "forming": 30}.get(scenario.regimes["tez"].works_before_release, 0)
    return 40 + paper.keying_h + more


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_words_and_switches_are_factors_like_numbers(method, tmp_path):
    """As stated 40 h, below 50: two of four words turn it; a list of numbers is looked at in their order."""
    factors = {
        TEZ_ORDER: ["nothing", "placing", "gauge_change", "forming"],
        KEYING: {"values": [20.0, 0.5, 5.0]},
        "flows.central_asia.regime": ("paper", "tez"),
    }
    found = asked(by_order, base="altynkol_tez", factors=factors, method=method, **SIZES[method])
    effects = found.effects.set_index("factor")
    order = effects.loc[TEZ_ORDER]
    assert effects.index[0] == TEZ_ORDER
    assert (order["stated"], order["flips"]) == ("gauge_change", "yes")
    assert (order["flips_at"], order["keeps_at"]) == ("placing, forming", "nothing, gauge_change")
    assert effects["low"].isna().all() and effects["high"].isna().all()
    assert effects.loc[KEYING, ["flips", "flips_at", "keeps_at"]].tolist() == ["yes", 20.0, 5.0]
    assert effects.loc["flows.central_asia.regime", "flips"] == "no"
    first = sensitivity_headline(found)
    assert first.answer.startswith("No. As stated the conclusion holds: 40.0 h, 2024 (by the mean alone")
    assert first.reason == (
        "Alone, Tez Customs: order of works flips at wagons ordered before release, all but departure before release, "
        "not at nothing before release, transshipped before release; Paper declarations: keying flips at 20, not at 5."
    )
    write_answer(found, tmp_path / "out")
    back = load_answer(tmp_path / "out")
    assert [row[-3:] for row in effect_sheet(back).rows] == [row[-3:] for row in effect_sheet(found).rows]
    assert back.alone["value"].tolist() == found.alone["value"].tolist()
    hint = [sentence for sentence in sensitivity_sentences(found) if "listed values" in sentence]
    assert len(hint) == (1 if method == "morris" else 0)


def test_a_switch_turns_a_conclusion(tmp_path):
    """One line for both directions takes the dwell over the threshold; the folder keeps yes and no as such."""
    (tmp_path / "line.toml").write_text(SCENARIO, encoding="utf-8")
    perform = Formula(
        lambda scenario, index: [row("transit_days", 4 + 2 * scenario.places["steppe"].single_track, period="all")]
    )
    factors = {"places.steppe.single_track": [True, False]}
    options = {"replications": 2, "trajectories": 2, "perform": perform}
    found = sensitivity(tmp_path / "line.toml", "transit_days <= 5", factors=factors, **options)
    [effect] = found.effects.to_dict("records")
    assert (effect["flips"], effect["flips_at"], effect["keeps_at"], effect["mu_star"]) == ("yes", True, False, 2)
    write_answer(found, tmp_path / "out")
    assert load_answer(tmp_path / "out").effects["flips_at"].tolist() == [True]
    assert "single track flips at true, not at false" in sensitivity_headline(found).reason


def test_the_share_of_steps_that_turn_it():
    pairs = [[(0, 1), (2, 3)], [(1, 2), (0, 3)]]
    assert turned_share(pairs, np.array([True, False, False, False])).tolist() == [0.5, 0.5]
    assert turned_share(pairs, np.array([True, False, True, True])).tolist() == [0.5, 0.5]
    assert turned_share(pairs, np.array([True, True, False, False])).tolist() == [0.0, 1.0]


def test_points_that_are_the_same_run_once():
    """A count of two values: a design of many points has few that differ."""
    perform = dwell(lambda scenario: 1.0)
    options = {"factors": {CREWS: (2, 3)}, "trajectories": 30, "replications": 2, "seed": 5}
    found = sensitivity("altynkol_tez", BELOW, **options, perform=perform)
    assert len(found.points) == 3
    assert [(job.seed, job.index) for job in perform.jobs] == [(5, 0), (5, 1)] * 3
    assert found.points["role"].tolist() == ["stated", "alone, design", "alone, design"]


def other_by_sets(scenario, index):
    """Keying and replications move both scenarios; Tez takes five hours off, less a tenth of its late share."""
    flow = [*scenario.flows["central_asia"].regime.values()][-1]
    value = 40 + scenario.regimes["paper"].keying_h + 3 * (-1) ** index
    if flow == "tez":
        value += 10 * scenario.regimes["tez"].late_share - 5
    return [row("border_dwell_h", value, place="altynkol")]


def test_a_difference_is_paired_and_moves_both_as_far_as_both_have_it():
    perform = Formula(other_by_sets)
    factors = {KEYING: (0.0, 2.0), "regimes.tez.late_share": (0.0, 0.5)}
    text = "border_dwell_h:altynkol difference < -2"
    found = sensitivity(
        "altynkol_tez", text, against="altynkol_paper", factors=factors, replications=4, perform=perform
    )
    effects = found.effects.set_index("factor")
    assert effects["mu_star"].to_dict() == pytest.approx({KEYING: 0, "regimes.tez.late_share": 5}, abs=1e-4)
    assert effects.loc["regimes.tez.late_share", ["flips", "flips_at", "keeps_at"]].tolist() == ["yes", 0.375, 0.25]
    stated = found.points.iloc[0]
    assert (stated["mean"], stated["ci_low"], stated["verdict"]) == (pytest.approx(-4.5), pytest.approx(-4.5), "holds")
    papers = [job for job in perform.jobs if "tez" not in job.scenario.regimes]
    assert len(papers) == len(perform.jobs) / 2
    assert {job.scenario.regimes["paper"].keying_h for job in papers} >= {0.0, 0.5, 1.0, 1.5, 2.0}


def test_sobol_shares_of_a_linear_model():
    """Variances add up: nine to one."""
    found = asked(method="sobol", samples=64).effects.set_index("factor")
    assert found["s1"].to_numpy() == pytest.approx([0.9, 0.1, 0], abs=0.1)
    assert found["st"].to_numpy() == pytest.approx([0.9, 0.1, 0], abs=0.1)


def test_every_assumed_number_gets_a_range_that_can_be_read():
    reading = load("altynkol_tez")
    found, left_out = assumed_ranges(reading, 0.2)
    assert {key: found[SETS][key] for key in ("low", "high")} == {"low": 74, "high": 110}
    assert found[SETS]["sources"]["all"].startswith("assumed: a tenth more")
    placing = found["wagon_pools.platforms.placing_h"]
    assert (placing["scale_low"], placing["scale_high"]) == (0.8, 1.2)
    assert (found[CREWS]["low"], found[CREWS]["high"]) == (2, 4)
    teams = found["places.altynkol.inspection.teams"]
    assert (teams["low"], teams["high"]) == (1, 2)
    assert [found[key]["values"] for key in (PAPER_ORDER, TEZ_ORDER)] == [
        ["nothing", "placing", "gauge_change", "forming"]
    ] * 2
    assert left_out == ["flows.central_asia.regime"], "words by date are no one word"
    assert not {"places.altynkol.gauge_change.containers.cranes", "places.altynkol_saryagash.length_km"} & set(found)
    plan = plan_sensitivity(reading, {"conclusion": BELOW, "trajectories": 2}, 0.2)
    assert len(plan.factors) == len(found)
    within, _ = assumed_ranges(reading, 0.2, ["regimes.tez"])
    assert set(within) == {key for key in found if key.startswith("regimes.tez.")} != set()


def test_of_assumed_words_those_are_tried_that_the_scenario_stands():
    """Tez cannot stand in for itself when it is down, so paper alone is left; a storm comes, or it does not."""
    reading = load("2030_target")
    found, left_out = assumed_ranges(reading, 0.2, ["regimes.tez.outages.fallback", "disruptions.low_water.active"])
    assert left_out == ["regimes.tez.outages.fallback"]
    assert found["disruptions.low_water.active"]["values"] == [False, True]


def test_an_end_that_the_scenario_does_not_stand_stays_as_stated():
    reading = load("altynkol_tez", ["regimes.tez.late_share=0.9", "regimes.tez.sources.late_share=assumed: much"])
    late, _ = assumed_ranges(reading, 0.5, ["regimes.tez.late_share"])
    assert [late["regimes.tez.late_share"][key] for key in ("low", "high")] == [0.45, 0.9]


def test_of_two_numbers_that_exclude_each_other_the_second_is_left_out(tmp_path):
    """A ban lifts below the share at which it begins: 0.5 and 0.6 would cross, a tenth up and down."""
    text = SCENARIO + BAN.replace("begins_at_share = 1", "begins_at_share = 0.6") + 'sources.all = "assumed: so"\n'
    (tmp_path / "ban.toml").write_text(text, encoding="utf-8")
    found, left_out = assumed_ranges(load(tmp_path / "ban.toml"), 0.1, ["bans"])
    assert (list(found), left_out) == (["bans.full.begins_at_share", "bans.full.lead_h"], ["bans.full.lifts_at_share"])
    kept, left_out = assumed_ranges(load(tmp_path / "ban.toml"), 0.05, ["bans"])
    assert (len(kept), left_out) == (3, [])


REFUSED = {
    "must compare one KPI with one number": {"text": "border_dwell_h"},
    "'altinkol' is no place of the scenario; did you mean 'altynkol'?": {"text": "border_dwell_h:altinkol > 1"},
    "'2031' is no period of the scenario: 2024, all": {"text": "border_dwell_h:altynkol:all:2031 > 1"},
    "speaks of a difference: name the other scenario with against": {"text": "border_dwell_h difference > 1"},
    "must speak of a difference against 'altynkol_tez'": {"against": "altynkol_tez"},
    "no shipped scenario of that name; did you mean 'altynkol_tez'?": {
        "text": "border_dwell_h:altynkol difference > 1",
        "against": "altynkol_tes",
    },
    "there is no KPI 'border_dwel_h'; did you mean 'border_dwell_h'?": {"text": "border_dwel_h:altynkol > 1"},
    "did you mean 'regimes.paper.keying_h'?": {"factors": {"regimes.paper.keyng_h": (0.0, 1.0)}},
    "has no factors: state ranges in [sensitivity.factors]": {"factors": {}},
    "a Sobol design takes a power of two, such as 32 or 64 (got 48)": {"method": "sobol", "samples": 48},
    "must list two values or more, each once": {"factors": {PAPER_ORDER: ["nothing"]}},
    "(it is 'nothing'): list them as values": {"factors": {PAPER_ORDER: (1, 2)}},
    "must be 'nothing', 'placing', 'gauge_change' or 'forming'": {"factors": {PAPER_ORDER: ["nothing", "all"]}},
    "regimes.paper.wrong_share": {"factors": {"regimes.paper.wrong_share": (0.0, 2.0)}},
}


@pytest.mark.parametrize("says", REFUSED)
def test_mistakes_are_refused(says):
    with pytest.raises(ScenarioError) as error:
        asked(**REFUSED[says])
    assert says in str(error.value)


def test_scenarios_of_other_days_do_not_pair(tmp_path):
    half = tmp_path / "half.toml"
    half.write_text(f'title = "H"\nextends = "{shipped()}/altynkol_paper.toml"\n[horizon]\nend = 2024-07-01\n')
    with pytest.raises(CompareError, match="altynkol_paper and half have no period 2024 of the same days in common"):
        asked(text="transit_days difference in 2024 < 0", against=half)


def test_the_other_scenario_takes_the_same_changes_as_far_as_it_has_the_tables():
    changes = ["places.altynkol.declarant_teams=5", "regimes.tez.late_share=0.2"]
    said = {"conclusion": "transit_days difference < 0", "against": "altynkol_paper", "factors": {SETS: (80, 100)}}
    plan = plan_sensitivity(load("altynkol_tez", changes), said, overrides=changes)
    for scenario in (plan.scenarios[0], plan.against_scenarios[0]):
        assert set(scenario.places["altynkol"].declarant_teams.values()) == {5}
    assert plan.scenarios[0].regimes["tez"].late_share != load("altynkol_tez").scenario.regimes["tez"].late_share
    assert "tez" not in plan.against_scenarios[0].regimes


def test_what_one_replication_does_not_see_another_may():
    place = {0: "dostyk", 1: "altynkol", 2: "altynkol"}
    rare = Formula(lambda scenario, index: [row("border_dwell_h", linear(scenario) + index, place[index])])
    found = sensitivity("altynkol_paper", BELOW, factors=LINEAR, trajectories=2, replications=3, perform=rare)
    assert (found.unit, set(found.points["replications"])) == ("h", {2})


def test_a_measure_seen_at_no_replication_of_a_point_is_refused():
    with pytest.raises(CompareError, match=f"observed in no replication at a point: {KEYING} = 10"):
        asked(lambda scenario: np.nan if scenario.regimes["paper"].keying_h == 10 else 1.0)


def test_the_folder_the_figures_and_the_words(tmp_path):
    found = asked(text="border_dwell_h:altynkol <= 54.9", replications=10)
    write_answer(found, tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    figures = {f"{stem}.{kind}" for stem in ("morris_plane", "influence", "ranges_alone") for kind in ("png", "svg")}
    assert names == {f"{stem}.csv" for stem in ("effects", "alone", "points", "sources")} | {
        "manifest.json",
        "scenario.toml",
        *figures,
    }
    with (tmp_path / "out" / "effects.csv").open(encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    assert (first["factor"], first["mu_star"], first["flips"], first["flips_at"]) == (KEYING, "30", "yes", "7.5")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["conclusion"] == "border_dwell_h:altynkol:all:2024 <= 54.9"
    sheet = effect_sheet(found)
    assert sheet.rows[0][:2] == ("Paper declarations: keying", "0 to 10")
    assert "flips at 7.5, not at 2.5" in sheet.rows[0]
    assert sheet.rows[1][-3] == "holds"
    said = conclusion_words(found)
    assert said.startswith("As stated the conclusion holds: 40.1 [39.3, 40.8] h, 2024. Of 3 ranges alone 1 flip it")
    first = sensitivity_headline(found)
    assert first.answer.startswith("No. As stated the conclusion holds")
    assert first.reason == "Alone, Paper declarations: keying flips at 7.5, not at 2.5."
    always = replace(found, frames=found.frames | {"effects": found.effects.assign(flips="no")})
    always = replace(always, manifest=found.manifest | {"design_holds_share": 1.0})
    assert sensitivity_headline(always).answer.startswith("Yes. As stated") and not sensitivity_headline(always).reason
    plane = plots.morris_plane(found, "")
    assert " 2024: most moved by Paper declarations: keying" in plane.get_suptitle().replace("\n", " ")
    assert "10 replications, 95 % intervals, seed 7" in plane.get_supxlabel().replace("\n", " ")


def test_shares_of_the_variance_have_two_bars_and_no_plane(tmp_path):
    found = asked(method="sobol", samples=8)
    write_answer(found, tmp_path / "out")
    assert not (tmp_path / "out" / "morris_plane.png").exists()
    bars = plots.influence(found, "").axes[0]
    assert [text.get_text() for text in bars.get_legend().get_texts()] == ["alone (S1)", "with its interactions (ST)"]
    noisy = found.effects.assign(s1=-0.4, s1_low=-1.3, s1_high=0.1, st=1.5, st_low=0.2, st_high=1.9)
    axes = plots.influence(replace(found, frames=found.frames | {"effects": noisy}), "").axes[0]
    assert {bar.get_width() for bar in axes.patches} == {0.0, 1.0}, "no share lies beyond nothing and all"
    assert 0 >= axes.get_xlim()[0] > -0.1 and axes.get_xlim()[1] < 1.1
    with pytest.raises(plots.NothingToDraw):
        plots.morris_plane(found, "")


def test_the_command_answers_from_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    perform = Formula(other_by_sets)
    monkeypatch.setattr("sim.runs.replicate.performer", lambda *given: nullcontext(perform))
    done = output_of("sensitivity", "altynkol_sweep", "--trajectories", "2", "--no-plots", "--all")
    assert "Of 9 ranges alone" in done
    assert "of 4 replications, 95 % intervals, seed 7" in done
    assert "Rounded to whole numbers: Altynkol – Khorgos: declarant teams; 1520 mm platform sets." in done
    assert (tmp_path / "results" / "altynkol_sweep_sensitivity" / "effects.csv").is_file()


def test_without_salib_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    done = output_of("sensitivity", "altynkol_sweep", status=2)
    assert "pip install 'corridor-simulator[sensitivity]'" in done


@pytest.mark.parametrize("path", sorted(shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_of_every_shipped_scenario_a_number_of_nothing_has_no_range(path):
    reading = load(path)
    numbers = [figure for figure in figures_of(reading.resolved, {}) if is_wanted(figure, ())]
    nothing = [figure for figure in numbers if figure.value in ("0", "0.0")]
    assert len(nothing) < len(numbers)
    assert [figure.key for figure in nothing if range_of(reading, figure, 0.2) is not None] == []
