package wrappertest

import (
	"crypto"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/crypto/ssh"
)

// json is the key as the service returns it.
func (k registeredKey) json() object {
	line := ""
	if public, err := ssh.NewPublicKey(k.key); err == nil {
		line = string(ssh.MarshalAuthorizedKey(public))
	}
	return object{{"name", k.label()}, {"fingerprint", k.fingerprint}, {"key", line}}
}

// label is the key's name, which is its fingerprint unless it was given one.
func (k registeredKey) label() string {
	if k.name == "" {
		return k.fingerprint
	}
	return k.name
}

func (k registeredKey) isCalled(nameOrFingerprint string) bool {
	return k.label() == nameOrFingerprint || k.fingerprint == nameOrFingerprint
}

func (c *Triton) listUserKeys(q *call) (*result, error) {
	user, err := c.find(q, true)
	if err != nil {
		return nil, err
	}
	keys := []object{}
	for _, key := range c.keys {
		if key.login == user.Login {
			keys = append(keys, key.json())
		}
	}
	return ok(keys)
}

func (c *Triton) getUserKey(q *call) (*result, error) {
	i, err := c.findUserKey(q)
	if err != nil {
		return nil, err
	}
	return ok(c.keys[i].json())
}

func (c *Triton) createUserKey(q *call) (*result, error) {
	user, err := c.find(q, true)
	if err != nil {
		return nil, err
	}
	body, err := q.parameters()
	if err != nil {
		return nil, err
	}
	if err := body.need("key"); err != nil {
		return nil, err
	}
	line, _ := body.text("key")
	public, parseErr := ParsePublicKey([]byte(line))
	if parseErr != nil {
		return nil, invalidArgument("key is not an SSH public key")
	}
	key := registeredKey{login: user.Login, key: public}
	key.name, _ = body.text("name")
	key.fingerprint = Fingerprint(key.key)
	if slices.ContainsFunc(c.keys, func(k registeredKey) bool {
		return k.login == key.login && (k.label() == key.label() || k.fingerprint == key.fingerprint)
	}) {
		return nil, invalidArgument("the key or its name already exists")
	}
	c.keys = append(c.keys, key)
	return &result{
		status:   http.StatusCreated,
		body:     key.json(),
		location: "/" + Account + "/users/" + url.PathEscape(user.Login) + "/keys/" + url.PathEscape(key.label()),
	}, nil
}

func (c *Triton) deleteUserKey(q *call) (*result, error) {
	i, err := c.findUserKey(q)
	if err != nil {
		return nil, err
	}
	c.keys = slices.Delete(slices.Clone(c.keys), i, i+1)
	return &result{status: http.StatusNoContent}, nil
}

// findUserKey returns the index of the key that the path names.
func (c *Triton) findUserKey(q *call) (int, error) {
	user, err := c.find(q, true)
	if err != nil {
		return 0, err
	}
	name := q.params[2]
	i := slices.IndexFunc(c.keys, func(k registeredKey) bool { return k.login == user.Login && k.isCalled(name) })
	if i < 0 {
		return 0, &tritonError{http.StatusNotFound, "ResourceNotFound", "key " + name + " does not exist"}
	}
	return i, nil
}

// UserKeys returns the public keys of a sub-user.
func (c *Triton) UserKeys(login string) []crypto.PublicKey {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keys []crypto.PublicKey
	for _, key := range c.keys {
		if key.login == login {
			keys = append(keys, key.key)
		}
	}
	return keys
}
