package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const referenceHead = `# Configuration

<!-- Generated from the declarations in the code. -->

The gateway runs without a configuration file. What is set is taken from, the later winning:

1. the defaults below, changed by the preset that ` + "`DJANGO_CONFIGURATION`" + ` names, if any;
2. the YAML file: the one given with ` + "`--config`" + `, which must exist, else ` + "`config.yaml`" + ` in the working folder if it is there;
3. the variables of the replaced server (column "legacy variable");
4. the gateway's own variables (column "variable").

Reading is strict: an unknown or repeated key, a wrong type, a bad duration or a value out of bounds ends the start with exit
code 2 and a list of every fault with its line. So does a ` + "`GATEWAY_`" + ` variable that is not listed here. Anchors, aliases and tags are
not accepted, nor more than one document, 1 MiB or 32 levels.

**Values.** Durations are written ` + "`90s`, `5m`, `6h`" + `; sizes ` + "`1048576` or `2.5MiB`" + `. In a variable, a list is separated by commas and
a map is YAML such as ` + "`{key: value}`" + `. A legacy variable keeps its old form: durations as whole seconds, maps as Python literals,
` + "`yes`, `y`, `true`, `1`" + ` and ` + "`no`, `n`, `false`, `0`" + ` or nothing for switches.

**Secrets** (type secret, and keys marked "file") may come from a file, whose last newline is dropped: name it with the variable and
` + "`_FILE`" + ` behind, legacy or not, which wins over the variable, or with the key and ` + "`_file`" + ` behind in the YAML file.

**Presets.** ` + "`Production`, `Feature`, `Staging`, `Sandbox`, `PreProduction` and `Demo`" + ` set http.redirect_https, http.secure_cookies,
http.hsts (1m) and http.hsts_subdomains. ` + "`Development`" + ` sets session.cookie_name to meet_sessionid, allows all CORS origins, trusts http://localhost:8072 and
http://localhost:3000, and ignores DJANGO_ALLOWED_HOSTS and DJANGO_CSRF_TRUSTED_ORIGINS.

**Database.** Without DATABASE_URL, any of DB_NAME (meet), DB_USER (dinum), DB_PASSWORD (pass; DB_PASSWORD_FILE), DB_HOST
(localhost), DB_PORT (5432) and DB_ENGINE (ignored) makes a PostgreSQL address of them all.

**Reload.** SIGHUP reads everything again; so does a change of the file when flags.watch is on. A file with faults is logged and
changes nothing. Nor does one that looks half-written: that has nothing in it any more but comments, ` + "`{}` or `null`" + `, or of a section
that had keys nothing but the name. Write ` + "`{}`" + ` for a section's defaults, or leave it out; at the start, all of these mean the defaults.

`

// Reference renders docs/configuration.md: what the file and the environment can
// set, including the sections of modules.
func Reference(modules []module.Module) ([]byte, error) {
	c, err := described(modules)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(referenceHead)
	for _, f := range conf.Bind(c) {
		writeTable(&b, f.Key, f)
	}
	b.WriteString("## Variables that are not read\n\nDocuments of the replaced server name these; setting one gives a warning.\n\n| variable | setting |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(mistakenNames)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, mistakenNames[name])
	}
	return []byte(b.String()), nil
}

func writeTable(b *strings.Builder, path string, section *conf.Field) {
	fmt.Fprintf(b, "## %s\n\n%s\n\n", path, section.Doc)
	fields := conf.Bind(section.Group)
	if slices.ContainsFunc(fields, (*conf.Field).Leaf) {
		b.WriteString("| key | type | default | meaning | variable | legacy variable |\n|---|---|---|---|---|---|\n")
	}
	var nested []*conf.Field
	for _, f := range fields {
		if !f.Leaf() {
			nested = append(nested, f)
			continue
		}
		writeRow(b, path, f)
		if f.Item != nil {
			for _, item := range conf.Bind(f.Item()) {
				fmt.Fprintf(b, "| %s[].%s | %s | `%s` | %s | | |\n", f.Key, item.Key, kind(item), item.Default(), cell(item.Doc))
			}
		}
	}
	b.WriteByte('\n')
	for _, f := range nested {
		writeTable(b, path+"."+f.Key, f)
	}
}

func writeRow(b *strings.Builder, path string, f *conf.Field) {
	x := leaf{path + "." + f.Key, f}
	fmt.Fprintf(b, "| %s | %s | `%s` | %s | %s | %s |\n",
		f.Key, kind(f), f.Default(), cell(f.Doc), x.variable(), strings.Join(f.Env, ", "))
}

func kind(f *conf.Field) string {
	text := f.Type
	if f.AcceptsFile() && f.Type != "secret" {
		text += " (file)"
	}
	if bounds := f.Bounds(); bounds != "" {
		text += ", " + bounds
	}
	if len(f.Choices) > 0 {
		text += ": " + strings.Join(f.Choices, ", ")
	}
	return cell(text)
}

// cell escapes what would break the table.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
