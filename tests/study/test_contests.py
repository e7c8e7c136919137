"""Several scenarios against one, the best of them, what a change is made of, and what pairing is worth."""

from __future__ import annotations

import copy
import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from experiments import HOURS, TONNES, A, B, results
from hand_made import resolved, scenario
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.run_view import KEYS, by_replication
from sim.measure.statistics import interval, intervals
from sim.runs.replicate import play, replicate, scenario_text
from sim.runs.results import gather
from sim.runs.run import run
from sim.scenario.addresses import Address, AddressError
from sim.scenario.reading.opening import doubts, load
from sim.scenario.reading.read import Reading
from sim.study.compare.answer import contest
from sim.study.compare.arms import FACTORS, CompareError, arms, choices
from sim.study.compare.compare import (
    EFFECTS,
    attribute,
    best_subset,
    compare,
    effects,
    headline_rows,
    level_of_each,
    may_be_best,
)
from sim.study.compare.order_of_works import under_each_order
from sim.views import plots
from sim.views.sheets.compare import introduction_sentences

TEZ = resolved()["regimes"]["tez"]
CLEARANCE = Address("clearance_h", "khorgos", "all", "2025")
LATE = {TONNES: [1.1, 2.2, 2.9], HOURS: [7.0, 9.5, 7.5]}


def test_the_inputs_that_differ_are_those_of_the_files():
    other = results(
        "c", LATE, regimes={"paper": resolved()["regimes"]["paper"], "tez": {**TEZ, "lead_h": 3, "correction_h": 4}}
    )
    table = contest([results("a", A), results("b", B), other]).frames["inputs"]
    assert table[["scenario", "key", "value_a", "value_b"]].to_numpy().tolist() == [
        ["c", "regimes.tez.correction_h", "2", "4"],
        ["c", "regimes.tez.lead_h", "10", "3"],
    ]


def test_several_are_each_compared_with_the_first():
    a, b, c = results("a", A), results("b", B), results("c", LATE)
    found = compare(a, b, c)
    assert found.columns[0] == "scenario"
    assert found["scenario"].unique().tolist() == ["b", "c"]
    for other in (b, c):
        rows = found[found["scenario"] == other.name].drop(columns="scenario").reset_index(drop=True)
        alone = compare(a, other, level=0.975)
        assert rows.equals(alone)


def test_the_level_of_each_is_raised_after_bonferroni():
    a, b, c, d = results("a", A), results("b", B), results("c", LATE), results("d", A)
    found = compare(a, b, c, d, level=0.9)
    assert (found.attrs["level"], found.attrs["level_each"]) == (0.9, pytest.approx(1 - 0.1 / 3))
    one = found[(found["scenario"] == "c") & (found["kpi"] == "clearance_h")].iloc[0]
    expected = interval([1.0, 0.5, 0.5], 1 - 0.1 / 3)
    assert (one["ci_low"], one["ci_high"]) == (pytest.approx(expected.low), pytest.approx(expected.high))
    attrs = {"scenarios": ["a", "b"], "left_out": {"a": 0, "b": 0}, "level": 0.95, "level_each": 0.95}
    assert compare(a, b).attrs == attrs


def test_three_true_differences_hold_together_as_often_as_the_level_says():
    luck = np.random.default_rng(9)
    base = luck.normal(10, 3, (4000, 1, 6))
    changes = (base + luck.normal(0, 1, (4000, 3, 6)) - base - luck.normal(0, 1, (4000, 1, 6))).reshape(-1, 6)
    found = intervals(changes, level_of_each(0.8, 3))
    held = ((found.low <= 0) & (found.high >= 0)).reshape(4000, 3).all(axis=1)
    assert 0.8 - 4 * np.sqrt(0.16 / 4000) <= held.mean() < 0.95


def test_several_need_names_of_their_own():
    a, b = results("a", A), results("b", B)
    with pytest.raises(CompareError, match="names of their own: b"):
        compare(a, b, b)
    assert (compare(a, a)["difference"] == 0).all()


