"""Volumes of single months: in a file, in a table that it names, and what is wrong with such a table."""

import math
import tomllib

import pytest
from scenario_text import SCENARIO

import sim
from sim.scenario.problems import ArgumentError
from sim.scenario.reading.opening import doubts
from sim.scenario.reading.read import ScenarioError, read, scenario_from, to_toml
from sim.scenario.traffic import trains_by_month

HEAD = "flow,month,trains_per_month\n"


@pytest.fixture
def tabled(tmp_path):
    """Reads the small corridor, and what is said over it, with a table of volumes beside it."""

    def reading(table, more="", *overrides):
        (tmp_path / "small.toml").write_text(SCENARIO)
        (tmp_path / "volumes.csv").write_text(table)
        (tmp_path / "mine.toml").write_text(f'extends = "small.toml"\nvolumes = "volumes.csv"\n{more}')
        return read(tmp_path / "mine.toml", overrides)

    return reading


def monthly(scenario):
    """Trains of the transit flow by month: December 2024 is warm-up."""
    flow = scenario.flows["transit"]
    return trains_by_month(flow, scenario.trains[flow.train], scenario.calendar)


def refused(tabled, table, *others):
    with pytest.raises(ScenarioError) as caught:
        tabled(table, *others)
    return [(problem.line, problem.message) for problem in caught.value.problems]


def test_a_month_that_is_stated_has_its_volume_and_the_others_follow_the_year(tabled):
    """The small corridor carries 40,000 TEU in 2024 and 60,000 in 2025, a hundred a train."""
    assert monthly(tabled("flow,month,teu_per_month\ntransit,2025-01,7250\n").scenario) == pytest.approx(
        [400 / 12, 72.5, 50]
    )
    in_mt = tabled("flow,month,mt_per_month\ntransit,2025-02,0.014\n")
    assert monthly(in_mt.scenario) == pytest.approx([400 / 12, 50, 10])


def test_a_row_with_more_cells_than_heads_is_refused(tabled):
    """A decimal comma makes two cells of a number: 14,5 is not 14."""
    table = HEAD + "transit,2025-01,14,5\n"
    assert refused(tabled, table) == [(2, "has 4 cells, and 3 heads stand above them")]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("1e308", "must be at most 1000000000000 (got 1e+308)"),
        ("99999999", "would send 1e+08 trains in a run; at most 2,000,000 can be run"),
    ],
)
def test_a_month_of_too_many_trains_is_refused_once_with_its_line(tabled, number, message):
    assert refused(tabled, HEAD + f"transit,2025-01,{number}\n") == [(2, message)]


def test_a_row_of_a_month_in_which_no_run_lies_is_told(tabled):
    told = [(problem.file, problem.line) for problem in doubts(tabled(HEAD + "transit,2031-05,14\n"))]
    assert [(file.rsplit("/", 1)[-1], line) for file, line in told] == [("volumes.csv", 2)]


def test_a_table_may_hold_flows_of_several_units(tabled):
    two = '[flows.second]\ntitle = "Second"\ntrain = "container"\ndirection = "westbound"\n'
    two += 'route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]\ntrains_per_year = { 2025 = 10 }\n'
    table = "flow,month,trains_per_month,teu_per_month\ntransit,2025-01,,7250\nsecond,2025-01,3,\n"
    scenario = tabled(table, two).scenario
    assert scenario.flows["transit"].teu_per_month == {"2025-01": 7250}
    assert scenario.flows["second"].trains_per_month == {"2025-01": 3}


def test_what_was_read_is_whole_without_its_table(tabled):
    reading = tabled(HEAD + "transit,2025-01,72\n")
    kept = tomllib.loads(to_toml(reading.resolved))
    assert "volumes" not in kept
    assert scenario_from(kept)[0] == reading.scenario
    assert reading.spots["flows", "transit", "trains_per_month", "2025-01"].line == 2
    with pytest.raises(ArgumentError, match="state trains_per_month in their flows"):
        sim.load({**kept, "volumes": "volumes.csv"})


def test_a_file_and_a_change_go_before_the_table(tabled):
    own = "[flows.transit]\ntrains_per_month = { 2025-02 = 1 }\n"
    assert monthly(tabled(HEAD + "transit,2025-01,72\n", own).scenario) == pytest.approx([400 / 12, 50, 1])
    changed = tabled(HEAD + "transit,2025-01,72\n", "", "flows.transit.teu_per_month={ 2025-01 = 100 }")
    assert monthly(changed.scenario) == pytest.approx([400 / 12, 1, 50])
    chosen = tabled(HEAD + "transit,2025-01,72\n").scenario
    assert chosen.flows["transit"].trains_per_month is not None
    with pytest.raises(ScenarioError, match="can only stand in a file"):
        tabled(HEAD + "transit,2025-01,72\n", "", "volumes=other.csv")


