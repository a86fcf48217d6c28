# Everything is prepared by the first target that needs it; there is no other step.

PYTHON ?= python3
# Test processes at once; "auto" is one for each processor.
WORKERS ?= auto

BIN := .venv/bin
MADE := .venv dist .coverage .coverage.* .hypothesis .mypy_cache .import_linter_cache \
	.pytest_cache .ruff_cache

.DEFAULT_GOAL := help
.PHONY: help demo wizard test lint bench docs pictures translations clean venv system

help: ## print these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: venv ## four migrations on a practice cluster with SoftHSM eTokens, narrated
	@$(BIN)/ctlkit demo

wizard: venv ## the window; its Practice needs no hardware
	@$(BIN)/ctlkit-wizard

test: lint ## the linters, then every test, measured by coverage
	@rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n $(WORKERS)
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

lint: venv ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: venv ## the costs, as ratios measured in one run
	@$(BIN)/python -m tests.bench.run

docs: venv ## the documents: links lead somewhere, commands exist
	$(BIN)/pytest tests/docs

pictures: venv ## docs/pictures, made anew from the real program
	@$(BIN)/python -m tools.pictures

translations: venv ## the files of Qt's translations, in step with the source
	@$(BIN)/python tools/translations.py

clean: ## remove what these targets made
	rm -rf $(MADE)
	find token gui softhsm-fixtures tests tools -name __pycache__ -type d -prune -exec rm -rf {} +

venv: system
	@PYTHON='$(PYTHON)' tools/venv.sh

system:
	@PYTHON='$(PYTHON)' tools/system.sh
