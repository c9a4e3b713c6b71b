#!/usr/bin/env bash
# A client that opens LiveKit's signalling and never any media is told that it has
# joined, and is listed as JOINING. Webhooks tell of the room and of nobody in it:
# room_started at once, no participant_joined ever. After a minute the server gives
# up, and participant_connection_aborted comes, not participant_left.
#
# github.com/livekit/livekit-server v1.13.5, November 2026.
# What to do: who counts people by participant_joined and _left has to hear
# _connection_aborted too, and must not take a room that has started, and nobody
# has joined, for an empty one.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null; chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"
go mod init finding >/dev/null 2>&1
cat >main.go <<'PROGRAM'
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/auth"
	"github.com/livekit/protocol/livekit"
	"google.golang.org/protobuf/proto"
)

func main() {
	start := time.Now()
	told := make(chan string, 10)
	go http.ListenAndServe("127.0.0.1:"+os.Args[2], http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var e struct{ Event string }
		_ = json.NewDecoder(r.Body).Decode(&e)
		told <- e.Event
	}))
	token, err := auth.NewAccessToken("devkey", "a-secret-of-thirty-two-bytes-or-more").SetIdentity("someone").
		SetVideoGrant(&auth.VideoGrant{RoomJoin: true, Room: "a-room"}).ToJWT()
	if err != nil {
		panic(err)
	}
	c, _, err := websocket.DefaultDialer.Dial("ws://127.0.0.1:"+os.Args[1]+"/rtc?protocol=15&auto_subscribe=1&access_token="+token, nil)
	if err != nil {
		panic(err)
	}
	_, m, err := c.ReadMessage()
	if err != nil {
		panic(err)
	}
	var answer livekit.SignalResponse
	if err := proto.Unmarshal(m, &answer); err != nil {
		panic(err)
	}
	fmt.Println("joined, as the client is told:", answer.GetJoin().GetParticipant().GetState())
	go func() {
		for {
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}()
	late := time.After(120 * time.Second)
	for {
		select {
		case event := <-told:
			when := "within seconds"
			if time.Since(start) > 30*time.Second {
				when = "after half a minute or more"
			}
			fmt.Println(event, when)
			if event != "room_started" {
				return
			}
		case <-late:
			fmt.Println("nothing more in two minutes")
			return
		}
	}
}
PROGRAM
go get github.com/livekit/livekit-server@v1.13.5 >/dev/null 2>&1
go mod tidy >/dev/null 2>&1 || true
go get github.com/livekit/livekit-server/cmd/server@v1.13.5 >/dev/null 2>&1
go build -o livekit github.com/livekit/livekit-server/cmd/server
port=$((20000 + RANDOM % 10000))
cat >livekit.yaml <<CONFIG
port: $port
bind_addresses: [127.0.0.1]
keys: {devkey: a-secret-of-thirty-two-bytes-or-more}
rtc: {tcp_port: $((port + 1)), udp_port: $((port + 2)), node_ip: 127.0.0.1}
webhook: {api_key: devkey, urls: ["http://127.0.0.1:$((port + 3))/"]}
CONFIG
./livekit --config livekit.yaml >server.log 2>&1 &
server=$!
for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.1; done
got=$(go run . "$port" $((port + 3)))
want=$(cat <<'SEEN'
joined, as the client is told: JOINING
room_started within seconds
participant_connection_aborted after half a minute or more
SEEN
)
echo "$got"
[ "$got" = "$want" ] || { echo "changed: the above is not what was seen, which was:"; echo "$want"; exit 1; }
