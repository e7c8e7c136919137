"""What `--help` says: commands in groups, options of one name everywhere, and examples that run as they stand."""

import json
import os
import shlex
import subprocess

import click
import pytest
from commands import CORRIDOR, called, output_of
from scenario_text import FITTED, SCENARIO

from sim.cli.commands import GROUPS, program

SHORT = {
    "--help": "-h",
    "--out": "-o",
    "--quiet": "-q",
    "--replications": "-n",
    "--all": "-v",
    "--verbose": "-v",
    "--workers": "-j",
}
QUICK = {"arithmetic", "check", "export", "new", "scenarios", "sources"}
"""Commands whose examples take seconds; the others are run with the pages."""


def members(command, name="corridor"):
    """A command and all in it, by the words that call them."""
    yield name, command
    for word, part in getattr(command, "commands", {}).items():
        if not part.hidden:
            yield from members(part, f"{name} {word}")


COMMANDS = dict(members(program))


def example_of(command):
    """The lines of the example that ends the help of a command, as words."""
    text = command.get_help(click.Context(command, info_name="x"))
    head, _, lines = text.rpartition("Example:\n")
    assert head
    return [shlex.split(line) for line in lines.splitlines()]


def test_every_command_stands_in_one_group_of_the_help():
    grouped = [command.name for group in GROUPS.values() for command in group]
    assert sorted(grouped) == sorted(name for name, command in program.commands.items() if not command.hidden)
    said = output_of("--help")
    assert [line[:-1] for line in said.splitlines() if line.rstrip(":") in GROUPS] == [*GROUPS]
    assert "..." not in said.partition("Write and")[2]


@pytest.mark.parametrize("words", COMMANDS)
def test_an_option_has_its_short_form_everywhere(words):
    for option in COMMANDS[words].get_params(click.Context(COMMANDS[words], **program.context_settings)):
        if isinstance(option, click.Option) and not option.hidden:
            [short] = [spelling for spelling in option.opts if spelling[1] != "-"] or [None]
            assert {short} == {SHORT.get(spelling) for spelling in option.opts if spelling != short}, option.opts
            assert option.help, option.opts


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, marks=() if words.split()[-1] in QUICK else pytest.mark.docs)
        for words in COMMANDS
        # Some minutes: `make verify` does no other. A page is served until it is told to stop: tests/app do that.
        if words not in ("corridor verify", "corridor app")
    ],
)
def test_an_example_runs_as_it_stands(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    lines = example_of(COMMANDS[words])
    assert any(" ".join(line).startswith(words) for line in lines)
    for name, *line in lines:
        assert name == "corridor"
        ended = called(*line)
        assert ended.exit_code == 0, ended.output


def test_quiet_says_the_answer_and_no_more(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    spare = '[trains.spare]\ntitle = "Spare"\nhandling = "container"\nwagons = 1\nnet_t = 1\n'
    (tmp_path / "doubtful.toml").write_text(f'extends = "altynkol_paper"\n{spare}')
    loud, quiet = (called("check", "doubtful.toml", *more) for more in ((), ("--quiet",)))
    assert loud.stderr and not quiet.stderr
    assert quiet.stdout == loud.stdout
    ran = called("run", "altynkol_tez", "-n", "2", "-j", "1", "-q", "-v", "--no-plots", "-o", "mine")
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert "2 replications" in ran.stdout and "Inputs" not in ran.stderr
    assert (tmp_path / "mine" / "kpis.csv").is_file()
    refused = called("run", "no_such_scenario", "-q")
    assert refused.exit_code == 2 and "no such file" in refused.stderr


@pytest.mark.parametrize(
    ("words", "table", "record"),
    [
        (("scenarios",), "Shipped scenarios", {"name": "base", "flows": "24"}),
        (("sources", "altynkol_tez"), "Inputs of altynkol_tez", {"key": "trains.container.wagons", "value": "48"}),
        (
            ("arithmetic", "altynkol_tez"),
            "Offered load of each capacity, by means alone",
            {"place": "altynkol", "activity": "forming", "capacity": 26352.0},
        ),
    ],
)
def test_a_table_is_records_in_json(words, table, record):
    document = json.loads(output_of(*words, "--json"))
    assert (document["command"], document["headline"]) == (words[0], None)
    assert any(record.items() <= row.items() for row in document["tables"][table])


def test_json_is_one_object_whatever_the_command_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert "2024-01-01" in " ".join(json.loads(output_of("check", "altynkol_tez", "--json"))["remarks"])
    schema = "\n".join(json.loads(output_of("new", "--kind", "schema", "--json"))["remarks"])
    assert json.loads(schema)["title"] == "Scenario"
    refused = called("run", "no_such_scenario", "--json")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "no such file" in refused.stderr


FIT = SCENARIO.replace("patience_h = 48\n", "") + FITTED.replace("start =", 'place = "caspian"\nstart =', 1)
EARLY = 'extends = "altynkol_paper"\nplaces.altynkol.forming.crews = {}\n'


@pytest.mark.parametrize(
    ("words", "text", "status", "says"),
    [
        (("check", "-"), EARLY.format(4), 0, "<stdin>: One border, one flow: paper"),
        (("check", "-"), EARLY.format(-4), 2, "<stdin>:2: places.altynkol.forming.crews: must be at least 0 (got -4)"),
        (("check", "-"), "", 2, "<stdin>: is empty"),
        (("check", "-"), 'extends = "-"', 2, "<stdin>:1: extends: '-': no such file"),
        (("calibrate", "-", "--fit"), FIT, 2, "<stdin>: a fit is written into the file, and this is none"),
        (("validate", "altynkol_paper", "--facts", "-"), "hello\n", 2, "<stdin>:1: "),
        (("sources", "altynkol_paper", "--ledger", "-"), "hello\n", 2, "<stdin>: "),
    ],
)
def test_the_standard_input_is_a_file(tmp_path, words, text, status, says):
    done = subprocess.run([CORRIDOR, *words], input=text, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == status, done.stderr
    assert says in (done.stderr if status else done.stdout)
    assert not [*tmp_path.iterdir()]


def test_a_scenario_from_a_pipe_is_run_and_compared(tmp_path):
    month = ("--set", "horizon.end=2024-02-01", "--set", "horizon.warmup_days=2", "-n", "2", "-j", "1", "--no-plots")
    words = [CORRIDOR, "compare", "-", "altynkol_paper", *month, "--name", "pair"]
    done = subprocess.run(words, input=EARLY.format(4), capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "results" / "pair" / "stdin" / "kpis.csv").is_file()


@pytest.mark.parametrize(
    ("line", "completions"),
    [
        ("corridor for", ["forecast"]),
        ("corridor run altynkol_t", ["altynkol_tez"]),
        ("corridor run mi", ["mine.toml"]),
        ("corridor compare altynkol_tez storm", ["storm_winter"]),
        ("corridor run x --repl", ["--replications"]),
        ("corridor plot x --by ", ["day", "week", "month", "year"]),
        ("corridor new x --kind b", ["border"]),
    ],
)
def test_a_shell_completes(tmp_path, line, completions):
    (tmp_path / "mine.toml").touch()
    words = line.split(" ")
    told = {"_CORRIDOR_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    done = subprocess.run([CORRIDOR], env=os.environ | told, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert [item.partition(",")[2] for item in done.stdout.split()] == completions
