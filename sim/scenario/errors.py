"""The one kind of error that whoever uses the simulator can cause, whatever he asked for."""

from __future__ import annotations


class CorridorError(Exception):
    """A refusal, whose message says what is wrong and where; every other error is a fault of the simulator.

    Attributes
    ----------
    status
        Exit status of a command that it ends.
    outcome
        What the command says last: what became of its work.
    """

    # On the error, not in the command line: so that one `except` serves all of them, and a refusal by the reader
    # does not import the rooms of the others to tell that it is none of theirs.
    status = 2
    outcome = "Nothing was written."


class ArgumentError(CorridorError, ValueError):
    """An argument of a function with which nothing can be computed, as no replications or a share below 0."""


def check_at_least(least: float, **arguments: float | None) -> None:
    """Refuse arguments below a least value before a study has worked on them; None stands for a default.

    Raises
    ------
    ArgumentError
        Naming the first of them.
    """
    for name, value in arguments.items():
        if value is not None and value < least:
            raise ArgumentError(f"{name} must be at least {least:g} (got {value:g})")
