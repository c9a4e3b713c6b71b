package invitations

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/mail"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/letter"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

const msgEmail = "Enter a valid email address."

// sent is the answer.
type sent struct {
	Status  string `json:"status"`
	Message string `json:"message"`
}

func (s *Service) invite(w http.ResponseWriter, r *http.Request) {
	if err := s.invited(w, r); err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, sent{"success", "invitations sent"})
}

func (s *Service) invited(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	user, ok := auth.UserFrom(ctx)
	if !ok {
		return reply.Unauthenticated()
	}
	room, err := s.ruled(r, user.ID)
	if err != nil {
		return err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	emails, _ := o.Texts("emails", mail.MaxRecipients, checkEmail)
	if err := o.Err(); err != nil {
		return err
	}
	m, err := s.message(r, user, room.Room)
	if err != nil {
		return err
	}
	m.Bcc = emails // anyone named twice gets it once
	err = s.mail.Enqueue(ctx, m)
	if errors.Is(err, mail.ErrOff) {
		return notConfigured(err)
	}
	return err
}

// ruled finds the room of the path for a caller who owns or administers it.
func (s *Service) ruled(r *http.Request, caller uuid.UUID) (store.RoomWithRole, error) {
	room, err := s.rooms.FindFor(r.Context(), r.PathValue("room"), caller)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return room, reply.NoMatch("Room")
	case err != nil:
		return room, err
	case !room.Role.Privileged():
		return room, reply.NotPrivileged()
	}
	return room, nil
}

func checkEmail(text string) string {
	if !mail.ValidAddress(text) {
		return msgEmail
	}
	return ""
}

// notConfigured has the code for a mail server that does not work.
func notConfigured(cause error) error {
	return reply.Detail(http.StatusInternalServerError, "Mail is not configured.").Because(cause)
}

// message is a user's invitation to a room, without recipients yet. Its subject
// is English whatever the language (core-rest.md 8.7).
func (s *Service) message(r *http.Request, user *store.User, room store.Room) (module.Message, error) {
	brand, err := s.mail.Brand(r.Context())
	if err != nil {
		return module.Message{}, err
	}
	if brand.BaseURL == "" {
		return module.Message{}, notConfigured(errNoLink)
	}
	language, sender, name := s.languages.of(r), senderOf(user), room.Slug
	if name == "" { // a name made of symbols only
		name = room.ID.String()
	}
	l, err := s.letters.Write(language, brand, letter.Link{URL: brand.BaseURL + "/" + name, Shown: brand.Domain + "/" + name},
		map[string]string{"Sender": sender})
	if err != nil {
		return module.Message{}, err
	}
	return module.Message{Subject: subject(sender), Text: l.Text, HTML: l.HTML, Language: l.Language}, nil
}

var errNoLink = errors.New("neither mail.base_url nor http.public_url is set: an invitation would lead nowhere")
