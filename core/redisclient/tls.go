package redisclient

import (
	"crypto/tls"
	"crypto/x509"

	"github.com/redis/go-redis/v9"
)

// apply puts the certificates into the options of a server. It refuses what would
// go over the wire unencrypted although certificates are configured.
func (t TLS) apply(o *redis.Options) error {
	if t.CA == "" && t.Certificate == "" && t.Key.IsZero() {
		return nil
	}
	if o.TLSConfig == nil {
		return &Fault{"url", "begins with another scheme than rediss://, so that the configured certificates would not be used"}
	}
	if t.CA != "" {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM([]byte(t.CA)) {
			return &Fault{"ca", "has no PEM certificate"}
		}
		o.TLSConfig.RootCAs = pool
	}
	switch {
	case t.Certificate == "" && t.Key.IsZero():
		return nil
	case t.Certificate == "":
		return &Fault{"certificate", "is missing: redis.certificate_key is set"}
	case t.Key.IsZero():
		return &Fault{"certificate_key", "is missing: redis.certificate is set"}
	}
	pair, err := tls.X509KeyPair([]byte(t.Certificate), []byte(t.Key.Reveal()))
	if err != nil {
		return &Fault{"certificate", "and redis.certificate_key are not a pair of PEM texts: " + err.Error()}
	}
	o.TLSConfig.Certificates = []tls.Certificate{pair}
	return nil
}
