package externalapi_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/module"
)

var withSpaces = settings{flags: []module.Flag{"external_api_spaces"}}

// spaceConfig returns a space's config with some changes.
func spaceConfig(changes object) object {
	c := object{
		"accessType": "TRUSTED", "entryPointAccess": "ALL", "moderation": "OFF",
		"moderationRestrictions": object{
			"chatRestriction": "NO_RESTRICTION", "reactionRestriction": "NO_RESTRICTION",
			"presentRestriction": "NO_RESTRICTION", "defaultJoinAsViewerType": "OFF",
		},
		"attendanceReportGenerationType": "DO_NOT_GENERATE",
		"artifactConfig": object{
			"recordingConfig": object{"autoRecordingGeneration": "OFF"}, "transcriptionConfig": object{"autoTranscriptionGeneration": "OFF"},
			"smartNotesConfig": object{"autoSmartNotesGeneration": "OFF"},
		},
	}
	for k, v := range changes {
		if k == "presentRestriction" {
			c["moderationRestrictions"].(object)[k] = v
			continue
		}
		c[k] = v
	}
	return c
}

// isStatus checks for a google.rpc.Status.
func (a answer) isStatus(code int, name, message string) {
	a.Helper()
	e := a.json(code)["error"].(object)
	require.Equal(a.world.T, []any{float64(code), name, message}, []any{e["code"], e["status"], e["message"]})
}

func TestSpaces_are_created_and_found_by_id_and_code(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := withSpaces
		s.config = "base_url: https://meet.example.org\nallow_public_access: true\n"
		w := open(t, p, s)
		token := w.token("calendar", "ada", "rooms:create rooms:retrieve rooms:list")
		made := w.send(token, http.MethodPost, spacesPath, object{"config": object{"accessType": "OPEN", "moderation": "ON",
			"moderationRestrictions": object{"presentRestriction": "HOSTS_ONLY"}}, "name": "spaces/ignored", "meetingCode": "ignored"}).json(200)
		code := made["meetingCode"].(string)
		require.Regexp(t, randomName, code)
		require.Equal(t, "https://meet.example.org/"+code, made["meetingUri"])
		require.Equal(t, spaceConfig(object{"accessType": "OPEN", "moderation": "ON", "presentRestriction": "HOSTS_ONLY"}), made["config"])
		id := strings.TrimPrefix(made["name"].(string), "spaces/")
		require.Len(t, made, 4, "what is not there is absent")

		for _, name := range []string{id, strings.ToUpper(id), code, strings.ToUpper(code)} {
			require.Equal(t, made, w.get(token, "/v2/spaces/"+name).json(200), name)
			require.Equal(t, made, w.get(token, "/v2/spaces/"+name+"/").json(200), name)
		}
		r, err := w.store.RoomByID(t.Context(), uuid.MustParse(id), uuid.Nil)
		require.NoError(t, err)
		require.Equal(t, "public", r.AccessLevel)
		require.JSONEq(t, `{"everyone_can_mute":false,"can_publish_sources":["camera","microphone"]}`, string(r.Configuration))
		require.Equal(t, []string{code}, names(w.get(token, roomsPath).json(200)), "it is a room of the application")

		again := w.send(token, http.MethodPost, "/v2/spaces", nil, "Idempotency-Key", "k")
		require.Equal(t, again.Body, w.send(token, http.MethodPost, spacesPath, nil, "Idempotency-Key", "k").Body)
		require.Equal(t, spaceConfig(nil), again.json(200)["config"])
	})
}

func TestSpaces_that_are_not_the_callers_are_not_there(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, withSpaces)
		room := w.create("calendar", "ada", nil)
		public := w.frontend("grace", "abc-defg-hij")
		const message = "There is no such space, or you may not see it."
		const scopes = "rooms:retrieve rooms:update"
		for _, x := range []struct{ app, person, name string }{
			{"planner", "ada", room["id"].(string)}, {"planner", "ada", room["slug"].(string)}, {"calendar", "grace", room["id"].(string)},
			{"calendar", "ada", public.Slug}, {"calendar", "ada", uuid.NewString()}, {"calendar", "ada", "xyz-wxyz-xyz"},
			{"calendar", "ada", room["slug"].(string) + ":start"}, {"calendar", "ada", "%ff"}, {"calendar", "ada", "a%00b"},
		} {
			token := w.token(x.app, x.person, scopes)
			w.get(token, spacesPath+x.name).isStatus(404, "NOT_FOUND", message)
			w.send(token, http.MethodPatch, spacesPath+x.name, object{}).isStatus(404, "NOT_FOUND", message)
			w.send(token, http.MethodPost, spacesPath+x.name+":endActiveConference", nil).isStatus(404, "NOT_FOUND", message)
			w.send(token, http.MethodPost, spacesPath+x.name, nil).isStatus(404, "NOT_FOUND", message)
		}
	})
}

