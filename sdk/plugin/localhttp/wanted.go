package localhttp

import "io"

// wanted is a body for which the client waits to be asked (RFC 9110 10.1.1).
type wanted struct {
	io.ReadCloser
	response *response
	asked    bool
}

func (b *wanted) Read(p []byte) (int, error) {
	if w := b.response; !b.asked && w.status == 0 && !w.hijacked {
		b.asked = true
		if _, err := w.conn.out.WriteString("HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return 0, err
		}
		if err := w.conn.out.Flush(); err != nil {
			return 0, err
		}
	}
	return b.ReadCloser.Read(p)
}
