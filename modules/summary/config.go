package summary

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"foyer/sdk/address"
	"foyer/sdk/conf"
)

// Versions of the service's API.
const (
	version1 = 1 // one flat object; the bundled service no longer supports it
	version2 = 2 // signed URLs; answers with a job id
)

// Config is the section modules.summary.
type Config struct {
	Version     int
	Endpoint    string      // full URL of the service's route
	Token       conf.Secret // sent to the service
	HookToken   conf.Secret // expected from the service
	SignedFor   time.Duration
	FormBaseURL string
	Timeout     time.Duration
	Titles      map[string]string // by language, in place of the module's own
	Breaker     Breaker
}

// Breaker gives a failing service a rest.
type Breaker struct {
	Failures int           // failures in a row that open it
	Pause    time.Duration // how long it stays open
}

func defaults() *Config {
	return &Config{
		Version: version1, SignedFor: 24 * time.Hour, Timeout: 30 * time.Second,
		Breaker: Breaker{Failures: 5, Pause: 30 * time.Second},
	}
}

func (c *Config) Fields(f *conf.Fields) {
	f.EnabledWith("SUMMARY_SERVICE_ENDPOINT")
	f.Int("version", &c.Version, "Interface of the service: 1 (deprecated) or 2.").Legacy("SUMMARY_SERVICE_VERSION").AtLeast(version1).AtMost(version2)
	f.String("endpoint", &c.Endpoint, "URL that recordings are announced to.").Legacy("SUMMARY_SERVICE_ENDPOINT")
	f.Secret("api_token", &c.Token, "Bearer token sent to the service.").Legacy("SUMMARY_SERVICE_API_TOKEN")
	f.Secret("webhook_api_token", &c.HookToken, "Bearer token expected at recordings/external-process-hook/; none = nobody is admitted.").
		Legacy("SUMMARY_SERVICE_WEBHOOK_API_TOKEN")
	f.Duration("signed_url_expiry", &c.SignedFor, "How long the addresses given to the service are good, a week at most.").
		Legacy("SUMMARY_SERVICE_CLOUD_STORAGE_SIGNED_URL_EXPIRY_SECONDS").AtLeast(int64(time.Minute))
	f.String("form_base_url", &c.FormBaseURL, "Page of a satisfaction form, linked in transcripts; \"\" = none.").
		Legacy("TRANSCRIPTION_SATISFACTION_FORM_BASE_URL")
	f.Duration("timeout", &c.Timeout, "Time for the service's answer.").AtLeast(int64(time.Second))
	f.Texts("titles", &c.Titles, "Titles of transcripts by language, with {room}, {date} and {time}: {en-us: 'Notes of {room}, {date}'}.")
	f.Section("breaker", &c.Breaker, "When a failing service is left alone.")
}

func (b *Breaker) Fields(f *conf.Fields) {
	f.Int("failures", &b.Failures, "Failures in a row after which the service is left alone.").AtLeast(1)
	f.Duration("pause", &b.Pause, "How long it is left alone.").AtLeast(int64(time.Second))
}

func (m *Module) Warnings() []string {
	var missing []string
	if m.config.Endpoint == "" {
		missing = append(missing, "endpoint")
	}
	if m.config.Token.IsZero() {
		missing = append(missing, "api_token")
	}
	if len(missing) == 0 {
		return nil
	}
	return []string{strings.Join(missing, ", ") + ": not set: recordings wait, and are announced once there is a service"}
}

// Validate implements module.Validator. A missing endpoint or token is not a fault: jobs
// wait until it is set.
func (m *Module) Validate() error {
	var faults []error
	for _, x := range []struct {
		key, text string
		form      address.Form
	}{{"endpoint", m.config.Endpoint, address.Resource}, {"form_base_url", m.config.FormBaseURL, address.Page}} {
		if x.text == "" {
			continue
		}
		if err := x.form.Check(x.text); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", x.key, err))
		}
	}
	for language, text := range m.config.Titles {
		if err := checkTitle(text); err != nil {
			faults = append(faults, fmt.Errorf("titles.%s: %w", language, err))
		}
	}
	return errors.Join(faults...)
}
