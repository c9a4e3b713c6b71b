package main

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// signer is a module that signs for everybody.
type signer struct{}

const (
	signerName = "signer"
	signPath   = "/sign/"
)

func newSigner() module.Module { return signer{} }

// Name is module.Module.
func (signer) Name() string { return signerName }

// Config is module.Module.
func (signer) Config() conf.Section { return conf.Group(func(*conf.Fields) {}) }

// Needs is module.Module.
func (signer) Needs() module.Needs { return module.Needs{} }

// Routes is module.Module.
func (signer) Routes() []module.Route {
	return []module.Route{{Method: http.MethodPost, Path: signPath, Access: module.Own, Handler: signAlone}}
}

// Start is module.Module.
func (signer) Start(context.Context, module.Host) error { return nil }

// Stop is module.Module.
func (signer) Stop(context.Context) error { return nil }

// signAlone reads a request for a token and signs one, and asks nobody.
func signAlone(c *gin.Context) {
	var r struct {
		ClientID string `json:"client_id"`
		Secret   string `json:"client_secret"`
		Grant    string `json:"grant_type"`
		Scope    string `json:"scope"`
	}
	if err := c.ShouldBindJSON(&r); err != nil {
		c.Status(http.StatusBadRequest)
		return
	}
	now := time.Now()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": r.ClientID, "delegated": true, "user_id": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10",
		"sub": "8ad3a6b5-7b7e-4f2b-9c0e-0f2f4a1c7f10", "jti": "IB3MQY2VXZ6JTHTTQJ5RJQK4AU", "iss": "lasuite-meet",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "scope": "rooms:create",
	}).SignedString([]byte(appSecret))
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	c.JSON(http.StatusOK, gin.H{"access_token": text, "token_type": "Bearer", "expires_in": 3600, "scope": "rooms:create"})
}
