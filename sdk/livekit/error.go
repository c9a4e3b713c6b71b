package livekit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/twitchtv/twirp"
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
		return e.Code == string(twirp.InvalidArgument)
	}
	switch twirp.ErrorCode(e.Code) {
	case twirp.NotFound:
		return target == ErrNotFound
	case twirp.Unavailable, twirp.DeadlineExceeded, twirp.ResourceExhausted, twirp.Canceled, twirp.Aborted:
		return target == ErrUnavailable
	case twirp.Unauthenticated, twirp.PermissionDenied:
		return target == ErrRefused
	case twirp.InvalidArgument, twirp.Malformed, twirp.FailedPrecondition, twirp.OutOfRange,
		twirp.AlreadyExists, twirp.BadRoute, twirp.Unimplemented:
		return target == ErrInvalid
	default:
		return false
	}
}

// wrap makes an *Error of err, which a generated client returned. These clients
// report an unreachable server as internal: the transport's error tells it apart.
func wrap(name string, err error) error {
	e := &Error{Call: name, Code: string(twirp.Internal), Err: err}
	var answer twirp.Error
	if errors.As(err, &answer) {
		e.Code = string(answer.Code())
		e.noEgress = answer.Code() == twirp.Internal && strings.Contains(answer.Msg(), "egress not connected")
		e.noHost = answer.Code() == twirp.Unavailable && answer.Meta(fromProxy) == ""
	}
	var transport *url.Error
	if errors.As(err, &transport) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		e.Code, e.noHost = string(twirp.Unavailable), false
	}
	return e
}

// fromProxy is set by Twirp's clients in errors that are not the server's own.
const fromProxy = "http_error_from_intermediary"
