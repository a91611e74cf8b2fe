# SPDX-License-Identifier: Apache-2.0
# Shortcuts to the presets of CMakePresets.json. Every target sets up what is missing first (tools/setup).
#
#: make demo          what weir does, on real videos
#: make test          everything that must pass: unit tests under the sanitizers, the others also as users run it
#:
#: make build         the program: build/release/weir
#: make bench         the figures: a table and JSON
#: make check         what CI runs: format-check, then test
#: make asan          unit and contract tests with the address and undefined-behaviour sanitizers
#: make tsan          the tests that have threads with the thread sanitizer
#: make aarch64      the program for 64-bit ARM boards, cross-compiled, and its unit tests under QEMU
#: make format        formats the C++ files
#: make format-check  says which C++ files are not formatted
#: make setup         installs what is missing: system packages, and Python packages into .deps/
#: make clean         removes build/ and demo/ (.deps/ stays)

.PHONY: help demo test build bench check asan tsan aarch64 format format-check setup clean FORCE
help:
	@sed -n 's/^#: \{0,1\}//p' Makefile

demo: build
	@tools/demo

build: build/release/build.ninja
	cmake --build --preset release --target weir

# Every test runs at least once: those of one module under the address sanitizer, those with threads also under the
# thread sanitizer, and those of the whole also in the release build. (The dev preset builds and runs all.)
test: build/release/build.ninja
	@tools/setup test || echo "tests that need one of tools/packages-test.txt are skipped"
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

aarch64: setup
	tools/setup aarch64
	cmake --preset aarch64
	cmake --build --preset aarch64
	ctest --preset aarch64

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
