"""The shipped scenarios, the README, the notebook: what a newcomer opens first."""

import csv
import datetime as dt
import json
import re
import runpy
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from sim.measure.own_figures import with_figures
from sim.scenario.choices import inputs_of
from sim.scenario.derivations import states
from sim.scenario.facts import facts
from sim.scenario.meaning import covered_figures
from sim.scenario.reading.ranges import check_ends, uncovered
from sim.scenario.reading.read import read, schema_json
from sim.scenario.sources import citation_problems, count_by_standing, figures_of
from sim.scenario.uses import used_twice
from sim.study.field import indicators

CHECKOUT = Path(__file__).parents[1]
SCENARIOS = sorted((CHECKOUT / "scenarios").glob("*.toml"))
reading_of = cache(read)
LEDGER = facts(CHECKOUT / "scenarios" / "sources.csv")
inputs_in = cache(lambda path: inputs_of(reading_of(path).resolved, LEDGER))
"""What a shipped scenario states, with what stands behind it."""


def by_name(path):
    return path.stem


@pytest.mark.parametrize("path", SCENARIOS, ids=by_name)
def test_every_number_and_choice_names_its_fact_or_says_assumed(path):
    reading = reading_of(path)
    listed = inputs_in(path)
    assert len(listed) >= 30
    assert [each.key for each in listed if each.standing == "unsourced"] == []
    assert citation_problems(listed, LEDGER, reading.spots) == [], "a derived number is worked out again with its units"


STANDINGS = {
    "2022_as_it_was": (23, 18, 456),
    "2023_as_it_was": (31, 18, 456),
    "2025_as_it_was": (34, 21, 461),
    "2030_market": (45, 22, 676),
    "2030_market_paper": (39, 22, 682),
    "2030_no_investment": (44, 23, 576),
    "2030_paper": (38, 23, 575),
    "2030_target": (44, 23, 569),
    "altynkol_early": (1, 4, 39),
    "altynkol_paper": (1, 4, 33),
    "altynkol_sweep": (1, 4, 40),
    "altynkol_tez": (1, 4, 40),
    "backcast_2023": (23, 18, 457),
    "backcast_2023_wide": (23, 18, 457),
    "backcast_2024": (23, 18, 457),
    "backcast_2024_wide": (23, 18, 457),
    "base": (31, 21, 447),
    "cku_opens": (44, 25, 599),
    "corridor_2024": (31, 21, 454),
    "dostyk_2021": (24, 18, 488),
    "empties_return": (44, 23, 569),
    "low_water": (44, 23, 569),
    "north_closes": (45, 22, 679),
    "port_clearance": (34, 21, 465),
    "red_sea_again": (45, 22, 679),
    "storm_winter": (44, 23, 569),
    "subsidy_ends": (45, 22, 679),
    "tez_outage": (44, 23, 569),
}
"""Inputs of each scenario that are facts, derived from facts, and assumed: whoever moves them says why."""


@pytest.mark.parametrize("path", SCENARIOS, ids=by_name)
def test_what_stands_behind_the_inputs_is_counted(path):
    counts = count_by_standing(inputs_in(path))
    assert tuple(counts.values()) == (*STANDINGS[path.stem], 0)


FULL = [path for path in SCENARIOS if "altynkol" not in path.stem]
"""Those of the whole network: of the small ones no forecast of the corridor is made."""


@pytest.mark.parametrize("path", FULL, ids=by_name)
def test_no_assumed_or_derived_input_of_the_network_is_without_a_range_or_alternatives(path):
    reading = reading_of(path)
    assert [figure.key for figure in uncovered(reading, LEDGER)] == []
    check_ends(reading)


def test_each_range_has_a_reason_of_its_own():
    names_by_reason = {}
    for path in FULL:
        for name, unknown in reading_of(path).scenario.unknown.items():
            names_by_reason.setdefault(unknown.reason, set()).add(name)
    assert len(names_by_reason) > 150
    assert [names for names in names_by_reason.values() if len(names) > 1] == []
    ids = re.findall(r"\b[A-Z]+(?:-[A-Z0-9]+)+\b", " ".join(names_by_reason))
    assert {name for name in ids if name not in LEDGER} == set()


