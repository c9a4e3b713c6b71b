package catalog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"

	"foyer/core/process"
	"foyer/flags"
	"foyer/sdk/module"
	"foyer/sdk/plugin/wire"
)

// Flags reports whether a module is wanted; flags.Gates does.
type Flags interface {
	On(key flags.Key) bool
	// OnChange calls f after a flag has changed, once On reports the new value.
	OnChange(f func(key flags.Key, on bool))
}

// Options are the parts of a catalog.
type Options struct {
	Modules  []module.Module                      // built-in ones, fresh values
	Sections []Section                            // one per module, built-in and external
	Flags    Flags                                // a module's flag has the module's name
	Host     func(name string) module.Host        // every service; the catalog grants only what is needed
	Traces   wire.Traces                          // where processes send their spans
	Log      *slog.Logger                         //
	Dir      string                               // for sockets, "" = the system's temporary directory
	Policy   Policy                               // zero = DefaultPolicy
	Command  func(name string) (string, []string) // command of a built-in module's process; nil = this binary, "module NAME"
}

// Catalog holds the modules.
type Catalog struct {
	opts  Options
	units []*unit
	byKey map[string]*unit

	core      []module.Route
	mustClaim bool       // modules must claim their routes
	claiming  sync.Mutex // one claim at a time
	routing   sync.Mutex // one call of onRoutes at a time
	mu        sync.Mutex
	dir       *process.RunDir
	onRoutes  func()
	ending    context.Context
	cancel    context.CancelFunc
	loops     sync.WaitGroup
	stopErrs  []error
}

// New decodes the configuration sections of built-in modules into them and
// returns all faults together as conf.Faults. It starts nothing.
func New(o Options) (*Catalog, error) {
	o.Policy = o.Policy.orDefaults()
	if o.Command == nil {
		o.Command = thisBinary
	}
	c := &Catalog{opts: o, byKey: map[string]*unit{}}
	builtin := map[string]module.Module{}
	for _, m := range o.Modules {
		builtin[m.Name()] = m
	}
	var errs []error
	for _, s := range o.Sections {
		place, err := c.place(s, builtin)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if c.byKey[s.Name] != nil {
			errs = append(errs, fmt.Errorf("two modules are named %s", s.Name))
			continue
		}
		u := &unit{
			name: s.Name, external: s.Path != "", place: place, about: place.describe(), policy: o.Policy, flags: o.Flags,
			host:    func() module.Host { return o.Host(s.Name) },
			log:     o.Log.With("module", s.Name),
			changed: c.routesChanged, poke: make(chan struct{}, 1),
		}
		u.claim = func(about module.Description) error { return c.claim(u, about) }
		if local, ok := place.(*inProcess); ok {
			u.shown, _ = local.advertise(context.Background())
		}
		c.units = append(c.units, u)
		c.byKey[s.Name] = u
	}
	return c, errors.Join(errs...)
}

func thisBinary(name string) (string, []string) {
	path, err := os.Executable()
	if err != nil {
		path = os.Args[0]
	}
	return path, []string{"module", name}
}

func (c *Catalog) place(s Section, builtin map[string]module.Module) (placement, error) {
	if s.Path != "" {
		return c.process(s, module.Description{Name: s.Name}, s.Path, nil), nil
	}
	m := builtin[s.Name]
	if m == nil {
		return nil, fmt.Errorf("no built-in module is named %s", s.Name)
	}
	if err := module.Decode(m, s.Raw); err != nil {
		return nil, err
	}
	local := newInProcess(m)
	if !s.Process || local.about.Prefix == "" { // it does not even describe itself
		return local, nil
	}
	path, args := c.opts.Command(s.Name)
	return c.process(s, local.about, path, args), nil
}

func (c *Catalog) process(s Section, about module.Description, path string, args []string) placement {
	return &ownProcess{about: about, section: s, launch: func(ctx context.Context) (*process.Process, error) {
		return process.Launch(ctx, process.Options{
			Name: s.Name, Path: path, Args: args, SHA256: s.SHA256, Dir: c.dir,
			Log: c.opts.Log.With("module", s.Name), Traces: c.opts.Traces, Within: c.opts.Policy.Launch,
			Patience: c.opts.Policy.Patience,
		})
	}}
}

// Start starts the modules whose flag is on, and follows the flags from then on.
// If one fails to start, all are stopped and the error names it. A module whose
// routes cannot be served stays down while the others serve.
func (c *Catalog) Start(ctx context.Context) error {
	if err := c.openDir(); err != nil {
		return fmt.Errorf("start modules: %w", err)
	}
	c.opts.Flags.OnChange(func(key flags.Key, _ bool) {
		for _, u := range c.units {
			if u.concerns(key) {
				c.poke(u.name)
			}
		}
	})

	insts, errs := make([]instance, len(c.units)), make([]error, len(c.units))
	var starts sync.WaitGroup
	for i, u := range c.units {
		if u.wanted() {
			starts.Go(func() { insts[i], errs[i] = u.open(ctx) })
		}
	}
	starts.Wait()
	for i, u := range c.units {
		if errs[i] != nil {
			errs[i] = fmt.Errorf("module %s did not start: %w", u.name, errs[i])
		}
		if errors.Is(errs[i], ErrRoutes) { // follow retries and reports these
			errs[i] = nil
		}
	}
	if errors.Join(errs...) != nil {
		for i, u := range c.units {
			if insts[i] != nil {
				errs = append(errs, u.close(ctx, insts[i]))
			} else {
				u.settle(off, errs[i])
			}
		}
		return errors.Join(append(errs, c.closeDir())...)
	}
	c.follow(ctx, insts)
	return nil
}

