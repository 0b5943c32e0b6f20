package wrapper

import (
	"context"

	"github.com/cloudroster/cloudroster/gen"
)

// ListUserKeys returns the SSH keys of the sub-user with this login or id.
//
//meta:operation GET /{account}/users/{user}/keys
func (c *Triton) ListUserKeys(ctx context.Context, user string) ([]gen.TritonKey, error) {
	r, err := c.requests.ListTritonUserKeys(c.account, user, nil)
	keys, err := readTriton[[]gen.TritonKey](ctx, c, call{operation: "ListTritonUserKeys", request: r, err: err, path: ids{"user", user}})
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
	r, err := c.requests.GetTritonUserKey(c.account, user, key, nil)
	return readTriton[gen.TritonKey](ctx, c, call{
		operation: "GetTritonUserKey", request: r, err: err, path: ids{"user", user, "key", key}, object: key,
	})
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
	r, err := c.requests.CreateTritonUserKey(c.account, user, nil, key)
	return readTriton[gen.TritonKey](ctx, c, call{operation: "CreateTritonUserKey", request: r, err: err, path: ids{"user", user}})
}

// DeleteUserKey deletes a key of the sub-user with this login or id. key is its name or its MD5 fingerprint. It returns
// [ErrNotFound] if the sub-user or the key does not exist.
//
//meta:operation DELETE /{account}/users/{user}/keys/{name}
func (c *Triton) DeleteUserKey(ctx context.Context, user, key string) error {
	r, err := c.requests.DeleteTritonUserKey(c.account, user, key, nil)
	return c.remove(ctx, call{operation: "DeleteTritonUserKey", request: r, err: err, path: ids{"user", user, "key", key}})
}
