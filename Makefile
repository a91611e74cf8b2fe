# SPDX-License-Identifier: Apache-2.0
# Shortcuts to the presets of CMakePresets.json. Every target sets up what is missing first (tools/setup).
#
#: make demo          what weir does, on real videos
#: make test          everything that must pass: sanitized tests, all tests, what may include what
#:
#: make build         the program: build/release/weir
#: make bench         the figures: a table and JSON
#: make check         what CI runs: format-check, then test
#: make asan          unit and contract tests with the address and undefined-behaviour sanitizers
#: make tsan          the tests that have threads with the thread sanitizer
#: make format        formats the C++ files
#: make format-check  says which C++ files are not formatted
#: make setup         installs what is missing: system packages, and Python packages into .deps/
#: make clean         removes build/ and demo/ (.deps/ stays)

.PHONY: help demo test build bench check asan tsan format format-check setup clean FORCE
help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

demo: build
	@tools/demo

build: build/release/build.ninja
	cmake --build --preset release --target weir

# All tests come last: the count that closes the output is theirs.
test: build/release/build.ninja
	cmake --build --preset release
	$(MAKE) --no-print-directory asan
	$(MAKE) --no-print-directory tsan
	ctest --preset release

check: format-check
	$(MAKE) --no-print-directory test

asan: build/asan/build.ninja
	cmake --build --preset asan
	ctest --preset asan

# GCC 12's thread sanitizer can't place its shadow memory under some kernels' address randomisation.
tsan: build/tsan/build.ninja
	cmake --build --preset tsan
	$(shell setarch -R true 2>/dev/null && echo setarch -R) ctest --preset tsan

bench: build/release/build.ninja
	cmake --build --preset release
	bench/run

format: setup
	@tools/format

format-check: setup
	@tools/format --check

setup: .deps/.ready

clean:
	rm -rf build demo

# tools/setup touches the stamp only when it did something, so that nothing is configured again without need.
.deps/.ready: FORCE
	@tools/setup

build/%/build.ninja: CMakePresets.json .deps/.ready
	cmake --preset $*
	@touch $@
