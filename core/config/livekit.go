package config

import (
	"time"

	"foyer/core/module/conf"
)

// LiveKit is the media server (settings.md 2.6).
type LiveKit struct {
	URL            string        // url (LIVEKIT_API_URL, LIVEKIT_URL): for calls and for browsers
	InternalURL    string        // internal_url: for the gateway's own calls, "" = url
	APIKey         string        // api_key (LIVEKIT_API_KEY)
	APISecret      conf.Secret   // api_secret (LIVEKIT_API_SECRET)
	WebhookKeys    []WebhookKey  // webhook_keys: further keys accepted on webhooks
	VerifyTLS      bool          // verify_tls (LIVEKIT_VERIFY_SSL), true
	Timeout        time.Duration // timeout of a call, 10s
	ForceWSS       bool          // force_wss_protocol (LIVEKIT_FORCE_WSS_PROTOCOL)
	FirefoxProxy   bool          // enable_firefox_proxy_workaround (LIVEKIT_ENABLE_FIREFOX_PROXY_WORKAROUND)
	DefaultSources []string      // default_sources (LIVEKIT_DEFAULT_SOURCES)
	TokenTTL       time.Duration // token_ttl, 6h
	WebhookFilter  string        // webhook_filter (LIVEKIT_WEBHOOK_EVENTS_FILTER_REGEX)
	WebhookLimit   int64         // webhook_body_limit, 2.5 MiB
	TestRoomPrefix string        // connection_test_room_prefix (CONNECTION_TEST_ROOM_PREFIX), connection-test
	EventRetention time.Duration // event_retention: how long webhook events are kept, 168h
}

// WebhookKey is one more key pair that may sign webhooks.
type WebhookKey struct {
	Key    string      // key
	Secret conf.Secret // secret
}
