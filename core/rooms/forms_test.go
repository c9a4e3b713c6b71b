package rooms_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestForms_give_what_JSON_gives(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"])
	ada := h.SignIn("ada")
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range map[string]string{"name": " Réunion ", "access_level": "trusted", "configuration": `{"can_publish_sources":["camera"]}`} {
		require.NoError(t, w.WriteField(k, v))
	}
	require.NoError(t, w.Close())
	a := ada.Send(http.MethodPost, "/api/v1.0/rooms/", b.String(), "Content-Type", w.FormDataContentType())
	require.Equal(t, http.StatusCreated, a.Status, a.Body)
	got := a.JSON()
	require.Equal(t, []any{"Réunion", "reunion", "trusted", coretest.Object{"can_publish_sources": []any{"camera"}}},
		[]any{got["name"], got["slug"], got["access_level"], got["configuration"]})
}
