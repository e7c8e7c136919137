"""Measures of one's own: a function of the tables of each replication, with an interval as any measure has."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

import sim
from sim.runs.durable import open_study
from sim.runs.notebook_line import with_line

MONTH = {"horizon.end": "2024-02-01", "horizon.warmup_days": 10}


def less_night_trains(tables):
    """Below zero, so that an interval cut at zero shows."""
    return -(tables.trains["offered"].dt.hour < 6).mean()


def last_train_h(tables):
    return tables.trains["offered_h"].iloc[-1] if len(tables.trains) % 2 else None


OWN = {"less_night_trains": less_night_trains, "last_train_h": last_train_h}


@pytest.fixture(scope="module")
def tez():
    return sim.load("altynkol_tez").set(MONTH)


@pytest.fixture(scope="module")
def results(tez):
    return sim.run(tez, replications=4, measures=OWN)


def test_each_replication_is_measured_and_the_interval_is_not_cut_at_zero(tez, results):
    values = [results.kpi("less_night_trains").values[index] for index in range(4)]
    assert values[0] == less_night_trains(SimpleNamespace(trains=results.ledger("trains")))
    assert len({*values}) == 4
    estimate = results.kpi("less_night_trains")
    assert estimate.mean == pytest.approx(np.mean(values))
    assert estimate.low < estimate.mean < estimate.high
    row = results.kpis_at("less_night_trains").iloc[0]
    assert (row["mean"], row["ci_low"], row["replications"]) == pytest.approx((estimate.mean, estimate.low, 4))
    others = results.kpis[~results.kpis["kpi"].isin(OWN)].reset_index(drop=True)
    assert others.equals(sim.run(tez, replications=4).kpis)


def test_they_are_the_same_from_processes_and_from_a_folder_and_stand_in_comparisons(tez, results, tmp_path):
    results.save(tmp_path / "kept")
    again = sim.load_results(tmp_path / "kept")
    assert again.kpis.equals(results.kpis)
    paper = sim.run(sim.load("altynkol_paper").set(MONTH), replications=4, workers=2, measures=OWN)
    row = sim.compare(paper, again).set_index("kpi").loc["less_night_trains"]
    change = results.kpi("less_night_trains") - paper.kpi("less_night_trains")
    assert (row["difference"], row["ci_low"]) == pytest.approx((change.mean, change.low))
    assert len(sim.best_subset([paper, again], "less_night_trains", most=True)) == 2


def test_a_sweep_measures_them_at_each_point(tez, tmp_path):
    own = {"less_night_trains": less_night_trains}
    swept = sim.sweep(tez, {"wagon_pools.platforms.sets": [70, 90]}, measures=own, replications=2)
    swept.save(tmp_path / "swept")
    tidy = sim.load_results(tmp_path / "swept").tidy
    assert len(tidy[tidy["kpi"] == "less_night_trains"]) == 4
    assert sim.plots.response(swept, "less_night_trains:all:all:all", "")


@pytest.mark.parametrize(
    ("measures", "options", "words"),
    [
        ({"border_dwell_h": less_night_trains}, {}, "'border_dwell_h' is the name of a KPI"),
        ({"night trains": less_night_trains}, {}, "'night trains' is no name"),
        ({"nights": 3}, {}, r"nights must be a function \(got 3\)"),
        ({"nights": lambda tables: tables.trains}, {}, "replication 0: .*one finite number .got a DataFrame"),
        ({"nights": lambda tables: tables.train}, {}, "nights failed: AttributeError: .*'train'"),
        ({"nights": lambda tables: 1}, {"workers": 2}, "nights cannot be handed to worker processes.*workers=1"),
    ],
)
def test_what_is_no_measure_is_refused(tez, measures, options, words):
    with pytest.raises(sim.CorridorError, match=words):
        sim.run(tez, replications=2, measures=measures, **options)


def test_a_study_keeps_none(tez, tmp_path):
    with open_study(tmp_path) as store, pytest.raises(sim.CorridorError, match="keeps no measures of your own"):
        sim.run(tez, replications=1, store=store, measures=OWN)


def test_a_notebook_shows_how_many_replications_are_done_and_nothing_else_does(monkeypatch):
    lines = []
    handle = SimpleNamespace(update=lambda data, raw: lines.append(data["text/plain"]))
    display = ModuleType("IPython.display")
    display.display = lambda data, raw, display_id: lines.append(data["text/plain"]) or handle
    kernel = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=True))
    monkeypatch.setattr("sim.runs.notebook_line.SOON_S", 0.0)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: None))
    assert with_line(None, 3, True) is None
    monkeypatch.setitem(sys.modules, "IPython", kernel)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    assert with_line(None, 3, False) is None
    finished = []
    for total in (3, None):
        count = with_line(finished.append, total, True)
        for index in range(3):
            count(index)
    assert finished == [0, 1, 2, 0, 1, 2]
    assert [line.partition(",")[0] for line in lines[:3]] == ["1 of 3 replications", "2 of 3 replications", ""]
    assert lines[3:] == ["1 replication", "2 replications", "3 replications"]


@pytest.mark.parametrize("study", [sim.ladder, sim.target, sim.warmup, sim.forecast])
def test_every_long_study_takes_the_word_whether_to_show_them(study):
    with pytest.raises(sim.CorridorError, match="progress must be True or False"):
        study("altynkol_tez", progress="no")
