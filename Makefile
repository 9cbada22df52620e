# Pocketdesk: `make demo` shows it, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Debian's own Python where it is new enough: it is built with more optimisation than most.
PYTHON ?= $(shell for p in /usr/bin/python3 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
HOST ?= 127.0.0.1
PORT ?= 8000
# Extra words for pytest: make test-faults PYTEST="-k sockets"
PYTEST ?=

export UV_PYTHON_DOWNLOADS := never
export PATH := $(CURDIR)/.venv/bin:$(PATH)
UV := .uv/bin/uv
STATIC := server/pocketdesk/app/static

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -name '*.test.*' 2>/dev/null)

DOCS_SOURCES := $(wildcard docs/howto/*.md) tools/docs.py tools/docs.css

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---- What is installed, each step once -----------------------------------------------------------------------------

$(UV): requirements/uv.txt tools/install-uv
	@echo "→ uv"
	@tools/install-uv $(PYTHON)
	@touch $@

# What runs the server and builds its pages.
.venv/.build: requirements/build.txt pyproject.toml $(UV)
	@echo "→ Python packages"
	@$(UV) venv --quiet --allow-existing --python $(PYTHON) .venv
	@$(UV) pip install --quiet --require-hashes -r requirements/build.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# And what tests it.
.venv/.dev: requirements/dev.txt .venv/.build
	@echo "→ Python packages for development"
	@$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	@$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

web/node_modules/.installed: web/package-lock.json | .venv/.build
	@echo "→ npm packages"
	@cd web && npm ci --silent
	@touch $@

sdk/react-native/node_modules/.installed: sdk/react-native/package-lock.json | .venv/.build
	@echo "→ npm packages of the React Native SDK"
	@cd sdk/react-native && npm ci --silent
	@touch $@

$(STATIC)/.built: $(WEB_SOURCES) $(DOCS_SOURCES) web/node_modules/.installed
	@echo "→ chat page, console and documentation"
	@cd web && npm run --silent build
	@python -m tools.docs
	@touch $@

.PHONY: setup build-web
setup: .venv/.dev web/node_modules/.installed $(STATIC)/.built ## Install everything for development and build the web pages

build-web: $(STATIC)/.built ## Build the chat page, the console and the documentation into the server's static folder

# ---- Run -------------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: .venv/.build $(STATIC)/.built ## Install, build, seed and serve a demo (HOST, PORT)
	@exec .venv/bin/pocketdesk demo --host $(HOST) --port $(PORT)

# ---- Check -----------------------------------------------------------------------------------------------------------

TEST_PACKAGES := postgresql-15 chromium webkit2gtk-driver gir1.2-webkit2-4.1 python3-gi xvfb \
	fonts-noto-core fonts-noto-color-emoji fonts-droid-fallback
ANDROID_PACKAGES := maven openjdk-17-jdk-headless
MAVEN := mvn --batch-mode --quiet -Dstyle.color=never --file sdk/android/pom.xml clean package
BENCH_PACKAGES := postgresql-15 gcc make libc6-dev chromium

.PHONY: check format test test-react-native test-android test-ios test-faults bench
check: setup ## The fast loop: format, lint, types, layers, house rules, sizes, fast tests
	@python tools/check.py

format: setup ## Format everything and mend what the linters can mend
	@ruff check --fix --quiet || true
	@ruff format --quiet
	@cd web && npm run --silent format

test: setup ## Every tier of tests, in real browsers and on real databases
	@tools/system-packages $(TEST_PACKAGES)
	@python tools/check.py --static
	@cd web && npm run --silent test
	@$(MAKE) test-react-native
	@pytest -n 2 --dist loadfile server/tests tools

test-react-native: sdk/react-native/node_modules/.installed ## The React Native SDK: types, vectors, shell and component
	@cd sdk/react-native && npm --silent test

test-android: .venv/.dev ## The Android SDK: vectors, core, layer, AAR, and the hostile run (not part of make test)
	@tools/system-packages $(ANDROID_PACKAGES)
	@$(MAVEN)
	@python sdk/conformance --app --seed 24 java @sdk/android/core/target/driver.args

.PHONY: sdk-android
sdk-android: ## Build the Android SDK: sdk/android/android/target/pocketdesk-android-*.aar
	@tools/system-packages $(ANDROID_PACKAGES)
	@$(MAVEN) -DskipTests
	@ls sdk/android/android/target/pocketdesk-android-*.*

test-ios: ## The iOS SDK, in a Debian with Swift that is made once (root, 3.5 GB; not part of make test)
	@tools/swift-chroot nice swift format lint --strict --recursive Package.swift Sources Tests StandIns Demo
	@tools/swift-chroot nice swift test --quiet --disable-xctest --scratch-path /var/tmp/pocketdesk-ios

test-faults: setup ## Kill the server 200 times under load; nothing acknowledged may be lost
	@tools/system-packages postgresql-15
	@POCKETDESK_FAULT_KILLS=$${POCKETDESK_FAULT_KILLS:-200} .venv/bin/pytest --timeout 7200 server/tests/faults $(PYTEST)

bench: setup ## Measure against the bare limits; results in bench/results
	@tools/system-packages $(BENCH_PACKAGES)
	@$(MAKE) -C bench

# ---- Look after ------------------------------------------------------------------------------------------------------

COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

.PHONY: lock clean
lock: $(UV) ## Write the lock files anew from pyproject.toml and web/package.json (UPGRADE=1: newest versions)
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group build -c requirements/runtime.txt -o requirements/build.txt
	@$(COMPILE) $(if $(UPGRADE),--upgrade) pyproject.toml --group dev -c requirements/build.txt -o requirements/dev.txt
	@$(if $(UPGRADE),echo uv | $(COMPILE) --upgrade - -o requirements/uv.txt)
	@$(MAKE) .venv/.build
	@cd web && npm install --silent --package-lock-only

clean: ## Remove what was installed or built here (not data/)
	@rm -rf .uv .venv build dist web/node_modules web/*/node_modules sdk/*/node_modules sdk/*/dist sdk/*/build sdk/android/*/target $(STATIC)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
