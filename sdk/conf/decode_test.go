package conf_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
)

func TestDecode_reads_every_type(t *testing.T) {
	s := newSample()
	err := conf.Decode("c.yaml", "", []byte(`
name: "x"
link: https://example.org
key: hidden
on: true
count: 7
delay: 0
ratio: 0.5
wait: 2h
limit: 3MiB
hosts: [a, "8080"]
colour: green
free: {a: 1, b: {c: [true, null, 1.5, x]}}
flags: {one: true, two: false}
rates:
  hello: 3/minute
inner:
  deep: "1"
pairs:
  - secret: s1
  - {key: other, secret: s2}
extra: {any: [1]}
`), s)
	require.NoError(t, err)
	link, delay := "https://example.org", 0
	require.Equal(t, &sample{
		Name: "x", Link: &link, Key: conf.NewSecret("hidden"), On: true, Count: 7, Delay: &delay, Ratio: 0.5,
		Wait: 2 * time.Hour, Limit: 3 << 20, Hosts: []string{"a", "8080"}, Colour: "green",
		Free:  map[string]any{"a": int64(1), "b": map[string]any{"c": []any{true, nil, 1.5, "x"}}},
		Flags: map[string]bool{"one": true, "two": false},
		Rates: map[string]string{"hello": "3/minute"},
		Inner: inner{"1"},
		Pairs: []pair{{"k", conf.NewSecret("s1")}, {"other", conf.NewSecret("s2")}},
		Extra: s.Extra,
	}, s)
	require.Equal(t, `{"any": [1]}`, strings.ReplaceAll(s.Extra.Reveal(), "\n", ""))
}

func TestDecode_reads_files_as_editors_write_them(t *testing.T) {
	for name, text := range map[string]string{
		"byte order mark": "\ufeffname: x\n", "carriage returns": "name: x\r\ncount: 3\r\n", "comment first": "# c\n---\nname: x\n",
		"end marker": "name: x\n...\n", "comments": "# a\n\nname: x # b\n# c\n", "quotes": "'name': \"x\"\n", "folded": "name: >-\n  x\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSample()
			require.NoError(t, conf.Decode("c.yaml", "", []byte(text), s))
			require.Equal(t, "x", s.Name)
		})
	}
}

func TestDecode_keeps_defaults_of_what_is_absent(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "blank": " \n\n", "comment": "# nothing\n", "marker": "---\n", "null": "~\n", "empty section": "inner:\n",
		"commented section": "inner:\n  # deep: x\n", "empty mapping": "{}",
	} {
		t.Run(name, func(t *testing.T) {
			s := newSample()
			require.NoError(t, conf.Decode("c.yaml", "", []byte(text), s))
			require.Equal(t, newSample(), s)
		})
	}
}

