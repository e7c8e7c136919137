"""The JSON Schema of scenario files, by which an editor completes keys and marks mistakes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sim.scenario.files import SCENARIO_MB, Unreadable, text_of
from sim.scenario.schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NULL = {"type": "null"}
WORD = {"const": "none"}
"""Takes back what a file says that is extended."""


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
    """A part of pydantic's schema as TOML files need it: `"none"` for null, only names in tables by name, no kind.

    Of a key that may be left out pydantic says null, or its default. An entry of a table by name may be taken back as
    well, so that here every table may be `"none"`; the reader refuses it of those that must be there.
    """
    if isinstance(part, list):
        return [for_toml(item) for item in part if item != NULL]
    if not isinstance(part, dict):
        return part
    left_out = ("required", "discriminator")
    result = {key: for_toml(value) for key, value in part.items() if key not in left_out and value is not None}
    # Of `oneOf`, editors complain once for every kind of place that a table is not; of `anyOf`, once.
    if "oneOf" in result:
        result["anyOf"] = result.pop("oneOf")
    is_null = NULL in part.get("anyOf", ()) or part.get("default", "") != ""
    if len(result.get("anyOf", ())) == 1:
        result |= result.pop("anyOf")[0]
    elif is_null and "anyOf" in result:
        result["anyOf"].append(WORD)
    elif is_null and "enum" in result:
        result["enum"] = [*result["enum"], WORD["const"]]
    # pydantic lets a table by name have keys that no pattern matches; the reader refuses them, and so shall an editor.
    if "patternProperties" in result:
        result["additionalProperties"] = False
    if (is_null or "properties" in result) and result.get("type", "string") != "string":
        # Not one of two schemas, or an editor would mark a mistake inside of the first at the whole.
        result |= {"type": [result["type"], "string"], "pattern": "^none$"}
    return result
