# All that a developer or a first visitor types. Wants python3 (with venv) and make, and brings the rest:
# uv into .tools, Python packages and Node into .venv, the page's packages into web/node_modules.

UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
RUN := $(UV) run --no-sync
MAKEFLAGS += --no-print-directory

# Trust whom the system trusts, as pip does: behind a company's proxy, its certificate is among these.
CERTIFICATES := $(firstword $(wildcard /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt))
ifneq ($(CERTIFICATES),)
SSL_CERT_FILE ?= $(CERTIFICATES)
NODE_EXTRA_CA_CERTS ?= $(CERTIFICATES)
export SSL_CERT_FILE NODE_EXTRA_CA_CERTS
endif

.DEFAULT_GOAL := help
.PHONY: help serve dev test browsers faults fuzz check bench bench-page package simulate generate screens clean sync \
	test-python test-others test-clients test-processes test-stores test-web check-format check-lint check-types check-floors check-web check-generated

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo 'Arguments go in ARGS: make serve ARGS="--port 9000 --model-server http://localhost:11434/v1"'
	@echo 'What few need, in EXTRAS: make serve EXTRAS="postgres s3"'

serve: | $(UV) ## Start the server with its page
	@$(UV) run --no-dev $(EXTRAS:%=--extra %) tertulia serve $(ARGS)

dev: web/node_modules/.complete ## Start server and page, both anew when their sources change
	@trap 'kill $$server' EXIT; trap 'exit 130' INT TERM; \
	$(RUN) uvicorn --factory tertulia.asgi:app --port 8321 --reload --reload-dir src --timeout-graceful-shutdown 2 & server=$$!; \
	scripts/npm run dev

# What starts processes, browsers and official clients waits for them most of its time, so it runs beside the others;
# chosen tests run by themselves.
ifeq ($(ARGS),)
test: sync web/node_modules/.complete ## Run all tests
	@$(RUN) python scripts/side_by_side.py --again AGAIN=yes $(foreach part,others clients processes stores web,'$(MAKE) test-$(part)')
else
test: test-python test-web
endif

faults: sync ## Run the fault tests in full: minutes of kills, cuts and freezes
	TERTULIA_FAULTS=full $(RUN) pytest tests/faults -s $(ARGS)

fuzz: sync web/node_modules/.complete ## Read recorded turns over bad networks, for minutes
	TERTULIA_FAULTS=full nice scripts/npm test -- src/turn/bad-network.test.ts $(ARGS)

browsers: sync ## Lead Firefox and WebKitGTK through a talk
	@$(RUN) python -m tests.browsers $(ARGS)

check: check-format check-lint check-types check-floors check-web check-generated ## Check format, lint, types, floors, generated files

bench: sync ## Measure the server against calling the model server directly
	@$(RUN) python -m bench $(ARGS)

bench-page: sync ## Measure the page in Chromium beside a reference page; fails when a gate is not kept
	$(BROWSER) && $(RUN) python -m bench.page $(ARGS)

package: web/node_modules/.complete ## Build the npm package of React components into web/package/dist
	@scripts/npm run package --silent

simulate: sync ## Run simulated worlds: ARGS="--seeds 100000" for more, ARGS="--seed 4711" to replay one
	@$(RUN) python -m tests.simulation $(ARGS)

generate: web/node_modules/.complete ## Write openapi.json, the page's types and the sync client anew
	@$(RUN) python scripts/generate.py

screens: sync ## Take the pictures of all screens for the docs
	TERTULIA_CHROMIUM="$$($(RUN) python scripts/ensure_browser.py)" && export TERTULIA_CHROMIUM && $(RUN) python -m scripts.screens $(ARGS)

clean: ## Remove all that was brought or built
	rm -rf .venv .tools .*_cache .hypothesis dist web/dist web/node_modules web/coverage
	find src tests bench scripts -name __pycache__ -prune -exec rm -rf {} +

# --- The parts of `test` and `check`; `make -k check` goes on after a failure ---

PROCESSES := tests/faults tests/workshop
CLIENTS := tests/cli tests/e2e tests/identity tests/llama_stack
STORES := tests/contracts tests/simulation tests/store
BROWSER = TERTULIA_CHROMIUM="$$($(RUN) python scripts/ensure_browser.py)" && export TERTULIA_CHROMIUM
# A part that failed runs `AGAIN`, by itself: what failed in it, up to the first test that fails again. Each part remembers that apart.
PYTEST = $(RUN) pytest -o cache_dir=.pytest_cache/$@ $(if $(AGAIN),--last-failed --last-failed-no-failures=none --exitfirst,--cache-clear)

test-python: sync
	$(BROWSER) && $(RUN) pytest $(ARGS)

test-others: sync
	$(BROWSER) && $(PYTEST) $(patsubst %,--ignore=%,$(PROCESSES) $(CLIENTS) $(STORES)) $(ARGS)

test-clients: sync
	$(BROWSER) && $(PYTEST) $(CLIENTS) $(ARGS)

test-processes: sync
	$(PYTEST) $(PROCESSES) $(ARGS)

# These two wait for nobody's clock: they take what the others leave.
test-stores: sync
	nice $(PYTEST) $(STORES) $(ARGS)

test-web: web/node_modules/.complete
	nice scripts/npm test $(if $(AGAIN),-- --bail 1)

check-format: sync
	$(RUN) ruff format --check

check-lint: sync
	$(RUN) ruff check

check-types: sync
	$(RUN) pyright

check-floors: sync
	$(RUN) lint-imports --no-logo

check-web: web/node_modules/.complete
	scripts/npm run check

check-generated: web/node_modules/.complete
	$(RUN) python scripts/generate.py --check

# --- What is brought ---

sync: | $(UV)
	@$(UV) sync --quiet --locked

# `npm ci` empties node_modules, and the mark with it: also the build hook's, which installs no tools for developers.
web/node_modules/.complete: web/package-lock.json | sync
	scripts/npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier
	@touch $@

.tools/bin/uv:
	@command -v python3 >/dev/null || { echo 'This takes Python 3.11 or newer, and there is no python3.'; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		echo 'python3 is older than 3.11: uv will bring a newer one and leave yours alone.'
	@python3 -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo 'python3 cannot make environments: on Debian and Ubuntu, "apt install python3-venv" and try again.'; exit 1; }
	python3 -m venv .tools
	.tools/bin/python -m pip install --quiet uv
