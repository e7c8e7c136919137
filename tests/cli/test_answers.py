"""A folder that any study writes can be loaded, written again, drawn, exported and reported."""

import html
import json
import math
import pkgutil
import re
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from chains import STATIONS, chain, investment
from commands import called, output_of
from matplotlib.text import Text

import sim
from sim.cli.plot import CHARTS
from sim.cli.tables import are_numbers, sheet_lines
from sim.runs.folders import ResultsError, strangers
from sim.runs.own_files import FIGURE, text_digests
from sim.runs.shapes import shapes_of
from sim.study.folders import READERS
from sim.views.folders import write_answer
from sim.views.language import LANGUAGES, speaking
from sim.views.plots.field import STEMS
from sim.views.plots.gallery import DRAWINGS
from sim.views.plots.style import NothingToDraw
from sim.views.sheets.answer import WORDS, headline_of, sentences, sheets

FITTED = """
[published.delivered]
title = "Trains delivered in the year"
fact = "X-1"
used_for = "calibration"
kpi = "trains_delivered"
flow = "west"
start = 2025-01-01
end = 2026-01-01
value = 400
low = 380
high = 420

[calibration]
targets = ["delivered"]
errors.delivered = { observation_share = 0.02, discrepancy = 5, sources.all = "assumed: a test" }

[calibration.parameters.handover]
title = "Trains taken over a day"
keys = ["places.border.westbound_handover_trains_per_day"]
low = 0.5
high = 2
value = 1
"""

UNSURE = f"""
extends = "line.toml"
[unknown.crews]
title = "crews"
group = "border"
keys = ["{STATIONS["forming"]}"]
scale_low = 1
scale_high = 3
sources.all = "assumed: a guess"
[unknown.tracks]
title = "tracks"
group = "ports"
keys = ["{STATIONS["yard"]}"]
values = [1, 2]
sources.all = "assumed: either"
"""

TRACKS = f"{STATIONS['yard']}=1,2"
KINDS = {
    "run": ("run", "line.toml"),
    "compare": ("compare", "line.toml", "other.toml", "--best", "throughput_mt"),
    "sweep": ("sweep", "line.toml", "--factor", TRACKS, "--factor", f"{STATIONS['forming']}=1x..3x", "--levels", "2"),
    "forecast": ("forecast", "unsure.toml", "--conclusion", "throughput_mt >= 0.1", "--worlds", "24"),
    "ladder": ("ladder", "line.toml", "--rungs", "1", "--shortlist", "2"),
    "target": ("target", "line.toml"),
    "calibrate": ("calibrate", "line.toml", "--fit", "--evaluations", "4"),
    "match": ("calibrate", "unsure.toml", "--worlds", "20", "--waves", "1"),
    "observe": (
        *("observe", "table.csv", "line.toml", "--kpi", "border_dwell_h:border"),
        *("--column", "day=day", "--column", "value=hours", "--unit", "h"),
    ),
    "warmup": ("warmup", "line.toml", "--days", "20"),
}
"""Every study, as a command."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A folder by kind of study, each written by its command, with what the command printed."""
    home = tmp_path_factory.mktemp("studies")
    text = chain(gauge=2, forming=1, paths=2, yard=2, offered=1.2, target=0.4, end="2026-01-01")
    crews = investment("crews", STATIONS["forming"], 2, cost=10)
    (home / "line.toml").write_text(text + crews + FITTED, encoding="utf-8")
    (home / "other.toml").write_text(f'extends = "line.toml"\n[{STATIONS["yard"].rpartition(".")[0]}]\ntracks = 2\n')
    (home / "unsure.toml").write_text(UNSURE, encoding="utf-8")
    (home / "table.csv").write_text("day,hours\n2025-03-01,20\n2025-03-02,-\n2025-05-01,30.5\n", encoding="utf-8")
    written = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(home)
        for kind, words in KINDS.items():
            done = called(*words, "--replications", "3", "--workers", "1", "--no-plots", "--all", "--out", home / kind)
            assert done.exit_code == 0, (kind, done.output)
            written[kind] = (home / kind, done.stdout)
    return written


