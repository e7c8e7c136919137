"""Small files of boundless cost: refused at once, at the line that asks too much, or read in linear steps."""

import datetime as dt
import re
from collections import Counter

import numpy as np
import pytest
from scenario_text import BAN, EASTBOUND, FITTED, SCENARIO, SECOND_FLOW

import sim
from sim.scenario import keys
from sim.scenario.changes import carried_out
from sim.scenario.reading import read as reading
from sim.scenario.reading.layers import DEEPEST, TOO_DEEP
from sim.scenario.reading.read import ScenarioError, read
from sim.scenario.reading.refusals import MOST_TOLD
from sim.study.arithmetic import loads
from sim.study.arithmetic.loads import contradictions
from sim.views.sheets import run as sheets_of_run

STORM = (
    '\n[disruptions.{0}]\ntitle = "Storm"\nper_year = {1}\nlasts_days = 1\n'
    'changes."places.altynkol.forming.crews" = {2}\n'
)


@pytest.fixture
def told(tmp_path):
    """Line, key path and message of everything wrong with the small corridor with some lines more."""

    def problems(more, overrides=()):
        (tmp_path / "small.toml").write_text(SCENARIO + more, encoding="utf-8")
        try:
            read(tmp_path / "small.toml", overrides)
        except ScenarioError as error:
            return [(problem.line, problem.key, problem.message) for problem in error.problems]
        return []

    return problems


LINES = SCENARIO.count("\n")


def test_capacities_moved_times_how_often_they_are_is_bounded(told):
    changes = ("horizon.end=2125-01-01", "places.altynkol.forming.crews=100000")
    assert told(STORM.format("c", 0.1, 0), changes) == []
    [(line, key, message)] = told(STORM.format("c", 19, 0), changes)
    assert (line, key) == (LINES + 6, 'disruptions.c.changes."places.altynkol.forming.crews"')
    assert message == "moves 190,067,636 units of capacity in a run; at most 20,000,000 can be run"


def test_capacities_that_step_on_dates_count_by_how_far_and_how_often_they_do(told):
    """Those of investments and of dated disruptions, too, which the message then names."""
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=day) for day in range(400)]
    steps = ", ".join(f"{day} = {100_000 * (number % 2)}" for number, day in enumerate(days))
    crews = f"places.altynkol.forming.crews={{ {steps} }}"
    assert told("", [crews]) == []  # 60 steps within the horizon
    assert told("", ["places.altynkol.forming.crews=100000", "horizon.end=2026-01-01"]) == []
    [(line, key, message)] = told("", [crews, "horizon.end=2026-01-01"])
    assert (line, key) == (None, "places.altynkol.forming.crews.2025-07-20")
    assert message == "moves 20,000,011 units of capacity in a run; at most 20,000,000 can be run"
    months = [(f"{2025 + month // 12}-{month % 12 + 1:02d}", month) for month in range(240)]
    outage = (
        '\n[disruptions.c{1}]\ntitle = "Out"\nstart = {0}-01\nend = {0}-15\n'
        'changes."places.altynkol.forming.crews" = 100000\n'
    )
    [(line, key, message)] = told("".join(outage.format(*month) for month in months), ["horizon.end=2045-01-01"])
    assert (line, key) == (LINES + 6 * 101, 'disruptions.c100.changes."places.altynkol.forming.crews"')


def test_trains_of_empties_count_among_the_trains_of_a_run(told):
    """As many as the boxes of other flows fill, those of flows that take a share of their trains among them."""
    back = EASTBOUND.replace("trains_per_year = { 2025 = 100 }", "empties_of = { transit = 0.5, feeder = 1 }")
    changes = ("trains.return.teu=1", "flows.transit.teu_per_year={ 2025 = 6_000_000 }")
    assert told(SECOND_FLOW + back, changes) == []
    [(line, key, message)] = told(SECOND_FLOW + back, (changes[0], changes[1].replace("6_", "60_")))
    assert (line, key) == (LINES + (SECOND_FLOW + back).split("empties_of")[0].count("\n") + 1, "flows.back.empties_of")
    assert re.fullmatch(r"would send .* trains in a run, and the flows before it .*; at most 2,000,000 can .*", message)


