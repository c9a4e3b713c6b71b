package config_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/sdk/conf"
)

func TestMail_takes_the_replaced_server_s_variables(t *testing.T) {
	password := write(t, "password", "hunter2\n")
	c := mustLoad(t, "", "DJANGO_EMAIL_BACKEND=django.core.mail.backends.smtp.EmailBackend", "DJANGO_EMAIL_HOST=mail.example.org",
		"DJANGO_EMAIL_PORT=587", "DJANGO_EMAIL_HOST_USER=meet", "DJANGO_EMAIL_HOST_PASSWORD_FILE="+password, "DJANGO_EMAIL_USE_TLS=yes",
		"DJANGO_EMAIL_USE_SSL=", "DJANGO_EMAIL_FROM=Meet <meet@example.org>", "DJANGO_EMAIL_BRAND_NAME=Meet",
		"DJANGO_EMAIL_SUPPORT_EMAIL=help@example.org", "DJANGO_EMAIL_LOGO_IMG=https://meet.example.org/logo.png",
		"DJANGO_EMAIL_DOMAIN=meet.example.org", "DJANGO_EMAIL_APP_BASE_URL=https://meet.example.org/",
		"CONNECTION_TEST_ENABLED=1", "CONNECTION_TEST_TOKEN_TTL_SECONDS=60", "CONNECTION_TEST_ROOM_EXTRA_AGE_SECONDS=0")
	require.Equal(t, config.Mail{
		Backend: config.MailSMTP, Host: "mail.example.org", Port: 587, User: "meet", Password: conf.NewSecret("hunter2"), StartTLS: true,
		VerifyTLS: true, Timeout: 30 * time.Second, Workers: 4, From: "Meet <meet@example.org>", BrandName: "Meet",
		Support: "help@example.org", LogoURL: "https://meet.example.org/logo.png", Domain: "meet.example.org", BaseURL: "https://meet.example.org",
	}, c.Mail)
	require.Equal(t, config.Diagnostics{ConnectionTest: true, TokenTTL: time.Minute}, c.Diagnostics)
	require.True(t, c.FlagValues()[config.ConnectionTestFlag])
	for class, want := range map[string]string{"console": config.MailConsole, "dummy": config.MailNone, "locmem": config.MailNone} {
		require.Equal(t, want, mustLoad(t, "", "DJANGO_EMAIL_BACKEND=django.core.mail.backends."+class+".EmailBackend").Mail.Backend)
	}
}

func TestMail_fills_what_is_not_said(t *testing.T) {
	c := mustLoad(t, "http: {public_url: 'https://meet.example.org'}\nmail: {host: mail.example.org, from: meet@example.org}")
	require.Equal(t, []any{"https://meet.example.org", "meet.example.org"}, []any{c.Mail.BaseURL, c.Mail.Domain})
	require.Equal(t, 25, c.Mail.ServerPort())
	require.Equal(t, 465, mustLoad(t, "mail: {implicit_tls: true}").Mail.ServerPort())
}

func TestMail_warns_and_refuses(t *testing.T) {
	const server = "mail: {host: mail.example.org, from: meet@example.org, base_url: 'https://meet.example.org'"
	for _, x := range []struct{ text, want string }{
		{"", "mail.host: not set: no mail is sent, and invitations are refused"},
		{"mail: {backend: console}", "config.yaml:1: mail.backend: console: nobody gets mail"},
		{"mail: {host: h}", "mail.from: not set: mail servers refuse messages of from@example.com"},
		{"mail: {host: h}", "mail.base_url: not set, nor is http.public_url: invitations have no link, and are refused"},
		{server + ", user: u, password: p}", "config.yaml:1: mail.password: is sent unencrypted: set mail.starttls or mail.implicit_tls"},
	} {
		_, warnings, err := load(t, x.text)
		require.NoError(t, err)
		require.Contains(t, relative(warnings), x.want)
	}
	_, warnings, err := load(t, server+", user: u, password: p, starttls: true}")
	require.NoError(t, err)
	require.NotContains(t, fmtAll(warnings), "mail.")

	for _, x := range []struct{ text, want string }{
		{"mail: {starttls: true, implicit_tls: true}", "config.yaml:1: mail.implicit_tls: cannot be combined with mail.starttls"},
		{"mail: {from: nobody}", `config.yaml:1: mail.from: "nobody" is not an address: mail: missing '@' or angle-addr`},
		{"mail: {base_url: meet}", `config.yaml:1: mail.base_url: "meet" is not a URL such as https://example.org/path`},
		{"flags: {values: {connection_test: true}}", "config.yaml:1: flags.values: connection_test is a setting: set diagnostics.connection_test"},
		{"livekit: {connection_test_room_prefix: ''}", "config.yaml:1: livekit.connection_test_room_prefix: must be given: without it every room would count as a test"},
	} {
		_, _, err := load(t, x.text)
		require.ErrorContains(t, err, x.want)
	}
	_, _, err = load(t, "", "DJANGO_EMAIL_BACKEND=django.core.mail.backends.filebased.EmailBackend")
	require.ErrorContains(t, err, "use the smtp or the console backend")
}

// relative returns the texts of warnings, with only the base name of the file.
func relative(warnings []config.Warning) []string {
	for i := range warnings {
		if filepath.IsAbs(warnings[i].Origin) {
			warnings[i].Origin = filepath.Base(warnings[i].Origin)
		}
	}
	return texts(warnings)
}
