"""Reading scenario files: what is accepted, how files are laid over one another, and what every refusal says."""

import copy
import datetime as dt
import json
import os
import pickle
import re
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenario_text import EASTBOUND, SCENARIO

from sim.scenario.keys import kinds, models, value_at
from sim.scenario.places import Place
from sim.scenario.problems import ArgumentError, CorridorError, Problem, ScenarioError, Spot
from sim.scenario.reading.opening import doubts, load
from sim.scenario.reading.overrides import assignments
from sim.scenario.reading.read import find, read, schema_json, shipped, sorted_problems, to_toml

FOREVER = dt.date.min
KINDS = ", ".join(f"'{kind}'" for model in models(Place) for kind in kinds(model))
"""Every kind of place, as a refusal lists them."""
WHERE_TO_LOOK = "docs/reference.md has all keys, each with an example"


def line_of(fragment, text=SCENARIO):
    """Number of the only line that holds a fragment."""
    [line] = [number for number, line in enumerate(text.split("\n"), 1) if fragment in line]
    return line


def changed(*changes):
    """The small corridor with parts of its text replaced."""
    text = SCENARIO
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, so that messages name files shortly."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def refused(folder):
    """The messages with which a text, under the name small.toml, is refused."""

    def messages(text, *overrides):
        (folder / "small.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            read("small.toml", overrides)
        return str(caught.value).split("\n")

    return messages


@pytest.fixture
def files(folder):
    """Write files by name; text that begins with `...` is laid over base.toml, the small corridor."""

    def write(**texts):
        (folder / "base.toml").write_text(SCENARIO, encoding="utf-8")
        for name, text in texts.items():
            text = re.sub(r"^\.\.\.", 'extends = "base.toml"', text)
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")

    return write


# What is accepted


def test_the_small_corridor_is_read(files):
    files()
    small = read("base.toml")
    scenario = small.scenario
    assert small.name == "base"
    assert scenario.horizon.start == dt.date(2025, 1, 1)
    assert scenario.places["altynkol"].forming.crews == {dt.date(2024, 1, 1): 3, dt.date(2025, 2, 1): 4}
    assert scenario.places["altynkol"].receiving_tracks == {FOREVER: 12}
    assert scenario.places["steppe"].length_km == 3100.0
    assert scenario.regimes["tez"].release_h.mean == 0.5
    assert scenario.flows["transit"].route == ("yard", "altynkol", "steppe", "caspian", "alat_yard")
    assert scenario.flows["transit"].teu_per_year == {2024: 40_000.0, 2025: 60_000.0}
    assert small.spots["places", "steppe", "length_km"].line == line_of("length_km")


def test_a_resolved_scenario_written_back_reads_the_same(files):
    files(child="...\n[places.altynkol]\nreceiving_tracks = 14\n[flows.transit]\nmt_per_year = { 2025 = 0.9 }\n")
    first = read("child.toml", ["study.seed=8"])
    files(again=to_toml(first.resolved))
    again = read("again.toml")
    assert again.scenario == first.scenario
    assert again.resolved == first.resolved
    assert again.scenario.places["altynkol"].receiving_tracks == {FOREVER: 14}
    assert again.scenario.study.seed == 8


def test_working_hours_are_written_back_as_times(files):
    files(child=f'...\n[places.altynkol]\ntime_zone = "Asia/Almaty"\n{OFFICE}\n')
    first = read("child.toml", ["places.altynkol.office_hours.closes=17:30:00"])
    files(again=to_toml(first.resolved))
    office = read("again.toml").scenario.places["altynkol"].office_hours
    assert (office.opens, office.closes, office.weekdays) == (dt.time(9), dt.time(17, 30), (1, 5))
    assert read("base.toml").scenario.places["altynkol"].office_hours is None


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(folder):
    (folder / "windows.toml").write_bytes(b"\xef\xbb\xbf" + SCENARIO.replace("\n", "\r\n").encode())
    assert read("windows.toml").spots["places", "steppe", "length_km"].line == line_of("length_km")


# One file over another


def test_a_chain_of_files_is_merged_key_by_key(files):
    files(
        child='...\ntitle = "Child"\n[places.altynkol]\nreceiving_tracks = 14\n',
        grandchild='extends = "child.toml"\n[places.altynkol.forming]\ncrews = 9\n',
    )
    grandchild = read("grandchild.toml")
    altynkol = grandchild.scenario.places["altynkol"]
    assert grandchild.scenario.title == "Child"
    assert altynkol.receiving_tracks == {FOREVER: 14}
    assert altynkol.forming.crews == {FOREVER: 9}
    assert altynkol.forming.train_h.mean == 1.5
    assert "extends" not in grandchild.resolved
    assert [file.name for file in grandchild.files] == ["grandchild.toml", "child.toml", "base.toml"]


def test_a_long_chain_of_files_is_read(files):
    links = {f"link{n}": f'extends = "link{n + 1}.toml"\nstudy.seed = {n}\n' for n in range(150)}
    files(**links, link150="...\nstudy.replications = 4\n")
    study = read("link0.toml").scenario.study
    assert (study.seed, study.replications) == (0, 4)


def test_lists_dates_years_and_spreads_are_replaced_whole(files):
    files(
        child="""...
[flows.transit]
route = ["yard", "altynkol", "steppe", "caspian"]
teu_per_year = { 2026 = 1 }
[places.altynkol]
officer_teams = { 2023-01-01 = 7 }
inspection.red_h = { mean = 5 }
"""
    )
    scenario = read("child.toml").scenario
    assert scenario.flows["transit"].route == ("yard", "altynkol", "steppe", "caspian")
    assert scenario.flows["transit"].teu_per_year == {2026: 1.0}
    assert scenario.places["altynkol"].officer_teams == {dt.date(2023, 1, 1): 7}
    assert scenario.places["altynkol"].inspection.red_h.mean == 5.0
    assert scenario.places["altynkol"].inspection.red_h.shape == "lognormal"


def test_tables_by_name_grow(files):
    files(
        child="...\n[wagon_pools.platforms.empty_run_h]\nalat_yard = 200\n[published.dwell_2025]\nlow = 1\nhigh = 2\n"
    )
    scenario = read("child.toml").scenario
    assert {name: run.mean for name, run in scenario.wagon_pools["platforms"].empty_run_h.items()} == {
        "aktau": 96,
        "altynkol": 0,
        "alat_yard": 200,
    }
    assert (scenario.published["dwell_2025"].high, scenario.published["dwell_2025"].kpi) == (2.0, "border_dwell_h")


@pytest.mark.parametrize(("switch", "order"), [("true", "gauge_change"), ("false", "nothing")])
def test_the_switch_of_older_files_is_read_as_an_order_of_works(tmp_path, switch, order):
    text = SCENARIO.replace('works_before_release = "gauge_change"', f"beside_gauge_change = {switch}")
    (tmp_path / "old.toml").write_text(text, encoding="utf-8")
    regimes = read(tmp_path / "old.toml").scenario.regimes
    assert {regime.works_before_release for regime in regimes.values()} == {order}


@pytest.mark.parametrize("name", ["altynkol_tez", "altynkol_tez.toml"])
def test_a_shipped_scenario_is_extended_by_its_name_unless_a_file_stands_there(files, name):
    files(mine=f'title = "Mine"\nextends = "{name}"\nstudy.seed = 3\n')
    assert "altynkol" in read("mine.toml").scenario.places
    Path(name).write_text('extends = "base.toml"\n', encoding="utf-8")
    assert "caspian" in read("mine.toml").scenario.places


def test_what_a_file_inherits_can_be_taken_back(files):
    files(
        child="...\n[places.altynkol]\nwestbound_handover_trains_per_day = 9\n"
        'sources.westbound_handover_trains_per_day = "assumed: nine"\n',
        none='extends = "child.toml"\npublished = { dwell_2025 = "none" }\n[places.caspian]\nwind = "none"\n'
        '[places.altynkol]\nwestbound_handover_trains_per_day = "none"\n'
        '[wagon_pools.platforms]\nempty_run_h.yard = 9\nempty_run_h.aktau = "none"\n',
        back='extends = "none.toml"\n[places.altynkol]\nwestbound_handover_trains_per_day = 3\n',
    )
    bare = read("none.toml", ["wagon_pools.platforms.empty_run_h.aktau=1"])
    scenario = bare.scenario
    assert (scenario.places["caspian"].wind, scenario.published) == (None, {})
    assert scenario.places["altynkol"].westbound_handover_trains_per_day is None
    assert [*scenario.wagon_pools["platforms"].empty_run_h] == ["altynkol", "yard", "aktau"]
    assert "sources" not in read("child.toml").resolved["places"]["steppe"]
    assert [*bare.resolved["places"]["altynkol"]["sources"]] == ["all"]
    files(again=to_toml(bare.resolved))
    assert read("again.toml").scenario == scenario
    altynkol = read("back.toml", ["wagon_pools.platforms.empty_run_h.aktau=1"]).resolved["places"]["altynkol"]
    assert altynkol["westbound_handover_trains_per_day"] == 3
    # as new, and not as changed from nine
    assert altynkol["sources"]["westbound_handover_trains_per_day"] == "no source in back.toml"
    assert load("child.toml", {"places.caspian.wind": None}).scenario.places["caspian"].wind is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("study.seed", "9"),
        ("horizon.warmup_days", "9"),
        ("flows.transit.month_weights", "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]"),
        ("flows.transit.departures_cv", "0.5"),
        ("places.caspian.vessels.feeder.load_factor", "{ 2025-01-01 = 0.5 }"),
        ("places.caspian.wind.closure_cv", "0.5"),
        ("published.dwell_2025.basis", '"survey"'),
        ("study", "{ seed = 9 }"),
    ],
)
def test_a_key_with_a_default_is_taken_back_to_it(files, key, value):
    files(child=f'extends = "base.toml"\n{key} = {value}\n', back=f'extends = "child.toml"\n{key} = "none"\n')
    *table, name = key.split(".")
    assert name in value_at(read("child.toml").resolved, tuple(table))
    assert name not in value_at(read("back.toml").resolved, tuple(table))
    assert read("child.toml", [f"{key}=none"]).scenario == read("back.toml").scenario


