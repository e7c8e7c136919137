"""Mutation testing of sim/model: small mistakes, made one at a time, and which of them no test notices.

A mutant is a module of the model with one mistake of cosmic-ray's in it, or with one statement left out. The tests of
the model are run against it, those that compare with kept results last, until one fails: then it is killed. A mutant is
a process forked off one that has every library loaded; it runs from memory, and the sources are never touched.

    python benchmarks/mutants.py                    a sample of each module
    python benchmarks/mutants.py --share 1          all of them (hours)
    python benchmarks/mutants.py --go-on            not those that were killed before: after a test was added

What came of each is kept in build/mutants.csv; what was thought of those that live is in mutants_judged.csv, and is
printed beside them at the end.
"""

import argparse
import csv
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from pathlib import Path

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from hypothesis import Phase, settings
from parso.python.tree import Keyword

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
MODEL = CHECKOUT / "sim" / "model"
KEPT = CHECKOUT / "build" / "mutants.csv"
JUDGED = HERE / "mutants_judged.csv"
SEED, SHARE, FEWEST, LEVEL, BAR = 6, 0.1, 8, 0.95, 0.8
CPU_S, MEMORY_BYTES = 20, 4 * 2**30
"""Processor time a mutant has beyond three times that of the sound model, and its memory."""

TESTS = ["model", "verification", "measure/test_kpis.py", "study/test_arithmetic.py"]
TESTS += ["runs/test_streaming.py", "scenario/test_random_disruptions.py", "scenario/test_changes.py"]
FIRST = {
    "bans": ["back_pressure", "ban_levels"],
    "conservation": ["conservation"],
    "deadlock": ["stops_at_sea", "back_pressure"],
    "disruption": ["sea"],
    "papers": ["who_is_cleared_how", "customs"],
    "randomness": ["randomness"],
    "resources": ["resources"],
    "sea": ["sea"],
    "traffic": ["traffic"],
    "wagons": ["wagons"],
}
"""Tests, and those of tests/model that come first for a module: who finds a mistake soon saves time."""
KEPT_RESULTS = "test_golden.py"
OPTIONS = ["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", "--ignore-glob=*broken_rule*"]
OPTIONS += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
FOREIGN = {"BitOr", "BitAnd", "BitXor", "LShift", "RShift"}, {"Is", "IsNot"}
"""Operators that are exchanged for one another, and not for arithmetic or for an order: that would be no trial."""


