package topics_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/topics"
	"foyer/sdk/module"
)

// modules records what reaches it.
type modules struct{ got []string }

func (m *modules) For(string) []string    { return []string{"subtitles"} }
func (m *modules) Works(name string) bool { return name == "subtitles" }

func (m *modules) Deliver(_ context.Context, name string, e module.Event) error {
	m.got = append(m.got, name+" "+e.ID)
	return nil
}

func (m *modules) Work(_ context.Context, name string, j module.Job) error {
	m.got = append(m.got, name+" "+j.Kind)
	return nil
}

type named string

func (n named) Name() string { return string(n) }

// mailer works on jobs but does not listen.
type mailer struct {
	named
	did []string
}

func (m *mailer) Work(_ context.Context, j module.Job) error {
	m.did = append(m.did, j.Kind)
	return nil
}

// lobby listens but does not work on jobs.
type lobby struct{ named }

var errBusy = errors.New("busy")

func (lobby) Events() []string                           { return []string{"room_finished"} }
func (lobby) Listen(context.Context, module.Event) error { return errBusy }

func TestRegistry_serves_topics_and_modules_from_one_queue(t *testing.T) {
	m, mail := &modules{}, &mailer{named: "core.mail"}
	d := topics.New(m)
	require.NoError(t, d.Add(mail, lobby{"core.lobby"}, named("core.silent")))

	require.Equal(t, []string{"core.lobby", "subtitles"}, d.For("room_finished"))
	require.Equal(t, []string{"subtitles"}, d.For("room_started"))

	for name, works := range map[string]bool{"subtitles": true, "summary": false, "core.mail": true, "core.gone": false} {
		require.Equal(t, works, d.Works(name), name)
	}

	require.NoError(t, d.Deliver(t.Context(), "subtitles", module.Event{ID: "EV_1"}))
	require.NoError(t, d.Work(t.Context(), "subtitles", module.Job{Kind: "sum"}))
	require.Equal(t, []string{"subtitles EV_1", "subtitles sum"}, m.got)

	require.NoError(t, d.Work(t.Context(), "core.mail", module.Job{Kind: "send"}))
	require.Equal(t, []string{"send"}, mail.did)
	require.ErrorIs(t, d.Deliver(t.Context(), "core.lobby", module.Event{}), errBusy, "the queue tries again")
}

func TestRegistry_fails_what_nobody_takes(t *testing.T) {
	d := topics.New(&modules{})
	require.NoError(t, d.Add(lobby{"core.lobby"}))
	require.ErrorContains(t, d.Work(t.Context(), "core.lobby", module.Job{Kind: "send"}), "send")
	require.ErrorContains(t, d.Deliver(t.Context(), "core.gone", module.Event{ID: "EV_1"}), "core.gone")
}

func TestRegistry_refuses_names_that_could_be_mistaken(t *testing.T) {
	d := topics.New(&modules{})
	require.ErrorContains(t, d.Add(named("mail")), "core.")
	require.NoError(t, d.Add(named("core.mail")))
	require.ErrorContains(t, d.Add(named("core.mail")), "two")
}
