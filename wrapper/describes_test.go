package wrapper_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A response that describes nobody, or somebody else, is never a success.
func TestResponsesThatDescribeSomethingElse(t *testing.T) {
	t.Parallel()
	listUsers := func(c *wrapper.IONOS) error { _, err := c.ListUsers(t.Context()); return err }
	getUser := func(c *wrapper.IONOS) error { _, err := c.GetUser(t.Context(), "u1"); return err }
	for name, c := range map[string]struct {
		status int
		body   string
		call   func(*wrapper.IONOS) error
	}{
		"list without items":        {200, `{"id":"users","type":"collection"}`, listUsers},
		"list whose items are null": {200, `{"id":"users","items":null}`, listUsers},
		"list of null":              {200, `{"items":[null]}`, listUsers},
		"list of nobody":            {200, `{"items":[{"id":"a"},{}]}`, listUsers},
		"groups without items":      {200, `{"id":"groups"}`, func(c *wrapper.IONOS) error { _, err := c.ListGroups(t.Context()); return err }},
		"shares of nothing":         {200, `{"items":[{}]}`, func(c *wrapper.IONOS) error { _, err := c.ListShares(t.Context(), "g"); return err }},
		"members of nothing":        {200, `{"items":[{}]}`, func(c *wrapper.IONOS) error { _, err := c.ListGroupMembers(t.Context(), "g"); return err }},
		"resources of nothing":      {200, `{"items":[{}]}`, func(c *wrapper.IONOS) error { _, err := c.ListResources(t.Context()); return err }},
		"user without id":           {200, `{"properties":{"email":"ann@example.com"}}`, getUser},
		"another user":              {200, `{"id":"u2","properties":{"email":"bob@example.com"}}`, getUser},
		"another group":             {200, `{"id":"u2"}`, func(c *wrapper.IONOS) error { _, err := c.GetGroup(t.Context(), "g"); return err }},
		"another resource":          {200, `{"id":"r2"}`, func(c *wrapper.IONOS) error { _, err := c.GetResource(t.Context(), "image", "r1"); return err }},
		"share without id":          {200, `{"type":"share"}`, func(c *wrapper.IONOS) error { _, err := c.GetShare(t.Context(), "g", "r"); return err }},
		"error with status 200":     {200, `{"httpStatus":404,"messages":[{"errorCode":"309","message":"no"}]}`, getUser},
		"status of another request": {200, `{"id":"other/status","metadata":{"status":"DONE"}}`, func(c *wrapper.IONOS) error { return c.Operation("mine").Wait(t.Context()) }},
		"another user replaced": {202, `{"id":"u2"}`, func(c *wrapper.IONOS) error {
			user, operation, err := c.ReplaceUser(t.Context(), "u1", gen.UserUpdateProperties{})
			assert.Nil(t, user)
			assert.Equal(t, "r1", operation.ID(), "it was accepted")
			return err
		}},
		"another user updated": {200, `{"id":"u2","properties":{"email":"bob@example.com"}}`, func(c *wrapper.IONOS) error {
			_, _, err := c.UpdateUser(t.Context(), "u1", func(p *gen.UserUpdateProperties) { p.Active = new(true) })
			return err
		}},
		"error with a deletion's status": {200, `{"httpStatus":422,"messages":[{"errorCode":"439","message":"no"}]}`, func(c *wrapper.IONOS) error {
			_, err := c.DeleteUser(t.Context(), "u1")
			require.ErrorIs(t, err, wrapper.ErrOutcomeUnknown)
			return err
		}},
	} {
		cloud := newCloud()
		header := http.Header{"Location": {"https://api.ionos.com/cloudapi/v6/requests/r1/status"}}
		cloud.IONOS.Fault(wrappertest.Fault{Effect: wrappertest.Reply(c.status, header, c.body)})
		assert.ErrorIs(t, c.call(ionosClient(t, cloud)), wrapper.ErrUnexpectedResponse, name)
		assert.Len(t, cloud.IONOS.Requests(), 1, name)
	}
}

func TestResponsesOfTritonThatDescribeSomethingElse(t *testing.T) {
	t.Parallel()
	const id = "1d4f1d8e-5a3f-4d7b-9d5c-0f8f2f5a7b11"
	for name, c := range map[string]struct {
		body string
		call func(*wrapper.Triton) error
		is   error
	}{
		"list of null":      {`[null]`, func(c *wrapper.Triton) error { _, err := c.ListUsers(t.Context()); return err }, wrapper.ErrUnexpectedResponse},
		"list of nobody":    {`[{}]`, func(c *wrapper.Triton) error { _, err := c.ListUsers(t.Context()); return err }, wrapper.ErrUnexpectedResponse},
		"user without id":   {`{"login":"jo"}`, func(c *wrapper.Triton) error { _, err := c.GetUser(t.Context(), "jo"); return err }, wrapper.ErrUnexpectedResponse},
		"another user":      {`{"id":"x","login":"bob"}`, func(c *wrapper.Triton) error { _, err := c.GetUser(t.Context(), "jo"); return err }, wrapper.ErrUnexpectedResponse},
		"found by login":    {`{"id":"x","login":"Jo"}`, func(c *wrapper.Triton) error { _, err := c.GetUser(t.Context(), "jo"); return err }, nil},
		"found by id":       {`{"id":"` + id + `","login":"x"}`, func(c *wrapper.Triton) error { _, err := c.GetUser(t.Context(), id); return err }, nil},
		"another one made":  {`{"id":"x","login":"bob"}`, func(c *wrapper.Triton) error { _, err := c.CreateUser(t.Context(), joTriton()); return err }, wrapper.ErrUnexpectedResponse},
		"error of a DELETE": {`{"code":"InvalidArgument","message":"no"}`, func(c *wrapper.Triton) error { return c.DeleteUser(t.Context(), "jo") }, wrapper.ErrUnexpectedResponse},
		"another one changed": {`{"id":"x","login":"bob"}`, func(c *wrapper.Triton) error {
			_, err := c.UpdateUser(t.Context(), id, gen.TritonUserUpdate{City: new("Bern")})
			return err
		}, wrapper.ErrUnexpectedResponse},
	} {
		cloud := newCloud()
		cloud.Triton.Fault(wrappertest.Fault{Effect: wrappertest.Reply(200, nil, c.body)})
		if err := c.call(tritonClient(t, cloud)); c.is == nil {
			assert.NoError(t, err, name)
		} else {
			assert.ErrorIs(t, err, c.is, name)
		}
	}
}
