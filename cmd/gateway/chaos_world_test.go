package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/internal/dev/s3dev"
	"foyer/internal/dev/smtpdev"
	"foyer/internal/dev/summarydev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

// chaos is a gateway that is killed again and again while meetings are recorded, with
// everything around it.
type chaos struct {
	*testing.T
	size    int // how many meetings are recorded
	environ []string
	dir     string
	gateway *server
	kills   int
	browser *http.Client
	csrf    string
	url     string

	db      *store.Store // the test's own connection
	pg      *pgdev.Own   // nil on SQLite
	media   *livekitdev.Server
	live    *livekit.Client
	bucket  *s3dev.Server
	post    *smtpdev.Server
	summary *summarydev.Peer
	// forgetful: the summary service does not honour idempotency keys.
	forgetful bool

	mu      sync.Mutex
	endings map[string]egressdev.Ending // by room

	seen struct { // the last state read from the database
		sync.Mutex
		at  time.Time
		all []store.RecordingWithRoom
	}
}

// chaosPlaces runs the test on both engines and in both placements, at the same time: all
// of them mostly wait, each at its own moments. Where modules have
// their own process, the summary service does not honour idempotency keys.
func chaosPlaces(t *testing.T, test func(c *chaos)) {
	t.Parallel() // after the tests that measure time
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, run := range []string{"inprocess", "process"} {
			t.Run(engine+", "+run, func(t *testing.T) {
				t.Parallel()
				test(newChaos(t, engine, run))
			})
		}
	}
}

func newChaos(t *testing.T, engine, run string) *chaos {
	t.Helper()
	forgetful := run == "process"
	c := &chaos{
		T: t, dir: t.TempDir(), size: chaosSize(t), forgetful: forgetful,
		bucket: s3dev.StartT(t, "media"), post: smtpdev.StartT(t, smtpdev.Options{}), summary: summarydev.Start(forgetful),
	}
	t.Cleanup(c.summary.Stop)
	addr := freeAddr(t)
	c.url = "http://" + addr
	c.startMedia()
	people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	database := config.Database{Dir: c.dir + "/data", MaxConns: 4, ConnectTimeout: waitLong}
	if engine == "postgres" {
		c.pg = pgdev.NewOwn(t)
		database.URL = conf.NewSecret(c.pg.URL)
		c.environ = append(c.environ, "DATABASE_URL="+c.pg.URL)
	}
	c.environ = append(c.environ,
		"GATEWAY_HTTP__ADDR="+addr,
		"LIVEKIT_API_URL="+c.media.URL, "LIVEKIT_API_KEY="+c.media.Key, "LIVEKIT_API_SECRET="+c.media.Secret,
		"OIDC_OP_URL="+people.Issuer, "OIDC_RP_CLIENT_ID="+people.ClientID, "OIDC_RP_CLIENT_SECRET="+people.Secret,
		"DJANGO_EMAIL_HOST="+c.post.Host, "DJANGO_EMAIL_PORT="+strconv.Itoa(c.post.Port), "DJANGO_EMAIL_FROM=meet@example.org",
		"RECORDING_ENABLE=true", "RECORDING_DOWNLOAD_BASE_URL=https://meet.example.org/recording",
		"AWS_S3_ENDPOINT_URL="+c.bucket.URL, "AWS_S3_REGION_NAME="+s3dev.Region, "AWS_STORAGE_BUCKET_NAME="+c.bucket.Bucket,
		"AWS_S3_ACCESS_KEY_ID="+s3dev.AccessKey, "AWS_S3_SECRET_ACCESS_KEY="+s3dev.SecretKey,
		"SUMMARY_SERVICE_VERSION=2", "SUMMARY_SERVICE_ENDPOINT="+c.summary.URL, "SUMMARY_SERVICE_API_TOKEN="+summarydev.Token,
		"SUMMARY_SERVICE_WEBHOOK_API_TOKEN="+hookToken,
		"GATEWAY_MODULES__RECORDING__RUN="+run, "GATEWAY_MODULES__SUMMARY__RUN="+run,
		"GATEWAY_MODULES__SUMMARY__TIMEOUT=3s", "GATEWAY_MODULES__SUMMARY__BREAKER__PAUSE=1s", "GATEWAY_MAIL__TIMEOUT=3s",
		"GATEWAY_JOBS__TIMEOUT=10s", // after which a dead process's jobs are taken over
		"GATEWAY_MODULES__RECORDING__PATIENCE__RECONCILE=1s", "GATEWAY_MODULES__RECORDING__PATIENCE__START=10s",
		"GATEWAY_MODULES__RECORDING__PATIENCE__LOST=5s",
	)
	c.gateway = serve(t, c.dir, c.environ)
	c.browser = c.gateway.signIn("ada")
	c.csrf = c.cookie("csrftoken")
	var err error
	c.db, err = store.Open(t.Context(), database)
	require.NoError(t, err)
	t.Cleanup(c.db.Close)
	return c
}

