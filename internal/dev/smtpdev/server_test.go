package smtpdev_test

import (
	"crypto/tls"
	"errors"
	"net"
	"net/smtp"
	"net/textproto"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/internal/dev/smtpdev"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const letter = "Subject: =?utf-8?q?R=C3=A9union?=\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nplain\r\n" +
	"--b\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<p>=C3=A9</p>\r\n--b--\r\n"

func address(s *smtpdev.Server) string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

func dial(t *testing.T, s *smtpdev.Server) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(address(s))
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// send returns the answers to the refused recipients, and the one to the message.
func send(t *testing.T, c *smtp.Client, recipients ...string) (refused map[string]int, err error) {
	t.Helper()
	refused = map[string]int{}
	require.NoError(t, c.Mail("from@example.org"))
	for _, r := range recipients {
		if answer, ok := errors.AsType[*textproto.Error](c.Rcpt(r)); ok {
			refused[r] = answer.Code
		}
	}
	w, err := c.Data()
	require.NoError(t, err)
	_, err = w.Write([]byte(letter))
	require.NoError(t, err)
	return refused, w.Close()
}

func TestServer_keeps_messages_with_their_envelopes(t *testing.T) {
	s := smtpdev.StartT(t, smtpdev.Options{})
	s.Refuse("gone@example.org", 550)
	refused, err := send(t, dial(t, s), "ada@example.org", "gone@example.org", "grace@example.org")
	require.NoError(t, err)
	require.Equal(t, map[string]int{"gone@example.org": 550}, refused)
	m := s.Await(t, 1)[0]
	require.Equal(t, "from@example.org", m.From)
	require.Equal(t, []string{"ada@example.org", "grace@example.org"}, m.Recipients)
	require.False(t, m.Encrypted)
	p := m.ParseT(t)
	require.Equal(t, []string{"Réunion", "plain", "<p>é</p>"}, []string{p.Subject, p.Text, p.HTML})
}

func TestServer_is_down_stalls_and_is_up_again(t *testing.T) {
	s := smtpdev.StartT(t, smtpdev.Options{})
	s.Down()
	_, err := smtp.Dial(address(s))
	require.Error(t, err)
	s.Stall()
	conn, err := net.Dial("tcp", address(s))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err = conn.Read(make([]byte, 1))
	var silence net.Error
	require.ErrorAs(t, err, &silence)
	require.True(t, silence.Timeout())
	s.Up()
	_, err = send(t, dial(t, s), "ada@example.org")
	require.NoError(t, err)
	require.Equal(t, 3, s.Connections())
}

func TestServer_refuses_messages_and_loses_answers(t *testing.T) {
	s := smtpdev.StartT(t, smtpdev.Options{})
	s.RefuseMessages(554)
	_, err := send(t, dial(t, s), "ada@example.org")
	require.ErrorContains(t, err, "554")
	s.RefuseMessages(0)
	s.LoseAnswers(1)
	_, err = send(t, dial(t, s), "ada@example.org")
	require.Error(t, err)
	require.Len(t, s.Messages(), 1, "it was taken all the same")
}

func TestServer_demands_TLS_and_password(t *testing.T) {
	trusting := &tls.Config{InsecureSkipVerify: true}
	s := smtpdev.StartT(t, smtpdev.Options{Security: smtpdev.StartTLS, User: "ada", Password: "s3cret"})
	c := dial(t, s)
	require.ErrorContains(t, c.Mail("from@example.org"), "STARTTLS first")
	require.NoError(t, c.StartTLS(trusting))
	require.Error(t, c.Mail("from@example.org"))
	require.ErrorContains(t, c.Auth(smtp.PlainAuth("", "ada", "guess", s.Host)), "535")

	s = smtpdev.StartT(t, smtpdev.Options{Security: smtpdev.TLS, User: "ada", Password: "s3cret"})
	conn, err := tls.Dial("tcp", address(s), trusting)
	require.NoError(t, err)
	c, err = smtp.NewClient(conn, s.Host)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Auth(smtp.PlainAuth("", "ada", "s3cret", s.Host)))
	_, err = send(t, c, "ada@example.org")
	require.NoError(t, err)
	require.True(t, s.Await(t, 1)[0].Encrypted)
}
