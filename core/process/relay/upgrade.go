package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// upgrade lets client and server speak the protocol they agreed on, until one of
// them fails or both have finished.
func (x *exchange) upgrade(w http.ResponseWriter, answer *http.Response) error {
	wanted, got := upgradeOf(x.in.Header), upgradeOf(answer.Header)
	if wanted == "" || !strings.EqualFold(wanted, got) || x.hasBody() {
		return fmt.Errorf("read answer: it changes to the protocol %q, not %q", got, wanted)
	}
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("change protocol: %w", err)
	}
	defer client.Close()
	defer context.AfterFunc(x.in.Context(), func() { _ = client.Close() })()

	h := w.Header()
	pass(h, answer.Header)
	h["Connection"], h["Upgrade"] = []string{"Upgrade"}, []string{got}
	answer.Header, answer.Body = h, nil
	if err := errors.Join(answer.Write(buffered), buffered.Flush()); err != nil {
		return nil //nolint:nilerr // the client is gone; nobody can be told
	}
	// What follows is read from the connection itself: through buffered, a client
	// that has finished sending would count as gone.
	early, _ := buffered.Peek(buffered.Reader.Buffered())
	ended := make(chan error, 2)
	go func() { ended <- stream(x.conn.Conn, io.MultiReader(bytes.NewReader(early), client)) }()
	go func() { ended <- stream(client, x.conn.in) }()
	for range cap(ended) {
		if err := <-ended; err != nil {
			break
		}
	}
	return nil
}

// stream copies until from ends, then closes to for writing.
func stream(to io.Writer, from io.Reader) error {
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return io.EOF
}
