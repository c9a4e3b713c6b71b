package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/template"

	"foyer/internal/dev/livekitserver"
	"foyer/internal/dev/oidcdev"
)

// about is everything a person or a script needs to use the demo.
type about struct {
	Gateway       string         `json:"gateway"`
	Provider      string         `json:"provider"`
	ClientID      string         `json:"client_id"`
	ClientSecret  string         `json:"client_secret"`
	Users         []oidcdev.User `json:"users"`
	LiveKit       string         `json:"livekit"`
	LiveKitKey    string         `json:"livekit_key"`
	LiveKitSecret string         `json:"livekit_secret"`
	Curl          []string       `json:"curl"`
	Program       []string       `json:"program"` // what a program sends, once the user has signed in
}

func describe(addr string, p *oidcdev.Provider, m *livekitserver.Server, programSecret string) about {
	base := "http://" + addr
	return about{
		Gateway: base, Provider: p.Issuer, ClientID: p.ClientID, ClientSecret: p.Secret, Users: p.Users,
		LiveKit: m.URL, LiveKitKey: m.Key, LiveKitSecret: m.Secret,
		Curl: []string{
			fmt.Sprintf("J=$(mktemp); curl -sL -o /dev/null -c $J -b $J '%s/api/v1.0/authenticate/?login_hint=%s&returnTo=/__lbheartbeat__'", base, p.Users[0].Sub),
			`T=$(awk '/csrftoken/{print $7}' $J)`,
			fmt.Sprintf(`curl -s -b $J -H "X-CSRFToken: $T" -H 'Content-Type: application/json' -d '{"name":"My room"}' %s/api/v1.0/rooms/`, base),
		},
		Program: []string{
			fmt.Sprintf(`T=$(curl -s %s/external-api/v1.0/application/token/ -u %s:%s -d grant_type=client_credentials -d user=%s | sed 's/.*"access_token":"\([^"]*\)".*/\1/')`,
				base, program, programSecret, p.Users[0].Email),
			fmt.Sprintf(`curl -s %s/external-api/v1.0/rooms/ -H "Authorization: Bearer $T" -d ''`, base),
		},
	}
}

func (a about) writeJSON(w io.Writer) error {
	if err := json.NewEncoder(w).Encode(a); err != nil {
		return fmt.Errorf("print addresses: %w", err)
	}
	return nil
}

var page = template.Must(template.New("page").Funcs(template.FuncMap{"join": strings.Join}).Parse(`
Foyer demo, on this machine only. Ctrl-C ends it.

  gateway    {{.Gateway}}
  LiveKit    {{.LiveKit}}  (key {{.LiveKitKey}}, secret {{.LiveKitSecret}})
  sign-in    {{.Provider}}
  users     {{range .Users}} {{.Sub}}{{end}}  (no passwords: pick one on the page, or name one in login_hint)
  mail       goes into the log, which -v shows

In a browser: {{.Gateway}}/api/v1.0/authenticate/?returnTo=/api/v1.0/users/me/

Sign in and create a room, in three lines:

{{join .Curl "\n"}}

After that, create another one for the same user as a program does (docs/external-api.md):

{{join .Program "\n"}}

`))

func (a about) writeText(w io.Writer) error {
	if err := page.Execute(w, a); err != nil {
		return fmt.Errorf("print addresses: %w", err)
	}
	return nil
}
