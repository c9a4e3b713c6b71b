package main

import "fmt"

// fills generates the test that every struct survives the trip: a filler gives
// each field a value.
func fills(s *source, h *host) {
	s.p("func roundTrips() map[string]func(t *testing.T, f *filler) {\nreturn map[string]func(t *testing.T, f *filler){")
	for _, r := range h.records {
		s.p("%q: func(t *testing.T, f *filler) {", r.name)
		s.p("sent, w, got := fill%s(f), &cbor.Writer{}, module.%s{}\nwrite%s(w, &sent)", r.name, r.name, r.name)
		s.p("b, err := w.Message()\nrequire.NoError(t, err)\nr := cbor.NewReader(b)\nread%s(r, &got)", r.name)
		s.p("require.NoError(t, r.End())\nrequire.Equal(t, sent, got)\n},")
	}
	s.p("}\n}\n")
	for _, r := range h.records {
		s.p("func fill%s(f *filler) (v module.%s) {", r.name, r.name)
		for _, v := range r.fields {
			s.fill(v.shape, "v."+v.name)
		}
		s.p("return v\n}\n")
	}
}

func (s *source) fill(x *shape, text string) {
	switch x.kind {
	case recordKind:
		s.p("%s = fill%s(f)", text, x.of.name)
	case optionalKind, listKind, mapKind:
		s.fillMany(x, text)
	case intKind, uintKind:
		s.p("%s = %s(f.number(%d))", text, x.go_, x.bits)
	default:
		s.p("%s = %s", text, x.as(fmt.Sprintf("f.%s()", x.kind)))
	}
}

func (s *source) fillMany(x *shape, text string) {
	s.deep++
	defer func() { s.deep-- }()
	e := fmt.Sprint("e", s.deep)
	switch x.kind {
	case optionalKind:
		s.p("if f.bool() {\nvar %s %s", e, x.elem.go_)
		s.fill(x.elem, e)
		s.p("%s = &%s\n}", text, e)
	case listKind:
		s.p("if f.bool() {\n%s = %s{}\nfor range f.some() {\nvar %s %s", text, x.go_, e, x.elem.go_)
		s.fill(x.elem, e)
		s.p("%s = append(%s, %s)\n}\n}", text, text, e)
	case mapKind:
		s.p("if f.bool() {\n%s = %s{}\nfor range f.some() {\nvar %s %s", text, x.go_, e, x.elem.go_)
		s.fill(x.elem, e)
		s.p("%s[f.text()] = %s\n}\n}", text, e)
	}
}
