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
    for year in ("1026", "9999"):
        slip = written(tmp_path / "a.csv", f"Дата;Часы\n31.12.{year};2\n")
        assert 'a.csv:2: "Дата": must be a day of a year from 1954 to 2119' in refusal_of(slip, DAYS, unit="h")
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


MOMENTS = {"from": ("A",), "until": ("B",)}
TONNES = {"day": ("Сутки",), "value": ("Тонн",)}


def tonnes_by_train(path, *merged):
    """Three trains on each of two days: the day stands in the first row alone."""
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [["Сутки", "Поезд", "Тонн"]]
    rows += [
        [day if number == 0 else None, number, 2400] for day in ("01.02.2026", "02.02.2026") for number in (0, 1, 2)
    ]
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(path)
    return path


def test_what_is_merged_holds_for_all_its_rows(tmp_path):
    """A day is that of each row; an amount of several rows is known of them together alone."""
    observed = read(tonnes_by_train(tmp_path / "a.xlsx", "A2:A4", "A5:A7"), TONNES, "throughput_mt", unit="kt")
    assert values(observed) == [("2026-02-01", 2.4)] * 3 + [("2026-02-02", 2.4)] * 3
    assert (observed.passed_over, observed.undated_days) == ((), ())
    shared = read(tonnes_by_train(tmp_path / "b.xlsx", "A2:A4", "A5:A7", "C5:C7"), TONNES, "throughput_mt", unit="kt")
    assert [row.value == row.value for row in shared.rows] == [True] * 4 + [False] * 2
    assert lines_passed_over(shared) == [(6, "nothing known of Тонн"), (7, "nothing known of Тонн")]
    titled = tonnes_by_train(tmp_path / "c.xlsx", "A1:B1")  # heads are no values
    assert "has no column 'Поезд'" in refusal_of(titled, TONNES | {"id": ("Поезд",)}, "throughput_mt", unit="kt")


def test_a_row_of_an_amount_without_a_day_may_be_of_any_day_between_its_neighbours(tmp_path):
    first, second = dt.date(2026, 2, 1), dt.date(2026, 2, 2)
    observed = read(tonnes_by_train(tmp_path / "a.xlsx"), TONNES, "throughput_mt", unit="kt")
    assert observed.undated_days == ((first, second), (second, dt.date.max))
    assert len(observed.rows) == 2 and len(observed.passed_over) == 4
    falling = written(tmp_path / "b.csv", "Сутки;Тонн\n02.02.2026;1\n;2\n01.02.2026;3\n;4\n")
    undated = read(falling, TONNES, "throughput_mt", unit="kt").undated_days
    assert undated == ((dt.date.min, first), (first, second))
    torn = written(tmp_path / "c.csv", "Сутки;Тонн\n02.02.2026;1\n;2\n01.02.2026;3\n05.02.2026;4\n")
    assert read(torn, TONNES, "throughput_mt", unit="kt").undated_days == ((dt.date.min, dt.date.max),)
    noted = written(tmp_path / "d.csv", "N;Сутки;Тонн\n1;02.02.2026;1\n2;;\nданные уточняются;;\nитого;;1\n")
    assert read(noted, TONNES, "throughput_mt", unit="kt").undated_days == ()


def test_a_row_that_may_be_of_another_post_leaves_its_day_unknown(tmp_path):
    text = "Пост;Сутки;Тонн\nДостык;01.02.2026;9\n;01.02.2026;2\nАлтынколь;02.02.2026;3\n;;4\n"
    observed = read(written(tmp_path / "a.csv", text), TONNES, "throughput_mt", unit="kt", only={"Пост": "Алтынколь"})
    assert [(row.line, row.value == row.value) for row in observed.rows] == [(3, False), (4, True)]
    assert lines_passed_over(observed) == [(3, "nothing known of Пост"), (5, "nothing known of Сутки, Пост")]
    assert observed.undated_days == ((dt.date(2026, 2, 2), dt.date.max),)


