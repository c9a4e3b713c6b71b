package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const contractPackage = "foyer/sdk/module"

func TestGenerated_files_are_as_the_interfaces_say(t *testing.T) {
	agreed, err := os.ReadFile(filepath.Join("..", contractFile))
	require.NoError(t, err)
	files, err := generate(contractPackage, string(agreed))
	require.NoError(t, err)
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s: run 'make generate'", name)
	}
	there, err := filepath.Glob("../*.gen*.go")
	require.NoError(t, err)
	require.Len(t, there, len(files)-1, "files that are generated no more")
}

var imported = sync.OnceValues(func() (map[string]listed, error) {
	return list("context", "time", "log/slog", "net/netip", "github.com/google/uuid", "foyer/sdk/conf")
})

// described reads a contract of the given services.
func described(t *testing.T, text string) (*host, error) {
	t.Helper()
	all, err := imported()
	require.NoError(t, err)
	source := "package module\n\nimport (\n\"context\"\n\"time\"\n\"log/slog\"\n\"net/netip\"\n\"github.com/google/uuid\"\n\"foyer/sdk/conf\"\n)\n" +
		"var _ = []any{time.Now, slog.Debug, netip.MustParseAddr, uuid.New, conf.NewSecret, context.Background}\n" + text
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "module.go", source, 0)
	require.NoError(t, err)
	c, err := check(fset, contractPackage, []*ast.File{f}, all)
	require.NoError(t, err)
	return describe(c)
}

// things is a contract with the one service Things.
func things(methods string) string {
	return "type Host interface { Things() Things; Log() *slog.Logger }\ntype Needs struct { Things bool }\ntype Things interface {" + methods + "}\n"
}

func TestWhat_can_cross_is_described(t *testing.T) {
	h, err := described(t, things("Put(ctx context.Context, id uuid.UUID, of Thing, more ...string) (at time.Time, ok bool, err error)\nAll(ctx context.Context) ([]Thing, error)")+`
	type Level int8
	type Name string
	type Base struct { Name Name }
	type Thing struct {
		Base
		Level Level
		Big   uint64
		Part  float64
		Wait  time.Duration
		Key   conf.Secret
		Any   any
		Raw   []byte
		Opt   *string
		Deep  map[string][]*Base
	}`)
	require.NoError(t, err)
	_, lines, _ := strings.Cut(h.contract(), "take one away.\n")
	require.Equal(t, `Things.Put
Things.Put takes id: uuid
Things.Put takes of: Thing
Things.Put takes more: list of text
Things.Put gives at: time
Things.Put gives ok: bool
Things.All
Things.All gives 0: list of Thing
Base has Name: text
Thing has Base: Base
Thing has Level: int8
Thing has Big: uint64
Thing has Part: float
Thing has Wait: duration
Thing has Key: secret
Thing has Any: json
Thing has Raw: bytes
Thing has Opt: optional text
Thing has Deep: map of list of optional Base
`, lines)
}