@pytest.mark.parametrize(
    ("text", "override", "problems"),
    [
        ('[places.altynkol]\noffice_hours = "none"\n', "", ["child.toml:3: places.altynkol.office_hours: {}"]),
        (
            '[flows.transit]\nindex = "none"\n',
            "flows.transit.index=none",
            ["child.toml:3: flows.transit.index: {}", "set: flows.transit.index: {}"],
        ),
        ("", 'flows.transit={ index = "none" }', ["set: flows.transit.index: {}"]),
        ("", 'places.altynkol.gauge_change={ tank = "none" }', ["set: places.altynkol.gauge_change.tank: {}"]),
        (
            "",
            "places.altynkol.receiving_tracks=none",
            ["set: places.altynkol.receiving_tracks: must be a whole number"],
        ),
        ("", "horizon=none", ["set: horizon: must be a table (got 'none')"]),
        ("", "horizon.end=2020-01-01", ["set: horizon: end must lie after start"]),
    ],
)
def test_what_is_not_there_or_must_be_cannot_be_taken_back(files, text, override, problems):
    files(child=f"...\n{text}")
    with pytest.raises(ScenarioError) as caught:
        read("child.toml", [override] if override else [])
    said = str(caught.value).split("\n")
    for problem in problems:
        assert [
            line for line in said if line.startswith(problem.format('says "none", but nothing is there to take back'))
        ]
    assert len(said) == len(problems)


def test_a_volume_in_another_unit_takes_the_place_of_the_first(files):
    files(child="...\n[flows.transit]\ntrains_per_year = { 2025 = 400 }\n")
    transit = read("child.toml").scenario.flows["transit"]
    assert (transit.trains_per_year, transit.teu_per_year) == ({2025: 400.0}, None)


def test_a_share_of_other_flows_takes_the_place_of_a_volume_and_its_index(folder):
    index = '[indices.trade]\ntitle = "Trade"\ngrowth_share_by_year = { 2026 = 0.1 }\n\n'
    base = changed(("[corridors.middle]", f"{index}[corridors.middle]"))
    base = base.replace("declarations_per_train = 50", 'index = "trade"\ndeclarations_per_train = 50') + EASTBOUND
    west = base.replace('direction = "eastbound"', 'direction = "westbound"')
    west = west.replace('["alat_yard", "caspian", "steppe", "altynkol", "yard"]', '["steppe"]')
    (folder / "base.toml").write_text(west, encoding="utf-8")
    (folder / "child.toml").write_text('extends = "base.toml"\nflows.transit.share_of = { back = 0.5 }\n')
    transit = read("child.toml").scenario.flows["transit"]
    assert (transit.teu_per_year, transit.index, transit.share_of) == (None, None, {"back": {FOREVER: 0.5}})
    assert read("base.toml").scenario.flows["transit"].index == "trade"
    (folder / "again.toml").write_text('extends = "child.toml"\nflows.transit.mt_per_year = { 2025 = 1 }\n')
    transit = read("again.toml").scenario.flows["transit"]
    assert (transit.mt_per_year, transit.share_of) == ({2025: 1.0}, None)


def test_boxes_of_other_flows_take_the_place_of_a_volume_and_give_it_back(folder):
    (folder / "base.toml").write_text(SCENARIO + EASTBOUND, encoding="utf-8")
    terms = "empties_of = { transit = 0.5 }\nturn_h = 240\nsources.turn_h = 'assumed: a guess'\n"
    (folder / "child.toml").write_text(f'extends = "base.toml"\n[flows.back]\n{terms}')
    back = read("child.toml").scenario.flows["back"]
    assert (back.trains_per_year, back.empties_of, back.turn_h.mean) == (None, {"transit": {FOREVER: 0.5}}, 240)
    (folder / "again.toml").write_text('extends = "child.toml"\nflows.back.mt_per_year = { 2025 = 1 }\n')
    back = read("again.toml").scenario.flows["back"]
    assert (back.mt_per_year, back.empties_of, back.turn_h.mean, back.sources) == ({2025: 1.0}, None, 0, {})


