package core_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/internal/dev/livekitdev"
)

// callers are the columns of the matrix.
var callers = []string{"anon", "stranger", "member", "admin", "owner", "forged", "token", "other", "expired", "tampered"}

// want is what an answer has to be: a status, and a body.
type want struct {
	status int
	says   string         // "" = anything
	form   *regexp.Regexp // nil = anything
}

// answers are the names from core-rest.md, and the table's own.
var answers = map[string]want{
	"AUTH401": {status: 401, says: coretest.NoCredentials},
	"AUTH403": {status: 403, says: coretest.NoCredentials},
	"PERM403": {status: 403, says: coretest.Forbidden},
	"PRIV403": {status: 403, says: `{"detail":"You must have privileges on room to perform this action."}`},
	"CSRF403": {status: 403, says: `{"detail":"CSRF Failed: CSRF token missing."}`},
	"LK403":   {status: 403, form: regexp.MustCompile(`^\{"detail":"Invalid LiveKit token: (Signature has expired|Signature verification failed)"\}$`)},
	"NF404":   {status: 404, says: coretest.NothingHere},
	"ROOM404": {status: 404, says: coretest.NoRoom},
	"USER404": {status: 404, says: `{"detail":"No User matches the given query."}`},
	"ACC404":  {status: 404, says: coretest.NoAccess},
	"REC404":  {status: 404, says: `{"detail":"No Recording matches the given query."}`},
	"NOREC":   {status: 404, says: `{"detail":"No active recording found for this room."}`},
	"RULE403": {status: 403, says: coretest.NotRuled},
	"OWN403":  {status: 403, says: coretest.NotOwner},
	"LAST403": {status: 403, says: coretest.LastOwner},
	"NOLOBBY": {status: 404, says: coretest.NoLobby},
	"WAIT404": {status: 404, says: coretest.NotWaiting},
	"PART404": {status: 404, says: `{"error":"Participant not found"}`},
	"HERE403": {status: 403, says: `{"detail":"You must be connected to the meeting to perform this action."}`},
	"HOOK400": {status: 400, says: `{"status":"error"}`},
	"HOOK401": {status: 401, says: `{"status":"error"}`},
	// The lobby says wait, or come in.
	"WAITS": {status: 200, form: regexp.MustCompile(`^\{"status":"waiting",.*"livekit":null\}$`)},
	"COMES": {status: 200, form: regexp.MustCompile(`^\{"status":"accepted",.*"livekit":\{[^}]+\}\}$`)},
	// A room object without its keys, with them, and with its accesses.
	"CLOSED": {status: 200, form: regexp.MustCompile(`"access_level":"[a-z]+"\}$`)},
	"ENTERS": {status: 200, form: regexp.MustCompile(`"livekit":\{[^}]+\}\}$`)},
	"RULES":  {status: 200, form: regexp.MustCompile(`"livekit":\{[^}]+\},"accesses":\[`)},
}

// cell is one request of the matrix and its expected answer.
type cell struct {
	row          *row
	caller, want string
}

// row is one line of the matrix.
type row struct {
	method, path, flag, body string
	cells                    []cell
}

// route is the row's route as modules declare it.
func (r *row) route() string { return r.method + " " + fixture.ReplaceAllString(r.path, ":$1") }

// fixture matches a path parameter with what it stands for in a request.
var fixture = regexp.MustCompile(`:(\w+)=(\w+)`)