def test_who_states_the_volume_in_another_way_leaves_the_months_behind(tabled):
    two = '[flows.second]\ntitle = "Second"\ntrain = "container"\ndirection = "westbound"\n'
    two += 'route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]\ntrains_per_year = { 2025 = 10 }\n'
    changed = tabled(HEAD + "second,2025-01,72\n", two, "flows.second.share_of={ transit = 0.5 }")
    assert changed.scenario.flows["second"].trains_per_month is None


@pytest.mark.parametrize(
    ("table", "line", "says"),
    [
        (HEAD + "trasit,2025-01,7\n", 2, "flow: there is no 'trasit'; did you mean 'transit'?"),
        (HEAD + "transit,2025-01,7\ntransit,2025-1,7\n", 3, "month: must be a month such as 2025-07 (got '2025-1')"),
        (HEAD + "transit,2025-01,1e3x\n", 2, "must be a number in digits 0 to 9 alone"),
        (HEAD + "transit,2025-01,-3\n", 2, "must be at least 0 (got -3.0)"),
        (HEAD + "transit,2025-01\n", 2, "must have a flow, a month and trains_per_month"),
        (HEAD + "transit,2025-01,7\n\ntransit,2025-01,8\n", 4, "stands twice: in line 2, too"),
        ("flow,month,trains_per_month,teu_per_month\ntransit,2025-01,7,9\n", 2, "a month and one volume"),
        ("flow,month,trains\ntransit,2025-01,7\n", 1, "the columns must be flow, month and of trains_per_month"),
        ("flow,month,month,trains_per_month\ntransit,2025-01,2025-01,7\n", 1, "the columns must be flow, month"),
        ("flow;month;trains_per_month\ntransit;2025-01;7\n", 1, "has semicolons between its cells"),
        (HEAD, 1, "has no rows"),
        ("", 1, "is empty"),
        (HEAD + 'transit,"2025-01,7\n', 2, "unexpected end of data"),
    ],
)
def test_a_table_that_is_none_is_refused_at_its_line(tabled, table, line, says):
    [(where, message)] = refused(tabled, table)
    assert (where, says in message) == (line, True), message


def test_a_table_that_is_not_there_is_told_where_the_file_names_it(tmp_path):
    for name, says in (('"none.csv"', "no such file"), ("3", "must be the name of a file (got 3)")):
        (tmp_path / "mine.toml").write_text(f'extends = "altynkol_tez"\nvolumes = {name}\n')
        with pytest.raises(ScenarioError) as caught:
            read(tmp_path / "mine.toml")
        [problem] = caught.value.problems
        assert problem.line == 2 and says in problem.message


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("trains_per_month = { 2025 = 3 }", "must be a month such as 2025-07"),
        ("trains_per_month = { 2025-13 = 3 }", "must be a month such as 2025-07"),
        ("trains_per_month = { 2025-01 = 3 }\nmt_per_month = { 2025-01 = 3 }", "state months in one of"),
        ('trains_per_month = { 2025-01 = 3 }\nshare_of = { transit = 0.5 }\ntrains_per_year = "none"', "goes with a"),
    ],
)
def test_months_of_a_file_are_checked_as_all_is(tabled, more, says):
    two = '[flows.second]\ntitle = "Second"\ntrain = "container"\ndirection = "westbound"\n'
    two += f'route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]\n{more}\n'
    two += "" if "_per_year" in more else "trains_per_year = { 2025 = 10 }\n"
    messages = [message for _, message in refused(tabled, HEAD + "transit,2025-01,7\n", two)]
    assert any(says in message for message in messages), messages


def test_teu_of_trains_without_boxes_are_refused(said):
    lorries = '[trains.lorries]\ntitle = "Lorries"\nhandling = "container"\nwagons = 10\nnet_t = 200\n'
    two = lorries + '[flows.second]\ntitle = "Second"\ntrain = "lorries"\ndirection = "westbound"\n'
    two += 'route = ["yard", "altynkol", "steppe", "caspian", "alat_yard"]\n'
    two += "trains_per_year = { 2025 = 10 }\nteu_per_month = { 2025-01 = 5 }\n"
    with pytest.raises(ScenarioError, match="teu_per_month: needs a train type with teu"):
        said(two)


def test_months_of_no_run_and_years_of_none_are_doubted(said):
    lines = "[flows.transit.teu_per_month]\n"
    idle = said(f"{lines}2024-01 = 5\n2025-01 = 100\n")
    doubted = {".".join(map(str, doubt.path)): doubt.message for doubt in doubts(idle)}
    key = "flows.transit.teu_per_month.2024-01"
    assert doubted[key] == "has no effect: a run lies in 2024-12 to 2025-02"
    assert not any(path.startswith("flows.transit.teu_per_year") for path in doubted)
    whole = said(f"{lines}2024-12 = 5\n2025-01 = 100\n2025-02 = 7\n")
    doubted = {".".join(map(str, doubt.path)): doubt.message for doubt in doubts(whole)}
    assert doubted["flows.transit.teu_per_year"] == "has no effect: teu_per_month states each month of a run"
    assert math.fsum(monthly(whole.scenario)) == pytest.approx(1.12)
