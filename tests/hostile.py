"""Scenario files that nobody should write: mutations of sound ones, a grammar of the format's own words, and rubbish.

`attempt` reads one and says whether it was refused or accepted; anything else is a fault of the reader.
"""

import os
import re
import signal
from contextlib import contextmanager
from functools import cache

from hypothesis import strategies as st
from scenario_text import BAN, EASTBOUND, FITTED, SCENARIO, SECOND_FLOW, STORM

from sim.scenario.keys import models
from sim.scenario.reading.read import ScenarioError, read, shipped, to_toml
from sim.scenario.schema import Scenario

LONGEST_S = 10.0
"""Processor time after which an attempt counts as hung."""

NUMBERS = (
    *("nan", "-nan", "inf", "-inf", "1e308", "-1e308", "1e400", "5e-324", "-0.0", "0", "-1", "1e12", "1e13", "1e-9"),
    *("9" * 30, "-" + "9" * 30, "9" * 5_000, "2" + "0" * 4_400, "0x" + "f" * 40, "9223372036854775808", "0.1"),
    *("1_0", "100000", "100001", "1000001", "2147483648"),
)
TEXTS = (
    *('""', '"\\u0000"', '"\\u202e\\u2066"', '"\\u200b"', '"\\ufeff"', '"../../etc/passwd"', '"/"', '"all"'),
    *('"\\n\\r"', '"\\U0010ffff"', '"' + "x" * 5_000 + '"', "'''\n'''", '"[bold]"', '"=1+1"', '"{0}%s"', '"‮altynkol"'),
    *('"altynkol"', '"paper"', '"tez"', '"Mars/Olympus"', '"e\\u0301"'),
)
OTHERS = (
    *("true", "[]", "{}", "[[]]", "[{}]", "[1, [2]]", '["a", 1]', "1979-05-27", "0001-01-01", "9999-12-31"),
    *("2025-13-01", "2025-02-30", "25:00:00", "00:00:00", "2025-01-01T00:00:00Z", "{ mean = 1e308, cv = 1e308 }"),
    *("{ mean = nan }", "{ mean = 1, cv = 1e200 }", "{ low = 3, mode = 2, high = 1 }", "{ 2030 = -1 }"),
    *("{ low = 0, high = 1e308, shape = 'uniform' }", "{ 2025-01-01 = 1, 2024-01-01 = 2 }", "{ 1e5 = 1 }"),
    *("{ 0000-00-00 = 1 }", "{ 2024 = 1e12 }", "{ 2024 = 1e308 }", "{ 99999 = 1 }", "{ '' = {} }", '{ "\\u0000" = 1 }'),
    *("[" * 400 + "]" * 400, "{ a = " * 90 + "1" + "}" * 90, "[" * 60 + "]" * 60, "{ kind = 'sea' }", '"""', "", "="),
    *("{ sources = 1 }", "[" + "1, " * 2_000 + "]"),
)
VALUES = st.sampled_from(NUMBERS) | st.sampled_from(TEXTS) | st.sampled_from(OTHERS)
NAMES = st.sampled_from(
    ["all", "a", "'x y'", '"\\u0000"', "2025", "2025-01-01", "altynkol", "paper", "k" * 3_000, '"‮"', "kind", "sources"]
)
PIECES = (
    *("[", "[[", "]", "]]", "{", "}", '"', "'", '"""', "'''", "=", ".", ",", "#", "\n", "\r", "\x00", "\x1b[2J", "\t"),
    *("\u200f", "\u202e", "\ufeff", "é", "😀", "title", "places", "flows", "extends", "true", "nan", "1", "-", "2024"),
)


@cache
def sound():
    """The texts that are mutated: the small corridor, bare and with everything, and the smaller shipped ones."""
    small = [SCENARIO, SCENARIO + SECOND_FLOW + EASTBOUND + BAN + FITTED + STORM]
    names = ("altynkol_paper", "altynkol_tez", "altynkol_early", "altynkol_sweep")
    return [*small, *(to_toml(read(shipped() / f"{name}.toml").resolved) for name in names)]


@cache
def words():
    """Every key of the format."""
    found, waiting = set(), [Scenario]
    while waiting:
        for key, field in waiting.pop().model_fields.items():
            below = [model for model in every_model(field.annotation) if model not in seen_in(found)]
            found |= {key, *below}
            waiting += below
    return sorted(each for each in found if isinstance(each, str))


def seen_in(found):
    return {each for each in found if not isinstance(each, str)}


def every_model(annotation):
    """The models of an annotation, those in a table of tables too."""
    inner = [each for kind in getattr(annotation, "__args__", ()) for each in every_model(kind)]
    return [*models(annotation), *inner]


