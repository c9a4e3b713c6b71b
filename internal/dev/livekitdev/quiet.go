package livekitdev

import (
	"fmt"
	"sync"

	"github.com/livekit/protocol/logger"
	lksdk "github.com/livekit/server-sdk-go/v2"
)

// quiet makes the SDK's clients in this process log errors only. Its logger is a package
// variable that clients may still read after they have ended, so it is set only once.
var quiet = sync.OnceValue(func() error {
	l, err := logger.NewZapLogger(&logger.Config{Level: "error"})
	if err != nil {
		return fmt.Errorf("make a logger for LiveKit's clients: %w", err)
	}
	lksdk.SetLogger(l)
	return nil
})
