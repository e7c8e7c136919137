"""Compile the twin: sim/engine/core/*.c to sim/engine/core.wasm, whose last section holds the digest of its sources.

Run by `make core`, in an environment that has ziglang. The header of the terms is written first.
"""

import hashlib
import subprocess
import sys
from pathlib import Path

from sim.engine.terms import header

ENGINE = Path(__file__).parents[1] / "sim" / "engine"
SOURCES = ENGINE / "core"
# Of WebAssembly what engines have had for years; and all files are compiled as one, for stories call across them.
FLAGS = "-target wasm32-freestanding -mcpu=generic+bulk_memory+nontrapping_fptoint+sign_ext -std=c11 -O3 -flto -s"
FLAGS += " -ffp-contract=off -nostdlib -Wl,--no-entry -Wall -Wextra -Werror"


def digest():
    """The SHA-256 of all sources by name, in hexadecimal digits."""
    whole = hashlib.sha256()
    for path in sorted(SOURCES.glob("*.[ch]")):
        content = path.read_bytes()
        whole.update(f"{path.name} {len(content)}\n".encode() + content)
    return whole.hexdigest()


def section(name, content):
    """A section of WebAssembly that engines pass by; name and content together are shorter than 128 bytes."""
    body = bytes([len(name)]) + name + content
    return bytes([0, len(body)]) + body


def main():
    (SOURCES / "terms.h").write_text(header(), encoding="utf-8")
    compiler = [sys.executable, "-m", "ziglang", "cc", *FLAGS.split(), "-Wno-implicit-fallthrough"]
    files = sorted(path.name for path in SOURCES.glob("*.c"))
    subprocess.run([*compiler, "-o", "../core.wasm", *files], check=True, cwd=SOURCES)
    core = ENGINE / "core.wasm"
    core.chmod(0o644)
    core.write_bytes(core.read_bytes() + section(b"sources", digest().encode()))


if __name__ == "__main__":
    main()
