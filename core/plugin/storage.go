package plugin

import (
	"context"

	"foyer/core/module"
	"foyer/core/module/conf"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

type storageServer struct {
	hostv1.UnimplementedStorageServer
	host module.Host
}

// Get serves Host.Storage.
func (s storageServer) Get(context.Context, *hostv1.StorageGetRequest) (*hostv1.StorageGetResponse, error) {
	x, err := s.host.Storage()
	if err != nil {
		return nil, toStatus(err)
	}
	return &hostv1.StorageGetResponse{
		Endpoint: x.Endpoint, Region: x.Region, Bucket: x.Bucket, AccessKey: x.AccessKey, SecretKey: x.SecretKey.Reveal(),
	}, nil
}

// Storage asks the gateway.
func (h *remoteHost) Storage() (module.Storage, error) {
	ctx, stop := context.WithTimeout(context.Background(), callTimeout)
	defer stop()
	x, err := hostv1.NewStorageClient(h.conn).Get(ctx, &hostv1.StorageGetRequest{})
	if err != nil {
		return module.Storage{}, fromStatus(err)
	}
	return module.Storage{
		Endpoint: x.GetEndpoint(), Region: x.GetRegion(), Bucket: x.GetBucket(), AccessKey: x.GetAccessKey(),
		SecretKey: conf.NewSecret(x.GetSecretKey()),
	}, nil
}
