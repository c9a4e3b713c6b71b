package livekitdev

import (
	"time"

	lksdk "github.com/livekit/server-sdk-go/v2"
)

// OnLoopback are the options of clients that join rooms here: the server has no
// regions, and on a machine at work a client may take longer than the SDK's 5 s.
func OnLoopback() []lksdk.ConnectOption {
	return []lksdk.ConnectOption{lksdk.WithDisableRegionDiscovery(), lksdk.WithConnectTimeout(time.Minute)}
}
