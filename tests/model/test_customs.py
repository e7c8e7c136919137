"""Clearance: rounds of wrong declarations, shares of luck, papers beside the boxes, queues for people, none for Tez."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.model.disruption import Closures
from sim.model.ledger import Channel
from sim.model.papers import channels, paper_luck, tez_luck
from sim.model.randomness import Luck
from sim.scenario.formalities import Inspection, Paper, Tez
from sim.verification.tiny import border, every, exponential, paper, played, pool, scenario, terminal, tez, times, train

SIZE = 20_000


def near(values, answer):
    """Whether the mean of independent values lies within four standard errors of the answer."""
    error = np.std(values, ddof=1) / math.sqrt(len(values))
    return abs(np.mean(values) - answer) <= 4 * error + 1e-12


@pytest.mark.parametrize("wrong_share", [0.0, 0.06, 0.3, 0.9])
def test_wrong_declarations_go_round_again(wrong_share):
    """Each of N declarations is handled 1/(1 - e) times on average."""
    regime = Paper.model_validate(paper(wrong_share=wrong_share))
    rounds = paper_luck(regime, 0, 50, 2_000, Luck(1, 0), "west", "khorgos").rounds
    assert len(rounds) == 2_000
    assert {train[0] for train in rounds} == {50}
    assert all(min(train) > 0 and list(train) == sorted(train, reverse=True) for train in rounds)
    assert near([sum(train) for train in rounds], 50 / (1 - wrong_share))
    assert near([train[1] if len(train) > 1 else 0 for train in rounds], 50 * wrong_share)


def test_every_round_is_worked():
    """Hours at both desks are those of all declarations handled; rounds are counted."""
    frames = played(
        scenario(
            {"khorgos": border(declarant_teams=2, officer_teams=2)},
            {"west": every(8, "khorgos", regime="paper", declarations_per_train=16)},
            regimes={"paper": paper(keying_h=0.125, checking_h=0.0625, wrong_share=0.4)},
        )
    )
    cleared = replace(frames, stages=frames.stages[frames.stages.train.isin(frames.declarations.train)])
    keyed, checked = times(cleared, "keying"), times(cleared, "checking")
    assert len(keyed) == len(checked) == frames.declarations.rounds.sum()
    for (_, key_start, key_end), (_, check_start, check_end) in zip(keyed, checked, strict=True):
        assert check_start == key_end
        assert check_end - check_start == (key_end - key_start) / 2
    assert frames.declarations.rounds.max() > 2


@pytest.mark.parametrize("cv", [0.0, 0.3, 1.0])
def test_effort_varies_between_trains_not_in_the_mean(cv):
    regime = Paper.model_validate(paper(keying_h=0.04, checking_h=0.02, effort_cv=cv))
    drawn = paper_luck(regime, 0, 1, SIZE, Luck(2, 0), "west", "khorgos")
    keying = np.array(drawn.keying_h)
    assert near(keying, 0.04)
    assert np.std(keying) / 0.04 == pytest.approx(cv, abs=0.1)
    assert np.array(drawn.checking_h) == pytest.approx(keying / 2)


def test_tez_is_late_or_wrong_in_its_shares():
    regime = Tez.model_validate(
        tez(lead_h={"mean": 24, "cv": 0.5}, late_share=0.08, late_h=2, wrong_share=0.15, correction_h=1, release_h=0.5)
    )
    drawn = tez_luck(regime, 0, 2, Closures([], []), None, SIZE, Luck(3, 0), "west", "khorgos")
    lodged_after, rounds = np.array(drawn.lodged_after_h), np.array([len(train) for train in drawn.rounds])
    assert near(lodged_after > 0, 0.08)
    assert near(rounds > 1, 1 - 0.85**2)
    assert near((lodged_after > 0) & (rounds > 1), 0.08 * (1 - 0.85**2))
    assert set(lodged_after[lodged_after > 0]) == {2}
    assert near(lodged_after[lodged_after < 0], -24)
    assert set(drawn.release_h) == {0.5}


def test_channels_have_their_shares_and_hours():
    inspection = Inspection.model_validate(
        {"yellow_share": 0.05, "red_share": 0.02, "yellow_h": 2, "red_h": exponential(8), "teams": 1}
    )
    drawn, hours = channels(inspection, SIZE, Luck(4, 0), "west", "khorgos")
    channel, hours = np.array(drawn), np.array(hours)
    assert near(channel == Channel.YELLOW, 0.05)
    assert near(channel == Channel.RED, 0.02)
    assert set(hours[channel == Channel.GREEN]) == {0}
    assert set(hours[channel == Channel.YELLOW]) == {2}
    assert near(hours[channel == Channel.RED], 8)


@given(st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_greater_share_of_red_takes_no_train_out_of_red(yellow_share, red_share):
    """Common luck: with a greater share every train that was red stays red."""
    few, _ = channels(inspected(yellow_share, red_share / 2), 200, Luck(5, 0), "west", "khorgos")
    many, _ = channels(inspected(yellow_share, red_share), 200, Luck(5, 0), "west", "khorgos")
    assert all(after == Channel.RED for before, after in zip(few, many, strict=True) if before == Channel.RED)


def inspected(yellow_share, red_share):
    spells = {"yellow_h": 1, "red_h": 2, "teams": 1}
    return Inspection.model_validate({"yellow_share": yellow_share, "red_share": red_share, **spells})


def test_tez_queues_for_nobody():
    """A hundred trains within the hour, no teams at all: each is released half an hour after it came."""
    frames = played(
        scenario(
            {"khorgos": border(declarant_teams=0, officer_teams=0)},
            {"west": every(0.01, "khorgos", regime="tez", declarations_per_train=50)},
            regimes={"tez": tez(release_h=0.5)},
            days=1,
        )
    )
    declared = frames.declarations.dropna()
    assert len(declared) > 2_000
    assert list(declared.released_h) == list(declared.arrived_h + 0.5)


@pytest.mark.parametrize(("kind", "papers_h"), [("paper", 8.0), ("tez", 6.0)])
@pytest.mark.parametrize("order", ["nothing", "placing", "gauge_change", "forming"])
def test_structure_and_speed_are_two_things(kind, papers_h, order):
    """With the same hours, papers beside other works cost what is longer, one after the other the sum."""
    regimes = {
        "paper": paper(keying_h=0.5, checking_h=0.3, works_before_release=order),
        "tez": tez(late_share=1, late_h=4, release_h=2, works_before_release=order),
    }
    frames = played(
        scenario(
            {"khorgos": border(gauge_h=4, forming_h=3), "yard": terminal(1)},
            {"west": every(8, "khorgos", "yard", train="flat", regime=kind, declarations_per_train=10)},
            trains={"flat": train(wagon_pools=["sets"])},
            wagon_pools={"sets": pool("khorgos", {"yard": 1}, placing_h=5)},
            regimes=regimes,
        )
    )
    left_h = [ended_h for _, _, ended_h in times(frames, "unloading")]
    works_h = {"nothing": 0, "placing": 5, "gauge_change": 9, "forming": 12}
    stay_h = max(papers_h, works_h[order]) + 12 - works_h[order]
    assert left_h == pytest.approx([4 + 8 * number + stay_h + 1 for number in range(len(left_h))])
