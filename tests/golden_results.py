"""Golden results: what three small scenarios came to, as digests of their contents, in golden/*.json.

    python tests/golden_results.py [WORKERS]             print the digests
    python tests/golden_results.py --check               hold them against those kept
    python tests/golden_results.py --write "the reason"  keep them, and print the lines that CHANGELOG.md must have

Prices are left out: costs follow from the measures, which `test_costs` shows.
Numbers count to six digits, as in kpis.csv; the bytes of Parquet files do not count.
"""

import hashlib
import json
import sys
from dataclasses import fields
from pathlib import Path

from sim.model.ledger import Tables
from sim.runs.replicate import jobs_of, performer
from sim.scenario.reading.opening import load

GOLDEN = Path(__file__).with_name("golden")
NAMES = sorted(path.stem for path in GOLDEN.glob("*.toml"))
REPLICATIONS, SEED = 2, 11


def digest(frame):
    text = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def computed(workers=1):
    """Digests of the measures of every replication, and of each table of replication 0, by scenario."""
    found = {}
    with performer(workers) as perform:
        for name in NAMES:
            scenario = load(GOLDEN / f"{name}.toml").scenario.model_copy(update={"prices": None})
            done = perform(jobs_of(scenario, SEED, REPLICATIONS))
            measured = {f"kpis of replication {each.index}": digest(each.kpis) for each in done}
            tables = {each.name: digest(getattr(done[0].tables, each.name)) for each in fields(Tables)}
            found[name] = measured | tables
    return found


def kept(name):
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def line(name, digests, reason):
    """What CHANGELOG.md says of a golden result."""
    whole = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:12]
    return f"Golden result `{name}` {whole}: {reason}"


def write(reason):
    for name, digests in computed().items():
        path = GOLDEN / f"{name}.json"
        if not path.exists() or kept(name)["digests"] != digests:
            path.write_text(json.dumps({"reason": reason, "digests": digests}, indent=2) + "\n", encoding="utf-8")
            print("-", line(name, digests, reason))


def check():
    """Exit with the names of what differs."""
    differ = [
        f"{name}: {part}"
        for name, digests in computed().items()
        for part, digest in digests.items()
        if kept(name)["digests"].get(part) != digest
    ]
    print(
        f"Python {sys.version.split()[0]}: {len(NAMES)} golden results, {len(differ)} parts differ", *differ, sep="\n"
    )
    sys.exit(bool(differ))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--write", reason]:
            write(reason)
        case ["--check"]:
            check()
        case words:
            print(json.dumps(computed(int(words[0]) if words else 1)))
