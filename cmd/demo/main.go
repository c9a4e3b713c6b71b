package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/internal/dev/livekitserver"
	"foyer/internal/dev/oidcdev"
	externalapi "foyer/modules/external-api"
	"foyer/modules/subtitles"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// startTime bounds the start of the gateway.
const startTime = 30 * time.Second

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "print all addresses, users and keys as one JSON line")
	addr := flags.String("addr", "127.0.0.1:8080", "loopback address of the gateway")
	dir := flags.String("data", "", "folder to keep the data in (default: a temporary one, removed at the end)")
	verbose := flags.Bool("v", false, "log requests and mail to standard error")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	if *dir == "" {
		if *dir, err = os.MkdirTemp("", "foyer-demo-"); err != nil {
			return fmt.Errorf("make a data folder: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(*dir)) }()
	}
	level := slog.LevelWarn
	if *verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))

	if *addr, err = fixedPort(*addr); err != nil {
		return err
	}
	provider, err := oidcdev.Start(ctx, oidcdev.Options{})
	if err != nil {
		return err
	}
	defer provider.Close()
	begun := time.Now()
	tell := func(line string) {
		fmt.Fprintf(stderr, "%6s  %s\n", time.Since(begun).Round(time.Second), line)
	}
	tell("Starting the LiveKit server.")
	media, err := livekitserver.Start(ctx, livekitserver.Options{
		SmallRedis: true, WebhookURLs: []string{"http://" + *addr + livekithook.Path}, Tell: tell,
	})
	if err != nil {
		return err
	}
	defer media.Stop()
	starting, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()

	tell("Starting the gateway.")
	cfg, err := configuration(*addr, *dir, provider, media)
	if err != nil {
		return err
	}
	secret, err := registerProgram(starting, cfg.Database)
	if err != nil {
		return err
	}
	app, err := core.New(starting, core.Options{Config: cfg, Modules: modules, Log: log, Version: "demo"})
	if err != nil {
		return err
	}
	about := describe(app.Addr().String(), provider, media, secret)
	if *asJSON {
		err = about.writeJSON(stdout)
	} else {
		err = about.writeText(stdout)
	}
	if err != nil {
		return errors.Join(err, app.Close(ctx))
	}
	return app.Run(ctx)
}

// fixedPort replaces port 0 with a free port, because LiveKit is told where to send
// webhooks before the gateway listens. Only loopback addresses are accepted: the demo's
// keys are public.
func fixedPort(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", fmt.Errorf("read -addr: %w", err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", fmt.Errorf("-addr %s: the demo is for loopback addresses only, such as 127.0.0.1:8080", addr)
	}
	if port != "0" {
		return addr, nil
	}
	l, err := net.Listen("tcp", addr) //nolint:noctx // closed at once
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// modules returns those that the demo shows.
func modules() []module.Module { return []module.Module{subtitles.New(), externalapi.New()} }

// configuration returns the default configuration with the demo's servers filled in.
func configuration(addr, dir string, p *oidcdev.Provider, m *livekitserver.Server) (*config.Config, error) {
	cfg, _, err := config.Load(config.Source{Modules: modules, Environ: []string{
		"GATEWAY_MODULES__SUBTITLES__ENABLED=true",
		"GATEWAY_MODULES__EXTERNAL_API__ENABLED=true", "GATEWAY_MODULES__EXTERNAL_API__JWT_SECRET_KEY=" + rand.Text() + rand.Text(),
	}})
	if err != nil {
		return nil, err
	}
	cfg.HTTP.Addr = addr
	cfg.Database.Dir = dir
	cfg.OIDC.Issuer, cfg.OIDC.ClientID, cfg.OIDC.ClientSecret = p.Issuer, p.ClientID, conf.NewSecret(p.Secret)
	cfg.OIDC.Scopes = "openid email profile"
	cfg.LiveKit.URL, cfg.LiveKit.APIKey, cfg.LiveKit.APISecret = m.URL, m.Key, conf.NewSecret(m.Secret)
	cfg.Mail.Backend, cfg.Mail.BaseURL, cfg.Mail.Domain = config.MailConsole, "http://"+addr, addr
	cfg.Diagnostics.ConnectionTest = true
	cfg.Telemetry.MetricsAddr = ""
	return cfg, nil
}
