# Two commands: `make repro` runs the pipeline, `make test` the tests; both set up what they need, as does
# `make setup` alone. `make app` shows the page that names coins, once the pipeline has run.
PYTHON ?= python3
VENV := .venv
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.PHONY: setup repro mints two reasons three types app test test-all bench lint deps check-reproduced sbom audit readme snapshot crossval

# DVC runs one stage at a time. What follows from the same outputs, but not one from the other, runs side by
# side: what the two-mint network loses and where it looks, the three-mint network with its own, coin types.
MINTS := organize clean merge split train2
TWO := adapt mask controls
REASONS := gradcam eval3rd
THREE := train3 identify gradcam3 mask3 controls3
TYPES := features315 labels315 transfer315
LANE := dvc --wait-for-lock repro --single-item

repro: $(VENV)/installed
	dvc repro sample
	$(MAKE) --jobs two reasons three types
	dvc repro

mints: $(VENV)/installed
	$(LANE) $(MINTS)

two: mints
	$(LANE) $(TWO)

reasons: mints
	$(LANE) $(REASONS)

three: mints
	$(LANE) $(THREE)

types: $(VENV)/installed
	$(LANE) $(TYPES)

setup: $(VENV)/installed

# The page in the browsers of this machine: drop photographs of a coin, see its mint.
app: $(VENV)/installed
	python -m mintmark.app

# The metrics that do not hang on one split: minutes for each fold of each repeat.
crossval: $(VENV)/installed
	dvc repro merge
	cd crossval && dvc repro
	cp crossval/crossval.json crossval/plots/always_wrong.csv metrics/
	dvc repro --single-item review report

test: $(VENV)/installed
	pytest -n auto --dist loadfile --no-loadscope-reorder

# With the long searches: tens of minutes.
test-all: $(VENV)/installed
	pytest -n auto --dist loadfile --no-loadscope-reorder -m "sweep or not sweep" \
		--hypothesis-profile sweep

# Ours beside others', in turns, after a run: half an hour, and gigabytes of PyTorch at first.
bench: $(VENV)/installed $(VENV)/peers/installed
	python benchmarks/gradcam.py
	python benchmarks/coin_finding.py
	python benchmarks/copies.py
	python benchmarks/pytorch.py --peers $(VENV)/peers/bin/python
	python benchmarks/transfer.py --seeds 42 --epochs 10

lint: $(VENV)/installed
	ruff check
	ruff format --check
	mypy

# After an import has come or gone: writes the code dependencies of dvc.yaml.
deps: $(VENV)/installed
	python -m mintmark.pipeline.dependencies

# After a run: whether it gave the committed metrics, to the last digit or within a stated tolerance.
check-reproduced: $(VENV)/installed
	python -m mintmark.pipeline.reproduction

# What the environment consists of (CycloneDX), and which of it has known holes; needs the network.
sbom: $(VENV)/installed $(VENV)/supply/installed
	$(VENV)/supply/bin/cyclonedx-py environment $(VENV)/bin/python --pyproject pyproject.toml \
		--output-reproducible --output-file sbom.json

audit: $(VENV)/supply/installed
	$(VENV)/supply/bin/pip-audit --requirement requirements.txt --no-deps --disable-pip

# After a run to be committed: the README's tables, and what the tests of the report read.
readme: $(VENV)/installed
	python -m mintmark.report.readme

snapshot: $(VENV)/installed
	for file in plots/*/details.json; do \
		cp "$$file" "tests/report/details/$$(basename $$(dirname $$file)).json"; \
	done
	cp metrics/split.json metrics/crossval.json tests/report/details/

$(VENV)/supply/installed: $(VENV)/installed
	$(PYTHON) -m venv $(VENV)/supply
	$(VENV)/supply/bin/pip install --quiet cyclonedx-bom pip-audit
	touch $@

$(VENV)/peers/installed: benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/pip install --quiet --requirement $<
	touch $@

$(VENV)/installed: requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --require-hashes --requirement requirements.txt
	$(VENV)/bin/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