func TestDecode_names_each_fault_with_its_place(t *testing.T) {
	cases := map[string]struct{ text, want string }{
		"unknown key":            {"nmae: x", `c.yaml:1: nmae: unknown key (did you mean "name"?)`},
		"unknown far key":        {"elephant: x", `c.yaml:1: elephant: unknown key`},
		"unknown nested key":     {"inner:\n  deeep: x", `c.yaml:2: inner.deeep: unknown key (did you mean "deep"?)`},
		"unknown key of an item": {"pairs:\n- key: a\n  secrte: b", `c.yaml:3: pairs[0].secrte: unknown key (did you mean "secret"?)`},
		"repeated key":           {"on: true\nname: a\non: false", `c.yaml:3: on: written twice, first at line 1`},
		"repeated in a map":      {"free:\n  a: 1\n  a: 2", `c.yaml:3: free: a is written twice`},
		"number for text":        {"name: 12", `c.yaml:1: name: must be text, but is the number 12: put it in quotes`},
		"list for text":          {"name: [a]", `c.yaml:1: name: must be text, but is a list`},
		"nothing for text":       {"name:", `c.yaml:1: name: must be text, but is empty`},
		"word for switch":        {"on: yes", `c.yaml:1: on: must be true or false, but is text`},
		"text for number":        {`count: "3"`, `c.yaml:1: count: must be a whole number, but is text`},
		"fraction for number":    {"count: 3.5", `c.yaml:1: count: must be a whole number, but is the number 3.5`},
		"below bound":            {"count: 0", `c.yaml:1: count: 0 is less than 1`},
		"above bound":            {"count: 10", `c.yaml:1: count: 10 is more than 9`},
		"null below bound":       {"delay: -1", `c.yaml:1: delay: -1 is less than 0`},
		"ratio above bound":      {"ratio: 1.5", `c.yaml:1: ratio: 1.5 is more than 1`},
		"ratio not a number":     {"ratio: .nan", `c.yaml:1: Nan is not accepted here`},
		"duration without unit":  {"wait: 90", `c.yaml:1: wait: 90 has no unit: write a duration such as 90s`},
		"bad duration":           {"wait: soon", `c.yaml:1: wait: "soon" is not a duration such as 90s or 6h`},
		"negative duration":      {"wait: -1s", `c.yaml:1: wait: "-1s" is less than 0s`},
		"bad size":               {"limit: 3 elephants", `c.yaml:1: limit: "3 elephants" is not a size such as 1048576 or 2.5MiB`},
		"fraction of a byte":     {"limit: 0.3B", `c.yaml:1: limit: "0.3B" is not a size such as 1048576 or 2.5MiB`},
		"text for list":          {"hosts: a,b", `c.yaml:1: hosts: must be a list, but is text`},
		"number in list":         {"hosts:\n- a\n- 80", `c.yaml:3: hosts: item 2 must be text, but is the number 80: put it in quotes`},
		"bad choice":             {"colour: gren", `c.yaml:1: colour: "gren" is not one of red, green (did you mean "green"?)`},
		"list for map":           {"free: [a]", `c.yaml:1: free: must be a mapping, but is a list`},
		"text in map of bool":    {"flags:\n  a: maybe", `c.yaml:2: flags: a must be true or false, but is text`},
		"text for section":       {"inner: x", `c.yaml:1: inner: must be a mapping of keys, but is text`},
		"mapping for list":       {"pairs: {key: a}", `c.yaml:1: pairs: must be a list, but is a mapping`},
		"text for item":          {"pairs: [a]", `c.yaml:1: pairs[0]: must be a mapping of keys, but is text`},
		"list at top":            {"- a", `c.yaml:1: must be a mapping of keys, but is a list`},
		"missing secret file":    {"key_file: /nowhere/key", `c.yaml:1: key_file: cannot read the value: stat /nowhere/key: no such file or directory`},
		"folder as secret file":  {"key_file: /", `c.yaml:1: key_file: cannot read the value: / is not a file`},
		"secret and its file":    {"key: a\nkey_file: /etc/hostname", `c.yaml:2: key_file: given besides key: keep one`},
		"secret file and secret": {"key_file: /dev/null\nkey: a", "c.yaml:1: key_file: cannot read the value: /dev/null is not a file\nc.yaml:2: key: given besides key_file: keep one"},
		"file of a plain field":  {"name_file: /etc/hostname", `c.yaml:1: name_file: unknown key`},
		"alias":                  {"a: &x b\nc: *x", `c.yaml:1: anchors and aliases are not accepted: write the value out`},
		"merge key":              {"inner:\n  <<: {deep: x}", `c.yaml:2: merge keys are not accepted: write the keys out`},
		"tag":                    {"name: !!str 1", `c.yaml:1: tags are not accepted: put text in quotes`},
		"second document":        {"name: a\n---\nname: b", `c.yaml:2: a second document: only one is allowed in a file`},
		"document after comment": {"---\n# none\n---\nname: b", `c.yaml:3: a second document: only one is allowed in a file`},
		"document after the end": {"name: a\n...\nname: b", `c.yaml:3: a second document: only one is allowed in a file`},
		"tab":                    {"inner:\n\tdeep: x", `c.yaml:2: not valid YAML: found character '	' that cannot start any token`},
		"bad syntax":             {"name: [a", `c.yaml:1: not valid YAML: sequence end token ']' not found`},
		"bad UTF-8":              {"name: \xff", `c.yaml: is not valid UTF-8`},
		"too large":              {strings.Repeat("#", conf.MaxDocument+1), `c.yaml: has more than 1MiB`},
		"too deep":               {"free: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), `c.yaml:1: nested more than 32 levels deep`},
		"too many":               {strings.Repeat("name: x\n", 10000), `c.yaml:6667: has too many entries`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			err := conf.Decode("c.yaml", "", []byte(c.text), newSample())
			require.EqualError(t, err, c.want)
		})
	}
}

