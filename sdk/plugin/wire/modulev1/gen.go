package modulev1

//go:generate sh -c "GOBIN=$(cd ../../../.. && pwd)/.bin go -C ../../../../tools install tool"
//go:generate sh -c "protoc --plugin=../../../../.bin/protoc-gen-go --plugin=../../../../.bin/protoc-gen-go-grpc -I . --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative module.proto"
