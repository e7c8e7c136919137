"""Tables as offices keep them, each a habit of its own: they come in right, or are refused with line and cell."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from sim.measure.observations import TableForm, observations
from sim.scenario.problems import ArgumentError, CorridorError

TIMES = {"from": ("Прибытие",), "until": ("Выпуск",)}
DAYS = {"day": ("Дата",), "value": ("Часы",)}
MONTHS = {"day": ("Месяц",), "value": ("Объём",)}


def read(path, columns, kpi="clearance_h", **habits):
    return observations(path, TableForm(columns, **habits), kpi)


def values(observed):
    return [(str(row.day), round(row.value, 6)) for row in observed.rows]


def lines_passed_over(observed):
    return [(row.line, row.why) for row in observed.passed_over]


def written(path, text, encoding="utf-8"):
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path, *sheets, epoch=None):
    """A workbook of some sheets, each a name and rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    if epoch:
        book.epoch = epoch
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def refusal_of(path, columns, kpi="clearance_h", **habits):
    with pytest.raises(CorridorError) as caught:
        read(path, columns, kpi, **habits)
    return str(caught.value)


# 1: a workbook with a title and an empty row above its heads, sums and a note below, a second sheet
def test_a_workbook_with_titles_above_and_sums_below(tmp_path):
    path = workbook(
        tmp_path / "releases.xlsx",
        ("Лист1", [["Примечание"]]),
        (
            "Выпуски",
            [
                ["Сведения о выпуске, пост Алтынколь"],
                [],
                ["№", "Прибытие\nпоезда", "Выпуск"],
                [1, dt.datetime(2026, 2, 1, 10, 0), dt.datetime(2026, 2, 1, 10, 45)],
                [2, dt.datetime(2026, 2, 1, 23, 30), dt.datetime(2026, 2, 2, 0, 30)],
                [3, dt.datetime(2026, 2, 2, 9, 0), "н/д"],
                ["Итого", None, 3],
            ],
        ),
    )
    observed = read(path, {"from": ("прибытие поезда",), "until": ("ВЫПУСК",)})
    assert values(observed) == [("2026-02-01", 0.75), ("2026-02-02", 1.0)]
    assert lines_passed_over(observed) == [(6, "nothing known of ВЫПУСК"), (7, "a sum of other rows")]


# 2: CSV of a Russian Windows: CP1251, semicolons, decimal commas, dashes for gaps
def test_a_csv_of_a_russian_spreadsheet(tmp_path):
    text = "Дата;Часы;Прим.\n01.02.2026;0,75;\n02.02.2026;-;нет связи\n03.02.26;1,5;\n;;\n"
    observed = read(written(tmp_path / "a.csv", text, "cp1251"), DAYS, unit="h")
    assert values(observed) == [("2026-02-01", 0.75), ("2026-02-03", 1.5)]
    assert lines_passed_over(observed) == [(3, "nothing known of Часы")]


@pytest.mark.parametrize("encoding", ["cp1251", "cp866", "koi8-r"])
def test_the_heads_tell_the_encoding(tmp_path, encoding):
    path = written(tmp_path / "a.csv", "Дата;Часы;Пост\n01.02.2026;0,75;Алтынколь\n", encoding)
    assert values(read(path, DAYS, unit="h", only={"Пост": "алтынколь"})) == [("2026-02-01", 0.75)]
    assert values(read(path, DAYS, unit="h", encoding=encoding)) == [("2026-02-01", 0.75)]


def test_where_no_head_tells_the_encoding_it_must_be_said(tmp_path):
    path = written(tmp_path / "a.csv", "date;hours;post\n01.02.2026;0,75;Досты к\n", "cp1251")
    columns = {"day": ("date",), "value": ("hours",)}
    assert "is no UTF-8, and may be cp1251, cp866, koi8-r" in refusal_of(path, columns, unit="h")
    assert values(read(path, columns, unit="h", encoding="cp1251")) == [("2026-02-01", 0.75)]
    assert "no encoding 'cp1215'; did you mean 'cp1251'?" in refusal_of(path, columns, unit="h", encoding="cp1215")
    assert "is no text in utf-8" in refusal_of(path, columns, unit="h", encoding="utf-8")


