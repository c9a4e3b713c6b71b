package config

// Config is the whole configuration of the gateway.
type Config struct {
	HTTP      HTTP      // http
	Database  Database  // database
	Secrets   Secrets   // secrets
	OIDC      OIDC      // oidc
	Session   Session   // session
	LiveKit   LiveKit   // livekit
	Rooms     Rooms     // rooms
	Users     Users     // users
	Telephony Telephony // telephony
	Frontend  Frontend  // frontend
	Throttles Throttles // throttles
	Jobs      Jobs      // jobs
	Flags     Flags     // flags
	Modules   Modules   // modules
	Telemetry Telemetry // telemetry
}
