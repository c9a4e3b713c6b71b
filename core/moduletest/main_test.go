package moduletest_test

import (
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"foyer/core/moduletest"
	"foyer/flags"
)

func TestMain(m *testing.M) {
	moduletest.Main(m, newProbe, newMute)
}

func TestProbe_behaves_in_both_placements(t *testing.T) {
	get := func(path string) moduletest.Request { return moduletest.Request{Method: "GET", Path: path} }
	forged := get("/probe/say/x/?a=1&b=%2F")
	forged.Header = map[string][]string{
		"X-Foyer-Caller": {`{"caller":{"sub":"root"}}`}, "X-Foyer-Token": {"guess"}, "Cookie": {"a=b"},
		"X-Forwarded-For": {"192.0.2.1"}, "Host": {"evil.example:81"},
	}
	who := get("/probe/secret/")
	who.Caller = moduletest.Anybody()
	peer, guess := get("/probe/peer/"), get("/probe/peer/")
	peer.Header, guess.Header = http.Header{"Authorization": {"Bearer s3cret"}}, http.Header{"Authorization": {"Bearer "}}
	moduletest.Run(t, moduletest.Case{
		New: newProbe, Config: "greeting: hej\npeer: {token: s3cret}\n",
		Requests: []moduletest.Request{
			forged, who, peer, guess, get("/probe/page/"), get("/probe/staff/"), get("/probe/program/"), get("/probe/say/caf%C3%A9/"), get("/probe/say/%FF%01%E2%80%A8%22/"), get("/probe/say/a%2Fb/"), get("/probe/say/x"), get("/probe/extra/"),
			get("/probe/room/none/"), get("/probe/user/"), get("/probe/panic/"),
			get("/probe/files/r"), get("/probe/files/r/"), get("/probe/files/r/a/b%20c/"), get("/probe/files/r/a%2Fb/d%C3%A9"), get("/probe/files/r/a//b"), get("/probe/counts/"),
			{Method: "POST", Path: "/probe/say/x/"}, {Method: "HEAD", Path: "/probe/say/x/"}, {Method: "OPTIONS", Path: "/probe/say/x/"},
			{Method: "POST", Path: "/probe/echo/", Body: "one\ntwo\n"},
		},
	})
}

func TestProbe_leaks_nothing(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("run", func(t *testing.T) {
		for _, process := range []bool{false, true} {
			g := moduletest.Start(t, moduletest.Case{New: newProbe}, process)
			a := g.Send(t, moduletest.Request{Method: "GET", Path: "/probe/say/x/"})
			if a.Status != 200 {
				t.Fatal(a)
			}
		}
	})
}

// on is a set of flags that are all on.
type on struct{}

func (on) On(flags.Key) bool              { return true }
func (on) OnChange(func(flags.Key, bool)) {}
