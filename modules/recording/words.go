package recording

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"foyer/sdk/module"
)

// spoken are the lines that a room's chat shows, in one language: of a video and
// of a transcript. limits have a verb for how long it lasts yet.
type spoken struct {
	limits, failures [2]string
}

// chats are the languages that the replaced server's frontend has.
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

// wordsFor are those in the language of who began the recording: one message is
// for everybody, and nobody else's language is known.
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

// chatIn picks the lines for a language such as "fr-fr", English for one that
// is not known.
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

// roundly tells minutes, and seconds of less than two: the abbreviations are the
// same in every language that there is.
func roundly(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d s", int(math.Ceil(d.Seconds())))
	}
	return fmt.Sprintf("%d min", int(math.Round(d.Minutes())))
}
