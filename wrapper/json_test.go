package wrapper

import (
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
