"""Where commands write: only what is free, or what they wrote there before; never over a file of somebody else's."""

import os
import shutil

import click
import pytest
from commands import output_of, refusal
from fences import CHECKOUT
from hostile import surroundings

from sim.cli.commands import program

TEZ = "altynkol_tez"
SHORT = ("--workers", "1", "--no-plots", "--replications", "3", "--set", "horizon.end=2024-01-10")
PRECIOUS = "precious"
OBSERVED = "arrival,release\n2024-01-03 10:00,2024-01-03 10:40\n2024-01-04 10:00,2024-01-04 10:35\n"
OBSERVE = (
    *("observe", "observed.csv", TEZ, "--kpi", "clearance_h:altynkol"),
    *("--column", "from=arrival", "--column", "until=release"),
)
WRITES = {
    *(
        "run --out",
        "run --study",
        "compare --out",
        "compare --study",
        "warmup --out",
        "warmup --study",
        "ladder --out",
        "ladder --study",
    ),
    *("target --out", "target --study", "sweep --out", "sweep --study", "forecast --out", "forecast --study"),
    *("report --out", "export --out", "plot --out", "calibrate --page", "calibrate --study", "validate --page"),
    *("validate --study", "calibrate --out", "calibrate --ensemble", "validate --write", "validate --plots"),
    *("observe --out", "observe --study", "app --out"),
}
"""Options and arguments by which a command is told where to write; each is met in a test."""


def options(command, words=()):
    """Every option and argument of type Path below a command, with the words that lead to it."""
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from options(each, (*words, name))
        return
    for each in command.params:
        if isinstance(each.type, click.Path):
            said = max(each.opts, key=len) if isinstance(each, click.Option) else each.name
            yield f"{' '.join(words)} {said}"


def test_every_option_that_says_where_to_write_is_met():
    read = {"--facts", "--forecasts", "--ledger", "--results", "folder", "folders", "table"}
    found = {each for each in options(program) if each.split()[-1] not in read and not each.startswith("study ")}
    assert found == WRITES


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A result folder."""
    folder = tmp_path_factory.mktemp("made") / "r"
    output_of("run", TEZ, *SHORT, "--out", str(folder))
    return folder


@pytest.fixture
def folder(tmp_path, made, monkeypatch):
    """A result folder among hostile surroundings; what writes as root must not come near a real device."""
    surroundings(tmp_path)
    shutil.copytree(made, tmp_path / "r")
    (tmp_path / "mine.txt").write_text(PRECIOUS)
    (tmp_path / "observed.csv").write_text(OBSERVED)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.txt").write_text(PRECIOUS)
    (tmp_path / "nowhere").symlink_to("missing/x")
    (tmp_path / "link.txt").symlink_to("mine.txt")
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(folder, *arguments):
    output = refusal(folder, *arguments)
    assert (folder / "mine.txt").read_text() == PRECIOUS
    return output


TAKEN = ("/", ".", "..", "", "mine.txt", "link.txt", "mine", "loop.toml", "loop.toml/x", "mine.txt/x", "pipe")
NO_FILE = (*TAKEN, "nowhere", "missing/x", "x" * 300)
FILES = (
    ("report", "r", "--out"),
    *(("export", "r", "--to", form, "--out") for form in ("xlsx", "ocel", "xes", "geojson")),
)


@pytest.mark.parametrize(
    ("path", "message"), [("", "is empty"), ("a\nb", "has control characters"), ("a\x1bb", "has c")]
)
@pytest.mark.parametrize(
    "words", [("run", TEZ, "--out"), ("export", "r", "--to", "csv", "--out"), ("plot",)], ids=" ".join
)
def test_a_path_is_none_without_letters_or_with_lines(folder, words, path, message):
    """An empty variable of a shell is no folder, and a message has no lines of a stranger's."""
    assert message in refusal(folder, *words, path)


@pytest.mark.parametrize("words", [*FILES, ("new", "--kind", "schema")], ids=" ".join)
def test_a_file_goes_only_where_nothing_of_others_lies(folder, words):
    for place in NO_FILE:
        refused(folder, *words, place)


