package applications_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/applications"
	"foyer/sdk/module"
)

// notes is a module with routes for programs.
type notes struct{ module.Module }

func (notes) Routes() []module.Route {
	return []module.Route{
		{Access: module.ApplicationToken("notes:read")}, {Access: module.Session}, {Access: module.ApplicationToken("rooms:list")},
		{Access: module.ApplicationToken("notes:read")}, {Access: module.ApplicationToken("")}, {Access: module.ApplicationToken("notes:write")},
	}
}

func TestScopes_that_modules_ask_for_can_be_granted(t *testing.T) {
	known := applications.ScopesOf([]module.Module{notes{}})
	require.Equal(t, append(applications.Scopes(), "notes:read", "notes:write"), known)
	for scope, good := range map[string]bool{
		"notes:read": true, "rooms:list": true,
		"notes:delete": false, "rooms:share": false, "room:list": false, "note:read": false, // no route requires them
		"tickets:list": true, "crm_sync:deals.own:read": true, // from a module of its own
		"tickets": false, "tickets:": false, ":list": false, "Tickets:list": false, "tickets:*": false, "tickets:list all": false,
		"tickets:list\x00": false, "tickets:list\n": false, "a:b:c:d:e": false, "": false,
	} {
		checked, err := applications.Rules{Scopes: known}.Check(applications.Rights{Scopes: []string{scope}})
		require.Equal(t, good, err == nil, "%q: %v", scope, err)
		if good {
			require.Equal(t, []string{scope}, checked.Scopes)
		}
	}
	for scope, good := range map[string]bool{
		"zooms:list": true, "note:read": true, "tickets:list": true,
		"rooms:share": false, "Tickets:list": false, // nobody else's, and no scope at all
	} {
		_, err := applications.Rules{Scopes: known}.Check(applications.Rights{Scopes: []string{scope}, ThirdParty: true})
		require.Equal(t, good, err == nil, "%q of a third party: %v", scope, err)
	}
}
