package reply_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/reply"
)

func TestAsRPCStatus_says_what_the_other_forms_say(t *testing.T) {
	for _, x := range []struct {
		err  error
		want string
	}{
		{reply.Forbidden(), `{"error":{"code":403,"message":"You do not have permission to perform this action.","status":"PERMISSION_DENIED"}}`},
		{reply.Detail(http.StatusTeapot, "No coffee."), `{"error":{"code":418,"message":"No coffee.","status":"UNKNOWN"}}`},
		{errors.New("a secret cause"), `{"error":{"code":500,"message":"Server error.","status":"INTERNAL"}}`},
		{reply.RPCStatus(http.StatusBadRequest, "FAILED_PRECONDITION", "Not now."), `{"error":{"code":400,"message":"Not now.","status":"FAILED_PRECONDITION"}}`},
		{reply.Invalid(map[string]any{"access_level": []string{"One.", "Two."}, "name": "Odd."}),
			`{"error":{"code":400,"message":"level: One. Two. name: Odd.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest",` +
				`"fieldViolations":[{"field":"level","description":"One. Two."},{"field":"name","description":"Odd."}]}]}}`},
	} {
		e := reply.AsRPCStatus(x.err, map[string]string{"access_level": "level"})
		text, err := reply.Encode(e.Body)
		require.NoError(t, err)
		require.Equal(t, x.want, string(text))
	}
	cause := errors.New("why")
	e := reply.AsRPCStatus(reply.Unavailable(time.Second, cause), nil)
	require.Equal(t, map[string]string{"Retry-After": "1"}, e.Header)
	require.ErrorIs(t, e, cause)
}
