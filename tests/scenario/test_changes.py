"""Investments and disruptions: dated values before and after them."""

import datetime as dt
import re

import pytest

from sim.scenario.changes import overlaid, with_changes
from sim.scenario.reading.read import ScenarioError

CREWS = "places.altynkol.forming.crews"
INVESTMENT = f"""
[investments.crews]
title = "More crews"
opens = 2025-03-01
cost_musd = 2
changes."{CREWS}" = 9
"""
DISRUPTION = f"""
[disruptions.strike]
title = "Strike"
start = 2025-04-01
end = 2025-04-08
changes."{CREWS}" = 1
"""


def crews(reading):
    return {day.isoformat(): value for day, value in reading.scenario.places["altynkol"].forming.crews.items()}


@pytest.mark.parametrize(
    ("from_day", "until_day", "expected"),
    [
        ("2025-01-01", None, {"2024-01-01": 3, "2025-01-01": 9}),
        ("2023-01-01", None, {"0001-01-01": 3, "2023-01-01": 9}),
        ("2024-01-01", None, {"0001-01-01": 3, "2024-01-01": 9}),
        ("2024-06-01", "2024-07-01", {"2024-01-01": 3, "2024-06-01": 9, "2024-07-01": 3, "2026-01-01": 5}),
        ("2024-06-01", "2026-02-01", {"2024-01-01": 3, "2024-06-01": 9, "2026-02-01": 5}),
        ("2024-06-01", "2026-01-01", {"2024-01-01": 3, "2024-06-01": 9, "2026-01-01": 5}),
        ("2024-01-01", "2024-02-01", {"0001-01-01": 3, "2024-01-01": 9, "2024-02-01": 3, "2026-01-01": 5}),
        (
            "2023-01-01",
            "2023-02-01",
            {"0001-01-01": 3, "2023-01-01": 9, "2023-02-01": 3, "2024-01-01": 3, "2026-01-01": 5},
        ),
        ("2023-01-01", "2024-02-01", {"0001-01-01": 3, "2023-01-01": 9, "2024-02-01": 3, "2026-01-01": 5}),
    ],
)
def test_overlaid(from_day, until_day, expected):
    assert overlaid({"2024-01-01": 3, "2026-01-01": 5}, 9, from_day, until_day) == expected


def test_an_investment_comes_and_a_disruption_passes(said):
    before = crews(said(""))
    assert before == {"2024-01-01": 3, "2025-02-01": 4}
    found = crews(said(INVESTMENT + DISRUPTION))
    assert found == before | {"2025-03-01": 9, "2025-04-01": 1, "2025-04-08": 9}
    assert crews(said(INVESTMENT, "investments.crews.active=false")) == before
    moved = crews(said(INVESTMENT, "investments.crews.opens=2026-01-01"))
    assert moved == before | {"2026-01-01": 9}


def test_what_is_read_back_is_what_was_said(said):
    reading = said(INVESTMENT + DISRUPTION)
    assert reading.resolved["investments"]["crews"]["opens"] == dt.date(2025, 3, 1)
    assert reading.resolved["places"]["altynkol"]["forming"]["crews"] == {"2024-01-01": 3, "2025-02-01": 4}


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (
            "places.altynkol.forming.crew",
            "names no value of the scenario; did you mean 'places.altynkol.forming.crews'?",
        ),
        (
            "places.altinkol.forming.crews",
            "names no value of the scenario; did you mean 'places.altynkol.forming.crews'?",
        ),
        ("places.altynkol.title", "names a value that cannot step on dates"),
        ("nothing", "names no value of the scenario"),
    ],
)
def test_a_change_of_nothing_is_refused(said, key, says):
    with pytest.raises(ScenarioError) as refused:
        said(INVESTMENT.replace(CREWS, key))
    assert says in str(refused.value)
    assert "investments.crews.changes" in str(refused.value)


def test_a_change_to_an_impossible_value_is_refused(said):
    with pytest.raises(ScenarioError, match="must be at least 0"):
        said(INVESTMENT.replace("= 9", "= -9"))


@pytest.mark.parametrize("bundle", [INVESTMENT, DISRUPTION])
def test_a_table_that_a_change_makes_unsound_is_told_of_the_change(said, bundle):
    with pytest.raises(ScenarioError) as refused:
        said(re.sub(f'"{CREWS}" = .', '"flows.transit.adoption_share" = 0.5', bundle))
    [problem] = refused.value.problems
    assert problem.key.endswith('changes."flows.transit.adoption_share"') and "needs `otherwise`" in problem.message


def test_a_table_that_is_unsound_by_itself_is_told_of_no_change(said):
    with pytest.raises(ScenarioError) as refused:
        said(INVESTMENT.replace(CREWS, "flows.transit.most_trains_under_way"), "flows.transit.adoption_share=0.5")
    assert "flows.transit" in [problem.key for problem in refused.value.problems]


def test_dates_in_the_wrong_order_are_refused(said):
    with pytest.raises(ScenarioError, match="end must lie after start"):
        said(DISRUPTION.replace("2025-04-08", "2025-03-08"))


def load_factor(reading):
    factor = reading.scenario.places["caspian"].vessels["feeder"].load_factor
    return {day.isoformat(): share for day, share in factor.items()}


def test_a_value_left_at_its_default_can_be_changed_and_comes_back(said):
    low_water = DISRUPTION.replace(f'"{CREWS}" = 1', '"places.caspian.vessels.feeder.load_factor" = 0.8')
    assert load_factor(said("")) == {"0001-01-01": 1.0}
    assert load_factor(said(low_water)) == {"0001-01-01": 1.0, "2025-04-01": 0.8, "2025-04-08": 1.0}
    with pytest.raises(ScenarioError, match="names no value of the scenario"):
        said(low_water.replace("vessels.feeder.load_factor", "vessels.feeder.load_facto"))


def test_nothing_stands_where_no_limit_is_stated(said):
    limit = DISRUPTION.replace(f'"{CREWS}" = 1', '"flows.transit.most_trains_under_way" = 3')
    with pytest.raises(ScenarioError, match="names no value of the scenario"):
        said(limit)


def test_bundles_of_the_wrong_form_are_left_to_the_schema():
    data = {"investments": {"a": {"opens": 3, "changes": {}}, "b": 4}, "disruptions": 5}
    assert with_changes(data) == (data, [])
