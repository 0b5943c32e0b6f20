package wrapper

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
)

// What unmarshal is documented to do, whichever decoder is behind it.
func TestUnmarshalDecodesOneValueAndCopiesIt(t *testing.T) {
	t.Parallel()
	data := []byte(`{"id":"one","properties":{"email":"a@example.test"}}`)
	var user gen.User
	require.NoError(t, unmarshal(data, &user))
	clear(data)
	assert.Equal(t, "one", user.ID)
	assert.Equal(t, "a@example.test", user.Properties.Email)

	for _, bad := range []string{``, `{"id":"one"`, `{"id":"one"} {"id":"two"}`, `{"id":"one"}]`} {
		require.Error(t, unmarshal([]byte(bad), new(gen.User)), bad)
	}
}

func TestUnmarshalUsersIsUnmarshalWithRoom(t *testing.T) {
	padding := `"padding":"` + strings.Repeat("x", 5_000) + `"`
	user := `{"id":"u","properties":{"email":"` + strings.Repeat("a", 700) + `"}}`
	for _, document := range []string{
		`{` + padding + `}`,
		`{"items":[],` + padding + `}`,
		`{"items":null,` + padding + `}`,
		`{"items":[` + user + `],` + padding + `}`,
		`{"items":[` + strings.Repeat(user+",", 120) + user + `]}`,
		`{"items":[` + user + `],"items":[{"id":"v"},null],` + padding + `}`,
		`{"items":[],"id":"x"}`, `{}`,
	} {
		var want, got gen.UserList
		require.NoError(t, json.Unmarshal([]byte(document), &want))
		require.NoError(t, unmarshalUsers([]byte(document), &got))
		assert.Equal(t, want, got)
	}
	require.Error(t, unmarshalUsers([]byte(`{"items":5,`+padding+`}`), new(gen.UserList)))
	require.Error(t, unmarshalUsers([]byte(`{`+padding), new(gen.UserList)))

	page := []byte(`{"items":[` + strings.Repeat(user+",", 99) + user + `]}`)
	plain := testing.AllocsPerRun(10, func() { _ = unmarshal(page, new(gen.UserList)) })
	roomy := testing.AllocsPerRun(10, func() { _ = unmarshalUsers(page, new(gen.UserList)) })
	assert.Less(t, roomy, plain)
}
