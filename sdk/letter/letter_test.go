package letter_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"text/template"

	"github.com/stretchr/testify/require"

	"foyer/sdk/letter"
	"foyer/sdk/module"
)

const words = `{{define "subject"}}Hello {{.Data.Name}}{{end}}{{define "headline"}}{{.Brand.Name}} greets {{.Data.Name}}{{end}}
{{define "lines"}}
First of {{.Data.Name}},
on two lines.

Second.
{{end}}{{define "button"}}Go{{end}}{{define "title"}}List{{end}}{{define "items"}}
one
two
{{end}}{{define "closing"}}{{end}}`

func kind(t *testing.T) *letter.Kind {
	t.Helper()
	k, err := letter.Parse(fstest.MapFS{"w/en.tmpl": {Data: []byte(words)}, "w/fr.tmpl": {Data: []byte(words)}}, "w")
	require.NoError(t, err)
	return k
}

var brand = module.Brand{Name: "Foyer", LogoURL: "https://meet.example.org/logo.png", SupportEmail: "help@example.org"}

func TestWrite_lays_the_same_words_out_twice(t *testing.T) {
	l, err := kind(t).Write("fr-fr", brand, letter.Link{URL: "https://meet.example.org/a", Shown: "meet.example.org/a"}, map[string]string{"Name": "Ada"})
	require.NoError(t, err)
	require.Equal(t, "Hello Ada", l.Subject)
	require.Equal(t, "fr", l.Language)
	require.Equal(t, `Foyer (https://meet.example.org/logo.png)

Foyer greets Ada

First of Ada, on two lines.

Second.

Go: https://meet.example.org/a
Ou ouvrez cette adresse dans votre navigateur : meet.example.org/a

List
- one
- two

-- 
Foyer
Une question ? Écrivez à help@example.org.
`, l.Text)
	for _, part := range []string{
		`<html lang="fr">`, `<img src="https://meet.example.org/logo.png" alt="Foyer"`, `Foyer greets Ada</h1>`, `>First of Ada, on two lines.</p>`, `>Second.</p>`,
		`<a href="https://meet.example.org/a" style`, `>Go</a>`, `<a href="https://meet.example.org/a">meet.example.org/a</a>`, "<li>one</li>\n<li>two</li>", "help@example.org.",
	} {
		require.Contains(t, l.HTML, part)
	}
}

func TestWrite_leaves_out_what_there_is_not(t *testing.T) {
	l, err := kind(t).Write("en-us", module.Brand{Name: "Foyer"}, letter.Link{}, map[string]string{"Name": "Ada"})
	require.NoError(t, err)
	require.NotContains(t, l.HTML, "<a ")
	require.NotContains(t, l.HTML, "<img")
	require.NotContains(t, l.Text, "Questions")
	require.NotContains(t, l.Text, "browser")
}

func TestWrite_escapes_whatever_the_data_holds(t *testing.T) {
	evil := module.Brand{Name: `<b>"Evil"</b>`, LogoURL: "javascript:alert(1)", SupportEmail: "<script>"}
	l, err := kind(t).Write("en", evil, letter.Link{URL: "javascript:alert(1)", Shown: `"><script>`}, map[string]string{"Name": "</p><script>alert(1)</script>\r\nBcc: x@y.org"})
	require.NoError(t, err)
	for _, raw := range []string{"<script", "<b>", `src="javascript:`, `href="javascript:`} {
		require.NotContains(t, l.HTML, raw)
	}
	require.NotContains(t, l.Subject, "\n", "a subject is one line")
	require.Contains(t, l.Text, "<script>alert(1)</script>", "text is text")
}

func TestLanguage_takes_the_nearest(t *testing.T) {
	k := kind(t)
	require.Equal(t, []string{"en", "fr"}, k.Languages())
	for code, want := range map[string]string{"fr-fr": "fr", "FR": "fr", "fr-CA": "fr", "en-us": "en", "pt-pt": "en", "": "en"} {
		require.Equal(t, want, k.Language(code), code)
	}
}

func TestParse_refuses_words_that_miss_something(t *testing.T) {
	for want, files := range map[string]fstest.MapFS{
		"w/en.tmpl define no closing":     {"w/en.tmpl": {Data: []byte(`{{define "headline"}}{{end}}`)}},
		"there are no words in w/en.tmpl": {"w/fr.tmpl": {Data: []byte(words)}},
		"unexpected EOF":                  {"w/en.tmpl": {Data: []byte(`{{define "headline"}}`)}},
		`function "len" not defined`:      {"w/en.tmpl": {Data: []byte(words + `{{.Data.Name | len}}`)}},
		`{{template "a"}} is not for`:     {"w/en.tmpl": {Data: []byte(words + `{{if .Brand.Name}}{{else}}{{template "a"}}{{end}}`)}},
		"{{$a := .Data.Name}} is not for": {"w/en.tmpl": {Data: []byte(words + `{{with $a := .Data.Name}}{{end}}`)}},
	} {
		_, err := letter.Parse(files, "w")
		require.ErrorContains(t, err, want)
	}
}

// What the templates of letters share with text/template, they share in full.
func TestWrite_executes_words_as_text_template_does(t *testing.T) {
	data := map[string]string{"Name": "Ada", "None": ""}
	for _, text := range []string{
		"{{.Data.Name}}", "{{ .Data.Name -}} , {{- /* why */ -}} {{.Brand.Name}}", "a{{if .Data.None}}b{{else}}c{{end}}d",
		"{{with .Data.Name}}{{.}} of {{$.Brand.Name}}{{end}}", "{{with .Data.None}}{{.}}{{else}}{{.Data.Name}}{{end}}",
		"{{if .Data.None}}a{{else if .Data.Name}}b{{else}}c{{end}}", "{{with .Data.None}}a{{else with .Data.Name}}{{.}}{{end}}",
		"{{if .Data.Name}}{{if .Data.None}}a{{end}}{{$.Data.Name}}{{end}}", "{{if .Brand}}{{.Brand.SupportEmail}}{{end}}",
	} {
		var want strings.Builder
		require.NoError(t, template.Must(template.New("").Parse(text)).Execute(&want, map[string]any{"Data": data, "Brand": brand}))
		files := fstest.MapFS{"w/en.tmpl": {Data: []byte(strings.Replace(words, "Go{{end}}", text+"{{end}}", 1))}}
		k, err := letter.Parse(files, "w")
		require.NoError(t, err, text)
		l, err := k.Write("en", brand, letter.Link{URL: "https://meet.example.org"}, data)
		require.NoError(t, err, text)
		require.Contains(t, l.Text, strings.Join(strings.Fields(want.String()), " ")+": https://meet.example.org\n", text)
	}
}

func TestWrite_without_data_has_none(t *testing.T) {
	words := strings.ReplaceAll(strings.Replace(words, "Go{{end}}", "{{if .Data}}some{{else}}none{{end}}{{end}}", 1), "{{.Data.Name}}", "Ada")
	k, err := letter.Parse(fstest.MapFS{"w/en.tmpl": {Data: []byte(words)}}, "w")
	require.NoError(t, err)
	l, err := k.Write("en", brand, letter.Link{URL: "https://meet.example.org"}, nil)
	require.NoError(t, err)
	require.Contains(t, l.Text, "none: https://meet.example.org")
}

func TestWrite_fails_on_words_that_ask_for_what_is_not_there(t *testing.T) {
	_, err := kind(t).Write("en", brand, letter.Link{}, map[string]string{})
	require.ErrorContains(t, err, "write letter in en")
	require.ErrorContains(t, err, `there is no "Name"`)
}