func TestWhat_cannot_cross_is_refused(t *testing.T) {
	get := func(arg string) string { return things("Get(ctx context.Context, x " + arg + ") error") }
	for name, c := range map[string]struct{ text, want string }{
		"a channel":                       {get("chan int"), "Things.Get: x: chan int cannot cross"},
		"a function":                      {get("func()"), "Things.Get: x: func() cannot cross"},
		"an interface":                    {get("interface{ Close() }"), "cannot cross"},
		"an error among the arguments":    {get("error"), "Things.Get: x: error cannot cross"},
		"an array":                        {get("[4]int"), "Things.Get: x: [4]int cannot cross"},
		"a number of two parts":           {get("complex128"), "Things.Get: x: complex128 cannot cross"},
		"a number that loses bits":        {get("float32"), "Things.Get: x: float32 cannot cross"},
		"an address":                      {get("uintptr"), "Things.Get: x: uintptr cannot cross"},
		"a struct of another package":     {get("netip.Addr"), "Things.Get: x: netip.Addr cannot cross: it is not a struct of the package module"},
		"a struct without a name":         {get("struct{ A int }"), "cannot cross: it is not a struct of the package module"},
		"a map by numbers":                {get("map[int]string"), "Things.Get: x: map[int]string: the keys of a map that crosses are strings"},
		"a pointer to a pointer":          {get("**int"), "Things.Get: x: **int cannot cross: nil at two depths"},
		"a channel in a list":             {get("[]chan int"), "Things.Get: x: chan int cannot cross"},
		"a type with parameters":          {get("Box[int]") + "type Box[T any] struct { V T }", "Things.Get: x: module.Box[int]: types with parameters cannot cross"},
		"a field that is not exported":    {get("T") + "type T struct { A int; b int }\nvar _ = T{}.b", "T.b would not arrive: it is not exported"},
		"a field that cannot cross":       {get("T") + "type T struct { C chan int }", "T: C: chan int cannot cross"},
		"a struct that holds itself":      {get("T") + "type T struct { Next []T }", "T: Next: T cannot cross: it holds itself"},
		"no context":                      {things("Get(x int) error"), "Things.Get has no context as its first argument"},
		"a context that is not the first": {things("Get(x int, ctx context.Context) error"), "Things.Get has no context as its first argument"},
		"arguments without names":         {things("Get(context.Context, int) error"), "Things.Get: an argument has no name"},
		"arguments with no name":          {things("Get(ctx context.Context, _ int) error"), "Things.Get: an argument has no name"},
		"nothing that tells of a failure": {things("Get(ctx context.Context)"), "Things.Get returns nothing: nobody would know that it failed"},
		"an error that is not the last":   {things("Get(ctx context.Context) (error, int)"), "Things.Get: 0: error cannot cross"},
		"a service that nobody can need": {
			"type Host interface { Things() Things }\ntype Needs struct {}\ntype Things interface{}", "Needs has no field Things for the service of that name",
		},
		"a need without its service": {
			"type Host interface { Things() Things }\ntype Needs struct { Things, Thing bool }\ntype Things interface{}", "Needs.Thing: Host has no such service",
		},
		"a need that is not a bool": {
			"type Host interface { Things() Things }\ntype Needs struct { Things int }\ntype Things interface{}", "Needs.Things is not a bool",
		},
		"a service that takes something": {
			"type Host interface { Things(n int) Things }\ntype Needs struct {}\ntype Things interface{}",
			"Host.Things takes nothing and returns a service, or a value and an error",
		},
		"a value that cannot fail": {
			"type Host interface { Things() int }\ntype Needs struct {}", "Host.Things takes nothing and returns a service, or a value and an error",
		},
		"a service of another package": {
			"type Host interface { Things() context.Context }\ntype Needs struct {}", "Host.Things takes nothing and returns a service, or a value and an error",
		},
		"no host":      {"type Needs struct {}", "the package foyer/sdk/module has no Host"},
		"another host": {"type Host struct {}", "Host is not an interface"},
		"no needs":     {"type Host interface {}", "the package foyer/sdk/module has no Needs"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := described(t, c.text)
			require.ErrorContains(t, err, c.want)
			require.True(t, strings.HasPrefix(name, "no ") || strings.HasPrefix(err.Error(), "module.go:"), "%v names the line", err)
		})
	}
}

func TestFaults_are_told_all_at_once(t *testing.T) {
	_, err := described(t, things("Get(ctx context.Context, a chan int, b func()) error\nPut(x int)"))
	require.ErrorContains(t, err, "a: chan int")
	require.ErrorContains(t, err, "b: func()")
	require.ErrorContains(t, err, "Things.Put has no context")
}

func TestContract_only_grows(t *testing.T) {
	before := "# a heading\nRooms.ByID\nRooms.ByID takes id: uuid\nRoom has Name: text\n"
	require.NoError(t, onlyAdds("", before))
	require.NoError(t, onlyAdds(before, "# another\nRooms.ByID\nRooms.Find\nRooms.ByID takes id: uuid\nRoom has Name: text\n"))
	err := onlyAdds(before, "Rooms.ByID\nRooms.ByID takes room: uuid\nRoom has Name: bytes\n")
	require.ErrorContains(t, err, `"Rooms.ByID takes id: uuid" is gone or has changed`)
	require.ErrorContains(t, err, `"Room has Name: text" is gone or has changed`)
}
