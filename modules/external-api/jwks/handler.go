package jwks

import (
	"errors"
	"net/http"

	"foyer/sdk/module"
	"foyer/sdk/reply"
	"foyer/sdk/signing"
)

// Path is where the keys are served. Clients may leave off the final slash.
const Path = "/jwks/"

// Publisher serves the keys that were loaded last. Load must be called before the first
// request.
type Publisher struct {
	keys []key
	err  error
}

// Load reads the configured key once, for all requests, and adds the keys we sign
// requests to the provider with. If the key is faulty, requests are answered with that
// error, but the module still starts: nothing else needs the key. A missing encryption
// key is not a fault when there are signing keys.
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

// Routes returns the one route.
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
