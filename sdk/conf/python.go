package conf

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// pythonDict reads the form in which the replaced product took mappings: a
// Python literal such as {'a': 'b', 'n': [1, 2.5, True, None]}. Empty text is
// an empty mapping.
func pythonDict(text string) (*Node, error) {
	if strings.TrimSpace(text) == "" {
		return &Node{Kind: Map}, nil
	}
	p := python{rest: text}
	n, err := p.value(0)
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("more text after the end")
	}
	if err == nil && n.Kind != Map {
		err = fmt.Errorf("it is %s", n.is())
	}
	if err != nil {
		return nil, fmt.Errorf("is not a Python mapping such as {'key': 'value', 'on': True}: %w", err)
	}
	return n, nil
}

type python struct{ rest string }

// take drops blanks and then prefix, telling whether it was there.
func (p *python) take(prefix string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

func (p *python) value(depth int) (*Node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested too deeply")
	}
	switch {
	case p.take("{"):
		return p.entries(depth)
	case p.take("["):
		return p.items(depth, "]")
	case p.take("("):
		return p.items(depth, ")")
	case p.take(`"`):
		return p.text('"')
	case p.take("'"):
		return p.text('\'')
	}
	return p.word()
}

func (p *python) entries(depth int) (*Node, error) {
	n := &Node{Kind: Map}
	at := map[string]int{}
	for !p.take("}") {
		if len(n.Keys) > 0 && !p.take(",") {
			return nil, fmt.Errorf("a comma or } is missing")
		}
		if p.take("}") {
			break
		}
		k, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if k.Kind != Text {
			return nil, fmt.Errorf("a key must be quoted text, but is %s", k.is())
		}
		if !p.take(":") {
			return nil, fmt.Errorf("a colon is missing after %q", k.Text)
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if i, again := at[k.Text]; again { // the last one counts, as in Python
			n.Items[i] = v
			continue
		}
		at[k.Text] = len(n.Keys)
		n.Keys = append(n.Keys, Key{Name: k.Text})
		n.Items = append(n.Items, v)
	}
	return n, nil
}

func (p *python) items(depth int, end string) (*Node, error) {
	n := &Node{Kind: List}
	for !p.take(end) {
		if len(n.Items) > 0 && !p.take(",") {
			return nil, fmt.Errorf("a comma or %s is missing", end)
		}
		if p.take(end) {
			break
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		n.Items = append(n.Items, v)
	}
	return n, nil
}

// text reads to the closing quote.
func (p *python) text(quote byte) (*Node, error) {
	var b strings.Builder
	for p.rest != "" && p.rest[0] != quote {
		if strings.HasPrefix(p.rest, "\\\n") {
			p.rest = p.rest[2:]
			continue
		}
		c, multibyte, tail, err := strconv.UnquoteChar(p.rest, quote)
		if err != nil {
			// Python keeps a backslash that escapes nothing, and knows both quotes.
			if len(p.rest) > 1 && (p.rest[1] == '"' || p.rest[1] == '\'') {
				b.WriteByte(p.rest[1])
				p.rest = p.rest[2:]
				continue
			}
			c, multibyte, tail = rune(p.rest[0]), false, p.rest[1:]
		}
		if multibyte || c >= utf8.RuneSelf {
			b.WriteRune(c)
		} else {
			b.WriteByte(byte(c))
		}
		p.rest = tail
	}
	if p.rest == "" {
		return nil, fmt.Errorf("a closing quote is missing")
	}
	p.rest = p.rest[1:]
	return textNode(b.String()), nil
}

func (p *python) word() (*Node, error) {
	end := strings.IndexAny(p.rest, " \t\r\n,:]})")
	if end < 0 {
		end = len(p.rest)
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	switch w {
	case "True", "False":
		return boolNode(w == "True"), nil
	case "None":
		return &Node{Kind: Null}, nil
	}
	if v, err := parseInt(w); err == nil {
		return &Node{Kind: Int, Text: strconv.Itoa(v)}, nil
	}
	if v, err := parseFloat(w); err == nil {
		return floatNode(v), nil
	}
	return nil, fmt.Errorf("%q is not a value", w)
}

// Keys is the legacy form of a mapping, a Python literal, of which the keys are
// kept, in their order. It suits Field.LegacyAs of a list.
func Keys(text string) (string, error) {
	n, err := pythonDict(text)
	if err != nil {
		return "", err
	}
	keys := make([]string, len(n.Keys))
	for i, k := range n.Keys {
		keys[i] = k.Name
	}
	return strings.Join(keys, ","), nil
}
