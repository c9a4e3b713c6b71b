package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/module"
)

const (
	appSecret  = "bench-secret-of-the-applications-long-enough"
	createPath = "/external-api/v1.0/rooms/"
)

func programs() []module.Module { return []module.Module{externalapi.New()} }

func programsOn(run string) []string {
	return []string{
		"GATEWAY_MODULES__EXTERNAL_API__ENABLED=true", "GATEWAY_MODULES__EXTERNAL_API__RUN=" + run,
		"GATEWAY_MODULES__EXTERNAL_API__JWT_SECRET_KEY=" + appSecret,
	}
}

// createRoom measures a program creating a room, end to end: the token, who is behind
// it, the room with its owner and source, and the entry in the audit log.
func createRoom(ctx context.Context, dir string, round time.Duration) ([]figure, error) {
	near, err := createAgainstBare(ctx, dir, round)
	if err != nil {
		return nil, err
	}
	far, err := createFarther(ctx, dir, round)
	if err != nil {
		return nil, err
	}
	return []figure{near, far}, nil
}

// createAgainstBare compares it with a bare handler that verifies the same token, makes
// the same look-up and writes the same rows.
func createAgainstBare(ctx context.Context, dir string, round time.Duration) (_ figure, err error) {
	cfg, err := configuration(dir, "create", programsOn("inprocess"), programs)
	if err != nil {
		return figure{}, err
	}
	token, err := seedProgram(ctx, cfg.Database)
	if err != nil {
		return figure{}, err
	}
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: programs, Log: silent(), Version: "bench"})
	if err != nil {
		return figure{}, err
	}
	serving, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- app.Run(serving) }()
	defer func() { cancel(); err = errors.Join(err, <-ended) }()
	if err := awaitOpen("http://" + app.Addr().String() + createPath); err != nil {
		return figure{}, err
	}
	s, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return figure{}, err
	}
	defer s.Close()
	request := func() *http.Request {
		r := httptest.NewRequest(http.MethodPost, createPath, nil)
		r.Header.Set("Authorization", "Bearer "+token)
		return r
	}
	house, bare, ratio := compare(app.Handler(), bareCreate(s), request, round)
	return figure{
		what:     "room created by a program, against a bare gin handler that writes the same rows",
		measured: fmt.Sprintf("%.2f (%.0f and %.0f requests per second)", ratio, house, bare),
		promise:  "0.5 or better",
		met:      ratio >= 0.5,
	}, nil
}

// createFarther compares the module in its own process with the module in the gateway's,
// one request at a time.
func createFarther(ctx context.Context, dir string, round time.Duration) (_ figure, err error) {
	var send [2]func() (*http.Request, error)
	for i, run := range []string{"inprocess", "process"} {
		cfg, err := configuration(dir, "create-"+run, programsOn(run), programs)
		if err != nil {
			return figure{}, err
		}
		token, err := seedProgram(ctx, cfg.Database)
		if err != nil {
			return figure{}, err
		}
		url, stop, err := serve(ctx, cfg, programs)
		if err != nil {
			return figure{}, err
		}
		defer func() { err = errors.Join(err, stop()) }()
		if err := awaitOpen(url + createPath); err != nil {
			return figure{}, err
		}
		send[i] = func() (*http.Request, error) {
			r, err := http.NewRequest(http.MethodPost, url+createPath, nil)
			if err == nil {
				r.Header.Set("Authorization", "Bearer "+token)
			}
			return r, err
		}
	}
	took, err := sequential(send[:], turns*round)
	if err != nil {
		return figure{}, err
	}
	ratio := took[1] / took[0]
	return figure{
		what:     "room created by a program, its module in its own process, over the same in process, one at a time",
		measured: fmt.Sprintf("%.1f times as long (%.0f against %.0f µs, median of requests)", ratio, took[1], took[0]),
		promise:  "at most 4 times",
		met:      ratio <= 4,
	}, nil
}

// awaitOpen waits until the module serves.
func awaitOpen(url string) error { return awaitStatus(url, http.StatusUnauthorized) }

// awaitStatus waits until an address answers with the status.
func awaitStatus(url string, status int) error {
	for start := time.Now(); time.Since(start) < 30*time.Second; time.Sleep(10 * time.Millisecond) {
		r, err := http.Get(url)
		if err != nil {
			continue
		}
		_ = r.Body.Close()
		if r.StatusCode == status {
			return nil
		}
	}
	return fmt.Errorf("%s does not open", url)
}

// seedProgram creates a database with an account and an application, and returns a token
// of the application for the account.
func seedProgram(ctx context.Context, cfg config.Database) (string, error) {
	s, err := migrated(ctx, cfg)
	if err != nil {
		return "", err
	}
	defer s.Close()
	account, err := seedApplication(ctx, s)
	if err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": "bench", "delegated": true, "user_id": account.String(), "iss": "lasuite-meet",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(), "scope": "rooms:create",
	}).SignedString([]byte(appSecret))
}

func bareCreate(s *store.Store) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST(createPath, func(c *gin.Context) {
		claims := jwt.MapClaims{}
		_, err := jwt.ParseWithClaims(c.GetHeader("Authorization")[len("Bearer "):], claims,
			func(*jwt.Token) (any, error) { return []byte(appSecret), nil }, jwt.WithValidMethods([]string{"HS256"}))
		if err != nil {
			c.Status(http.StatusUnauthorized)
			return
		}
		ctx, name := c.Request.Context(), uuid.NewString()[:13]
		client, _ := claims["client_id"].(string)
		user, _ := claims["user_id"].(string)
		found, err := s.Bearer(ctx, client, uuid.MustParse(user), "")
		if err != nil || found.Application == nil || found.User == nil {
			c.Status(http.StatusUnauthorized)
			return
		}
		room, err := s.CreateOwnedRoom(ctx, store.Room{Name: name, Slug: name, AccessLevel: store.Trusted}, found.User.ID, found.Application.ID)
		if err == nil {
			err = s.AppendAudit(ctx, store.AuditEntry{Action: "room.create", Outcome: "ok", ClientID: client, User: found.User.ID, Object: room.ID.String()})
		}
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.JSON(http.StatusCreated, gin.H{
			"id": room.ID, "name": room.Name, "slug": room.Slug, "access_level": room.AccessLevel, "configuration": room.Configuration,
		})
	})
	return engine
}
