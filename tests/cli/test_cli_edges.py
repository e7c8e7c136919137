"""What the commands do with options that they cannot honour, and with words that are no words."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from commands import output_of, refusal
from pages import write_pair
from scenario_text import SCENARIO

from sim.cli.console import show, warn_of_cost, warn_of_unsettled
from sim.cli.options import PATH, Sampling
from sim.cli.tables import folded, screen_width, sheet_lines
from sim.engine.sandbox import obstacle
from sim.runs.folders import ResultsError
from sim.runs.results import load_run
from sim.scenario.reading.opening import load
from sim.scenario.reading.read import ScenarioError, read
from sim.views.sheets.answer import headline_of
from sim.views.sheets.sheet import Sheet

SETS = "wagon_pools.platforms.sets"
FEW_RUNS = ("run", "--set", "horizon.end=2024-01-10", "--replications", "2", "--workers", "1", "--no-plots")
MISTAKES = {
    "--page: of a fit: add --fit": ("calibrate", "2025_as_it_was", "--page=fit.md"),
    "--worlds: worlds are held against": ("calibrate", "2025_as_it_was", "--fit", "--worlds=60"),
    "--factor: a is given twice": ("sweep", "altynkol_tez", *("--factor", "a=1,2") * 2),
    "--factor: must be written KEY=60..120": ("sweep", "altynkol_tez", "--factor", SETS),
    "(got 'a=1..b')": ("sweep", "altynkol_tez", "--factor", "a=1..b"),
    "options: sweep.factors.a: is no input of the model": ("sweep", "altynkol_tez", "--factor", "a=1..2"),
    "nothing was run, nothing was written": ("sweep", "altynkol_tez", "--factor", f"{SETS}=-5..20"),
    "options: sweep: a grid takes levels, not points": (
        *("sweep", "altynkol_tez", "--factor", f"{SETS}=80..90", "--points", "3"),
    ),
    "options: sweep.levels: has no effect: a design that is no grid counts points": (
        *("sweep", "altynkol_tez", "--factor", f"{SETS}=80..90"),
        *("--design", "latin_hypercube", "--points", "3", "--levels", "3"),
    ),
    'trains_per_year": names a table of values: name one of them, such as flows.central_asia.trains_per_year.2024': (
        *("sweep", "altynkol_tez", "--factor", "flows.central_asia.trains_per_year=0..1e6"),
    ),
    "Invalid value for '--name': is empty": ("run", "altynkol_tez", "--name", " "),
    "'--replications': 2 is not in the range 3<=x<=100000": ("ladder", "altynkol_tez", "--replications", "2"),
    "--most has no effect without --precision": ("run", "altynkol_tez", "--most", "6"),
    "--precision-of: must be written KPI": ("run", "altynkol_tez", "--precision", "5%", "--precision-of", ":"),
    "--best: must be written KPI": ("compare", "altynkol_paper", "altynkol_tez", "--best", ":"),
    "--chance: 'a' must be written KPI": ("run", "altynkol_tez", "--chance", "a"),
    "'wait_h_ban' counts what this scenario does not have; docs/kpis.md": (
        *("run", "altynkol_tez", "--chance", "wait_h_ban>=1"),
    ),
    "altynkol_tez.toml: says of nothing that it is unknown": (
        "forecast",
        "altynkol_tez",
        "--conclusion",
        "clearance_h>1",
    ),
    "altynkol_sweep is the same with unknowns: corridor forecast altynkol_paper altynkol_sweep": (
        *("forecast", "altynkol_paper", "altynkol_tez"),
    ),
    "conclusion: must compare one KPI with one number": ("forecast", "altynkol_sweep", "--conclusion", "good"),
    "speaks of a difference: name two scenarios": (
        *("forecast", "altynkol_sweep", "--conclusion", "transit_days difference < -1"),
    ),
    "forecast takes one scenario, or two to be told apart (got 3)": ("forecast", "altynkol_sweep", "a", "b"),
    "have no period 2030 of the same days in common": ("forecast", "altynkol_sweep", "2030_target"),
    "corridor sensitivity is now: corridor forecast FILE": ("sensitivity", "altynkol_tez"),
}


@pytest.mark.parametrize("says", MISTAKES)
def test_options_that_cannot_be_honoured_are_refused(tmp_path, monkeypatch, says):
    monkeypatch.chdir(tmp_path)
    assert says in refusal(tmp_path, *MISTAKES[says])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "altynkol_tez", "--chance", "nonsense>=3"],
        ["run", "altynkol_tez", "--precision", "5%", "--precision-of", "nonsense"],
        ["compare", "altynkol_paper", "altynkol_tez", "--best", "nonsense"],
        ["compare", "altynkol_paper", "altynkol_tez", "--precision", "5%", "--precision-of", "nonsense"],
        ["sweep", "altynkol_sweep", "--kpi", "nonsense"],
        ["forecast", "altynkol_sweep", "--conclusion", "nonsense > 1"],
        ["run", "{file}"],
        ["compare", "other.toml", "{file}"],
        ["validate", "{file}"],
        ["check", "{file}"],
    ],
    ids=lambda arguments: " ".join(word for word in arguments if word.startswith(("-", "{")) or word.isalpha()),
)
def test_what_no_run_can_yield_is_refused_before_the_first_replication(arguments, tmp_path, monkeypatch):
    """A published figure of such a KPI too, in the second of two scenarios as well as in the first."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.runs.replicate.performer", lambda *_: pytest.fail("a replication was run"))
    figure = 'title = "F"\nfact = "F-1"\nkpi = "nonsense"\nstart = 2025-01-01\nend = 2025-02-01\nlow = 1\nhigh = 2\n'
    text = f'{SCENARIO}\n[published.figure]\nused_for = "validation"\n{figure}'
    Path("mine.toml").write_text(text, encoding="utf-8")
    Path("other.toml").write_text(SCENARIO, encoding="utf-8")
    done = output_of(*[word.format(file="mine.toml") for word in arguments], status=2)
    assert "there is no KPI 'nonsense'" in done and "Replications" not in done
    # A check tells at once what is wrong with the sources, too.
    assert ("cites 'F-1'" in done) == (arguments[0] == "check")
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("line", "message", "statuses"),
    [("X-NONE", "cites 'X-NONE', which is not in the ledger", (0, 0, 2)), ("two words", "must cite facts", (2, 2, 2))],
    ids=["no fact", "no source line"],
)
def test_check_and_run_agree_on_what_a_number_rests_on(line, message, statuses, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f'extends = "altynkol_tez"\n[wagon_pools.platforms]\nsets = 80\nsources.sets = "{line}"\n'
    Path("mine.toml").write_text(text, encoding="utf-8")
    commands = (("check", "mine.toml"), ("run", "mine.toml", *FEW_RUNS[1:]), ("sources", "mine.toml"))
    for words, status in zip(commands, statuses, strict=True):
        output = " ".join(output_of(*words, status=status).split())
        assert f"mine.toml:4: wagon_pools.platforms.sources.sets: {message}" in output, words
    assert Path("results").exists() == (statuses[1] == 0)


def test_a_run_shows_published_figures_beside_the_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")  # rows that do not fold
    row = SCENARIO[SCENARIO.index("[published.dwell_2025]") :].replace("dwell_2025", "timetable")
    Path("mine.toml").write_text(f'{SCENARIO}\n{row}basis = "schedule"\n', encoding="utf-8")
    output = " ".join(output_of("run", "mine.toml", "-n", "3", "-j", "1", "--no-plots").split())
    assert "Against published figures" in output and "P-DWELL" in output and "20.0 to 60.5" in output
    assert output.count("validation") == output.count("neither: schedule") == 1


@pytest.mark.parametrize(("command", "hint"), [(("check",), ""), (FEW_RUNS, "; corridor check names more of them")])
def test_of_very_many_doubts_the_first_are_told(command, hint, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    idle = "".join(f'[corridors.a{number}]\ntitle = "A"\n' for number in range(130))
    Path("idle.toml").write_text(f'extends = "altynkol_tez"\n{idle}', encoding="utf-8")
    output = output_of(command[0], "idle.toml", *command[1:])
    told = output.partition("In doubt")[0].count("has no effect: no flow counts in it")
    assert f"\n{130 - told} doubts more{hint}.\n" in output and 0 < told < 130
    last = "no flow counts in it. And 129 doubts more: see corridor check.\nQuestion: "
    assert (last in output and "\nIn doubt: idle.toml:2: corridors.a0: has" in output) == (command[0] == "run")


@pytest.mark.parametrize(
    ("arguments", "runs"),
    [
        (("run", "altynkol_tez"), "100,000"),
        (("sweep", "altynkol_tez", "--factor", f"{SETS}=80..90", "--levels", "2"), "200,000"),
    ],
    ids=lambda value: value[0],
)
def test_hours_of_work_are_told_before_the_first_replication(arguments, runs, tmp_path, monkeypatch):
    def refuse(*_):
        raise ResultsError("that is enough")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.runs.replicate.performer", refuse)
    output = output_of(*arguments, "--replications", "100000", "--workers", "1", status=2)
    assert re.search(rf"{runs} replications may take some \d+ hours of a core", output), output
    assert "hours of a core" not in output_of(*arguments, "--replications", "10", "--workers", "1", status=2)


def test_a_terminal_of_few_letters_ends_nothing():
    """Titles hold letters that ASCII has not; they are spelled as it can, and one that cannot be is a question mark."""
    done = subprocess.run(
        [Path(sys.executable).with_name("corridor"), "scenarios"],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.decode("ascii")
    assert "2030_target" in told and "?" not in told and "-----" in told
    assert "4.2 → 3.1 −0.4 Böyük Kəsik 阿".encode("ascii", "spelled").decode() == "4.2 -> 3.1 -0.4 Boyuk Kesik ?"


def test_a_chinese_cell_is_folded_where_its_line_is_full_and_before_no_mark():
    assert folded("2025 年上半年中间走廊集装箱，标准箱", 28) == ["2025 年上半年中间走廊集装", "箱，标准箱"]
    assert folded("支线船在阿拉特一次靠泊的作业，小时", 28) == ["支线船在阿拉特一次靠泊的作", "业，小时"]
    assert folded("China – Europe through Kazakhstan", 28) == ["China – Europe through", "Kazakhstan"]


def test_results_that_are_compared_are_not_run_again(tmp_path):
    pair = write_pair(tmp_path)
    names = [str(pair / name) for name in ("paper", "tez")]
    done = output_of("compare", *names, "--replications", "50", "--out", str(tmp_path / "out"), status=2)
    assert done.startswith("--replications: nothing is run")
    assert not (tmp_path / "out").exists()
    reason = headline_of(load_run(pair / "paper")).reason
    assert "wait" in reason and " for a " not in reason, "causes are plural as often as not"


@pytest.mark.parametrize("character", ["\\u001b[2J", "\\u0007", "\\u009b", "\\u202e", "\\u0000"])
def test_a_title_cannot_command_a_terminal(tmp_path, character):
    path = tmp_path / "one.toml"
    path.write_text(SCENARIO.replace('title = "Altynkol"', f'title = "Altyn{character}kol"'), encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        read(path)
    [problem] = caught.value.problems
    assert problem.key == "places.altynkol.title" and "no control characters" in problem.message
    assert problem.line and str(problem).isprintable()


def test_a_title_is_shown_as_it_is(capsys):
    show(Sheet("A :truck: title", ("head",), [(":bomb: [bold]x[/bold]",)]))
    said = capsys.readouterr().out
    assert ":truck:" in said and ":bomb: [bold]x[/bold]" in said


def test_a_table_is_as_wide_as_the_screen_or_80_columns(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.setattr("sys.__stdout__", io.StringIO())
    assert screen_width() == 80
    monkeypatch.setenv("COLUMNS", "132")
    assert screen_width() == 132


LONG = Sheet(
    "Long",
    ("key", "what it is", "a number of the year", "another", "third", "note"),
    [
        ("places.border.gauge_change.containers.train_h", "words " * 9, "1,234,567.8 [−0.5, 2.25]", "1,908", "∞", ""),
        ("short", "x" * 70, "", "−0.195 [−0.198, −0.192]", "12.5 %", "a note that is folded"),
    ],
)


@pytest.mark.parametrize("width", [60, 80, 132, 400])
def test_a_table_keeps_to_a_width_and_cuts_no_number(width):
    lines = sheet_lines(LONG, width)
    assert max(map(len, lines)) <= width
    numbers = [cell for row in LONG.rows for cell in row if re.match("[−0-9∞]", cell)]
    assert len(numbers) == 5 and all(sum(number in line for line in lines) >= 1 for number in numbers)
    assert all(any(head in line for line in lines) for head in ("key", "another", "third", "note"))
    if width == 400:
        assert len(lines) == 4, "what fits stands in one line a row"


def test_a_table_without_rows_or_columns_is_printed_too():
    assert sheet_lines(Sheet("None", ("a", "b")), 80) == ["a  b", "────"]
    assert sheet_lines(Sheet("None", ()), 80) == []


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system binds no process to processors")
def test_by_default_only_processors_one_may_use_are_at_work(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    assert Sampling().processes == 1
    assert Sampling(workers=5).processes == 5


def test_a_tilde_that_the_shell_leaves_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert PATH.convert("~/x", None, None) == tmp_path / "x"
    assert PATH.convert("x~", None, None) == Path("x~")
    with pytest.raises(click.BadParameter):
        PATH.convert("~nobody_of_this_name/x", None, None)


def test_a_new_scenario_with_a_blank_in_its_name_is_run_by_the_command_that_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "then: corridor run 'my border.toml'\n" in output_of("new", "my border")


@pytest.mark.parametrize(
    ("changes", "doubts"), [(("--set", "flows.inbound.trains_per_year={ 2025 = 120000 }"), ["1 doubt"]), ((), [])]
)
def test_check_counts_its_doubts_and_says_who_tells_what_is_overloaded(tmp_path, monkeypatch, changes, doubts):
    monkeypatch.chdir(tmp_path)
    output_of("new", "mine")
    told = output_of("check", "mine.toml", *changes)
    assert "What is overloaded, or fills for longer than the warm-up: see `corridor arithmetic`\n" in told
    assert re.findall("(.*), named above", told) == doubts


def test_how_many_runs_there_will_be_is_told_first(capsys):
    """A study runs others beside those that were named."""
    scenario = load("altynkol_tez").scenario
    warn_of_cost([scenario], 3)
    assert "To run" not in capsys.readouterr().err
    warn_of_cost([scenario] * 7, 3)
    assert "To run: 7 scenarios, 3 replications of each: 21 in all." in capsys.readouterr().err


@pytest.mark.parametrize(("engine", "hours"), [("simpy", "40"), ("auto", "40" if obstacle() else "4")])
def test_what_runs_will_take_is_told_by_their_engine(capsys, engine, hours):
    """A compiled run takes a tenth: told by SimPy's pace, a forecast of half an hour was ten hours."""
    warn_of_cost([load("2030_target").scenario], 9000, engine)
    assert f"9,000 replications may take some {hours} hours of a core" in capsys.readouterr().err


def test_overload_names_two_scenarios_and_counts_those_made_of_them(capsys):
    reading = load("altynkol_tez", "wagon_pools.platforms.sets=20")
    warn_of_unsettled([replace(reading, name=name) for name in ("paper", "tez", "paper_nothing", "paper_forming")])
    told = capsys.readouterr().err
    assert "paper, tez and 2 more: platforms placing is overloaded in " in told
    assert "still fills when measuring begins" in output_of(
        "arithmetic", "altynkol_tez", "--set", "horizon.warmup_days=0"
    )


def test_arithmetic_begins_with_the_total_against_the_target(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = output_of("arithmetic", "2030_target").splitlines()
    begin = lines.index("Each corridor against its target")
    assert not any(line.startswith(("Free flow", "Offered load")) for line in lines[:begin])
    first_rows = [line for line in lines[begin:] if line.startswith("20")][:7]
    assert [line[:4] for line in first_rows] == [str(year) for year in range(2024, 2031)]
    assert all("Middle Corridor" in line for line in first_rows) and first_rows[-1].endswith(" 10.0")


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("line", "change", "problem"),
    [
        ("places.altynkol.officer_team = 3", "study.seed=3", "officer_team: is not a key of"),
        ("places.altynkol.officer_teams = '3'", "study.seed=3", "must be a whole number (got '3')"),
        ("", "places.altynkol.officer_team=3", "officer_team: is not a key of"),
        ("", "study.sed", "must be written key.path=value"),
        ("sweep.factors = { 'study.seeds' = { low = 1, high = 2 } }", "study.seed=3", "sweep.factors"),
        (
            "sweep = { measures = ['dwell'], factors = { 'regimes.tez.release_h' = { low = 1, high = 2 } } }",
            "study.seed=3",
            "'dwell'",
        ),
    ],
)
def test_what_is_doubtful_is_told_beside_what_is_refused(command, line, change, problem, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("idle.toml").write_text(f'extends = "altynkol_tez"\n{line}\ncorridors.a.title = "A"\n', encoding="utf-8")
    output = output_of(command, "idle.toml", "--set", change, status=2)
    assert problem in output
    beside = (
        "In doubt besides, where no run would stop:\nidle.toml:3: corridors.a: has no effect: no flow counts in it\n"
    )
    assert f"{beside}1 problem; nothing was run, nothing was written." in output


def test_no_doubt_is_told_of_what_cannot_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("idle.toml").write_text('extends = "altynkol_tez"\nflows.central_asia.train = "nothing"\n', encoding="utf-8")
    assert "In doubt" not in output_of("check", "idle.toml", status=2)


def test_a_mistake_that_hides_others_says_so(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = 'extends = "altynkol_tez"\nhorizon.end = 2024-31-01\nflows.central_asia.trian = 1\n'
    hidden = "What else is wrong is told once that can be read. 1 problem; nothing was run"
    for line, hides in (("2024-31-01", True), ("2023-01-31", False)):
        Path("two.toml").write_text(text.replace("2024-31-01", line), encoding="utf-8")
        output = output_of("check", "two.toml", status=2)
        assert (hidden in output, "trian" in output) == (hides, not hides), output
