package config

import (
	"fmt"
	"strings"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const exampleHead = `# Configuration of the gateway: every key with its default.
# Generated from the declarations in the code; keep only what you change.
#
# Each key may also be set by an environment variable, which wins over this
# file: GATEWAY_ and the path in capitals, two underscores between levels
# (GATEWAY_HTTP__ADDR). A secret may come from a file: GATEWAY_..._FILE in the
# environment, or <key>_file here. "Legacy" names are variables of the replaced
# server, which are read too.
`

// Example renders a complete configuration file with the defaults, including the
// sections of modules.
func Example(modules []module.Module) ([]byte, error) {
	c, err := described(modules)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	b.WriteString(exampleHead)
	writeSection(&b, "", conf.Bind(c))
	return []byte(b.String()), nil
}

// described is the default configuration with the modules attached.
func described(modules []module.Module) (*Config, error) {
	c := Default()
	if err := c.Modules.attach(modules).Err(); err != nil {
		return nil, fmt.Errorf("describe modules: %w", err)
	}
	return c, nil
}

func writeSection(b *strings.Builder, indent string, fields []*conf.Field) {
	for _, f := range fields {
		if indent == "" {
			b.WriteByte('\n')
		}
		writeComment(b, indent, f.Doc)
		if f.Group != nil {
			fmt.Fprintf(b, "%s%s:\n", indent, f.Key)
			writeSection(b, indent+"  ", conf.Bind(f.Group))
			continue
		}
		writeComment(b, indent, facts(f))
		fmt.Fprintf(b, "%s%s: %s\n", indent, f.Key, f.Default())
		if f.Item != nil {
			writeItem(b, indent, conf.Bind(f.Item()))
		}
	}
}

// writeItem writes one item of a list of groups, commented out.
func writeItem(b *strings.Builder, indent string, fields []*conf.Field) {
	lead := "- "
	for _, f := range fields {
		fmt.Fprintf(b, "%s#   %s%s: %s  # %s (%s)\n", indent, lead, f.Key, f.Default(), f.Doc, facts(f))
		lead = "  "
	}
}

// facts is the type line: "string, one of a, b; legacy X".
func facts(f *conf.Field) string {
	text := f.Type
	if bounds := f.Bounds(); bounds != "" {
		text += ", " + bounds
	}
	if len(f.Choices) > 0 {
		text += ", one of " + strings.Join(f.Choices, ", ")
	}
	if len(f.Env) > 0 {
		text += "; legacy " + strings.Join(f.Env, ", ")
	}
	return text
}

func writeComment(b *strings.Builder, indent, text string) {
	const width = 100
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width && line != indent+"#" {
			b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}
