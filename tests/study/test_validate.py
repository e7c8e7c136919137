"""The model against published figures: the files' own, and those of a user's table."""

import datetime as dt
import math
from types import SimpleNamespace

import pytest
from commands import output_of
from fences import CHECKOUT

from sim.measure.own_figures import with_figures
from sim.measure.published import verdicts
from sim.scenario.problems import ScenarioError
from sim.scenario.reading.opening import load
from sim.scenario.schema import Published
from sim.study import validate
from sim.views.sheets.validate import LINES, validation_sheets

SHORT = ("horizon.end=2024-03-01", "horizon.warmup_days=10")
HEAD = "name,title,fact,used_for,kpi,place,flow,start,end,value,low,high\n"
HIT = "hit,Trains in January,F-1,validation,trains_created,all,all,2024-01-01,2024-02-01,,100,200\n"
MISS = "miss,Dwell,F-2,validation,border_dwell_h,altynkol,all,2024-01-01,2024-02-01,500,490,510\n"
FIT = "fit,Clearance,F-3,calibration,clearance_h_p50,altynkol,all,2024-01-01,2024-03-01,,0,100\n"


@pytest.fixture
def table(tmp_path):
    def written(text):
        path = tmp_path / "mine.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "short.toml"
    shipped = load("altynkol_paper").files[0]
    path.write_text(f'extends = "{shipped}"\n[horizon]\nend = 2024-03-01\nwarmup_days = 10\n', encoding="utf-8")
    return path


def test_own_figures_take_the_place_of_the_files(table):
    reading = with_figures(load("altynkol_paper", SHORT), table(HEAD + HIT + MISS))
    assert list(reading.scenario.published) == ["hit", "miss"]
    assert reading.scenario.published["miss"].value == 500
    assert reading.scenario.published["hit"].value is None


def test_a_row_whose_fact_sets_an_input_or_a_target_is_of_calibration_whatever_its_file_says(table):
    """And no other: neither for the ends of a band beside a value, nor for another number of the same fact."""
    outcomes = {year: CHECKOUT / "forecasts" / f"outcomes_{year}.csv" for year in (2024, 2025)}
    fitted = {
        name: {
            row for row, about in with_figures(load(name), path).scenario.published.items() if about.used_for[0] == "c"
        }
        for name, path in {"corridor_2024": outcomes[2024], "2030_target": outcomes[2025]}.items()
    }
    assert fitted["corridor_2024"] == {
        "tez_central_asia",
        "tez_titr",
        "titr_throughput",
        "titr_containers",
        "feeder_teu_2024",
    }
    assert {"alat_call", "titr_2025"} <= fitted["2030_target"]
    assert not {"altynkol_2025", "titr_rail_10m_2025"} & fitted["2030_target"]
    for fact, used_for in {"F-1": "validation", "V-TITR-2024": "calibration"}.items():
        own = with_figures(load("corridor_2024"), table(HEAD + HIT.replace("F-1", fact)))
        assert own.scenario.published["hit"].used_for == used_for


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD, "mine.csv:1: holds no figure"),
        ("", "mine.csv:1: is empty: the first row of a table names its columns"),
        (HEAD.replace("kpi", "kpl") + HIT, "'kpl' is no column of published figures; did you mean 'kpi'?"),
        (HEAD + HIT + HIT, "mine.csv:3: name: 'hit' is there already"),
        (HEAD + HIT.replace(",100,", ",lots,"), "mine.csv:2: low: must be a number (got 'lots')"),
        (HEAD + HIT.replace("2024-02-01", "February"), "mine.csv:2: end: must be a date such as 2025-07-01"),
        (HEAD + HIT.replace("F-1", ""), "mine.csv:2: fact: must not be empty"),
        (HEAD + HIT.replace(",100,", ",nan,"), "mine.csv:2: low"),
        (HEAD + HIT.replace(",200", ",50"), "mine.csv:2: low must not exceed high"),
        (HEAD + HIT.replace("validation", "proof"), "mine.csv:2: used_for"),
        (
            HEAD + HIT + MISS.replace("altynkol", "altinkol"),
            "mine.csv:3: place: 'altinkol' is not a place of the scenario; did you mean",
        ),
        (HEAD + "a,b\n", "mine.csv:2: name: 12 cells are needed, one a column (got 2)"),
        (HEAD + '"open\n' + HIT, "is no CSV: unexpected end of data, in the row that begins on line 2"),
        (HEAD + HIT.replace(",100,", ",4_6,"), "mine.csv:2: low: must be a number (got '4_6')"),
        (HEAD + HIT.replace(",100,", ",٤٦,"), "mine.csv:2: low: must be a number (got '٤٦')"),
        (HEAD + HIT.replace("2024-02-01", "20240201"), "mine.csv:2: end: must be a date such as 2025-07-01"),
        (HEAD + MISS.replace("border_dwell_h", "no_kpi"), "mine.csv:2: kpi: there is no KPI 'no_kpi'"),
        (HEAD + MISS.replace(",altynkol,", ",all,").replace("border_dwell_h", "utilisation"), "mine.csv:2: kpi: "),
    ],
)
def test_a_table_that_cannot_be_used(table, text, said):
    with pytest.raises(ScenarioError) as caught:
        with_figures(load("altynkol_paper", SHORT), table(text))
    assert said in str(caught.value)