def test_a_folder_of_tables_goes_only_where_nothing_of_others_lies(folder):
    for place in NO_FILE:
        refused(folder, "export", "r", "--to", "csv", "--out", place)


def test_an_ensemble_goes_only_where_nothing_of_others_lies_and_is_refused_before_the_runs(folder):
    for place in ("mine.txt", "link.txt", "mine", "pipe", "missing/x"):
        said = refused(folder, "calibrate", "2025_as_it_was", "--worlds", "20", "--waves", "1", "--ensemble", place)
        assert "Replications: " not in said


def test_charts_go_into_folders_alone(folder):
    for place in ("mine.txt", "link.txt", "loop.toml", "loop.toml/x", "mine.txt/x", "pipe", "pipe/x", "x" * 300):
        refused(folder, "plot", "r", "--chart", "trs", "--out", place)


@pytest.mark.parametrize(
    "words", [("forecast", "altynkol_sweep", "--worlds", "2"), OBSERVE], ids=lambda words: words[0]
)
def test_a_study_goes_only_into_a_folder_of_its_own(folder, words):
    for place in (
        "/",
        ".",
        "..",
        "mine.txt",
        "link.txt",
        "mine",
        "loop.toml",
        "mine.txt/x",
        "nowhere",
        "pipe",
        "x" * 300,
    ):
        said = refused(folder, *words, *SHORT, "--out", place)
        assert "Replications: " not in said


@pytest.mark.parametrize(
    "words",
    [("run", TEZ), ("compare", TEZ, "altynkol_paper"), ("ladder", TEZ), ("target", TEZ, "--target", "1"), OBSERVE],
    ids=lambda words: words[0],
)
def test_replications_are_kept_in_a_folder_of_their_own(folder, words):
    for place in ("mine.txt", "link.txt", "mine", "loop.toml", "mine.txt/x", "pipe", "x" * 300):
        refused(folder, *words, *SHORT, "--out", "free", "--study", place)


@pytest.mark.parametrize(
    "words", [("calibrate", "corridor_2024", "--fit"), ("validate", TEZ)], ids=lambda words: words[0]
)
def test_a_page_that_takes_tables_has_a_place_for_them(folder, words):
    for place in ("/", ".", "mine.txt", "link.txt", "mine", "loop.toml", "mine.txt/x", "nowhere", "pipe", "x" * 300):
        said = refused(folder, *words, "--workers", "1", "--replications", "2", "--page", place)
        assert "Evaluations" not in said and "Replications: " not in said


def test_a_forecast_that_is_written_down_goes_over_no_other_file(folder):
    words = ("validate", "2025_as_it_was", "--worlds", "20", "--write")
    for place in ("/", ".", "mine.txt", "link.txt", "mine", "mine.txt/x", "nowhere", "pipe", "missing/x", "x" * 300):
        assert "Worlds: " not in refused(folder, *words, place)


def test_runs_of_the_page_are_kept_where_a_folder_can_be(folder):
    pytest.importorskip("uvicorn")
    for place in ("mine.txt", "link.txt", "loop.toml", "mine.txt/x", "pipe", "x" * 300):
        assert "Open in a browser" not in refused(folder, "app", TEZ, "--out", place)


def test_pictures_of_scores_go_where_a_folder_can_be(folder):
    shutil.copytree(CHECKOUT / "forecasts", folder / "forecasts")
    for place in ("mine.txt", "mine.txt/x", "pipe", "x" * 300):
        refused(folder, "validate", "--forecasts", "forecasts", "--plots", place)


@pytest.mark.parametrize(
    "words", [*FILES, ("new", "--kind", "schema"), ("export", "r", "--to", "csv", "--out")], ids=" ".join
)
def test_what_was_written_is_written_anew(folder, words):
    """To a free place and over itself, but not through a link to itself."""
    for _ in range(2):
        output_of(*words, "out")
    (folder / "again").symlink_to("out")
    assert "again: is a link" in refused(folder, *words, "again")
    assert (folder / "out").exists()
    assert not list(folder.glob(".*.part"))
