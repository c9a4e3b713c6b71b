package plugin

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"foyer/sdk/plugin/wire"
)

// serveGRPC is what goplugin.Serve does for gRPC and mutual TLS, the only form that
// the gateway starts (its docs/internals.md and server.go, version 1.8). It returns
// when the gateway asks the process to end.
//
// goplugin.Serve serves net/rpc as well, which looks methods up at run time: with
// it in the program the linker leaves out no exported method of any type (ADR 46).
func serveGRPC(protocol uint, s *moduleServer, log *slog.Logger) error {
	listener, err := listen()
	if err != nil {
		return err
	}
	defer listener.Close()
	conf, certificate, err := mutualTLS([]byte(os.Getenv("PLUGIN_CLIENT_CERT")))
	if err != nil {
		return err
	}
	// What the module prints reaches the gateway through gRPC.
	stdout, newStdout, err := os.Pipe()
	if err != nil {
		return err
	}
	stderr, newStderr, err := os.Pipe()
	if err != nil {
		return err
	}
	server := &goplugin.GRPCServer{
		Plugins: goplugin.PluginSet{wire.PluginName: &servedPlugin{server: s}},
		Server: func(opts []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(opts, wire.ServerOptions(log)...)...)
		},
		TLS: conf, DoneCh: make(chan struct{}), Stdout: endless{stdout}, Stderr: endless{stderr},
	}
	if err := server.Init(); err != nil {
		return fmt.Errorf("start gRPC: %w", err)
	}
	line := fmt.Sprintf("%d|%d|unix|%s|%s|%s", goplugin.CoreProtocolVersion, protocol, listener.Addr(), goplugin.ProtocolGRPC, certificate)
	if _, err := fmt.Fprintln(os.Stdout, line); err != nil {
		return fmt.Errorf("tell the gateway the address: %w", err)
	}
	// Ctrl-C in a terminal is for the gateway, which then ends its modules.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	os.Stdout, os.Stderr = newStdout, newStderr
	go server.Serve(listener)
	<-server.DoneCh
	return nil
}

// listen opens a socket in the folder that the gateway made for this process.
// Closing the listener removes it.
func listen() (net.Listener, error) {
	socket := filepath.Join(os.Getenv(goplugin.EnvUnixSocketDir), "plugin"+rand.Text()[:10])
	l, err := net.Listen("unix", socket) //nolint:noctx // returns at once
	if err != nil {
		return nil, fmt.Errorf("listen for the gateway: %w", err)
	}
	return l, nil
}

// mutualTLS accepts the gateway's certificate for this start only, and makes one for
// this end, returned in the form of the line that the gateway reads.
func mutualTLS(gateway []byte) (*tls.Config, string, error) {
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(gateway) {
		return nil, "", errors.New("the gateway gave no certificate in PLUGIN_CLIENT_CERT")
	}
	own, err := certificate()
	if err != nil {
		return nil, "", fmt.Errorf("make a certificate: %w", err)
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{own},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
		RootCAs: pool, ServerName: tlsName, // for services of the gateway, which the broker dials
	}, base64.RawStdEncoding.EncodeToString(own.Certificate[0]), nil
}

// tlsName is the name that both ends' certificates have.
const tlsName = "localhost"

func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
	if err != nil {
		return tls.Certificate{}, err
	}
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: tlsName}, DNSNames: []string{tlsName},
		NotBefore: time.Now().Add(-30 * time.Second), NotAfter: time.Now().AddDate(30, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		IsCA:        true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}

// endless is the read end of a pipe whose write end a module may close, also without
// meaning to: a file that nobody names any more is closed. At its end GRPCServer
// would log, but only goplugin.Serve can give it a logger; without one it panics.
type endless struct{ io.Reader }

func (e endless) Read(p []byte) (int, error) {
	n, err := e.Reader.Read(p)
	if err != nil && n == 0 {
		select {} // there is nothing more to read, for as long as the process lives
	}
	return n, nil
}