func TestDecode_reports_all_faults_at_once_with_columns(t *testing.T) {
	err := conf.Decode("c.yaml", "modules.x", []byte("wait: soon\ninner:\n  a: 1\ncount: 0\nzz: 1\n"), newSample())
	var faults conf.Faults
	require.ErrorAs(t, err, &faults)
	require.Equal(t, conf.Faults{
		{Origin: "c.yaml", Line: 1, Column: 7, Path: "modules.x.wait", What: `"soon" is not a duration such as 90s or 6h`},
		{Origin: "c.yaml", Line: 3, Column: 3, Path: "modules.x.inner.a", What: "unknown key"},
		{Origin: "c.yaml", Line: 4, Column: 8, Path: "modules.x.count", What: "0 is less than 1"},
		{Origin: "c.yaml", Line: 5, Column: 1, Path: "modules.x.zz", What: "unknown key"},
	}, faults)
}

func TestDecode_takes_a_secret_from_a_file_less_one_line_end(t *testing.T) {
	for text, want := range map[string]string{"s3cret\n": "s3cret", "s3cret": "s3cret", "two\n\n": "two\n", "s3cret\r\n": "s3cret", "s3cret\r": "s3cret\r"} {
		name := filepath.Join(t.TempDir(), "key")
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
		s := newSample()
		require.NoError(t, conf.Decode("", "", []byte("key_file: "+name), s))
		require.Equal(t, want, s.Key.Reveal())
	}
}

func TestDecode_of_a_bad_secret_does_not_show_it(t *testing.T) {
	err := conf.Decode("", "", []byte("key: 123456\n"), newSample())
	require.Error(t, err)
	require.NotContains(t, err.Error(), "123456")
}

func TestEncode_carries_every_value_to_the_other_side(t *testing.T) {
	link, delay := "", 5
	s := &sample{
		Name: "ü \"quoted\"\n\ttab \\ \x00 \u2028 #: [", Link: &link, Key: conf.NewSecret("p: @ss, {word}\n"), On: true, Count: 2, Delay: &delay,
		Ratio: 0.25, Wait: 1500 * time.Millisecond, Limit: 1234567, Hosts: []string{"", "null", "1", "a: b"}, Colour: "green",
		Free:  map[string]any{"true": "false", "n": int64(-1), "l": []any{nil, 1.0}, "": map[string]any{}},
		Flags: map[string]bool{"x": true}, Rates: map[string]string{"y": "1/s"},
		Pairs: []pair{{"a", conf.NewSecret("b")}, {"", conf.NewSecret("")}},
		Extra: conf.NewSecret(`{"a": "b"}`),
	}
	text, err := conf.Encode(s)
	require.NoError(t, err)
	other := newSample()
	require.NoError(t, conf.Decode("", "", text, other))
	require.Equal(t, s, other)
}

func TestRaw_keeps_keys_on_their_lines(t *testing.T) {
	s := newSample()
	require.NoError(t, conf.Decode("c.yaml", "", []byte("name: a\nextra:\n  # why\n  inner:\n    deep: x\n\n  cuont: 3\n"), s))
	err := conf.Decode("c.yaml", "extra", []byte(s.Extra.Reveal()), newSample())
	require.EqualError(t, err, `c.yaml:7: extra.cuont: unknown key (did you mean "count"?)`)
}

func TestEncode_refuses_a_list_it_cannot_see(t *testing.T) {
	_, err := conf.Encode(conf.Group(func(f *conf.Fields) {
		f.Sections("blind", func() conf.Section { return &inner{} }, "")
	}))
	require.ErrorContains(t, err, "encode blind")
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{"", "name: a\ncount: 2\n", "pairs: [{key: a}]", "free: {a: [1, 2.5, true, null, 'x']}", "a: |\n  b\n", "? a\n: b", "'\"", "free:\n  - {", "extra: {a: \"\\x07\"}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s := newSample()
		if conf.Decode("c.yaml", "", text, s) != nil {
			return
		}
		again, err := conf.Encode(s)
		require.NoError(t, err)
		other := newSample()
		require.NoError(t, conf.Decode("", "", again, other), "%s", again)
		third, err := conf.Encode(other)
		require.NoError(t, err)
		require.Equal(t, string(again), string(third))
	})
}
