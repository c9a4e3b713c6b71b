package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/legacy/credential"
	"foyer/core/livekithook"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

// household is an installed gateway with its own database, and people with rooms.
type household struct {
	gateway   *gateway
	database  int         // the postmaster's process, 0 on SQLite
	room      store.Room  // public
	few, many http.Header // of the sessions of people with 20 and with 10,000 rooms
	at        config.Database
	closing   []func() error
}

// The accounts with few and with many rooms; and how many.
const (
	fewRooms  = 20
	manyRooms = 10_000
)

func newHousehold(ctx context.Context, dir, engine, binary string, further ...string) (_ *household, err error) {
	h := &household{}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.stop())
		}
	}()
	people, err := oidcdev.Start(ctx, oidcdev.Options{})
	if err != nil {
		return nil, err
	}
	h.closing = append(h.closing, people.Close)
	cfg, err := configuration(dir, "", nil, nil)
	if err != nil {
		return nil, err
	}
	environ := append(programsOn("inprocess"), "GATEWAY_THROTTLES__EXTERNAL_TOKEN=10000000/second", "GATEWAY_THROTTLES__WEBHOOK=",
		"OIDC_OP_URL="+people.Issuer, "OIDC_RP_CLIENT_ID="+people.ClientID, "OIDC_RP_CLIENT_SECRET="+people.Secret)
	environ = append(environ, further...)
	if engine == "PostgreSQL" {
		pg, err := pgdev.Serve()
		if err != nil {
			return nil, err
		}
		h.closing, h.database = append(h.closing, pg.Stop), pg.PID
		environ = append(environ, "GATEWAY_DATABASE__URL="+pg.URL)
		cfg.Database.URL = conf.NewSecret(pg.URL)
	}
	h.at = cfg.Database
	if h.gateway, err = launch(ctx, binary, cfg.Database.Dir, environ...); err != nil {
		return nil, err
	}
	h.closing = append(h.closing, h.gateway.end)
	if h.few, err = h.signIn("ada"); err != nil {
		return nil, err
	}
	if h.many, err = h.signIn("grace"); err != nil {
		return nil, err
	}
	return h, h.fill(ctx)
}

func (h *household) stop() (err error) {
	for i := len(h.closing) - 1; i >= 0; i-- {
		err = errors.Join(err, h.closing[i]())
	}
	return err
}

// signIn signs somebody in and returns the headers of their session.
func (h *household) signIn(name string) (http.Header, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar, Timeout: 30 * time.Second}
	r, err := browser.Get(h.gateway.url + "/api/v1.0/authenticate/?login_hint=" + name + "&returnTo=/api/v1.0/users/me/")
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	_ = r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("sign in: %s", r.Status)
	}
	u, err := url.Parse(h.gateway.url)
	if err != nil {
		return nil, err
	}
	session := &http.Request{Header: http.Header{}}
	for _, c := range jar.Cookies(u) {
		session.AddCookie(c)
	}
	return session.Header, nil
}

