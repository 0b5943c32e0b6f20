package wrappertest

import (
	"slices"
	"strings"
	"time"
)

// User is a user of the IONOS contract as the cloud holds it, password included.
type User struct {
	ID                string // made when empty
	FirstName         string
	LastName          string
	Email             string
	Password          string
	Administrator     bool
	ForceSecAuth      bool
	SecAuthActive     bool
	Inactive          bool // the wire's active, turned round so that the zero value is a working user
	S3CanonicalUserID string
	Created, Modified time.Time // made when zero
	createdBy         string
	modifiedBy        string
}

// Group is a group of the IONOS contract.
type Group struct {
	ID   string // made when empty
	Name string
	// Privileges by their name on the wire (createDataCenter, reserveIp ...); what
	// is missing is false. Names that the service's page does not have are kept
	// and given back, and so is any JSON value of theirs.
	Privileges map[string]any
}

// Share is what a group may do with a resource.
type Share struct {
	ResourceID     string
	EditPrivilege  bool
	SharePrivilege bool
}

// Resource is something that users own and groups share.
type Resource struct {
	ID   string // made when empty
	Type string // datacenter, snapshot, image, ipblock, pcc, backupunit, k8s, or another
	Name string
	// SecAuthProtection is nil for what cannot be protected by a second factor,
	// which the wire shows as null.
	SecAuthProtection *bool
	// Owner is the id of the user who owns it; empty for the contract owner.
	Owner             string
	Created, Modified time.Time // made when zero
}

// ionosState is everything that changes can change. Its values are replaced, not
// changed in place, so that a copy is a snapshot.
type ionosState struct {
	users     ordered[User]
	groups    ordered[Group]
	members   map[string][]string // user ids by group id
	shares    map[string]ordered[Share]
	resources ordered[Resource]
}

func (s *ionosState) copy() *ionosState {
	snapshot := &ionosState{
		users: s.users.copy(), groups: s.groups.copy(), resources: s.resources.copy(),
		members: map[string][]string{}, shares: map[string]ordered[Share]{},
	}
	for id, members := range s.members {
		snapshot.members[id] = slices.Clone(members)
	}
	for id, shares := range s.shares {
		snapshot.shares[id] = shares.copy()
	}
	return snapshot
}

func (s *ionosState) userByEmail(email string) (User, bool) {
	return s.users.find(strings.ToLower(email))
}

func (s *ionosState) setMembers(group string, members []string) {
	if s.members == nil {
		s.members = map[string][]string{}
	}
	s.members[group] = members
}

func (s *ionosState) setShares(group string, shares ordered[Share]) {
	if s.shares == nil {
		s.shares = map[string]ordered[Share]{}
	}
	s.shares[group] = shares
}

// AddUser puts a user into the cloud without a request, and returns the id. Adding
// one with an id that is there replaces it.
func (c *IONOS) AddUser(user User) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addUser(user, Username)
}

func (c *IONOS) addUser(user User, by string) string {
	now := time.Now()
	if user.ID == "" {
		user.ID = newID()
	}
	if user.S3CanonicalUserID == "" {
		user.S3CanonicalUserID = strings.ReplaceAll(newID(), "-", "")
	}
	if user.Created.IsZero() {
		user.Created = now
	}
	if user.Modified.IsZero() {
		user.Modified = user.Created
	}
	user.createdBy, user.modifiedBy = by, by
	c.state.users.set(user.ID, user)
	return user.ID
}

// AddGroup puts a group into the cloud without a request, and returns the id.
func (c *IONOS) AddGroup(group Group) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addGroup(group)
}

func (c *IONOS) addGroup(group Group) string {
	if group.ID == "" {
		group.ID = newID()
	}
	group.Privileges = copyPrivileges(group.Privileges)
	c.state.groups.set(group.ID, group)
	return group.ID
}

// AddMember makes a user a member of a group without a request.
func (c *IONOS) AddMember(groupID, userID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if members := c.state.members[groupID]; !has(members, userID) {
		c.state.setMembers(groupID, append(slices.Clone(members), userID))
	}
}

// AddResource puts a resource into the cloud and returns its id. There is no
// request that could: resources are made by other parts of the service.
func (c *IONOS) AddResource(resource Resource) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if resource.ID == "" {
		resource.ID = newID()
	}
	if resource.Created.IsZero() {
		resource.Created = time.Now()
	}
	if resource.Modified.IsZero() {
		resource.Modified = resource.Created
	}
	c.state.resources.set(resource.ID, resource)
	return resource.ID
}

// AddShare gives a group a share without a request.
func (c *IONOS) AddShare(groupID string, share Share) {
	c.mu.Lock()
	defer c.mu.Unlock()
	shares := c.state.shares[groupID]
	shares.set(share.ResourceID, share)
	c.state.setShares(groupID, shares)
}

// Users are all users, oldest first.
func (c *IONOS) Users() []User {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.users.list()
}

// User finds a user by id or email.
func (c *IONOS) User(idOrEmail string) (User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if user, ok := c.state.users.get(idOrEmail); ok {
		return user, true
	}
	return c.state.userByEmail(idOrEmail)
}

// Groups are all groups, oldest first.
func (c *IONOS) Groups() []Group {
	c.mu.Lock()
	defer c.mu.Unlock()
	groups := c.state.groups.list()
	for i := range groups {
		groups[i].Privileges = copyPrivileges(groups[i].Privileges)
	}
	return groups
}

// Members are the ids of a group's members, in the order in which they were added.
func (c *IONOS) Members(groupID string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.state.members[groupID])
}

// Shares are a group's shares, oldest first.
func (c *IONOS) Shares(groupID string) []Share {
	c.mu.Lock()
	defer c.mu.Unlock()
	shares := c.state.shares[groupID]
	return shares.list()
}

func copyPrivileges(privileges map[string]any) map[string]any {
	out := make(map[string]any, len(privileges))
	for name, value := range privileges {
		out[name] = value
	}
	return out
}
