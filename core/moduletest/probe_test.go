package moduletest_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// probe is a module that does everything a module can.
type probe struct {
	config probeConfig
	host   module.Host
	heard  atomic.Int64
	worked atomic.Int64
	next   chan struct{} // lets stream continue
}

type probeConfig struct {
	Greeting string
	Refuse   bool
	Farewell time.Duration
	Token    conf.Secret
}

func (c *probeConfig) Fields(f *conf.Fields) {
	f.String("greeting", &c.Greeting, "What it says.")
	f.Bool("refuse", &c.Refuse, "Fail at start.")
	f.Section("peer", conf.Group(func(f *conf.Fields) { f.Secret("token", &c.Token, "What a peer shows.") }), "A peer.")
	f.Duration("farewell", &c.Farewell, "What a stop takes.")
}

func newProbe() module.Module {
	return &probe{config: probeConfig{Greeting: "hello"}, next: make(chan struct{})}
}

func (p *probe) Name() string         { return "probe" }
func (p *probe) Prefix() string       { return "/probe/" }
func (p *probe) Config() conf.Section { return &p.config }
func (p *probe) Needs() module.Needs {
	return module.Needs{Rooms: true, KV: true, Jobs: true, Mail: true}
}

func (p *probe) Routes() []module.Route {
	return []module.Route{
		{Method: http.MethodGet, Path: "/probe/say/:what/", Access: module.Public, Handler: http.HandlerFunc(p.say)},
		{Method: http.MethodGet, Path: "/probe/secret/", Access: module.Session, Limit: "probe", Handler: http.HandlerFunc(p.who)},
		{Method: http.MethodGet, Path: "/probe/peer/", Access: module.Secret("peer.token"), Handler: http.HandlerFunc(p.program)},
		{Method: http.MethodGet, Path: "/probe/program/", Access: module.ApplicationToken("probe:read"), Limit: "probe", Handler: http.HandlerFunc(p.program)},
		{Method: http.MethodDelete, Path: "/probe/program/", Access: module.ApplicationToken(""), Handler: http.HandlerFunc(p.program)},
		{Method: http.MethodGet, Path: "/probe/meeting/:room/", Access: module.LiveKitToken, Handler: http.HandlerFunc(p.program)},
		{Method: http.MethodGet, Path: "/probe/meeting-or-not/:room/", Access: module.LiveKitTokenOrSession, Handler: http.HandlerFunc(p.program)},
		{Method: http.MethodGet, Path: "/probe/staff/", Access: module.Staff, Handler: http.HandlerFunc(p.who)},
		{Method: http.MethodGet, Path: "/probe/page/", Access: module.SignIn, AnyType: true, Handler: http.HandlerFunc(p.who)},
		{Method: http.MethodGet, Path: "/probe/extra/", Flag: "extra", Access: module.Public, Handler: http.HandlerFunc(p.say)},
		{Method: http.MethodGet, Path: "/probe/hook/", Flag: "probe_hook", Apart: true, Access: module.Public, Handler: http.HandlerFunc(p.say)},
		{Method: http.MethodGet, Path: "/probe/room/:room/", Access: module.Public, Handler: http.HandlerFunc(p.room)},
		{Method: http.MethodGet, Path: "/probe/user/", Access: module.Public, Handler: http.HandlerFunc(p.user)},
		{Method: http.MethodGet, Path: "/probe/stream/", Access: module.Public, Handler: http.HandlerFunc(p.stream)},
		{Method: http.MethodGet, Path: "/probe/next/", Access: module.Public, Handler: http.HandlerFunc(p.goOn)},
		{Method: http.MethodGet, Path: "/probe/upgrade/", Access: module.Public, Handler: http.HandlerFunc(p.upgrade)},
		{Method: http.MethodPost, Path: "/probe/body/", Access: module.Public, Handler: http.HandlerFunc(p.body)},
		{Method: http.MethodPost, Path: "/probe/echo/", Access: module.Public, Handler: http.HandlerFunc(p.echo)},
		{Method: http.MethodPost, Path: "/probe/mail/", Access: module.Public, Handler: http.HandlerFunc(p.mail)},
		{Method: http.MethodGet, Path: "/probe/counts/", Access: module.Public, Handler: http.HandlerFunc(p.counts)},
		{Method: http.MethodGet, Path: "/probe/panic/", Access: module.Public, Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("probe") })},
		{Method: http.MethodGet, Path: "/probe/end/:how/", Access: module.Public, Handler: http.HandlerFunc(p.end)},
		{Method: http.MethodPost, Path: "/probe/end/:how/", Access: module.Public, Handler: http.HandlerFunc(p.end)},
		{Method: http.MethodGet, Path: "/probe/kv/", Access: module.Public, Handler: http.HandlerFunc(p.kv)},
		{Method: http.MethodGet, Path: "/probe/slow/", Access: module.Public, Handler: http.HandlerFunc(p.slow)},
		{Method: http.MethodGet, Path: "/probe/files/:room/*rest", Access: module.Public, Handler: http.HandlerFunc(p.rest)},
		{Method: http.MethodGet, Path: "/probe/brief/", Access: module.Public, Handler: http.HandlerFunc(p.brief)},
		{Method: http.MethodGet, Path: "/probe/stuck/", Access: module.Public, Handler: http.HandlerFunc(p.stuck)},
	}
}

