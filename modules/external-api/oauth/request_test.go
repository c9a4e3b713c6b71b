package oauth

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"foyer/sdk/body"
)

// Whatever is sent is read or refused with an answer that a client can read.
func FuzzRequest(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	f.Add(form, "", "", "client_id=a&client_secret=b&grant_type=client_credentials&scope=c@example.org")
	f.Add(form, "Basic YTpi", "application/json;error_format=rfc6749", "grant_type=client_credentials&user=a@b.c&user=d")
	f.Add("application/json", "basic !", "*/*", `{"client_id":1,"scope":null,"client_assertion":[]}`)
	f.Add(form, "Basic OmE=", ",;", "grant_type="+grantExchange+"&subject_token=%zz&scope=%00")
	f.Fuzz(func(t *testing.T, kind, authorization, accept, text string) {
		w := httptest.NewRecorder()
		c, _ := gin.CreateTestContext(w)
		c.Request = httptest.NewRequest("POST", "/", strings.NewReader(text))
		c.Request.Header = map[string][]string{"Content-Type": {kind}, "Authorization": {authorization}, "Accept": {accept}}
		r, err := read(c)
		require.NotNil(t, r)
		if err == nil {
			x, credentialsErr := r.credentials()
			require.True(t, credentialsErr != nil || x.id != "" || x.secret != "")
			_, _, err = r.userAndScopes()
			r.fields.String("client_id", body.Required())
			for _, e := range []error{credentialsErr, r.fields.Err()} {
				if e != nil {
					err = e
				}
			}
		}
		if err == nil {
			return
		}
		r.fail(c, err)
		require.GreaterOrEqual(t, w.Code, 400)
		require.Less(t, w.Code, 500)
		var o map[string]any
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &o))
		if r.oauth {
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
