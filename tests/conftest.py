"""Settings of all tests."""

import csv
import gc
import os
import pickle
import signal
from functools import cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers
from scenario_text import SCENARIO
from sparing import look, spare

from sim.runs.workers import ONE_THREAD

# Two processes of tests have two cores: threads of linear algebra would only wait for each other. It looks once.
with patch.dict(os.environ, ONE_THREAD):
    import numpy  # noqa: F401

# A shell that runs the tests in the background has them ignore interrupts, which commands under test would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The cycle collector searches more at a time and more seldom: by its own measure it has two fifths of a collection.
gc.set_threshold(10_000, 20, 20)

settings.register_profile("steady", deadline=None, derandomize=True)
settings.load_profile("steady")

# Hypothesis also draws constants that it finds in the modules imported so far: another choice of files, other examples.
providers._get_local_constants = lambda: providers._local_constants


LONGEST = (
    "test_types.py",
    *("views/test_report_browser.py", "cli/test_answers.py", "model/test_random_networks.py", "engine/test_twin.py"),
    *("app/test_spoken.py", "engine/test_choice.py", "views/test_plots.py", "views/test_report.py"),
    *("app/test_app.py", "runs/test_faults.py", "cli/test_cli.py", "verification/test_verification.py"),
    *("runs/test_cluster.py", "cli/test_sent_folders.py", "views/test_languages.py", "runs/test_durable.py"),
    *("views/test_settings.py", "study/test_forecast.py", "test_shipped.py", "cli/test_paths_out.py"),
    *("cli/test_last_step.py", "test_every_key.py", "views/test_spoken_figures.py", "cli/test_cli_studies.py"),
    *("test_supply_chain.py", "test_docs.py", "app/test_questions.py", "study/test_match.py"),
)
"""Files of tests that take longest: they begin first, or one process would be at the last of them alone."""


def pytest_collection_modifyitems(config, items):
    places = {f"tests/{name}": place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))
    mark_slow(items, is_whole=not any("::" in word for word in config.args))


def mark_slow(items, is_whole):
    """Mark the tests that stand in slow.csv. Whole files hold all that it says of them, and each quick test beside."""
    with Path(__file__).with_name("slow.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    slow, files = {row["test"] for row in rows}, {item.nodeid.partition("::")[0] for item in items}
    quick, found = set(), set()
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        ways = {name, name.partition("[")[0]}
        if ways & slow:
            item.add_marker(pytest.mark.slow)
            found |= ways & slow
        else:
            quick |= ways
    missing = (slow - found) | ({row["beside"] for row in rows} - quick)
    missing = [name for name in sorted(missing) if f"tests/{name.partition('::')[0]}" in files]
    if is_whole and missing:
        raise pytest.UsageError(f"tests/slow.csv names what is not there: {', '.join(missing)}")


def pytest_collection_finish():
    """What is there before the first test stays: the cycle collector need not search it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory):
    """A folder that all processes of tests have in common."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


@pytest.fixture(scope="session", autouse=True)
def sparing(shared_folder):
    """No test is to take the time of what it does not look at."""
    spare(shared_folder)


def pytest_runtest_setup(item):
    """Before the fixtures of a test."""
    look(item)


@pytest.fixture(scope="session")
def once(shared_folder):
    """Makes what is dear once for all processes of tests: a name and how to make it."""

    def made_once(name, make):
        path = shared_folder / f"{name}.pickle"
        if not path.exists():
            # Whole or not at all: another process may look for it at this moment, or make it too.
            own = path.with_suffix(f".{os.getpid()}")
            own.write_bytes(pickle.dumps(make()))
            os.replace(own, path)
        return pickle.loads(path.read_bytes())

    return made_once


@pytest.fixture(scope="session")
def with_every_key(once):
    """A scenario by name in which every key stands that its tables can take, as a file has it, and those keys."""
    import every_key

    return lambda name: once(f"with_every_key_{name}", lambda: every_key.kept(name))


@pytest.fixture(scope="session")
def shipped_reading():
    """A shipped scenario by its name, read once for all tests of a process that look at it as it is."""
    from sim.scenario.reading.opening import load

    return cache(load)


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """A comparison of the small corridor on paper and with Tez, its places on a map."""
    from pages import ON_A_MAP, write_pair

    return write_pair(tmp_path_factory.mktemp("pair"), overrides=ON_A_MAP)


@pytest.fixture
def written(tmp_path):
    """Read a scenario from a text, under overrides."""
    from sim.scenario.reading.read import read

    def reading(text, *overrides):
        (tmp_path / "written.toml").write_text(text, encoding="utf-8")
        return read(tmp_path / "written.toml", overrides)

    return reading


@pytest.fixture
def said(written):
    """Reads the small corridor with some lines more."""
    return lambda more, *overrides: written(SCENARIO + more, *overrides)
