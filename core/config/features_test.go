package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/module"
)

// recorder is a module that records.
type recorder struct{ *captions }

func (recorder) Name() string        { return "recorder" }
func (recorder) Needs() module.Needs { return module.Needs{Recordings: true} }

// An environment of the replaced server works despite settings that are not used; with
// the feature on, or in this server's own form, they are refused.
func TestLoad_warns_of_settings_of_features_that_are_off(t *testing.T) {
	for _, x := range []struct{ legacy, own, on, want string }{
		{"SCREEN_RECORDING_BASE_URL=/recording", "GATEWAY_RECORDINGS__DOWNLOAD_BASE_URL=/recording", "GATEWAY_MODULES__RECORDER__ENABLED=true", "recordings.download_base_url: "},
		{"RECORDING_DOWNLOAD_BASE_URL=/recording", "GATEWAY_RECORDINGS__DOWNLOAD_BASE_URL=/recording", "GATEWAY_MODULES__RECORDER__ENABLED=true", "recordings.download_base_url: "},
		{"RECORDING_OUTPUT_FOLDER=my recordings", "GATEWAY_RECORDINGS__OUTPUT_FOLDER=my recordings", "GATEWAY_MODULES__RECORDER__ENABLED=true", "recordings.output_folder: "},
		{"RECORDING_OUTPUT_FOLDER=*all", "GATEWAY_RECORDINGS__OUTPUT_FOLDER=*all", "GATEWAY_MODULES__RECORDER__ENABLED=true", "recordings.output_folder: "},
		{"METADATA_COLLECTOR_OUTPUT_FOLDER=meta data", "GATEWAY_RECORDINGS__METADATA_COLLECTOR__OUTPUT_FOLDER=meta data",
			"GATEWAY_MODULES__RECORDER__ENABLED=true\nMETADATA_COLLECTOR_ENABLED=true", "recordings.metadata_collector.output_folder: "},
		{"ROOM_TELEPHONY_DEFAULT_COUNTRY=us", "GATEWAY_TELEPHONY__DEFAULT_COUNTRY=us", "ROOM_TELEPHONY_ENABLED=true", "telephony.default_country: "},
	} {
		t.Run(x.legacy, func(t *testing.T) {
			with := func(environ ...string) (*config.Config, []config.Warning, error) {
				return config.Load(config.Source{Environ: environ, Modules: func() []module.Module { return []module.Module{recorder{newCaptions()}} }})
			}
			c, warnings, err := with(x.legacy)
			require.NoError(t, err)
			require.Contains(t, fmtAll(warnings), x.want)
			require.Equal(t, "recordings", c.Recordings.OutputFolder) // part of a route
			require.Equal(t, "metadata", c.Recordings.Collector.OutputFolder)
			_, _, err = with(append(strings.Split(x.on, "\n"), x.legacy)...)
			require.ErrorContains(t, err, x.want)
			_, _, err = with(x.own)
			require.ErrorContains(t, err, x.want)
		})
	}
}

func TestLoad_leaves_out_the_slash_at_the_end_of_a_folder(t *testing.T) {
	c, warnings, err := load(t, "recordings: {metadata_collector: {output_folder: a/b//}}", "RECORDING_OUTPUT_FOLDER=recordings/")
	require.NoError(t, err)
	require.Equal(t, []string{"recordings", "a/b"}, []string{c.Recordings.OutputFolder, c.Recordings.Collector.OutputFolder})
	for _, want := range []string{"RECORDING_OUTPUT_FOLDER: recordings.output_folder: ", "config.yaml:1: recordings.metadata_collector.output_folder: "} {
		require.Contains(t, fmtAll(warnings), want)
	}
	require.Contains(t, fmtAll(warnings), "the slash at its end is left out")
}

func TestLoad_takes_links_into_the_fragment_of_a_page(t *testing.T) {
	c := mustLoad(t, "", "DJANGO_EMAIL_APP_BASE_URL=https://meet.example.org/#/", "RECORDING_DOWNLOAD_BASE_URL=https://meet.example.org/#/files")
	require.Equal(t, "https://meet.example.org/#", c.Mail.BaseURL) // and a slash and the room follow
	require.Equal(t, "meet.example.org", c.Mail.Domain)
	require.Equal(t, "https://meet.example.org/#/files", c.Recordings.DownloadBaseURL)
}
