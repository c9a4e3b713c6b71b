package smtpdev

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Message is a message that arrived, with its envelope.
type Message struct {
	Hello      string   // the client's name in EHLO
	From       string   // of the envelope
	Recipients []string // of the envelope, in order
	Encrypted  bool     // came over TLS
	Raw        []byte   // headers and body
}

// Parsed is the content of a message.
type Parsed struct {
	Header  mail.Header
	Subject string // decoded
	Text    string // of the text/plain part, decoded
	HTML    string // of the text/html part, decoded
}

// Parse reads a multipart/alternative message with one text and one HTML part, in that
// order; anything else is an error.
func (m Message) Parse() (Parsed, error) {
	whole, err := mail.ReadMessage(bytes.NewReader(m.Raw))
	if err != nil {
		return Parsed{}, fmt.Errorf("read message: %w", err)
	}
	p := Parsed{Header: whole.Header}
	if p.Subject, err = new(mime.WordDecoder).DecodeHeader(whole.Header.Get("Subject")); err != nil {
		return p, fmt.Errorf("read subject: %w", err)
	}
	kind, params, err := mime.ParseMediaType(whole.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return p, fmt.Errorf("read message: %q is not multipart/alternative: %w", kind, err)
	}
	parts := multipart.NewReader(whole.Body, params["boundary"])
	if p.Text, err = next(parts, "text/plain"); err != nil {
		return p, err
	}
	if p.HTML, err = next(parts, "text/html"); err != nil {
		return p, err
	}
	if _, err := parts.NextRawPart(); !errors.Is(err, io.EOF) {
		return p, fmt.Errorf("read message: more than two parts (%w)", err)
	}
	return p, nil
}

// next reads a part of the given kind, in UTF-8.
func next(parts *multipart.Reader, kind string) (string, error) {
	part, err := parts.NextRawPart()
	if err != nil {
		return "", fmt.Errorf("read %s part: %w", kind, err)
	}
	got, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil || got != kind || !strings.EqualFold(params["charset"], "utf-8") {
		return "", fmt.Errorf("read %s part: it is %q: %w", kind, part.Header.Get("Content-Type"), err)
	}
	body := io.Reader(part)
	switch encoding := part.Header.Get("Content-Transfer-Encoding"); encoding {
	case "quoted-printable":
		body = quotedprintable.NewReader(part)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, part)
	case "", "7bit", "8bit":
	default:
		return "", fmt.Errorf("read %s part: unknown encoding %q", kind, encoding)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		return "", fmt.Errorf("read %s part: %w", kind, err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n"), nil
}
