"""Pages as a reader follows them: their fenced blocks in order, each with the marks that stand before it.

A mark is an HTML comment on the line before a fence:

`<!-- tested with: OPTIONS -->`  the commands of the block are run with these options added, to be shorter
`<!-- not run: why -->`          the block is only checked: commands for their options, Python for its syntax
`<!-- exit: N -->`               the commands end with status N instead of 0
`<!-- file: NAME -->`            a reader saves the block under this name
`<!-- over: NAME -->`            the TOML is a part, which goes over the shipped scenario of that name
"""

import itertools
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))

FENCE = re.compile(r"((?:<!-- [^\n]* -->\n)*)```([\w{}-]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"<!-- (tested with|not run|exit|file|over): (.*?) -->")
NAMED = {"run", "compare", "sweep", "sensitivity", "ladder", "target", "warmup"}
"""Commands whose results are named after the scenario, and after its changes."""
SHELL = {"sh", "console"}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it begins on, its marks."""

    language: str
    text: str
    line: int
    marks: dict[str, str]

    @property
    def commands(self):
        """The words of each `corridor` command of a shell block, the program left out."""
        if self.language not in SHELL:
            return []
        added = shlex.split(self.marks.get("tested with", ""))
        lines = self.text.replace("\\\n", " ").splitlines()
        calls = [shlex.split(line.strip().removeprefix("$ "), comments=True) for line in lines]
        calls = [call[1:] for call in calls if call and call[0] == "corridor"]
        return [[*call, *added, *(name_of(call) if "--set" in added else ())] for call in calls]


def name_of(call):
    """What names the results of a command as they are named without the changes that make it shorter."""
    if call[0] not in NAMED or {"--set", "--name"} & {*call}:
        return ()
    stems = [Path(word).stem for word in itertools.takewhile(lambda word: word[0] != "-", call[1:])]
    return ("--name", stems[0] if call[0] != "compare" else f"{stems[0]}_vs_{'_'.join(stems[1:])}")


def blocks(path):
    """The fenced blocks of a page, in order."""
    text = path.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        marks = dict(MARK.findall(found[1]))
        yield Block(found[2], found[3], text.count("\n", 0, found.start(2)) + 1, marks)


def by_name(path):
    """The name of a page, as a test shows it."""
    return path.relative_to(CHECKOUT).with_suffix("").as_posix()
