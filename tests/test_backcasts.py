"""The committed forecasts: what they rest on was known on their day, and they are what their files say."""

import csv
import datetime as dt
from functools import cache

import pytest
from fences import CHECKOUT

from sim.measure.own_figures import figures_in
from sim.scenario.choices import inputs_of
from sim.scenario.derivations import one_unit, quantity_of
from sim.scenario.facts import facts
from sim.scenario.reading.opening import load
from sim.scenario.reading.read import read
from sim.scenario.sources import derivations, facts_named
from sim.scenario.worlds import unknown_paths
from sim.study.calibrate.record import POINT, later_inputs, was_known
from sim.study.forecast.outcome import PERCENTILES
from sim.study.register.scoring import is_ahead, scores_table, summary_table
from sim.study.register.statements import is_statements, read_register, statements_in

FOLDER = CHECKOUT / "forecasts"
LEDGER = facts(CHECKOUT / "scenarios" / "sources.csv")
BACKCASTS = {f"backcast_{year}{kind}": dt.date(year, 12, 31) for year in (2023, 2024) for kind in ("", "_wide")}
VOLUMES = {
    *("trains_per_year", "teu_per_year", "mt_per_year", "share_of", "month_weights"),
    *("regime", "otherwise", "adoption_share"),
}
UNITS = {"throughput_mt": "Mt", "throughput_teu": "TEU"}


@cache
def register():
    return read_register(FOLDER)


@cache
def cited_later(name):
    """The inputs of a back-cast that cite facts later than its day, which take seconds to be told."""
    return later_inputs(load(name), BACKCASTS[name])


def is_of_the_future(path):
    """Whether a key path is of a volume, a fleet, a ship or a work: what a year has and another may not."""
    return (
        (path[0] == "flows" and not VOLUMES.isdisjoint(path))
        or path[0] in ("investments", "disruptions")
        or ("vessels" in path and path[-1] == "number")
        or (path[0] == "wagon_pools" and path[-1] == "sets")
    )


def leaks(reading, day):
    """The inputs of that kind whose line, or the range of which, names a fact that was not known on a day."""
    own_ranges = {}
    for unknown in reading.scenario.unknown.values():
        for path in unknown_paths(reading.resolved, unknown):
            own_ranges.setdefault(tuple(map(str, path)), []).append(unknown.reason)
    return {
        figure.key
        for figure in inputs_of(reading.resolved, LEDGER)
        if is_of_the_future(figure.path)
        for line in [figure.source, *own_ranges.get(tuple(map(str, figure.path)), [])]
        for fact in facts_named(line, LEDGER)
        if not was_known(fact, day)
    }


@pytest.mark.parametrize(("name", "day"), BACKCASTS.items())
def test_no_volume_fleet_ship_or_work_of_a_back_cast_rests_on_what_was_known_later(name, day):
    reading = load(name)
    assert reading.scenario.forecast.until == day
    assert reading.scenario.horizon.start > day
    assert leaks(reading, day) == set()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[flows.titr_oil]\nsources.mt_per_year = "assumed: as V-BTC-2024 says"\n', "flows.titr_oil.mt_per_year"),
        ('[unknown.oil_titr]\nsources.all = "assumed: about V-BTC-2024"\n', "flows.titr_oil.mt_per_year"),
        (
            '[places.caspian_containers.vessels.feeder]\nsources.number = "assumed: S-FLEET-2026"\n',
            "places.caspian_containers.vessels.feeder.number",
        ),
    ],
)
def test_a_leak_is_found(tmp_path, text, key):
    child = tmp_path / "child.toml"
    child.write_text(f'title = "c"\nextends = "{CHECKOUT}/scenarios/backcast_2024.toml"\n{text}')
    assert leaks(read(child), BACKCASTS["backcast_2024"]) == {key}


@pytest.mark.parametrize("name", BACKCASTS)
def test_what_else_cites_a_later_fact_is_drawn_but_months_and_priorities(name):
    stay = {entry.key for entry in cited_later(name) if entry.treatment == POINT}
    assert {key.rsplit(".", 1)[1] for key in stay} <= {"month_weights", "priority"}


