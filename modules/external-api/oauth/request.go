package oauth

import (
	"encoding/base64"
	"mime"
	"net/http"
	"strings"

	"foyer/sdk/body"
	"foyer/sdk/identifier"
)

// maxRequest bounds the body of a request, in bytes: a form with a few texts.
const maxRequest = 64 << 10

// Grants (RFC 6749 4.4, RFC 8693 2.1).
const (
	grantClient   = "client_credentials"
	grantExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
)

// Parameter and value by which a request asks for answers in the form of
// RFC 6749 where nothing else shows that it speaks OAuth: in the body, or as
// Accept: application/json;error_format=rfc6749.
const (
	formatParameter = "error_format"
	formatOAuth     = "rfc6749"
)

// request is what a client sent to one of the endpoints.
type request struct {
	fields *body.Object
	oauth  bool // answers have the form of RFC 6749
	basic  bool // the client authenticated by HTTP Basic

	basicID, basicSecret string
}

// read reads the body and the Authorization header. The request is never nil:
// it knows the form in which to tell an error.
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

// asksForOAuth looks at the Accept header.
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

// speaksOAuth: it asks for it, or it uses what the legacy form does not have. A
// user who is named apart, and a scope of several words, count where scope is no
// address: in the legacy form such a request could only fail.
func (in *request) speaksOAuth() bool {
	return in.basic || in.text(formatParameter) == formatOAuth || in.fields.Has("client_assertion") ||
		in.fields.Has("client_assertion_type") || in.text("grant_type") == grantExchange ||
		(in.text("user") != "" || len(strings.Fields(in.text("scope"))) > 1) && !identifier.ValidEmail(in.text("scope"))
}

// text is a parameter, "" without one. Parameters without a value count as
// absent (RFC 6749 3.2).
func (in *request) text(name string) string {
	if !in.fields.Has(name) || in.fields.IsNull(name) {
		return ""
	}
	return strings.TrimSpace(in.fields.Text(name))
}

// readBasic reads HTTP Basic credentials, which are form-encoded before they
// are joined (RFC 6749 2.3.1). Other schemes are not looked at.
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
