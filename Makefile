# Two commands matter: `make demo` and `make test`. Each sets up what it needs first.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test quick lint system bench neo4j-latest lock licences audit build county clean

demo: $(READY) ## analyse the bundled county and say where the results are
	$(BIN)/ocgnet analyse fixtures/county --out demo
	@echo
	@echo "See the same county in Neo4j Browser (needs Java 17 and Maven):"
	@echo "  . $(BIN)/activate"
	@echo "  ocgnet neo4j start"
	@echo "  ocgnet load fixtures/county --store neo4j"
	@echo "  ocgnet neo4j shell-url"

test: $(READY) system lint ## everything that must hold
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

quick: $(READY) ## what needs no server, browser, office suite or program of its own; two minutes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m quick

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

system: ## the browser and the office suite that tests open files with
	@sh tools/system-packages

bench: $(READY) ## ratios against named peers; takes minutes
	$(BIN)/python -m benchmarks

neo4j-latest: $(READY) ## every question on the latest Neo4j, where Java 21 or later is; else it says so
	PYTHONPATH=tests $(BIN)/python tests/queries/other_versions.py

county: $(READY) ## rebuild the bundled county from its seed
	$(BIN)/ocgnet synthesise ocgs --out fixtures/county
	$(BIN)/ocgnet synthesise county --out fixtures/force --scale 0.002
	$(BIN)/ocgnet synthesise export --out fixtures/exports

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "ocgnet needs Python 3.11 or later; run: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment here; on Debian run: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock: $(READY) ## renew the exact pins
	uv pip compile pyproject.toml --extra test --extra build --generate-hashes --no-header --no-annotate --universal --python-version 3.11 -o requirements.lock

licences: $(READY) ## renew the list of licences after the lock
	$(BIN)/python tools/supply.py licences > docs/licences.new && mv docs/licences.new docs/licences.md

audit: $(READY) ## known faults of what the lock names; asks a public database, never on a force's machine, or a file: make audit ADVISORIES=osv.zip
ifdef ADVISORIES
	$(BIN)/python tools/audit.py --file "$(ADVISORIES)"
else
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python tools/audit.py .venv-audit/bin/pip-audit
endif

build: $(READY) ## the wheel, and the bill of what it is made of
	rm -rf dist
	$(BIN)/python -m hatchling build -t wheel
	$(BIN)/python tools/supply.py sbom dist/ocgnet.cdx.json

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
