"""Commands run as a user runs them, or in this process; what lies in folders afterwards; file systems to write to."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from hostile import limited

from sim.cli.commands import program

CORRIDOR = Path(sys.executable).with_name("corridor")
MONTH = ("--set", "horizon.end=2024-02-01", "--set", "horizon.warmup_days=10", "--replications", "2")


def corridor(*arguments, cwd, timeout=240, **environment):
    """Run the installed command in a folder; what came of it."""
    words, surroundings = [CORRIDOR, *arguments], os.environ | environment
    return subprocess.run(words, cwd=cwd, env=surroundings, capture_output=True, text=True, timeout=timeout)


def called(*arguments):
    """Run the command in this process; it may end with a status, not with an error."""
    ended = CliRunner().invoke(program, [*map(str, arguments)])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return ended


def output_of(*arguments, status=0):
    """What a command says that ends with a status."""
    ended = called(*arguments)
    assert ended.exit_code == status, (arguments, ended.output)
    return ended.output


def has_ended(leader):
    """Whether nothing of a session that a command of ours began is left."""
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return True
    return False


def lying(folder):
    """What lies in a folder, and how: kinds and sizes."""
    return {path: (path.lstat().st_mode, path.lstat().st_size) for path in sorted(folder.rglob("*"))}


def refusal(folder, *arguments):
    """What a command says that refuses: in time, with status 2, and nothing in the folder is another than before."""
    before = lying(folder)
    with limited():
        output = output_of(*arguments, status=2)
    assert lying(folder) == before, arguments
    return output


def contents(folder):
    """Every file by name, with its bytes."""
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def mounted(folder, *options):
    """A file system of its own at a folder, while the block lasts."""
    folder.mkdir(exist_ok=True)
    mount = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True)
    if mount.returncode:
        pytest.skip(f"mounting is not allowed here: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
