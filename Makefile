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
ON_SQLITE := env -u DATABASE_URL

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset setup compiled test test-sqlite test-postgres test-browser test-js soak load check bench lock messages clean \
	production production-ready

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
	npm ci --omit=dev --silent
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
	@HAJAR_DEMO=1 DJANGO_RUNSERVER_HIDE_WARNING=true python manage.py runserver --noreload --verbosity 0 $(PORT)

demo-reset: ## forget what was entered in the demo and begin again
	rm -rf db.sqlite3 db.sqlite3-wal db.sqlite3-shm media
	@$(MAKE) --no-print-directory demo

# --- a server of one's own: docs/deploy.md -----------------------------------------------------------------------

production: $(BIN)/uv ## install what a server needs
	uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements/demo.txt
	uv pip install --quiet --require-hashes --python $(BIN)/python -r requirements/production.txt
	npm ci --omit=dev --silent
	python manage.py messages --compile

production-ready: ## migrate, collect static files and check (ENV=/etc/hajar.env)
	set -a; . $(ENV); set +a; \
	python manage.py migrate && python manage.py createcachetable && \
	python manage.py collectstatic --no-input && python manage.py check --deploy --database default

# --- testing ---------------------------------------------------------------------------------------------------

test: test-sqlite test-postgres test-browser test-js ## pass every test

test-sqlite: setup compiled ## the suite on SQLite
	$(ON_SQLITE) $(PYTEST) -m "not browser" $(ARGS)

test-postgres: setup compiled ## the tests that ask a database, on a throw-away PostgreSQL
	python scripts/with_postgres.py $(PYTEST) -m "not browser" --database-only $(ARGS)

# A browser on a busy machine loses a key or a click now and then: a story that fails is told once more, alone. What it
# met the first time stands above; one that needs this twice in a week has a fault, in itself or in the page.
test-browser: setup compiled ## the stories in Chromium
	$(ON_SQLITE) $(PYTEST) tests/browser $(ARGS) || \
	$(ON_SQLITE) $(PYTEST) -n 0 --last-failed --last-failed-no-failures none --maxfail 3 tests/browser $(ARGS)

test-js: setup ## the JavaScript tests
	npm test --silent

soak: setup compiled ## the long version of the sync tests: 10,000 interleavings, 200 kills on each engine
	SOAK=1 $(ON_SQLITE) pytest -q --timeout 3600 tests/distributions/test_sync_machine.py tests/distributions/test_sync_crashes.py
	SOAK=1 python scripts/with_postgres.py pytest -q --timeout 3600 tests/distributions/test_sync_machine.py tests/distributions/test_sync_crashes.py

compiled:
	@python manage.py messages --compile

# --- checking --------------------------------------------------------------------------------------------------

# Settings as in production, with nothing behind them.
PRODUCTION = env HAJAR_DEBUG=0 HAJAR_SECRET_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
	HAJAR_ALLOWED_HOSTS=hajar.example HAJAR_EMAIL_URL=dummymail:// DATABASE_URL=sqlite:///$$scratch/db.sqlite3 \
	HAJAR_STATIC_ROOT=$$scratch/static HAJAR_BACKUP_DIR=$$scratch/backups \
	HAJAR_BACKUP_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(32))")

check: setup ## lint, types, import law, migrations, translations, templates, deployment
	ruff check .
	ruff format --check .
	mypy $(ROOMS)
	lint-imports
	djlint --lint --quiet templates
	python manage.py makemigrations --check --dry-run
	python manage.py messages --check
	scratch=$$(mktemp -d); trap 'rm -rf "$$scratch"' EXIT; \
	$(PRODUCTION) python manage.py check --deploy --fail-level WARNING --database default && \
	$(PRODUCTION) python manage.py collectstatic --no-input --verbosity 0

load: setup compiled ## measure what the field can send at once (LOAD_SECONDS=60 LOAD_PHONES=300 LOAD_MARKDOWN=file)
	LOAD=1 $(ON_SQLITE) pytest -q -s --timeout 3600 tests/benchmarks/test_load.py $(ARGS)
	LOAD=1 python scripts/with_postgres.py pytest -q -s --timeout 3600 tests/benchmarks/test_load.py $(ARGS)

bench: setup compiled ## measure every main page (ARGS="--children 10000")
	python manage.py bench $(ARGS)

# --- keeping ---------------------------------------------------------------------------------------------------

messages: setup ## bring the French and Arabic catalogues in step with the code
	python manage.py messages

# dev.txt first: what runs and what is tested are then the same versions.
COMPILE := uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml

lock: $(BIN)/uv ## choose versions anew (ARGS=--upgrade for the newest)
	$(COMPILE) $(ARGS) --group dev -o requirements/dev.txt
	sed -n 's/^\([a-z].*==.*\) \\$$/\1/p' requirements/dev.txt > .venv/chosen.txt
	$(COMPILE) --constraint .venv/chosen.txt --group demo -o requirements/demo.txt
	$(COMPILE) --constraint .venv/chosen.txt --extra production -o requirements/production.txt
	awk '/^[a-z]/ {wanted = /^uv==/} wanted' requirements/dev.txt > requirements/uv.txt
	npm install --package-lock-only

clean: ## remove what was installed and made, but not the database
	rm -rf .venv node_modules staticfiles .chromium .*_cache .hypothesis
