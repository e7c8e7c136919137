"""The compiled twin is that of its sources: seen without a compiler."""

from pathlib import Path

from sim.engine.sandbox import CORE, sources_digest
from sim.engine.terms import header

CHECKOUT = Path(__file__).parents[2]


def test_the_core_is_of_these_sources():
    """After a change in sim/engine/core: `make core`."""
    core = CORE.read_bytes()
    assert core[:4] == b"\0asm"
    assert core.endswith(b"\x07sources" + sources_digest().encode())


def test_the_header_is_of_these_terms():
    assert (CHECKOUT / "sim" / "engine" / "core" / "terms.h").read_text(encoding="utf-8") == header()


def test_the_core_draws_nothing_and_asks_for_nothing():
    """No function from outside: neither a random number nor a logarithm can come in."""
    [imports] = [section for number, section in sections(CORE.read_bytes()) if number == 2] or [b"\0"]
    assert imports[0] == 0


def sections(core):
    """The sections of a module of WebAssembly: number and content."""
    place = 8
    while place < len(core):
        number, length, shift = core[place], 0, 0
        while True:
            place += 1
            length |= (core[place] & 127) << shift
            shift += 7
            if core[place] < 128:
                break
        place += 1
        yield number, core[place : place + length]
        place += length
