"""What nobody should give it: hostile files, options and paths end in words and status 2, and nothing is written.

`make refusals` does the same with five times as many files, and runs what is accepted.
"""

import os
import subprocess
from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from commands import CORRIDOR, lying, refusal
from hostile import FILES, OVERRIDES, TEXT, VALUES, attempt, limited, surroundings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scenario_text import SCENARIO, STORM

from sim.runs.folders import ResultsError, result_folder
from sim.scenario.checks import bounds
from sim.scenario.reading.read import ScenarioError, read, to_toml

FILES_CHECKED, FILES_IN_PROCESSES = 60, 24
SHORT = ("--workers", "1", "--no-plots", "--replications", "3", "--set", "horizon.end=2024-01-10")
TEZ = "altynkol_tez"
AGAIN = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}


@pytest.fixture
def folder(tmp_path):
    surroundings(tmp_path)
    return tmp_path


@pytest.fixture
def corridor(folder, monkeypatch):
    """Run a command that is to be refused: one message, status 2, nothing written."""
    monkeypatch.chdir(folder)
    return partial(refusal, folder)


# Files


@pytest.mark.parametrize("files", [300, 2000])
def test_hostile_files_are_read_or_refused(folder, files):
    ended = Counter()

    @settings(max_examples=files, **AGAIN)
    @given(FILES, OVERRIDES)
    def try_one(content, overrides):
        reading = attempt(folder / "hostile.toml", content, overrides)
        ended[reading is not None] += 1
        if reading is not None:
            again = attempt(folder / "again.toml", to_toml(reading.resolved).encode())
            assert again.scenario == reading.scenario, "what is read can be written, and means the same"

    try_one()
    assert ended.total() >= files
    assert ended[False] > ended[True] > 0


def test_hostile_files_are_refused_by_the_command(folder, monkeypatch):
    monkeypatch.chdir(folder)

    @settings(max_examples=FILES_CHECKED, **AGAIN)
    @given(TEXT, st.sampled_from(["check", "run", "sources", "warmup", "target", "ladder"]), VALUES)
    def try_one(text, command, value):
        Path("hostile.toml").write_text("extends = 3\n" + text, encoding="utf-8", newline="")
        assert "nothing was written" in refusal(folder, command, "hostile.toml", "--set", f"study.level={value}")

    try_one()


def test_hostile_files_are_refused_by_processes_of_their_own(folder):
    """The installed command: no traceback on its error stream either, and words that any terminal can print."""

    @settings(max_examples=FILES_IN_PROCESSES, **AGAIN)
    @given(FILES)
    def try_one(content):
        (folder / "hostile.toml").write_bytes(content)
        before = lying(folder)
        done = subprocess.run([CORRIDOR, "check", "hostile.toml"], cwd=folder, capture_output=True, timeout=120)
        assert done.returncode in (0, 2)
        assert b"Traceback" not in done.stderr
        # a sound file may raise doubts, as of what its numbers cite, but a refusal always says why
        assert done.returncode == 0 or done.stderr
        assert lying(folder) == before

    try_one()


def test_a_file_of_100_mb_is_refused_unread(folder):
    with (folder / "hostile.toml").open("wb") as file:
        file.truncate(100_000_000)
    with limited(1.0), pytest.raises(ScenarioError, match="is larger than 2 MB"):
        read(folder / "hostile.toml")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become somebody else")
def test_a_file_without_permission_is_refused():
    """Nobody reads what is not his: root, who may read everything, becomes nobody for the test."""
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        os.chmod(home, 0o755)
        secret = Path(home) / "secret.toml"
        secret.write_text(SCENARIO)
        secret.chmod(0o600)
        (Path(home) / "child.toml").write_text('extends = "secret.toml"')
        os.seteuid(65534)
        try:
            for name in ("secret.toml", "child.toml"):
                with pytest.raises(ScenarioError, match="cannot be read: Permission denied"):
                    read(Path(home) / name)
        finally:
            os.seteuid(0)


def test_a_thousand_flows_are_read(folder):
    flow = SCENARIO[SCENARIO.index("[flows.") :].split("\n\n")[0]
    name = flow.split("\n")[0].removeprefix("[flows.").rstrip("]")
    more = [flow.replace(f"[flows.{name}", f"[flows.{name}_{number}") for number in range(1_000)]
    (folder / "hostile.toml").write_text("\n\n".join([SCENARIO, *more]), encoding="utf-8")
    with limited():
        assert len(read(folder / "hostile.toml").scenario.flows) >= 1_001


