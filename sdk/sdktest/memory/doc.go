// Package memory is a gateway that keeps everything in memory: a stand-in for
// tests of a module, which need nothing else to run.
//
//	g := memory.New(memory.Options{})
//	ada := g.AddUser(module.Account{User: module.User{Sub: "ada"}, Active: true})
//	room := g.AddRoom(module.Room{Name: "Weekly call"}, ada.ID)
//	err := m.Start(ctx, g.Granted(m))
//
// It keeps a host's promises as the gateway does, which the package hostsuite
// proves for both. Beyond that a test can inspect the effects of the module's
// calls (Jobs, Events, Messages, Audit), have jobs and events worked on when it
// likes (Run), and make the weather: advance the clock (Advance), begin meetings
// (StartMeeting), take the media server away (LoseMediaServer).
//
// What it is not: nothing outlives the process, there are no replicas and no
// contention between writers, nothing runs by itself, no mail leaves it, and
// there is no LiveKit and no object store behind the settings it hands out. It
// routes no requests: access rules, throttles of routes and sessions belong to
// the gateway. Anything that depends on those has to be tested against a gateway.
package memory
