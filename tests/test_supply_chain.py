"""What is taken from others: each dependency used and justified, no user's file run or unpickled, licences carried."""

import ast
import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
import zipfile
from email.parser import Parser
from functools import cache
from importlib.metadata import requires
from pathlib import Path

import pytest

from sim import __all__ as NAMES

CHECKOUT = Path(__file__).parents[1]
HOUSE = CHECKOUT / "sim"
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))

IN_SIM = {"app", "cluster"}
"""Extras that modules of sim/ need; the others are for notebooks, pages, benchmarks and tests."""
OTHERWISE_NAMED = {"tzdata": "zoneinfo", "ipykernel": "kernelspec", "pytest-xdist": "loadfile"}
"""What no module imports by its name, and what it is there for."""
COMES_WITH = {"markupsafe": "jinja2", "dask": "distributed", "pydantic_core": "pydantic"}
"""What is imported although it is not declared: a declared one is nothing without it."""

LOADERS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "runpy", "code", "imp"}
CALLS = {"eval", "exec", "compile", "__import__", "execfile"}
METHODS = {"read_pickle", "to_pickle", "read_hdf", "from_string", "mktemp", "system", "popen"}


@cache
def trees():
    """Every module of the house, parsed."""
    return {path.relative_to(CHECKOUT): ast.parse(path.read_text(encoding="utf-8")) for path in HOUSE.rglob("*.py")}


def distribution(requirement):
    return re.match(r"[A-Za-z0-9._-]+", requirement).group().lower().replace("_", "-")


def module(name):
    return {"scikit-learn": "sklearn"}.get(name, name.replace("-", "_"))


def own(requirements):
    return [name for name in map(distribution, requirements) if name != PROJECT["project"]["name"]]


RUN = own(PROJECT["project"]["dependencies"])
EXTRAS = {name: own(said) for name, said in PROJECT["project"]["optional-dependencies"].items()}


def imported(parsed):
    """Top names of all imports, wherever they stand."""
    nodes = [node for tree in parsed for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def dangers(tree):
    """What could run a user's words, or load them as objects."""
    yield from sorted(imported([tree]) & LOADERS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in CALLS:
                yield node.func.id
            if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
                yield node.func.attr
            for word in node.keywords:
                if word.arg in ("shell", "allow_pickle") and not (
                    isinstance(word.value, ast.Constant) and word.value.value is False
                ):
                    yield word.arg


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import pickle", ["pickle"]),
        ("def f():\n    from yaml import load", ["yaml"]),
        ("x = eval('1')", ["eval"]),
        ("frame = pd.read_pickle(path)", ["read_pickle"]),
        ("np.load(path, allow_pickle=True)", ["allow_pickle"]),
        ("subprocess.run(words, shell=yes)", ["shell"]),
        ("re.compile('a'); np.load(path, allow_pickle=False)", []),
    ],
)
def test_dangers_are_seen(text, found):
    assert list(dangers(ast.parse(text))) == found


def test_nothing_that_users_give_is_run_or_unpickled():
    assert len(trees()) > 100
    found = {str(path): said for path, tree in trees().items() if (said := list(dangers(tree)))}
    assert not found


def test_every_dependency_is_imported():
    everywhere = imported(trees().values())
    declared = [*RUN, *(name for extra in sorted(IN_SIM) for name in EXTRAS[extra])]
    assert len(declared) > 10
    unused = [name for name in declared if OTHERWISE_NAMED.get(name, module(name)) not in everywhere]
    assert not unused


def test_every_import_is_declared():
    strangers = imported(trees().values()) - set(sys.stdlib_module_names) - {"sim"}
    declared = {module(name) for name in [*RUN, *(name for extra in IN_SIM for name in EXTRAS[extra])]}
    assert strangers - declared == set(COMES_WITH)
    for name, parent in COMES_WITH.items():
        assert distribution(parent) in [name.replace("_", "-") for name in [*RUN, *EXTRAS["cluster"]]]
        assert name.replace("_", "-") in own(requires(parent))


