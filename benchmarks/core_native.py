"""The C of the twin compiled for this machine by gcc, and the packed worlds that it plays there."""

import ctypes
import hashlib
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

CHECKOUT = Path(__file__).parents[1]
CORE = CHECKOUT / "sim" / "engine" / "core"
GCC = ["gcc", "-fPIC", "-ffp-contract=off", "-w", "-I", str(CORE)]


class Library:
    """The twin compiled for this machine."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        arguments = {"reserve": "z", "open_world": "P", "advance": "Pd", "close_world": "P", "tables_of": "P"}
        arguments |= {"write_stopped": "P"}
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
    """Digest of all rows of a packed world, of who stands where all traffic stops, and its fault."""
    from sim.engine.terms import FAULTS

    address = core.call("reserve", len(block))
    core.write(address, block)
    world = core.call("open_world", address)
    whole = hashlib.sha256()
    places = core.call("tables_of", world)
    # In three slices, and all rows are taken after each.
    for until_h in (closing_h - 1440, closing_h - 240, closing_h):
        fault = core.call("advance", world, until_h) or (until_h == closing_h and core.call("close_world", world))
        if fault == FAULTS.index("deadlock"):
            core.call("write_stopped", world)
        for table, dtype in enumerate(dtypes):
            length, _, address = struct.unpack("3q", core.read(places + 24 * table, 24))
            rows = np.frombuffer(core.read(address, length * dtype.itemsize), dtype)
            # Of each column: what lies between them is nobody's.
            for name in dtype.names:
                whole.update(rows[name].tobytes())
            core.write(places + 24 * table, bytes(8))
        if fault:
            break
    return f"{fault} {whole.hexdigest()}"


def compile_all(folder, *flags):
    """Compile every file of the twin."""
    for path in CORE.glob("*.c"):
        subprocess.run([*GCC, *flags, "-c", path, "-o", folder / f"{path.stem}.o"], check=True)


def compile_core(folder, *flags, name="", text=""):
    """The twin of what `compile_all` left, with one file that says something else; None if that is no C."""
    library = folder / "core.so"
    if name:
        (folder / name).write_text(text, encoding="utf-8")
        command = [*GCC, *flags, "-c", folder / name, "-o", folder / "mutant.o"]
        if subprocess.run(command, capture_output=True).returncode:
            return None
    objects = [folder / "mutant.o" if path.name == name else folder / f"{path.stem}.o" for path in CORE.glob("*.c")]
    subprocess.run(["gcc", *flags, "-shared", "-o", library, *objects], check=True, capture_output=True)
    return library


def packed_worlds(networks, names=("altynkol_early", "altynkol_tez", "port_clearance")):
    """Rare worlds, random networks and shipped scenarios: what is packed of each, and the hour of its end."""
    sys.path += [str(CHECKOUT / "tests"), str(CHECKOUT / "tests" / "engine")]
    from hypothesis import HealthCheck, Phase, given, settings
    from networks import all_networks
    from rare import RARE

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

    for world in RARE:
        keep(world())
    draw()
    for name in names:
        keep(load(name).scenario)
    return worlds


def row_dtypes():
    """How the rows of each table lie in memory."""
    from sim.engine.terms import TABLES, row_dtype

    return [row_dtype(table) for table in TABLES]
