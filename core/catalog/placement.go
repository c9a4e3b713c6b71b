package catalog

import (
	"context"
	"net/http"

	"foyer/sdk/module"
)

// placement is a way to run one module.
type placement interface {
	// describe returns what is known of the module without running it.
	describe() module.Description
	// open returns an instance that is configured but not started.
	open(ctx context.Context) (instance, error)
}

// instance is a module between one start and the end that follows.
type instance interface {
	describe() module.Description
	start(ctx context.Context, h module.Host) error
	// stop releases everything; it is called once, even after a failed start.
	stop(ctx context.Context) error
	// serve answers a request to one of the routes; own is this process's
	// handler, nil when there is none. A request that did not reach the instance
	// is left unanswered, for the next instance to serve.
	serve(w http.ResponseWriter, r *http.Request, own http.Handler) (answered bool)
	deliver(ctx context.Context, e module.Event) error
	work(ctx context.Context, j module.Job) error
	check(ctx context.Context) error
	advertise(ctx context.Context) (map[string]any, error)
	// hurry makes sure that an instance that hangs is noticed soon.
	hurry()
	// done is closed when the instance has ended by itself; nil if it cannot.
	done() <-chan struct{}
	// why returns how it ended, once done is closed.
	why() error
}
