package main

import (
	"net/http"
	"testing"

	"foyer/sdk/module"
	"foyer/sdk/sdktest"
)

func fresh() module.Module { return &hello{greeting: "Hello"} }

func TestMain(m *testing.M) { sdktest.Main(m, fresh) }

func TestHello_greets_in_a_room_and_remembers_its_end(t *testing.T) {
	c := sdktest.Case{New: fresh, Config: "greeting: Welcome\n", Flags: []module.Flag{"hello_rooms"}}
	sdktest.Run(t, c, func(t *testing.T, p *sdktest.Place) {
		get := func(room string, status int, body string) {
			t.Helper()
			a := p.Send(t, sdktest.Request{Path: "/api/v1.0/hello/" + room + "/"})
			if a.Status != status || a.Body != body {
				t.Fatalf("got %d %s, want %d %s", a.Status, a.Body, status, body)
			}
		}
		get("other", http.StatusNotFound, `{"detail":"No Room matches the given query."}`)
		if p.Memory == nil {
			return // a real gateway, with nothing in it
		}
		ada := p.Memory.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
		room := p.Memory.AddRoom(module.Room{Name: "Weekly call"}, ada.ID)
		get("weekly-call", http.StatusOK, `{"greeting":"Welcome, Weekly call","met_before":false}`)
		p.Memory.Emit(module.Event{Name: "room_finished", Room: room.ID.String()})
		if err := p.RunJobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		get(room.ID.String(), http.StatusOK, `{"greeting":"Welcome, Weekly call","met_before":true}`)
	})
}

func TestHello_is_not_there_while_the_flag_of_its_route_is_off(t *testing.T) {
	sdktest.Run(t, sdktest.Case{New: fresh}, func(t *testing.T, p *sdktest.Place) {
		if a := p.Send(t, sdktest.Request{Path: "/api/v1.0/hello/weekly-call/"}); a.Status != http.StatusNotFound || a.Body != `{"detail":"Not found."}` {
			t.Fatalf("got %d %s", a.Status, a.Body)
		}
	})
}
