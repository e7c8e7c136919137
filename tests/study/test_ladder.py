"""The ladder on lines whose bottlenecks are known, and what it lays waits to."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from chains import STATIONS, chain, chain_tables
from commands import output_of
from scenario_text import BAN, SCENARIO

from sim.engine.sandbox import obstacle
from sim.scenario.reading.read import read, to_toml
from sim.study.ladder.candidates import amount, candidates, laid_hours, step_of, train_hours, value_of, with_more
from sim.study.ladder.ladder import ladder
from sim.study.question import QuestionError, excerpt, question
from sim.verification.tiny import train
from sim.views.plots import NothingToDraw
from sim.views.plots import ladder as draw
from sim.views.sheets.forecast.plans import NOTHING_UNKNOWN
from sim.views.sheets.ladder import chosen_words, ladder_headline, ladder_sentences, ladder_sheet

KT_A_TRAIN_A_DAY = 365.25
"""Kilotonnes a year of one train of 1000 t a day more."""


@pytest.fixture(scope="module")
def saturated(tmp_path_factory):
    """The ladder of a line of stations that work 8, 5, 11 and 6 trains a day, in this order, with 14 offered."""
    path = tmp_path_factory.mktemp("line") / "line.toml"
    path.write_text(chain(gauge=8, forming=5, paths=11, yard=6), encoding="utf-8")
    reading = read(path)
    return reading, ladder(reading, rungs=4)


def test_a_saturated_line_binds_in_the_order_of_its_rates(saturated):
    _, found = saturated
    assert list(found.table["key"]) == [STATIONS[name] for name in ("forming", "yard", "gauge", "paths")]
    assert set(found.table["by"]) == {"throughput"}


def test_a_step_is_worth_the_distance_to_the_next_rate(saturated):
    """One more of the slowest lets the next slowest through: 5 to 6, 6 to 8, 8 to 11; a tenth more paths."""
    _, found = saturated
    trains_a_day = np.array([1, 2, 3, 1.1])
    assert found.table["gain_kt"].to_numpy() == pytest.approx(trains_a_day * KT_A_TRAIN_A_DAY, rel=0.01)
    assert found.table["kt_per_unit"].iloc[:3].to_list() == pytest.approx(found.table["gain_kt"].iloc[:3].to_list())
    assert found.manifest["engine"] == ("simpy" if obstacle() else "compiled")
    assert found.manifest["base_mt"][0] == pytest.approx(5 * 31 / 1000, rel=0.01)
    assert (found.table["gain_low"] > 0).all() and (found.table["days"] > 0).all()


def test_what_was_relieved_is_not_short_any_more(saturated):
    _, found = saturated
    assert found.table["wait_h_after"].tolist() == [0, 0, 0, 0]
    assert (found.table["used_before"].iloc[:3] > 0.99).all() and (found.table["used_after"].iloc[:3] < 0.7).all()
    assert (found.table["to_amount"] > found.table["from_amount"] + found.table["step"]).all()


def test_what_was_chosen_within_chance_is_marked_so(saturated):
    _, found = saturated
    row = found.tried[found.tried["chosen"]].iloc[0]
    assert [chosen_words(found, {**row, "gain_low": low}) for low in (-1, 1)] == ["yes, here within chance", "yes"]


def test_the_queue_that_is_longest_is_not_what_binds(saturated):
    """Most train-hours wait before the first station of the line, which works faster than the second."""
    _, found = saturated
    first = found.tried[found.tried["rung"] == 1].set_index("key")
    assert first["hours"].idxmax() == STATIONS["gauge"]
    assert first.at[STATIONS["gauge"], "gain_kt"] == 0
    assert first["chosen"].tolist().count(True) == 1


def test_two_equal_stations_are_one_rung(written):
    """A step of one alone gains nothing, for the other is as slow."""
    found = ladder(written(chain(gauge=8, forming=6, paths=11, yard=6)), rungs=1)
    assert set(found.table["key"]) == {STATIONS["forming"], STATIONS["yard"]}
    assert found.table["gain_kt"].to_list() == pytest.approx([2 * KT_A_TRAIN_A_DAY] * 2, rel=0.01)
    assert found.table["kt_per_unit"].isna().all()
    assert "bind together" in " ".join(ladder_sentences(found))


def test_an_idle_line_ends_honestly(written):
    reading = written(chain(gauge=8, forming=8, paths=24, yard=8, offered=2))
    found = ladder(reading)
    assert found.manifest["ended"] and found.table.empty
    assert "Nothing more binds: no step carries more" in ladder_sentences(found)[0]
    assert ladder_headline(found).reason == NOTHING_UNKNOWN
    # Of many steps the luckiest has an interval above zero; it is held to replications that it was not chosen by.
    lucky = pd.DataFrame({"gain_low": [0.0, -1.0, 0.0], "days_low": [0.003, 0.002, -0.1]})
    seeming = ladder_headline(replace(found, frames=found.frames | {"tried": lucky}))
    assert seeming.reason.startswith("2 of 3 steps have an interval above 0")
    assert "fresh replications" in seeming.answer
    with pytest.raises(NothingToDraw):
        draw(found, "")


def test_where_nobody_waits_the_command_says_so(written, tmp_path):
    path = written(chain(gauge=8, forming=8, paths=24, yard=8, offered=1)).files[0]
    done = output_of("ladder", str(path), "--workers", "1", "--no-plots", "--all", "--out", str(tmp_path / "out"))
    assert "Nothing more binds" in done and "0 capacities that trains waited for stood on no" in done
    assert pd.read_csv(tmp_path / "out" / "tried.csv").empty


def test_what_stood_on_no_shortlist_is_counted_as_waited_for(written):
    """Trains wait for the first two stations alone, and a shortlist of one leaves out one."""
    reading = written(chain(gauge=8, forming=5, paths=24, yard=24))
    short, long = (ladder(reading, rungs=1, shortlist=shortlist).manifest for shortlist in (1, 2))
    assert short["left_out"] == 1 and short["left_out_hours"] > 0
    assert (long["left_out"], long["left_out_hours"]) == (0, 0.0)


def test_where_tonnes_come_through_the_days_bind(written):
    """Two stations that take whole trains by chance: no tonne is lost, time is."""
    text = chain(gauge=40, forming=3, paths=40, yard=40, offered=2, cv=1.0)
    found = ladder(written(text, "study.replications=5"), rungs=1)
    assert (found.table["key"].to_list(), found.table["by"].to_list()) == ([STATIONS["forming"]], ["transit"])
    assert found.table["days_low"].iloc[0] > 0


def test_the_same_seed_gives_the_same_ladder(written):
    reading = written(chain(gauge=8, forming=5, paths=11, yard=6, cv=1.0))
    one, other = (ladder(reading, rungs=1, seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.tried, other.tried)
    assert not one.table.equals(ladder(reading, rungs=1, seed=4).table)


def test_more_of_a_capacity_is_more_on_every_date_on_which_there_is_any(written):
    text = SCENARIO.replace("sets = { 2024-01-01 = 30, 2025-02-01 = 40 }", "sets = { 2024-01-01 = 0, 2025-02-01 = 40 }")
    scenario = written(text).scenario
    key = "wagon_pools.platforms.sets"
    assert list(value_of(with_more(scenario, {key: 4}), key).values()) == [0, 44]
    assert step_of(scenario, key, scenario.horizon.end) == 4
    assert amount(scenario, key, scenario.horizon.start) == 0
    assert isinstance(amount(with_more(scenario, {key: 4}), key, scenario.horizon.end), int)


def test_every_capacity_on_the_way_is_a_candidate(written):
    scenario = written(SCENARIO).scenario
    keys = {each.key for each in candidates(scenario, "middle")}
    ports = {
        f"places.caspian.ports.{port}.{what}" for port in ("aktau", "alat") for what in ("tracks", "berths", "cranes")
    }
    assert ports < keys
    assert {
        "places.altynkol.receiving_tracks",
        "places.altynkol.officer_teams",
        "places.altynkol.gauge_change.container.cranes",
        "places.caspian.vessels.feeder.number",
        "places.steppe.paths_per_day",
        "wagon_pools.platforms.sets",
    } < keys
    for key in keys:
        assert amount(scenario, key, scenario.horizon.end) > 0


def test_capacities_stand_in_the_order_of_the_file(written):
    """Which of two equal ones comes first must not hang on how a process hashes words."""
    kinds = ("oil", "coal", "grain", "ore", "cars", "steel", "timber")
    described = chain_tables(8, 8, 24, 8)
    described["places"]["yard"]["unloading"] = {kind: {"tracks": 1, "train_h": 1} for kind in (*kinds, "box")}
    for kind in sorted(kinds):
        described["trains"][kind] = train(handling=kind)
        described["flows"][kind] = {**described["flows"]["west"], "train": kind, "route": ["track", "yard"]}
    keys = [each.key for each in candidates(written(to_toml(described)).scenario) if "unloading" in each.key]
    assert keys == [f"places.yard.unloading.{kind}.tracks" for kind in (*kinds, "box")]


def test_hours_held_by_a_ban_are_laid_to_what_is_short_behind_the_full_yard(written):
    """A yard that a ban watches has them whole; tracks and vessels share them as they are waited for."""
    finite = SCENARIO.replace('title = "Aktau", berths', 'title = "Aktau", yard_teu = 900, berths')
    scenario = written(finite + BAN.replace('"altynkol"', '"aktau"')).scenario
    flow = "transit"
    found = candidates(scenario, "all")
    measures = {
        ("queue_trains_ban", "all", flow): 10.0,
        ("queue_trains_port_track", "caspian", flow): 0.3,
        ("queue_trains_vessel", "caspian", flow): 0.1,
    }
    laid = laid_hours(scenario, found, train_hours(scenario, measures))
    held = 10.0 * 8766
    assert laid["places.caspian.ports.aktau.yard_teu"] == pytest.approx(held)
    tracks, vessels = laid["places.caspian.ports.aktau.tracks"], laid["places.caspian.vessels.feeder.number"]
    assert (tracks - 0.3 * 8766) / (vessels - 0.1 * 8766) == pytest.approx(3.0)
    assert tracks > 0.3 * 8766 and vessels > 0.1 * 8766
    assert laid["places.altynkol.officer_teams"] == 0


def test_an_excerpt_is_the_year_and_the_one_before(written):
    scenario = written(chain(8, 5, 11, 6, end="2031-01-01")).scenario
    horizon = excerpt(scenario, "2029").horizon
    assert (str(horizon.start), str(horizon.end), horizon.warmup_days) == ("2028-01-01", "2030-01-01", 120)
    assert excerpt(scenario, "2025") is scenario
    short = written(chain(8, 5, 11, 6, end="2027-01-01")).scenario
    assert excerpt(short, "2026") is short


@pytest.mark.parametrize(
    ("corridor", "year", "said"),
    [("lime", None, "did you mean 'line'?"), ("line", 2025, "does not lie whole within the horizon")],
)
def test_what_cannot_be_asked_is_refused(written, corridor, year, said):
    with pytest.raises(QuestionError, match=said.replace("?", r"\?")):
        question(written(chain(8, 5, 11, 6)).scenario, corridor, year)


def test_the_command_prints_and_writes_the_ladder(written, tmp_path):
    reading = written(chain(gauge=8, forming=5, paths=11, yard=6))
    out = tmp_path / "out"
    done = output_of("ladder", str(reading.files[0]), "--rungs", "1", "--workers", "1", "--all", "--out", str(out))
    assert "Border: forming crews" in done and " runs of the whole horizon" in done
    assert pd.read_csv(out / "ladder.csv")["key"].to_list() == [STATIONS["forming"]]
    assert {path.name for path in out.iterdir()} >= {"tried.csv", "manifest.json", "ladder.png", "ladder.svg"}
    refused = output_of("ladder", str(reading.files[0]), "--corridor", "lime", status=2)
    assert "did you mean 'line'?" in refused


def test_the_sheet_names_the_key_and_both_amounts(saturated):
    _, found = saturated
    row = ladder_sheet(found).rows[0]
    assert STATIONS["forming"] in row[1] and row[3] == "1 → 3"
    assert len(draw(found, "").axes) == 2