func (p *probe) Start(ctx context.Context, h module.Host) error {
	p.host = h
	if p.config.Refuse {
		return errors.New("refused as configured")
	}
	return ctx.Err()
}

func (p *probe) Stop(context.Context) error {
	time.Sleep(p.config.Farewell)
	return nil
}

func (p *probe) Validate() error {
	if p.config.Greeting == "" {
		return errors.New("greeting: must not be empty")
	}
	return nil
}

func (p *probe) Events() []string { return []string{"room_finished"} }

func (p *probe) Listen(_ context.Context, e module.Event) error {
	if e.Room == "missing" {
		return fmt.Errorf("find room: %w", module.ErrNotFound)
	}
	p.heard.Add(1)
	return nil
}

func (p *probe) Work(_ context.Context, j module.Job) error {
	if j.Kind == "panic" {
		panic("probe")
	}
	if j.Kind == "hopeless" {
		return fmt.Errorf("no way: %w", module.ErrGiveUp)
	}
	p.worked.Add(int64(j.Attempt))
	return nil
}

func (p *probe) Check(ctx context.Context) error {
	if _, err := p.host.KV().Get(ctx, "sick"); !errors.Is(err, module.ErrNotFound) {
		return fmt.Errorf("sick: %w", module.ErrUnavailable)
	}
	return nil
}

func (p *probe) Advertise() map[string]any {
	return map[string]any{"probe": map[string]any{"enabled": true, "greeting": p.config.Greeting}}
}

func (p *probe) say(w http.ResponseWriter, r *http.Request) {
	forwarded, client := r.Header.Get("X-Forwarded-For"), ""
	if forwarded == "" {
		client = module.CallerFrom(r.Context()).Address
	}
	origin, configured := module.Origin(r)
	reply.JSON(w, r, http.StatusOK, map[string]any{
		"origin": origin, "configured": configured,
		"said": p.config.Greeting, "what": r.PathValue("what"), "bytes": []byte(r.PathValue("what")), "query": r.URL.RawQuery, "host": r.Host,
		"scheme": r.URL.Scheme, "address": module.CallerFrom(r.Context()).Address,
		"forged": r.Header.Get("X-Foyer-Caller") + r.Header.Get("X-Foyer-Token"), "cookie": r.Header.Get("Cookie"),
		"forwarded": forwarded, "client": client, "full": r.Pattern,
	})
}

func (p *probe) rest(w http.ResponseWriter, r *http.Request) {
	reply.JSON(w, r, http.StatusOK, map[string]any{"room": r.PathValue("room"), "rest": r.PathValue("rest"), "full": r.Pattern})
}

func (p *probe) who(w http.ResponseWriter, r *http.Request) {
	reply.JSON(w, r, http.StatusOK, module.CallerFrom(r.Context()))
}

// program answers with the caller and everything that the handler can see of the
// request.
func (p *probe) program(w http.ResponseWriter, r *http.Request) {
	reply.JSON(w, r, http.StatusOK, map[string]any{"caller": module.CallerFrom(r.Context()), "header": r.Header})
}

func (p *probe) room(w http.ResponseWriter, r *http.Request) {
	room, err := p.host.Rooms().Find(r.Context(), r.PathValue("room"))
	if errors.Is(err, module.ErrNotFound) {
		reply.Fail(w, r, reply.NoMatch("Room"))
		return
	}
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, room)
}

// user asks for a service that the module did not declare.
func (p *probe) user(w http.ResponseWriter, r *http.Request) {
	_, err := p.host.Users().ByID(r.Context(), uuid.Nil)
	reply.JSON(w, r, http.StatusOK, map[string]bool{"not_granted": errors.Is(err, module.ErrNotGranted)})
}

