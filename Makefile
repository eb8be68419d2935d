# Publius: one command to run it, one to test it. Needs Python 3.11 or newer and make, nothing else.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help run setup test test-quick check bench lock docs clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: ## Set everything up and start on http://127.0.0.1:8080 (PORT=… for another)
	@$(PYTHON) tools/setup.py && exec $(BIN)/publius run

setup: ## Set everything up: environment, packages, web assets, weights
	@$(PYTHON) tools/setup.py

test: ## Set everything up and run every check and test
	@$(PYTHON) tools/setup.py --dev && exec $(BIN)/python tools/checks.py

test-quick: ## The checks and the tests that need no weights and no browser (four to five minutes)
	@$(PYTHON) tools/setup.py --dev && exec $(BIN)/python tools/checks.py --quick

check: ## Style, types and layers alone
	@$(PYTHON) tools/setup.py --dev && exec $(BIN)/python tools/checks.py --check

bench: ## Measure speed (NAME=… for one benchmark)
	@$(PYTHON) tools/setup.py --dev && exec $(BIN)/python -m bench $(NAME)

docs: ## Write the generated pages of docs/ anew
	@$(BIN)/python tools/reference.py

lock: ## Choose newer versions of the dependencies and write the locks anew
	@tools/lock.sh

clean: ## Remove what set-up built here; your data in PUBLIUS_HOME stays
	rm -rf .venv .setup build dist src/publius/web/static/vendor src/publius/retrieval/reading/tessdata .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
