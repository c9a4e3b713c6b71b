package conf

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Field is one declared field.
type Field struct {
	Key     string
	Doc     string
	Type    string   // string, bool, int, float, duration, size, list, map…, secret, section, sections
	Env     []string // legacy variables, the first that is set wins
	Choices []string // allowed values of a text, or of each item of a list
	Min     *int64   // bounds of a number, size (bytes) or duration (ns)
	Max     *int64
	// Group is the nested section of a "section" field.
	Group Section
	// Item makes an item of a "sections" field, with its defaults, without adding
	// it.
	Item func() Section

	value       value
	item        func() Section
	items       func() []Section
	reset       func()
	convert     func(text string) (string, error)
	unit        time.Duration
	fromFile    bool
	refuseEmpty bool
}

// Legacy names variables of the replaced product that set this field too. The
// first one that is set and not empty wins, otherwise the first one that is set.
func (f *Field) Legacy(names ...string) *Field { f.Env = names; return f }

// LegacyAs is Legacy for variables in another format: convert turns their text
// into the text that the field's GATEWAY_ variable would have.
func (f *Field) LegacyAs(convert func(text string) (string, error), names ...string) *Field {
	f.convert, f.Env = convert, names
	return f
}

// LegacyUnit sets the unit of the whole number in a duration's legacy variable,
// if it is not seconds.
func (f *Field) LegacyUnit(unit time.Duration) *Field { f.unit = unit; return f }

// LegacyCounts is the unit of a duration's legacy variable, if it is not the
// seconds that people expect; "" for seconds, and for fields that are not
// durations.
func (f *Field) LegacyCounts() string {
	if f.unit == 0 || f.unit == time.Second {
		return ""
	}
	return fmt.Sprintf("counts %s: an hour is %d", map[time.Duration]string{
		time.Millisecond: "milliseconds", time.Minute: "minutes", time.Hour: "hours",
	}[f.unit], time.Hour/f.unit)
}

// LegacyNotEmpty makes a legacy variable that is set but empty a fault.
func (f *Field) LegacyNotEmpty() *Field { f.refuseEmpty = true; return f }

// FromFile lets NAME_FILE and <key>_file name a file that holds the value;
// secrets always do.
func (f *Field) FromFile() *Field { f.fromFile = true; return f }

// AcceptsFile reports whether the value may come from a file of its own.
func (f *Field) AcceptsFile() bool { return f.fromFile }

// OneOf restricts the value, or each item of a list, to choices.
func (f *Field) OneOf(choices ...string) *Field { f.Choices = choices; return f }

// AtLeast sets a lower bound of a number, size (bytes) or duration (ns).
func (f *Field) AtLeast(n int64) *Field { f.Min = &n; return f }

// AtMost sets an upper bound, in the units of AtLeast.
func (f *Field) AtMost(n int64) *Field { f.Max = &n; return f }

// Leaf reports whether the field holds a value rather than nested fields.
func (f *Field) Leaf() bool { return f.Group == nil }

// SetText stores the text of the field's own environment variable.
func (f *Field) SetText(text string) error {
	if !utf8.ValidString(text) {
		return fmt.Errorf("is not valid UTF-8")
	}
	if f.item != nil {
		return f.setItems(text)
	}
	if f.value == nil {
		return fmt.Errorf("is a section: set its keys one by one")
	}
	if err := f.value.text(text); err != nil {
		return err
	}
	return f.check()
}

// SetLegacy stores the text of a legacy variable, read by the rules of the
// replaced product (settings.md 0).
func (f *Field) SetLegacy(text string) (err error) {
	if f.refuseEmpty && text == "" {
		return fmt.Errorf("is set but empty")
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("is not valid UTF-8")
	}
	switch {
	case f.convert != nil:
		if text, err = f.convert(text); err != nil {
			return err
		}
	case f.Type == "duration":
		if text, err = legacyDuration(text, f.unit); err != nil {
			return err
		}
	case f.Type == "bool" && strings.TrimSpace(text) == "":
		text = "false"
	}
	return f.SetText(text)
}

func (f *Field) setItems(text string) error {
	root, faults := Parse("", []byte(text))
	if len(faults) > 0 {
		return fmt.Errorf("is not a YAML list: %s", faults[0].What)
	}
	var d decoder
	d.items("", root, f)
	if len(d.faults) > 0 {
		return fmt.Errorf("%s: %s", d.faults[0].Path, d.faults[0].What)
	}
	return nil
}

func (f *Field) set(n *Node) error {
	if err := f.value.read(n); err != nil {
		return err
	}
	return f.check()
}

// Default renders the value the field holds as YAML; a secret shows as "" or
// as redacted.
func (f *Field) Default() string {
	switch {
	case f.items != nil:
		n, _ := itemsNode(f)
		return string(n.YAML())
	case f.value == nil:
		return "[]"
	case f.Type == "secret" && f.value.node().Text != "":
		return strconv.Quote(redacted)
	}
	return string(f.value.node().YAML())
}

// check checks the stored value against choices and bounds.
func (f *Field) check() error {
	n := f.value.node()
	if n.Kind == Null {
		return nil
	}
	if len(f.Choices) > 0 {
		for _, t := range append([]*Node{n}, n.Items...) {
			if t.Kind == Text && !slices.Contains(f.Choices, t.Text) {
				return fmt.Errorf("%q is not one of %s%s", t.Text, strings.Join(f.Choices, ", "), suggest(t.Text, f.Choices))
			}
		}
	}
	m, ok := f.value.(measured)
	if !ok {
		return nil
	}
	v := m.amount()
	if f.Min != nil && v < float64(*f.Min) {
		return fmt.Errorf("%s is less than %s", n.YAML(), f.bound(*f.Min))
	}
	if f.Max != nil && v > float64(*f.Max) {
		return fmt.Errorf("%s is more than %s", n.YAML(), f.bound(*f.Max))
	}
	return nil
}

// bound renders a bound in the field's own units.
func (f *Field) bound(n int64) string {
	switch f.Type {
	case "duration":
		return showDuration(time.Duration(n))
	case "size":
		return showSize(n)
	}
	return strconv.FormatInt(n, 10)
}

// Bounds renders the limits of the value, "" without any: "0 or more",
// "43 to 128".
func (f *Field) Bounds() string {
	switch {
	case f.Min != nil && f.Max != nil:
		return f.bound(*f.Min) + " to " + f.bound(*f.Max)
	case f.Min != nil && (*f.Min != 0 || f.Type == "int" || f.Type == "float" || f.Type == "int or null"):
		return f.bound(*f.Min) + " or more"
	case f.Max != nil:
		return f.bound(*f.Max) + " or less"
	}
	return ""
}
