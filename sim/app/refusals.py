"""Refusals of scenarios as the page tells them: those that a control or a typed change causes, in the language.

The reader of scenarios refuses in English, with the key beside it; what is found here by its form is said again. All
else stays as it was refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sim.views.language import is_english, message

GOT = r" \(got (?P<got>.*)\)"


def told_refusal(text: str) -> str:
    """A refusal in the language, if its form is known; else as it is."""
    if is_english():
        return text
    found = ((form, re.fullmatch(form, text, re.DOTALL)) for form in REFUSALS)
    return next((REFUSALS[form](match.groupdict()) for form, match in found if match), text)


Fields = Mapping[str, str]
REFUSALS: dict[str, Callable[[Fields], str]] = {
    rf"must be at least (?P<bound>\S+){GOT}": lambda it: message("must be at least {bound} (got {got})", **it),
    rf"must be at most (?P<bound>\S+){GOT}": lambda it: message("must be at most {bound} (got {got})", **it),
    rf"must be more than (?P<bound>\S+){GOT}": lambda it: message("must be more than {bound} (got {got})", **it),
    rf"must be less than (?P<bound>\S+){GOT}": lambda it: message("must be less than {bound} (got {got})", **it),
    rf"must be a whole number{GOT}": lambda it: message("must be a whole number (got {got})", **it),
    rf"must be a number{GOT}": lambda it: message("must be a number (got {got})", **it),
    rf"must be true or false{GOT}": lambda it: message("must be true or false (got {got})", **it),
    rf"must be text in quotes{GOT}": lambda it: message("must be text in quotes (got {got})", **it),
    rf"must be a date such as (?P<day>\S+){GOT}": lambda it: message("must be a date such as {day} (got {got})", **it),
    r"is missing": lambda it: message("is missing"),
    r"is not a key of (?P<table>.*); did you mean (?P<near>.*)\?": lambda it: message(
        "is not a key of {table}; did you mean {near}?", **it
    ),
    r"is not a key of (?P<table>.*); its keys are (?P<keys>.*)": lambda it: message(
        "is not a key of {table}; its keys are {keys}", **it
    ),
    r"there is no (?P<table>\S*) to change; did you mean (?P<near>.*)\?": lambda it: message(
        "there is no {table} to change; did you mean {near}?", **it
    ),
    r"there is no (?P<table>\S*) to change": lambda it: message("there is no {table} to change", **it),
    r"has no number to scale \(it is (?P<value>.*)\)": lambda it: message(
        "has no number to scale (it is {value})", **it
    ),
    r"(?P<key>\S+) has no number to scale \(it is (?P<value>.*)\)": lambda it: message(
        "{key} has no number to scale (it is {value})", **it
    ),
    r"a number with \+ adds to a number that is stated, and none is here: state it without \+": lambda it: message(
        "a number with + adds to a number that is stated, and none is here: state it without +"
    ),
    rf"must be written key\.path=value{GOT}": lambda it: message("must be written key.path=value (got {got})", **it),
    rf"must be a table{GOT}": lambda it: message("must be a table (got {got})", **it),
    r"names no value of the scenario": lambda it: message("names no value of the scenario"),
    r"end must lie after start": lambda it: message("end must lie after start"),
}
"""The forms of refusals, each with how it is said."""
