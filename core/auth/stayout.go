package auth

import (
	"net/http"
	"time"
)

// stayOut keeps a browser that has signed out here from being signed in again
// without asking: clients try a silent login whenever nobody is signed in, and
// the provider may still have a session. It ends when the provider reports that
// it signed out too, when somebody asks to sign in, or with the lifetime that the
// session would have had.
func (l *logins) stayOut(w http.ResponseWriter, r *http.Request, lifetime time.Duration) {
	l.cookies.set(w, r, l.outName, "1", int(lifetime/time.Second), true)
}

// out reports whether the browser stays out.
func (l *logins) out(r *http.Request) bool { return len(r.CookiesNamed(l.outName)) > 0 }

// comeBack undoes stayOut.
func (l *logins) comeBack(w http.ResponseWriter, r *http.Request) {
	if l.out(r) {
		l.cookies.clear(w, r, l.outName)
	}
}
