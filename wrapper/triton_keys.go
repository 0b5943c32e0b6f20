package wrapper

import (
	"context"
	"net/http"

	"github.com/cloudroster/cloudroster/gen"
)

// ListUserKeys returns the SSH keys of the sub-user with this login or id.
//
//meta:operation GET /{account}/users/{user}/keys
func (c *Triton) ListUserKeys(ctx context.Context, user string) ([]gen.TritonKey, error) {
	keys, err := tritonCall[[]gen.TritonKey](ids{"user", user}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.ListTritonUserKeys(ctx, c.account, user, nil, edit)
	}, c.query)
	if err != nil {
		return nil, err
	}
	return *keys, nil
}

// GetUserKey returns a key of the sub-user with this login or id. key is its name or its MD5 fingerprint. It returns
// [ErrNotFound] if the sub-user or the key does not exist.
//
//meta:operation GET /{account}/users/{user}/keys/{name}
func (c *Triton) GetUserKey(ctx context.Context, user, key string) (*gen.TritonKey, error) {
	return tritonCall[gen.TritonKey](ids{"user", user, "key", key}, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.GetTritonUserKey(ctx, c.account, user, key, nil, edit)
	}, c.query)
}

// CreateUserKey adds an SSH public key to the sub-user with this login or id. Key is required; a key without Name is named by
// its fingerprint.
//
//meta:operation POST /{account}/users/{user}/keys
func (c *Triton) CreateUserKey(ctx context.Context, user string, key gen.TritonKeyCreate) (*gen.TritonKey, error) {
	if err := checkID("user", user); err != nil {
		return nil, err
	}
	if err := required("key", key.Key); err != nil {
		return nil, err
	}
	return tritonCall[gen.TritonKey](nil, func(edit gen.RequestEditorFn) (*http.Response, error) {
		return c.raw.CreateTritonUserKey(ctx, c.account, user, nil, key, edit)
	}, c.query)
}

// DeleteUserKey deletes a key of the sub-user with this login or id. key is its name or its MD5 fingerprint. It returns
// [ErrNotFound] if the sub-user or the key does not exist.
//
//meta:operation DELETE /{account}/users/{user}/keys/{name}
func (c *Triton) DeleteUserKey(ctx context.Context, user, key string) error {
	if err := (ids{"user", user, "key", key}).check(); err != nil {
		return err
	}
	resp, err := c.raw.DeleteTritonUserKey(ctx, c.account, user, key, nil, setQuery(c.query))
	if err != nil {
		if alreadyDeleted(err) {
			return nil
		}
		return err
	}
	defer release(resp)
	return expectNoBody(resp)
}
