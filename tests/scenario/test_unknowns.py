"""What nobody knows: laws and their quantiles, the inputs that an unknown moves, worlds, and what is refused."""

import datetime as dt
import itertools
import re

import numpy as np
import pytest
from commands import called, output_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_text import SCENARIO, STORM
from scipy import stats

from sim.measure.check import check
from sim.scenario.keys import value_at
from sim.scenario.laws import POINT, chances_of, draw_at, law_words, moved_share
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.layers import shipped
from sim.scenario.reading.opening import ledger_of, load
from sim.scenario.reading.ranges import check_ends, uncovered
from sim.scenario.reading.read import read, scenario_from
from sim.scenario.schema import Scenario
from sim.scenario.traffic import volume_in
from sim.scenario.unknowns import Unknown
from sim.scenario.worlds import stated_value, takes_whole, unknown_keys, with_draws

CRANES = """
[investments.cranes]
title = "Cranes"
opens = 2025-02-01
changes."places.altynkol.gauge_change.container.cranes" = 5
"""
SHARES = np.linspace(0, 1, 41)


def unknown(*keys, **ranges):
    """An unknown with some keys and a range."""
    table = {"title": "One", "group": "border", "keys": list(keys or ("places.altynkol.forming.train_h",))}
    return Unknown.model_validate(table | {"sources": {"all": "assumed: nobody says"}} | ranges)


def pert(low, likely, high):
    """The PERT law as a beta law of SciPy."""
    a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    return stats.beta(a, b, low, high - low)


def lognormal(low, high):
    """Quantiles of a lognormal law that is cut at its 2.5 % and 97.5 % points."""
    law = stats.lognorm(s=np.log(high / low) / (2 * POINT), scale=np.sqrt(low * high))
    return lambda share: law.ppf(0.025 + 0.95 * share)


@pytest.mark.parametrize(
    ("ranges", "present", "quantiles"),
    [
        ({"low": 650, "likely": 743, "high": 941}, 743, pert(650, 743, 941).ppf),
        ({"low": 2, "high": 10}, 4, pert(2, 4, 10).ppf),
        ({"low": 2, "likely": 2, "high": 10, "shape": "triangular"}, 4, stats.triang(0, 2, 8).ppf),
        ({"low": 2, "likely": 8, "high": 10, "shape": "triangular"}, None, stats.triang(0.75, 2, 8).ppf),
        ({"scale_low": 0.5, "scale_high": 2}, None, pert(0.5, 1, 2).ppf),
        ({"scale_low": 0.5, "scale_high": 2, "shape": "uniform"}, None, stats.uniform(0.5, 1.5).ppf),
        ({"low": 0.002, "high": 0.1, "shape": "lognormal"}, None, lognormal(0.002, 0.1)),
        ({"scale_low": 0.2, "scale_high": 3, "shape": "walk", "ramp_from": 2024}, None, lognormal(0.2, 3)),
        ({"delay_low_months": 6, "delay_likely_months": 18, "delay_high_months": 48}, None, pert(6, 18, 48).ppf),
        ({"delay_low_months": -3, "delay_high_months": 24}, None, pert(-3, 0, 24).ppf),
    ],
)
def test_draws_are_the_quantiles_of_the_law(ranges, present, quantiles):
    draws = [draw_at(unknown(**ranges), present, share) for share in SHARES]
    assert draws == pytest.approx([float(quantiles(share)) for share in SHARES], rel=5e-6, abs=1e-9)


def test_each_count_of_a_uniform_range_is_as_likely():
    cranes = unknown(low=1, high=4, shape="uniform")
    draws = [draw_at(cranes, 2, share, is_whole=True) for share in (np.arange(4000) + 0.5) / 4000]
    assert {draw: draws.count(draw) for draw in draws} == {1: 1000, 2: 1000, 3: 1000, 4: 1000}
    assert all(type(draw) is int for draw in draws)


@pytest.mark.parametrize(
    ("ranges", "present", "point"),
    [
        ({"delay_low_months": 6, "delay_likely_months": 18, "delay_high_months": 48}, None, 0.0),
        ({"scale_low": 0.5, "scale_high": 2}, None, 1.0),
        ({"low": 2, "high": 10}, 4, 4),
        ({"low": 2, "likely": 3, "high": 10}, None, None),
        ({"values": ["a", "b", "c"]}, "b", "b"),
    ],
)
def test_what_may_stay_as_stated_does_so_with_its_probability(ranges, present, point):
    held = unknown(**ranges, stated_share=0.3)
    draws = [draw_at(held, present, share) for share in (np.arange(4000) + 0.5) / 4000]
    at_point = draws.count(point) / 4000
    assert at_point == pytest.approx(0.3 + (0.7 / 3 if point == "b" else 0), abs=2e-3)
    others = [draw for draw in draws if draw != point]
    assert others == sorted(others), "draws never fall as the share rises"
    assert len(set(others)) > 1