func TestSpaces_are_patched_by_their_mask(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, withSpaces)
		room := w.create("calendar", "ada", object{"configuration": object{"everyone_can_mute": false}, "access_level": "restricted"})
		token := w.token("calendar", "ada", "rooms:update")
		patch := func(mask string, config object) answer {
			return w.send(token, http.MethodPatch, spacesPath+room["id"].(string)+mask, object{"config": config})
		}
		for _, x := range []struct {
			mask   string
			config object
			want   object
		}{
			{"", object{}, object{"accessType": "RESTRICTED", "moderation": "ON"}},
			{"", object{"accessType": "TRUSTED"}, object{"moderation": "ON"}},
			{"?updateMask=config.moderation", object{"accessType": "RESTRICTED"}, object{}}, // what is named but not given gets its default
			{"?updateMask=config.access_type", object{"accessType": "RESTRICTED", "moderation": "ON"}, object{"accessType": "RESTRICTED"}},
			{"?update_mask=config.moderationRestrictions", object{"moderationRestrictions": object{"presentRestriction": "HOSTS_ONLY"}},
				object{"accessType": "RESTRICTED", "presentRestriction": "HOSTS_ONLY"}},
			{"?updateMask=*", object{"moderation": "ON"}, object{"moderation": "ON"}},
		} {
			require.Equal(t, spaceConfig(x.want), patch(x.mask, x.config).json(200)["config"], x.mask)
		}
		patch("?updateMask=name", object{}).isStatus(400, "INVALID_ARGUMENT", "updateMask names name, which is not a field that can be changed.")
		patch("", object{"accessType": "SECRET"}).isStatus(400, "INVALID_ARGUMENT", "config.accessType has no value SECRET.")
		patch("", object{"entryPointAccess": "CREATOR_APP_ONLY"}).isStatus(400, "INVALID_ARGUMENT", "config.entryPointAccess CREATOR_APP_ONLY is not possible on this server.")
		refused := patch("", object{"accessType": "OPEN"})
		refused.isStatus(400, "INVALID_ARGUMENT", "config.accessType: Public rooms are disabled for the external API.")
		require.Contains(t, refused.Body, `"details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"config.accessType","description":"Public rooms are disabled for the external API."}]}]`)
		w.send(token, http.MethodPatch, spacesPath+room["id"].(string), object{"color": "red"}).isStatus(400, "INVALID_ARGUMENT", "color is unknown.")
		w.send(token, http.MethodPatch, spacesPath+room["id"].(string), "{").isStatus(400, "INVALID_ARGUMENT", "JSON parse error - EOF")

		w.share(room["id"], "grace", store.Member)
		w.send(w.token("calendar", "grace", "rooms:update rooms:list:all"), http.MethodPatch, spacesPath+room["id"].(string), object{"config": object{"moderation": "OFF"}}).
			isStatus(403, "PERMISSION_DENIED", "You do not have permission to perform this action.")
	})
}

func TestSpaces_tell_and_end_the_conference_that_runs(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, withSpaces)
		room := w.create("calendar", "ada", nil)
		token := w.token("calendar", "ada", "rooms:update rooms:retrieve")
		end := func() answer {
			return w.send(token, http.MethodPost, spacesPath+room["id"].(string)+":endActiveConference", object{})
		}
		end().isStatus(400, "FAILED_PRECONDITION", "There is no active conference in this space.")
		ended := join(t, room["id"])
		conference := w.get(token, spacesPath+room["slug"].(string)).json(200)["activeConference"].(object)
		require.Regexp(t, `^conferenceRecords/RM_\w+$`, conference["conferenceRecord"])
		end().is(200, `{}`)
		waitFor(t, ended)
		require.NotContains(t, w.get(token, spacesPath+room["id"].(string)).json(200), "activeConference")
	})
}