def test_the_headline_shows_a_measure_for_every_scenario_or_none():
    flow = ("clearance_h", "khorgos", "middle", "2025", "h")
    one = results("a", {HOURS: [1.0, 2.0, 3.0], flow: [1.0, 2.0, 3.0]})
    same = dataclasses.replace(one, name="same")
    other = results("other", {HOURS: [2.0, 3.0, 4.1], flow: [2.0, 3.0, 4.1]})
    found = compare(one, same, other)
    found["period"] = "all"
    shown = headline_rows(found, one.scenario)
    assert shown[["flow", "scenario"]].values.tolist() == [
        ["all", "same"],
        ["all", "other"],
        ["middle", "same"],
        ["middle", "other"],
    ]


def test_the_subset_is_that_of_the_paired_t_tests():
    """Three scenarios, four replications, by hand: least clearance is best."""
    a, b, c = [5.0, 6, 7, 8], [5.1, 6.0, 7.2, 7.9], [6.0, 7.1, 8.0, 9.1]
    made = [results(n, {HOURS: v}) for n, v in (("a", a), ("b", b), ("c", c))]
    found = best_subset(made, CLEARANCE).set_index("scenario")
    t = 3.182446  # Student's t at 1 - 0.05 / 2 with 3 degrees of freedom
    for name, own in (("a", a), ("b", b), ("c", c)):
        worse = [np.subtract(own, other) for other in (a, b, c) if other is not own]
        may_be_best = all(d.mean() <= t * d.std(ddof=1) / 2 for d in worse)
        assert found.loc[name, "in_subset"] == may_be_best
    assert found["in_subset"].to_dict() == {"a": True, "b": True, "c": False}
    assert found.index[0] == "a"
    assert found["behind"].tolist() == pytest.approx([0, 0.05, 1.05])
    assert not found.attrs["most"]


@pytest.mark.parametrize(("behind", "kept"), [(1.80, True), (1.95, False)])
def test_the_comparisons_of_the_best_share_the_level(behind, kept):
    """S is 1 and n 4: t is 3.740 at 1 - 0.05 / 3, so that 1.870 behind is still in; at 1 - 0.05 it would be 1.177."""
    unit = np.array([-1.5, -0.5, 0.5, 1.5]) / np.sqrt(5 / 3)
    values = np.array([np.zeros(4), unit - behind, unit - 50, unit - 60])
    assert may_be_best(values, 0.95)[:2] == [True, kept]


def test_the_other_end_may_be_best():
    made = [results(n, {TONNES: v}) for n, v in (("a", [1.0, 2, 3]), ("b", [2.0, 3, 4.1]))]
    tonnes = Address("throughput_mt", "all", "middle", "2025")
    assert best_subset(made, tonnes)["scenario"].tolist() == ["b", "a"]
    assert best_subset(made, tonnes, most=False)["in_subset"].tolist() == [True, False]
    assert best_subset(made, tonnes, most=False)["scenario"].tolist() == ["a", "b"]


def test_the_best_stays_as_often_as_the_level_says_where_all_are_alike():
    luck = np.random.default_rng(4)
    kept = [may_be_best(luck.normal(10, 3, 5) + luck.normal(0, 1, (3, 5)), 0.8)[0] for _ in range(2000)]
    assert 0.8 - 4 * np.sqrt(0.16 / 2000) <= np.mean(kept) < 1


def test_the_largest_mean_is_never_screened_out():
    luck = np.random.default_rng(2)
    for _ in range(200):
        values = luck.exponential(3, (luck.integers(2, 6), 4))
        assert may_be_best(values, 0.9)[int(values.mean(axis=1).argmax())]


