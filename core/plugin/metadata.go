package plugin

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type metadataServer struct {
	hostv1.UnimplementedMetadataServer
	host module.Host
}

// Merge serves Metadata.Merge.
func (s metadataServer) Merge(ctx context.Context, in *hostv1.MetadataMergeRequest) (*hostv1.MetadataMergeResponse, error) {
	room, err := parseID(in.GetRoom())
	if err != nil {
		return nil, err
	}
	set := map[string]json.RawMessage{}
	for k, v := range in.GetSet() {
		set[k] = v
	}
	live, err := s.host.Metadata().Merge(ctx, room, set, in.GetDrop()...)
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.MetadataMergeResponse{Live: live}, nil
}

// Metadata calls the gateway.
func (h *remoteHost) Metadata() module.Metadata {
	return remoteMetadata{hostv1.NewMetadataClient(h.conn)}
}

type remoteMetadata struct{ c hostv1.MetadataClient }

// Merge is module.Metadata.
func (r remoteMetadata) Merge(ctx context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (bool, error) {
	in := &hostv1.MetadataMergeRequest{Room: room.String(), Set: map[string][]byte{}, Drop: drop}
	for k, v := range set {
		in.Set[k] = v
	}
	out, err := r.c.Merge(ctx, in)
	return out.GetLive(), fromStatus(err)
}
