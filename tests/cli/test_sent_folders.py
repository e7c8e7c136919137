"""Folders and files that somebody sent: one message and status 2, no wait, nothing written, nothing beyond a link."""

import json
import os
import re
import shutil
import subprocess

import pandas as pd
import pytest
from commands import CORRIDOR, called, contents, mounted, output_of, refusal
from hostile import limited

from sim.cli.console import show
from sim.runs.durable import COLUMNS, open_study
from sim.views.plots.field import STEMS
from sim.views.sheets.sheet import Sheet

PRECIOUS = "precious"
READERS = {
    "plot": ("plot", "{}"),
    "chart": ("plot", "{}", "--chart", "trs", "--out", "out"),
    "report": ("report", "{}", "--out", "page.html"),
    "xlsx": ("export", "{}", "--to", "xlsx", "--out", "book.xlsx"),
    "csv": ("export", "{}", "--to", "csv", "--out", "tables"),
    "ocel": ("export", "{}", "--to", "ocel", "--out", "log.json"),
}
FILES = (
    *("manifest.json", "scenario.toml", "sources.csv", "published.csv"),
    *("replications.parquet", "trains.parquet", "stages.parquet"),
)


def linked_elsewhere(path):
    """A link to the same file, but outside of the folder."""
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.mkdir()
    path.symlink_to(shutil.move(path, elsewhere / path.name))


def replaced_by(make):
    def harm(path):
        path.unlink()
        make(path)

    return harm


def grown(path):
    """Two gigabytes that take no room on the disk."""
    os.truncate(path, 2_000_000_001)


def garbled(path):
    path.write_bytes(b"\xffgarbage;\x00\n" * 9)


HARMS = {
    "link": linked_elsewhere,
    "pipe": replaced_by(os.mkfifo),
    "folder": replaced_by(os.mkdir),
    "device": replaced_by(lambda path: path.symlink_to("/dev/zero")),
    "huge": grown,
    "damaged": garbled,
}


@pytest.fixture
def sent(pair, tmp_path, monkeypatch):
    """Results in a folder, and a file of ours outside of it."""
    shutil.copytree(pair / "paper", tmp_path / "r")
    (tmp_path / "precious.txt").write_text(PRECIOUS)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "r"


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_a_folder_is_an_ordinary_one_or_the_folder_is_damaged(sent, name, harm):
    HARMS[harm](sent / name)
    message = refusal(sent.parent, *(word.format(sent) for word in READERS["report"]))
    assert f"{sent}: is damaged" in message or f"{sent}: is no result folder" in message
    assert harm != "link" or "link" in message or name == "manifest.json"


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("change", ["missing", "kind", "word"])
def test_no_command_goes_on_with_a_damaged_table(sent, reader, change):
    path = sent / "stages.parquet"
    frame = pd.read_parquet(path)
    columns = {"kind": {"ended_h": "late"}, "word": {"place": "mars"}, "missing": {}}[change]
    (frame.drop(columns="train") if change == "missing" else frame.assign(**columns)).to_parquet(path)
    message = refusal(sent.parent, *(word.format(sent) for word in READERS[reader]))
    assert f"{sent}: is damaged; run the scenario again: stages.parquet" in message


@pytest.mark.parametrize("scenario", ["../../x", "a/b", "", "a\x1b]0;b\x07"])
def test_a_manifest_that_names_no_scenario_is_refused(sent, scenario):
    manifest = json.loads((sent / "manifest.json").read_text())
    (sent / "manifest.json").write_text(json.dumps(manifest | {"scenario": scenario}))
    assert "is damaged; run the scenario again" in refusal(sent.parent, "plot", sent)


def test_half_a_letter_in_a_manifest_is_no_manifest(sent):
    """JSON can state half of a surrogate pair, which nothing could be written of afterwards."""
    manifest = (sent / "manifest.json").read_text()
    (sent / "manifest.json").write_text(manifest.replace('"study": "', '"\\ud800": 1, "study": "'))
    assert "it has no readable manifest.json" in refusal(sent.parent, "export", sent, "--to", "csv", "-o", "c")


def test_a_number_of_too_many_digits_is_damage(sent):
    heads, first, *rows = (sent / "kpis.csv").read_text().split("\n")
    cells = first.split(",")
    cells[heads.split(",").index("replications")] = "9" * 30
    (sent / "kpis.csv").write_text("\n".join([heads, ",".join(cells), *rows]))
    assert f"{sent}: is damaged" in refusal(sent.parent, "export", sent, "--to", "csv", "-o", "c")


def test_a_manifest_of_a_study_that_there_is_not_is_refused(sent):
    manifest = json.loads((sent / "manifest.json").read_text())
    (sent / "manifest.json").write_text(json.dumps(manifest | {"study": "sport"}))
    assert "there is no study of that name" in refusal(sent.parent, "plot", sent)


def test_the_size_of_a_large_export_is_said_before_it_is_written(sent, monkeypatch):
    log = sent.parent / "log.json"
    output_of("export", sent, "--to", "ocel", "--out", log)
    monkeypatch.setattr("sim.cli.export.LARGE_BYTES", 1)
    output = output_of("export", sent, "--to", "ocel", "--out", log)
    [announced] = re.findall("This will be about ([0-9.]+) MB; --from", output)
    assert output.index("This will") < output.index(str(log))
    assert float(announced) == pytest.approx(log.stat().st_size / 1e6, rel=0.5)
    assert "packs it" not in output_of("export", sent, "--to", "xes", "--out", sent.parent / "log.xes.gz")
    assert "This will" not in output_of("export", sent, "--to", "xlsx", "--out", sent.parent / "book.xlsx")


