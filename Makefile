# `make` alone lists the targets. Everything lives in .venv; nothing is installed for the user or the system
# except the Debian packages that deploy/setup.sh names.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
WORKERS ?= 2
CHECKED := $(wildcard wsgi.py app workflows migrations tests bench)

.PHONY: help run test test-long bench check format lock set-up set-up-test clean

help: ## List the targets (default)
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: set-up ## Set up, open the demo district and serve; the URL and the logins are printed
	@$(BIN)/flask --app wsgi start

test: set-up-test ## Set up, then run all tests on SQLite, PostgreSQL and Chromium
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile

test-long: set-up-test ## Run the tests that take minutes: load, endurance, killed processes
	@$(BIN)/pytest -m long

bench: set-up-test ## Run the benchmarks and print the table
	@$(BIN)/python -m bench

check: set-up-test ## Lint, format, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(CHECKED)
	@$(BIN)/lint-imports --no-cache

format: set-up-test ## Put the code into the agreed format and mend what ruff can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: set-up-test ## Resolve the dependencies anew and write both lock files
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command 'make lock' pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --custom-compile-command 'make lock' --constraints requirements.lock \
	    pyproject.toml --group dev --output-file requirements-dev.lock

set-up: ## Install what `make run` needs (done by the other targets when needed)
	@deploy/setup.sh run

set-up-test: ## Install what the tests need
	@deploy/setup.sh test

clean: ## Remove caches; keeps .venv and everything a running installation has stored
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
