# On a new machine, only make demo and make test are needed.

SHELL := /bin/bash
PREFIX ?= /usr/local
SWIFT ?= swift
# Debug builds enable the trait, so that all targets here share one build.
TRAITS := --traits Observability
# Rejects imports of undeclared dependencies, which an incremental build accepts.
CHECK := $(TRAITS) --explicit-target-dependency-import-check error
SOURCES := Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Benchmarks

.PHONY: demo docs test test-newest test-python-all lint bench bench-recordings bench-screen bench-hub soak program install package package-check deps-build deps-test \
    deps-package deps-package-check

demo: deps-build
	$(SWIFT) build -c release --product fusebox
	@exec .build/release/fusebox demo $(ARGS)

# Tests that wait for hubs, agents and screens run one at a time, so that other tests do not delay them.
PROCESS_TESTS := '(EndToEndTests|FaultTests|HubTests)\.'
test: deps-test
	$(SWIFT) build --build-tests $(CHECK)
	$(SWIFT) test $(TRAITS) --skip-build --skip $(PROCESS_TESTS)
	$(SWIFT) test $(TRAITS) --skip-build --no-parallel --filter $(PROCESS_TESTS)
	Clients/python/check .build/python tests/pinned.txt

# Tests the Python client with the newest versions of the libraries in CI. A failure here will soon affect users.
test-newest: deps-test
	$(SWIFT) build $(TRAITS) --product fusebox
	Clients/python/check .build/python-newest tests/newest.txt

# Tests the Python client with all libraries that it hooks, in pinned and in the newest versions.
test-python-all: deps-test
	$(SWIFT) build $(TRAITS) --product fusebox
	Clients/python/check .build/python-all tests/pinned-all.txt
	Clients/python/check .build/python-all-newest tests/newest-all.txt

lint: deps-build
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	@if grep -rnE '^(public |internal |@testable )*import Foundation' Sources \
	    --include='*.swift' | grep -vE '^Sources/(DashboardApp|Recording|ResilienceFoundation|Screen|fusebox|TestSupport)/'; then \
	    echo 'lint: Foundation is imported outside of DashboardApp, Recording, ResilienceFoundation, Screen, fusebox and tests' >&2; exit 1; fi
	@if grep -rnE 'import (Android|Darwin|Dispatch|Glibc|Musl)' Sources/Resilience \
	    --include='*.swift' | grep -v '^Sources/Resilience/Platform/Platform.swift:'; then \
	    echo 'lint: a system library is imported in Resilience outside of Platform.swift' >&2; exit 1; fi
	@Packaging/check-fetched
	@if grep -rnE '(^|[^.[:alnum:]_])print\(|Swift\.print\(|STDOUT_FILENO' Sources/fusebox Sources/HostSupport Sources/DashboardApp --include='*.swift' \
	    | grep -vE '^Sources/HostSupport/StandardOutput\.swift|isatty\(STDOUT_FILENO\)|^[^:]*:[0-9]+: *///'; then \
	    echo 'lint: print with StandardOutput, which checks every write' >&2; exit 1; fi
	$(SWIFT) build --build-tests $(CHECK)

# ARGS selects benchmarks, for example ARGS='--filter breaker.*'.
bench: deps-build
	$(SWIFT) package --package-path Benchmarks --disable-sandbox benchmark --target CallPath \
	    --format jmh --path $(CURDIR)/Benchmarks/.build/bench --no-progress $(ARGS)
	@$(SWIFT) run --package-path Benchmarks -c release --quiet Table \
	    Benchmarks/.build/bench/Current_run.jmh.json

# Builds the documentation's pictures, and the documentation as web pages in .build/docs.
docs: deps-build
	SWIFT='$(SWIFT)' Packaging/docs/build

# Measures a recording of ten million lines; ARGS=1000000 uses fewer.
bench-recordings: deps-build
	$(SWIFT) run --package-path Benchmarks -c release --quiet Recordings $(ARGS)

# Measures the installed dashboard with 1,000 and 10,000 strategies: CPU, bytes, memory and the time
# from a key to its frame.
bench-screen: deps-test program
	Benchmarks/screen $(STATIC)/release/fusebox

# Measures the installed hub: CPU for each line, memory and latency with up to 100,000 strategies,
# keyframes, and how costs grow. ARGS names parts, for example ARGS=growth.
bench-hub: deps-test program
	$(SWIFT) build --package-path Benchmarks -c release --product Agents
	Benchmarks/hub $(STATIC)/release/fusebox Benchmarks/.build/release/Agents $(ARGS)