def test_what_an_extra_brings_is_used_somewhere():
    """By a page, a notebook, a benchmark, a test, a tool's own table of pyproject.toml, or the Makefile."""
    here = Path(__file__).name
    places = [
        *(CHECKOUT / "tests").rglob("*.py"),
        *(CHECKOUT / "benchmarks").glob("*.py"),
        CHECKOUT / "docs" / "conf.py",
    ]
    texts = [path.read_text(encoding="utf-8") for path in places if path.name != here]
    texts.append((CHECKOUT / "Makefile").read_text(encoding="utf-8"))
    texts += [path.read_text(encoding="utf-8") for path in (CHECKOUT / "notebooks").glob("*.ipynb")]
    whole = "\n".join([*texts, json.dumps(PROJECT["tool"])])
    for extra in EXTRAS.keys() - IN_SIM:
        for name in EXTRAS[extra]:
            word = OTHERWISE_NAMED.get(name, name.removesuffix("-stubs"))
            assert word in RUN or re.search(rf"\b({re.escape(word)}|{module(word)})\b", whole), f"{name} of {extra}"


def test_every_dependency_is_justified_in_one_line():
    design = (CHECKOUT / "docs" / "design.md").read_text(encoding="utf-8").partition("## Dependencies")[2]
    rows = [line.split("|")[1:3] for line in design.splitlines() if line.startswith("| ")]
    said = {word.strip().lower(): why.strip() for names, why in rows for word in re.split(r"[,(]", names)}
    groups = [name for group in PROJECT["dependency-groups"].values() for name in own(group)]
    for name in {*RUN, *groups, *(name for extra in EXTRAS.values() for name in extra)}:
        assert said.get(name), f"docs/design.md says nothing of {name}"


@pytest.mark.parametrize("lock", ["run", "dev", "bench", "audit"])
def test_locks_hold_pins_with_hashes_and_no_address(lock):
    text = (CHECKOUT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    assert "://" not in text
    pins = text.replace("\\\n", " ").splitlines()
    assert len(pins) > 20
    assert not [pin for pin in pins if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", pin)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
    )
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as found:
        yield found


def test_the_wheel_carries_what_it_says_of_licences(wheel):
    """One expression of PEP 639 for all that lies in it, and the text of every licence."""
    [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    about = Parser().parsestr(wheel.read(name).decode())
    assert about["License-Expression"] == "MIT AND Apache-2.0 AND BSD-3-Clause AND ISC AND 0BSD AND OFL-1.1"
    texts = sorted(path.relative_to(CHECKOUT).as_posix() for path in (HOUSE / "views/report/assets/licences").iterdir())
    texts.append("sim/views/plots/font/OFL.txt")
    assert sorted(about.get_all("License-File")) == sorted(["LICENSE", *texts])
    inside = name.removesuffix("METADATA") + "licenses/"
    for text in ["LICENSE", *texts]:
        assert wheel.read(inside + text) == (CHECKOUT / text).read_bytes()
    carried = {
        "Apache-2.0": ("echarts-LICENSE.txt", "Apache License"),
        "BSD-3-Clause": ("echarts-LICENSE-d3.txt", "Neither the name of the author"),
        "ISC": ("world-atlas-LICENSE.txt", "with or without fee is hereby granted"),
    }
    for identifier, (file, sentence) in carried.items():
        assert identifier in about["License-Expression"]
        assert sentence in wheel.read(f"{inside}sim/views/report/assets/licences/{file}").decode()
    script = wheel.read("sim/views/report/assets/echarts.min.js").decode()
    assert "Licensed to the Apache Software Foundation" in script
    assert "with or without fee is hereby granted" in " ".join(script[:4000].split())


def test_the_wheel_carries_nothing_of_the_checkout_besides(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"sim"}


def test_who_installs_the_wheel_sees_real_types(wheel, tmp_path):
    """`py.typed` lies in it, and the names that are imported when first used are not `Any` to a type checker."""
    place = tmp_path / "environment"
    venv.create(place, symlinks=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, wheel.filename], check=True, capture_output=True)
    [installed] = place.rglob("site-packages")
    (installed / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    program = tmp_path / "program.py"
    alone = "plots.where_time_goes(run('altynkol_tez'))\n"  # one result stands for a list of them
    reveals = "".join(f"reveal_type({name})\n" for name in NAMES)
    program.write_text(f"from sim import {', '.join(NAMES)}\n{alone}{reveals}")
    # what it knows of libraries from an earlier time, it need not read again
    checker = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", CHECKOUT / ".mypy_cache" / "wheel"]
    checker += ["--python-executable", python, program.name]
    clean = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "MYPYPATH")}
    outcome = subprocess.run(checker, cwd=tmp_path, env=clean, capture_output=True, encoding="utf-8", check=False)
    shown = dict(zip(NAMES, re.findall(r'Revealed type is "(.*)"', outcome.stdout), strict=True))
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert not [name for name, kind in shown.items() if kind in ("Any", "builtins.object")]
    assert shown["load"].endswith("-> sim.scenario.reading.read.Reading")
    assert "sim.runs.results.Results" in shown["run"]
    assert "sim.scenario.problems.CorridorError" in shown["CorridorError"]
    ask = [str(python), "-c", "import sim; print(sim.__file__)"]
    where = subprocess.run(ask, cwd=tmp_path, env=clean, capture_output=True, check=True)
    assert Path(where.stdout.decode().strip()) == installed / "sim" / "__init__.py"


