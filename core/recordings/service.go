package recordings

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/module"
)

// Store keeps recordings; *store.Store is one.
type Store interface {
	InTx(ctx context.Context, f func(*store.Tx) error) error
	RecordingByID(ctx context.Context, id uuid.UUID) (store.Recording, error)
	RecordingByWorker(ctx context.Context, worker string) (store.Recording, error)
	RecordingUnderWay(ctx context.Context, room uuid.UUID) (store.Recording, error)
	RecordingsUnderWay(ctx context.Context, after store.RecordingCursor, limit int) ([]store.Recording, error)
	RecordingOwners(ctx context.Context, id uuid.UUID) ([]store.User, error)
	RecordingNotices(ctx context.Context, id uuid.UUID) ([]store.RecordingNotice, error)
	RecordingFor(ctx context.Context, id, viewer uuid.UUID) (store.RecordingWithRoom, error)
	RecordingsOf(ctx context.Context, user uuid.UUID, limit, offset int) ([]store.RecordingWithRoom, int, error)
	RecordingLines(ctx context.Context, after store.RecordingCursor, status store.RecordingStatus, limit int) ([]store.RecordingLine, error)
	DeleteRecording(ctx context.Context, id uuid.UUID, allow func(store.Recording) error) error
	ReportProcess(ctx context.Context, process string, outcome store.RecordingStatus) (bool, error)
}

// Followers store what follows a step, in the same transaction;
// *documents.Service does.
type Followers interface {
	Follow(ctx context.Context, tx *store.Tx, moduleName string, then module.Then) ([]int64, error)
}

// Files signs for the bucket, and looks into it; *objectstore.Store is one.
type Files interface {
	SignGet(ctx context.Context, key string) (http.Header, error)
	Open(ctx context.Context, method, key string, header http.Header) (*http.Response, error)
	PresignDownload(ctx context.Context, key string, validity time.Duration, contentType, disposition string) (string, error)
	Has(ctx context.Context, key string) (bool, error)
}

// Options are what New needs.
type Options struct {
	Recordings config.Recordings
	Store      Store
	Then       Followers
	Files      Files
}

// Service keeps recordings and answers for them.
type Service struct {
	cfg   config.Recordings
	store Store
	then  Followers
	files Files
	media *regexp.Regexp
}

// New returns the service.
func New(o Options) *Service {
	return &Service{
		cfg: o.Recordings, store: o.Store, then: o.Then, files: o.Files, media: mediaRule(o.Recordings.OutputFolder),
	}
}

// For returns the recordings for the module of that name: the jobs and events
// that follow a step are its own.
func (s *Service) For(moduleName string) module.Recordings { return &keeper{s, moduleName} }
