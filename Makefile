# Development commands. Run make alone for a list.

# The vendors' pages for `make pages`: make pages PAGES="ionos.md triton.md"
PAGES ?=

# How long `make fuzz` runs each target: make fuzz FUZZTIME=10m
FUZZTIME ?= 60s

# How many changes `make mutants` tests, and which: make mutants MUTANTS=150 SEED=7
MUTANTS ?= 40
SEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help check update codegen generate test race test-go127 fuzz gofmt vet golangci lint tidy drift pages redocly contract diff-edits test-bench platforms actionlint test-examples test-clients update-clients bench readme mutants update-api

help: ## Explain the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check: ## Run every gate, as continuous integration does (.ci/run)
	@.ci/run

# Imports the page, merges, generates and checks; lists what is left to decide; and says what the change is for callers.
# When something is wrong with the page or with what api/ says about it, the files stay as they were.
update: ## Take a vendor's changed page: make update PAGE=page.md [FLAGS="-address URL -removals"]
	@test -n "$(PAGE)" || { echo "say which page: make update PAGE=page.md"; exit 1; }
	@go run ./internal/specgen update $(FLAGS) "$(PAGE)"

# Whether other people's generators take the documents: openapi-typescript, and oapi-codegen's server for the standard library.
codegen: ## Generate TypeScript types and a Go server from each cloud's document, and compile them (needs Node)
	@.ci/codegen

generate: ## Make openapi.yaml from api/, and gen/ from openapi.yaml
	go generate ./...

test: ## Run all tests
	go test ./...

race: ## Run all tests under the race detector
	GOFLAGS="$(GOFLAGS) -race -timeout=15m" go test ./...

# From Go 1.27 on, encoding/json is made of encoding/json/v2: what it does with odd documents must be the same.
test-go127: ## Run the tests of gen, wrapper and specgen with Go 1.27
	@if GOTOOLCHAIN=go1.27.1 go version >/dev/null 2>&1; then \
		GOTOOLCHAIN=go1.27.1 go test ./gen ./wrapper ./internal/specgen; \
	elif test "$$CI" = true; then \
		echo "Go 1.27 cannot be had, and must be in continuous integration"; exit 1; \
	else \
		echo "skipped: Go 1.27 cannot be had"; \
	fi

# Every test run has the seeds; this looks for more. What it finds is written to testdata/fuzz. Go 1.27, because
# earlier ones may fail at the end of FUZZTIME with "context deadline exceeded" and no finding (golang/go 75804).
fuzz: ## Run every fuzz target for FUZZTIME (60s)
	@export GOTOOLCHAIN=go1.27.1; go list ./... | while read -r package; do \
		targets=$$(go test -list '^Fuzz' "$$package") || { echo "$$targets"; exit 1; }; \
		for target in $$(echo "$$targets" | grep '^Fuzz'); do \
			echo "== $$target of $$package"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" </dev/null || exit 1; \
		done; \
	done

lint: gofmt vet golangci ## Run the linters: gofmt, vet, golangci

gofmt: ## Find Go files that gofmt would change
	@files=$$(gofmt -l .); test -z "$$files" || { echo "run gofmt -w on:"; echo "$$files"; exit 1; }

vet: ## Run go vet
	go vet ./...

# Built by the Go that this module needs, so that it reads the same language: some minutes the first time.
golangci: ## Run golangci-lint; its list of linters is in .golangci.yml
	go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 run ./...

tidy: ## Find what `go mod tidy` would change in go.mod and go.sum
	go mod tidy -diff

drift: ## Generate twice in a copy of the tree; find what changes
	@.ci/drift

pages: ## Compare openapi.yaml with its sources, and with the vendors' pages in PAGES
	go run ./internal/specgen check $(PAGES)

redocly: ## Lint openapi.yaml with Redocly (needs Node)
	@if command -v npx >/dev/null; then \
		npx --yes @redocly/cli@2.77.0 lint --config api/redocly.yaml openapi.yaml; \
	elif test "$$CI" = true; then \
		echo "Node is not installed, and must be in continuous integration"; exit 1; \
	else \
		echo "skipped: Node is not installed"; \
	fi

contract: ## Check traffic, coverage, bodies and changes against openapi.yaml (needs Node)
	@.ci/contract

diff-edits: ## Rate every edit of a document in both modes; the gates compare a sample as checkouts
	CLOUDROSTER_TOOLS=1 CLOUDROSTER_EDITS=all go test -count=1 -timeout 60m -run TestEveryEditHasItsClass ./cmd/cloudroster

test-bench: ## Run the tests of bench/
	cd bench && go vet ./... && go test ./...

# Most flows wait for a Node program to start, or sleep between two polls: more of them at a time than there are cores.
test-clients: ## Run the vendors' own clients against the in-memory clouds, and compare the tables (needs Node)
	@cd clients && go vet ./... && if command -v npm >/dev/null || test "$$CI" = true; then \
		go test -count=1 -timeout 30m -parallel 6 ./...; \
	else \
		echo "skipped: Node is not installed"; \
	fi

update-clients: ## Run the vendors' own clients, and write docs/clients.md and the table of the README
	cd clients && CI=true go test -count=1 -timeout 30m -parallel 6 -run 'TestClients$$' . -update

# plan9 and js build what is imported; the programs need signals and process groups.
platforms: ## Build for other platforms, and compile the tests for 386
	@for target in windows/amd64 darwin/arm64 linux/386; do \
		echo "$$target"; GOOS=$${target%/*} GOARCH=$${target#*/} go build ./... || exit 1; \
	done
	@for target in plan9/amd64 js/wasm; do \
		echo "$$target"; GOOS=$${target%/*} GOARCH=$${target#*/} go build ./wrapper/... ./gen/... ./contract || exit 1; \
	done
	GOARCH=386 go vet ./wrapper/... ./gen/...
	@if test "$$(go env GOOS GOARCH | tr '\n' /)" = linux/amd64/; then GOARCH=386 CGO_ENABLED=0 go test ./wrapper/... ./gen/...; fi

actionlint: ## Check the workflows in .github and in docs/recipes
	go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
	awk '/^```yaml$$/ {on = 1; next} /^```$$/ {on = 0} on' docs/recipes/README.md | \
		go run github.com/rhysd/actionlint/cmd/actionlint@v1.7.12 -

test-examples: ## Test the examples that are modules of their own
	cd examples/sync && go vet ./... && go test ./...
	cd examples/observe && go vet ./... && go test ./...

bench: ## Measure beside the vendors' SDKs and the bare standard library (15 minutes; a module of its own)
	cd bench && go run ./report

readme: ## Run every command and build every program of the README in a fresh clone
	CLOUDROSTER_TOOLS=1 go test -count=1 -v -run TestReadmeCommandsRun ./internal/repotest

# A change that no test fails for is printed: internal/mutants says how to read it.
mutants: ## Change wrapper in MUTANTS (40) places, one at a time, and count the changes that its tests notice
	go run ./internal/mutants -n $(MUTANTS) -seed $(SEED)

update-api: ## Add what is new in the public API to its golden files
	go test ./internal/repotest -run TestPublicAPI -count=1 -update