@st.composite
def mutated(draw):
    """A sound scenario with lines dropped, doubled or moved, values replaced, names changed, stretches cut out."""
    lines = draw(st.sampled_from(sound())).split("\n")
    kinds = ("drop", "double", "move", "value", "value", "value", "value", "inner", "key", "cut", "rename", "garbage")
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 4]))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(kinds)):
            case "drop":
                lines[at] = ""
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "value":
                lines[at] = lines[at].partition("=")[0] + "= " + draw(VALUES)
            case "inner":
                value = draw(VALUES)
                lines[at] = re.sub(r"(?<== )[^,}]+(?=[,}])", lambda _, new=value: new, lines[at], count=1)
            case "key":
                lines[at] = draw(NAMES) + " = " + lines[at].partition("=")[2]
            case "cut":
                start = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:start] + lines[at][start + draw(st.integers(1, 8)) :]
            case "rename":
                found = re.findall(r"\w+", lines[at])
                if found:
                    lines[at] = lines[at].replace(draw(st.sampled_from(found)), draw(st.sampled_from(words())), 1)
            case "garbage":
                start = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:start] + draw(st.sampled_from(PIECES)) + lines[at][start:]
    return "\n".join(lines)


@st.composite
def grown(draw):
    """A text of the format's own words in an order of its own: tables, keys and values that do not belong together."""
    word = st.sampled_from(words()) | NAMES
    lines = [f"{draw(word)} = {draw(VALUES)}" for _ in range(draw(st.integers(0, 3)))]
    for _ in range(draw(st.integers(0, 6))):
        lines.append("[" + ".".join(draw(st.lists(word, min_size=1, max_size=4))) + "]")
        lines += [f"{draw(word)} = {draw(VALUES)}" for _ in range(draw(st.integers(0, 4)))]
    return "\n".join(lines)


@st.composite
def nested(draw):
    """Something far too deep, or far too long."""
    deep = draw(st.sampled_from([40, 200, 900, 5_000]))
    word = draw(st.sampled_from(["places", "a", "changes", "sources", "title"]))
    match draw(st.integers(0, 6)):
        case 0:
            return f"{word} = " + "[" * deep + "]" * deep
        case 1:
            return f"{word} = " + "{ a = " * deep + "1" + " }" * deep
        case 2:
            return ".".join([word] * deep) + " = 1"
        case 3:
            return "[" + ".".join([word] * deep) + "]\na = 1"
        case 4:
            return word * deep * 20 + " = 1"
        case 5:
            return "\n".join(f"[[{word}]]\na = {number}" for number in range(deep // 4))
        case _:
            return SCENARIO + "\n".join(f"[places.p{number}]\nkind = 'section'" for number in range(deep // 20))


EXTENDS = st.sampled_from(
    (
        *('"hostile.toml"', '"./hostile.toml"', '"sound.toml"', '"nowhere.toml"', '".."', '"/"', '""', '"\\u0000"'),
        *('"' + "x" * 300 + '"', '"/dev/null"', '"loop.toml"', '"pipe.toml"', '["sound.toml"]', "{ a = 1 }", "3"),
        *('"circle.toml"', '"~"', '"sound.toml/"', '"sound.toml/x"', '"‮"', '"' + "a/" * 3_000 + 'b"'),
    )
)
TEXT = (
    mutated()
    | mutated()
    | mutated()
    | grown()
    | st.builds("extends = {}\n{}".format, EXTENDS, mutated() | grown() | st.just(""))
    | nested()
    | st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
)
FILES = st.one_of(*[TEXT.map(lambda text: text.encode())] * 12, st.binary(max_size=200))
"""The bytes of a file; one in thirteen is no text."""

KEY_PATHS = st.sampled_from(
    (
        *("study.seed", "places.altynkol.receiving_tracks", "flows.x", "horizon.end", "extends", "", ".", "a..b", "'"),
        *("title", "flows.central_asia.trains_per_year", "places.‮.x", "\x00", "k" * 4_000, "a." * 80 + "a", "["),
        *("flows.central_asia.trains_per_year.2024", "sources.all", "regimes.paper.keying_h.mean", "x\ny", "study"),
    )
)
OVERRIDES = st.just([]) | st.lists(st.builds("{}={}".format, KEY_PATHS, VALUES) | st.text(max_size=20), max_size=2)


class HungError(BaseException):
    """An attempt took longer than it may."""


@contextmanager
def limited(seconds=LONGEST_S):
    """Raise `HungError` in the block when it has used up its processor time."""

    def stop(*_):
        raise HungError(f"more than {seconds} s of processor time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def attempt(path, content, overrides=()):
    """Write a file and read it: the scenario as read, or None where it is refused in words that can be printed."""
    path.write_bytes(content)
    try:
        with limited():
            return read(path, overrides)
    except ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            said = str(problem)
            assert "\n" not in said
            assert "\x1b" not in said
            assert len(said) < 20_000
            said.encode()
            assert str(path.parent) in problem.file or problem.file == "set", problem.file
            if problem.file == str(path):
                assert problem.line is None or 1 <= problem.line <= content.count(b"\n") + 1
        return None


def surroundings(folder):
    """What hostile files refer to: a sound file, a circle, a link to itself, a pipe."""
    (folder / "sound.toml").write_text(sound()[0], encoding="utf-8")
    (folder / "circle.toml").write_text('extends = "hostile.toml"')
    (folder / "loop.toml").symlink_to("loop.toml")
    os.mkfifo(folder / "pipe.toml")
