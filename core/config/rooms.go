package config

import (
	"time"

	"foyer/core/legacy/variables"

	"foyer/sdk/conf"
)

// Rooms are the rules of rooms (settings.md 2.7).
type Rooms struct {
	DefaultAccessLevel string        // default_access_level: public, trusted or restricted
	AllowUnregistered  bool          // allow_unregistered
	EditDisplayName    bool          // authenticated_can_edit_display_name
	CallbackTTL        time.Duration // creation_callback_ttl
}

func defaultRooms() Rooms {
	return Rooms{DefaultAccessLevel: "public", AllowUnregistered: true, EditDisplayName: true, CallbackTTL: 10 * time.Minute}
}

func (r *Rooms) Fields(f *conf.Fields) {
	f.String("default_access_level", &r.DefaultAccessLevel, "Access level of new rooms.").
		Legacy("RESOURCE_DEFAULT_ACCESS_LEVEL").OneOf("public", "trusted", "restricted")
	f.Bool("allow_unregistered", &r.AllowUnregistered, "Let anybody meet in rooms that nobody created.").
		Legacy("ALLOW_UNREGISTERED_ROOMS")
	f.Bool("authenticated_can_edit_display_name", &r.EditDisplayName, "Let signed-in users choose the name that others see.").
		Legacy("AUTHENTICATED_PARTICIPANTS_CAN_EDIT_DISPLAY_NAME")
	f.Duration("creation_callback_ttl", &r.CallbackTTL, "How long a page that embeds the product can ask which room was created.").
		Legacy("ROOM_CREATION_CALLBACK_CACHE_TIMEOUT")
}

// Users are the rules of accounts.
type Users struct {
	Language             string   // language of new users, also passed to the frontend
	Languages            []string // languages: allowed codes, in order of preference
	AllowUnsecureListing bool     // allow_unsecure_listing
}

func defaultUsers() Users {
	return Users{Language: "en-us", Languages: []string{"en-us", "fr-fr", "nl-nl", "de-de"}}
}

func (u *Users) Fields(f *conf.Fields) {
	f.String("language", &u.Language, "Language of new users; one of languages.").Legacy("DJANGO_LANGUAGE_CODE")
	f.List("languages", &u.Languages, "Allowed languages, in order of preference.").LegacyAs(variables.Codes, "DJANGO_LANGUAGES")
	f.Bool("allow_unsecure_listing", &u.AllowUnsecureListing, "Show every account to every signed-in user, with a search by e-mail.").
		Legacy("ALLOW_UNSECURE_USER_LISTING")
}

// Telephony is what clients are told about dialling in, and the PINs of rooms
// (settings.md 2.12).
type Telephony struct {
	Enabled        bool   // enabled
	PhoneNumber    string // phone_number
	DefaultCountry string // default_country
	PINLength      int    // pin_length
	PINRetries     int    // pin_max_retries
}

// maxPIN is where LiveKit's SIP service stops listening for digits.
const maxPIN = 16

func defaultTelephony() Telephony {
	return Telephony{DefaultCountry: "US", PINLength: 10, PINRetries: 5}
}

func (t *Telephony) Fields(f *conf.Fields) {
	f.Bool("enabled", &t.Enabled, "Give rooms PINs and tell clients the number.").Legacy("ROOM_TELEPHONY_ENABLED")
	f.String("phone_number", &t.PhoneNumber, "Number to dial, international form.").Legacy("ROOM_TELEPHONY_PHONE_NUMBER")
	f.String("default_country", &t.DefaultCountry, "Country of a number without prefix, two letters.").Legacy("ROOM_TELEPHONY_DEFAULT_COUNTRY")
	f.Int("pin_length", &t.PINLength, "Digits of a room's PIN; LiveKit takes 16 from a caller at most.").Legacy("ROOM_TELEPHONY_PIN_LENGTH").AtLeast(4)
	f.Int("pin_max_retries", &t.PINRetries, "Draws until a PIN is free.").Legacy("ROOM_TELEPHONY_PIN_MAX_RETRIES").AtLeast(1).AtMost(1000)
}
