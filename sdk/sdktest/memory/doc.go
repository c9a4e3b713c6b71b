// Package memory is a gateway that keeps everything in memory: a stand-in for tests
// of a module, which need nothing else to run.
//
//	g := memory.New(memory.Options{})
//	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
//	room := g.AddRoom(module.Room{Name: "Weekly call"}, ada.ID)
//	err := m.Start(ctx, g.Granted(m))
//
// It keeps what a host promises as the gateway does, which the package hostsuite
// proves of both. Beyond that a test sees what became of the module's calls (Jobs,
// Events, Messages, Audit), has them worked on when it likes (Run), and makes the
// weather: time goes by at once (Advance), meetings begin (StartMeeting), the media
// server is away (LoseMediaServer).
//
// What it is not: nothing lasts beyond the process, there are no replicas and no
// contention of writers, nothing runs by itself, no mail leaves it, and there is no
// LiveKit and no object store behind the settings that it hands out. It routes no
// requests: access rules, throttles of routes and sessions are the gateway's. What
// depends on those is for tests against a gateway.
package memory