# 3: "Unicode text" of a spreadsheet: UTF-16 with tabs, with its mark and without
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_text_of_a_spreadsheet(tmp_path, encoding):
    path = written(tmp_path / "a.txt", "Дата\tЧасы\n2026-02-01\t45\n", encoding)
    assert values(read(path, DAYS, unit="min")) == [("2026-02-01", 0.75)]


# 4: UTF-8 with a byte order mark, commas, quoted decimal commas, spaces that do not break between thousands
def test_thousands_apart_by_spaces_that_do_not_break(tmp_path):
    text = '\ufeffМесяц,Объём\nянварь 2026,"1\u00a0234,5"\nфевраль 2026 г.,"12\u202f000"\n2026-03,900\n'
    observed = read(written(tmp_path / "a.csv", text), MONTHS, "throughput_mt", unit="t")
    assert values(observed) == [("2026-01-01", 0.001234), ("2026-02-01", 0.012), ("2026-03-01", 0.0009)]
    assert {row.grain for row in observed.rows} == {"month"}


# 5: Chinese, GB18030
def test_a_chinese_table(tmp_path):
    text = "口岸,到达时间,放行时间\n霍尔果斯,2026年2月1日 8:05,2026年2月1日 9:05\n合计,,\n"
    path = written(tmp_path / "a.csv", text, "gb18030")
    observed = read(path, {"from": ("到达时间",), "until": ("放行时间",)})
    assert values(observed) == [("2026-02-01", 1.0)]
    assert lines_passed_over(observed) == [(3, "a sum of other rows")]


# 6: days of which nobody knows which number is the month
def test_a_day_that_may_be_another_is_refused_or_settled(tmp_path):
    text = "Дата;Часы\n1/2/26;1\n3/4/26;2\n"
    path = written(tmp_path / "a.csv", text)
    message = refusal_of(path, DAYS, unit="h")
    assert f'{path}:2: "Дата": ' in message and "say --dates dmy or --dates mdy or --dates ymd" in message
    assert values(read(path, DAYS, unit="h", dates="dmy")) == [("2026-02-01", 1.0), ("2026-04-03", 2.0)]
    assert values(read(path, DAYS, unit="h", dates="mdy")) == [("2026-01-02", 1.0), ("2026-03-04", 2.0)]
    settled = written(tmp_path / "b.csv", text + "31/12/2026;3\n")
    assert values(read(settled, DAYS, unit="h"))[0] == ("2026-02-01", 1.0)
    torn = written(tmp_path / "c.csv", "Дата;Часы\n13/2/2026;1\n2/13/2026;2\n")
    assert "c.csv:3: " in refusal_of(torn, DAYS, unit="h")


# 7: days as numbers, since 1900 or since 1904
def test_days_as_numbers_of_a_spreadsheet(tmp_path):
    text = "Прибытие;Выпуск\n46054,5;46054,75\n46055;46055,5\n"
    observed = read(written(tmp_path / "a.csv", text), TIMES)
    assert values(observed) == [("2026-02-01", 6.0), ("2026-02-02", 12.0)]
    since_1904 = dt.datetime(1904, 1, 1)
    path = workbook(tmp_path / "a.xlsx", ("1", [["Дата", "Часы"], [44592, 1.5]]), epoch=since_1904)
    assert values(read(path, DAYS, unit="h")) == [("2026-02-01", 1.5)]
    assert "cell A2 of sheet '1'" in refusal_of(workbook(tmp_path / "b.xlsx", ("1", [["Дата", "Часы"], [7, 1]])), DAYS)


