package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/plugin"
	"foyer/sdk/reply"
)

type hello struct {
	greeting string
	host     module.Host
}

func (m *hello) Name() string          { return "hello" }
func (m *hello) Config() conf.Section  { return m }
func (m *hello) Fields(f *conf.Fields) { f.String("greeting", &m.greeting, "What visitors are told.") }
func (m *hello) Needs() module.Needs   { return module.Needs{Rooms: true, KV: true} }
func (m *hello) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: "/api/v1.0/hello/:room/", Flag: "hello_rooms", Access: module.Public, Handler: http.HandlerFunc(m.greet)}}
}
func (m *hello) Start(_ context.Context, h module.Host) error { m.host = h; return nil }
func (m *hello) Stop(context.Context) error                   { return nil }
func (m *hello) Events() []string                             { return []string{"room_finished"} }
func (m *hello) Listen(ctx context.Context, e module.Event) error {
	return m.host.KV().Put(ctx, "last/"+e.Room, []byte(e.ID), 0)
}

func (m *hello) greet(w http.ResponseWriter, r *http.Request) {
	room, err := m.host.Rooms().Find(r.Context(), r.PathValue("room"))
	if errors.Is(err, module.ErrNotFound) {
		reply.Fail(w, r, reply.NoMatch("Room"))
		return
	}
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	last, err := m.host.KV().Get(r.Context(), "last/"+room.ID.String())
	reply.JSON(w, r, http.StatusOK, map[string]any{"greeting": m.greeting + ", " + room.Name, "met_before": err == nil && len(last) > 0})
}

func main() {
	if err := plugin.Serve(&hello{greeting: "Hello"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
