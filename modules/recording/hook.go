package recording

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"foyer/sdk/bearer"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// realm is that of the storage hook's challenge.
const realm = "Storage event API"

// hook answers POST recordings/storage-hook/ (recording-summary-files.md 3):
// the storage has seen a file.
func (m *Module) hook(c *gin.Context) {
	text, err := m.service.answerHook(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, map[string]string{"message": text})
}

func (s *service) answerHook(c *gin.Context) (string, error) {
	if s.config.Hook.Auth {
		if err := bearer.Check(c.GetHeader("Authorization"), s.config.Hook.Token, realm); err != nil {
			return "", err
		}
	}
	o, err := body.Read(c, body.DefaultLimit)
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
	ctx := c.Request.Context()
	r, err := s.recordings.ByID(ctx, id)
	if errors.Is(err, module.ErrNotFound) {
		return "", reply.Detail(http.StatusNotFound, "No recording found for this event.")
	}
	if err != nil {
		return "", err
	}
	moved, err := s.complete(ctx, r, module.RecordingActive, module.RecordingStopped)
	if err != nil {
		return "", err
	}
	if !moved {
		return "", reply.Detail(http.StatusForbidden, "Recording with ID "+id.String()+
			" cannot be saved because it is either, in an error state or has already been saved.")
	}
	return "Event processed.", nil
}
