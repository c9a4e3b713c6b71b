package openapi

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// methods are the keys of a path that are operations.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// show leaves out hidden operations and tags that have none left, and adds to
// every operation what the pipeline can answer.
func (o object) show(base string, shown func(method, path string) bool) object {
	paths, used := object{}, map[string]bool{}
	for _, item := range o.object("paths") {
		path := fmt.Sprint(item.Key)
		in, _ := item.Value.(yaml.MapSlice)
		out, operations := object{}, 0
		for _, field := range in {
			key := fmt.Sprint(field.Key)
			if !slices.Contains(methods, key) {
				out = append(out, field)
				continue
			}
			if shown != nil && !shown(strings.ToUpper(key), RoutePath(base, path)) {
				continue
			}
			operation, _ := field.Value.(yaml.MapSlice)
			tags, _ := object(operation).get("tags").([]any)
			for _, tag := range tags {
				used[fmt.Sprint(tag)] = true
			}
			out = out.with(key, object(operation).withStanding())
			operations++
		}
		if operations > 0 {
			paths = paths.with(path, out)
		}
	}
	tags, _ := o.get("tags").([]any)
	tags = slices.DeleteFunc(slices.Clone(tags), func(tag any) bool {
		t, _ := tag.(yaml.MapSlice)
		return !used[fmt.Sprint(object(t).get("name"))]
	})
	return o.with("paths", paths).with("tags", tags)
}

// standing are the answers that the pipeline can give to every operation, or to
// every one with a body, by status. An operation that describes its own keeps it.
var standing = []struct {
	status, response string
	bodyOnly         bool
}{
	{"406", "NotAcceptable", false},
	{"413", "TooLarge", true},
	{"415", "UnsupportedMedia", true},
	{"500", "ServerError", false},
	{"503", "Unavailable", false},
}

func (o object) withStanding() object {
	responses := o.object("responses")
	for _, s := range standing {
		if responses.get(s.status) == nil && (!s.bodyOnly || o.get("requestBody") != nil) {
			responses = responses.with(s.status, object{{Key: "$ref", Value: "#/components/responses/" + s.response}})
		}
	}
	return o.with("responses", responses)
}

// RoutePath turns a path of the document into module.Route's form:
// "/rooms/{room}/" is "/api/v1.0/rooms/:room/". Well-known paths are at the root,
// whatever the base (RFC 8615 3).
func RoutePath(base, path string) string {
	if strings.HasPrefix(path, "/.well-known/") {
		base = ""
	}
	path = strings.NewReplacer("{", ":", "}", "").Replace(path)
	return strings.TrimSuffix(base, "/") + strings.TrimSuffix(path, "/") + "/"
}