def test_what_was_fitted_to_a_later_fact_is_drawn():
    """Its own line names the parameter alone, and that of the parameter the fact."""
    later = {entry.key: entry.later_facts for entry in cited_later("backcast_2024_wide")}
    for port in ("aktau", "alat"):
        assert later[f"places.caspian_containers.ports.{port}.crane_h_per_100"] == ("S-BAKU-WORK",)
    anew = later_inputs(load("backcast_2024_wide"), dt.date(2024, 12, 31), with_fitted=False)
    assert not any("crane_h_per_100" in entry.key and "containers" in entry.key for entry in anew)


def test_each_outcome_of_the_years_after_is_spoken_of_once_by_each_back_cast():
    rows = {year: set(figures_in(FOLDER / f"outcomes_{year}.csv")[0]) for year in (2024, 2025)}
    years = {2023: (2024, 2025), 2024: (2025,)}
    for name, day in BACKCASTS.items():
        said = [entry for entry in register().statements if entry.forecast == name]
        assert sorted(entry.name for entry in said) == sorted(set().union(*(rows[year] for year in years[day.year])))
        assert {entry.until for entry in said} == {day}
        assert all(is_ahead(entry) and len(entry.members) > 150 for entry in said)


def test_rules_are_worked_out_from_facts_known_on_their_day():
    rules = [entry for entry in register().statements if len(entry.members) == 1]
    assert len(rules) > 40
    for entry in rules:
        [expression] = derivations(entry.source)
        quantity = quantity_of(expression, LEDGER)
        unit = one_unit("" if " of " in entry.flow else UNITS[entry.kpi])
        assert entry.members[0] == pytest.approx(quantity.amount / unit.amount, rel=1e-5), entry.name
        cited = facts_named(entry.source, LEDGER)
        assert cited and all(was_known(fact, entry.until) for fact in cited), entry.name


def test_the_percentiles_of_a_file_are_those_of_its_members():
    for path in filter(is_statements, sorted(FOLDER.glob("*.csv"))):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for entry, row in zip(statements_in(path, list(rows[0]), {}), rows, strict=True):
            kept = [float(row[name]) for name in PERCENTILES if row[name]]
            assert kept == pytest.approx(entry.percentiles if len(entry.members) > 1 else [], rel=2e-5), row["name"]


def test_the_register_speaks_of_days_to_come():
    dated = [entry for entry in register().statements if entry.forecast == "2030_target"]
    assert len(dated) >= 30 and {entry.made for entry in dated} == {dt.date(2026, 11, 27)}
    assert all(entry.until == entry.made < entry.end for entry in dated)
    questions = figures_in(FOLDER / "questions.csv", are_questions=True)[0]
    assert {entry.name for entry in dated} == set(questions)


def border_scores():
    """The scores of the back-casts of tonnes and trains at the border with China."""
    scores = scores_table(register())
    return scores[scores["forecast"].isin(BACKCASTS) & scores["name"].str.contains("altynkol|dostyk|kzcn|horgos|alash")]


def test_the_scores_on_the_page_of_validation_are_those_of_the_files():
    summary = summary_table(scores_table(register()), register(), 0.95)
    alone = summary[summary["beside"] == ""].set_index("forecast")
    assert [alone.loc[name, "scored"] for name in BACKCASTS] == [28, 28, 17, 17]
    held = {name: [bool(hit) for hit in rows["hit"]] for name, rows in border_scores().groupby("forecast")}
    assert {name: (sum(hits), len(hits)) for name, hits in held.items()} == {
        **{"backcast_2023": (2, 9), "backcast_2023_wide": (7, 9)},
        **{"backcast_2024": (2, 7), "backcast_2024_wide": (4, 7)},
    }
    from sim.views.sheets.register import LINES, register_block

    page = (CHECKOUT / "docs" / "validation.md").read_text(encoding="utf-8")
    assert register_block(register(), 0.95).strip() == page.partition(LINES[0])[2].partition(LINES[1])[0].strip()