def test_a_best_that_cannot_be_named_is_refused():
    one, other = results("a", A), results("b", B)
    with pytest.raises(AddressError, match=r"no KPI 'clearance'.*did you mean"):
        best_subset([one, other], CLEARANCE._replace(kpi="clearance"), most=True)
    with pytest.raises(AddressError, match="most or the least"):
        best_subset([one, other], Address("utilisation"))
    with pytest.raises(CompareError, match="names of their own"):
        best_subset([one, one], CLEARANCE)
    with pytest.raises(CompareError, match="seeds"):
        best_subset([one, results("b", B, seed=6)], CLEARANCE)


def cube(*values):
    """Eight values by the factors of their arm, in the order of `choices`."""
    return dict(zip(choices(), values, strict=True))


def test_the_parts_of_a_change_are_worked_out_by_hand():
    """Early alone saves 2, fast 3, and beside only what is left of 4 with nothing, 1 with one, 0 with both."""
    saved = cube(0, 2, 3, 4, 5, 3, 4, 5)
    found = effects({factors: np.array([-value]) for factors, value in saved.items()})
    third, sixth = 1 / 3, 1 / 6
    assert found["early"] == pytest.approx(-(third * 2 + sixth * 2 + sixth * -1 + third * 1))
    assert found["fast"] == pytest.approx(-(third * 3 + sixth * 3 + sixth * 0 + third * 2))
    assert found["beside"] == pytest.approx(-(third * 4 + sixth * 1 + sixth * 1 + third * 0))
    assert found["total"] == [-5]


@given(st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=8), st.permutations(FACTORS))
def test_the_parts_add_up_and_hang_on_no_order(values, order):
    """Renaming the factors renames the parts, and nothing else."""
    plain = {factors: np.array([value]) for factors, value in cube(*values).items()}
    names = dict(zip(FACTORS, order, strict=True))
    renamed = {frozenset(names[factor] for factor in factors): value for factors, value in plain.items()}
    parts, others = effects(plain), effects(renamed)
    assert sum(parts[factor] for factor in FACTORS) == pytest.approx(parts["total"], abs=1e-9)
    assert [parts[factor].item() for factor in FACTORS] == pytest.approx(
        [others[names[factor]].item() for factor in FACTORS], abs=1e-9
    )


def arm_results(columns):
    """Results of eight arms: the hours of each, and tonnes that are the same."""
    values = zip("pefbxyzt", columns, strict=True)
    return cube(*(results(name, {HOURS: hours, TONNES: [1.0, 2, 3, 4][: len(hours)]}) for name, hours in values))


def test_the_parts_of_a_change_add_up_in_every_replication_that_saw_all_arms():
    columns = [[10.0 - arm, 20 - arm, 30 - 2 * arm, 41 - arm] for arm in range(8)]
    columns[1][3] = None
    found = attribute(arm_results(columns))
    clearance = found[found["kpi"] == "clearance_h"].set_index("effect")
    assert clearance.index.tolist() == list(EFFECTS)
    assert clearance["difference"][:3].sum() == pytest.approx(clearance.loc["total", "difference"])
    assert (clearance["replications"] == 3).all()
    assert (clearance.iloc[0]["mean_paper"], clearance.iloc[0]["mean_tez"]) == (20.0, pytest.approx(32 / 3))
    total = interval([-7, -7, -14], 0.95)
    assert (clearance.loc["total", "ci_low"], clearance.loc["total", "ci_high"]) == pytest.approx(
        (total.low, total.high)
    )
    assert (found[found["kpi"] == "throughput_mt"]["difference"] == 0).all()


def reading(name, plain):
    """A scenario as read, from its table."""
    return Reading(name, type(scenario()).model_validate(plain), plain, (), {})


def pair(paper="paper", tez="tez", **changes):
    """Two scenarios that differ in the regime of the flow west."""
    made = []
    for name, regime in (("a", paper), ("b", tez)):
        plain = resolved(**changes)
        plain["flows"]["west"]["regime"] = regime
        made.append(reading(name, plain))
    return made


def of_factors(a, b, *factors):
    """The arm between two scenarios that has some factors as Tez has them."""
    return arms(a, b)[frozenset(factors)]