// startMedia starts LiveKit, whose webhooks go to the gateway, and the stand-in egress
// worker.
func (c *chaos) startMedia() {
	c.endings = map[string]egressdev.Ending{}
	c.media = livekitdev.StartT(c.T, livekitdev.Options{WebhookURLs: []string{c.url + webhookPath}})
	egressdev.StartT(c.T, egressdev.Options{Redis: c.media.RedisAddr(), Upload: c.upload, Script: func(room string) egressdev.Ending {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.endings[room]
	}})
	c.live = livekit.NewClient(c.media.LiveKit())
	c.Cleanup(c.live.Close)
}

// upload puts a recording's file into the bucket, as the worker does; a bucket that is
// down for longer than the worker will wait makes the egress fail.
func (c *chaos) upload(ctx context.Context, path string) (err error) {
	for range 5 {
		_, err = c.bucket.Client.PutObject(ctx, c.bucket.Bucket, path, strings.NewReader(path), int64(len(path)), minio.PutObjectOptions{})
		if err == nil {
			return nil
		}
		time.Sleep(300 * time.Millisecond)
	}
	return err
}

// freeAddr returns an address whose port stays free while the gateway is dead: it is not
// one of those that outgoing connections are given.
func freeAddr(t *testing.T) string {
	t.Helper()
	for {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.N(10_000)))
		if err == nil {
			require.NoError(t, l.Close())
			return l.Addr().String()
		}
		require.ErrorIs(t, err, syscall.EADDRINUSE)
	}
}

func (c *chaos) cookie(name string) string {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.url, nil)
	require.NoError(c, err)
	for _, x := range c.browser.Jar.Cookies(req.URL) {
		if x.Name == name {
			return x.Value
		}
	}
	require.Fail(c, "no cookie "+name)
	return ""
}

// rooms creates rooms for ada whose egresses end in the given way.
func (c *chaos) rooms(n int, ending egressdev.Ending) (ids []string) {
	c.Helper()
	for range n {
		id := c.gateway.create(c.browser, uuid.NewString()[:13])
		c.script(id, ending)
		ids = append(ids, id)
	}
	return ids
}

// script sets how the egresses of a room end from now on.
func (c *chaos) script(room string, ending egressdev.Ending) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.endings[room] = ending
}

// ask posts to an action of a room; status 0 means that the gateway is down.
func (c *chaos) ask(ctx context.Context, room, action, body string) (status int) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/api/v1.0/rooms/"+room+"/"+action+"/", strings.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRFToken", c.csrf)
	resp, err := c.browser.Do(req)
	if err != nil {
		return 0
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// recordings returns all of them, as they were at some moment since the call: concurrent
// callers share an answer.
func (c *chaos) recordings(ctx context.Context) ([]store.RecordingWithRoom, error) {
	asked := time.Now()
	c.seen.Lock()
	defer c.seen.Unlock()
	if c.seen.at.After(asked) {
		return c.seen.all, nil
	}
	at := time.Now()
	ada, err := c.db.UserBySub(ctx, "ada")
	if err != nil {
		return nil, fmt.Errorf("find ada: %w", err)
	}
	all, _, err := c.db.RecordingsOf(ctx, ada.ID, 100_000, 0)
	if err != nil {
		return nil, fmt.Errorf("list recordings: %w", err)
	}
	c.seen.at, c.seen.all = at, all
	return all, nil
}

// hookToken is the token in the summary service's callbacks.
const hookToken = "what-the-service-sends"
