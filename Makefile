# bpftest: `make matrix` and `make test` are all it takes on a fresh Debian 12 with Swift, as root or with sudo.
# The second run installs, builds and fetches nothing.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

# Swift where its installer puts it, should PATH not say.
export PATH := $(PATH):/opt/swift/usr/bin:/usr/share/swift/usr/bin
# Cores to build on.
JOBS ?= $(shell nproc)
# More for bpftest itself: make matrix ARGS='--kernels lts --markdown report.md'
ARGS ?=

PACKAGES := libbpf-dev libelf-dev zlib1g-dev libxxhash-dev pkgconf qemu-system-x86 busybox-static \
  xz-utils zstd lz4 bzip2 gzip ca-certificates debian-archive-keyring gpgv iproute2 tshark netbase python3-venv

# Both executables are static, so that they run on any machine and the agent in any kernel's initramfs. They share one
# release build; tests have a debug build of their own, in which every warning is an error.
RELEASE := .build/static
CHECKED := .build/checked
# A package that depends on this one, built from scratch as its user would. SwiftPM (6.3) doesn't notice new files of a
# package that another depends on by path: its plan of the build is made anew.
CONSUMER := .build/consumer
CLI := $(RELEASE)/release/bpftest
AGENT := $(RELEASE)/release/bpftest-guest
# What packets are compared with, in tests and in measurements alone.
SCAPY := .build/scapy
# Times the usual number of mutated inputs: a million frames and captures.
FUZZ ?= 500
# Folders too: their times tell of files that are gone.
SOURCES := Package.swift $(shell find Sources)
TESTS := $(shell find Tests -not -path '*/.*' -not -path 'Tests/Consumer/*')
CHECKED_BUILD := env BPFTEST_STRICT=1 swift build --build-tests -j $(JOBS) --scratch-path $(CHECKED)

.PHONY: help setup build kernels matrix types test fuzz lint bench clean

help: ## say what there is to make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

setup: ## install the Debian packages that are missing
	@missing=(); \
	for package in $(PACKAGES); do \
	  [[ $$(dpkg-query -W -f='$${db:Status-Status}' $$package 2>/dev/null || true) == installed ]] || missing+=($$package); \
	done; \
	if (( $${#missing[@]} )); then \
	  echo "installing $${missing[*]}"; \
	  sudo=(); \
	  if (( EUID )); then \
	    type -P sudo >/dev/null || { echo "make setup: needs root or sudo to install $${missing[*]}" >&2; exit 1; }; \
	    sudo=(sudo); \
	  fi; \
	  install=("$${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install -y \
	    --no-install-recommends "$${missing[@]}"); \
	  log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	  if ! "$${install[@]}" >"$$log" 2>&1; then \
	    echo "refreshing the package lists"; \
	    "$${sudo[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq update; \
	    "$${install[@]}" >"$$log" 2>&1 || { cat "$$log" >&2; exit 1; }; \
	  fi; \
	fi
	@type -P swift >/dev/null || { echo "make setup: Swift 6.2 or newer isn't on PATH; see https://www.swift.org/install" >&2; exit 1; }

build: $(RELEASE)/.built ## build bpftest and its guest agent, static

$(RELEASE)/.built: $(SOURCES) | setup
	@echo "building bpftest and bpftest-guest"
	@swift build -c release -j $(JOBS) -Xswiftc -static-executable -Xlinker -s --scratch-path $(RELEASE) --quiet
	@touch $@

kernels: build ## fetch the kernels of kernels/catalog.yaml
	@$(CLI) kernels fetch

matrix: build kernels ## run fixtures/ on every kernel (ARGS='--kernels lts' for fewer)
	@$(CLI) matrix fixtures $(ARGS)

types: build kernels ## write the README's table of program and map types from a run
	@$(CLI) matrix fixtures/types --json - $(ARGS) | python3 fixtures/types/table.py README.md

$(CHECKED)/.built: $(SOURCES) $(TESTS) | setup
	@echo "building the tests"
	@$(CHECKED_BUILD) --quiet
	@touch $@

$(SCAPY)/.built: Tests/PacketsTests/Scapy/requirements.txt | setup
	@echo "installing Scapy, which packets are compared with"
	@python3 -m venv $(SCAPY)
	@$(SCAPY)/bin/pip --quiet --disable-pip-version-check install -r $<
	@touch $@

test: build kernels $(SCAPY)/.built $(CHECKED)/.built ## run all tests
	@# Maps are pinned there; systemd mounts it, containers and small systems often don't.
	@(( EUID )) || [[ $$(stat -f -c %T /sys/fs/bpf) == bpf_fs ]] || mount -t bpf bpf /sys/fs/bpf
	@BPFTEST_STRICT=1 BPFTEST_CLI=$(CURDIR)/$(CLI) BPFTEST_GUEST=$(CURDIR)/$(AGENT) \
	  BPFTEST_SCAPY_PYTHON=$(CURDIR)/$(SCAPY)/bin/python \
	  swift test --skip-build --scratch-path $(CHECKED) $(ARGS)
	@if [[ -z "$(ARGS)" ]]; then \
	  echo "testing as a user's package does"; \
	  rm -f $(CURDIR)/$(CONSUMER)/debug.yaml; \
	  swift test --package-path Tests/Consumer --scratch-path $(CURDIR)/$(CONSUMER) -j $(JOBS) --quiet; \
	  Tests/Consumer/headers.sh $(CURDIR)/$(CONSUMER); \
	fi

fuzz: | setup ## feed a million mutated packets and more to the parsers
	@BPFTEST_FUZZ=$(FUZZ) swift test -c release -Xswiftc -enable-testing -j $(JOBS) --scratch-path .build/fuzz \
	  --filter utated $(ARGS)

lint: $(CHECKED)/.built ## check the format, and that nothing warns
	@swift format lint --strict -r --configuration .swift-format Package.swift Sources Tests

# The whole programs of fixtures/, each a test suite as users have them, without the collection of types.
bench: build kernels $(SCAPY)/.built ## measure speed, as ratios to baselines of the same run
	@BPFTEST_GUEST=$(CURDIR)/$(AGENT) BPFTEST_SCAPY_PYTHON=$(CURDIR)/$(SCAPY)/bin/python \
	  $(RELEASE)/release/bpftest-bench $(filter-out fixtures/types/,$(wildcard fixtures/*/))

clean: ## remove everything built; kernels and snapshots stay in the cache folder
	rm -rf .build
