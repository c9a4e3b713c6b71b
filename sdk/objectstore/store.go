package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/minio/minio-go/v7/pkg/signer"

	"foyer/sdk/address"
	"foyer/sdk/module"
)

// defaultRegion is the region to sign for when none is configured, as in S3
// clients.
const defaultRegion = "us-east-1"

// emptySHA256 is the hash of an empty body, in lower-case hex.
const emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// keyTime bounds asking the machine for its role's credentials.
const keyTime = 5 * time.Second

// LongestPresign is S3's limit on the validity of a signed address.
const LongestPresign = 7 * 24 * time.Hour

// Store signs for one bucket. It is safe for concurrent use.
type Store struct {
	client *minio.Client
	reader *http.Client
	keys   *credentials.Credentials
	bucket string
	region string
	object url.URL // of the bucket, ends in "/"
	host   string  // Host of requests
}

// New makes a store from what a host grants; it connects to nothing. An endpoint
// is an http(s) URL without a path; none means AWS. No region means us-east-1.
// Without a key and a secret they come from AWS's usual places: the environment,
// the credentials file, the machine's role.
func New(o module.Storage) (*Store, error) {
	if o.Bucket == "" {
		return nil, errors.New("object store: no bucket")
	}
	s := &Store{bucket: o.Bucket, region: o.Region, reader: reader()}
	if s.region == "" {
		s.region = defaultRegion
	}
	if err := s.locate(o.Endpoint); err != nil {
		return nil, err
	}
	s.keys = credentialsOf(o)
	lookup := minio.BucketLookupPath
	if o.Endpoint == "" {
		lookup = minio.BucketLookupDNS
	}
	endpoint := s.host
	if o.Endpoint == "" {
		endpoint = "s3.amazonaws.com"
	}
	var err error
	s.client, err = minio.New(endpoint, &minio.Options{
		Creds: s.keys, Secure: s.object.Scheme == "https", Region: s.region, BucketLookup: lookup,
	})
	if err != nil {
		return nil, fmt.Errorf("object store: %w", err)
	}
	return s, nil
}

// locate determines the bucket's address: path style at an endpoint, the bucket's
// own host at AWS (contract: recording-summary-files.md 5).
func (s *Store) locate(endpoint string) error {
	if endpoint == "" {
		s.host = s.bucket + ".s3.amazonaws.com"
		s.object = url.URL{Scheme: "https", Host: s.host, Path: "/"}
		return nil
	}
	if err := address.Server.Check(endpoint); err != nil {
		return fmt.Errorf("object store: endpoint: %w", err)
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return fmt.Errorf("object store: endpoint: %w", err)
	}
	s.host = hostOf(u)
	s.object = url.URL{Scheme: u.Scheme, Host: s.host, Path: "/" + s.bucket + "/"}
	return nil
}

// hostOf leaves out the scheme's default port: it is not in the Host header,
// which is signed.
func hostOf(u *url.URL) string {
	if u.Scheme == "http" && u.Port() == "80" || u.Scheme == "https" && u.Port() == "443" {
		return u.Hostname()
	}
	return u.Host
}

func credentialsOf(o module.Storage) *credentials.Credentials {
	if o.AccessKey != "" && !o.SecretKey.IsZero() {
		return credentials.NewStaticV4(o.AccessKey, o.SecretKey.Reveal(), "")
	}
	return credentials.NewChainCredentials([]credentials.Provider{
		&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
	})
}

// PresignGet returns an address with which anybody can read the object until
// validity is over (at most LongestPresign). The object need not exist.
func (s *Store) PresignGet(ctx context.Context, key string, validity time.Duration) (string, error) {
	u, err := s.client.PresignedGetObject(ctx, s.bucket, key, min(validity, LongestPresign), nil)
	if err != nil {
		return "", fmt.Errorf("sign the address of %s: %w", key, err)
	}
	return u.String(), nil
}

// hasTime bounds asking for an object.
const hasTime = 10 * time.Second

// Has reports whether the object is there. It and Open are the only calls that
// ask the server.
func (s *Store) Has(ctx context.Context, key string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, hasTime)
	defer cancel()
	_, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	switch {
	case err == nil:
		return true, nil
	case minio.ToErrorResponse(err).Code == minio.NoSuchKey:
		return false, nil
	}
	return false, fmt.Errorf("ask for %s: %w", key, err)
}

// SignGet returns the headers Authorization, X-Amz-Date and X-Amz-Content-SHA256
// with which a proxy may read the object now, by AWS Signature Version 4. The
// proxy has to send the Host of the endpoint and no other signed header.
func (s *Store) SignGet(ctx context.Context, key string) (http.Header, error) {
	req, err := s.signed(ctx, http.MethodGet, key)
	if err != nil {
		return nil, err
	}
	return req.Header, nil
}

// signed is a request about the object, without a body.
func (s *Store) signed(ctx context.Context, method, key string) (*http.Request, error) {
	v, err := s.keys.GetWithContext(&credentials.CredContext{Client: &http.Client{Timeout: keyTime}})
	if err != nil {
		return nil, fmt.Errorf("credentials of the object store: %w", err)
	}
	u := s.object
	u.Path += key
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("sign reading of %s: %w", key, err)
	}
	req.Header.Set("X-Amz-Content-Sha256", emptySHA256)
	if v.SessionToken != "" {
		req.Header.Set("X-Amz-Security-Token", v.SessionToken)
	}
	return signer.SignV4(*req, v.AccessKeyID, v.SecretAccessKey, "", s.region), nil
}
