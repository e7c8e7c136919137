"""How commands speak: every one takes the same options for it, and who prints asks here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

QUIET, JSON, LANG = "corridor.quiet", "corridor.json", "corridor.lang"
Document = dict[str, Any]


def keep(context: click.Context, option: click.Parameter, value: Any) -> Any:
    """Keep the value of an option where whoever prints finds it, and not only the command."""
    context.meta[f"corridor.{option.name}"] = value
    return value


QUIET_OPTION = click.Option(
    ["-q", "--quiet"],
    is_flag=True,
    is_eager=True,  # other options may have a remark
    expose_value=False,
    callback=keep,
    help="No progress and no remarks beside the answer; errors only.",
)


JSON_OPTION = click.Option(
    ["--json"],
    is_flag=True,
    expose_value=False,
    callback=lambda context, option, value: keep(context, option, new_document(context) if value else None),
    help="Print the answer and every table as one JSON object.",
)


def new_document(context: click.Context) -> Document:
    """What `--json` prints of a command: what answers first, where all lies, tables as records, other lines."""
    command = context.command_path.removeprefix(context.find_root().command_path).strip()
    return {"command": command, "headline": None, "folder": None, "tables": {}, "remarks": []}


def document_in_hand() -> Document | None:
    """The document of the command that runs, to be added to; None if it prints text."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(JSON)


def print_document(is_done: bool) -> None:
    """Print the document; of a command that was refused only if it had an answer."""
    document = document_in_hand()
    if document is not None and (is_done or document["headline"] or document["tables"]):
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def with_manner(command: click.Command) -> click.Command:
    """A command, or each in a group of them, with the options that all have."""
    for part in command.commands.values() if isinstance(command, click.Group) else [command]:
        part.params += [QUIET_OPTION, JSON_OPTION]
    return command


def is_quiet() -> bool:
    """Whether the command that runs was told to say no more than its answer."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(QUIET))


@contextmanager
def as_asked() -> Iterator[None]:
    """Have pages and figures speak the language that was asked for, also where the terminal cannot write it."""
    from sim.views.language import ENGLISH, speaking

    context = click.get_current_context(silent=True)
    with speaking(ENGLISH if context is None else context.meta.get(LANG, ENGLISH)):
        yield


def language_written(language: str) -> str:
    """A language if the terminal has its letters; else English, which every one has, and why."""
    from sim.views.language import ENGLISH, LANGUAGES

    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        LANGUAGES[language].encode(encoding)
    except UnicodeEncodeError:
        ways = "Pages and figures are as asked; where the terminal can write more, set PYTHONIOENCODING=utf-8."
        remark = f"--lang {language}: what follows is in English, as {encoding} has no such letters. {ways}"
        if not is_quiet():
            click.echo(remark, err=True)
        return ENGLISH
    return language
