# The few verbs of this project. `make help` lists them.
STACK ?= dev
.DEFAULT_GOAL := help
.PHONY: help setup up down preview test lint bench images

help: ## list these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Python environment, Pulumi CLI and plugins
	@scripts/setup
	@scripts/run toolchain.setup

up: ## bring an environment up and prove that it works (STACK=dev)
	@scripts/setup
	@scripts/up -s $(STACK)

down: ## remove an environment; asks about its data volumes (STACK=dev, YES=1 removes them, KEEP=1 keeps them)
	@scripts/setup
	@scripts/down -s $(STACK) $(if $(YES),--yes) $(if $(KEEP),--keep-data)

preview: ## what a change would do; touches no host (STACK=dev)
	@scripts/setup
	@scripts/preview -s $(STACK)

images: ## pull or build the container images
	@scripts/setup
	@scripts/run toolchain.images

test: ## every tier of tests, on the real engine and real containers
	@scripts/setup
	@scripts/test

lint: ## types, style, shell scripts, published schema
	@scripts/setup
	@scripts/lint

bench: ## measure what the README claims
	@scripts/setup
	@scripts/run bench.run
