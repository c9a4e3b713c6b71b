package conf

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

func textNode(s string) *Node { return &Node{Kind: Text, Text: s} }

func boolNode(b bool) *Node { return &Node{Kind: Bool, Text: strconv.FormatBool(b)} }

func textOf(n *Node) (string, error) {
	switch n.Kind {
	case Text:
		return n.Text, nil
	case Bool, Int, Float:
		return "", fmt.Errorf("must be text, but is %s: put it in quotes", n.is())
	}
	return "", fmt.Errorf("must be text, but is %s", n.is())
}

func boolOf(n *Node) (bool, error) {
	if n.Kind != Bool {
		return false, fmt.Errorf("must be true or false, but is %s", n.is())
	}
	return n.Text == "true", nil
}

// plainMap refuses anything but a mapping, and mappings, at any depth, with a
// duplicate key.
func plainMap(n *Node) error {
	if n.Kind != Map {
		return fmt.Errorf("must be a mapping, but is %s", n.is())
	}
	return noRepeats(n)
}

func noRepeats(n *Node) error {
	seen := make(map[string]bool, len(n.Keys))
	for i, k := range n.Keys {
		if seen[k.Name] {
			return &placed{&Node{Line: k.Line, Column: k.Column}, fmt.Sprintf("%s is written twice", k.Name)}
		}
		seen[k.Name] = true
		if err := noRepeats(n.Items[i]); err != nil {
			return err
		}
	}
	if n.Kind == List {
		for _, x := range n.Items {
			if err := noRepeats(x); err != nil {
				return err
			}
		}
	}
	return nil
}

// fromYAML reads the environment text of a mapping; empty text is an empty
// mapping.
func fromYAML[T any](of func(*Node) (T, error)) func(string) (T, error) {
	return func(s string) (T, error) {
		root, faults := Parse("", []byte(s))
		if len(faults) > 0 {
			var none T
			return none, fmt.Errorf("is not YAML such as {key: value}: %s", faults[0].What)
		}
		if root.Kind == Null {
			root = &Node{Kind: Map}
		}
		return of(root)
	}
}

// nodeOf renders native values; keys are sorted.
func nodeOf(v any) *Node {
	switch v := v.(type) {
	case nil:
		return &Node{Kind: Null}
	case bool:
		return boolNode(v)
	case string:
		return textNode(v)
	case int:
		return &Node{Kind: Int, Text: strconv.Itoa(v)}
	case int64:
		return &Node{Kind: Int, Text: strconv.FormatInt(v, 10)}
	case float64:
		return floatNode(v)
	case []string:
		n := &Node{Kind: List}
		for _, x := range v {
			n.Items = append(n.Items, textNode(x))
		}
		return n
	case []any:
		n := &Node{Kind: List}
		for _, x := range v {
			n.Items = append(n.Items, nodeOf(x))
		}
		return n
	case map[string]any:
		n := &Node{Kind: Map}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			n.Keys = append(n.Keys, Key{Name: k})
			n.Items = append(n.Items, nodeOf(v[k]))
		}
		return n
	}
	return textNode(fmt.Sprint(v))
}

func floatNode(v float64) *Node {
	t := strconv.FormatFloat(v, 'f', -1, 64)
	if !slices.Contains([]byte(t), '.') {
		t += ".0"
	}
	return &Node{Kind: Float, Text: t}
}
