# Bluewire: what people run here. `make help` lists it.

SWIFT ?= swift
BUILD_FLAGS ?=

.PHONY: help demo build test conformance deep bench lint setup-run setup-test clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: ## simulated Messages, the gateway and an agent, in your browser
	@BLUEWIRE_STARTED=$$(date +%s) Scripts/demo

build: setup-run ## build the debug binary
	$(SWIFT) build $(BUILD_FLAGS) --product bluewire

test: setup-test ## all tests
	@Scripts/test

conformance: setup-test ## foreign programs drive the debug binary
	@Scripts/conformance

deep: setup-test ## long runs: release build, more mutations and schedules, sanitizers
	@Scripts/deep

bench: setup-run ## the performance budget beside its baselines
	@Scripts/bench

lint: ## formatting, headers, import and naming rules
	@Scripts/lint

setup-run:
	@Scripts/setup run

setup-test:
	@Scripts/setup test

clean: ## remove build products
	rm -rf .build Benchmarks/.build artifacts