def test_alternatives_come_by_their_weights():
    order = unknown(values=["placing", "forming", "nothing"], weights=[1, 2, 1])
    assert [draw_at(order, None, share) for share in (0, 0.24, 0.26, 0.74, 0.76, 1)] == [
        *("placing", "placing", "forming", "forming", "nothing", "nothing")
    ]
    assert chances_of(unknown(values=[3, 4], stated_share=0.5), 2) == {2: 0.5, 3: 0.25, 4: 0.25}


RANGES = st.tuples(*[st.floats(0.01, 1000)] * 3).map(sorted).filter(lambda ends: ends[0] < ends[2])


@settings(max_examples=150, deadline=None)
@given(
    RANGES,
    st.sampled_from(["pert", "triangular", "uniform", "lognormal"]),
    st.floats(0, 1),
    st.sampled_from(["", "scale_", "delay_"]),
    st.sampled_from([0.0, 0.4, 1.0]),
)
def test_every_draw_lies_in_its_range_or_is_as_stated(ends, shape, share, kind, stated_share):
    keys = {"": "{}", "scale_": "scale_{}", "delay_": "delay_{}_months"}[kind]
    table = dict(zip((keys.format(end) for end in ("low", "likely", "high")), ends, strict=True))
    if shape in ("uniform", "lognormal"):
        del table[keys.format("likely")]
    draw = draw_at(unknown(**table, shape=shape, stated_share=stated_share), 7.0, share)
    point = {"": 7.0, "scale_": 1.0, "delay_": 0.0}[kind]
    assert draw == point if stated_share == 1 else (ends[0] <= draw <= ends[2] or draw == point)


@pytest.mark.parametrize("correlation", [0.16, 0.5, 0.9, 1.0])
def test_unknowns_that_move_together_have_their_correlation_and_their_law(correlation):
    rng = np.random.default_rng(23)
    common, *own = rng.random((3, 4000))
    first, second = (
        [moved_share(float(u), float(c), correlation) for u, c in zip(shares, common, strict=True)] for shares in own
    )
    r = np.corrcoef(stats.norm.ppf(first), stats.norm.ppf(second))[0, 1]
    # Fisher's z: the error of a correlation of 4000 pairs
    assert (correlation == 1 and r > 0.999) or abs(np.arctanh(r) - np.arctanh(correlation)) < 4 / np.sqrt(3997)
    assert stats.kstest(first, "uniform").pvalue > 1e-3


@pytest.fixture
def corridor(tmp_path):
    """The small corridor with an unknown, or more lines, of which some text is replaced."""

    def reading(more="", *changes):
        text = SCENARIO + STORM + CRANES + more
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        (tmp_path / "small.toml").write_text(text, encoding="utf-8")
        return read(tmp_path / "small.toml")

    return reading


YARDS = ("yard", "alat_yard")
CRANE_KEY = "places.altynkol.gauge_change.container.cranes"


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("places.steppe.length_km", ["places.steppe.length_km"]),
        ("places.caspian.ports.*.cranes", ["places.caspian.ports.aktau.cranes", "places.caspian.ports.alat.cranes"]),
        (
            "places.*.unloading.*.tracks",
            [f"places.{name}.unloading.container.tracks" for name in YARDS],
        ),
        ("*.yard.unloading.*.tracks", ["places.yard.unloading.container.tracks"]),
        ("regimes.*.wrong_share", ["regimes.paper.wrong_share", "regimes.tez.wrong_share"]),
        ("places.*.forming.train_h.mean", ["places.altynkol.forming.train_h.mean"]),
        ("places.*_yard.unloading.*.tracks", ["places.alat_yard.unloading.container.tracks"]),
        (f"investments.cranes.changes.{CRANE_KEY}", [f'investments.cranes.changes."{CRANE_KEY}"']),
        (f'investments.*.changes."{CRANE_KEY}"', [f'investments.cranes.changes."{CRANE_KEY}"']),
        ("investments.*.changes.places.*.gauge_change.*.cranes", [f'investments.cranes.changes."{CRANE_KEY}"']),
    ],
)
def test_a_pattern_stands_for_every_input_that_it_fits(corridor, key, keys):
    assert list(unknown_keys(corridor().resolved, unknown(key, scale_low=0.5, scale_high=2))) == keys


