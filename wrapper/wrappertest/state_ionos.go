package wrappertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

func (c *IONOS) snapshot() IONOSState {
	out := IONOSState{Users: c.Users(), Requests: c.AcceptedRequests()}
	groups := c.Groups()
	c.mu.Lock()
	defer c.mu.Unlock()
	out.Resources, out.Tokens = c.state.resources.list(), c.state.tokens.list()
	for _, user := range out.Users {
		out.S3Keys = append(out.S3Keys, c.state.s3Keys[user.ID].list()...)
	}
	for _, group := range groups {
		out.Groups = append(out.Groups, GroupState{
			Group: group, Members: c.state.members[group.ID].keys(), Shares: c.state.shares[group.ID].list(),
		})
	}
	return out
}

// build returns the state that a State describes, or an error that begins with its place.
func (c *IONOS) build(from IONOSState) (*ionosState, error) {
	state := newIONOSState()
	isOwner := func(user User) bool { return user.ID == OwnerID || strings.EqualFold(user.Email, Username) }
	if c.listsOwner && !slices.ContainsFunc(from.Users, isOwner) {
		state.addOwner(c.clock.now())
	}
	for i, user := range from.Users {
		if user.Email == "" {
			return nil, fmt.Errorf("users[%d].email: must not be empty", i)
		}
		if _, taken := state.userByEmail(user.Email); taken {
			return nil, fmt.Errorf("users[%d].email: %s is taken", i, user.Email)
		}
		if _, taken := state.users.get(user.ID); taken {
			return nil, fmt.Errorf("users[%d].id: %s is taken", i, user.ID)
		}
		state.addUser(user, Username, c.clock.now())
	}
	for i, resource := range from.Resources {
		if resource.Type == "" {
			return nil, fmt.Errorf("resources[%d].type: must not be empty", i)
		}
		if _, taken := state.resources.get(resource.ID); taken {
			return nil, fmt.Errorf("resources[%d].id: %s is taken", i, resource.ID)
		}
		if user, found := state.user(resource.Owner); found {
			resource.Owner = user.ID
		} else if resource.Owner != "" {
			return nil, fmt.Errorf("resources[%d].owner: user %s does not exist", i, resource.Owner)
		}
		state.addResource(resource, c.clock.now())
	}
	for i, group := range from.Groups {
		if err := state.addGroupState(group); err != nil {
			return nil, fmt.Errorf("groups[%d].%w", i, err)
		}
	}
	for i, request := range from.Requests {
		if request.ID == "" {
			return nil, fmt.Errorf("requests[%d].id: must not be empty", i)
		}
		state.requests.set(request.ID, request)
	}
	return state, state.addCredentials(from)
}

func (s *ionosState) addCredentials(from IONOSState) error {
	for i, token := range from.Tokens {
		if token.ID == "" || token.Token == "" {
			return fmt.Errorf("tokens[%d]: id and token must be set", i)
		}
		if !s.users.has(token.UserID) && token.UserID != OwnerID {
			return fmt.Errorf("tokens[%d].userId: user %s does not exist", i, token.UserID)
		}
		s.tokens.set(token.ID, token)
	}
	for i, key := range from.S3Keys {
		if key.ID == "" || !s.users.has(key.UserID) {
			return fmt.Errorf("s3Keys[%d]: id and userId of a user must be set", i)
		}
		s.s3Keys.set(key.UserID, key.ID, key)
	}
	return nil
}

func (s *ionosState) addGroupState(group GroupState) error {
	if group.Name == "" {
		return errors.New("name: must not be empty")
	}
	if _, taken := s.groups.get(group.ID); taken {
		return fmt.Errorf("id: %s is taken", group.ID)
	}
	id := s.addGroup(group.Group)
	for i, name := range group.Members {
		user, found := s.user(name)
		if !found {
			return fmt.Errorf("members[%d]: user %s does not exist", i, name)
		}
		s.addMember(id, user.ID)
	}
	for i, share := range group.Shares {
		if _, found := s.resources.get(share.ResourceID); !found {
			return fmt.Errorf("shares[%d].resourceId: resource %s does not exist", i, share.ResourceID)
		}
		s.shares.set(id, share.ResourceID, share)
	}
	return nil
}