// fill writes the rooms and the application.
func (h *household) fill(ctx context.Context) error {
	db, err := store.Open(ctx, h.at)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := seedApplication(ctx, db); err != nil {
		return err
	}
	for sub, n := range map[string]int{"ada": fewRooms, "grace": manyRooms} {
		owner, err := db.UserBySub(ctx, sub)
		if err != nil {
			return err
		}
		err = db.InTx(ctx, func(tx *store.Tx) error {
			for i := range n {
				name := fmt.Sprintf("Room %d of %s", i*7919%n, sub)
				h.room, err = tx.CreateRoom(ctx, store.Room{Name: name, Slug: sub + "-" + strconv.Itoa(i), AccessLevel: store.Public}, owner.ID)
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("make rooms: %w", err)
		}
	}
	if err := crowded(ctx, db); err != nil {
		return err
	}
	if pool := db.PgxPool(); pool != nil {
		_, err = pool.Exec(ctx, `VACUUM ANALYZE`) // as the server does by itself within minutes
	}
	return err
}

// crowded makes others who have rooms too: how many rooms people have on the average is
// what PostgreSQL plans by.
func crowded(ctx context.Context, db *store.Store) error {
	return db.InTx(ctx, func(tx *store.Tx) error {
		for i := range 400 {
			sub := fmt.Sprint("other-", i)
			u, err := tx.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
			if err != nil {
				return fmt.Errorf("make accounts: %w", err)
			}
			for n := range fewRooms {
				name := fmt.Sprintf("Room %d of %s", n, sub)
				if _, err := tx.CreateRoom(ctx, store.Room{Name: name, Slug: fmt.Sprintf("%s-%d", sub, n), AccessLevel: store.Public}, u.ID); err != nil {
					return fmt.Errorf("make rooms: %w", err)
				}
			}
		}
		return nil
	})
}

// seedApplication creates an account and an application, and returns the account's id.
func seedApplication(ctx context.Context, s *store.Store) (uuid.UUID, error) {
	hash, err := credential.Make(warmSecret, credential.RoundsFor(warmSecret))
	if err != nil {
		return uuid.Nil, err
	}
	sub, email := "bench", "bench@example.org"
	u, err := s.CreateUser(ctx, store.User{Sub: &sub, Email: &email, IsActive: true})
	if err != nil {
		return uuid.Nil, err
	}
	_, err = s.CreateApplication(ctx, store.Application{
		Name: "Bench", ClientID: "bench", IsActive: true, Scopes: []string{"rooms:create"},
		Secrets: []store.ApplicationSecret{{Hash: hash}},
	})
	return u.ID, err
}

// supply gives out the bytes of requests.
type supply struct {
	host string
	next func() []byte // safe for concurrent use
}

func (h *household) always(method, path string, header http.Header, body string) *supply {
	u, err := url.Parse(h.gateway.url)
	if err != nil {
		panic(err) // it is our own
	}
	message := requestBytes(u.Host, method, path, header, body)
	return &supply{u.Host, func() []byte { return message }}
}

func (h *household) tokens() *supply {
	return h.always(http.MethodPost, tokenPath, http.Header{"Content-Type": {"application/json"}}, tokenBody)
}

func (h *household) get(session http.Header, path string) *supply {
	return h.always(http.MethodGet, path, session, "")
}

func (h *household) list(session http.Header) *supply { return h.get(session, "/api/v1.0/rooms/") }

func (h *household) join() *supply { return h.get(nil, "/api/v1.0/rooms/"+h.room.ID.String()+"/") }

// published are webhooks that are stored and delivered to nobody.
func (h *household) published() *supply { return h.webhooks("track_published") }

// joined are webhooks that somebody listens to.
func (h *household) joined() *supply { return h.webhooks("participant_joined") }

// webhooks are events that nobody has seen before, signed as LiveKit signs.
func (h *household) webhooks(event string) *supply {
	s := h.always(http.MethodPost, livekithook.Path, nil, "")
	now := time.Now().Unix()
	signed := func(claims string) string {
		text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
		mac := hmac.New(sha256.New, []byte(lkSecret))
		mac.Write([]byte(text))
		return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	return &supply{s.host, func() []byte {
		body := fmt.Sprintf(`{"event":%q,"id":"EV_%s","createdAt":"%d","room":{"sid":"RM_bench","name":"%s","numParticipants":2},`+
			`"participant":{"sid":"PA_bench","identity":"bench","name":"Bench","state":"ACTIVE","joinedAt":"%d","version":3,`+
			`"attributes":{"color":"hsl(1, 50%%, 25%%)","room_role":"","is_authenticated":"true"},"permission":{"canSubscribe":true,"canPublish":true}}}`,
			event, uuid.NewString(), now, h.room.ID, now)
		sum := sha256.Sum256([]byte(body))
		token := signed(fmt.Sprintf(`{"iss":%q,"nbf":%d,"exp":%d,"sha256":%q}`, lkKey, now, now+3600, base64.StdEncoding.EncodeToString(sum[:])))
		return requestBytes(s.host, http.MethodPost, livekithook.Path,
			http.Header{"Authorization": {token}, "Content-Type": {"application/webhook+json"}}, body)
	}}
}
