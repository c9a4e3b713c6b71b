package summary

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // time zones of accounts, for machines without a zone database
)

// titles are by the owner's language, with and without a date (contract:
// recording-summary-files.md 6).
var titles = map[string]struct{ dated, plain string }{
	"en-us": {`Meeting "{room}" on {date} at {time}`, "Transcription"},
	"fr-fr": {`Réunion "{room}" du {date} à {time}`, "Transcription"},
	"nl-nl": {`Vergadering "{room}" op {date} om {time}`, "Transcriptie"},
	"de-de": {`Besprechung "{room}" am {date} um {time}`, "Transkription"},
}

// fallback is the language for accounts whose own has no title.
const fallback = "en-us"

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// checkTitle rejects unknown placeholders.
func checkTitle(text string) error {
	for _, p := range placeholder.FindAllString(text, -1) {
		if p != "{room}" && p != "{date}" && p != "{time}" {
			return fmt.Errorf("%s is not {room}, {date} or {time}", p)
		}
	}
	return nil
}

// title names the transcript of a meeting. own holds the operator's titles by language.
// start is zero if unknown; an operator's title that needs it then gives way to the
// plain one.
func title(own map[string]string, language, room, zone string, start time.Time) string {
	text, known := titles[language]
	if !known {
		text = titles[fallback]
	}
	chosen := text.dated
	if mine, ok := own[language]; ok {
		chosen = mine
	}
	if start.IsZero() && (strings.Contains(chosen, "{date}") || strings.Contains(chosen, "{time}")) {
		return text.plain
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		at = time.UTC
	}
	start = start.In(at)
	return strings.NewReplacer("{room}", room, "{date}", start.Format(time.DateOnly), "{time}", start.Format("15:04")).Replace(chosen)
}
