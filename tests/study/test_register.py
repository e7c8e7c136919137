"""The register of forecasts: statements written by worlds, scored by what was published since, beside rules."""

import datetime as dt
from functools import partial

import numpy as np
import pytest
from commands import output_of
from forecasts import asking, chain_offered_mt
from scipy.special import ndtri

from sim.measure.own_figures import with_figures
from sim.measure.scores import ensemble_crps
from sim.scenario.problems import CorridorError, ScenarioError
from sim.scenario.reading.opening import load
from sim.study.register import saying
from sim.study.register.saying import plan_saying, say_of_figures
from sim.study.register.scoring import is_ahead, scores_table, summary_table
from sim.study.register.statements import RegisterError, Statement, read_register, statements_text
from sim.views.plots.register import outcome_figures, places_of_outcomes
from sim.views.plots.style import NothingToDraw
from sim.views.sheets.register import LINES, open_sentence, register_sheets, said_sentences, unscored_sentences

HEAD = "name,title,fact,used_for,kpi,flow,start,end,value,low,high\n"
QUESTIONS = "name,title,kpi,flow,start,end\ncargo,Cargo of 2025,throughput_mt,line,2025-01-01,2026-01-01\n"
DAY = dt.date(2024, 12, 31)
TENTHS = np.arange(0, 10.25, 0.25)
"""Of 41 worlds: the 80 % are 1 to 9."""


def statement(name, members, forecast="worlds", until=DAY, end=dt.date(2026, 1, 1), made=None):
    about = (forecast, made or until, until, name, name, "throughput_mt", "all", "line", dt.date(2025, 1, 1), end, "so")
    return Statement(*about, np.array(members, float))


def outcome(name, value, low=0, high=99):
    return f"{name},{name},F-1,validation,throughput_mt,line,2025-01-01,2026-01-01,{value},{low},{high}\n"


@pytest.fixture
def folder(tmp_path):
    """A folder of statements and outcomes, written as given."""

    def written(statements, outcomes=(), name="register"):
        place = tmp_path / name
        place.mkdir()
        (place / "said.csv").write_text(statements_text(statements), encoding="utf-8")
        if outcomes:
            (place / "outcomes.csv").write_text(HEAD + "".join(outcomes), encoding="utf-8")
        return place

    return written


def test_statements_come_back_as_they_were_written(folder):
    said = [statement("a", [*range(-18, 2), 4.25]), statement("a", [3], "last year"), statement("b", range(40))]
    register = read_register(folder(said))
    assert [entry.row for entry in register.statements] == [entry.row for entry in said]
    assert register.statements[0].percentiles[3] == -8 and not register.outcomes


def test_a_statement_is_scored_by_its_members_and_a_rule_by_its_error(folder):
    said = [statement("a", TENTHS), statement("b", TENTHS), statement("a", [4], "last value"), statement("c", TENTHS)]
    register = read_register(folder(said, [outcome("a", 5), outcome("b", 40), outcome("d", 1)]))
    scores = scores_table(register).set_index(["forecast", "name"])
    assert scores.loc[("worlds", "a"), "score"] == pytest.approx(ensemble_crps(TENTHS, 5.0))
    assert scores.loc[("last value", "a"), ["score", "score_share"]].tolist() == [1, 0.25]
    assert np.isnan(scores.loc[("worlds", "b"), "score_share"]), "there is no last value to tell it in"
    assert scores.loc[("worlds", "a"), "hit"] and not scores.loc[("worlds", "b"), "hit"]
    assert scores.loc[("worlds", "b"), "place"] > 41 / 42
    alone, beside = summary_table(scores.reset_index(), register, 0.95).to_dict("records")
    assert (alone["scored"], alone["open"], alone["hits"], alone["share"]) == (2, 1, 1, 0.5)
    assert (alone["scaled"], beside["scaled"]) == (1, 1)
    assert (beside["beside"], beside["scored"], beside["other_share"]) == ("last value", 1, 0.25)
    assert beside["difference"] == pytest.approx(ensemble_crps(TENTHS, 5.0) / 4 - 0.25)
    assert open_sentence(register) == "Still open: 1 statement, of days that end on 2026-01-01."


