package letter

import (
	"fmt"
	"strings"
	"text/template"

	"foyer/sdk/module"
)

// view is the data of the words' templates.
type view struct {
	Brand module.Brand
	Data  any
}

// page is the data of the layout: plain text throughout.
type page struct {
	Language                         string
	Brand                            module.Brand
	Link                             Link
	Subject, Headline, Button, Title string
	Lines, Items, Closing            []string
	LinkHint, Help                   string // the layout's own words
}

// read executes each block of the words.
func read(words *template.Template, v view) (p page, err error) {
	text := func(name string) string {
		t := words.Lookup(name)
		if t == nil || err != nil {
			return ""
		}
		var b strings.Builder
		if e := t.Execute(&b, v); e != nil {
			err = fmt.Errorf("words %s: %w", name, e)
		}
		return b.String()
	}
	p = page{
		Subject: line(text("subject")), Headline: line(text("headline")), Button: line(text("button")), Title: line(text("title")),
		Lines: split(text("lines"), "\n\n"), Items: split(text("items"), "\n"), Closing: split(text("closing"), "\n\n"),
	}
	return p, err
}

// line puts a text on one line, without surrounding space.
func line(text string) string { return strings.Join(strings.Fields(text), " ") }

// split cuts a text apart and drops empty parts.
func split(text, between string) []string {
	var all []string
	for part := range strings.SplitSeq(text, between) {
		if part = line(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
