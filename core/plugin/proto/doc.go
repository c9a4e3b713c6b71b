// Package proto holds what a module in a process of its own serves to the
// gateway, module/v1. It is append-only; the generated code is committed. What
// the gateway serves to the module is in core/module/hostapi.
package proto

//go:generate sh -c "GOBIN=$(cd ../../.. && pwd)/.bin go -C ../../../tools install tool"
//go:generate sh -c "protoc --plugin=../../../.bin/protoc-gen-go --plugin=../../../.bin/protoc-gen-go-grpc -I . --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative module/v1/module.proto"
