package oidcdev

import (
	"context"
	"html/template"
	"net/http"

	"github.com/zitadel/oidc/v3/pkg/op"
)

const cookieName = "oidcdev_session"

type browserKey struct{}

func browserFrom(ctx context.Context) *browser {
	b, _ := ctx.Value(browserKey{}).(*browser)
	return b
}

// rememberBrowser recognises the browser by its cookie.
func (p *Provider) rememberBrowser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie(cookieName); err == nil {
			if b := p.storage.browser(c.Value); b != nil {
				r = r.WithContext(context.WithValue(r.Context(), browserKey{}, b))
			}
		}
		next.ServeHTTP(w, r)
	})
}

// loginPage lets a browser pick a user. It does not ask if a user is already signed in,
// or named by a hint.
func (p *Provider) loginPage(back func(context.Context, string) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("request")
		req, err := p.storage.AuthRequestByID(r.Context(), id)
		if err != nil {
			http.Error(w, "This sign-in is unknown or over. Start again.", http.StatusBadRequest)
			return
		}
		own, _ := req.(*authRequest)
		sub := r.URL.Query().Get("user")
		if sub == "" && !req.Done() {
			if u, ok := p.storage.user(func(u User) bool { return u.is(own.LoginHint) }); ok {
				sub = u.Sub
			}
		}
		switch {
		case req.Done():
		case sub == "":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = page.Execute(w, struct {
				ID    string
				Users []User
			}{id, p.Users})
			return
		default:
			cookie, err := p.storage.signIn(id, sub)
			if err != nil {
				http.Error(w, "Nobody of that name.", http.StatusBadRequest)
				return
			}
			// All ports of a host share cookies, so each provider's has its own name.
			http.SetCookie(w, &http.Cookie{
				Name: cookieName, Value: cookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
			})
		}
		http.Redirect(w, r, back(op.ContextWithIssuer(r.Context(), p.Issuer), id), http.StatusFound)
	})
}

var page = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:1.1rem system-ui;max-width:26rem;margin:4rem auto;padding:0 1rem}
a{display:block;padding:.8rem 1rem;margin:.6rem 0;border:1px solid #8888;border-radius:.5rem;text-decoration:none;color:inherit}
small{opacity:.7}</style></head>
<body><h1>Who are you?</h1>
{{range .Users}}<a href="/login?request={{$.ID}}&amp;user={{.Sub}}">{{.Name}}<br><small>{{if .Email}}{{.Email}}{{else}}{{.Sub}}{{end}}</small></a>
{{end}}<p><small>A sign-in page for demonstrations and tests. The people are fictional.</small></p>
</body></html>
`))
