"""The pages: every command and snippet in them does what the page says.

What is quick is done always: commands have the options they are given, TOML reads, Python compiles, generated pages are
current, the tutorial works. What takes minutes is marked `docs` and run by `make test-docs`: each page is followed from
top to bottom in a folder of its own, and the site is built.
"""

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib

import click
import pytest
from commands import corridor
from fences import CHECKOUT, DOCS, FENCE, PAGES, README, SHELL, Block, blocks, by_name, claims
from PIL import Image

from sim.cli.commands import program
from sim.scenario.reading.read import read, schema_json, shipped

pytestmark = pytest.mark.painted

QUICK = DOCS / "tutorial.md"
LANGUAGES = {"sh", "python", "toml", "text", "powershell", "{toctree}", "{eval-rst}"}


def parsed(words):
    """Let the command line read a command without doing it; click's complaint if it cannot."""
    command, context = program, click.Context(program, info_name="corridor", **program.context_settings)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        _, command, words = command.resolve_command(context, list(words))
        context = click.Context(command, info_name=command.name, parent=context)
    if not {"--help", "--version"} & set(words):
        command.make_context(command.name, list(words), parent=context.parent)


def as_scenario(block, folder):
    """Save a TOML block as a file that stands by itself: under its name, or over a shipped scenario."""
    path = folder / block.marks.get("file", f"line_{block.line}.toml")
    text = block.text
    if "over" in block.marks:
        under = shipped() / f"{block.marks['over']}.toml"
        text = f'extends = "{under}"\n{text}'
    path.write_text(text, encoding="utf-8")
    return path


