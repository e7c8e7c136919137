"""Variants have names, results of one never take the place of another's without a word, and names are told apart."""

import shutil
from pathlib import Path

import pytest
from commands import called, contents, refusal

from sim.runs.results import load_run
from sim.scenario.naming import told_apart, variant_name, why_not_made
from sim.scenario.reading.read import shipped
from sim.study.compare.answer import load_contest

FEW = ("--replications", "2", "--workers", "1", "--no-plots")
CRANES = "places.altynkol.gauge_change.containers.cranes"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ([], "case"),
        (["places.dostyk.forming.crews=4"], "case_dostyk_forming_crews_4"),
        (["horizon.end=2024-02-01", "study.seed=3"], "case_end_2024-02-01_seed_3"),
        (["wagon_pools.sets.sets={ 2024-01-01 = 0.5 }"], "case_sets_sets_2024-01-01_0.5"),
        (['wagon_pools={ "platforms" = { "sets" = 80 } }'], "case_platforms_sets_80"),
        (['flows.a.regime="../../etc"'], "case_a_regime_etc"),
        (["wagon_pools.sets.sets=20"], "case_sets_sets_20"),
        (["wagon_pools.sets.sets=+20"], "case_sets_sets_plus_20"),
        (["wagon_pools.sets.sets = -20.5"], "case_sets_sets_minus_20.5"),
    ],
)
def test_a_variant_is_named_after_its_changes(changes, name):
    assert variant_name("case", changes) == name


def test_very_long_changes_are_cut_and_stay_apart():
    first, second = (variant_name("case", [f"places.{'x' * 80}.forming.crews={crews}"]) for crews in (1, 2))
    assert first != second
    assert len(first) == len(second) <= 70


@pytest.mark.parametrize(
    ("names", "places", "apart"),
    [
        (["a", "b"], ["x/a.toml", "x/b.toml"], ["a", "b"]),
        (["case", "case"], ["x/case.toml", "y/case.toml"], ["x_case", "y_case"]),
        (["brest", "brest"], ["results/brest", "results/kept"], ["brest", "kept"]),
        (
            ["case", "case", "other"],
            ["x/1/case.toml", "y/1/case.toml", "other.toml"],
            ["x_1_case", "y_1_case", "other"],
        ),
        (["case", "case"], ["case.toml", "case.toml"], ["case", "case_2"]),
    ],
)
def test_names_are_told_apart(names, places, apart):
    assert told_apart(names, [Path("/", place) for place in places]) == apart


NO_NAMES = {
    "CON": "is the name of a device on Windows",
    "nul.2": "is the name of a device on Windows",
    "COM1": "is the name of a device on Windows",
    "mine.": "begins or ends with a blank or a dot",
    "mine ": "begins or ends with a blank or a dot",
    "mine?": "has a character that not every system takes",
    "A20": "'A20' and 'a20', which is there, are one on macOS and Windows",
}
RUN = ("run", "altynkol_tez", *FEW)


@pytest.mark.parametrize(("name", "why"), NO_NAMES.items())
@pytest.mark.parametrize("words", [("new",), (*RUN, "--name"), (*RUN, "--study")], ids=" ".join)
def test_a_name_is_one_on_every_system_or_is_refused(tmp_path, monkeypatch, words, name, why):
    monkeypatch.chdir(tmp_path)
    for home in (tmp_path / "a20", tmp_path / "results" / "a20", tmp_path / "a20.toml"):
        home.mkdir(parents=True)
    why = "a20.toml: is there already" if (words, name) == (("new",), "A20") else why
    assert why in refusal(tmp_path, *words, name)


