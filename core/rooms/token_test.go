package rooms

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
)

// issued records what was requested.
type issued struct {
	last livekit.TokenRequest
	err  error
}

func (i *issued) Issue(r livekit.TokenRequest) (string, error) {
	i.last = r
	return "token", i.err
}

func service(edit bool, tokens Tokens) *Service {
	return New(Options{
		Rooms:   config.Rooms{EditDisplayName: edit},
		LiveKit: config.LiveKit{URL: "wss://live.example.org", DefaultSources: []string{"camera", "microphone"}, TokenTTL: time.Hour},
		Tokens:  tokens,
		Guests:  new(numbered),
	})
}

// numbered generates guests, one after another.
type numbered int

func (n *numbered) NewID() string {
	*n++
	return "guest " + strconv.Itoa(int(*n))
}

func text(s string) *string { return &s }

func TestToken_name_follows_the_account_and_the_wish(t *testing.T) {
	id := uuid.New()
	full := store.User{ID: id, Sub: text("ada"), FullName: text("Ada Lane"), Email: text("ada@example.org"), AdminEmail: text("admin@example.org")}
	mail, admin, nothing, blank := full, full, full, full
	mail.FullName = nil
	admin.FullName, admin.Email = nil, nil
	nothing.FullName, nothing.Email, nothing.AdminEmail = nil, nil, nil
	blank.FullName, blank.Email = text(""), text("")
	for name, x := range map[string]struct {
		user *store.User
		wish string
		edit bool
		want string
	}{
		"nobody":                       {nil, "", true, "Anonymous"},
		"nobody with a wish":           {nil, " Zoë ", true, " Zoë "},
		"nobody with a wish, no edits": {nil, "Zoë", false, "Zoë"},
		"full name":                    {&full, "", true, "Ada Lane"},
		"e-mail":                       {&mail, "", true, "ada@example.org"},
		"e-mail of the admin site":     {&admin, "", true, "admin@example.org"},
		"blank counts as none":         {&blank, "", true, "admin@example.org"},
		"id":                           {&nothing, "", true, id.String()},
		"wish":                         {&full, "Countess", true, "Countess"},
		"wish, no edits":               {&full, "Countess", false, "Ada Lane"},
		"a wish as long as names are":  {nil, strings.Repeat("é", 255), true, strings.Repeat("é", 255)},
		"a longer wish is cut":         {&full, strings.Repeat("é", 100_000), true, strings.Repeat("é", 255)},
	} {
		t.Run(name, func(t *testing.T) {
			tokens := &issued{}
			_, err := service(x.edit, tokens).Enter(Entrant{Room: "room", User: x.user, Wish: x.wish})
			require.NoError(t, err)
			require.Equal(t, x.want, tokens.last.Name)
			require.Equal(t, x.user != nil, tokens.last.Authenticated)
			require.Empty(t, tokens.last.Color, "the colour follows the identity")
		})
	}
}

func TestToken_identity_is_the_subject_or_new_each_time(t *testing.T) {
	ada := store.User{ID: uuid.New(), Sub: text("ada")}
	require.Equal(t, "ada", Identity(&ada))
	tokens := &issued{}
	s := service(true, tokens)
	for _, want := range []string{"guest 1", "guest 2"} {
		_, err := s.Enter(Entrant{Room: "room"})
		require.NoError(t, err)
		require.Equal(t, want, tokens.last.Identity)
	}
	for _, sub := range []*string{nil, text("")} {
		u := store.User{ID: uuid.New(), Sub: sub}
		require.Equal(t, u.ID.String(), Identity(&u), "two accounts without a subject must not be the same participant")
	}
}

func TestToken_of_a_guest_keeps_the_identity_and_colour_it_is_given(t *testing.T) {
	tokens, ada := &issued{}, store.User{ID: uuid.New(), Sub: text("ada")}
	_, err := service(true, tokens).Enter(Entrant{Room: "room", Guest: "guest", Color: "hsl(1, 50%, 50%)"})
	require.NoError(t, err)
	require.Equal(t, "guest", tokens.last.Identity)
	require.Equal(t, "hsl(1, 50%, 50%)", tokens.last.Color)
	_, err = service(true, tokens).Enter(Entrant{Room: "room", User: &ada, Guest: "guest"})
	require.NoError(t, err)
	require.Equal(t, "ada", tokens.last.Identity, "an account is never a guest")
}

func TestToken_sources_are_the_rooms_for_those_without_privilege(t *testing.T) {
	defaults := []string{"camera", "microphone"}
	for _, x := range []struct {
		configuration string
		role          store.Role
		want          []string
	}{
		{``, store.NoRole, defaults},
		{`{}`, store.NoRole, defaults},
		{`{"can_publish_sources":null}`, store.Member, defaults},
		{`{"can_publish_sources":["screen_share"]}`, store.NoRole, []string{"screen_share"}},
		{`{"can_publish_sources":["screen_share"]}`, store.Member, []string{"screen_share"}},
		{`{"can_publish_sources":[]}`, store.Member, []string{}},
		{`{"can_publish_sources":[]}`, store.Administrator, defaults},
		{`{"can_publish_sources":[]}`, store.Owner, defaults},
		{`{"can_publish_sources":"camera"}`, store.NoRole, defaults}, // a row older than the schema check
		{`[1,2]`, store.NoRole, defaults},
	} {
		got := service(true, nil).sources(json.RawMessage(x.configuration), x.role)
		require.Equal(t, x.want, got, "%s %s", x.configuration, x.role)
	}
}

func TestToken_without_keys_is_an_answer_and_not_a_crash(t *testing.T) {
	_, err := service(true, &issued{err: livekit.ErrNoKey}).Enter(Entrant{Room: "room"})
	require.Equal(t, 503, reply.As(err).Status)
	_, err = service(true, &issued{err: errors.New("broken")}).Enter(Entrant{Room: "room"})
	require.ErrorContains(t, err, "broken")
}
