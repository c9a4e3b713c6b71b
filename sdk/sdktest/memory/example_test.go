package memory_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/sdktest/memory"
)

// reminder mails the owner of a room an hour after a meeting.
type reminder struct{ host module.Host }

func (m *reminder) Name() string         { return "reminder" }
func (m *reminder) Config() conf.Section { return m }
func (m *reminder) Fields(*conf.Fields)  {}
func (m *reminder) Needs() module.Needs {
	return module.Needs{Users: true, Jobs: true, KV: true, Mail: true}
}
func (m *reminder) Routes() []module.Route                       { return nil }
func (m *reminder) Start(_ context.Context, h module.Host) error { m.host = h; return nil }
func (m *reminder) Stop(context.Context) error                   { return nil }
func (m *reminder) Events() []string                             { return []string{"room_finished"} }

func (m *reminder) Listen(ctx context.Context, e module.Event) error {
	return m.host.Jobs().Enqueue(ctx, "remind", e.Room, module.JobOptions{Unique: e.ID, Delay: time.Hour})
}

func (m *reminder) Work(ctx context.Context, j module.Job) error {
	return m.host.Mail().Enqueue(ctx, module.Message{
		To: []string{"ada@example.org"}, Subject: "Your meeting", Text: "Write it down.", HTML: "<p>Write it down.</p>",
	})
}

func Example() {
	ctx, m := context.Background(), &reminder{}
	g := memory.New(memory.Options{})
	ada := g.AddUser(module.Account{User: module.User{Sub: "ada", Email: "ada@example.org"}, Active: true})
	room := g.AddRoom(module.Room{Name: "Weekly call"}, ada.ID)
	if err := m.Start(ctx, g.Granted(m)); err != nil {
		fmt.Fprintln(os.Stdout, err)
	}
	g.Listen(m.Name(), m.Events()...)

	g.Emit(module.Event{Name: "room_finished", Room: room.ID.String()})
	fmt.Fprintln(os.Stdout, g.Run(ctx, m), len(g.Messages("reminder")))
	g.Advance(time.Hour)
	fmt.Fprintln(os.Stdout, g.Run(ctx, m), g.Messages("reminder")[0].Subject)
	_, err := m.host.Documents().Get(ctx, "notes", "1")
	fmt.Fprintln(os.Stdout, err)
	// Output:
	// <nil> 0
	// <nil> Your meeting
	// Documents: not granted: name the service in Needs
}
