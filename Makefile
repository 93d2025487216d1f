# Needs Python 3.11 or newer, make and git. Everything else is installed into .venv, or asked for by name.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
PYTHON ?= python3
PORT ?=
OMOP ?=
VENV := .venv
BIN := $(VENV)/bin
# No test or demo asks the network for anything once this stands.
INSTALLED := $(VENV)/installed

.PHONY: help setup demo up down test check types docs bench clean sandbox browser

help: ## List the recipes
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(INSTALLED) ## Create .venv with the locked packages

$(INSTALLED): uv.lock pyproject.toml
	@tools/setup "$(PYTHON)" "$(VENV)"
	@touch $@

sandbox:
	@tools/need-sandbox

browser:
	@tools/need-browser

demo: setup sandbox ## Run the whole story unattended: request, run, review, release, publish, verify
	@$(BIN)/armslength demo $(if $(OMOP),--omop "$(OMOP)") $(if $(OUTPUT),--keep "$(OUTPUT)")

up: setup sandbox ## Start both sites and the runner, pre-filled, to click through
	@$(BIN)/armslength up

down: ## Stop what `make up` started
	@$(BIN)/armslength down

test: setup sandbox browser ## Run every test; what is missing on this machine is skipped and named
	@tools/test

check: setup ## Format, lint, types, walls: quick
	@tools/check

docs: setup ## Regenerate what the docs take from the code, and check that nothing else changed
	@tools/docs

bench: setup ## Measure: each benchmark prints a table
	@tools/bench

clean: ## Remove what the other recipes made
	rm -rf $(VENV) .armslength dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
