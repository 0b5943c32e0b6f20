package wrappertest

import (
	"cmp"
	"maps"
	"strings"
	"time"
)

// User is a user of the IONOS contract as the cloud holds it, password included.
type User struct {
	ID                string    `json:"id,omitempty"` // created when empty
	FirstName         string    `json:"firstname"`
	LastName          string    `json:"lastname"`
	Email             string    `json:"email"`
	Password          string    `json:"password,omitempty"`
	Administrator     bool      `json:"administrator,omitempty"`
	ForceSecAuth      bool      `json:"forceSecAuth,omitempty"`
	SecAuthActive     bool      `json:"secAuthActive,omitempty"`
	Inactive          bool      `json:"inactive,omitempty"` // the negated active of the wire: the zero value is a working user
	S3CanonicalUserID string    `json:"s3CanonicalUserId,omitempty"`
	Created           time.Time `json:"created,omitzero"` // now when zero
	Modified          time.Time `json:"modified,omitzero"`
	CreatedBy         string    `json:"createdBy,omitempty"` // the contract owner's address when empty
	ModifiedBy        string    `json:"modifiedBy,omitempty"`
}

// Group is a group of the IONOS contract.
type Group struct {
	ID   string `json:"id,omitempty"` // created when empty
	Name string `json:"name"`
	// Privileges by their name on the wire (createDataCenter, reserveIp ...); the default is
	// false. Names that the service's page does not have are kept and returned, with any JSON value.
	Privileges map[string]any `json:"privileges,omitempty"`
}

// Share is what a group may do with a resource.
type Share struct {
	ResourceID     string `json:"resourceId"`
	EditPrivilege  bool   `json:"editPrivilege,omitempty"`
	SharePrivilege bool   `json:"sharePrivilege,omitempty"`
}

// Resource is something that users own and groups share.
type Resource struct {
	ID   string `json:"id,omitempty"` // created when empty
	Type string `json:"type"`         // datacenter, snapshot, image, ipblock, pcc, backupunit, k8s, or another
	Name string `json:"name"`
	// Location and Description are those of a data center.
	Location    string `json:"location,omitempty"`
	Description string `json:"description,omitempty"`
	// SecAuthProtection is nil for what cannot be protected by a second factor,
	// which the wire shows as null.
	SecAuthProtection *bool `json:"secAuthProtection,omitempty"`
	// Owner is the id of the user who owns it; empty for the contract owner.
	Owner    string    `json:"owner,omitempty"`
	Created  time.Time `json:"created,omitzero"` // now when zero
	Modified time.Time `json:"modified,omitzero"`
}

// none is the value of a set's members.
type none struct{}

// ionosState is everything that changes can change.
type ionosState struct {
	users     ordered[User]
	groups    ordered[Group]
	members   listed[none]  // user ids by group id
	groupsOf  listed[none]  // group ids by user id
	shares    listed[Share] // by group id and resource id
	resources ordered[Resource]
	owned     listed[none] // resource ids by owner
	requests  ordered[AcceptedRequest]
	tokens    ordered[IONOSToken]
	s3Keys    listed[S3Key] // by user id
}

func newIONOSState() *ionosState {
	s := &ionosState{members: listed[none]{}, groupsOf: listed[none]{}, shares: listed[Share]{}, owned: listed[none]{}, s3Keys: listed[S3Key]{}}
	s.tokens.names = func(token IONOSToken) []string { return []string{token.Token} }
	s.users.names = func(user User) []string { return []string{strings.ToLower(user.Email)} }
	return s
}

// addOwner adds the contract's owner.
func (s *ionosState) addOwner(now time.Time) {
	s.addUser(User{
		ID: OwnerID, FirstName: "Contract", LastName: "Owner", Email: Username, Password: Password, Administrator: true,
	}, Username, now)
}

func (s *ionosState) copy() *ionosState {
	return &ionosState{
		users: *s.users.copy(), groups: *s.groups.copy(), resources: *s.resources.copy(), requests: *s.requests.copy(),
		tokens: *s.tokens.copy(), s3Keys: s.s3Keys.copy(),
		members: s.members.copy(), groupsOf: s.groupsOf.copy(), shares: s.shares.copy(), owned: s.owned.copy(),
	}
}

func (s *ionosState) userByEmail(email string) (User, bool) {
	return s.users.find(strings.ToLower(email))
}

// user finds a user by id or email.
func (s *ionosState) user(idOrEmail string) (User, bool) {
	if user, found := s.users.get(idOrEmail); found {
		return user, true
	}
	return s.userByEmail(idOrEmail)
}

