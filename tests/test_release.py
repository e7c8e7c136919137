"""What is handed on: a source archive and a wheel, what they carry and run; version, day and container file."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
VERSION = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
CARRIED = {
    "sim/engine/core.wasm",
    "sim/py.typed",
    "sim/shipped/sources.csv",
    "sim/measure/catalogue.csv",
    *(f"sim/app/assets/app.{end}" for end in ("html", "js", "css")),
    "sim/app/assets/speech.js",
    "sim/views/report/assets/echarts.min.js",
}
"""What no line of Python names as a module, and no run or page is without."""


def built(checkout, kind, folder):
    """The wheel or the source archive of a checkout."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    [path] = folder.iterdir()
    return path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of the checkout."""
    return built(CHECKOUT, "wheel", tmp_path_factory.mktemp("wheel"))


def test_the_wheel_carries_scenarios_the_twin_and_the_pages(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = {*opened.namelist()}
        assert opened.read("sim/engine/core.wasm") == (CHECKOUT / "sim/engine/core.wasm").read_bytes()
    shipped = {f"sim/shipped/{path.name}" for path in (CHECKOUT / "scenarios").glob("*.toml")}
    assert len(shipped) > 20 and not (shipped | CARRIED) - names
    assert wheel.name == f"corridor_simulator-{VERSION}-py3-none-any.whl"


def test_the_source_archive_builds_the_same_wheel(wheel, tmp_path):
    archive = built(CHECKOUT, "sdist", tmp_path / "sdist")
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    again = built(tmp_path / archive.name.removesuffix(".tar.gz"), "wheel", tmp_path / "wheel")
    assert again.read_bytes() == wheel.read_bytes()


def test_the_installed_wheel_runs_a_shipped_scenario_from_an_empty_folder(wheel, tmp_path):
    """What it needs besides is that of these tests; of the checkout it sees nothing."""
    place, empty = tmp_path / "environment", tmp_path / "empty"
    venv.create(place, symlinks=True)
    scripts = place / ("Scripts" if os.name == "nt" else "bin")
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    [installed] = place.rglob("site-packages")
    (installed / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    empty.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [scripts / "corridor", "run", "altynkol_tez", "-n", "2", "-j", "1", "--no-plots"]
    command += ["--set", "horizon.end=2024-02-01", "--set", "horizon.warmup_days=10"]
    done = subprocess.run(command, cwd=empty, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    [manifest] = empty.rglob("manifest.json")
    about = json.loads(manifest.read_text(encoding="utf-8"))
    assert about["replications"] == 2 and "compiled" in about["engine"]
    where = subprocess.run(
        [scripts / "python", "-c", "import sim; print(sim.__file__)"],
        cwd=empty,
        env=clean,
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()) == installed / "sim" / "__init__.py"


def test_version_and_day_of_the_release_are_said_alike():
    citation = (CHECKOUT / "CITATION.cff").read_text(encoding="utf-8")
    [head] = re.findall(r"^## \[(.*?)\] – (.*)$", (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)[:1]
    [day] = re.findall(r'^date-released: "(.*)"$', citation, re.M)
    assert head == (VERSION, day) and f"\nversion: {VERSION}\n" in citation
    assert dt.date.fromisoformat(day) >= dt.date(2026, 11, 27)
    assert f"corridor_simulator-{VERSION}-py3-none-any.whl" in (CHECKOUT / "docs/howto/install.md").read_text(
        encoding="utf-8"
    )


def test_the_container_file_copies_all_that_the_wheel_is_built_of_and_names_no_host(wheel, tmp_path):
    text = (CHECKOUT / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (.*)$", text, re.M) == ["python:3.12-slim"] and "://" not in text
    source = tmp_path / "source"
    for line in re.findall(r"^COPY (.*)$", text, re.M):
        *names, target = line.split()
        for name in names:
            home = tmp_path / target.strip("/")
            if (CHECKOUT / name).is_dir():
                shutil.copytree(CHECKOUT / name, home, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place = home / name if target.endswith("/") else home
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(CHECKOUT / name, place)
    assert built(source, "wheel", tmp_path / "wheel").read_bytes() == wheel.read_bytes()