def test_all_mistakes_are_said_at_once(table):
    """Of cells, of the schema, of names, of KPIs; each once, by line."""
    rows = (
        HIT.replace(",100,", ",lots,"),
        MISS.replace("altynkol", "altinkol"),
        FIT.replace("calibration", "proof").replace("clearance_h_p50", "no_kpi"),
        "a,b\n",
    )
    with pytest.raises(ScenarioError) as refusal:
        with_figures(load("altynkol_paper", SHORT), table(HEAD + "".join(rows)))
    places = [(problem.line, problem.key) for problem in refusal.value.problems]
    assert places == [(2, "low"), (3, "place"), (4, "kpi"), (4, "used_for"), (5, "name")]


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_a_table_of_other_separators_gets_one_message(table, mark, name):
    with pytest.raises(ScenarioError) as refusal:
        with_figures(load("altynkol_paper", SHORT), table((HEAD + HIT).replace(",", mark)))
    assert len(refusal.value.problems) == 1 and f"mine.csv:1: has {name} between its cells" in str(refusal.value)


def test_more_figures_than_anybody_published_are_refused(table, monkeypatch):
    monkeypatch.setattr("sim.measure.own_figures.MOST_FIGURES", 1)
    with pytest.raises(ScenarioError, match=r":3: has more than 1 figures"):
        with_figures(load("altynkol_paper", SHORT), table(HEAD + HIT + MISS))


def test_a_table_as_a_spreadsheet_writes_it(table):
    """With a mark before it, a line that tells the separator, and rows and columns that are empty again."""
    text = "sep=,\n" + (HEAD + HIT).replace("\n", ",,\n") + 13 * "," + "\n"
    reading = with_figures(load("altynkol_paper", SHORT), table("\ufeff" + text.replace("\n", "\r\n")))
    assert list(reading.scenario.published) == ["hit"]


def test_a_file_that_is_no_text(tmp_path):
    reading = load("altynkol_paper", SHORT)
    for path, said in ((tmp_path, "is a folder, not a file"), (tmp_path / "none.csv", "no such file")):
        with pytest.raises(ScenarioError, match=said):
            with_figures(reading, path)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(ScenarioError, match="is not UTF-8"):
        with_figures(reading, tmp_path / "bytes.csv")


def test_a_figure_of_a_kpi_that_no_run_yields_is_refused_before_one(scenario, table):
    csv = table(HEAD + HIT + MISS.replace("border_dwell_h", "border_dwel_h"))
    result = output_of("validate", str(scenario), "--facts", str(csv), status=2)
    assert "mine.csv:3: kpi: there is no KPI 'border_dwel_h'; did you mean" in result


