package plugin

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/core/module"
	hostv1 "foyer/core/plugin/proto/host/v1"
)

// identities pairs the errors that keep their identity with their codes.
func identities() map[codes.Code]error {
	return map[codes.Code]error{
		codes.NotFound:           module.ErrNotFound,
		codes.PermissionDenied:   module.ErrNotGranted,
		codes.Unavailable:        module.ErrUnavailable,
		codes.FailedPrecondition: module.ErrGiveUp,
		codes.OutOfRange:         module.ErrPostponed, // which gRPC itself never gives
		codes.AlreadyExists:      module.ErrConflict,
		codes.InvalidArgument:    module.ErrInvalid,
		codes.Aborted:            module.ErrChanged,
		codes.Unimplemented:      module.ErrNotAllowed,
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
			return withField(status.New(code, err.Error()), err).Err()
		}
	}
	return status.Error(codes.Unknown, err.Error())
}

// withField adds the field that err is about, if it is about one.
func withField(s *status.Status, err error) *status.Status {
	about, ok := errors.AsType[*module.FieldError](err)
	if !ok {
		return s
	}
	with, err := s.WithDetails(&hostv1.FieldFault{Field: about.Field, Message: about.Message})
	if err != nil {
		return s
	}
	return with
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
	kind := identities()[s.Code()]
	for _, d := range s.Details() {
		if f, ok := d.(*hostv1.FieldFault); ok {
			kind = &module.FieldError{Field: f.GetField(), Message: f.GetMessage(), Kind: kind}
		}
	}
	return &remoteError{text: s.Message(), kind: kind}
}