CRANES_LATER = ("investments", "cranes", "changes", CRANE_KEY)


@pytest.mark.parametrize(
    ("moved", "draw", "results"),
    [
        (unknown(CRANE_KEY, scale_low=0.5, scale_high=2), 2.0, {CRANE_KEY: 8, CRANES_LATER: 10}),
        (unknown(CRANE_KEY, low=1, high=6), 3, {CRANE_KEY: 3, CRANES_LATER: 5}),
        (unknown(f"investments.cranes.changes.{CRANE_KEY}", low=1, high=6), 3.0, {CRANE_KEY: 4, CRANES_LATER: 3}),
        (
            unknown("investments.cranes.opens", delay_low_months=0, delay_high_months=9),
            6.0,
            {"investments.cranes.opens": dt.date(2025, 8, 3)},
        ),
        (
            unknown("places.steppe.speed_km_per_day", low=600, high=900),
            700.0,
            {"places.steppe.speed_km_per_day": {"mean": 700.0, "cv": 0.1}},
        ),
        (unknown("places.*.train_h.mean", low=1, high=4), None, {"places.altynkol.forming.train_h": 1.5}),
        (unknown("places.*.*.train_h.mean", low=1, high=4), 2.0, {"places.altynkol.forming.train_h": {"mean": 2.0}}),
        (
            unknown("flows.transit.teu_per_year", scale_low=0.2, scale_high=2, ramp_from=2024),
            0.5,
            {"flows.transit.teu_per_year": {"2024": 40_000, "2025": 30_000}},
        ),
        (
            unknown("flows.transit.teu_per_year", scale_low=0.2, scale_high=2, ramp_from=2023),
            0.5,
            {"flows.transit.teu_per_year": {"2024": 28284.3, "2025": 30_000}},
        ),
        (
            # a walk with the median 1: after three of four years 16 to the root of three quarters
            unknown(
                "flows.transit.teu_per_year", **{"scale_low": 0.2, "scale_high": 5, "ramp_from": 2021}, shape="walk"
            ),
            16.0,
            {
                "flows.transit.teu_per_year": {
                    "2021": 40_000,
                    "2022": 160_000,
                    "2023": 284_120,
                    "2024": 441_427,
                    "2025": 960_000,
                }
            },
        ),
        (
            # halfway to the median 4 it is 2, and strays from there by 0.25 to the root of a half
            unknown(
                "corridors.middle.published_mt", **{"scale_low": 1, "scale_high": 16, "ramp_from": 2022}, shape="walk"
            ),
            1.0,
            {"corridors.middle.published_mt": {"2023": 2.07418, "2024": 4.484}},
        ),
        (
            unknown("corridors.middle.published_mt", scale_low=0.2, scale_high=5, ramp_from=2022),
            4.0,
            {"corridors.middle.published_mt": {"2023": 5.528, "2024": 17.936}},
        ),
        (
            unknown("wagon_pools.platforms.sets", scale_low=0.2, scale_high=2, ramp_from=2024),
            0.5,
            {"wagon_pools.platforms.sets": {"2024-01-01": 30, "2025-02-01": 20}},
        ),
        (unknown("regimes.*.works_before_release", values=["placing", "nothing"]), "placing", {}),
        (
            unknown("flows.transit.month_weights", values=[[1.0] * 12, [2.0] * 12]),
            (2.0,) * 12,
            {"flows.transit.month_weights": [2.0] * 12},
        ),
        (
            unknown(
                "flows.transit.teu_per_year",
                **{"scale_low": 0.2, "scale_high": 2, "ramp_from": 2024},
                follows={"wagon_pools.*.sets": 0.5, CRANE_KEY: -1, "places.*.forming.train_h.mean": 1},
            ),
            1.5,
            {
                "flows.transit.teu_per_year": {"2024": 40_000, "2025": 90_000},
                "wagon_pools.platforms.sets": {"2024-01-01": 30, "2025-02-01": 50},
                CRANE_KEY: 2,
                CRANES_LATER: 2,
            },
        ),
    ],
)
def test_a_draw_moves_its_inputs_and_nothing_else(corridor, moved, draw, results):
    data = corridor().resolved
    world = with_draws(data, {"it": draw}, {"it": moved})
    for key, result in results.items():
        assert value_at(world, tuple(key.split(".")) if isinstance(key, str) else key) == result
    if not results:
        assert {regime["works_before_release"] for regime in world["regimes"].values()} == {"placing"}
    assert world.keys() == data.keys() - {"unknown", "forecast"}
    assert with_draws(data, {"it": None}, {"it": moved}) == data


