package catalog

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"foyer/core/module"
)

// RecordingService gives one module recordings; *recordings.Service is one.
type RecordingService interface {
	// For gives recordings to the module of that name: its jobs and its events.
	For(moduleName string) module.Recordings
}

// Recordings is module.Host.
func (h *host) Recordings() module.Recordings {
	if h.services.Recordings == nil { // a host without a store, such as that of a test
		return refusedRecordings{}
	}
	return h.services.Recordings.For(h.name)
}

// Metadata is module.Host.
func (h *host) Metadata() module.Metadata { return h.services.Metadata }

// Storage is module.Host.
func (h *host) Storage() (module.Storage, error) { return h.services.Storage, nil }

// Recordings is module.Host.
func (g granted) Recordings() module.Recordings {
	if g.needs.Recordings {
		return g.host.Recordings()
	}
	return refusedRecordings{}
}

// Metadata is module.Host.
func (g granted) Metadata() module.Metadata {
	if g.needs.Metadata {
		return g.host.Metadata()
	}
	return refusedMetadata{}
}

// Storage is module.Host.
func (g granted) Storage() (module.Storage, error) {
	if g.needs.Storage {
		return g.host.Storage()
	}
	return module.Storage{}, module.ErrNotGranted
}

type refusedMetadata struct{}

func (refusedMetadata) Merge(context.Context, uuid.UUID, map[string]json.RawMessage, ...string) (bool, error) {
	return false, module.ErrNotGranted
}

type refusedRecordings struct{}

func (refusedRecordings) Settings(context.Context) (module.RecordingSettings, error) {
	return module.RecordingSettings{}, module.ErrNotGranted
}
func (refusedRecordings) Create(context.Context, module.NewRecording, module.Then) (module.Recording, error) {
	return module.Recording{}, module.ErrNotGranted
}
func (refusedRecordings) ByID(context.Context, uuid.UUID) (module.Recording, error) {
	return module.Recording{}, module.ErrNotGranted
}
func (refusedRecordings) ByWorker(context.Context, string) (module.Recording, error) {
	return module.Recording{}, module.ErrNotGranted
}
func (refusedRecordings) UnderWay(context.Context, uuid.UUID) (module.Recording, error) {
	return module.Recording{}, module.ErrNotGranted
}
func (refusedRecordings) Pending(context.Context, module.Recording, int) ([]module.Recording, error) {
	return nil, module.ErrNotGranted
}
func (refusedRecordings) Owners(context.Context, uuid.UUID) ([]module.User, error) {
	return nil, module.ErrNotGranted
}
func (refusedRecordings) Move(context.Context, uuid.UUID, module.RecordingMove, module.Then) (module.Recording, bool, error) {
	return module.Recording{}, false, module.ErrNotGranted
}
func (refusedRecordings) Stored(context.Context, uuid.UUID) (bool, error) {
	return false, module.ErrNotGranted
}
func (refusedRecordings) Untold(context.Context, uuid.UUID) ([]string, error) {
	return nil, module.ErrNotGranted
}
func (refusedRecordings) Told(context.Context, uuid.UUID, string, string) (module.Recording, error) {
	return module.Recording{}, module.ErrNotGranted
}
func (refusedRecordings) Report(context.Context, string, bool) (bool, error) {
	return false, module.ErrNotGranted
}
