"""Commands that went into others: each says in one line where."""

from __future__ import annotations

import click

from sim.cli.console import fail

POINTERS = {
    "chart": "corridor plot DIR --chart NAME",
    "schema": "corridor new --schema [FILE]",
}
"""Commands that are no more, and what does their work."""


def pointer_to(name: str, command: str) -> click.Command:
    """A command that takes any words, does nothing, and is in no list."""

    @click.command(
        name,
        hidden=True,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )
    def pointer() -> None:
        fail(f"corridor {name} is now: {command}")

    return pointer
