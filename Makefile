# The two commands of a newcomer are `make run` and `make test`; the rest is for builders.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run env test test-wheel check bench format clean help

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable '.[dev]' --constraint constraints.txt
	@touch $@

run: $(READY) ## Bring up the quarter (no Docker needed); Ctrl-C stops everything
	$(BIN)/hengfu up $(ARGS)

env: ## Make .env for docker compose: random secrets, kept where they are there already
	@sh .ci/env

# Every test runs once: with servers or the checkout's files here, all others against the wheel.
test: $(READY) ## All tests; with ARGS those that they name, in the checkout
ifdef ARGS
	$(BIN)/pytest -n auto --dist loadfile $(ARGS)
else
	$(BIN)/pytest -n auto --dist loadfile -m "stack or checkout"
	$(MAKE) --no-print-directory test-wheel
endif

test-wheel: $(READY) ## The tests that need neither, against the wheel installed in another folder
	BIN=$(abspath $(BIN)) sh tests/wheel.sh

check: $(READY) ## Format, lint, types, import rules, configuration
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/hengfu check-config

format: $(READY) ## Rewrite the code in the house format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(READY) ## Measure speed beside bare baselines
	$(BIN)/hengfu bench $(ARGS)

clean: ## Remove the virtual environment and built files
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache
