package conf

import "time"

// Section is a group of configuration fields. The values it holds when Fields
// is called are the defaults.
type Section interface{ Fields(f *Fields) }

// Fields collects the declarations of a Section.
type Fields struct {
	list      []*Field
	enabledBy []string
}

// Bind returns the declarations of s.
func Bind(s Section) []*Field {
	var f Fields
	s.Fields(&f)
	return f.list
}

// String binds text.
func (f *Fields) String(key string, p *string, doc string) *Field { return f.add(key, "string", doc) }

// NullString binds text that may be null.
func (f *Fields) NullString(key string, p **string, doc string) *Field {
	return f.add(key, "string", doc)
}

// Secret binds text that is never shown; the environment form accepts _FILE.
func (f *Fields) Secret(key string, p *Secret, doc string) *Field { return f.add(key, "secret", doc) }

// Bool binds true or false.
func (f *Fields) Bool(key string, p *bool, doc string) *Field { return f.add(key, "bool", doc) }

// Int binds a whole number.
func (f *Fields) Int(key string, p *int, doc string) *Field { return f.add(key, "int", doc) }

// NullInt binds a whole number that may be null.
func (f *Fields) NullInt(key string, p **int, doc string) *Field { return f.add(key, "int", doc) }

// Duration binds a Go duration such as 90s or 6h.
func (f *Fields) Duration(key string, p *time.Duration, doc string) *Field {
	return f.add(key, "duration", doc)
}

// Size binds a number of bytes, such as 2.5MiB or 1048576.
func (f *Fields) Size(key string, p *int64, doc string) *Field { return f.add(key, "size", doc) }

// List binds a list of texts; in the environment they are comma-separated.
func (f *Fields) List(key string, p *[]string, doc string) *Field { return f.add(key, "list", doc) }

// Map binds a free-form mapping.
func (f *Fields) Map(key string, p *map[string]any, doc string) *Field {
	return f.add(key, "map", doc)
}

// Section binds a nested group.
func (f *Fields) Section(key string, s Section, doc string) *Field { return f.add(key, "section", doc) }

// Sections binds a list of groups; item makes the next one with its defaults
// and keeps it.
func (f *Fields) Sections(key string, item func() Section, doc string) *Field {
	return f.add(key, "sections", doc)
}

func (f *Fields) add(key, typ, doc string) *Field {
	x := &Field{Key: key, Type: typ, Doc: doc}
	f.list = append(f.list, x)
	return x
}

// Field is one declared field.
type Field struct {
	Key     string
	Doc     string
	Type    string
	Env     []string
	Choices []string
	Min     *int64
}

// Legacy names environment variables of the replaced product that set this
// field too, first match wins.
func (f *Field) Legacy(names ...string) *Field { f.Env = names; return f }

// OneOf restricts the value, or each item of a list, to choices.
func (f *Field) OneOf(choices ...string) *Field { f.Choices = choices; return f }

// AtLeast sets a lower bound of a number, size (bytes) or duration (ns).
func (f *Field) AtLeast(n int64) *Field { f.Min = &n; return f }

// EnabledBy names the legacy variables of the replaced product that switch the
// module on, besides modules.<name>.enabled. Only a module's own section uses it.
func (f *Fields) EnabledBy(names ...string) { f.enabledBy = names }
