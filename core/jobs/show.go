package jobs

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/riverqueue/river/rivertype"
)

func jobOf(row *rivertype.JobRow) Job {
	j := Job{
		ID: row.ID, Topic: "core", Kind: row.Kind, State: stateOf(row.State), Attempts: row.Attempt, MaxAttempts: row.MaxAttempts,
		CreatedAt: row.CreatedAt.UTC(),
	}
	var args struct {
		Module  string          `json:"module"`
		Kind    string          `json:"kind"`
		EventID string          `json:"event_id"`
		Args    json.RawMessage `json:"args"`
	}
	if json.Unmarshal(row.EncodedArgs, &args) == nil { // unreadable jobs are listed all the same
		if args.Module != "" {
			j.Topic = args.Module
		}
		if args.Kind != "" {
			j.Kind = args.Kind
		}
		j.About = about(args.Args)
		if args.EventID != "" {
			j.About = "event=" + args.EventID
		}
	}
	if j.State == Waiting {
		j.Next = row.ScheduledAt.UTC()
	}
	if row.FinalizedAt != nil {
		j.EndedAt = row.FinalizedAt.UTC()
	}
	for _, e := range row.Errors {
		j.Failures = append(j.Failures, Failure{Attempt: e.Attempt, At: e.At.UTC(), Error: veiled(e.Error)})
	}
	return j
}

// about lists the ids in a job's arguments by name, and nothing else: the rest
// may be private.
func about(raw json.RawMessage) string {
	var fields map[string]any
	if json.Unmarshal(raw, &fields) != nil {
		return ""
	}
	var ids []string
	for name, v := range fields {
		text, ok := v.(string)
		if !ok {
			continue
		}
		if _, err := uuid.Parse(text); err == nil || name == "id" && len(text) <= 255 {
			ids = append(ids, name+"="+text)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

var (
	// address matches a URL in a text: its scheme, user information, the rest up
	// to the query, and the query.
	address = regexp.MustCompile(`([a-z][a-z0-9+.-]*://)([^\s/?#"'@]*@)?([^\s?"']*)(\?[^\s"']*)?`)
	// bearer is a token in a header.
	bearer = regexp.MustCompile(`(?i)\b(bearer|basic|token)( +)[A-Za-z0-9._~+/=-]{8,}`)
)

// veiled removes what may be secret from an error: the password and query of
// URLs, and tokens.
func veiled(text string) string {
	text = address.ReplaceAllStringFunc(text, func(found string) string {
		part := address.FindStringSubmatch(found)
		if part[2] != "" {
			part[2] = "…@"
		}
		if part[4] != "" {
			part[4] = "?…"
		}
		return part[1] + part[2] + part[3] + part[4]
	})
	return bearer.ReplaceAllString(text, "$1$2…")
}
