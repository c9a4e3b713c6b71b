package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// document is the authorization server metadata (RFC 8414 2).
type document struct {
	Issuer                string   `json:"issuer"`
	TokenEndpoint         string   `json:"token_endpoint"`
	RevocationEndpoint    string   `json:"revocation_endpoint"`
	IntrospectionEndpoint string   `json:"introspection_endpoint"`
	JWKSURI               string   `json:"jwks_uri,omitempty"`
	Scopes                []string `json:"scopes_supported"`
	ResponseTypes         []string `json:"response_types_supported"`
	Grants                []string `json:"grant_types_supported"`
	Methods               []string `json:"token_endpoint_auth_methods_supported"`
	Algorithms            []string `json:"token_endpoint_auth_signing_alg_values_supported"`
	RevocationMethods     []string `json:"revocation_endpoint_auth_methods_supported"`
	IntrospectionMethods  []string `json:"introspection_endpoint_auth_methods_supported"`
}

// issuerURL returns the configured issuer if it is a URL, otherwise nil.
func (s *Server) issuerURL() *url.URL {
	u, err := url.Parse(s.o.Config.Issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// issuer returns who this server says it is: the configured issuer, verbatim down to a
// final slash, if that is a URL, because tokens say the same and clients compare the two
// (RFC 8414 3.3); otherwise its origin.
func (s *Server) issuer(r *http.Request) string {
	if s.issuerURL() != nil {
		return s.o.Config.Issuer
	}
	origin, _ := s.origin(r)
	return origin
}

// origin is where clients find this server: the host of the configured issuer if that is
// a URL, otherwise what the host reports. configured is false if a client could have
// made it up. Our paths start at the root, whatever the path of the issuer.
func (s *Server) origin(r *http.Request) (origin string, configured bool) {
	if u := s.issuerURL(); u != nil {
		return u.Scheme + "://" + u.Host, true
	}
	return module.Origin(r)
}

// audiences are the names by which assertions may refer to this server. An address taken
// only from the request does not count: whoever is given an assertion meant for
// evil.example would send it here under that Host.
func (s *Server) audiences(r *http.Request) []string {
	var list []string
	if origin, configured := s.origin(r); configured {
		list = append(list, origin, origin+"/")
		for _, path := range []string{tokenPath, revokePath, introspectPath} {
			list = append(list, origin+path, origin+strings.TrimSuffix(path, "/"))
		}
	}
	if issuer := strings.TrimSuffix(s.o.Config.Issuer, "/"); issuer != "" {
		list = append(list, issuer, issuer+"/")
	}
	return list
}

// metadata answers GET /.well-known/oauth-authorization-server, and the same with the
// issuer's path appended (RFC 8414 3.1). Any other path after it names a different
// issuer.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.PathValue("issuer"), "/")
	if u := s.issuerURL(); path != "" && (u == nil || path != strings.TrimSuffix(u.Path, "/")) {
		reply.Fail(w, r, reply.NotFound())
		return
	}
	origin, _ := s.origin(r)
	methods := []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}
	d := document{
		Issuer: s.issuer(r), TokenEndpoint: origin + tokenPath, RevocationEndpoint: origin + revokePath,
		IntrospectionEndpoint: origin + introspectPath,
		Scopes: []string{
			bearer.RoomsCreate, bearer.RoomsList, bearer.RoomsRetrieve, bearer.RoomsUpdate, bearer.RoomsDelete, bearer.RoomsListAll,
		},
		ResponseTypes: []string{}, Grants: []string{grantClient, grantExchange}, Methods: methods,
		Algorithms:        []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"},
		RevocationMethods: methods, IntrospectionMethods: methods,
	}
	if s.o.Ring.Publishes() {
		d.JWKSURI = origin + keysPath
	}
	reply.JSON(w, r, http.StatusOK, d)
}

// keys answers GET application/jwks/.
func (s *Server) keys(w http.ResponseWriter, r *http.Request) {
	set, err := s.o.Ring.Published()
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, set)
}

// isOurs tells a failure of ours from an invalid token.
func isOurs(err error) bool { return reply.As(err).Status >= http.StatusInternalServerError }