@pytest.mark.parametrize(
    ("lines", "says"), [(10_000, "has 9,900 more problems"), (120_000, "keys and items; at most 50,000 are read")]
)
def test_a_heap_of_unknown_keys_is_refused_in_time(folder, lines, says):
    text = "\n".join(f"k{number} = 1" for number in range(lines))
    (folder / "hostile.toml").write_text(SCENARIO.replace("title", f"{text}\ntitle", 1), encoding="utf-8")
    with limited(), pytest.raises(ScenarioError) as caught:
        read(folder / "hostile.toml")
    assert len(caught.value.problems) <= 101
    assert says in str(caught.value)


# More than a run can bear


def with_wind(closure_h, closed_share=0.5, **keys):
    stated = {"closed_share": closed_share, "closure_h": closure_h, **keys}
    return f"places.caspian.wind={{ {', '.join(f'{key} = {value}' for key, value in stated.items())} }}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("flows.transit.teu_per_year={ 2025 = 1e12 }", "trains in a run; at most 2,000,000"),
        ("flows.transit.teu_per_year={ 2025 = 1e300 }", "must be at most 1000000000000 (got 1e+300)"),
        ("trains.container.net_t=1e-300;flows.transit.mt_per_year={ 2025 = 1 }", "trains in a run; at most 2,000,000"),
        ("flows.transit.departures_cv=1e3", "must be at most 10 (got 1000.0)"),
        ("places.caspian.vessels.feeder.number=5000", "makes 5000 vessels in all; at most 1,000"),
        ("places.caspian.sailing_h=1e-9", "voyages in a run; at most 1,000,000"),
        (with_wind(1e-9), "is so short that it would come"),
        (with_wind(0.001, 0.079, month_weights=[1, *[0] * 11]), "is so short that it would come"),
        (with_wind(0.01, 0.95, closure_cv=100), "is so short that it would come"),
        ("places.steppe.speed_km_per_day={ mean = 900, shape = 'exponential' }", "must not be exponential"),
        ("places.steppe.speed_km_per_day={ mean = 900, cv = 9 }", "must have a cv of at most 2, as a speed (got 9)"),
        (
            "places.steppe.speed_km_per_day={ low = 1, high = 900, shape = 'uniform' }",
            "must have a low end of at least a 100th of its high end",
        ),
        ("places.steppe.speed_km_per_day=5e-324", "must be at least 1 km a day"),
        ("study.level=0.9999999999999999", "must be at most 0.99999"),
        (
            "places.altynkol.office_hours={ opens = 08:00:00, closes = 08:00:00.000001, at_closing = 'stop' }",
            "must be open for a minute at least",
        ),
        ("places.altynkol.forming.crews=1000000", "must be at most 100000"),
        ("places.altynkol.forming.train_h={ mean = 1, cv = 1e200 }", "must be at most 100 (got 1e+200)"),
        ("places.altynkol.forming.train_h=1e308", "must be at most 1000000000000 (got 1e+308)"),
        ("disruptions.storm.per_year=1e6", "spells by chance in a run; at most 2,000"),
        ("horizon.end=2201-01-01;horizon.start=2190-01-01", "must lie between the years 1990 and 2200"),
        ("horizon.end=9999-12-31", "a horizon may span at most 100 years"),
        ("horizon.end=2025-01-01", "end must lie after start"),
        ("horizon.end=2024-12-31", "end must lie after start"),
    ],
)
def test_more_than_a_run_can_bear_is_refused(folder, change, says):
    (folder / "hostile.toml").write_text(SCENARIO + STORM, encoding="utf-8")
    with limited(2.0), pytest.raises(ScenarioError) as caught:
        read(folder / "hostile.toml", change.split(";"))
    assert says in str(caught.value)


def test_what_changes_by_chance_is_bounded_too(folder):
    storm = STORM.replace('wind.closed_share" = 0.95', 'vessels.feeder.number" = 2000')
    (folder / "hostile.toml").write_text(SCENARIO + storm, encoding="utf-8")
    with pytest.raises(ScenarioError, match="makes 2000 vessels in all"):
        read(folder / "hostile.toml")


def test_a_spell_by_chance_may_be_said_to_last_for_ever(folder):
    """Its end lies beyond the run, and beyond the calendar."""
    from sim.model.simulate import simulate

    (folder / "hostile.toml").write_text(SCENARIO + STORM, encoding="utf-8")
    endless = read(folder / "hostile.toml", ["disruptions.storm.lasts_days=1e12", "horizon.end=2025-01-20"])
    with limited():
        assert len(simulate(endless.scenario, 1, 0).tables.trains)


def test_the_bounds_hold_what_a_large_study_needs():
    """Ten times the traffic of any published plan over ten years, and the fleet for it."""
    assert bounds.MOST_TRAINS >= 10 * 10 * 10_000
    assert bounds.MOST_VOYAGES >= 10 * 10 * 10_000


