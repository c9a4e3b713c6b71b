package config

import (
	"time"

	"foyer/sdk/conf"
)

// LiveKit is the media server (settings.md 2.6).
type LiveKit struct {
	URL            string        // url: for calls and for browsers
	InternalURL    string        // internal_url: for the gateway's own calls, "" = url
	APIKey         string        // api_key
	APISecret      conf.Secret   // api_secret
	WebhookKeys    []WebhookKey  // webhook_keys: further keys accepted on webhooks
	VerifyTLS      bool          // verify_tls
	Timeout        time.Duration // timeout of a call
	ForceWSS       bool          // force_wss_protocol
	FirefoxProxy   bool          // enable_firefox_proxy_workaround
	DefaultSources []string      // default_sources
	TokenTTL       time.Duration // token_ttl
	WebhookFilter  string        // webhook_filter; an invalid one is dropped with a warning
	WebhookLimit   int64         // webhook_body_limit, bytes
	TestRoomPrefix string        // connection_test_room_prefix
	EventRetention time.Duration // event_retention: how long webhook events are kept
}

// WebhookKey is an additional key pair that may sign webhooks.
type WebhookKey struct {
	Key    string      // key
	Secret conf.Secret // secret
}

func defaultLiveKit() LiveKit {
	return LiveKit{
		VerifyTLS:      true,
		Timeout:        10 * time.Second,
		DefaultSources: []string{"camera", "microphone", "screen_share", "screen_share_audio"},
		TokenTTL:       6 * time.Hour,
		WebhookLimit:   5 << 19,
		TestRoomPrefix: "connection-test",
		EventRetention: 168 * time.Hour,
	}
}

func (l *LiveKit) Fields(f *conf.Fields) {
	f.String("url", &l.URL, "Address of LiveKit, for calls and for browsers (ws, wss, http or https).").Legacy("LIVEKIT_API_URL", "LIVEKIT_URL")
	f.String("internal_url", &l.InternalURL, "Address for the gateway's own calls, \"\" = url.")
	f.String("api_key", &l.APIKey, "API key: signs tokens, calls the API, verifies webhooks.").Legacy("LIVEKIT_API_KEY").FromFile()
	f.Secret("api_secret", &l.APISecret, "Secret of the API key.").Legacy("LIVEKIT_API_SECRET")
	conf.Items(f, "webhook_keys", &l.WebhookKeys, func() WebhookKey { return WebhookKey{} }, "Further keys that may sign webhooks.")
	f.Bool("verify_tls", &l.VerifyTLS, "Check LiveKit's certificate.").Legacy("LIVEKIT_VERIFY_SSL")
	f.Duration("timeout", &l.Timeout, "Time for one call to LiveKit.").AtLeast(int64(100 * time.Millisecond))
	f.Bool("force_wss_protocol", &l.ForceWSS, "Tell the frontend to use wss.").Legacy("LIVEKIT_FORCE_WSS_PROTOCOL")
	f.Bool("enable_firefox_proxy_workaround", &l.FirefoxProxy, "Tell the frontend to work around Firefox behind a proxy.").
		Legacy("LIVEKIT_ENABLE_FIREFOX_PROXY_WORKAROUND")
	f.List("default_sources", &l.DefaultSources, "Tracks that participants may publish; none listed = nothing.").
		Legacy("LIVEKIT_DEFAULT_SOURCES").OneOf("camera", "microphone", "screen_share", "screen_share_audio")
	f.Duration("token_ttl", &l.TokenTTL, "How long a LiveKit token lets join.").AtLeast(int64(time.Minute))
	f.String("webhook_filter", &l.WebhookFilter, "Regular expression; webhook events of rooms whose name it does not find are dropped. \"\" = all kept.").
		Legacy("LIVEKIT_WEBHOOK_EVENTS_FILTER_REGEX")
	f.Size("webhook_body_limit", &l.WebhookLimit, "Largest webhook body.").AtLeast(1 << 10)
	f.String("connection_test_room_prefix", &l.TestRoomPrefix, "Webhook events of rooms named so are ignored.").Legacy("CONNECTION_TEST_ROOM_PREFIX")
	f.Duration("event_retention", &l.EventRetention, "How long webhook events are kept.").AtLeast(int64(time.Hour))
}

// Fields declares one key pair.
func (w *WebhookKey) Fields(f *conf.Fields) {
	f.String("key", &w.Key, "API key.")
	f.Secret("secret", &w.Secret, "Its secret.")
}
