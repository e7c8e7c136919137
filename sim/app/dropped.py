"""Scenario files that are dropped on the page: read with no file but shipped ones, then kept beside the runs."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from sim.scenario.files import write_text
from sim.scenario.naming import taken_name, why_no_name
from sim.scenario.positions import positions
from sim.scenario.problems import Complaint, Problem, ScenarioError, Spot
from sim.scenario.reading.layers import SHIPPED_NAME, shipped_names, toml_data
from sim.scenario.reading.opening import load
from sim.views.language import message


def dropped_name(folder: Path, name: str, text: str) -> str:
    """The name by which a dropped file is kept beside the runs that extend it, once it is seen to be sound.

    Raises
    ------
    ScenarioError
        If it is no scenario, or asks for another file.
    """
    stem = name.removesuffix(".toml")
    if why_no_name(stem) or stem.startswith("-"):
        raise ScenarioError([Problem(Spot("file"), (), message("its name cannot be that of a scenario"))])
    check_alone(toml_data(text, f"{stem}.toml"), f"{stem}.toml", text)
    with tempfile.TemporaryDirectory() as home:
        trial = Path(home) / f"{stem}.toml"
        write_text(trial, text)
        load(trial)
    folder.mkdir(parents=True, exist_ok=True)
    # A file that is there stays, whatever it holds: the runs beside it may extend it.
    if stem in shipped_names() or taken_name(folder, f"{stem}.toml"):
        stem = f"{stem}_{hashlib.sha256(text.encode()).hexdigest()[:8]}"
    if not (folder / f"{stem}.toml").exists():
        write_text(folder / f"{stem}.toml", text)
    return stem


def check_alone(data: dict[str, Any], file: str, text: str) -> None:
    """Refuse a file from elsewhere that asks for other files than shipped scenarios.

    Raises
    ------
    ScenarioError
        With the line.
    """
    parent = data.get("extends")
    is_shipped = (
        isinstance(parent, str) and SHIPPED_NAME.fullmatch(parent) and parent.removesuffix(".toml") in shipped_names()
    )
    problems: list[Complaint]
    problems = (
        [] if parent is None or is_shipped else [(("extends",), message("may only name a shipped scenario here"))]
    )
    if "volumes" in data:
        problems.append((("volumes",), message("names a file, which is not read here")))
    forecast = data.get("forecast")
    if isinstance(forecast, dict) and "ensemble" in forecast:
        problems.append((("forecast", "ensemble"), message("names a file, which is not read here")))
    if problems:
        places = positions(text)
        raise ScenarioError([Problem(Spot(file, *places.get(path, (None, None))), path, why) for path, why in problems])
