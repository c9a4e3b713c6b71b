package config

// Rooms are the rules of rooms (settings.md 2.7).
type Rooms struct {
	DefaultAccessLevel string // default_access_level (RESOURCE_DEFAULT_ACCESS_LEVEL), public
	AllowUnregistered  bool   // allow_unregistered (ALLOW_UNREGISTERED_ROOMS), true
	EditDisplayName    bool   // authenticated_can_edit_display_name (AUTHENTICATED_PARTICIPANTS_CAN_EDIT_DISPLAY_NAME), true
}

// Users are the rules of accounts.
type Users struct {
	Language  string   // language (DJANGO_LANGUAGE_CODE), en-us: of new users, and told to the frontend
	Languages []string // languages (DJANGO_LANGUAGES, "code,Name;…"): allowed codes
}

// Telephony is what clients are told about dialling in, and room PINs
// (settings.md 2.12).
type Telephony struct {
	Enabled        bool   // enabled (ROOM_TELEPHONY_ENABLED)
	PhoneNumber    string // phone_number (ROOM_TELEPHONY_PHONE_NUMBER)
	DefaultCountry string // default_country (ROOM_TELEPHONY_DEFAULT_COUNTRY), US
	PINLength      int    // pin_length (ROOM_TELEPHONY_PIN_LENGTH), 10, at least 4
	PINRetries     int    // pin_max_retries (ROOM_TELEPHONY_PIN_MAX_RETRIES), 5
}
