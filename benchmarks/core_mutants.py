"""Small mistakes in the C of the twin, one at a time: how many does a comparison of ledgers notice?

    python benchmarks/core_mutants.py [MUTANTS] [NETWORKS]

Needs gcc, and a system that forks. The twin, which the tests hold to SimPy's bytes, plays packed worlds once; each
mutant plays them in a process of its own, and is told apart by a row that differs, a fault, a crash or by going on for
ever. Survivors that `core_mutants_judged.csv` does not judge equivalent are listed. With 0 mutants those judged are
played again, and listed if they are told apart after all.
"""

import csv
import os
import random
import re
import resource
import sys
import tempfile
from pathlib import Path

from core_native import CORE, Library, compile_all, compile_core, packed_worlds, row_dtypes, rows_of

SEED = 22
OPTIMISED = "-O1"
SECONDS_AT_MOST = 20
BYTES_AT_MOST = 8 << 30
JUDGED = Path(__file__).parent / "core_mutants_judged.csv"
SWAPS = [
    *((r"<=", "<"), (r"(?<![-<>=])>=", ">"), (r"(?<![<-])<(?![<=])", "<="), (r"(?<![->])>(?![>=])", ">=")),
    *((r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"), (r" \+ ", " - "), (r" - ", " + ")),
    *((r"\+\+", "--"), (r"--", "++"), (r"\+=", "-="), (r"-=", "+="), (r"!(?=[a-z(*])", ""), (r"\bNORMAL\b", "URGENT")),
    *((r"\b0\b(?![.x])", "1"), (r"\b1\b(?!\.)", "0"), (r"AFTER_TRAINS", "NORMAL"), (r"t->rank", "NORMAL")),
]
STATEMENT = re.compile(r"^ +(?!return|break|continue|PAUSE|TOLD|TELL|f64|i64|int|const|Room|Side|case)[^{}]*;$")


def sites():
    """Every small mistake: file, line number, the line as it would be."""
    for path in sorted({*CORE.glob("*.c")} - {CORE / "memory.c"}):
        is_comment = False
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            is_comment = is_comment or line.lstrip().startswith("/*")
            if not is_comment and not line.startswith(("#", "enum", "typedef")):
                for pattern, other in SWAPS:
                    for match in re.finditer(pattern, line):
                        yield path.name, number, line[: match.start()] + other + line[match.end() :]
                if STATEMENT.match(line):
                    yield path.name, number, ";"
            is_comment = is_comment and "*/" not in line


def is_told_apart(path, worlds, dtypes, expected):
    """Play all worlds with a mutant, in a process of its own."""
    process = os.fork()
    if not process:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_AT_MOST, SECONDS_AT_MOST))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES_AT_MOST, BYTES_AT_MOST))
        core = Library(path)
        pairs = zip(worlds, expected, strict=True)
        os._exit(any(rows_of(core, *world, dtypes) != digest for world, digest in pairs))
    return os.waitpid(process, 0)[1] != 0


def judged():
    """Mutants of which somebody has said that no world tells them apart: file, the line as it is and as it would be."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["judgement"] == "equivalent"]
    return {(row["file"], row["before"], row["after"]) for row in rows}


class Judge:
    """Plays the worlds with one mutant after the other."""

    def __init__(self, networks):
        self.folder = Path(tempfile.mkdtemp())
        compile_all(self.folder, OPTIMISED)
        core = Library(compile_core(self.folder, OPTIMISED))
        self.worlds, self.dtypes = packed_worlds(networks), row_dtypes()
        self.expected = [rows_of(core, block, closing_h, self.dtypes) for block, closing_h in self.worlds]
        self.mutants = 0

    def tells_apart(self, name, number, line):
        """Whether a world shows that a line says something else, and what it said; None if that is no C."""
        lines = (CORE / name).read_text(encoding="utf-8").splitlines()
        lines[number] = line
        text = "\n".join(lines) + "\n"
        if compile_core(self.folder, OPTIMISED, name=name, text=text) is None:
            return None
        self.mutants += 1
        # A library of a name that was loaded before would not be loaded anew.
        path = (self.folder / "core.so").rename(self.folder / f"mutant{self.mutants}.so")
        is_noticed = is_told_apart(path, self.worlds, self.dtypes, self.expected)
        path.unlink()
        return is_noticed


def main(mutants=260, networks=1500):
    judge, equivalent, every_site = Judge(networks), judged(), list(sites())
    was = {path.name: path.read_text(encoding="utf-8").splitlines() for path in CORE.glob("*.c")}

    def mutant(name, number, line):
        return name, was[name][number].strip(), line.strip()

    if not mutants:
        every_site = [site for site in every_site if mutant(*site) in equivalent]
    random.Random(SEED).shuffle(every_site)
    told, counts = {}, {"told apart": 0, "equivalent": 0, "left": 0}
    for site in every_site:
        if mutants and sum(counts.values()) == mutants:
            break
        is_noticed = judge.tells_apart(*site)
        if is_noticed is None:
            continue
        # A line may stand at several places: what was said is of one of them.
        name, before, after = key = mutant(*site)
        told[key] = told.get(key, True) and is_noticed
        verdict = "told apart" if is_noticed else "equivalent" if key in equivalent else "left"
        counts[verdict] += 1
        if verdict == "left":
            print(f"survives: {name}:{site[1] + 1}: {before}  ->  {after}", flush=True)
    shares = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    print(f"{sum(counts.values())} mutants of {len(every_site)} sites: {shares}")
    if not mutants:
        misjudged = [key for key in equivalent if told.get(key, True)]
        print(*(f"told apart after all: {name}: {before}  ->  {after}" for name, before, after in misjudged), sep="\n")
        print(f"of {len(equivalent)} judged equivalent {len(misjudged)} are told apart")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