def test_a_walk_spreads_by_the_root_of_the_years_between_stated_years_too():
    """2030_target states its flows in 2025 and 2030; a run goes geometrically from one stated year to the next."""
    reading = load("2030_target")
    entry, flow = reading.scenario.unknown["offer_2030"], reading.scenario.flows["titr_oil"]
    train = reading.scenario.trains[flow.train]
    ends = []
    for share in (0.1, 0.9):
        world = with_draws(reading.resolved, {"offer_2030": draw_at(entry, None, share)}, {"offer_2030": entry})
        flow = Scenario.model_validate(world).flows["titr_oil"]
        ends.append([volume_in(year, flow.volume_by_year(train)) for year in range(2025, 2031)])
    widths = np.log(np.array(ends[1]) / ends[0])
    assert widths / widths[-1] == pytest.approx(np.sqrt(np.arange(6) / 5), abs=1e-4)


def test_a_ramped_scale_of_an_index_scales_what_has_grown_by_the_end_of_the_run():
    index = unknown("indices.trade.growth_share_by_year", scale_low=0.25, scale_high=4, ramp_from=2025, shape="walk")
    reading = load("2030_target")
    for draw in (0.3, 1.0, 3.0):
        world = Scenario.model_validate(with_draws(reading.resolved, {"it": draw}, {"it": index})).indices["trade"]
        stated = reading.scenario.indices["trade"]
        assert world.growth(2025, 2030) == pytest.approx(draw * stated.growth(2025, 2030), rel=1e-4)
        assert world.growth(2025, 2026) == pytest.approx(draw**0.2**0.5 * stated.growth(2025, 2026), rel=1e-4)
        assert world.growth(2023, 2025) == stated.growth(2023, 2025)


def test_a_scale_of_growth_without_a_ramp_scales_the_growth_itself_and_both_go_together():
    keys = "indices.trade.growth_share_by_year"
    double = unknown(keys, scale_low=0.5, scale_high=2)
    ramped = unknown(keys, scale_low=0.5, scale_high=2, ramp_from=2025)
    data = load("2030_target").resolved
    assert with_draws(data, {"it": 2.0}, {"it": double})["indices"]["trade"]["growth_share_by_year"] == {
        "2026": 0.174,
        "2027": 0.1,
    }
    world = Scenario.model_validate(with_draws(data, {"a": 2.0, "b": 1.5}, {"a": double, "b": ramped}))
    assert world.indices["trade"].growth(2025, 2030) == pytest.approx(1.5 * 1.174 * 1.1**4, rel=1e-4)


def test_scales_of_one_input_multiply_and_counts_are_rounded_once(corridor):
    data = corridor().resolved
    key = "wagon_pools.platforms.sets"
    unknowns = {name: unknown(key, scale_low=0.5, scale_high=2) for name in "abc"}
    draws = {"a": 1.02, "b": 1.02, "c": 1.02}
    for order in itertools.permutations(draws.items()):
        world = with_draws(data, dict(order), unknowns)
        assert value_at(world, tuple(key.split("."))) == {"2024-01-01": 32, "2025-02-01": 42}  # 30, 40 times 1.061


def test_weights_of_months_are_scaled_by_their_swing(corridor):
    line = "declarations_per_train = 50"
    weights = "month_weights = [3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 7]"
    data = corridor("", (line, f"{line}\n{weights}")).resolved
    swing = unknown("flows.*.month_weights", scale_low=0.5, scale_high=1.5)
    world = with_draws(data, {"swing": 0.5}, {"swing": swing})
    assert world["flows"]["transit"]["month_weights"] == [2.5] * 3 + [1.5] * 8 + [4.5]
    assert scenario_from(world)[1] == []


def test_a_pattern_of_many_stars_is_soon_looked_up(corridor):
    """It would take for ever as a regular expression."""
    data = corridor().resolved
    pattern = f"places.{'*a' * 40}b.*"
    assert unknown_keys(data | {"places": {"a" * 60: {"cranes": 1}}}, unknown(pattern, low=1, high=2)) == ()
    assert unknown_keys({"places": {"a[b]?": {"x": 1}}}, unknown('places."*[b]?".x', low=1, high=2)) == (
        'places."a[b]?".x',
    )


