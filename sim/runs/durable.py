"""Durable studies: a folder that keeps every finished replication, and from which an interrupted study goes on.

A replication has a folder of its own, `<scenario>-<seed>-<origin>/<index>/`, with one Parquet file a frame. The name of
a file holds the digest of its bytes, and it comes into its place whole: what is torn or damaged is not read, and the
replication is run again. Two runs of one job write the same bytes, so files of both may stand side by side.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pandas as pd

from sim.model.ledger import Tables
from sim.runs.locks import StudyError, held
from sim.runs.origin import origin
from sim.runs.replicate import Job, Replication
from sim.runs.results import write_parquet
from sim.scenario.schema import Scenario

FORMAT = 1
"""Version of the layout of a study folder."""

MARK = "study.json"
TABLES = tuple(each.name for each in fields(Tables))
MEASURED = ("kpis", "published")
HOME = re.compile(r"[0-9a-f]{20}-(\d+)-[0-9a-f]{20}")
"""Names of the folders of a study: scenario, seed, versions."""


@dataclass(frozen=True)
class Kept:
    """The replications of one scenario under one seed, run by one version.

    Attributes
    ----------
    title
        Title of the scenario; empty if it cannot be read.
    scenario_sha256, seed
        Digest of the scenario, see `scenario_text`, and the seed.
    versions
        What ran it, see `origin`.
    current
        Whether that is what would run it now.
    whole, torn
        How many replications are there, and how many lack a part, or have a damaged one, and will be run again.
    size_mb
        On disk, 10⁶ bytes.
    """

    folder: Path
    title: str
    scenario_sha256: str
    seed: int
    versions: dict[str, str]
    current: bool
    whole: int
    torn: int
    size_mb: float


@dataclass(frozen=True)
class Study:
    """A study folder that is held by this process."""

    folder: Path
    versions: dict[str, str] = field(default_factory=origin)

    def read(self, job: Job) -> Replication | None:
        """The replication of a job, if it is there whole."""
        return read_replication(self.home(job) / place_name(job.index), job.index)

    def write(self, job: Job, replication: Replication) -> None:
        """Keep the replication of a job.

        Raises
        ------
        StudyError
            If it cannot be written.
        """
        home = self.home(job)
        try:
            if not (home / "about.json").is_file():
                write_whole(home / "scenario.json", scenario_text(job.scenario).encode())
                about = {"seed": job.seed, "versions": self.versions}
                write_whole(home / "about.json", json.dumps(about, indent=2).encode())
            for part, frame in parts(replication).items():
                blob = packed(frame)
                write_whole(home / place_name(job.index) / f"{part}.{digest(blob)}.parquet", blob)
        except OSError as error:
            raise StudyError(f"{self.folder}: cannot be written: {error}") from error

    def home(self, job: Job) -> Path:
        """Folder of all replications of the scenario of a job, under its seed and this version."""
        scenario = digest(scenario_text(job.scenario).encode())
        return self.folder / f"{scenario}-{job.seed}-{digest(json.dumps(self.versions).encode())}"


@contextmanager
def opened(folder: Path) -> Iterator[Study]:
    """The study in a folder, which is made if it is missing; no other process may have it meanwhile.

    Raises
    ------
    StudyError
        If the folder holds anything else, another process has it, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StudyError(f"{folder}: cannot be made: {error.strerror}") from error
    check_is_study(folder)
    with held(folder):
        try:
            for left in [*folder.rglob(".*.part")]:
                left.unlink()
            if not (folder / MARK).is_file():
                write_whole(folder / MARK, json.dumps({"format": FORMAT}).encode())
        except OSError as error:
            raise StudyError(f"{folder}: cannot be written: {error}") from error
        yield Study(folder)


