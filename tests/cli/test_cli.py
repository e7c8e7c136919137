"""The command as its users meet it: runs in processes of their own, what only reads or refuses in that of the tests."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from commands import CORRIDOR, MONTH, called, corridor, has_ended, output_of

import sim

CHECKOUT = Path(__file__).parents[2]
COLUMNS = "scenario,kpi,place,flow,period,unit,replications,mean,ci_low,ci_high,p10,p50,p90"
WHOLE = {
    "throughput_mt",
    "throughput_teu",
    "trains_delivered",
    "trains_inside",
    "declarations",
    "wait_h",
    "queue_trains",
}
SPREAD = {
    f"{kpi}{end}" for kpi in ("clearance_h", "border_dwell_h", "transit_days") for end in ("", "_p50", "_p90", "_p95")
}
KPIS = WHOLE | SPREAD | {"utilisation"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A folder in which a short scenario was run with one worker."""
    folder = tmp_path_factory.mktemp("ran")
    done = corridor("run", "altynkol_tez", *MONTH, "--name", "altynkol_tez", "--workers", "1", "--all", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_a_run_answers_and_writes_its_results(ran):
    folder, done = ran
    assert "Tez Customs" in done.stdout
    assert "2 replications (intervals need 3), seed 7" in done.stdout
    results = folder / "results" / "altynkol_tez"
    assert (results / "kpis.csv").read_text().splitlines()[0] == COLUMNS
    assert set(pd.read_csv(results / "kpis.csv")["kpi"]) >= KPIS
    assert tomllib.loads((results / "scenario.toml").read_text())["horizon"]["warmup_days"] == 10
    assert json.loads((results / "manifest.json").read_text())["seed"] == 7
    for stem in ("paper_or_tez", "where_time_goes", "queues", "train_graph"):
        assert (results / f"{stem}.png").stat().st_size > 10_000
        assert (results / f"{stem}.svg").read_text().startswith("<?xml")
    assert [path.name for path in (folder / "results").iterdir()] == ["altynkol_tez"]


@pytest.mark.parametrize(
    ("workers", "zone", "more"),
    [("2", "Asia/Almaty", ()), ("1", "America/St_Johns", ()), ("2", "UTC", ("--no-plots",))],
)
def test_the_same_bytes_whatever_the_workers_and_the_time_zone(ran, tmp_path, workers, zone, more):
    """Workers come to the tables; the figures are drawn of them in the command's own process, wherever it is."""
    first = ran[0] / "results" / "altynkol_tez"
    command = ("run", "altynkol_tez", *MONTH, "--name", "altynkol_tez", "--workers", workers, "--out", "again", *more)
    done = corridor(*command, cwd=tmp_path, TZ=zone)
    assert done.returncode == 0, done.stderr
    drawn = () if more else (".png", ".svg")
    names = {path.name for path in first.iterdir() if path.suffix in (".csv", ".json", ".parquet", ".toml", *drawn)}
    assert names == {path.name for path in (tmp_path / "again").iterdir()}
    for name in names - {"manifest.json"}:
        assert (tmp_path / "again" / name).read_bytes() == (first / name).read_bytes(), name


def test_a_comparison_is_paired(tmp_path, monkeypatch):
    month = (*MONTH, "--replications", "3", "--workers", "1")
    monkeypatch.chdir(tmp_path)
    done = called("compare", "altynkol_paper", "altynkol_tez", *month, "--out", "pair")
    assert done.exit_code == 0, done.stderr
    assert "Run beside the two: both under each order of works" in done.stderr
    assert "Question: What does Tez Customs save at the border, and on the way?" in done.stdout
    assert "order of works, which no source states" in " ".join(done.stdout.split())
    lines = done.stdout.splitlines()
    assert len(lines) <= 23 and max(map(len, lines)) < 80, "it is read on one screen of 80 x 24"
    differences = pd.read_csv(tmp_path / "pair" / "differences.csv")
    clearance = differences[(differences["kpi"] == "clearance_h") & (differences["place"] == "altynkol")]
    assert (clearance["ci_high"] < -2).all()
    assert (tmp_path / "pair" / "differences.png").is_file()
    assert (tmp_path / "pair" / "altynkol_paper" / "kpis.csv").is_file()
    again = called("compare", "pair/altynkol_paper", "pair/altynkol_tez", "--no-plots", "--out", "loaded")
    assert again.exit_code == 0, again.stderr
    assert (tmp_path / "loaded" / "differences.csv").read_bytes() == (
        tmp_path / "pair" / "differences.csv"
    ).read_bytes()


THREE_MISTAKES = """\
title = "Three mistakes"
extends = "{parent}"

[places.altynkol]
reciving_tracks = 3

[places.altynkol.forming]
crews = -2

[flows.central_asia]
route = ["altynkol", "altynkol_saragash", "saryagash"]
"""


def test_three_mistakes_are_three_messages_and_nothing_is_written(tmp_path):
    parent = CHECKOUT / "scenarios" / "altynkol_tez.toml"
    (tmp_path / "bad.toml").write_text(THREE_MISTAKES.format(parent=parent))
    done = corridor("run", "bad.toml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "bad.toml:5: places.altynkol.reciving_tracks: is not a key of [places.altynkol]; "
        "did you mean 'receiving_tracks'?",
        "bad.toml:8: places.altynkol.forming.crews: must be at least 0 (got -2)",
        "bad.toml:11: flows.central_asia.route[1]: 'altynkol_saragash' is not a place of the scenario; "
        "did you mean 'altynkol_saryagash'?",
        "3 problems; nothing was run, nothing was written.",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["bad.toml"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "altynkol_tes"), "did you mean 'altynkol_tez'?"),
        (("run", "altynkol_tez", "--set", "study.level=0"), "set: study.level: must be at least 0.5 (got 0)"),
        (("run", "altynkol_tez", "--replications", "1"), "2<=x<=100000"),
        (("compare", "altynkol_tez", "--set", "study.seed=+1"), "both folders: corridor compare results/A results/A_…"),
        (("run", "altynkol_tez", "--out", "taken"), "taken: holds other files than results"),
        (("run", "altynkol_tez", "--precision", "0.02"), "such as 2%; for the share 0.02 write 2%"),
        (("run", "altynkol_tez", "--precision", "2%", "--most", "4"), "--fewest 5, the default, is more than --most 4"),
        (("run", "altynkol_tez", "--precision", "2%", "--fewest", "200"), "200 is more than --most 100, the default,"),
        (
            (
                *("run", "altynkol_tez", "--set", 'flows.central_asia.regime="tez"'),
                *("--precision", "2%", "--precision-of", "clearance_paper_h"),
            ),
            "'paper' clears no train",
        ),
        (("plot", "taken", "--week", "2024-01-01"), "--week is now: --from DAY"),
        (("plot", "taken", "--period", "2024"), "--period is now: --from 2030, for a calendar year"),
        (
            ("plot", "taken", "--chart", "tfi", "--by", "week"),
            "--by: is of --chart throughput, and --chart tfi",
        ),
        (("plot", "taken", "--from", "March"), "'March' is no date: a day (2030-03-01), a month"),
        (("plot", "taken", "--from", "2024-03", "--until", "2024-02-10"), "2024-02-10 is before --from, 2024-03-01"),
        (("plot", "taken"), "taken: is no result folder"),
        (("compare", "altynkol_tez", "nowhere"), "nowhere"),
        (("new", "taken.toml"), "taken.toml: is there already"),
        (("sources", "missing.toml"), "missing.toml"),
        (("rn",), "Did you mean"),
        (
            ("run", "altynkol_tez", "--set", "flows.central_asia.trains_per_year={2024=1e12}"),
            "would send 2e+12 trains in a run",
        ),
    ],
)
def test_mistakes_end_in_one_message_and_status_2(tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("precious")
    (tmp_path / "taken.toml").write_text("")
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    done = called(*arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


OF_ALTYNKOL = re.compile(
    "altynkol|khorgos|saryagash|aktau|alat|caspian|kazakh|china|[A-Z]-[A-Z0-9-]{3,}", re.IGNORECASE
)
MONTH_OF_NEW = ("--set", "horizon.end=2025-02-01", "--set", "horizon.warmup_days=5", "-n", "2", "-j", "1", "--no-plots")


@pytest.mark.parametrize(
    ("kind", "holds"),
    [("border", "3 places, 1 flow,"), ("corridor", "5 places, 2 flows"), ("port", "5 places, 1 flow,")],
)
def test_a_new_scenario_is_one_s_own_sound_and_runs(tmp_path, monkeypatch, kind, holds):
    monkeypatch.chdir(tmp_path)
    assert called("new", "mine", "--kind", kind).exit_code == 0
    text = (tmp_path / "mine.toml").read_text()
    assert text.splitlines()[0] == "#:schema ./scenario.schema.json"
    assert OF_ALTYNKOL.findall(text) == []
    assert (tmp_path / "scenario.schema.json").is_file()
    checked = called("check", "mine.toml")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert holds in checked.stdout
    [own, total] = re.findall(r"(\d+) of (\d+) inputs are assumed: see", checked.stdout)[0]
    assert own == total, "no input goes without a word of where it is from"
    assert sim.new("yours", kind).read_text() == text and sim.check("yours.toml") == []
    doubt = sim.check(sim.load("yours.toml").set({"horizon.warmup_days": 600}))
    assert "set: horizon.warmup_days: " in str(doubt[0])
    month = called("run", "mine.toml", *MONTH_OF_NEW)
    assert month.exit_code == 0, month.output


def test_the_scenarios_are_listed_and_their_sources_shown():
    listed = output_of("scenarios")
    shipped = {path.stem for path in (CHECKOUT / "scenarios").glob("*.toml")}
    assert shipped <= set(re.findall(r"\w+", listed))
    shown = output_of("sources", "altynkol_tez")
    assert "C-TEZ-30" in shown
    assert "40 of 45 inputs are assumed" in shown


def test_a_chosen_week_can_be_drawn(ran, monkeypatch):
    folder, _ = ran
    monkeypatch.chdir(folder)
    graph = folder / "results" / "altynkol_tez" / "train_graph.png"
    before = graph.read_bytes()
    queue_plot = graph.with_name("queues.png")
    of_all_days = queue_plot.read_bytes()
    graph.unlink()
    done = called("plot", "results/altynkol_tez", "--from", "2031-01-01")
    assert (done.exit_code, graph.exists()) == (2, False), "refused before anything is drawn"
    done = called("plot", "results/altynkol_tez", "--from", "2024-01-20", "--flow", "central_asia")
    assert done.exit_code == 0, done.stderr
    assert graph.read_bytes() != before
    assert queue_plot.read_bytes() != of_all_days
    assert called("plot", "results/altynkol_tez", "--flow", "central").exit_code == 2


@pytest.mark.parametrize(
    ("command", "says"), [("check", "40 of 45"), ("sources", "C-TEZ-30"), ("arithmetic", "Offered load")]
)
def test_what_reads_a_scenario_reads_that_of_a_folder_of_results(ran, monkeypatch, command, says):
    monkeypatch.chdir(ran[0])
    done = called(command, "results/altynkol_tez")
    assert done.exit_code == 0, done.stderr
    assert says in done.stdout
    told = [line for line in done.stderr.splitlines() if "still fills when measuring begins" not in line]
    assert told == [], "what the run wrote is no file of the user's, to be doubted"


def test_an_interrupt_leaves_nothing_behind(tmp_path):
    run = subprocess.Popen(
        [CORRIDOR, "run", "corridor_2024", "--replications", "50", "--workers", "2"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(6)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait(30) == 130
    assert "Traceback" not in run.stderr.read()
    run.stderr.close()
    assert not list(tmp_path.rglob("*.csv"))
    deadline = time.monotonic() + 5
    while not has_ended(run.pid):
        assert time.monotonic() < deadline, "orphans"
        time.sleep(0.1)


def test_help_imports_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "sim", "--help"], capture_output=True, text=True, cwd=CHECKOUT
    )
    assert done.returncode == 0
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "click" in imported
    assert not imported & {"pandas", "matplotlib", "scipy", "pydantic", "numpy", "simpy", "rich"}


def test_traffic_that_stops_for_good_ends_in_one_message(tmp_path, monkeypatch):
    """Two borders of one track, and trains both ways that hold them against each other."""
    monkeypatch.chdir(tmp_path)
    result = called("run", CHECKOUT / "tests" / "ring.toml", "--replications", "2", "--workers", "1")
    assert result.exit_code == 2
    assert "stop that nothing can end, begun on 2025-0" in result.stderr
    assert re.search(r"\d+ trains at (second|khorgos) wait for receiving track", result.stderr)
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []
