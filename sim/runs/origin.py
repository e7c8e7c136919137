"""What plays a replication: versions of the package and its libraries, and a digest of the package's own lines."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

from sim.runs.answer import versions

WINGS = ("scenario", "model", "engine", "measure", "runs")
"""Parts of the package that have a say in a replication."""


@cache
def origin() -> dict[str, str]:
    """Versions of the package and its libraries, and `source`, a digest of the package's own lines.

    The version alone would not do: in a checkout the lines change under it.
    """
    return versions() | {"scipy": version("scipy"), "source": source_digest(Path(__file__).parents[1])}


def source_digest(package: Path) -> str:
    """SHA-256 of the names and lines of the modules in `WINGS`, and of what is compiled there."""
    hasher = hashlib.sha256()
    for wing in WINGS:
        for path in sorted([*(package / wing).rglob("*.py"), *(package / wing).rglob("*.wasm")]):
            hasher.update(f"{path.relative_to(package).as_posix()}\0".encode())
            hasher.update(path.read_bytes() + b"\0")
    return hasher.hexdigest()
