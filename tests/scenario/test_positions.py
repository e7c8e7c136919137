"""Positions of keys against the standard library's reader, over texts in every style TOML has."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scenario_text import SCENARIO

from sim.scenario.positions import positions

KEY_AS_WRITTEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'|[A-Za-z0-9_-]+")
AFTER_LEAF = re.compile(r"[ \t]*=\s*")


def key_paths(data, path=()):
    """Every key path of a parsed text, list items included."""
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in parts:
        yield (*path, key), value
        yield from key_paths(value, (*path, key))


def rest_from(text, line, column):
    """The text from a position on."""
    return "\n".join(text.split("\n")[line - 1 :])[column - 1 :]


def key_here(rest):
    """The key written at the start of a text."""
    written = KEY_AS_WRITTEN.match(rest)[0]
    [key] = tomllib.loads(f"{written} = 0")
    return key, rest[len(written) :]


names = st.one_of(
    st.sampled_from(["a", "b", "a-1", "2025-01-01", "2025", "x_y"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=4),
    st.sampled_from(['say "hi"', "it's", "tab\tin", "# no comment", "a.b", "]", "new\nline", "=", "é", "\\"]),
)
odd_texts = st.sampled_from(
    ["", "plain", "a = 1", "# not a comment", "]}", 'say "x"', "line\n[a]\nb = 2", "'", "\\", "'''"]
)
data_trees = st.recursive(
    st.one_of(odd_texts, st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(names, inner, max_size=3),
        st.lists(st.dictionaries(names, inner, max_size=3), min_size=1, max_size=3),
    ),
    max_leaves=12,
)
documents = st.dictionaries(names, data_trees, min_size=1, max_size=4)


class Writer:
    """Writes a tree as TOML, choosing among the ways there are; each None becomes a number of its own."""

    def __init__(self, choose):
        self.choose = choose
        self.numbers = iter(range(1_000_000, 9_000_000))
        self.lines = []

    def key(self, name):
        forms = ['"' + "".join(f"\\U{ord(each):08X}" for each in name) + '"', self.basic(name)]
        if "'" not in name and name.isprintable():
            forms.append(f"'{name}'")
        if re.fullmatch("[A-Za-z0-9_-]+", name):
            forms += [name, name]
        return self.choose(forms)

    def basic(self, text):
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", "\\n")
        return f'"{escaped}"'

    def text(self, text):
        forms = [self.basic(text), '"""' + text.replace("\\", "\\\\").replace('"', '\\"') + '"""']
        if "'" not in text:
            forms += [f"'''{text}'''"] + ([] if "\n" in text else [f"'{text}'"])
        if '"""' not in text and "\\" not in text:
            forms.append(f'"""\n{text}"""')
        return self.choose(forms)

    def value(self, tree):
        if tree is None:
            return str(next(self.numbers))
        if isinstance(tree, str):
            return self.text(tree)
        if isinstance(tree, list):
            gap = self.choose([" ", "", "\n", " # ], = [\n "])
            items = "".join(f"{gap}{self.value(each)}{gap}," for each in tree)
            return f"[{items if self.choose([True, False]) else items[:-1]}{gap}]"
        return "{" + ", ".join(f"{self.key(name)} = {self.value(each)}" for name, each in tree.items()) + " }"

    def table(self, path, tree):
        later = []
        for name, below in tree.items():
            is_table, is_list = isinstance(below, dict), isinstance(below, list)
            tables = is_list and below and all(isinstance(each, dict) for each in below)
            way = self.choose(["inline", "header", "dotted"])
            if way == "header" and (is_table or tables):
                later.append((name, below))
            elif way == "dotted" and is_table and below:
                self.dotted([name], below)
            else:
                self.line(f"{self.key(name)} = {self.value(below)}")
        for name, below in later:
            for each in below if isinstance(below, list) else [below]:
                brackets = ("[[", "]]") if isinstance(below, list) else ("[", "]")
                header = self.choose([".", " . "]).join(map(self.key, [*path, name]))
                self.line(f"{brackets[0]}{self.choose(['', ' '])}{header}{brackets[1]}")
                self.table([*path, name], each)

    def dotted(self, keys, tree):
        for name, below in tree.items():
            if isinstance(below, dict) and below and self.choose([True, False]):
                self.dotted([*keys, name], below)
            else:
                self.line(f"{self.choose(['.', ' . ']).join(map(self.key, [*keys, name]))} = {self.value(below)}")

    def line(self, text):
        self.lines += self.choose([[], [""], ["  # [comment] = 1"]])
        self.lines.append(self.choose(["", "  ", "\t"]) + text + self.choose(["", "  # a = { b", " "]))


@given(documents, st.data())
def test_every_key_path_has_a_position_where_that_key_is_written(document, data):
    writer = Writer(lambda choices: data.draw(st.sampled_from(choices)))
    writer.table([], document)
    text = data.draw(st.sampled_from(["\n", "\r\n"])).join(writer.lines)
    found = positions(text)
    expected = dict(key_paths(tomllib.loads(text)))

    assert found.keys() == expected.keys()
    for path, value in expected.items():
        rest = rest_from(text, *found[path])
        if isinstance(path[-1], str):
            key, rest = key_here(rest)
            assert key == path[-1]
            if isinstance(value, int):
                assert re.sub(AFTER_LEAF, "", rest, count=1).startswith(str(value))
        elif isinstance(value, int):
            assert rest.startswith(str(value))


def test_positions_of_a_text_worked_by_hand():
    text = "\n".join(
        [
            "# a comment",  # 1
            'title = """one',  # 2
            '[not.a.table]"""',  # 3
            "a.'b c'.d = { e = [1,",  # 4
            '   { f = "}" }] } # g = 1',  # 5
            "[[list]]",  # 6
            "[list.inner]",  # 7
            "h = 1979-05-27 07:32:00",  # 8
            "  [[ list ]]",  # 9
            "i = 1",  # 10
            "[x.y]",  # 11
            "j.k = ''",  # 12
            "[x]",  # 13
            "j = 3.5",  # 14
        ]
    )
    assert positions(text) == {
        ("title",): (2, 1),
        ("a",): (4, 1),
        ("a", "b c"): (4, 3),
        ("a", "b c", "d"): (4, 9),
        ("a", "b c", "d", "e"): (4, 15),
        ("a", "b c", "d", "e", 0): (4, 20),
        ("a", "b c", "d", "e", 1): (5, 4),
        ("a", "b c", "d", "e", 1, "f"): (5, 6),
        ("list",): (6, 3),
        ("list", 0): (6, 3),
        ("list", 0, "inner"): (7, 7),
        ("list", 0, "inner", "h"): (8, 1),
        ("list", 1): (9, 6),
        ("list", 1, "i"): (10, 1),
        ("x",): (13, 2),
        ("x", "y"): (11, 4),
        ("x", "y", "j"): (12, 1),
        ("x", "y", "j", "k"): (12, 3),
        ("x", "j"): (14, 1),
    }


def test_a_scenario_has_a_position_for_every_key():
    assert positions(SCENARIO).keys() == dict(key_paths(tomllib.loads(SCENARIO))).keys()


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "\r\n\r\n"])
def test_a_text_without_keys_has_no_positions(text):
    assert positions(text) == {}
