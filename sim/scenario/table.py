"""A table of a scenario file: closed, frozen, each number with its unit in its name."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Table(BaseModel):
    """A table of a scenario file: no unknown keys, no value of another type, no change after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    sources: dict[str, str] = Field(
        default={},
        description="For a key of this table: the id of a published fact, or `assumed: why`; `all` speaks for the rest",
    )
