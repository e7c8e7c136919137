"""The JSON Schema of scenario files, by which an editor completes keys and marks mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.scenario.files import SCENARIO_MB, Unreadable, text_of
from sim.scenario.schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}


def schema_json() -> str:
    """The schema as text, for `scenarios/scenario.schema.json`.

    A file that extends another says only what it changes, so keys are required of a file that extends none, and only
    at its top; reading names every other missing key. TOML dates are strings here, as editors take them.
    """
    schema = Scenario.model_json_schema()
    requirement = {"if": {"not": {"required": ["extends"]}}, "then": {"required": schema["required"]}}
    return json.dumps({"$schema": DIALECT} | for_toml(schema) | requirement, indent=2, ensure_ascii=False) + "\n"


def is_schema(path: Path) -> bool:
    """Whether a file is a JSON Schema of the dialect that `schema_json` writes."""
    try:
        content = json.loads(text_of(path, SCENARIO_MB))
    except (Unreadable, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("$schema") == DIALECT


def for_toml(part: Any) -> Any:
    """A part of pydantic's schema as TOML files need it: no null, no other names in a table by name, no kind needed."""
    if isinstance(part, list):
        return [for_toml(item) for item in part if item != NULL]
    if not isinstance(part, dict):
        return part
    left_out = ("required", "discriminator")
    result = {key: for_toml(value) for key, value in part.items() if key not in left_out and value is not None}
    # Of `oneOf`, editors complain once for every kind of place that a table is not; of `anyOf`, once.
    if "oneOf" in result:
        result["anyOf"] = result.pop("oneOf")
    if len(result.get("anyOf", ())) == 1:
        result |= result.pop("anyOf")[0]
    # pydantic lets a table by name have keys that no pattern matches; the reader refuses them, and so shall an editor.
    if "patternProperties" in result:
        result["additionalProperties"] = False
    return result
