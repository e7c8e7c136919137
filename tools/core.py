"""Compile the twin: sim/engine/core/*.c to sim/engine/core.wasm, whose last section holds the digest of its sources.

Run by `make core`, in an environment that has ziglang. The header of the terms is written first.
"""

import subprocess
import sys

from sim.engine.sandbox import CORE, SOURCES, sources_digest
from sim.engine.terms import header

# Of WebAssembly what engines have had for years; and all files are compiled as one, for stories call across them.
FLAGS = "-target wasm32-freestanding -mcpu=generic+bulk_memory+nontrapping_fptoint+sign_ext -std=c11 -O3 -flto -s"
FLAGS += " -ffp-contract=off -nostdlib -Wl,--no-entry -Wall -Wextra -Werror"


def section(name, content):
    """A section of WebAssembly that engines pass by; name and content together are shorter than 128 bytes."""
    body = bytes([len(name)]) + name + content
    return bytes([0, len(body)]) + body


def main():
    (SOURCES / "terms.h").write_text(header(), encoding="utf-8")
    compiler = [sys.executable, "-m", "ziglang", "cc", *FLAGS.split(), "-Wno-implicit-fallthrough"]
    files = sorted(path.name for path in SOURCES.glob("*.c"))
    subprocess.run([*compiler, "-o", "../core.wasm", *files], check=True, cwd=SOURCES)
    CORE.chmod(0o644)
    CORE.write_bytes(CORE.read_bytes() + section(b"sources", sources_digest().encode()))


if __name__ == "__main__":
    main()
