package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// object is a YAML mapping in file order: readers of the document see topics in
// the order in which they were written.
type object yaml.MapSlice

// parse reads one YAML mapping.
func parse(text []byte) (object, error) {
	var v any
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.UseOrderedMap()).Decode(&v); err != nil {
		return nil, err
	}
	o, ok := v.(yaml.MapSlice)
	if !ok {
		return nil, fmt.Errorf("%T instead of a mapping", v)
	}
	return object(o), nil
}

// get is the value of a key, nil without one.
func (o object) get(key string) any {
	for _, item := range o {
		if fmt.Sprint(item.Key) == key {
			return item.Value
		}
	}
	return nil
}

// object is the mapping at a key, nil without one.
func (o object) object(key string) object {
	m, _ := o.get(key).(yaml.MapSlice)
	return object(m)
}

// with is o with a key set.
func (o object) with(key string, value any) object {
	if m, ok := value.(object); ok {
		value = yaml.MapSlice(m)
	}
	for i, item := range o {
		if fmt.Sprint(item.Key) == key {
			o = slices.Clone(o)
			o[i].Value = value
			return o
		}
	}
	return append(slices.Clip(o), yaml.MapItem{Key: key, Value: value})
}

// json writes the mapping in its order.
func (o object) json() ([]byte, error) {
	var b bytes.Buffer
	err := write(&b, yaml.MapSlice(o))
	return b.Bytes(), err
}

func write(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case yaml.MapSlice:
		b.WriteByte('{')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := write(b, fmt.Sprint(item.Key)); err != nil {
				return err
			}
			b.WriteByte(':')
			if err := write(b, item.Value); err != nil {
				return err
			}
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := write(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
	default:
		text, err := json.Marshal(v)
		if err != nil {
			return fmt.Errorf("write %T: %w", v, err)
		}
		b.Write(text)
	}
	return nil
}