// rowsOf parses a matrix; a line that cannot be parsed fails the test.
func rowsOf(t testing.TB, text string) (rows []*row) {
	t.Helper()
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || strings.HasPrefix(line, "#"):
			continue
		case strings.HasPrefix(line, " "):
			require.NotEmpty(t, rows, "a body without a route: %s", line)
			rows[len(rows)-1].body = strings.TrimSpace(line)
			continue
		}
		require.Greater(t, len(words), 2, line)
		r := &row{method: words[0], path: words[1]}
		if !strings.HasPrefix(r.path, "/") {
			r.path = "/api/v1.0/" + r.path
		}
		words = words[2:]
		if flag, given := strings.CutPrefix(words[0], "@"); given {
			r.flag, words = flag, words[1:]
		}
		require.Len(t, words, len(callers), "every caller has a cell: %s", line)
		for i, w := range words {
			r.cells = append(r.cells, cell{r, callers[i], w})
		}
		rows = append(rows, r)
	}
	return rows
}

// check compares an answer with a cell: "200" or one of the names.
func (x cell) check(t *testing.T, a coretest.Answer) {
	t.Helper()
	name := fmt.Sprintf("%s %s by %s", x.row.method, x.row.path, x.caller)
	w, named := answers[x.want]
	if !named {
		var err error
		w.status, err = strconv.Atoi(x.want)
		require.NoError(t, err, "%s: %q is not an answer", name, x.want)
	}
	if x.row.method == http.MethodHead { // has no body
		w.says, w.form = "", nil
	}
	ok := a.Status == w.status && (w.says == "" || a.Body == w.says) && (w.form == nil || w.form.MatchString(a.Body))
	if !ok {
		t.Errorf("%s: want %s, got %d %.200s", name, x.want, a.Status, a.Body)
	}
	if challenge := a.Header.Get("WWW-Authenticate"); (challenge == "Session") != (x.want == "AUTH401") {
		t.Errorf("%s: the challenge is %q", name, challenge)
	}
}

func TestMatrix_has_a_line_for_every_route_and_no_other(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	declared := map[string]string{}
	for _, g := range h.App.Groups() {
		for _, r := range g.Routes {
			declared[r.Method+" "+r.Path] = strings.TrimPrefix(string(g.Flag)+"+"+string(r.Flag), "+")
		}
	}
	listed := map[string]string{}
	for _, r := range rowsOf(t, matrix) {
		listed[r.route()] = strings.Trim(r.flag, "+")
	}
	for route, flag := range declared {
		require.Contains(t, listed, route, "the route has no line in the matrix")
		require.Equal(t, strings.Trim(flag, "+"), listed[route], "flags of %s", route)
	}
	for route := range listed {
		require.Contains(t, declared, route, "there is no such route")
	}
}

func TestMatrix_gives_every_caller_what_the_contract_says(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	w := newWorld(coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), unwatched), server)
	for _, r := range rowsOf(t, matrix) {
		for _, x := range r.cells {
			x.check(t, w.ask(x))
		}
	}
}

func TestMatrix_of_what_is_off_is_that_of_unknown_paths(t *testing.T) {
	t.Parallel()
	server := livekitdev.StartT(t, livekitdev.Options{})
	w := newWorld(coretest.Open(t, coretest.Engines["sqlite"], coretest.Media(server), unwatched), server)
	off, _, err := config.Load(config.Source{Modules: coretest.Modules})
	require.NoError(t, err)
	off.HTTP.APIDocs = false
	w.App.Apply(off)
	rows := slices.DeleteFunc(rowsOf(t, matrix), func(r *row) bool { return r.flag == "" })
	require.NotEmpty(t, rows)
	for _, r := range rows {
		for _, x := range r.cells {
			var a coretest.Answer
			x.want = "NF404"
			require.Eventually(t, func() bool { a = w.ask(x); return a.Status == http.StatusNotFound }, coretest.WaitLong, coretest.WaitShort, r.path)
			x.check(t, a)
			unknown := w.send(x.caller, r.method, "/api/v1.0/no-such-path/", r.body, "")
			for _, name := range []string{"Date", "X-Request-Id"} {
				a.Header.Del(name)
				unknown.Header.Del(name)
			}
			require.Equal(t, unknown.Header, a.Header, r.path)
			require.Equal(t, unknown.Body, a.Body, r.path)
		}
	}
}
