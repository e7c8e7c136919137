"""A line of which nobody knows how much it is offered, and an engine that carries by a formula."""

from functools import cache

from chains import STATIONS, chain, chain_tables
from experiments import Formula, row

from sim.scenario.reading.opening import load
from sim.scenario.schema import Scenario
from sim.study.arithmetic.loads import offered_mt


def asking(tmp_path, name="line", more="", target=1.2, low=1.2, high=1.5, ends=(0.5, 1.5)):
    """A line of which nobody knows how much it is offered, and whether its yard has a second track."""
    net_mt = chain_offered_mt()
    text = chain(gauge=2, forming=1, paths=2, yard=2, offered=1.2, target=target * net_mt, end="2026-01-01")
    text += f"""
[unknown.trade]
title = "trade"
group = "volumes"
keys = ["flows.west.trains_per_year"]
scale_low = {ends[0]}
scale_high = {ends[1]}
shape = "uniform"
sources.all = "assumed: anything"
[unknown.tracks]
title = "tracks of the yard"
group = "ports"
keys = ["{STATIONS["yard"]}"]
values = [1, 2]
sources.all = "assumed: either"
[forecast]
worlds = 100
offer = "trade"
offered_mt = {{ low = {low * net_mt}, high = {high * net_mt} }}
{more}
"""
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return load(tmp_path / f"{name}.toml")


@cache
def chain_offered_mt():
    """What the line is offered in 2025 as stated, Mt."""
    tables = chain_tables(gauge=2, forming=1, paths=2, yard=2, offered=1.2, end="2026-01-01")
    return offered_mt(Scenario.model_validate(tables), "line", "2025")


def carrying(gain=0.0):
    """An engine that carries all that is offered, with one track a seventh more than stated at the most."""

    def rows(scenario, index):
        most = (1.15 if 1 in scenario.places["yard"].unloading["box"].tracks.values() else 9.0) * chain_offered_mt()
        mt = min(offered_mt(scenario, "line", "2025"), most) + gain * ("gain" in scenario.title)
        return [row("throughput_mt", mt, flow="line", period="2025", unit="Mt")]

    return Formula(rows)
