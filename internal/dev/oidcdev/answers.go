package oidcdev

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// refusal is an answer sent instead of the right one.
type refusal struct {
	status    int
	body      map[string]any
	challenge string
}

func (x refusal) write(w http.ResponseWriter) {
	if x.challenge != "" {
		w.Header().Set("WWW-Authenticate", x.challenge)
	}
	if x.body == nil {
		x.body = map[string]any{"error": "server_error", "error_description": "as told"}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(x.status)
	_ = json.NewEncoder(w).Encode(x.body)
}

func (p *Provider) changeMetadata(m map[string]any, f Faults) (string, []byte, error) {
	if way := p.storage.client.o.ClientAuth; way != "" {
		m["token_endpoint_auth_methods_supported"] = []string{ByBasic, ByPost, ByKey, ByID}
	}
	m["pushed_authorization_request_endpoint"] = p.Issuer + pushPath
	m["require_pushed_authorization_requests"] = p.storage.client.o.MustPush
	if f.Metadata != nil {
		f.Metadata(m)
	}
	body, err := json.Marshal(m)
	return "application/json", body, err
}

func changeKeys(m map[string]any, f Faults) (string, []byte, error) {
	if keys, ok := m["keys"].([]any); ok && f.Keys != nil {
		m["keys"] = f.Keys(keys)
	}
	body, err := json.Marshal(m)
	return "application/json", body, err
}

// change lets next answer and replaces the JSON body of its answer.
func (p *Provider) change(w http.ResponseWriter, r *http.Request, next http.Handler, instead refusal,
	with func(map[string]any) (string, []byte, error),
) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	if instead.status != 0 {
		instead.write(w)
		return
	}
	var m map[string]any
	kind, body := rec.Header().Get("Content-Type"), rec.Body.Bytes()
	if rec.Code == http.StatusOK && json.Unmarshal(body, &m) == nil {
		var err error
		if kind, body, err = with(m); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(rec.Code)
	_, _ = w.Write(body)
}

func (p *Provider) changeToken(m map[string]any, f Faults) (string, []byte, error) {
	raw, _ := m["id_token"].(string)
	delete(m, "id_token")
	if !f.NoIDToken {
		parts := strings.Split(raw, ".")
		if len(parts) != 3 {
			return "", nil, fmt.Errorf("the id token has %d parts", len(parts))
		}
		payload, err := base64.RawURLEncoding.DecodeString(parts[1])
		if err != nil {
			return "", nil, fmt.Errorf("decode the id token: %w", err)
		}
		claims, err := decode(payload)
		if err != nil {
			return "", nil, err
		}
		if f.IDToken != nil {
			f.IDToken(claims)
		}
		sign := f.SignWith
		if sign == nil {
			sign = func(claims map[string]any) (string, error) { return p.Sign(claims, f.Sign) }
		}
		if m["id_token"], err = sign(claims); err != nil {
			return "", nil, err
		}
	}
	body, err := json.Marshal(m)
	return "application/json", body, err
}

func (p *Provider) changeUserInfo(claims map[string]any, f Faults) (string, []byte, error) {
	if f.UserInfo != nil {
		f.UserInfo(claims)
	}
	if !f.UserInfoJWT {
		body, err := json.Marshal(claims)
		return "application/json", body, err
	}
	token, err := p.Sign(claims, f.Sign)
	return "application/jwt; charset=utf-8", []byte(token), err
}

// decode keeps numbers as they are written.
func decode(payload []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(payload))
	d.UseNumber()
	var claims map[string]any
	if err := d.Decode(&claims); err != nil {
		return nil, fmt.Errorf("decode claims: %w", err)
	}
	return claims, nil
}