def test_what_is_stated_and_whether_it_is_a_count(corridor):
    data = corridor().resolved
    ports = unknown("places.caspian.ports.*.cranes", low=1, high=4)
    assert (stated_value(data, ports), takes_whole(data, ports)) == (2, True)
    speed = unknown("places.steppe.speed_km_per_day", low=1, high=4)
    assert (stated_value(data, speed), takes_whole(data, speed)) == (800, False)
    both = unknown("places.steppe.paths_per_day", "places.altynkol.receiving_tracks", low=1, high=4)
    assert stated_value(data, both) is None


def table(name="one", **keys):
    """The text of an unknown."""
    lines = {
        "title": '"One"',
        "group": '"border"',
        "keys": '["places.altynkol.receiving_tracks"]',
        "sources.all": '"assumed: nobody says"',
    }
    return "\n".join([f"\n[unknown.{name}]", *(f"{key} = {value}" for key, value in (lines | keys).items()), ""])


def ranged(key, low=2, high=20, **keys):
    """The text of an unknown that moves a key between two values."""
    return table(keys=f"['{key}']", low=low, high=high, **keys)


def scaled(key, **keys):
    """The text of an unknown that scales a key."""
    return table(**({"keys": f"['{key}']", "scale_low": 0.5, "scale_high": 2} | keys))


