package wrapper

import (
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

// Every type of a response is decoded by a function of its own, which does not reflect.
func TestResponsesHaveADecodeFunction(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		new(gen.User), new(gen.Group), new(gen.Share), new(gen.Resource), new(gen.RequestStatus), new(gen.TritonUser), new(gen.TritonKey),
		new(gen.UserList), new(gen.GroupList), new(gen.ShareList), new(gen.ResourceList), new(gen.MemberList),
	} {
		_, ok := value.(interface{ DecodeJSON(data []byte) error })
		assert.True(t, ok, "%T", value)
	}
	// Arrays have no methods. encoding/json doubles the room of a list and has some left over.
	array := []byte("[" + strings.Repeat(`{"login":"ada","name":"laptop"},`, 99) + "{}]")
	var users []gen.TritonUser
	require.NoError(t, unmarshalTriton(array, &users))
	assert.Equal(t, []int{100, 100}, []int{len(users), cap(users)})
	var keys []gen.TritonKey
	require.NoError(t, unmarshalTriton(array, &keys))
	assert.Equal(t, []int{100, 100}, []int{len(keys), cap(keys)})
}
