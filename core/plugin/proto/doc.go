// Package proto holds the protocol between the gateway and a module in a
// process of its own: module/v1 is served by the module, host/v1 by the
// gateway. The packages are append-only; the generated code is committed.
package proto

//go:generate sh -c "GOBIN=$(cd ../../.. && pwd)/.bin go -C ../../../tools install tool"
//go:generate sh -c "protoc --plugin=../../../.bin/protoc-gen-go --plugin=../../../.bin/protoc-gen-go-grpc -I . --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative module/v1/module.proto host/v1/*.proto"
