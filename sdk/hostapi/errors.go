package hostapi

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"foyer/sdk/module"
)

// domain marks our reasons in the details of a status.
const domain = "foyer"

// identity is an error that keeps its identity. The name counts, not the code,
// because gRPC itself uses the codes too.
type identity struct {
	name string
	code codes.Code
	err  error
}

// identities are in the order of precedence for the status's code.
func identities() []identity {
	return []identity{
		{"not_found", codes.NotFound, module.ErrNotFound},
		{"not_granted", codes.PermissionDenied, module.ErrNotGranted},
		{"give_up", codes.FailedPrecondition, module.ErrGiveUp},
		{"postponed", codes.OutOfRange, module.ErrPostponed},
		{"conflict", codes.AlreadyExists, module.ErrConflict},
		{"invalid", codes.InvalidArgument, module.ErrInvalid},
		{"changed", codes.Aborted, module.ErrChanged},
		{"not_allowed", codes.FailedPrecondition, module.ErrNotAllowed},
		{"unsupported", codes.Unimplemented, module.ErrUnsupported},
		{"unavailable", codes.Unavailable, module.ErrUnavailable},
		{"deadline", codes.DeadlineExceeded, context.DeadlineExceeded},
		{"canceled", codes.Canceled, context.Canceled},
	}
}

// ofTransport is the meaning of codes that gRPC itself returns.
func ofTransport(c codes.Code) error {
	switch c {
	case codes.Unimplemented:
		return module.ErrUnsupported
	case codes.Unavailable:
		return module.ErrUnavailable
	case codes.DeadlineExceeded:
		return context.DeadlineExceeded
	case codes.Canceled:
		return context.Canceled
	default:
		return nil
	}
}

// ToStatus gives err the form that crosses the process boundary, with the names
// of all contract errors that it is.
func ToStatus(err error) error {
	if err == nil {
		return nil
	}
	// Text that is not UTF-8 would cost the status its details.
	s := status.New(codes.Unknown, strings.ToValidUTF8(err.Error(), "\uFFFD"))
	about, _ := errors.AsType[*module.FieldError](err)
	for _, known := range identities() {
		if !errors.Is(err, known.err) {
			continue
		}
		if s.Code() == codes.Unknown {
			s = status.New(known.code, s.Message())
		}
		info := &errdetails.ErrorInfo{Domain: domain, Reason: known.name}
		if about != nil && errors.Is(about.Kind, known.err) {
			info.Metadata = map[string]string{
				"field": strings.ToValidUTF8(about.Field, "\uFFFD"), "message": strings.ToValidUTF8(about.Message, "\uFFFD"),
			}
		}
		if with, err := s.WithDetails(info); err == nil {
			s = with
		}
	}
	return s.Err()
}

// remoteError is an error of the other side, in its words.
type remoteError struct {
	text  string
	kinds []error // errors of the contract that it is
}

// Error returns the other side's text.
func (e *remoteError) Error() string { return e.text }

// Unwrap returns the contract errors that it is.
func (e *remoteError) Unwrap() []error { return e.kinds }

// FromStatus is the inverse of ToStatus. A status that gRPC made is judged by its
// code: a service or method that the other side lacks is module.ErrUnsupported.
func FromStatus(err error) error {
	if err == nil {
		return nil
	}
	s, ok := status.FromError(err)
	if !ok {
		return err
	}
	e := &remoteError{text: s.Message()}
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.ErrorInfo); ok && info.GetDomain() == domain {
			e.kinds = append(e.kinds, kindOf(info)...)
		}
	}
	if known := ofTransport(s.Code()); len(e.kinds) == 0 && known != nil {
		e.kinds = []error{known}
	}
	return e
}

func kindOf(info *errdetails.ErrorInfo) []error {
	for _, known := range identities() {
		if known.name != info.GetReason() {
			continue
		}
		if field, ok := info.GetMetadata()["field"]; ok {
			return []error{&module.FieldError{Field: field, Message: info.GetMetadata()["message"], Kind: known.err}}
		}
		return []error{known.err}
	}
	return nil // the other side is newer
}
