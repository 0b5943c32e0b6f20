package wrappertest

import (
	"crypto"
	"net/http"
	"net/url"
	"slices"
)

// json is the key as the service returns it.
func (k registeredKey) json() object {
	return object{{"name", k.label()}, {"fingerprint", k.fingerprint}, {"key", k.line()}}
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
	user, err := c.find(q)
	if err != nil {
		return nil, err
	}
	return ok(c.keysOf(user.Login))
}

// listKeys and the three like it are those of the account's own keys: neighbours.
func (c *Triton) listKeys(*call) (*result, error) { return ok(c.keysOf("")) }

func (c *Triton) keysOf(login string) []object {
	keys := []object{}
	for _, key := range c.keys[login] {
		keys = append(keys, key.json())
	}
	return keys
}

func (c *Triton) getUserKey(q *call) (*result, error) {
	user, err := c.find(q)
	if err != nil {
		return nil, err
	}
	return c.getKeyOf(user.Login, q.params[2])
}

func (c *Triton) getKey(q *call) (*result, error) { return c.getKeyOf("", q.params[1]) }

func (c *Triton) getKeyOf(login, name string) (*result, error) {
	i := c.keyIndex(login, name)
	if i < 0 {
		return nil, notFound("key", name)
	}
	return ok(c.keys[login][i].json())
}

func (c *Triton) createUserKey(q *call) (*result, error) {
	user, err := c.find(q)
	if err != nil {
		return nil, err
	}
	return c.createKeyOf(q, user.Login, "/"+Account+"/users/"+url.PathEscape(user.Login)+"/keys/")
}

func (c *Triton) createKey(q *call) (*result, error) {
	return c.createKeyOf(q, "", "/"+Account+"/keys/")
}

func (c *Triton) createKeyOf(q *call, login, at string) (*result, error) {
	if err := q.sent.need("key"); err != nil {
		return nil, err
	}
	text := q.sent.text("key")
	public, err := ParsePublicKey([]byte(text))
	if err != nil {
		return nil, invalidArgument("key is invalid")
	}
	key := registeredKey{key: public, name: q.sent.text("name"), fingerprint: Fingerprint(public), text: text}
	if c.keyIndex(login, key.label()) >= 0 || c.keyIndex(login, key.fingerprint) >= 0 {
		return nil, invalidArgument("key already exists or is invalid")
	}
	c.keys[login] = append(slices.Clip(c.keys[login]), key)
	return &result{status: http.StatusCreated, body: key.json(), location: at + url.PathEscape(key.label())}, nil
}

func (c *Triton) deleteUserKey(q *call) (*result, error) {
	user, err := c.find(q)
	if err != nil {
		return nil, err
	}
	return c.deleteKeyOf(user.Login, q.params[2])
}

func (c *Triton) deleteKey(q *call) (*result, error) { return c.deleteKeyOf("", q.params[1]) }

func (c *Triton) deleteKeyOf(login, name string) (*result, error) {
	i := c.keyIndex(login, name)
	if i < 0 {
		return nil, notFound("key", name)
	}
	c.keys[login] = slices.Delete(slices.Clone(c.keys[login]), i, i+1)
	return &result{status: http.StatusNoContent}, nil
}

// keyIndex finds a key by its name or fingerprint, -1 if there is none.
func (c *Triton) keyIndex(login, name string) int {
	return slices.IndexFunc(c.keys[login], func(k registeredKey) bool { return k.isCalled(name) })
}

// UserKeys returns the public keys of a sub-user.
func (c *Triton) UserKeys(login string) []crypto.PublicKey {
	c.mu.Lock()
	defer c.mu.Unlock()
	var keys []crypto.PublicKey
	for _, key := range c.keys[login] {
		keys = append(keys, key.key)
	}
	return keys
}
