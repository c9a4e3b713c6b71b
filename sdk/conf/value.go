package conf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// value connects a declared field to the variable it fills.
type value interface {
	read(n *Node) error  // from YAML
	text(s string) error // from an environment variable
	node() *Node         // what the variable holds, secrets revealed
}

// measured is a value that bounds can apply to.
type measured interface{ amount() float64 }

// placed is an error about a part of the value, with its position.
type placed struct {
	node *Node
	what string
}

func (e *placed) Error() string { return e.what }

// typed is a value of one Go type.
type typed[T any] struct {
	p      *T
	of     func(*Node) (T, error)
	parse  func(string) (T, error)
	render func(T) *Node
}

func (t typed[T]) node() *Node         { return t.render(*t.p) }
func (t typed[T]) read(n *Node) error  { return t.put(t.of(n)) }
func (t typed[T]) text(s string) error { return t.put(t.parse(s)) }

func (t typed[T]) put(v T, err error) error {
	if err == nil {
		*t.p = v
	}
	return err
}

// number is a typed value with an amount.
type number[T int | int64 | float64 | time.Duration] struct{ typed[T] }

func (n number[T]) amount() float64 { return float64(*n.p) }

// nullable lets a value be null.
type nullable[T any] struct {
	p    **T
	bind func(*T) value
}

func bindNull[T any, V value](p **T, bind func(*T) V) value {
	return nullable[T]{p, func(t *T) value { return bind(t) }}
}

func (v nullable[T]) node() *Node {
	if *v.p == nil {
		return &Node{Kind: Null}
	}
	return v.bind(*v.p).node()
}

func (v nullable[T]) read(n *Node) error {
	if n.Kind == Null {
		*v.p = nil
		return nil
	}
	fresh := new(T)
	if err := v.bind(fresh).read(n); err != nil {
		return err
	}
	*v.p = fresh
	return nil
}

func (v nullable[T]) text(s string) error {
	fresh := new(T)
	if err := v.bind(fresh).text(s); err != nil {
		return err
	}
	*v.p = fresh
	return nil
}

func (v nullable[T]) amount() float64 {
	if m, ok := v.bind(*v.p).(measured); ok {
		return m.amount()
	}
	return 0
}

func bindText(p *string) typed[string] {
	return typed[string]{p, textOf, func(s string) (string, error) { return s, nil }, textNode}
}

func bindSecret(p *Secret) typed[Secret] {
	return typed[Secret]{p,
		func(n *Node) (Secret, error) {
			if n.Kind != Text { // the message must not show a number that was meant
				return Secret{}, fmt.Errorf("must be text: put it in quotes")
			}
			return NewSecret(n.Text), nil
		},
		func(s string) (Secret, error) { return NewSecret(s), nil },
		func(s Secret) *Node { return textNode(s.Reveal()) }}
}

func bindBool(p *bool) typed[bool] { return typed[bool]{p, boolOf, parseBool, boolNode} }

func bindInt(p *int) number[int] {
	return number[int]{typed[int]{p,
		func(n *Node) (int, error) {
			if n.Kind != Int {
				return 0, fmt.Errorf("must be a whole number, but is %s", n.is())
			}
			return parseInt(n.Text)
		}, parseInt,
		func(v int) *Node { return &Node{Kind: Int, Text: strconv.Itoa(v)} }}}
}

func bindFloat(p *float64) number[float64] {
	return number[float64]{typed[float64]{p,
		func(n *Node) (float64, error) {
			if n.Kind != Int && n.Kind != Float {
				return 0, fmt.Errorf("must be a number, but is %s", n.is())
			}
			return parseFloat(n.Text)
		}, parseFloat,
		floatNode}}
}

func bindDuration(p *time.Duration) number[time.Duration] {
	return number[time.Duration]{typed[time.Duration]{p,
		func(n *Node) (time.Duration, error) {
			if n.Kind != Text && n.Kind != Int {
				return 0, fmt.Errorf("must be a duration such as 90s or 6h, but is %s", n.is())
			}
			return parseDuration(n.Text)
		}, parseDuration,
		func(v time.Duration) *Node { return textNode(showDuration(v)) }}}
}

func bindSize(p *int64) number[int64] {
	return number[int64]{typed[int64]{p,
		func(n *Node) (int64, error) {
			if n.Kind != Text && n.Kind != Int {
				return 0, fmt.Errorf("must be a size such as 1048576 or 2.5MiB, but is %s", n.is())
			}
			return parseSize(n.Text)
		}, parseSize,
		func(v int64) *Node { return textNode(showSize(v)) }}}
}

func bindList(p *[]string) typed[[]string] {
	return typed[[]string]{p,
		func(n *Node) ([]string, error) {
			if n.Kind != List {
				return nil, fmt.Errorf("must be a list, but is %s", n.is())
			}
			all := make([]string, len(n.Items))
			for i, x := range n.Items {
				t, err := textOf(x)
				if err != nil {
					return nil, &placed{x, fmt.Sprintf("item %d %s", i+1, err)}
				}
				all[i] = t
			}
			return all, nil
		}, parseList,
		func(all []string) *Node {
			n := &Node{Kind: List}
			for _, s := range all {
				n.Items = append(n.Items, textNode(s))
			}
			return n
		}}
}

func bindMap(p *map[string]any) typed[map[string]any] {
	of := func(n *Node) (map[string]any, error) {
		if err := plainMap(n); err != nil {
			return nil, err
		}
		m, _ := n.native().(map[string]any)
		return m, nil
	}
	return typed[map[string]any]{p, of, fromYAML(of), func(m map[string]any) *Node { return nodeOf(m) }}
}

func bindEntries[T any](p *map[string]T, of func(*Node) (T, error), render func(T) *Node) typed[map[string]T] {
	read := func(n *Node) (map[string]T, error) {
		if err := plainMap(n); err != nil {
			return nil, err
		}
		all := make(map[string]T, len(n.Items))
		for i, x := range n.Items {
			v, err := of(x)
			if err != nil {
				return nil, &placed{x, fmt.Sprintf("%s %s", n.Keys[i].Name, err)}
			}
			all[n.Keys[i].Name] = v
		}
		return all, nil
	}
	return typed[map[string]T]{p, read, fromYAML(read), func(m map[string]T) *Node {
		n := &Node{Kind: Map}
		for _, k := range slices.Sorted(maps.Keys(m)) {
			n.Keys = append(n.Keys, Key{Name: k})
			n.Items = append(n.Items, render(m[k]))
		}
		return n
	}}
}

// rawValue keeps a mapping as YAML text.
type rawValue struct{ p *Secret }

func (r rawValue) read(n *Node) error {
	if n.Kind == Null {
		return nil
	}
	if err := plainMap(n); err != nil {
		return err
	}
	*r.p = NewSecret(string(n.YAML()))
	return nil
}

func (r rawValue) text(s string) error {
	root, faults := Parse("", []byte(s))
	if len(faults) > 0 {
		return fmt.Errorf("is not YAML: %s", faults[0].What)
	}
	return r.read(root)
}

func (r rawValue) node() *Node {
	root, faults := Parse("", []byte(r.p.Reveal()))
	if len(faults) > 0 || root.Kind != Map {
		return &Node{Kind: Map}
	}
	return root
}
