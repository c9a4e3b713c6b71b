package livekit

import (
	"errors"
	"fmt"
	"strings"
)

// What a failed call means, for errors.Is.
var (
	// ErrNotFound: the server knows no such room, participant or dispatch.
	ErrNotFound = errors.New("livekit: not found")
	// ErrUnavailable: the server was not reached, was too slow or is overloaded.
	// The same call may work later, and this one may have taken effect.
	ErrUnavailable = errors.New("livekit: unavailable")
	// ErrNoHost: LiveKit answered that none of its servers has the room or the
	// participant, whatever its lists say: they were never there, or their server
	// has died. It is also ErrUnavailable, and takes 3 s.
	ErrNoHost = errors.New("livekit: no server has it")
	// ErrRefused: the API key or its secret is not accepted.
	ErrRefused = errors.New("livekit: refused")
	// ErrInvalid: the server refuses the request itself, or in the present state;
	// the same call fails again.
	ErrInvalid = errors.New("livekit: invalid request")
	// ErrArgument: the server refuses a value in the request, such as metadata
	// beyond its limit. It is also ErrInvalid.
	ErrArgument = errors.New("livekit: invalid argument")
	// ErrNoEgress: the server has no Redis, so there can be no egress worker. It
	// says so when asked about egresses; a start waits for a worker all the same.
	ErrNoEgress = errors.New("livekit: no egress")
)

// Error is a failed call.
type Error struct {
	Call string // method, such as "RoomService.ListRooms"
	Code string // Twirp code, such as "not_found"
	Err  error  // the client's own error

	noHost, noEgress bool
}

// Error names the call, the code and the server's words.
func (e *Error) Error() string { return fmt.Sprintf("livekit %s: %v", e.Call, e.Err) }

// Unwrap returns the client's own error, and through it context errors.
func (e *Error) Unwrap() error { return e.Err }

// Is maps the codes to the errors above.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNoHost:
		return e.noHost
	case ErrNoEgress:
		return e.noEgress
	case ErrArgument:
		return e.Code == codeInvalidArgument
	}
	switch e.Code {
	case codeNotFound:
		return target == ErrNotFound
	case codeUnavailable, "deadline_exceeded", codeExhausted, "canceled", "aborted":
		return target == ErrUnavailable
	case codeUnauthenticated, codeDenied:
		return target == ErrRefused
	case codeInvalidArgument, "malformed", "failed_precondition", "out_of_range", "already_exists", codeBadRoute, "unimplemented":
		return target == ErrInvalid
	default:
		return false
	}
}

// wrap makes an *Error of what exchange returned.
func wrap(name string, err error) error {
	e := &Error{Call: name, Code: codeInternal, Err: err}
	var said *answer
	if errors.As(err, &said) {
		e.Code = said.code
		e.noEgress = said.code == codeInternal && strings.Contains(said.text, "egress not connected")
		e.noHost = said.code == codeUnavailable && !said.byProxy
	}
	if errors.Is(err, errTransport) {
		e.Code = codeUnavailable
	}
	return e
}
