package jwks

import (
	"errors"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
	"foyer/sdk/signing"
)

// Path is where the key is; no slash ends it for clients, who get it in both
// forms.
const Path = "/jwks/"

// Publisher answers with the keys that were loaded last. Load it before it is
// asked.
type Publisher struct {
	keys []key
	err  error
}

// Load reads the configured key once, for all requests, and adds those that we
// sign with at the provider. A fault of it is what requests are answered with,
// and no reason not to start: nothing else needs it. Where there are keys to
// sign with, none to encrypt for is not a fault.
func (p *Publisher) Load(c Config, signs []signing.Private) {
	p.keys = nil
	k, err := public(c)
	switch {
	case err == nil:
		p.keys = append(p.keys, k)
	case errors.Is(err, errMissing) && len(signs) > 0:
		err = nil
	}
	for _, s := range signs {
		if err == nil {
			k, err = open(s.JWK(s.Algorithms[0]))
			p.keys = append(p.keys, k)
		}
	}
	p.err = err
}

// Routes are the one route.
func (p *Publisher) Routes() []module.Route {
	return []module.Route{{Method: http.MethodGet, Path: Path, Outside: true, Access: module.Public, Handler: http.HandlerFunc(p.serve)}}
}

func (p *Publisher) serve(w http.ResponseWriter, r *http.Request) {
	if p.err != nil {
		reply.Fail(w, r, reply.Message(http.StatusInternalServerError, textOf(p.err)).Because(p.err))
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string][]key{"keys": p.keys})
}

func textOf(err error) string {
	for _, known := range []error{errMissing, errWrong} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return errExport.Error()
}
