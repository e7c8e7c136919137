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
from contextlib import suppress
from pathlib import Path

from core_native import CORE, Library, compile_all, compile_core, packed_worlds, row_dtypes, rows_of

SEED = 22
OPTIMISED = "-O1"
SECONDS_AT_MOST = 20
BYTES_AT_MOST = 12 << 30
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


def ends_well(do):
    """Whether something comes true in a process of its own, within bounds, which what goes on for ever meets."""
    process = os.fork()
    if not process:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_AT_MOST, SECONDS_AT_MOST))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES_AT_MOST, BYTES_AT_MOST))
        with suppress(Exception):
            os._exit(not do())
        os._exit(1)
    return os.waitpid(process, 0)[1] == 0


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
        path, kept = compile_core(self.folder, OPTIMISED), self.folder / "expected"
        self.worlds, self.dtypes = packed_worlds(networks), row_dtypes()
        if not ends_well(lambda: kept.write_text("\n".join(self.digests(path)), encoding="utf-8")):
            sys.exit("the twin does not play all worlds within the bounds: every mutant would be told apart")
        self.expected = kept.read_text(encoding="utf-8").splitlines()
        self.mutants = 0

    def digests(self, path):
        """What a library comes to in each world."""
        core = Library(path)
        return (rows_of(core, *world, self.dtypes) for world in self.worlds)

    def is_the_same(self, path):
        """Whether it comes to what the twin does."""
        pairs = zip(self.digests(path), self.expected, strict=True)
        return all(digest == expected for digest, expected in pairs)

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
        is_noticed = not ends_well(lambda: self.is_the_same(path))
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