// follow supervises the units from now on.
func (c *Catalog) follow(ctx context.Context, insts []instance) {
	background, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c.mu.Lock()
	c.cancel, c.ending = cancel, background
	c.mu.Unlock()
	for i, u := range c.units {
		if insts[i] != nil {
			u.log.Info("module started")
		}
		c.loops.Go(func() {
			if err := u.supervise(background, insts[i], c.lastContext); err != nil {
				c.mu.Lock()
				c.stopErrs = append(c.stopErrs, fmt.Errorf("module %s: %w", u.name, err))
				c.mu.Unlock()
			}
		})
		c.poke(u.name) // its flag may have changed in the meantime
	}
}

func (c *Catalog) openDir() (err error) {
	needed := slices.ContainsFunc(c.opts.Sections, func(s Section) bool { return s.Process || s.Path != "" })
	if needed {
		c.dir, err = process.OpenRunDir(c.opts.Dir)
	}
	return err
}

func (c *Catalog) closeDir() error {
	if c.dir == nil {
		return nil
	}
	return c.dir.Close()
}

func (c *Catalog) lastContext() context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ending
}

func (c *Catalog) poke(name string) {
	if u := c.byKey[name]; u != nil {
		select {
		case u.poke <- struct{}{}:
		default:
		}
	}
}

// Hurry announces that Stop is near: the requests Stop would wait for may be in a
// process that hangs, which from now on is noticed within seconds.
func (c *Catalog) Hurry() {
	for _, u := range c.units {
		u.mu.Lock()
		inst := u.inst
		u.mu.Unlock()
		if inst != nil {
			inst.hurry()
		}
	}
}

// Stop stops every module, first letting running requests end within the time ctx
// leaves.
func (c *Catalog) Stop(ctx context.Context) error {
	c.mu.Lock()
	cancel := c.cancel
	c.ending = ctx
	c.mu.Unlock()
	if cancel == nil {
		return nil
	}
	cancel()
	c.loops.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	errs := append(c.stopErrs, c.closeDir())
	c.cancel, c.stopErrs = nil, nil
	return errors.Join(errs...)
}

// OnRoutesChanged calls f when the result of Groups or Advertise changes: an
// external module tells its routes only once it runs, and a separate process what
// it advertises. f must not call Stop.
func (c *Catalog) OnRoutesChanged(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onRoutes = f
}

func (c *Catalog) routesChanged() {
	c.mu.Lock()
	f := c.onRoutes
	c.mu.Unlock()
	if f != nil {
		c.routing.Lock()
		defer c.routing.Unlock()
		f()
	}
}

// For names the modules that listen to the event, among those that receive events
// now.
func (c *Catalog) For(event string) []string {
	var names []string
	for _, u := range c.units {
		if u.description().Listens(event) && u.works() {
			names = append(names, u.name)
		}
	}
	return names
}

// Deliver hands an event to the named module. The error is module.ErrPostponed
// while the module is not running.
func (c *Catalog) Deliver(ctx context.Context, name string, e module.Event) error {
	u := c.byKey[name]
	if u == nil {
		return fmt.Errorf("deliver event %s: no module is named %s", e.ID, name)
	}
	return u.do(ctx, "event "+e.Name, func(ctx context.Context, i instance) error { return i.deliver(ctx, e) })
}

// Work runs a job of the named module. The error is module.ErrPostponed while the
// module is not running.
func (c *Catalog) Work(ctx context.Context, name string, j module.Job) error {
	u := c.byKey[name]
	if u == nil {
		return fmt.Errorf("work on job %s: no module is named %s", j.Kind, name)
	}
	return u.do(ctx, "job "+j.Kind, func(ctx context.Context, i instance) error { return i.work(ctx, j) })
}

// Advertise returns what the modules that are on add to GET /api/v1.0/config/,
// merged key by key, later modules over earlier ones. The result is a copy.
func (c *Catalog) Advertise() map[string]any {
	all := map[string]any{}
	for _, u := range c.units {
		if u.on() {
			merge(all, u.advertised())
		}
	}
	return all
}

func merge(into, from map[string]any) {
	for _, k := range slices.Sorted(maps.Keys(from)) {
		sub, isMap := from[k].(map[string]any)
		if !isMap {
			into[k] = from[k]
			continue
		}
		old, wasMap := into[k].(map[string]any)
		if !wasMap {
			old = map[string]any{}
			into[k] = old
		}
		merge(old, sub)
	}
}

// Describes returns, by module name, what running modules say about their routes
// in the API document. It may change as their routes do: see OnRoutesChanged.
func (c *Catalog) Describes() map[string][]byte {
	all := map[string][]byte{}
	for _, u := range c.units {
		if text := u.description().OpenAPI; u.wanted() && len(text) > 0 {
			all[u.name] = text
		}
	}
	return all
}

// Check returns the health of every module that should be running, by name; nil
// is healthy. All are asked at once, so that one that hangs does not hide the
// others.
func (c *Catalog) Check(ctx context.Context) map[string]error {
	all := map[string]error{}
	var mu sync.Mutex
	var asked sync.WaitGroup
	for _, u := range c.units {
		if !u.wanted() {
			continue
		}
		asked.Go(func() {
			err := u.health(ctx)
			mu.Lock()
			defer mu.Unlock()
			all[u.name] = err
		})
	}
	asked.Wait()
	return all
}

// PID is the process id of the named module while it runs in its own process,
// else 0.
func (c *Catalog) PID(name string) int {
	u := c.byKey[name]
	if u == nil {
		return 0
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if p, ok := u.inst.(processInstance); ok {
		return p.running.PID()
	}
	return 0
}
