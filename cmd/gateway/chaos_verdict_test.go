package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
)

const (
	// settle is how long things may take after the last fault: a dead process's jobs
	// have to be taken over, and back-off has grown.
	settle = 6 * time.Minute
	// samples is how many rooms and files of each kind are tried.
	samples = 5
)

// verdict waits until everything has settled, and counts.
func (c *chaos) verdict(meetings []meeting) {
	c.Helper()
	for _, m := range meetings {
		if m.ending == egressdev.Silence { // LiveKit's restart may have brought its room back
			require.NoError(c, m.leave(c.Context()))
		}
	}
	all := c.rest()
	c.mailed(all)
	mails, told, files := c.mails(), c.told(), c.files()
	repeats, saved := 0, map[string]bool{}
	for _, r := range all {
		id := r.Recording.ID.String()
		if !r.Status.Saved() {
			require.Zero(c, mails[id]+told[id], "of a recording that is %s", r.Status)
			require.NotContains(c, files, id, "its file is there, and nobody knows: it is %s: %s", r.Status, r.Reason)
			continue
		}
		saved[r.RoomID.String()] = true
		require.Contains(c, files, id, "there is no file of a recording that is %s", r.Status)
		if r.Mode == store.ScreenRecording {
			require.NotZero(c, mails[id], "its owner was not told of %s", id)
			repeats += mails[id] - 1
		}
		if r.Mode == store.Transcript || strings.Contains(string(r.Options), "transcribe") {
			require.NotZero(c, told[id], "the summary service was not told of %s", id)
			require.NotEmpty(c, r.ProcessID)
			if !c.forgetful {
				require.Equal(c, 1, told[id], "the summary service was told of %s", id)
			}
			repeats += told[id] - 1
		}
	}
	for _, m := range meetings {
		require.Equal(c, m.saves(), saved[m.room], "room %s, whose egress ends by %d", m.room, m.ending)
	}
	c.download(all)
	c.callBack()
	require.LessOrEqual(c, repeats, c.kills, "something is told again only where a kill fell between its acceptance and our commit")
	c.Logf("%d recordings, %d saved rooms, %d kills, %d repeats", len(all), len(saved), c.kills, repeats)
}

// rest waits until nothing is left to do.
func (c *chaos) rest() (all []store.RecordingWithRoom) {
	c.Helper()
	require.Eventually(c, func() bool {
		var err error
		all, err = c.recordings(c.Context())
		return err == nil && unfinished(all) == ""
	}, settle, time.Second, "%s", later(func() string { return unfinished(all) + c.gateway.logs() }))
	return all
}

// unfinished lists the recordings that still have something to be done.
func unfinished(all []store.RecordingWithRoom) string {
	var b strings.Builder
	for _, r := range all {
		if underWay(r.Status) || r.Status == store.RecordingSaved || r.Unresolved {
			fmt.Fprintf(&b, "%s %s %s %s %s\n", r.Recording.ID, r.Status, r.Stage, r.Outcome, r.Reason)
		}
	}
	return b.String()
}

// mailed waits for the mails about the recordings. Each is a job of its own, which may
// outlast the recording's notice: that is closed when the job is stored.
func (c *chaos) mailed(all []store.RecordingWithRoom) {
	for start := time.Now(); time.Since(start) < settle; time.Sleep(time.Second) {
		mails, missing := c.mails(), false
		for _, r := range all {
			missing = missing || r.Status.Saved() && r.Mode == store.ScreenRecording && mails[r.Recording.ID.String()] == 0
		}
		if !missing {
			return
		}
	}
}

// mails counts the mails about each recording.
func (c *chaos) mails() map[string]int {
	c.Helper()
	link := regexp.MustCompile(`https://meet\.example\.org/recording/([0-9a-f-]{36})`)
	mails := map[string]int{}
	for _, m := range c.post.Messages() {
		found := link.FindStringSubmatch(m.ParseT(c.T).Text)
		require.NotNil(c, found)
		mails[found[1]]++
	}
	return mails
}

// told counts the jobs at the summary service for each recording.
func (c *chaos) told() map[string]int {
	told := map[string]int{}
	for _, a := range c.summary.Taken() {
		told[strings.TrimPrefix(a.Key, "recording-")]++
	}
	return told
}