@pytest.fixture(params=KINDS)
def folder(request, folders):
    return folders[request.param][0]


@pytest.fixture(scope="module")
def answers(folders):
    """What lies in the folders, loaded once for all tests that ask what it says and change nothing."""
    return {kind: sim.load_results(folder) for kind, (folder, _) in folders.items()}


@pytest.fixture
def answer(folder, answers):
    return answers[folder.name]


def test_every_study_has_a_reader_and_its_views():
    assert set(KINDS) == set(READERS) == set(WORDS) == set(DRAWINGS)


def test_what_is_loaded_is_what_was_written(folder, tmp_path):
    """Written again, each table and the manifest have the same bytes."""
    answer = sim.load_results(folder)
    assert answer.kind == folder.name == json.loads((folder / "manifest.json").read_text())["study"]
    write_answer(answer, tmp_path / "again", plots=False)
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".csv", ".json", ".toml")]
    if answer.kind == "compare":
        files = [path for path in files if path.parent == Path() and path.name != "manifest.json"]
    assert len(files) >= 2
    for path in files:
        assert (tmp_path / "again" / path).read_bytes() == (folder / path).read_bytes(), path
    for stem, frame in answer.frames.items():
        assert list(frame) == list(pd.read_csv(folder / f"{stem}.csv", nrows=0))


def test_every_table_fits_a_screen(answer):
    for sheet in sheets(answer):
        lines = sheet_lines(sheet, 80)
        assert max(map(len, lines)) <= 80, sheet.title
        printed = "\n".join(lines)
        assert all(cell in printed for row in sheet.rows for cell in row if are_numbers([cell]))


