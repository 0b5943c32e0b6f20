package wrapper_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestModelIONOS(t *testing.T) {
	t.Parallel()
	for _, faulty := range []bool{false, true} {
		t.Run(fmt.Sprintf("faults %t", faulty), func(t *testing.T) {
			t.Parallel()
			checkModel(t, ionosDeeds, faulty, func() world[ionosState] { return newIONOSWorld(t) })
		})
	}
}

// ionosState is a contract, everything in the order in which it was made. What has no id was
// made by a request whose answer was lost.
type ionosState struct {
	users  []ionosModelUser
	groups []ionosModelGroup
}

type ionosModelUser struct {
	id, first, last, email, password string
	administrator, active            bool
}

type ionosModelGroup struct {
	id, name        string
	reserveIP, moon bool // moon is a privilege that no version of the library knows
	members         []string
	shares          []wrappertest.Share
}

func (g ionosModelGroup) same(other ionosModelGroup) bool {
	return g.id == other.id && g.name == other.name && g.reserveIP == other.reserveIP && g.moon == other.moon &&
		slices.Equal(g.members, other.members) && slices.Equal(g.shares, other.shares)
}

const moon = "accessToTheMoon"

type ionosWorld struct {
	cloud     *wrappertest.Cloud
	client    *wrapper.IONOS
	bad       *mischief
	now       ionosState
	resources []string
	serial    int // of names
}

func newIONOSWorld(t *testing.T) *ionosWorld {
	cloud := newCloud()
	w := &ionosWorld{cloud: cloud, client: ionosClient(t, cloud), bad: new(mischief)}
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Password: "correct-horse-2", Administrator: true})
	cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{moon: true}})
	for range 3 {
		w.resources = append(w.resources, cloud.IONOS.AddResource(wrappertest.Resource{Type: "snapshot", Name: "snap"}))
	}
	cloud.IONOS.Fault(w.bad.fault())
	w.now = w.state()
	return w
}

func (w *ionosWorld) mischief() *mischief { return w.bad }
func (w *ionosWorld) model() ionosState   { return w.now }
func (w *ionosWorld) adopt(s ionosState)  { w.now = s }

func (w *ionosWorld) fail(step) {
	w.cloud.IONOS.Next(wrappertest.Outcome{Failed: true, NotApplied: true, Message: "out of moons"})
}

func (*ionosWorld) copied(s ionosState) ionosState {
	c := ionosState{users: slices.Clone(s.users), groups: slices.Clone(s.groups)}
	for i := range c.groups {
		c.groups[i].members = slices.Clone(c.groups[i].members)
		c.groups[i].shares = slices.Clone(c.groups[i].shares)
	}
	return c
}

func (w *ionosWorld) state() ionosState {
	var s ionosState
	for _, u := range w.cloud.IONOS.Users() {
		s.users = append(s.users, ionosModelUser{u.ID, u.FirstName, u.LastName, u.Email, u.Password, u.Administrator, !u.Inactive})
	}
	for _, g := range w.cloud.IONOS.Groups() {
		s.groups = append(s.groups, ionosModelGroup{
			id: g.ID, name: g.Name, reserveIP: g.Privileges["reserveIp"] == true, moon: g.Privileges[moon] == true,
			members: w.cloud.IONOS.Members(g.ID), shares: w.cloud.IONOS.Shares(g.ID),
		})
	}
	return s
}

func (*ionosWorld) matches(model, cloud ionosState) bool {
	if len(model.users) != len(cloud.users) || len(model.groups) != len(cloud.groups) {
		return false
	}
	for i, want := range model.users {
		if want.id == "" {
			want.id = cloud.users[i].id
		}
		if want != cloud.users[i] {
			return false
		}
	}
	for i, want := range model.groups {
		if want.id == "" {
			want.id = cloud.groups[i].id
		}
		if !want.same(cloud.groups[i]) {
			return false
		}
	}
	return true
}

var ionosDeeds = []string{
	"create user", "create user", "create portable", "replace user", "update user", "delete user",
	"create group", "create group", "replace group", "update group", "delete group",
	"add member", "add member", "remove member",
	"add share", "add share", "replace share", "update share", "remove share",
	"get user", "all users", "list groups", "list members", "list shares", "list user groups",
}

