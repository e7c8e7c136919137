"""What a file says of markets and cannot mean: told with its key path; and what no run reads."""

import tomllib

import pytest
from every_key import MARKET
from scenario_text import SCENARIO

from sim.measure.check import check
from sim.scenario.checks.unused import unused_complaints
from sim.scenario.reading.read import scenario_from

TEXT = SCENARIO + MARKET


def complaints(*changes):
    """What is wrong with the small corridor with a market, changed."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {".".join(map(str, path)): message for path, message in scenario_from(tomllib.loads(text))[1]}


SECOND = MARKET.partition("[flows.chosen]")[2]


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ([('market = "boxes"', 'market = "boxen"')], "flows.chosen.market", "not a market of the scenario"),
        ([(SECOND, f"{SECOND}\n[flows.twice]{SECOND}")], "flows.twice.market", "is that of 'chosen', too"),
        ([("teu = 100\n", "")], "flows.chosen.market", "needs a train type with teu"),
        ([("price_usd_per_teu = 2_000\n", "")], "markets.boxes.corridor", "must state price_usd_per_teu, for the"),
        ([("most_share = 0.9\n", 'most_share = 0.9\nindex = "trade"\n')], "markets.boxes.index", "not an index"),
        (
            [('wagon_pools = ["platforms"]', 'wagon_pools = ["platforms"]\nordered_ahead_h = 700')],
            "trains.container.ordered_ahead_h",
            "must be at most 672 beside a market (got 700)",
        ),
        (
            [
                ('market = "boxes"', 'market = "boxes"\nregime = "paper"\ndeclarations_per_train = 1'),
                ("keying_h = 0.25\n", "keying_h = 0.25\nlead_h = 673\n"),
            ],
            "regimes.paper.lead_h",
            "must be at most 672",
        ),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(changes, where, says):
    assert says in complaints(*changes)[where]


def test_a_market_that_fits_is_read_and_one_of_no_flow_is_idle():
    assert complaints() == {}
    data = tomllib.loads(TEXT)
    del data["flows"]["chosen"]
    data["markets"]["boxes"]["nests"]["water"] = 0.3
    scenario, problems = scenario_from(data)
    assert not problems
    idle = dict(unused_complaints(scenario, data))
    assert idle["markets", "boxes"] == "no flow is of it"
    assert idle["markets", "boxes", "nests", "water"] == "no way lies in it"


@pytest.mark.parametrize(("most_share", "doubts"), [(0.1, 1), (0.9, 0)])
def test_a_bound_that_is_met_at_once_is_doubtful(tmp_path, most_share, doubts):
    """Boxes come at 1,950 USD and ten days against 1,500 and forty, so that the corridor has half and more."""
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace("most_share = 0.9", f"most_share = {most_share}"), encoding="utf-8")
    told = [problem for problem in check(path) if "bounds what comes in 3 months" in str(problem)]
    assert len(told) == doubts
