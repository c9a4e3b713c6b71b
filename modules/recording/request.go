package recording

import (
	"encoding/json"
	"net/http"
	"slices"

	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// request is a request to start a recording.
type request struct {
	mode    string
	options json.RawMessage // an object
}

// options are those of a recording (recording-summary-files.md 1), normalised and
// without those that were not given.
type options struct {
	Language     string `json:"language,omitempty"`
	Transcribe   *bool  `json:"transcribe,omitempty"`
	Collect      *bool  `json:"collect_metadata,omitempty"`
	OriginalMode string `json:"original_mode,omitempty"`
	Dispatch     string `json:"metadata_collector_dispatch_id,omitempty"` // added by this module
}

// optionsOf reads the stored options. Older rows may contain anything; what cannot be
// read counts as not given.
func optionsOf(r module.Recording) (o options) {
	_ = json.Unmarshal(r.Options, &o)
	return o
}

// mode is the kind of recording that the room is shown.
func (o options) mode(r module.Recording) string {
	if o.OriginalMode != "" {
		return o.OriginalMode
	}
	return r.Mode
}

func invalid() error { return reply.Detail(http.StatusBadRequest, "Invalid request.") }

// readRequest reads a start. All faulty fields get the same answer.
func readRequest(w http.ResponseWriter, r *http.Request) (request, error) {
	o, err := body.Read(w, r, body.DefaultLimit)
	if err != nil {
		return request{}, err
	}
	mode, ok := o.String("mode", body.Required().OneOf(module.ScreenRecording, module.Transcript))
	if !ok {
		return request{}, invalid()
	}
	opts, ok := readOptions(o.Raw("options"))
	if !ok {
		return request{}, invalid()
	}
	raw, err := json.Marshal(opts)
	return request{mode: mode, options: raw}, err
}

// readOptions reads an object, null, or a string that holds either.
func readOptions(raw json.RawMessage) (opts options, ok bool) {
	if body.TypeName(raw) == "str" {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return opts, false
		}
		raw = json.RawMessage(text)
	}
	if len(raw) == 0 || body.TypeName(raw) == "NoneType" {
		return opts, json.Valid(raw) || len(raw) == 0
	}
	o, err := body.Parse(raw)
	if err != nil {
		return opts, false
	}
	known := []string{"language", "transcribe", "collect_metadata", "original_mode"}
	for _, name := range o.Names() {
		if !slices.Contains(known, name) {
			return opts, false
		}
	}
	opts.Language, _ = o.String("language", body.Optional().Null().Blank())
	opts.OriginalMode, _ = o.String("original_mode", body.Optional().Null().OneOf(module.ScreenRecording, module.Transcript))
	opts.Transcribe, opts.Collect = truth(o, "transcribe"), truth(o, "collect_metadata")
	return opts, o.Err() == nil
}

func truth(o *body.Object, name string) *bool {
	v, ok := o.Bool(name, body.Optional().Null())
	if !ok {
		return nil
	}
	return &v
}
