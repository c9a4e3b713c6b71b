package summary

import (
	"encoding/json"
	"net/url"
	"time"

	"foyer/sdk/module"
)

// facts are what is known about a finished recording when it is submitted.
type facts struct {
	recording module.Recording
	room      module.Room
	owner     module.User
	options   options
	title     string
	// signed URLs of the files, "" without them
	file, metadata string
	form           string // base URL of the satisfaction form; "" = none
	summarise      bool   // the owner wants a summary without asking each time
}

// options are the recording options that the service is told.
type options struct {
	Language   *string `json:"language"`
	Transcribe bool    `json:"transcribe"`
}

func optionsOf(r module.Recording) (o options, err error) {
	if len(r.Options) > 0 {
		err = json.Unmarshal(r.Options, &o)
	}
	return o, err
}

// first is the payload of version 1 (contract: recording-summary-files.md 6).
type first struct {
	OwnerID         string  `json:"owner_id"`
	Recording       string  `json:"recording_filename"`
	Metadata        *string `json:"metadata_filename"`
	Email           *string `json:"email"`
	Sub             *string `json:"sub"`
	Room            *string `json:"room"`
	Language        *string `json:"language"`
	OwnerTimezone   string  `json:"owner_timezone"`
	DownloadLink    string  `json:"download_link"`
	ContextLanguage string  `json:"context_language"`
	StartAt         *string `json:"recording_start_at"`
	EndAt           *string `json:"recording_end_at"`
}

func (f facts) first() first {
	return first{
		OwnerID: f.owner.ID.String(), Recording: f.recording.Key, Metadata: optional(f.recording.MetadataKey),
		Email: optional(f.owner.Email), Sub: optional(f.owner.Sub), Room: optional(f.room.Name),
		Language: f.options.Language, OwnerTimezone: f.owner.Timezone, DownloadLink: f.recording.Link,
		ContextLanguage: f.owner.Language, StartAt: instant(f.recording.StartedAt), EndAt: instant(f.recording.EndedAt),
	}
}

// second is the payload of version 2.
type second struct {
	Sub             *string        `json:"user_sub"`
	Email           *string        `json:"user_email"`
	File            string         `json:"cloud_storage_url"`
	Language        string         `json:"language"`
	ContextLanguage string         `json:"context_language"`
	Push            push           `json:"push_to_docs_config"`
	Metadata        *metadataBlock `json:"metadata"`
}

type push struct {
	Email         *string `json:"user_email"`
	Title         string  `json:"title"`
	DownloadLink  string  `json:"download_link"`
	FormLink      *string `json:"form_link"`
	CreateSummary bool    `json:"auto_create_summary"`
}

type metadataBlock struct {
	File      string `json:"cloud_storage_url"`
	StartedAt string `json:"started_at"`
	EndedAt   string `json:"ended_at"`
}

// spoken is the language of recordings that do not name theirs.
const spoken = "en"

func (f facts) second() second {
	s := second{
		Sub: optional(f.owner.Sub), Email: optional(f.owner.Email), File: f.file,
		Language: spoken, ContextLanguage: f.owner.Language,
		Push: push{
			Email: optional(f.owner.Email), Title: f.title, DownloadLink: f.recording.Link, CreateSummary: f.summarise,
		},
	}
	if f.options.Language != nil {
		s.Language = *f.options.Language
	}
	if f.form != "" && f.metadata != "" {
		link := f.form + "?" + url.Values{"room_id": {f.room.ID.String()}}.Encode()
		s.Push.FormLink = &link
	}
	if start, end := instant(f.recording.StartedAt), instant(f.recording.EndedAt); f.metadata != "" && start != nil && end != nil {
		s.Metadata = &metadataBlock{File: f.metadata, StartedAt: *start, EndedAt: *end}
	}
	return s
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// instant formats a file time as the contract does: UTC with its offset, and
// microseconds unless they are zero; nil if unknown.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	layout := "2006-01-02T15:04:05-07:00"
	if t.Nanosecond() != 0 {
		layout = "2006-01-02T15:04:05.000000-07:00"
	}
	text := t.Format(layout)
	return &text
}
