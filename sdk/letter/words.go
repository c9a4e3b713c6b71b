package letter

import (
	"fmt"
	"strings"

	"foyer/sdk/module"
)

func brandOf(b module.Brand) values {
	return values{
		"Name": b.Name, "Domain": b.Domain, "BaseURL": b.BaseURL, "LogoURL": b.LogoURL, "SupportEmail": b.SupportEmail,
	}
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

func (p page) values() values {
	return values{
		"Language": p.Language, "Brand": brandOf(p.Brand), "Link": values{"URL": p.Link.URL, "Shown": p.Link.Shown},
		"Subject": p.Subject, "Headline": p.Headline, "Button": p.Button, "Title": p.Title,
		"Lines": p.Lines, "Items": p.Items, "Closing": p.Closing, "LinkHint": p.LinkHint, "Help": p.Help,
	}
}

// read executes each block of the words.
func read(words map[string]*template, v values) (p page, err error) {
	text := func(name string) string {
		t := words[name]
		if t == nil || err != nil {
			return ""
		}
		written, e := t.execute(v)
		if e != nil {
			err = fmt.Errorf("words %s: %w", name, e)
		}
		return written
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
