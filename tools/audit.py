"""Ask a vulnerability service about every pin of the lock files, and say how many of them it answered for.

Usage: python tools/audit.py pip-audit requirements/*.lock [--service osv]

Exit status 0: every pin was looked up, and nothing is known against any. 1: something is. 4: the service was not
reached, or does not know some of the pins: nothing is known against the others, and that is not to say clean.

pip-audit itself ends with 0 and "No known vulnerabilities found" when its service knows none of the packages; so its
JSON is counted here, and one pin is asked about before all of them are.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

CLEAN, VULNERABLE, NOT_AUDITED = 0, 1, 4
PIN = re.compile(r"^[A-Za-z0-9._-]+==[^\n]*(?:\\\n[^\n]*)*", re.MULTILINE)


def answers(program: str, lock: Path, service: str) -> list[dict] | None:
    """What the service says of each pin that holds for this Python; None if it does not answer."""
    command = [program, "--progress-spinner", "off", "--format", "json", "--vulnerability-service", service]
    done = subprocess.run(
        [*command, "--require-hashes", "--disable-pip", "-r", str(lock)], capture_output=True, text=True, check=False
    )
    try:
        return json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        return None


def probed(program: str, lock: Path, service: str) -> bool:
    """Whether the service answers for the first pin of a lock file."""
    first = PIN.search(lock.read_text(encoding="utf-8"))
    if first is None:
        sys.exit(f"{lock}: holds no pin")
    with tempfile.TemporaryDirectory() as folder:
        one = Path(folder, "one.lock")
        one.write_text(first.group() + "\n", encoding="utf-8")
        said = answers(program, one, service)
    return bool(said) and "skip_reason" not in said[0]


def audit(program: str, locks: list[Path], service: str) -> int:
    """Audit lock files, print what is found, and return the exit status."""
    if not probed(program, locks[0], service):
        pins = {pin for lock in locks for pin in PIN.findall(lock.read_text(encoding="utf-8"))}
        print(f"Not audited: the service ({service}) does not answer; none of {len(pins)} pins was looked up.")
        return NOT_AUDITED
    known, unknown, silent = {}, set(), []
    asked = set()
    for lock in locks:
        said = answers(program, lock, service)
        if said is None:
            silent.append(lock.name)
            continue
        asked |= {(each["name"], each.get("version")) for each in said}
        unknown |= {each["name"] for each in said if "skip_reason" in each}
        known |= {f"{each['name']} {each['version']}": each["vulns"] for each in said if each.get("vulns")}
    for package, vulnerabilities in sorted(known.items()):
        for each in vulnerabilities:
            fixed = ", ".join(each["fix_versions"]) or "no version yet"
            print(f"{package}: {each['id']}, mended in {fixed}")
    print(f"{len(asked)} pins of {len(locks)} lock files, {service}: {len(known)} with known vulnerabilities.")
    if unknown:
        print(f"Not audited, for the service does not know them: {', '.join(sorted(unknown))}.")
    if silent:
        print(f"Not audited, for the service stopped answering: {', '.join(silent)}.")
    return VULNERABLE if known else NOT_AUDITED if unknown or silent else CLEAN


def main() -> int:
    """Read the command line and audit."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("program", help="pip-audit")
    parser.add_argument("locks", nargs="+", type=Path)
    parser.add_argument("--service", default="pypi", help="pypi, osv or esms")
    said = parser.parse_args()
    return audit(said.program, said.locks, said.service)


if __name__ == "__main__":
    sys.exit(main())
