"""A forecast as it is told and drawn: its sentences say what the frames bear, and nothing is drawn of few worlds."""

import re

import numpy as np
import pytest
from experiments import Formula, row
from forecasts import asking, carrying, chain_offered_mt
from matplotlib.figure import Figure

from sim.cli.console import show_headline
from sim.measure.chances import share_interval
from sim.scenario.reading.opening import load
from sim.study.arithmetic.loads import offered_mt
from sim.study.forecast.forecast import forecast
from sim.study.forecast.telling import (
    ForecastClaim,
    chance_of,
    claims,
    decisive,
    is_told_from_luck,
    outcomes,
    reverse_chance,
    told_worth,
    worth_claims,
)
from sim.views import words
from sim.views.plots.forecast.fan import BANDS
from sim.views.plots.forecast.unknowns import mark_axis
from sim.views.plots.gallery import figures
from sim.views.plots.style import NothingToDraw
from sim.views.sheets.answer import headline_of, sheets
from sim.views.sheets.forecast.claims import rule_words, verdict_word


def luck_alone():
    """An engine on which no input has an effect."""

    def rows(scenario, index):
        mt = chain_offered_mt() * (1.2 + 0.1 * np.random.default_rng(index).standard_normal())
        return [row("throughput_mt", mt, flow="line", period="2025", unit="Mt")]

    return Formula(rows)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return forecast(asking(tmp_path_factory.mktemp("asking")), perform=carrying())


def compared(tmp_path, worlds):
    base = asking(tmp_path)
    more = 'conclusions = ["throughput_mt:all:line:2025 difference >= 0.2"]'
    second = load(asking(tmp_path, "gain", more).files[0], ['title="gain"'])
    return forecast(base, second, worlds=worlds, perform=carrying(0.25))


def test_the_answer_says_both_chances_and_the_verdict(told):
    """Offered in three worlds of ten, and carried where the yard has its second track: in fewer than half of all."""
    claim = claims(told)[0]
    chance, offered = chance_of(told, claim), told.chances.set_index("question")["share"]["offered"]
    headline = headline_of(told)
    assert claim.offer == "at target"
    plain = chance_of(told, ForecastClaim(claim.conclusion, "as drawn"))
    assert headline.answer.startswith(f"Unlikely: {told.manifest['target_mt']:g} Mt are carried in ")
    assert f"are carried in {words.percent(plain.share)} of plausible worlds" in headline.answer
    assert f"and offered in {words.percent(offered)}." in headline.answer
    assert f"would be carried in {words.percent(chance.share)} of worlds" in headline.answer
    ends = f"[{words.percent(chance.low)}, {words.percent(chance.high)}]"
    assert [cells[1] for cells in headline.numbers.rows[:2]] == [words.percent(plain.share), words.percent(offered)]
    assert [cells[1:] for cells in headline.numbers.rows][2] == (words.percent(chance.share), ends)


def test_the_reason_names_what_decides(told):
    """At the target the second track decides; in worlds as drawn what is offered does."""
    reason = headline_of(told).reason
    assert "decided most by: tracks of the yard (" in reason and "of the spread" in reason
    assert decisive(told, claims(told)[0])["unknown"].tolist()[0] == "tracks"
    assert rule_words(told, "tracks > 1.5 and trade <= 0.9") == (
        "tracks of the yard above 1.5 and trade at most 0.9 times"
    )
    assert rule_words(told, "tracks is 2", "tracks") == "2"


def test_what_luck_makes_is_no_reason(tmp_path):
    asked = asking(tmp_path)
    result = forecast(asked, worlds=40, replications=2, perform=luck_alone())
    headline = headline_of(result)
    assert decisive(result, claims(result)[0]).empty and headline.reason.endswith("Mt come through.")
    assert re.search(r"Part of luck in the spread: .* % of what is carried\.", headline.hangs_on)
    two_pairs = headline_of(forecast(asked, worlds=40, perform=luck_alone()))
    assert "Part of luck" not in two_pairs.hangs_on


def test_of_too_few_worlds_no_sentence_stops_half_way(tmp_path):
    reason = headline_of(forecast(asking(tmp_path), worlds=8, perform=luck_alone())).reason
    assert "come through" not in reason and "What is carried in" not in reason


def test_a_difference_that_luck_makes_is_told_as_luck(tmp_path):
    """Half of the worlds gain and half lose: a share of worlds above a threshold is no effect without its reverse."""
    base = asking(tmp_path)
    more = 'conclusions = ["throughput_mt:all:line:2025 difference >= 0.02"]'
    second = load(asking(tmp_path, "gain", more).files[0], ['title="gain"'])
    luck, rise = np.random.default_rng(3), 0.0

    def rows(scenario, index):
        noise = 0.1 * luck.standard_normal() + (rise if "gain" in scenario.title else 0)
        return [row("throughput_mt", chain_offered_mt() + noise, flow="line", period="2025", unit="Mt")]

    result = forecast(base, second, worlds=80, perform=Formula(rows))
    headline = headline_of(result)
    assert re.search(r", −0\.\d+ to 0\.\d+ in 80 %: no more than luck\.$", headline.answer)
    claim = claims(result)[-1]
    gains, losses = chance_of(result, claim), reverse_chance(result, claim)
    assert min(gains.share, losses.share) > 0.2 and not is_told_from_luck(result, claim)
    assert headline.numbers.rows[-1][-1] == words.percent(losses.share)
    luck, rise = np.random.default_rng(3), 0.2
    result = forecast(base, second, worlds=80, perform=Formula(rows))
    assert is_told_from_luck(result, claims(result)[-1])
    assert headline_of(result).answer.endswith(" in 80 %: more than luck.")


