// Package coretest is the house in which topics of the core are tested from outside: the
// whole gateway on a real database with a real sign-in provider, and on demand a real
// media server, Redis and bucket.
//
//	func TestRoom_has_a_name(t *testing.T) {
//		coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
//			h := coretest.Open(t, engine)
//			room := h.SignIn("ada").Create(coretest.Object{"name": "Weekly"})
//			require.Equal(t, "weekly", room["slug"])
//		})
//	}
//
// A House is the gateway, a Browser somebody who uses it and an Answer what it says. Staff
// is a house with people of every role, a Knocker waits in its lobby, and Meeting and
// Studio add a media server. Every answer is checked against the API document, and every
// log for what must not be logged.
//
// It imports the whole core, so only external tests (package x_test) can use it.
package coretest
