package module_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

type configured struct {
	module.Module
	section conf.Group
	err     error
}

func (c configured) Name() string         { return "m" }
func (c configured) Config() conf.Section { return c.section }
func (c configured) Validate() error      { return c.err }

func TestConfigure_gives_every_fault(t *testing.T) {
	var n int
	m := configured{section: func(f *conf.Fields) { f.Int("n", &n, "A number.") }}
	require.NoError(t, module.Decode(m, []byte("n: 3")))
	require.NoError(t, module.Validate(m))
	require.Equal(t, 3, n)
	require.EqualError(t, module.Decode(m, []byte("n: x\nm: 1")), "modules.m.n: must be a whole number, but is text\nmodules.m.m: unknown key (did you mean \"n\"?)")
	m.err = errors.Join(errors.New("n: odd"), errors.New("n: prime"))
	require.EqualError(t, module.Validate(m), "modules.m: n: odd\nmodules.m: n: prime")
}
