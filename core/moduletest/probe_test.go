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

	"github.com/gin-gonic/gin"
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
	next   chan struct{} // lets stream go on
}

type probeConfig struct {
	Greeting string
	Refuse   bool
	Farewell time.Duration
	Token    conf.Secret
}

// Fields declares the section.
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
		{Method: http.MethodGet, Path: "/probe/say/:what/", Access: module.Public, Handler: p.say},
		{Method: http.MethodGet, Path: "/probe/secret/", Access: module.Session, Limit: "probe", Handler: p.who},
		{Method: http.MethodGet, Path: "/probe/peer/", Access: module.Secret("peer.token"), Handler: p.program},
		{Method: http.MethodGet, Path: "/probe/program/", Access: module.ApplicationToken("probe:read"), Limit: "probe", Handler: p.program},
		{Method: http.MethodDelete, Path: "/probe/program/", Access: module.ApplicationToken(""), Handler: p.program},
		{Method: http.MethodGet, Path: "/probe/meeting/:room/", Access: module.LiveKitToken, Handler: p.program},
		{Method: http.MethodGet, Path: "/probe/meeting-or-not/:room/", Access: module.LiveKitTokenOrSession, Handler: p.program},
		{Method: http.MethodGet, Path: "/probe/staff/", Access: module.Staff, Handler: p.who},
		{Method: http.MethodGet, Path: "/probe/page/", Access: module.SignIn, AnyType: true, Handler: p.who},
		{Method: http.MethodGet, Path: "/probe/extra/", Flag: "extra", Access: module.Public, Handler: p.say},
		{Method: http.MethodGet, Path: "/probe/hook/", Flag: "probe_hook", Apart: true, Access: module.Public, Handler: p.say},
		{Method: http.MethodGet, Path: "/probe/room/:room/", Access: module.Public, Handler: p.room},
		{Method: http.MethodGet, Path: "/probe/user/", Access: module.Public, Handler: p.user},
		{Method: http.MethodGet, Path: "/probe/stream/", Access: module.Public, Handler: p.stream},
		{Method: http.MethodGet, Path: "/probe/next/", Access: module.Public, Handler: p.goOn},
		{Method: http.MethodGet, Path: "/probe/upgrade/", Access: module.Public, Handler: p.upgrade},
		{Method: http.MethodPost, Path: "/probe/body/", Access: module.Public, Handler: p.body},
		{Method: http.MethodPost, Path: "/probe/echo/", Access: module.Public, Handler: p.echo},
		{Method: http.MethodPost, Path: "/probe/mail/", Access: module.Public, Handler: p.mail},
		{Method: http.MethodGet, Path: "/probe/counts/", Access: module.Public, Handler: p.counts},
		{Method: http.MethodGet, Path: "/probe/panic/", Access: module.Public, Handler: func(*gin.Context) { panic("probe") }},
		{Method: http.MethodGet, Path: "/probe/kv/", Access: module.Public, Handler: p.kv},
		{Method: http.MethodGet, Path: "/probe/slow/", Access: module.Public, Handler: p.slow},
		{Method: http.MethodGet, Path: "/probe/files/:room/*rest", Access: module.Public, Handler: p.rest},
		{Method: http.MethodGet, Path: "/probe/brief/", Access: module.Public, Handler: p.brief},
		{Method: http.MethodGet, Path: "/probe/stuck/", Access: module.Public, Handler: p.stuck},
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

func (p *probe) say(c *gin.Context) {
	forwarded, client := c.GetHeader("X-Forwarded-For"), ""
	if forwarded == "" {
		client = c.ClientIP()
	}
	origin, configured := module.Origin(c.Request)
	reply.JSON(c, http.StatusOK, map[string]any{
		"origin": origin, "configured": configured,
		"said": p.config.Greeting, "what": c.Param("what"), "query": c.Request.URL.RawQuery, "host": c.Request.Host,
		"scheme": c.Request.URL.Scheme, "address": module.CallerFrom(c.Request.Context()).Address,
		"forged": c.GetHeader("X-Foyer-Caller") + c.GetHeader("X-Foyer-Token"), "cookie": c.GetHeader("Cookie"),
		"forwarded": forwarded, "client": client, "full": c.FullPath(),
	})
}

func (p *probe) rest(c *gin.Context) {
	reply.JSON(c, http.StatusOK, map[string]any{"room": c.Param("room"), "rest": c.Param("rest"), "full": c.FullPath()})
}

func (p *probe) who(c *gin.Context) {
	reply.JSON(c, http.StatusOK, module.CallerFrom(c.Request.Context()))
}

