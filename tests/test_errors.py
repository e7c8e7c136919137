"""One kind of error: `except sim.CorridorError` catches whatever the simulator refuses, and nothing else."""

import ast
import datetime as dt
import importlib
import inspect
import re
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.runs.results import write
from sim.scenario.addresses import Address
from sim.study.compare.arms import choices

VAR_POSITIONAL = inspect.Parameter.VAR_POSITIONAL
HOUSE = Path(sim.__file__).parent

NO_REFUSALS = {
    "sim.cli.stopping.Stopped": "the system asks for an end, as an interrupt from the keyboard does",
    "sim.app.work.CalledOff": "ends a run that its reader called off, and is caught where the page runs it",
    "sim.measure.observations.CellFault": "a cell that cannot be read, and is told with its line as a refusal",
    "sim.measure.office_cells.Unwritten": "a cell in no form that is known, and is told with its line as a refusal",
    "sim.study.calibrate.fit.NoTrialsLeft": "ends the search for a fit, and is caught where the fit is made",
}
"""Exceptions of the house that no user is refused by, and why not."""

FAULTS = {
    "sim.study.forecast.ensemble.ValueError": "says what is wrong with a file, and is told as an EnsembleError",
    "sim.AttributeError": "what Python asks of a module without the name",
    "sim.cli.progress.AssertionError": "satisfies the type checker: the line is never reached",
    "sim.measure.catalogue.LookupError": "a KPI that the house measures and forgot to describe",
    "sim.measure.counting.ValueError": "windows come from the calendar",
    "sim.measure.own_figures.ValueError": "a cell that is not written as it should be; who reads the row says which",
    "sim.measure.published.ValueError": "a table of results that is not whole; `load_results` says of which folder",
    "sim.measure.run_view.ValueError": "the reader refuses two things of one name",
    "sim.model.choice.ValueError": "the reader refuses a market without a tariff in a scenario without prices",
    "sim.model.randomness.ValueError": "the reader refuses a spread without its numbers",
    "sim.model.resources.ValueError": "nothing is scheduled before the present",
    "sim.model.rows.OSError": "the disk is full: the system refuses, with our words",
    "sim.runs.answer.ValueError": "a table of an answer that is not whole; who reads the folder says of which",
    "sim.runs.columns.ValueError": "a table that does not hold its columns; who reads the folder says of which",
    "sim.runs.durable.ValueError": "a damaged frame of a study, which counts as missing",
    "sim.runs.folders.NotADirectoryError": "the system would refuse; who asks says for what",
    "sim.runs.folders.PermissionError": "the system would refuse; who asks says for what",
    "sim.runs.own_files.ValueError": "a table that is not as it was written; who reads the folder says of which",
    "sim.runs.results.ValueError": "results are made by `run` and `load_results`",
    "sim.study.arithmetic.demands.NotImplementedError": "a new capacity of a border whose hours nobody wrote down",
    "sim.views.plots.calling.TypeError": "told to `arguments.checked`, which says it in words",
    "sim.views.report.page.ValueError": "scripts and styles of the page are our own",
}
"""Built-in exceptions raised outside the scenario wing, by module: faults of ours or of the system, and which."""


OPTIONS = {
    "sim.runs.folders": "commands alone ask whether another answer lies in a folder, and make a folder of a name",
    "sim.views.plots.field": "commands alone draw charts by days",
    "sim.views.report.page": "commands alone make a page",
    "sim.measure.office_tables": "says which option of the command settles it, or writes it down",
    "sim.measure.office_rows": "says which option of the command settles it",
    "sim.measure.observations": "says which option of the command settles it, or writes it down",
    "sim.measure.office_forms": "says which option of the command settles it, or writes it down",
    "sim.views.sheets.register": "says which option of the command settles it, or writes it down",
    "sim.study.observe.steps": "says which option of the command settles it, or writes it down",
}
"""Rooms outside the command line whose messages name its options, and why no notebook meets them."""


def trees():
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), ast.parse(path.read_text(encoding="utf-8"))


def exceptions():
    """The exception classes of the house, by full name."""
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.bases:
                kind = getattr(importlib.import_module(module), node.name, None)
                if isinstance(kind, type) and issubclass(kind, BaseException):
                    yield f"{module}.{node.name}", kind


