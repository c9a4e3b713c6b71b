package coretest

import (
	"strings"

	"foyer/internal/dev/oidcdev"
)

// OddSubs are subjects as real providers issue them, all allowed by OpenID Connect Core
// 2.
var OddSubs = []string{
	"auth0|5f7c8ec7c33c6c004bbafe82", "google-oauth2|103547991597142817347", "f:0b6e7b1c-9d7f-4f0e-8a57-2f4f1b0f4c11:ada",
	"q80+/7w==", "https://id.example.org/users/ada?x=1#me", `CN=Lane\, Ada;OU="Staff"`, strings.Repeat("~", 255),
}

func oddPeople() []oidcdev.User {
	var list []oidcdev.User
	for _, sub := range OddSubs {
		list = append(list, oidcdev.User{Sub: sub, GivenName: "Odd"})
	}
	return list
}
