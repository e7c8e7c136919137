"""What a run wrote in its ledger, to be compared to the byte; and what SimPy wrote, kept in golden/ledgers.csv.

    python tests/ledgers.py     have the tests that hold the twin to SimPy play SimPy, and keep what it wrote (minutes)

What is kept holds for the very scenario, seed and replication, and for the model as its sources stand: of any other it
says nothing. And where it does not agree SimPy is asked again, as on a machine on which it writes other bytes.
"""

import ast
import csv
import datetime as dt
import hashlib
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import simpy

import sim
from sim.model.deadlock import DeadlockError
from sim.model.simulate import simulate
from sim.runs.replicate import scenario_text
from sim.scenario.reading.opening import load

KEPT = Path(__file__).with_name("golden") / "ledgers.csv"
KEEPS = "KEEP_LEDGERS"
"""In the environment: the file to which what is played is added, and all is."""
QUICK = ("altynkol_early", "altynkol_paper", "altynkol_tez")
FIFTEEN_MONTHS = dt.timedelta(days=457)


def digests(run):
    """Of each table of a run as it was written."""
    tables = {}
    for name, rows in run.ledger.tables.items():
        whole = hashlib.sha256(str(len(rows)).encode())
        for column in rows.names:
            whole.update(rows.column(column).tobytes())
        tables[name] = whole.hexdigest()
    return tables


def comes_to(player, *terms):
    """What a run comes to: its tables, or a stop of all traffic."""
    try:
        return digests(player(*terms))
    except DeadlockError as error:
        return str(error)


def as_compared(name):
    """A shipped scenario that begins late enough for a test, or as it stands."""
    scenario = load(name).scenario
    horizon = scenario.horizon
    start = horizon.start if "NETWORKS" in os.environ else max(horizon.start, horizon.end - FIFTEEN_MONTHS)
    return scenario.model_copy(update={"horizon": horizon.model_copy(update={"start": start})})


def sources_of_simpy():
    """The modules that a run on SimPy imports, those that they import, and so on: each with its tree."""
    home, trees, waiting = Path(sim.__file__).parent.parent, {}, ["sim.model.simulate"]
    while waiting:
        name = waiting.pop()
        path = home.joinpath(*name.split(".")).with_suffix(".py")
        if name in trees or not path.is_file():
            continue
        trees[name] = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(trees[name]):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("sim"):
                waiting += [node.module, *(f"{node.module}.{one.name}" for one in node.names)]
    return trees


@cache
def model_digest():
    """Of all that SimPy's side of a run is made of, but comments and docstrings."""
    whole = hashlib.sha256(f"{simpy.__version__} {np.__version__}".encode())
    for name, tree in sorted(sources_of_simpy().items()):
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [one for one in body if not is_text(one)]
        whole.update(f"{name} {ast.dump(tree)}".encode())
    return whole.hexdigest()


def is_text(statement):
    """Whether a statement is nothing but a text, as a docstring is."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def asked(scenario, *numbers):
    """What is kept of a scenario, seed and replication stands under this."""
    return short_digest(f"{model_digest()} {[*numbers]} {scenario_text(scenario)}")


def short_digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@cache
def kept():
    """What SimPy came to, by what was asked; nothing where all is to be played."""
    is_all_played = "NETWORKS" in os.environ or KEEPS in os.environ
    return {} if is_all_played else dict(csv.reader(KEPT.read_text(encoding="utf-8").splitlines()))


def is_as_simpy_wrote(found, *terms):
    """Whether a run came to what SimPy comes to, who is asked unless he said so before."""
    key, digest = asked(*terms), short_digest(repr(found))
    if kept().get(key) == digest:
        return True
    played = comes_to(simulate, *terms)
    if KEEPS in os.environ:
        with open(os.environ[KEEPS], "a", encoding="utf-8") as file:
            file.write(f"{key},{short_digest(repr(played))}\n")
    return found == played


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        lines = Path(home) / "lines.csv"
        tests = ["tests/engine/test_twin.py", "tests/verification/test_verification.py"]
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", *tests],
            env=os.environ | {KEEPS: str(lines)},
            check=True,
        )
        KEPT.write_text("".join(sorted({*lines.open(encoding="utf-8")})), encoding="utf-8")
