package gen_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
)

func TestAttributesOfTritonUsersAreTextsOrLists(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]gen.TritonAttribute{
		`"Bonn"`: "Bonn", `["Bonn"]`: "Bonn", `["Bonn","Ulm"]`: "Bonn, Ulm", `[]`: "", `""`: "", `null`: "", ` [ "a" , "b" ] `: "a, b",
	} {
		for name, read := range map[string]func([]byte, *gen.TritonUser) error{
			"encoding/json": func(data []byte, user *gen.TritonUser) error { return json.Unmarshal(data, user) },
			"DecodeJSON":    func(data []byte, user *gen.TritonUser) error { return user.DecodeJSON(data) },
		} {
			var user gen.TritonUser
			require.NoError(t, read([]byte(`{"id":"i","city":`+source+`,"login":"l"}`), &user), name)
			assert.Equal(t, gen.TritonUser{ID: "i", City: want, Login: "l"}, user, "%s of %s", name, source)
		}
	}
	for _, source := range []string{`1`, `{}`, `[1]`, `[["a"]]`, `true`} {
		var user gen.TritonUser
		require.Error(t, user.DecodeJSON([]byte(`{"city":`+source+`}`)), source)
	}
	sent, err := json.Marshal(gen.TritonUser{City: "Bonn"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"id":"","login":"","email":"","city":"Bonn"}`, string(sent))
}
