package s3dev

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"foyer/internal/dev/program"
)

// How every server here is started.
const (
	AccessKey = "dev-access-key"
	SecretKey = "dev-secret-key-of-the-s3-server"
	Region    = "eu-west-3"
)

var versitygw = program.Program{Name: "versitygw", Module: "s3", Package: "github.com/versity/versitygw/cmd/versitygw"}

// Server is a running S3 server with one bucket.
type Server struct {
	URL    string // http://host:port on loopback
	Bucket string
	// Client is authenticated, for storing and inspecting objects.
	Client *minio.Client

	path    string // of the program
	dir     string
	process *program.Process
}

// Start runs a server with an empty bucket of that name. The very first call builds the
// program, which takes minutes: ctx should allow for it.
func Start(ctx context.Context, bucket string) (*Server, error) {
	path, err := versitygw.Path(ctx, nil)
	if err != nil {
		return nil, err
	}
	var failures []error
	for range 5 { // another process may take the port between the check and the start
		s, err := launch(ctx, path, bucket)
		if err == nil {
			return s, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return nil, fmt.Errorf("start versitygw: %w", errors.Join(failures...))
}

func launch(ctx context.Context, path, bucket string) (*Server, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "s3dev")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + addr, Bucket: bucket, path: path, dir: dir}
	for _, d := range []string{s.objects(), s.about()} {
		if err := os.Mkdir(d, 0o700); err != nil {
			return nil, err
		}
	}
	s.Client, err = minio.New(addr, &minio.Options{
		Creds: credentials.NewStaticV4(AccessKey, SecretKey, ""), Region: Region, BucketLookup: minio.BucketLookupPath,
		MaxRetries: 1, Transport: &http.Transport{DisableKeepAlives: true},
	})
	if err != nil {
		return nil, err
	}
	if err := s.run(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Server) objects() string { return filepath.Join(s.dir, "objects") }
func (s *Server) about() string   { return filepath.Join(s.dir, "about") }

// run starts the program.
func (s *Server) run() (err error) {
	addr := strings.TrimPrefix(s.URL, "http://")
	s.process, err = program.Run(s.path,
		[]string{"ROOT_ACCESS_KEY=" + AccessKey, "ROOT_SECRET_KEY=" + SecretKey, "PATH=" + os.Getenv("PATH")},
		"--port", addr, "--region", Region, "--quiet", "posix", "--sidecar", s.about(), s.objects())
	return err
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// open waits until the server answers, and creates the bucket unless it exists.
func (s *Server) open(ctx context.Context) error {
	for {
		there, err := s.Client.BucketExists(ctx, s.Bucket)
		if err == nil && !there {
			err = s.Client.MakeBucket(ctx, s.Bucket, minio.MakeBucketOptions{Region: Region})
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-s.process.Ended:
			return fmt.Errorf("it ended: %w: %s", err, s.process.Log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Down kills the server, as a crash would; its objects stay.
func (s *Server) Down() { s.process.Kill() }

// Up starts the server again after Down, at the same address, and returns once it
// answers.
func (s *Server) Up(ctx context.Context) error {
	if err := s.run(); err != nil {
		return fmt.Errorf("start versitygw again: %w", err)
	}
	return s.open(ctx)
}

// Stop ends the server; its objects are gone.
func (s *Server) Stop() error {
	s.Down()
	return os.RemoveAll(s.dir)
}