// files returns the recordings whose file is in the bucket.
func (c *chaos) files() map[string]bool {
	c.Helper()
	files := map[string]bool{}
	for o := range c.bucket.Client.ListObjects(c.Context(), c.bucket.Bucket, minio.ListObjectsOptions{Prefix: "recordings/", Recursive: true}) {
		require.NoError(c, o.Err)
		id, _, _ := strings.Cut(strings.TrimPrefix(o.Key, "recordings/"), ".")
		files[id] = true
	}
	return files
}

// download fetches some of the files as the media proxy does.
func (c *chaos) download(all []store.RecordingWithRoom) {
	c.Helper()
	left := samples
	for _, r := range all {
		if !r.Status.Saved() || left == 0 {
			continue
		}
		left--
		key := "recordings/" + r.Recording.ID.String() + ".mp4"
		if r.Mode == store.Transcript {
			key = strings.TrimSuffix(key, "mp4") + "ogg"
		}
		may := c.gateway.send(c.browser, http.MethodGet, "/api/v1.0/recordings/media-auth/", "", "X-Original-URL", c.url+"/media/"+key)
		require.Equal(c, http.StatusOK, may.status, may.body)
		req, err := http.NewRequestWithContext(c.Context(), http.MethodGet, c.bucket.URL+"/"+c.bucket.Bucket+"/"+key, nil)
		require.NoError(c, err)
		for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Content-Sha256"} {
			req.Header.Set(name, may.header.Get(name))
		}
		resp, err := plain.Do(req)
		require.NoError(c, err)
		film, err := io.ReadAll(resp.Body)
		require.NoError(c, err)
		require.NoError(c, resp.Body.Close())
		require.Equal(c, key, string(film), "the file is what the worker put there")
	}
	require.Zero(c, left)
}

// callBack makes the summary service report every result twice.
func (c *chaos) callBack() {
	c.Helper()
	for _, a := range c.summary.Taken() {
		body := fmt.Sprintf(`{"job_id":%q,"type":"transcript","status":"success"}`, a.Job)
		for range 2 {
			got := c.gateway.send(plain, http.MethodPost, "/api/v1.0/recordings/external-process-hook/", body,
				"Content-Type", "application/json", "Authorization", "Bearer "+hookToken)
			require.Equal(c, http.StatusOK, got.status, got.body)
		}
	}
	for id := range c.told() {
		r, err := c.db.RecordingByID(c.Context(), uuid.MustParse(id))
		require.NoError(c, err)
		require.Equal(c, store.RecordingProcessed, r.Status)
	}
}

// roomsAreFree checks what the rooms show, and records again in some of every kind.
func (c *chaos) roomsAreFree(meetings []meeting) {
	c.Helper()
	require.Eventually(c, func() bool { return c.shows() == "" }, waitLong, 100*time.Millisecond, "%s", later(c.shows))
	tried := map[egressdev.Ending]int{}
	for _, m := range meetings {
		if tried[m.ending]++; tried[m.ending] > samples {
			continue
		}
		c.script(m.room, egressdev.Complete)
		_, err := c.live.CreateDispatch(c.Context(), m.room, "scribe")
		require.NoError(c, err)
		require.Equal(c, http.StatusCreated, c.ask(c.Context(), m.room, "start-recording", m.body), "a room whose egress ended by %d", m.ending)
		require.Equal(c, http.StatusOK, c.ask(c.Context(), m.room, "stop-recording", ""))
	}
	c.rest()
	require.Eventually(c, func() bool { return c.shows() == "" }, waitLong, 100*time.Millisecond, "%s", later(c.shows))
}

// shows lists the rooms that show a recording.
func (c *chaos) shows() string {
	list, err := c.live.ListRooms(c.Context())
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, room := range list {
		var told map[string]json.RawMessage
		if room.Metadata == "" {
			continue
		}
		if err := json.Unmarshal([]byte(room.Metadata), &told); err != nil {
			return err.Error()
		}
		if told["recording_status"] != nil || told["recording_mode"] != nil {
			fmt.Fprintf(&b, "%s %s\n", room.Name, room.Metadata)
		}
	}
	return b.String()
}