def test_many_disruptions_by_chance_are_tried_together(told, monkeypatch):
    trials = []
    monkeypatch.setattr(reading, "carried_out", lambda *bundle: trials.append(bundle) or carried_out(*bundle))
    monkeypatch.setattr(reading, "scenario_as_it_stands", counted(reading.scenario_as_it_stands, trials))
    assert told("".join(STORM.format(f"c{number}", 0.1, 1) for number in range(40))) == []
    assert trials.count("stands") == 2  # the scenario as it is, and with all forty
    [(line, _, message)] = told(STORM.format("a", 0.1, 1) + STORM.format("b", 0.1, -1))
    assert (line, message) == (LINES + 12, "must be at least 0 (got -1)")


def counted(function, calls):
    def counting(*arguments):
        calls.append("stands")
        return function(*arguments)

    return counting


def test_a_key_path_of_many_parts_is_walked_once(monkeypatch):
    steps = []
    monkeypatch.setattr(keys, "inside", lambda *arguments: steps.append(arguments))
    assert keys.annotation_at({}, ("a",) * 10_000) is None
    assert len(steps) == 1


@pytest.mark.parametrize("active", ["true", "false"])
def test_nesting_that_only_a_later_step_would_choke_on_is_refused(told, active):
    lines = f'\n[investments.x]\ntitle = "x"\nactive = {active}\nopens = 2025-02-01\nchanges."a.b" = '
    line = (SCENARIO + lines).count("\n") + 1
    assert told(lines + "[" * 250 + "]" * 250) == [(line, "", TOO_DEEP)]
    assert told(lines + "[" * DEEPEST + "]" * DEEPEST) == [(line, "", TOO_DEEP)]


@pytest.mark.parametrize("depth", [DEEPEST, 250, 3000])
def test_nesting_in_a_change_is_blamed_on_the_change(told, depth):
    problems = told("", [f"places.altynkol.forming.crews={'[' * depth}{']' * depth}"])
    assert [problem[1] for problem in problems] == ["places.altynkol.forming.crews"]


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ('[sweep.factors]\n"{}" = { values = [1, 2] }\n', "sweep.factors."),
        ('[forecast]\nconclusions = ["{}"]\n', "forecast.conclusions[0]"),
        ('[investments.x]\ntitle = "x"\nopens = 2025-02-01\nchanges."{}" = 1\n', "investments.x.changes."),
        (
            FITTED.replace("places.caspian.vessels.feeder.patience_h", "{}"),
            "calibration.parameters.patience.keys[0]",
        ),
    ],
)
def test_ten_thousand_dots_are_one_key_path_that_leads_nowhere(told, lines, key):
    problems = told(lines.replace("{}", "." * 10_000))
    assert len(problems) == 1 and problems[0][1].startswith(key)
    assert len(problems[0][2]) < 300


def test_unknowns_are_a_thousand_at_the_most(told):
    table = "[unknown.a{}]\ntitle = 'x'\ngroup = 'sea'\nkeys = ['x']\nlow = 1\nhigh = 2\nsources.all = 'assumed: x'\n"
    [(_, key, message)] = told("".join(map(table.format, range(1001))))
    assert (key, message) == ("unknown", "must have at most 1000 entries (got 1001)")


def test_titles_are_short(told):
    assert told(BAN, ["title=" + "x" * 200]) == []
    assert told(BAN, ["title=" + "x" * 100_000]) == [(None, "title", "must have at most 200 letters (got 100,000)")]


def test_of_very_many_problems_the_first_are_told(told):
    lines = "".join(f'sources.k{number} = "T"\n' for number in range(3 * MOST_TOLD))
    problems = told('\n[indices.turnover]\ntitle = "T"\ngrowth_share_by_year = { 2026 = 0.05 }\n' + lines)
    assert len(problems) == MOST_TOLD + 1
    assert problems[-1][2] == f"has {2 * MOST_TOLD} more problems"


