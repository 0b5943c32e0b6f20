package wrappertest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
)

func (c *Triton) snapshot() TritonState {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := TritonState{
		AccountID: c.accountID, Account: maps.Clone(c.attributes), Keys: keysOf(c.keys[""]), Roles: c.roles.list(), Policies: c.policies.list(), RoleTags: maps.Clone(c.tags),
	}
	for _, user := range c.users.all(0) {
		out.Users = append(out.Users, SubUserState{
			SubUser: user, Keys: keysOf(c.keys[user.Login]), PastPasswords: slices.Clone(c.history[user.ID]),
		})
	}
	return out
}

func keysOf(registered []registeredKey) []Key {
	var keys []Key
	for _, key := range registered {
		if !key.configured {
			keys = append(keys, Key{Name: key.name, Key: strings.TrimSpace(key.line())})
		}
	}
	return keys
}

// line is the key in OpenSSH's form: as it was sent, comment included, or with a newline.
func (k registeredKey) line() string {
	if k.text != "" {
		return k.text
	}
	public, err := ssh.NewPublicKey(k.key)
	if err != nil {
		return "" // it was checked when it was added
	}
	return string(ssh.MarshalAuthorizedKey(public))
}

// build returns the state that a State describes, or an error that begins with its place.
func (c *Triton) build(from TritonState) (*tritonState, error) {
	c.mu.Lock()
	state := newTritonState(c.accountID)
	for _, key := range c.keys[""] {
		if key.configured {
			state.keys[""] = append(state.keys[""], key)
		}
	}
	c.mu.Unlock()
	state.accountID = cmp.Or(from.AccountID, state.accountID)
	for name, value := range from.Account {
		if !slices.Contains(accountAttributes, name) {
			return nil, fmt.Errorf("account.%s: is not an attribute of an account", name)
		}
		state.attributes[name] = value
	}
	if place, err := state.addKeys("", from.Keys); err != nil {
		return nil, fmt.Errorf("%s: %w", place, err)
	}
	for i, policy := range from.Policies {
		if policy.Name == "" || state.policies.has(policy.Name) {
			return nil, fmt.Errorf("policies[%d].name: must be set and unique", i)
		}
		policy.ID = cmp.Or(policy.ID, newID())
		state.policies.set(policy.Name, policy)
	}
	for i, role := range from.Roles {
		if role.Name == "" || state.roles.has(role.Name) {
			return nil, fmt.Errorf("roles[%d].name: must be set and unique", i)
		}
		for j, policy := range role.Policies {
			if !state.policies.has(policy) {
				return nil, fmt.Errorf("roles[%d].policies[%d]: policy %s does not exist", i, j, policy)
			}
		}
		role.ID = cmp.Or(role.ID, newID())
		state.roles.set(role.Name, role)
	}
	for i, user := range from.Users {
		if err := state.addUserState(user, c); err != nil {
			return nil, fmt.Errorf("users[%d].%w", i, err)
		}
	}
	maps.Copy(state.tags, from.RoleTags)
	return state, nil
}

func (s *tritonState) addUserState(user SubUserState, c *Triton) error {
	if user.Login == "" || user.Email == "" {
		return errors.New("login: login and email must be set")
	}
	if _, taken := s.byLogin(user.Login); taken {
		return fmt.Errorf("login: %s is taken", user.Login)
	}
	if _, taken := s.byEmail(user.Email); taken {
		return fmt.Errorf("email: %s is taken", user.Email)
	}
	if s.users.has(user.ID) {
		return fmt.Errorf("id: %s is taken", user.ID)
	}
	for _, role := range slices.Concat(user.Roles, user.DefaultRoles) {
		if !s.roles.has(role) {
			return fmt.Errorf("roles: role %s does not exist", role)
		}
	}
	id := s.addUser(user.SubUser, c.clock.now())
	if len(user.PastPasswords) > 0 {
		s.history[id] = slices.Clone(user.PastPasswords)
	}
	if place, err := s.addKeys(user.Login, user.Keys); err != nil {
		return fmt.Errorf("%s: %w", place, err)
	}
	return nil
}

// addKeys returns the place of a key that cannot be added, and the reason.
func (s *tritonState) addKeys(login string, keys []Key) (string, error) {
	for i, key := range keys {
		public, err := ParsePublicKey([]byte(key.Key))
		if err != nil {
			return fmt.Sprintf("keys[%d].key", i), err
		}
		s.keys[login] = append(s.keys[login], registeredKey{name: key.Name, fingerprint: Fingerprint(public), key: public, text: key.Key})
	}
	return "", nil
}