# Long tests: 200 killed hubs, 1,000 agents for a minute, a flood of lines, and fuzzing of the line
# decoder and of the whole hub.
soak: deps-test
	$(SWIFT) build -c release --product fusebox
	$(SWIFT) build --build-tests $(CHECK)
	$(SWIFT) build --sanitize=address --scratch-path .build/sanitized --product fusebox
	Tests/Fuzz/lines 60
	FUSEBOX_SOAK=60 FUSEBOX_TOOL=$(CURDIR)/.build/release/fusebox \
	    FUSEBOX_SANITIZED=$(CURDIR)/.build/sanitized/debug/fusebox \
	    $(SWIFT) test $(TRAITS) --skip-build --no-parallel --filter FaultTests

# Tests every view at every size from 1x1 to 250x80. Optimized, because a debug build is too slow.
OPTIMIZED := -c release -Xswiftc -enable-testing --scratch-path .build/optimized
sizes: deps-build
	FUSEBOX_SOAK=1 $(SWIFT) test $(OPTIMIZED) --filter SizeTests

# Links the program statically, so that it needs no Swift runtime. make install and the packages use
# this build.
STATIC := .build/static
# Assertions in C contain file paths; this removes the path of the build directory.
BUILD_STATIC := $(SWIFT) build -c release --static-swift-stdlib --scratch-path $(STATIC) \
    -Xcc -ffile-prefix-map=$(CURDIR)=.
program: deps-build
	$(BUILD_STATIC) --product fusebox
	$(BUILD_STATIC) --product generate-manual

install: program
	Packaging/install $(STATIC) '$(DESTDIR)' $(PREFIX)

# Builds a .deb and a tarball in .build/package.
package: program deps-package
	Packaging/build $(STATIC) .build/package

# Tests the .deb in a new Debian root directory. Needs root.
package-check: package deps-package-check
	$(if $(filter 0,$(shell id -u)),,sudo) Packaging/check .build/package/*.deb

# --- System packages -----------------------------------------------------------------------------

# $(1): the missing Debian packages. As root, they are installed at once. Otherwise the command is
# shown and confirmed first; YES=1 confirms it.
define install_missing
	missing="$(strip $(1))"; \
	if [ -n "$$missing" ]; then \
	    if ! command -v apt-get >/dev/null; then \
	        echo "Install these packages with your system's package manager (Debian names): $$missing" >&2; \
	        exit 1; \
	    fi; \
	    command="apt-get install -y --no-install-recommends $$missing"; \
	    if [ "$$(id -u)" = 0 ]; then \
	        apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$command; \
	    else \
	        echo "Missing system packages: sudo $$command"; \
	        answer="$(YES)"; \
	        if [ -z "$$answer" ] && [ -t 0 ]; then read -rp 'Run this now? [y/N] ' answer; fi; \
	        case "$$answer" in 1|y|Y|yes) sudo apt-get update -qq && sudo $$command ;; \
	        *) echo 'Nothing was installed. Set YES=1 to install without a question.' >&2; exit 1 ;; esac; \
	    fi; \
	fi
endef

has_header = $(wildcard /usr/include/$(1) /usr/local/include/$(1) /usr/include/*/$(1))
has_command = $(shell command -v $(1) 2>/dev/null)
BUILD_PACKAGES = $(if $(call has_header,curses.h),,libncurses-dev) \
	$(if $(call has_header,zstd.h),,libzstd-dev) $(if $(call has_header,zlib.h),,zlib1g-dev)
TEST_PACKAGES = $(if $(call has_command,tmux),,tmux) $(if $(call has_command,socat),,socat) $(if $(call has_command,zstdcat),,zstd) \
	$(if $(shell python3 -c 'import ensurepip, venv; print(1)' 2>/dev/null),,python3 python3-venv) \
	$(if $(call has_command,promtool),,prometheus) $(if $(call has_command,curl),,curl)

PACKAGE_PACKAGES = $(if $(call has_command,dpkg-deb),,dpkg) \
	$(if $(call has_command,dpkg-shlibdeps),,dpkg-dev) $(if $(call has_command,lintian),,lintian)
CHECK_PACKAGES = $(if $(call has_command,debootstrap),,debootstrap)

deps-build:
	@command -v $(SWIFT) >/dev/null || \
	    { echo 'Swift 6.2 or newer is required: https://www.swift.org/install' >&2; exit 1; }
	@$(call install_missing,$(BUILD_PACKAGES))

deps-test: deps-build
	@$(call install_missing,$(TEST_PACKAGES))

deps-package: deps-build
	@$(call install_missing,$(PACKAGE_PACKAGES))

deps-package-check:
	@$(call install_missing,$(CHECK_PACKAGES))