def test_a_bad_value_is_blamed_on_the_change_that_brings_it(told):
    lines = '\n[investments.x]\ntitle = "x"\nopens = 2025-02-01\nchanges."places.altynkol.forming.crews" = "many"\n'
    key = 'investments.x.changes."places.altynkol.forming.crews"'
    assert told(lines) == [(LINES + 5, key, "must be a whole number (got 'many')")]


def test_a_replaced_spread_is_blamed_on_what_replaced_it(told):
    override = "regimes.tez.lead_h={ mean = 1e300, cv = 1 }"
    assert told("", [override]) == [(None, "regimes.tez.lead_h.mean", "must be at most 1000000000000 (got 1e+300)")]


@pytest.mark.parametrize(
    ("overrides", "problem"),
    [
        (
            ["places.altynkol.inspection.yellow_share=0.7", "places.altynkol.inspection.red_share=0.7"],
            ("places.altynkol.inspection", "yellow_share and red_share add up to more than 1"),
        ),
        (
            ["places.altynkol.forming.crews={2024-01-01=4,2024-01-01=5}"],
            ("", "places.altynkol.forming.crews: has no value of TOML: duplicate inline table key '2024-01-01'"),
        ),
    ],
)
def test_what_changes_alone_make_wrong_is_blamed_on_them(told, overrides, problem):
    assert told("", overrides) == [(None, *problem)]


def test_a_key_that_is_missing_is_not_blamed_on_a_change_beside_it(told):
    change = "investments.x.cost_musd=3"
    lines = '\n[investments.x]\ntitle = "x"\nchanges."places.altynkol.forming.crews" = 5\n'
    assert [problem[:2] for problem in told(lines, [change])] == [(LINES + 2, "investments.x.opens")]


def test_a_list_of_wrong_entries_is_not_called_too_short_as_well(told):
    problems = told("", ["flows.transit.route=[[], 2]"])
    assert [(key, message) for _, key, message in problems] == [
        ("flows.transit.route[0]", "must be text in quotes (got a list)"),
        ("flows.transit.route[1]", "must be text in quotes (got 2)"),
    ]


def test_a_list_on_a_route_is_refused_beside_prices_too(told):
    problems = told('\n[prices]\ncurrency = "USD"\n', ["flows.transit.route=[[]]"])
    assert ("flows.transit.route[0]", "must be text in quotes (got a list)") in [problem[1:] for problem in problems]


def test_more_flows_are_no_more_looks_through_all_flows(tmp_path, monkeypatch):
    """What looks at all flows at once is done as often for twenty as for two: else the work grows with their square."""
    looks = Counter()

    def counted_looks(module, name):
        function = getattr(module, name)

        def looking(*arguments, **named):
            # A sum over sets sorts the addends of each set of several, along an axis; a quantile its own values alone.
            looks[name] += name != "sort" or "axis" in named
            return function(*arguments, **named)

        monkeypatch.setattr(module, name, looking)

    for module, name in ((sheets_of_run, "rows_at"), (np, "sort"), (loads, "narrowest_capacities")):
        counted_looks(module, name)
    counts = []
    for flows in (2, 20):
        more = "".join(SECOND_FLOW.replace("flows.feeder", f"flows.f{number}") for number in range(flows))
        more = re.sub(r"share_of = .*", "trains_per_year = { 2025 = 9 }", more)
        (tmp_path / "small.toml").write_text(SCENARIO + more, encoding="utf-8")
        looks.clear()
        results = sim.run(tmp_path / "small.toml", replications=1)
        contradictions(results)
        assert (
            len(next(sheet for sheet in sheets_of_run.run_sheets(results) if sheet.title.startswith("Journeys")).rows)
            == flows + 1
        )
        counts.append(dict(looks))
    assert counts[0] == counts[1] and counts[0].keys() == {"rows_at", "sort", "narrowest_capacities"}