def test_no_forecast_gains_by_saying_less_than_it_thinks(folder):
    """Of what is drawn as the worlds say, worlds that are all a fifth lower score worse, as shares too."""
    rng, said, came = np.random.default_rng(1), [], []
    law = np.exp(0.5 * ndtri((np.arange(40) + 0.5) / 40))
    for number, value in enumerate(np.exp(0.5 * rng.standard_normal(300))):
        said += [statement(f"a{number}", law), statement(f"a{number}", 0.8 * law, "lower")]
        said.append(statement(f"a{number}", [1], "last value"))
        came.append(outcome(f"a{number}", value))
    summary = summary_table(
        scores_table(read_register(folder(said, came))), read_register(folder(said, came, "b")), 0.95
    )
    [pair] = summary[summary["beside"] == "lower"].to_dict("records")
    assert pair["difference"] < 0 and pair["difference_high"] < 0.01


def test_forecasts_with_worlds_of_one_day_are_paired_once_by_the_outcomes_that_both_speak_of(folder):
    rival = [4, 6] * 10
    said = [
        statement("a", TENTHS),
        statement("b", TENTHS),
        statement("a", rival, "rival"),
        statement("c", rival),
        statement("a", [4], "last value"),
    ]
    register = read_register(folder(said, [outcome("a", 5.5), outcome("b", 40)]))
    summary = summary_table(scores_table(register), register, 0.95)
    rows = [(row.forecast, row.beside, row.scored) for row in summary.itertuples() if row.beside != "last value"]
    assert rows == [("worlds", "", 2), ("worlds", "rival", 1), ("rival", "", 1)]
    pair = summary.iloc[1]
    assert (pair["hits"], pair["other_hits"]) == (1, 1), (
        "of the rows of both: what worlds alone held or missed is not in"
    )
    assert pair["other_share"] == pytest.approx(ensemble_crps(rival, 5.5) / 4)
    assert pair["difference"] == pytest.approx(pair["score_share"] - pair["other_share"])


def test_a_statement_of_what_had_come_about_already_is_no_forecast(folder):
    """The last day counted is known when it is over, and the forecast of a rule is one as well."""
    days = [dt.date(2025, 12, 30), dt.date(2025, 12, 31), dt.date(2026, 1, 1)]
    said = [statement("a", TENTHS, until=day) for day in days] + [statement("a", [3], "rule", until=days[1])]
    register = read_register(folder(said, [outcome("a", 5)]))
    assert scores_table(register)["until"].tolist() == days[:1]
    assert [is_ahead(entry) for entry in said] == [True, False, False, False]
    [late] = unscored_sentences(register)
    assert late.endswith("or later: 3 statements.")


@pytest.mark.parametrize(("value", "hit"), [(0.99, False), (1.0, True), (9.0, True), (9.01, False)])
def test_an_outcome_is_held_by_the_interval_that_is_printed_and_by_no_lot(folder, value, hit):
    said = [statement(f"a{number}", TENTHS) for number in range(30)]
    register = read_register(folder(said, [outcome(entry.name, value) for entry in said]))
    scores = scores_table(register)
    assert scores[["low", "high"]].to_numpy() == pytest.approx(np.tile([1, 9], (30, 1)))
    assert set(scores["hit"]) == {hit} and scores["place"].nunique() > 1
    summary, *sheets = register_sheets(register, 0.95)
    assert summary.rows[0][4] == ("30" if hit else "0") and "lies in the interval" in summary.note
    assert {row[4] for row in sheets[0].rows} == {"yes" if hit else "no"} and "by lot" in sheets[0].note


def test_a_bound_and_words_score_nothing_and_say_so(folder, tmp_path):
    """A band of a count is scored at its middle, as the house does."""
    place = folder([statement(name, TENTHS) for name in "abcd"])
    rows = (
        f"{name},{name.upper()},F,validation,{basis},throughput_mt,line,2025-01-01,2026-01-01,4,8\n"
        for name, basis in zip("abcd", ("count", "bound", "statement", "schedule"), strict=True)
    )
    (place / "outcomes.csv").write_text(HEAD.replace("kpi", "basis,kpi").replace("value,", "") + "".join(rows))
    register = read_register(place)
    assert scores_table(register)[["name", "outcome"]].to_numpy().tolist() == [["a", 6.0]]
    said = output_of("validate", "--forecasts", place)
    assert "nothing is scored by it: B (bound), C (statement), D (schedule)." in " ".join(said.split())
    assert "No outcome" not in said


