GOLANGCI := .bin/golangci-lint-2.15.0
# Nobody debugs the tests' programs: they are linked without what a debugger needs. What
# go vet would say, make lint says.
RACE := -race -ldflags=-w
TEST := $(RACE) -vet=off

# What libraries can leave out: gin's msgpack, gRPC's pages of traces. Plain go commands
# work too, the program is just larger: docs/adr/0046-what-the-program-weighs.md.
export GOFLAGS := $(strip $(GOFLAGS) -tags=nomsgpack,grpcnotrace)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: build size test test-faults lint bench bench-scale generate
build: ## dist/gateway
	go build -trimpath -ldflags "-s -w -X main.stamped=$(VERSION)" -o dist/gateway ./cmd/gateway

size: build ## what dist/gateway weighs, by package
	scripts/size dist/gateway ./cmd/gateway

test: .bin/versitygw .bin/livekit-server ## every test, with the race detector; installs PostgreSQL, PgBouncer and Redis on Debian where they are missing
	scripts/need
	go test -C sdk $(TEST) ./...
	go test -C examples/hello $(TEST) ./...
	go run $(RACE) ./internal/dev/shared go test $(TEST) -p 4 -parallel 4 -timeout 60m ./... # tests wait more than they work

test-faults: .bin/versitygw .bin/livekit-server ## the fault suite at full length, which make test runs in short
	scripts/need
	FOYER_CHAOS_RECORDINGS=200 go test $(TEST) -parallel 4 -count=1 -timeout 90m -run '^TestChaos' ./cmd/gateway

.bin/versitygw: tools/s3/go.sum # the S3 server of the tests
	go build -C tools/s3 -ldflags "-s -w" -o ../../$@ github.com/versity/versitygw/cmd/versitygw

.bin/livekit-server: tools/livekit/go.sum # the LiveKit server of the tests and the demo
	go build -C tools/livekit -ldflags "-s -w" -o ../../$@ github.com/livekit/livekit-server/cmd/server

# The linter reads what the tests have compiled, instead of compiling everything once more.
lint: export GOFLAGS := $(GOFLAGS) -race
lint: | $(GOLANGCI) ## import rules, docs, style
	$(GOLANGCI) run
	cd sdk && ../$(GOLANGCI) run --config ../.golangci.yml
	cd examples/hello && ../../$(GOLANGCI) run --config ../../.golangci.yml

$(GOLANGCI):
	GOFLAGS= GOBIN=$(CURDIR)/.bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	mv .bin/golangci-lint $@

bench: ## measures the figures and writes docs/benchmarks.md
	scripts/need
	go run ./cmd/bench -out docs/benchmarks.md

generate: ## protocol code, config.example.yaml, docs/configuration.md
	go generate -C sdk ./...
	go generate ./...

bench-scale: ## a million rooms, users and recordings against next to none; takes half an hour and 10 GB
	scripts/need
	go run ./cmd/bench -rows 1000000 -out docs/benchmarks-scale.md
