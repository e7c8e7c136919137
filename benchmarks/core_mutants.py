"""Small mistakes in the C of the twin, one at a time: how many does a comparison of ledgers notice?

    python benchmarks/core_mutants.py [MUTANTS] [NETWORKS]

Needs gcc, and a system that forks. The twin, which the tests hold to SimPy's bytes, plays packed worlds once; each
mutant plays them in a process of its own, and is told apart by a row that differs, a fault, a crash or by going on for
ever. Survivors that `core_mutants_judged.csv` does not judge equivalent are listed.
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
    """Mutants of which somebody has said that no world tells them apart: file, and the line as it would be."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["after"]) for row in csv.DictReader(file) if row["judgement"] == "equivalent"}


def main(mutants=260, networks=1500):
    folder, equivalent = Path(tempfile.mkdtemp()), judged()
    compile_all(folder, OPTIMISED)
    core = Library(compile_core(folder, OPTIMISED))
    worlds, dtypes = packed_worlds(networks), row_dtypes()
    expected = [rows_of(core, block, closing_h, dtypes) for block, closing_h in worlds]
    every_site = list(sites())
    random.Random(SEED).shuffle(every_site)
    counts = {"told apart": 0, "equivalent": 0, "left": 0}
    for number_drawn, (name, number, line) in enumerate(every_site):
        if sum(counts.values()) == mutants:
            break
        lines = (CORE / name).read_text(encoding="utf-8").splitlines()
        was, lines[number] = lines[number], line
        if compile_core(folder, OPTIMISED, name=name, text="\n".join(lines) + "\n") is None:
            continue
        # A library of a name that was loaded before would not be loaded anew.
        path = (folder / "core.so").rename(folder / f"mutant{number_drawn}.so")
        is_noticed = is_told_apart(path, worlds, dtypes, expected)
        path.unlink()
        verdict = "told apart" if is_noticed else "equivalent" if (name, line.strip()) in equivalent else "left"
        counts[verdict] += 1
        if verdict == "left":
            print(f"survives: {name}:{number + 1}: {was.strip()}  ->  {line.strip()}", flush=True)
    shares = ", ".join(f"{number} {verdict}" for verdict, number in counts.items())
    print(f"{sum(counts.values())} mutants of {len(every_site)} sites: {shares}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
