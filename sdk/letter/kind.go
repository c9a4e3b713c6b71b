package letter

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"text/template"

	"foyer/sdk/module"
)

// Fallback is the language for people whose own has no words.
const Fallback = "en"

// blocks are the blocks that the words of a kind must define.
var blocks = []string{"headline", "lines", "button", "title", "items", "closing"}

// Kind is one kind of letter, in several languages.
type Kind struct {
	words map[string]*template.Template // by language
}

// Parse reads the words of a kind, <language>.tmpl in the folder dir of files.
// Every language has to define every block, and English has to be there.
func Parse(files fs.FS, dir string) (*Kind, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.tmpl"))
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	k := &Kind{words: map[string]*template.Template{}}
	var errs []error
	for _, name := range names {
		t, err := template.New("").Option("missingkey=error").ParseFS(files, name)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		for _, b := range blocks {
			if t.Lookup(b) == nil {
				errs = append(errs, fmt.Errorf("words %s define no %s", name, b))
			}
		}
		k.words[strings.TrimSuffix(path.Base(name), ".tmpl")] = t
	}
	if k.words[Fallback] == nil {
		errs = append(errs, fmt.Errorf("there are no words in %s/%s.tmpl", dir, Fallback))
	}
	return k, errors.Join(errs...)
}

// Languages are the languages of the kind, sorted.
func (k *Kind) Languages() []string { return slices.Sorted(maps.Keys(k.words)) }

// Language is the one of Languages that best fits a code such as "fr-fr";
// Fallback if none does.
func (k *Kind) Language(code string) string {
	primary, _, _ := strings.Cut(strings.ToLower(code), "-")
	if k.words[primary] == nil {
		return Fallback
	}
	return primary
}

// Link is the address that a letter leads to.
type Link struct {
	URL   string // of the button; http or https
	Shown string // the same, for people to read and type
}

// Letter is a finished letter.
type Letter struct {
	Subject    string // "" when the words define none
	Text, HTML string
	Language   string
}

// Write writes a letter about data, in the language for the code.
func (k *Kind) Write(code string, brand module.Brand, link Link, data any) (Letter, error) {
	language := k.Language(code)
	p, err := read(k.words[language], view{brand, data})
	if err != nil {
		return Letter{}, fmt.Errorf("write letter in %s: %w", language, err)
	}
	p.Language, p.Brand, p.Link = language, brand, link
	l := Letter{Subject: p.Subject, Language: language}
	if l.Text, l.HTML, err = render(p); err != nil {
		return Letter{}, fmt.Errorf("write letter in %s: %w", language, err)
	}
	return l, nil
}