def test_a_number_that_is_a_fact_has_the_unit_of_a_row_cited_or_is_known_to_stand_in_its_words_alone():
    by_words = {
        figure.key
        for path in SCENARIOS
        for figure in figures_of(reading_of(path).resolved, LEDGER)
        if figure.standing == "fact"
        for number in figure.numbers
        if not any(states(replace(fact, quantity="", note=""), number, figure.unit or None) for fact in figure.facts)
    }
    assert by_words == {
        "investments.large_feeders.changes",
        "places.altynkol.gauge_change.containers.cranes",
        "places.dostyk.gauge_change.containers.cranes",
        "published.titr_containers_2025.value",
    }


YEARS_WITH_OWN_TRAINS = [
    "dostyk_2021",
    "2022_as_it_was",
    "2023_as_it_was",
    "corridor_2024",
    "2025_as_it_was",
    "2030_target",
    "2030_market",
]


@pytest.mark.parametrize("name", YEARS_WITH_OWN_TRAINS)
def test_fleets_at_the_borders_follow_the_trains_by_one_rule_for_all_pools_and_years(name):
    reading, rule = (
        reading_of(CHECKOUT / "scenarios" / f"{name}.toml"),
        runpy.run_path(str(CHECKOUT / "benchmarks/fleets.py")),
    )
    scenario, by_rule = reading.scenario, rule["fleets"](rule["needs"](reading))
    assert len(by_rule) >= 4
    opening_h = {int(year): hours[0] for year, hours in scenario.calendar.years().items()}
    stated = {
        pool: {year: scenario.calendar.steps(scenario.wagon_pools[pool].sets).at(opening_h[year]) for year in sets}
        for pool, sets in by_rule.items()
    }
    assert {pool: [*sets] for pool, sets in stated.items()} == {pool: [*sets] for pool, sets in by_rule.items()}
    # One set is what the luck of one replication, or a fit of something else, may move.
    assert [
        (pool, year) for pool, sets in by_rule.items() for year in sets if abs(sets[year] - stated[pool][year]) > 1
    ] == []


@pytest.mark.parametrize("path", SCENARIOS, ids=by_name)
def test_no_published_figure_both_sets_an_input_and_validates(path):
    reading = reading_of(path)
    assert used_twice(reading.resolved, LEDGER, reading.spots) == []


def test_each_published_figure_says_what_was_sampled():
    silent = {
        name
        for path in SCENARIOS
        for name, figure in reading_of(path).scenario.published.items()
        if len(figure.sampled) < 30
    }
    assert silent == set()


def test_no_row_that_validates_is_dropped_or_changed_once_it_was_run():
    """Rows are listed when they are written, before the model answers them; one that goes would have been a miss."""
    with (CHECKOUT / "tests" / "validation_rows.csv").open(encoding="utf-8", newline="") as file:
        listed = [tuple(row.values()) for row in csv.DictReader(file)]
    stated = []
    for name in dict.fromkeys(row[0] for row in listed):
        figures = covered_figures(reading_of(CHECKOUT / "scenarios" / f"{name}.toml").scenario)
        for row, about in figures.items():
            if about.used_for == "validation":
                figure = f"{about.low:g}..{about.high:g}" if about.value is None else f"{about.value:g}"
                stated.append((name, row, about.fact, figure))
    assert sorted(stated) == sorted(listed)


@pytest.mark.parametrize(("year", "name"), [(2024, "corridor_2024"), (2025, "2025_as_it_was")])
def test_outcomes_of_a_year_are_all_its_counts_that_became_known_after_it_began(year, name):
    """A back-cast is scored by all of them; a row that goes would have been a miss."""
    reading = reading_of(CHECKOUT / "scenarios" / f"{name}.toml")
    outcomes = with_figures(reading, CHECKOUT / "forecasts" / f"outcomes_{year}.csv").scenario.published
    counts = {
        row: (about.fact, about.kpi, about.start, about.end, about.low, about.high)
        for row, about in reading.scenario.published.items()
        if about.basis == "count" and about.start.year == year and LEDGER[about.fact].known >= f"{year}-01-01"
    }
    rows = {
        row: (about.fact, about.kpi, about.start, about.end, about.low, about.high) for row, about in outcomes.items()
    }
    assert rows == counts


