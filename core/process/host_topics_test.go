package process_test

import (
	"context"
	"log/slog"
	"maps"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/mail"
	"foyer/core/recordings"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
)

// recordings returns the gateway's, with an object store that is down.
func (p *place) recordings(then *documents.Service) *recordings.Service {
	p.Helper()
	files, err := objectstore.New(module.Storage{Endpoint: "http://127.0.0.1:1", Region: "local", Bucket: "meet"})
	require.NoError(p.T, err)
	return recordings.New(recordings.Options{Store: p.store, Then: then, Files: files, Recordings: config.Recordings{
		OutputFolder: "recordings", ExpirationDays: new(7), DownloadBaseURL: "https://meet.example.org/recording/",
		Collector: config.Collector{Enabled: true, AgentName: "collector", OutputFolder: "metadata"},
	}})
}

// mail returns the gateway's, where nothing processes the queue.
func (p *place) mail() *mail.Service {
	p.Helper()
	cfg := config.Default().Mail
	cfg.Backend, cfg.Domain, cfg.BaseURL = config.MailNone, "meet.example.org", "https://meet.example.org"
	s, err := mail.New(mail.Options{Mail: cfg, Store: p.store, Jobs: p.jobs, Log: slog.New(slog.DiscardHandler)})
	require.NoError(p.T, err)
	return s
}

// gates returns the gateway's flags, all off.
func (p *place) gates() *flags.Gates {
	p.Helper()
	p.flags, p.provider = map[flags.Key]bool{}, flags.NewStatic(nil)
	g, err := flags.NewGates(p.Context(), p.provider, nil, slog.New(slog.DiscardHandler))
	require.NoError(p.T, err)
	p.Cleanup(func() { require.NoError(p.T, g.Close(context.WithoutCancel(p.Context()))) })
	return g
}

func (p *place) SetFlag(key module.Flag, on bool) {
	p.flags[key] = on
	p.provider.Update(maps.Clone(p.flags))
}
