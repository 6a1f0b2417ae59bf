# make run     the app, in a browser tab
# make test    every test; sets up what it needs
# make bench   speed, as ratios to a reference in the same run
# make shots   the screenshots of README.md

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test bench shots clean

run: $(VENV)/.app
	$(BIN)/streamlit run explorer/Home.py

test: $(VENV)/.tests
	$(BIN)/python tests/browser/chromium.py
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/.tests
	@for script in tests/benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

shots: $(VENV)/.tests
	$(BIN)/python tests/browser/shots.py

$(VENV)/.app: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Residual Explorer needs Python 3.11 or later; this is " + sys.version.split()[0] + ". Say make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -r requirements.txt
	touch $@

$(VENV)/.tests: $(VENV)/.app tests/requirements.txt
	$(BIN)/python -m pip install -q -r tests/requirements.txt
	touch $@

clean:
	rm -rf $(VENV)
