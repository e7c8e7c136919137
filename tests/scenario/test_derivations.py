"""Numbers derived from facts: arithmetic with units, and what keeps a number from counting as fact or derived."""

import pytest
from test_sources import ledger_text

from sim.scenario.derivations import is_rounded_from, quantity_of, says
from sim.scenario.facts import facts
from sim.scenario.sources import citation_problems, figure_at

ROWS = {
    "N-TRAINS": ("300", "", "", "trains/yr", "27,000 TEU in the year"),
    "V-TEU": ("56.5", "", "", "thousand", "x"),
    "B-TPERTEU": ("14", "10", "16", "t/TEU", ""),
    "V-MT": ("4.2", "", "", "Mt", ""),
    "C-30": ("30", "", "", "min", ""),
    "S-SHARE": ("12", "", "", "% of time", ""),
    "R-SPD": ("941", "", "", "km/day", ""),
    "Q-WORDS": ("qualitative", "", "", "", "nobody knows"),
}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    """A ledger of a few facts of unlike units."""
    path = tmp_path_factory.mktemp("ledger") / "sources.csv"
    head = ledger_text().splitlines()[0]
    lines = [
        f'{name},x,x,q,{value},{low},{high},{unit},2024,found,x,x,"{note}",'
        for name, (value, low, high, unit, note) in ROWS.items()
    ]
    path.write_text("\n".join([head, *lines]) + "\n")
    return facts(path)


@pytest.mark.parametrize(
    ("expression", "unit", "amount"),
    [
        ("27000[TEU/yr] / N-TRAINS", "TEU", 90),
        ("27000[TEU/yr] / N-TRAINS * B-TPERTEU", "t", 1260),
        ("27000[TEU/yr] / N-TRAINS * B-TPERTEU.high", "t", 1440),
        ("V-MT / 365[days] - 1[t/day]", "t/day", 4.2e6 / 365 - 1),
        ("(C-30 + 0.25[h]) * 2", "h", 1.5),
        ("S-SHARE * 365[days]", "days", 43.8),
        ("R-SPD / 2", "km/day", 470.5),
    ],
)
def test_an_expression_is_worked_out_with_its_units(ledger, expression, unit, amount):
    assert says(float(f"{amount:.12g}"), unit, quantity_of(expression, ledger))
    assert not says(1.01 * amount, unit, quantity_of(expression, ledger))


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("V-MT + R-SPD", "adds t and h\\^-1 km"),
        ("V-NONE / 2", "cites 'V-NONE', which is not in the ledger"),
        ("Q-WORDS * 2", "takes the value of Q-WORDS, which is no number"),
        ("C-30.low", "takes the low of C-30, which is no number"),
        ("C-30 / (2 - 2)", "divides by nothing"),
        ("C-30 ** 2", "is no sum"),
        ("__import__('os').getcwd()", "is no sum"),
        ("C-30 half", "is no sum"),
        ("", "is no sum"),
        ("(" * 300 + "1" + ")" * 300, "is longer than"),
    ],
)
def test_what_is_no_arithmetic_of_facts_is_said_to_be_none(ledger, expression, message):
    with pytest.raises(ValueError, match=message):
        quantity_of(expression, ledger)


@pytest.mark.parametrize(
    ("stated", "exact", "holds"),
    [
        (0.08, 0.0798, True),
        (0.0798, 0.08, False),
        (5, 4.5, True),
        (5, 4.49, False),
        (14_800, 14_849, True),
        (1e300, 1, False),
    ],
)
def test_a_number_may_be_rounded_to_its_own_last_digit(stated, exact, holds):
    assert is_rounded_from(stated, exact) is holds


@pytest.mark.parametrize(
    ("line", "value", "standing"),
    [
        ("C-30: half an hour", 0.5, "fact"),
        ("C-30: and a little", 0.55, "assumed"),
        ("C-30", {"mean": 0.5, "cv": 0.25}, "assumed"),
        ("C-30: half an hour; assumed: the spread", 0.5, "assumed"),
        ("C-30: assumed, since none is published", 0.5, "assumed"),
        ("R-SPD", 941, "assumed"),
        ("derived: C-30 * 2: there and back", 1, "derived"),
        ("derived: C-30 * 3: three of them", 1.5, "assumed"),
        ("derived: C-30; C-30 * 2: the ends", {"low": 0.5, "high": 1}, "derived"),
        ("assumed: as everywhere", 1, "assumed"),
        ("", 1, "unsourced"),
        ("X-9", 1, "unsourced"),
    ],
)
def test_a_number_counts_as_fact_or_derived_only_if_the_facts_say_it(ledger, line, value, standing):
    data = {"forming": {"train_h": value, "sources": {"train_h": line} if line else {}}}
    assert figure_at(data, ("forming", "train_h"), value, ledger).standing == standing


@pytest.mark.parametrize(
    ("line", "value", "message"),
    [
        ("derived: C-30 * 2: both ways", 1.5, "C-30 * 2' comes to 1 h, and forming.train_h is 1.5 h"),
        ("derived: B-TPERTEU: a train", 14, "comes to 14 in TEU^-1 t, and forming.train_h is 14 h"),
        ("derived: C-30; C-30: both", 0.5, "has 2 expressions for 1 numbers"),
        ("derived: C-30 +: what", 0.5, "is no sum"),
        ("derived: NONE-1 * 2", 1, "cites 'NONE-1', which is not in the ledger of facts"),
    ],
)
def test_arithmetic_that_does_not_come_to_the_number_is_refused(ledger, line, value, message):
    data = {"forming": {"train_h": value, "sources": {"train_h": line}}}
    figure = figure_at(data, ("forming", "train_h"), value, ledger)
    (problem,) = citation_problems([figure], ledger, {("forming", "sources", "train_h"): None})
    assert message in problem.message
