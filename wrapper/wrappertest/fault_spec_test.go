package wrappertest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func addFault(t *testing.T, c caller, text string) *wrappertest.ActiveFault {
	t.Helper()
	var spec wrappertest.FaultSpec
	require.NoError(t, json.Unmarshal([]byte(text), &spec))
	fault, err := c.cloud.IONOS.AddFault(spec)
	require.NoError(t, err, text)
	return fault
}

func TestFaultsFromJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		status int
		body   string
		err    string
	}{
		`{"effect":"reply","status":418,"header":{"X-Test":["1"]},"body":"tea"}`: {418, "tea", ""},
		`{"effect":"html","status":502}`:                                         {502, "<html>", ""},
		`{"effect":"empty"}`:                                                     {503, "", ""},
		`{"effect":"redirect","status":302,"location":"/there"}`:                 {302, "", ""},
		`{"effect":"delay","delay":"1ms"}`:                                       {200, `{`, ""},
		`{"effect":"slowBody","delay":"1us"}`:                                    {200, `{`, ""},
		`{"effect":"resetConnection"}`:                                           {0, "", "reset"},
		`{"effect":"closeConnection"}`:                                           {0, "", "EOF"},
		`{"effect":"truncateBody","bytes":3}`:                                    {0, "", "EOF"},
		`{"effect":"truncateChunked","bytes":3}`:                                 {0, "", "EOF"},
		`{"effect":"gzipLie"}`:                                                   {0, "", "gzip"},
		`{"effect":"gzipBomb","bytes":100000,"status":200}`:                      {200, `{"id":"xxx`, ""},
		`{"effect":"empty","operationId":"umUsersPost"}`:                         {200, `{`, ""},
		`{"effect":"empty","attempt":2}`:                                         {200, `{`, ""},
	} {
		c := inMemory(t)
		c.client.CheckRedirect = noRedirects
		addFault(t, c, text)
		got, err := c.tryIONOS(t.Context(), "GET", "/um/groups", "")
		if want.err != "" {
			assert.ErrorContains(t, err, want.err, text)
			continue
		}
		if assert.NoError(t, err, text) {
			assert.Equal(t, want.status, got.StatusCode, text)
			assert.True(t, strings.HasPrefix(string(got.text), want.body), "%s: %.20s", text, got.text)
		}
	}
}

func TestFaultsAreListedAndRemoved(t *testing.T) {
	t.Parallel()
	c := inMemory(t)
	first := addFault(t, c, `{"effect":"empty","operationId":"umGroupsGet","attempt":1,"times":5}`)
	second := c.cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Empty(500)})
	assert.NotEqual(t, first.ID(), second.ID())
	require.Equal(t, 503, c.ionos("GET", "/um/groups", "").StatusCode)
	require.Equal(t, 500, c.ionos("GET", "/um/users", "").StatusCode)
	faults := c.cloud.IONOS.Faults()
	require.Len(t, faults, 2)
	assert.Equal(t, wrappertest.FaultSpec{OperationID: "umGroupsGet", Attempt: 1, Times: 5, Effect: "empty"}, faults[0].Spec())
	assert.Equal(t, 1, faults[0].Hits())
	assert.Equal(t, "custom", faults[1].Spec().Effect)
	first.Remove()
	first.Remove()
	assert.Len(t, c.cloud.IONOS.Faults(), 1)
	require.Equal(t, 500, c.ionos("GET", "/um/groups", "").StatusCode)
	c.cloud.IONOS.ClearFaults()
	require.Equal(t, 200, c.ionos("GET", "/um/groups", "").StatusCode)
}

func TestInvalidFaultsAreNamed(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.New()
	for want, spec := range map[string]wrappertest.FaultSpec{
		`unknown effect "": must be one of closeConnection, delay,`: {},
		`unknown operation ID "x"`:                                  {Effect: "hang", OperationID: "x"},
		"status is not a member of the effect hang":                 {Effect: "hang", Status: 500},
		"bytes is not a member of the effect reply":                 {Effect: "reply", Bytes: 5},
		"attempt, times and bytes must not be negative":             {Effect: "hang", Attempt: -1},
		"status must be between 200 and 599, not 99":                {Effect: "empty", Status: 99},
		`delay must be a duration such as "1.5s"`:                   {Effect: "delay", Delay: "5"},
		"bytes must be at most 1073741824":                          {Effect: "gzipBomb", Bytes: 1<<30 + 1},
	} {
		_, err := cloud.Triton.AddFault(spec)
		assert.ErrorContains(t, err, want)
	}
	assert.Empty(t, cloud.Triton.Faults())
	assert.Contains(t, cloud.Triton.OperationIDs(), wrappertest.ListTritonUsers)
	assert.NotContains(t, cloud.Triton.OperationIDs(), wrappertest.OperationID("Ping"))
}
