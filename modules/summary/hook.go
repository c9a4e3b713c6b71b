package summary

import (
	"net/http"

	"foyer/sdk/bearer"
	"foyer/sdk/body"
	"foyer/sdk/reply"
)

// hookLimit bounds the body of a callback, in bytes.
const hookLimit = 64 << 10

// maxJob is the longest job id, in characters; the column is that wide.
const maxJob = 255

// realm is the realm in the challenge (contract: recording-summary-files.md 4).
const realm = "External process webhook API"

// hook answers POST recordings/external-process-hook/. An unknown job gets the same
// answer: it may belong to an automatic summary, or arrive before we have stored its id.
func (m *Module) hook(w http.ResponseWriter, r *http.Request) {
	if err := m.took(w, r); err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string]string{"message": "Event processed."})
}

func (m *Module) took(w http.ResponseWriter, r *http.Request) error {
	if err := bearer.Check(r.Header.Get("Authorization"), m.config.HookToken, realm); err != nil {
		return err
	}
	o, err := body.Read(w, r, hookLimit)
	if err != nil {
		return err
	}
	id, _ := o.String("job_id", body.Required().Max(maxJob))
	kind, _ := o.String("type", body.Optional().Null().Blank())
	status, _ := o.String("status", body.Optional().Null().Blank())
	if err := o.Err(); err != nil {
		return err
	}
	if kind != "transcript" || status != "success" && status != "failure" {
		return nil
	}
	_, err = m.service.recordings.Report(r.Context(), id, status == "success")
	return err
}