def test_a_place_of_another_kind_takes_the_place_of_the_first(files):
    files(
        child="""...
[places.steppe]
kind = "terminal"
title = "Yard in the steppe"
unloading.container = { tracks = 1, train_h = 1 }
[wagon_pools.platforms.empty_run_h]
steppe = 90
[flows.transit]
route = ["yard", "altynkol", "steppe"]
"""
    )
    assert read("child.toml").scenario.places["steppe"].kind == "terminal"


# Changes of a command line


@pytest.mark.parametrize(
    ("override", "value"),
    [
        ("title=Plain words, 5 = five", "Plain words, 5 = five"),
        ('title="in quotes"', "in quotes"),
        ("title=", ""),
        ("title = 1.2.3", "1.2.3"),
        ("study.level=0.9", 0.9),
        ("horizon.end=2025-06-01", dt.date(2025, 6, 1)),
        ("places.altynkol.forming.crews=4", {FOREVER: 4}),
        ("places.altynkol.forming.crews={2020-01-01 = 1}", {dt.date(2020, 1, 1): 1}),
        ("places.altynkol.forming.crews.2020-01-01=2", {dt.date(2020, 1, 1): 2}),
        ('"places" . altynkol.receiving_tracks = 20 # more', {FOREVER: 20}),
        ("places.steppe.single_track=true", True),
    ],
)
def test_an_override_sets_one_value(files, override, value):
    files()
    found = read("base.toml", [override]).scenario
    for key in re.sub(r"\.2020-01-01|[\" ]", "", override.partition("=")[0]).split("."):
        found = found[key] if isinstance(found, dict) else getattr(found, key)
    assert found == value


def test_the_last_override_of_a_key_holds_and_dates_add_up(files):
    files()
    crews = "places.altynkol.forming.crews"
    overrides = ["study.seed=1", f"{crews}.2020-01-01=2", "study.seed=3", f"{crews}.2025-01-15=5"]
    scenario = read("base.toml", overrides).scenario
    assert scenario.study.seed == 3
    assert scenario.places["altynkol"].forming.crews == {dt.date(2020, 1, 1): 2, dt.date(2025, 1, 15): 5}


def test_overrides_are_refused_like_files(refused):
    assert refused(
        SCENARIO,
        "places.altynkoll.forming.crews=4",
        "places.altynkol.formng.crews=4",
        "study.level=0",
        "studdy.seed=1",
        "nonsense",
        "=5",
        "a b=5",
        "extends=other.toml",
        "places.altynkol.forming.crews.2025-01-15=5",
    ) == [
        "set: must be written key.path=value (got '=5')",
        "set: must be written key.path=value (got 'a b=5')",
        "set: must be written key.path=value (got 'nonsense')",
        "set: extends: can only stand in a file",
        "set: places.altynkol.forming.crews: has no value before 2025-01-15, and the horizon starts on 2025-01-01",
        "set: places.altynkol.formng: is not a key of [places.altynkol]; did you mean 'forming'?",
        "set: places.altynkoll.forming.crews: there is no [places.altynkoll] to change; did you mean 'altynkol'?",
        "set: studdy: is not a key of a scenario; did you mean 'study'?",
        "set: study.level: must be at least 0.5 (got 0)",
    ]


@pytest.mark.parametrize(
    ("change", "key", "value"),
    [
        ("places.altynkol.forming.crews=-3", "places.altynkol.forming.crews", {"2024-01-01": 0, "2025-02-01": 1}),
        ("places.altynkol.forming.crews=+3", "places.altynkol.forming.crews", {"2024-01-01": 6, "2025-02-01": 7}),
        ("places.caspian.wind.closed_share=-0.1", "places.caspian.wind.closed_share", 0.02),
        (
            "places.altynkol.gauge_change.container.train_h = -0.5",
            "places.altynkol.gauge_change.container.train_h.mean",
            2.5,
        ),
        ("places.altynkol.longitude_deg=-5", "places.altynkol.longitude_deg", -5),
        ("places.altynkol.longitude_deg=+5", "places.altynkol.longitude_deg", 85.32),
    ],
)
def test_a_sign_is_more_or_less_than_stated_where_the_number_may_not_be_below_0(files, change, key, value):
    """Else a minus is part of the number. What was made of a sign is put on once."""
    files(mine="...\n[places.altynkol]\nlongitude_deg = 80.32\nlatitude_deg = 44.2\n")
    reading = load("mine.toml", change)
    assert reading.get(key) == value
    assert load("mine.toml").set(change).get(key) == value
    assert reading.set(reading.overrides).get(key) == value


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("seed=3", "seed: is not a key of a scenario; did you mean 'study.seed'?"),
        ("end=2025-02-01", "end: is not a key of a scenario; did you mean 'horizon.end'?"),
        (
            "places.altynkol.crews=+1",
            "places.altynkol.crews: is not a key of [places.altynkol]; did you mean 'places.altynkol.forming.crews'?",
        ),
        (
            "wagon_pools.platforms.set=+1",
            "wagon_pools.platforms.set: is not a key of [wagon_pools.platforms]; did you mean 'sets'?",
        ),
    ],
)
def test_a_key_of_a_table_inside_is_told_and_no_table_is_blamed_for_the_guess(refused, change, says):
    assert refused(SCENARIO, change) == [f"set: {says}"]


HANDOVERS = "places.altynkol.westbound_handover_trains_per_day=-1"


@pytest.mark.parametrize("value", ["-010", "+09", "-00", "+٥"])
def test_what_toml_takes_for_no_number_is_no_more_and_no_less(files, value):
    files()
    with pytest.raises(ScenarioError, match="must be a"):
        load("base.toml", f"places.altynkol.forming.crews={value}")


@pytest.mark.parametrize("changes", [{"places.altynkol.forming.crews": -1}, HANDOVERS])
def test_a_negative_value_of_a_table_is_no_less_nor_is_one_where_nothing_is_stated(files, changes):
    files()
    with pytest.raises(ScenarioError, match=r"must be at least 0 \(got -1\)"):
        load("base.toml", changes)


# Refusals


def test_three_mistakes_are_all_reported_with_line_key_and_hint(refused):
    stage = '    "steppe",'
    text = changed(
        ("receiving_tracks = 12", "receiving_track = 12"), ("cranes = 4", "cranes = -3"), (stage, '    "stepe",')
    )
    assert refused(text) == [
        f"small.toml:{line_of('receiving_tracks = 12')}: places.altynkol.receiving_track: "
        "is not a key of [places.altynkol]; did you mean 'receiving_tracks'?",
        f"small.toml:{line_of('cranes = 4')}: places.altynkol.gauge_change.container.cranes: "
        "must be at least 0 (got -3)",
        f"small.toml:{line_of(stage)}: flows.transit.route[2]: "
        "'stepe' is not a place of the scenario; did you mean 'steppe'?",
    ]


def test_a_problem_carries_its_parts(files):
    files(child="...\n[places.altynkol]\n  receiving_tracks = 1.5\n")
    with pytest.raises(ScenarioError) as caught:
        read("child.toml")
    [problem] = caught.value.problems
    assert (problem.file, problem.line, problem.column) == ("child.toml", 3, 3)
    assert (problem.key, problem.message) == ("places.altynkol.receiving_tracks", "must be a whole number (got 1.5)")
    assert pickle.loads(pickle.dumps(caught.value)).problems == [problem]


