"""What commands write in a folder of results, by name: tables that a manifest lists, and what is drawn there later."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any

from sim.scenario.facts import LEDGER
from sim.scenario.files import Unreadable, bytes_of

PLAIN_FILES = ("manifest.json", "scenario.toml", "sources.csv", "report.html")
KEPT_TABLES = (
    *("replications", "trains", "stages", "declarations", "voyages", "wagon_sets", "capacity", "stays"),
    *("choices", "losses"),
)
"""Tables of a run that lie beside its manifest as Parquet."""

FIGURE = re.compile(
    r"(throughput|response|fan)(_\w+)?|paper_or_tez|where_time_goes|time_distance|queues|train_graph|differences|effects|"
    r"ladder|targets|warmup|frontier|release_study|carec_indicators|risk|"
    r"difference_by_world|spread_by_part|decisive_unknowns|worlds_apart|worth_asking|ranges_left|implausibility|"
    r"observed_times|observed_series"
)
"""Stem of a figure or a chart, and of the table of one: no manifest names them, for they are drawn later, too."""

BY_THE_WAY = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that belong to nobody: those that systems leave in each folder that somebody looks into."""

NO_DIGESTS: Mapping[str, str] = MappingProxyType({})


def is_own_file(name: str, manifest: Mapping[str, Any]) -> bool:
    """Whether a file in a folder with a manifest is one of ours, or nobody's."""
    path, tables = PurePath(name), manifest.get("tables")
    match path.suffix:
        case ".csv" if isinstance(tables, dict) and path.stem in tables:
            return True
        case ".parquet":
            return manifest.get("study") == "run" and path.stem in KEPT_TABLES
        case ".png" | ".svg" | ".csv" if FIGURE.fullmatch(path.stem):
            return True
        case _:
            return name in PLAIN_FILES or name in BY_THE_WAY or is_left_half(name)


def is_left_half(name: str) -> bool:
    """Whether a name is that of a file that a killed command was writing, see `name_beside`."""
    return re.fullmatch(r"\..+\.[0-9a-f]{8}\.(part|earlier)", name) is not None


def text_digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """SHA-256 of tables of text in a folder, by name; line ends do not count, for mail changes them.

    Raises
    ------
    ValueError
        If one cannot be read.
    """
    digest_by_name = {}
    for name in names:
        try:
            content = bytes_of(folder / name)
        except Unreadable as error:
            raise ValueError(f"{name} {error}") from None
        digest_by_name[name] = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    return digest_by_name


def check_digests(folder: Path, manifest: Mapping[str, Any], digests: Mapping[str, str] = NO_DIGESTS) -> None:
    """Make sure that the tables of a folder are as they were written, by what its manifest has of each.

    Parameters
    ----------
    digests
        Of the tables that are no text, as they were read.

    Raises
    ------
    ValueError
        If one is not.
    """
    names = [f"{stem}.csv" for stem in manifest["tables"]] + [LEDGER] * (folder / LEDGER).exists()
    for name, digest in {**text_digests(folder, names), **digests}.items():
        if manifest["sha256"].get(name) != digest:
            raise ValueError(f"{name} is not as it was written")
