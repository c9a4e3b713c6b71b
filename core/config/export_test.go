package config

// ServerSettings are the settings that a database address may contain.
var ServerSettings = serverSettings