def test_an_assumption_names_facts_that_there_are_and_states_its_range_as_an_unknown():
    lines = {figure.source for path in FULL for figure in inputs_in(path)}
    for line in lines:
        ids = re.findall(r"\b[A-Z]+(?:-[A-Z0-9]+)+\b", line)
        assert [name for name in ids if name not in LEDGER] == [], line
        assert re.search(r"range [0-9.]+\.\.", line) is None, line


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("altynkol_tez", "places.altynkol.officer_teams", "9"),
        ("altynkol_tez", "regimes.tez.works_before_release", '"nothing"'),
        ("altynkol_tez", "flows.central_asia.regime", '"tez"'),
        ("2030_target", "places.dostyk_moiynty.single_track", "false"),
        ("2030_target", "disruptions.storm_month.active", "true"),
    ],
)
def test_a_number_or_choice_without_a_source_is_found(tmp_path, name, key, value):
    child = tmp_path / "child.toml"
    table, word = key.rsplit(".", 1)
    child.write_text(f'title = "c"\nextends = "{CHECKOUT}/scenarios/{name}.toml"\n[{table}]\n{word} = {value}\n')
    listed = inputs_of(read(child).resolved, LEDGER)
    assert [each.key for each in listed if each.standing == "unsourced"] == [key]


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WHOLE_YEAR = r"annual|in year|^carried$|TFI|SWO?D|containers handled|both directions|trains/yr"
OF_WHAT_IS_TO_COME = {"R-BAKHTY", "R-DARB", "R-DARB-KZT", "S-VES-780"}
"""Rows whose year is that in which a line or ship is to come."""


def last_day_counted(fact):
    """The first day after what a row counts by its words: months, or a whole year; else the first day of its year."""
    year = re.search(r"\d{4}", fact.year)
    is_plan = re.search(r"plan|target|promise|agreed|capacity|aim|length$|distance$", f"{fact.topic} {fact.quantity}")
    if year is None or is_plan or fact.id in OF_WHAT_IS_TO_COME:
        return dt.date.min
    year = int(year[0])
    months = re.search(r"Jan-(?:2 )?([A-Z][a-z]{2})", fact.quantity)
    if months and "2 Dec" not in fact.quantity:
        month = MONTHS.index(months[1]) + 1
        return dt.date(year + month // 12, month % 12 + 1, 1)
    return dt.date(year + bool(re.search(WHOLE_YEAR, f"{fact.quantity} {fact.unit}")), 1, 1)


def test_every_fact_carries_the_day_on_which_it_was_known_and_that_is_not_before_the_end_of_what_it_counts():
    assert [fact.id for fact in LEDGER.values() if fact.known_on is None] == []
    assert [fact.id for fact in LEDGER.values() if fact.known_on < last_day_counted(fact)] == []
    counted = [fact for fact in LEDGER.values() if last_day_counted(fact) > dt.date.min]
    assert len(counted) > 150, "most rows are of something counted, and no plan"


def test_every_fact_carried_is_used():
    said = "".join(path.read_text() for path in SCENARIOS)
    said += "".join(fact for facts in indicators.FACT_IDS.values() for fact in facts)
    pages = ("benchmarks/demand.py", "docs/demand.md", "benchmarks/widths.py")
    said += "".join((CHECKOUT / name).read_text() for name in pages)
    said += "".join(path.read_text() for path in (CHECKOUT / "forecasts").iterdir())
    assert [fact for fact in LEDGER if fact not in said] == []


@pytest.mark.parametrize("path", SCENARIOS, ids=by_name)
def test_the_first_line_names_the_schema(path):
    assert path.read_text().splitlines()[0] == "#:schema ./scenario.schema.json"


def test_the_schema_is_current():
    # As data: pydantic 2.9 writes bounds as `0`, later ones as `0.0`.
    assert json.loads((CHECKOUT / "scenarios" / "scenario.schema.json").read_text()) == json.loads(schema_json())


def test_the_scenario_in_the_readme_is_sound(tmp_path):
    text = re.search("```toml\n(.*?)```", (CHECKOUT / "README.md").read_text(), re.DOTALL)[1]
    assert len([line for line in text.splitlines() if line and not line.startswith("#")]) <= 20
    mine = tmp_path / "mine.toml"
    mine.write_text(text.replace('"altynkol_tez.toml"', f'"{CHECKOUT}/scenarios/altynkol_tez.toml"'))
    reading = read(mine)
    assert [each.key for each in inputs_of(reading.resolved, LEDGER) if each.standing == "unsourced"] == []


def test_paper_and_tez_differ_in_nothing_but_the_regime():
    tez = reading_of(CHECKOUT / "scenarios" / "2030_target.toml").resolved
    paper = reading_of(CHECKOUT / "scenarios" / "2030_paper.toml").resolved
    changed = {flow for flow in tez["flows"] if tez["flows"][flow] != paper["flows"][flow]}
    assert changed == {
        "cca_altynkol_west",
        "cca_lianyungang_west",
        "titr_containers_west",
        "titr_containers_other",
        "titr_containers_poti",
        "titr_containers_kars",
    }
    for flow in changed:
        one, other = dict(tez["flows"][flow]), dict(paper["flows"][flow])
        assert one.pop("regime") != other.pop("regime")
        one.pop("sources"), other.pop("sources")
        assert one == other
    for key in set(tez) - {"title", "description", "flows"}:
        assert tez[key] == paper[key], key


def test_the_offer_of_2030_is_ten_million_tonnes():
    scenario = reading_of(CHECKOUT / "scenarios" / "2030_target.toml").scenario
    offered = sum(
        flow.volume_by_year(scenario.trains[flow.train])[2030] * scenario.trains[flow.train].net_t / 1e6
        for flow in scenario.flows.values()
        if flow.corridor == "titr" and flow.share_of is None
    )
    assert offered == pytest.approx(10.0, rel=0.02)


def test_no_file_names_a_machine_or_a_registry():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True).stdout.split("\0")
    if not any(tracked):
        pytest.skip("not a git checkout")
    for name in filter(None, tracked):
        path = CHECKOUT / name
        if path.suffix in {".png", ".svg"} or not path.is_file() or path == Path(__file__):
            continue
        # A compiled file is searched as well: it, too, could name where it was made.
        text = path.read_bytes().decode(errors="replace")
        assert not re.search(r"/(root|home|work)/\w|pypi\.org|pythonhosted", text), name


