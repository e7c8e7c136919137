"""Refusals of scenarios as the page tells them: those that a control or a typed change causes, in the language.

The reader of scenarios refuses in English, with the key beside it; what is found here by its form is said again. All
else stays as it was refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from sim.views.language import is_english, message

QUOTE = r" \(got (?P<got>.*)\)"


def told_refusal(text: str) -> str:
    """A refusal in the language, if its form is known; else as it is."""
    if is_english():
        return text
    matches = ((form, re.fullmatch(form, text, re.DOTALL)) for form in REFUSALS)
    return next((REFUSALS[form](match.groupdict()) for form, match in matches if match), text)


Fields = Mapping[str, str]
REFUSALS: dict[str, Callable[[Fields], str]] = {
    rf"must be at least (?P<bound>\S+){QUOTE}": lambda fields: message(
        "must be at least {bound} (got {got})", **fields
    ),
    rf"must be at most (?P<bound>\S+){QUOTE}": lambda fields: message("must be at most {bound} (got {got})", **fields),
    rf"must be more than (?P<bound>\S+){QUOTE}": lambda fields: message(
        "must be more than {bound} (got {got})", **fields
    ),
    rf"must be less than (?P<bound>\S+){QUOTE}": lambda fields: message(
        "must be less than {bound} (got {got})", **fields
    ),
    rf"must be a whole number{QUOTE}": lambda fields: message("must be a whole number (got {got})", **fields),
    rf"must be a number{QUOTE}": lambda fields: message("must be a number (got {got})", **fields),
    rf"must be true or false{QUOTE}": lambda fields: message("must be true or false (got {got})", **fields),
    rf"must be text in quotes{QUOTE}": lambda fields: message("must be text in quotes (got {got})", **fields),
    rf"must be a date such as (?P<day>\S+){QUOTE}": lambda fields: message(
        "must be a date such as {day} (got {got})", **fields
    ),
    r"is missing": lambda fields: message("is missing"),
    r"is not a key of (?P<table>.*); did you mean (?P<near>.*)\?": lambda fields: message(
        "is not a key of {table}; did you mean {near}?", **fields
    ),
    r"is not a key of (?P<table>.*); its keys are (?P<keys>.*)": lambda fields: message(
        "is not a key of {table}; its keys are {keys}", **fields
    ),
    r"there is no (?P<table>\S*) to change; did you mean (?P<near>.*)\?": lambda fields: message(
        "there is no {table} to change; did you mean {near}?", **fields
    ),
    r"there is no (?P<table>\S*) to change": lambda fields: message("there is no {table} to change", **fields),
    r"has no number to scale \(it is (?P<value>.*)\)": lambda fields: message(
        "has no number to scale (it is {value})", **fields
    ),
    r"(?P<key>\S+) has no number to scale \(it is (?P<value>.*)\)": lambda fields: message(
        "{key} has no number to scale (it is {value})", **fields
    ),
    r"a number with \+ adds to a number that is stated, and none is here: state it without \+": lambda fields: message(
        "a number with + adds to a number that is stated, and none is here: state it without +"
    ),
    rf"must be written key\.path=value{QUOTE}": lambda fields: message(
        "must be written key.path=value (got {got})", **fields
    ),
    rf"must be a table{QUOTE}": lambda fields: message("must be a table (got {got})", **fields),
    r"names no value of the scenario": lambda fields: message("names no value of the scenario"),
    r"end must lie after start": lambda fields: message("end must lie after start"),
}
"""The forms of refusals, each with how it is said."""
