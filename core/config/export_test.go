package config

// ServerSettings are those that an address may have.
var ServerSettings = serverSettings