// subjects are what a step works on: by one more number than there are, something that is not
// there.
type subjects struct {
	user, group         int
	u                   ionosModelUser
	g                   ionosModelGroup
	resource            string
	noUser, noGroup     error
	noMember, noSharing error
	noResource          error
}

func (w *ionosWorld) choose(s step) subjects {
	missing := func(there bool) error {
		if there {
			return nil
		}
		return wrapper.ErrNotFound
	}
	c := subjects{
		user: s.A % (len(w.now.users) + 1), group: s.B % (len(w.now.groups) + 1),
		u: ionosModelUser{id: unknownID}, g: ionosModelGroup{id: unknownID}, resource: unknownID,
	}
	c.noUser, c.noGroup = missing(c.user < len(w.now.users)), missing(c.group < len(w.now.groups))
	if c.noUser == nil {
		c.u = w.now.users[c.user]
	}
	if c.noGroup == nil {
		c.g = w.now.groups[c.group]
	}
	resource := s.C % (len(w.resources) + 1)
	c.noResource = missing(resource < len(w.resources))
	if c.noResource == nil {
		c.resource = w.resources[resource]
	}
	c.noMember = missing(slices.Contains(c.g.members, c.u.id))
	c.noSharing = missing(c.share() >= 0)
	return c
}

func (c subjects) share() int {
	return slices.IndexFunc(c.g.shares, func(share wrappertest.Share) bool { return share.ResourceID == c.resource })
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *ionosWorld) deed(s step) deed[ionosState] {
	switch c := w.choose(s); s.Operation {
	case "create user", "create portable", "replace user", "update user", "delete user":
		return w.userDeed(s, c)
	case "create group", "replace group", "update group", "delete group", "add member", "remove member":
		return w.groupDeed(s, c)
	case "add share", "replace share", "update share", "remove share":
		return w.shareDeed(s, c)
	default:
		return w.readDeed(s, c)
	}
}

func (w *ionosWorld) userDeed(s step, c subjects) deed[ionosState] {
	ctx := context.Background()
	set := func(u ionosModelUser) func(*ionosState) {
		return func(all *ionosState) { all.users[c.user] = u }
	}
	check := func(got *gen.User, operation *wrapper.Operation, err error, want ionosModelUser) (*wrapper.Operation, error) {
		if err == nil && got.Properties.Email != want.email {
			err = fmt.Errorf("%w: got %+v, want %+v", errWrong, got.Properties, want)
		}
		return operation, err
	}
	d := deed[ionosState]{refused: c.noUser}
	email := fmt.Sprintf("user%d@example.com", s.C%7)
	taken := func(id string) error {
		if slices.ContainsFunc(w.now.users, func(u ionosModelUser) bool { return u.email == email && u.id != id }) {
			return wrapper.ErrInvalid
		}
		return nil
	}
	switch s.Operation {
	case "create user":
		made := ionosModelUser{"", "Jo", "Doe", email, "correct-horse-1", s.Flag, !s.Flag}
		d.refused, d.fails = taken(""), true
		d.change = func(all *ionosState) { all.users = append(all.users, made) }
		d.call = func() (*wrapper.Operation, error) {
			properties := jo()
			properties.Email, properties.Administrator, properties.Active = email, new(s.Flag), new(!s.Flag)
			got, operation, err := w.client.CreateUser(ctx, properties)
			return check(got, operation, err, made)
		}
	case "create portable":
		made := ionosModelUser{"", "Jo", "Doe", email, "correct-horse-1", false, true}
		d.refused = taken("")
		d.change = func(all *ionosState) { all.users = append(all.users, made) }
		d.call = func() (*wrapper.Operation, error) {
			return nil, createPortable(w.client.Users(), wrapper.UserCreate{FirstName: "Jo", LastName: "Doe", Email: email, Password: "correct-horse-1"})
		}
	case "replace user":
		// Administrator goes back to its default, because it is left out.
		u := ionosModelUser{c.u.id, "Jane", c.u.last + "x", email, c.u.password, false, s.Flag}
		d.refused, d.change = first(c.noUser, taken(u.id)), set(u)
		d.call = func() (*wrapper.Operation, error) {
			got, operation, err := w.client.ReplaceUser(ctx, u.id, gen.UserUpdateProperties{
				FirstName: &u.first, LastName: &u.last, Email: &u.email, Active: &u.active,
			})
			return check(got, operation, err, u)
		}
	case "update user":
		u := c.u
		u.active = s.Flag
		d.change = set(u)
		d.call = func() (*wrapper.Operation, error) {
			got, operation, err := w.client.UpdateUser(ctx, u.id, func(p *gen.UserUpdateProperties) { p.Active = new(s.Flag) })
			return check(got, operation, err, u)
		}
	case "delete user":
		d.remove, d.fails = true, true
		d.change = func(all *ionosState) {
			all.users = slices.Delete(all.users, c.user, c.user+1)
			for i := range all.groups {
				all.groups[i].members = slices.DeleteFunc(all.groups[i].members, func(id string) bool { return id == c.u.id })
			}
		}
		d.call = func() (*wrapper.Operation, error) { return w.client.DeleteUser(ctx, c.u.id) }
	}
	return d
}