def test_every_study_answers_in_json(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(folder.parent)
    ended = called(*KINDS[folder.name], *("-n", "3", "-j", "1", "--no-plots", "--json", "-v", "-o", tmp_path / "out"))
    assert ended.exit_code == 0, ended.output
    document = json.loads(ended.stdout)
    assert [*document] == ["command", "headline", "folder", "tables", "remarks"]
    assert (document["command"], document["folder"]) == (KINDS[folder.name][0], str(tmp_path / "out"))
    assert document["headline"]["question"].endswith("?") and document["headline"]["answer"]
    answer = sim.load_results(tmp_path / "out")
    assert [*document["tables"]] == [*answer.frames]
    for stem, frame in answer.frames.items():
        rows = document["tables"][stem]
        assert [len(rows), *(rows[0] if rows else ())] == [len(frame), *(frame if rows else ())]
    assert "Hangs on: " not in ended.stdout
    if folder.name == "run":
        assert document["tables"]["kpis"][0]["mean"] == pytest.approx(answer.frames["kpis"]["mean"][0], rel=1e-5)


@pytest.mark.parametrize(
    "study",
    [
        lambda line, two: sim.run(line, replications=two, seed=two),
        lambda line, two: sim.warmup(line, days=10 * two, replications=two, seed=two),
        lambda line, two: sim.sweep(line, {STATIONS["yard"]: np.array([1, two])}, replications=two, seed=two),
        lambda line, two: sim.forecast(
            line.files[0].parent / "unsure.toml",
            worlds=two,
            conclusions=pd.Series(["throughput_mt >= 0.1"]),
            replications=two,
            seed=two,
        ),
        lambda line, two: sim.ladder(line, year=two + 2023, rungs=two, shortlist=two, replications=two + 1, seed=two),
        lambda line, two: sim.target(
            line, year=two + 2023, given=pd.Series(["crews"]), replications=two, screening=two, seed=two
        ),
    ],
    ids=["run", "warmup", "sweep", "forecast", "ladder", "target"],
)
def test_numbers_and_lists_of_numpy_are_asked_and_kept_as_any(folders, tmp_path, study):
    line = sim.load(folders["run"][0].parent / "line.toml")
    answer = study(line, np.int64(2))
    write_answer(answer, tmp_path / "out", plots=False)
    assert sim.load_results(tmp_path / "out").manifest == study(line, 2).manifest | without_clock(answer)


def without_clock(answer):
    """What is another at each run."""
    return {key: answer.manifest[key] for key in ("wall_s",) if key in answer.manifest}


@cache
def table_as_text(path):
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def tampered(folder, copy, stem, change, kinds):
    """A copy of a folder with another table, and a manifest that says what that one holds, and has its digest."""
    if not copy.exists():
        shutil.copytree(folder, copy)
    table = change(table_as_text(folder / f"{stem}.csv"))
    table.to_csv(copy / f"{stem}.csv", index=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    shape = manifest["tables"][stem]
    columns = {name: kinds.get(name, kind) for name, kind in shape["columns"].items() if name in table}
    manifest["tables"][stem] = {"rows": len(table), "columns": columns}
    manifest["sha256"] |= text_digests(copy, [f"{stem}.csv"])
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


def without(name):
    return lambda table: table.drop(columns=name)


def with_cells(**cells):
    return lambda table: table.assign(**cells)


def first(**cells):
    """Other cells in the first row."""
    return lambda table: pd.concat([table[:1].assign(**cells), table[1:]])


OTHER = {
    "text": "-7.5",
    "truth": "mars",
    "value": "inf",
    "whole": "-1",
    "count": "0",
    "number": "inf",
    "share": "1.5",
    "chance": "1",
}
"""A cell by what its column holds, that is not that."""


@pytest.fixture
def read_once(monkeypatch):
    """What lies in a folder is read once, however often something beside it is another: by its bytes, so never late."""

    def remember(place, key):
        function, known = pkgutil.resolve_name(place), {}

        def remembering(path, *arguments, **options):
            found = key(path, *arguments)
            if found not in known:
                known[found] = function(path, *arguments, **options)
            return known[found]

        monkeypatch.setattr(place, remembering)

    def content(path, *arguments):
        return path.name, path.read_bytes(), json.dumps(arguments)

    def contents(folder, *_):
        return tuple(content(path) for path in sorted(folder.rglob("*")) if path.is_file())

    remember("sim.runs.answer.read", content)
    remember("sim.runs.answer.read_frame", content)
    remember("sim.runs.results.read_frame", content)
    remember("sim.runs.results.read_tables", lambda folder, _: tuple(map(content, sorted(folder.glob("*.parquet")))))
    remember("sim.study.compare.answer.load_run", contents)


@pytest.mark.usefixtures("read_once")
def test_a_table_and_its_manifest_tampered_alike_are_damage(folder, tmp_path):
    """No column may be missing, or hold something else; of a run its measures are reckoned again."""
    manifest = json.loads((folder / "manifest.json").read_text())
    columns = [
        (shape.table, name, shape.holds.removesuffix("?")) for shape in shapes_of(manifest) for name in shape.names
    ]
    columns = [column for column in columns if (folder / f"{column[0]}.csv").exists()]
    if folder.name == "run":
        columns = [
            ("kpis", name, "number" if name == "p90" else "text") for name in ("kpi", "mean", "p90", "replications")
        ]
    assert columns or folder.name == "compare"
    for stem, name, holds in columns:
        cell = OTHER.get(holds, "mars")
        kind = "text" if cell == "mars" else "float" if "." in cell or cell == "inf" else "int"
        # of a table without rows, as of what a fit that is not cut has not, no cell can be another
        changes = (without(name), with_cells(**{name: cell})) if manifest["tables"][stem]["rows"] else (without(name),)
        for change in changes:
            with pytest.raises(ResultsError, match=rf"is damaged.*{stem}\.csv"):
                sim.load_results(tampered(folder, tmp_path / "sent", stem, change, {name: kind}))
        shutil.copy(folder / f"{stem}.csv", tmp_path / "sent")
    shutil.copytree(folder, tmp_path / "sent", dirs_exist_ok=True)
    sim.load_results(tmp_path / "sent")


@pytest.mark.parametrize(
    ("kind", "stem", "change", "message"),
    [
        ("run", "kpis", first(mean="7"), "is not what the replications come to"),
        ("run", "kpis", lambda table: table[1:], "is not what the replications come to"),
        ("run", "published", first(high="999"), "is not what the scenario and its measures say"),
        ("run", "published", first(mean="390"), "is not what the scenario and its measures say"),
        ("run", "published", first(verdict="overlaps"), "is not what the scenario and its measures say"),
        ("run", "published", first(title="Profits"), "is not what the scenario and its measures say"),
        ("sweep", "points", lambda table: table[1:], "does not hold 4 points"),
        ("sweep", "points", first(**{TRACKS[:-4]: "9"}), "has other points than the grid"),
        ("sweep", "sweep", first(**{TRACKS[:-4]: "9"}), r"has other points than points\.csv"),
        ("sweep", "sweep", first(kpi="profit"), "'kpi' has a word"),
        ("sweep", "sweep", first(unit="parsec"), "another unit than the catalogue"),
        ("sweep", "sweep", first(place="mars"), "'place' has a word"),
        ("sweep", "sweep", first(ci_low="5", mean="4", ci_high="6"), "a mean outside of its interval"),
        ("forecast", "worlds", lambda table: table[:-1], "does not hold 24 worlds"),
        ("forecast", "worlds", first(offer="as wished"), "'offer' does not hold as drawn or at target"),
        ("forecast", "values", lambda table: pd.concat([table, table[:1]]), "says a measure of a world twice"),
        ("forecast", "values", first(offer="at target"), "has worlds for another offer"),
        ("forecast", "values", first(place="mars"), "has other measures than"),
        ("forecast", "values", first(unit="parsec"), "has other measures than"),
        ("forecast", "values", first(world="30"), r"other worlds than worlds\.csv"),
        ("forecast", "values", first(scenario="mars"), "other scenarios than its manifest"),
        ("forecast", "chances", first(share="1.5"), "does not hold a number from 0 to 1"),
        ("target", "plans", with_cells(plan="bribes"), "does not have the"),
    ],
)
def test_tables_that_contradict_each_other_are_damage(folders, tmp_path, kind, stem, change, message):
    with pytest.raises(ResultsError, match=rf"is damaged.*{stem}\.csv.*{message}|is damaged.*{message}"):
        sim.load_results(tampered(folders[kind][0], tmp_path / "sent", stem, change, {}))


def paths_in(node):
    """Every key path of nested tables."""
    for key, value in node.items():
        yield (key,)
        yield from (
            ((key, *path) for path in paths_in(value) if isinstance(value, dict)) if isinstance(value, dict) else ()
        )


@pytest.mark.usefixtures("read_once")
@pytest.mark.parametrize("value", [None, -5, "mars", [[]]])
def test_whatever_a_manifest_says_is_shown_or_refused(folder, tmp_path, value):
    """No study is shown with an entry of another kind, and none ends in a traceback."""
    shutil.copytree(folder, tmp_path / "sent")
    manifest = json.loads((folder / "manifest.json").read_text())
    for path in paths_in({key: entry for key, entry in manifest.items() if key not in ("tables", "asked", "runs")}):
        other = json.loads(json.dumps(manifest))
        inner = other
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value
        (tmp_path / "sent" / "manifest.json").write_text(json.dumps(other))
        try:
            answer = sim.load_results(tmp_path / "sent")
        except sim.CorridorError:
            continue
        sentences(answer), sheets(answer)


def test_what_is_loaded_says_what_the_command_said(folder, folders, answer):
    printed = folders[folder.name][1]
    for line in sentences(answer):
        assert line in printed
    for sheet in sheets(answer):
        assert sheet.title in printed
        assert all(len(row) == len(sheet.heads) for row in sheet.rows)


def test_it_is_drawn_where_it_lies_or_elsewhere(folder, tmp_path):
    done = called("plot", folder, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    drawn = {path.name for path in tmp_path.iterdir()}
    (tmp_path / "manifest.json").write_text((folder / "manifest.json").read_text())
    for place in (folder, tmp_path):
        assert strangers(place) == [], "what commands write is known by name in sim/runs/own_files.py"
    assert all(FIGURE.fullmatch(stem) for stem in STEMS.values())
    assert (
        bool(drawn) == any(name.endswith(".svg") for name in drawn)
        and {Path(line).name for line in done.stdout.split()} == drawn
    )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_it_is_exported_as_tables(folder, answer, tmp_path, form):
    output_of("export", folder, "--to", form, "--out", tmp_path / "out")
    stems = set(answer.frames)
    if form == "csv":
        assert stems | {"assumptions"} <= {path.stem for path in (tmp_path / "out").glob("*.csv")}
    else:
        with (tmp_path / "out").open("rb") as file:
            check_workbook(openpyxl.load_workbook(file), answer, stems)


def check_workbook(book, answer, stems):
    """Each table is there cell by cell, numbers as numbers, as a table that prints; the answer leads, with a chart."""
    assert stems <= set(book.sheetnames) and book["answer"]["A1"].value == headline_of(answer).question
    assert all(sheet.print_area and sheet.tables for sheet in book if sheet.title not in ("notes", "answer"))
    assert sum(len(sheet._charts) for sheet in book) >= 2
    assert len(book["answer"]._charts) == 1
    for stem in stems:
        head, *lines = book[stem].iter_rows(values_only=True)
        assert list(head) == list(answer.frames[stem])
        # of a table without rows there are no cells, and so no columns of them
        for name, cells in zip(head, zip(*lines, strict=True) if lines else [()] * len(head), strict=True):
            for cell, value in zip(cells, answer.frames[stem][name], strict=False):
                if isinstance(value, str):
                    assert name.startswith("value") or (cell or "") == value
                elif value == value and value is not None and abs(value) != math.inf:
                    assert type(cell) is bool if isinstance(value, bool | np.bool_) else isinstance(cell, int | float)
                    assert cell == pytest.approx(value)
                else:
                    assert cell is None
    scenarios = [run.name for run in answer.results] if answer.kind == "compare" else []
    given = [row[0] for row in book["assumptions"].iter_rows(min_row=2, values_only=True)]
    assert not scenarios or [*dict.fromkeys(given)] == scenarios


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not there; openpyxl alone reads the workbooks"
)
def test_libreoffice_opens_the_workbook_of_every_study(folders, tmp_path):
    for kind, (folder, _) in folders.items():
        output_of("export", folder, "--to", "xlsx", "--out", tmp_path / f"{kind}.xlsx")
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    done = subprocess.run(
        [*command, "--outdir", tmp_path, *(tmp_path / f"{kind}.xlsx" for kind in folders)],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0 and "Error" not in done.stdout + done.stderr
    assert {path.stem for path in tmp_path.glob("*.pdf")} == set(folders)


@pytest.mark.parametrize("chart", CHARTS)
def test_charts_of_the_field_are_of_runs_only(folder, tmp_path, chart):
    done = called("plot", folder, "--chart", chart, "--out", tmp_path)
    assert "Traceback" not in done.output
    if folder.name == "run":
        assert done.exit_code in (0, 2) and bool([*tmp_path.iterdir()]) == (done.exit_code == 0)
        return
    assert done.exit_code == 2 and len(done.output.strip().splitlines()) <= 2
    assert f"{folder}: holds a {folder.name}" in done.output and not [*tmp_path.iterdir()]


@pytest.mark.parametrize("form", ["ocel", "xes", "geojson"])
def test_logs_and_maps_are_of_runs_only(folder, tmp_path, form):
    done = called("export", folder, "--to", form, "--out", tmp_path / "out")
    if folder.name == "run" and form != "geojson":
        assert done.exit_code == 0
    elif folder.name != "run":
        assert done.exit_code == 2 and f"holds a {folder.name}, which keeps no trains" in done.output
        assert not [*tmp_path.iterdir()]


def test_what_lies_in_a_folder_is_listed_with_its_headline(folders, folder, answer):
    listed = " ".join(output_of("scenarios", "--results", folder.parent).split())
    assert f"{len(folders)} answers lie in" in listed
    first = headline_of(answer)
    told = json.loads((folder / "manifest.json").read_text())["headline"]
    assert told == [first.question, first.answer]
    assert folder.name in listed and first.question.split()[0] in listed
    assert "cannot be looked into" in output_of("scenarios", "--results", folder / "nowhere", status=2)


def test_it_is_reported_on_one_page(folder, answer, tmp_path):
    output_of("report", folder, "--out", tmp_path / "page.html")
    page = html.unescape((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert answer.scenario.title in page
    if folder.name not in ("run", "compare"):
        assert all(sheet.title in page for sheet in sheets(answer))
        assert "data:image/webp;base64," in page and "script-src 'none'" in page


@pytest.mark.parametrize("name", ["ladder.csv", "scenario.toml", "manifest.json"])
def test_a_folder_with_something_missing_is_refused(folders, tmp_path, name):
    shutil.copytree(folders["ladder"][0], tmp_path / "ladder")
    (tmp_path / "ladder" / name).unlink()
    done = output_of("plot", tmp_path / "ladder", status=2)
    assert str(tmp_path / "ladder") in done and "Traceback" not in done


def test_a_table_with_a_row_less_is_refused(folders, tmp_path):
    shutil.copytree(folders["sweep"][0], tmp_path / "sweep")
    lines = (tmp_path / "sweep" / "sweep.csv").read_text().splitlines(keepends=True)
    (tmp_path / "sweep" / "sweep.csv").write_text("".join(lines[:-1]))
    done = output_of("report", tmp_path / "sweep", status=2)
    assert "sweep.csv is not whole" in done
    assert not (tmp_path / "sweep" / "report.html").exists()


def test_an_old_folder_is_told_to_be_run_again(tmp_path):
    (tmp_path / "manifest.json").write_text('{"format": 2, "ladder": "line"}')
    done = output_of("plot", tmp_path, status=2)
    assert "format 2; this version reads format 4: run it again" in done


@pytest.mark.parametrize(
    ("words", "now"),
    [
        (("chart", "tfi", "results/a", "--out", "b"), "corridor chart is now: corridor plot DIR --chart NAME"),
        (("schema", "--help"), "corridor schema is now: corridor new --kind schema [FILE]"),
    ],
    ids=lambda words: words[0],
)
def test_an_old_word_says_where_it_went(words, now):
    done = called(*words)
    assert (done.exit_code, done.output) == (2, f"{now}\n")
    assert words[0] not in called("--help").output.split()


KEY_PATHS = re.compile(r"\w+(?:[._]\w+)+|--\w+|\bz\b")
ENGLISH_LEFT = re.compile(r"\b(?!MSER\b|CRPS\b|TEU\b|UTC\b)[A-Za-z]{2,}\b")
"""Words that no answer in another language has, unless a scenario states them."""


OWN_WORDS = "table.csv hours X Other handover"
"""A file, a head in it, a fact, the name of a folder as a title, and a parameter, all made up above."""


def stated_words(answer):
    """The titles of a scenario, the names of its tables and of files, which stand as they are stated."""
    text = json.dumps(answer.resolved, default=str, ensure_ascii=False)
    titles = re.findall(r'"title": "([^"]*)"', text)
    names = [name for table in answer.resolved.values() if isinstance(table, dict) for name in table]
    return " ".join([*titles, *names, *(run.name for run in getattr(answer, "results", [answer])), OWN_WORDS])


def texts_told(answer):
    """All that an answer says: first, in tables, in sentences, and in its figures."""
    headline = headline_of(answer)
    parts = [part for pair in headline.parts for part in pair]
    for sheet in [*sheets(answer), *([headline.numbers] if headline.numbers else [])]:
        parts += [sheet.title, sheet.note, *sheet.heads, *(cell for row in sheet.rows for cell in row)]
    parts += sentences(answer)
    for draw in DRAWINGS[answer.kind](answer).values():
        with suppress(NothingToDraw):
            parts += [text.get_text() for text in draw().findobj(Text)]
    return parts


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_answer_speaks_whole_in_its_tables_and_figures(answer, code):
    own = stated_words(answer)
    with speaking(code):
        texts = texts_told(answer)
    left = {
        text: words
        for text in texts
        if (words := [word for word in ENGLISH_LEFT.findall(KEY_PATHS.sub("", text)) if word not in own])
    }
    assert not left
