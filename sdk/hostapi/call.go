package hostapi

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"foyer/sdk/cbor"
	"foyer/sdk/module"
)

// callTimeout bounds calls without a deadline.
const callTimeout = 30 * time.Second

// frame is one message, as it is on the wire.
type frame struct{ b []byte }

// Format keeps secrets out of logs: it is what printing a call shows.
func (f *frame) Format(s fmt.State, _ rune) { fmt.Fprintf(s, "frame of %d bytes", len(f.b)) }

// codec passes frames to gRPC instead of protocol buffers.
type codec struct{}

// Name is the content subtype.
func (codec) Name() string { return "cbor" }

func (codec) Marshal(v any) (mem.BufferSlice, error) {
	f, ok := v.(*frame)
	if !ok {
		return nil, fmt.Errorf("a %T is not a frame", v)
	}
	return mem.BufferSlice{mem.SliceBuffer(f.b)}, nil
}

func (codec) Unmarshal(data mem.BufferSlice, v any) error {
	f, ok := v.(*frame)
	if !ok {
		return fmt.Errorf("a %T is not a frame", v)
	}
	f.b = data.Materialize()
	return nil
}

// NewServer makes a gRPC server that serves h and nothing else. Pass the result
// of Grant to refuse what the module does not need.
func NewServer(h module.Host, opts ...grpc.ServerOption) *grpc.Server {
	return newServer(h, services(), opts)
}

func newServer(h module.Host, known []grpc.ServiceDesc, opts []grpc.ServerOption) *grpc.Server {
	s := grpc.NewServer(append(opts, grpc.ForceServerCodecV2(codec{}))...)
	for _, d := range known {
		s.RegisterService(&d, h)
	}
	return s
}

// handler answers one method: serve reads the arguments, calls the host and
// writes what it gave.
func handler(method string, serve func(ctx context.Context, h module.Host, r *cbor.Reader, w *cbor.Writer) error) grpc.MethodHandler {
	return func(srv any, ctx context.Context, dec func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
		in := new(frame)
		if err := dec(in); err != nil {
			return nil, err
		}
		answer := func(ctx context.Context, _ any) (any, error) {
			var w cbor.Writer
			w.Open()
			if err := serve(ctx, srv.(module.Host), cbor.NewReader(in.b), &w); err != nil {
				return nil, ToStatus(err)
			}
			w.Close()
			b, err := w.Message()
			return &frame{b}, ToStatus(err)
		}
		if intercept == nil {
			return answer(ctx, in)
		}
		return intercept(ctx, in, &grpc.UnaryServerInfo{Server: srv, FullMethod: method}, answer)
	}
}

// caller is the module's side of the connection.
type caller struct{ conn grpc.ClientConnInterface }

// call sends what w holds and returns the answer.
func (c caller) call(ctx context.Context, method string, w *cbor.Writer) (*cbor.Reader, error) {
	w.Close()
	b, err := w.Message()
	if err != nil {
		return nil, fmt.Errorf("encode arguments of %s: %w", method, err)
	}
	if _, ok := ctx.Deadline(); !ok {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, callTimeout)
		defer stop()
	}
	out := new(frame)
	if err := c.conn.Invoke(ctx, method, &frame{b}, out, grpc.ForceCodecV2(codec{})); err != nil {
		return nil, FromStatus(err)
	}
	return cbor.NewReader(out.b), nil
}

// unreadable is an answer that could not be read.
func unreadable(method string, err error) error {
	return fmt.Errorf("read the answer to %s: %w", method, err)
}
