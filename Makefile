# Needs python3 (3.11 or newer, with venv), pip and make. Plain `make` lists the targets.

PYTHON ?= python3
UV ?= uv
PYTEST_ARGS ?=
MUTANTS ?=
PYTHONS ?= 3.11 3.12 3.13
SERVICE ?= pypi

# Empty means off: a set PYTHONDONTWRITEBYTECODE would re-compile our modules at every start.
export PYTHONDONTWRITEBYTECODE =

BIN := .venv/bin
LOCKS := $(patsubst %,requirements/%.lock,run dev bench mutants core audit)
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq install --no-deps
COMPILE := $(UV) --no-config pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes \
	--no-emit-index-url --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help run gallery networks test test-slow lint types test-docs docs pages messages dev monotone findings bench schema lock clean workers \
	coverage branches core core-mutants core-watched mutants verify crosscheck refusals golden pythons lowest scale audit
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/run.stamp ## forecast the Middle Corridor of 2030 on paper and with Tez Customs (RUN_ARGS="--study kept": go on after a stop)
	@$(BIN)/corridor forecast scenarios/2030_paper.toml scenarios/2030_target.toml --worlds 100 $(RUN_ARGS)
	@$(BIN)/corridor report results/2030_paper_vs_2030_target_forecast

IN_TWO := -n 2 --dist loadfile --no-loadscope-reorder

test: lint ## lint, and the tests of every rule, types among them, in two processes (PYTEST_ARGS="-n 0": in one)
	$(BIN)/python -m pytest -m "not slow and not docs" $(IN_TWO) $(PYTEST_ARGS)

test-slow: dev ## the tests of tests/slow.csv: laws of chance, whole plans, kills, the same once more (ten minutes)
	$(BIN)/python -m pytest -m "slow and not docs" $(IN_TWO) $(PYTEST_ARGS)

lint: dev ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: dev ## mypy, strict, over sim/
	$(BIN)/mypy

test-docs: dev ## follow every page of docs/: commands, snippets, links, notebooks (some minutes)
	$(BIN)/python -m pytest -m "docs or notebook" $(PYTEST_ARGS)

docs: dev ## build docs/ as a site into build/docs, warnings are errors
	$(BIN)/python -m sphinx -W -E -a --keep-going -q -b html docs build/docs

gallery: dev ## draw the pictures of docs/gallery.md anew, from real runs (two minutes)
	$(BIN)/python docs/gallery.py

pages: dev ## write docs/reference.md, commands.md and the tables of kpis.md anew, from schema, commands and catalogue
	$(BIN)/python docs/pages.py

messages: dev ## enter the messages of the code that a catalogue of translations lacks
	$(BIN)/python tools/messages.py

dev: .venv/dev.stamp ## make .venv with all that tests and notebooks need, and run nothing

monotone: dev ## more capacity never lowers 2030, a storm never raises it (some minutes)
	$(BIN)/python benchmarks/monotone.py

findings: dev ## run the scenarios behind docs/findings.md and write its tables anew (some minutes)
	$(BIN)/python benchmarks/findings.py

coverage: dev ## how often intervals hold a known mean, fixed and sequential (some minutes)
	$(BIN)/python benchmarks/coverage.py
	$(BIN)/python benchmarks/forecast_coverage.py
	$(BIN)/python benchmarks/matching.py

networks: dev ## hold properties of random networks, and the twin to SimPy, on ten thousand of them and on whole scenarios (an hour)
	NETWORKS=10000 $(BIN)/python -m pytest tests/model/test_random_networks.py tests/engine $(PYTEST_ARGS)

verify: .venv/run.stamp ## hold the installed model against known answers (some minutes)
	$(BIN)/corridor verify

crosscheck: .venv/bench.stamp ## the same trains through the model and through Ciw (some minutes)
	$(BIN)/python benchmarks/crosscheck.py

bench: .venv/bench.stamp ## measure speed, also against other simulators
	$(BIN)/python benchmarks/bench.py

workers: dev ## measure what a second worker is worth, and what a Dask cluster costs (some minutes)
	$(BIN)/python benchmarks/workers.py

refusals: dev ## twelve thousand hostile files: how many are refused, and that nothing else happens (some minutes)
	$(BIN)/python benchmarks/refusals.py

core: dev .venv/core.stamp ## compile the twin of the run anew, sim/engine/core.wasm, after a change in sim/engine/core (fetches 100 MB)
	$(BIN)/python tools/core.py

core-mutants: dev ## small mistakes in the C of the twin: how many does a comparison of ledgers notice? (needs gcc, minutes)
	$(BIN)/python benchmarks/core_mutants.py

core-watched: dev ## the C of the twin under watch: lines that random networks come to, sanitizers, planted faults (needs gcc, minutes)
	$(BIN)/python benchmarks/core_watched.py

