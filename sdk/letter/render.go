package letter

import (
	"embed"
	"fmt"
	"net/url"
)

//go:embed layout
var files embed.FS

// layout is what surrounds the words of every letter.
type layout struct {
	text, html *template
	words      map[string]map[string]*template // by language
}

func readLayout() (l layout, err error) {
	read := func(name string, escape func(string) string) (map[string]*template, error) {
		text, err := files.ReadFile("layout/" + name)
		if err != nil {
			return nil, err
		}
		return blocksOf(name, string(text), escape)
	}
	l.words = map[string]map[string]*template{}
	for _, language := range []string{"en", "fr", "nl", "de"} {
		if l.words[language], err = read("words/"+language+".tmpl", asIs); err != nil {
			return l, fmt.Errorf("read layout: %w", err)
		}
	}
	for name, f := range map[string]struct {
		to     **template
		escape func(string) string
	}{"letter.txt.tmpl": {&l.text, asIs}, "letter.html.tmpl": {&l.html, forHTML}} {
		blocks, err := read(name, f.escape)
		if err != nil {
			return l, fmt.Errorf("read layout: %w", err)
		}
		*f.to = blocks[name]
	}
	return l, nil
}

// render lays a page out. The layout's own words are English if it does not have
// them in the page's language.
func (l layout) render(p page) (text, markup string, err error) {
	own := l.words[p.Language]
	if own == nil {
		own = l.words[Fallback]
	}
	for name, to := range map[string]*string{"link": &p.LinkHint, "help": &p.Help} {
		words, err := own[name].execute(p.values())
		if err != nil {
			return "", "", fmt.Errorf("lay out: %w", err)
		}
		*to = line(words)
	}
	if text, err = l.text.execute(p.values()); err != nil {
		return "", "", fmt.Errorf("lay out text: %w", err)
	}
	p.Link.URL, p.Brand.LogoURL = webOnly(p.Link.URL), webOnly(p.Brand.LogoURL)
	if markup, err = l.html.execute(p.values()); err != nil {
		return "", "", fmt.Errorf("lay out HTML: %w", err)
	}
	return text, markup, nil
}

// webOnly drops addresses that are not http or https, such as javascript's.
func webOnly(address string) string {
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return address
}