TRACKS = "places.altynkol.receiving_tracks"
REFUSALS = [
    (ranged("places.altynkl.receiving_tracks"), "keys[0]", "names no value of the scenario; did you mean 'places.al"),
    (ranged("places.*.recieving_tracks"), "keys[0]", "fits no input of the scenario; did you mean 'receiving_tracks'?"),
    (ranged("place.altynkol.x"), "keys[0]", "is no input of the model: the tables of inputs are trains, "),
    (ranged("study.seed"), "keys[0]", "is no input of the model"),
    (ranged("places.altynkol"), "keys[0]", "names a table: name one value of it"),
    (ranged("places.*.forming"), "keys[0]", "places.altynkol.forming names a table: name one value of it"),
    (ranged("places.altynkol.receiving_track"), "keys[0]", "names no value of the scenario; did you mean"),
    (ranged("flows.transit.teu_per_year"), "keys[0]", "states several values: scale them, or name one of them"),
    (ranged("regimes.tez.works_before_release"), "keys[0]", "is no number that could lie in a range (it is 'gauge_ch"),
    (ranged(TRACKS, low=2.5), "keys[0]", "is a count: low, likely, high must be whole numbers"),
    (ranged("regimes.tez.late_h"), "keys[0]", "is a spread without a mean: scale it"),
    (scaled("regimes.tez.works_before_release"), "keys[0]", "has no number to scale (it is 'gauge_change')"),
    (scaled("flows.transit.teu_per_year", ramp_from=2025), "keys[0]", "states nothing after 2025, from which ramp_"),
    (
        table(keys=f"['{TRACKS}']", delay_low_months=1, delay_high_months=2),
        "keys[0]",
        "is no date that could come later (it is 12)",
    ),
    (ranged(f"investments.cranes.changes.{CRANE_KEY}s"), "keys[0]", "names no value of the scenario; did you mean"),
    (ranged(TRACKS, low=13), "low", "leaves open which is likeliest, for 12, as stated, lies outside: state likely"),
    (ranged("places.*.unloading.*.train_h", low=1, high=2), "low", "leaves open which is likeliest, for 3, as stated"),
    (ranged("places.*.train_h", low=1, high=2), "keys[0]", "fits no input of the scenario"),
    (ranged("places.*.*.*.train_h", low=1, high=9), "low", "leaves open which is likeliest, for its keys state no one"),
    (ranged(TRACKS) + table("two", low=1, high=20), "keys", f"moves {TRACKS}, which [unknown.one] moves, too"),
    (scaled(TRACKS, follows="{ 'places.*.forming.crws' = 1 }"), 'follows."places.*.forming.crws"', "did you mean 'cre"),
    (ranged(TRACKS, follows=f"{{ '{CRANE_KEY}' = 1 }}"), None, "follows goes with scale_low and scale_high"),
    (
        scaled("flows.transit.teu_per_year", follows=f"{{ '{TRACKS}' = 1 }}") + table("two", low=1, high=20),
        "keys",
        f"moves {TRACKS}, which [unknown.one] moves, too",
    ),
    (
        scaled("places.steppe.speed_km_per_day")
        + table("two", keys="['places.steppe.speed_km_per_day.mean']", low=700, high=900),
        "keys",
        "moves places.steppe.speed_km_per_day.mean, which [unknown.one] moves, too",
    ),
    (
        scaled(CRANE_KEY) + table("two", keys=f"['investments.cranes.changes.{CRANE_KEY}']", low=1, high=9),
        "keys",
        f'moves investments.cranes.changes."{CRANE_KEY}", which [unknown.one] moves, too',
    ),
    (ranged(TRACKS, low=20, high=20), None, "low must lie below high"),
    (ranged(TRACKS, likely=21), None, "likely must lie between low and high"),
    (ranged(TRACKS, scale_low=1), None, "state low and high, or else scale_low and scale_high, delay_..._months, or"),
    (table(), None, "state low and high, or else scale_low and scale_high"),
    (table(low=2), None, "state both low and high"),
    (table(delay_low_months=2), None, "state both delay_low_months and delay_high_months"),
    (ranged(TRACKS, likely=3, shape='"uniform"'), None, "a uniform range takes no likely"),
    (ranged(TRACKS, low=0, shape='"lognormal"'), None, "low must be more than 0 in a lognormal range"),
    (scaled(TRACKS, shape='"walk"'), None, "a walk goes with scale_low, scale_high and ramp_from"),
    (ranged(TRACKS, shape='"walk"'), None, "a walk goes with scale_low, scale_high and ramp_from"),
    (table(values="[1, 2]", weights="[1]"), None, "must have a weight for each of its 2 values"),
    (ranged(TRACKS, weights="[1]"), None, "weights goes with values"),
    (table(values="[1, 2]", shape='"uniform"'), None, "shape goes with a range: what is listed has weights"),
    (
        table(values="[1, { mean = 2 }]"),
        "values[1]",
        "must be a number, text in quotes, a date, true or false (got a t",
    ),
    (table(values="[['x']]"), "values[0]", "must be a number, text in quotes, a date, true or false (got a list)"),
    (table(values=[*range(101)]), "values", "must have at most 100 entries (got 101)"),
    *(
        (scaled("flows.transit.teu_per_year", ramp_from=year), "ramp_from", "must be a whole number (got ")
        for year in ("nan", "inf", "-inf", "[]", "{}", "2025-01-01", "true", "2024.5")
    ),
    (scaled(CRANE_KEY, follows=f"{{ '{CRANE_KEY}' = 1 }}"), "follows", f"moves {CRANE_KEY} twice"),
    (
        scaled("flows.transit.teu_per_year", follows="{ 'places.*.*.train_h' = 1, 'places.altynkol.forming.*_h' = 1 }"),
        "follows",
        "moves places.altynkol.forming.train_h twice",
    ),
    (
        scaled("", keys="['places.steppe.speed_km_per_day.mean', 'places.steppe.speed_km_per_day']"),
        "keys",
        "moves places.steppe.speed_km_per_day.mean twice",
    ),
    (table(values="[1, 1]"), None, "must list each of its values once"),
    (ranged(TRACKS, ramp_from=2024), None, "ramp_from goes with scale_low and scale_high"),
    (ranged(TRACKS, moves_with='"x"'), None, "moves_with and correlation go together"),
    (ranged(TRACKS, correlation=0.5), None, "moves_with and correlation go together"),
    (ranged(TRACKS, **{"sources.all": '""'}), None, "must say in sources.all what the range rests on"),
    (ranged(TRACKS, group='"boder"'), "group", "must be 'volumes', 'fleets', 'border', 'customs'"),
    (ranged(TRACKS, lowe=2), "lowe", "did you mean 'low'"),
]


@pytest.mark.parametrize(("text", "where", "message"), REFUSALS)
def test_what_is_wrong_with_an_unknown_is_refused_where_it_stands(corridor, text, where, message):
    with pytest.raises(ScenarioError) as error:
        corridor(text)
    [problem] = error.value.problems
    name = "two" if "[unknown.two]" in text else "one"
    assert problem.key == f"unknown.{name}" + (f".{where}" if where else "")
    assert message in problem.message
    lines = (SCENARIO + STORM + CRANES + text).splitlines()
    assert lines[problem.line - 1].startswith((f"[unknown.{name}]", re.split(r"[.[]", str(where))[0]))


