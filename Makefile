# Two commands on a fresh machine (Python 3.11 to 3.13, make, a network):
#
#   make run     one year of a data hall, minute by minute, and its report
#   make test    everything CI checks
#
# Each makes .venv by itself. `make PYTHON=/path/to/python3.12 run` chooses the interpreter.

PY := .venv/bin/python
SCENARIO ?= chilled-water-greensboro
# Test workers; each compiles what the kernel cache does not hold yet.
WORKERS ?= 2

export PYTHON

.PHONY: help run test validate bench docs results tblock verdicts archetypes lint types jit-off notebooks pytest set-up set-up-test clean
.DEFAULT_GOAL := help

help:
	@sed -n 's/^# \{0,1\}//; 1,6p' Makefile
	@echo "  make validate   every suite of 'twin validate', year-long"
	@echo "  make bench      what is timed: start-up, the Greensboro year, and its jobs"
	@echo "  make results    run, validate and bench, and put their numbers into the README"
	@echo "  make tblock     PUE of the T-Block hall in five places, ten years each, into docs/tblock.md (minutes)"
	@echo "  make archetypes a year of every kind of plant, timed, into docs/archetypes.md (minutes)"
	@echo "  make docs       rebuild docs/reference/ from the code"
	@echo "  make clean      remove caches and .venv (results in runs/ stay)"

run: set-up
	@$(PY) -m twin run $(SCENARIO) --force

# Every leg runs even if an earlier one fails, so that one CI run shows everything; the last line is pytest's own.
test: set-up-test
	@$(MAKE) --no-print-directory --keep-going lint types jit-off notebooks pytest

lint: set-up-test
	@echo "== ruff"
	@$(PY) -m ruff check .

types: set-up-test
	@echo "== mypy --strict"
	@$(PY) -m mypy

jit-off: set-up-test
	@echo "== kernels as plain Python (NUMBA_DISABLE_JIT=1)"
	@NUMBA_DISABLE_JIT=1 $(PY) -m pytest -m "jit_off and not slow" -n $(WORKERS) --dist loadfile

notebooks: set-up-test
	@echo "== notebooks"
	@$(PY) -m pytest --nbmake --nbmake-timeout=600 notebooks

pytest: set-up-test
	@echo "== pytest"
	@$(PY) -m pytest -m "not slow" -n $(WORKERS) --dist loadfile

validate: set-up-test
	@mkdir -p runs
	@$(PY) -m twin validate --json runs/validate.json
	@$(PY) -m pytest -m slow -n $(WORKERS) --dist loadfile

bench: set-up-test
	@$(PY) benchmarks/startup.py
	@$(PY) benchmarks/year.py
	@$(PY) benchmarks/jobs.py
	@$(PY) benchmarks/compare.py
	@$(PY) benchmarks/coatings.py

docs: set-up-test
	@$(PY) docs/generate.py

# What the README says came out, from real runs: the year, the comparisons, the times.
results: run validate bench
	@$(PY) -m twin run tblock-qingyuan --force
	@$(PY) docs/results.py

# Generated years of weather and jobs by seed: docs/tblock.md says what the numbers mean.
tblock: set-up
	@$(PY) docs/tblock.py
	@$(PY) docs/policies.py

# What each policy is worth, over years and seeds: an hour on two cores; goes on where it was stopped.
verdicts: set-up
	@$(PY) docs/policy_verdicts.py

# A year of every archetype, timed beside the chilled-water year.
archetypes: set-up-test
	@$(PY) benchmarks/archetypes.py
	@$(PY) docs/archetypes.py

set-up:
	@sh tools/set_up.sh run

set-up-test:
	@sh tools/set_up.sh test

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
