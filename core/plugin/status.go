package plugin

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/core/module"
)

// identities pairs the errors that keep their identity with their codes.
func identities() map[codes.Code]error {
	return map[codes.Code]error{
		codes.NotFound:           module.ErrNotFound,
		codes.PermissionDenied:   module.ErrNotGranted,
		codes.Unavailable:        module.ErrUnavailable,
		codes.FailedPrecondition: module.ErrGiveUp,
		codes.DeadlineExceeded:   context.DeadlineExceeded,
		codes.Canceled:           context.Canceled,
	}
}

// toStatus gives err the form that crosses the process boundary.
func toStatus(err error) error {
	if err == nil {
		return nil
	}
	for code, known := range identities() {
		if errors.Is(err, known) {
			return status.Error(code, err.Error())
		}
	}
	return status.Error(codes.Unknown, err.Error())
}

// remoteError is an error of the other side, in its words.
type remoteError struct {
	text string
	kind error // nil when it is none of the known ones
}

// Error gives the other side's text.
func (e *remoteError) Error() string { return e.text }

// Unwrap gives the known error that it is.
func (e *remoteError) Unwrap() error { return e.kind }

// fromStatus reads toStatus back.
func fromStatus(err error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	return &remoteError{text: s.Message(), kind: identities()[s.Code()]}
}
