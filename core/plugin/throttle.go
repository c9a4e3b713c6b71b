package plugin

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type throttleServer struct {
	hostv1.UnimplementedThrottleServer
	host module.Host
}

// Allow serves Throttle.Allow.
func (s throttleServer) Allow(ctx context.Context, in *hostv1.AllowRequest) (*hostv1.AllowResponse, error) {
	wait, err := s.host.Throttle().Allow(ctx, in.GetScope(), in.GetKey())
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.AllowResponse{Wait: durationpb.New(wait)}, nil
}

// Throttle calls the gateway.
func (h *remoteHost) Throttle() module.Throttle {
	return remoteThrottle{hostv1.NewThrottleClient(h.conn)}
}

type remoteThrottle struct{ c hostv1.ThrottleClient }

// Allow is module.Throttle.
func (r remoteThrottle) Allow(ctx context.Context, scope, key string) (time.Duration, error) {
	out, err := r.c.Allow(ctx, &hostv1.AllowRequest{Scope: scope, Key: key})
	return out.GetWait().AsDuration(), fromStatus(err)
}
