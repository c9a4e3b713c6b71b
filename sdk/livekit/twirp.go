package livekit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"
)

// LiveKit's API is Twirp, protocol version 7: a POST of a protobuf message, which
// is answered with another or with an error in JSON
// (twitchtv.github.io/twirp/docs/spec_v7.html).

// The codes of Twirp that are used by name.
const (
	codeBadRoute        = "bad_route"
	codeDenied          = "permission_denied"
	codeExhausted       = "resource_exhausted"
	codeInternal        = "internal"
	codeInvalidArgument = "invalid_argument"
	codeNotFound        = "not_found"
	codeUnauthenticated = "unauthenticated"
	codeUnavailable     = "unavailable"
	codeUnknown         = "unknown"
)

// errTransport: there was no whole answer.
var errTransport = errors.New("no answer")

// answer is an answer that is an error.
type answer struct {
	code, text string
	byProxy    bool // not LiveKit's own
}

func (a *answer) Error() string { return a.code + ": " + a.text }

// call asks for the method name, such as "RoomService.ListRooms", with a token
// for g, and reads the answer into out.
func (c *Client) call(ctx context.Context, via *http.Client, name string, g grant, in, out proto.Message) error {
	token, err := c.token(g)
	if err != nil {
		return fmt.Errorf("livekit %s: %w", name, err)
	}
	body, err := proto.Marshal(in)
	if err != nil {
		return fmt.Errorf("livekit %s: write request: %w", name, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+strings.Replace(name, ".", "/", 1), bytes.NewReader(body))
	if err != nil {
		return wrap(name, err)
	}
	req.Header = http.Header{
		"Accept": {protobufType}, "Content-Type": {protobufType}, "Authorization": {"Bearer " + token},
	}
	if err := exchange(via, req, out); err != nil {
		return wrap(name, err)
	}
	return nil
}

const protobufType = "application/protobuf"

func exchange(via *http.Client, req *http.Request, out proto.Message) error {
	resp, err := via.Do(req)
	if err != nil {
		return fmt.Errorf("%w: %w", errTransport, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Errorf("%w: %w", errTransport, err)
	}
	if resp.StatusCode != http.StatusOK {
		return failure(resp.StatusCode, body)
	}
	// The empty page of a load balancer would be a list without rooms.
	if kind, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); kind != "" && kind != protobufType {
		return &answer{
			code: codeUnavailable, byProxy: true, text: fmt.Sprintf("an answer from an intermediary, of type %.40q", kind),
		}
	}
	if err := proto.Unmarshal(body, out); err != nil {
		return fmt.Errorf("read answer: %w", err)
	}
	return nil
}

// failure reads an answer that is not 200. One without Twirp's JSON is from
// something between us and LiveKit, whose status is read as the specification
// says.
func failure(status int, body []byte) error {
	var said struct {
		Code string            `json:"code"`
		Msg  string            `json:"msg"`
		Meta map[string]string `json:"meta"`
	}
	read := json.NewDecoder(bytes.NewReader(body))
	read.DisallowUnknownFields()
	if read.Decode(&said) == nil && said.Code != "" {
		return &answer{code: said.Code, text: said.Msg}
	}
	return &answer{
		code: codeOfProxy(status), byProxy: true,
		text: fmt.Sprintf("error from an intermediary, with HTTP status %d", status),
	}
}

func codeOfProxy(status int) string {
	switch status {
	case http.StatusBadRequest:
		return codeInternal
	case http.StatusUnauthorized:
		return codeUnauthenticated
	case http.StatusForbidden:
		return codeDenied
	case http.StatusNotFound:
		return codeBadRoute
	case http.StatusTooManyRequests:
		return codeExhausted
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return codeUnavailable
	}
	if status >= 300 && status < 400 {
		return codeInternal
	}
	return codeUnknown
}

// stay makes a client not follow redirects: Twirp has none.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
