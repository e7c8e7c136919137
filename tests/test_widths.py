"""The law of how far volumes miss: it finds a walk that is known, reads nothing after its cut, and is in the files."""

import datetime as dt
import sys

import numpy as np
import pytest
from fences import CHECKOUT, DOCS

from sim.scenario.laws import draw_at
from sim.scenario.reading.opening import load
from sim.scenario.sources import facts_named

sys.path.insert(0, str(CHECKOUT / "benchmarks"))
import widths


@pytest.mark.parametrize("cut", widths.CUTS.values(), ids=str)
def test_a_point_rests_on_rows_known_by_the_cut(cut):
    for name, known in widths.known_by(cut).items():
        for year, value in known.items():
            came = {
                float(np.log(widths.quantity_of(expression, widths.NUMBERS).amount))
                for expression in widths.SERIES[name][year]
                if all(fact.known_on <= cut for fact in facts_named(expression, widths.LEDGER))
            }
            assert value in came, (name, year)


def test_a_later_cut_knows_more_and_a_fact_that_is_told_again_is_taken_as_it_was():
    early, late = (widths.known_by(widths.CUTS[year]) for year in (2023, 2026))
    assert all(set(early[name]) <= set(late[name]) for name in early)
    assert sum(map(len, late.values())) - sum(map(len, early.values())) > 20
    corridor = "cargo of the Middle Corridor"
    assert np.exp(early[corridor][2023]) == pytest.approx(1.6 * 12 / 7) and 2019 not in early[corridor]
    assert np.exp(late[corridor][2023]) == pytest.approx(2.764)


def test_a_walk_that_is_known_is_found_through_gaps():
    rng = np.random.default_rng(7)
    record = {}
    for name in widths.SERIES:
        drift = rng.normal(0.1, 0.05)
        path = np.cumsum(rng.normal(drift, 0.3, 400))
        record[name] = {year: path[year] for year in sorted(rng.choice(400, 300, replace=False))}
    for kind in (widths.WHOLE, widths.SINGLE):
        walk = widths.walk_of(record, kind)
        assert walk.sigma == pytest.approx(0.3, abs=0.02)
        assert walk.drift == pytest.approx(0.1, abs=0.08)
        low, high = widths.sigma_interval(record, kind)
        assert low < walk.sigma < high < 0.35
        # independent steps: four standard errors
        both, pairs = widths.correlation(record, kind)
        assert pairs > 1000 and abs(both) < 4 / pairs**0.5


def test_what_may_come_grows_with_the_root_of_the_years_where_the_drift_is_known():
    walk = widths.Walk(0.2, 0.3, 0.0, 10, 5)
    assert walk.after(4, (1.0,)) == pytest.approx((0.8, 0.6))
    assert walk.after(4, (0.0,)) == pytest.approx((0.0, 0.6))
    mean, deviation = walk.after(4)
    assert (mean, deviation) == pytest.approx((0.4, (0.36 + 16 * 0.04 / 6) ** 0.5))


def test_the_middle_eight_in_ten_of_a_scale_are_those_of_the_law():
    low, high = widths.ends(0.3, 0.4, 0.1)
    table = {"title": "t", "group": "volumes", "keys": ["a.b"], "scale_low": low, "scale_high": high}
    scale = widths_unknown(table | {"shape": "walk", "ramp_from": 2025})
    drawn = [np.log(draw_at(scale, None, share)) for share in (0.1, 0.5, 0.9)]
    assert drawn == pytest.approx([0.2 - 1.2816 * 0.4, 0.2, 0.2 + 1.2816 * 0.4], abs=0.02)


def widths_unknown(table):
    """An unknown of a table."""
    from sim.scenario.unknowns import Unknown

    return Unknown.model_validate(table | {"sources": {"all": "assumed: a law"}})


def test_scenarios_state_the_ranges_and_the_correlation_of_the_law():
    for name, ends in widths.ranges().items():
        unknowns = load(name).scenario.unknown
        for key, (low, high) in ends.items():
            unknown = unknowns[key]
            assert (unknown.scale_low, unknown.scale_high, unknown.shape) == (low, high, "walk"), (name, key)
    target = load("2030_target").scenario.unknown
    border = widths.correlation(widths.known_by(widths.CUTS[2026]), widths.WHOLE)[0]
    for key in ("growth_turnover", "growth_transit"):
        assert target[key].correlation == pytest.approx(border, abs=0.005) and target[key].moves_with == "china_border"


@pytest.mark.parametrize("cut", [2023, 2024])
def test_the_wide_back_casts_move_together_by_their_own_cut_and_begin_where_the_record_stood(cut):
    unknowns, record = load(f"backcast_{cut}_wide").scenario.unknown, widths.known_by(widths.CUTS[cut])
    for kind, names in ((widths.WHOLE, widths.OF_BORDER), (widths.SINGLE, widths.OF_CORRIDOR)):
        common = widths.correlation(record, kind)[0]
        assert {unknowns[name].moves_with for name in names} in ({"china_border"}, {"middle_corridor"})
        assert [unknowns[name].correlation for name in names] == pytest.approx([common] * len(names), abs=0.005)
        assert {unknowns[name].ramp_from for name in names} == {cut}
    for name, level in widths.levels()[f"backcast_{cut}_wide"].items():
        assert unknowns[name].scale_likely == pytest.approx(level, abs=0.005)
        assert unknowns[name].scale_low <= 1


@pytest.mark.parametrize("cut", [2023, 2024])
def test_a_wide_back_cast_differs_from_the_first_in_what_it_calls_unknown_alone(cut):
    first, wide = (load(name).resolved for name in (f"backcast_{cut}", f"backcast_{cut}_wide"))
    assert {key for key in first if first[key] != wide[key]} == {"title", "description", "unknown"}


def test_the_last_value_walks_as_its_file_says():
    folder = CHECKOUT / "forecasts"
    for cut in (2023, 2024):
        kept = (folder / f"walks_{cut}.csv").read_text(encoding="utf-8")
        assert widths.statements_text(widths.walking(cut)) == kept
    [first] = [entry for entry in widths.walking(2023) if entry.name == "altynkol_2025"]
    mean, deviation = widths.walk_of(widths.known_by(widths.CUTS[2023]), widths.WHOLE).after(2)
    assert np.log(np.median(first.members)) == pytest.approx(np.log(12.3839) + mean, abs=1e-4)
    assert np.log(first.members).std() == pytest.approx(deviation, rel=0.02)


def test_the_growth_that_scenarios_state_is_the_one_the_ranges_are_beside():
    indices = load("2030_target").scenario.indices
    assert indices["trade"].growth(2025, 2030) == pytest.approx(1.087 * 1.05**4)
    assert indices["transit"].growth(2025, 2030) == pytest.approx(1.05**5)


def test_siblings_of_2030_know_as_little_of_volumes():
    tez, paper = (load(name).scenario.unknown for name in ("2030_target", "2030_paper"))
    assert tez == paper


def test_the_plans_are_those_that_the_range_names_and_came_before_the_cut():
    reason = load("2030_target").scenario.unknown["offer_2030"].reason
    for name, part in widths.PLANS.items():
        assert name in reason and str(part) in reason
        assert widths.LEDGER[name].known_on <= dt.date(2026, 11, 27)


def test_the_page_is_what_the_benchmark_writes(tmp_path):
    page = tmp_path / "widths.md"
    page.write_text((DOCS / "widths.md").read_text(encoding="utf-8"), encoding="utf-8")
    widths.tell_tables(page, widths.sheets())
    assert page.read_text(encoding="utf-8") == (DOCS / "widths.md").read_text(encoding="utf-8")
