"""What the list of scenarios shows is what reading them whole would give."""

import pytest

from sim.scenario.reading.layers import Outline, outline
from sim.scenario.reading.read import shipped

FILES = sorted(shipped().glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_headline_equals_full_reading(path, shipped_reading):
    scenario = shipped_reading(path.stem).scenario
    horizon = scenario.horizon
    assert outline(path) == Outline(scenario.title, str(horizon.start), str(horizon.end), len(scenario.flows))


def test_some_shipped_scenarios_add_a_flow_and_change_the_title():
    """Else the test above would hold of a outline that reads one file only, or only the last."""
    base = outline(shipped() / "base.toml")
    others = [outline(path) for path in FILES]
    assert {each.title for each in others} > {base.title}
    assert {each.flows for each in others} > {base.flows}
    assert {each.start for each in others} > {base.start}


def test_a_file_without_title_horizon_or_flows_is_listed_bare(tmp_path):
    path = tmp_path / "bare.toml"
    path.write_text("flows = 3\nhorizon = [1]\n", encoding="utf-8")
    assert outline(path) == Outline("", "", "", 0)