golden: dev ## keep the results of the golden scenarios anew: make golden REASON="why they changed"
	@test -n "$(REASON)" || { echo 'make golden REASON="why the results changed"; CHANGELOG.md takes the lines printed' >&2; exit 1; }
	$(BIN)/python tests/golden_results.py --write "$(REASON)"
	$(BIN)/python tests/ledgers.py

pythons: ## hold the golden results against Python 3.11, 3.12 and 3.13, as far as they are there (minutes)
	@for version in $(PYTHONS); do \
		found=$$({ ls -d $$HOME/.pyenv/versions/$$version.*/bin/python 2>/dev/null; command -v python$$version; } | head -n 1); \
		test -n "$$found" || { echo "Python $$version: not here"; continue; }; \
		test -x .pythons/$$version/bin/corridor || { "$$found" -m venv .pythons/$$version \
			&& .pythons/$$version/bin/python -m pip --disable-pip-version-check -qq install --no-deps --require-hashes -r requirements/run.lock \
			&& .pythons/$$version/bin/python -m pip --disable-pip-version-check -qq install --no-deps --no-build-isolation -e .; } || exit 1; \
		.pythons/$$version/bin/python tests/golden_results.py --check || exit 1; done

lowest: ## install the lowest versions that pyproject.toml declares, and run the tests of every rule (a quarter of an hour)
	@rm -rf .lowest
	@$(PYTHON) -m venv .lowest
	@$(PYTHON) tools/lowest.py > .lowest/constraints.txt
	@.lowest/bin/python -m pip --disable-pip-version-check -qq install -c .lowest/constraints.txt -e ".[dev]" hatchling
	@# Old libraries on new ones warn of what is not ours.
	.lowest/bin/python -m pytest -o filterwarnings=default --ignore tests/test_types.py -m "not notebook and not slow and not docs and not browser" $(PYTEST_ARGS)

branches: dev ## branch coverage of sim/, processes that tests start counted too: under 95 % is a failure (long)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -m "not docs" $(PYTEST_ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --skip-covered --show-missing --sort=miss --fail-under=95

mutants: dev .venv/mutants.stamp ## small mistakes in sim/model, one at a time: how many do tests notice? (an hour)
	$(BIN)/python benchmarks/mutants.py $(MUTANTS)

scale: dev ## processor time and memory at 1, 2, 5 and 10 times the volumes (some minutes)
	$(BIN)/python benchmarks/scale.py

audit: .audit/stamp ## known vulnerabilities of all that is pinned; Error 4: the service did not answer (SERVICE=osv: another)
	@$(PYTHON) tools/audit.py .audit/bin/pip-audit --service $(SERVICE) $(LOCKS)

schema: .venv/run.stamp ## write scenarios/scenario.schema.json anew
	$(BIN)/corridor new --kind schema scenarios/scenario.schema.json

lock: ## renew requirements/*.lock from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: python3 -m pip install uv, or UV=/path/to/uv" >&2; exit 1; }
	$(COMPILE) --group build --extra dev -o requirements/dev.lock pyproject.toml
	$(COMPILE) --group build --constraints requirements/dev.lock -o requirements/run.lock pyproject.toml
	$(COMPILE) --group build --constraints requirements/dev.lock --extra bench -o requirements/bench.lock pyproject.toml
	$(COMPILE) --group build --constraints requirements/dev.lock --extra mutants -o requirements/mutants.lock pyproject.toml
	$(COMPILE) --group core -o requirements/core.lock
	$(COMPILE) --group audit -o requirements/audit.lock
	@for lock in dev bench mutants; do \
		if grep -Fvxf requirements/$$lock.lock requirements/run.lock; then \
			echo "requirements/$$lock.lock does not hold these lines of run.lock" >&2; exit 1; fi; done
	@if grep -n '://' requirements/*.lock; then echo "an address in a lock file" >&2; exit 1; fi

clean: ## remove .venv, caches and build output (results/ stays)
	rm -rf .venv .pythons .lowest .audit build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage htmlcov
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +

# One environment, three sets. dev.lock and bench.lock hold every pin of run.lock (`make lock` checks it), so the sets
# can be added in any order, and each of the two greater ones counts as the small one too.

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.x")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Could not make .venv; on Debian: apt-get install python3-venv" >&2; exit 1; }

.venv/%.stamp: requirements/%.lock pyproject.toml | $(BIN)/python
	@echo "Installing $< into .venv (about a minute the first time)"
	@$(PIP) --compile --require-hashes -r $<
	@$(PIP) --no-build-isolation -e .
	@touch .venv/run.stamp $@

# pip-audit stands apart: what it needs is not to bind what the package may have.
.audit/stamp: requirements/audit.lock
	@echo "Installing $< into .audit"
	@rm -rf .audit
	@$(PYTHON) -m venv .audit
	@.audit/bin/python -m pip --disable-pip-version-check -qq install --no-deps --require-hashes -r $<
	@touch $@