def test_where_the_last_value_is_nought_there_is_a_score_and_no_share(folder):
    rule = "last value"
    said = [statement("a", TENTHS), statement("a", [0], rule), statement("b", TENTHS), statement("b", [4], rule)]
    register = read_register(folder(said, [outcome("a", 0), outcome("b", 5)]))
    alone, beside = summary_table(scores_table(register), register, 0.95).to_dict("records")
    assert (alone["scored"], beside["scored"], beside["scaled"], beside["other_share"]) == (2, 2, 1, 0.25)
    summary, sheet = register_sheets(register, 0.95)
    assert "nan" not in str(summary.rows) + str(sheet.rows)


def test_rules_beside_no_worlds_and_forecasts_written_down_late_are_told(folder):
    said = [statement("a", TENTHS, made=dt.date(2026, 3, 1)), statement("a", [3], "rule", until=dt.date(2024, 12, 30))]
    register = read_register(folder(said, [outcome("a", 5)]))
    assert "Written down on 2026-03-01, after the days of 1 of 1 outcomes." in register_sheets(register, 0.95)[1].note
    assert unscored_sentences(register)[0].endswith("nothing is beside them: rule of 2024-12-30.")


def test_places_of_outcomes_that_come_from_the_worlds_are_even():
    rng = np.random.default_rng(5)
    said = [statement(f"a{number}", rng.normal(size=39)) for number in range(400)]
    outcomes = {entry.name: {"value": rng.normal(), "title": "", "fact": ""} | {"low": 0, "high": 1} for entry in said}
    from sim.study.register.statements import Register

    places = scores_table(Register(tuple(said), outcomes))["place"].to_numpy(float)
    counts = np.histogram(places, 5, (0, 1))[0]
    assert ((counts - 80) ** 2 / 80).sum() < 18.5, "the chance of more is a thousandth"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("throughput_mt", "throughput_teu", "its kpi is 'throughput_teu', and that of the figure published"),
        ("2025-01-01", "2025-02-01", "its start is '2025-02-01'"),
        ("2026-01-01", "January", "said.csv:2: end: must be a date such as 2025-07-01 (got 'January')"),
        ("1 2", "1 two", "said.csv:2: members: must be numbers"),
        ("1 2", "1 1e999", "said.csv:2: members: must be numbers up to 1e+15"),
        ("0 1 2 3 4 5", "0 1", "said.csv:2: members: must be the one number of a rule, or those of 20 worlds at least"),
        ("2026-01-01", "2025-13-01", "said.csv:2: end: must be a date such as 2025-07-01 (got '2025-13-01')"),
        ("2024-12-31,2024-12-31", "2024-12-31,2024-02-30", "said.csv:2: until: must be a date"),
        (
            "2024-12-31,2024-12-31",
            "2024-12-31,2025-01-31",
            "said.csv:2: until: must not lie after the day on which it was",
        ),
        ("2026-01-01", "2024-01-01", "said.csv:2: end: must lie after the first day counted, 2025-01-01"),
        ("throughput_mt", "throughput_mtt", "said.csv:2: kpi: there is no KPI 'throughput_mtt'"),
        (",2,", ",2.1,", "said.csv:2: p10: must be that of the members, 2 (got '2.1')"),
        (",2,", ",b,", "said.csv:2: p10: must be that of the members, 2 (got 'b')"),
        ("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20", "7", "said.csv:2: p2_5: must be empty where a rule"),
        (",so,", ',"so,', "said.csv: is no CSV: "),
        ("worlds", "", "said.csv:2: forecast: must not be empty"),
        ("forecast,made", "forecast,day", "said.csv:1: the columns must be forecast, made"),
        (",so,", ",so,so,", "said.csv:2: 19 cells are needed, one a column (got 20)"),
    ],
)
def test_a_register_that_does_not_go_together_is_refused(folder, old, new, said):
    place = folder([statement("a", range(21))], [outcome("a", 5)])
    path = place / "said.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(CorridorError) as refusal:
        read_register(place)
    assert said in str(refusal.value)


