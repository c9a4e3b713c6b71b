package module

import "context"

// Mail sends messages to people, as durable jobs: a mail server that is down
// delays them and loses none.
type Mail interface {
	// Enqueue stores one message to be sent. A message that is not in order, and
	// so can never be sent, is ErrGiveUp; any while no mail server is configured
	// (mail.host) is ErrPostponed, and is not kept.
	Enqueue(ctx context.Context, m Message) error
	// Brand tells what messages say of the product.
	Brand(ctx context.Context) (Brand, error)
}

// Message is one message. It has one recipient at least, and 50 at most.
type Message struct {
	// Unique makes repeats no-ops for 30 days, whether the first one has been
	// sent by then or not; it belongs to the module. "" = none.
	Unique   string   `json:"unique,omitempty"`
	To       []string `json:"to,omitempty"`  // addresses that every recipient sees
	Bcc      []string `json:"bcc,omitempty"` // addresses that nobody sees
	Subject  string   `json:"subject"`       // one line
	Text     string   `json:"text"`          // both bodies are sent
	HTML     string   `json:"html"`          //
	Language string   `json:"language"`      // of both, such as "fr-fr"; "" = unsaid
}

// Brand is what messages say of the product (settings.md 2.16).
type Brand struct {
	Name         string `json:"name"`
	LogoURL      string `json:"logo_url"`      // "" = none
	SupportEmail string `json:"support_email"` // "" = none
	Domain       string `json:"domain"`        // shown to people, such as meet.example.org
	BaseURL      string `json:"base_url"`      // where links lead, no slash at its end; "" = unknown
}
