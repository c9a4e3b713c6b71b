package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"foyer/core/store"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Admit enforces a route's access rule on a request and puts the caller into its
// context, in place. The error is a *reply.Error with the contract's body, or an
// internal failure.
func (a *Auth) Admit(_ http.ResponseWriter, r *http.Request, route module.Route) error {
	rule := route.Access.Rule()
	caller := &module.Caller{Address: module.CallerFrom(r.Context()).Address}
	var err error
	switch rule.Kind {
	case "public", "own":
	case "session_optional":
		err = a.admitSession(r, caller)
	case "session":
		if err = a.admitSession(r, caller); err == nil && !caller.SignedIn() {
			err = reply.Unauthenticated()
		}
	case "staff":
		err = a.admitStaff(r, caller)
	case "sign_in":
		if err = a.admitSession(r, caller); err == nil && !caller.SignedIn() {
			err = a.sendToSignIn(r)
		}
	case "livekit_token":
		err = a.admitToken(r, caller)
	case "livekit_token_or_session":
		err = a.admitTokenOrSession(r, caller)
	case "secret":
		err = a.admitSecret(r, rule.Secret)
	case "application_token":
		err = a.admitApplication(r, caller, rule.Scope)
	default:
		err = reply.Forbidden()
	}
	if err != nil {
		return err
	}
	if takesBearer(rule.Kind) { // whoever answers has no use for the token
		r.Header.Del("Authorization")
	}
	*r = *r.WithContext(module.WithCaller(r.Context(), caller))
	return nil
}

// takesBearer reports whether a kind of rule reads the Authorization header.
func takesBearer(kind string) bool {
	switch kind {
	case "livekit_token", "livekit_token_or_session", "secret", "application_token":
		return true
	}
	return false
}

// admitSession resolves the session of the request's cookie. An unsafe method
// that a session authenticates needs the session's CSRF token.
func (a *Auth) admitSession(r *http.Request, caller *module.Caller) error {
	if len(a.sessions.presented(r)) == 0 {
		return nil
	}
	b, err := a.sessions.open(r)
	if err != nil {
		return err
	}
	if b.user == nil {
		return nil
	}
	if unsafeMethod(r.Method) {
		if err := a.checkCSRF(r); err != nil {
			return err
		}
	}
	caller.UserID = b.user.ID
	if b.user.Sub != nil {
		caller.Sub = *b.user.Sub
	}
	return nil
}

func (a *Auth) admitStaff(r *http.Request, caller *module.Caller) error {
	if err := a.admitSession(r, caller); err != nil {
		return err
	}
	user, ok := UserFrom(r.Context())
	switch {
	case !ok:
		return reply.Unauthenticated()
	case !user.IsStaff:
		return reply.Forbidden()
	}
	return nil
}

// sendToSignIn answers a page opened without a session by sending the browser to
// sign in and back. Requests that do not open a page are refused as anywhere
// else.
func (a *Auth) sendToSignIn(r *http.Request) error {
	e := reply.Unauthenticated()
	if unsafeMethod(r.Method) {
		return e
	}
	var q query
	q.set(a.o.OIDC.ReturnField, a.base(r)+r.URL.RequestURI())
	e.Status, e.Header = http.StatusFound, map[string]string{"Location": q.on(a.base(r) + authenticatePath), "Cache-Control": "no-store"}
	return e
}

func (a *Auth) admitToken(r *http.Request, caller *module.Caller) error {
	claims, err := a.bearerClaims(r)
	if err != nil {
		return err
	}
	if err := a.findRoom(r, caller); err != nil {
		return err
	}
	if claims == nil {
		return reply.NoCredentials()
	}
	if claims.Room != caller.Room.ID.String() {
		return reply.Forbidden()
	}
	if err := a.checkMeeting(r.Context(), *claims); err != nil {
		return err
	}
	caller.Token = &module.TokenClaims{Identity: claims.Identity, Room: claims.Room}
	caller.Sub = claims.Identity
	return nil
}

func (a *Auth) admitTokenOrSession(r *http.Request, caller *module.Caller) error {
	if r.Header.Get("Authorization") != "" {
		return a.admitToken(r, caller)
	}
	if err := a.admitSession(r, caller); err != nil {
		return err
	}
	return a.findRoom(r, caller)
}

type roomKey struct{}

// findRoom resolves the path parameter "room".
func (a *Auth) findRoom(r *http.Request, caller *module.Caller) error {
	name := r.PathValue("room")
	if a.o.Rooms == nil {
		return errors.New("auth: a LiveKit access rule needs Options.Rooms")
	}
	room, err := a.o.Rooms.Find(r.Context(), name)
	if errors.Is(err, store.ErrNotFound) {
		return reply.NoMatch("Room")
	}
	if err != nil {
		return fmt.Errorf("find the room of the path: %w", err)
	}
	caller.Room = &module.RoomRef{ID: room.ID, Slug: room.Slug}
	*r = *r.WithContext(context.WithValue(r.Context(), roomKey{}, &room))
	return nil
}

// RoomFrom returns the room that a LiveKit access rule resolved, with no role.
func RoomFrom(ctx context.Context) (*store.RoomWithRole, bool) {
	r, ok := ctx.Value(roomKey{}).(*store.RoomWithRole)
	return r, ok
}

// UserFrom returns the account that the request's session signed in.
func UserFrom(ctx context.Context) (*store.User, bool) {
	if b := browserFrom(ctx); b != nil && b.user != nil {
		return b.user, true
	}
	return nil, false
}

func unsafeMethod(m string) bool {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return false
	}
	return true
}
