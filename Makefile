# Everything runs from here; `make` alone lists what there is. No step needs another to have been run before.

.DEFAULT_GOAL := help
SHELL := bash
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .cache/bench
DOCS_VENV := .cache/docs
PINS_VENV := .cache/pins
# What deploys to the emulated AWS mostly waits, for up to nine minutes: it begins first, with workers of its own, which
# have these files to collect and not all of them. Everything else runs in what time it leaves.
DEPLOYING = $(shell grep -rlE --include='test_*.py' 'mark\.emulator' tests)
WAITING ?= 8
WORKERS ?= 3
UV := 0.13.9

# Plain output and no calls home from the CDKTF command line and Terraform, whoever starts them below.
export PATH := $(CURDIR)/.node/bin:$(CURDIR)/$(BIN):$(PATH)
export CHECKPOINT_DISABLE := 1
export DISABLE_VERSION_CHECK := 1
export CDKTF_LOG_LEVEL ?= warn
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Would put other packages before the pinned ones.
unexport PYTHONPATH
# Would let every process, of which the tests start a thousand, compile the library anew.
unexport PYTHONDONTWRITEBYTECODE

##@ The two commands

.PHONY: demo
demo: environment terraform ## reference workloads from objective to applied Terraform, on an emulated AWS
	@$(BIN)/python -m stacks.demo

.PHONY: gameday
gameday: environment terraform ## a Region taken away in mid-write on an emulated AWS: failover, lost writes counted, the way home
	@$(BIN)/python -m stacks.gameday

.PHONY: test
test: environment lint ## every check: style, types, rooms, and all tests (what .ci/run runs)
	@$(MAKE) --no-print-directory -j3 deployments typecheck others

.PHONY: deployments
deployments:
	$(BIN)/pytest -n $(WAITING) --dist loadfile --no-loadscope-reorder $(DEPLOYING)

.PHONY: others
others:
	nice $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(addprefix --ignore=,$(DEPLOYING))

##@ Parts of them

.PHONY: lint
lint: python ## ruff, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo

.PHONY: typecheck
typecheck: python ## mypy --strict
	nice $(BIN)/mypy

.PHONY: unit
unit: environment ## the tests that need neither Terraform nor the emulator, nor run whole programs again and again
	$(BIN)/pytest -n auto --dist worksteal -m "not terraform and not emulator and not emulated and not programs"

.PHONY: prove
prove: environment ## the exhaustive matrices of the same tests; hours, and scheduled in CI
	$(BIN)/pytest -n $(WAITING) --dist loadfile --no-loadscope-reorder --prove

.PHONY: golden
golden: environment ## write the golden Terraform of stacks and examples anew; look at the difference
	$(BIN)/pytest -m "not terraform and not emulator" --snapshot-update
	git --no-pager diff --stat -- tests

.PHONY: documents
documents: environment ## make the documents of the reference stacks anew, as their objectives and the catalog now stand
	rm -rf .cache/documents && mkdir -p .cache/documents
	cd .cache/documents && PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m stacks
	$(BIN)/drctl docs all --objectives stacks/recovery.yaml --stacks .cache/documents/cdktf.out --output stacks/documents --format markdown

.PHONY: docs
docs: $(DOCS_VENV)/.ready ## the documentation as a site, in .cache/site; SERVE=1 shows it at http://127.0.0.1:8000
	NO_MKDOCS_2_WARNING=1 $(DOCS_VENV)/bin/mkdocs $(if $(SERVE),serve,build --quiet) -f docs/site/mkdocs.yml

.PHONY: pictures
pictures: environment ## draw the pictures of the README anew, from what the commands say
	$(BIN)/python -m tests.pictures

.PHONY: dist
dist: $(DOCS_VENV)/.ready ## wheel and sdist in dist/, checked
	rm -rf dist
	$(DOCS_VENV)/bin/python -m build --no-isolation
	$(DOCS_VENV)/bin/twine check --strict dist/*

.PHONY: bench
bench: environment $(BENCH_VENV)/.ready ## the budgets of the design, measured beside other tools
	$(BIN)/python -m tests.benchmarks --rivals $(BENCH_VENV)/bin/python

.PHONY: scan
scan: environment $(BENCH_VENV)/.ready ## Checkov over the synthesized stacks; what it skips, and why, is in .checkov.yaml
	rm -rf .cache/scan && mkdir -p .cache/scan
	cd .cache/scan && PYTHONPATH=$(CURDIR) $(CURDIR)/$(BIN)/python -m stacks
	$(BENCH_VENV)/bin/checkov --config-file .checkov.yaml --directory .cache/scan/cdktf.out/stacks

##@ Upkeep

.PHONY: pins
pins: environment $(PINS_VENV)/.ready ## resolve .pins/ anew from pyproject.toml and .pins/package.json; UPGRADE=1 takes the newest
	$(PINS_VENV)/bin/uv pip compile $(PIN) --all-extras --group dev -o .pins/python.txt pyproject.toml
	$(PINS_VENV)/bin/uv pip compile $(PIN) --group bench -o .pins/bench.txt
	$(PINS_VENV)/bin/uv pip compile $(PIN) --group build -o .pins/action.txt pyproject.toml
	$(PINS_VENV)/bin/uv pip compile $(PIN) --group docs --group dist --group build -o .pins/docs.txt
	cd .pins && npm install --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund --loglevel=error

PIN = --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	--custom-compile-command "make pins" $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## remove what the commands above made, environments included
	rm -rf .venv .node .cache cdktf.out build dist
	rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find constructs_lib examples stacks tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk 'BEGIN {FS = ":.*## "} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo

# ---- the environment: each stamp is newer than the pins it was made from -------------------------------------------

.PHONY: environment
environment: python .node/.ready

.PHONY: python
python: $(VENV)/.ready

.PHONY: terraform
terraform:
	@.ci/check-terraform

# A virtual environment holds absolute paths, so one that was copied or moved along with the tree is made anew;
# so is one whose interpreter is gone.
ifneq ($(shell $(BIN)/python -c 'print(open("$(VENV)/.place").read().strip())' 2>/dev/null),$(CURDIR))
.PHONY: $(VENV)/.pinned
endif

$(VENV)/.pinned: .pins/python.txt .ci/setup-python
	@.ci/setup-python $(VENV) .pins/python.txt
	@echo "$(CURDIR)" > $(VENV)/.place
	@touch $@

$(VENV)/.ready: $(VENV)/.pinned pyproject.toml
	@$(BIN)/python -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.node/.ready: .pins/package-lock.json .ci/setup-node $(VENV)/.pinned
	@.ci/setup-node
	@touch $@

$(BENCH_VENV)/.ready: .pins/bench.txt .ci/setup-python
	@.ci/setup-python $(BENCH_VENV) .pins/bench.txt
	@touch $@

$(DOCS_VENV)/.ready: .pins/docs.txt .ci/setup-python
	@.ci/setup-python $(DOCS_VENV) .pins/docs.txt
	@touch $@

$(PINS_VENV)/.ready: $(VENV)/.pinned
	@$(BIN)/python -m venv --clear $(PINS_VENV)
	@$(PINS_VENV)/bin/python -m pip install --quiet --quiet uv==$(UV)
	@touch $@
