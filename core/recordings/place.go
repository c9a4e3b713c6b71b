package recordings

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/module"
)

const day = 24 * time.Hour

// File extensions, by mode.
const (
	videoExtension = "mp4"
	audioExtension = "ogg"
)

func extension(r store.Recording) string {
	if r.Mode == store.Transcript {
		return audioExtension
	}
	return videoExtension
}

// key is the file's key in the bucket (recording-summary-files.md 5).
func (s *Service) key(r store.Recording) string {
	return s.cfg.OutputFolder + "/" + r.ID.String() + "." + extension(r)
}

// expiry is when the file is deleted, zero = never.
func (s *Service) expiry(r store.Recording) time.Time {
	if s.cfg.ExpirationDays == nil || *s.cfg.ExpirationDays == 0 {
		return time.Time{}
	}
	return r.CreatedAt.Add(time.Duration(*s.cfg.ExpirationDays) * day)
}

// expired reports whether the file is gone.
func (s *Service) expired(r store.Recording, now time.Time) bool {
	at := s.expiry(r)
	return !at.IsZero() && at.Before(now)
}

// link is the page to download it from, "" if none is configured.
func (s *Service) link(id uuid.UUID) string {
	if s.cfg.DownloadBaseURL == "" {
		return ""
	}
	return strings.TrimSuffix(s.cfg.DownloadBaseURL, "/") + "/" + id.String()
}

// metadataKey is where the collector puts what it collects, "" if it was not
// asked to.
func (s *Service) metadataKey(r store.Recording) string {
	var options struct {
		Collect bool `json:"collect_metadata"`
	}
	// Options of older rows may hold anything; nothing was collected then.
	if json.Unmarshal(r.Options, &options) != nil || !options.Collect || !s.cfg.Collector.Enabled {
		return ""
	}
	return s.cfg.Collector.OutputFolder + "/" + r.ID.String() + "-metadata.json"
}

// shown is a recording as modules see it.
func (s *Service) shown(r store.Recording) module.Recording {
	return module.Recording{
		ID: r.ID, Room: r.RoomID, CreatedAt: r.CreatedAt, Status: string(r.Status), Mode: r.Mode, Options: r.Options,
		Worker: r.WorkerID, Process: r.ProcessID, Stage: string(r.Stage), Outcome: r.Outcome, Unresolved: r.Unresolved,
		StartedAt: moment(r.StartedAt), EndedAt: moment(r.EndedAt), LimitAt: moment(r.LimitAt),
		Key: s.key(r), MetadataKey: s.metadataKey(r), Link: s.link(r.ID), ExpiresAt: s.expiry(r),
	}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
