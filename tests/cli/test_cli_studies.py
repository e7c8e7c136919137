"""The commands that ask more than one run: precision, several scenarios, the parts of a change, the warm-up."""

import json
import re

import pandas as pd
import pytest
from commands import output_of

from sim.runs.results import load_run
from sim.study.compare.answer import load_contest

NAME = ("--name", "altynkol_tez")
SHORT = ("--set", "horizon.end=2024-01-20", "--set", "horizon.warmup_days=5", "--workers", "1", "--no-plots")


@pytest.fixture
def corridor(tmp_path, monkeypatch):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, status=0):
        done = output_of(*arguments, status=status)
        return done

    return run


def test_figures_are_counted_while_they_are_drawn(corridor, tmp_path):
    """Those of a comparison and of both its runs: of large ones they take minutes."""
    from sim.views.folders import number_of_figures

    said = corridor("compare", "altynkol_paper", "altynkol_tez", *SHORT[:-1], "-n", "3", "--out", "pair")
    number = number_of_figures(load_contest(tmp_path / "pair"))
    runs = [tmp_path / "pair" / name for name in ("altynkol_paper", "altynkol_tez")]
    drawn = sum(len([*folder.glob("*.png")]) for folder in (runs[0].parent, *runs))
    number += sum(number_of_figures(load_run(folder)) for folder in runs)
    assert f"Writing tables and plots: {number} of {number}" in said and number >= drawn > 10


def test_a_run_to_a_precision_says_what_it_came_to(corridor, tmp_path):
    said = corridor(
        *(
            "run",
            "altynkol_tez",
            *SHORT,
            *NAME,
            "--precision",
            "30%",
            "--fewest",
            "2",
            "--precision-of",
            "border_dwell_h:altynkol",
        ),
        *("--quantiles", "--chance", "border_dwell_h:altynkol<=1000"),
    )
    manifest = json.loads((tmp_path / "results" / "altynkol_tez" / "manifest.json").read_text())
    reached = manifest["precision"]
    assert reached["measures"] == ["border_dwell_h:altynkol:all:all"]
    assert manifest["replications"] == reached["enough"] + 5
    assert "To run: 2 to 100 replications, until the interval of each of these reaches 30 % of its mean" in said
    assert "either way, and stays so: border_dwell_h:altynkol:all:all." in said
    assert f"half-widths of 30 % were reached after {reached['enough']} replications" in said
    assert "Good and bad years" in said
    assert f"{manifest['replications']} of {manifest['replications']}" in said
    header = (tmp_path / "results" / "altynkol_tez" / "kpis.csv").read_text().splitlines()[0]
    assert header.endswith("ci_high,p10,p50,p90")


def test_a_precision_out_of_reach_is_said(corridor):
    said = corridor("run", "altynkol_tez", *SHORT, *NAME, "--precision", "0.001%", "--fewest", "2", "--most", "3")
    assert "NOT reached in the most replications allowed, 3, by: altynkol_tez clearance_h:altynkol" in said


def test_three_scenarios_and_the_best_of_them(corridor, tmp_path):
    said = corridor(
        *("compare", "altynkol_paper", "altynkol_early", "altynkol_tez", *SHORT, "--replications", "3"),
        *("--base", "altynkol_tez", "--best", "clearance_h:altynkol", "--out", "three", "--all"),
    )
    table = pd.read_csv(tmp_path / "three" / "differences.csv")
    assert table["scenario"].unique().tolist() == ["altynkol_paper", "altynkol_early"]
    assert "Less altynkol_tez" in said
    assert "each is drawn at 97.5 %" in said
    best = pd.read_csv(tmp_path / "three" / "best.csv").set_index("scenario")["in_subset"]
    assert best.to_dict() == {"altynkol_early": True, "altynkol_tez": False, "altynkol_paper": False}
    assert json.loads((tmp_path / "three" / "manifest.json").read_text())["level_each"] == 0.975
    again = corridor(
        *(
            "compare",
            "three/altynkol_tez",
            "three/altynkol_paper",
            "three/altynkol_early",
            "--out",
            "again",
            "--no-plots",
        )
    )
    assert "With probability 95 % at least the best is among" not in again
    both = [(tmp_path / folder / "differences.csv").read_bytes() for folder in ("three", "again")]
    assert both[0] == both[1]


