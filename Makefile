# Everything lives in .venv/; `make run` opens the program, `make test` proves it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: run test lint types imports soak bench screenshots catalogues pages executable offline wheel lock clean
.DEFAULT_GOAL := run

run: $(STAMP)
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BIN)/rancher-tui; else exec $(BIN)/rancher-tui lab --headless; fi

test: $(STAMP) lint types imports
	$(BIN)/python -m pytest -n 4 --dist loadgroup -m "not soak"

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

soak: $(STAMP)
	RANCHER_TUI_HYPOTHESIS=searching $(BIN)/python -m pytest -m "soak or hypothesis" --timeout 3600 -s

bench: $(STAMP)
	$(BIN)/python -m benchmarks

screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots

catalogues: $(STAMP)
	$(BIN)/python -m building.catalogues

pages: $(STAMP)
	$(BIN)/python -m building.pages

executable: $(STAMP)
	$(BIN)/python -m building.executable

offline: $(STAMP)
	$(BIN)/python -m building.bundle $(PYTHONS)

wheel: $(STAMP)
	$(BIN)/python -m build --no-isolation --wheel --outdir dist

# The environment is made anew from the hashed lock whenever the lock or the project's own facts change.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "make: $(PYTHON) is missing or older than 3.11. On Debian: apt-get install python3 (or make PYTHON=/path/to/python3.11)"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "make: Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@[ -x $(BIN)/python ] || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements/run.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt

clean:
	rm -rf $(VENV) dist build
