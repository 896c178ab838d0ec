# Two commands, nothing else: `make demo` runs Hajar with invented families, `make test` passes every test.
# Both set up what they need by themselves: Python packages in .venv, Node.js from a Python wheel in there too,
# front-end files in node_modules. Nothing but python3 (3.11 or later), python3-venv, make and ca-certificates
# has to be on the machine. `make help` lists the other targets.
PYTHON ?= python3
PORT ?= 8000
ROOMS := hajar beneficiaries distributions
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PYTEST := pytest -q -n 2

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset setup test test-sqlite test-postgres test-browser test-js check bench lock messages clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up: each stamp is remade when the lock it stands for changes ------------------------------------------

$(BIN)/uv: requirements/uv.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# What running needs. The developer's packages are a superset at the same versions, so they count too.
.venv/.running: requirements/demo.txt $(BIN)/uv
	uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements/demo.txt
	@touch $@

.venv/.developing: requirements/dev.txt $(BIN)/uv
	uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/dev.txt
	@touch $@ .venv/.running

node_modules/.running: package-lock.json | .venv/.running
	@test -e node_modules/.developing || npm ci --omit=dev --silent
	@touch $@

node_modules/.developing: package-lock.json | .venv/.developing
	npm ci --silent
	@touch $@ node_modules/.running

setup: .venv/.developing node_modules/.developing ## install everything that developing needs

# --- running ---------------------------------------------------------------------------------------------------

demo: .venv/.running node_modules/.running ## run with invented families (PORT=8000)
	@python manage.py messages --compile
	@python manage.py migrate --verbosity 0
	@python manage.py createcachetable
	@HAJAR_DEMO=1 python manage.py demo --port $(PORT)
	@HAJAR_DEMO=1 python manage.py runserver --verbosity 0 $(PORT)

demo-reset: ## forget what was entered in the demo and begin again
	rm -rf db.sqlite3 db.sqlite3-wal db.sqlite3-shm media
	@$(MAKE) --no-print-directory demo
