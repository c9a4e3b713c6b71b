package auth

import (
	"time"

	"github.com/gin-gonic/gin"
)

// stayOut keeps a browser that signs out here from being signed in again
// unasked: clients ask for a silent login whenever nobody is signed in, and the
// provider may still know somebody. It ends when the provider tells that it
// signed out too, when somebody asks to sign in, or with the lifetime that the
// session would have had.
func (l *logins) stayOut(c *gin.Context, lifetime time.Duration) {
	l.cookies.set(c, l.outName, "1", int(lifetime/time.Second), true)
}

// out tells whether the browser stays out.
func (l *logins) out(c *gin.Context) bool { return len(c.Request.CookiesNamed(l.outName)) > 0 }

// comeBack ends what stayOut began.
func (l *logins) comeBack(c *gin.Context) {
	if l.out(c) {
		l.cookies.clear(c, l.outName)
	}
}
