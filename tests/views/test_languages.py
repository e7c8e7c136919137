"""What is said in other languages: every message has its translation, with its fields; nothing is left in English."""

import importlib.util
import io
import json
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from commands import MONTH, called, contents, output_of
from forecasts import asking, carrying
from test_headline import CRANES, HELD, MORE, QUICK, RESOLVED, SLOW, TARGET, at_khorgos, one, paper_and_tez

from sim.cli.commands import program
from sim.study.compare.answer import contest
from sim.study.forecast.forecast import forecast
from sim.views import language, words
from sim.views.language import LANGUAGES, TITLE, counted, message, speaking, spoken_title
from sim.views.sheets.answer import headline_of, sentences, sheets
from sim.views.sheets.sheet import Sheet

TOOL = Path(__file__).parents[2] / "tools" / "messages.py"
OTHERS = [code for code in LANGUAGES if code != language.ENGLISH]


@pytest.fixture(scope="module")
def tool():
    """The tool that gathers messages."""
    spec = importlib.util.spec_from_file_location("messages", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fields(text):
    """The fields of a message."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def forms(entry):
    """The texts of an entry of a catalogue: one, or one for each form of a number."""
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)


@pytest.mark.parametrize("code", OTHERS)
def test_every_message_has_its_translation_and_no_other_has_one(tool, code):
    catalogue, wanted = tool.written(code), tool.entries()
    lacking = [
        texts
        for texts, context in wanted
        if (entry := catalogue.get(texts[0], context)) is None or not all(forms(entry))
    ]
    assert not lacking, f"{code}.po has no translation of these; `make messages` enters them: {lacking}"
    known = {(texts[0], context) for texts, context in wanted}
    ids = [entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue if entry.context != TITLE]
    assert not [text for text in ids if text and (text, None) not in known]


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_fields_of_its_message(tool, code):
    for entry in tool.written(code):
        english = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        for text in forms(entry) if entry.id else ():
            assert fields(text) == fields(english[-1]), entry.id
            assert re.findall(r"<\w+>", text) == re.findall(r"<\w+>", english[0]), entry.id


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_is_as_the_tool_writes_it_and_marks_what_a_machine_said(tool, code):
    text, catalogue = io.BytesIO(), tool.written(code)
    tool.write(text, catalogue)
    assert text.getvalue() == (language.LOCALE / f"{code}.po").read_bytes()
    flags = {flag for entry in catalogue for flag in entry.flags}
    assert flags <= {"machine", "python-brace-format", "python-format"}
    assert all(len(entry.string) == catalogue.num_plurals for entry in catalogue if isinstance(entry.id, tuple))


def test_a_message_that_is_no_literal_is_refused(tool):
    with pytest.raises(AssertionError, match="line 1: a message is a literal"):
        [*tool.literals(tool.ast.parse("message(text)"))]


def test_numbers_and_forms_are_those_of_the_language():
    with speaking("ru"):
        assert words.interval_text(8.3412, 7.7, 8.97) == "8,34 [7,70; 8,97]"
        assert words.figure(1234567) == "1\u00a0234\u00a0567"
        assert words.percent(0.0312) == "3,1 %"
        assert [counted(number, "{count} week", "{count} weeks") for number in (1, 2, 5, 21)] == [
            *("1 неделя", "2 недели", "5 недель", "21 неделя")
        ]
        assert language.month_name(3) == "мар."
    with speaking("zh"):
        assert words.interval_text(8.3412, 7.7, 8.97) == "8.34 [7.70, 8.97]"
        assert words.percent(0.97) == "97%"
        assert spoken_title("Dostyk – Alashankou") == "多斯特克—阿拉山口"
        assert spoken_title("A place of one's own") == "A place of one's own"
    assert words.figure(1234567) == "1,234,567"


def test_english_needs_no_catalogue():
    code = (
        "import sys\nfrom sim.views import words\nfrom sim.views.language import message\n"
        "assert words.figure(1234.5) == '1,234' and message('No {x}', x=1) == 'No 1'\n"
        "assert not {name for name in sys.modules if name.startswith('babel')}\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


class Refusing:
    """What is asked after a catalogue has nothing to say."""

    def gettext(self, text):
        raise AssertionError(f"no translation of {text!r}")

    def ngettext(self, text, several, number):
        raise AssertionError(f"no translation of {text!r}")

    def pgettext(self, context, text):
        return text


@pytest.fixture
def strict(monkeypatch):
    """Catalogues that refuse what they do not know."""
    for code in OTHERS:
        monkeypatch.setattr(language.catalogue(code), "_fallback", Refusing())


def headlines(tmp_path):
    """What answers of several kinds, made up, say first; of some all their tables and sentences are told, too."""
    run = one(SLOW | HELD)
    uncertain = forecast(asking(tmp_path), perform=carrying())
    for answer in (run, one(at_khorgos([8.0] * 3, [40.0] * 3) | CRANES, corridors={}), uncertain):
        assert all(sheet.title for sheet in sheets(answer)) and all(sentences(answer))
        yield headline_of(answer)
    yield paper_and_tez(SLOW, QUICK)
    yield paper_and_tez(SLOW, MORE, orders={"stated": (SLOW, MORE), "nothing": (SLOW, QUICK)})
    yield headline_of(contest([run, one(QUICK, "b"), one(MORE, "c")]))


ENGLISH_LEFT = re.compile(r"\b(?!Tez\b|Customs\b|Bonferroni\b)[A-Za-z]{3,}\b")


@pytest.mark.parametrize("code", OTHERS)
def test_no_word_of_an_answer_is_left_in_english(strict, tmp_path, code):
    known = json.dumps([RESOLVED, TARGET, "yard", "trade", "tracks", "The line", "the line"], default=str)
    with speaking(code):
        for headline in headlines(tmp_path):
            numbers = headline.numbers or Sheet("", ())
            for text in [text for _, text in headline.parts] + [cell for row in numbers.rows for cell in row]:
                assert not [word for word in ENGLISH_LEFT.findall(text) if word not in known], text


@pytest.mark.painted
@pytest.mark.parametrize("code", OTHERS)
def test_a_command_speaks_the_language_and_keeps_what_machines_read_in_english(tmp_path, code):
    asked = ("run", "altynkol_tez", *MONTH, "-j", "1")
    english = output_of(*asked, "-o", tmp_path / "en")
    told = output_of(*asked, "-o", tmp_path / code, "--lang", code)
    with speaking(code):
        question = message("Question")
        lie = message("Tables and plots lie in {folder}", folder=tmp_path / code)
    assert "Question: " in english and f"{question}: " in told and "Question" not in told and lie in told
    written = {folder: contents(tmp_path / folder) for folder in ("en", code)}
    assert written["en"].keys() == written[code].keys() >= {Path("kpis.csv"), Path("queues.png"), Path("queues.svg")}
    drawn = {path for path in written["en"] if path.suffix in (".png", ".svg")}
    assert all(written["en"][path] != written[code][path] for path in drawn)
    tables = written["en"].keys() - drawn - {Path("manifest.json")}
    assert all(written["en"][path] == written[code][path] for path in tables)
    headlines = [json.loads((tmp_path / name / "manifest.json").read_text())["headline"] for name in ("en", code)]
    assert headlines[0] == headlines[1]
    assert language.language_spoken() == language.ENGLISH
    document = json.loads(called(*asked, "-o", tmp_path / "json", "--lang", code, "--json").stdout)
    assert document["headline"].keys() == {"question", "answer", "reason", "hangs_on"}


@pytest.mark.parametrize(
    ("encoding", "code", "is_told"),
    [("ascii", "ru", False), ("ascii", "zh", False), ("cp866", "zh", False), ("cp866", "ru", True)],
)
def test_a_terminal_without_the_letters_is_told_in_english_and_why(encoding, code, is_told):
    asked, terminal = ("arithmetic", "altynkol_tez"), CliRunner(charset=encoding)
    english = terminal.invoke(program, asked)
    told = terminal.invoke(program, [*asked, "--lang", code])
    quiet = terminal.invoke(program, [*asked, "--lang", code, "-q"])
    assert told.exit_code == quiet.exit_code == 0 and "?" not in told.stdout
    assert (told.stdout == english.stdout) is not is_told and quiet.stdout == told.stdout
    reason = f"--lang {code}: what follows is in English, as {encoding} has no such letters."
    assert [line[: len(reason)] for line in told.stderr.splitlines()] == ([] if is_told else [reason])
    assert quiet.stderr == ""


def test_a_page_is_in_the_language_asked_for_whatever_the_terminal_writes(tmp_path):
    output_of("run", "altynkol_tez", *MONTH, "-j", "1", "--no-plots", "-o", tmp_path / "run")
    pages = []
    for encoding, code in (("ascii", "ru"), ("utf-8", "ru"), ("utf-8", "en")):
        words = ("report", str(tmp_path / "run"), "--lang", code, "-o", str(tmp_path / "page.html"))
        told = CliRunner(charset=encoding).invoke(program, words)
        assert told.exit_code == 0 and "?" not in told.output
        pages.append((tmp_path / "page.html").read_bytes())
    assert pages[0] == pages[1] != pages[2]


def test_a_language_that_is_none_is_refused():
    ended = called("run", "altynkol_tez", "--lang", "rus")
    assert ended.exit_code == 2 and "did you mean 'ru'?" in ended.output
