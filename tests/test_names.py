"""Names of the house: what a name holds stands in it, a name stands for one thing, and a feature has one word."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "sim"

PRONOUNS = {
    "all",
    "another",
    "any",
    "both",
    "each",
    "either",
    "everything",
    "few",
    "here",
    "it",
    "its",
    "many",
    "more",
    "most",
    "neither",
    "none",
    "nothing",
    "now",
    "one",
    "ones",
    "other",
    "others",
    "rest",
    "same",
    "some",
    "something",
    "that",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "what",
    "which",
    "who",
    "whole",
    "whom",
    "whose",
}
PARTICIPLES = {
    "begun",
    "bought",
    "bound",
    "broken",
    "brought",
    "built",
    "caught",
    "chosen",
    "come",
    "done",
    "drawn",
    "driven",
    "fallen",
    "felt",
    "found",
    "frozen",
    "given",
    "gone",
    "got",
    "grown",
    "heard",
    "held",
    "hidden",
    "kept",
    "known",
    "laid",
    "lent",
    "lost",
    "made",
    "meant",
    "met",
    "paid",
    "put",
    "risen",
    "said",
    "seen",
    "sent",
    "shown",
    "sold",
    "sought",
    "spent",
    "split",
    "spoken",
    "stood",
    "stuck",
    "taken",
    "taught",
    "thought",
    "thrown",
    "told",
    "torn",
    "understood",
    "won",
    "worn",
    "written",
}
NOUNS = {"bed", "bleed", "breed", "deed", "feed", "need", "seed", "shed", "speed", "weed"}
"""Words in -ed that are things."""

MOST_SHARE = 0.015
"""Of all bindings; a few, such as `left` and `right` of a chart or `published` figures, are the words of the field."""


@cache
def trees():
    """The syntax tree of every module, by its path within the house."""
    return {
        path.relative_to(HOUSE): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(HOUSE.rglob("*.py"))
    }


def bindings(tree):
    """Every name that a text binds, with its line: variables, parameters, functions and classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno


def says_nothing(name):
    """Whether a name is a pronoun or a bare participle: it says what was done, or to which, and not what it holds."""
    word = name.strip("_").lower()
    is_participle = word in PARTICIPLES or (word.endswith("ed") and len(word) > 3 and "_" not in word)
    return word in PRONOUNS or (is_participle and word not in NOUNS)


@pytest.mark.parametrize("name", ["each", "_one", "found", "merged", "Said"])
def test_a_pronoun_or_a_bare_participle_says_nothing(name):
    assert says_nothing(name)


@pytest.mark.parametrize("name", ["seed", "merged_rows", "flow", "speed", "red"])
def test_a_noun_says_something(name):
    assert not says_nothing(name)


def test_names_say_what_they_hold():
    names = [(path, line, name) for path, tree in trees().items() for name, line in bindings(tree)]
    empty = [f"sim/{path}:{line}: {name}" for path, line, name in names if says_nothing(name)]
    listing = "\n".join(empty)
    assert len(empty) <= MOST_SHARE * len(names), f"{len(empty)} of {len(names)} say nothing:\n{listing}"


def feature(path):
    """What a module is about: the question of a folder of `study`, or else the word the file is named by."""
    return path.parts[1] if path.parts[0] == "study" and len(path.parts) > 2 and path.parts[1] != "field" else path.stem


def test_a_function_name_stands_for_one_thing():
    """A name at the top of two modules is allowed only where both are about one feature, such as `ladder`."""
    homes = defaultdict(set)
    for path, tree in trees().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                homes[node.name].add(path)
    shared = {name: paths for name, paths in homes.items() if len({feature(path) for path in paths}) > 1}
    shared.pop("__getattr__", None)
    listing = "\n".join(f"{name}: {', '.join(sorted(map(str, paths)))}" for name, paths in sorted(shared.items()))
    assert not shared, f"{len(shared)} names stand for several things:\n{listing}"


COMMONS = {
    "study": {"folders", "question", "variants"},
    "cli": {
        "commands",
        "console",
        "stopping",
        "days",
        "factors",
        "frame",
        "manner",
        "options",
        "precision",
        "progress",
        "tables",
    },
    "views/plots": {"axis_numbers", "calling", "forest", "gallery", "settings", "style", "titles"},
    "views/sheets": {"answer", "changes", "prices", "reason", "sheet"},
}
"""What several features of a wing share; any other room of these wings is named by its feature."""

OTHER_WINGS = {"app", "export", "plot", "report", "run", "scenario", "study", "verify"}
"""Commands and sheets that ask no question of `study`: what they show comes from another wing."""


def stems(folder):
    """The names of the rooms and folders in a folder of the house."""
    paths = {path for path in trees() if path.is_relative_to(folder)}
    return {path.relative_to(folder).parts[0].removesuffix(".py") for path in paths} - {"__init__"}


def features():
    """The questions of `study` by the word each goes by, those of the field among them."""
    return stems("study") - COMMONS["study"] | stems("study/field")


@pytest.mark.parametrize("wing", sorted(COMMONS.keys() - {"study"}))
def test_a_feature_has_one_word_in_every_wing(wing):
    """A ladder is `ladder` in study, sheets, plots and cli: who knows the word of a feature knows its rooms."""
    strangers = stems(wing) - features() - COMMONS[wing] - OTHER_WINGS
    assert not strangers, f"sim/{wing}: {sorted(strangers)} are the words of no feature of study"


def test_no_word_of_study_stands_for_two_features():
    assert not stems("study") & stems("study/field")


def test_the_lists_of_words_name_no_room_that_is_gone():
    stale = {f"{wing}/{word}" for wing, words in COMMONS.items() for word in words - stems(wing)}
    assert not stale | (OTHER_WINGS - stems("cli")) | (OTHER_WINGS & features())
