"""Small mistakes in the C of the twin, one at a time: how many does a comparison of ledgers notice?

    python benchmarks/core_mutants.py [MUTANTS] [NETWORKS]

Needs gcc, and a system that forks. The twin, which the tests hold to SimPy's bytes, plays packed worlds once; each
mutant plays them in a process of its own, and is told apart by a row that differs, a fault, a crash or by going on for
ever. Survivors that `core_mutants_judged.csv` does not judge equivalent are listed.
"""

import csv
import ctypes
import hashlib
import os
import random
import re
import resource
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).parents[1]
CORE = CHECKOUT / "sim" / "engine" / "core"
SEED = 22
SECONDS_AT_MOST = 20
BYTES_AT_MOST = 8 << 30
JUDGED = Path(__file__).parent / "core_mutants_judged.csv"
GCC = ["gcc", "-O1", "-fPIC", "-ffp-contract=off", "-w", "-I", str(CORE)]
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


class Library:
    """The twin compiled for this machine."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        arguments = {"reserve": "z", "open_world": "P", "advance": "Pd", "close_world": "P", "tables_of": "P"}
        kinds = {"z": ctypes.c_size_t, "P": ctypes.c_void_p, "d": ctypes.c_double, "q": ctypes.c_int64}
        for name, letters in arguments.items():
            function = getattr(self.library, name)
            function.argtypes, function.restype = [kinds[letter] for letter in letters], ctypes.c_int64

    def call(self, name, *arguments):
        return getattr(self.library, name)(*arguments)

    def write(self, address, content):
        ctypes.memmove(address, bytes(content), len(content))

    def read(self, address, size):
        return bytearray(ctypes.string_at(address, size))


def rows_of(core, block, closing_h, dtypes):
    """Digest of all rows of a packed world, and its fault."""
    address = core.call("reserve", len(block))
    core.write(address, block)
    world = core.call("open_world", address)
    whole = hashlib.sha256()
    places = core.call("tables_of", world)
    # In three slices, and all rows are taken after each.
    for until_h in (closing_h - 1440, closing_h - 240, closing_h):
        fault = core.call("advance", world, until_h) or (until_h == closing_h and core.call("close_world", world))
        if fault:
            return str(fault)
        for table, dtype in enumerate(dtypes):
            length, _, address = struct.unpack("3q", core.read(places + 24 * table, 24))
            rows = np.frombuffer(core.read(address, length * dtype.itemsize), dtype)
            # Of each column: what lies between them is nobody's.
            for name in dtype.names:
                whole.update(rows[name].tobytes())
            core.write(places + 24 * table, bytes(8))
    return whole.hexdigest()


def compile_core(folder, name="", text=""):
    """The twin with one file that says something else; None if that is no C."""
    library = folder / "core.so"
    if name:
        (folder / name).write_text(text, encoding="utf-8")
        built = subprocess.run([*GCC, "-c", folder / name, "-o", folder / "mutant.o"], capture_output=True)
        if built.returncode:
            return None
    objects = [folder / "mutant.o" if path.name == name else folder / f"{path.stem}.o" for path in CORE.glob("*.c")]
    subprocess.run(["gcc", "-shared", "-o", library, *objects], check=True, capture_output=True)
    return library


def packed_worlds(networks):
    """Random networks and some shipped scenarios: what is packed of each, and the hour of its end."""
    sys.path += [str(CHECKOUT / "tests"), str(CHECKOUT / "tests" / "engine")]
    from hypothesis import HealthCheck, Phase, given, settings
    from networks import all_networks

    from sim import load
    from sim.engine.words import pack_world
    from sim.model.layout import lay_out
    from sim.model.randomness import Luck
    from sim.model.routes import plan_flows
    from sim.scenario.schema import Scenario

    worlds = []

    def keep(scenario):
        layout = lay_out(scenario, Luck(7, 0))
        block = bytearray().join(pack_world(layout, plan_flows(scenario, layout)))
        # Every other world sums as Python 3.12 does: the last number of the first record.
        struct.pack_into("q", block, struct.unpack_from("q", block)[0] + 16, len(worlds) % 2)
        worlds.append((bytes(block), layout.world.closing_h))

    @settings(
        max_examples=networks,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(all_networks())
    def draw(tables):
        keep(Scenario.model_validate(tables))

    draw()
    for name in ("altynkol_early", "altynkol_tez", "port_clearance"):
        keep(load(name).scenario)
    return worlds


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
    from sim.engine.terms import TABLES, row_dtype

    folder, equivalent = Path(tempfile.mkdtemp()), judged()
    for path in CORE.glob("*.c"):
        subprocess.run([*GCC, "-c", path, "-o", folder / f"{path.stem}.o"], check=True)
    core = Library(compile_core(folder))
    worlds, dtypes = packed_worlds(networks), [row_dtype(table) for table in TABLES]
    expected = [rows_of(core, block, closing_h, dtypes) for block, closing_h in worlds]
    every_site = list(sites())
    random.Random(SEED).shuffle(every_site)
    counts = {"told apart": 0, "equivalent": 0, "left": 0}
    for number_drawn, (name, number, line) in enumerate(every_site):
        if sum(counts.values()) == mutants:
            break
        lines = (CORE / name).read_text(encoding="utf-8").splitlines()
        was, lines[number] = lines[number], line
        if compile_core(folder, name, "\n".join(lines) + "\n") is None:
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