def test_a_register_is_a_folder_with_statements_each_once_and_outcomes_each_once(folder, tmp_path):
    with pytest.raises(CorridorError, match="is no folder"):
        read_register(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorridorError, match="holds no statements"):
        read_register(tmp_path / "empty")
    with pytest.raises(CorridorError, match="'a' is said of twice"):
        read_register(folder([statement("a", [1]), statement("a", [2])], name="twice"))
    place = folder([statement("a", [1])], name="files")
    later = statement("a", [2], made=dt.date(2025, 3, 1))
    (place / "told.csv").write_text(statements_text([later]))
    with pytest.raises(CorridorError, match=r"told.csv:2: name: 'a' is said of twice, first in .*said.csv:2"):
        read_register(place)
    place = folder([statement("a", [1])], [outcome("a", 5)], name="both")
    (place / "more.csv").write_text(HEAD + outcome("a", 6))
    with pytest.raises(CorridorError, match="'a' is in another file"):
        read_register(place)


def test_worlds_say_what_they_expect_of_a_question(tmp_path, monkeypatch):
    """As many as drawn, the same for any number of workers and whatever else is asked; scored once it is published."""
    monkeypatch.chdir(tmp_path)
    asking(tmp_path)
    (tmp_path / "questions.csv").write_text(QUESTIONS)
    for workers, name in ((1, "one"), (2, "two")):
        (tmp_path / name).mkdir()
        words = ("line.toml", "--facts", "questions.csv", "--write", f"{name}/said.csv", "--worlds", "30")
        done = output_of("validate", *words, "--date", "2024-12-31", "--workers", workers)
        assert "1 statement of 2024-12-31, of what was known on 2024-12-31:" in done.replace("\n", " ")
    assert (tmp_path / "one/said.csv").read_bytes() == (tmp_path / "two/said.csv").read_bytes()
    [said] = read_register(tmp_path / "one").statements
    assert len(said.members) == 30 and "30 worlds; seed" in said.source
    before = (tmp_path / "one/said.csv").read_bytes()
    words = (
        "line.toml",
        "--facts",
        "questions.csv",
        "--write",
        "one/said.csv",
        "--worlds",
        "20",
        "--date",
        "2024-12-31",
    )
    assert "what was said is not changed; name another, or --force" in output_of("validate", *words, status=2)
    assert (tmp_path / "one/said.csv").read_bytes() == before
    output_of("validate", *words, "--force")
    assert (tmp_path / "one/said.csv").read_bytes() != before
    (tmp_path / "one/said.csv").write_bytes(before)
    assert 0.4 < said.members.mean() / chain_offered_mt() < 1.3 and said.members.std() > 0.05 * chain_offered_mt()
    assert "No outcome of a statement is published." in output_of("validate", "--forecasts", "one")
    cargo = f"cargo,Cargo of 2025,F-1,validation,throughput_mt,line,2025-01-01,2026-01-01,{said.members.mean()},0,9\n"
    (tmp_path / "one/outcomes.csv").write_text(HEAD + cargo)
    (tmp_path / "page.md").write_text("\n".join(LINES))
    words = ("--forecasts", "one", "--page", "page.md", "--plots", "drawn")
    assert "100 % [2.5 %, 100 %]" in output_of("validate", *words)
    assert "| line | 2024-12-31 | 1 | 0 | 1 |  | 100 % [2.5 %, 100 %] | 0 |" in (tmp_path / "page.md").read_text()
    assert (tmp_path / "drawn/places_of_outcomes.png").exists()


def test_a_forecast_of_a_day_may_not_rest_on_what_was_known_later():
    reading, day = load("2023_as_it_was"), dt.date(2023, 12, 31)
    with pytest.raises(ScenarioError, match=r"forecast.until: is not stated, and \d+ inputs cite facts"):
        plan_saying(reading, reading, 2, None, day)
    later = load("2023_as_it_was", "forecast.until=2024-02-01")
    with pytest.raises(ScenarioError, match="is 2024-02-01, and the forecast is to be of 2023-12-31"):
        plan_saying(later, later, 2, None, day)


