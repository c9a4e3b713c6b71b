package letter

import (
	"errors"
	"fmt"
	"html"
	"strings"
	"text/template/parse"
)

// The templates are those of text/template, less what letters do not need:
// fields, the dot, $, if, with, range and else. text/template itself finds
// methods by name at run time, which keeps the linker from leaving out any
// exported method of the whole program: ADR 46.

// values are what a template can name: texts, lists of texts, and more values.
type values map[string]any

// template is one block of a file.
type template struct {
	root   *parse.ListNode
	escape func(string) string
}

func asIs(text string) string { return text }

// blocksOf reads the blocks that a file defines, and the file itself under its
// name.
func blocksOf(name, text string, escape func(string) string) (map[string]*template, error) {
	trees, err := parse.Parse(name, text, "", "")
	if err != nil {
		return nil, err
	}
	all := map[string]*template{}
	for block, tree := range trees {
		if err := check(tree.Root); err != nil {
			return nil, fmt.Errorf("template: %s: %w", name, err)
		}
		all[block] = &template{tree.Root, escape}
	}
	return all, nil
}

// forHTML escapes for text and for attributes in quotes.
func forHTML(text string) string { return html.EscapeString(text) }

// check refuses what execute does not know.
func check(n parse.Node) error {
	branch := func(b *parse.BranchNode) error {
		err := errors.Join(checkPipe(b.Pipe), check(b.List))
		if b.ElseList != nil {
			err = errors.Join(err, check(b.ElseList))
		}
		return err
	}
	switch n := n.(type) {
	case *parse.ListNode:
		var errs []error
		for _, each := range n.Nodes {
			errs = append(errs, check(each))
		}
		return errors.Join(errs...)
	case *parse.TextNode, *parse.CommentNode:
		return nil
	case *parse.ActionNode:
		return checkPipe(n.Pipe)
	case *parse.IfNode:
		return branch(&n.BranchNode)
	case *parse.WithNode:
		return branch(&n.BranchNode)
	case *parse.RangeNode:
		return branch(&n.BranchNode)
	}
	return fmt.Errorf("%s is not for letters", n)
}

func checkPipe(p *parse.PipeNode) error {
	if len(p.Decl) == 0 && len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		switch p.Cmds[0].Args[0].(type) {
		case *parse.DotNode, *parse.FieldNode, *parse.VariableNode:
			return nil
		}
	}
	return fmt.Errorf("{{%s}} is not for letters", p)
}

// run is one execution.
type run struct {
	strings.Builder
	escape func(string) string
	all    values // $
}

// execute fails if the template names what is not there.
func (t *template) execute(all values) (string, error) {
	r := &run{escape: t.escape, all: all}
	err := r.list(t.root, all)
	return r.String(), err
}

func (r *run) list(l *parse.ListNode, dot any) error {
	if l == nil {
		return nil
	}
	for _, n := range l.Nodes {
		if err := r.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) node(n parse.Node, dot any) error {
	switch n := n.(type) {
	case *parse.TextNode:
		r.Write(n.Text)
	case *parse.ActionNode:
		v, err := r.value(n.Pipe, dot)
		if err != nil {
			return err
		}
		text, ok := v.(string)
		if !ok {
			return fmt.Errorf("%s is not a text", n.Pipe)
		}
		r.WriteString(r.escape(text))
	case *parse.IfNode:
		return r.branch(&n.BranchNode, dot, func(any) any { return dot })
	case *parse.WithNode:
		return r.branch(&n.BranchNode, dot, func(v any) any { return v })
	case *parse.RangeNode:
		return r.loop(n, dot)
	}
	return nil
}

func (r *run) branch(b *parse.BranchNode, dot any, inside func(any) any) error {
	v, err := r.value(b.Pipe, dot)
	switch {
	case err != nil:
		return err
	case isThere(v):
		return r.list(b.List, inside(v))
	}
	return r.list(b.ElseList, dot)
}

func (r *run) loop(n *parse.RangeNode, dot any) error {
	v, err := r.value(n.Pipe, dot)
	if err != nil {
		return err
	}
	list, ok := v.([]string)
	switch {
	case !ok:
		return fmt.Errorf("%s is not a list", n.Pipe)
	case len(list) == 0:
		return r.list(n.ElseList, dot)
	}
	for _, each := range list {
		if err := r.list(n.List, each); err != nil {
			return err
		}
	}
	return nil
}

func isThere(v any) bool {
	switch v := v.(type) {
	case string:
		return v != ""
	case []string:
		return len(v) > 0
	case values:
		return len(v) > 0
	}
	return true
}

func (r *run) value(p *parse.PipeNode, dot any) (any, error) {
	var path []string
	switch arg := p.Cmds[0].Args[0].(type) {
	case *parse.FieldNode:
		path = arg.Ident
	case *parse.VariableNode: // $ is the only one
		dot, path = r.all, arg.Ident[1:]
	}
	for _, name := range path {
		of, _ := dot.(values)
		next, ok := of[name]
		if !ok {
			return nil, fmt.Errorf("%s: there is no %q", p, name)
		}
		dot = next
	}
	return dot, nil
}
