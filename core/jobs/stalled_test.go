package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// labourer is a module that stores jobs when it starts and works on them.
type labourer struct {
	name string
	jobs int
	work func(context.Context) error
}

func (l *labourer) Name() string { return l.name }

func (*labourer) Config() conf.Section { return conf.Group(func(*conf.Fields) {}) }

func (*labourer) Needs() module.Needs { return module.Needs{Jobs: true} }

func (*labourer) Routes() []module.Route { return nil }

func (*labourer) Stop(context.Context) error { return nil }

func (l *labourer) Work(ctx context.Context, _ module.Job) error { return l.work(ctx) }

func (l *labourer) Start(ctx context.Context, h module.Host) error {
	for range l.jobs {
		if err := h.Jobs().Enqueue(ctx, "toil", nil, module.JobOptions{}); err != nil {
			return err
		}
	}
	return nil
}

func TestModule_whose_peer_does_not_answer_holds_up_no_other(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		stuck, done, release := make(chan struct{}, 100), make(chan struct{}, 100), make(chan struct{})
		labourers := func() []module.Module {
			return []module.Module{
				&labourer{name: "stalled", jobs: 20, work: func(context.Context) error {
					stuck <- struct{}{}
					<-release
					return nil
				}},
				&labourer{name: "brisk", jobs: 1, work: func(context.Context) error {
					for range 5 { // the stalled one has all the workers it gets
						<-stuck
					}
					done <- struct{}{}
					return nil
				}},
			}
		}
		cfg, _, err := config.Load(config.Source{Modules: labourers, Environ: []string{
			"GATEWAY_MODULES__STALLED__ENABLED=true", "GATEWAY_MODULES__BRISK__ENABLED=true", "GATEWAY_JOBS__WORKERS=5",
		}})
		require.NoError(t, err)
		cfg.HTTP.Addr, cfg.Telemetry.MetricsAddr, cfg.HTTP.DrainTimeout = "127.0.0.1:0", "", coretest.WaitLong
		engine(t, cfg)
		ctx, stop := context.WithCancel(t.Context())
		app, err := core.New(ctx, core.Options{Config: cfg, Modules: labourers, Version: "test", Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		ended := make(chan error, 1)
		go func() { ended <- app.Run(ctx) }()
		select {
		case <-done:
		case <-time.After(coretest.WaitLong):
			t.Error("the brisk one was not worked on")
		}
		close(release)
		stop()
		require.NoError(t, <-ended)
	})
}