# 8: day and time in columns of their own, and a day that ends at 24:00
def test_day_and_time_in_two_columns(tmp_path):
    text = "Дата приб.;Время приб.;Дата вып.;Время вып.\n01.02.2026;23:15;01.02.2026;24:00\n"
    text += "02.02.2026;9:00;02.02.2026;9:30:00\n"
    columns = {"from": ("Дата приб.", "Время приб."), "until": ("Дата вып.", "Время вып.")}
    observed = read(written(tmp_path / "a.csv", text), columns)
    assert values(observed) == [("2026-02-02", 0.75), ("2026-02-02", 0.5)]
    rows = [["Дата приб.", "Время приб.", "Дата вып.", "Время вып."]]
    rows += [[dt.datetime(2026, 2, 1), dt.time(9, 0), dt.datetime(2026, 2, 1), dt.time(9, 30)]]
    assert values(read(workbook(tmp_path / "a.xlsx", ("1", rows)), columns)) == [("2026-02-01", 0.5)]


# 9: clocks of two countries, and a clock that was put back meanwhile
def test_moments_of_two_zones(tmp_path):
    text = "Прибытие,Выпуск\n2026-02-01T10:00+08:00,2026-02-01T08:30+05:00\n"
    assert values(read(written(tmp_path / "a.csv", text), TIMES)) == [("2026-02-01", 1.5)]
    mixed = written(tmp_path / "b.csv", "Прибытие,Выпуск\n2026-02-01 10:00+08:00,2026-02-01 08:30\n")
    assert "say --zone" in refusal_of(mixed, TIMES)
    assert values(read(mixed, TIMES, zone="Asia/Almaty")) == [("2026-02-01", 1.5)]
    put_back = written(tmp_path / "c.csv", "Прибытие,Выпуск\n29.02.2024 23:00,01.03.2024 1:00\n")
    assert values(read(put_back, TIMES)) == [("2024-03-01", 2.0)]
    assert values(read(put_back, TIMES, zone="Asia/Almaty")) == [("2024-03-01", 3.0)]
    assert "no time zone 'Asia/Almati'; did you mean 'Asia/Almaty'?" in refusal_of(mixed, TIMES, zone="Asia/Almati")


# 10: monthly volumes, months kept as their first days, a month of which nothing is known
def test_monthly_volumes_of_a_workbook(tmp_path):
    rows = [["Месяц", "Объём, тыс. т"], [dt.datetime(2026, 1, 1), 312.5], [dt.datetime(2026, 2, 1), "–"]]
    rows += [[dt.datetime(2026, 3, 1), "298,0"], ["ВСЕГО:", 610.5]]
    path = workbook(tmp_path / "a.xlsx", ("2026", rows))
    columns = {"day": ("Месяц",), "value": ("Объём, тыс. т",)}
    observed = read(path, columns, "throughput_mt", unit="kt")
    assert [(row.day.month, row.grain) for row in observed.rows] == [(1, "month"), (2, "month"), (3, "month")]
    assert [round(row.value, 4) for row in observed.rows if row.value == row.value] == [0.3125, 0.298]
    assert lines_passed_over(observed) == [
        (3, "nothing known of Объём, тыс. т"),
        (5, "a sum of other rows"),
    ]
    assert "--unit: say what the numbers are: t, kt, Mt" in refusal_of(path, columns, "throughput_mt")


# 11: rows that stand twice
def test_rows_that_stand_twice(tmp_path):
    text = "Поезд;Дата;Часы\n1;01.02.2026;1\n2;01.02.2026;2\n1;01.02.2026;1\n"
    path = written(tmp_path / "a.csv", text)
    message = refusal_of(path, DAYS, unit="h")
    assert (
        f"{path}:4: " in message and "the row repeats line 2 in every cell" in message and "--repeated drop" in message
    )
    assert len(read(path, DAYS, unit="h", repeated="count").rows) == 3
    for habits in ({"columns": DAYS | {"id": ("Поезд",)}}, {"columns": DAYS, "repeated": "drop"}):
        observed = read(path, unit="h", **habits)
        assert (len(observed.rows), lines_passed_over(observed)) == (2, [(4, "repeats line 2")])
    torn = written(tmp_path / "b.csv", text.replace("1;01.02.2026;1\n2", "1;01.02.2026;5\n2"))
    message = refusal_of(torn, DAYS | {"id": ("Поезд",)}, unit="h")
    assert f"{torn}:4: " in message and "stands in line 2 too, with other cells: '1'" in message