def built_in_raises():
    """`module.Exception` for each built-in exception that is raised; in the scenario wing pydantic catches them."""
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Raise) and node.exc is not None and not module.startswith("sim.scenario"):
                name = ast.unparse(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)
                if isinstance(getattr(__import__("builtins"), name, None), type):
                    yield f"{module}.{name}"


def test_every_exception_of_the_house_is_a_corridor_error():
    kinds = dict(exceptions())
    assert len(kinds) > 12
    assert {name for name, kind in kinds.items() if not issubclass(kind, sim.CorridorError)} == set(NO_REFUSALS)


def test_whatever_else_is_raised_is_a_fault_of_ours_or_of_the_system():
    assert set(built_in_raises()) == set(FAULTS)


def test_a_notebook_is_not_told_of_options():
    names = {
        module
        for module, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and not module.startswith("sim.cli")
        if re.search(r"(?<![\w<-])--[a-z]", node.value.partition("\n")[0])
    }
    assert names == set(OPTIONS)


def test_every_error_carries_what_a_command_ends_with():
    for name, kind in exceptions():
        if issubclass(kind, sim.CorridorError):
            assert kind.status in (1, 2), name
            assert kind.outcome.endswith("."), name


@pytest.fixture(scope="module")
def reading():
    """Paper at Altynkol, as short as a run may be."""
    start = sim.load("altynkol_paper").scenario.horizon.start
    end = start + dt.timedelta(days=3)
    return sim.load("altynkol_paper", (f"horizon.end={end}", "horizon.warmup_days=0", "study.replications=2"))


@pytest.fixture(scope="module")
def results(reading):
    return sim.run(reading)


@pytest.fixture
def refuse():
    """Check that a call is refused: by a corridor error with words in it."""

    def refuses(producer, *arguments, **options):
        with pytest.raises(sim.CorridorError) as refusal:
            producer(*arguments, **options)
        assert str(refusal.value)

    return refuses


def test_reading_refuses(refuse, tmp_path):
    refuse(sim.load, "no_such_scenario")
    refuse(sim.check, "no_such_scenario")
    refuse(sim.new, tmp_path / "nowhere" / "mine")
    refuse(sim.load, tmp_path)
    refuse(sim.load, "altynkol_paper", ("study.sed=3",))
    (tmp_path / "mine.toml").write_text("title = 3\n", encoding="utf-8")
    refuse(sim.load, tmp_path / "mine.toml")
    shipped = sim.load("altynkol_paper").files[0]
    (tmp_path / "mine.toml").write_text(f"extends = '{shipped}'\n", encoding="utf-8")
    (tmp_path / "sources.csv").write_text("no,ledger\n", encoding="utf-8")
    refuse(sim.run, tmp_path / "mine.toml", replications=2)


def test_runs_refuse(refuse, reading):
    refuse(sim.run, "no_such_scenario")
    refuse(sim.run, reading, replications=0)
    refuse(sim.run, reading, workers=0)
    refuse(sim.run, reading, seed=-1)
    refuse(sim.warmup, reading, days=3)
    refuse(sim.warmup, reading, replications=0)
    refuse(sim.warmup, reading, workers=0)


def test_folders_of_results_refuse(refuse, tmp_path):
    refuse(sim.load_results, tmp_path)
    refuse(sim.load_results, str(tmp_path / "missing"))
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")
    refuse(sim.load_results, tmp_path)


def test_comparisons_refuse(refuse, reading, results):
    elsewhere = replace(results, manifest={**results.manifest, "seed": 99})
    refuse(sim.compare, results, elsewhere)
    refuse(sim.compare, results, results, results)
    refuse(sim.comparison, results, elsewhere)
    refuse(sim.compare, results, results, level=2)
    refuse(sim.attribute, {arm: elsewhere if arm else results for arm in choices()})
    refuse(sim.best_subset, [results], Address("transit_days"))
    refuse(sim.headline, results, elsewhere)
    refuse(sim.arms, reading, reading)


