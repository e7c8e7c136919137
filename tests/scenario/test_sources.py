"""What stands behind each number: the grammar of source lines, who speaks for what, and changes that lose a source."""

import csv
from dataclasses import replace

import every_key
import pytest
from commands import called
from scenario_text import SCENARIO

from sim.runs.results import load_run as load_results
from sim.runs.results import write
from sim.runs.run import run
from sim.scenario.choices import facts_cited, inputs_of, stated_figures
from sim.scenario.facts import Fact, LedgerError, facts
from sim.scenario.keys import leaves
from sim.scenario.reading.layers import shipped, shipped_names
from sim.scenario.reading.opening import ledger_of
from sim.scenario.reading.read import read
from sim.scenario.sources import ON_A_MAP, citation_problems, cited_ids, count_by_standing, figures_of, known_from
from sim.views.exports.plain import assumptions
from sim.views.words import assumed, standing

COLUMNS = [
    *("id", "topic", "place", "quantity", "value", "low", "high", "unit", "year", "status"),
    *("source_title", "source_address", "note"),
]
FOUND = {
    "V-2023": ("2.764", "Mt"),
    "V-2024": ("4.484", "Mt"),
    "T-2030": ("10", "Mt/yr"),
    "C-TEZ-30MIN": ("30", "min"),
    "V-TEU-2024": ("40000", "TEU"),
    "C-TEZ-START": ("1", ""),
}


@pytest.fixture
def ledger(tmp_path):
    """A ledger of facts with all that the small corridor cites; P-DWELL is only recalled."""
    path = tmp_path / "sources.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(COLUMNS)
        for name, (value, unit) in FOUND.items():
            rows.writerow(
                [name, "volume", "TITR", "annual, of cargo", value, "", "", unit, "2024", "found", "t", "a", ""]
            )
        rows.writerow(
            ["P-DWELL", "dwell", "Altynkol", "dwell", "54", "20", "60.5", "h", "2024", "recalled", "t", "a", ""]
        )
    return facts(path)


@pytest.fixture
def listed(tmp_path, ledger):
    """The figures of the small corridor, under the changes of a child file and of a command line, by key path."""

    def by_key(child="", *overrides, base=SCENARIO):
        (tmp_path / "base.toml").write_text(base, encoding="utf-8")
        (tmp_path / "child.toml").write_text(f'extends = "base.toml"\n{child}', encoding="utf-8")
        small = read(tmp_path / "child.toml", overrides)
        return {each.key: each for each in figures_of(small.resolved, ledger)}

    return by_key


def test_the_ledger_of_facts_is_read(ledger):
    assert list(ledger) == [*FOUND, "P-DWELL"]
    assert (ledger["V-2023"].quantity, ledger["V-2023"].status) == ("annual, of cargo", "found")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,value\nA,1\n", r"sources\.csv: the columns must be id, topic,"),
        (f"{','.join(COLUMNS)}\nA,{',' * 10}\n", r"sources\.csv:2: must have 13 values"),
        (f"{','.join(COLUMNS)}\nA{',' * 12}\nA{',' * 12}\n", r"sources\.csv:3: A stands twice"),
        (f"{','.join(COLUMNS)},seen\nA{',' * 13}\n", r"sources\.csv: the columns must be id, .*, note, known"),
    ],
)
def test_a_broken_ledger_of_facts_is_refused(tmp_path, text, message):
    (tmp_path / "sources.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        facts(tmp_path / "sources.csv")


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("V-2023", ["V-2023"]),
        ("V-2023,P-1 , C-PRE-8H", ["V-2023", "P-1", "C-PRE-8H"]),
        ("V-2023: half of it, by eye", ["V-2023"]),
        ("V-2023, P-1: their ratio: 2", ["V-2023", "P-1"]),
        ("assumed: as in V-2023", []),
        ("assumed", []),
        ("V-2023:", []),
        ("V-2023 and P-1", []),
        ("changed in child.toml", []),
        ("", []),
    ],
)
def test_a_source_line_cites_the_ids_before_its_colon(line, ids):
    assert cited_ids(line) == ids


