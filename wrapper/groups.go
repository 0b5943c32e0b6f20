package wrapper

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Groups reads groups and their shares by id or name, with plain values and with the privileges that this version
// has no field for. It is immutable and safe for concurrent use; create it with [IONOS.Groups].
//
// Where a method takes a group, it takes an id or a name. A text in the form of a UUID is an id. A name that matches
// exactly wins; one that differs only in case counts if it is the only one. Several groups may have one name:
// the error then matches [ErrAmbiguous]. Looking up a name sends one request, since groups are not paged.
// [ErrNotFound] means that no group has the name; if the service cut the list, so that this is not known, the error
// matches [ErrIncomplete] instead.
type Groups struct {
	client *IONOS
	opts   []CallOption
}

// Groups returns a view of the groups of this client. opts go with every call.
func (c *IONOS) Groups(opts ...CallOption) *Groups {
	return &Groups{client: c, opts: slices.Clone(opts)}
}

// Group is a group as it was read.
type Group struct {
	ID, Name string
	// Privileges holds every privilege that the service returned, by its name in the API, such as
	// createDataCenter: true if the members have it.
	Privileges map[string]bool
}

// Granted returns the names of the privileges that the members have, sorted.
func (g *Group) Granted() []string { return granted(g.Privileges) }

// Share is what the members of a group may do with a resource, beside using it.
type Share struct {
	// ResourceID is the id of the resource. The id that the service gives to the share itself may differ.
	ResourceID string
	CanEdit    bool
	CanShare   bool
	// Privileges holds every privilege that the service returned, editPrivilege and sharePrivilege included.
	Privileges map[string]bool
}

// Granted returns the names of the privileges that the members have on the resource, sorted.
func (s *Share) Granted() []string { return granted(s.Privileges) }

func granted(privileges map[string]bool) []string {
	names := slices.Sorted(maps.Keys(privileges))
	return slices.DeleteFunc(names, func(name string) bool { return !privileges[name] })
}

// All returns an iterator over all groups. It sends one request, and ends with [ErrIncomplete] if the service says
// that there are more groups than it returned.
func (g *Groups) All(ctx context.Context) iter.Seq2[Group, error] {
	return all(func() ([]Group, error) {
		r, err := g.client.requests.ListGroups(nil)
		list, err := read[openList](ctx, g.client, call{operation: "umGroupsGet", request: r, err: err, opts: g.opts})
		if err != nil {
			return nil, err
		}
		groups := make([]Group, len(list.Items))
		for i := range list.Items {
			groups[i] = list.Items[i].group()
		}
		return groups, list.incomplete()
	})
}

// Get returns the group with this id or name.
func (g *Groups) Get(ctx context.Context, group string) (*Group, error) {
	if err := checkID("group", group); err != nil {
		return nil, err
	}
	if !isID(group) {
		return g.find(ctx, group)
	}
	r, err := g.client.requests.GetGroup(group, nil)
	found, err := read[openObject](ctx, g.client, call{operation: "umGroupsFindById", request: r, err: err, object: group, opts: g.opts})
	if err != nil {
		return nil, err
	}
	return new(found.group()), nil
}

// Shares returns an iterator over the shares of the group with this id or name. It sends one request, and one more
// for a name.
func (g *Groups) Shares(ctx context.Context, group string) iter.Seq2[Share, error] {
	return all(func() ([]Share, error) {
		if err := checkID("group", group); err != nil {
			return nil, err
		}
		if !isID(group) {
			found, err := g.find(ctx, group)
			if err != nil {
				return nil, err
			}
			group = found.ID
		}
		r, err := g.client.requests.ListShares(group, nil)
		list, err := read[openList](ctx, g.client, call{operation: "umGroupsSharesGet", request: r, err: err, path: ids{"group", group}, opts: g.opts})
		if err != nil {
			return nil, err
		}
		shares := make([]Share, len(list.Items))
		for i := range list.Items {
			shares[i] = list.Items[i].share()
		}
		return shares, list.incomplete()
	})
}

// find looks a name up in the list. All of the list counts: names are not unique.
func (g *Groups) find(ctx context.Context, name string) (*Group, error) {
	var exact, folded []*Group
	for group, err := range g.All(ctx) {
		switch {
		case err != nil:
			return nil, err
		case group.Name == name:
			exact = append(exact, &group)
		case strings.EqualFold(group.Name, name):
			folded = append(folded, &group)
		}
	}
	found, err := only(groupNames, exact, folded, func(group *Group) string { return group.ID })
	if found == nil && err == nil {
		err = groupNames.notFound("/um/groups")
	}
	return found, err
}

// openObject is a group or a share with all of its properties, whatever their names.
type openObject struct {
	ID         string                     `json:"id"`
	Href       string                     `json:"href"`
	Properties map[string]json.RawMessage `json:"properties"`
}

// openList is a list of such objects. The page documents no pages of these lists: a link to a next one tells that
// the service has begun to cut them.
type openList struct {
	Items []openObject `json:"items"`
	Links struct {
		Next string `json:"next"`
	} `json:"_links"`
}

func (l *openList) incomplete() error {
	if l.Links.Next == "" {
		return nil
	}
	return fmt.Errorf("the service returned the first %d only: %w", len(l.Items), ErrIncomplete)
}

// describes is as describes for typed values. Without properties a name could not be looked up.
func (o *openObject) describes(id string) string {
	if problem := describesObject(o.ID, id); problem != "" || o.Properties != nil {
		return problem
	}
	return "the body has no properties"
}

func (l *openList) describes() string {
	for i := range l.Items {
		if l.Items[i].Properties == nil {
			return "an item of the list has no properties"
		}
	}
	return describesItems(l.Items, func(o *openObject) string { return o.ID })
}

func (o *openObject) group() Group {
	group := Group{ID: o.ID, Privileges: o.flags()}
	for key, value := range o.Properties {
		if strings.EqualFold(key, "name") {
			_ = json.Unmarshal(value, &group.Name) // a name that is no text is none
		}
	}
	return group
}

func (o *openObject) share() Share {
	share := Share{ResourceID: o.resourceID(), Privileges: o.flags()}
	for name, value := range share.Privileges {
		share.CanEdit = share.CanEdit || value && strings.EqualFold(name, "editPrivilege")
		share.CanShare = share.CanShare || value && strings.EqualFold(name, "sharePrivilege")
	}
	return share
}

// resourceID is the id of a share's resource: the last segment of its URL, where the API has it. The id of
// the share is the second choice.
func (o *openObject) resourceID() string {
	_, after, found := strings.Cut(o.Href, "/shares/")
	if id := strings.TrimRight(after, "/"); found && isID(id) {
		return id
	}
	return o.ID
}

// flags are the properties that are true or false.
func (o *openObject) flags() map[string]bool {
	flags := make(map[string]bool, len(o.Properties))
	for name, value := range o.Properties {
		switch string(value) {
		case "true":
			flags[name] = true
		case "false":
			flags[name] = false
		}
	}
	return flags
}
