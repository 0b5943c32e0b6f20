package wrappertest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	maps.Copy(state.tags, from.RoleTags)
	now := c.clock.now()
	// In this order: what comes later refers to what comes before.
	return state, cmp.Or(
		each("keys", from.Keys, func(key Key) error { return state.seedKey("", key) }),
		each("policies", from.Policies, state.seedPolicy),
		each("roles", from.Roles, state.seedRole),
		each("users", from.Users, func(user SubUserState) error { return state.seedUser(user, now) }),
	)
}

func (s *tritonState) seedPolicy(policy Policy) error {
	if policy.Name == "" || s.policies.has(policy.Name) {
		return errors.New(".name: must be set and unique")
	}
	policy.ID = cmp.Or(policy.ID, newID())
	s.policies.set(policy.Name, policy)
	return nil
}

func (s *tritonState) seedRole(role Role) error {
	if role.Name == "" || s.roles.has(role.Name) {
		return errors.New(".name: must be set and unique")
	}
	role.ID = cmp.Or(role.ID, newID())
	s.roles.set(role.Name, role)
	return each(".policies", role.Policies, func(policy string) error {
		return invalidIf(condition{!s.policies.has(policy), ": policy " + policy + " does not exist"})
	})
}

func (s *tritonState) seedUser(user SubUserState, now time.Time) error {
	_, loginTaken := s.byLogin(user.Login)
	_, emailTaken := s.byEmail(user.Email)
	if err := invalidIf(
		condition{user.Login == "" || user.Email == "", ".login: login and email must be set"},
		condition{loginTaken, ".login: " + user.Login + " is taken"},
		condition{emailTaken, ".email: " + user.Email + " is taken"},
		condition{s.users.has(user.ID), ".id: " + user.ID + " is taken"},
	); err != nil {
		return err
	}
	id := s.addUser(user.SubUser, now)
	if len(user.PastPasswords) > 0 {
		s.history[id] = slices.Clone(user.PastPasswords)
	}
	role := func(name string) error {
		return invalidIf(condition{!s.roles.has(name), ": role " + name + " does not exist"})
	}
	return cmp.Or(
		each(".roles", user.Roles, role),
		each(".defaultRoles", user.DefaultRoles, role),
		each(".keys", user.Keys, func(key Key) error { return s.seedKey(user.Login, key) }),
	)
}

func (s *tritonState) seedKey(login string, key Key) error {
	public, err := ParsePublicKey([]byte(key.Key))
	if err != nil {
		return fmt.Errorf(".key: %w", err)
	}
	s.keys[login] = append(s.keys[login], registeredKey{name: key.Name, fingerprint: Fingerprint(public), key: public, text: key.Key})
	return nil
}
