package redisdev

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificates come from a private authority, for servers on 127.0.0.1 that require
// client certificates too. All are PEM files.
type Certificates struct {
	CA, Certificate, Key string
}

// CertificatesT makes certificates for a test.
func CertificatesT(t testing.TB) Certificates {
	t.Helper()
	c, err := newCertificates(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Options returns those of a server with the certificates, and of its clients.
func (c Certificates) Options() (Options, error) {
	ca, err := os.ReadFile(c.CA)
	if err != nil {
		return Options{}, err
	}
	pair, err := tls.LoadX509KeyPair(c.Certificate, c.Key)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	return Options{
		Args: []string{
			"--tls-cert-file", c.Certificate, "--tls-key-file", c.Key, "--tls-ca-cert-file", c.CA,
			"--tls-auth-clients", "yes", "--tls-replication", "yes",
		},
		TLS: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
	}, err
}

func newCertificates(dir string) (Certificates, error) {
	c := Certificates{CA: filepath.Join(dir, "ca.pem"), Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return c, err
	}
	authority := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	member := x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "redis"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	ca, err := x509.CreateCertificate(rand.Reader, &authority, &authority, &caKey.PublicKey, caKey)
	if err != nil {
		return c, err
	}
	cert, err := x509.CreateCertificate(rand.Reader, &member, &authority, &key.PublicKey, caKey)
	if err != nil {
		return c, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	return c, errors.Join(err, write(c.CA, "CERTIFICATE", ca), write(c.Certificate, "CERTIFICATE", cert), write(c.Key, "PRIVATE KEY", private))
}

func write(path, kind string, der []byte) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