@dataclass(frozen=True)
class Mutant:
    """One mistake, and what came of it: `by` is the test that noticed, empty while it lives."""

    module: str
    line: int
    function: str
    operator: str
    occurrence: int
    before: str = ""
    after: str = ""
    by: str = ""

    @property
    def place(self) -> tuple[str, int, str, int]:
        """What tells it from all others of the same sources."""
        return self.module, self.line, self.operator, self.occurrence

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others though lines move."""
        return self.module, self.function, self.before, self.after


class LeaveOutStatement(Operator):
    """Leave out a call, an assignment to a part of something, or a wait."""

    def mutation_positions(self, node):
        if node.type == "simple_stmt" and self.acts(node.children[0]):
            yield node.start_pos, node.end_pos

    def mutate(self, node, index):
        first = node.children[0].get_first_leaf()
        node.children[0] = Keyword("pass", first.start_pos, prefix=first.prefix)
        return node

    @classmethod
    def examples(cls):
        return ()

    @staticmethod
    def acts(statement):
        """Whether a statement does something, other than to give a value a name."""
        if statement.type == "expr_stmt":
            target, *rest = statement.children
            return target.type == "atom_expr" or (rest[0].type == "operator" and rest[0].value != "=")
        return statement.type in ("atom_expr", "yield_expr")


def operators():
    """The mistakes by name."""
    provider = OperatorProvider()
    found = {name: provider[name] for name in provider if not provider[name].arguments()}
    foreign = [any((one in kind) != (other in kind) for kind in FOREIGN) for one, other in map(exchanged, found)]
    return {name: made() for (name, made), strange in zip(found.items(), foreign, strict=True) if not strange} | {
        "LeaveOutStatement": LeaveOutStatement()
    }


def exchanged(name):
    """The two that an operator exchanges, as far as it does."""
    parts = name.split("_")
    return (parts[1], parts[2]) if len(parts) == 3 else ("", "")


def is_run(node):
    """Whether a piece of the source is run: annotations are not, nor imports for them."""
    if node.type == "if_stmt" and is_for_types(node):
        return False
    while node.parent is not None:
        parent = node.parent
        place = parent.children.index(node)
        if (parent.type, place) in (("annassign", 1), ("tfpdef", 2)) or parent.type == "import_from":
            return False
        if parent.type == "funcdef" and parent.children[place - 1] == "->":
            return False
        if parent.type == "if_stmt" and is_for_types(parent):
            return False
        node = parent
    return True


def is_for_types(condition):
    """Whether an `if` is the one around imports for annotations."""
    return condition.children[1].get_code().strip() == "TYPE_CHECKING"


def mutants(path):
    """Every mutant of a module, in the order of its lines; what it changes is not told yet."""
    text = path.read_text(encoding="utf-8")
    tree = get_ast(text)
    nodes = list(ast_nodes(tree))
    found = []
    for name, operator in operators().items():
        places = [node for node in nodes for _ in operator.mutation_positions(node)]
        for occurrence, node in enumerate(places):
            if is_run(node):
                function = ASTQuery(node).get_definition_name() or ""
                found.append(Mutant(path.stem, node.start_pos[0], function, name, occurrence))
    return sorted(found, key=lambda each: (each.line, each.operator, each.occurrence))


def told(mutant):
    """The mutant with the first line that differs, as it was and as it became."""
    text = (MODEL / f"{mutant.module}.py").read_text(encoding="utf-8")
    pairs = zip(text.splitlines(), source(mutant).splitlines(), strict=False)
    before, after = next((" ".join(a.split()), " ".join(b.split())) for a, b in pairs if a != b)
    return replace(mutant, before=before, after=after)


def source(mutant):
    """The text of its module with the mistake in it."""
    text = (MODEL / f"{mutant.module}.py").read_text(encoding="utf-8")
    return mutate_code(text, operators()[mutant.operator], mutant.occurrence)


def sample(share, modules):
    """A random share of the mutants of each module, the same every time, and how many there are."""
    chosen, numbers = [], {}
    for path in sorted(MODEL.glob("*.py")):
        if path.stem != "__init__" and (not modules or path.stem in modules):
            every = mutants(path)
            numbers[path.stem] = len(every)
            wanted = min(len(every), max(FEWEST, round(share * len(every))))
            drawn = random.Random(f"{SEED} {path.stem}").sample(every, len(every))[:wanted]
            chosen += map(told, sorted(drawn, key=every.index))
    return chosen, numbers


class Mutated(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """Finds and loads one module of the model with the mistake in it."""

    def __init__(self, name, path, text):
        super().__init__(name, str(path))
        self.text = text

    def find_spec(self, fullname, path=None, target=None):
        return importlib.machinery.ModuleSpec(fullname, self, origin=self.path) if fullname == self.name else None

    def get_code(self, fullname):
        return compile(self.text, self.path, "exec")


class Witness:
    """Notes the first test that fails, and keeps Hypothesis from looking for the shortest example."""

    by = ""

    def pytest_sessionstart(self):
        settings.register_profile("mutants", settings.get_profile("steady"), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.by:
            self.by = report.nodeid

    def pytest_collectreport(self, report):
        if report.failed and not self.by:
            self.by = f"{report.nodeid} (cannot be loaded)"


def load_libraries():
    """Import all that tests need, and forget what is ours, so that a forked process loads that alone."""
    for name in ("sim.cli", "sim.runs.replicate", "sim.views.plots", "hypothesis.internal.conjecture.engine"):
        importlib.import_module(name)
    for name in ("scipy.special", "pandas", "jsonschema"):
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.split(".")[0] == "sim"]:
        del sys.modules[name]


def tried(mutant, limit_s):
    """The mutant with the test that noticed it, run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "said"
        child = os.fork()
        if child == 0:
            try:
                live(mutant, limit_s, said)
            finally:
                os._exit(1)
        _, _, used = os.wait4(child, 0)
        spent_s = used.ru_utime + used.ru_stime
        by = json.loads(said.read_text()) if said.exists() else "out of time or memory"
        return replace(mutant, by=by), spent_s


