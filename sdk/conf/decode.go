package conf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// maxSecretFile bounds files that hold one value, in bytes.
const maxSecretFile = 64 << 10

// Decode reads one YAML document strictly into s. The error is Faults, all of
// them at once, each with the origin, the line, and the key below path ("" = the
// whole document). Absent keys keep the values that s holds.
func Decode(origin, path string, text []byte, s Section) error {
	root, faults := Parse(origin, text)
	if len(faults) == 0 {
		faults = DecodeNode(origin, path, root, s)
	}
	return faults.Err()
}

// DecodeNode is Decode for a document that is already parsed.
func DecodeNode(origin, path string, root *Node, s Section) Faults {
	d := decoder{origin: origin}
	d.section(path, root, s)
	d.faults.Sort()
	return d.faults
}

type decoder struct {
	origin string
	faults Faults
}

func (d *decoder) fault(line, column int, path, what string, args ...any) {
	d.faults = append(d.faults, Fault{Origin: d.origin, Line: line, Column: column, Path: path, What: fmt.Sprintf(what, args...)})
}

func (d *decoder) section(path string, n *Node, s Section) {
	switch n.Kind {
	case Null: // a section whose keys are all commented out
		return
	case Map:
	default:
		d.fault(n.Line, n.Column, path, "must be a mapping of keys, but is %s", n.is())
		return
	}
	fields := map[string]*Field{}
	var names []string
	for _, f := range Bind(s) {
		fields[f.Key] = f
		names = append(names, f.Key)
		if f.fromFile {
			fields[f.Key+"_file"] = f
			names = append(names, f.Key+"_file")
		}
	}
	seen := map[string]Key{}
	for i, k := range n.Keys {
		at := join(path, k.Name)
		f, known := fields[k.Name]
		first, again := seen[k.Name]
		switch {
		case !known:
			d.fault(k.Line, k.Column, at, "unknown key%s", suggest(k.Name, names))
			continue
		case again:
			d.fault(k.Line, k.Column, at, "written twice, first at line %d", first.Line)
			continue
		}
		seen[k.Name] = k
		if k.Name != f.Key {
			if _, both := seen[f.Key]; both {
				d.fault(k.Line, k.Column, at, "given besides %s: keep one", f.Key)
				continue
			}
			d.fromFile(at, n.Items[i], f)
			continue
		}
		if _, both := seen[f.Key+"_file"]; both && f.fromFile {
			d.fault(k.Line, k.Column, at, "given besides %s_file: keep one", f.Key)
			continue
		}
		d.field(at, n.Items[i], f)
	}
}

func (d *decoder) field(at string, n *Node, f *Field) {
	switch {
	case f.Group != nil:
		d.section(at, n, f.Group)
	case f.item != nil:
		d.items(at, n, f)
	default:
		if err := f.set(n); err != nil {
			place := n
			if e, ok := errors.AsType[*placed](err); ok {
				place = e.node
			}
			d.fault(place.Line, place.Column, at, "%s", err)
		}
	}
}

func (d *decoder) items(at string, n *Node, f *Field) {
	if n.Kind != List {
		d.fault(n.Line, n.Column, at, "must be a list, but is %s", n.is())
		return
	}
	if f.reset != nil {
		f.reset()
	}
	for i, x := range n.Items {
		place := fmt.Sprintf("%s[%d]", at, i)
		if x.Kind != Map {
			d.fault(x.Line, x.Column, place, "must be a mapping of keys, but is %s", x.is())
			continue
		}
		d.section(place, x, f.item())
	}
}

func (d *decoder) fromFile(at string, n *Node, f *Field) {
	if n.Kind != Text || n.Text == "" {
		d.fault(n.Line, n.Column, at, "must be the path of a file, but is %s", n.is())
		return
	}
	text, err := ReadValueFile(n.Text)
	if err == nil {
		err = f.SetText(text)
	}
	if err != nil {
		d.fault(n.Line, n.Column, at, "%s", err)
	}
}

// ReadValueFile returns the content of a file that holds one value, without one
// trailing line end (LF or CRLF) and without the byte order mark that editors put
// before UTF-8. It refuses UTF-16 and more than 64 KiB.
func ReadValueFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the value: %w", err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("cannot read the value: %s is not a file", path)
	}
	if info.Size() > maxSecretFile {
		return "", fmt.Errorf("cannot read the value: %s has more than %d bytes", path, maxSecretFile)
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return "", fmt.Errorf("cannot read the value: %w", err)
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return "", fmt.Errorf("cannot read the value: %s is UTF-16: write it as UTF-8", path)
	}
	value, ended := strings.CutSuffix(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	if ended {
		value = strings.TrimSuffix(value, "\r") // written on Windows
	}
	return value, nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