func (w *ionosWorld) groupDeed(s step, c subjects) deed[ionosState] {
	ctx := context.Background()
	d := deed[ionosState]{refused: c.noGroup}
	w.serial++
	name := fmt.Sprintf("group %d", w.serial)
	check := func(got *gen.Group, operation *wrapper.Operation, err error, want ionosModelGroup) (*wrapper.Operation, error) {
		if err == nil && (*got.Properties.Name != want.name || *got.Properties.ReserveIP != want.reserveIP) {
			err = fmt.Errorf("%w: got %+v, want %+v", errWrong, got.Properties, want)
		}
		return operation, err
	}
	g := c.g
	d.change = func(all *ionosState) { all.groups[c.group] = g }
	switch s.Operation {
	case "create group":
		g = ionosModelGroup{name: name, reserveIP: s.Flag}
		d.refused, d.fails = nil, true
		d.change = func(all *ionosState) { all.groups = append(all.groups, g) }
		d.call = func() (*wrapper.Operation, error) {
			got, operation, err := w.client.CreateGroup(ctx, gen.GroupProperties{Name: &g.name, ReserveIP: &g.reserveIP})
			return check(got, operation, err, g)
		}
	case "replace group":
		g.name, g.reserveIP, g.moon = name, s.Flag, false
		d.call = func() (*wrapper.Operation, error) {
			got, operation, err := w.client.ReplaceGroup(ctx, g.id, gen.GroupProperties{Name: &g.name, ReserveIP: &g.reserveIP})
			return check(got, operation, err, g)
		}
	case "update group":
		g.reserveIP = s.Flag
		d.call = func() (*wrapper.Operation, error) {
			got, operation, err := w.client.UpdateGroup(ctx, g.id, func(p *gen.GroupProperties) { p.ReserveIP = new(s.Flag) })
			return check(got, operation, err, g)
		}
	case "delete group":
		d.remove, d.fails = true, true
		d.change = func(all *ionosState) { all.groups = slices.Delete(all.groups, c.group, c.group+1) }
		d.call = func() (*wrapper.Operation, error) { return w.client.DeleteGroup(ctx, g.id) }
	case "add member":
		d.refused, d.fails = first(c.noGroup, c.noUser), true
		if c.noMember != nil {
			g.members = append(slices.Clone(g.members), c.u.id)
		}
		d.call = func() (*wrapper.Operation, error) {
			_, operation, err := w.client.AddGroupMember(ctx, g.id, c.u.id)
			return operation, err
		}
	case "remove member":
		d.refused, d.remove, d.fails = first(c.noGroup, c.noMember), true, true
		g.members = slices.DeleteFunc(slices.Clone(g.members), func(id string) bool { return id == c.u.id })
		d.call = func() (*wrapper.Operation, error) { return w.client.RemoveGroupMember(ctx, g.id, c.u.id) }
	}
	return d
}

