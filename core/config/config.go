package config

import "foyer/sdk/conf"

// Config is the whole configuration of the gateway.
type Config struct {
	HTTP        HTTP        // http
	Database    Database    // database
	Redis       Redis       // redis
	Secrets     Secrets     // secrets
	OIDC        OIDC        // oidc
	Session     Session     // session
	LiveKit     LiveKit     // livekit
	Rooms       Rooms       // rooms
	Lobby       Lobby       // lobby
	Meetings    Meetings    // meetings
	Users       Users       // users
	Telephony   Telephony   // telephony
	Recordings  Recordings  // recordings
	Storage     Storage     // storage
	Frontend    Frontend    // frontend
	Mail        Mail        // mail
	Diagnostics Diagnostics // diagnostics
	Audit       Audit       // audit
	Throttles   Throttles   // throttles
	Jobs        Jobs        // jobs
	Flags       Flags       // flags
	Modules     Modules     // modules
	Telemetry   Telemetry   // telemetry
}

// Default returns the configuration without a file, an environment or modules.
func Default() *Config {
	return &Config{
		HTTP:        defaultHTTP(),
		Database:    defaultDatabase(),
		Redis:       defaultRedis(),
		OIDC:        defaultOIDC(),
		Session:     defaultSession(),
		LiveKit:     defaultLiveKit(),
		Rooms:       defaultRooms(),
		Lobby:       defaultLobby(),
		Meetings:    defaultMeetings(),
		Users:       defaultUsers(),
		Telephony:   defaultTelephony(),
		Recordings:  defaultRecordings(),
		Storage:     defaultStorage(),
		Frontend:    defaultFrontend(),
		Mail:        defaultMail(),
		Diagnostics: defaultDiagnostics(),
		Audit:       defaultAudit(),
		Throttles:   defaultThrottles(),
		Jobs:        defaultJobs(),
		Flags:       Flags{Provider: "static", Watch: true},
		Telemetry:   defaultTelemetry(),
	}
}

// Fields declares the sections of the file.
func (c *Config) Fields(f *conf.Fields) {
	f.Section("http", &c.HTTP, "The listener, and what every request passes.")
	f.Section("database", &c.Database, "Where the data lives.")
	f.Section("redis", &c.Redis, "What replicas share for a short time: the lobby, counters of requests. A single node needs none.")
	f.Section("secrets", &c.Secrets, "Keys that are generated once when they are not given.")
	f.Section("oidc", &c.OIDC, "Sign-in through an OpenID Connect provider.")
	f.Section("session", &c.Session, "The browser session.")
	f.Section("livekit", &c.LiveKit, "The media server.")
	f.Section("rooms", &c.Rooms, "The rules of rooms.")
	f.Section("lobby", &c.Lobby, "The waiting room in front of rooms that do not let everybody in.")
	f.Section("meetings", &c.Meetings, "The rules of who is in a meeting.")
	f.Section("users", &c.Users, "The rules of accounts.")
	f.Section("telephony", &c.Telephony, "What clients are told about dialling in, and room PINs.")
	f.Section("recordings", &c.Recordings, "What holds for recordings whether or not any can be made now.")
	f.Section("storage", &c.Storage, "Where files are kept: an S3 server.")
	f.Section("frontend", &c.Frontend, "What the web frontend is told.")
	f.Section("mail", &c.Mail, "Mail: invitations, and notices of modules.")
	f.Section("diagnostics", &c.Diagnostics, "Tests that visitors can run.")
	f.Section("audit", &c.Audit, "The audit log: tokens issued and refused, and what applications did.")
	f.Section("throttles", &c.Throttles, "Rates as count/period; the period's first letter counts: s, m, h or d. \"\" = no limit.")
	f.Section("jobs", &c.Jobs, "Durable background work.")
	f.Section("flags", &c.Flags, "Feature flags.")
	f.Section("modules", &c.Modules, "One section a module, and modules in binaries of their own.")
	f.Section("telemetry", &c.Telemetry, "Logs, metrics and traces.")
}
