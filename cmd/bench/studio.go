package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
	"google.golang.org/protobuf/encoding/protojson"

	"foyer/core/config"
	"foyer/core/livekithook"
	"foyer/core/store"
	"foyer/internal/dev/summarydev"
	"foyer/modules/recording"
	"foyer/modules/summary"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

func recorders() []module.Module { return []module.Module{recording.New(), summary.New()} }

// studio is a gateway that records, and has recordings summarised and announced, with
// its peers and its database.
type studio struct {
	*peers
	url      string
	database config.Database
	owner    store.User
	stop     func() error
}

// newStudio runs a gateway with the modules in the given placement: the installed
// program binary or, if that is "", a gateway in this process.
func newStudio(ctx context.Context, dir, name, run, binary string, modules func() []module.Module) (_ *studio, err error) {
	s := &studio{}
	if s.peers, err = newPeers(ctx); err != nil {
		return nil, err
	}
	stop := []func() error{s.peers.stop}
	s.stop = func() (err error) {
		for i := len(stop) - 1; i >= 0; i-- {
			err = errors.Join(err, stop[i]())
		}
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	cfg, err := s.configuration(dir, name, run, modules)
	if err != nil {
		return nil, err
	}
	s.database = cfg.Database
	db, err := migrated(ctx, s.database)
	if err != nil {
		return nil, err
	}
	s.owner, err = db.CreateUser(ctx, store.User{
		Sub: new("bench"), Email: new("bench@example.org"), IsActive: true, Language: "en-us", Timezone: "UTC",
	})
	db.Close()
	if err != nil {
		return nil, err
	}
	if binary != "" {
		g, err := launch(ctx, binary, cfg.Database.Dir, s.environ(run)...)
		if err != nil {
			return nil, err
		}
		stop = append(stop, g.end)
		s.url = g.url
		return s, nil
	}
	url, end, err := serve(ctx, cfg, modules)
	if err != nil {
		return nil, err
	}
	stop = append(stop, end)
	s.url = url
	return s, awaitStatus(s.url+"/__heartbeat__", http.StatusOK)
}

// environ configures a gateway for the peers. Storage URLs are signed, but nobody
// fetches them.
func (s *studio) environ(run string) []string {
	return []string{
		"GATEWAY_MODULES__RECORDING__ENABLED=true", "GATEWAY_MODULES__RECORDING__RUN=" + run,
		"GATEWAY_MODULES__RECORDING__PATIENCE__RECONCILE=24h",
		"GATEWAY_MODULES__SUMMARY__ENABLED=true", "GATEWAY_MODULES__SUMMARY__RUN=" + run,
		"GATEWAY_MODULES__SUMMARY__VERSION=2", "GATEWAY_MODULES__SUMMARY__ENDPOINT=" + s.summary.URL,
		"GATEWAY_MODULES__SUMMARY__API_TOKEN=" + summarydev.Token,
		"GATEWAY_RECORDINGS__DOWNLOAD_BASE_URL=https://meet.example.org/recordings",
		"GATEWAY_MAIL__HOST=" + s.mail.Host, "GATEWAY_MAIL__PORT=" + strconv.Itoa(s.mail.Port),
		"GATEWAY_MAIL__FROM=bench@example.org", "GATEWAY_MAIL__BASE_URL=https://meet.example.org",
		"LIVEKIT_API_URL=" + s.media.server.URL,
		"AWS_S3_ENDPOINT_URL=http://127.0.0.1:1", "AWS_S3_ACCESS_KEY_ID=bench", "AWS_S3_SECRET_ACCESS_KEY=bench",
	}
}

func (s *studio) configuration(dir, name, run string, modules func() []module.Module) (*config.Config, error) {
	cfg, err := configuration(dir, name, s.environ(run), modules)
	if err != nil {
		return nil, err
	}
	cfg.LiveKit.URL = s.media.server.URL
	return cfg, nil
}

// withStore opens the gateway's database only while do runs: any other process that has
// it open delays the gateway's start.
func (s *studio) withStore(ctx context.Context, do func(*store.Store) error) error {
	db, err := store.Open(ctx, s.database)
	if err != nil {
		return err
	}
	defer db.Close()
	return do(db)
}

// film creates recordings under way, each in its own room: videos that ask for a
// summary, so that everybody has to be told about each of them.
func (s *studio) film(ctx context.Context, n int) ([]store.Recording, error) {
	all := make([]store.Recording, n)
	err := s.withStore(ctx, func(db *store.Store) error {
		return db.InTx(ctx, func(tx *store.Tx) error { return s.filmIn(ctx, tx, all) })
	})
	if err != nil {
		return nil, fmt.Errorf("make %d recordings: %w", n, err)
	}
	return all, nil
}

func (s *studio) filmIn(ctx context.Context, tx *store.Tx, all []store.Recording) error {
	for i := range all {
		slug := uuid.NewString()
		room, err := tx.CreateRoom(ctx, store.Room{Name: "Bench", Slug: slug, AccessLevel: store.Public}, s.owner.ID)
		if err != nil {
			return err
		}
		r, err := tx.CreateRecording(ctx, store.Recording{
			RoomID: room.ID, Mode: store.ScreenRecording, Options: []byte(`{"transcribe":true}`),
		}, s.owner.ID)
		if err != nil {
			return err
		}
		all[i], _, err = tx.MoveRecording(ctx, r.ID, store.RecordingMove{
			To: store.RecordingActive, WorkerID: "EG_" + r.ID.String(), Stage: store.EgressStarted,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// egressOf returns what LiveKit knows about a recording.
func egressOf(r store.Recording, status lkproto.EgressStatus) *lkproto.EgressInfo {
	now := time.Now().UnixNano()
	info := &lkproto.EgressInfo{
		EgressId: r.WorkerID, RoomName: r.RoomID.String(), Status: status, UpdatedAt: now,
		Request: &lkproto.EgressInfo_RoomComposite{RoomComposite: &lkproto.RoomCompositeEgressRequest{
			RoomName: r.RoomID.String(), FileOutputs: []*lkproto.EncodedFileOutput{{Filepath: "recordings/" + r.ID.String() + ".mp4"}},
		}},
	}
	if status == lkproto.EgressStatus_EGRESS_COMPLETE {
		info.FileResults = []*lkproto.FileInfo{{StartedAt: now - int64(time.Hour), EndedAt: now}}
	}
	return info
}

// webhook returns LiveKit's webhook about a recording, signed as LiveKit signs.
func (s *studio) webhook(r store.Recording, name string, status lkproto.EgressStatus) (*http.Request, error) {
	body, err := protojson.Marshal(&lkproto.WebhookEvent{
		Id: "EV_" + uuid.NewString(), Event: name, CreatedAt: time.Now().Unix(), EgressInfo: egressOf(r, status),
	})
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(body)
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": lkKey, "nbf": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(),
		"sha256": base64.StdEncoding.EncodeToString(sum[:]),
	}).SignedString([]byte(lkSecret))
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequest(http.MethodPost, s.url+livekithook.Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", token)
	request.Header.Set("Content-Type", "application/webhook+json")
	return request, nil
}

// ends returns the webhooks that report the end of recordings.
func (s *studio) ends(list []store.Recording) ([]*http.Request, error) {
	all := make([]*http.Request, len(list))
	for i, r := range list {
		var err error
		if all[i], err = s.webhook(r, "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE); err != nil {
			return nil, err
		}
	}
	return all, nil
}
