package objectstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"foyer/sdk/module"
)

// answerTime bounds the wait for the head of the server's answer; how long its
// body may take is up to the reader.
const answerTime = 10 * time.Second

// reader is the client of Open: it passes bytes on as they are stored.
func reader() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:       http.ProxyFromEnvironment,
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, TLSHandshakeTimeout: 5 * time.Second,
			ResponseHeaderTimeout: answerTime, DisableCompression: true,
			MaxIdleConnsPerHost: 32, IdleConnTimeout: 90 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// conditions are the request headers that Open passes on (RFC 9110 13.1, 14.2).
var conditions = []string{"Range", "If-Range", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since"}

// Open reads an object, or asks about it with HEAD, under the conditions and the
// range in header. The answer is the server's, 200, 206, 304, 412 or 416; the
// caller closes its body. module.ErrNotFound if there is no such object,
// module.ErrUnavailable if the server does not answer or fails.
func (s *Store) Open(ctx context.Context, method, key string, header http.Header) (*http.Response, error) {
	req, err := s.signed(ctx, method, key)
	if err != nil {
		return nil, err
	}
	for _, name := range conditions {
		if v := header.Get(name); v != "" {
			req.Header.Set(name, v) // not signed, and need not be
		}
	}
	resp, err := s.reader.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read %s: %w", key, err)
		}
		return nil, fmt.Errorf("read %s: %w: %w", key, module.ErrUnavailable, err)
	}
	switch resp.StatusCode {
	case http.StatusOK, http.StatusPartialContent, http.StatusNotModified, http.StatusPreconditionFailed, http.StatusRequestedRangeNotSatisfiable:
		return resp, nil
	case http.StatusNotFound:
		err = module.ErrNotFound
	default:
		err = fmt.Errorf("the server answers %s: %w", resp.Status, module.ErrUnavailable)
	}
	return nil, errors.Join(fmt.Errorf("read %s: %w", key, err), resp.Body.Close())
}

// PresignDownload is PresignGet with the type and disposition that the server
// should answer with (response-content-type and response-content-disposition).
func (s *Store) PresignDownload(ctx context.Context, key string, validity time.Duration, contentType, disposition string) (string, error) {
	u, err := s.client.PresignedGetObject(ctx, s.bucket, key, min(validity, LongestPresign), url.Values{
		"response-content-type": {contentType}, "response-content-disposition": {disposition},
	})
	if err != nil {
		return "", fmt.Errorf("sign the address of %s: %w", key, err)
	}
	return u.String(), nil
}
