package plugin

import (
	"context"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type kvServer struct {
	hostv1.UnimplementedKVServer
	host module.Host
}

// Get serves KV.Get.
func (s kvServer) Get(ctx context.Context, in *hostv1.KVGetRequest) (*hostv1.KVGetResponse, error) {
	v, err := s.host.KV().Get(ctx, in.GetKey())
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.KVGetResponse{Value: v}, nil
}

// Put serves KV.Put.
func (s kvServer) Put(ctx context.Context, in *hostv1.KVPutRequest) (*hostv1.KVPutResponse, error) {
	if err := s.host.KV().Put(ctx, in.GetKey(), in.GetValue(), in.GetTtl().AsDuration()); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.KVPutResponse{Stored: true}, nil
}

// PutIfAbsent serves KV.PutIfAbsent.
func (s kvServer) PutIfAbsent(ctx context.Context, in *hostv1.KVPutRequest) (*hostv1.KVPutResponse, error) {
	stored, err := s.host.KV().PutIfAbsent(ctx, in.GetKey(), in.GetValue(), in.GetTtl().AsDuration())
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.KVPutResponse{Stored: stored}, nil
}

// Delete serves KV.Delete.
func (s kvServer) Delete(ctx context.Context, in *hostv1.KVDeleteRequest) (*hostv1.KVDeleteResponse, error) {
	if err := s.host.KV().Delete(ctx, in.GetKey()); err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.KVDeleteResponse{}, nil
}

// DeleteIf serves KV.DeleteIf.
func (s kvServer) DeleteIf(ctx context.Context, in *hostv1.KVDeleteIfRequest) (*hostv1.KVDeleteResponse, error) {
	deleted, err := s.host.KV().DeleteIf(ctx, in.GetKey(), in.GetValue())
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.KVDeleteResponse{Deleted: deleted}, nil
}
