# The front door: `make` prints what there is. CI calls these names and nothing else.
# Node 24 comes as an npm package, so that the machine's own Node.js does not matter.
SHELL := /bin/bash
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
.DEFAULT_GOAL := help
.PHONY: help

help: ## Print this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  %-20s %s\n", $$1, $$2 }'

node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

.PHONY: check lint unit golden build generate verify clean
check: node_modules/.installed ## Type-check everything
	npm run --silent check

lint: node_modules/.installed ## Lint and spell-check
	npm run --silent lint

unit: node_modules/.installed ## Unit tests: rules, goldens, contracts on fakes, architecture
	npm run --silent test

golden: node_modules/.installed ## Rewrite the goldens; read the diff before you commit it
	npm run --silent golden

build: node_modules/.installed ## Bundle the command: dist/belfry.js and what lies beside it
	npm run --silent build

generate: node_modules/.installed ## Write crds/, docs/reference and RBAC from their sources
	npm run --silent generate

verify: generate ## Fail when a generated file is not what its source says
	git diff --exit-code -- crds config docs/reference docs/dashboards.md docs/requests.md

.PHONY: test tools e2e-prometheus e2e-apiserver e2e-faults e2e-node verified reliability
test: check lint build ## Every test there is, the ones on real programs included; needs Go, and root for the node
	@node e2e/support/run-suites.ts unit e2e/prometheus e2e/apiserver e2e/faults e2e/node

tools: node_modules/.installed ## Build the real programs that tests run (Prometheus, Kubernetes ...), into ~/.cache/belfry; an hour on 2 cores
	@node e2e/support/tools.ts

e2e-prometheus: node_modules/.installed ## Tests against real Prometheus, promtool, Alertmanager
	@node e2e/support/run-suites.ts e2e/prometheus

e2e-apiserver: node_modules/.installed ## Tests against etcd and kube-apiserver
	@node e2e/support/run-suites.ts e2e/apiserver

e2e-faults: node_modules/.installed build ## Faults of API server, Prometheus, Alertmanager, others and the operator itself, on real programs
	@node e2e/support/run-suites.ts e2e/faults

reliability: node_modules/.installed build ## The same, and the times to recover go into docs/reliability.md
	@BELFRY_FAULTS_SLOW=1 BELFRY_FAULTS_REPORT=docs/reliability.md node e2e/support/run-suites.ts e2e/faults

e2e-node: node_modules/.installed build ## Tests on a real node: containerd, kubelet, pods; needs root
	@node e2e/support/run-suites.ts e2e/node

verified: node_modules/.installed build ## The same, and what was shown goes into docs/verified.md
	@BELFRY_VERIFIED=docs/verified.md node e2e/support/run-suites.ts e2e/node

.PHONY: demo demo-down
demo: node_modules/.installed build ## From nothing to a monitored shop and an alert that reached its pager; needs Linux, root, Go
	@node e2e/demo/demo.ts up

demo-down: node_modules/.installed ## End the demo, leave nothing behind
	@node e2e/demo/demo.ts down

clean: ## Remove what builds leave in the checkout
	rm -rf dist node_modules

.PHONY: bench-live bench-scale bench-pass
N ?= 5000
bench-scale: node_modules/.installed build ## What Belfry costs at N (5000) targets, and prometheus-operator on the same machine; 10 minutes
	@node e2e/bench/scale.ts --size $(N) --out docs/benchmarks

.PHONY: bench-scale-plot bench-cli
bench-scale-plot: node_modules/.installed ## Plots of all sizes that bench-scale has measured
	@node e2e/bench/plot.ts docs/benchmarks

bench-cli: node_modules/.installed build ## How long the command takes, and what the operator needs with one idle stack
	@node e2e/bench/cli.ts --out docs/benchmarks

bench-pass: node_modules/.installed ## CPU of one change at N targets without an API server: for profiles
	@node e2e/bench/pass.ts --size $(N)

bench-live: node_modules/.installed build ## From kubectl apply of a changed ScrapeTarget to Live=True, ten times, on a real node
	@node e2e/bench/live.ts

.PHONY: soak
MINUTES ?= 20
TARGETS ?= 2000
soak: node_modules/.installed build ## The operator under changes and faults: MINUTES=20 TARGETS=2000; memory, handles, lag, and whether it is right at the end
	@node e2e/soak/soak.ts --minutes $(MINUTES) --targets $(TARGETS)
