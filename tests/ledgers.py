"""What a run wrote in its ledger, to be compared to the byte; and what SimPy wrote, kept in golden/ledgers.json.

    python tests/ledgers.py     play the shipped scenarios on SimPy, and keep what it wrote (minutes)

What is kept holds for the very scenario, and for the model as its sources stand: of any other it says nothing.
"""

import ast
import datetime as dt
import hashlib
import json
import os
from functools import cache
from pathlib import Path

import numpy as np
import simpy

import sim
from sim.model.deadlock import DeadlockError
from sim.model.simulate import simulate
from sim.runs.replicate import scenario_text
from sim.scenario.reading.layers import shipped_names
from sim.scenario.reading.opening import load

KEPT = Path(__file__).with_name("golden") / "ledgers.json"
QUICK = ("altynkol_early", "altynkol_paper", "altynkol_tez")
FIFTEEN_MONTHS = dt.timedelta(days=457)
SEED = 7


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


def asked(scenario):
    """What is kept of a scenario stands under this."""
    return hashlib.sha256(f"{model_digest()} {SEED} {scenario_text(scenario)}".encode()).hexdigest()


def written_once(found):
    """What a run came to, in a line."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


@cache
def kept():
    """What SimPy came to, by what was asked."""
    return {asked: came_to for asked, came_to in json.loads(KEPT.read_text(encoding="utf-8")).values()}


if __name__ == "__main__":
    compared = {name: as_compared(name) for name in shipped_names() if name not in QUICK}
    lines = {name: [asked(one), written_once(comes_to(simulate, one, SEED, 0))] for name, one in compared.items()}
    KEPT.write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8")