def test_searches_refuse(refuse, reading):
    crews = {"places.altynkol.forming.crew": {"low": 1, "high": 2}}
    refuse(sim.sweep, reading)
    refuse(sim.sweep, reading, factors=crews)
    refuse(sim.forecast, reading)
    refuse(sim.forecast, "altynkol_sweep", conclusions=["as good as new"])
    refuse(sim.forecast, "altynkol_sweep", against="no_such_scenario")
    refuse(sim.forecast, "altynkol_sweep", precision=2)
    refuse(sim.forecast, "altynkol_sweep", worlds=1)
    refuse(sim.ladder, reading, corridor="no_such_corridor")
    refuse(sim.ladder, reading, year=1999)
    refuse(sim.target, reading)
    refuse(sim.target, reading, year=1999)
    refuse(sim.sweep, reading, replications=0)
    refuse(sim.ladder, reading, rungs=0)
    refuse(sim.ladder, reading, shortlist=0)
    refuse(sim.target, reading, plans=0)
    refuse(sim.target, reading, probability=1)
    refuse(sim.target, reading, replications=1)


def test_plots_refuse(refuse, results):
    refuse(sim.plots.marey, results, "", None, "no_such_flow")
    refuse(sim.plots.throughput, [results], "", "no_such_corridor")
    refuse(sim.scenarios, "altynkol")
    refuse(sim.sources, "no_such_scenario")
    refuse(sim.kpis, "no_such_scenario")
    refuse(sim.cite, results)
    refuse(sim.export, results, "of_no_format.doc")


WRONG = {
    **{"number": 7.5, "nothing": None, "text": "no such thing", "bytes": b"x", "pairs": [("a", 1)], "set": {1}},
    **{"table": {"a": 1}, "yes": True, "thing": object()},
}


RIGHT = {("caption", "text"), ("name", "text"), ("facts", "table"), ("progress", "yes")}
"""Of `WRONG` what is right there."""


@pytest.mark.parametrize(
    "name",
    [
        *sorted({*sim.__all__} - {"CorridorError", "plots"}),
        *(f"plots.{name}" for name in sim.plots.__all__ if name != "NothingToDraw"),
    ],
)
def test_an_argument_of_another_kind_is_refused_by_name(name, reading, results, tmp_path):
    """Whatever parameter it is given for: no traceback from inside."""
    function = attrgetter(name)(sim)
    parameters = inspect.signature(function).parameters
    right = {"scenario": reading, "paper": reading, "tez": reading, "name_or_path": "altynkol_paper", "folder": "x"}
    right |= {"a": results, "b": results, "results": [results, results], "measure": "throughput_mt", "replications": 1}
    right = {key: value for key, value in right.items() if key in parameters}
    trials = [(key, kind) for key in parameters for kind in WRONG if parameters[key].kind is not VAR_POSITIONAL]
    for key, kind in trials:
        if (WRONG[kind] is None and parameters[key].default is None) or (key, kind) in RIGHT:
            continue
        with pytest.raises(sim.CorridorError) as refusal:
            function(**right | {key: WRONG[kind]})
        assert str(refusal.value), (key, kind)
    with pytest.raises(sim.CorridorError, match=f"{function.__name__}: has no argument 'relpications'"):
        function(**right, relpications=3)


def test_names_paths_and_folders_do_where_scenarios_and_results_are_meant(reading, results, tmp_path):
    write(results, tmp_path / "paper")
    pd.testing.assert_frame_equal(sim.compare(tmp_path / "paper", results), sim.compare(results, results))
    days = [str(path) for path in reading.files[:1]]
    assert sim.warmup(*days, days=10, replications=1).name == sim.warmup("altynkol_paper", days=10, replications=1).name
    listed = sim.sources(*days)
    pd.testing.assert_frame_equal(listed, sim.sources("altynkol_paper"))
    assert listed.set_index("key").at["places.saryagash.unloading.containers.tracks", "standing"] == "assumed"
    assert (listed["standing"] == "assumed").sum() == 33 and len(listed) == 38
    again = sim.run(sim.load_results(tmp_path / "paper").reading)
    pd.testing.assert_frame_equal(again.kpis, results.kpis)


def test_every_public_function_is_refused_something_above():
    """A new one wants a line here, and a refusal that is a corridor error."""
    text = Path(__file__).read_text(encoding="utf-8")
    functions = set(sim.__all__) - {"CorridorError"}
    assert {name for name in functions if f"refuse(sim.{name}" not in text} == set()