def asked_of(tmp_path, worlds=30):
    """A question of 2025, one of a year that the horizon does not hold, and the worlds to be asked."""
    reading = asking(tmp_path)
    later = "later,Cargo of 2040,throughput_mt,line,2040-01-01,2041-01-01\n"
    (tmp_path / "questions.csv").write_text(QUESTIONS + later)
    asked = with_figures(reading, tmp_path / "questions.csv", are_questions=True)
    return asked, plan_saying(reading, asked, worlds, None, DAY)


@pytest.mark.parametrize("measured", [0, 19, 20])
def test_what_fewer_than_twenty_worlds_measure_is_not_said(tmp_path, monkeypatch, measured):
    asked, plan = asked_of(tmp_path)
    values = np.where(np.arange(30) < measured, 1.5, np.nan)[:, None]
    monkeypatch.setattr(saying, "said_by", lambda plan, numbers, perform: values[list(numbers)])
    if measured < 20:
        with pytest.raises(RegisterError, match=f"of 30 worlds at most {measured} measure a figure asked about"):
            say_of_figures(plan, None, DAY)
        return
    [said] = say_of_figures(plan, None, DAY)
    assert len(said.members) == 20 and "30 worlds, 10 of them silent" in said.source
    assert said_sentences(asked.scenario, [said]) == [
        "Not written, for the horizon does not cover them: Cargo of 2040."
    ]
    _, short = said_sentences(asked.scenario, [])
    _, past = said_sentences(asked.scenario, [statement("cargo", [1], until=dt.date(2026, 6, 1))])
    assert short == "Not written, for too few worlds measure them: Cargo of 2025."
    assert past == "Of days that had passed, so that they are never scored: cargo."


def test_a_forecast_of_few_worlds_is_not_written_down(tmp_path):
    with pytest.raises(CorridorError, match="worlds must be at least 20"):
        asked_of(tmp_path, worlds=19)


def test_as_many_worlds_as_may_be_asked_for_can_be_read_back(folder):
    worlds = np.random.default_rng(1).normal(size=20_000)
    assert len(read_register(folder([statement("a", worlds)])).statements[0].members) == 20_000


def test_an_outcome_must_be_sound_by_itself(folder):
    place = folder([statement("a", TENTHS)], [outcome("a", 5, low=60, high=-4)])
    with pytest.raises(CorridorError, match=r"outcomes\.csv:2: low must not exceed high"):
        read_register(place)


def test_a_scenario_that_covers_no_figure_has_nothing_to_say(tmp_path):
    reading = asking(tmp_path)
    with pytest.raises(ScenarioError, match="covers the days of no figure"):
        plan_saying(reading, reading, 4, None, dt.date(2030, 1, 1))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--forecasts", ".", "line.toml"), "takes no FILE"),
        ((), "Missing argument"),
        (("line.toml", "--worlds", "40"), "--worlds: is of --write"),
        (("line.toml", "--worlds", "19"), "19 is not in the range 20<=x<=20000"),
        (("line.toml", "--force"), "--force: is of --write"),
        (("line.toml", "--plots", "x"), "--plots: draws scores"),
        (("line.toml", "line.toml", "--write", "x.csv"), "--write: takes one FILE"),
        (("line.toml", "--facts", "questions.csv"), "questions.csv:1: has no column 'fact'"),
    ],
)
def test_what_does_not_go_together_is_refused(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    asking(tmp_path)
    (tmp_path / "questions.csv").write_text(QUESTIONS)
    assert said in output_of("validate", *words, status=2)


def test_pictures_show_what_was_said_over_what_came(folder):
    said = [statement("a", TENTHS), statement("a", [3], "rule"), statement("b", TENTHS)]
    register = read_register(folder(said, [outcome("a", 5), outcome("b", 40)]))
    [(name, draw)] = outcome_figures(register, "").items()
    figure = draw()
    assert name == f"outcomes_{register.statements[0].forecast}_{register.statements[0].until}".replace("-", "_")
    assert figure.axes[0].get_title(loc="left").endswith("1 of 2 held")
    assert [patch.get_height() for patch in places_of_outcomes(register).axes[0].patches] == [0, 0, 1, 0, 1]
    assert len(register_sheets(register, 0.95)) == 2
    unscored = read_register(folder(said, name="unscored"))
    for draw in (*outcome_figures(unscored, "").values(), partial(places_of_outcomes, unscored)):
        with pytest.raises(NothingToDraw):
            draw()