def live(mutant, limit_s, said):
    """In a forked process: load the mutant, run the tests, leave word of the one that failed."""
    out = os.open(os.devnull, os.O_WRONLY)
    os.dup2(out, 1)
    os.dup2(out, 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    if mutant.operator:
        path = MODEL / f"{mutant.module}.py"
        sys.meta_path.insert(0, Mutated(f"sim.model.{mutant.module}", path, source(mutant)))
    first = [f"model/test_{name}.py" for name in FIRST.get(mutant.module, ["back_pressure"])]
    witness = Witness()
    for names in (first, TESTS, [KEPT_RESULTS]):
        ended = pytest.main([*OPTIONS, *(str(CHECKOUT / "tests" / name) for name in names)], plugins=[witness])
        if ended:
            break
    by = witness.by.removeprefix("tests/") or (f"pytest ended with {int(ended)}" if ended else "")
    said.write_text(json.dumps(by))


def run(chosen, workers):
    """Try mutants, some at a time, and print those that live."""
    sound, spent_s = tried(Mutant("", 0, "", "", 0), 3600)
    if sound.by:
        sys.exit(f"the sound model does not pass: {sound.by}")
    limit_s = int(3 * spent_s + CPU_S)
    print(f"{len(chosen)} mutants; the sound model takes {spent_s:.0f} s, a mutant has {limit_s} s", flush=True)
    with ThreadPoolExecutor(workers) as pool:
        for number, (mutant, _) in enumerate(pool.map(partial(tried, limit_s=limit_s), chosen), 1):
            if not mutant.by:
                print(f"{number:4} lives: {mutant.module}:{mutant.line} {mutant.before} -> {mutant.after}", flush=True)
            yield mutant


def keep(done):
    """Write down what came of each."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [each.name for each in fields(Mutant)])
        writer.writeheader()
        writer.writerows(asdict(each) for each in done)


def kept():
    """What came of each in the run before."""
    with KEPT.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [Mutant(**row | {"line": int(row["line"]), "occurrence": int(row["occurrence"])}) for row in rows]


def judged():
    """What was thought of mutants that live, by their key: the judgement and why."""
    if not JUDGED.exists():
        return {}
    with JUDGED.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {
            (row["module"], row["function"], row["before"], row["after"]): (row["judgement"], row["why"])
            for row in rows
        }


def said(killed, n):
    """A share killed, with its interval."""
    from sim.measure.chances import share_interval

    found = share_interval(killed, n, LEVEL)
    return f"{found.share:.0%} | {found.low:.0%} to {found.high:.0%}"


def by_module(done, numbers):
    """The table of modules."""
    lines = ["| module | mutants | tried | killed | of those by kept results alone | lived | share killed | 95 % |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|--:|")
    modules = list(dict.fromkeys(each.module for each in done))
    for module in [*modules, "all"]:
        own = [each for each in done if module in ("all", each.module)]
        count = Counter(outcome(each) for each in own)
        number = sum(numbers.values()) if module == "all" else numbers[module]
        killed = count["killed"] + count["kept"]
        row = (module, number, len(own), killed, count["kept"], count["lives"], said(killed, len(own)))
        lines.append("| " + " | ".join(map(str, row)) + " |")
    return lines


def outcome(mutant):
    """How a mutant ended."""
    if not mutant.by:
        return "lives"
    return "kept" if mutant.by.startswith(KEPT_RESULTS) else "killed"


def survivors(done):
    """The table of those that live, each with its judgement."""
    thought = judged()
    lines = ["| where | was | became | judged | why |", "|---|---|---|---|---|"]
    for each in done:
        if not each.by:
            judgement, why = thought.get(each.key, ("**not judged**", ""))
            before, after = (f"`{text.replace('|', chr(92) + '|')}`" for text in (each.before, each.after))
            place = f"{each.module}.py, line {each.line}, `{each.function}`"
            lines.append(f"| {place} | {before} | {after} | {judgement} | {why} |")
    return lines


def asked():
    """The options."""
    parser = argparse.ArgumentParser(description="Mutation testing of sim/model")
    parser.add_argument("modules", nargs="*", help="modules of the model, as `sea`; none: all")
    parser.add_argument("--share", type=float, default=SHARE, help="share of the mutants of each module")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--go-on", action="store_true", help="not those that were killed in the run before")
    return parser.parse_args()


def main():
    """Try the mutants, write down what came of each, and return whether fewer are killed than the bar asks."""
    options = asked()
    chosen, numbers = sample(options.share, options.modules)
    load_libraries()
    begun = time.monotonic()
    found = {each.place: each for each in kept()} if options.go_on and KEPT.exists() else {}
    for mutant in run(
        [each for each in chosen if each.place not in found or not found[each.place].by], options.workers
    ):
        found[mutant.place] = mutant
        keep(found.values())
    done = [found[each.place] for each in chosen]
    print(*by_module(done, numbers), *survivors(done), sep="\n")
    print(f"{(time.monotonic() - begun) / 60:.0f} minutes")
    return sum(bool(each.by) for each in done) < BAR * len(done)


if __name__ == "__main__":
    os.environ["PYTHONPATH"] = str(CHECKOUT / "tests")
    sys.exit(main())
