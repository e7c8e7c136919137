"""The catalogue of KPIs: what runs yield is in it, and what is in it runs yield."""

from collections import Counter
from dataclasses import fields

import pytest
from golden_results import GOLDEN, NAMES

from sim.measure.catalogue import KPIS, PARTS, kpi_name, more_is_better, unit_of
from sim.model.capacities import KINDS, STAGES
from sim.model.ledger import Tables
from sim.runs.replicate import jobs_of, performer
from sim.scenario.reading.opening import load
from sim.views import words

FINITE = (
    "places.steppe.most_trains=40",
    "places.caspian.ports.aktau.yard_teu=4000",
    "places.caspian.ports.alat.yard_teu=4000",
    "flows.back.empties_of={ transit = 0.5 }",
)
"""What no golden scenario has: room on a line and in the yards of ports, and boxes that come back."""
QUEUES = (
    "places.altynkol.shunting={ engines = 2, train_h = 2.0 }",
    "places.altynkol.departure={ locomotives = 4, turn_h = 5.0 }",
    "places.altynkol.abandonment={ after_h = 24, restart_h = 2.0 }",
)
"""Nor a border that states what a border need not."""
MARKET = (
    'markets.boxes={ title = "Boxes", teu_per_year = { 2024 = 60_000 }, most_share = 0.9 }',
    "markets.boxes.price_response_per_1000_usd=1",
    "markets.boxes.value_of_time_usd_per_teu_day=20",
    "markets.boxes.corridor={ price_usd_per_teu = 1_000, expected_days = 8 }",
    "markets.boxes.alternatives.ocean={ price_usd_per_teu = 500, days = 30 }",
    "flows.transit.market=boxes",
)
"""Nor cargo that chooses its way."""


@pytest.fixture(scope="module")
def readings():
    """The golden scenarios, and one with every capacity."""
    golden = [load(GOLDEN / f"{name}.toml") for name in NAMES]
    changed = (("crossing", FINITE), ("border", QUEUES), ("crossing", MARKET))
    return [*golden, *(load(GOLDEN / f"{name}.toml", changes) for name, changes in changed)]


@pytest.fixture(scope="module")
def kpis(readings):
    """The measures of one replication of each."""
    with performer(1) as perform:
        return [perform(jobs_of(reading.scenario, 11, 1))[0].kpis for reading in readings]


def test_every_measure_of_a_run_is_in_the_catalogue(kpis):
    missing = {kpi for table in kpis for kpi in table["kpi"] if kpi_name(kpi) is None}
    assert not missing, f"add to sim/measure/catalogue.csv: {sorted(missing)}"


def test_every_entry_of_the_catalogue_comes_out_of_a_run(kpis, readings):
    """With every word that its name may have at the kinds of place that these scenarios have, and every quantile."""
    seen = {kpi for table in kpis for kpi in table["kpi"]}
    names = {kpi_name(kpi).entry.name for kpi in seen}
    assert [entry.name for entry in KPIS if entry.name not in names] == []
    kinds = {place.kind for reading in readings for place in reading.scenario.places.values()}
    strange = [stage for stage in STAGES if stage.kind in set(KINDS) - kinds]
    elsewhere = {word.name.lower() for stage in strange for word in (*stage.activities, *stage.causes)}
    with_words = {
        entry.name.replace(f"<{kind}>", word)
        for entry in KPIS
        for kind in [entry.kind_of_part]
        for word in set(PARTS.get(kind, ())) - elsewhere
    }
    assert len(kinds) >= 4 and sorted(with_words - seen) == []
    quantiled = Counter(kpi_name(kpi).entry.name for kpi in seen if kpi_name(kpi).quantile)
    assert set(quantiled) == {entry.name for entry in KPIS if entry.quantiles}


def test_entries_use_the_words_they_may():
    kinds = {"all", *KINDS, "wagon_pool"}
    tables = {field.name for field in fields(Tables)} | {"prices"}
    for entry in KPIS:
        assert entry.title and entry.unit and entry.definition and entry.places, entry.name
        assert entry.better in {"more", "less", "neither"}, entry.name
        assert set(entry.places) <= kinds, entry.name
        assert entry.flows in {
            "all",
            "any",
            "passing",
            "declaring",
            "held",
            "returning",
            "single",
            "choosing",
            "drawing",
        }, entry.name
        assert {word for word in entry.table.split(", ") if "`" not in word} <= tables, entry.name
        assert f"<{entry.kind_of_part}>" in entry.title or not entry.kind_of_part, entry.name
    assert len({entry.name for entry in KPIS}) == len(KPIS)


def test_every_name_has_a_title_of_its_own(kpis):
    """Without a title of an activity, a capacity or a cause its bare word would stand in a plot."""
    titles = {kpi: words.measure(kpi) for kpi in {kpi for table in kpis for kpi in table["kpi"]}}
    assert [title for title, number in Counter(titles.values()).items() if number > 1] == []
    assert [title for title in titles.values() if "_" in title or "<" in title] == []
    for kind in ("activity", "capacity", "cause"):
        assert set(PARTS[kind]) <= set(words.TITLES[kind])


def test_units_are_those_of_the_names(kpis):
    for table in kpis:
        for kpi in table["kpi"].unique():
            stem = kpi.removesuffix("_p50").removesuffix("_p90").removesuffix("_p95")
            assert not stem.endswith("_h") or unit_of(kpi) == "h"
            assert not stem.endswith("_mt") or unit_of(kpi) == "Mt"
            assert not stem.endswith("_usd") or unit_of(kpi) == "USD/20 t"


@pytest.mark.parametrize(
    ("kpi", "more"),
    [
        ("throughput_mt", True),
        ("voyages_westbound", True),
        ("clearance_tez_h_p90", False),
        ("wait_h_ban", False),
        ("border_cost_usd", False),
        ("cost_usd", False),
        ("cost_to_usd", False),
        ("utilisation_keying", None),
        ("trains_created", None),
        ("nonsense", None),
    ],
)
def test_which_end_is_better(kpi, more):
    assert more_is_better(kpi) is more


@pytest.mark.parametrize(
    "kpi", ["clearance_h_p10", "throughput_mt_p50", "wait_h_nothing", "border_dwell_running_h", "x"]
)
def test_what_the_catalogue_does_not_have_has_no_unit(kpi):
    with pytest.raises(LookupError, match=f"{kpi} is not in the catalogue"):
        unit_of(kpi)
