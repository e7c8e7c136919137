"""Exports: what another tool reads is what the results hold."""

import dataclasses
import datetime as dt
import gzip
import json
import math
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
from commands import called
from scenario_text import EASTBOUND, SCENARIO

import sim
from sim.runs.folders import ResultsError
from sim.runs.results import load_run, write
from sim.study.compare.answer import load_contest
from sim.study.field.eventlog import chosen_trains, of_trains, voyages_of
from sim.views.exports import cells
from sim.views.exports.geography import write_geojson
from sim.views.exports.native_charts import COLOURS
from sim.views.exports.ocel import write_ocel
from sim.views.exports.plain import write_csv
from sim.views.exports.study_sheets import monthly_sheet, yearly_sheet
from sim.views.exports.targets import check_target, default_path, placing, text_file
from sim.views.exports.workbook import write_workbook
from sim.views.exports.xes import write_xes
from sim.views.plots.style import SERIES, result_colours

ALWAYS = (-math.inf, math.inf)
FORMULA = "=HYPERLINK(1)"
XES = "{http://www.xes-standard.org/}"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A run with a sea, two flows and one that is named like a formula, read back from its folder."""
    folder = tmp_path_factory.mktemp("small")
    text = SCENARIO.replace('title = "China–Europe containers"', "title = '<b>\"China\" & Europe</b>'")
    text = text.replace('kind = "border"\n', 'kind = "border"\nlongitude_deg = 80.3\nlatitude_deg = 44.2\n')
    for port, point in (("aktau", (51.2, 43.6)), ("alat", (49.4, 39.9))):
        at = f"longitude_deg = {point[0]}, latitude_deg = {point[1]}, "
        text = text.replace(f"{port} = {{ title", f"{port} = {{ {at}title")
    (folder / "small.toml").write_text(text + EASTBOUND.replace("Europe to China", FORMULA))
    write(sim.run(folder / "small.toml", replications=2), folder / "small")
    return load_run(folder / "small")


def written(write, results, path, *window):
    with text_file(path, path.suffix == ".gz") as file:
        return write(results, file, *window)


# Event logs


def events_of(stages):
    """Counted another way: a wait that takes time, a start, an end, as far as they came."""
    waits = ((stages["started_h"] > stages["queued_h"]) | stages["started_h"].isna()).sum()
    return int(waits + stages["started_h"].notna().sum() + stages["ended_h"].notna().sum())


@pytest.mark.filterwarnings("default")
def test_an_independent_reader_finds_the_same_trains_and_events_in_xes(results, tmp_path):
    import r4pm

    size = written(write_xes, results, tmp_path / "log.xes", *ALWAYS)
    tables = results.tables
    assert (size.trains, size.events) == (len(tables.trains), events_of(tables.stages))
    log = r4pm.import_item("EventLog", str(tmp_path / "log.xes"))
    activities = r4pm.bindings.discover_dfg(log)["activities"]
    assert sum(activities.values()) == size.events
    running = events_of(tables.stages[tables.stages["activity"] == "running"])
    assert activities["running"] == running
    projection = r4pm.bindings.log_to_activity_projection(log)
    assert r4pm.bindings.get_num_cases(projection) == size.trains


@pytest.mark.filterwarnings("default")
def test_an_independent_reader_finds_the_same_objects_and_events_in_ocel(results, tmp_path):
    import r4pm

    size = written(write_ocel, results, tmp_path / "log.json", *ALWAYS)
    tables = results.tables
    log = r4pm.bindings.slim_link_ocel(ocel=r4pm.import_item("OCEL", str(tmp_path / "log.json")))
    assert r4pm.bindings.num_events(ocel=log) == size.events
    assert r4pm.bindings.num_objects(ocel=log) == size.objects
    counts = {
        kind: len(r4pm.bindings.locel_get_obs_of_type(log, kind)) for kind in r4pm.bindings.locel_get_ob_types(log)
    }
    assert counts == {
        "train": len(tables.trains),
        "declarations": len(tables.declarations),
        "wagon set trip": len(tables.wagon_sets),
        "voyage": len(tables.voyages),
        "vessel": 3,
    }
    steps = {"offered_h": tables.trains, "left_h": tables.trains, "taken_h": tables.wagon_sets}
    steps |= {"lodged_h": tables.declarations, "sailed_h": tables.voyages, "home_h": tables.wagon_sets}
    names = ["train offered", "train delivered", "wagon set taken", "declarations lodged", "vessel sailed"]
    for (hour, table), name in zip(steps.items(), [*names, "wagon set home"], strict=True):
        found = r4pm.bindings.locel_get_evs_of_type(log, name)
        assert len(found) == table[hour].notna().sum(), name
    spells = sum(
        len(r4pm.bindings.locel_get_evs_of_type(log, kind))
        for kind in r4pm.bindings.locel_get_ev_types(log)
        if ": " in kind
    )
    assert spells == events_of(tables.stages)


def test_a_train_in_xes_tells_the_story_of_the_ledger(results, tmp_path):
    written(write_xes, results, tmp_path / "log.xes", *ALWAYS)
    traces = ET.parse(tmp_path / "log.xes").getroot().findall(f"{XES}trace")
    train = results.tables.trains.iloc[-20]["train"]
    trace = next(one for one in traces if value(one, "concept:name") == f"train {train}")
    assert value(trace, "title") in ('<b>"China" & Europe</b>', FORMULA)
    told = [
        (value(event, "org:resource"), value(event, "lifecycle:transition"), value(event, "time:timestamp"))
        for event in trace.findall(f"{XES}event")
    ]
    stages = results.tables.stages[results.tables.stages["train"] == train]
    hours = {"schedule": "queued_h", "start": "started_h", "complete": "ended_h"}
    lived = [
        (row["place"], step, moment(results, row[hour]))
        for _, row in stages.iterrows()
        for step, hour in hours.items()
        if row[hour] == row[hour] and not (step == "schedule" and row["started_h"] <= row["queued_h"])
    ]
    assert sorted(told) == sorted(lived)
    assert [when for _, _, when in told] == sorted(when for _, _, when in told)


def value(element, key):
    return next(child.get("value") for child in element if child.get("key") == key)


def moment(results, hour):
    """UTC to the millisecond, by the standard library."""
    when = dt.datetime.combine(results.scenario.horizon.start, dt.time()) + dt.timedelta(hours=hour)
    return (when + dt.timedelta(microseconds=500)).isoformat(timespec="milliseconds") + "Z"


def test_a_train_sails_with_the_voyage_that_carried_it(results):
    trains = chosen_trains(results, *ALWAYS)
    voyages, voyage_of = voyages_of(results, trains, *ALWAYS)
    stages = of_trains(results.tables.stages, trains)
    at_sea = stages[stages["activity"] == "sailing"]
    assert len(voyages) == len(results.tables.voyages)
    assert len(at_sea) > 50
    sailed = voyages.iloc[voyage_of[at_sea.index]]
    assert (voyage_of[at_sea.index] >= 0).all()
    for ours, theirs in (("queued_h", "loaded_h"), ("started_h", "sailed_h"), ("ended_h", "arrived_h")):
        assert at_sea[ours].fillna(0).tolist() == sailed[theirs].fillna(0).tolist()
    of_train = trains.set_index("train")["flow"].astype(str).map({"transit": "westbound", "back": "eastbound"})
    assert (sailed["direction"].astype(str).to_numpy() == of_train.loc[at_sea["train"]].to_numpy()).all()


def test_a_window_takes_whole_trains_and_all_that_belongs_to_them(results, tmp_path):
    from_h, until_h = 240.0, 480.0
    size = written(write_ocel, results, tmp_path / "part.json", from_h, until_h)
    log = json.loads((tmp_path / "part.json").read_text())
    ids = {one["id"] for one in log["objects"]}
    related = {each["objectId"] for one in [*log["events"], *log["objects"]] for each in one["relationships"]}
    assert related <= ids
    offered_h = results.tables.trains["offered_h"]
    chosen = results.tables.trains[(offered_h >= from_h) & (offered_h < until_h)]
    assert 0 < size.trains == len(chosen) < len(offered_h)
    assert {one["id"] for one in log["objects"] if one["type"] == "train"} == {f"train {n}" for n in chosen["train"]}
    assert sum(one["type"] == "train delivered" for one in log["events"]) == chosen["left_h"].notna().sum()
    times = [one["time"] for one in log["events"]]
    assert times == sorted(times)
    assert len({one["id"] for one in log["events"]}) == len(times) == size.events


def test_logs_have_the_same_bytes_packed_or_not(results, tmp_path):
    for name in ("one.xes", "one.xes.gz", "two.xes.gz"):
        written(write_xes, results, tmp_path / name, *ALWAYS)
    assert (tmp_path / "one.xes.gz").read_bytes() == (tmp_path / "two.xes.gz").read_bytes()
    assert gzip.decompress((tmp_path / "one.xes.gz").read_bytes()) == (tmp_path / "one.xes").read_bytes()


# Workbook and tables


@pytest.fixture(scope="module")
def workbook(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("book") / "small.xlsx"
    write_workbook(results, path)
    return path


def test_pandas_reads_every_sheet_of_the_workbook_and_those_of_a_frame_are_it(results, workbook):
    import openpyxl

    book = openpyxl.load_workbook(workbook)
    fields = ["throughput", "where_time_goes", "waits", "release_study", "carec"]
    assert book.sheetnames == [
        *("notes", "answer", *fields, "kpis", "published", "measures", "trains", "assumptions"),
    ]
    sheets = {name: pd.read_excel(workbook, name) for name in book.sheetnames[2:]}
    headless = {name: [head for head in sheet if head.startswith("Unnamed")] for name, sheet in sheets.items()}
    assert not any(headless.values()), headless
    same = {"check_dtype": False, "rtol": 1e-12}
    pd.testing.assert_frame_equal(sheets["kpis"], results.kpis, **same)
    words = ["key", "unit", "standing", "source"]
    pd.testing.assert_frame_equal(sheets["assumptions"][words].fillna(""), sim.sources(results)[words], **same)
    assert [*sheets["published"]] == [*results.published]
    assert {*sheets["measures"]["kpi"]} == {*results.kpis["kpi"]}
    ledger = results.ledger("trains")
    for name in ("offered", "entered", "left"):
        moments = pd.to_datetime(sheets["trains"][name], utc=True).dt.round("s")
        assert (moments.isna() == ledger[name].isna()).all()
        assert ((moments - ledger[name]).abs().max()).total_seconds() <= 1
        ledger = ledger.drop(columns=name)
    pd.testing.assert_frame_equal(sheets["trains"][[*ledger]], ledger, check_categorical=False, **same)
    assert all(book[name].tables and book[name].print_area for name in ("kpis", "published", "trains", "assumptions"))
    assert [len(book[name]._charts) for name in ("answer", *fields)] == [1, 1, 1, 1, 0, 0]
    assert sheets["carec"]["indicator"].tolist()[:2] == ["TFI1", "TFI1"]
    assert "lodgement to release" in sheets["release_study"]["interval"].tolist()
    assert sheets["throughput"]["mean, Mt"][0] == pytest.approx(
        results.kpis.query("kpi == 'throughput_mt' and flow == 'middle' and period == '2025'")["mean"].iloc[0]
    )


def test_a_comparison_in_a_workbook_reads_back_with_yes_and_no(pair, tmp_path):
    answer = load_contest(pair)
    write_workbook(answer, tmp_path / "pair.xlsx")
    for name in ("differences", "headline"):
        table = pd.read_excel(tmp_path / "pair.xlsx", name, dtype={"significant": "boolean"})
        assert {*table["significant"].dropna()} <= {True, False} and len(table)
    notes = pd.read_excel(tmp_path / "pair.xlsx", "notes", header=None)
    assert notes[0][0] == f"{answer.results[1].name} against {answer.name}"
    told = notes[1][notes[0] == "Scenario"].tolist()
    assert told == [f"{run.scenario.title} ({run.name})" for run in answer.results]
    assert "Trains and the ledger" not in notes[0].tolist()
    back = pd.read_excel(tmp_path / "pair.xlsx", "differences", dtype={"significant": "boolean", "period": str})
    pd.testing.assert_frame_equal(back, answer.differences, check_dtype=False)


def test_native_charts_have_the_colours_that_results_have_in_every_figure(pair):
    answer = load_contest(pair)
    for results in (answer.results, answer.results[::-1]):
        colours = dict(zip([run.name for run in results], result_colours(results), strict=True))
        turned = dataclasses.replace(answer, results=results)
        for sheet in (yearly_sheet(turned), monthly_sheet(turned)):
            assert sheet.charts
            for chart in sheet.charts:
                assert {part.name: part.colour for part in chart.series} == colours
    assert not set(COLOURS) & set(SERIES[:2]), "nor has what is of no scenario"


def test_a_word_that_looks_like_a_formula_stays_a_word(workbook):
    import openpyxl

    found = [
        cell
        for sheet in openpyxl.load_workbook(workbook)
        for line in sheet.iter_rows()
        for cell in line
        if isinstance(cell.value, str) and cell.value.startswith("=")
    ]
    assert found
    assert {cell.data_type for cell in found} == {"s"}


def test_the_same_results_give_the_same_workbook(results, workbook, tmp_path):
    write_workbook(results, tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == workbook.read_bytes()


def test_a_sheet_ends_where_excel_ends(results, tmp_path, monkeypatch):
    import openpyxl

    monkeypatch.setattr(cells, "MOST_ROWS", 20)
    monkeypatch.setattr("sim.views.exports.run_sheets.MOST_ROWS", 20)
    write_workbook(results, tmp_path / "cut.xlsx")
    book = openpyxl.load_workbook(tmp_path / "cut.xlsx")
    assert book["trains"].max_row == 20
    notes = dict(book["notes"].iter_rows(min_row=3, values_only=True))
    assert f"The first 19 of {len(results.tables.trains):,}" in notes["Sheet trains"]


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed: apt-get install libreoffice-calc"
)
def test_libreoffice_opens_the_workbook(workbook, results, tmp_path):
    home = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1",
    ]
    done = subprocess.run([*command, "--outdir", tmp_path, workbook], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0
    assert "Error" not in done.stdout + done.stderr
    trains = pd.read_csv(tmp_path / "small-trains.csv")
    assert len(trains) == len(results.tables.trains)
    kpis = pd.read_csv(tmp_path / "small-kpis.csv")
    assert kpis["kpi"].tolist() == results.kpis["kpi"].tolist()
    assert FORMULA in (tmp_path / "small-where_time_goes.csv").read_text()


def test_a_folder_of_tables_is_replaced_with_what_was_written_in_it_alone(results, tmp_path):
    for _ in range(2):
        with placing(tmp_path / "tables", "csv") as temporary:
            write_csv(results, temporary)
    for name in ("notes.txt", "own.csv"):
        (tmp_path / "tables" / name).write_text("a year of work")
        with (
            pytest.raises(ResultsError, match=f"holds what was not written there, {name}"),
            placing(tmp_path / "tables", "csv"),
        ):
            pass
        (tmp_path / "tables" / name).unlink()


def test_csv_tables_read_back_as_they_were(results, tmp_path):
    write_csv(results, tmp_path)
    for name in ("trains", "stages", "voyages"):
        back = pd.read_csv(tmp_path / f"{name}.csv")
        pd.testing.assert_frame_equal(back, getattr(results.tables, name), check_dtype=False, check_categorical=False)
    assert len(pd.read_csv(tmp_path / "kpis.csv")) == len(results.kpis)
    assert "may take it for a formula" in (tmp_path / "README.txt").read_text()
    sources = pd.read_csv(tmp_path / "assumptions.csv").set_index("key")
    assert sources.loc["trains.container.wagons", "standing"] == "assumed"


# Map


def test_the_map_has_points_lines_and_the_measures_of_each_place(results, tmp_path):
    with (tmp_path / "map.geojson").open("w") as file:
        assert write_geojson(results, file) == 2
    drawn = json.loads((tmp_path / "map.geojson").read_text())
    assert drawn["without_a_point"] == ["yard", "alat_yard"]
    found = {one["properties"].get("port", one["properties"]["place"]): one for one in drawn["features"]}
    assert set(found) == {"altynkol", "steppe", "caspian", "aktau", "alat"}
    assert found["steppe"]["geometry"] == {"type": "LineString", "coordinates": [[80.3, 44.2], [51.2, 43.6]]}
    assert found["caspian"]["geometry"]["coordinates"] == [[51.2, 43.6], [49.4, 39.9]]
    kpis = results.kpis.query("place == 'altynkol' and flow == 'all' and period == 'all'").set_index("kpi")
    said = found["altynkol"]["properties"]
    assert said["border_dwell_h"] == pytest.approx(kpis.at["border_dwell_h", "mean"], rel=1e-5)
    assert said["border_dwell_h_ci_high"] is None, "two replications give no interval"


# Where exports go


def test_an_export_replaces_only_an_earlier_one_of_its_kind(results, tmp_path):
    assert default_path(Path("results/tez"), "ocel") == Path("results/tez.ocel.json")
    path = tmp_path / "log.xes"
    for _ in range(2):
        with placing(path, "xes") as temporary:
            written(write_xes, results, temporary, *ALWAYS)
    (tmp_path / "mine.xes").write_text("precious")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine.txt").write_text("precious")
    wrong = [(tmp_path / "mine.xes", "xes"), (tmp_path / "folder", "csv"), (tmp_path / "folder", "xlsx")]
    wrong += [(path, "csv"), (tmp_path / "nowhere" / "a.xes", "xes"), (results.folder, "csv")]
    for taken, form in wrong:
        with pytest.raises(ResultsError):
            check_target(taken, form)


def test_a_failed_export_leaves_the_earlier_one_whole(results, tmp_path):
    path = tmp_path / "tables"
    with placing(path, "csv") as temporary:
        write_csv(results, temporary)
    with pytest.raises(ZeroDivisionError), placing(path, "csv") as temporary:
        (temporary / "half.csv").write_text("half")
        raise ZeroDivisionError
    assert [one.name for one in tmp_path.iterdir()] == ["tables"]
    assert (path / "kpis.csv").is_file() and not (path / "half.csv").exists()


def test_the_command_exports_and_says_how_much(results, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = called("export", results.folder, "--to", "ocel", "--from", "2025-01-11", "--out", "part.json.gz")
    assert done.exit_code == 0, done.stderr
    trains = len(chosen_trains(results, 240.0, math.inf))
    assert done.stdout.startswith(f"part.json.gz: {trains} trains, ")
    assert json.loads(gzip.decompress((tmp_path / "part.json.gz").read_bytes()))["made_by"] == "corridor-simulator"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "doc"), "'doc' is not one of"),
        (("--to", "xls"), "'geojson'; did you mean 'xlsx'?"),
        (("--to", "xlsx", "--from", "2025"), "--from: limits event logs, not --to xlsx"),
        (
            ("--to", "xes", "--from", "2025-02-01", "--until", "2025-01"),
            "--until: 2025-01-31 is before --from, 2025-02-01",
        ),
        (("--to", "xes", "--from", "2031"), "no day of small lies there"),
        (("--to", "xes", "--out", "mine.xes"), "mine.xes: is there already and is no earlier export"),
        (("--to", "csv", "--out", "nowhere/csv"), "does not exist"),
    ],
)
def test_mistakes_end_in_one_message_and_nothing_is_written(results, tmp_path, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.xes").write_text("precious")
    done = called("export", results.folder, *arguments)
    assert done.exit_code == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["mine.xes"]
    assert (tmp_path / "mine.xes").read_text() == "precious"


NC_NAME = r"[^\W\d][\w.-]*"
TOKEN = r"(\S+( \S+)*)?"
NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?INF|NaN"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
VALUES = {"string": ".*", "id": ".*", "date": MOMENT, "int": r"[+-]?\d+", "float": NUMBER, "boolean": "true|false|0|1"}
XES_ATTRIBUTES = {
    "log": {"xes.version": r"\d+(\.\d+)?", "xes.features": TOKEN},
    "extension": {"name": NC_NAME, "prefix": NC_NAME, "uri": r"\S+"},
    "global": {"scope": NC_NAME},
    "classifier": {"name": NC_NAME, "keys": TOKEN},
    "trace": {},
    "event": {},
    **{kind: {"key": r"[^\W\d][\w.:-]*", "value": value} for kind, value in VALUES.items()},
}
"""What IEEE 1849-2016 demands of each element, as xs:NCName, xs:Name, xs:token and the rest are written."""
XES_CHILDREN = {
    "log": ("extension", "global", "classifier", "attribute", "trace", "event"),
    "trace": ("attribute", "event"),
    **dict.fromkeys(("global", "event", *VALUES), ("attribute",)),
}
"""The elements that each may hold, in this order."""


def faults_of_xes(element):
    """What the schema of IEEE 1849-2016 would refuse of an element and all that lies in it."""
    kind = element.tag.removeprefix(XES)
    if kind not in XES_ATTRIBUTES:
        return [f"<{kind}>"]
    rules = XES_ATTRIBUTES[kind]
    faults = [f"{kind} {key}" for key in rules.keys() ^ element.attrib.keys()]
    faults += [
        f"{kind} {key}={value!r}"
        for key, value in element.attrib.items()
        if key in rules and not re.fullmatch(rules[key], value, re.DOTALL)
    ]
    inner = ["attribute" if child.tag.removeprefix(XES) in VALUES else child.tag.removeprefix(XES) for child in element]
    order = [*XES_CHILDREN.get(kind, ()), *inner]
    faults += [f"{kind}: {inner}"] if inner != sorted(inner, key=order.index) else []
    faults += [f"{kind}: {child}" for child in inner if child not in XES_CHILDREN.get(kind, ())]
    return faults + [fault for child in element for fault in faults_of_xes(child)]


def test_xes_is_valid_by_its_schema(results, tmp_path):
    written(write_xes, results, tmp_path / "log.xes", *ALWAYS)
    log = ET.parse(tmp_path / "log.xes").getroot()
    assert log.tag == f"{XES}log" and faults_of_xes(log) == []
    keys = {element.attrib["key"] for element in log.iter() if "key" in element.attrib}
    assert set(" ".join(entry.attrib["keys"] for entry in log.findall(f"{XES}classifier")).split()) <= keys
    prefixes = {extension.attrib["prefix"] for extension in log.findall(f"{XES}extension")}
    assert {key.partition(":")[0] for key in keys if ":" in key} <= prefixes


def listed(**properties):
    """A list of objects that have all of some properties and no others."""
    table = {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}
    return {"type": "array", "items": table}


def test_ocel_is_valid_by_its_schema(results, tmp_path):
    """The JSON form of OCEL 2.0; that what is named is there, and once, a schema cannot say."""
    text, moment = {"type": "string"}, {"type": "string", "pattern": f"^{MOMENT}$"}
    value = {"type": ["string", "number", "boolean"]}
    kinds = listed(
        name=text, attributes=listed(name=text, type={"enum": ["string", "time", "integer", "float", "boolean"]})
    )
    links = listed(objectId=text, qualifier=text)
    object_values, event_values = listed(name=text, value=value, time=moment), listed(name=text, value=value)
    tables = {
        "objectTypes": kinds,
        "eventTypes": kinds,
        "objects": listed(id=text, type=text, attributes=object_values, relationships=links),
        "events": listed(id=text, type=text, time=moment, attributes=event_values, relationships=links),
    }
    written(write_ocel, results, tmp_path / "log.json", *ALWAYS)
    log = json.loads((tmp_path / "log.json").read_text(encoding="utf-8"))
    assert tables.keys() <= log.keys()
    for name, schema in tables.items():
        faults = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(log[name])]
        assert faults == [], name
    ids = [item["id"] for table in ("objects", "events") for item in log[table]]
    assert len(ids) == len(set(ids))
    objects = {item["id"] for item in log["objects"]}
    assert {
        link["objectId"] for table in ("objects", "events") for item in log[table] for link in item["relationships"]
    } <= objects
    for table, types in (("objects", "objectTypes"), ("events", "eventTypes")):
        attributes = {kind["name"]: {entry["name"] for entry in kind["attributes"]} for kind in log[types]}
        assert len(attributes) == len(log[types])
        assert all({entry["name"] for entry in item["attributes"]} <= attributes[item["type"]] for item in log[table])
