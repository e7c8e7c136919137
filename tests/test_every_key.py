"""Every key of the schema goes the whole way: checked, run, kept, drawn, told, exported, and run again as written."""

import tomllib
from dataclasses import fields, replace

import every_key
import pytest
from commands import contents, output_of

import sim
from sim.scenario.facts import Fact, write_facts
from sim.scenario.reading.read import read, to_toml
from sim.scenario.reading.volumes import NAMES_OF_FILES
from sim.scenario.sources import figures_of

SAME_EACH_TIME = ("kpis.csv", "published.csv", "replications.parquet", "trains.parquet", "stages.parquet")


@pytest.fixture(scope="module")
def completed(with_every_key):
    """The scenarios by name, each as a file has it, with the keys that it covers."""
    return {name: with_every_key(name) for name in every_key.CHANGES}


def covered_by(completed):
    """The keys that some scenario covers; each is written as a file that extends another, and names a table."""
    return set().union(*(keys for _, keys in completed.values())) | {("Scenario", key) for key in NAMES_OF_FILES}


def test_every_key_of_the_schema_is_in_one_of_the_scenarios(completed):
    keys, covered = every_key.keys_of(), covered_by(completed)
    print(f"{len(keys)} keys and words of the schema, {len(covered)} covered")
    assert sorted(keys - covered) == [], "python tests/every_key.py puts a new key in, or leaves it to be put by hand"
    assert len(keys) == len(covered) > 300


def test_what_is_kept_is_what_the_schema_makes():
    """Else a key that has a value of its kind would be left to be put by hand."""
    assert [every_key.completed(name) for name in every_key.CHANGES] == [*map(every_key.kept, every_key.CHANGES)]


@pytest.fixture(
    params=[*list(every_key.CHANGES)[:-1], pytest.param(list(every_key.CHANGES)[-1], marks=pytest.mark.painted)]
)
def folder(completed, request, tmp_path, monkeypatch):
    """A folder with `mine.toml`, which extends a scenario with every key, and states its title anew."""
    data, _ = completed[request.param]
    (tmp_path / "under.toml").write_text(to_toml(data), encoding="utf-8")
    mine = 'extends = "under.toml"\nvolumes = "volumes.csv"\ntitle = "With every key"\n'
    (tmp_path / "mine.toml").write_text(mine, encoding="utf-8")
    (tmp_path / "volumes.csv").write_text("flow,month,trains_per_month\nback,2025-01,40\n", encoding="utf-8")
    assert tomllib.loads(to_toml(data)) == data
    cited = {name for figure in figures_of(data, {}) for name in figure.unknown}
    facts = {name: replace(Fact(name, *["1"] * (len(fields(Fact)) - 2)), status="found") for name in cited}
    write_facts(facts, tmp_path / "sources.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_scenario_with_every_key_goes_the_whole_way(folder, request):
    # two processes in the one that is painted, too: whether their bytes are those of one is no matter of single keys
    workers = "2" if request.node.get_closest_marker("painted") else "1"
    done(folder, "check", "mine.toml")
    done(folder, "sources", "mine.toml")
    # its figures are drawn by `plot`
    done(folder, "run", "mine.toml", "--workers", workers, "--study", "keep", "--replications", "2", "--no-plots")
    results = sim.load_results("results/mine")
    assert every_key.keys_stated(results.scenario) == every_key.keys_stated(read("mine.toml").scenario)
    assert len(results.tables.trains) > 20
    for command in (("plot",), ("report",), ("export", "--to", "xlsx"), ("export", "--to", "csv")):
        done(folder, command[0], "results/mine", *command[1:])
    done(folder, "run", "results/mine/scenario.toml", "--workers", "1", "--no-plots", "--replications", "2", *AGAIN)
    first, second = contents(folder / "results" / "mine"), contents(folder / "again")
    assert {path.name for path in second} >= set(SAME_EACH_TIME)
    for path in second:
        if path.name in SAME_EACH_TIME[1:]:
            assert first[path] == second[path], path
    assert sim.load_results("again").kpis.drop(columns="scenario").equals(results.kpis.drop(columns="scenario"))


AGAIN = ("--out", "again")


def done(folder, *words):
    """Do a command, which ends well."""
    output_of(*words)
