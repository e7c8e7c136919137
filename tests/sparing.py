"""What tests are spared that do not look at it: painting, reading and playing the same again, workers.

Figures are made in every test, but laid out and painted, most of their time, only where a test is marked `painted`;
else their files hold a dot. What a text, or files laid over each other, say is read once a process, but for the tests
of reading (`tests/scenario`). A command that is called in the process of its test and not told how many workers to
take starts none: each would take a second to import what it needs. A replication is played once for all tests of what
is made of runs: of commands, figures and pages. What the first test of a module looks at holds for the fixtures of the
module, too.
"""

import base64
import hashlib
import json
import os
import pickle
from functools import wraps
from pathlib import Path

DOTS = {
    "png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4AAAAAElFTkSuQmCC"
    ),
    "webp": base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA="),
    "svg": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>\n',
}
"""A white dot by format."""

MOST_KEPT = 40
"""Of what is read, so that the memory of a process stays small."""

MOST_BYTES = 8_000_000
"""Of a replication that is kept: one of many years would take longer to write down than it is worth."""

NOT_ABOUT_RUNS = ("app", "cli", "views")
"""Folders of tests that do not ask whether a run is right, or comes out the same again, but for those that paint."""

looked_at = set()
"""What the test under way looks at."""


def look(item):
    """Know what a test looks at."""
    folder = item.path.parent.name
    looked_at.clear()
    looked_at.update({"painting", "runs"} if item.get_closest_marker("painted") else ())
    looked_at.update({"reading"} if folder == "scenario" else ())
    looked_at.update({"runs"} if folder not in NOT_ABOUT_RUNS else ())


def spare(folder):
    """Put what spares in the place of what is spared, in this process; what all of them share lies in a folder."""
    from sim.cli import options
    from sim.runs import replicate
    from sim.scenario.reading import layers, read
    from sim.study.calibrate import record
    from sim.views.plots.settings import Drawing

    Drawing.savefig = dotted(Drawing.savefig)
    layers.toml_data = read_once(layers.toml_data)
    layers.positions = read_once(layers.positions)
    read.layered = read_once(read.layered)
    record.later_inputs = read_once(record.later_inputs, as_read)
    options.usable_processors = lambda: 1
    replicate.one_replication = played_once(replicate.one_replication, folder)


def dotted(painted):
    """What saves a figure as a dot, where painting is not looked at."""

    def saved(figure, file, **options):
        form = options.get("format") or (Path(file).suffix[1:] if isinstance(file, str | os.PathLike) else "png")
        if "painting" in looked_at or form not in DOTS:
            painted(figure, file, **options)
        elif hasattr(file, "write"):
            file.write(DOTS[form])
        else:
            Path(file).write_bytes(DOTS[form])

    return saved


def as_read(reading, *others):
    """What a reading was read from, which is the same for two that were read apart."""
    return json.dumps(reading.resolved, default=str), str(reading.files[0].parent), others


def read_once(function, meaning=lambda *arguments: arguments):
    """What gives again what it gave to the same arguments, where reading is not looked at; refusals are made anew.

    Arguments are the same whose meaning is.
    """
    known = {}

    @wraps(function)
    def giving(*arguments, **options):
        if "reading" in looked_at:
            return function(*arguments, **options)
        key = hashlib.sha256(pickle.dumps((meaning(*arguments), options))).digest()
        if key not in known:
            known[key] = function(*arguments, **options)
        found = known[key] = known.pop(key)
        if len(known) > MOST_KEPT:
            del known[next(iter(known))]
        return found

    return giving


def played_once(play, folder):
    """What gives the replication of the same scenario, seed, number and measures that any process of tests made before.

    Each time anew, as if it were played: whoever has one may change its tables.
    """
    from sim.engine.sandbox import obstacle
    from sim.runs.replicate import Purpose, scenario_text

    @wraps(play)
    def given(scenario, seed, index, purpose=Purpose.RESULTS, measures=None, kpis=None, engine="simpy"):
        if "runs" in looked_at or measures:
            return play(scenario, seed, index, purpose, measures, kpis, engine)
        names = None if kpis is None else sorted(kpis)
        asked = repr((scenario_text(scenario), seed, index, purpose, names, engine, obstacle()))
        path = folder / f"{hashlib.sha256(asked.encode()).hexdigest()}.replication"
        if path.exists():
            return pickle.loads(path.read_bytes())
        replication = play(scenario, seed, index, purpose, measures, kpis, engine)
        content = pickle.dumps(replication)
        if len(content) < MOST_BYTES:
            own = path.with_suffix(f".{os.getpid()}")
            own.write_bytes(content)
            os.replace(own, path)
        return replication

    return given
