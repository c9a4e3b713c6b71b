package summary

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

// known holds one recording that has not been submitted yet.
type known struct {
	recordings
	recording module.Recording
}

func (k known) ByID(context.Context, uuid.UUID) (module.Recording, error) { return k.recording, nil }

func (k known) Untold(context.Context, uuid.UUID) ([]string, error) {
	return []string{module.NoticeSummary}, nil
}

func TestRecording_without_a_page_to_download_from_waits(t *testing.T) {
	s := &service{config: defaults(), recordings: known{recording: module.Recording{ID: recordingID}}}
	err := s.work(t.Context(), module.Job{Kind: announce, Args: []byte(`{"recording":"` + recordingID.String() + `"}`)})
	require.ErrorContains(t, err, "recordings.download_base_url")
	require.ErrorIs(t, err, module.ErrPostponed)
}

func TestJob_that_cannot_be_read_is_given_up(t *testing.T) {
	s := &service{config: defaults()}
	require.ErrorIs(t, s.work(t.Context(), module.Job{Kind: announce, Args: []byte(`[]`)}), module.ErrGiveUp)
}
