package wrappertest

import (
	"errors"
	"fmt"
)

// State is everything that both clouds hold, in the one JSON form of seeds and snapshots. It has
// passwords. What may be left out of a seed (ids, dates) is created by [Cloud.SetState].
type State struct {
	IONOS  IONOSState  `json:"ionos,omitzero"`
	Triton TritonState `json:"triton,omitzero"`
}

// IONOSState is the state of the IONOS contract.
type IONOSState struct {
	Users     []User            `json:"users,omitempty"`
	Groups    []GroupState      `json:"groups,omitempty"`
	Resources []Resource        `json:"resources,omitempty"`
	Requests  []AcceptedRequest `json:"requests,omitempty"`
	Tokens    []IONOSToken      `json:"tokens,omitempty"` // without those of [IONOS.AddToken]
	S3Keys    []S3Key           `json:"s3Keys,omitempty"`
}

// GroupState is a group with its members and shares.
type GroupState struct {
	Group
	// Members are ids of users; a seed may name users by their address, too.
	Members []string `json:"members,omitempty"`
	Shares  []Share  `json:"shares,omitempty"`
}

// TritonState is the state of the Triton account.
type TritonState struct {
	AccountID string              `json:"accountId,omitempty"` // kept as it is when empty
	Account   map[string]string   `json:"account,omitempty"`   // email, firstName and so on
	Users     []SubUserState      `json:"users,omitempty"`
	Keys      []Key               `json:"keys,omitempty"` // of the account, without those of [Triton.AddKey]
	Roles     []Role              `json:"roles,omitempty"`
	Policies  []Policy            `json:"policies,omitempty"`
	RoleTags  map[string][]string `json:"roleTags,omitempty"` // by path: /acme/users/bob
}

// SubUserState is a sub-user with its keys.
type SubUserState struct {
	SubUser
	Keys []Key `json:"keys,omitempty"`
	// PastPasswords cannot be set again, the current one included; newest first.
	PastPasswords []string `json:"pastPasswords,omitempty"`
}

// Key is a public key in OpenSSH's one-line form or as a PEM block.
type Key struct {
	Name string `json:"name,omitempty"` // the MD5 fingerprint when empty
	Key  string `json:"key"`
}

// ParseState reads the JSON form of a [State]. Unknown members are an error. The content is
// checked by [Cloud.SetState].
func ParseState(text []byte) (State, error) {
	var state State
	if err := strictJSON(text, &state); err != nil {
		return State{}, fmt.Errorf("parse state: %w", err)
	}
	return state, nil
}

// State returns a snapshot of both clouds, which [Cloud.SetState] takes. Credentials given in Go
// (AddToken, AddLogin, AddKey), faults and the record of requests are not part of it.
func (c *Cloud) State() State {
	return State{IONOS: c.IONOS.snapshot(), Triton: c.Triton.snapshot()}
}

// SetState replaces what both clouds hold. Credentials given in Go, faults, outcomes and the
// record of requests stay. If the state contradicts itself (two users with one address, a member
// that does not exist), nothing is changed, and the error names the place.
func (c *Cloud) SetState(state State) error {
	ionos, err := c.IONOS.build(state.IONOS)
	if err != nil {
		return fmt.Errorf("state: ionos.%w", err)
	}
	triton, err := c.Triton.build(state.Triton)
	if err != nil {
		return fmt.Errorf("state: triton.%w", err)
	}
	c.IONOS.mu.Lock()
	c.IONOS.state = ionos
	c.IONOS.mu.Unlock()
	c.Triton.mu.Lock()
	c.Triton.tritonState = triton
	c.Triton.mu.Unlock()
	return nil
}

// Reset removes everything that both clouds hold, their faults, outcomes and records of requests,
// and sets the clock back to the real time. Options and credentials given in Go stay.
func (c *Cloud) Reset() {
	c.clock.ahead.Store(0)
	if err := c.SetState(State{}); err != nil {
		panic("wrappertest: reset: " + err.Error()) // nothing contradicts itself
	}
	c.IONOS.ClearOutcomes()
	for _, side := range []*side{&c.IONOS.side, &c.Triton.side} {
		side.ClearFaults()
		side.ForgetRequests()
	}
}

// each adds the elements of a state's list until one is invalid. The error begins with its place.
func each[V any](name string, list []V, add func(V) error) error {
	for i, value := range list {
		if err := add(value); err != nil {
			return fmt.Errorf("%s[%d]%w", name, i, err)
		}
	}
	return nil
}

// invalidIf returns the reason for the first condition that holds.
func invalidIf(conditions ...condition) error {
	for _, one := range conditions {
		if one.holds {
			return errors.New(one.reason)
		}
	}
	return nil
}

type condition struct {
	holds  bool
	reason string
}
