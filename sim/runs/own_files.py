"""What commands write in a folder of results, by name: tables that a manifest lists, and what is drawn there later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

PLAIN_FILES = ("manifest.json", "scenario.toml", "sources.csv", "report.html")
KEPT_TABLES = ("replications", "trains", "stages", "declarations", "voyages", "wagon_sets", "capacity", "stays")
"""Tables of a run that lie beside its manifest as Parquet."""

FIGURE = re.compile(
    r"(throughput|response)(_\w+)?|paper_or_tez|where_time_goes|time_distance|queues|train_graph|differences|effects|"
    r"influence|ranges_alone|morris_plane|ladder|targets|warmup|frontier|release_study|carec_indicators|risk"
)
"""Stem of a figure or a chart, and of the table of one: no manifest names them, for they are drawn later, too."""

BY_THE_WAY = (".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that belong to nobody: those that systems leave in each folder that somebody looks into."""


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