# Options and paths

TEXTS = ("", "=", "nan", "inf", ":::::", "throughput_mt:all:all:2024>=nan", "throughput_mt>=", ">=1", "x>=1")
TEXTS += ("throughput_mt:\u202e>=1", "throughput_mt>=1e999", "a" * 5_000 + ">=1", "../../x", "x" * 300)
ASKED = (
    *(
        ("run", TEZ, *SHORT, option)
        for option in ("--chance", "--precision", "--set", "--seed", "--workers", "--cluster")
    ),
    ("run", TEZ, *SHORT, "--precision", "5%", "--precision-of"),
    *(("compare", TEZ, "altynkol_paper", *SHORT, option) for option in ("--best", "--base", "--precision", "--seed")),
    ("compare", TEZ),
    *(("forecast", "altynkol_sweep", *SHORT, option) for option in ("--conclusion", "--worlds", "--precision")),
    *(("sweep", TEZ, *SHORT, option) for option in ("--factor", "--points", "--measure")),
    *(
        ("target", TEZ, *SHORT, option)
        for option in ("--target", "--corridor", "--probability", "--discount", "--given")
    ),
    *(("ladder", TEZ, *SHORT, option) for option in ("--corridor", "--year", "--rungs")),
    *(("warmup",), ("warmup", TEZ, "--days"), ("check",), ("sources",), ("sources", TEZ, "--ledger"), ("plot",)),
    *(
        ("calibrate",),
        ("calibrate", TEZ, "--fit", "--page"),
        ("calibrate", TEZ, "--worlds"),
        ("calibrate", "corridor_2024", "--fit", "--date"),
        ("study", "status"),
    ),
)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: " ".join(word for word in asked if word not in SHORT))
def test_hostile_words_are_refused(corridor, asked):
    for text in TEXTS:
        said = corridor(*asked, text)
        assert "\x1b" not in said


WRITERS = (
    ("run", TEZ),
    ("compare", TEZ, "altynkol_paper"),
    ("warmup", TEZ),
    ("ladder", TEZ),
    ("target", TEZ),
    ("sweep", TEZ, "--factor", "places.altynkol.forming.crews=3:4"),
)
PLACES = (
    "/",
    "sound.toml",
    "loop.toml",
    "sound.toml/x",
    "loop.toml/x",
    "x" * 300,
    "taken",
    "pipe",
    "..",
)


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer[0])
def test_results_go_nowhere_but_into_a_folder_of_their_own(corridor, folder, writer):
    """A root, a file, a link to itself, another's folder, what is no file: refused before anything is run."""
    (folder / "taken").mkdir()
    (folder / "taken" / "mine.txt").write_text("precious")
    os.mkfifo(folder / "pipe")
    for place in PLACES:
        said = corridor(*writer, *SHORT, "--out", place)
        assert place in said
        assert "Replications: " not in said and "Runs" not in said


@pytest.mark.parametrize(
    "name", ["", ".", "..", "...", "/", "../..", ".toml", "x/..", "x" * 300, "loop", "nowhere/x", "a\nb", "a\u202eb"]
)
def test_a_new_scenario_has_a_name(corridor, name):
    corridor("new", name)


def test_a_line_break_in_a_name_forges_no_line(corridor, folder):
    (folder / "a\nb.toml").write_text("title = 1", encoding="utf-8")
    for name in ("a\nb.toml", "c\nd.toml"):
        assert all(
            line.startswith((name.replace("\n", "\\n"), "2 ", "1 ")) for line in corridor("check", name).splitlines()
        )


@pytest.mark.parametrize(
    "name", ["..", ".", "a/b", "a\\b", "a\nb", "", " ", "con:", "x" * 201, "a\u202eb", "a\x00b", "CON", "com1.x", "a."]
)
def test_a_name_leads_to_no_other_folder(name):
    with pytest.raises(ResultsError, match="cannot name a folder"):
        result_folder(Path("results"), name)


def test_a_ledger_that_is_none_is_refused(corridor, folder):
    for content in (b"id,value\n1,2\n", b"\xff\xfe", b"\x00" * 10, b'"' + b"x" * 200_000):
        (folder / "facts.csv").write_bytes(content)
        assert "facts.csv: " in corridor("sources", TEZ, "--ledger", "facts.csv")


def test_a_broken_ledger_beside_a_scenario_is_named(corridor, folder):
    (folder / "sources.csv").write_text("id,value\n1,2\n")
    (folder / "hostile.toml").write_text(SCENARIO, encoding="utf-8")
    for command in ("check", "sources"):
        assert "sources.csv: the columns must be" in corridor(command, "hostile.toml")
