package wrappertest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

func (c *IONOS) snapshot() IONOSState {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := IONOSState{
		Users: c.state.users.list(), Resources: c.state.resources.list(), Tokens: c.state.tokens.list(), Requests: c.acceptedRequests(),
	}
	for _, user := range out.Users {
		out.S3Keys = append(out.S3Keys, c.state.s3Keys[user.ID].list()...)
	}
	for _, group := range c.groups() {
		out.Groups = append(out.Groups, GroupState{
			Group: group, Members: c.state.members[group.ID].keys(), Shares: c.state.shares[group.ID].list(),
		})
	}
	return out
}

// build returns the state that a State describes, or an error that begins with its place.
func (c *IONOS) build(from IONOSState) (*ionosState, error) {
	s := seeder{newIONOSState(), c.clock.now()}
	isOwner := func(user User) bool { return user.ID == OwnerID || strings.EqualFold(user.Email, Username) }
	if c.listsOwner && !slices.ContainsFunc(from.Users, isOwner) {
		s.addOwner(s.now)
	}
	// In this order: what comes later refers to what comes before.
	return s.ionosState, cmp.Or(
		each("users", from.Users, s.user),
		each("resources", from.Resources, s.resource),
		each("groups", from.Groups, s.group),
		each("requests", from.Requests, s.request),
		each("tokens", from.Tokens, s.token),
		each("s3Keys", from.S3Keys, s.s3Key),
	)
}

// seeder fills a state. Each method adds one element or says what is wrong with it.
type seeder struct {
	*ionosState
	now time.Time
}

func (s seeder) user(user User) error {
	_, taken := s.userByEmail(user.Email)
	if err := invalidIf(
		condition{user.Email == "", ".email: must not be empty"},
		condition{taken, ".email: " + user.Email + " is taken"},
		condition{s.users.has(user.ID), ".id: " + user.ID + " is taken"},
	); err != nil {
		return err
	}
	s.addUser(user, Username, s.now)
	return nil
}

func (s seeder) resource(resource Resource) error {
	owner, found := s.ionosState.user(resource.Owner)
	if err := invalidIf(
		condition{resource.Type == "", ".type: must not be empty"},
		condition{s.resources.has(resource.ID), ".id: " + resource.ID + " is taken"},
		condition{!found && resource.Owner != "", ".owner: user " + resource.Owner + " does not exist"},
	); err != nil {
		return err
	}
	resource.Owner = owner.ID
	s.addResource(resource, s.now)
	return nil
}

func (s seeder) group(group GroupState) error {
	if err := invalidIf(
		condition{group.Name == "", ".name: must not be empty"},
		condition{s.groups.has(group.ID), ".id: " + group.ID + " is taken"},
	); err != nil {
		return err
	}
	id := s.addGroup(group.Group)
	return cmp.Or(
		each(".members", group.Members, func(name string) error {
			user, found := s.ionosState.user(name)
			s.addMember(id, user.ID)
			return invalidIf(condition{!found, ": user " + name + " does not exist"})
		}),
		each(".shares", group.Shares, func(share Share) error {
			s.shares.set(id, share.ResourceID, share)
			return invalidIf(condition{!s.resources.has(share.ResourceID), ".resourceId: resource " + share.ResourceID + " does not exist"})
		}),
	)
}

func (s seeder) request(request AcceptedRequest) error {
	s.requests.set(request.ID, request)
	return invalidIf(condition{request.ID == "", ".id: must not be empty"})
}

func (s seeder) token(token IONOSToken) error {
	s.tokens.set(token.ID, token)
	return invalidIf(
		condition{token.ID == "" || token.Token == "", ": id and token must be set"},
		condition{!s.users.has(token.UserID) && token.UserID != OwnerID, ".userId: user " + token.UserID + " does not exist"},
	)
}

func (s seeder) s3Key(key S3Key) error {
	s.s3Keys.set(key.UserID, key.ID, key)
	return invalidIf(condition{key.ID == "" || !s.users.has(key.UserID), ": id and userId of a user must be set"})
}