func TestSpaces_refuse_as_the_API_does(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, withSpaces)
		a := w.get("", spacesPath+"x")
		a.isStatus(401, "UNAUTHENTICATED", "Authentication credentials were not provided.")
		require.Equal(t, "Bearer", a.Header.Get("WWW-Authenticate"))
		w.get(w.token("calendar", "ada", "rooms:create"), spacesPath+"x").
			isStatus(403, "PERMISSION_DENIED", "Insufficient permissions. Required scope: rooms:retrieve")
	})
}

func TestSpaces_tell_how_to_dial_in(t *testing.T) {
	s := withSpaces
	s.phone = "(555) 010-0100"
	w := open(t, place{}, s)
	pin := "0123456789"
	r, err := w.store.CreateRoom(t.Context(), store.Room{Name: "dial", Slug: "dial", AccessLevel: store.Trusted, PINCode: &pin}, w.people["ada"].ID)
	require.NoError(t, err)
	token := w.token("calendar", "ada", "rooms:retrieve rooms:list:all")
	space := w.get(token, spacesPath+r.ID.String()).json(200)
	require.Equal(t, []any{object{"phoneNumber": "+15550100100", "pin": pin}}, space["phoneAccess"])
	telephony := w.get(token, roomsPath+r.ID.String()+"/").json(200)["telephony"]
	require.Equal(t, object{"enabled": true, "phone_number": "(555) 010-0100", "pin_code": pin, "default_country": "US"}, telephony)
}

func TestSpaces_and_rooms_live_without_the_media_server(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		s := withSpaces
		s.alone = true
		w := open(t, p, s)
		room := w.create("calendar", "ada", nil)
		token := w.token("calendar", "ada", "rooms:update rooms:retrieve rooms:delete")
		require.NotContains(t, w.get(token, spacesPath+room["id"].(string)).json(200), "activeConference")
		w.send(token, http.MethodPatch, spacesPath+room["id"].(string), object{"config": object{"moderation": "ON"}}).json(200)
		end := w.send(token, http.MethodPost, spacesPath+room["id"].(string)+":endActiveConference", nil)
		end.isStatus(503, "UNAVAILABLE", "Service temporarily unavailable, try again later.")
		require.NotEmpty(t, end.Header.Get("Retry-After"))
		w.send(token, http.MethodDelete, roomsPath+room["id"].(string)+"/", nil).is(204, "")
	})
}

// Google's Node client sends the text "" for an empty space, masks in snake case, and
// enumeration values as numbers.
func TestSpaces_take_what_the_client_for_Node_sends(t *testing.T) {
	everywhere(t, func(t *testing.T, p place) {
		w := open(t, p, withSpaces)
		token := w.token("calendar", "ada", "rooms:create rooms:retrieve rooms:update")
		for _, empty := range []string{`""`, " \"\"\n", `{}`, ``} {
			made := w.send(token, http.MethodPost, spacesPath, empty).json(200)
			require.Equal(t, spaceConfig(nil), made["config"], empty)
		}
		made := w.send(token, http.MethodPost, spacesPath+"?$alt=json%3Benum-encoding%3Dint", `{"config":{"access_type":3,"entry_point_access":1,"moderation":0}}`).json(200)
		require.Equal(t, spaceConfig(object{"accessType": "RESTRICTED"}), made["config"])
		changed := w.send(token, http.MethodPatch, "/v2/"+made["name"].(string)+"/?updateMask=config.access_type,config.moderation_restrictions.present_restriction",
			`{"config":{"accessType":2,"moderationRestrictions":{"presentRestriction":1},"moderation":2}}`).json(200)
		require.Equal(t, spaceConfig(object{"presentRestriction": "HOSTS_ONLY"}), changed["config"])
		// Version 0.7.2 has no fields for moderation, and omits what its mask names.
		path := "/v2/" + made["name"].(string)
		changed = w.send(token, http.MethodPatch, path+"?updateMask=config.access_type%2Cconfig.moderation%2Cconfig.moderation_restrictions.present_restriction&$alt=json%3Benum-encoding=int",
			`{"config":{"accessType":3}}`).json(200)
		require.Equal(t, spaceConfig(object{"accessType": "RESTRICTED"}), changed["config"])
		changed = w.send(token, http.MethodPatch, path+"?$alt=json%3Benum-encoding=int", `{"config":{"accessType":2}}`).json(200)
		require.Equal(t, spaceConfig(nil), changed["config"])
		w.send(token, http.MethodPost, spacesPath, `"x"`).json(400)
		w.send(token, http.MethodPost, spacesPath, `{"config":{"accessType":9}}`).json(400)
	})
}