PROGRESS = re.compile(r"\d+( of \d+)? replications?(, some \d+ s left)?")
"""The line that stands below a cell which takes longer than a second on the machine at hand."""


def words_put_out(notebook):
    """What each cell of a notebook prints, and what its tables and pictures are in words; its progress left out.

    A kernel cuts what a cell prints where its clock falls, not where a line ends, so the pieces are put together.
    """
    words = []
    for cell in notebook.cells:
        outputs = cell.get("outputs", [])
        words.append("".join(out.get("text", "") for out in outputs))
        words.extend(out["data"]["text/plain"] for out in outputs if "text/plain" in out.get("data", {}))
    return [text for text in words if text and not PROGRESS.fullmatch(text)]


@pytest.fixture(scope="module")
def kernel():
    """A process for notebooks, one after the other: each would take seconds to import what all do."""
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name="python3")
    yield manager
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


@pytest.mark.notebook
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", sorted((CHECKOUT / "notebooks").glob("*.ipynb")), ids=by_name)
def test_notebooks_run_and_say_what_they_say_in_the_checkout(path, kernel):
    """What is kept with its output gives the same words and numbers again; sentences with numbers are made by cells.

    Each begins with no name of the one before.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    kept = words_put_out(notebook)
    assert kept, "run it, and keep it with its output"
    assert path.stat().st_size < 1_000_000
    notebook.cells.insert(0, nbformat.v4.new_code_cell("%reset -f"))
    client = NotebookClient(notebook, km=kernel, timeout=180, resources={"metadata": {"path": str(path.parent)}})
    try:
        client.execute()
    finally:
        client.kc.stop_channels()
    assert kept == words_put_out(notebook)
    drawn = [out for cell in notebook.cells for out in cell.get("outputs", []) if "image/png" in out.get("data", {})]
    assert len(drawn) >= 2
