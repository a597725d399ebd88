# Everything sets itself up in .venv; nothing else of the machine is touched.

PYTHON ?= python3
PORT   ?= 8900
ARGS   ?=
EFFORT ?= 10
API    ?= spurtcommerce
FILE   ?= tests/drift/spurtcommerce-recorded.jsonl

BIN     = .venv/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
REDOCLY = @redocly/cli@2.77.0
GITLAB  = gitlab-ci-local@4.60.1
# Some tests wait for clocks and other processes, so there are more of them at a time than a small machine has cores.
WORKERS ?= 4
# Tests start hundreds of servers. Where nothing compiled is kept, each reads all contracts anew.
KEEP    = PYTHONDONTWRITEBYTECODE=

.PHONY: help serve test fuzz replay soak check fix bench clean

help:
	@echo "make serve   serve the fakes on http://127.0.0.1:8900 (PORT=9000, ARGS='--seed 7')"
	@echo "make test    run the tests, with branch coverage"
	@echo "make fuzz    play ten times as many random requests to every contract, and longer stories (EFFORT=100)"
	@echo "make replay  play a recording of a vendor's program to the fake (FILE=recording.jsonl, API=spurtcommerce)"
	@echo "make soak    ten minutes of everything at once in fifty sandboxes, compared with a model (ARGS='--minutes 2')"
	@echo "make check   format, lint, types, import rules, contracts"
	@echo "make fix     mend what can be mended by machine"
	@echo "make bench   measure against bare Starlette (needs wrk)"
	@echo "make clean   remove .venv and everything else that was made"

serve: .venv/.serve
	@exec $(BIN)/mockserver serve --port $(PORT) $(ARGS)

test: .venv/.dev
	@rm -f .coverage .coverage.*
	$(KEEP) $(BIN)/python -m coverage run -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)
	@$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report

fuzz: .venv/.dev
	$(KEEP) MOCKSERVER_TEST_EFFORT=$(EFFORT) $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal \
	  tests/test_contracts.py tests/admin/test_contract.py tests/admin/test_rewind.py tests/admin/test_isolation.py \
	  tests/state/test_model.py tests/faults/test_model.py tests/patterns/test_properties.py tests/vendors/test_*_model.py tests/vendors/test_*_recording.py \
	  tests/drift/test_round_trip.py $(ARGS)

replay: .venv/.dev
	@$(BIN)/mockserver drift $(API) $(FILE)

soak: .venv/.dev
	$(BIN)/python -m tests.soak $(ARGS)

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m openapi_spec_validator contracts/*.yaml
	@if command -v npx >/dev/null; then \
	  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  npx --yes $(REDOCLY) lint --extends=recommended contracts/*.yaml && \
	  npx --yes $(GITLAB) --file docs/ci/gitlab-ci.yml --state-dir build/gitlab --list-all >/dev/null; \
	else echo "npx is not there: Redocly's rules for the contracts and GitLab's for its workflow were not checked"; fi
	$(BIN)/python -m tests.dockerfile

fix: .venv/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.dev
	$(BIN)/python tests/bench $(ARGS)

clean:
	rm -rf .venv .coverage .coverage.* .hypothesis .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "mockserver needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv .venv

.venv/.serve: .venv/bin/python pyproject.toml constraints.txt
	@echo "Installing what the server needs into .venv"
	@$(INSTALL) --editable .
	@touch $@

.venv/.dev: .venv/.serve
	@echo "Installing what tests and checks need into .venv"
	@$(INSTALL) --editable '.[dev]'
	@touch $@
