package hostsuite

import (
	"errors"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func kvCases() []test {
	return []test{
		{"Values stay until they end", valuesStay},
		{"Values make a lock with an owner", valuesLock},
		{"Values of one module are not another's", valuesApart},
	}
}

func valuesStay(p *probe) {
	ctx, kv := p.Context(), p.KV()
	_, err := kv.Get(ctx, "k")
	require.ErrorIs(p.T, err, module.ErrNotFound)
	require.NoError(p.T, kv.Delete(ctx, "k"), "a missing one is fine")
	for _, value := range [][]byte{[]byte("v"), {0, 0xff}, {}} {
		require.NoError(p.T, kv.Put(ctx, "k", value, 0))
		got, err := kv.Get(ctx, "k")
		require.NoError(p.T, err)
		require.Equal(p.T, string(value), string(got))
	}
	require.NoError(p.T, kv.Put(ctx, "k", []byte("v"), time.Hour))
	_, err = kv.Get(ctx, "k")
	require.NoError(p.T, err)
	require.NoError(p.T, kv.Put(ctx, "k", []byte("v"), time.Millisecond))
	require.Eventually(p.T, func() bool { _, err := kv.Get(ctx, "k"); return errors.Is(err, module.ErrNotFound) }, 10*time.Second, time.Millisecond)
	done, err := kv.PutIfAbsent(ctx, "k", []byte("w"), 0)
	require.NoError(p.T, err)
	require.True(p.T, done, "its place is free")
	require.NoError(p.T, kv.Delete(ctx, "k"))
	_, err = kv.Get(ctx, "k")
	require.ErrorIs(p.T, err, module.ErrNotFound)
	require.ErrorIs(p.T, kv.Put(ctx, "a\x00", nil, 0), module.ErrInvalid)
	require.ErrorIs(p.T, kv.Put(ctx, "\xff", nil, 0), module.ErrInvalid)
}

func valuesLock(p *probe) {
	ctx, kv := p.Context(), p.KV()
	take := func(owner string) bool {
		done, err := kv.PutIfAbsent(ctx, "lock", []byte(owner), time.Hour)
		require.NoError(p.T, err)
		return done
	}
	release := func(owner string) bool {
		done, err := kv.DeleteIf(ctx, "lock", []byte(owner))
		require.NoError(p.T, err)
		return done
	}
	require.False(p.T, release("a"))
	require.True(p.T, take("a"))
	require.False(p.T, take("b"))
	require.False(p.T, release("b"))
	require.True(p.T, release("a"))
	require.True(p.T, take("b"))
}

func valuesApart(p *probe) {
	require.NoError(p.T, p.KV().Put(p.Context(), "k", []byte("v"), 0))
	_, err := p.place.Host("other").KV().Get(p.Context(), "k")
	require.ErrorIs(p.T, err, module.ErrNotFound)
}
