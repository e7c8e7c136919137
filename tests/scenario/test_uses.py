"""A published figure that sets an input and validates it, too, is found: through arithmetic, words and calibration."""

import pytest
from scenario_text import FITTED, SCENARIO

from sim.scenario.facts import Fact
from sim.scenario.reading.read import read
from sim.scenario.uses import used_twice

LEDGER = {
    name: Fact(name, "t", "p", quantity, value, low, "", unit, "2024", "found", "t", "a", note)
    for name, quantity, value, low, unit, note in (
        ("P-DWELL", "dwell", "54", "20", "h", "by rail; 33 h of it on tracks; three trains in ten"),
        ("V-2023", "annual", "100", "", "Mt", ""),
        ("V-TEU-2024", "annual", "40000", "", "TEU", ""),
    )
}
ROW = 'flow = "transit"\nstart = 2025-01-01\nend = 2025-02-01\nlow = 20\nhigh = 60.5\n'


def clashes(tmp_path, text, line="", row=""):
    """The messages for the small corridor, whose row of dwells cites P-DWELL, with a line for the length of a leg."""
    path = tmp_path / "small.toml"
    length = 'title = "Altynkol\u2013Aktau"\n'
    assert text.count(ROW) == text.count(length) == 1
    path.write_text(text.replace(ROW, ROW + row).replace(length, f"{length}{line}\n"), encoding="utf-8")
    reading = read(path)
    return [str(problem) for problem in used_twice(reading.resolved, LEDGER, reading.spots)]


@pytest.mark.parametrize(
    ("line", "row", "is_used_twice"),
    [
        ("", "", False),
        ('sources.length_km = "P-DWELL"', "", True),
        ('sources.length_km = "assumed: much"', "", False),
        ('sources.length_km = "assumed: as P-DWELL has it"', "", True),
        ('sources.length_km = "assumed: half as much again as the 20 of P-DWELL in 2024"', "", True),
        ('sources.length_km = "assumed: P-DWELL says 33 on the tracks"', 'sources.high = "assumed: wide"', False),
        ('sources.length_km = "assumed: P-DWELL says 33 on the tracks"', 'sources.high = "P-DWELL: 33"', True),
        ('sources.length_km = "derived: 2 * P-DWELL"', 'sources.all = "P-DWELL: 20"', False),
        ('sources.length_km = "derived: 2 * P-DWELL.low"', 'sources.all = "P-DWELL: 20"', True),
        ('sources.length_km = "derived: 2 * P-DWELL"', 'sources.high = "derived: P-DWELL / 2"', True),
        ('sources.length_km = "P-DWELL"', 'used_for = "calibration"', False),
    ],
)
def test_a_figure_may_set_an_input_or_validate_and_not_both(tmp_path, line, row, is_used_twice):
    text = SCENARIO
    if "calibration" in row:
        text, row = text.replace('used_for = "validation"', row), ""
    messages = clashes(tmp_path, text, line, row)
    assert len(messages) == is_used_twice
    for message in messages:
        number = 1 + (tmp_path / "small.toml").read_text().splitlines().index('used_for = "validation"')
        assert message.startswith(
            f"{tmp_path / 'small.toml'}:{number}: published.dwell_2025: rests on P-DWELL, which sets "
        )
        assert "small.toml:" in message.split("which sets")[1]


def test_a_row_that_was_fitted_to_is_an_input_to_those_that_validate(tmp_path):
    fitted = SCENARIO + FITTED.replace('"V-2023"', '"P-DWELL"').replace("value = 100", "value = 54")
    [message] = clashes(tmp_path, fitted)
    assert "rests on P-DWELL, which sets published.voyages." in message
