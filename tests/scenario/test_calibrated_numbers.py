"""Fitted numbers: where a parameter's value goes, what keeps its own, and which source line speaks for it."""

import pytest
from scenario_text import SCENARIO

from sim.scenario.reading.read import ScenarioError, read, to_toml

KEYS = {
    "wind": ("places.caspian.wind.closed_share", "closed_share = 0.12, ", ""),
    "placing": ("wagon_pools.platforms.placing_h.mean", "placing_h = 2", "placing_h = { cv = 0.6 }"),
    "sets": ("wagon_pools.platforms.sets", "sets = { 2024-01-01 = 30, 2025-02-01 = 40 }\n", ""),
}
VALUES = {"wind": 0.21, "placing": 33.0, "sets": 51.6}
NO_LINE = ('sources.sets = "assumed: enough for the traffic of 2024"\n', "")


def calibration(**values):
    tables = [
        f'[calibration.parameters.{name}]\ntitle = "T"\nkeys = ["{KEYS[name][0]}"]\nlow = 0.01\nhigh = 90\n'
        f"value = {value}\n"
        for name, value in values.items()
    ]
    return '\n[calibration]\ntargets = ["dwell"]\n' + "".join(tables)


FITTED = SCENARIO
for _, old, new in KEYS.values():
    assert FITTED.count(old) == 1, old
    FITTED = FITTED.replace(old, new)
