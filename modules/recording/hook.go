package recording

import (
	"errors"
	"net/http"

	"foyer/sdk/bearer"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// realm is the realm in the storage hook's challenge.
const realm = "Storage event API"

// hook answers POST recordings/storage-hook/ (recording-summary-files.md 3), by which
// the storage reports a file.
func (m *Module) hook(w http.ResponseWriter, r *http.Request) {
	text, err := m.service.answerHook(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string]string{"message": text})
}

func (s *service) answerHook(w http.ResponseWriter, r *http.Request) (string, error) {
	if s.config.Hook.Auth {
		if err := bearer.Check(r.Header.Get("Authorization"), s.config.Hook.Token, realm); err != nil {
			return "", err
		}
	}
	o, err := body.Read(w, r, body.DefaultLimit)
	if err != nil {
		return "", err
	}
	seen, err := parse(s.config.Hook.Parser, o.Raw("Records"))
	switch {
	case err != nil:
		return "", reply.Detail(http.StatusForbidden, "Invalid request data.").Because(err)
	case seen.bucket != s.storage.Bucket:
		return "", reply.Detail(http.StatusForbidden, "Invalid bucket specified.")
	}
	id, ours := seen.recording(s.keys)
	if !ours {
		return "Notification ignored.", nil
	}
	ctx := r.Context()
	rec, err := s.recordings.ByID(ctx, id)
	if errors.Is(err, module.ErrNotFound) {
		return "", reply.Detail(http.StatusNotFound, "No recording found for this event.")
	}
	if err != nil {
		return "", err
	}
	moved, err := s.complete(ctx, rec, module.RecordingActive, module.RecordingStopped)
	if err != nil {
		return "", err
	}
	if !moved {
		return "", reply.Detail(http.StatusForbidden, "Recording with ID "+id.String()+
			" cannot be saved because it is either, in an error state or has already been saved.")
	}
	return "Event processed.", nil
}
