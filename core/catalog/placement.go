package catalog

import (
	"context"
	"net/http"

	"foyer/sdk/module"
)

// placement is a way to run one module.
type placement interface {
	// describe tells what is known of the module without running it.
	describe() module.Description
	// open makes an instance that is configured and not started.
	open(ctx context.Context) (instance, error)
}

// instance is a module between one start and the end that follows.
type instance interface {
	describe() module.Description
	start(ctx context.Context, h module.Host) error
	// stop releases everything; it is called once, also after a failed start.
	stop(ctx context.Context) error
	// serve answers a request to one of the routes; own is the handler of this
	// process, nil when there is none. One that did not reach the instance is not
	// answered, and may be served by the next.
	serve(w http.ResponseWriter, r *http.Request, own http.Handler) (answered bool)
	deliver(ctx context.Context, e module.Event) error
	work(ctx context.Context, j module.Job) error
	check(ctx context.Context) error
	advertise(ctx context.Context) (map[string]any, error)
	// hurry has an instance that hangs be noticed soon.
	hurry()
	// done is closed when the instance ended by itself; nil when it cannot.
	done() <-chan struct{}
	// why tells how it ended, once done is closed.
	why() error
}
