package config_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// offer is a module that only declares what it offers and accepts.
type offer struct {
	name   string
	needs  module.Needs
	shown  map[string]any
	events []string
}

func (o *offer) Name() string                               { return o.name }
func (o *offer) Config() conf.Section                       { return conf.Group(func(*conf.Fields) {}) }
func (o *offer) Needs() module.Needs                        { return o.needs }
func (o *offer) Routes() []module.Route                     { return nil }
func (o *offer) Start(context.Context, module.Host) error   { return nil }
func (o *offer) Stop(context.Context) error                 { return nil }
func (o *offer) Advertise() map[string]any                  { return o.shown }
func (o *offer) Events() []string                           { return o.events }
func (o *offer) Listen(context.Context, module.Event) error { return nil }

func offers() []module.Module {
	return []module.Module{
		&offer{name: "recording", needs: module.Needs{Storage: true, Recordings: true}, shown: map[string]any{"recording": map[string]any{
			"available_modes": []any{module.ScreenRecording, module.Transcript},
		}}},
		&offer{name: "summary", needs: module.Needs{Storage: true, Recordings: true}, events: []string{module.EventRecordingSaved}},
		&offer{name: "sip", shown: map[string]any{"telephony": map[string]any{"enabled": true}}},
	}
}

func TestOffers_that_nothing_serves_are_warned_of(t *testing.T) {
	const (
		calls, transcripts = "telephony.enabled: no module that is on answers calls", "modules.recording.modes: transcript is offered"
		storage, page      = "storage.endpoint: not set", "recordings.download_base_url: not set"
	)
	on := func(name string) string { return "GATEWAY_MODULES__" + strings.ToUpper(name) + "__ENABLED=true" }
	phone := []string{"ROOM_TELEPHONY_ENABLED=true", "ROOM_TELEPHONY_PHONE_NUMBER=+33123456789"}
	bucket, link := "AWS_S3_ENDPOINT_URL=https://s3.example.org", "RECORDING_DOWNLOAD_BASE_URL=https://meet.example.org/recording"
	for name, c := range map[string]struct {
		environ []string
		want    []string
	}{
		"nothing is offered":                    {nil, nil},
		"telephony without a module":            {phone, []string{calls}},
		"telephony with one":                    {append([]string{on("sip")}, phone...), nil},
		"a module for telephony that is not on": {[]string{on("sip")}, nil},
		"recordings alone":                      {[]string{on("recording")}, []string{storage, page, transcripts}},
		"recordings with a server for files":    {[]string{on("recording"), bucket, link}, []string{transcripts}},
		"recordings with keys for AWS":          {[]string{on("recording"), link, "AWS_S3_ACCESS_KEY_ID=k", "AWS_S3_SECRET_ACCESS_KEY=s"}, []string{transcripts}},
		"recordings that are transcribed":       {[]string{on("recording"), on("summary"), bucket, link}, nil},
		"transcripts of recordings made before": {[]string{on("summary")}, []string{storage, page}},
	} {
		t.Run(name, func(t *testing.T) {
			_, warnings, err := config.Load(config.Source{Environ: c.environ, Modules: offers})
			require.NoError(t, err)
			var got []string
			for _, w := range warnings {
				for _, about := range []string{calls, transcripts, storage, page} {
					if strings.Contains(w.String(), about) {
						got = append(got, about)
					}
				}
			}
			require.ElementsMatch(t, c.want, got, "%v", warnings)
		})
	}
}