def test_every_number_is_a_figure_and_nothing_else(listed):
    found = listed()
    assert not [key for key in found if key.startswith(("horizon", "study", "sources", "title"))]
    assert [key for key in found if key.startswith("flows")] == [
        "flows.transit.teu_per_year",
        "flows.transit.declarations_per_train",
        "flows.transit.regime",
    ]
    assert [key for key in found if "inspection" in key or "platforms" in key] == [
        "wagon_pools.platforms.sets",
        "wagon_pools.platforms.placing_h",
        "wagon_pools.platforms.empty_run_h",
        *(f"places.altynkol.inspection.{key}" for key in ("yellow_share", "red_share", "yellow_h", "red_h", "teams")),
    ]


@pytest.mark.parametrize(
    ("key", "value", "unit"),
    [
        ("trains.container.net_t", "1400.0", "t"),
        ("trains.container.teu", "100", "TEU"),
        ("wagon_pools.platforms.sets", "2024-01-01: 30, 2025-02-01: 40", ""),
        ("regimes.tez.lead_h", "mean 24, cv 0.5", "h"),
        ("regimes.tez.late_share", "0.05", "share"),
        ("places.steppe.speed_km_per_day", "mean 800, cv 0.1", "km/day"),
        ("places.steppe.paths_per_day", "24", "paths/day"),
        ("corridors.middle.published_mt", "2023: 2.764, 2024: 4.484", "Mt"),
        ("flows.transit.teu_per_year", "2024: 40000, 2025: 60000", "TEU/year"),
        ("flows.transit.regime", "2024-01-01: paper, 2025-02-01: tez", ""),
    ],
)
def test_a_figure_has_its_value_and_unit(listed, key, value, unit):
    assert (listed()[key].value, listed()[key].unit) == (value, unit)


@pytest.mark.parametrize(
    ("key", "standing", "source", "ids"),
    [
        ("corridors.middle.target_mt", "fact", "T-2030: the ministry's target", ["T-2030"]),
        ("corridors.middle.published_mt", "fact", "V-2023, V-2024", ["V-2023", "V-2024"]),
        ("regimes.tez.release_h", "fact", "C-TEZ-30MIN", ["C-TEZ-30MIN"]),
        ("regimes.tez.lead_h", "assumed", "assumed: nothing is published", []),
        ("places.altynkol.inspection.red_h", "assumed", "assumed: staff of the desk", []),
        ("wagon_pools.platforms.placing_h", "unsourced", "", []),
        ("flows.transit.regime", "fact", "C-TEZ-START", ["C-TEZ-START"]),
        ("published.dwell_2025.high", "fact", "P-DWELL", ["P-DWELL"]),
    ],
)
def test_the_nearest_line_speaks_for_a_figure(listed, key, standing, source, ids):
    found = listed()[key]
    assert (found.standing, found.source, [fact.id for fact in found.facts]) == (standing, source, ids)


def test_a_figure_of_a_recalled_fact_says_so(listed):
    assert [key for key, each in listed().items() if each.recalled] == [
        "published.dwell_2025.low",
        "published.dwell_2025.high",
    ]


def test_standings_are_counted(listed):
    found = listed().values()
    counts = count_by_standing(found)
    assert list(counts) == ["fact", "derived", "assumed", "unsourced"]
    assert counts["fact"] == 6, "the second volume of V-TEU-2024 is none of its own"
    assert sum(counts.values()) == len(found)
    assert count_by_standing([]) == {"fact": 0, "derived": 0, "assumed": 0, "unsourced": 0}


def test_an_id_that_is_not_in_the_ledger_is_a_problem_of_its_own(tmp_path, ledger):
    text = SCENARIO.replace('"V-2023, V-2024"', '"V-2032, V-2024"').replace('"C-TEZ-30MIN"', '"thirty minutes"')
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    small = read(tmp_path / "small.toml", ["places.steppe.sources.length_km=X-1"])
    found = figures_of(small.resolved, ledger)
    messages = [str(each) for each in citation_problems(found, ledger, small.spots)]
    lines = [number for number, line in enumerate(text.split("\n"), 1) if "V-2032" in line or "thirty" in line]
    assert messages == [
        f"{tmp_path}/small.toml:{lines[0]}: corridors.middle.sources.published_mt: "
        "cites 'V-2032', which is not in the ledger of facts; did you mean 'V-2024'?",
        f"{tmp_path}/small.toml:{lines[1]}: regimes.tez.sources.release_h: "
        "must cite facts, as in 'ID, ID: how it follows', or read 'derived: ID / ID: how' or 'assumed: why'",
        "set: places.steppe.sources.length_km: cites 'X-1', which is not in the ledger of facts",
    ]
    standings = {each.key: each.standing for each in found}
    assert standings["corridors.middle.published_mt"] == "unsourced"
    assert standings["regimes.tez.release_h"] == "unsourced"


