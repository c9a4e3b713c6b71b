// Package lkproto is the part of LiveKit's protocol that Foyer speaks: messages
// of its RoomService, AgentDispatchService and Egress, and its webhooks, with
// LiveKit's names and numbers (github.com/livekit/protocol).
//
// LiveKit's own package links the message broker, the validator and the logger of
// its servers into every program that names one of its types: ADR 46.
package lkproto

//go:generate sh -c "GOBIN=$(cd ../../.. && pwd)/.bin go -C ../../../tools install tool"
//go:generate sh -c "protoc --plugin=../../../.bin/protoc-gen-go -I . --go_out=. --go_opt=paths=source_relative livekit.proto"
