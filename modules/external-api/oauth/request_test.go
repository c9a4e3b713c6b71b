package oauth

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
)

// Any input is either read or refused with an answer that the client can read.
func FuzzRequest(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	f.Add(form, "", "", "client_id=a&client_secret=b&grant_type=client_credentials&scope=c@example.org")
	f.Add(form, "Basic YTpi", "application/json;error_format=rfc6749", "grant_type=client_credentials&user=a@b.c&user=d")
	f.Add("application/json", "basic !", "*/*", `{"client_id":1,"scope":null,"client_assertion":[]}`)
	f.Add(form, "Basic OmE=", ",;", "grant_type="+grantExchange+"&subject_token=%zz&scope=%00")
	f.Fuzz(func(t *testing.T, kind, authorization, accept, text string) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/", strings.NewReader(text))
		r.Header = map[string][]string{"Content-Type": {kind}, "Authorization": {authorization}, "Accept": {accept}}
		in, err := read(w, r)
		require.NotNil(t, in)
		if err == nil {
			x, credentialsErr := in.credentials()
			require.True(t, credentialsErr != nil || x.id != "" || x.secret != "")
			_, _, err = in.userAndScopes()
			in.fields.String("client_id", body.Required())
			for _, e := range []error{credentialsErr, in.fields.Err()} {
				if e != nil {
					err = e
				}
			}
		}
		if err == nil {
			return
		}
		in.fail(w, r, err)
		require.GreaterOrEqual(t, w.Code, 400)
		require.Less(t, w.Code, 500)
		var o map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &o))
		if in.oauth {
			require.IsType(t, "", o["error"])
		}
	})
}

func TestNarrow_never_gives_what_the_application_lacks(t *testing.T) {
	has := []string{"rooms:create", "rooms:list"}
	for wanted, want := range map[string]string{
		"": "rooms:create rooms:list", "rooms:list": "rooms:list", "rooms:list rooms:create": "rooms:create rooms:list",
		"rooms:delete": "", "rooms:list rooms:delete": "", "Rooms:List": "",
	} {
		got, err := narrow(has, strings.Fields(wanted))
		require.Equal(t, want, strings.Join(got, " "), wanted)
		require.Equal(t, want == "", err != nil, wanted)
	}
}
