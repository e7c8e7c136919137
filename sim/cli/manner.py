"""How commands speak: every one takes the same options for it, and who prints asks here."""

from __future__ import annotations

from typing import Any

import click

QUIET = "corridor.quiet"


def keep(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Keep the value of an option where whoever prints finds it, and not only the command."""
    context.meta[f"corridor.{option.name}"] = value
    return value


QUIET_OPTION = click.Option(
    ["-q", "--quiet"],
    is_flag=True,
    expose_value=False,
    callback=keep,
    help="No progress and no remarks beside the answer; errors only.",
)


def with_manner(command: click.Command) -> click.Command:
    """A command, or each in a group of them, with the options that all have."""
    for part in command.commands.values() if isinstance(command, click.Group) else [command]:
        part.params.append(QUIET_OPTION)
    return command


def is_quiet() -> bool:
    """Whether the command that runs was told to say no more than its answer."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))
