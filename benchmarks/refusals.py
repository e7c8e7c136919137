"""Read ten thousand hostile files and more, run those that are accepted, and count how each of them ended."""

import contextlib
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from hostile import FILES, OVERRIDES, HungError, attempt, limited, surroundings
from hypothesis import HealthCheck, Phase, given, settings

from sim.model.deadlock import DeadlockError
from sim.runs.replicate import one_replication

LONGEST_RUN_S = 60.0


def names(folder: Path) -> set[Path]:
    return {path.relative_to(folder) for path in folder.rglob("*")}


def main(count: int) -> None:
    ended: Counter[str] = Counter()
    faults: list[str] = []

    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        surroundings(folder)
        (folder / "hostile.toml").touch()
        before = names(folder)

        @settings(
            max_examples=count,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(FILES, OVERRIDES)
        def try_one(content: bytes, overrides: list[str]) -> None:
            ended["files"] += 1
            try:
                reading = attempt(folder / "hostile.toml", content, overrides)
                ended["refused" if reading is None else "accepted"] += 1
                if reading is not None:
                    with limited(LONGEST_RUN_S), contextlib.suppress(DeadlockError):
                        one_replication(reading.scenario, 1, 0)
                        ended["run to the end"] += 1
            except HungError as error:
                ended["hangs"] += 1
                faults.append(f"{error}: {content[:2000]!r} {overrides}")
            except Exception as error:
                ended["tracebacks"] += 1
                faults.append(f"{error!r}: {content[:2000]!r} {overrides}")

        try_one()
        ended["files written"] = len(names(folder) - before)
    for what in ("files", "refused", "accepted", "run to the end", "tracebacks", "hangs", "files written"):
        print(f"{what}: {ended[what]}")
    print(*faults, sep="\n")
    sys.exit(bool(faults or ended["files written"]))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12_000)
