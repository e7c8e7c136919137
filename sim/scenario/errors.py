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
