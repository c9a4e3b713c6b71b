package summary

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

var (
	recordingID = uuid.MustParse("0b8f5c2e-6a57-4c39-8c1c-2f2a5f1c9d10")
	roomID      = uuid.MustParse("6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11")
	ownerID     = uuid.MustParse("0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01")
)

// whole returns facts with nothing missing.
func whole() facts {
	language := "fr"
	return facts{
		recording: module.Recording{
			ID: recordingID, Room: roomID, Key: "recordings/0b8f.ogg", MetadataKey: "metadata/0b8f-metadata.json",
			Link:      "https://meet.example.org/recording/0b8f",
			StartedAt: time.Date(2026, 5, 4, 8, 0, 0, 250_000_000, time.UTC), EndedAt: time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC),
		},
		room: module.Room{ID: roomID, Name: "Weekly"},
		owner: module.User{
			ID: ownerID, Sub: "ada", Email: "ada@example.org", Language: "fr-fr", Timezone: "Europe/Paris",
		},
		options: options{Language: &language}, title: "Réunion", file: "https://s3/file", metadata: "https://s3/metadata",
		form: "https://forms.example.org/", summarise: true,
	}
}

// bare returns only the required facts.
func bare() facts {
	f := whole()
	f.recording.MetadataKey, f.recording.StartedAt, f.recording.EndedAt = "", time.Time{}, time.Time{}
	f.room.Name, f.owner.Sub, f.owner.Email = "", "", ""
	f.options, f.metadata, f.summarise = options{}, "", false
	return f
}

func TestPayloads_are_those_of_the_contract(t *testing.T) {
	for name, c := range map[string]struct {
		payload any
		want    string
	}{
		"version 1": {whole().first(), `{
			"owner_id": "0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01", "recording_filename": "recordings/0b8f.ogg",
			"metadata_filename": "metadata/0b8f-metadata.json", "email": "ada@example.org", "sub": "ada", "room": "Weekly",
			"language": "fr", "owner_timezone": "Europe/Paris", "download_link": "https://meet.example.org/recording/0b8f",
			"context_language": "fr-fr", "recording_start_at": "2026-05-04T08:00:00.250000+00:00",
			"recording_end_at": "2026-05-04T09:00:00+00:00"}`},
		"version 1, little known": {bare().first(), `{
			"owner_id": "0d6e9e1c-55f7-4d37-8a55-6a4f4b2d6b01", "recording_filename": "recordings/0b8f.ogg",
			"metadata_filename": null, "email": null, "sub": null, "room": null, "language": null,
			"owner_timezone": "Europe/Paris", "download_link": "https://meet.example.org/recording/0b8f",
			"context_language": "fr-fr", "recording_start_at": null, "recording_end_at": null}`},
		"version 2": {whole().second(), `{
			"user_sub": "ada", "user_email": "ada@example.org", "cloud_storage_url": "https://s3/file", "language": "fr",
			"context_language": "fr-fr", "push_to_docs_config": {"user_email": "ada@example.org", "title": "Réunion",
				"download_link": "https://meet.example.org/recording/0b8f",
				"form_link": "https://forms.example.org/?room_id=6f9b8c52-7a0e-4a52-8f52-0a5b6a5d3c11", "auto_create_summary": true},
			"metadata": {"cloud_storage_url": "https://s3/metadata", "started_at": "2026-05-04T08:00:00.250000+00:00",
				"ended_at": "2026-05-04T09:00:00+00:00"}}`},
		"version 2, little known": {bare().second(), `{
			"user_sub": null, "user_email": null, "cloud_storage_url": "https://s3/file", "language": "en",
			"context_language": "fr-fr", "push_to_docs_config": {"user_email": null, "title": "Réunion",
				"download_link": "https://meet.example.org/recording/0b8f", "form_link": null, "auto_create_summary": false},
			"metadata": null}`},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := json.Marshal(c.payload)
			require.NoError(t, err)
			require.JSONEq(t, c.want, string(text))
		})
	}
}

func TestOptions_that_were_stored_are_read(t *testing.T) {
	o, err := optionsOf(module.Recording{Options: json.RawMessage(`{"language":"123","transcribe":true,"collect_metadata":true}`)})
	require.NoError(t, err)
	require.Equal(t, "123", *o.Language)
	_, err = optionsOf(module.Recording{Options: json.RawMessage(`[]`)})
	require.Error(t, err)
}
