package livekitdev

import (
	"context"

	"foyer/internal/dev/livekitserver"
)

// The development key pair, used unless Options says otherwise.
const (
	DevKey    = livekitserver.DevKey
	DevSecret = livekitserver.DevSecret
)

// Options are those of the server.
type Options = livekitserver.Options

// Server is a running server, whose rooms can be joined.
type Server struct{ *livekitserver.Server }

// Start is livekitserver.Start; clients in this process log errors only from then on.
func Start(ctx context.Context, o Options) (*Server, error) {
	if err := quiet(); err != nil {
		return nil, err
	}
	s, err := livekitserver.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	return &Server{s}, nil
}