def follow(page, folder, monkeypatch):
    """Do what a page says, from top to bottom; how many commands and snippets that were."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MPLBACKEND", "agg")
    names, done = {"__name__": "__main__"}, 0
    waiting = [claim for claim in claims(page) if claim.of_results]
    for block in blocks(page):
        while waiting and waiting[0].line < block.line:
            hold(waiting.pop(0), page, folder)
        where = f"{by_name(page)}.md:{block.line}"
        if "not run" in block.marks:
            continue
        for words in block.commands_to_run:
            ended = corridor(*words, cwd=folder, timeout=600, COLUMNS="120")
            expected = int(block.marks.get("exit", 0))
            assert ended.returncode == expected, f"{where}: corridor {' '.join(words)}\n{ended.stdout}{ended.stderr}"
            done += 1
        if block.language == "python":
            exec(compile(block.text, where, "exec"), names)
            done += 1
        elif block.language == "toml":
            read(as_scenario(block, folder))
            done += 1
        elif "file" in block.marks:
            (folder / block.marks["file"]).write_text(block.text, encoding="utf-8")
    for claim in waiting:
        hold(claim, page, folder)
    return done


def hold(claim, page, folder):
    """Hold a claim of a page against the results in a folder, its command run first."""
    if claim.command:
        ended = corridor(*claim.command, cwd=folder, timeout=900)
        assert ended.returncode == 0, ended.stderr
    assert claim.holds(page, folder), f"{by_name(page)}.md:{claim.line}: {claim.text}"


def test_pages_and_blocks_are_found():
    """Guards the other tests against an empty set of pages."""
    assert QUICK in PAGES
    counts = [sum(len(block.commands) for block in blocks(page)) for page in PAGES]
    assert sum(counts) >= 50


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_blocks_name_their_language_and_commands_stand_in_shell_blocks(page):
    for block in blocks(page):
        assert block.language in LANGUAGES, f"{page.name}:{block.line}: ```{block.language}"
        if block.language not in SHELL and page.name != "commands.md":
            assert not re.search(r"^corridor [a-z]", block.text, re.MULTILINE), f"{page.name}:{block.line}"
    assert not re.search(r"^    (corridor|make) ", FENCE.sub("", page.read_text()), re.MULTILINE), (
        "a command outside a fence"
    )


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_commands_have_their_options_and_python_compiles(page):
    for block in blocks(page):
        for words in block.commands:
            try:
                parsed(words)
            except click.ClickException as error:
                pytest.fail(f"{page.name}:{block.line}: corridor {' '.join(words)}: {error.format_message()}")
        if block.language == "python":
            ast.parse(block.text)


@pytest.mark.parametrize("words", [["run", "x", "--replication", "3"], ["runs", "x"], ["run"]])
def test_a_command_that_is_none_is_found(words):
    with pytest.raises(click.ClickException):
        parsed(words)


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_toml_reads(page, tmp_path):
    for block in blocks(page):
        if block.language == "toml":
            tomllib.loads(block.text)
            if "extends" not in block.text:
                read(as_scenario(block, tmp_path))


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_what_is_said_of_a_table_of_the_page_is_in_it(page):
    assert page.read_text(encoding="utf-8").count("<!-- holds") == len([*claims(page)]), "a claim that is not read"
    for claim in claims(page):
        if not claim.of_results:
            assert claim.holds(page, page.parent), f"{page.name}:{claim.line}: {claim.text}"


def test_claims_are_found_and_a_false_one_is_told_from_a_true_one(tmp_path):
    assert sum(1 for page in PAGES for _ in claims(page)) >= 15
    page = tmp_path / "page.md"
    table = "| year | Mt |\n|---|--:|\n| 2030 | −9.16 [−10.2, 9,000] |\n"
    page.write_text(table + "<!-- holds: {2030 | Mt} < {2030 | Mt | high} -->\n<!-- holds: {2030 | Mt | low} > 0 -->\n")
    assert [claim.holds(page, tmp_path) for claim in claims(page)] == [True, False]
    page.write_text("<!-- holds after corridor run x --workers 1: {a.csv wait_h:khorgos mean} == 4.5 -->")
    (tmp_path / "a.csv").write_text(
        "kpi,place,flow,period,mean\nwait_h,khorgos,all,all,4.5\nwait_h,khorgos,all,2024,5\n"
    )
    [claim] = claims(page)
    assert claim.command == ("run", "x", "--workers", "1") and claim.holds(page, tmp_path)


def test_a_mark_of_a_command_is_that_of_its_longest_beginning():
    marks = {("run",): ("tested with", "--set a=1"), ("run", "x", "--cluster"): ("not run", "there is none")}
    block = Block("sh", "corridor run x # why\ncorridor run x --cluster y\ncorridor check x\n", 1, {}, marks)
    assert block.commands_to_run == [["run", "x", "--set", "a=1", "--name", "x"], ["check", "x"]]
    assert [words[:2] for words in block.commands] == [["run", "x"], ["run", "x"], ["check", "x"]]


def test_the_scenario_of_the_readme_works_beside_ones_own(tmp_path):
    [text] = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert read(tmp_path / "mine.toml").scenario.horizon.end.year == 2026


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for block in blocks(page):
            if block.language in SHELL:
                assert set(re.findall(r"^make ([a-z-]+)", block.text, re.MULTILINE)) <= targets, page.name


def test_files_that_a_newcomer_is_sent_to_exist():
    text = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"`((?:sim|tests|docs|tools)/[\w./]+)`", text))
    assert len(paths) >= 30
    assert [path for path in sorted(paths) if not (CHECKOUT / path).exists()] == []


@pytest.fixture(scope="module")
def written():
    """The script that writes pages."""
    return module_of(DOCS / "pages.py")


def module_of(path):
    """A program beside the pages, as a module."""
    spec = importlib.util.spec_from_file_location(f"written_{path.stem}", path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PICTURE = re.compile(r'!\[[^]]*\]\((\S+) "(results/[^"]+)"\)')
"""A picture of a page, and the file that a command of the page draws it as."""


def test_the_gallery_is_what_its_program_writes():
    gallery = module_of(DOCS / "gallery.py")
    text = (DOCS / "gallery.md").read_text(encoding="utf-8")
    assert text == gallery.page(gallery.ENTRIES), "make gallery writes it anew"
    kept = sorted(DOCS / name for name, _ in PICTURE.findall(text))
    assert len(kept) == len(gallery.ENTRIES) > 8 and kept == sorted(gallery.FOLDER.iterdir())
    assert sum(path.stat().st_size for path in kept) < 2_000_000


@pytest.mark.parametrize(
    ("name", "page"),
    [("reference.md", "reference"), ("commands.md", "commands"), ("kpis.md", "kpis"), ("design.md", "design")],
)
def test_generated_pages_are_current(written, name, page):
    assert getattr(written, page)() == (DOCS / name).read_text(encoding="utf-8"), "make pages writes them anew"


def test_the_reference_has_every_table_of_the_schema(written):
    """Counted in the JSON Schema, which has a definition for each; a spread is told in the head of the page."""
    defined = set(json.loads(schema_json())["$defs"])
    assert len(defined) > 25
    assert defined - {"Spread"} == {model.__name__ for _, model in written.TABLES}


def test_the_tutorial_works(tmp_path, monkeypatch):
    assert follow(QUICK, tmp_path, monkeypatch) >= 8


@pytest.mark.docs
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("page", [page for page in PAGES if page != QUICK], ids=by_name)
def test_pages_can_be_followed(page, tmp_path, monkeypatch, record_property):
    done = follow(page, tmp_path, monkeypatch)
    record_property("done", done)
    for kept, drawn in PICTURE.findall(page.read_text(encoding="utf-8")):
        with Image.open(page.parent / kept) as small, Image.open(tmp_path / drawn) as picture:
            assert picture.width / picture.height == pytest.approx(small.width / small.height, rel=0.01), drawn


@pytest.mark.docs
def test_the_site_is_built_without_a_warning_and_asks_nothing_of_the_network(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", DOCS, tmp_path],
        env=os.environ | {"PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    pages = list(tmp_path.rglob("*.html"))
    assert {by_name(page).removeprefix("docs/") for page in PAGES if page != README} <= {
        page.relative_to(tmp_path).with_suffix("").as_posix() for page in pages
    }
    asked = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["'](?:https?:)?//""")
    assert [page.name for page in pages if asked.search(page.read_text(encoding="utf-8"))] == []
