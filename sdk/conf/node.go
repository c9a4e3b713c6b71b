package conf

import (
	"slices"
	"strconv"
	"strings"
)

// Kind is the sort of value a Node holds.
type Kind uint8

// The kinds of YAML values.
const (
	Null Kind = iota
	Bool
	Int
	Float
	Text
	List
	Map
)

// Node is one YAML value and its position; line 0 means it has none.
type Node struct {
	Kind   Kind
	Text   string  // of a scalar: true, 12, 1.5 or the text itself
	Items  []*Node // of a list, and the values of a mapping
	Keys   []Key   // of a mapping, one per item
	Line   int     // from 1
	Column int     // from 1
}

// Key is the name of an entry of a mapping, and its position.
type Key struct {
	Name         string
	Line, Column int
}

// Get returns the first entry called name, or nil; a nil node has none.
func (n *Node) Get(name string) *Node {
	if n == nil {
		return nil
	}
	if i := slices.IndexFunc(n.Keys, func(k Key) bool { return k.Name == name }); i >= 0 {
		return n.Items[i]
	}
	return nil
}

// is says what the node holds, for messages.
func (n *Node) is() string {
	switch n.Kind {
	case Null:
		return "empty"
	case Bool:
		return n.Text
	case Int, Float:
		return "the number " + n.Text
	case Text:
		return "text"
	case List:
		return "a list"
	}
	return "a mapping"
}

// YAML renders n in flow style. A key with a line is put on that line if it is
// still ahead, so that positions survive; the rest is on one line.
func (n *Node) YAML() []byte {
	w := writer{line: 1}
	w.value(n)
	return []byte(w.out.String())
}

type writer struct {
	out  strings.Builder
	line int
}

func (w *writer) value(n *Node) {
	switch n.Kind {
	case Null:
		w.out.WriteString("null")
	case Text:
		w.out.WriteString(strconv.Quote(n.Text))
	case List:
		w.out.WriteByte('[')
		for i, x := range n.Items {
			w.between(i, x.Line)
			w.value(x)
		}
		w.out.WriteByte(']')
	case Map:
		w.out.WriteByte('{')
		for i, x := range n.Items {
			w.between(i, n.Keys[i].Line)
			w.out.WriteString(strconv.Quote(n.Keys[i].Name))
			w.out.WriteString(": ")
			w.value(x)
		}
		w.out.WriteByte('}')
	default:
		w.out.WriteString(n.Text)
	}
}

func (w *writer) between(i, line int) {
	if i > 0 {
		w.out.WriteString(", ")
	}
	for ; w.line < line; w.line++ {
		w.out.WriteByte('\n')
	}
}

// native returns the value as Go's own types: nil, bool, int64, float64, string,
// []any and map[string]any.
func (n *Node) native() any {
	switch n.Kind {
	case Bool:
		return n.Text == "true"
	case Int:
		if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return v
		}
		v, _ := strconv.ParseFloat(n.Text, 64)
		return v
	case Float:
		v, _ := strconv.ParseFloat(n.Text, 64)
		return v
	case Text:
		return n.Text
	case List:
		all := make([]any, len(n.Items))
		for i, x := range n.Items {
			all[i] = x.native()
		}
		return all
	case Map:
		all := make(map[string]any, len(n.Items))
		for i, x := range n.Items {
			all[n.Keys[i].Name] = x.native()
		}
		return all
	}
	return nil
}
