"""Corridor simulator: trains across the Kazakhstan–China border and the Trans-Caspian corridor.

The names a notebook needs: the `scenarios` there are, `load` one or write a `new` one, `check` it, list its `sources`
and its `kpis`, `run` it, `compare` results or keep their `comparison`, find the `best_subset`, `attribute` a change to
its parts over the `arms` between, `sweep` round a scenario, `forecast` over all that is unknown, climb the `ladder` of
its bottlenecks, ask for a `target`, look at the `warmup`; `headline` says what they are, `plots` draws them, `export`
hands them on, `cite` tells what to cite. Whatever they refuse is a `CorridorError`. They are imported when first used,
so that the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.measure.check import check
    from sim.measure.vocabulary import kpi_table as kpis
    from sim.runs.answer import cite
    from sim.runs.run import run
    from sim.scenario.problems import CorridorError
    from sim.scenario.reading.layers import shipped_titles as scenarios
    from sim.scenario.reading.new import new
    from sim.scenario.reading.opening import load
    from sim.study.compare.answer import comparison
    from sim.study.compare.arms import arms
    from sim.study.compare.compare import attribute, best_subset, compare
    from sim.study.folders import load_answer as load_results
    from sim.study.forecast.forecast import forecast
    from sim.study.ladder.ladder import ladder
    from sim.study.sweep.sweep import sweep
    from sim.study.target.target import target
    from sim.study.warmup import warmup
    from sim.views import plots
    from sim.views.exports.export import export
    from sim.views.exports.plain import scenario_sources as sources
    from sim.views.sheets.answer import headline_of as headline

__all__ = [
    "CorridorError",
    "arms",
    "attribute",
    "best_subset",
    "check",
    "cite",
    "compare",
    "comparison",
    "export",
    "forecast",
    "headline",
    "kpis",
    "ladder",
    "load",
    "load_results",
    "new",
    "plots",
    "run",
    "scenarios",
    "sources",
    "sweep",
    "target",
    "warmup",
]

HOMES = {
    "CorridorError": ("sim.scenario.problems", "CorridorError"),
    "arms": ("sim.study.compare.arms", "arms"),
    "attribute": ("sim.study.compare.compare", "attribute"),
    "best_subset": ("sim.study.compare.compare", "best_subset"),
    "check": ("sim.measure.check", "check"),
    "cite": ("sim.runs.answer", "cite"),
    "compare": ("sim.study.compare.compare", "compare"),
    "comparison": ("sim.study.compare.answer", "comparison"),
    "export": ("sim.views.exports.export", "export"),
    "forecast": ("sim.study.forecast.forecast", "forecast"),
    "headline": ("sim.views.sheets.answer", "headline_of"),
    "kpis": ("sim.measure.vocabulary", "kpi_table"),
    "ladder": ("sim.study.ladder.ladder", "ladder"),
    "load": ("sim.scenario.reading.opening", "load"),
    "load_results": ("sim.study.folders", "load_answer"),
    "new": ("sim.scenario.reading.new", "new"),
    "plots": ("sim.views.plots", None),
    "run": ("sim.runs.run", "run"),
    "scenarios": ("sim.scenario.reading.layers", "shipped_titles"),
    "sources": ("sim.views.exports.plain", "scenario_sources"),
    "sweep": ("sim.study.sweep.sweep", "sweep"),
    "target": ("sim.study.target.target", "target"),
    "warmup": ("sim.study.warmup", "warmup"),
}
"""Where each public name lives: a module, and its name there (none: the module itself)."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # takes as long to import as all else here together

        return version("corridor-simulator")
    if name not in HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    module, attribute = HOMES[name]
    home = import_module(module)
    return home if attribute is None else getattr(home, attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
