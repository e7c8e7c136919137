"""The command that holds a table against a scenario, with every option, on a line of four stations."""

import csv

import pytest
from chains import chain
from commands import called, contents, output_of, refusal

import sim
from sim.measure.own_figures import with_figures

TIMES = ("--column", "from=Прибытие", "--column", "until=Выпуск")
QUICK = ("-n", "3", "-j", "1", "--no-plots")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A scenario of three months, and tables of its border: times, and trains by day."""
    monkeypatch.chdir(tmp_path)
    text = chain(gauge=8, forming=8, paths=8, yard=8, offered=2, end="2025-04-01")
    (tmp_path / "line.toml").write_text(text, encoding="utf-8")
    days = [(month, day) for month in (1, 2, 3) for day in (3, 13, 14)]
    lines = [f"T{month}-{day};Хоргос;{day}/{month}/2025 10:00;{day}/{month}/2025 10:45" for month, day in days]
    table = ["№;Пост;Прибытие;Выпуск", *lines, lines[-1], "T0;Другой;1/2/2025 9:00;1/2/2025 8:00"]
    (tmp_path / "times.csv").write_bytes("\n".join(table).encode("cp1251"))
    amounts = [f'2025-0{month}-01,"1,{month}00"' for month in (1, 2, 3)]
    (tmp_path / "amounts.csv").write_text("\n".join(["month,tonnes", *amounts]), encoding="utf-8")
    return tmp_path


def test_times_with_every_option_that_they_take(folder):
    words = ("observe", "times.csv", "line.toml", "--kpi", "border_dwell_h:border", *TIMES, "--only", "Пост=Хоргос")
    words += ("--column", "id=№", "--dates", "dmy", "--zone", "Asia/Almaty", "--encoding", "cp1251", "--by", "month")
    words += ("--from", "2025-01", "--until", "2025-03")
    output = output_of(*words, *QUICK, "--seed", "5", "--all", "--out", "mine")
    assert "Does line run as observed: Border dwell" in output
    assert "9 observations in times.csv; passed over 1 row: 1 repeats another line (lines 11)" in " ".join(
        output.split()
    )
    answer = sim.load_results("mine")
    assert answer.series["n"].tolist() == [3, 3, 3]
    assert answer.series["observed"].tolist() == [0.75, 0.75, 0.75]
    assert answer.span["statistic"].tolist() == ["mean", "p50", "p90", "p95"]
    assert set(answer.series["verdict"]) <= {"within", "below"}


def test_amounts_with_every_option_that_they_take(folder):
    words = ("observe", "amounts.csv", "line.toml", "--kpi", "throughput_mt", "--column", "day=month")
    words += ("--column", "value=tonnes", "--unit", "kt", "--decimal", "point", "--repeated", "count")
    output_of(*words, *QUICK, "--name", "amounts")
    answer = sim.load_results(folder / "results" / "amounts_observe")
    assert answer.series["observed"].tolist() == [1.1, 1.2, 1.3]  # 1,100 kt
    assert answer.span[["statistic", "n"]].values.tolist() == [["total", 3]]
    assert answer.frames["distribution"].empty


def test_a_month_without_a_train_counts_as_nought_and_is_told(folder):
    lines = [f"2025-0{month}-{number:02}" for month in (1, 3) for number in (1, 2, 28)]
    (folder / "trains.csv").write_text("\n".join(["day", *lines]), encoding="utf-8")
    words = ("observe", "trains.csv", "line.toml", "--kpi", "trains_delivered", "--column", "day=day")
    output = output_of(*words, "--repeated", "count", "--until", "2025-03-31", *QUICK)
    assert "6 observations in trains.csv; 1 month without a row, counted as 0." in " ".join(output.split())
    assert sim.load_results(folder / "results" / "line_observe").series["observed"].tolist() == [3.0, 0.0, 3.0]


def test_a_run_on_the_volumes_of_a_table_has_those_of_the_table(folder):
    """Departures are even, and a transit takes hours: of 31, 3 and 90 trains some are delivered a month later."""
    lines = [f"2025-0{month}-01;{trains}" for month, trains in ((1, 31), (2, 3), (3, 90))]
    (folder / "trains.csv").write_text("\n".join(["day;trains", *lines, "2025-03-31;0"]), encoding="utf-8")
    words = ("observe", "trains.csv", "line.toml", "--kpi", "trains_delivered:all:west", "--column", "day=day")
    output_of(*words, "--column", "value=trains", *QUICK)
    named = 'extends = "line.toml"\nvolumes = "results/line_observe/volumes.csv"\n'
    (folder / "again.toml").write_text(named, encoding="utf-8")
    output_of("run", "again.toml", *QUICK)
    run = sim.load_results("results/again")
    assert run.scenario.flows["west"].trains_per_month == {"2025-01": 31.0, "2025-02": 3.0, "2025-03": 90.0}
    assert run.kpi("trains_delivered").mean == pytest.approx(31 + 3 + 90, abs=2)


def test_months_with_a_row_without_a_day_are_left_out(folder):
    lines = ["2025-01-01;5", "2025-01-31;5", ";70", "2025-01-31;5", "2025-02-01;5", "2025-03-01;6", "2025-03-31;6"]
    (folder / "tonnes.csv").write_text("\n".join(["day;tonnes", *lines]), encoding="utf-8")
    words = ("observe", "tonnes.csv", "line.toml", "--kpi", "throughput_mt", "--column", "day=day", "--unit", "kt")
    output = output_of(*words, "--column", "value=tonnes", "--repeated", "count", *QUICK)
    told = "7 observations in tonnes.csv; passed over 1 row: 1 nothing known of day (lines 4); 3 of no whole month"
    assert told.replace("7", "6") in " ".join(output.split())
    assert sim.load_results(folder / "results" / "line_observe").series["observed"].tolist() == [0.005, 0.012]


def test_a_sheet_of_a_workbook(folder):
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("2025", "2024"):
        sheet = book.create_sheet(name)
        sheet.append(["day", "trains"])
        for month in (1, 2, 3):
            sheet.append([f"{name}-0{month}", 60])
    book.save("book.xlsx")
    words = ("observe", "book.xlsx", "line.toml", "--kpi", "trains_delivered", "--column", "day=day")
    words += ("--column", "value=trains")
    assert "say which with --sheet" in refusal(folder, *words)
    output_of(*words, "--sheet", "2025", *QUICK)
    assert sim.load_results(folder / "results" / "line_observe").series["observed"].tolist() == [60.0] * 3


def test_the_answer_is_drawn_exported_and_taken_as_facts(folder):
    words = ("observe", "times.csv", "line.toml", "--kpi", "border_dwell_h:border", *TIMES, "--only", "Пост=Хоргос")
    words += ("--repeated", "drop")
    output_of(*words, "-n", "3", "-j", "1")
    home = folder / "results" / "line_observe"
    assert {"observed_times.png", "observed_series.svg", "facts.csv"} <= {path.name for path in home.iterdir()}
    before = contents(home)
    output_of(*words, "-n", "3", "-j", "2")
    assert contents(home) == before
    reading = with_figures(sim.load("line.toml"), home / "facts.csv")
    assert [figure.kpi for figure in reading.scenario.published.values()] == [
        "border_dwell_h",
        *(f"border_dwell_h_{name}" for name in ("p50", "p90", "p95")),
    ]
    output_of("export", home, "--to", "xlsx", "--out", "book.xlsx")
    output_of("report", home)
    with (home / "passed_over.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["line", "why"], ["11", "repeats line 10"]]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("--column", "from=Прибыл"), "has no column 'Прибыл'"),
        (("--kpi", "border_dwell_h:no_such_place"), "is no place of the scenario"),
        (("--kpi", "queue_trains"), "a table observes times"),
        (("--until", "2024-12"), "no month is observed within the horizon"),
        (("--column", "Прибытие"), "must be written ROLE=HEAD"),
        ((), "the row repeats line 10 in every cell"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(folder, change, told):
    words = ("observe", "times.csv", "line.toml", "--only", "Пост=Хоргос", "--kpi", "border_dwell_h:border")
    columns = ("--column", "until=Выпуск", *(TIMES[:2] if change[:2] != ("--column", "from=Прибыл") else ()))
    drop = ("--repeated", "drop") if change else ()
    assert told in " ".join(refusal(folder, *words, *columns, *drop, *change).split())


def test_a_table_of_other_years_is_told_how_to_be_run_over(folder):
    """What it says is done at its word, and the table has steps then."""
    text = (folder / "times.csv").read_bytes().replace(b"/2025 ", b"/2026 ")
    (folder / "times.csv").write_bytes(text)
    words = ("observe", "times.csv", "line.toml", "--only", "Пост=Хоргос", "--kpi", "border_dwell_h:border", *TIMES)
    words += ("--repeated", "drop")
    told = " ".join(refusal(folder, *words).split())
    way = ("--set", "horizon.start=2026-01-01", "--set", "horizon.end=2026-04-01")
    assert f"to run the scenario over them: {' '.join(way)}" in told
    output_of(*words, *way, *QUICK, "--out", "mine")
    assert sim.load_results("mine").series["n"].tolist() == [3, 3, 3]


def test_a_release_before_the_arrival_is_named(folder):
    output = refusal(
        folder, "observe", "times.csv", "line.toml", "--kpi", "border_dwell_h:border", *TIMES, "--repeated", "drop"
    )
    assert "times.csv:12: " in output and "lies before 'Прибытие'" in output
    assert called("observe", "--help").exit_code == 0
