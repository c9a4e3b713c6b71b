package conf

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

const (
	// MaxDocument is the largest document that is read, in bytes.
	MaxDocument = 1 << 20
	maxDepth    = 32
	// maxTokens keeps the parser, whose time grows with the square of a mapping's
	// entries, well under a second. A full configuration has about a thousand
	// tokens.
	maxTokens = 20_000
)

// Parse reads one YAML document; an empty one is a Null node. Anchors, aliases,
// tags and merge keys are refused, and so are more than 1 MiB, more than 32
// levels and more than one document.
func Parse(origin string, text []byte) (*Node, Faults) {
	p := yamlReader{origin: origin}
	root := p.read(text)
	return root, p.faults
}

type yamlReader struct {
	origin string
	faults Faults
}

func (p *yamlReader) fault(t *token.Token, what string, args ...any) *Node {
	f := Fault{Origin: p.origin, What: fmt.Sprintf(what, args...)}
	if t != nil && t.Position != nil {
		f.Line, f.Column = t.Position.Line, t.Position.Column
	}
	p.faults = append(p.faults, f)
	return &Node{Kind: Null}
}

func (p *yamlReader) read(text []byte) *Node {
	if len(text) > MaxDocument {
		return p.fault(nil, "has more than %s", showSize(MaxDocument))
	}
	if !utf8.Valid(text) {
		return p.fault(nil, "is not valid UTF-8")
	}
	tokens := lexer.Tokenize(string(bytes.TrimPrefix(text, []byte("\ufeff"))))
	if p.limits(tokens); len(p.faults) > 0 {
		return &Node{Kind: Null}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		if s, ok := errors.AsType[*yaml.SyntaxError](err); ok {
			return p.fault(s.Token, "not valid YAML: %s", s.Message)
		}
		return p.fault(nil, "not valid YAML: %v", err)
	}
	for _, d := range file.Docs { // a comment before "---" is a document of its own
		if d.Body != nil && d.Body.Type() != ast.CommentType {
			return p.node(d.Body, 0)
		}
	}
	return &Node{Kind: Null}
}

// limits looks at the flat tokens before the parser, which recurses, sees them.
func (p *yamlReader) limits(tokens token.Tokens) {
	depth, line, entries, count := 0, 0, 0, 0
	started := false // a document, by its header or its content
	ended := false
	for _, t := range tokens {
		if t.Type != token.CommentType {
			header := t.Type == token.DocumentHeaderType
			if ended || started && header {
				p.fault(t, "a second document: only one is allowed in a file")
				return
			}
			started, ended = true, t.Type == token.DocumentEndType
			count++
		}
		if count > maxTokens {
			p.fault(t, "has too many entries")
			return
		}
		if t.Position != nil && t.Position.Line != line {
			line, entries = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType:
			p.fault(t, "anchors and aliases are not accepted: write the value out")
			return
		case token.TagType:
			p.fault(t, "tags are not accepted: put text in quotes")
			return
		case token.MergeKeyType:
			p.fault(t, "merge keys are not accepted: write the keys out")
			return
		case token.DirectiveType:
			p.fault(t, "directives are not accepted")
			return
		case token.InvalidType:
			p.fault(t, "not valid YAML: %s", t.Error)
			return
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType:
			entries++
		case token.MappingValueType:
			if depth == 0 {
				entries++
			}
		}
		if depth > maxDepth || entries > maxDepth {
			p.fault(t, "nested more than %d levels deep", maxDepth)
			return
		}
	}
}

func (p *yamlReader) node(n ast.Node, depth int) *Node {
	if depth > maxDepth {
		return p.fault(n.GetToken(), "nested more than %d levels deep", maxDepth)
	}
	out := &Node{}
	if t := n.GetToken(); t != nil && t.Position != nil {
		out.Line, out.Column = t.Position.Line, t.Position.Column
	}
	switch n := n.(type) {
	case *ast.NullNode:
	case *ast.BoolNode:
		out.Kind, out.Text = Bool, strconv.FormatBool(n.Value)
	case *ast.IntegerNode:
		out.Kind, out.Text = Int, fmt.Sprint(n.Value)
	case *ast.FloatNode:
		if math.IsInf(n.Value, 0) || math.IsNaN(n.Value) {
			return p.fault(n.GetToken(), "%s is too large a number", n.Token.Value)
		}
		t := floatNode(n.Value)
		out.Kind, out.Text = Float, t.Text
	case *ast.StringNode:
		out.Kind, out.Text = Text, n.Value
	case *ast.LiteralNode:
		out.Kind, out.Text = Text, n.Value.Value
	case *ast.SequenceNode:
		out.Kind = List
		for _, v := range n.Values {
			out.Items = append(out.Items, p.node(v, depth+1))
		}
	case *ast.MappingNode:
		out.Kind = Map
		for _, v := range n.Values {
			p.entry(out, v, depth)
		}
	case *ast.MappingValueNode:
		out.Kind = Map
		p.entry(out, n, depth)
	case *ast.CommentGroupNode:
	default:
		return p.fault(n.GetToken(), "%s is not accepted here", n.Type())
	}
	return out
}

func (p *yamlReader) entry(out *Node, v *ast.MappingValueNode, depth int) {
	t := v.Key.GetToken()
	key, ok := v.Key.(*ast.StringNode)
	var name string
	switch {
	case ok:
		name = key.Value
	case t != nil && (t.Type == token.IntegerType || t.Type == token.BoolType || t.Type == token.NullType || t.Type == token.FloatType):
		name = t.Value
	default:
		p.fault(t, "a key must be text")
		return
	}
	k := Key{Name: name}
	if t != nil && t.Position != nil {
		k.Line, k.Column = t.Position.Line, t.Position.Column
	}
	out.Keys = append(out.Keys, k)
	value := &Node{Kind: Null, Line: k.Line, Column: k.Column}
	if v.Value != nil {
		value = p.node(v.Value, depth+1)
	}
	// The parser reports a block mapping at its first colon; readers look for its
	// first key.
	if value.Kind == Map && len(value.Keys) > 0 {
		value.Line, value.Column = value.Keys[0].Line, value.Keys[0].Column
	}
	out.Items = append(out.Items, value)
}
