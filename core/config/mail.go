package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"

	"foyer/sdk/address"
	"foyer/sdk/conf"
)

// The ways to send mail.
const (
	MailSMTP    = "smtp"    // to a mail server
	MailConsole = "console" // into the log
	MailNone    = "none"    // nowhere
)

// defaultSender is the replaced product's default, which no mail server accepts.
const defaultSender = "from@example.com"

// helloName is a host name or an address literal (RFC 5321 4.1.1.1).
var helloName = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]{0,253}[A-Za-z0-9])?|\[[0-9A-Za-z.:]+\])$`)

// Mail is the mail server, and what messages say about the product (settings.md
// 2.16).
type Mail struct {
	Backend   string        // backend: MailSMTP, MailConsole or MailNone
	Host      string        // host of the mail server, "" = no mail
	Port      int           // port, 0 = 25, or 465 with implicit_tls
	User      string        // user, "" = without authentication
	Password  conf.Secret   // password
	StartTLS  bool          // starttls: required
	TLS       bool          // implicit_tls: from the first byte
	VerifyTLS bool          // verify_tls
	Timeout   time.Duration // timeout of one delivery, from dialling to the last reply
	Workers   int           // workers: concurrent deliveries
	From      string        // from: address, or Name <address>
	Hello     string        // hello: our name in EHLO, "" = the domain of from
	BrandName string        // brand_name
	Support   string        // support_email, "" = none shown
	LogoURL   string        // logo_url, "" = only the name
	Domain    string        // domain shown in messages, "" = that of base_url
	BaseURL   string        // base_url of links, "" = http.public_url
}

func defaultMail() Mail {
	return Mail{
		Backend: MailSMTP, VerifyTLS: true, Timeout: 30 * time.Second, Workers: 4, From: defaultSender, BrandName: "Foyer",
	}
}

func (m *Mail) Fields(f *conf.Fields) {
	f.String("backend", &m.Backend, "Where mail goes: to a mail server, into the log (for development), or nowhere.").
		LegacyAs(mailBackend, "DJANGO_EMAIL_BACKEND").OneOf(MailSMTP, MailConsole, MailNone)
	f.String("host", &m.Host, "Host of the mail server; \"\" = no mail is sent, and invitations are refused.").Legacy("DJANGO_EMAIL_HOST")
	f.Int("port", &m.Port, "Its port; 0 = 25, or 465 with implicit_tls.").Legacy("DJANGO_EMAIL_PORT").AtLeast(0).AtMost(65535)
	f.String("user", &m.User, "User to sign in there; \"\" = none.").Legacy("DJANGO_EMAIL_HOST_USER")
	f.Secret("password", &m.Password, "Its password.").Legacy("DJANGO_EMAIL_HOST_PASSWORD")
	f.Bool("starttls", &m.StartTLS, "Demand STARTTLS.").Legacy("DJANGO_EMAIL_USE_TLS")
	f.Bool("implicit_tls", &m.TLS, "Speak TLS from the first byte.").Legacy("DJANGO_EMAIL_USE_SSL")
	f.Bool("verify_tls", &m.VerifyTLS, "Check the mail server's certificate.")
	f.Duration("timeout", &m.Timeout, "Time for one delivery; jobs.timeout bounds it too.").AtLeast(int64(time.Second))
	f.Int("workers", &m.Workers, "Deliveries at once: a mail server that stalls holds up no other work.").AtLeast(1).AtMost(100)
	f.String("from", &m.From, "Sender: an address, or Name <address>.").Legacy("DJANGO_EMAIL_FROM")
	f.String("hello", &m.Hello, "Host name to greet the mail server with (EHLO); \"\" = the domain of from. Many servers refuse a name that is not fully qualified.")
	f.String("brand_name", &m.BrandName, "Name of the product in messages.").Legacy("DJANGO_EMAIL_BRAND_NAME")
	f.String("support_email", &m.Support, "Address for help, shown in messages; \"\" = none.").Legacy("DJANGO_EMAIL_SUPPORT_EMAIL")
	f.String("logo_url", &m.LogoURL, "Picture at the head of messages; \"\" = the name alone.").Legacy("DJANGO_EMAIL_LOGO_IMG")
	f.String("domain", &m.Domain, "Domain that messages show; \"\" = that of base_url.").Legacy("DJANGO_EMAIL_DOMAIN")
	f.String("base_url", &m.BaseURL, "Where links in messages lead; \"\" = http.public_url.").Legacy("DJANGO_EMAIL_APP_BASE_URL")
}

// Sends reports whether messages go anywhere.
func (m *Mail) Sends() bool { return m.Backend != MailSMTP || m.Host != "" }

// ServerPort is the port, or the usual one if none is given.
func (m *Mail) ServerPort() int {
	switch {
	case m.Port != 0:
		return m.Port
	case m.TLS:
		return 465
	}
	return 25
}

// mailBackend maps the replaced product's class names.
func mailBackend(class string) (string, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(class, "django.core.mail.backends."), ".EmailBackend")
	switch name {
	case "smtp", "console":
		return name, nil
	case "dummy", "locmem":
		return MailNone, nil
	}
	return "", fmt.Errorf("%q is not known here: use the smtp or the console backend", class)
}

// normalize fills in what messages say from the gateway's URL.
func (m *Mail) normalize(publicURL string) {
	if m.BaseURL == "" {
		m.BaseURL = publicURL
	}
	m.BaseURL = strings.TrimSuffix(m.BaseURL, "/")
	if u, err := url.Parse(m.BaseURL); err == nil && m.Domain == "" {
		m.Domain = u.Host
	}
}

func (l *loader) validateMail() {
	m := l.config.Mail
	if m.BaseURL != l.config.HTTP.PublicURL { // which is checked under its own name
		l.url("mail.base_url", m.BaseURL, address.Link)
	}
	if m.LogoURL != "" {
		if err := address.Resource.Check(m.LogoURL); err != nil {
			l.warn("mail.logo_url", "no mail program shows it: %v", err)
		}
	}
	if m.Host != "" {
		if err := address.Host(strings.Trim(m.Host, "[]")); err != nil {
			l.fault("mail.host", "%q: %v; the port is mail.port", m.Host, err)
		}
	}
	if m.StartTLS && m.TLS {
		l.fault("mail.implicit_tls", "cannot be combined with mail.starttls")
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		l.fault("mail.from", "%q is not an address: %v", m.From, err)
	}
	if m.Hello != "" && !helloName.MatchString(m.Hello) {
		l.fault("mail.hello", "%q is not a host name or an address literal such as [192.0.2.1] (RFC 5321 4.1.3)", m.Hello)
	}
	if m.Backend != MailSMTP {
		l.warn("mail.backend", "%s: nobody gets mail", m.Backend)
		return
	}
	if m.Host == "" {
		l.warn("mail.host", "not set: no mail is sent, and invitations are refused")
		return
	}
	if m.From == defaultSender {
		l.warn("mail.from", "not set: mail servers refuse messages of %s", defaultSender)
	}
	if m.BaseURL == "" {
		l.warn("mail.base_url", "not set, nor is http.public_url: invitations have no link, and are refused")
	}
	if m.User != "" && !m.StartTLS && !m.TLS && !loopback(m.Host) {
		l.warn("mail.password", "is sent unencrypted: set mail.starttls or mail.implicit_tls")
	}
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}
