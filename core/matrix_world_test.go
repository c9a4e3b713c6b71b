package core_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// world is where the matrix is tried: the staff of coretest, a live room of theirs with
// everybody in it, and another live room.
type world struct {
	*coretest.Staff
	client      *http.Client // without cookies of its own, and without redirects
	tokens      *livekit.Tokens
	live, other string // ids of rooms
	made        int
}

// guest is the identity in the tokens, and one of those in the live room.
const guest = "6f2d8a62-4a0f-4b27-9d1c-0f6f0f5f7a11"

// Account names by column.
var accounts = map[string]string{"stranger": "mary", "member": "alan", "admin": "grace", "owner": "ada", "forged": "ada"}

// unwatched checks no meeting by itself: nobody let the guest in.
func unwatched(_ *testing.T, c *config.Config) { c.Meetings.WatchEvery = time.Hour }

func newWorld(h *coretest.House, server *livekitdev.Server) *world {
	h.Helper()
	w := &world{Staff: coretest.NewStaff(h), tokens: livekit.NewTokens(h.Config.LiveKit.APIKey, h.Config.LiveKit.APISecret)}
	w.client = &http.Client{
		Timeout: 30 * time.Second, Transport: w.Who[""].Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	w.live, w.other = w.Room["id"].(string), w.Strange["id"].(string)
	for identity, room := range map[string]string{"ada": w.live, "grace": w.live, "alan": w.live, guest: w.live, "mary": w.other} {
		server.JoinT(h, w.token(room, identity, time.Hour), nil)
	}
	return w
}

func (w *world) token(room, identity string, ttl time.Duration) string {
	w.Helper()
	token, err := w.tokens.Issue(livekit.TokenRequest{Room: room, Identity: identity, Name: "Guest", TTL: ttl, Sources: []string{"camera"}})
	require.NoError(w, err)
	return token
}

// ask sends the request of a cell.
func (w *world) ask(x cell) coretest.Answer {
	w.Helper()
	room := w.newRoom(x.row.path)
	things := map[string]string{
		"room=restricted": room, "room=trusted": room, "room=public": room, "room=live": w.live, "room=missing": uuid.NewString(),
		"id=missing": uuid.NewString(), "id=junk": "junk", "file=junk": "junk.mp4",
	}
	path := fixture.ReplaceAllStringFunc(x.row.path, func(param string) string {
		name := strings.TrimPrefix(param, ":")
		if thing, known := things[name]; known {
			return thing
		}
		return w.one(x.row.path, strings.TrimPrefix(name, "id="), room)
	})
	if strings.Contains(x.row.path, "room=live") {
		room = w.live
	}
	body := strings.NewReplacer("$room", room, "$live", w.live, "$guest", guest, "$stranger", w.IDs["mary"], "$member", w.IDs["alan"],
		"$owner", w.IDs["ada"]).Replace(x.row.body)
	a := w.send(x.caller, x.row.method, path, body, room)
	if name := accounts[x.caller]; name != "" && strings.HasSuffix(path, "/logout/") {
		w.Who[name] = w.SignIn(name) // the following rows need the session
	}
	return a
}

// newRoom creates the room for a request, with the access level in its path.
func (w *world) newRoom(path string) string {
	w.Helper()
	level := "restricted"
	for _, other := range []string{"trusted", "public"} {
		if strings.Contains(path, ":room="+other) {
			level = other
		}
	}
	w.made++
	room := w.Who["ada"].Create(coretest.Object{"name": fmt.Sprintf("Matrix %d", w.made), "access_level": level})
	w.Grant(room, "grace", store.Administrator)
	w.Grant(room, "alan", store.Member)
	return room["id"].(string)
}

// one returns what :id=ROLE stands for in a path: the account with that role, its access
// to the room, or a recording of the room.
func (w *world) one(path, role, room string) string {
	w.Helper()
	if role == "own" {
		return w.recording(room)
	}
	name := map[string]string{"stranger": "mary", "member": "alan", "administrator": "grace", "owner": "ada"}[role]
	require.NotEmpty(w, name, "%s: nothing is called %s", path, role)
	if !strings.Contains(path, "/resource-accesses/") {
		return w.IDs[name]
	}
	a, err := w.Store.AccessOf(w.Context(), uuid.MustParse(room), uuid.MustParse(w.IDs[name]))
	require.NoError(w, err)
	return a.ID.String()
}

// recording creates an aborted recording, owned by the room's owner.
func (w *world) recording(room string) string {
	w.Helper()
	r, err := w.Store.CreateRecording(w.Context(), store.Recording{RoomID: uuid.MustParse(room), Mode: store.ScreenRecording}, uuid.MustParse(w.IDs["ada"]))
	require.NoError(w, err)
	_, _, err = w.Store.MoveRecording(w.Context(), r.ID, store.RecordingMove{To: store.RecordingAborted})
	require.NoError(w, err)
	return r.ID.String()
}

// send sends a request as a caller; room is the room its tokens are for.
func (w *world) send(caller, method, path, body, room string) coretest.Answer {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), method, w.URL+path, strings.NewReader(body))
	require.NoError(w, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if name := accounts[caller]; name != "" {
		b := w.Who[name]
		req.Header.Set("Cookie", "sessionid="+b.Cookie("sessionid")+"; csrftoken="+b.Cookie("csrftoken"))
		if caller != "forged" {
			req.Header.Set("X-CSRFToken", b.Cookie("csrftoken"))
		}
	} else if caller != "anon" {
		req.Header.Set("Authorization", "Bearer "+w.tokenOf(caller, room))
	}
	resp, err := coretest.Do(w.client, req)
	require.NoError(w, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(w, err)
	w.Logs.KeepOutTokens(string(text))
	return coretest.Answer{House: w.House, Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}

// tokenOf returns the LiveKit token that a caller sends.
func (w *world) tokenOf(caller, room string) string {
	w.Helper()
	switch caller {
	case "other":
		return w.token(w.other, "mary", time.Hour)
	case "expired":
		return w.token(room, guest, -time.Hour)
	case "tampered": // the other room's token, altered to name this one
		parts := strings.Split(w.token(w.other, guest, time.Hour), ".")
		parts[1] = strings.Split(w.token(room, guest, time.Hour), ".")[1]
		return strings.Join(parts, ".")
	}
	return w.token(room, guest, time.Hour)
}
