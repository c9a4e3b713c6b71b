package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// signer is a module that signs a token for any caller.
type signer struct{}

const (
	signerName = "signer"
	signPath   = "/api/v1.0/signer/"
)

func newSigner() module.Module { return signer{} }

func (signer) Name() string { return signerName }

func (signer) Config() conf.Section { return conf.Group(func(*conf.Fields) {}) }

func (signer) Needs() module.Needs { return module.Needs{} }

func (signer) Routes() []module.Route {
	return []module.Route{{Method: http.MethodPost, Path: signPath, Access: module.Own, Handler: http.HandlerFunc(signModule)}}
}

func (signer) Start(context.Context, module.Host) error { return nil }

func (signer) Stop(context.Context) error { return nil }

// signed is the answer of both signers, the bare one and the module.
type signed struct {
	Token   string `json:"access_token"`
	Type    string `json:"token_type"`
	Seconds int    `json:"expires_in"`
	Scope   string `json:"scope"`
}

type signRequest struct {
	ClientID string `json:"client_id"`
	Secret   string `json:"client_secret"`
	Grant    string `json:"grant_type"`
	Scope    string `json:"scope"`
}

func (in signRequest) sign() (signed, error) {
	now := time.Now()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": in.ClientID, "delegated": true, "user_id": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10",
		"sub": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10", "jti": "IB3MQY2VXZ6JTHTTQJ5RJQK4AU", "iss": "lasuite-meet",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scope": "rooms:create",
	}).SignedString([]byte(appSecret))
	return signed{text, "Bearer", 3600, "rooms:create"}, err
}

// signModule reads a request for a token and signs one, without looking anything up.
func signModule(w http.ResponseWriter, r *http.Request) {
	var in signRequest
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	out, err := in.sign()
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	reply.JSON(w, r, http.StatusOK, out)
}

// signAlone does the same in a bare gin handler.
func signAlone(c *gin.Context) {
	var in signRequest
	if err := c.ShouldBindJSON(&in); err != nil {
		c.Status(http.StatusBadRequest)
		return
	}
	out, err := in.sign()
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.JSON(http.StatusOK, out)
}
