package config

import (
	"github.com/minio/minio-go/v7/pkg/s3utils"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
)

// Storage is where files are kept (settings.md 2.9).
type Storage struct {
	Endpoint  string      // endpoint
	Region    string      // region
	Bucket    string      // bucket
	AccessKey conf.Secret // access_key
	SecretKey conf.Secret // secret_key
}

func defaultStorage() Storage { return Storage{Bucket: "meet-media-storage"} }

func (s *Storage) Fields(f *conf.Fields) {
	f.String("endpoint", &s.Endpoint, "URL of the S3 server; \"\" = AWS.").Legacy("AWS_S3_ENDPOINT_URL")
	f.String("region", &s.Region, "Region of the bucket.").Legacy("AWS_S3_REGION_NAME")
	f.String("bucket", &s.Bucket, "The one bucket for everything.").Legacy("AWS_STORAGE_BUCKET_NAME")
	f.Secret("access_key", &s.AccessKey, "Key of the S3 server; none = whoever connects has credentials of its own.").Legacy("AWS_S3_ACCESS_KEY_ID")
	f.Secret("secret_key", &s.SecretKey, "Secret of that key.").Legacy("AWS_S3_SECRET_ACCESS_KEY")
}

// Module returns the form that modules are granted.
func (s Storage) Module() module.Storage {
	return module.Storage{
		Endpoint: s.Endpoint, Region: s.Region, Bucket: s.Bucket, AccessKey: s.AccessKey.Reveal(), SecretKey: s.SecretKey,
	}
}

// validateStorage builds the client as the start does, so that check-config
// refuses what the start would.
func (l *loader) validateStorage() {
	s := l.config.Storage
	if err := s3utils.CheckValidBucketName(s.Bucket); err != nil {
		l.fault("storage.bucket", "%q: %v", s.Bucket, err)
	} else if _, err := objectstore.New(s.Module()); err != nil {
		l.fault("storage.endpoint", "%v", err)
	}
	if s.AccessKey.IsZero() != s.SecretKey.IsZero() {
		l.fault("storage.access_key", "and storage.secret_key go together: one of them is not set")
	}
}