# The audit, with programs that answer as pip-audit does

LOCK = "one==1.0 \\\n    --hash=sha256:aa\ntwo==2.0 ; python_full_version < '4' \\\n    --hash=sha256:bb\n"
CLEAN = {"name": "one", "version": "1.0", "vulns": []}
TWO = {"name": "two", "version": "2.0", "vulns": []}
ILL = {"name": "two", "version": "2.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"], "aliases": []}]}
STRANGE = {"name": "two", "skip_reason": "Dependency not found and could not be audited: two (2.0)"}
UNKNOWN = {"name": "one", "skip_reason": "Dependency not found and could not be audited: one (1.0)"}
AUDITOR = """#!{python}
import json, sys
from pathlib import Path
text = Path(sys.argv[sys.argv.index("-r") + 1]).read_text()
probe, whole = {answers!r}
said = whole if "two==" in text else probe
if said is None:
    sys.exit("no way to the service")
print(json.dumps({{"dependencies": said, "fixes": []}}))
"""


@pytest.mark.parametrize(
    ("probe", "whole", "status", "said"),
    [
        ([CLEAN], [CLEAN, TWO], 0, "2 pins of 1 lock files, pypi: 0 with known vulnerabilities.\n"),
        ([CLEAN], [CLEAN, ILL], 1, "two 2.0: PYSEC-1, mended in 2.1\n"),
        ([CLEAN], [CLEAN, STRANGE], 4, "Not audited, for the service does not know them: two.\n"),
        ([CLEAN], None, 4, "Not audited, for the service stopped answering: some.lock.\n"),
        ([UNKNOWN], [CLEAN, TWO], 4, "(pypi) does not answer; none of 2 pins was looked up.\n"),
        (None, [CLEAN, TWO], 4, "(pypi) does not answer; none of 2 pins was looked up.\n"),
    ],
)
def test_an_audit_is_clean_only_if_every_pin_was_looked_up(tmp_path, probe, whole, status, said):
    program, lock = tmp_path / "auditor", tmp_path / "some.lock"
    program.write_text(AUDITOR.format(python=sys.executable, answers=(probe, whole)))
    program.chmod(0o755)
    lock.write_text(LOCK)
    command = [sys.executable, CHECKOUT / "tools" / "audit.py", program, lock]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    assert said in done.stdout
    assert len(done.stdout.splitlines()) == 1 or "does not answer" not in done.stdout
