package main

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strconv"
)

// host is what Host offers.
type host struct {
	services []service
	values   []service // each has one method, Get, without arguments
	local    []service // what each side has itself, such as Log
	records  []*record
}

// service is one method of Host.
type service struct {
	name    string
	go_     string // what Host's method returns
	methods []method
}

// method is one method of a service.
type method struct {
	name     string
	args     []value // without the context
	variadic bool
	results  []value // without the error
	fails    bool    // the last result is an error
}

// describer reads a package and collects what is wrong with it.
type describer struct {
	*checked
	records map[string]*record
	order   []*record
	open    map[string]bool // records that are being read
	faults  []error
}

// describe reads the interfaces Host and Needs; the error lists all faults.
func describe(c *checked) (*host, error) {
	d := &describer{checked: c, records: map[string]*record{}, open: map[string]bool{}}
	h, err := d.host()
	if err != nil {
		return nil, err
	}
	d.needs(h)
	h.records = d.order
	slices.SortFunc(h.records, func(a, b *record) int { return cmp.Compare(a.name, b.name) })
	return h, errors.Join(d.faults...)
}

func (d *describer) fault(pos token.Pos, format string, args ...any) {
	d.faults = append(d.faults, fmt.Errorf("%s: %w", d.fset.Position(pos), fmt.Errorf(format, args...)))
}

// methodsOf returns the methods in source order.
func methodsOf(i *types.Interface) []*types.Func {
	var all []*types.Func
	for m := range i.Methods() {
		all = append(all, m)
	}
	slices.SortFunc(all, func(a, b *types.Func) int { return cmp.Compare(a.Pos(), b.Pos()) })
	return all
}

func (d *describer) host() (*host, error) {
	object := d.types.Scope().Lookup("Host")
	if object == nil {
		return nil, fmt.Errorf("the package %s has no Host", d.types.Path())
	}
	i, ok := object.Type().Underlying().(*types.Interface)
	if !ok {
		return nil, fmt.Errorf("%s: Host is not an interface", d.fset.Position(object.Pos()))
	}
	h := &host{}
	for _, m := range methodsOf(i) {
		d.part(h, m)
	}
	return h, nil
}

// localTypes are results of Host's methods that do not cross the boundary.
var localTypes = []string{"*log/slog.Logger", "go.opentelemetry.io/otel/trace.Tracer"}

func (d *describer) part(h *host, m *types.Func) {
	sig := m.Signature()
	if sig.Params().Len() > 0 || sig.Results().Len() == 0 {
		d.fault(m.Pos(), "Host.%s takes nothing and returns a service, or a value and an error", m.Name())
		return
	}
	first := sig.Results().At(0).Type()
	s := service{name: m.Name(), go_: types.TypeString(first, (*types.Package).Name)}
	if slices.Contains(localTypes, types.TypeString(first, nil)) {
		h.local = append(h.local, s)
		return
	}
	if i, ok := first.Underlying().(*types.Interface); ok && sig.Results().Len() == 1 && ours(first, d.types) {
		for _, f := range methodsOf(i) {
			if x, ok := d.method(s.name, f); ok {
				s.methods = append(s.methods, x)
			}
		}
		h.services = append(h.services, s)
		return
	}
	if sig.Results().Len() != 2 || !isError(sig.Results().At(1).Type()) {
		d.fault(m.Pos(), "Host.%s takes nothing and returns a service, or a value and an error", m.Name())
		return
	}
	get := method{name: "Get", fails: true}
	if v, ok := d.value(m.Pos(), "0", first, "Host."+m.Name()); ok {
		get.results = []value{v}
	}
	s.methods = []method{get}
	h.values = append(h.values, s)
}

func ours(t types.Type, p *types.Package) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() == p
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

func (d *describer) method(of string, f *types.Func) (method, bool) {
	name, sig, before := of+"."+f.Name(), f.Signature(), len(d.faults)
	m := method{name: f.Name(), variadic: sig.Variadic()}
	if sig.Params().Len() == 0 || types.TypeString(sig.Params().At(0).Type(), nil) != "context.Context" {
		d.fault(f.Pos(), "%s has no context as its first argument", name)
		return m, false
	}
	for n := 1; n < sig.Params().Len(); n++ {
		p := sig.Params().At(n)
		if p.Name() == "" || p.Name() == "_" {
			d.fault(p.Pos(), "%s: an argument has no name", name)
			continue
		}
		if v, ok := d.value(p.Pos(), p.Name(), p.Type(), name); ok {
			m.args = append(m.args, v)
		}
	}
	for n := range sig.Results().Len() {
		r := sig.Results().At(n)
		if isError(r.Type()) && n == sig.Results().Len()-1 {
			m.fails = true
			continue
		}
		wire := r.Name()
		if wire == "" || wire == "_" {
			wire = strconv.Itoa(n)
		}
		if v, ok := d.value(f.Pos(), wire, r.Type(), name); ok {
			m.results = append(m.results, v)
		}
	}
	if sig.Results().Len() == 0 {
		d.fault(f.Pos(), "%s returns nothing: nobody would know that it failed", name)
	}
	return m, len(d.faults) == before
}

func (d *describer) value(pos token.Pos, name string, t types.Type, where string) (value, bool) {
	s, err := d.shapeOf(t)
	if err != nil {
		d.fault(pos, "%s: %s: %w", where, name, err)
		return value{}, false
	}
	return value{name, s}, true
}

func (d *describer) recordOf(t types.Type, u *types.Struct) (*record, error) {
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() != d.types {
		return nil, fmt.Errorf("%s cannot cross: it is not a struct of the package %s", types.TypeString(t, (*types.Package).Name), d.types.Name())
	}
	name := n.Obj().Name()
	if r := d.records[name]; r != nil {
		return r, nil
	}
	if d.open[name] {
		return nil, fmt.Errorf("%s cannot cross: it holds itself", name)
	}
	d.open[name] = true
	defer delete(d.open, name)
	r := &record{name: name}
	for f := range u.Fields() {
		if !f.Exported() {
			d.fault(f.Pos(), "%s.%s would not arrive: it is not exported", name, f.Name())
			continue
		}
		v, ok := d.value(f.Pos(), f.Name(), f.Type(), name)
		if ok {
			r.fields = append(r.fields, v)
		}
	}
	d.records[name] = r
	d.order = append(d.order, r)
	return r, nil
}

// needs compares the fields of Needs with the services.
func (d *describer) needs(h *host) {
	object := d.types.Scope().Lookup("Needs")
	if object == nil {
		d.fault(token.NoPos, "the package %s has no Needs", d.types.Path())
		return
	}
	s, ok := object.Type().Underlying().(*types.Struct)
	if !ok {
		d.fault(object.Pos(), "Needs is not a struct")
		return
	}
	fields := map[string]*types.Var{}
	for f := range s.Fields() {
		fields[f.Name()] = f
	}
	for _, x := range h.granted() {
		f := fields[x.name]
		delete(fields, x.name)
		if f == nil {
			d.fault(object.Pos(), "Needs has no field %s for the service of that name", x.name)
		} else if b, ok := f.Type().(*types.Basic); !ok || b.Kind() != types.Bool {
			d.fault(f.Pos(), "Needs.%s is not a bool", x.name)
		}
	}
	for name, f := range fields {
		d.fault(f.Pos(), "Needs.%s: Host has no such service", name)
	}
}

// granted are the services and values that a module has to name in Needs.
func (h *host) granted() []service { return slices.Concat(h.services, h.values) }
