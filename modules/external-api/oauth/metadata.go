package oauth

import (
	"net/http"
	"net/url"
	"strings"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// document is the metadata of the authorization server (RFC 8414 2).
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

// issuerURL is the configured issuer when it is an address, else nil.
func (s *Server) issuerURL() *url.URL {
	u, err := url.Parse(s.o.Config.Issuer)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return nil
	}
	return u
}

// issuer is who this server says it is: as it is configured, to the last slash,
// when that is an address, since tokens say the same and clients compare (RFC
// 8414 3.3); else its origin.
func (s *Server) issuer(r *http.Request) string {
	if s.issuerURL() != nil {
		return s.o.Config.Issuer
	}
	origin, _ := s.origin(r)
	return origin
}

// origin is where clients find this server: on the host of its configured issuer
// when that is an address, else as the host says; configured tells whether
// anybody could have made it up. Our paths begin at the root, whatever path the
// issuer has.
func (s *Server) origin(r *http.Request) (origin string, configured bool) {
	if u := s.issuerURL(); u != nil {
		return u.Scheme + "://" + u.Host, true
	}
	return module.Origin(r)
}

// audiences are the names by which assertions may mean this server. An address
// that only the request tells is none: whoever gets an assertion that was meant
// for evil.example would send it here under that Host.
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

// metadata answers GET /.well-known/oauth-authorization-server, and the address
// that the path of the issuer is appended to (RFC 8414 3.1). What is appended
// and is not that path names another issuer.
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

// isOurs tells a failure of ours from a token that is no good.
func isOurs(err error) bool { return reply.As(err).Status >= http.StatusInternalServerError }
