# Two commands: `make repro` runs the pipeline, `make test` the tests; both set up what they need.
PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: repro test lint

repro: $(VENV)/installed
	dvc repro

test: $(VENV)/installed
	pytest -n auto --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed
	ruff check
	ruff format --check

$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement requirements.txt
	touch $@
