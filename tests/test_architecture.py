"""The plan of the house, read off the imports of every module, those for type checking and those in functions too."""

import ast
import itertools
from fnmatch import fnmatch
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sim

CHECKOUT = Path(__file__).parents[1]
HOUSE = CHECKOUT / "sim"

WINGS = ("scenario", "model", "engine", "measure", "runs", "study", "verification", "views", "app", "cli")
"""Each may import from itself and from those before it; `sim`, the package itself, from them all."""

ROOMS = {
    "simpy": ["sim.model.*"],
    "matplotlib": ["sim.views.plots.*"],
    "tomllib": ["sim.scenario.reading.layers", "sim.scenario.reading.overrides"],
    "tomli_w": ["sim.scenario.reading.overrides"],
    "click": ["sim.cli.*"],
    "rich": ["sim.cli.*"],
    "dask": ["sim.runs.cluster"],
    "distributed": ["sim.runs.cluster"],
    "fcntl": ["sim.runs.folders"],
    "sqlite3": ["sim.runs.durable", "sim.runs.study_file"],
    "babel": ["sim.views.language"],
    "xlsxwriter": ["sim.views.exports.cells"],
    "openpyxl": ["sim.measure.office_tables"],
    "pandas": ["sim.model.ledger", "sim.measure.*", "sim.runs.*", "sim.study.*", "sim.verification.*", "sim.views.*"],
    "scipy": [
        "sim.scenario.laws",
        "sim.model.randomness",
        "sim.measure.chances",
        "sim.measure.statistics",
        "sim.study.calibrate.fit",
        "sim.study.forecast.draws",
        "sim.study.sweep.plan",
    ],
    "wasmtime": ["sim.engine.sandbox"],
    "sklearn": ["sim.study.forecast.chaos", "sim.study.forecast.regions"],
    "threadpoolctl": ["sim.study.forecast.causes", "sim.study.forecast.plans", "sim.study.match.match"],
    "starlette": ["sim.app.guard", "sim.app.server"],
    "uvicorn": ["sim.app.server"],
    "jinja2": ["sim.views.report.page"],
    "markupsafe": ["sim.views.report.*", "sim.views.sheets.sheet"],
}
"""Modules that may import a library."""

MOST_LINES = 350
"""Of a module; there is no exception."""

VAGUE = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "base", "core"}


def module_name(path):
    """`sim/model/sea.py` is sim.model.sea, `sim/model/__init__.py` is sim.model."""
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in sorted(HOUSE.rglob("*.py"))}