def test_a_head_that_stands_twice_is_refused_where_it_is_asked_for(tmp_path):
    path = written(tmp_path / "a.csv", "N;A;B;N;A\n1;03.01.2024 10:00;03.01.2024 11:00;x;04.01.2024\n")
    assert f"{path}:1: 'A' stands above the columns 2, 5" in refusal_of(path, MOMENTS)
    rows = [["Алтынколь", None, None, "Достык"], ["A", "B", "N", "N"]]
    rows += [[dt.datetime(2024, 1, 3, 10), dt.datetime(2024, 1, 3, 11), 1, 2]]
    book = workbook(tmp_path / "a.xlsx", ("1", rows))
    assert values(read(book, MOMENTS)) == [("2024-01-03", 1.0)]
    assert "'N' stands above the columns C, D of sheet '1'" in refusal_of(book, MOMENTS, only={"N": "1"})


def test_a_day_is_no_moment_and_midnight_is_one(tmp_path):
    text = "A;B\n03.01.2024;04.01.2024 15:00\n05.01.2024 10:00;05.01.2024 11:00\n"
    path = written(tmp_path / "a.csv", text)
    assert f"{path}:2: A: must have a time of day beside its day (got 2024-01-03)" in refusal_of(path, MOMENTS)
    midnight = written(tmp_path / "b.csv", text.replace("2024;04", "2024 0:00;04"))
    assert values(read(midnight, MOMENTS))[0] == ("2024-01-04", 39.0)
    days = [dt.datetime(2024, 1, 3), dt.datetime(2024, 1, 4)]
    timed = [dt.datetime(2024, 1, 5, 10), dt.datetime(2024, 1, 5, 12)]
    book = workbook(tmp_path / "a.xlsx", ("1", [["A", "B"], days, timed]))
    assert values(read(book, MOMENTS)) == [("2024-01-04", 24.0), ("2024-01-05", 2.0)]
    untimed = workbook(tmp_path / "b.xlsx", ("1", [["A", "B"], days, [days[0], timed[1]]]))
    assert "a time of day beside its day (got 2024-01-03) (cell A2" in refusal_of(untimed, MOMENTS)
    two = written(tmp_path / "c.csv", "D;T;B\n03.01.2024;26:15;05.01.2024 1:00\n")
    assert "must be a time such as 14:30" in refusal_of(two, {"from": ("D", "T"), "until": ("B",)})
    gap = written(tmp_path / "d.csv", "D;T;B\n03.01.2024;-;05.01.2024 1:00\n03.01.2024;23:00;04.01.2024 1:00\n")
    assert values(read(gap, {"from": ("D", "T"), "until": ("B",)})) == [("2024-01-04", 2.0)]


def test_rows_alike_in_every_cell_are_refused_where_their_id_is_empty(tmp_path):
    row = ";04.01.2024 10:00;04.01.2024 20:00\n"
    path = written(tmp_path / "a.csv", f"N;A;B\n{row}1{row}{row}1{row};05.01.2024 10:00;05.01.2024 20:00\n")
    message = refusal_of(path, MOMENTS | {"id": ("N",)})
    assert f"{path}:4: N: the row repeats line 2 in every cell: say --repeated count" in message
    dropped = read(path, MOMENTS | {"id": ("N",)}, repeated="drop")
    assert lines_passed_over(dropped) == [(4, "repeats line 2"), (5, "repeats line 3")] and len(dropped.rows) == 3


def test_a_sum_that_may_be_a_name_is_refused(tmp_path):
    row = ";03.01.2024 10:00;03.01.2024 11:00\n"
    path = written(tmp_path / "a.csv", f"N;A;B\nTotal Energies{row}Total January{row}TotalEnergies{row}")
    assert f"{path}:2: begins as a sum, and may be a name" in refusal_of(path, MOMENTS)
    left = written(tmp_path / "b.csv", f"N;A;B\nTotal January{row}TotalEnergies{row}Total Trains;;3\n")
    observed = read(left, MOMENTS)
    assert [row.line for row in observed.rows] == [3]
    assert lines_passed_over(observed) == [(2, "a sum of other rows"), (4, "a sum of other rows")]


def test_numbers_that_no_table_means_and_empty_files_are_refused(tmp_path):
    path = written(tmp_path / "a.csv", f"Дата;Часы\n01.02.2026;1{'0' * 308}\n01.02.2026;1{'0' * 400}\n")
    assert refusal_of(path, DAYS, unit="h").count("must be at most 1e+12 h") == 2
    assert "has no column 'Дата', 'Часы': it is empty" in refusal_of(written(tmp_path / "b.csv", ""), DAYS, unit="h")
    with pytest.raises(ArgumentError, match="a row is no amount of it"):
        read(path, {"day": ("Дата",)}, "throughput_mt")
