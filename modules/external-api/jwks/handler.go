package jwks

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"foyer/core/module"
	"foyer/core/module/reply"
)

// Path is where the key is; no slash ends it for clients, who get it in both
// forms.
const Path = "/jwks/"

// Publisher answers with the key that was loaded last. Load it before it is
// asked.
type Publisher struct {
	key key
	err error
}

// Load reads the configured key once, for all requests. A fault of it is what
// they are answered with, and no reason not to start: nothing else needs it.
func (p *Publisher) Load(c Config) { p.key, p.err = public(c) }

// Routes are the one route.
func (p *Publisher) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: Path, Access: module.Public, Handler: p.serve}}
}

func (p *Publisher) serve(c *gin.Context) {
	if p.err != nil {
		reply.Fail(c, reply.Message(http.StatusInternalServerError, textOf(p.err)).Because(p.err))
		return
	}
	reply.JSON(c, http.StatusOK, map[string][]key{"keys": {p.key}})
}

func textOf(err error) string {
	for _, known := range []error{errMissing, errWrong} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return errExport.Error()
}
