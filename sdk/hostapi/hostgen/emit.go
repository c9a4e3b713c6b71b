package main

import (
	"fmt"
	"strings"
)

// wireName is the services' gRPC package. Its number grows when an agreement is
// broken; the handshake in sdk/plugin/wire then gets another version too.
const wireName = "foyer.host.v2"

func (m method) full(s service) string { return "/" + wireName + "." + s.name + "/" + m.name }

// values generates the writing and reading of each struct.
func values(s *source, h *host) {
	s.p("// mostReserved bounds what is reserved on the word of a message.\nconst mostReserved = 64\n")
	for _, r := range h.records {
		s.p("func write%s(w *cbor.Writer, v *module.%s) {\nw.Open()", r.name, r.name)
		for _, f := range r.fields {
			s.write(f, "v."+f.name)
		}
		s.p("w.Close()\n}\n")
		s.p("func read%s(r *cbor.Reader, v *module.%s) {", r.name, r.name)
		s.read(r.fields, func(_ int, f value) string { return "v." + f.name })
		s.p("}\n")
	}
}

// parameters are a method's in Go: (ctx context.Context, a0 uuid.UUID).
func (m method) parameters() string {
	list := []string{"ctx context.Context"}
	for n, v := range m.args {
		typ := v.shape.go_
		if m.variadic && n == len(m.args)-1 {
			typ = "..." + strings.TrimPrefix(typ, "[]")
		}
		list = append(list, fmt.Sprintf("a%d %s", n, typ))
	}
	return strings.Join(list, ", ")
}

// returns are the result types, with names.
func (m method) returns() string {
	var list []string
	for n, v := range m.results {
		list = append(list, fmt.Sprintf("r%d %s", n, v.shape.go_))
	}
	if m.fails {
		list = append(list, "err error")
	}
	return strings.Join(list, ", ")
}

// names are the results of a call: r0, r1, err.
func (m method) names(err string) string {
	var list []string
	for n := range m.results {
		list = append(list, fmt.Sprint("r", n))
	}
	if m.fails {
		list = append(list, err)
	}
	return strings.Join(list, ", ")
}

// client generates the module's side.
func client(s *source, h *host) {
	s.p("// Local is what a module's process has of its own.\ntype Local interface {")
	for _, l := range h.local {
		s.p("%s() %s", l.name, l.go_)
	}
	s.p("}\n")
	s.p("// NewClient is a host that calls the gateway, which refuses what the module does\n// not need.")
	s.p("func NewClient(conn grpc.ClientConnInterface, l Local) module.Host { return remote{l, caller{conn}} }\n")
	s.p("type remote struct {\nLocal\ncaller\n}\n")
	for _, x := range h.services {
		s.p("// %s calls the gateway.\nfunc (c remote) %s() %s { return remote%s{c.caller} }\n", x.name, x.name, x.go_, x.name)
	}
	for _, x := range h.values {
		m := x.methods[0]
		s.p("// %s asks the gateway.\nfunc (c remote) %s() (%s) {\nctx := context.Background()", x.name, x.name, m.returns())
		clientCall(s, x, m)
		s.p("}\n")
	}
	for _, x := range h.services {
		s.p("type remote%s struct{ caller }\n", x.name)
		for _, m := range x.methods {
			s.p("func (c remote%s) %s(%s) (%s) {", x.name, m.name, m.parameters(), m.returns())
			clientCall(s, x, m)
			s.p("}\n")
		}
	}
}

func clientCall(s *source, x service, m method) {
	fail := func(err string) string { return "return " + m.names(err) }
	s.p("w := &cbor.Writer{}\nw.Open()")
	for n, v := range m.args {
		s.write(v, fmt.Sprint("a", n))
	}
	declare := ":="
	if m.fails {
		s.p("var r *cbor.Reader")
		declare = "="
	}
	s.p("r, err %s c.call(ctx, %q, w)\nif err != nil {\n%s\n}", declare, m.full(x), fail("err"))
	for n, v := range m.results {
		s.p("var o%d %s", n, v.shape.go_)
	}
	s.read(m.results, func(n int, _ value) string { return fmt.Sprint("o", n) })
	s.p("if err = r.End(); err != nil {\n%s\n}", fail(fmt.Sprintf("unreadable(%q, err)", m.full(x))))
	var out []string
	for n := range m.results {
		out = append(out, fmt.Sprint("o", n))
	}
	if m.fails {
		out = append(out, "nil")
	}
	s.p("return %s", strings.Join(out, ", "))
}

// server generates the gateway's side.
func server(s *source, h *host) {
	s.p("const wireName = %q\n", wireName)
	s.p("// services are all that a gateway of this version serves.\nfunc services() []grpc.ServiceDesc {\nreturn []grpc.ServiceDesc{")
	for _, x := range h.granted() {
		s.p("{\nServiceName: %q, HandlerType: (*module.Host)(nil), Methods: []grpc.MethodDesc{", wireName+"."+x.name)
		for _, m := range x.methods {
			s.p("{MethodName: %q, Handler: handler(%q, serve%s%s)},", m.name, m.full(x), x.name, m.name)
		}
		s.p("},\n},")
	}
	s.p("}\n}\n")
	for _, x := range h.services {
		for _, m := range x.methods {
			serve(s, x, m, "h."+x.name+"()."+m.name)
		}
	}
	for _, x := range h.values {
		serve(s, x, x.methods[0], "h."+x.name)
	}
}