@pytest.mark.parametrize("harm", HARMS)
def test_a_scenario_and_its_ledger_are_ordinary_files(sent, harm):
    """Those that a user names himself may be links, to what can be read."""
    folder = sent.parent / "mine"
    folder.mkdir()
    output_of("new", "mine/my.toml")
    shutil.copy(sent / "sources.csv", folder / "sources.csv")
    (folder / "facts.csv").write_text("name,title,fact,used_for,kpi,start,end,low,high\n")
    for name, words in (
        ("facts.csv", ("validate", folder / "my.toml", "--facts", folder / "facts.csv")),
        ("sources.csv", ("sources", folder / "my.toml")),
        ("sources.csv", ("check", folder / "my.toml")),
        ("my.toml", ("check", folder / "my.toml")),
    ):
        if harm == "link" and name != "facts.csv":
            continue
        shutil.copytree(folder, sent.parent / "kept")
        HARMS[harm](folder / name)
        assert str(folder / name) in refusal(sent.parent, *words)
        for path in (folder, sent.parent / "elsewhere"):
            shutil.rmtree(path, ignore_errors=True)
        (sent.parent / "kept").rename(folder)


def test_a_ledger_that_is_not_there_is_no_empty_one(sent):
    assert "missing.csv: no such file" in refusal(sent.parent, "sources", "altynkol_tez", "--ledger", "missing.csv")


def test_plot_and_report_write_over_links_and_not_through_them(sent):
    links = [sent / f"{stem}{ending}" for stem in ("queues", STEMS["trs"]) for ending in (".png", ".svg")]
    links.append(sent / f"{STEMS['trs']}.csv")
    for path in links:
        path.unlink(missing_ok=True)
        path.symlink_to(sent.parent / "precious.txt")
    output_of("plot", str(sent))
    assert (sent.parent / "precious.txt").read_text() == PRECIOUS
    assert not [path for path in links if path.is_symlink()]
    (sent / "report.html").symlink_to(sent.parent / "precious.txt")
    assert "report.html: is a link" in refusal(sent.parent, "report", sent)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_plot_does_not_write_into_what_is_no_file(sent, make):
    make(sent / "queues.png")
    with limited():
        assert "cannot be written" in output_of("plot", sent, status=2)


@pytest.mark.parametrize("place", ["precious.txt", "nothing.txt"])
def test_new_writes_no_schema_through_a_link(sent, place):
    (sent.parent / "scenario.schema.json").symlink_to(place)
    output_of("new", "my")
    assert (sent.parent / "precious.txt").read_text() == PRECIOUS
    assert not (sent.parent / "nothing.txt").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
@pytest.mark.parametrize(
    "words",
    [("check", "altynkol_tez"), ("scenarios",), ("sources", "altynkol_tez"), ("new", "--kind", "schema"), ("--help",)],
)
def test_output_that_cannot_be_written_is_said_in_one_line(words, tmp_path):
    with open("/dev/full", "w") as full:
        done = subprocess.run([CORRIDOR, *words], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert done.stderr == "The output cannot be written: No space left on device\n"


@pytest.mark.painted
@pytest.mark.parametrize(
    "words", [("plot", "{}"), ("plot", "{}", "--chart", "trs"), ("new", "my"), ("new", "--kind", "schema", "s")]
)
def test_a_full_disk_leaves_files_whole_or_not_there(sent, tmp_path, monkeypatch, words):
    with mounted(tmp_path / "disk", "-t", "tmpfs", "-o", "size=64k", "tmpfs") as disk:
        (disk / "filling").write_bytes(bytes(40_000))
        out = ("--out", str(disk)) if words[0] == "plot" else ()
        monkeypatch.chdir(sent.parent if out else disk)
        done = called(*(word.format(sent) for word in words), *out)
        assert done.exit_code == 2 and "No space left on device" in done.stderr and "Traceback" not in done.stderr
        for name, content in contents(disk).items():
            whole = not name.name.endswith(".svg") or content.rstrip().endswith(b"</svg>")
            assert whole and content and not name.name.endswith(".part"), name


def test_what_a_file_says_is_shown_and_not_carried_out(tmp_path, monkeypatch, capsys):
    """Neither in a message, nor in a table, nor in a study that somebody sent."""
    monkeypatch.chdir(tmp_path)
    done = output_of("check", "my\x1b[2J.toml", status=2)
    assert "\x1b" not in done and r"my\x1b[2J.toml" in done
    show(Sheet("a\x1bb", ("c\x07",), [("d\x9b",)], "e\x1bf"))
    printed = capsys.readouterr().out
    assert not set("\x1b\x07\x9b") & set(printed) and r"a\x1bb" in printed
    with open_study(tmp_path / "study") as study, study.database as database:
        row = ("0", 1, "{}", "results", "\x1b]0;PWNED\x07", "{}")
        database.execute(f"INSERT INTO setting ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", row)
    done = output_of("study", "status", "study")
    assert "\x1b" not in done and "PWNED" in done
