"""A small scenario of one's own to begin with: a file with round numbers, ready to run and to change."""

from __future__ import annotations

from os.path import lexists
from pathlib import Path

from sim.scenario.arguments import checked
from sim.scenario.files import text_of, write_text
from sim.scenario.naming import taken_name, why_no_name
from sim.scenario.problems import ArgumentError, did_you_mean, shown
from sim.scenario.reading.json_schema import schema_json
from sim.scenario.reading.layers import shipped

KINDS_OF_NEW = ("border", "corridor", "port")
SCHEMA_FILE = "scenario.schema.json"


@checked
def new(name: str | Path, kind: str = "border") -> Path:
    """Write a small scenario, NAME.toml, and beside it the JSON Schema for editors if there is none; its path.

    Parameters
    ----------
    kind
        What it begins with: border, corridor or port.

    Raises
    ------
    ArgumentError
        If there is such a file already, the name cannot be that of a scenario, or the file cannot be written.
    """
    if kind not in KINDS_OF_NEW:
        raise ArgumentError(f"new: kind must be one of {', '.join(KINDS_OF_NEW)}{did_you_mean(kind, KINDS_OF_NEW)}")
    path = Path(name if str(name).endswith(".toml") else f"{name}.toml")
    why = why_no_name(path.stem) or ("" if str(name).isprintable() else "has control characters")
    if why:
        raise ArgumentError(f"{shown(str(name))} cannot name a scenario: it {why}; give a name such as my_corridor")
    try:
        if present := taken_name(path.parent, path.name):
            path = path.with_name(present)
            raise ArgumentError(f"{path}: is there already; choose another name.")
        if not path.parent.is_dir():
            raise ArgumentError(f"{path}: its folder {path.parent} does not exist.")
        write_text(path, text_of(shipped() / "new" / f"{kind}.toml", follow=True))
        if not lexists(path.with_name(SCHEMA_FILE)):
            write_text(path.with_name(SCHEMA_FILE), schema_json())
    except OSError as error:
        raise ArgumentError(f"{path}: cannot be written: {error.strerror}") from error
    return path