def test_no_file_is_blamed_for_what_arms_and_orders_leave_unused():
    paper, tez = load("altynkol_paper"), load("altynkol_tez")
    arms_made = [*arms(paper, tez).values(), *itertools.chain(*under_each_order(paper, tez).values())]
    assert len(arms_made) == 14
    assert [problem for arm in arms_made for problem in doubts(arm)] == []


def test_the_arms_between_paper_and_tez():
    a, b = pair()
    assert [arm.name for arm in arms(a, b).values()] == [
        "a", "a_early", "a_fast", "a_beside", "a_early_fast", "a_early_beside", "a_fast_beside", "b"
    ]  # fmt: skip
    paper, tez = a.scenario.regimes["paper"], b.scenario.regimes["tez"]
    early = of_factors(a, b, "early").scenario
    assert set(early.flows["west"].regime.values()) == {"paper_early"}
    handed = early.regimes["paper_early"]
    assert (handed.lead_h, handed.keying_h, handed.works_before_release) == (10, 0.05, paper.works_before_release)
    assert (handed.late_share, handed.late_h, handed.release_h) == (tez.late_share, tez.late_h, tez.release_h)
    assert early.regimes["paper"] == paper
    digital = of_factors(a, b, "fast").scenario.regimes["tez"]
    assert (digital.late_share, digital.late_h.mean, digital.release_h) == (1.0, 0.0, tez.release_h)
    assert digital.works_before_release == paper.works_before_release
    beside = of_factors(a, b, "beside").scenario.regimes["paper_beside"]
    assert beside == paper.model_copy(update={"works_before_release": tez.works_before_release})
    both = of_factors(a, b, "early", "fast").scenario.regimes["tez"]
    assert both == tez.model_copy(update={"works_before_release": paper.works_before_release})


def test_arms_follow_the_dates_on_which_regimes_step():
    a, b = pair("paper", {"2024-01-01": "paper", "2025-01-01": "tez"})
    assert list(of_factors(a, b, "early").scenario.flows["west"].regime.values()) == ["paper", "paper", "paper_early"]
    assert list(of_factors(a, b, "fast").scenario.flows["west"].regime.values()) == ["paper", "paper", "tez"]


def test_a_regime_that_stays_in_use_elsewhere_keeps_its_meaning():
    tables = [copy.deepcopy(side.resolved) for side in pair()]
    for table in tables:
        table["flows"]["second"] = dict(table["flows"]["west"], regime="tez", title="Already digital")
    a, b = (reading(name, table) for name, table in zip("ab", tables, strict=True))
    fast = of_factors(a, b, "fast")
    assert fast.scenario.regimes["tez"] == b.scenario.regimes["tez"]
    assert set(fast.scenario.flows["west"].regime.values()) == {"paper_fast"}
    assert set(fast.scenario.flows["second"].regime.values()) == {"tez"}


@pytest.mark.parametrize(
    ("one", "other", "changes", "says"),
    [
        ("tez", "paper", {}, "in this order; 'tez' changes to 'paper'"),
        ("paper", "paper", {}, "clear every flow alike"),
    ],
)
def test_pairs_without_arms_are_refused(one, other, changes, says):
    with pytest.raises(CompareError, match=says):
        arms(*pair(one, other, **changes))


def test_scenarios_that_differ_in_more_are_refused():
    a, b = pair()
    table = copy.deepcopy(b.resolved)
    table["places"]["khorgos"]["declarant_teams"] = 3
    with pytest.raises(CompareError, match=r"these differ in places\.khorgos\.declarant_teams"):
        arms(a, reading("b", table))