def test_the_command_shows_misses_first_and_the_uses_apart(scenario, table, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("\n".join(["# Mine", *LINES, "End", ""]), encoding="utf-8")
    csv = table(HEAD + FIT + HIT + MISS)
    told = [
        "validate",
        str(scenario),
        "--facts",
        str(csv),
        "--page",
        str(page),
        "--replications",
        "2",
        "--workers",
        "1",
    ]
    result = output_of(*told)
    text = page.read_text(encoding="utf-8")
    for out in (result, text):
        places = [out.index(word) for word in ("Not fitted to", "F-2", "F-1", "Fitted to:", "F-3")]
        assert places == sorted(places)
    assert "1 of 2 validation figures within 20 %" in " ".join(result.split())
    assert text.startswith("# Mine\n") and text.endswith("End\n")


def test_a_page_without_its_lines_is_refused_before_the_run(scenario, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Mine\n", encoding="utf-8")
    result = output_of("validate", str(scenario), "--page", str(page), status=2)
    assert LINES[0] in result
    assert page.read_text(encoding="utf-8") == "# Mine\n"


def test_deviation_is_from_the_figure_or_the_middle_of_the_band():
    assert validate.figure_or_middle(5.0, 0, 100) == 5
    assert validate.figure_or_middle(None, 0, 100) == 50


FIGURES = {
    "met": {"value": 10.0},
    "missed": {"value": 20.0, "explained": "no wind"},
    "puzzling": {"value": 20.0},
    "silent": {"value": 10.0},
    "held": {"basis": "bound", "low": 0.0, "high": 12.0},
    "broken": {"basis": "bound", "low": 0.0, "high": 11.0, "explained": "too many"},
    "timetable": {"basis": "schedule", "value": 5.0},
    "speech": {"basis": "statement", "value": 12.0},
    "aim": {"used_for": "calibration", "value": 10.0},
    "statement_aimed_at": {"used_for": "calibration", "basis": "statement", "value": 13.9},
}
MEANS = {"silent": math.nan, "aim": 12.0} | dict.fromkeys(("held", "broken"), 11.5)
"""What the model says; 12 where nothing is given."""


@pytest.fixture
def beside():
    words = {"title": "t", "fact": "F-1", "kpi": "wait_h", "used_for": "validation", "low": 0.0, "high": 99.0}
    days = {"start": dt.date(2024, 1, 1), "end": dt.date(2024, 2, 1)}
    figures = {name: Published(**words | days | about) for name, about in FIGURES.items()}
    scenario = load("altynkol_paper", SHORT).scenario.model_copy(update={"published": figures})
    table = verdicts(scenario, [], 0.95)
    table["mean"] = [MEANS.get(name, 12.0) for name in table["name"]]
    table["verdict"] = ["not measured" if name == "silent" else "inside" for name in table["name"]]
    return validate.against([SimpleNamespace(name="s", published=table, scenario=scenario)])


def test_misses_come_first_with_their_reasons_and_what_is_no_mean_is_apart(beside):
    rows = {row["name"]: row for row in beside.to_dict("records")}
    assert {name: (row["group"], row["within"]) for name, row in rows.items() if row["group"] != "apart"} == {
        "met": ("validation", True),
        "missed": ("validation", False),
        "puzzling": ("validation", False),
        "silent": ("validation", False),
        "held": ("validation", True),
        "broken": ("validation", False),
        "aim": ("calibration", False),
        "statement_aimed_at": ("calibration", True),
    }
    assert {name for name, row in rows.items() if row["group"] == "apart"} == {"timetable", "speech"}
    assert {name: row["why"] for name, row in rows.items() if row["why"]} == {
        "missed": "no wind",
        "puzzling": "unexplained",
        "silent": "observed in no replication",
        "broken": "too many",
        "aim": "unexplained",
    }
    order = beside["within"].tolist()
    assert order == sorted(order)
    misses = beside[~beside["within"]]
    assert {*misses["name"].iloc[:2]} == {"silent", "broken"}
    assert misses["deviation_share"].abs().iloc[2:].is_monotonic_decreasing


def test_the_sheets_count_means_and_bounds_each_by_itself(beside):
    sheets = {sheet.title: sheet for sheet in validation_sheets(beside)}
    assert [title.split(":")[0] for title in sheets] == ["Not fitted to", "Schedules and statements", "Fitted to"]
    validation, apart, calibration = sheets.values()
    counts = "1 of 4 validation figures within 20 % (25 %); 1 of 2 bounds held; 1 not measured; 1 unexplained."
    assert validation.note.endswith(counts)
    assert "met" not in apart.heads and "within" not in apart.note
    assert calibration.note.endswith("1 of 2 calibration figures within 15 % (50 %); 1 unexplained.")
    verdicts_shown = {row[validation.heads.index("met")] for row in validation.rows}
    assert verdicts_shown == {"yes", "no", "held", "broken"}
