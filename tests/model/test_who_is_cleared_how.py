"""Adoption, outages and papers handed in early; trains that change flows; volumes by index; spells by chance."""

import datetime as dt

import numpy as np
import pytest

from sim.model.disruption import chance_spells
from sim.model.randomness import Luck
from sim.model.simulate import simulate
from sim.scenario.schema import Scenario
from sim.verification.tiny import at_random, border, every, journey, paper, played, scenario, section, tez

REGIMES = {
    "paper": paper(keying_h=1, checking_h=1),
    "tez": tez(release_h=0.5),
}
DECLARING = {"declarations_per_train": 1, "regime": "tez"}


def at_khorgos(gap_h=4, regimes=None, days=4, changes=None, **more):
    flow = every(gap_h, "khorgos", **{**DECLARING, **(changes or {})})
    return scenario({"khorgos": border(**more)}, {"west": flow}, regimes=regimes or REGIMES, days=days)


def changed(described, path, value):
    data = described.model_dump()
    *above, last = path
    inner = data
    for key in above:
        inner = inner[key]
    inner[last] = value
    return Scenario.model_validate(data, strict=False)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_the_trains_adopts(share):
    described = at_khorgos(0.25, changes={"otherwise": "paper", "adoption_share": share}, days=20)
    regimes = played(described).declarations.regime
    assert (regimes == "tez").mean() == pytest.approx(share, abs=0.05)


def test_a_border_may_have_a_regime_of_its_own():
    """Nobody adopts the other regime there, whatever the flow does elsewhere."""
    adopting = {"otherwise": "paper", "adoption_share": 0.5}
    rows = played(at_khorgos(0.5, changes=adopting, days=10, regime="paper")).declarations
    assert set(rows.regime) == {"paper"}
    dated = {dt.date(2025, 1, 1): "paper", dt.date(2025, 1, 6): "tez"}
    rows = played(at_khorgos(0.5, changes=adopting, days=10, regime=dated)).declarations
    early = rows.arrived_h < 5 * 24
    assert set(rows.regime[early]) == {"paper"} and set(rows.regime[~early]) == {"tez"}


def test_who_adopts_early_has_adopted_later():
    def by_tez(share):
        rows = played(at_khorgos(changes={"otherwise": "paper", "adoption_share": share})).declarations
        return set(rows.train[rows.regime == "tez"])

    few, many = by_tez(0.3), by_tez(0.7)
    assert few < many


def test_trains_fall_back_to_paper_while_tez_is_down():
    outages = {"down_share": 0.3, "outage_h": 6, "fallback": "paper"}
    described = at_khorgos(0.5, {**REGIMES, "tez": tez(release_h=0.5, outages=outages)}, days=60)
    rows = played(described).declarations
    assert (rows.regime == "paper").mean() == pytest.approx(0.3, abs=0.12)
    on_paper = (rows.regime == "paper").to_numpy()
    assert np.abs(np.diff(on_paper.astype(int))).sum() < 0.4 * on_paper.sum(), "they come in spells"


def test_papers_handed_in_early_are_done_on_arrival():
    """Two hours of work, begun three hours ahead: nothing is waited for, and the row says when they were handed in."""
    frames = played(at_khorgos(regimes={"tez": paper(keying_h=1, checking_h=1, lead_h=3)}, declarant_teams=1))
    rows = frames.declarations
    assert (rows.arrived_h - rows.lodged_h).to_list()[1:] == [3] * (len(rows) - 1)
    assert (rows.released_h == rows.arrived_h).all()
    assert journey(frames, 3) == [("forming", 14, 14, 14)]
    assert journey(frames, 3, beside=True) == [("keying", 11, 11, 12), ("checking", 12, 12, 13)]


def test_papers_handed_in_too_late_are_waited_for():
    frames = played(at_khorgos(regimes={"tez": paper(keying_h=1, checking_h=1, lead_h=1.5)}))
    assert journey(frames, 2)[0] == ("release", 10, 10.5, 10.5)


def test_early_papers_beside_the_gauge_change():
    regimes = {"tez": paper(keying_h=1, checking_h=4, lead_h=1, works_before_release="gauge_change")}
    frames = played(at_khorgos(12, regimes, gauge_h=2))
    assert journey(frames, 1)[:2] == [("gauge_change", 18, 18, 20), ("release", 20, 22, 22)]


