package main

import (
	"fmt"
	"go/types"
)

// kind says how a Go type is written.
type kind string

// The kinds, by their names in contract.txt.
const (
	boolKind     kind = "bool"
	intKind      kind = "int"
	uintKind     kind = "uint"
	floatKind    kind = "float"
	textKind     kind = "text"
	bytesKind    kind = "bytes"
	uuidKind     kind = "uuid"
	timeKind     kind = "time"
	durationKind kind = "duration"
	secretKind   kind = "secret"
	jsonKind     kind = "json"
	optionalKind kind = "optional"
	listKind     kind = "list of"
	mapKind      kind = "map of"
	recordKind   kind = "record"
)

// shape is a Go type that can cross the boundary.
type shape struct {
	kind  kind
	go_   string // the type in generated code
	named bool   // it is not the type that the reader returns
	bits  int    // of a number
	elem  *shape // of a pointer, slice or map
	of    *record
}

// record is a struct.
type record struct {
	name   string
	fields []value
}

// value is something with a name: a field, an argument or a result.
type value struct {
	name  string
	shape *shape
}

// special are types of other packages, by path and name.
var special = map[string]kind{
	"github.com/google/uuid.UUID": uuidKind,
	"time.Time":                   timeKind,
	"time.Duration":               durationKind,
}

// shapeOf says how t crosses the boundary.
func (d *describer) shapeOf(t types.Type) (*shape, error) {
	s := &shape{go_: types.TypeString(t, (*types.Package).Name)}
	t = types.Unalias(t)
	if n, ok := t.(*types.Named); ok && n.Obj().Pkg() != nil {
		path := n.Obj().Pkg().Path() + "." + n.Obj().Name()
		switch {
		case special[path] != "":
			s.kind = special[path]
			return s, nil
		case n.Obj().Name() == "Secret" && n.Obj().Pkg().Name() == "conf":
			s.kind = secretKind
			return s, nil
		case n.TypeArgs().Len() > 0:
			return nil, fmt.Errorf("%s: types with parameters cannot cross", s.go_)
		}
		s.named = true
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return s, basic(s, u)
	case *types.Struct:
		var err error
		s.kind = recordKind
		s.of, err = d.recordOf(t, u)
		return s, err
	case *types.Interface:
		if u.Empty() && !s.named {
			s.kind = jsonKind
			return s, nil
		}
	case *types.Pointer:
		s.kind = optionalKind
		return s, d.inside(s, u.Elem(), optionalKind)
	case *types.Slice:
		if b, ok := types.Unalias(u.Elem()).(*types.Basic); ok && b.Kind() == types.Byte {
			s.kind = bytesKind
			return s, nil
		}
		s.kind = listKind
		return s, d.inside(s, u.Elem(), "")
	case *types.Map:
		if key, ok := types.Unalias(u.Key()).(*types.Basic); ok && key.Kind() == types.String {
			s.kind = mapKind
			return s, d.inside(s, u.Elem(), "")
		}
		return nil, fmt.Errorf("%s: the keys of a map that crosses are strings", s.go_)
	}
	return nil, fmt.Errorf("%s cannot cross", s.go_)
}

// inside adds the element, which must not be of the given kind.
func (d *describer) inside(s *shape, t types.Type, not kind) (err error) {
	if s.elem, err = d.shapeOf(t); err != nil {
		return err
	}
	if s.elem.kind == not {
		return fmt.Errorf("%s cannot cross: nil at two depths", s.go_)
	}
	return nil
}

func basic(s *shape, b *types.Basic) error {
	sizes := map[types.BasicKind]int{
		types.Int: 64, types.Int8: 8, types.Int16: 16, types.Int32: 32, types.Int64: 64,
		types.Uint: 64, types.Uint8: 8, types.Uint16: 16, types.Uint32: 32, types.Uint64: 64,
	}
	switch {
	case b.Kind() == types.Bool:
		s.kind = boolKind
	case b.Kind() == types.String:
		s.kind = textKind
	case b.Kind() == types.Float64:
		s.kind = floatKind
	case sizes[b.Kind()] > 0:
		s.kind, s.bits = intKind, sizes[b.Kind()]
		if b.Info()&types.IsUnsigned != 0 {
			s.kind = uintKind
		}
		s.named = s.named || b.Kind() != types.Int64 && b.Kind() != types.Uint64
	default:
		return fmt.Errorf("%s cannot cross", s.go_)
	}
	return nil
}

// String is the form of the shape in contract.txt.
func (s *shape) String() string {
	switch s.kind {
	case optionalKind, listKind, mapKind:
		return string(s.kind) + " " + s.elem.String()
	case recordKind:
		return s.of.name
	case intKind, uintKind:
		return fmt.Sprint(s.kind, s.bits)
	default:
		return string(s.kind)
	}
}
