"""All measures of a run, counted a second time by other code from what the pages of measures and of the ledger say."""

from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from random_networks import networks
from recount import differences, recount

from sim.measure.kpis import measure_run
from sim.model.deadlock import DeadlockError
from sim.model.simulate import simulate
from sim.scenario.meaning import periods
from sim.scenario.reading.opening import load


def agree(run, windows):
    """Every value, and none is missing on either side."""
    kpis = measure_run(run.scenario, run, windows)
    keys = zip(*(kpis[key].astype(str) for key in ("kpi", "place", "flow", "period")), strict=True)
    measured = dict(zip(keys, kpis["value"], strict=True))
    assert differences(measured, recount(run.scenario, run.tables, windows)) == {}
    return measured


@settings(max_examples=25, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(networks(), st.integers(0, 1000))
def test_measures_of_random_networks(described, seed):
    try:
        run = simulate(described, seed, 0)
    except DeadlockError:
        reject()
    agree(run, {"all": (0.0, 288.0), "middle": (71.5, 204.25)})


def test_measures_of_a_shipped_scenario():
    """With the stop at sea of February 2025, and what came by chance."""
    short = ["horizon.start=2025-01-20", "horizon.end=2025-02-20", "horizon.warmup_days=20"]
    run = simulate(load("2025_as_it_was", short).scenario, 2030, 0)
    measured = agree(run, periods(run.scenario))
    assert len(measured) > 5000
