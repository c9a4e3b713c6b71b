package conf

import (
	"strconv"
	"time"
)

// Section is a group of configuration fields. The values it holds when Fields
// is called are the defaults.
type Section interface{ Fields(f *Fields) }

// Group is a Section made of a function, for keys that are nested in the file
// but not in the Go type.
type Group func(f *Fields)

// Fields calls g.
func (g Group) Fields(f *Fields) { g(f) }

// Fields collects the declarations of a Section.
type Fields struct {
	list        []*Field
	enabledBy   []string
	enabledWith []string
}

// Bind returns the declarations of s, in the order they were made.
func Bind(s Section) []*Field {
	var f Fields
	s.Fields(&f)
	return f.list
}

// Switch declares whether the module with the section s is on, with the legacy
// variables that the section names (Fields.EnabledBy, Fields.EnabledWith).
func Switch(f *Fields, key string, on *bool, s Section, doc string) {
	var own Fields
	s.Fields(&own)
	x := f.Bool(key, on, doc)
	if len(own.enabledWith) > 0 {
		x.LegacyAs(present, own.enabledWith...)
		return
	}
	x.Legacy(own.enabledBy...)
}

// present is true for any text.
func present(text string) (string, error) { return strconv.FormatBool(text != ""), nil }

// String binds text.
func (f *Fields) String(key string, p *string, doc string) *Field {
	return f.add(key, "string", doc, bindText(p))
}

// NullString binds text that may be null.
func (f *Fields) NullString(key string, p **string, doc string) *Field {
	return f.add(key, "string or null", doc, bindNull(p, bindText))
}

// Secret binds text that is never shown. The environment form accepts NAME_FILE
// and the file form <key>_file: a path whose content, less one newline at its
// end, is the value.
func (f *Fields) Secret(key string, p *Secret, doc string) *Field {
	x := f.add(key, "secret", doc, bindSecret(p))
	x.fromFile = true
	return x
}

// Bool binds true or false.
func (f *Fields) Bool(key string, p *bool, doc string) *Field {
	return f.add(key, "bool", doc, bindBool(p))
}

// Int binds a whole number.
func (f *Fields) Int(key string, p *int, doc string) *Field {
	return f.add(key, "int", doc, bindInt(p))
}

// NullInt binds a whole number that may be null.
func (f *Fields) NullInt(key string, p **int, doc string) *Field {
	return f.add(key, "int or null", doc, bindNull(p, bindInt))
}

// Float binds a decimal number; infinities and NaN are refused.
func (f *Fields) Float(key string, p *float64, doc string) *Field {
	return f.add(key, "float", doc, bindFloat(p))
}

// Duration binds a Go duration such as 90s or 6h, zero or more. Legacy
// variables give it in whole seconds (see Field.LegacyUnit).
func (f *Fields) Duration(key string, p *time.Duration, doc string) *Field {
	return f.add(key, "duration", doc, bindDuration(p)).AtLeast(0).LegacyUnit(time.Second)
}

// Size binds a number of bytes, zero or more, such as 2.5MiB or 1048576.
func (f *Fields) Size(key string, p *int64, doc string) *Field {
	return f.add(key, "size", doc, bindSize(p)).AtLeast(0)
}

// List binds a list of texts; in the environment they are comma-separated.
func (f *Fields) List(key string, p *[]string, doc string) *Field {
	return f.add(key, "list", doc, bindList(p))
}

// Map binds a free-form mapping with text keys. In the environment it is YAML
// such as {a: 1}.
func (f *Fields) Map(key string, p *map[string]any, doc string) *Field {
	return f.add(key, "map", doc, bindMap(p))
}

// Bools binds a mapping of free keys to true or false.
func (f *Fields) Bools(key string, p *map[string]bool, doc string) *Field {
	return f.add(key, "map of bool", doc, bindEntries(p, boolOf, boolNode))
}

// Texts binds a mapping of free keys to text.
func (f *Fields) Texts(key string, p *map[string]string, doc string) *Field {
	return f.add(key, "map of string", doc, bindEntries(p, textOf, textNode))
}

// Raw binds a mapping that is kept as YAML text for somebody else to decode; keys
// stay on their lines, so faults found later have the right position.
func (f *Fields) Raw(key string, p *Secret, doc string) *Field {
	return f.add(key, "map", doc, rawValue{p})
}

// Section binds a nested group.
func (f *Fields) Section(key string, s Section, doc string) *Field {
	x := f.add(key, "section", doc, nil)
	x.Group = s
	return x
}

// Sections binds a list of groups; item makes the next one, with its defaults,
// and keeps it. Such a list can be decoded but not encoded; Items can do both.
func (f *Fields) Sections(key string, item func() Section, doc string) *Field {
	x := f.add(key, "sections", doc, nil)
	x.item, x.Item = item, item
	return x
}

// Include declares the fields of s at this level.
func (f *Fields) Include(s Section) { f.list = append(f.list, Bind(s)...) }

// EnabledBy names the legacy variables of the replaced product that switch the
// module on, in addition to modules.<name>.enabled. Only a module's own section
// uses it.
func (f *Fields) EnabledBy(names ...string) { f.enabledBy = names }

// EnabledWith names legacy variables that switch the module on when they are set
// to anything, for features without a switch in the replaced product.
func (f *Fields) EnabledWith(names ...string) { f.enabledWith = names }

func (f *Fields) add(key, typ, doc string, v value) *Field {
	x := &Field{Key: key, Type: typ, Doc: doc, value: v}
	f.list = append(f.list, x)
	return x
}

// Items binds a list of groups held in *p. fresh makes one with its defaults.
func Items[T any, P interface {
	*T
	Section
}](f *Fields, key string, p *[]T, fresh func() T, doc string) *Field {
	x := f.add(key, "sections", doc, nil)
	x.item = func() Section {
		*p = append(*p, fresh())
		return P(&(*p)[len(*p)-1])
	}
	x.Item = func() Section {
		one := fresh()
		return P(&one)
	}
	x.items = func() []Section {
		all := make([]Section, len(*p))
		for i := range *p {
			all[i] = P(&(*p)[i])
		}
		return all
	}
	x.reset = func() { *p = nil }
	return x
}