def test_problems_name_the_file_that_said_them(files, folder):
    files(child='extends = "broken.toml"\n[flows.transit]\ntrain = "containers"\n')
    (folder / "broken.toml").write_text(changed(("cranes = 4", "cranes = -4")), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read("child.toml", ["study.seed=x", "corridors.middle.target_mt=10"])
    assert str(caught.value).split("\n") == [
        "child.toml:3: flows.transit.train: "
        "'containers' is not a train type of the scenario; did you mean 'container'?",
        f"broken.toml:{line_of('cranes = 4')}: places.altynkol.gauge_change.container.cranes: "
        "must be at least 0 (got -4)",
        "set: corridors.middle.target_mt: must be a table such as { 2025 = 10 } (got 10); "
        "as a change: 'corridors.middle.target_mt={ 2025 = 10 }'",
        "set: study.seed: must be a whole number (got 'x')",
    ]


DESKS = "declarant_teams = 3\n"
OFFICE = 'office_hours = { opens = 09:00:00, closes = 18:00:00, weekdays = [1, 5], at_closing = "finish" }'
ONE_MISTAKE = [
    # old, new, fragment of the line to be named, key path, message
    ("warmup_days = 14", "warmup_days = true", None, "horizon.warmup_days", "must be a whole number (got true)"),
    ("start = 2025-01-01\nend = 2025-03-01", "start = 1735689600\nend = 2025-03-01", "start = 1735689600",
     "horizon.start", "must be a date such as 2025-07-01 (got 1735689600)"),
    ("end = 2025-03-01", "end = 2024-03-01", "[horizon]", "horizon", "end must lie after start"),
    ("net_t = 1_400.0", "net_t = inf", None, "trains.container.net_t", "must be a finite number (got inf)"),
    ("net_t = 1_400.0", 'net_t = "1400"', None, "trains.container.net_t", "must be a number (got '1400')"),
    ("net_t = 1_400.0", "net_t = 0", None, "trains.container.net_t", "must be more than 0 (got 0)"),
    ("net_t = 1_400.0", f"net_t = 1{'0' * 400}", None, "trains.container.net_t", "is too large a number"),
    ("teu = 100\n", f"teu = 1{'0' * 400}\n", "teu = 1000", "trains.container.teu",
     "must be at most 1000000 (got a huge number)"),
    ('title = "Container train"', "title = 7", "title = 7", "trains.container.title", "must be text in quotes (got 7)"),
    ('title = "Container train"\n', "", "[trains.container]", "trains.container.title",
     f"is missing; {WHERE_TO_LOOK}"),
    ('wagon_pools = ["platforms"]', 'wagon_pools = ["platform"]', None, "trains.container.wagon_pools[0]",
     "'platform' is not a wagon pool of the scenario; did you mean 'platforms'?"),
    ('wagon_pools = ["platforms"]', 'wagon_pool = "platforms"', None, "trains.container.wagon_pool",
     "is not a key of [trains.container]; did you mean 'wagon_pools'?"),
    ('wagon_pools = ["platforms"]', 'wagon_pools = "platforms"', None, "trains.container.wagon_pools",
     "must be a list (got 'platforms')"),
    ('home = "altynkol"', 'home = "dostyk"', None, "wagon_pools.platforms.home",
     "'dostyk' is not a place or port of the scenario"),
    ("aktau = { mean = 96,", "aktauu = { mean = 96,", None, "wagon_pools.platforms.empty_run_h.aktauu",
     "'aktauu' is not a place or port of the scenario; did you mean 'aktau'?"),
    ("sets = { 2024-01-01 = 30, 2025-02-01 = 40 }", "sets = {}", None, "wagon_pools.platforms.sets",
     "must have at least 1 entry (got 0)"),
    ("sets = { 2024-01-01 = 30,", "sets = { 2024 = 30,", None, "wagon_pools.platforms.sets.2024",
     "must be a date such as 2024-01-01"),
    ("sets = { 2024-01-01 = 30,", "sets = { 2025-01-02 = 30,", None, "wagon_pools.platforms.sets",
     "has no value before 2025-01-02, and the horizon starts on 2025-01-01"),
    ("net_t = 1_400.0", "net_t = { 2025-01-02 = 1050 }", None, "trains.container.net_t",
     "must be a number (got a table)"),
    ("2030 = 10 }", "twenty = 10 }", None, "corridors.middle.target_mt.twenty", "must be a year such as 2025"),
    ("2030 = 10 }", "1930 = 10 }", None, "corridors.middle.target_mt.1930", "must be at least 1990 (got 1930)"),
    ("keying_h = 0.25", "keying_h = nan", None, "regimes.paper.keying_h", "must be a finite number (got nan)"),
    ("late_share = 0.05", "late_share = 1.05", None, "regimes.tez.late_share", "must be at most 1 (got 1.05)"),
    ("lead_h = { mean = 24, cv = 0.5 }", "lead_h = [24]", None, "regimes.tez.lead_h",
     "must be a number, or a spread such as { mean = 3, cv = 0.5 } (got a list)"),
    ("lead_h = { mean = 24, cv = 0.5 }", "lead_h = -24", None, "regimes.tez.lead_h", "must be at least 0 (got -24)"),
    ("lead_h = { mean = 24, cv = 0.5 }", "lead_h = { mean = 24, sd = 0.5 }", None, "regimes.tez.lead_h.sd",
     "is not a key of [regimes.tez.lead_h]; its keys are mean, cv, shape, low, mode, high"),
    ("lead_h = { mean = 24, cv = 0.5 }", "lead_h = { low = 24 }", None, "regimes.tez.lead_h",
     "a lognormal spread takes exactly mean"),
    ("release_h = 0.5\n", "release_h = 0.5\nkeying_h = 1\n", "keying_h = 1", "regimes.tez.keying_h",
     "is not a key of [regimes.tez]; it is a key of kind 'paper'"),
    ('kind = "border"', 'kind = "boarder"', None, "places.altynkol.kind",
     f"must be one of {KINDS} (got 'boarder'); did you mean 'border'?"),
    ('kind = "border"\n', "", "[places.altynkol]", "places.altynkol.kind",
     f"is missing; it must be one of {KINDS}"),
    ('directions = ["westbound"]', 'directions = ["west"]', None,
     "places.altynkol.gauge_change.container.directions[0]",
     "must be 'westbound' or 'eastbound' (got 'west'); did you mean 'westbound'?"),
    ('directions = ["westbound"]', 'directions = "westbound"', None,
     "places.altynkol.gauge_change.container.directions", "must be a list (got 'westbound')"),
    ("number = 3\ncapacity_teu = 350", "number = 3\ncapacity_t = 350", "[places.caspian]", "places.caspian",
     "vessels.feeder must state capacity_teu, and no other capacity"),
    ('route = [\n    "yard",', 'month_weights = [1, 2]\nroute = [\n    "yard",', "month_weights",
     "flows.transit.month_weights", "must have at least 12 entries (got 2)"),
    ("capacity_teu = 350", 'capacity_teu = 350\ntakes = ["lorries"]', '    "caspian",', "flows.transit.route[3]",
     "no vessel of sea crossing 'caspian' takes 'container', of trains of 'container'"),
    ("closure_h = 30 }", "closure_h = 30, month_weights = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }", None,
     "places.caspian.wind", "month_weights must add up to more than 0"),
    ("0.12, closure_h = 30 }", "0.3, closure_h = 30, month_weights = [9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1] }", None,
     "places.caspian.wind", "closed_share must be at most 0.95, or 1 for a stop (month_weights make 0.3 up to 1.61)"),
    ('corridor = "middle"', 'corridor = "midle"', None, "flows.transit.corridor",
     "'midle' is not a corridor of the scenario; did you mean 'middle'?"),
    ('2025-02-01 = "tez"', '2025-02-01 = "tezz"', None, "flows.transit.regime.2025-02-01",
     "'tezz' is not a clearance regime of the scenario; did you mean 'tez'?"),
    ('2025-02-01 = "tez"', '2025-02-01 = "TEZ"', None, "flows.transit.regime.2025-02-01",
     "'TEZ' is not a clearance regime of the scenario; did you mean 'tez'?"),
    ('corridor = "middle"', 'corridor = "nord"', None, "flows.transit.corridor",
     "'nord' is not a corridor of the scenario; it has middle"),
    ("target_mt = { 2030 = 10 }", "target_mt = 10", None, "corridors.middle.target_mt",
     "must be a table such as { 2025 = 10 } (got 10)"),
    ("target_mt = { 2030 = 10 }", 'target_mt = "10.5 Mt"', None, "corridors.middle.target_mt",
     "must be a table such as { 2025 = 10.5 } (got '10.5 Mt')"),
    ("empty_run_h = { aktau = { mean = 96, cv = 0.2 }, altynkol = 0 }", "empty_run_h = 96", None,
     "wagon_pools.platforms.empty_run_h", "must be a table such as { name = 96 } (got 96)"),
    ("teu = 100\n", "teu = 0\n", "teu_per_year = {", "flows.transit.teu_per_year",
     "needs a train type with teu, and 'container' has none"),
    ('handling = "container"', 'handling = "containers"', '    "yard",', "flows.transit.route[0]",
     "terminal 'yard' has no unloading.containers, which trains of 'container' need; did you mean 'container'?"),
    ('    "steppe",', '    "alat_yard", # early', "# early", "flows.transit.route[2]",
     "terminal 'alat_yard' must stand first or last on a route"),
    ('flow = "transit"', 'flow = "transitt"', None, "published.dwell_2025.flow",
     "'transitt' is not a flow or corridor of the scenario; did you mean 'transit'?"),
    ('place = "altynkol"', 'place = "aktau"', None, "published.dwell_2025.place",
     "'aktau' is not a place of the scenario"),
    ("[flows.transit]", "[flows.middle]", None, "flows.middle", "must have another name: a corridor is called so"),
    ("[wagon_pools.platforms]", "[wagon_pools.altynkol]", None, "wagon_pools.altynkol",
     "must have another name: a place is called so"),
    ("[flows.transit]", "[flows.all]", None, "flows.all", "must have another name: 'all' stands for the sum of all"),
    ("[published.dwell_2025]", "[published.Dwell]", None, "published.Dwell",
     "is not a name of small letters, digits and _, a letter first"),
    ("sources.sets =", "sources.setts =", None, "wagon_pools.platforms.sources.setts",
     "speaks for 'setts', which its table does not have; did you mean 'sets'?"),
    ("sources.sets =", "sources  =", None, "wagon_pools.platforms.sources",
     "must be a table (got 'assumed: enough for the traffic of 2024')"),
    (DESKS, f'{DESKS}time_zone = "Asia/Almati"\n', "Almati", "places.altynkol.time_zone",
     "must be an IANA time zone such as 'Asia/Almaty' (got 'Asia/Almati'); did you mean 'Asia/Almaty'?"),
    (DESKS, f'{DESKS}time_zone = "localtime"\n', "localtime", "places.altynkol.time_zone",
     "must be an IANA time zone such as 'Asia/Almaty' (got 'localtime')"),
    (DESKS, f"{DESKS}{OFFICE}\n", "[places.altynkol]", "places.altynkol", "office_hours needs a time_zone"),
    (DESKS, f"{DESKS}{OFFICE.replace('09:00:00', '9')}\n", "office_hours", "places.altynkol.office_hours.opens",
     "must be a time such as 09:00:00 (got 9)"),
    (DESKS, f"{DESKS}{OFFICE.replace('finish', 'finnish')}\n", "office_hours",
     "places.altynkol.office_hours.at_closing", "must be 'finish' or 'stop' (got 'finnish'); did you mean 'finish'?"),
    (DESKS, f"{DESKS}{OFFICE.replace('5]', '8]')}\n", "office_hours", "places.altynkol.office_hours.weekdays[1]",
     "must be at most 7 (got 8)"),
    (DESKS, f"{DESKS}{OFFICE.replace('1, 5', '')}\n", "office_hours", "places.altynkol.office_hours.weekdays",
     "must have at least 1 entry (got 0)"),
    (DESKS, f"{DESKS}{OFFICE.replace('1, 5', '1, 5, 1')}\n", "office_hours",
     "places.altynkol.office_hours.weekdays", "has 1 twice"),
    ('wagon_pools = ["platforms"]', 'wagon_pools = ["platforms", "platforms"]', None, "trains.container.wagon_pools",
     "has 'platforms' twice"),
    ('title = "Container train"', 'title = "Container\\ntrain"', None, "trains.container.title", "must be one line"),
    ('works_before_release = "gauge_change"\n\n[regimes.tez]', 'works_before_release = "all"\n\n[regimes.tez]', '"all"',
     "regimes.paper.works_before_release", "must be 'nothing', 'placing', 'gauge_change' or 'forming' (got 'all')"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fragment", "key", "message"), ONE_MISTAKE)
def test_one_mistake_is_named_in_plain_words(refused, old, new, fragment, key, message):
    text = changed((old, new))
    assert f"small.toml:{line_of(fragment or new, text)}: {key}: {message}" in refused(text)


def test_one_mistake_is_one_problem(refused):
    alone = [row for row in ONE_MISTAKE if row[1].startswith(("warmup", "net_t", "late_share", "corridor", "2025"))]
    assert len(alone) > 5
    for old, new, *_ in alone:
        assert len(refused(changed((old, new)))) == 1


def test_problems_stand_once_and_in_the_order_of_the_files():
    def problem(file, line, message):
        return Problem(Spot(file, line), ("study",), message)

    child, early, late = problem("b", 9, "x"), problem("a", 2, "x"), problem("a", 10, "x")
    said = problem("set", None, "x")
    assert sorted_problems([said, late, early, child, late], ["b", "a", "set"]) == [child, early, late, said]


def test_a_sea_crossing_needs_trains_with_what_it_carries(refused):
    stage = '    "caspian",'
    text = changed(
        ('carries = "teu"', 'carries = "wagons"'), ("capacity_teu", "capacity_wagons"), ("wagons = 50", "wagons = 0")
    )
    assert refused(text) == [
        f"small.toml:{line_of(stage)}: flows.transit.route[3]: "
        "sea crossing 'caspian' carries wagons, and trains of 'container' have none"
    ]


def test_a_missing_key_is_named_at_its_table_even_if_a_file_below_had_it(refused):
    line = line_of("[places.steppe]")
    name = '    "steppe",'
    stage = f"small.toml:{line_of(name)}: flows.transit.route[2]"
    assert refused(SCENARIO, "places.steppe.kind=terminal") == [
        f"small.toml:{line}: places.steppe.title: is missing, and so is unloading; {WHERE_TO_LOOK}",
        f"{stage}: terminal 'steppe' has no unloading.container, which trains of 'container' need",
        f"{stage}: terminal 'steppe' must stand first or last on a route",
    ]


def test_an_empty_file_lacks_its_tables(refused):
    message = f"title: is missing, and so are horizon, trains, places, flows; {WHERE_TO_LOOK}"
    assert refused("") == [f"small.toml:1: {message}"]


def test_mistakes_of_words_and_of_meaning_are_told_at_once(refused):
    sweep = '[sweep]\nmeasures = ["transit_days:nowhere"]\nfactors."places.nowhere.x" = { low = 2, high = 3 }\n'
    text = changed(
        ("receiving_tracks = 12", "recieving_tracks = 12"),
        ("\nteams = 2", "\nteams = -2"),
        ("\nnet_t = 1_400.0", '\nnet_t = "1400"'),
        ("late_share = 0.05", "late_shar = 1.05"),
        ('corridor = "middle"', 'corridor = "midle"'),
    )
    keys = [message.split(": ")[1] for message in refused(text + sweep)]
    assert keys == [
        "trains.container.net_t",
        "regimes.tez.late_share",
        "regimes.tez.late_shar",
        "places.altynkol.recieving_tracks",
        "places.altynkol.inspection.teams",
        "flows.transit.corridor",
        "sweep.measures[0]",
        'sweep.factors."places.nowhere.x"',
    ]
    quoted = changed(("start = 2025-01-01\nend = 2025-03-01", 'start = "2025-01-01"\nend = 2024-03-01'))
    assert refused(quoted) == [
        "small.toml:4: horizon: end must lie after start",
        "small.toml:5: horizon.start: must be a date such as 2025-07-01 (got '2025-01-01')",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = 'a'\ntitel", "small.toml:2: is not TOML: expected '=' after a key in a key/value pair"),
        ("x = 1\nx = 2\n", "small.toml:2: is not TOML: cannot overwrite a value"),
        ("\n[horizon]\nstart = 2024-13-01",
         "small.toml:3: is not TOML: 2024-13-01 is no date: a date is year-month-day, such as 2025-07-01"),
        ("end = 01.01.2026",
         "small.toml:1: is not TOML: 01.01.2026 is no date: a date is year-month-day, such as 2025-07-01"),
        ("end = 1/2/2026",
         "small.toml:1: is not TOML: 1/2/2026 is no date: a date is year-month-day, such as 2025-07-01"),
        ("tracks = 20,5  # of them",
         "small.toml:1: is not TOML: 20,5 is no number: a decimal point, as in 20.5"),
        ("x = '2024-13-01' 3 # 2024-13-01",
         "small.toml:1: is not TOML: expected newline or end of document after a statement"),
        ("x = " + "[" * 100_000, "small.toml:1: lists or tables are nested too deeply"),
        ("x = " + "{a = " * 100_000, "small.toml:1: lists or tables are nested too deeply"),
        ("y = '[' # [\n\nx = [\n" + "[\n" * 64 + "]" * 65, "small.toml:67: lists or tables are nested too deeply"),
        ("x = 1\n[y]\n" + "a." * 60 + "b = [[[[1]]]]", "small.toml:3: lists or tables are nested too deeply"),
        ("\n" + "a." * 100_000 + "a = 1", "small.toml:2: a key has too many parts"),
        ("'" + "9" * 5_000 + "' = 1\nx = " + "9" * 5_000, "small.toml:2: a number has too many digits"),
        ("\nextends = 3", "small.toml:2: extends: must be the name of a file (got 3)"),
        ("\nextends = ''", "small.toml:2: extends: must be the name of a file (got '')"),
        ("\nextends = 'nowhere.toml'", "small.toml:2: extends: 'nowhere.toml': no such file"),
        ("\nextends = 'low_watr'", "small.toml:2: extends: 'low_watr': no such file; did you mean 'low_water'?"),
        ("\nextends = 'smal.toml'", "small.toml:2: extends: 'smal.toml': no such file; did you mean 'small.toml'?"),
        ("\nextends = '..'", "small.toml:2: extends: '..': is a folder, not a file"),
        ("\nextends = '\\\\u0000'".replace("'", '"').replace("\\\\", "\\"),
         "small.toml:2: extends: '\\x00': no such file"),
        ("\nextends = 'small.toml'", "small.toml:2: extends: goes round in a circle: small.toml -> small.toml"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_one_line(refused, text, message):
    assert refused(text) == [message]


def test_many_files_that_extend_each_other_are_refused(files):
    """To tell whether they go round in a circle takes a time that grows with the square of their number."""
    files(**{f"f{number}": f'extends = "f{number + 1}.toml"' for number in range(501)})
    large = "# " + 999_000 * "x"
    files(g0=f'extends = "g1.toml"\n{large}', g1=f'extends = "g2.toml"\n{large}', g2=large)
    for first, last, beyond in (("f0", "f499", "f500"), ("g0", "g1", "g2")):
        with pytest.raises(ScenarioError) as caught:
            read(f"{first}.toml")
        assert str(caught.value) == (
            f"{last}.toml:1: extends: '{beyond}.toml': goes too far: 500 files, and 2 MB of them, may extend each other"
        )


def test_a_circle_of_files_is_named(files):
    files(a='extends = "b.toml"', b='\nextends = "c.toml"', c='extends = "b.toml"')
    with pytest.raises(ScenarioError) as caught:
        read("a.toml")
    assert str(caught.value) == "c.toml:1: extends: goes round in a circle: b.toml -> c.toml -> b.toml"


def test_files_that_are_no_text_are_refused(folder):
    (folder / "latin.toml").write_bytes("title = 1\nx = 'é'".encode("latin-1"))
    (folder / "large.toml").write_bytes(b"#" * 2_000_001)
    os.mkfifo(folder / "pipe.toml")
    for name, reason in [
        ("latin.toml", "is not UTF-8 text (line 2)"),
        ("large.toml", "is larger than 2 MB"),
        ("pipe.toml", "is not an ordinary file"),
        (".", "is a folder, not a file"),
        ("nowhere.toml", "no such file"),
    ]:
        with pytest.raises(ScenarioError) as caught:
            read(name)
        assert str(caught.value) == f"{name}: {reason}"


def test_a_file_closed_to_the_reader_is_refused(files, monkeypatch):
    def closed(*_):
        raise PermissionError(13, "Permission denied")

    files()
    monkeypatch.setattr("os.open", closed)
    with pytest.raises(ScenarioError) as caught:
        read("base.toml")
    assert str(caught.value) == "base.toml: cannot be read: Permission denied"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_whatever_an_override_says_it_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "overridden.toml"
    path.write_text(SCENARIO, encoding="utf-8")
    try:
        read(path, [text, f"places.{text}", f"study.seed={text}"])
    except ScenarioError as error:
        assert {problem.file for problem in error.problems} == {"set"}


# Shipped scenarios and the schema for editors


def test_a_scenario_is_found_by_path_or_by_the_name_it_ships_under(folder, monkeypatch):
    house = folder / "house"
    house.mkdir()
    (house / "middle_corridor.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "mine.toml").write_text(SCENARIO, encoding="utf-8")
    (folder / "middle_corridor").mkdir()
    monkeypatch.setattr("sim.scenario.reading.layers.shipped", lambda: house)
    assert find("mine.toml") == Path("mine.toml")
    assert find("middle_corridor") == house / "middle_corridor.toml"
    assert find("middle_corridor.toml") == house / "middle_corridor.toml"
    monkeypatch.chdir(folder)
    for name, meant in (("midle_corridor", "middle_corridor"), ("mine", "mine.toml"), ("min.toml", "mine.toml")):
        with pytest.raises(ScenarioError) as caught:
            find(name)
        message = f"{name}: no such file, and no shipped scenario of that name; did you mean '{meant}'?"
        assert str(caught.value) == message


def test_shipped_scenarios_lie_beside_the_package_or_inside_it():
    assert shipped().name in ("scenarios", "shipped")
    assert shipped().is_dir()


def as_json(value):
    """TOML data as an editor hands it to a JSON Schema: dates as text."""
    if isinstance(value, dict):
        return {key: as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value.isoformat() if isinstance(value, dt.date) else value


@pytest.fixture(scope="module")
def marks():
    """The key paths that an editor would mark in a text."""
    schema = json.loads(schema_json())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return lambda text: [
        ".".join(map(str, error.path)) for error in validator.iter_errors(as_json(tomllib.loads(text)))
    ]


def test_an_editor_accepts_what_is_right(marks):
    assert marks(SCENARIO) == []
    assert marks('extends = "base.toml"\n[places.altynkol]\nreceiving_tracks = { 2025-01-01 = 3 }') == []


@pytest.mark.parametrize(
    ("old", "new", "marked"),
    [
        ("receiving_tracks = 12", "receiving_track = 12", "places.altynkol"),
        ("cranes = 4", "cranes = -4", "places.altynkol"),
        ("2025-02-01 = 40", '"2025-2-1" = 40', "wagon_pools.platforms.sets"),
        ("2030 = 10", "30 = 10", "corridors.middle.target_mt"),
        ("start = 2025-01-01\nend = 2025-03-01", "start = 7\nend = 2025-03-01", "horizon.start"),
        ("[places.steppe]", "[places.Steppe]", "places"),
        ("mean = 96", "mean = -96", "wagon_pools.platforms.empty_run_h.aktau"),
        ('title = "Small corridor"', "", ""),
        ("wind = { closed_share = 0.12, closure_h = 30 }", 'wind = "nothing"', "places.caspian"),
        ("teu_per_year = { 2024 = 40_000, 2025 = 60_000 }", "teu_per_year = { 202 = 4 }", "flows.transit.teu_per_year"),
        ("wind = { closed_share = 0.12, closure_h = 30 }", 'wind = "none"', None),
        ("teu_per_year = { 2024 = 40_000, 2025 = 60_000 }", 'teu_per_year = "none"', None),
        ("aktau = { mean = 96, cv = 0.2 }", 'aktau = "none"', None),
        ('title = "Small corridor"', 'title = "Small corridor"\ndisruptions = "none"', None),
        ("receiving_tracks = 12", 'receiving_tracks = 12\nlongitude_deg = "none"', None),
        ("receiving_tracks = 12", 'receiving_tracks = "none"', "places.altynkol"),
    ],
)
def test_an_editor_marks_what_is_wrong(marks, old, new, marked):
    assert marks(changed((old, new))) == ([] if marked is None else [marked])


def test_the_schema_describes_every_key():
    definitions = json.loads(schema_json())
    assert schema_json().endswith("}\n")
    assert definitions["properties"]["title"]["description"] == "Name as shown to a reader"
    assert "null" not in schema_json()


@pytest.mark.parametrize("value", ["0", '{ shape = "uniform", low = 0, high = 9 }'])
def test_a_sailing_that_takes_no_time_is_refused(tmp_path, value):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    with pytest.raises(ScenarioError, match="must be more than 0"):
        read(path, [f"places.caspian.sailing_h={value}"])


def test_a_part_that_a_row_lacks_is_named(tmp_path):
    mine = tmp_path / "mine.toml"
    paper = Path(__file__).parents[2] / "scenarios" / "altynkol_paper.toml"
    line = "line_deg = [[80.32, 44.2], [79], [70, 42]]"
    mine.write_text(f'title = "t"\nextends = "{paper}"\n[places.altynkol_saryagash]\n{line}\n')
    with pytest.raises(ScenarioError, match=r"line_deg\[1\]\[1\]: is missing"):
        read(mine)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ("study.seed=3", ("study.seed=3",)),
        ({"study.seed": 3, "title": "of mine"}, ("study.seed=3", 'title="of mine"')),
        ({"horizon.end": dt.date(2025, 2, 1)}, ("horizon.end=2025-02-01",)),
        ({"wagon_pools.platforms.sets": {"2024-01-01": 3}}, ('wagon_pools.platforms.sets={ "2024-01-01" = 3 }',)),
        ({"flows.transit.month_weights": [1] * 12}, (f"flows.transit.month_weights={[1] * 12}",)),
        ({"study.seed": np.int64(3)}, ("study.seed=3",)),
        ({"flows.transit.month_weights": np.arange(1, 13)}, (f"flows.transit.month_weights={[*range(1, 13)]}",)),
        ({"flows.transit.month_weights": range(1, 13)}, (f"flows.transit.month_weights={[*range(1, 13)]}",)),
        ({"flows.transit.month_weights": [np.float64(2)] * 12}, (f"flows.transit.month_weights={[2.0] * 12}",)),
        (
            {"wagon_pools.platforms.sets": {"2024-01-01": np.int64(3)}},
            ('wagon_pools.platforms.sets={ "2024-01-01" = 3 }',),
        ),
        ({"places.caspian.wind": None}, ('places.caspian.wind="none"',)),
        ({"horizon.end": pd.Timestamp("2025-02-01")}, ("horizon.end=2025-02-01",)),
        (
            {"wagon_pools.platforms.sets": {pd.Timestamp("2024-01-01"): 3}},
            ('wagon_pools.platforms.sets={ "2024-01-01" = 3 }',),
        ),
        ({"horizon.end": "2025-02-01"}, ("horizon.end=2025-02-01",)),
        (np.array(["study.seed=3"]), ("study.seed=3",)),
        (pd.Series(["study.seed=3"]), ("study.seed=3",)),
    ],
)
def test_changes_are_one_text_or_several_or_values_by_key(tmp_path, overrides, words):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO)
    assert load(path, overrides).overrides == words
    changed = load(path).set(overrides)
    assert changed == load(path, overrides)
    assert (changed.resolved, changed.spots) == (read(path, words).resolved, read(path, words).spots)
    with pytest.raises(CorridorError, match=r"study\.seed: a set is no value of a scenario file"):
        load(path, {"study.seed": {3}})
    for strange in (Path("study.seed=3"), pd.Series({"study.seed": 3}), [3], 3):
        with pytest.raises(CorridorError, match=r"changes are texts such as study\.seed=3"):
            load(path, strange)


SETS = {"wagon_pools.platforms_xian.sets": 60}
MORE_SETS = {"wagon_pools.platforms_xian.sets": 70}


def test_a_changed_scenario_is_another_one_and_goes_by_its_changes():
    base = load("2030_target")
    sixty = base.set(SETS)
    assert (sixty.name, base.set(SETS, name="sixty").name) == ("2030_target_platforms_xian_sets_60", "sixty")
    assert sixty.name in repr(sixty)
    assert (base.overrides, sixty.overrides) == ((), ("wagon_pools.platforms_xian.sets=60",))
    assert sixty.set({"horizon.end": "2031-06-01"}) == load("2030_target", [*sixty.overrides, "horizon.end=2031-06-01"])
    assert sixty.set({}).resolved == sixty.resolved
    assert sixty.set(MORE_SETS).resolved == base.set(MORE_SETS).resolved
    assert sixty.set(MORE_SETS).name == load("2030_target", [*sixty.overrides, *assignments(MORE_SETS)]).name
    assert (
        sixty.set({"horizon.end": "2031-06-01"}).set(MORE_SETS).name
        == "2030_target_end_2031-06-01_platforms_xian_sets_70"
    )
    assert load(base) is base and load(base, SETS) == sixty and load(base, name="v") == base.set({}, name="v")
    assert "70" in sixty.set(MORE_SETS)._repr_html_() and "60" not in sixty.set(MORE_SETS)._repr_html_()
    assert base.set(SETS, name="v").set(MORE_SETS).name == "v_platforms_xian_sets_70"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("wagon_pools.platforms.sets", 92),
        ("wagon_pools.platforms.placing_h", {"mean": 40.0, "cv": 0.6}),
        ("wagon_pools.platforms.placing_h.cv", 0.6),
        ("horizon.start", dt.date(2024, 1, 1)),
        ("study.level", 0.95),  # a default
        ("sweep", None),
    ],
)
def test_an_input_is_read_by_the_path_with_which_it_is_set(key, value):
    assert load("altynkol_tez").get(key) == value


@pytest.mark.parametrize(
    ("key", "says"),
    [("wagon_pools.platform.sets", "mean 'wagon_pools.platforms.sets'"), ("sets", "no value"), ("a b", "key path")],
)
def test_what_is_no_input_is_not_read(key, says):
    with pytest.raises(ArgumentError, match=f"get: .*{says}"):
        load("altynkol_tez").get(key)


def test_what_is_wrong_with_a_change_is_told_as_of_a_command_line():
    wrong = {"wagon_pools.platform_xian.sets": 60, "study.seed": "many"}
    with pytest.raises(ScenarioError) as refusal:
        load("2030_target").set(wrong)
    with pytest.raises(ScenarioError) as of_command_line:
        load("2030_target", wrong)
    assert str(refusal.value) == str(of_command_line.value)
    assert "did you mean 'platforms_xian'?" in str(refusal.value)
    with pytest.raises(CorridorError, match="name must be a text"):
        load("2030_target").set(SETS, name=60)


def test_what_files_say_stays_as_it_was_read_and_a_copy_is_open():
    reading = load("altynkol_tez")
    for table in (reading.resolved, pickle.loads(pickle.dumps(reading)).resolved):
        with pytest.raises(ArgumentError, match="not changed in place"):
            table["wagon_pools"]["platforms"]["sets"] = 5
    table = copy.deepcopy(reading.resolved)
    table["wagon_pools"]["platforms"]["sets"] = 5
    assert reading.resolved["wagon_pools"]["platforms"]["sets"] > 5


@pytest.mark.parametrize("change", ["update", "clear", "popitem"])
def test_a_scenario_is_not_changed_in_place_so_that_what_is_saved_is_what_was_run(change):
    scenario = load("altynkol_tez").scenario
    copied = pickle.loads(pickle.dumps(scenario))
    assert copied == scenario == copy.deepcopy(scenario)
    for tables in (scenario, copied):
        sets = tables.wagon_pools["platforms"].sets
        for refuse in (getattr(sets, change), lambda sets=sets: sets.__setitem__(next(iter(sets)), 5)):
            with pytest.raises(ArgumentError, match="not changed in place"):
                refuse()
    assert copied == scenario


def test_a_number_in_place_of_a_spread_is_remarked_on():
    tez, key = load("altynkol_tez"), "wagon_pools.platforms.placing_h"
    with pytest.warns(UserWarning, match=r"placing_h varied, and is now the same for all: .*placing_h\.mean changes"):
        assert tez.set({key: 40}).scenario.wagon_pools["platforms"].placing_h.cv == 0
    assert tez.set({f"{key}.mean": 40}).scenario.wagon_pools["platforms"].placing_h.cv > 0


def test_tables_are_a_scenario_as_their_file_would_be():
    path = shipped() / "new" / "border.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    whole = load(tables, {"study.seed": 3})
    assert (whole.resolved, whole.name) == (load(path, {"study.seed": 3}).resolved, "scenario_seed_3")
    assert load(tables, name="mine").name == load(path, name="mine").name == "mine"
    days = {key: str(day) if isinstance(day, dt.date) else day for key, day in tables["horizon"].items()}
    [flow, *_] = tables["flows"]
    yearly = {int(year): trains for year, trains in tables["flows"][flow]["trains_per_year"].items()}
    flows = {**tables["flows"], flow: {**tables["flows"][flow], "trains_per_year": yearly}}
    typed = load({**tables, "horizon": days, "flows": flows}, {"study.seed": 3})
    assert typed.resolved == whole.resolved, "years as numbers and days as texts, as Python has them"
    assert doubts(load({**tables, "corridors": {"idle": {"title": "Idle"}}}, {"study.seed": 3}))
    for wrong, message in (
        ({**tables, "plaices": {}}, "plaices: is not a key of a scenario; did you mean 'places'"),
        ({**tables, "horizon": {**days, "start": "2025-02-30"}}, "start: must be a date .* .got '2025-02-30'"),
        ({"extends": "altynkol_tez"}, "tables extend no file"),
        (5, "must be a name, a path or its tables .got 5"),
    ):
        with pytest.raises(CorridorError, match=message):
            load(wrong)
    with pytest.raises(CorridorError, match=r"study\.seed"):
        whole.set({"study.seed": -1})


def test_results_that_lie_beside_a_file_do_not_hide_the_shipped_scenario_that_it_extends(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('title = "Mine"\nextends = "altynkol_tez"\n', encoding="utf-8")
    before = read(file).scenario
    (tmp_path / "altynkol_tez").mkdir()
    assert read(file).scenario == before