FITTED = FITTED.replace(*NO_LINE) + calibration(**VALUES)


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Reads a child of base.toml, the small corridor with fitted numbers, or a file of any other text."""
    monkeypatch.chdir(tmp_path)

    def reading(child="", *overrides, base=FITTED, whole=None):
        (tmp_path / "base.toml").write_text(base, encoding="utf-8")
        (tmp_path / "child.toml").write_text(whole or f'extends = "base.toml"\n{child}', encoding="utf-8")
        return read("child.toml", overrides)

    return reading


def fitted(reading):
    """Closed share, mean and variation of placing, sets."""
    scenario = reading.scenario
    pool = scenario.wagon_pools["platforms"]
    [share] = scenario.places["caspian"].wind.closed_share.values()
    [sets] = pool.sets.values()
    return share, pool.placing_h.mean, pool.placing_h.cv, sets


def test_a_fitted_number_that_is_taken_back_is_not_fitted_again(files):
    base = SCENARIO + calibration(wind=52.0).replace(KEYS["wind"][0], "places.steppe.most_trains")
    assert [*files(base=base).scenario.places["steppe"].most_trains.values()] == [52]
    with pytest.raises(ScenarioError, match="names no value of the scenario"):
        files('[places.steppe]\nmost_trains = "none"\n', "title=third", base=base)


def test_a_parameter_fills_in_its_keys(files):
    small = files()
    assert fitted(small) == (0.21, 33.0, 0.6, 52)
    assert small.resolved["wagon_pools"]["platforms"]["placing_h"] == {"cv": 0.6, "mean": 33.0}
    assert small.resolved["wagon_pools"]["platforms"]["sets"] == 52


@pytest.mark.parametrize(
    ("table", "key", "parameter"),
    [
        (("places", "caspian", "wind"), "closed_share", "wind"),
        (("wagon_pools", "platforms"), "placing_h", "placing"),
        (("wagon_pools", "platforms"), "sets", "sets"),
    ],
)
def test_a_fitted_number_says_that_it_is_one(files, table, key, parameter):
    found = files().resolved
    for each in table:
        found = found[each]
    assert found["sources"][key] == f"assumed: fitted to published figures (calibration.parameters.{parameter})"


def test_a_line_of_its_own_speaks_for_a_fitted_number(files):
    base = FITTED.replace('title = "Platform wagons"\n', 'title = "Platform wagons"\nsources.sets = "V-2023"\n')
    lines = files(base=base).resolved["wagon_pools"]["platforms"]["sources"]
    assert lines["sets"] == "V-2023"
    assert lines["placing_h"].startswith("assumed: fitted")


def test_what_a_file_states_itself_it_keeps(files):
    small = files(base=SCENARIO + calibration(wind=0.3, placing=50.0))
    assert list(small.scenario.places["caspian"].wind.closed_share.values()) == [0.12]
    assert small.scenario.wagon_pools["platforms"].placing_h.mean == 2.0


@pytest.mark.parametrize(
    ("child", "expected"),
    [
        ("places.caspian.wind.closed_share = 0.4", (0.4, 33.0, 0.6, 52)),
        ("wagon_pools.platforms.sets = 9", (0.21, 33.0, 0.6, 9)),
        ("wagon_pools.platforms.placing_h = 7", (0.21, 7.0, 0.0, 52)),
        ("wagon_pools.platforms.placing_h = { mean = 7, cv = 1 }", (0.21, 7.0, 1.0, 52)),
        ("wagon_pools.platforms.placing_h = { cv = 0.9 }", (0.21, 33.0, 0.9, 52)),
        ('wagon_pools.platforms.placing_h = { low = 1, high = 3, shape = "uniform" }', (0.21, None, 0.0, 52)),
        ("calibration.parameters.placing.value = 44", (0.21, 44.0, 0.6, 52)),
        ("calibration.parameters.sets.value = 60.2", (0.21, 33.0, 0.6, 60)),
        ("calibration.parameters.wind.value = 0.5\nplaces.caspian.wind.closed_share = 0.4", (0.4, 33.0, 0.6, 52)),
        ('title = "Same"', (0.21, 33.0, 0.6, 52)),
    ],
)
def test_a_later_file_overrides_a_key_or_the_parameter(files, child, expected):
    assert fitted(files(child)) == expected


def test_an_override_of_the_parameter_moves_its_keys_and_no_others(files):
    assert fitted(files("", "calibration.parameters.placing.value=44")) == (0.21, 44.0, 0.6, 52)
    assert fitted(files("wagon_pools.platforms.sets = 9", "calibration.parameters.sets.value=60")) == (
        0.21,
        33.0,
        0.6,
        9,
    )


def test_a_number_moved_is_no_longer_the_fitted_one(files):
    lines = files("", "calibration.parameters.sets.value=60").resolved["wagon_pools"]["platforms"]["sources"]
    assert lines["sets"] == "changed by set"
    assert lines["placing_h"].startswith("assumed: fitted")


def test_a_resolved_file_keeps_its_numbers(files):
    first = files("", "wagon_pools.platforms.sets=9")
    again = files(whole=to_toml(first.resolved))
    assert again.scenario == first.scenario
    assert again.resolved == first.resolved


def test_a_fitted_number_that_does_not_fit_is_named_where_its_value_stands(files):
    base = FITTED.replace("value = 0.21", "value = 2.1")
    line = base.split("\n").index("value = 2.1") + 1
    with pytest.raises(ScenarioError) as caught:
        files(base=base)
    assert str(caught.value) == f"base.toml:{line}: places.caspian.wind.closed_share: must be at most 1 (got 2.1)"


WIND_KEYS = f'keys = ["{KEYS["wind"][0]}"]'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("value = 0.21", 'value = "much"', "value: must be a number (got 'much')"),
        (WIND_KEYS, "keys = 3", "keys: must be a list (got 3)"),
        (WIND_KEYS, "keys = [3]", "keys[0]: must be text in quotes (got 3)"),
        ("wind.closed_share", "winds.closed_share", "keys[0]: names no value of the scenario"),
        ("wind.closed_share", "wind.shut_share", "keys[0]: names no value of the scenario"),
    ],
)
def test_a_malformed_calibration_is_refused(files, old, new, says):
    assert FITTED.count(old) == 1
    with pytest.raises(ScenarioError) as caught:
        files(base=FITTED.replace(old, new))
    messages = str(caught.value).split("\n")
    assert any(f"calibration.parameters.wind.{says}" in message for message in messages)
    assert any("places.caspian.wind.closed_share: is missing" in message for message in messages)


def test_a_table_of_another_form_in_place_of_the_parameters_is_left_to_the_schema(files):
    for wrong in ("calibration = 3\n", 'calibration.parameters = "all"\n', "calibration.parameters.wind = [1]\n"):
        with pytest.raises(ScenarioError, match="must be a table"):
            files(whole=wrong + SCENARIO)


def test_one_number_of_a_spread_is_changed_on_the_command_line_and_the_others_stay(files):
    pool = files("", "wagon_pools.platforms.placing_h.mean=5").scenario.wagon_pools["platforms"]
    assert (pool.placing_h.mean, pool.placing_h.cv) == (5.0, 0.6)
    pool = files("", "wagon_pools.platforms.placing_h.cv=0").scenario.wagon_pools["platforms"]
    assert (pool.placing_h.mean, pool.placing_h.cv) == (33.0, 0.0)
    bare = files("", "places.altynkol.forming.train_h.cv=0.5").scenario.places["altynkol"].forming
    assert (bare.train_h.mean, bare.train_h.cv) == (1.5, 0.5)
    red = "places.altynkol.inspection.red_h"
    found = files("", f"{red}.high=30").scenario.places["altynkol"].inspection.red_h
    assert (found.low, found.mode, found.high, found.shape) == (4, 8, 30, "triangular")
    found = (
        files("", f"{red}.shape=uniform", f"{red}.low=1", f"{red}.high=2").scenario.places["altynkol"].inspection.red_h
    )
    assert (found.low, found.mode, found.high, found.shape) == (1, None, 2, "uniform")
