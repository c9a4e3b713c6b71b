package module

import "context"

// Mail sends messages to people, as durable jobs: if the mail server is down they
// are delayed, not lost.
type Mail interface {
	// Enqueue stores one message for sending. A malformed message, which could
	// never be sent, is ErrGiveUp. While no mail server is configured
	// (mail.host), any message is ErrPostponed and is not kept.
	Enqueue(ctx context.Context, m Message) error
	// Brand returns what messages say about the product.
	Brand(ctx context.Context) (Brand, error)
}

// Message is one message, with 1 to 50 recipients.
type Message struct {
	// Unique makes repeats no-ops for 30 days, whether or not the first message
	// has been sent by then; it belongs to the module. "" = none.
	Unique   string   `json:"unique,omitempty"`
	To       []string `json:"to,omitempty"`  // addresses that every recipient sees
	Bcc      []string `json:"bcc,omitempty"` // addresses that nobody sees
	Subject  string   `json:"subject"`       // one line
	Text     string   `json:"text"`          // both bodies are sent
	HTML     string   `json:"html"`          //
	Language string   `json:"language"`      // of both, such as "fr-fr"; "" = unsaid
}

// Brand is what messages say about the product (settings.md 2.16).
type Brand struct {
	Name         string `json:"name"`
	LogoURL      string `json:"logo_url"`      // "" = none
	SupportEmail string `json:"support_email"` // "" = none
	Domain       string `json:"domain"`        // shown to people, such as meet.example.org
	BaseURL      string `json:"base_url"`      // where links lead, no slash at its end; "" = unknown
}
