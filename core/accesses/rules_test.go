package accesses

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/sdk/reply"
)

var everyRole = []store.Role{store.NoRole, store.Member, store.Administrator, store.Owner}

// detail returns the text of the refusal, "" if there is none.
func detail(err error) string {
	if err == nil {
		return ""
	}
	return reply.As(err).Body.(map[string]string)["detail"]
}

func TestRules_of_every_caller_access_and_role(t *testing.T) {
	me, other := uuid.New(), uuid.New()
	for _, caller := range everyRole {
		for _, given := range everyRole[1:] {
			added := ""
			switch {
			case caller == store.NoRole, caller == store.Member:
				added = detail(notRuled())
			case caller == store.Administrator && given == store.Owner:
				added = detail(notOwner())
			}
			require.Equal(t, added, detail(mayAdd(caller, given)), "%s gives %s", caller, given)
			for _, had := range everyRole[1:] {
				a := store.AccessWithRole{Access: store.Access{UserID: other, Role: had}, ViewerRole: caller}
				set, removed := added, ""
				if added == detail(notRuled()) {
					set, removed = detail(reply.Forbidden()), detail(reply.Forbidden())
				} else if had == store.Owner {
					set, removed = detail(notOwner()), detail(reply.Forbidden())
				}
				require.Equal(t, set, detail(maySet(a, me, given)), "%s makes another's %s %s", caller, had, given)
				require.Equal(t, removed, detail(mayRemove(a, me)), "%s removes another's %s", caller, had)
			}
			own := store.AccessWithRole{Access: store.Access{UserID: me, Role: caller}, ViewerRole: caller}
			if caller.Privileged() {
				require.Equal(t, added, detail(maySet(own, me, given)), "%s becomes %s", caller, given)
				require.NoError(t, mayRemove(own, me))
			} else {
				require.Equal(t, detail(reply.Forbidden()), detail(maySet(own, me, given)))
				require.Equal(t, detail(reply.Forbidden()), detail(mayRemove(own, me)))
			}
		}
	}
}