# A file speaks for its own numbers


def test_a_number_changed_without_a_source_loses_the_one_it_had(listed, ledger):
    found = listed(
        """
[trains.container]
net_t = 1_500
[regimes.tez]
release_h = 1
[flows.transit]
regime = "tez"
[places.altynkol.forming]
train_h = 2
[wagon_pools.platforms]
placing_h = 3
"""
    )
    for key in (
        "trains.container.net_t",
        "regimes.tez.release_h",
        "flows.transit.regime",
        "places.altynkol.forming.train_h",
        "wagon_pools.platforms.placing_h",
    ):
        assert (found[key].standing, found[key].source) == ("unsourced", "changed in child.toml")
    assert found["trains.container.teu"].standing == "assumed"
    assert found["places.altynkol.forming.crews"].standing == "assumed"
    assert citation_problems(found.values(), ledger, {}) == []


def test_a_change_on_the_command_line_loses_the_source_too(listed):
    found = listed("", "regimes.tez.release_h=1", "places.altynkol.forming.crews=4")
    assert found["regimes.tez.release_h"].source == "changed by set"
    assert found["places.altynkol.forming.crews"].source == "changed by set"
    assert found["places.altynkol.forming.crews"].standing == "unsourced"


def test_a_number_changed_with_a_source_keeps_the_new_one(listed):
    found = listed(
        """
[regimes.tez]
release_h = 1
sources.release_h = "assumed: twice as long"
[places.altynkol]
receiving_tracks = 20
sources.all = "assumed: the yard is rebuilt"
"""
    )
    assert found["regimes.tez.release_h"].source == "assumed: twice as long"
    assert found["places.altynkol.receiving_tracks"].source == "assumed: the yard is rebuilt"


def test_a_line_for_all_speaks_only_for_the_numbers_of_its_own_file(listed):
    found = listed(
        """
sources.all = "assumed: a what-if"
[regimes.paper]
keying_h = 0.5
[regimes.tez]
late_share = 0.5
[places.altynkol]
receiving_tracks = 20
sources.all = "assumed: the yard is rebuilt"
"""
    )
    assert found["regimes.paper.keying_h"].source == "assumed: a what-if"
    assert found["regimes.tez.late_share"].source == "assumed: a what-if"
    assert found["regimes.tez.late_h"].source == "assumed: nothing is published"
    assert found["places.altynkol.receiving_tracks"].source == "assumed: the yard is rebuilt"
    assert found["places.altynkol.declarant_teams"].source == "assumed: staff of the desk"
    assert found["places.altynkol.inspection.teams"].source == "assumed: staff of the desk"
    assert (found["regimes.paper.checking_h"].standing, found["regimes.paper.checking_h"].source) == (
        "unsourced",
        "no source in base.toml",
    )


def test_a_later_file_may_name_a_source_for_an_earlier_number(listed):
    found = listed('[places.steppe]\nsources.length_km = "T-2030: by the map"\n')["places.steppe.length_km"]
    assert (found.source, found.value) == ("T-2030: by the map", "3100")


def test_a_volume_in_another_unit_leaves_no_source_behind(listed):
    found = listed("[flows.transit]\nmt_per_year = { 2025 = 1 }\n")
    assert found["flows.transit.mt_per_year"].standing == "unsourced"
    assert "flows.transit.teu_per_year" not in found


def test_a_band_changed_is_no_longer_the_published_one(listed):
    found = listed("[published.dwell_2025]\nlow = 10\n")
    assert found["published.dwell_2025.low"].source == "changed in child.toml"
    assert found["published.dwell_2025.high"].standing == "fact"


