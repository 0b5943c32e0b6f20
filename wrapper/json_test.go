package wrapper

import (
	"encoding/json"
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
	object := []byte(`{"id":"one","type":"user","login":"ada","href":"https://example.test/one"}`)
	page := []byte(`{"items":[` + string(object) + `,` + string(object) + `]}`)
	array := []byte(`[` + string(object) + `,` + string(object) + `]`)
	for _, one := range []struct {
		data  []byte
		value any
	}{
		{object, new(gen.User)}, {object, new(gen.Group)}, {object, new(gen.Share)}, {object, new(gen.Resource)},
		{object, new(gen.RequestStatus)}, {object, new(gen.TritonUser)}, {object, new(gen.TritonKey)},
		{page, new(gen.UserList)}, {page, new(gen.GroupList)}, {page, new(gen.ShareList)}, {page, new(gen.ResourceList)},
		{page, new(gen.MemberList)}, {array, new([]gen.TritonUser)}, {array, new([]gen.TritonKey)},
	} {
		reflecting := testing.AllocsPerRun(10, func() { _ = json.Unmarshal(one.data, one.value) })
		generated := testing.AllocsPerRun(10, func() { _ = unmarshalTriton(one.data, one.value) })
		assert.Less(t, generated, reflecting, "%T", one.value)
	}
}
