package recording

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"foyer/sdk/module"
)

// spoken holds the lines shown in a room's chat, in one language: for a video and for a
// transcript. limits have a verb for the time left.
type spoken struct {
	limits, failures [2]string
}

// chats returns the lines in the languages of the replaced server's frontend.
func chats() map[string]spoken {
	return map[string]spoken{
		"en": {
			[2]string{"The recording stops in %s: it is about to reach its longest duration.", "The transcription stops in %s: it is about to reach its longest duration."},
			[2]string{"The recording has failed.", "The transcription has failed."},
		},
		"fr": {
			[2]string{"L'enregistrement s'arrêtera dans %s : il atteint bientôt sa durée maximale.", "La transcription s'arrêtera dans %s : elle atteint bientôt sa durée maximale."},
			[2]string{"L'enregistrement a échoué.", "La transcription a échoué."},
		},
		"de": {
			[2]string{"Die Aufzeichnung endet in %s: Sie erreicht bald ihre maximale Dauer.", "Die Transkription endet in %s: Sie erreicht bald ihre maximale Dauer."},
			[2]string{"Die Aufzeichnung ist fehlgeschlagen.", "Die Transkription ist fehlgeschlagen."},
		},
		"nl": {
			[2]string{"De opname stopt over %s: de maximale duur is bijna bereikt.", "De transcriptie stopt over %s: de maximale duur is bijna bereikt."},
			[2]string{"De opname is mislukt.", "De transcriptie is mislukt."},
		},
	}
}

// wordsFor returns the lines in the language of whoever began the recording: one message
// goes to everybody, and no other language is known.
func (s *service) wordsFor(ctx context.Context, r module.Recording) (spoken, error) {
	owners, err := s.recordings.Owners(ctx, r.ID)
	if err != nil {
		return spoken{}, err
	}
	var language string
	if len(owners) > 0 {
		language = owners[0].Language
	}
	return chatIn(language), nil
}

// chatIn picks the lines for a language such as "fr-fr"; English if it is unknown.
func chatIn(language string) spoken {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if x, ok := chats()[primary]; ok {
		return x
	}
	return chats()["en"]
}

func (x spoken) limit(mode string, left time.Duration) string {
	return fmt.Sprintf(x.limits[kindOf(mode)], roundly(left))
}

func (x spoken) failed(mode string) string { return x.failures[kindOf(mode)] }

func kindOf(mode string) int {
	if mode == module.Transcript {
		return 1
	}
	return 0
}

// roundly formats a duration in minutes, or in seconds if it is under two minutes: the
// abbreviations are the same in all the languages.
func roundly(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d s", int(math.Ceil(d.Seconds())))
	}
	return fmt.Sprintf("%d min", int(math.Round(d.Minutes())))
}
