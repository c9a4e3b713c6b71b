package core_test

// matrix says who gets what from every route: one line per route, one column per
// caller. Its contents follow core-rest.md; a route without a line and a line without
// all its cells fail the tests.
//
// A line is METHOD PATH [@FLAG] and a cell for each caller:
//
//	anon      no credential
//	stranger  a session of an account without a role in the room
//	member, admin, owner   sessions of accounts with that role
//	forged    the owner's session, without the CSRF token
//	token     no session, a LiveKit token of the room (its bearer is in the live room)
//	other     a LiveKit token of another room
//	expired, tampered      LiveKit tokens of the room that are no longer valid, or never were
//
// PATH is below /api/v1.0/ unless it begins with a slash. Each parameter is followed by
// what it stands for in the request: see fixture. Every request has its own room,
// restricted unless the path says otherwise, and a cell is the status of the answer or
// one of the contract's names: see answers. @FLAG is the route's flag; while it is off
// every caller gets NF404.
// An indented line is the body of the route above it.
const matrix = `
# METHOD PATH                                               anon     stranger member   admin    owner    forged   token    other    expired  tampered

# core-rest.md 2, 3: the instance, signing in and out
GET    /api/v1.0/                                           200      200      200      200      200      200      200      200      200      200
GET    config/                                              200      200      200      200      200      200      200      200      200      200
GET    authenticate/                                        302      302      302      302      302      302      302      302      302      302
GET    callback/                                            302      302      302      302      302      302      302      302      302      302
GET    logout/                                              302      302      302      302      302      302      302      302      302      302
POST   logout/                                              302      302      302      302      302      CSRF403  302      302      302      302
GET    logout-callback/                                     302      302      302      302      302      302      302      302      302      302
POST   backchannel-logout/                                  400      400      400      400      400      400      400      400      400      400
GET    oidc/jwks/                                           200      200      200      200      200      200      200      200      200      200

# the API's description
GET    openapi.json/ @api_docs                              200      200      200      200      200      200      200      200      200      200
GET    docs/ @api_docs                                      200      200      200      200      200      200      200      200      200      200
GET    docs/redoc-2.5.4.js/ @api_docs                       200      200      200      200      200      200      200      200      200      200

# core-rest.md 4: accounts
GET    users/me/                                            AUTH401  200      200      200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    users/                                               AUTH401  200      200      200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
PATCH  users/:id=owner/                                     AUTH401  PERM403  PERM403  PERM403  200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"language":"en-us"}
PATCH  users/:id=missing/                                   AUTH401  USER404  USER404  USER404  USER404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
PATCH  users/:id=junk/                                      AUTH401  NF404    NF404    NF404    NF404    CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
PUT    users/:id=owner/                                     AUTH401  PERM403  PERM403  PERM403  200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"timezone":"UTC"}

# core-rest.md 5: rooms; "livekit" in the answer lets the caller in
GET    rooms/                                               200      200      200      200      200      200      200      200      200      200
POST   rooms/                                               AUTH401  201      201      201      201      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"name":"New $room"}
GET    rooms/:room=restricted/                              CLOSED   CLOSED   ENTERS   RULES    RULES    RULES    CLOSED   CLOSED   CLOSED   CLOSED
GET    rooms/:room=trusted/                                 CLOSED   ENTERS   ENTERS   RULES    RULES    RULES    CLOSED   CLOSED   CLOSED   CLOSED
GET    rooms/:room=public/                                  ENTERS   ENTERS   ENTERS   RULES    RULES    RULES    ENTERS   ENTERS   ENTERS   ENTERS
GET    rooms/:room=missing/                                 ENTERS   ENTERS   ENTERS   ENTERS   ENTERS   ENTERS   ENTERS   ENTERS   ENTERS   ENTERS
PATCH  rooms/:room=restricted/                              AUTH401  PERM403  PERM403  RULES    RULES    CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"access_level":"trusted"}
PATCH  rooms/:room=public/                                  AUTH401  PERM403  PERM403  RULES    RULES    CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"access_level":"trusted"}
PATCH  rooms/:room=missing/                                 AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
PUT    rooms/:room=restricted/                              AUTH401  PERM403  PERM403  RULES    RULES    CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"name":"Put $room"}
PUT    rooms/:room=missing/                                 AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
DELETE rooms/:room=restricted/                              AUTH401  PERM403  PERM403  PERM403  204      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
DELETE rooms/:room=missing/                                 AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401

# core-rest.md 7: the lobby
POST   rooms/:room=restricted/request-entry/                WAITS    WAITS    COMES    COMES    COMES    CSRF403  WAITS    WAITS    WAITS    WAITS
       {"username":"Zoë"}
POST   rooms/:room=trusted/request-entry/                   WAITS    COMES    COMES    COMES    COMES    CSRF403  WAITS    WAITS    WAITS    WAITS
       {"username":"Zoë"}
POST   rooms/:room=public/request-entry/                    COMES    COMES    COMES    COMES    COMES    CSRF403  COMES    COMES    COMES    COMES
       {"username":"Zoë"}
POST   rooms/:room=missing/request-entry/                   ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  ROOM404  ROOM404  ROOM404  ROOM404
       {"username":"Zoë"}
POST   rooms/:room=restricted/enter/                        AUTH401  PRIV403  PRIV403  WAIT404  WAIT404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_id":"$guest","allow_entry":true}
POST   rooms/:room=public/enter/                            AUTH401  PRIV403  PRIV403  NOLOBBY  NOLOBBY  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_id":"$guest","allow_entry":true}
POST   rooms/:room=missing/enter/                           AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_id":"$guest","allow_entry":true}
GET    rooms/:room=restricted/waiting-participants/         AUTH401  PRIV403  PRIV403  200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    rooms/:room=public/waiting-participants/             AUTH401  PRIV403  PRIV403  200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    rooms/:room=missing/waiting-participants/            AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  AUTH401  AUTH401  AUTH401  AUTH401

# core-rest.md 8: what needs or changes a meeting
POST   rooms/creation-callback/                             200      200      200      200      200      CSRF403  200      200      200      200
       {"callback_id":"nothing"}
POST   rooms/:room=restricted/invite/                       AUTH401  PRIV403  PRIV403  200      200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"emails":["somebody@example.org"]}
POST   rooms/:room=missing/invite/                          AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401

POST   rooms/:room=live/mute-participant/                   AUTH403  PERM403  PERM403  200      200      CSRF403  200      PERM403  LK403    LK403
       {"participant_identity":"$guest","track_sid":"TR_x"}
POST   rooms/:room=missing/mute-participant/                ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  ROOM404  ROOM404  LK403    LK403
POST   rooms/:room=live/update-participant/                 AUTH401  PRIV403  PRIV403  200      200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_identity":"$guest","name":"Guest"}
POST   rooms/:room=missing/update-participant/              AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
POST   rooms/:room=restricted/remove-participant/           AUTH401  PRIV403  PRIV403  PART404  PART404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_identity":"$guest"}
POST   rooms/:room=missing/remove-participant/              AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
POST   rooms/:room=restricted/readmit-participant/          AUTH401  PRIV403  PRIV403  PART404  PART404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_identity":"$guest"}
POST   rooms/:room=missing/readmit-participant/             AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
GET    rooms/:room=restricted/removed-participants/         AUTH401  PRIV403  PRIV403  200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    rooms/:room=missing/removed-participants/            AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  AUTH401  AUTH401  AUTH401  AUTH401
POST   rooms/:room=live/update-participant-role/            AUTH401  PRIV403  PRIV403  200      200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"participant_identity":"alan","role":"member"}
POST   rooms/:room=restricted/update-participant-role/      AUTH401  PRIV403  PRIV403  HERE403  HERE403  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
POST   rooms/:room=missing/update-participant-role/         AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
POST   rooms/:room=live/toggle-hand/                        AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  200      PERM403  LK403    LK403
       {"raised":true}
POST   rooms/:room=missing/toggle-hand/                     ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  LK403    LK403
POST   rooms/:room=live/rename/                             AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  200      PERM403  LK403    LK403
       {"name":"Guest"}
POST   rooms/:room=missing/rename/                          ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  LK403    LK403

# core-rest.md 9: accesses
GET    resource-accesses/                                   AUTH401  200      200      200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
POST   resource-accesses/                                   AUTH401  RULE403  RULE403  201      201      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"user":"$stranger","resource":"$room","role":"member"}
GET    resource-accesses/:id=member/                        AUTH401  PERM403  PERM403  200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    resource-accesses/:id=missing/                       AUTH401  ACC404   ACC404   ACC404   ACC404   ACC404   AUTH401  AUTH401  AUTH401  AUTH401
GET    resource-accesses/:id=junk/                          AUTH401  NF404    NF404    NF404    NF404    NF404    AUTH401  AUTH401  AUTH401  AUTH401
PATCH  resource-accesses/:id=member/                        AUTH401  PERM403  PERM403  200      200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"role":"administrator"}
PATCH  resource-accesses/:id=administrator/                 AUTH401  PERM403  PERM403  OWN403   200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"role":"owner"}
PATCH  resource-accesses/:id=owner/                         AUTH401  PERM403  PERM403  OWN403   LAST403  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"role":"member"}
PUT    resource-accesses/:id=member/                        AUTH401  PERM403  PERM403  200      200      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"user":"$member","resource":"$room","role":"administrator"}
DELETE resource-accesses/:id=member/                        AUTH401  PERM403  PERM403  204      204      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
DELETE resource-accesses/:id=administrator/                 AUTH401  PERM403  PERM403  204      204      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
DELETE resource-accesses/:id=owner/                         AUTH401  PERM403  PERM403  PERM403  LAST403  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401

# core-rest.md 10: what LiveKit posts
POST   rooms/webhooks-livekit/                              HOOK401  HOOK401  HOOK401  HOOK401  HOOK401  HOOK401  HOOK400  HOOK400  HOOK400  HOOK400

# recording-summary-files.md 5: recordings; :id=own is the owner's, and over
GET    recordings/                                          AUTH401  200      200      200      200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    recordings/media-auth/                               AUTH401  PERM403  PERM403  PERM403  PERM403  PERM403  AUTH401  AUTH401  AUTH401  AUTH401
GET    /media/recordings/:file=junk/                        AUTH401  PERM403  PERM403  PERM403  PERM403  PERM403  AUTH401  AUTH401  AUTH401  AUTH401
HEAD   /media/recordings/:file=junk/                        AUTH401  PERM403  PERM403  PERM403  PERM403  PERM403  AUTH401  AUTH401  AUTH401  AUTH401
GET    recordings/:id=own/                                  AUTH401  REC404   REC404   REC404   200      200      AUTH401  AUTH401  AUTH401  AUTH401
GET    recordings/:id=junk/                                 AUTH401  NF404    NF404    NF404    NF404    NF404    AUTH401  AUTH401  AUTH401  AUTH401
DELETE recordings/:id=own/                                  AUTH401  REC404   REC404   REC404   204      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
DELETE recordings/:id=missing/                              AUTH401  REC404   REC404   REC404   REC404   CSRF403  AUTH401  AUTH401  AUTH401  AUTH401

# recording-summary-files.md 1: making them; nobody is in the rooms, and nothing is recorded
POST   rooms/:room=restricted/start-recording/ @recording   AUTH401  PRIV403  PRIV403  502      502      CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"mode":"screen_recording"}
POST   rooms/:room=missing/start-recording/ @recording      AUTH401  ROOM404  ROOM404  ROOM404  ROOM404  CSRF403  AUTH401  AUTH401  AUTH401  AUTH401
       {"mode":"screen_recording"}
POST   rooms/:room=restricted/stop-recording/ @recording    AUTH401  PRIV403  PRIV403  NOREC    NOREC    CSRF403  AUTH401  AUTH401  AUTH401  AUTH401

# recording-summary-files.md 3, 4: what the storage and the summary service call, with tokens of their own
POST   recordings/storage-hook/ @recording_storage_hook     401      401      401      401      401      401      401      401      401      401
       {"Records":[]}
POST   recordings/external-process-hook/ @summary_hook      401      401      401      401      401      401      401      401      401      401
       {"job_id":"unknown"}

# core-rest.md 11: diagnostics
POST   diagnostics/connection/ @connection_test             200      200      200      200      200      CSRF403  200      200      200      200

# modules/subtitles
POST   rooms/:room=live/start-subtitle/ @subtitles          AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  AUTH403  200      PERM403  LK403    LK403
POST   rooms/:room=missing/start-subtitle/ @subtitles       ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  ROOM404  LK403    LK403
`