func serve(s *source, x service, m method, call string) {
	s.p("func serve%s%s(ctx context.Context, h module.Host, r *cbor.Reader, w *cbor.Writer) error {", x.name, m.name)
	args := []string{"ctx"}
	if call == "h."+x.name { // a value
		args = nil
	}
	for n, v := range m.args {
		s.p("var a%d %s", n, v.shape.go_)
		args = append(args, fmt.Sprint("a", n))
	}
	if m.variadic {
		args[len(args)-1] += "..."
	}
	s.read(m.args, func(n int, _ value) string { return fmt.Sprint("a", n) })
	s.p("if err := r.End(); err != nil {\nreturn fmt.Errorf(\"%%w: %%w\", module.ErrInvalid, err)\n}")
	s.p("%s := %s(%s)", m.names("err"), call, strings.Join(args, ", "))
	if m.fails {
		s.p("if err != nil {\nreturn err\n}")
	}
	for n, v := range m.results {
		s.write(v, fmt.Sprint("r", n))
	}
	s.p("return nil\n}\n")
}

// grant generates the limit to Needs, and the refusals.
func grant(s *source, h *host) {
	s.p("// NeedNames are the services that needs names.\nfunc NeedNames(needs module.Needs) (names []string) {")
	for _, x := range h.granted() {
		s.p("if needs.%s {\nnames = append(names, %q)\n}", x.name, x.name)
	}
	s.p("return names\n}\n")
	s.p("// NeedsOf reads NeedNames back. Names that this version does not know are left out:\n// it has no such service to grant.")
	s.p("func NeedsOf(names []string) (needs module.Needs) {\nfor _, name := range names {\nswitch name {")
	for _, x := range h.granted() {
		s.p("case %q:\nneeds.%s = true", x.name, x.name)
	}
	s.p("}\n}\nreturn needs\n}\n")
	s.p("// Grant limits h to what needs names; every other service is there and refuses\n// with module.ErrNotGranted (a flag is off).")
	s.p("func Grant(h module.Host, needs module.Needs) module.Host { return granted{h, needs} }\n")
	s.p("type granted struct {\nhost module.Host\nneeds module.Needs\n}\n")
	for _, x := range h.services {
		s.p("func (g granted) %s() %s {\nif g.needs.%s {\nreturn g.host.%s()\n}\nreturn refused%s{refusal(%q, module.ErrNotGranted)}\n}\n",
			x.name, x.go_, x.name, x.name, x.name, x.name)
	}
	for _, x := range h.values {
		s.p("func (g granted) %s() (v %s, err error) {\nif g.needs.%s {\nreturn g.host.%s()\n}\nreturn v, refusal(%q, module.ErrNotGranted)\n}\n",
			x.name, x.go_, x.name, x.name, x.name)
	}
	for _, x := range h.local {
		s.p("func (g granted) %s() %s { return g.host.%s() }\n", x.name, x.go_, x.name)
	}
	s.p("func refusal(service string, why error) error { return fmt.Errorf(\"%%s: %%w\", service, why) }\n")
	for _, x := range h.services {
		s.p("type refused%s struct{ err error }\n", x.name)
		for _, m := range x.methods {
			s.p("func (x refused%s) %s(%s) (%s) {", x.name, m.name, m.parameters(), m.returns())
			s.p("return %s\n}\n", m.names("x.err"))
		}
	}
}

// parts generates a host that is put together from services.
func parts(s *source, h *host) {
	s.p("// Parts are the services of a host. One that is nil answers module.ErrUnsupported.\ntype Parts struct {")
	for _, x := range h.services {
		s.p("%s %s", x.name, x.go_)
	}
	for _, x := range h.values {
		s.p("%s *%s", x.name, x.go_)
	}
	for _, x := range h.local {
		s.p("%s %s", x.name, x.go_)
	}
	s.p("}\n")
	s.p("// Host is a host of these parts.\nfunc (p Parts) Host() module.Host { return assembled{p} }\n\ntype assembled struct{ parts Parts }\n")
	for _, x := range h.services {
		s.p("func (a assembled) %s() %s {\nif a.parts.%s == nil {\nreturn refused%s{refusal(%q, module.ErrUnsupported)}\n}\nreturn a.parts.%s\n}\n",
			x.name, x.go_, x.name, x.name, x.name, x.name)
	}
	for _, x := range h.values {
		s.p("func (a assembled) %s() (v %s, err error) {\nif a.parts.%s == nil {\nreturn v, refusal(%q, module.ErrUnsupported)\n}\nreturn *a.parts.%s, nil\n}\n",
			x.name, x.go_, x.name, x.name, x.name)
	}
	for _, x := range h.local {
		s.p("func (a assembled) %s() %s { return a.parts.%s }\n", x.name, x.go_, x.name)
	}
}
