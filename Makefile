# One verb per wish; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup format lint types laws test flows faults security snapshots migrate serve demo bench check lock

help: ## List the verbs
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[36m%-10s\033[0m %s\n", $$1, $$2}'

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Concord needs Python 3.11 or newer; name one with PYTHON=…"; exit 2; }
	@echo "Making the virtual environment $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt
	@echo "Installing what Concord needs to run, by hash"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what its tests need, by hash"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/dev.txt
	@touch $@

setup: $(VENV)/.dev ## Make the environment for developing, with the commit hooks
	@git rev-parse --git-dir >/dev/null 2>&1 && $(BIN)/pre-commit install --install-hooks >/dev/null || true

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix-only --quiet .

lint: $(VENV)/.dev ## Check format, style and the import law
	@$(BIN)/ruff format --check --quiet . && $(BIN)/ruff check --quiet . && $(BIN)/lint-imports

types: $(VENV)/.dev ## Check the types, strictly
	@$(BIN)/mypy

laws: $(VENV)/.dev ## Run the house laws
	@$(PYTEST) tests/laws

test: $(VENV)/.dev ## Run the whole test suite
	@$(PYTEST) -n $(WORKERS) --dist loadgroup

flows: $(VENV)/.dev ## Run the flows of the three users, end to end
	@$(PYTEST) tests/flows

faults: $(VENV)/.dev ## Kill processes and break things on purpose
	@$(PYTEST) tests/faults

security: $(VENV)/.dev ## Feed hostile input
	@$(PYTEST) tests/security

snapshots: $(VENV)/.dev ## Write the rendered-SQL snapshots, the SDL and the generated docs anew
	@CONCORD_UPDATE_SNAPSHOTS=1 $(PYTEST) tests/unit/metrics tests/unit/policy tests/laws

migrate: $(VENV)/.runtime ## Bring the metadata store to the newest schema
	@$(BIN)/concord db upgrade

serve: $(VENV)/.runtime ## Keep the demo server up on loopback
	@$(BIN)/concord demo --serve

demo: $(VENV)/.runtime ## Run the main job on the demo mesh
	@$(BIN)/concord demo

bench: $(VENV)/.dev ## Run the benchmarks and print their figures; TPCH=DIR adds those over TPC-H
	@for one in $$(grep -l __main__ benchmarks/*.py); do \
	  echo "== $$one"; \
	  case $$one in \
	    */tpch_*) [ -n "$(TPCH)" ] || { echo "left out: name a folder of TPC-H as Parquet with TPCH=DIR"; continue; }; with="$(TPCH)";; \
	    */policy_peers.py) with="--without opa --without conftest";; \
	    *) with="";; \
	  esac; \
	  $(BIN)/python $$one $$with || exit 1; \
	done

check: lint types laws ## Everything that needs no long test run

lock: ## Write the hashed locks anew (needs uv)
	@for name in runtime dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links pyproject.toml requirements/build.in \
	    $$([ $$name = dev ] && echo "--extra dev --constraints requirements/runtime.txt") --output-file requirements/$$name.txt; \
	done