func (s *ionosState) addUser(user User, by string, now time.Time) string {
	user.ID = cmp.Or(user.ID, newID())
	if user.S3CanonicalUserID == "" {
		user.S3CanonicalUserID = strings.ReplaceAll(newID(), "-", "")
	}
	user.Created = cmp.Or(user.Created, now)
	user.Modified = cmp.Or(user.Modified, user.Created)
	user.CreatedBy, user.ModifiedBy = cmp.Or(user.CreatedBy, by), cmp.Or(user.ModifiedBy, by)
	s.users.set(user.ID, user)
	return user.ID
}

// removeUser takes a user out of every group, and leaves what it owned to the contract owner.
func (s *ionosState) removeUser(id string) {
	for group := range s.groupsOf[id].all(0) {
		s.members.remove(group, id)
	}
	delete(s.groupsOf, id)
	delete(s.s3Keys, id)
	for _, owned := range s.owned[id].keys() {
		resource, _ := s.resources.get(owned)
		resource.Owner = ""
		s.setResource(resource)
	}
	s.users.remove(id)
}

func (s *ionosState) addGroup(group Group) string {
	group.ID = cmp.Or(group.ID, newID())
	group.Privileges = copyPrivileges(group.Privileges)
	s.groups.set(group.ID, group)
	return group.ID
}

func (s *ionosState) removeGroup(id string) {
	for user := range s.members[id].all(0) {
		s.groupsOf.remove(user, id)
	}
	delete(s.members, id)
	delete(s.shares, id)
	s.groups.remove(id)
}

// groupsOfUser returns the ids of the groups of a user, in the order of the list of groups.
func (s *ionosState) groupsOfUser(id string) []string { return s.groups.inOrder(s.groupsOf[id].keys()) }

// ownedBy returns the ids of the resources of a user, in the order of the list of resources.
func (s *ionosState) ownedBy(id string) []string { return s.resources.inOrder(s.owned[id].keys()) }

func (s *ionosState) addMember(group, user string) {
	s.members.set(group, user, none{})
	s.groupsOf.set(user, group, none{})
}

func (s *ionosState) removeMember(group, user string) {
	s.members.remove(group, user)
	s.groupsOf.remove(user, group)
}

func (s *ionosState) addResource(resource Resource, now time.Time) string {
	resource.ID = cmp.Or(resource.ID, newID())
	resource.Created = cmp.Or(resource.Created, now)
	resource.Modified = cmp.Or(resource.Modified, resource.Created)
	s.setResource(resource)
	return resource.ID
}

// removeResource removes a resource with its shares.
func (s *ionosState) removeResource(resource Resource) {
	s.owned.remove(resource.Owner, resource.ID)
	s.resources.remove(resource.ID)
	for group := range s.groups.all(0) {
		s.shares.remove(group, resource.ID)
	}
}

func (s *ionosState) setResource(resource Resource) {
	if before, found := s.resources.get(resource.ID); found {
		s.owned.remove(before.Owner, before.ID)
	}
	s.resources.set(resource.ID, resource)
	s.owned.set(resource.Owner, resource.ID, none{})
}

// AddUser puts a user into the cloud without a request, and returns the id. Adding
// one with an id that is known replaces it.
func (c *IONOS) AddUser(user User) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.addUser(user, Username, c.clock.now())
}

// AddGroup puts a group into the cloud without a request, and returns the id.
func (c *IONOS) AddGroup(group Group) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.addGroup(group)
}

// AddMember adds a user to a group without a request.
func (c *IONOS) AddMember(groupID, userID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.addMember(groupID, userID)
}

// AddResource puts a resource into the cloud without a request, and returns the id. Other parts
// of the service create resources: of those, the cloud has data centers only.
func (c *IONOS) AddResource(resource Resource) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.addResource(resource, c.clock.now())
}

// AddShare gives a group a share without a request.
func (c *IONOS) AddShare(groupID string, share Share) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state.shares.set(groupID, share.ResourceID, share)
}

// Users returns all users, oldest first.
func (c *IONOS) Users() []User {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.users.list()
}

// User finds a user by id or email.
func (c *IONOS) User(idOrEmail string) (User, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.user(idOrEmail)
}

// Groups returns all groups, oldest first.
func (c *IONOS) Groups() []Group {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.groups()
}

func (c *IONOS) groups() []Group {
	groups := c.state.groups.list()
	for i := range groups {
		groups[i].Privileges = copyPrivileges(groups[i].Privileges)
	}
	return groups
}

// Members returns the ids of a group's members, in the order in which they were added.
func (c *IONOS) Members(groupID string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.members[groupID].keys()
}

// Shares returns a group's shares, oldest first.
func (c *IONOS) Shares(groupID string) []Share {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state.shares[groupID].list()
}

func copyPrivileges(privileges map[string]any) map[string]any {
	out := maps.Clone(privileges)
	if out == nil {
		out = map[string]any{}
	}
	return out
}
