package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/cloudroster/cloudroster/wrapper"
)

// action is what a step does with a user.
type action string

const (
	create     action = "create"
	update     action = "update"
	deactivate action = "deactivate"
	remove     action = "delete"
	keep       action = "keep"     // nothing to do
	conflict   action = "conflict" // needs a person to decide
)

// step is what has to be done for one person on one cloud.
type step struct {
	cloud  *cloud
	action action
	email  string
	// id is that of the user, "" until one is created.
	id     string
	person person
	change wrapper.UserUpdate
	// join and leave are ids of groups.
	join, leave []string
	detail      string
}

// key names a step in the journal.
func (s *step) key() string { return s.cloud.name + " " + s.email }

func (s *step) changes() bool { return s.action != keep && s.action != conflict }

// leavers says what becomes of users who are not in the file.
type leavers string

// planner compares people with what one cloud has.
type planner struct {
	cloud   *cloud
	people  []person
	leavers leavers
	groups  map[string]*group // by name; empty on Triton
}

type group struct {
	id      string
	members map[string]bool // ids of users
}

// plan reads one list of the cloud's users, and compares. An incomplete list is an error: nobody
// may be taken for missing because a page was.
func plan(ctx context.Context, c *cloud, people []person, what leavers) ([]step, error) {
	var users []wrapper.User
	for user, err := range c.users.All(ctx) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		users = append(users, user)
	}
	groups, err := readGroups(ctx, c, people)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.name, err)
	}
	p := &planner{cloud: c, people: people, leavers: what, groups: groups}
	var steps []step
	expected := map[string]bool{}
	for _, one := range people {
		s := p.forPerson(one, users)
		expected[s.id] = true
		steps = append(steps, s)
	}
	for i := range users {
		if !expected[users[i].ID] && !p.known(&users[i]) {
			steps = append(steps, p.forLeaver(&users[i]))
		}
	}
	return steps, nil
}

// known reports whether the file has somebody with the user's address, in any case.
func (p *planner) known(user *wrapper.User) bool {
	return slices.ContainsFunc(p.people, func(one person) bool { return strings.EqualFold(one.Email, user.Email) })
}

func (p *planner) forPerson(one person, users []wrapper.User) step {
	s := step{cloud: p.cloud, email: one.Email, person: one, action: keep}
	found, err := match(one.Email, users)
	if err != nil {
		s.action, s.detail = conflict, err.Error()
		return s
	}
	var told []string
	if found == nil {
		s.action = create
	} else {
		s.id = found.ID
		told = p.fields(&s, found)
	}
	told = append(told, p.memberships(&s)...)
	if s.action == keep && len(told) > 0 {
		s.action = update
	}
	s.detail = strings.Join(told, ", ")
	return s
}

// match returns the user with this address: the exact one, or else the only one that differs in
// case. It returns nil if there is none.
func match(email string, users []wrapper.User) (*wrapper.User, error) {
	var folded []*wrapper.User
	for i := range users {
		if users[i].Email == email {
			return &users[i], nil
		}
		if strings.EqualFold(users[i].Email, email) {
			folded = append(folded, &users[i])
		}
	}
	switch len(folded) {
	case 0:
		return nil, nil
	case 1:
		return folded[0], nil
	}
	return nil, fmt.Errorf("%d users have this address in another case", len(folded))
}

// fields plans the change of what differs, and of an inactive user who is back.
func (p *planner) fields(s *step, found *wrapper.User) (told []string) {
	if found.FirstName != s.person.FirstName {
		s.change.FirstName = &s.person.FirstName
		told = append(told, "first name")
	}
	if found.LastName != s.person.LastName {
		s.change.LastName = &s.person.LastName
		told = append(told, "last name")
	}
	if found.IONOS != nil && !found.IONOS.Properties.Active {
		s.change.IONOS = &wrapper.IONOSFields{Active: new(true)}
		told = append(told, "activate")
	}
	return told
}

// memberships plans joins and leaves, among the groups that the file names.
func (p *planner) memberships(s *step) (told []string) {
	for _, name := range sortedNames(p.groups) {
		g := p.groups[name]
		member, wanted := s.id != "" && g.members[s.id], slices.Contains(s.person.Groups, name)
		switch {
		case wanted && !member:
			s.join = append(s.join, g.id)
			told = append(told, "+"+name)
		case member && !wanted:
			s.leave = append(s.leave, g.id)
			told = append(told, "-"+name)
		}
	}
	return told
}

func (p *planner) forLeaver(user *wrapper.User) step {
	s := step{cloud: p.cloud, email: user.Email, id: user.ID, action: keep}
	switch reason := p.protected(user); {
	case p.leavers == "keep":
		s.detail = "not in the file"
	case reason != "":
		s.detail = "not in the file, " + reason
	case p.leavers == "delete":
		s.action = remove
	case user.IONOS == nil:
		s.detail = "not in the file; Triton has no inactive users"
	case !user.IONOS.Properties.Active:
		s.detail = "inactive"
	default:
		s.action, s.change.IONOS = deactivate, &wrapper.IONOSFields{Active: new(false)}
	}
	return s
}

// protected says why a leaver stays. The owner of an IONOS contract is an administrator, so
// keeping administrators keeps the owner.
func (p *planner) protected(user *wrapper.User) string {
	for _, self := range p.cloud.self {
		if self != "" && (self == user.ID || strings.EqualFold(self, user.Login) || strings.EqualFold(self, user.Email)) {
			return "but runs this program"
		}
	}
	if user.IONOS != nil && user.IONOS.Properties.Administrator {
		return "but an administrator"
	}
	return ""
}

// readGroups finds the groups that the file names, and their members.
func readGroups(ctx context.Context, c *cloud, people []person) (map[string]*group, error) {
	groups := map[string]*group{}
	for _, one := range people {
		for _, name := range one.Groups {
			groups[name] = nil
		}
	}
	if c.ionos == nil || len(groups) == 0 {
		return nil, nil
	}
	for g, err := range c.ionos.AllGroups(ctx, wrapper.WithDepth(1)) {
		if err != nil {
			return nil, err
		}
		if g.Properties.Name == nil {
			continue
		}
		name := *g.Properties.Name
		known, wanted := groups[name]
		if !wanted {
			continue
		}
		if known != nil {
			return nil, fmt.Errorf("group %q exists twice", name)
		}
		members := map[string]bool{}
		for member, err := range c.ionos.AllGroupMembers(ctx, g.ID) {
			if err != nil {
				return nil, fmt.Errorf("group %q: %w", name, err)
			}
			members[member.ID] = true
		}
		groups[name] = &group{id: g.ID, members: members}
	}
	var missing []error
	for _, name := range sortedNames(groups) {
		if groups[name] == nil {
			missing = append(missing, fmt.Errorf("group %q does not exist", name))
		}
	}
	return groups, errors.Join(missing...)
}

func sortedNames(groups map[string]*group) []string {
	names := make([]string, 0, len(groups))
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// writePlan prints the plan as a table, without the people for whom there is nothing to say.
func writePlan(out io.Writer, steps []step) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLOUD\tEMAIL\tACTION\tDETAIL")
	counts := map[action]int{}
	for i := range steps {
		s := &steps[i]
		counts[s.action]++
		if s.action != keep || s.detail != "" {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", s.cloud.name, s.email, s.action, s.detail)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, "\nPlan: "+summary(counts)+".")
	return err
}

func summary(counts map[action]int) string {
	var parts []string
	for _, a := range []action{create, update, deactivate, remove, keep, conflict} {
		if counts[a] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[a], a))
		}
	}
	return strings.Join(parts, ", ")
}