def test_a_few_worlds_far_out_are_not_all_the_spread(tmp_path):
    """In two of a hundred a queue runs away under one scenario: what decides all others is told none the less."""
    base = asking(tmp_path)
    more = 'conclusions = ["throughput_mt:all:line:2025 difference >= 0.02"]'
    second = load(asking(tmp_path, "gain", more).files[0], ['title="gain"'])

    def rows(scenario, index):
        gain = 0.1 * offered_mt(scenario, "line", "2025") if "gain" in scenario.title else 0
        gain += 500 * (index % 97 == 0 and "gain" in scenario.title)
        return [row("throughput_mt", 1 + gain, flow="line", period="2025", unit="Mt")]

    result = forecast(base, second, worlds=200, perform=Formula(rows))
    assert decisive(result, claims(result)[-1])["unknown"].tolist() == ["trade"]


@pytest.mark.parametrize(
    ("successes", "word"), [(0, "Hardly"), (10, "Unlikely"), (25, "Open"), (40, "Likely"), (50, "Almost surely")]
)
def test_a_chance_in_a_word_by_its_interval(successes, word):
    assert verdict_word(share_interval(successes, 50, 0.95)) == word


def test_the_last_screen_is_one(told, capsys):
    """Below it come two lines of the command and one of the page."""
    show_headline(headline_of(told))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 21 and max(map(len, lines)) <= 79


def test_what_a_change_brings_is_told_by_its_threshold(tmp_path):
    result = compared(tmp_path, 40)
    assert headline_of(result).numbers.rows[-1][:2] == ("Throughput rises by 0.2 Mt or more", "100 %")
    titles = [sheet.title for sheet in sheets(result)]
    assert "gain_title_gain less line, world by world" in titles
    figure = figures(result)["difference_by_world"]()
    assert "rises by 0.2 Mt or more in all of 20 worlds" in figure.get_suptitle()
    label = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert label == [
        "plausible worlds",
        next(text for text in label if "are offered" in text),
        "threshold",
        "no difference",
    ]


def test_a_fan_has_the_bands_that_its_worlds_can_tell(told, tmp_path):
    """Of twenty worlds of a kind the 95 % band would be their least and their most."""
    stems = {50: BANDS, 20: BANDS[1:]}
    few = forecast(asking(tmp_path), worlds=40, perform=carrying())
    for number, result in ((50, told), (20, few)):
        figure = figures(result)["fan_line"]()
        labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        assert [text for text in labels if "of worlds" in text] == [
            f"{100 * band[2]:g} % of worlds" for band in stems[number]
        ]
        assert len(figure.axes) == 2 and f"{number} plausible worlds" in figure.get_supxlabel().replace("\n", " ")


def test_nothing_is_drawn_of_few_worlds(tmp_path):
    result = compared(tmp_path, 12)
    for draw in figures(result).values():
        with pytest.raises(NothingToDraw, match="fewer than 10 worlds"):
            draw()


def test_worlds_apart_are_told_by_the_rule(told):
    figure = figures(told)["worlds_apart"]()
    title = figure.get_suptitle().replace("\n", " ")
    assert "worlds with: tracks of the yard above 1.5; in 0 of the other" in title
    holds, fails = (text.get_text() for text in figure.axes[0].get_legend().get_texts())
    assert holds.startswith("holds (") and fails.startswith("fails (")


@pytest.mark.parametrize(("sets", "is_whole"), [([81, 90, 100], True), ([81.5, 90, 100], False)])
def test_an_axis_of_counts_has_whole_numbers(sets, is_whole):
    axes = Figure((6, 4)).subplots()
    axes.scatter(sets, sets)
    mark_axis(axes, "y", np.array(sets), [])
    assert all(tick % 1 == 0 for tick in axes.get_yticks()) == is_whole


def test_what_is_worth_asking_is_told_and_drawn(told):
    """What is offered is worth most in plausible worlds, and tells nothing where the second track decides."""
    plain, target = worth_claims(told)
    assert (plain.offer, target.offer) == ("as drawn", "at target")
    assert told_worth(told, plain, ["unknown"])["asked"].tolist() == ["trade"]
    assert told_worth(told, target, ["unknown"])["asked"].tolist() == ["tracks"]
    sheet, other = (sheet for sheet in sheets(told) if sheet.title.startswith("What finding out is worth"))
    assert [cells[0] for cells in other.rows] == [
        "nothing", "everything, luck too", "all that is unknown", "all ports", "tracks of the yard"
    ]  # fmt: skip
    assert other.rows[-1][-1] == "100 % [100 %, 100 %]", "whether the target is carried hangs on the track alone"
    errors = (outcomes(told, plain) - outcomes(told, plain).mean()) ** 2
    assert float(sheet.rows[0][2]) == pytest.approx(errors.mean() ** 0.5, rel=0.05)
    figure = figures(told)["worth_asking"]()
    title = figure.get_suptitle().replace("\n", " ")
    assert "throughput, plausible worlds: trade; " in title and title.endswith("tracks of the yard")
    assert [len(axes.patches) for axes in figure.axes] == [3, 3], "all, a group and a figure"


def test_of_luck_alone_nothing_is_worth_asking(tmp_path):
    result = forecast(asking(tmp_path), worlds=100, perform=luck_alone())
    assert set(told_worth(result, worth_claims(result)[0])["of"]) == {"everything"}
    with pytest.raises(NothingToDraw, match="nothing that it is worth finding out"):
        figures(result)["worth_asking"]()
