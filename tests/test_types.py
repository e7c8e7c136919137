"""Types hold, strict, over all of sim: a test, so that it runs beside others."""

import subprocess
import sys
from pathlib import Path


def test_types_hold():
    found = subprocess.run(
        [sys.executable, "-m", "mypy"], cwd=Path(__file__).parents[1], capture_output=True, text=True
    )
    assert found.returncode == 0, found.stdout