def diverted(share):
    return scenario(
        {"line": section(5), "other": section(7)},
        {
            "west": at_random(0.5, "line"),
            "new": {**at_random(0.5, "other"), "trains_per_year": None, "share_of": {"west": share}},
        },
        days=30,
    )


def test_a_share_of_a_flow_takes_another_route():
    before = played(diverted(0.0)).trains
    after = played(diverted(0.25)).trains
    assert len(before) == len(after), "no train is made or lost"
    assert sorted(before.offered_h) == sorted(after.offered_h)
    assert (after.flow == "new").mean() == pytest.approx(0.25, abs=0.06)


def test_a_larger_share_takes_the_same_trains_and_more():
    few, many = (set(played(diverted(share)).trains.query("flow == 'new'").offered_h) for share in (0.2, 0.4))
    assert few < many


def test_a_share_begins_on_its_date():
    trains = played(diverted({"2025-01-01": 0.0, "2025-01-16": 1.0})).trains
    assert trains.offered_h[trains.flow == "new"].min() >= 15 * 24
    assert trains.offered_h[trains.flow == "west"].max() < 15 * 24


def test_the_trains_that_stay_keep_their_luck():
    spread = {"line": section(5, speed_km_per_day={"mean": 24, "cv": 0.4}), "other": section(7)}

    def hours(share):
        described = scenario(
            spread,
            {
                "west": at_random(0.5, "line"),
                "new": {**at_random(0.5, "other"), "trains_per_year": None, "share_of": {"west": share}},
            },
            days=30,
        )
        trains = played(described).trains
        own = trains[trains.flow == "west"]
        return dict(zip(own.offered_h, own.left_h - own.offered_h, strict=True))

    all_of_them, rest = hours(0.0), hours(0.3)
    assert len(rest) < len(all_of_them)
    assert all(hour == pytest.approx(all_of_them[offered], nan_ok=True) for offered, hour in rest.items())


def stormy(months=(11, 12, 1), per_year=3.0):
    data = scenario({"line": section(1)}, {"west": every(24, "line")}, days=365 * 20).model_dump()
    data["disruptions"] = {
        "storms": {
            "title": "Storms",
            "per_year": per_year,
            "lasts_days": {"low": 2.0, "mode": 3.0, "high": 6.0, "shape": "triangular"},
            "months": months,
            "changes": {"places.line.paths_per_day": 1},
        }
    }
    return Scenario.model_validate(data, strict=False)


@pytest.mark.parametrize(("months", "per_year"), [((11, 12, 1), 3.0), ((1, 2, 3, 4, 5), 1.0)])
def test_spells_by_chance_come_as_often_as_stated_in_their_months(months, per_year):
    spells = [chance_spells(stormy(months, per_year), Luck(1, replication))["storms"] for replication in range(20)]
    starts = [start for each in spells for start, _ in each]
    assert {start.month for start in starts} == set(months)
    assert len(starts) / 400 == pytest.approx(per_year, rel=0.12)
    assert {(until - start).days for each in spells for start, until in each} <= {2, 3, 4, 5, 6}


def test_spells_by_chance_differ_between_replications_and_show_in_the_capacity():
    described = stormy()
    one, other = (chance_spells(described, Luck(1, replication)) for replication in (0, 1))
    assert one != other
    start, until = one["storms"][0]
    run = simulate(described, 1, 0)
    stages = run.tables.stages[run.tables.stages.activity == "running"]
    from_h = (start - dt.date(2025, 1, 1)).days * 24.0
    inside = stages[stages.queued_h.between(from_h, (until - dt.date(2025, 1, 1)).days * 24)]
    assert len(inside) >= 1


def test_a_spell_by_chance_changes_flows_too():
    """Tez gives way to paper in spells that take about a third of the time."""
    data = at_khorgos(2, days=31).model_dump()
    data["disruptions"] = {
        "back_to_paper": {
            "title": "Back to paper",
            "per_year": 60.0,
            "lasts_days": 3.0,
            "changes": {"flows.west.regime": "paper"},
        }
    }
    described = Scenario.model_validate(data, strict=False)
    [(start, until), *_] = chance_spells(described, Luck(1, 0))["back_to_paper"]
    rows = simulate(described, 1, 0).tables.declarations
    on_paper = rows.arrived_h[rows.regime == "paper"]
    from_h, until_h = ((day - dt.date(2025, 1, 1)).days * 24 for day in (start, until))
    assert on_paper.between(from_h, until_h, inclusive="left").sum() == (until_h - from_h) / 2
    assert (rows.regime == "tez").any()
