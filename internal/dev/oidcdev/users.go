package oidcdev

import "maps"

// User is a fictional account of the provider.
type User struct {
	Sub        string         `json:"sub"`
	Email      string         `json:"email,omitempty"`       // "": no e-mail claim
	GivenName  string         `json:"given_name,omitempty"`  // "": no such claim
	FamilyName string         `json:"family_name,omitempty"` // also sent as usual_name
	Claims     map[string]any `json:"-"`                     // extra userinfo claims, which override the others
}

// DemoUsers are Ada, Grace and Alan.
func DemoUsers() []User {
	return []User{
		{Sub: "ada", Email: "ada@example.org", GivenName: "Ada", FamilyName: "Lane"},
		{Sub: "grace", Email: "grace@example.org", GivenName: "Grace", FamilyName: "Harbor"},
		{Sub: "alan", Email: "alan@example.org", GivenName: "Alan", FamilyName: "Tunnel"},
	}
}

// Name is the given name and the family name.
func (u User) Name() string {
	if u.FamilyName == "" {
		return u.GivenName
	}
	return u.GivenName + " " + u.FamilyName
}

// claims returns the user's claims except sub.
func (u User) claims() map[string]any {
	c := map[string]any{}
	if u.Email != "" {
		c["email"], c["email_verified"] = u.Email, true
	}
	if u.GivenName != "" {
		c["given_name"] = u.GivenName
	}
	if u.FamilyName != "" {
		c["family_name"], c["usual_name"] = u.FamilyName, u.FamilyName
	}
	maps.Copy(c, u.Claims)
	return c
}

// is reports whether a login hint means this user.
func (u User) is(hint string) bool { return hint != "" && (u.Sub == hint || u.Email == hint) }
