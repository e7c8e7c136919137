"""What is said of samples, intervals and years: never more than the replications, or the days, can bear."""

import datetime as dt
import math

import pytest
from hand_made import scenario

from sim.measure.chances import share_interval
from sim.views.words import interval_basis, interval_text, reached_words, year_title

JAN_TO_JUN = {"start": dt.date(2024, 1, 1), "end": dt.date(2025, 7, 1)}
MID_MONTH = {"start": dt.date(2024, 3, 5), "end": dt.date(2025, 1, 1)}


@pytest.mark.parametrize(
    ("successes", "n", "words"),
    [
        (0, 4, "0 of 4 replications, by luck alone: 0 % [0 %, 60 %]"),
        (8, 8, "8 of 8 replications, by luck alone: 100 % [63 %, 100 %]"),
        (0, 0, "observed in no replication"),
        (16, 20, "16 of 20 replications, by luck alone: 80 % [56 %, 94 %]"),
    ],
)
def test_replications_are_told_as_luck_with_the_interval_of_the_share(successes, n, words):
    chance = share_interval(successes, n, 0.95)
    assert reached_words(successes, n, chance.low, chance.high) == words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((10,), "10 replications, 95 % intervals"),
        ((2,), "2 replications (intervals need 3)"),
        ((1,), "1 replication (intervals need 3)"),
        ((10, 2), "10 and 2 replications, 95 % intervals (from 3 replications on)"),
    ],
)
def test_the_sample_says_whether_there_are_intervals(counts, words):
    assert interval_basis([{"replications": count, "level": 0.95} for count in counts]) == words


@pytest.mark.parametrize(
    ("mean", "low", "high", "text"),
    [
        (9.158, 8.71, 9.62, "9.16 [8.71, 9.62]"),
        (0.5623, 0.5571, 0.5672, "0.562 [0.557, 0.567]"),
        (84138, 81890, 86385, "84,100 [81,900, 86,400]"),
        (9.158, 7.12, 11.2, "9.2 [7.1, 11.2]"),
        (8326.0, 8321.8, 8330.3, "8,326 [8,322, 8,330]"),
        (0.013, -0.3, 0.31, "0.01 [−0.30, 0.31]"),
        (-4.761, -4.85, -4.67, "−4.76 [−4.85, −4.67]"),
        (1.2721, 1.2693, 1.2764, "1.27 [1.27, 1.28]"),
        (0.0, 0.0, 0.0, "0 [0, 0]"),
        (4.25, 4.0, 4.5, "4.25 [4.00, 4.50]"),
        (3.14159, math.nan, math.nan, "3.14"),
    ],
)
def test_digits_follow_the_error(mean, low, high, text):
    assert interval_text(mean, low, high) == text


@pytest.mark.parametrize(
    ("horizon", "period", "title"),
    [
        (JAN_TO_JUN, "2024", "2024"),
        (JAN_TO_JUN, "2025", "2025 (Jan–Jun only)"),
        (JAN_TO_JUN, "all", "all"),
        (MID_MONTH, "2024", "2024 (5 Mar–31 Dec only)"),
        ({"start": dt.date(2025, 2, 1), "end": dt.date(2025, 3, 1)}, "2025", "2025 (Feb only)"),
    ],
)
def test_a_year_held_in_part_says_which_part(horizon, period, title):
    assert year_title(scenario(horizon=horizon | {"warmup_days": 2}), period) == title