@pytest.mark.parametrize(
    ("names", "runs"),
    # the arms of a file that dates its paper, too, have paper from the first hour on: another text, and a run more
    [(("altynkol_paper", "altynkol_tez"), 13), (("2030_paper", "2030_target"), 12)],
)
def test_paper_under_the_order_that_it_states_is_no_run_of_its_own(names, runs):
    """Nor is Tez under the order of paper, which is an arm of the split, too."""
    paper, tez = map(load, names)
    ordered = [reading for pair in under_each_order(paper, tez).values() for reading in pair]
    assert len({scenario_text(reading.scenario) for reading in (paper, tez, *ordered)}) == len(ordered) + 1 == 7
    assert len({scenario_text(reading.scenario) for reading in (*ordered, *arms(paper, tez).values())}) == runs


@pytest.mark.parametrize(
    ("names", "changes", "says"),
    [
        (
            ("altynkol_paper", "altynkol_tez"),
            [],
            "Introduced on 2024-01-01, both the same until then",
        ),
        (
            ("altynkol_tez", "altynkol_paper"),
            [],
            "Introduced on 2024-01-01, both the same until then",
        ),
        (
            ("2030_paper", "2030_target"),
            [],
            "by flow, 2024-05-01 to 2024-10-01, both the same until then.",
        ),
        (("2030_paper", "2030_target"), ["horizon.end=2025-01-01"], "measured in 2024, which includes days before."),
        (("altynkol_paper", "altynkol_tez"), ['flows.central_asia.regime="tez"'], "share no history"),
        (("altynkol_paper", "altynkol_tez"), ["horizon.warmup_days=0"], "share no history"),
        (("altynkol_paper", "altynkol_early"), [], None),
    ],
)
def test_a_comparison_says_when_tez_is_introduced_and_what_is_measured(names, changes, says):
    a, b = (
        load(names[0], [change for change in changes if "horizon" in change]).scenario,
        load(names[1], changes).scenario,
    )
    sentences = [*introduction_sentences(a, b)]
    assert [says in sentence for sentence in sentences] == ([] if says is None else [True])


def test_the_history_before_an_introduction_is_the_same_to_the_last_spell():
    """All that ends before the first day measured, after a month on paper."""
    month = ["horizon.warmup_days=30", "horizon.end=2024-01-08"]
    paper, tez = (play(load(name, month).scenario, 7, 0).stages for name in ("altynkol_paper", "altynkol_tez"))
    histories = [table[table["ended_h"] < 0].reset_index(drop=True) for table in (paper, tez)]
    assert len(histories[0]) > 500
    pd.testing.assert_frame_equal(*histories)
    assert not paper.equals(tez)


def dwell_saved(sets, changes):
    """Border dwell with Tez, less that on paper, of each replication; by a number of wagon sets."""
    values = []
    for name, own in (("altynkol_paper", []), ("altynkol_tez", changes)):
        results = run(load(name, [f"wagon_pools.platforms.sets={sets}", *own]), replications=6)
        table = by_replication(results.replications)
        values.append(table.xs(("border_dwell_h", "altynkol", "all", "2024"), level=KEYS[:4]).to_numpy()[0])
    return values[1] - values[0]


@pytest.mark.parametrize(
    ("sets", "saved_h", "introduced_h"), [(92, 4.4, (4.2, 4.5)), (83, 4.2, (0.0, 2.5)), (72, 3.6, (0.0, 0.0))]
)
def test_short_wagon_sets_swallow_what_tez_saves_once_the_corridor_is_filled(sets, saved_h, introduced_h):
    """From an empty, idle start the hours seem saved whole; introduced into the queue of 2023 they go to waiting."""
    assert dwell_saved(sets, ['flows.central_asia.regime="tez"']).mean() == pytest.approx(-saved_h, abs=0.4)
    introduced = dwell_saved(sets, [])
    low_h, high_h = introduced_h
    assert low_h <= -introduced.mean() <= high_h
    if not high_h:
        assert (introduced == 0).all()


