"""Pages as a reader follows them: their fenced blocks in order, each with the marks that stand before it.

A mark is an HTML comment on the line before a fence:

`<!-- tested with: OPTIONS -->`  the commands of the block are run with these options added, to be shorter
`<!-- not run: why -->`          the block is only checked: commands for their options, Python for its syntax
`<!-- exit: N -->`               the commands end with status N instead of 0
`<!-- file: NAME -->`            a reader saves the block under this name
`<!-- over: NAME -->`            the TOML is a part, which goes over the shipped scenario of that name
`<!-- corridor WORDS tested with: OPTIONS -->`, `<!-- corridor WORDS not run: why -->`
                                 the same of the commands of the block that begin with these words; the longest counts

A sentence with a number or a direction is followed by a claim, which is held against what the page's commands gave, or
against a table of the page itself. It is a comparison in Python, with terms in braces:

`<!-- holds: {FILE.csv KPI[:PLACE[:FLOW[:PERIOD]]] COLUMN} < 0 -->`  a number of a result; of a ladder by its key path
`<!-- holds: {ROW | HEAD} > 9 -->`   a number of a table of the page; with `| low` or `| high` an end of its interval
`<!-- holds: {PAGE.md: ROW | HEAD} > 9 -->`   the same of a table of another page of docs/
`<!-- holds after COMMAND: ... -->`  the same, once a command was run
"""

import csv
import itertools
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
DOCS = CHECKOUT / "docs"
README = CHECKOUT / "README.md"
PAGES = [README, *sorted(DOCS.rglob("*.md"))]

FENCE = re.compile(r"((?:<!-- [^\n]* -->\n)*)```([\w{}-]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"<!-- (tested with|not run|exit|file|over): (.*?) -->")
MARK_OF_COMMAND = re.compile(r"<!-- corridor ([^\n]*?) (tested with|not run): (.*?) -->")
NAMED = {"run", "compare", "sweep", "forecast", "ladder", "target", "warmup"}
"""Commands whose results are named after the scenario, and after its changes."""
SHELL = {"sh", "console"}


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it begins on, its marks."""

    language: str
    text: str
    line: int
    marks: dict[str, str]
    marks_of_commands: dict[tuple[str, ...], tuple[str, str]]

    @property
    def calls(self):
        """The words of each `corridor` command of a shell block as a reader types them, the program left out."""
        if self.language not in SHELL:
            return []
        lines = self.text.replace("\\\n", " ").splitlines()
        calls = [shlex.split(line.strip().removeprefix("$ "), comments=True) for line in lines]
        return [call[1:] for call in calls if call and call[0] == "corridor"]

    @property
    def commands(self):
        """The commands with the options that make them shorter."""
        return [self.shortened(call) for call in self.calls]

    @property
    def commands_to_run(self):
        """Those of the commands that a test runs."""
        return [self.shortened(call) for call in self.calls if self.mark_of(call)[0] != "not run"]

    def mark_of(self, call):
        """The mark of a command: that of its longest beginning, or that of the block."""
        beginnings = [words for words in self.marks_of_commands if tuple(call[: len(words)]) == words]
        block_mark = ("tested with", self.marks.get("tested with", ""))
        return self.marks_of_commands[max(beginnings, key=len)] if beginnings else block_mark

    def shortened(self, call):
        """A command with the options of its mark."""
        kind, text = self.mark_of(call)
        added = shlex.split(text) if kind == "tested with" else []
        return [*call, *added, *(name_of(call) if "--set" in added else ())]


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
        of_commands = {tuple(words.split()): (kind, value) for words, kind, value in MARK_OF_COMMAND.findall(found[1])}
        yield Block(found[2], found[3], text.count("\n", 0, found.start(2)) + 1, marks, of_commands)


def by_name(path):
    """The name of a page, as a test shows it."""
    return path.relative_to(CHECKOUT).with_suffix("").as_posix()


CLAIM = re.compile(r"<!-- holds(?: after (corridor [^:]*?))?:\s(.*?) -->", re.DOTALL)
TERM = re.compile(r"\{([^{}]*)\}")
NUMBER = re.compile(r"[−-]?\d[\d,]*\.?\d*")
FUNCTIONS = {"abs": abs, "round": round, "min": min, "max": max}


@dataclass(frozen=True)
class Claim:
    """What a page says of numbers: the comparison, the line it stands on, the command to run before, if any."""

    text: str
    line: int
    command: tuple[str, ...]

    @property
    def of_results(self):
        """Whether it speaks of files that commands write."""
        return any(".csv " in term for term in TERM.findall(self.text))

    def holds(self, page, folder):
        """Whether the numbers of the page, or of the results in a folder, bear it out."""
        return eval(TERM.sub(lambda term: repr(number_of(term[1], page, folder)), self.text), FUNCTIONS)


def claims(path):
    """The claims of a page, in order."""
    text = path.read_text(encoding="utf-8")
    for match in CLAIM.finditer(text):
        command = tuple(shlex.split(match[1] or "")[1:])
        yield Claim(" ".join(match[2].split()), text.count("\n", 0, match.start()) + 1, command)


def number_of(term, page, folder):
    """The number that a term of a claim stands for; there is exactly one."""
    if ".csv " in term:
        file, address, column = term.split()
        key = [*address.split(":"), "all", "all", "all"][:4]
        with (folder / file).open(encoding="utf-8") as rows:
            [row] = [
                row
                for row in csv.DictReader(rows)
                if (row["key"] == address if "key" in row else [row[name] for name in KEY] == key)
            ]
        return float(row[column])
    if elsewhere := re.match(r"(\w+\.md): ", term):
        page, term = DOCS / elsewhere[1], term[elsewhere.end() :]
    label, head, *end = (part.strip() for part in term.split("|"))
    [cell] = [row[head] for row in table_rows(page) if head in row and next(iter(row.values())) == label]
    numbers = [float(text.replace(",", "").replace("−", "-")) for text in NUMBER.findall(cell)]
    return numbers[{"low": 1, "high": 2}[end[0]] if end else 0]


KEY = ("kpi", "place", "flow", "period")


def table_rows(page):
    """The rows of the tables of a page, each by the heads of its columns."""
    heads = []
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells
        elif not set(line) <= set("|-: "):
            yield dict(zip(heads, cells, strict=True))
