package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"foyer/sdk/signing"
)

const (
	// keysAge is how long keys are trusted: one that the provider withdraws is
	// refused after that.
	keysAge = 10 * time.Minute
	// keysRest is how long a set is not reread, whatever keys tokens name, since
	// anybody can make those up. A new key that the provider signs with
	// immediately is accepted after that.
	keysRest = 10 * time.Second
)

// keySet is the provider's JSON Web Key Set; it implements go-oidc's KeySet.
type keySet struct {
	algorithms []string
	held       held[[]signing.Public]
}

func newKeySet(client *http.Client, url string, algorithms []string, log *slog.Logger) *keySet {
	return &keySet{algorithms: algorithms, held: held[[]signing.Public]{
		fetch: func(ctx context.Context) ([]signing.Public, error) {
			return readKeys(ctx, client, url, log)
		},
	}}
}

// VerifySignature returns the payload of a token that the provider signed. A
// token that no known key fits causes the set to be reread, unless that has just
// been done.
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	var missing error
	for _, age := range []time.Duration{keysAge, keysRest} {
		keys, err := k.held.get(ctx, age)
		if err != nil && len(keys) == 0 {
			return nil, fmt.Errorf("read the keys: %w", err)
		}
		payload, failure := signing.Verify(token, k.algorithms, keys)
		if !errors.Is(failure, signing.ErrSignature) {
			return payload, failure
		}
		missing = errors.Join(failure, err)
	}
	return nil, missing
}

// readKeys reads the set, leaving out keys that cannot be used.
func readKeys(ctx context.Context, client *http.Client, url string, log *slog.Logger) ([]signing.Public, error) {
	body, err := getJSON(ctx, client, url)
	if err != nil {
		return nil, err
	}
	keys, skipped, err := signing.ReadSet(body)
	if err != nil {
		return nil, err
	}
	if len(skipped) > 0 {
		log.DebugContext(ctx, "keys of the provider that cannot be used are left out", "keys", len(keys), "cause", printable(errors.Join(skipped...).Error(), 500))
	}
	if len(keys) == 0 {
		return nil, errors.New("the key set has no key that verifies signatures")
	}
	return keys, nil
}

// getJSON fetches a document of the provider's.
func getJSON(ctx context.Context, client *http.Client, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", url, err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask for %s: %w", url, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", url, resp.StatusCode)
	}
	return body, nil
}
