package oauth

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"foyer/core/module"
	"foyer/core/module/reply"
	"foyer/modules/external-api/bearer"
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

// origin is where clients find this server: by its configured issuer when that
// is an address, else as the host says; configured tells whether anybody could
// have made it up.
func (s *Server) origin(c *gin.Context) (origin string, configured bool) {
	if issuer := s.o.Config.Issuer; strings.HasPrefix(issuer, "https://") {
		return strings.TrimSuffix(issuer, "/"), true
	}
	return module.Origin(c.Request)
}

// audiences are the names by which assertions may mean this server. An address
// that only the request tells is none: whoever gets an assertion that was meant
// for evil.example would send it here under that Host.
func (s *Server) audiences(c *gin.Context) []string {
	var list []string
	if origin, configured := s.origin(c); configured {
		list = append(list, origin, origin+"/")
		for _, path := range []string{tokenPath, revokePath, introspectPath} {
			list = append(list, origin+path, origin+strings.TrimSuffix(path, "/"))
		}
	}
	if issuer := s.o.Config.Issuer; issuer != "" {
		list = append(list, issuer)
	}
	return list
}

// metadata answers GET /.well-known/oauth-authorization-server.
func (s *Server) metadata(c *gin.Context) {
	origin, _ := s.origin(c)
	methods := []string{"client_secret_basic", "client_secret_post", "private_key_jwt"}
	d := document{
		Issuer: origin, TokenEndpoint: origin + tokenPath, RevocationEndpoint: origin + revokePath,
		IntrospectionEndpoint: origin + introspectPath,
		Scopes: []string{
			bearer.RoomsCreate, bearer.RoomsList, bearer.RoomsRetrieve, bearer.RoomsUpdate, bearer.RoomsDelete, bearer.RoomsListAll,
		},
		ResponseTypes: []string{}, Grants: []string{grantClient, grantExchange}, Methods: methods,
		Algorithms:        []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"},
		RevocationMethods: methods, IntrospectionMethods: methods,
	}
	if s.o.Ring.Publishes() {
		d.JWKSURI = origin + keysPath
	}
	reply.JSON(c, http.StatusOK, d)
}

// keys answers GET application/jwks/.
func (s *Server) keys(c *gin.Context) {
	set, err := s.o.Ring.Published()
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, set)
}

// isOurs tells a failure of ours from a token that is no good.
func isOurs(err error) bool { return reply.As(err).Status >= http.StatusInternalServerError }
