package letter

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"foyer/sdk/module"
)

// Fallback is the language for people whose own has no words.
const Fallback = "en"

// blocks are the blocks that the words of a kind must define.
var blocks = []string{"headline", "lines", "button", "title", "items", "closing"}

// Kind is one kind of letter, in several languages.
type Kind struct {
	layout layout
	words  map[string]map[string]*template // by language
}

// Parse reads the words of a kind, <language>.tmpl in the folder dir of files.
// Every language has to define every block, and English has to be there.
func Parse(files fs.FS, dir string) (*Kind, error) {
	names, err := fs.Glob(files, path.Join(dir, "*.tmpl"))
	if err != nil {
		return nil, fmt.Errorf("read words: %w", err)
	}
	k := &Kind{words: map[string]map[string]*template{}}
	if k.layout, err = readLayout(); err != nil {
		return nil, err
	}
	var errs []error
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		defined, err := blocksOf(name, string(text), asIs)
		if err != nil {
			return nil, fmt.Errorf("read words: %w", err)
		}
		for _, b := range blocks {
			if defined[b] == nil {
				errs = append(errs, fmt.Errorf("words %s define no %s", name, b))
			}
		}
		k.words[strings.TrimSuffix(path.Base(name), ".tmpl")] = defined
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

// Write writes a letter about data, in the language for the code. Addresses that
// are not http or https are only in the text.
func (k *Kind) Write(code string, brand module.Brand, link Link, data map[string]string) (Letter, error) {
	language := k.Language(code)
	about := values{}
	for name, text := range data {
		about[name] = text
	}
	p, err := read(k.words[language], values{"Brand": brandOf(brand), "Data": about})
	if err != nil {
		return Letter{}, fmt.Errorf("write letter in %s: %w", language, err)
	}
	p.Language, p.Brand, p.Link = language, brand, link
	l := Letter{Subject: p.Subject, Language: language}
	if l.Text, l.HTML, err = k.layout.render(p); err != nil {
		return Letter{}, fmt.Errorf("write letter in %s: %w", language, err)
	}
	return l, nil
}
