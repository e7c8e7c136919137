"""Disruptions by chance: what is asked of them at reading, and spells of them carried out."""

import datetime as dt

import pytest
from scenario_text import STORM

from sim.scenario.changes import chance_disruptions, with_spells
from sim.scenario.reading.read import ScenarioError

STRIKE = """
[disruptions.strike]
title = "Strike"
per_year = 1
lasts_days = 3
changes."places.altynkol.forming.crews" = 0
changes."flows.transit.regime" = "paper"
"""


def day(text):
    return dt.date.fromisoformat(text)


@pytest.fixture
def refused(said):
    """Key path and message of every problem of the small corridor with some lines more."""

    def problems(more):
        with pytest.raises(ScenarioError) as caught:
            said(more)
        assert all(problem.line for problem in caught.value.problems)
        return [(problem.key, problem.message) for problem in caught.value.problems]

    return problems


def closed_share(scenario):
    return {str(start): share for start, share in scenario.places["caspian"].wind.closed_share.items()}


def test_a_disruption_by_chance_changes_nothing_by_itself(said):
    reading = said(STORM)
    assert closed_share(reading.scenario) == {"0001-01-01": 0.12}
    assert reading.scenario.disruptions["storm"].per_year == 6
    assert reading.resolved["places"]["caspian"]["wind"]["closed_share"] == 0.12


def test_those_by_chance_are_told_from_those_by_date_and_those_switched_off(said):
    dates = "start = 2025-01-05\nend = 2025-01-09"
    dated = STRIKE.replace("strike", "works").replace("per_year = 1\nlasts_days = 3", dates)
    scenario = said(STORM + STRIKE + dated, "disruptions.strike.active=false").scenario
    assert list(scenario.disruptions) == ["storm", "strike", "works"]
    assert list(chance_disruptions(scenario)) == ["storm"]


def test_spells_are_carried_out(said):
    scenario = said(STORM).scenario
    stormy = with_spells(
        scenario, {"storm": [(day("2025-02-03"), day("2025-02-06")), (day("2025-01-10"), day("2025-01-11"))]}
    )
    assert closed_share(stormy) == {
        "0001-01-01": 0.12,
        "2025-01-10": 0.95,
        "2025-01-11": 0.12,
        "2025-02-03": 0.95,
        "2025-02-06": 0.12,
    }
    assert closed_share(scenario) == {"0001-01-01": 0.12}
    assert stormy.model_copy(update={"places": scenario.places}) == scenario


def test_a_spell_over_a_dated_value_gives_it_back(said):
    scenario = with_spells(said(STRIKE).scenario, {"strike": [(day("2025-01-30"), day("2025-02-02"))]})
    crews = scenario.places["altynkol"].forming.crews
    assert {str(start): value for start, value in crews.items()} == {
        "2024-01-01": 3,
        "2025-01-30": 0,
        "2025-02-02": 4,
    }
    regime = scenario.flows["transit"].regime
    assert {str(start): value for start, value in regime.items()} == {
        "2024-01-01": "paper",
        "2025-01-30": "paper",
        "2025-02-02": "tez",
    }


def test_a_spell_before_every_dated_value_gives_the_earliest_back(said):
    scenario = with_spells(said(STRIKE).scenario, {"strike": [(day("2023-12-01"), day("2023-12-04"))]})
    crews = scenario.places["altynkol"].forming.crews
    assert [crews[start] for start in sorted(crews)] == [3, 0, 3, 3, 4]


def test_of_two_spells_the_later_holds_and_then_the_earlier_again(said):
    flood = STORM.replace("storm", "flood").replace("0.95", "0.5")
    scenario = with_spells(
        said(STORM + flood).scenario,
        {"flood": [(day("2025-01-10"), day("2025-01-12"))], "storm": [(day("2025-01-05"), day("2025-01-20"))]},
    )
    assert list(closed_share(scenario).values()) == [0.12, 0.95, 0.5, 0.95, 0.12]


def test_no_spell_is_no_change(said):
    scenario = said(STORM + STRIKE).scenario
    assert with_spells(scenario, {}) == scenario
    assert with_spells(scenario, {"storm": []}) == scenario


CREWS = '"places.altynkol.forming.crews" = 0'
REGIME = '"flows.transit.regime" = "paper"'


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        (CREWS, CREWS.replace("0", "-1"), "places.altynkol.forming.crews", "must be at least 0 (got -1)"),
        (CREWS, CREWS.replace("0", "{ 2025-01-01 = 3 }"), "places.altynkol.forming.crews",
         "must be a whole number (got a table)"),
        (CREWS, '"places.caspian.wind.closed_share" = 0.99', "places.caspian.wind.closed_share",
         "closed_share must be at most 0.95, or 1 for a stop"),
        (CREWS, CREWS.replace("crews", "crew"), "places.altynkol.forming.crew",
         "names no value of the scenario; did you mean 'places.altynkol.forming.crews'?"),
        (CREWS, '"places.altynkol.title" = "A"', "places.altynkol.title", "names a value that cannot step on dates"),
        (REGIME, REGIME.replace("paper", "papr"), "flows.transit.regime",
         "'papr' is not a clearance regime of the scenario; did you mean 'paper'?"),
    ],
)  # fmt: skip
def test_what_a_spell_would_change_is_tried_at_reading(refused, old, new, key, message):
    text = STRIKE.replace(old, new)
    assert text != STRIKE
    assert refused(text) == [(f'disruptions.strike.changes."{key}"', message)]


def test_a_disruption_switched_off_is_not_tried(said):
    wrong = STRIKE.replace(CREWS, CREWS.replace("0", "-1"))
    assert chance_disruptions(said(wrong, "disruptions.strike.active=false").scenario) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [("per_year = 1\n", ""), ("lasts_days = 3\n", ""), ("per_year = 1", "per_year = 1\nstart = 2025-01-01")],
)
def test_dates_or_a_chance_are_stated_and_not_both(refused, old, new):
    wanted = ("disruptions.strike", "state start and end, or else per_year and lasts_days")
    assert refused(STRIKE.replace(old, new)) == [wanted]
