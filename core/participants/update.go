package participants

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
	"foyer/sdk/schema"
)

// maxName is the longest display name, in characters.
const maxName = 255

const nothingToUpdate = "At least one of the following fields must be provided: metadata, attributes, permission, name."

// change is what a request changes in a participant.
type change struct {
	identity   string
	update     livekit.ParticipantUpdate // apart from the permission
	permission *schema.Permission        // nil if not named
}

// update changes what the body names of a participant (core-rest.md 8.2).
func (s *Service) update(w http.ResponseWriter, r *http.Request) error {
	room, _, err := s.ruled(r)
	if err != nil {
		return err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	ch, err := readChange(o)
	if err != nil {
		return err
	}
	if err := s.refuseForbidden(ch.permission); err != nil {
		return err
	}
	const text = "Failed to update participant"
	ctx, name := r.Context(), room.ID.String()
	if ch.permission.Empty() {
		return failed(s.live.UpdateParticipant(ctx, name, ch.identity, ch.update), text)
	}
	return failed(s.rights.Change(ctx, name, ch.identity, ch.update, applied(ch.permission)), text)
}

// readChange reads and checks the fields of a request.
func readChange(o *body.Object) (change, error) {
	ch := change{identity: readIdentity(o)}
	metadata := readObject(o, "metadata")
	attributes := readObject(o, "attributes")
	ch.permission = schema.ReadPermission(o, "permission")
	ch.update.Name, _ = o.String("name", body.Optional().Null().Blank().Max(maxName))
	ch.update.Attributes = readTexts(o, "attributes", attributes)
	if err := o.Err(); err != nil {
		return ch, err
	}
	if metadata == nil && attributes == nil && ch.permission == nil && ch.update.Name == "" {
		return ch, reply.InvalidField("non_field_errors", nothingToUpdate)
	}
	if metadata != nil {
		var text bytes.Buffer
		if err := json.Compact(&text, metadata); err != nil {
			return ch, fmt.Errorf("write metadata: %w", err)
		}
		ch.update.Metadata = text.String()
	}
	return ch, nil
}

// readObject reads an object; nil if it is absent or null.
func readObject(o *body.Object, name string) json.RawMessage {
	if !o.Has(name) || o.IsNull(name) {
		return nil
	}
	if kind := body.TypeName(o.Raw(name)); kind != "dict" {
		o.Fault(name, fmt.Sprintf("Expected a dictionary of items but got type %q.", kind))
		return nil
	}
	return o.Raw(name)
}

// readTexts reads the values of the object raw, which must be text.
func readTexts(o *body.Object, name string, raw json.RawMessage) map[string]string {
	if raw == nil {
		return nil
	}
	values, err := body.Parse(raw)
	if err != nil {
		o.Fault(name, body.MsgString)
		return nil
	}
	texts, faults := map[string]string{}, map[string][]string{}
	for _, key := range values.Names() {
		var text string
		if body.TypeName(values.Raw(key)) != "str" || json.Unmarshal(values.Raw(key), &text) != nil {
			faults[key] = []string{body.MsgString}
			continue
		}
		texts[key] = text
	}
	if len(faults) > 0 {
		o.Fault(name, faults)
	}
	return texts
}