def test_results_keep_the_facts_that_their_scenario_cites(tmp_path, ledger):
    """Those of the ledger beside it, which the shipped one need not know; those not cited are left out."""
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    found = run(tmp_path / "small.toml", replications=2)
    write(found, tmp_path / "kept")
    for results in (found, load_results(tmp_path / "kept")):
        assert list(results.facts) == [name for name in ledger if name in SCENARIO]
        assert results.facts["P-DWELL"].status == "recalled"
        assert standing(results) == assumed(read(tmp_path / "small.toml").resolved, ledger)
        assert assumptions(results).query("source == 'P-DWELL'").empty, "what a scenario is held against is no input"
    assert facts(tmp_path / "kept" / "sources.csv") == found.facts
    manifest = tmp_path / "kept" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"facts"', '"of_old"'))
    assert "P-DWELL" not in load_results(tmp_path / "kept").facts, (
        "results that keep none have those of the shipped ledger"
    )


@pytest.mark.parametrize("name", shipped_names())
def test_the_facts_that_results_keep_leave_every_standing_as_it_is(name, shipped_reading):
    reading = shipped_reading(name)
    ledger = ledger_of(reading)
    kept = inputs_of(reading.resolved, facts_cited(reading.resolved, ledger))
    assert count_by_standing(kept) == count_by_standing(inputs_of(reading.resolved, ledger))


