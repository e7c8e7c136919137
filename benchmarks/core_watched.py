"""The C of the twin, watched while it plays: lines that random networks come to, and what sanitizers say.

    python benchmarks/core_watched.py [NETWORKS]

Needs gcc. Of the lines gcov tells how many the networks alone come to. The address and the undefined-behaviour
sanitizer watch all shipped scenarios and the networks, and stop at the first fault; the rows must be those of the twin
that nobody watches. Then one fault of each kind is planted in the C, which they must find.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

from core_native import CORE, Library, compile_all, compile_core, packed_worlds, row_dtypes, rows_of

LINES_AT_LEAST = 0.95
COUNTED = ("-O0", "--coverage")
SANITIZED = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer")
PLANTED = {
    "heap-buffer-overflow": (
        "simulate.c",
        "reserve((size_t)d->terms->places_at_most * sizeof(f64));",
        "reserve((size_t)(d->terms->places_at_most - 1) * sizeof(f64));",
    ),
    "heap-use-after-free": (
        "queue.c",
        "        q->heap = grown(",
        "        Waiter *before = q->heap;\n        if (before) grown(before, 0, 1); else q->heap = grown(",
    ),
    "shift exponent": ("journey.c", "((priority + 2) << 32)", "((priority + 2) << (64 + priority - priority))"),
    "signed integer overflow": ("clock.c", "w->orders++", "w->orders += (i64)1 << 62"),
}
"""What a sanitizer calls a fault, and where it is planted: file, what stands there, what is put there instead."""


def play(folder):
    """Play the worlds of a folder with its twin, in this process, and leave their digests."""
    core, dtypes = Library(folder / "core.so"), row_dtypes()
    worlds = pickle.loads((folder / "worlds.pickle").read_bytes())
    digests = [rows_of(core, block, closing_h, dtypes) for block, closing_h in worlds]
    (folder / "digests.json").write_text(json.dumps(digests), encoding="utf-8")


def played(folder, worlds, **environment):
    """Digests of all worlds, played in a process of its own; what it said if it did not come to the end."""
    (folder / "worlds.pickle").write_bytes(pickle.dumps(worlds))
    command = [sys.executable, __file__, "play", folder]
    ended = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)
    return ended.stderr if ended.returncode else json.loads((folder / "digests.json").read_text(encoding="utf-8"))


def fresh(*flags):
    """A folder with every file of the twin compiled."""
    folder = Path(tempfile.mkdtemp())
    compile_all(folder, *flags)
    return folder


def library_of(name):
    """Where gcc keeps a library of its own."""
    command = ["gcc", f"-print-file-name={name}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def lines_met(worlds):
    """Of each line of C that does something, whether the worlds came to it."""
    folder = fresh(*COUNTED)
    compile_core(folder, *COUNTED)
    played(folder, worlds)
    lines = {}
    # That of memory is of this machine, and no part of the twin.
    for path in sorted({*CORE.glob("*.c")} - {CORE / "memory.c"}):
        command = ["gcov", "--json-format", "--stdout", "-o", folder / f"{path.stem}.gcda", path]
        told = json.loads(subprocess.run(command, capture_output=True, check=True, cwd=folder).stdout)
        for line in (line for file in told["files"] if Path(file["file"]).name == path.name for line in file["lines"]):
            place = path.name, line["line_number"]
            lines[place] = lines.get(place, False) or line["count"] > 0
    return lines


def watched(worlds, name="", text=""):
    """What became of all worlds under the sanitizers: their digests, or what was said of a fault."""
    folder = fresh(*SANITIZED)
    compile_core(folder, *SANITIZED, name=name, text=text)
    # Not linked to Python, so they must be there before it.
    libraries = " ".join(map(library_of, ("libasan.so", "libubsan.so")))
    return played(folder, worlds, ASAN_OPTIONS="detect_leaks=0", LD_PRELOAD=libraries)


def main(networks=300):
    from sim.scenario.reading.layers import shipped_names

    shipped = shipped_names()
    worlds = packed_worlds(networks, shipped)
    lines = lines_met(worlds[: -len(shipped)])
    share = sum(lines.values()) / len(lines)
    print(f"{networks} networks come to {sum(lines.values())} of {len(lines)} lines of C: {100 * share:.1f} %")
    print(*(f"not met: {name}:{number}" for (name, number), is_met in lines.items() if not is_met), sep="\n")

    folder = fresh("-O1")
    compile_core(folder, "-O1")
    expected, told = played(folder, worlds), watched(worlds)
    is_clean = told == expected
    print(f"sanitizers, {networks} networks and {len(shipped)} shipped scenarios: {'silent' if is_clean else told}")
    found = 0
    for kind, (name, before, after) in PLANTED.items():
        text = (CORE / name).read_text(encoding="utf-8")
        assert before in text, (name, before)
        is_found = kind in watched(worlds, name, text.replace(before, after))
        found += is_found
        print(f"planted: {kind}: {'found' if is_found else 'NOT FOUND'}")
    return 0 if share >= LINES_AT_LEAST and is_clean and found == len(PLANTED) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["play"]:
        play(Path(sys.argv[2]))
    else:
        sys.exit(main(*map(int, sys.argv[1:])))