func (w *ionosWorld) shareDeed(s step, c subjects) deed[ionosState] {
	ctx := context.Background()
	share := wrappertest.Share{ResourceID: c.resource, EditPrivilege: s.Flag, SharePrivilege: s.A%2 == 0}
	properties := gen.ShareProperties{EditPrivilege: &share.EditPrivilege, SharePrivilege: &share.SharePrivilege}
	check := func(got *gen.Share, operation *wrapper.Operation, err error) (*wrapper.Operation, error) {
		if err == nil && *got.Properties.EditPrivilege != s.Flag {
			err = fmt.Errorf("%w: got %+v, want %+v", errWrong, got.Properties, share)
		}
		return operation, err
	}
	at := c.share()
	d := deed[ionosState]{
		refused: first(c.noGroup, c.noSharing),
		change:  func(all *ionosState) { all.groups[c.group].shares[at] = share },
	}
	switch s.Operation {
	case "add share":
		d.refused, d.fails = first(c.noGroup, c.noResource), true
		if d.refused == nil && c.noSharing == nil {
			d.refused = wrapper.ErrInvalid
		}
		d.change = func(all *ionosState) {
			all.groups[c.group].shares = append(all.groups[c.group].shares, share)
		}
		d.call = func() (*wrapper.Operation, error) {
			return check(w.client.AddShare(ctx, c.g.id, c.resource, properties))
		}
	case "replace share":
		d.call = func() (*wrapper.Operation, error) {
			return check(w.client.ReplaceShare(ctx, c.g.id, c.resource, properties))
		}
	case "update share":
		if at >= 0 {
			share.SharePrivilege = c.g.shares[at].SharePrivilege
		}
		d.call = func() (*wrapper.Operation, error) {
			return check(w.client.UpdateShare(ctx, c.g.id, c.resource, func(p *gen.ShareProperties) { p.EditPrivilege = new(s.Flag) }))
		}
	case "remove share":
		d.remove, d.fails = true, true
		d.change = func(all *ionosState) {
			all.groups[c.group].shares = slices.Delete(all.groups[c.group].shares, at, at+1)
		}
		d.call = func() (*wrapper.Operation, error) { return w.client.RemoveShare(ctx, c.g.id, c.resource) }
	}
	return d
}

func (w *ionosWorld) readDeed(s step, c subjects) deed[ionosState] {
	ctx := context.Background()
	var d deed[ionosState]
	// read compares ids, in order.
	read := func(want []string, list func() ([]string, error)) func() (*wrapper.Operation, error) {
		return func() (*wrapper.Operation, error) {
			got, err := list()
			if err == nil && !slices.Equal(got, want) {
				err = fmt.Errorf("%w: got %v, want %v", errWrong, got, want)
			}
			return nil, err
		}
	}
	var want []string
	switch s.Operation {
	case "get user":
		d.refused = c.noUser
		d.call = read([]string{c.u.id, c.u.email}, func() ([]string, error) {
			got, err := w.client.GetUser(ctx, c.u.id)
			if err != nil {
				return nil, err
			}
			return []string{got.ID, got.Properties.Email}, nil
		})
	case "all users":
		for _, u := range w.now.users {
			want = append(want, u.id)
		}
		options := []wrapper.CallOption{wrapper.WithLimit(1 + s.A%3)}
		if s.Flag {
			options = append(options, wrapper.WithPrefetch(3))
		}
		d.call = read(want, func() (got []string, err error) {
			for user, err := range w.client.AllUsers(ctx, options...) {
				if err != nil {
					return nil, err
				}
				got = append(got, user.ID)
			}
			return got, nil
		})
	case "list groups":
		for _, g := range w.now.groups {
			want = append(want, g.id)
		}
		d.call = read(want, func() (got []string, err error) {
			for group, err := range w.client.AllGroups(ctx) {
				if err != nil {
					return nil, err
				}
				got = append(got, group.ID)
			}
			return got, nil
		})
	case "list members":
		d.refused = c.noGroup
		d.call = read(c.g.members, func() (got []string, err error) {
			for user, err := range w.client.AllGroupMembers(ctx, c.g.id) {
				if err != nil {
					return nil, err
				}
				got = append(got, user.ID)
			}
			return got, nil
		})
	case "list shares":
		d.refused = c.noGroup
		for _, share := range c.g.shares {
			want = append(want, share.ResourceID)
		}
		d.call = read(want, func() (got []string, err error) {
			for share, err := range w.client.AllShares(ctx, c.g.id) {
				if err != nil {
					return nil, err
				}
				got = append(got, share.ID)
			}
			return got, nil
		})
	case "list user groups":
		d.refused = c.noUser
		for _, g := range w.now.groups {
			if slices.Contains(g.members, c.u.id) {
				want = append(want, g.id)
			}
		}
		d.call = read(want, func() (got []string, err error) {
			for group, err := range w.client.AllUserGroups(ctx, c.u.id) {
				if err != nil {
					return nil, err
				}
				got = append(got, group.ID)
			}
			return got, nil
		})
	default:
		panic(s.Operation)
	}
	return d
}
