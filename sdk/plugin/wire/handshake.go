package wire

import (
	"errors"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
)

const (
	// PluginName is the only plugin that a module's process serves.
	PluginName = "module"
	// LogLevelVariable tells the child the host's log level.
	LogLevelVariable = "FOYER_MODULE_LOG_LEVEL"

	// MessageLimit bounds one gRPC message, in bytes. Bodies of HTTP requests are
	// not gRPC messages.
	MessageLimit = 4 << 20
	// callTimeout bounds calls without a deadline.
	callTimeout = 30 * time.Second
)

// ErrByHand is returned by Serve when no gateway started the program.
var ErrByHand = errors.New("this program is a Foyer module: the gateway starts it, see modules in its configuration")

// Handshake refuses a process that speaks another version of the protocol.
// Additions do not need a new version: see sdk/hostapi.
func Handshake() goplugin.HandshakeConfig {
	return goplugin.HandshakeConfig{
		ProtocolVersion:  2,
		MagicCookieKey:   "FOYER_MODULE",
		MagicCookieValue: "c1a7a0b0-2d0e-4c55-9a5e-7d1f3b9a6f10",
	}
}