def check_is_study(folder: Path) -> None:
    """Make sure that a folder holds a study of this format, or nothing yet.

    Raises
    ------
    StudyError
        If it is missing, or holds anything else.
    """
    if not folder.is_dir():
        raise StudyError(f"{folder}: is not a folder" if folder.exists() else f"{folder}: there is no such folder")
    mark = folder / MARK
    if not mark.is_file():
        if any(path.name != "lock" and not path.name.endswith(".part") for path in folder.iterdir()):
            raise StudyError(f"{folder}: holds other files than a study; name another folder, or empty this one")
        return
    try:
        found = json.loads(mark.read_text(encoding="utf-8"))["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(f"{mark}: cannot be read; the folder is no study, or a damaged one") from error
    if found != FORMAT:
        raise StudyError(f"{folder}: is a study of format {found}; this version reads format {FORMAT}")


def scenario_text(scenario: Scenario) -> str:
    """All of a scenario that has a say in a replication, as JSON: the same text, the same run.

    The order of its keys counts, as it is the order of the rows; how many replications are asked for, and at what
    level and seed, does not.
    """
    return json.dumps(scenario.model_dump(mode="json", exclude={"study"}), ensure_ascii=False, separators=(",", ":"))


def digest(blob: bytes) -> str:
    """The first 80 bits of SHA-256, in hexadecimal digits."""
    return hashlib.sha256(blob).hexdigest()[:20]


def place_name(index: int) -> str:
    """Name of the folder of a replication."""
    return f"{index:06d}"


def parts(replication: Replication) -> dict[str, pd.DataFrame]:
    """The frames of a replication by name."""
    tables = replication.tables
    measured = {name: getattr(replication, name) for name in MEASURED}
    return measured | ({name: getattr(tables, name) for name in TABLES} if tables is not None else {})


def packed(frame: pd.DataFrame) -> bytes:
    """A frame as the bytes of a Parquet file, with its categories: those of a column without rows would be lost."""
    noted = frame.copy(deep=False)
    noted.attrs = {"categories": {name: [*frame[name].cat.categories] for name in frame.select_dtypes("category")}}
    buffer = io.BytesIO()
    write_parquet(noted, buffer)
    return buffer.getvalue()


def unpacked(blob: bytes) -> pd.DataFrame:
    """The frame that `packed` was given."""
    frame = pd.read_parquet(io.BytesIO(blob))
    for name, categories in frame.attrs.pop("categories").items():
        frame[name] = frame[name].astype(pd.CategoricalDtype(pd.Index(categories)))
    return frame


def read_replication(folder: Path, index: int) -> Replication | None:
    """A replication from its folder; None if a part is missing or not what its name says."""
    blobs = whole_parts(folder)
    if not is_whole(blobs, index):
        return None
    frames = {part: unpacked(blob) for part, blob in blobs.items()}
    tables = Tables(**{name: frames[name] for name in TABLES}) if index == 0 else None
    return Replication(index, frames["kpis"], frames["published"], tables)


def whole_parts(folder: Path) -> dict[str, bytes]:
    """The files of a replication by the part they hold, those only that are what their names say."""
    found = {}
    for path in sorted(folder.glob("[!.]*.parquet")):
        part, _, said = path.name.removesuffix(".parquet").partition(".")
        try:
            blob = path.read_bytes()
        except OSError:
            continue
        if digest(blob) == said:
            found[part] = blob
    return found


def is_whole(blobs: dict[str, bytes], index: int) -> bool:
    """Whether no part of a replication is missing; replication 0 has its tables."""
    return {*MEASURED, *(TABLES if index == 0 else ())} <= blobs.keys()


def write_whole(path: Path, blob: bytes) -> None:
    """Write a file that is whole on the disk before it has its name."""
    make_folder(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("wb") as file:
            file.write(blob)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    settle(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, to stay."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        settle(folder.parent)


def settle(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def kept(folder: Path) -> list[Kept]:
    """What lies in a study folder; every file is read and checked.

    Raises
    ------
    StudyError
        If it is no study folder.
    """
    check_is_study(folder)
    return [kept_in(home) for home in sorted(folder.iterdir()) if HOME.fullmatch(home.name)]


def kept_in(home: Path) -> Kept:
    """The replications in one folder of a study."""
    about = read_json(home / "about.json")
    text = home / "scenario.json"
    whole = [is_whole(whole_parts(place), int(place.name)) for place in home.iterdir() if place.name.isdigit()]
    versions = about.get("versions", {})
    return Kept(
        home,
        str(read_json(text).get("title", "")),
        hashlib.sha256(text.read_bytes()).hexdigest() if text.is_file() else "",
        int(home.name.split("-")[1]),
        versions,
        versions == origin(),
        sum(whole),
        len(whole) - sum(whole),
        sum(path.stat().st_size for path in home.rglob("[!.]*") if path.is_file()) / 1e6,
    )


def read_json(path: Path) -> dict[str, Any]:
    """An object from a file; empty if there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def clear(folder: Path, everything: bool = False) -> list[Kept]:
    """Remove from a study what other versions ran, or everything; return what went.

    Raises
    ------
    StudyError
        If it is no study folder, or another process has it.
    """
    check_is_study(folder)
    with opened(folder):
        going = [each for each in kept(folder) if everything or not each.current]
        for each in going:
            shutil.rmtree(each.folder)
        return going
