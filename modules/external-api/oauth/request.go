package oauth

import (
	"encoding/base64"
	"mime"
	"net/http"
	"strings"

	"foyer/sdk/body"
	"foyer/sdk/identifier"
)

// maxRequest bounds a request body, in bytes: a form with a few fields.
const maxRequest = 64 << 10

// Grants (RFC 6749 4.4, RFC 8693 2.1).
const (
	grantClient   = "client_credentials"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// The parameter and value that ask for answers in the form of RFC 6749 when nothing else
// shows that the client speaks OAuth: in the body, or as Accept:
// application/json;error_format=rfc6749.
const (
	formatParameter = "error_format"
	formatOAuth     = "rfc6749"
)

// request is a client's request to one of the endpoints.
type request struct {
	fields *body.Object
	oauth  bool // answers have the form of RFC 6749
	basic  bool // the client used HTTP Basic authentication

	basicID, basicSecret string
}

// read reads the body and the Authorization header. The request is never nil: it
// determines the form of the error.
func read(w http.ResponseWriter, r *http.Request) (*request, error) {
	in := &request{fields: &body.Object{}, oauth: asksForOAuth(r)}
	err := in.readBasic(r.Header.Get("Authorization"))
	fields, bodyErr := body.ReadForm(w, r, maxRequest)
	if bodyErr != nil {
		return in, bodyErr
	}
	in.fields = fields
	in.oauth = in.oauth || in.speaksOAuth()
	if err != nil {
		return in, err
	}
	if in.oauth && len(fields.Repeated()) > 0 { // RFC 6749 3.2
		return in, bad(invalidRequest, "A parameter is given twice: "+fields.Repeated()[0]+".")
	}
	return in, nil
}

// asksForOAuth reports whether the Accept header asks for the form of RFC 6749.
func asksForOAuth(in *http.Request) bool {
	for _, line := range in.Header.Values("Accept") {
		for part := range strings.SplitSeq(line, ",") {
			_, parameters, err := mime.ParseMediaType(part)
			if err == nil && strings.EqualFold(parameters[formatParameter], formatOAuth) {
				return true
			}
		}
	}
	return false
}

// speaksOAuth reports whether the client asks for that form or uses something the legacy
// form lacks. A separate user, or a scope of several words, counts only if scope is not
// an address: in the legacy form such a request could only fail.
func (in *request) speaksOAuth() bool {
	return in.basic || in.text(formatParameter) == formatOAuth || in.fields.Has("client_assertion") ||
		in.fields.Has("client_assertion_type") || in.text("grant_type") == grantExchange ||
		(in.text("user") != "" || len(strings.Fields(in.text("scope"))) > 1) && !identifier.ValidEmail(in.text("scope"))
}

// text returns a parameter, "" if it is absent. Parameters without a value count as
// absent (RFC 6749 3.2).
func (in *request) text(name string) string {
	if !in.fields.Has(name) || in.fields.IsNull(name) {
		return ""
	}
	return strings.TrimSpace(in.fields.Text(name))
}

// readBasic reads HTTP Basic credentials, which are form-encoded before they are joined
// (RFC 6749 2.3.1). Other schemes are ignored.
func (in *request) readBasic(header string) error {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(header), " ")
	if !strings.EqualFold(scheme, "basic") {
		return nil
	}
	in.basic = true
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
	id, secret, found := strings.Cut(string(text), ":")
	if err != nil || !found {
		return bad(invalidRequest, "The Authorization header cannot be read.")
	}
	in.basicID, in.basicSecret = body.Unescape(id), body.Unescape(secret)
	return nil
}
