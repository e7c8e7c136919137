"""What a command was asked, as its answer keeps it: so that no answer takes the place of one to another question."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Commission:
    """What a command was asked, beside how often to run.

    Attributes
    ----------
    study
        The word of the command.
    digests
        Of each scenario asked about, see `digest`.
    files
        Digests of the paths of their files: a file that was changed is the same scenario, one of the same name
        elsewhere is not. Digests, for results are handed on, and where its author keeps files concerns nobody.
    changes, options
        The changes to the scenarios, and the other options that were given.
    """

    study: str
    digests: tuple[str, ...]
    files: tuple[str, ...]
    changes: tuple[str, ...]
    options: Mapping[str, str]

    def noted(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}

    def is_answered_in(self, manifest: Mapping[str, Any]) -> bool:
        """Whether the answer with a manifest is one to the same question."""
        earlier = manifest.get("asked")
        if not isinstance(earlier, dict):  # kept by a program
            return manifest.get("study") == self.study and manifest.get("scenario_sha256") in self.digests[:1]
        own = self.noted()
        is_same = all(earlier.get(key) == own[key] for key in ("study", "changes", "options"))
        return is_same and any(earlier.get(key) == own[key] for key in ("digests", "files"))

    def is_of_other_inputs(self, manifest: Mapping[str, Any]) -> bool:
        """Whether an answer to the same question is of scenarios that have been changed since."""
        earlier = manifest.get("asked")
        return isinstance(earlier, dict) and earlier.get("digests") != [*self.digests]


def commission(
    study: str, scenarios: Sequence[tuple[Mapping[str, Any], Path]], changes: Sequence[str], options: Mapping[str, str]
) -> Commission:
    """A commission about scenarios, each a resolved table and the path of its file or folder."""
    digests = tuple(digest(resolved) for resolved, _ in scenarios)
    files = tuple(hashlib.sha256(str(path.resolve()).encode()).hexdigest() for _, path in scenarios)
    return Commission(study, digests, files, tuple(changes), dict(options))


def digest(resolved: Mapping[str, Any]) -> str:
    """SHA-256 of a scenario's table as JSON with sorted keys: the order of the keys in the file does not matter."""
    text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=in_iso)
    return hashlib.sha256(text.encode()).hexdigest()


def in_iso(value: dt.date | dt.time) -> str:
    """A date or a time of day, which TOML has and JSON has not, as ISO writes it."""
    return value.isoformat()