def test_a_broken_ledger_beside_a_scenario_is_refused_before_it_runs(tmp_path):
    (tmp_path / "small.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "sources.csv").write_text("id,value\n", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"sources\.csv: the columns must be id"):
        run(tmp_path / "small.toml", replications=1)


def ledger_text(**cells):
    """A ledger of one fact."""
    columns = list(Fact.__dataclass_fields__)
    row = {"id": "F-1", "value": "46", "low": "", "high": "", "status": "found", "known": "2024-05-31", **cells}
    return f"{','.join(columns)}\n{','.join(row.get(name, 'x') for name in columns)}\n"


def test_a_ledger_as_a_spreadsheet_writes_it(tmp_path):
    """With a mark before it, a line that tells the separator, and rows and columns that are empty again."""
    text = "sep=,\n" + ledger_text(low="", high="").replace("\n", ",,\n") + 2 * (15 * "," + "\n")
    (tmp_path / "sources.csv").write_text("\ufeff" + text.replace("\n", "\r\n"), newline="")
    ledger = facts(tmp_path / "sources.csv")
    assert [*ledger] == ["F-1"] and ledger["F-1"].value == "46"


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("F-1: so", "2024-05-31"),
        ("assumed: as F-2, F-1", "2024-05-31"),
        ("F-2", "2023-01-01"),
        ("by eye", ""),
    ],
)
def test_a_line_is_known_from_the_day_on_which_the_last_fact_it_names_was(tmp_path, line, day):
    (tmp_path / "sources.csv").write_text(ledger_text())
    first = facts(tmp_path / "sources.csv")["F-1"]
    assert known_from(line, {"F-1": first, "F-2": replace(first, id="F-2", known="2023-01-01")}) == day


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ledger_text().replace(",", ";"), r"sources\.csv:1: has semicolons between its cells; save it with commas"),
        (ledger_text(value="4_6"), r"sources\.csv:2: value: must be a number in digits 0 to 9 .*'4_6'"),
        (ledger_text(low="٤٦"), r"sources\.csv:2: low: must be a number in digits 0 to 9"),
        (ledger_text(value='"0,759"'), r"sources\.csv:2: value: must be a number .*with a point.*'0,759'"),
        (ledger_text(value="lots"), r"sources\.csv:2: value: must be a number .*, qualitative, .*'lots'"),
        (ledger_text(high="none"), r"sources\.csv:2: high: must be a number .*'none'"),
        (ledger_text(status="fuond"), r"sources\.csv:2: status: must be found, seed, recalled or empty .*'fuond'"),
        (ledger_text() + ledger_text(id="F-1 ").partition("\n")[2], r"sources\.csv:3: F-1 stands twice"),
        ("", r"sources\.csv:1: is empty: the first row of a table names its columns"),
        (ledger_text(year="2_024"), r"sources\.csv:2: year: must be a number"),
        (ledger_text(known="May 2024"), r"sources\.csv:2: known: must be a day as 2024-05-31, or empty .*'May 2024'"),
        (ledger_text(known="20240531"), r"sources\.csv:2: known: must be a day"),
        (ledger_text(id=" "), r"sources\.csv:2: id: must not be empty"),
        (ledger_text(note='"as read').replace(",known", "").replace(",2024-05-31", ""), r"row that begins on line 2"),
    ],
)
def test_what_would_be_misread_in_a_ledger_is_refused(tmp_path, text, message):
    (tmp_path / "sources.csv").write_text(text, encoding="utf-8")
    with pytest.raises(LedgerError, match=message):
        facts(tmp_path / "sources.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_text_in_another_encoding_is_called_so(tmp_path, encoding):
    (tmp_path / "sources.csv").write_text(ledger_text(), encoding=encoding)
    with pytest.raises(LedgerError, match=r"sources\.csv: is .*UTF-16.*: it must be in UTF-8"):
        facts(tmp_path / "sources.csv")


def test_a_line_that_is_no_source_is_refused_by_check_as_by_sources(tmp_path):
    path = tmp_path / "small.toml"
    path.write_text(SCENARIO.replace('"assumed: staff of the desk"', '"assumed"'), encoding="utf-8")
    answers = [called(command, path) for command in ("check", "sources")]
    assert [answer.exit_code for answer in answers] == [2, 2]
    assert answers[0].output == answers[1].output
    assert "places.altynkol.sources.all: must cite facts" in answers[0].output


STRUCTURE = {
    *("title", "description", "kind", "direction", "route", "train", "corridor", "index", "handling", "wagon_pools"),
    *("home", "east_port", "west_port", "place", "flow", "flows", "kpi", "fact", "needs", "targets", "keys"),
    *("carries", "takes", "used_for", "basis", "sampled", "explained", "market", "nest", "without"),
}
"""Keys that say what a thing is called, and how things hang together."""
SETTINGS = {"horizon", "study", "sweep", "calibration", "forecast", "unknown"}


@pytest.mark.parametrize("name", every_key.CHANGES)
def test_every_key_is_an_input_or_says_how_things_hang_together(name, with_every_key):
    """A key more of the schema is listed by itself, or fails here."""
    data, _ = with_every_key(name)
    listed = {figure.path: figure.unit for figure in stated_figures(data, {})}
    left_out = {path for path, _ in leaves(data) if path[0] not in SETTINGS and path[-1] not in ON_A_MAP} - {*listed}
    assert {path[-1] for path in left_out} <= STRUCTURE
    hours = ("places", "altynkol", "office_hours")
    assert {key: listed[*hours, key] for key in ("opens", "closes", "at_closing")} == {
        "opens": "time",
        "closes": "time",
        "at_closing": "word",
    }
    assert listed["places", "steppe", "single_track"] == "switch"
    assert listed["investments", "crews", "opens"] == "date"


def test_the_command_lists_choices_with_their_standing(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "300")  # rows that do not fold
    line = 'sources.works_before_release = "assumed: as at Dostyk"'
    text = f'extends = "{shipped()}/altynkol_tez.toml"\nregimes.tez.{line}\nflows.central_asia.regime = "tez"\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    answer = called("sources", tmp_path / "mine.toml")
    rows = [line.split() for line in answer.output.splitlines() if " switch " in line or " word " in line]
    assert ["regimes.tez.works_before_release", "gauge_change", "word", "assumed", "assumed:"] in [
        row[:5] for row in rows
    ]
    assert ["flows.central_asia.regime", "tez", "word", "unsourced", "changed", "in", "mine.toml"] in rows
    assert "Of the inputs 3 are switches, words and dates" in answer.output
    assert "39 of 45 inputs are assumed, 1 has no source" in answer.output
    assert "By standing: fact 1, derived 4, assumed 39, unsourced 1." in answer.output
    assert "39 of 45 inputs are assumed, 1 has no source" in called("check", tmp_path / "mine.toml").output