def imports(text, module=""):
    """Every module a text imports from, wherever the import stands; `from package import module` names the module."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by a relative name"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else node.module


@cache
def imports_of(module):
    """Every module that one of the house imports from."""
    return set(imports(MODULES[module].read_text(), module))


def wing(module):
    """The wing a module of the house stands in; None for the package itself and its `python -m` door."""
    return module.split(".")[1] if module not in ("sim", "sim.__main__") else None


def is_in(module, rooms):
    """Whether a module is one of those named; `sim.model.*` names that package and all in it."""
    return any(module == room.removesuffix(".*") or fnmatch(module, room) for room in rooms)


def test_the_house_is_read():
    """Guards the other tests against an empty house."""
    assert {"sim", "sim.scenario.schema", "sim.model.resources", "sim.model.simulate"} <= set(MODULES)
    assert "simpy" in imports_of("sim.model.resources")
    assert "sim.model.wagons" in imports_of("sim.model.world"), "imports for type checking count"
    assert set(imports("def f():\n    import pandas\n    from sim.model import sea")) == {"pandas", "sim.model.sea"}


def test_it_is_our_house():
    assert Path(sim.__file__) == HOUSE / "__init__.py"


@pytest.mark.parametrize("module", MODULES)
def test_wings_import_leftwards(module):
    here = wing(module)
    if here is None:
        return
    assert here in WINGS
    allowed = WINGS[: WINGS.index(here) + 1]
    assert not [name for name in imports_of(module) if name.startswith("sim.") and wing(name) not in allowed]
    assert "sim" not in imports_of(module) or here == "cli"


def test_no_import_goes_round_in_a_circle():
    graph = {module: imports_of(module) & set(MODULES) - {module} for module in MODULES}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
    assert len(order) == len(MODULES)


@pytest.mark.parametrize("library", ROOMS)
def test_libraries_keep_to_their_rooms(library):
    users = [module for module in MODULES if library in {name.split(".")[0] for name in imports_of(module)}]
    assert not [module for module in users if not is_in(module, ROOMS[library])]


@pytest.mark.parametrize(("library", "room"), [(library, room) for library, rooms in ROOMS.items() for room in rooms])
def test_a_room_named_for_a_library_uses_it(library, room):
    """A stale entry would let the library in by a door that nobody watches."""
    users = [module for module in MODULES if is_in(module, [room])]
    assert any(library in {name.split(".")[0] for name in imports_of(module)} for module in users)


def test_only_runs_plays_a_world():
    """All else asks `Perform`, and so is kept, resumed, handed to a cluster and told which run it was."""
    players = {module for module in MODULES if {"sim.model.simulate", "sim.engine.play"} & imports_of(module)}
    assert {wing(module) for module in players} == {"engine", "runs"}


@pytest.mark.parametrize("module", MODULES)
def test_rooms_are_small(module):
    assert len(MODULES[module].read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("module", MODULES)
def test_names_say_what_is_inside(module):
    assert not VAGUE & set(module.split("."))


@pytest.mark.parametrize("module", ["sim.verification.chains", "sim.verification.closed_forms"])
def test_known_answers_do_not_know_the_package(module):
    assert "math" in imports_of(module)
    assert not [name for name in imports_of(module) if name.split(".")[0] == "sim"]


FILES = "sim.scenario.files"
"""The room that opens and writes files."""

OPENERS = {
    *("open", "fdopen", "read_text", "write_text", "read_bytes", "write_bytes", "mkstemp", "NamedTemporaryFile"),
    *("TemporaryFile", "copyfile", "copy2", "copytree", "connect", "to_excel", "to_json", "to_pickle", "read_pickle"),
    *("fromfile", "tofile", "loadtxt", "savetxt"),
}
"""Methods, and functions of modules, that take a path."""

TAKERS = {
    *("read_csv", "to_csv", "read_parquet", "to_parquet", "ParquetFile", "ParquetWriter", "write_table", "read_table"),
    *("savefig", "Workbook", "ZipFile", "GzipFile"),
}
"""Those that take a path or a file that is open, and are given what is in `HANDLES`."""

NAMED = {"open", "ParquetFile", "ParquetWriter", "Workbook", "ZipFile", "GzipFile"}
"""Those that are called by their name alone; functions of ours have other names of the kind."""

HANDLES = {"file", "raw", "target", "content", "self.file", "fname"}

DOORS = {
    ("sim.measure.catalogue", "open"): "a file of the package",
    ("sim.runs.shapes", "open"): "a file of the package",
    ("sim.runs.origin", "read_bytes"): "files of the package",
    ("sim.views.report.page", "read_text"): "files of the package",
    ("sim.app.server", "read_text"): "files of the package",
    ("sim.views.language", "read_bytes"): "files of the package",
    ("sim.scenario.calendar", "open"): "a file of the package tzdata",
    ("sim.scenario.calendar", "read_text"): "a file of the package tzdata",
    ("sim.model.rows", "TemporaryFile"): "has no name",
    ("sim.model.rows", "write_table"): "into the file that has no name",
    ("sim.runs.folders", "open"): "a folder, to lock it",
    ("sim.runs.study_file", "connect"): "SQLite opens its file by itself, once it is seen to be an ordinary one",
    ("sim.views.exports.targets", "open"): "a part of a workbook that is open",
}
"""Where files are opened elsewhere, and why that is no harm."""


def openings(text):
    """What a text calls that could open a path: the name, and whether it is given a file that is open."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) or ast.unparse(node.func) in NAMED:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            words = [ast.unparse(word) for word in (*node.args, *(keyword.value for keyword in node.keywords))]
            if name in OPENERS | TAKERS:
                given = any(word in HANDLES or word.startswith(("io.StringIO(", "io.BytesIO(")) for word in words)
                yield name, name in TAKERS and given


def test_openings_are_seen():
    """Guards the next test."""
    text = (
        "open(a)\npath.open('w')\npd.read_csv(path)\npd.read_csv(io.StringIO(text))\nframe.to_csv(file)\nWorkbook(path)"
    )
    assert sorted(openings(text)) == [
        ("Workbook", False),
        *[("open", False)] * 2,
        *(("read_csv", False), ("read_csv", True), ("to_csv", True)),
    ]


def test_one_room_opens_and_writes_files():
    """All else asks it, or takes the file that it opened: nothing hangs, is endless, or is written through a link."""
    elsewhere = {
        (module, name)
        for module, path in MODULES.items()
        for name, is_open in openings(path.read_text())
        if module != FILES and not is_open
    }
    assert elsewhere == DOORS.keys(), "a door that is not listed, or is listed and gone"


def test_functions_are_short():
    """Statements, not lines: at most 30 in any function of the house."""
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = itertools.chain.from_iterable(ast.walk(statement) for statement in node.body)
                statements = sum(isinstance(inner, ast.stmt) for inner in body)
                assert statements <= 30, f"{module}.{node.name} has {statements} statements"
