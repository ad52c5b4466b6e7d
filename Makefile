# Gridwarden: `make demo` shows it, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
TRAIN_PYTHON ?= .venv-train/bin/python
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo demo-once check test test-train parts chaos bench schema format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gridwarden needs Python 3.11 or newer; set PYTHON=…")'
	@test -d $(VENV) || { echo "making $(VENV) …"; $(PYTHON) -m venv $(VENV) || { echo "on Debian: apt-get install python3-venv"; exit 1; }; }
	@echo "installing Gridwarden and its libraries (about a minute) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(STAMP) ## three street cameras become tickets: console on http://127.0.0.1:8080
	@$(BIN)/gridwarden demo

demo-once: $(STAMP) ## run the demo to its end; fails unless every incident became one ticket that its camera closed
	@$(BIN)/gridwarden demo --once

check: $(STAMP) ## format, lint, types, imports, unit and contract tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy gridwarden.py edge models dispatcher tests
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/unit tests/contract tests/test_architecture.py tests/test_docs.py

test: parts $(STAMP) ## every test, with real brokers, databases, streams, browser (about a minute of it chaos)
	$(BIN)/pytest

parts:
	@.ci/parts

test-train: ## what training does, in an environment with the extra `train` (TRAIN_PYTHON=…)
	$(TRAIN_PYTHON) -m pytest -q tests/workshop

chaos: parts $(STAMP) ## kill dispatcher, edge and broker at random for ten minutes
	$(BIN)/pytest tests/chaos --chaos-kills 300

bench: $(STAMP) ## the figures of the README, as ratios where possible
	$(BIN)/pytest tests/bench -m bench -s -q

schema: $(STAMP) ## write configs/schema from the contract
	$(BIN)/python -m edge.contract.schema configs/schema

format: $(STAMP) ## format and fix what can be fixed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what was built; the demo's data too
	rm -rf $(VENV) .work .mypy_cache .ruff_cache .pytest_cache .hypothesis
