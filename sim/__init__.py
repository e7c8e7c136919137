"""Corridor simulator: trains across the Kazakhstan–China border and the Trans-Caspian corridor.

The names a notebook needs: `load` a scenario, `run` it, `compare` two results, climb the `ladder` of what binds, ask
for a `target`, `plots` to draw them. They are imported when first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.study.compare import compare
    from sim.study.experiment import load, run
    from sim.study.ladder import ladder
    from sim.study.results import load as load_results
    from sim.study.target import target
    from sim.views import plots

__all__ = ["compare", "ladder", "load", "load_results", "plots", "run", "target"]

HOMES = {
    "load": ("sim.study.experiment", "load"),
    "run": ("sim.study.experiment", "run"),
    "compare": ("sim.study.compare", "compare"),
    "ladder": ("sim.study.ladder", "ladder"),
    "target": ("sim.study.target", "target"),
    "load_results": ("sim.study.results", "load"),
    "plots": ("sim.views.plots", None),
}
"""Where each public name lives: a module, and its name there (none: the module itself)."""


def __getattr__(name: str) -> Any:
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    module, attribute = HOMES[name]
    home = import_module(module)
    return home if attribute is None else getattr(home, attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