OFFER = '[forecast]\noffer = "{}"\noffered_mt = {{ low = 10, high = 12 }}\nconclusions = ["{}"]\n'
DWELL = "border_dwell_h:altynkol <= 50"


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        (OFFER.format("on", DWELL), "forecast.offer", "'on' is no unknown of the scenario; did you mean 'one'?"),
        (OFFER.format("two", DWELL), "forecast.offer", "[unknown.two] must scale what is offered"),
        (OFFER.format("one", "border_dwell_h:altynkl <= 50"), "forecast.conclusions[0]", "did you mean 'altynkol'?"),
        (OFFER.format("one", "border_dwell_h"), "forecast.conclusions[0]", "must compare one KPI with one number"),
        (OFFER.format("one", DWELL).replace("12", "10"), "forecast.offered_mt", "low must lie below high"),
        ('[forecast]\noffer = "one"\n', "forecast", "offer and offered_mt go together"),
        ("[forecast]\nworlds = 1\n", "forecast.worlds", "must be at least 2"),
    ],
)
def test_what_is_wrong_with_a_forecast_is_refused_where_it_stands(corridor, text, key, message):
    offer = scaled("flows.transit.teu_per_year") + table("two", low=2, high=20)
    corridor(offer + OFFER.format("one", DWELL))
    with pytest.raises(ScenarioError) as error:
        corridor(offer + text)
    [problem] = error.value.problems
    assert (problem.key, message in problem.message) == (key, True), problem


@pytest.mark.parametrize(
    ("text", "key", "message"),
    [
        (ranged("regimes.*.wrong_share", 0.01, 1.4, likely=0.1), "unknown.one", "at 1.4 the scenario does not stand: "),
        (
            table(keys="['regimes.tez.works_before_release']", values="['gauge_change', 'gage_change']"),
            "unknown.one",
            "at gage_change the scenario does not stand: regimes.tez.works_before_release must be",
        ),
        (
            table(low=5, high=12) + table("two", keys="['regimes.tez.late_share']", scale_low=1, scale_high=80),
            "unknown.two",
            "at 80",
        ),
    ],
)
def test_a_scenario_must_stand_at_either_end_of_every_unknown(corridor, text, key, message):
    reading = corridor(text)
    with pytest.raises(ScenarioError) as error:
        check(reading)
    [problem] = error.value.problems
    assert (problem.key, message in problem.message) == (key, True), problem
    assert problem.line


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        (ranged(TRACKS), ["leaves 61 assumed inputs without a range, the first"]),
        (ranged(TRACKS, low=13, likely=14), ["does not hold what is stated: 12 lies outside 13 to 20", "leaves 61 as"]),
        (table(values="[10, 11]", stated_share=0.5), ["leaves 61 assumed"]),
        (table(values="[10, 11]"), ["do not hold what is stated: 12", "leaves 61 assumed"]),
        ("", []),
    ],
)
def test_what_is_doubtful_of_ranges_is_told(corridor, text, messages):
    doubts = [problem.message for problem in check(corridor(text)) if problem.key.startswith("unknown")]
    assert len(doubts) == len(messages)
    assert all(message in doubt for message, doubt in zip(messages, doubts, strict=True)), doubts


def test_what_only_a_map_shows_is_not_unknown_and_an_offer_has_a_target():
    def placing(key, *overrides):
        return load("altynkol_sweep", [f"unknown.placing.keys=['{key}']", *overrides])

    with pytest.raises(ScenarioError, match=r"keys\[0\]: has no number to scale \(it is a list\)"):
        placing("places.altynkol_saryagash.line_deg")
    offer = ("forecast.offer='placing'", "forecast.offered_mt={ low = 1, high = 2 }")
    doubts = {problem.key: problem.message for problem in check(placing("places.altynkol.longitude_deg", *offer))}
    assert doubts["unknown.placing"] == "has no effect: no run reads places.altynkol.longitude_deg"
    assert doubts["forecast.offer"] == "has no effect: no corridor has a target"


def test_an_input_is_covered_by_its_mean_or_by_all_its_parts(corridor, tmp_path):
    def bare(*texts):
        reading = corridor("".join(text.replace(".one]", f".u{place}]") for place, text in enumerate(texts)))
        return {figure.key for figure in uncovered(reading, ledger_of(reading))}

    everything = bare()
    spread = ranged("places.altynkol.gauge_change.container.train_h.mean", 1, 4)
    assert bare(spread) == everything - {"places.altynkol.gauge_change.container.train_h"}
    key = "wagon_pools.platforms.empty_run_h"
    assert bare(scaled(f"{key}.aktau")) == everything
    assert bare(scaled(f"{key}.*")) == everything - {key}
    still = load(tmp_path / "small.toml", ["disruptions.storm.active=false"])
    assert {key for key in everything if "storm" in key} != set()
    assert not [figure for figure in uncovered(still, ledger_of(still)) if "storm" in figure.key]