def test_of_a_study_a_folder_on_the_way_is_a_name_too_and_may_be_hidden(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "'AUX' is the name of a device on Windows" in refusal(tmp_path, *RUN, "--study", "AUX/kept")
    assert why_not_made(Path(".kept/a20")) == ""


@pytest.fixture
def cases(tmp_path, monkeypatch):
    """Two scenarios of ten days in files of one name."""
    monkeypatch.chdir(tmp_path)
    for folder, cranes in (("a", 3), ("b", 1)):
        write_case(tmp_path / folder, cranes)
    return tmp_path


def write_case(folder, cranes):
    """A scenario of ten days, case.toml."""
    folder.mkdir(exist_ok=True)
    changes = f"horizon.end = 2024-01-11\nhorizon.warmup_days = 2\n{CRANES} = {cranes}\n"
    (folder / "case.toml").write_text(f'extends = "{shipped()}/altynkol_tez.toml"\n{changes}', encoding="utf-8")


def done(*words):
    """A command that ends well, and what it says."""
    answer = called(*words)
    assert answer.exit_code == 0, answer.output
    return answer.output


def refused(*words):
    """A command that is refused before any replication, for what lies there."""
    answer = called(*words)
    assert answer.exit_code == 2, answer.output
    assert "Replications" not in answer.output
    assert all(way in answer.output for way in ("--name NAME", "--out FOLDER", "--force"))
    return answer.output


def test_a_variant_leaves_the_results_of_its_scenario_alone(cases):
    done("run", "a/case.toml", *FEW)
    before = contents(cases / "results" / "case")
    assert "results/case_" in done("run", "a/case.toml", *FEW, "--set", f"{CRANES}=2")
    assert "results/slow" in done("run", "a/case.toml", *FEW, "--set", f"{CRANES}=2", "--name", "slow")
    assert contents(cases / "results" / "case") == before
    assert load_run(cases / "results" / "slow").name == "slow"
    assert set(load_run(cases / "results" / "slow").kpis["scenario"]) == {"slow"}


def test_results_of_another_scenario_stay_unless_forced(cases):
    done("run", "a/case.toml", *FEW)
    before = contents(cases / "results")
    assert "results/case: holds the run of case" in refused("run", "b/case.toml", *FEW)
    refused("run", "a/case.toml", *FEW, "--set", f"{CRANES}=2", "--name", "case")
    refused("run", "altynkol_tez", *FEW, "--out", "results/case")
    refused("sweep", "a/case.toml", *FEW, "--factor", f"{CRANES}=2,3", "--out", "results/case")
    assert contents(cases / "results") == before
    assert "results/case, in place of earlier ones" in done("run", "b/case.toml", *FEW, "--force")
    cranes = load_run(cases / "results" / "case").scenario.places["altynkol"].gauge_change["containers"].cranes
    assert list(cranes.values()) == [1]


def test_a_scenario_that_was_edited_or_moved_replaces_its_own_results(cases):
    done("run", "a/case.toml", *FEW)
    write_case(cases / "a", 2)
    (cases / "results" / "case" / "report.html").touch()
    output = done("run", "a/case.toml", *FEW)
    assert "in place of earlier ones; gone with those: report.html" in output
    warning = "results/case: holds results of before the scenario was changed, which these will replace; stop now"
    assert output.index(warning) < output.index("Question:")
    told = "results/case: its pages and plots go with its earlier tables, and --no-plots draws none anew."
    assert output.index(told) < output.index("Question:")
    again = done("run", "a/case.toml", *FEW)
    assert warning not in again and told not in again
    shutil.move("a", "c")
    assert "in place of earlier ones" in done("run", "c/case.toml", *FEW)


def test_a_scenario_against_itself_is_no_comparison(cases):
    answer = called("compare", "a/case.toml", "a/case.toml", *FEW)
    assert answer.exit_code == 2 and "a/case.toml is named twice" in answer.output


def test_an_answer_to_another_question_stays_unless_forced(cases):
    done("sweep", "a/case.toml", *FEW, "--factor", f"{CRANES}=2,3")
    done("sweep", "a/case.toml", *FEW, "--factor", f"{CRANES}=2,3")
    refused("sweep", "a/case.toml", *FEW, "--factor", f"{CRANES}=1,3")
    done("sweep", "a/case.toml", *FEW, "--factor", f"{CRANES}=1,3", "--name", "fewer")
    done("compare", "a/case.toml", "altynkol_tez", *FEW, "--set", "horizon.end=2024-01-11", "--out", "pair")
    refused("compare", "b/case.toml", "altynkol_tez", *FEW, "--set", "horizon.end=2024-01-11", "--out", "pair")


def test_two_scenarios_of_one_name_are_told_apart_and_both_are_kept(cases):
    answer = done("compare", "a/case.toml", "b/case.toml", *FEW, "--all")
    assert "b_case less a_case" in answer
    folder = cases / "results" / "a_case_vs_b_case"
    assert [load_run(folder / name).name for name in ("a_case", "b_case")] == ["a_case", "b_case"]
    shutil.copytree(folder / "a_case", cases / "x" / "brest")
    shutil.copytree(folder / "a_case", cases / "y" / "brest")
    assert "y_brest from x_brest" in done("compare", "x/brest", "y/brest", "--no-plots", "--out", "brests")
    assert load_contest(cases / "brests").manifest["comparison"] == ["x_brest", "y_brest"]
    assert [run.name for run in load_contest(cases / "brests").results] == ["x_brest", "y_brest"]
