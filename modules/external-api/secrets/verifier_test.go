package secrets_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/legacy/credential"
	"foyer/core/store"
	"foyer/modules/external-api/secrets"
	"foyer/sdk/module"
)

const plenty = 1_000_000

func TestCheck_takes_every_live_secret_and_nothing_else(t *testing.T) {
	w := newWorld(t, plenty)
	v, first, second := w.process(), strong(t), strong(t)
	a := w.application("client", first, 1_000)
	_, err := w.store.RotateSecret(t.Context(), a.ID, store.ApplicationSecret{Hash: w.hash(second, 1_000)}, time.Now().Add(time.Hour))
	require.NoError(t, err)
	for range 2 { // cold, then warm
		require.NoError(t, w.check(t.Context(), v, "client", first))
		require.NoError(t, w.check(t.Context(), v, "client", second))
		for _, wrong := range []string{"", first[:127], first + "x", strings.ToLower(first), "client"} {
			require.ErrorIs(t, w.check(t.Context(), v, "client", wrong), secrets.ErrWrong)
		}
		require.ErrorIs(t, w.check(t.Context(), v, "Client", first), secrets.ErrWrong)
		require.ErrorIs(t, w.check(t.Context(), v, "", ""), secrets.ErrWrong)
	}
	// A secret that was rotated out is wrong at once, although it has been seen.
	_, err = w.store.RotateSecret(t.Context(), a.ID, store.ApplicationSecret{Hash: w.hash(strong(t), 1_000)}, time.Now())
	require.NoError(t, err)
	require.ErrorIs(t, w.check(t.Context(), v, "client", first), secrets.ErrWrong)
}

// With a limit of one, the throttle shows that a secret is hashed once per process.
func TestCheck_derives_a_hash_once_a_process_however_many_ask(t *testing.T) {
	w := newWorld(t, 1)
	const secret = "legacy-test-client-secret-000000000001"
	w.application("client", secret, 100_000)
	v := w.process()
	errs := make([]error, 50)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = w.check(t.Context(), v, "client", secret) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	var throttled *secrets.ThrottledError
	require.ErrorAs(t, w.check(t.Context(), w.process(), "client", secret), &throttled, "another process pays for itself")
}

// stranger makes calls come from another address.
func stranger(ctx context.Context) context.Context {
	return module.WithCaller(ctx, &module.Caller{Address: "203.0.113.66"})
}

func TestCheck_by_a_stranger_locks_no_application_out(t *testing.T) {
	w := newWorld(t, 3)
	v, costly, cheap := w.process(), "legacy-test-client-secret-000000000001", strong(t)
	w.application("costly", costly, 20_000)
	w.application("cheap", cheap, 1_000)
	own := module.WithCaller(t.Context(), &module.Caller{Address: "192.0.2.7"})
	for _, id := range []string{"costly", "cheap"} {
		var throttled *secrets.ThrottledError
		for i := range 10 {
			err := w.check(stranger(t.Context()), v, id, fmt.Sprint("guess ", i))
			require.Equal(t, i >= 3, errors.As(err, &throttled), "%s %d: %v", id, i, err)
		}
	}
	require.NoError(t, w.check(own, v, "costly", costly), "which this process has not seen")
	require.NoError(t, w.check(stranger(t.Context()), v, "cheap", cheap), "even beside those who guess")
}

func TestCheck_counts_nothing_where_every_hash_costs_little(t *testing.T) {
	w := newWorld(t, 1)
	v, secret := w.process(), strong(t)
	w.application("client", secret, 1_000)
	for i := range 20 {
		require.ErrorIs(t, w.check(t.Context(), v, "client", fmt.Sprint("guess ", i)), secrets.ErrWrong)
		require.ErrorIs(t, w.check(t.Context(), v, "nobody", fmt.Sprint("guess ", i)), secrets.ErrWrong)
	}
	require.NoError(t, w.check(t.Context(), v, "client", secret))
}

func TestCheck_counts_unknown_secrets_by_client_id_and_lets_known_ones_pass(t *testing.T) {
	w := newWorld(t, 3)
	v, secret := w.process(), strong(t)
	w.application("client", secret, 1_000)
	w.application("costly", "legacy-test-client-secret-000000000001", 20_000)
	require.NoError(t, w.check(t.Context(), v, "client", secret))
	for _, id := range []string{"client", "nobody"} {
		var throttled *secrets.ThrottledError
		for i := range 5 {
			err := w.check(t.Context(), v, id, fmt.Sprint("guess ", i))
			if i >= 3 {
				require.ErrorAs(t, err, &throttled)
				require.Positive(t, throttled.Wait)
			}
		}
	}
	require.NoError(t, w.check(t.Context(), v, "client", secret), "others' guesses do not lock it out")
	require.ErrorIs(t, w.check(t.Context(), v, "third", "x"), secrets.ErrWrong, "another client id")
}

func TestCheck_renews_a_costly_hash_of_a_random_secret(t *testing.T) {
	w := newWorld(t, plenty)
	secret := strong(t)
	a := w.application("client", secret, 50_000)
	require.NoError(t, w.check(t.Context(), w.process(), "client", secret))
	got, err := w.store.ApplicationByID(t.Context(), a.ID)
	require.NoError(t, err)
	h, err := credential.Parse(got.Secrets[0].Hash)
	require.NoError(t, err)
	require.Equal(t, credential.FewRounds, h.Rounds())
	require.True(t, h.Matches(secret), "the replaced server still checks it")
	require.Equal(t, a.Secrets[0].ID, got.Secrets[0].ID)
	require.NoError(t, w.check(t.Context(), w.process(), "client", secret))
	again, err := w.store.ApplicationByID(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, got, again, "once")
}

func TestCheck_leaves_the_hash_of_a_secret_that_somebody_thought_up(t *testing.T) {
	w := newWorld(t, plenty)
	const secret = "legacy-test-client-secret-000000000001"
	a := w.application("client", secret, 50_000)
	require.NoError(t, w.check(t.Context(), w.process(), "client", secret))
	got, err := w.store.ApplicationByID(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, a.Secrets[0].Hash, got.Secrets[0].Hash)
}

func TestCheck_of_a_hash_that_is_none_is_wrong(t *testing.T) {
	w := newWorld(t, plenty)
	for i, hash := range []string{"", "argon2$x", "!unusable", "plain text"} {
		id := fmt.Sprint("client-", i)
		_, err := w.store.CreateApplication(t.Context(), store.Application{
			Name: id, ClientID: id, IsActive: true, Secrets: []store.ApplicationSecret{{Hash: hash}},
		})
		require.NoError(t, err)
		require.ErrorIs(t, w.check(t.Context(), w.process(), id, hash), secrets.ErrWrong)
	}
}
