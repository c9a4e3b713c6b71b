package moduletest_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// mail sends what it is given twice, and one message that cannot be sent.
func (p *probe) mail(w http.ResponseWriter, r *http.Request) {
	ctx, mail := r.Context(), p.host.Mail()
	brand, err := mail.Brand(ctx)
	err = errors.Join(err, mail.Enqueue(ctx, letterOfProbe(brand)), mail.Enqueue(ctx, letterOfProbe(brand)))
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	refused := mail.Enqueue(ctx, module.Message{Subject: "to nobody"})
	reply.JSON(w, r, http.StatusOK, map[string]any{"brand": brand, "given_up": errors.Is(refused, module.ErrGiveUp)})
}

func letterOfProbe(b module.Brand) module.Message {
	return module.Message{
		Unique: "one", To: []string{"ada@example.org"}, Bcc: []string{"grace@example.org"}, Subject: b.Name + " é",
		Text: "text", HTML: "<p>HTML</p>", Language: "nl-nl",
	}
}

func TestMail_is_enqueued_by_the_host(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		a := g.Send(t, moduletest.Request{Method: http.MethodPost, Path: "/probe/mail/"})
		require.JSONEq(t, `{"given_up":true,"brand":{"name":"Foyer","logo_url":"https://meet.example.org/logo.png",
			"support_email":"help@example.org","domain":"meet.example.org","base_url":"https://meet.example.org"}}`, a.Body)
		require.Equal(t, []module.Message{letterOfProbe(moduletest.Brand)}, g.Outbox.Messages())
	})
}
