package config

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"foyer/sdk/conf"
)

// Throttles maps a scope to its rate, "N/period"; the first letter of the period
// is s, m, h or d. "" = no limit.
type Throttles struct {
	RequestEntry     string            // request_entry: per account, or per lobby cookie
	EntryAddress     string            // request_entry_address: per address, for those without account or cookie
	StartSubtitle    string            // start_subtitle: per identity and room
	Webhook          string            // webhook
	CreationCallback string            // creation_callback: guests, per address
	SignIn           string            // sign_in, and sign_in_return: per address, or per account
	ConnectionTest   string            // connection_test: per account, or per address
	Invite           string            // invite: per account
	ExternalToken    string            // external_token: per address
	ExternalClient   string            // external_token_client: per client id
	Modules          map[string]string // modules: scopes of external modules
}

func defaultThrottles() Throttles {
	return Throttles{
		RequestEntry: "150/minute", EntryAddress: "600/minute", StartSubtitle: "30/minute", CreationCallback: "600/minute",
		SignIn: "600/minute", ConnectionTest: "30/minute",
		Invite: "30/minute", ExternalToken: "1200/minute", ExternalClient: "60/minute",
	}
}

func (t *Throttles) Fields(f *conf.Fields) {
	f.String("request_entry", &t.RequestEntry, "Asking to enter a room, for each account, or lobby cookie without one.").
		Legacy("REQUEST_ENTRY_THROTTLE_RATES")
	f.String("request_entry_address", &t.EntryAddress, "Asking to enter a room without an account or a cookie of ours, for each address.")
	f.String("start_subtitle", &t.StartSubtitle, "Starting subtitles, for each participant and room.")
	f.String("webhook", &t.Webhook, "LiveKit's webhooks, for each address.")
	f.String("creation_callback", &t.CreationCallback, "Asking which room was created, for each address; signed-in users are not limited.").
		Legacy("CREATION_CALLBACK_THROTTLE_RATES")
	f.String("sign_in", &t.SignIn, "Starting to sign in, and as many returns from the provider, for each address, or account of those who are signed in.")
	f.String("connection_test", &t.ConnectionTest, "Testing the connection, for each account, or address without one.").
		Legacy("CONNECTION_TEST_THROTTLE_RATES")
	f.String("invite", &t.Invite, "Inviting by mail, for each account.")
	f.String("external_token", &t.ExternalToken, "Asking for tokens of the external API, for each address.")
	f.String("external_token_client", &t.ExternalClient, "Secrets that were not seen before, right or wrong, for each client id.")
	f.Texts("modules", &t.Modules, "Further scopes, for modules in binaries of their own: {scope: rate}.")
}

// Rate is a number of requests per period.
type Rate struct {
	Count  int
	Period time.Duration
}

// Rates returns the limits by scope; scopes without a limit are absent.
func (t Throttles) Rates() (map[string]Rate, error) {
	texts := map[string]string{
		"request_entry": t.RequestEntry, "request_entry_address": t.EntryAddress, "start_subtitle": t.StartSubtitle,
		"webhook": t.Webhook, "creation_callback": t.CreationCallback, "sign_in": t.SignIn, "sign_in_return": t.SignIn,
		"connection_test": t.ConnectionTest, "invite": t.Invite,
		"external_token": t.ExternalToken, "external_token_client": t.ExternalClient,
	}
	for scope, text := range t.Modules {
		if _, taken := texts[scope]; taken {
			return nil, fmt.Errorf("%s is a scope of its own: set throttles.%s", scope, scope)
		}
		texts[scope] = text
	}
	rates := map[string]Rate{}
	for _, scope := range slices.Sorted(maps.Keys(texts)) {
		text := texts[scope]
		if text == "" {
			continue
		}
		r, err := ParseRate(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", scope, err)
		}
		rates[scope] = r
	}
	return rates, nil
}

// ParseRate parses a rate such as "150/minute".
func ParseRate(text string) (Rate, error) {
	count, period, ok := strings.Cut(text, "/")
	n, err := strconv.Atoi(strings.TrimSpace(count))
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	period = strings.TrimSpace(period)
	if ok && err == nil && n > 0 && period != "" && units[period[0]] > 0 {
		return Rate{Count: n, Period: units[period[0]]}, nil
	}
	return Rate{}, fmt.Errorf("%q is not a rate such as 150/minute", text)
}
