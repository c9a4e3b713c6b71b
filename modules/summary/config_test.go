package summary

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

// Browsers open the form; this server calls the endpoint.
func TestValidate_takes_a_form_in_the_fragment_of_a_page(t *testing.T) {
	for text, want := range map[string][2]string{ // for form_base_url and endpoint
		"https://example.org/form?a=b": {},
		"https://example.org/#/form":   {"", "leave out the fragment"},
		"example.org/form":             {"is not a URL", "is not a URL"},
	} {
		for i, key := range []string{"form_base_url", "endpoint"} {
			m := New()
			c := m.Config().(*Config)
			*[]*string{&c.FormBaseURL, &c.Endpoint}[i] = text
			err := m.(module.Validator).Validate()
			if want[i] == "" {
				require.NoError(t, err, text)
				continue
			}
			require.ErrorContains(t, err, key+": ", text)
			require.ErrorContains(t, err, want[i], text)
		}
	}
}
