package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper"
)

// right is one thing that one user may do, and why.
type right struct {
	Cloud string `json:"cloud"`
	User  string `json:"user"` // email address
	Login string `json:"login"`
	// Active is false for users who cannot log in at present.
	Active bool `json:"active"`
	// Via is where the right comes from: a group, a role, or the user alone.
	Via string `json:"via"`
	// Kind is "privilege", "share", "role", "key", "administrator" or "none".
	Kind string `json:"kind"`
	// What is the name of the privilege, resource or role, or the key that the user can log in with.
	What string `json:"what"`
}

// readIONOS collects the rights of all users of an IONOS contract: one walk of the users, one list of
// groups and of resources, and two lists a group.
func readIONOS(ctx context.Context, client *wrapper.IONOS) ([]right, error) {
	names := map[string]string{} // of resources, by id
	for resource, err := range client.AllResources(ctx) {
		if err != nil {
			return nil, fmt.Errorf("resources: %w", err)
		}
		names[resource.ID] = strings.TrimSpace(string(resource.Type) + " " + resource.Properties.Name)
	}
	granted := map[string][]right{} // by user id
	for group, err := range client.Groups().All(ctx) {
		if err != nil {
			return nil, fmt.Errorf("groups: %w", err)
		}
		rights, err := rightsOfGroup(ctx, client, group, names)
		if err != nil {
			return nil, fmt.Errorf("group %q: %w", group.Name, err)
		}
		for member, err := range client.AllGroupMembers(ctx, group.ID) {
			if err != nil {
				return nil, fmt.Errorf("members of group %q: %w", group.Name, err)
			}
			granted[member.ID] = append(granted[member.ID], rights...)
		}
	}
	var all []right
	for user, err := range client.AllUsers(ctx, wrapper.WithPrefetch(4)) {
		if err != nil {
			return nil, fmt.Errorf("users: %w", err)
		}
		p := user.Properties
		rights := granted[user.ID]
		if p.Administrator {
			rights = append(rights, right{Via: "user", Kind: "administrator", What: "everything in the contract"})
		}
		all = append(all, ofUser(right{Cloud: "IONOS", User: p.Email, Login: p.Email, Active: p.Active}, rights)...)
	}
	return all, nil
}

// rightsOfGroup returns what every member of a group may do. A report must not leave out privileges that were
// added to the service after this version was made: Privileges and Granted have them.
func rightsOfGroup(ctx context.Context, client *wrapper.IONOS, group wrapper.Group, names map[string]string) ([]right, error) {
	var rights []right
	via := "group " + group.Name
	for _, privilege := range group.Granted() {
		rights = append(rights, right{Via: via, Kind: "privilege", What: privilege})
	}
	for share, err := range client.Groups().Shares(ctx, group.ID) {
		if err != nil {
			return nil, err
		}
		what := cmp.Or(names[share.ResourceID], share.ResourceID) + ": use"
		for _, privilege := range share.Granted() {
			what += ", " + strings.TrimSuffix(privilege, "Privilege")
		}
		rights = append(rights, right{Via: via, Kind: "share", What: what})
	}
	return rights, nil
}

// ofUser completes the rights of a user. One without any is in the report, too.
func ofUser(user right, rights []right) []right {
	if len(rights) == 0 {
		rights = []right{{Kind: "none"}}
	}
	all := make([]right, 0, len(rights))
	for _, r := range rights {
		r.Cloud, r.User, r.Login, r.Active = user.Cloud, user.User, user.Login, user.Active
		all = append(all, r)
	}
	return all
}

// readTriton collects the roles and SSH keys of the users of a Triton account: one list, and two requests a user.
func readTriton(ctx context.Context, client *wrapper.Triton) ([]right, error) {
	users, err := client.ListUsers(ctx)
	if err != nil {
		return nil, err
	}
	var all []right
	for i := range users {
		user, err := client.GetUserWithRoles(ctx, users[i].ID)
		if errors.Is(err, wrapper.ErrNotFound) {
			continue // deleted since the list was read
		}
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", users[i].Login, err)
		}
		var rights []right
		for _, role := range user.Roles {
			via := "user, on demand"
			if slices.Contains(user.DefaultRoles, role) {
				via = "user, by default"
			}
			rights = append(rights, right{Via: via, Kind: "role", What: role})
		}
		keys, err := client.ListUserKeys(ctx, user.ID)
		if errors.Is(err, wrapper.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("keys of user %s: %w", user.Login, err)
		}
		for _, key := range keys {
			rights = append(rights, right{Via: "user", Kind: "key", What: key.Name + " " + key.Fingerprint})
		}
		all = append(all, ofUser(right{Cloud: "Triton", User: user.Email, Login: user.Login, Active: true}, rights)...)
	}
	return all, nil
}