# 12: releases before arrivals, and cells that nobody can read: all are named at once
def test_what_cannot_be_is_named_with_its_cell(tmp_path):
    rows = [["Прибытие", "Выпуск"], ["01.02.2026 10:00", "01.02.2026 09:30"], ["31.02.2026 10:00", "01.02.2026 09:30"]]
    rows += [["01.02.2026 10:00", "вчера"], ["01.02.2026", "01.02.2026"]]
    message = refusal_of(workbook(tmp_path / "a.xlsx", ("Лист1", rows)), TIMES)
    told = message.splitlines()
    assert [line.split(": ")[0].rpartition(":")[2] for line in told] == ["2", "3", "4", "5"]
    assert "lies before 'Прибытие': 2026-02-01 10:00:00 to 2026-02-01 09:30:00, -0.50 h (cell B2 of" in told[0]
    assert "must be a day or a month that there is" in told[1] and "(cell A3 of sheet 'Лист1')" in told[1]
    assert "(got 'вчера') (cell B4" in told[2]
    assert "must have a time of day" in told[3]
    below = written(tmp_path / "a.csv", "Дата;Часы\n01.02.2026;-1,5\n")
    assert "a.csv:2: \"Часы\": must not be below zero (got '-1,5')" in refusal_of(below, DAYS, unit="h")


# 13: numbers of which nobody knows what their comma means
def test_a_number_that_may_be_another_is_refused_or_settled(tmp_path):
    path = written(tmp_path / "a.csv", "Месяц;Объём\n2026-01;1,234\n2026-02;2,345\n")
    message = refusal_of(path, MONTHS, "throughput_mt", unit="t")
    assert f"{path}:2: " in message and "say --decimal comma or --decimal point" in message
    assert values(read(path, MONTHS, "throughput_mt", unit="kt", decimal="comma"))[0] == ("2026-01-01", 0.001234)
    assert values(read(path, MONTHS, "throughput_mt", unit="kt", decimal="point"))[0] == ("2026-01-01", 1.234)
    settled = written(tmp_path / "b.csv", "Месяц;Объём\n2026-01;1.234\n2026-02;12.345,5\n")
    assert values(read(settled, MONTHS, "throughput_mt", unit="kt"))[0] == ("2026-01-01", 1.234)
    torn = written(tmp_path / "c.csv", "Месяц;Объём\n2026-01;1,5\n2026-02;2.5\n")
    assert "c.csv:3: " in refusal_of(torn, MONTHS, "throughput_mt", unit="kt")


# 14: durations as a clock shows them, text and spreadsheet
def test_durations_as_a_clock_shows_them(tmp_path):
    assert values(read(written(tmp_path / "a.csv", "Дата;Часы\n01.02.2026;26:15\n"), DAYS)) == [("2026-02-01", 26.25)]
    rows = [["Дата", "Часы"], [dt.datetime(2026, 2, 1), dt.time(0, 45)]]
    rows += [[dt.datetime(2026, 2, 2), dt.timedelta(hours=26, minutes=15)]]
    observed = read(workbook(tmp_path / "a.xlsx", ("1", rows)), DAYS)
    assert values(observed) == [("2026-02-01", 0.75), ("2026-02-02", 26.25)]
    bare = written(tmp_path / "b.csv", "Дата;Часы\n01.02.2026;26\n")
    assert "is a number of which unit? say --unit min, h, days" in refusal_of(bare, DAYS)


