"""What is stated and never read is named, with file and line, and refuses nothing."""

import pytest
from commands import MONTH, called
from scenario_text import EASTBOUND, SCENARIO

from sim.scenario.problems import dotted
from sim.scenario.reading.opening import doubts, load
from sim.scenario.reading.shipped import shipped

POOL = """
[wagon_pools.others]
title = "Others"
home = "altynkol"
sets = 3
placing_h = 1
empty_run_h = { alat_yard = 5 }
"""
CHARGES = """
[prices]
time = { usd_per_teu_day = 1 }
section = { usd_per_teu = 1 }
border = { usd_per_teu = 1 }
gauge_change = { usd_per_teu = 1 }
port = { usd_per_teu = 1 }
sea = { usd_per_teu = 1 }
terminal = { usd_per_teu = 1 }
"""
BUNDLE = """
[{table}.late]
title = "Late"
{days}
changes."places.altynkol.forming.crews" = 5
"""
SIDING = '[places.siding]\nkind = "section"\ntitle = "S"\nlength_km = 1\nspeed_km_per_day = 1\npaths_per_day = 1\n'
TRAIN = '[trains.spare]\ntitle = "Spare"\nhandling = "container"\nwagons = 1\nnet_t = 1\n'
HANDLING = "[places.altynkol.gauge_change.cars]\ncranes = 1\ntrain_h = 1\n"
CASES = {
    "a pool no train names": (POOL, [], "wagon_pools.others", "no train names it"),
    "a pool no train can take": (
        POOL.replace("altynkol", "steppe").replace("alat_yard", "steppe")
        + EASTBOUND.replace("net_t = 900", 'net_t = 900\nwagon_pools = ["others"]'),
        [],
        "wagon_pools.others",
        "no train takes a set of it",
    ),
    "a stop without sets": (
        "",
        [("altynkol = 0 }", "altynkol = 0, steppe = 3 }")],
        "wagon_pools.platforms.empty_run_h.steppe",
        "no train takes or leaves a set of it there",
    ),
    "a repair": ("", [("placing_h = 2", "placing_h = 2\nrepair_h = 9")], "wagon_pools.platforms.repair_h", "no set is"),
    "a train": (TRAIN, [], "trains.spare", "no flow has such trains"),
    "a place": (SIDING, [], "places.siding", "it is on no route"),
    "an index": ('[indices.gdp]\ntitle = "G"\ngrowth_share_by_year = { 2025 = 0.1 }\n', [], "indices.gdp", "no flow"),
    "a corridor": ('[corridors.north]\ntitle = "N"\n', [], "corridors.north", "no flow counts in it"),
    "a regime": (
        '[regimes.old]\nkind = "paper"\ntitle = "Old"\nkeying_h = 1\nchecking_h = 1\neffort_cv = 0\nwrong_share = 0\n'
        "beside_gauge_change = true\n",
        [],
        "regimes.old",
        "it clears no flow",
    ),
    "a flow": (
        "",
        [("{ 2024 = 40_000, 2025 = 60_000 }", "{ 2024 = 0, 2025 = 0 }")],
        "flows.transit",
        "it sends no train",
    ),
    "a handling": (HANDLING, [], "places.altynkol.gauge_change.cars", "it works no train"),
    "a rate": (
        "",
        [("receiving_tracks = 12", "receiving_tracks = 12\neastbound_handover_trains_per_day = 5")],
        "places.altynkol.eastbound_handover_trains_per_day",
        "no flow passes eastbound",
    ),
    "a time zone": (
        "",
        [("receiving_tracks = 12", 'receiving_tracks = 12\ntime_zone = "Asia/Almaty"')],
        "places.altynkol.time_zone",
        "no office_hours",
    ),
    "one track": (
        "",
        [("paths_per_day = 24", "paths_per_day = 24\nsingle_track = true")],
        "places.steppe.single_track",
        "one",
    ),
    "a timetable": (
        "",
        [("patience_h = 48", "patience_h = 48\nleast_load_share = 0.5\ndeparts_every_h = 24")],
        "places.caspian.vessels.feeder.least_load_share",
        "timetable",
    ),
    "vessels": ("", [("number = 3", "number = 0")], "places.caspian.vessels.feeder", "there is no vessel of it"),
    "a date": (
        "",
        [("2025-02-01 = 40", "2025-03-01 = 40")],
        "wagon_pools.platforms.sets.2025-03-01",
        "the horizon ends on 2025-03-01",
    ),
    "a price": (CHARGES + "places.siding = { usd_per_t = 1 }\n" + SIDING, [], "prices.places.siding", "on no route"),
    "an investment": (
        BUNDLE.format(table="investments", days="opens = 2026-01-01"),
        [],
        "investments.late.opens",
        "the horizon ends on 2025-03-01",
    ),
    "a line shorter than it is drawn": (
        "",
        [("length_km = 3_100", "length_km = 100\nline_deg = [[80, 44], [75, 50], [68, 44]]")],
        "places.steppe.length_km",
        "is 100 km, but the map has 959 km by air between the ends",
    ),
    "a line shorter than from town to town": (
        "",
        [
            ('title = "Altynkol"\n', 'title = "Altynkol"\nlongitude_deg = 0\nlatitude_deg = 0\n'),
            ('aktau = { title = "Aktau"', 'aktau = { title = "Aktau", longitude_deg = 90, latitude_deg = 0'),
        ],
        "places.steppe.length_km",
        "is 3,100 km, but the map has 10,008 km by air between the ends",
    ),
    "a crossing shorter than from port to port": (
        EASTBOUND,
        [
            ('aktau = { title = "Aktau"', 'aktau = { title = "Aktau", longitude_deg = 51, latitude_deg = 44'),
            ('alat = { title = "Alat"', 'alat = { title = "Alat", longitude_deg = 49, latitude_deg = 39'),
        ],
        "places.caspian.distance_km",
        "is 470 km, but the map has 580 km by air between the ends",
    ),
    "ways that are too short together": (
        "",
        [
            ('title = "Khorgos yard"\n', 'title = "Khorgos yard"\nlongitude_deg = 80\nlatitude_deg = 44\n'),
            ('title = "Alat yard"\n', 'title = "Alat yard"\nlongitude_deg = 10\nlatitude_deg = 40\n'),
        ],
        "places.caspian.distance_km",
        "is 3,570 km with 'steppe', but the map has 5,624 km by air",
    ),
    "a disruption before": (
        BUNDLE.format(table="disruptions", days="start = 2024-01-01\nend = 2024-02-01"),
        [],
        "disruptions.late.end",
        "the warm-up begins on 2024-12-18",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_has_no_effect_is_named_where_it_stands(tmp_path, case):
    addition, changes, key, why = CASES[case]
    text = f"{SCENARIO}\n{addition}"
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    problems = {dotted(problem.path): problem for problem in doubts(load(tmp_path / "mine.toml"))}
    assert why in problems[key].message
    line = text.split("\n")[problems[key].line - 1]
    assert key.split(".")[-1] in line


def test_the_small_corridor_states_nothing_in_vain(tmp_path):
    (tmp_path / "mine.toml").write_text(SCENARIO, encoding="utf-8")
    assert doubts(load(tmp_path / "mine.toml")) == []


@pytest.mark.parametrize("path", sorted(shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_scenarios_state_nothing_in_vain(path):
    problems = doubts(load(path))
    # base.toml is there to be extended: what steps after its own year steps in the years of the others.
    late = [problem for problem in problems if "the horizon ends on" in problem.message]
    assert problems == (late if path.stem == "base" else [])


def test_commands_say_so_once_and_go_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text('title = "Mine"\nextends = "altynkol_paper.toml"\n' + POOL, encoding="utf-8")
    (tmp_path / "altynkol_paper.toml").write_text((shipped() / "altynkol_paper.toml").read_text(encoding="utf-8"))
    text = (tmp_path / "mine.toml").read_text().replace("alat_yard", "altynkol")
    (tmp_path / "mine.toml").write_text(text)
    for command in (("check", "mine.toml"), ("run", "mine.toml", *MONTH, "--workers", "1", "--no-plots")):
        answer = called(*command)
        assert answer.exit_code == 0, answer.output
        message = "mine.toml:4: wagon_pools.others: has no effect: no train names it"
        assert answer.stderr.count(message) == 1