@pytest.fixture(scope="module")
def dwells():
    """Border dwell by replication: paper and Tez under one seed, Tez under another."""
    half_year = ["horizon.end=2024-07-01", "horizon.warmup_days=30"]
    sides = {name: load(f"altynkol_{name}", half_year).scenario for name in ("paper", "tez")}
    found = {}
    for name, seed in (("paper", 7), ("tez", 7), ("tez", 8)):
        made = [one.kpis for one in replicate(sides[name], seed, 10, 1)]
        chosen = [
            (kpis["kpi"] == "border_dwell_h") & (kpis["flow"] == "all") & (kpis["period"] == "all") for kpis in made
        ]
        places = [kpis[rows & (kpis["place"] == "altynkol")] for kpis, rows in zip(made, chosen, strict=True)]
        found[name, seed] = np.array([rows["value"].item() for rows in places])
    return found


def test_pairing_makes_the_difference_five_times_as_sharp(dwells):
    paired = np.std(dwells["paper", 7] - dwells["tez", 7], ddof=1)
    independent = np.std(dwells["paper", 7] - dwells["tez", 8], ddof=1)
    assert independent > 5 * paired


def test_the_same_scenario_twice_differs_by_exactly_nothing():
    plain = resolved()
    model = type(scenario()).model_validate(plain)
    made = [gather(name, model, plain, replicate(model, 5, 3, 1), 5, 0.95, 1.0) for name in ("once", "again", "more")]
    for found in (compare(*made[:2]), compare(*made)):
        assert len(found) > 200
        assert (found[["difference", "ci_low", "ci_high"]].fillna(0) == 0).all(axis=None)
        assert not found["significant"].any()
    assert best_subset(made, Address("throughput_mt"))["in_subset"].all()


def test_each_scenario_has_its_mark_and_hollow_ones_say_nothing(tmp_path):
    made = [results(n, v) for n, v in (("a", A), ("b", B), ("c", LATE))]
    made = [dataclasses.replace(each, scenario=scenario(title=each.name)) for each in made]
    table = compare(*made)
    figure = plots.contest(table, "Caption.", made)
    assert len(figure.axes) == 2  # hours, tonnes
    marks = [line for axes in figure.axes for line in axes.lines if line.get_marker() in ("o", "s")]
    assert [(line.get_marker(), float(line.get_xdata()[0])) for line in marks] == [
        (mark, pytest.approx(row["difference"]))
        for _, rows in table.groupby("kpi", sort=False)
        for mark, (_, row) in zip("os", rows.iterrows(), strict=True)
    ]
    hollow = [line.get_markerfacecolor() == "white" for line in marks]
    assert hollow == [
        not row["significant"] for _, rows in table.groupby("kpi", sort=False) for _, row in rows.iterrows()
    ]
    assert "97.5 %" in figure.get_supxlabel()
    assert " → " in figure.get_suptitle().replace("\n", " ")  # both means, not that of the base alone
    shown = {text.get_text() for axes in figure.axes if axes.get_legend() for text in axes.get_legend().get_texts()}
    assert shown == {"b", "c"}
    assert [path.suffix for path in plots.save(figure, tmp_path, "contest")] == [".png", ".svg"]


def test_the_parts_of_a_change_are_drawn_in_their_order():
    made = arm_results([[10.0 - arm, 20 - arm, 30 - 2 * arm] for arm in range(8)])
    table, ends = attribute(made), [made[choices()[0]], made[choices()[-1]]]
    table = table[table["kpi"] == "clearance_h"]
    figure = plots.attribution(table, "Caption.", ends)
    [axes] = figure.axes
    marks = [line for line in axes.lines if line.get_marker() in ("o", "s", "^", "D")]
    drawn = [(line.get_marker(), round(float(line.get_xdata()[0]), 4)) for line in marks]
    parts = table["difference"].round(4)
    assert drawn == list(zip("os^D", parts, strict=True))
    assert [line.get_ydata()[0] for line in marks] == sorted(line.get_ydata()[0] for line in marks)
    with pytest.raises(plots.NothingToDraw):
        plots.attribution(table.iloc[:0], "Caption.", ends)
