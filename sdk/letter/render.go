package letter

import (
	"embed"
	"fmt"
	html "html/template"
	"strings"
	"text/template"
)

//go:embed layout
var files embed.FS

// The layouts are constant: a mistake in them ends every test.
var (
	textLayout = template.Must(template.ParseFS(files, "layout/letter.txt.tmpl"))
	htmlLayout = html.Must(html.ParseFS(files, "layout/letter.html.tmpl"))
	ownWords   = ownLanguages()
)

func ownLanguages() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, language := range []string{"en", "fr", "nl", "de"} {
		all[language] = template.Must(template.ParseFS(files, "layout/words/"+language+".tmpl"))
	}
	return all
}

// render lays a page out. The layout's own words are English if it does not have
// them in the page's language.
func render(p page) (text, markup string, err error) {
	own := ownWords[p.Language]
	if own == nil {
		own = ownWords[Fallback]
	}
	for name, to := range map[string]*string{"link": &p.LinkHint, "help": &p.Help} {
		var b strings.Builder
		if err := own.ExecuteTemplate(&b, name, p); err != nil {
			return "", "", fmt.Errorf("lay out: %w", err)
		}
		*to = line(b.String())
	}
	var t, h strings.Builder
	if err := textLayout.Execute(&t, p); err != nil {
		return "", "", fmt.Errorf("lay out text: %w", err)
	}
	if err := htmlLayout.Execute(&h, p); err != nil {
		return "", "", fmt.Errorf("lay out HTML: %w", err)
	}
	return t.String(), h.String(), nil
}