// program shows who calls, and all that the handler can see of the request.
func (p *probe) program(c *gin.Context) {
	reply.JSON(c, http.StatusOK, map[string]any{"caller": module.CallerFrom(c.Request.Context()), "header": c.Request.Header})
}

func (p *probe) room(c *gin.Context) {
	r, err := p.host.Rooms().Find(c.Request.Context(), c.Param("room"))
	if errors.Is(err, module.ErrNotFound) {
		reply.Fail(c, reply.NoMatch("Room"))
		return
	}
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, r)
}

// user asks for a service that the module did not name.
func (p *probe) user(c *gin.Context) {
	_, err := p.host.Users().ByID(c.Request.Context(), uuid.Nil)
	reply.JSON(c, http.StatusOK, map[string]bool{"not_granted": errors.Is(err, module.ErrNotGranted)})
}

func (p *probe) counts(c *gin.Context) {
	reply.JSON(c, http.StatusOK, map[string]int64{"heard": p.heard.Load(), "worked": p.worked.Load()})
}

// stream sends an event, and the next one only when it is told to go on.
func (p *probe) stream(c *gin.Context) {
	c.Header("Content-Type", "text/event-stream")
	for i := range 3 {
		fmt.Fprintf(c.Writer, "data: %d\n\n", i)
		c.Writer.Flush()
		select {
		case <-c.Request.Context().Done():
			return
		case <-p.next:
		}
	}
}

func (p *probe) goOn(c *gin.Context) {
	select {
	case <-c.Request.Context().Done():
	case p.next <- struct{}{}:
	}
}

// upgrade speaks a line protocol of its own after the switch.
func (p *probe) upgrade(c *gin.Context) {
	conn, rw, err := c.Writer.Hijack()
	if err != nil {
		reply.Fail(c, err)
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

// body reads everything and tells its sum and the memory that took.
func (p *probe) body(c *gin.Context) {
	sum := sha256.New()
	n, err := io.Copy(sum, c.Request.Body)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	reply.JSON(c, http.StatusOK, map[string]any{"bytes": n, "sum": fmt.Sprintf("%x", sum.Sum(nil)), "sys": m.Sys})
}

// echo answers each line as it comes, while the body is still being sent.
func (p *probe) echo(c *gin.Context) {
	_ = http.NewResponseController(c.Writer).EnableFullDuplex()
	c.Writer.WriteHeaderNow()
	c.Writer.Flush()
	in := bufio.NewScanner(c.Request.Body)
	for in.Scan() {
		fmt.Fprintln(c.Writer, strings.ToUpper(in.Text()))
		c.Writer.Flush()
	}
}

// inside tells the test, by the store that it can see, that the request runs.
func (p *probe) inside(c *gin.Context) {
	_ = p.host.KV().Put(c.Request.Context(), "inside", []byte("yes"), 0)
}

// stuck ends when it must.
func (p *probe) stuck(c *gin.Context) {
	p.inside(c)
	<-c.Request.Context().Done()
	reply.Fail(c, context.Cause(c.Request.Context()))
}

func (p *probe) slow(c *gin.Context) {
	p.inside(c)
	select {
	case <-c.Request.Context().Done():
		reply.Fail(c, context.Cause(c.Request.Context()))
	case <-time.After(300 * time.Millisecond):
		reply.JSON(c, http.StatusOK, "late")
	}
}

// brief takes so long that somebody is always inside.
func (p *probe) brief(c *gin.Context) {
	time.Sleep(3 * time.Millisecond)
	reply.JSON(c, http.StatusOK, "soon")
}

// kv tells what the host's keys answer.
func (p *probe) kv(c *gin.Context) {
	ctx, kv := c.Request.Context(), p.host.KV()
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
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, map[string]any{
		"missing": errors.Is(missing, module.ErrNotFound), "first": first, "second": second, "value": string(value),
		"others": others, "ours": ours, "expired": errors.Is(expired, module.ErrNotFound), "empty": len(empty),
	})
}

// mute is a module that has nothing but a name.
type mute struct{ module.Module }

func newMute() module.Module { return mute{} }

func (mute) Name() string                             { return "mute" }
func (mute) Config() conf.Section                     { return conf.Group(func(*conf.Fields) {}) }
func (mute) Needs() module.Needs                      { return module.Needs{} }
func (mute) Routes() []module.Route                   { return nil }
func (mute) Start(context.Context, module.Host) error { return nil }
func (mute) Stop(context.Context) error               { return nil }
