"""What runs can yield is known before: nothing else comes out of one, and nothing else can be asked for."""

import pytest
from golden_results import GOLDEN, NAMES

from sim.measure.catalogue import kpi_name
from sim.measure.vocabulary import check_stated, flows_at, impossible, known_address, kpis_of, places_of
from sim.runs.replicate import jobs_of, performer
from sim.scenario.addresses import Address, AddressError
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.reading.read import shipped


def observed(scenario):
    """The addresses of one replication, whatever the period."""
    with performer(1) as perform:
        [replication] = perform(jobs_of(scenario, 11, 1))
    return set(map(tuple, replication.kpis[["kpi", "place", "flow"]].drop_duplicates().itertuples(index=False)))


def possible(scenario):
    """The addresses that runs of a scenario can yield, whatever the period."""
    return {
        (kpi, place, flow)
        for kpi in kpis_of(scenario)
        for place in places_of(scenario, kpi_name(kpi))
        for flow in flows_at(scenario, kpi_name(kpi).entry, place)
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_run_yields_nothing_that_was_not_known_before(name):
    """And nearly all of it; but nobody is cleared on paper where all use Tez."""
    scenario = load(GOLDEN / f"{name}.toml").scenario
    come, may_come = observed(scenario), possible(scenario)
    assert come - may_come == set()
    missing = {kpi for kpi, *_ in may_come - come}
    assert all(kpi.startswith("clearance_paper_h") for kpi in missing), missing


def test_neither_does_a_month_of_the_whole_corridor():
    scenario = load("2025_as_it_was", ["horizon.end=2025-02-01", "horizon.warmup_days=10"]).scenario
    assert observed(scenario) - possible(scenario) == set()


@pytest.mark.parametrize(
    ("text", "changes", "says"),
    [
        (
            "clearance_paper_h:altynkol",
            ("flows.transit.regime=tez",),
            "has nothing to count: 'paper' clears no train there",
        ),
        ("clearance_tez_h_p90", ("flows.transit.regime=paper",), "'tez' clears no train there"),
        ("clearance_tez_h", ('flows.transit.regime={ 2024-01-01 = "paper", 2026-01-01 = "tez" }',), "'tez' clears no"),
        ("clearance_paper_h", ("places.altynkol.regime=paper",), ""),
        ("clearance_paper_h", ("flows.transit.adoption_share=0.5", "flows.transit.otherwise=paper"), ""),
        ("declarations_paper", (), ""),
        ("transit_days:all:transit", ("flows.transit.teu_per_year={ 2025 = 0 }",), "no train of 'transit' travels"),
        ("throughput_mt:all:transit", ("flows.transit.teu_per_year={ 2025 = 0 }",), ""),
    ],
)
def test_what_no_run_would_observe_is_refused_before_it(text, changes, says):
    crossing = load(GOLDEN / "crossing.toml", changes)
    if not says:
        assert known_address(text, crossing.scenario)
        return
    with pytest.raises(AddressError, match=says):
        known_address(text, crossing.scenario)
    words = text.split(":")
    assert not [row for row in observed(crossing.scenario) if [*row][: len(words)] == words]
    with pytest.raises(ScenarioError, match=says):
        check_stated(load(GOLDEN / "crossing.toml", [*changes, f'forecast.conclusions=["{text} < 3"]']))


@pytest.mark.parametrize("path", sorted(shipped().glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_scenarios_ask_for_what_runs_can_yield(path, shipped_reading):
    check_stated(shipped_reading(path.stem))


@pytest.fixture(scope="module")
def crossing():
    return load(GOLDEN / "crossing.toml")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nonsense", "'nonsense': there is no KPI 'nonsense'"),
        ("border_dwel_h:altynkol", "did you mean 'border_dwell_h'"),
        ("clearance_tezz_h:altynkol", "did you mean 'clearance_tez_h'"),
        ("clearance_h:caspian", "clearance_h is counted at altynkol, all, not at 'caspian'"),
        ("utilisation_berthing:altynkol", "utilisation_berthing is counted at caspian, not at 'altynkol'"),
        ("queue_trains:altynkol:transit", "is counted of all, not of 'transit'"),
        ("cost_usd", r"'cost_usd' is counted of scenarios with \[prices\] only"),
        ("wait_h_cranes:caspian", "wait_h_cranes is counted at altynkol, not at 'caspian'"),
        ("throughput_mt:altynkol", "throughput_mt is counted at all"),
        ("throughput_mt:all:transit:1999", "'1999' is no period of the scenario"),
        ("throughput_mt in 1999", "'1999' is no period of the scenario"),
        ("throughput_mt:all:all:2025 in 2025", "must be written KPI"),
        ("throughput_mt:", "must be written KPI"),
    ],
)
def test_what_no_run_can_yield_is_refused(crossing, text, says):
    with pytest.raises(AddressError, match=says):
        known_address(text, crossing.scenario)


def test_one_syntax_and_its_elder_form_mean_the_same(crossing):
    wanted = Address("clearance_h_p90", "altynkol", "all", "2025")
    for text in ("clearance_h_p90:altynkol:all:2025", "clearance_h_p90:altynkol in 2025"):
        assert known_address(text, crossing.scenario) == wanted
    assert str(wanted) == "clearance_h_p90:altynkol:all:2025"


def test_the_words_of_a_file_are_refused_with_their_lines(tmp_path):
    text = (GOLDEN / "crossing.toml").read_text(encoding="utf-8")
    text = text.replace('kpi = "border_dwell_h"', 'kpi = "border_dwel_h"')
    text += '\n[sweep]\nmeasures = ["throughput_mt:all:middle", "cost_usd"]\n[sweep.factors]\n'
    text += '"places.altynkol.receiving_tracks" = { low = 4, high = 9 }\n'
    text += '[forecast]\nconclusions = ["clearance_h:caspian > 1"]\n'
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        check_stated(load(tmp_path / "wrong.toml"))
    published, measure, conclusion = refused.value.problems
    assert published.key == "published.dwell_2025.kpi"
    assert "did you mean 'border_dwell_h'" in published.message
    assert (measure.key, conclusion.key) == ("sweep.measures[1]", "forecast.conclusions[0]")
    lines = text.splitlines()
    assert "border_dwel_h" in lines[published.line - 1]
    assert "cost_usd" in lines[measure.line - 1]
    assert "clearance_h:caspian" in lines[conclusion.line - 1]


def test_an_address_that_a_run_can_yield_is_not_refused(crossing):
    for address in possible(crossing.scenario):
        assert impossible(Address(*address), crossing.scenario) == ""
