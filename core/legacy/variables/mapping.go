package variables

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"foyer/sdk/conf"
)

// mapping parses the form in which the replaced product took mappings: a Python
// literal such as {'a': 'b', 'n': [1, 2.5, True, None]}. Empty text is an empty
// mapping.
func mapping(text string) (*conf.Node, error) {
	if strings.TrimSpace(text) == "" {
		return &conf.Node{Kind: conf.Map}, nil
	}
	p := python{rest: text}
	n, err := p.value(0)
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("more text after the end")
	}
	if err == nil && n.Kind != conf.Map {
		err = fmt.Errorf("it is %s", kindOf(n))
	}
	if err != nil {
		return nil, fmt.Errorf("is not a Python mapping such as {'key': 'value', 'on': True}: %w", err)
	}
	return n, nil
}

// maxDepth is how deeply lists and mappings may be nested, as in YAML.
const maxDepth = 32

// Mapping turns a Python mapping literal, such as {'a': 'b', 'n': [1, 2.5, True,
// None]}, into YAML. It suits Field.LegacyAs of a mapping; empty text is an empty
// one.
func Mapping(text string) (string, error) {
	n, err := mapping(text)
	if err != nil {
		return "", err
	}
	return string(n.YAML()), nil
}

// kindOf names what a node holds, for messages.
func kindOf(n *conf.Node) string {
	switch n.Kind {
	case conf.Null:
		return "empty"
	case conf.Bool:
		return n.Text
	case conf.Int, conf.Float:
		return "the number " + n.Text
	case conf.Text:
		return "text"
	case conf.List:
		return "a list"
	}
	return "a mapping"
}

// loneUnderscore reports whether an underscore is not between two digits.
func loneUnderscore(number string) bool {
	return strings.HasPrefix(number, "_") || strings.HasSuffix(number, "_") || strings.Contains(number, "__")
}

type python struct{ rest string }

// take skips blanks and then prefix, and reports whether prefix was there.
func (p *python) take(prefix string) bool {
	p.rest = strings.TrimLeft(p.rest, " \t\r\n")
	rest, ok := strings.CutPrefix(p.rest, prefix)
	p.rest = rest
	return ok
}

func (p *python) value(depth int) (*conf.Node, error) {
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

func (p *python) entries(depth int) (*conf.Node, error) {
	n := &conf.Node{Kind: conf.Map}
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
		if k.Kind != conf.Text {
			return nil, fmt.Errorf("a key must be quoted text, but is %s", kindOf(k))
		}
		if !p.take(":") {
			return nil, fmt.Errorf("a colon is missing after %q", k.Text)
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if i, again := at[k.Text]; again { // the last one wins, as in Python
			n.Items[i] = v
			continue
		}
		at[k.Text] = len(n.Keys)
		n.Keys = append(n.Keys, conf.Key{Name: k.Text})
		n.Items = append(n.Items, v)
	}
	return n, nil
}

func (p *python) items(depth int, end string) (*conf.Node, error) {
	n := &conf.Node{Kind: conf.List}
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

// text reads up to the closing quote.
func (p *python) text(quote byte) (*conf.Node, error) {
	var b strings.Builder
	for p.rest != "" && p.rest[0] != quote {
		if strings.HasPrefix(p.rest, "\\\n") {
			p.rest = p.rest[2:]
			continue
		}
		c, multibyte, tail, err := strconv.UnquoteChar(p.rest, quote)
		if err != nil {
			// Python keeps a backslash that escapes nothing, and knows both
			// quotes.
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
	return &conf.Node{Kind: conf.Text, Text: b.String()}, nil
}

func (p *python) word() (*conf.Node, error) {
	end := strings.IndexAny(p.rest, " \t\r\n,:]})")
	if end < 0 {
		end = len(p.rest)
	}
	w := p.rest[:end]
	p.rest = p.rest[end:]
	switch w {
	case "True", "False":
		return &conf.Node{Kind: conf.Bool, Text: strconv.FormatBool(w == "True")}, nil
	case "None":
		return &conf.Node{Kind: conf.Null}, nil
	}
	if v, err := strconv.Atoi(strings.ReplaceAll(w, "_", "")); err == nil && !loneUnderscore(w) {
		return &conf.Node{Kind: conf.Int, Text: strconv.Itoa(v)}, nil
	}
	if v, err := strconv.ParseFloat(w, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return &conf.Node{Kind: conf.Float, Text: text}, nil
	}
	return nil, fmt.Errorf("%q is not a value", w)
}
