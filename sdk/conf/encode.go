package conf

import (
	"bytes"
	"fmt"
)

// Encode renders every field of s as YAML on one line, secrets revealed, so that
// Decode on the other side of a process boundary returns the same values. The
// result must not be logged.
func Encode(s Section) ([]byte, error) {
	n, err := sectionNode(s)
	if err != nil {
		return nil, err
	}
	return n.YAML(), nil
}

func sectionNode(s Section) (*Node, error) {
	n := &Node{Kind: Map}
	for _, f := range Bind(s) {
		x, err := fieldNode(f)
		if err != nil {
			return nil, fmt.Errorf("encode %s: %w", f.Key, err)
		}
		n.Keys = append(n.Keys, Key{Name: f.Key})
		n.Items = append(n.Items, x)
	}
	return n, nil
}

func fieldNode(f *Field) (*Node, error) {
	switch {
	case f.Group != nil:
		return sectionNode(f.Group)
	case f.item != nil:
		return itemsNode(f)
	}
	return f.value.node(), nil
}

func itemsNode(f *Field) (*Node, error) {
	if f.items == nil {
		return nil, fmt.Errorf("a list declared with Fields.Sections cannot be encoded: declare it with conf.Items")
	}
	n := &Node{Kind: List}
	for _, s := range f.items() {
		x, err := sectionNode(s)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, x)
	}
	return n, nil
}

// Equal reports whether the same field of two instances of a section holds the
// same value.
func (f *Field) Equal(other *Field) bool {
	a, err := fieldNode(f)
	if err != nil {
		return false
	}
	b, err := fieldNode(other)
	return err == nil && bytes.Equal(a.YAML(), b.YAML())
}
