package coretest

// Paths that tests of several topics ask for.
const (
	CallbackPath   = "/api/v1.0/rooms/creation-callback/"
	TestPath       = "/api/v1.0/diagnostics/connection/"
	UsersPath      = "/api/v1.0/users/"
	RecordingsPath = "/api/v1.0/recordings/"
	MediaAuthPath  = "/api/v1.0/recordings/media-auth/"
)

// Bodies of the contract's answers, whole, that tests of several topics expect.
const (
	Success       = `{"status":"success"}`
	EmptyPage     = `{"count":0,"next":null,"previous":null,"results":[]}`
	NoCredentials = `{"detail":"Authentication credentials were not provided."}`
	Forbidden     = `{"detail":"You do not have permission to perform this action."}`
	NotFound      = `{"detail":"Not found."}`
	NoRoom        = `{"detail":"No Room matches the given query."}`

	NoAccess  = `{"detail":"No ResourceAccess matches the given query."}`
	NotRuled  = `{"detail":"You must be administrator or owner of a room to add accesses to it."}`
	NotOwner  = `{"detail":"Only owners of a room can assign other users as owners."}`
	LastOwner = `{"detail":"A resource should keep at least one owner."}`

	NoLobby       = `{"message":"Room has no lobby system."}`
	NotWaiting    = `{"message":"Participant not found."}`
	Decided       = `{"message":"Participant was updated."}`
	NoParticipant = `{"error":"Participant not found"}`
)
