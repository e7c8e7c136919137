"""Corridor simulator: trains across the Kazakhstan–China border and the Trans-Caspian corridor.

The names a notebook needs: `load` a scenario, `run` it, `compare` results, find the `best_subset` of them, `attribute`
a change to its parts over the `arms` between, look at the `warmup`, and `plots` to draw them. They are imported when
first used, so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.study.arms import arms
    from sim.study.attribute import attribute
    from sim.study.best import best_subset
    from sim.study.compare import compare
    from sim.study.experiment import load, run
    from sim.study.results import load as load_results
    from sim.study.warmup import warmup
    from sim.views import plots

__all__ = ["arms", "attribute", "best_subset", "compare", "load", "load_results", "plots", "run", "warmup"]

HOMES = {
    "load": ("sim.study.experiment", "load"),
    "run": ("sim.study.experiment", "run"),
    "arms": ("sim.study.arms", "arms"),
    "attribute": ("sim.study.attribute", "attribute"),
    "best_subset": ("sim.study.best", "best_subset"),
    "warmup": ("sim.study.warmup", "warmup"),
    "compare": ("sim.study.compare", "compare"),
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