# 15: decimal commas between commas, and columns that are not there
def test_a_comma_between_commas_is_refused(tmp_path):
    path = written(tmp_path / "a.csv", "Дата,Часы\n01.02.2026,1\n02.02.2026,1,5\n")
    assert f"{path}:3: has 3 cells, and 2 heads stand above them: a decimal comma" in refusal_of(path, DAYS, unit="h")
    assert "has no column 'Час'; did you mean 'Часы'?" in refusal_of(path, DAYS | {"value": ("Час",)}, unit="h")


# 16: what is no table of this kind
def test_what_is_no_such_table_is_refused(tmp_path):
    old = tmp_path / "a.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500))
    assert "save it as .xlsx, or as CSV" in refusal_of(old, DAYS, unit="h")
    other = tmp_path / "a.ods"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert "no workbook of the form .xlsx" in refusal_of(other, DAYS, unit="h")
    whole = workbook(tmp_path / "a.xlsx", ("1", [["Дата", "Часы"], ["01.02.2026", 1]])).read_bytes()
    for number in (40, len(whole) // 2, len(whole) - 30):
        damaged = tmp_path / "damaged.xlsx"
        damaged.write_bytes(whole[:number])
        assert "damaged.xlsx: is a damaged workbook" in refusal_of(damaged, DAYS, unit="h")
    twice = workbook(tmp_path / "b.xlsx", *((name, [["Дата", "Часы"], ["01.02.2026", 1]]) for name in ("я", "ф")))
    assert "on the sheets 'я', 'ф': say which with --sheet" in refusal_of(twice, DAYS, unit="h")
    assert values(read(twice, DAYS, unit="h", sheet="ф")) == [("2026-02-01", 1.0)]
    assert "has no sheet 'x': я, ф" in refusal_of(twice, DAYS, unit="h", sheet="x")
    assert "no such file" in refusal_of(tmp_path / "gone.csv", DAYS, unit="h")
    empty = written(tmp_path / "e.csv", "Дата;Часы\n;\n")
    assert "holds no observation below its heads" in refusal_of(empty, DAYS, unit="h")


def test_a_workbook_that_unpacks_to_more_than_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.measure.office_tables.MOST_UNPACKED_MB", 1)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1_100_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(packed.getvalue())
    assert "unpacks to more than 1 MB" in refusal_of(path, DAYS, unit="h")


@pytest.mark.parametrize(
    ("columns", "kpi", "habits", "told"),
    [
        ({"day": ("a",)}, "clearance_h", {}, "read from two columns"),
        ({"from": ("a",), "until": ("b",), "value": ("c",)}, "clearance_h", {}, "read from two columns"),
        ({"value": ("a",)}, "throughput_mt", {"unit": "t"}, "read from a column `day`"),
        ({"day": ("a",), "value": ("b",)}, "queue_trains", {}, "a table observes times"),
        ({"day": ("a",), "value": ("b",)}, "clearance_h_p90", {}, "a table observes times"),
        ({"day": ("a",), "value": ("b",)}, "throughput_mt", {"unit": "h"}, "--unit is one of t, kt, Mt"),
        ({"day": ("a",), "value": ("b",)}, "trains_delivered", {"unit": "t"}, "no number here has a unit"),
        ({"days": ("a",), "value": ("b",)}, "clearance_h", {}, "'days' is nothing that a column holds"),
    ],
)
def test_what_the_columns_do_not_say_is_refused(tmp_path, columns, kpi, habits, told):
    with pytest.raises(ArgumentError, match=told):
        read(tmp_path / "a.csv", columns, kpi, **habits)


def test_trains_are_counted_by_rows(tmp_path):
    path = written(tmp_path / "a.csv", "Поезд;Дата\n1;01.02.2026 10:00\n2;01.02.2026 11:00\n")
    assert values(read(path, {"day": ("Дата",)}, "trains_delivered")) == [("2026-02-01", 1.0)] * 2
