package livekitdev

import (
	"fmt"
	"sync"

	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

// quiet lets the SDK's clients in this process log errors only. Its logger is a
// package variable, and clients that ended may still read it: it is set once.
var quiet = sync.OnceValue(func() error {
	l, err := logger.NewZapLogger(&logger.Config{Level: "error"})
	if err != nil {
		return fmt.Errorf("make a logger for LiveKit's clients: %w", err)
	}
	lksdk.SetLogger(l)
	return nil
})
