"""What the model says to a published figure: one measure, a weighted sum of some, or a share of such a sum."""

import datetime as dt
import math

import pandas as pd
import pytest
from pydantic import ValidationError

from sim.measure.published import figure_answer, figure_answers, figure_period, most_of_figure
from sim.scenario.addresses import Address
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.schema import Published

DWELLS = {
    Address("border_dwell_h", "all", "westbound", "2024"): 60.0,
    Address("border_dwell_h", "all", "eastbound", "2024"): 10.0,
    Address("border_dwell_h", "altynkol", "westbound", "2024"): 1.0,
    Address("border_dwell_h", "dostyk", "westbound", "2024"): 2.0,
}


def figure(**words):
    needed = {"title": "t", "fact": "F-1", "kpi": "border_dwell_h", "used_for": "validation", "low": 0.0, "high": 1.0}
    return Published(start=dt.date(2024, 1, 1), end=dt.date(2025, 1, 1), **needed | words)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ({"flow": "westbound"}, 60),
        ({"flow": "0.9 westbound + 0.1 eastbound"}, 55),
        ({"flow": "2 westbound"}, 120),
        ({"flow": "westbound + eastbound"}, 70),
        ({"place": "altynkol + 2 dostyk", "flow": "westbound"}, 5),
        ({"place": "altynkol + dostyk", "flow": "2 westbound"}, 6),
        ({"flow": "eastbound of westbound + 4 eastbound"}, 0.1),
        ({"flow": "westbound + all"}, math.nan),
        ({"flow": "westbound of 0 eastbound"}, math.nan),
    ],
)
def test_the_measures_that_a_figure_names_are_added_up_with_their_weights(words, answer):
    assert figure_answer(figure(**words), "2024", DWELLS) == pytest.approx(answer, nan_ok=True)


def test_a_replication_that_lacks_a_part_says_nothing():
    named = load("altynkol_paper", ("horizon.start=2024-01-01", "horizon.end=2025-01-01")).scenario
    parts = {"whole": figure(flow="westbound"), "lacking": figure(flow="westbound + eastbound")}
    period = figure_period(named, parts["whole"])
    kpis = pd.DataFrame([("border_dwell_h", "all", "westbound", period, 7.0)], columns=[*Address._fields, "value"])
    answers = figure_answers(named.model_copy(update={"published": parts}), kpis)
    assert answers.to_numpy().tolist() == [["whole", 7.0]]


@pytest.mark.parametrize(
    ("words", "most"),
    [
        ({"flow": "all"}, math.inf),
        ({"flow": "0 all"}, 0),
        ({"flow": "westbound of all + westbound"}, 1),
        ({"flow": "2 westbound + all of all + westbound"}, 2),
        ({"flow": "westbound + all of all + 0.25 westbound"}, 4),
        ({"flow": "westbound of 0 westbound + all"}, math.inf),
        ({"flow": "westbound of eastbound"}, math.inf),
        ({"kpi": "closed_share", "flow": "all"}, 1),
        ({"kpi": "closed_share", "place": "3 caspian", "flow": "all"}, 3),
    ],
)
def test_the_most_that_a_figure_can_be_follows_from_its_weights(words, most):
    assert most_of_figure(figure(**words)) == most


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"flow": "westbound +"}, "must be a name, or a sum of names"),
        ({"flow": "0.9westbound"}, "must be a name, or a sum of names"),
        ({"flow": "westbound - eastbound"}, "must be a name, or a sum of names"),
        ({"flow": "westbound + westbound"}, "each once"),
        ({"flow": "westbound of all of all"}, "one 'of' at the most"),
        ({"place": "altynkol of all"}, "must be a name, or a sum of names"),
        ({"basis": "guess"}, "'count', 'survey', 'statement', 'schedule' or 'bound'"),
    ],
)
def test_what_is_no_sum_or_basis_is_refused(words, message):
    with pytest.raises(ValidationError, match=message):
        figure(**words)


def test_each_name_of_a_sum_must_be_there_and_have_the_measure(tmp_path):
    path = tmp_path / "mine.toml"
    row = '[published.dwell]\ntitle = "t"\nfact = "F-1"\nused_for = "validation"\nlow = 1\nhigh = 2\n'
    row += 'kpi = "border_dwell_h"\nstart = 2024-01-01\nend = 2024-02-01\n'
    path.write_text(f'extends = "altynkol_paper"\n{row}flow = "0.5 westbound + 0.5 eastbond of all"\n')
    with pytest.raises(ScenarioError, match=r"flow: 'eastbond' is not a flow .*did you mean 'eastbound'"):
        load(path)