func (p *probe) counts(w http.ResponseWriter, r *http.Request) {
	reply.JSON(w, r, http.StatusOK, map[string]int64{"heard": p.heard.Load(), "worked": p.worked.Load()})
}

// stream sends an event, and the next only when told to go on.
func (p *probe) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 3 {
		fmt.Fprintf(w, "data: %d\n\n", i)
		_ = http.NewResponseController(w).Flush()
		select {
		case <-r.Context().Done():
			return
		case <-p.next:
		}
	}
}

func (p *probe) goOn(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case p.next <- struct{}{}:
	}
}

// upgrade speaks its own line protocol after the switch.
func (p *probe) upgrade(w http.ResponseWriter, r *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	defer conn.Close()
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: probe\r\n\r\n")
	_ = rw.Flush()
	in := bufio.NewReader(rw)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "echo "+line)
	}
}

// body reads everything and answers with its checksum and the memory it took.
func (p *probe) body(w http.ResponseWriter, r *http.Request) {
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	reply.JSON(w, r, http.StatusOK, map[string]any{"bytes": n, "sum": fmt.Sprintf("%x", sum.Sum(nil)), "sys": m.Sys})
}

// echo answers each line as it arrives, while the body is still being sent.
func (p *probe) echo(w http.ResponseWriter, r *http.Request) {
	_ = http.NewResponseController(w).EnableFullDuplex()
	_ = http.NewResponseController(w).Flush()
	in := bufio.NewScanner(r.Body)
	for in.Scan() {
		fmt.Fprintln(w, strings.ToUpper(in.Text()))
		_ = http.NewResponseController(w).Flush()
	}
}

// inside tells the test, through the shared store, that the request is running.
func (p *probe) inside(r *http.Request) {
	_ = p.host.KV().Put(r.Context(), "inside", []byte("yes"), 0)
}

// stuck ends only when it has to.
func (p *probe) stuck(w http.ResponseWriter, r *http.Request) {
	p.inside(r)
	<-r.Context().Done()
	reply.Fail(w, r, context.Cause(r.Context()))
}

func (p *probe) slow(w http.ResponseWriter, r *http.Request) {
	p.inside(r)
	select {
	case <-r.Context().Done():
		reply.Fail(w, r, context.Cause(r.Context()))
	case <-time.After(300 * time.Millisecond):
		reply.JSON(w, r, http.StatusOK, "late")
	}
}

// brief takes just long enough that somebody is always inside.
func (p *probe) brief(w http.ResponseWriter, r *http.Request) {
	time.Sleep(3 * time.Millisecond)
	reply.JSON(w, r, http.StatusOK, "soon")
}

// kv answers with the results of the host's key-value store.
func (p *probe) kv(w http.ResponseWriter, r *http.Request) {
	ctx, kv := r.Context(), p.host.KV()
	_, missing := kv.Get(ctx, "k")
	first, err1 := kv.PutIfAbsent(ctx, "k", []byte("v"), 0)
	second, err2 := kv.PutIfAbsent(ctx, "k", []byte("w"), time.Hour)
	value, err3 := kv.Get(ctx, "k")
	others, err4 := kv.DeleteIf(ctx, "k", []byte("w"))
	ours, err5 := kv.DeleteIf(ctx, "k", []byte("v"))
	err6 := kv.Put(ctx, "k", []byte("short"), time.Millisecond)
	time.Sleep(5 * time.Millisecond)
	_, expired := kv.Get(ctx, "k")
	err7 := kv.Put(ctx, "k", []byte{}, 0)
	empty, err8 := kv.Get(ctx, "k")
	err9 := kv.Delete(ctx, "k")
	err10 := kv.Delete(ctx, "k")
	if err := errors.Join(err1, err2, err3, err4, err5, err6, err7, err8, err9, err10); err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string]any{
		"missing": errors.Is(missing, module.ErrNotFound), "first": first, "second": second, "value": string(value),
		"others": others, "ours": ours, "expired": errors.Is(expired, module.ErrNotFound), "empty": len(empty),
	})
}

// mute is a module with nothing but a name.
type mute struct{ module.Module }

func newMute() module.Module { return mute{} }

func (mute) Name() string                             { return "mute" }
func (mute) Config() conf.Section                     { return conf.Group(func(*conf.Fields) {}) }
func (mute) Needs() module.Needs                      { return module.Needs{} }
func (mute) Routes() []module.Route                   { return nil }
func (mute) Start(context.Context, module.Host) error { return nil }
func (mute) Stop(context.Context) error               { return nil }