def test_the_parts_of_a_change_add_up(corridor, tmp_path):
    said = corridor(
        *("compare", "altynkol_paper", "altynkol_tez", "--attribute", *SHORT, "--out", "parts"),
        *("--precision", "50%", "--fewest", "2", "--precision-of", "clearance_h:altynkol", "--all"),
    )
    assert re.search(r"lodged early\s+[−0-9.]+\s+\[[−0-9.]+,\s+[−0-9.]+\]\s+h", said)
    assert "Of the differences, over the mean of the base: half-widths of 50 % were reached" in said
    assert "The answer rests on the order of works (Paper declarations: nothing before release" in said
    assert "Introduced on 2024-01-01, both the same until then" in " ".join(said.split())
    corridor("report", "parts")
    page = (tmp_path / "parts" / "report.html").read_text(encoding="utf-8")
    assert "Under each order of works: altynkol_tez less altynkol_paper" in page
    assert "<td>wagons ordered before release</td>" in page
    orders = load_contest(tmp_path / "parts").orders
    dwell = orders[orders["kpi"] == "border_dwell_h"].set_index("works_before_release")["difference"]
    assert list(dwell.index) == ["stated", "nothing", "placing", "forming"]
    # Placing takes 40 hours, so papers beside it are hidden; nothing before the release is what the papers take.
    assert dwell["nothing"] < -2
    assert dwell[["placing", "forming"]].abs().max() < 0.1
    effects = pd.read_csv(tmp_path / "parts" / "effects.csv")
    by_effect = effects[effects["kpi"] == "border_dwell_h"].pivot_table("difference", "flow", "effect", observed=True)
    parts = by_effect[["early", "fast", "beside"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(by_effect["total"].to_numpy(), rel=1e-4)
    for name in ("altynkol_paper_early/kpis.csv", "altynkol_paper_early_fast/scenario.toml"):
        assert (tmp_path / "parts" / name).is_file(), name


def test_the_warm_up_is_judged(corridor, tmp_path):
    said = corridor("warmup", "altynkol_tez", *SHORT, *NAME, "--days", "30", "--replications", "2")
    assert "the scenario states 5 days" in said.replace("The", "the")
    assert (tmp_path / "results" / "altynkol_tez_warmup" / "warmup.csv").is_file()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "altynkol_tez", "--precision", "2"), "'2' is not a percentage above 0, such as 2%"),
        (("run", "altynkol_tez", "--precision", "2%", "--replications", "9"), "leave out --replications"),
        (("run", "altynkol_tez", "--precision-of", "wait_h"), "--precision-of has no effect without --precision"),
        (
            ("run", "altynkol_tez", "--precision", "2%", "--fewest", "9", "--most", "8"),
            "--fewest 9 is more than --most 8",
        ),
        (("run", "altynkol_tez", "--precision", "2%", "--precision-of", "wait_h:altinkol"), "did you mean 'altynkol'"),
        (("run", "altynkol_tez", "--chance", "throughput_mt"), "must be written"),
        (("warmup", "altynkol_tez", "--cluster", "tcp://127.0.0.1:1"), "no scheduler answers"),
        (("compare", "altynkol_tez"), "two scenarios or more"),
        (
            ("compare", "altynkol_paper", "altynkol_tez", "altynkol_early", "--attribute"),
            "splits the change between two",
        ),
        (("compare", "altynkol_tez", "altynkol_paper", "--attribute"), "in this order"),
        (("compare", "altynkol_tez", "altynkol_paper", "--base", "altynkol_tes"), "did you mean 'altynkol_tez'"),
        (("compare", "altynkol_tez", "altynkol_paper", "--best", "utilisation:altynkol"), "add --best-is"),
        (("compare", "altynkol_tez", "altynkol_paper", "--best-is", "most"), "--best, e.g. throughput_mt"),
    ],
)
def test_mistakes_end_in_one_message_and_nothing_is_written(corridor, tmp_path, monkeypatch, arguments, says):
    if "--cluster" in arguments:
        monkeypatch.setattr("sim.runs.cluster.ANSWER_S", 1)
    said = corridor(*arguments, status=2)
    assert says in said
    assert "Traceback" not in said
    assert not list(tmp_path.iterdir())