def test_the_command_lists_what_each_input_may_be(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # rows that do not fold
    key = "places.altynkol.gauge_change.containers"
    cranes = scaled(f"{key}.cranes")
    unknowns = cranes + ranged(TRACKS, high=40).replace(".one]", ".two]") + cranes.replace(".one]", ".x]")
    path = tmp_path / "mine.toml"
    path.write_text(f'extends = "{shipped()}/altynkol_tez.toml"\n{unknowns}', encoding="utf-8")
    lines = [line.rstrip() for line in called("sources", path).output.splitlines()]
    reason = "border *assumed: nobody says$"
    for pattern in (
        f"^{TRACKS} .* 2 to 40 \\(two\\) *{reason}",
        f"^places.altynkol.gauge_change. .* 0.5 to 2 times \\(one\\); 0.5 to 2 times \\(x\\) *{reason}",
        r"^3 unknowns: \d+ inputs without a range, the first trains.container.wagons.$",
    ):
        assert [line for line in lines if re.search(pattern, line)], pattern
    path.write_text(path.read_text().replace("assumed: nobody says", "NO-SUCH"), encoding="utf-8")
    refusal = output_of("sources", path, status=2)
    assert "unknown.one.sources.all: cites 'NO-SUCH', which is not in the ledger of facts" in refusal


def test_an_unknown_is_taken_back_and_changed_as_every_key_is(corridor, tmp_path):
    corridor(ranged(TRACKS))
    (tmp_path / "child.toml").write_text('extends = "small.toml"\nunknown.one = "none"\n', encoding="utf-8")
    assert read(tmp_path / "child.toml").scenario.unknown == {}
    changed = load(tmp_path / "small.toml", ["unknown.one.high=25"])
    assert changed.scenario.unknown["one"].high == 25
    with pytest.raises(ScenarioError, match=r"low must lie below high"):
        load(tmp_path / "small.toml", ["unknown.one.high=1"])
    with pytest.raises(ScenarioError, match=r"did you mean 'one'"):
        load(tmp_path / "small.toml", ["unknown.onn.high=1"])


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"low": 650, "likely": 743, "high": 941}, "650, 743, 941"),
        ({"scale_low": 0.7, "scale_high": 1.3}, "0.7 to 1.3 times"),
        ({"delay_low_months": 0, "delay_likely_months": 6, "delay_high_months": 18}, "+0, +6, +18 months"),
        ({"values": [True, False]}, "true | false"),
    ],
)
def test_a_range_in_words(ranges, words):
    assert law_words(unknown(**ranges)) == words


def test_every_shipped_scenario_stands_at_the_ends_of_what_it_does_not_know():
    for name in ("2030_target", "altynkol_tez"):
        check_ends(load(name))


@pytest.mark.parametrize(
    "change", ["wagon_pools.platforms_dostyk.sets=150", "wagon_pools.platforms_xian.sets=90", "horizon.end=2025-01-01"]
)
def test_a_change_that_takes_dates_or_years_away_leaves_what_is_unknown_of_them(change):
    """Unknowns and conclusions name dates and years that the changed scenario has no longer: it is read."""
    reading = load("2030_target", [change])
    draws = {name: 1.0 for name, unknown in reading.scenario.unknown.items() if unknown.kind == "scale"}
    assert scenario_from(with_draws(reading.resolved, draws, reading.scenario.unknown))[0] is not None
    assert [doubt for doubt in check(reading) if "unknown" in doubt.message] == []


def test_a_fleet_that_several_scale_keeps_a_whole_group():
    """Bakhty's sets run home in twos: where all is at its least a single one would be left, and never leave."""
    reading = load("2030_target")
    unknowns = {name: entry for name, entry in reading.scenario.unknown.items() if entry.kind == "scale"}
    least = {
        name: entry.low_end
        for name, entry in unknowns.items()
        if any(key.startswith("wagon_pools.covered_") for key in (*entry.keys, *entry.follows))
    }
    least.pop("covered_group")
    world = with_draws(reading.resolved, least, unknowns)
    assert value_at(world, ("wagon_pools", "covered_bakhty", "group_sets")) == 2
    assert value_at(world, ("wagon_pools", "covered_bakhty", "sets", "2030-01-01")) == 2
    assert value_at(world, ("wagon_pools", "covered_bakhty", "sets", "2024-01-01")) == 0
