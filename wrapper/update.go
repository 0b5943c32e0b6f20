package wrapper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
)

// UpdateUser changes some properties of a user and keeps the others. It reads the user, lets
// change edit the properties, and writes them all back, because a PUT replaces:
//
//	user, operation, err := client.UpdateUser(ctx, id, func(p *gen.UserUpdateProperties) {
//		p.LastName = new("Meier")
//	})
//
// A field that change sets to nil keeps its value. Password is nil at first, and stays as it
// is unless set. When change sets nothing new, nothing is written and the operation is done.
//
// The service has no versions: what someone else writes between the read and the write is
// overwritten.
func (c *IONOS) UpdateUser(ctx context.Context, userID string, change func(*gen.UserUpdateProperties), opts ...CallOption) (*gen.User, *Operation, error) {
	u := update[gen.User, gen.UserUpdateProperties]{
		client: c, path: ids{"userID", userID}, object: userID, opts: opts, change: change,
		reads: "umUsersFindById", writes: "umUsersPut",
		// The service returns more than it accepts. A password that came back would not be the password.
		kept: []string{"firstname", "lastname", "email", "administrator", "forceSecAuth", "secAuthActive", "active"},
	}
	u.get, u.err = c.requests.GetUser(userID, nil)
	u.put = func(body io.Reader) (*http.Request, error) {
		return c.requests.ReplaceUserWithBody(userID, nil, "application/json", body)
	}
	return u.run(ctx)
}

// UpdateGroup changes a group's name or some of its privileges and keeps the others, those
// included that this version does not know. It works like UpdateUser.
func (c *IONOS) UpdateGroup(ctx context.Context, groupID string, change func(*gen.GroupProperties), opts ...CallOption) (*gen.Group, *Operation, error) {
	u := update[gen.Group, gen.GroupProperties]{
		client: c, path: ids{"groupID", groupID}, object: groupID, opts: opts, change: change,
		reads: "umGroupsFindById", writes: "umGroupsPut",
	}
	u.get, u.err = c.requests.GetGroup(groupID, nil)
	u.put = func(body io.Reader) (*http.Request, error) {
		return c.requests.ReplaceGroupWithBody(groupID, nil, "application/json", body)
	}
	return u.run(ctx)
}

// UpdateShare changes one privilege of a share and keeps the other. It works like UpdateUser.
func (c *IONOS) UpdateShare(ctx context.Context, groupID, resourceID string, change func(*gen.ShareProperties), opts ...CallOption) (*gen.Share, *Operation, error) {
	u := update[gen.Share, gen.ShareProperties]{
		client: c, path: ids{"groupID", groupID, "resourceID", resourceID}, opts: opts, change: change,
		reads: "umGroupsSharesFindByResourceId", writes: "umGroupsSharesPut",
	}
	u.get, u.err = c.requests.GetShare(groupID, resourceID, nil)
	u.put = func(body io.Reader) (*http.Request, error) {
		return c.requests.ReplaceShareWithBody(groupID, resourceID, nil, "application/json", body)
	}
	return u.run(ctx)
}

// update is one read, change and write back. T is the object, P its properties.
type update[T, P any] struct {
	client *IONOS
	path   ids
	opts   []CallOption
	change func(*P)
	kept   []string // the properties that are written back as they were read; nil for all
	object string   // the id that responses must have, "" if any
	reads  string   // operationId of get
	writes string   // operationId of put
	get    *http.Request
	err    error // of building get
	put    func(body io.Reader) (*http.Request, error)
}

// properties are kept as they came, so that what P does not know survives.
type properties map[string]json.RawMessage

func (u update[T, P]) run(ctx context.Context) (*T, *Operation, error) {
	if u.change == nil {
		return nil, nil, invalid("change", "is nil")
	}
	resp, err := u.client.send(ctx, call{operation: u.reads, request: u.get, err: u.err, path: u.path, opts: u.opts})
	if err != nil {
		return nil, nil, err
	}
	defer resp.release()
	current, err := decode[T](resp, u.object)
	if err != nil {
		return nil, nil, err
	}
	var known struct {
		Properties properties `json:"properties"`
	}
	if err := unmarshal(resp.data, &known); err != nil || known.Properties == nil {
		return nil, nil, resp.unexpected("no properties")
	}
	known.Properties = u.writable(known.Properties)
	changed, err := u.apply(known.Properties)
	if err != nil {
		return nil, nil, err
	}
	if !changed {
		return current, u.client.finished(), nil
	}
	body, err := json.Marshal(known)
	if err != nil {
		return nil, nil, err
	}
	r, err := u.put(bytes.NewReader(body))
	return write[T](ctx, u.client, call{operation: u.writes, request: r, err: err, path: u.path, object: u.object, opts: u.opts})
}

// writable returns the properties that are written back. Those in kept are known to the service
// by that name, even if it returned them in another case; all others keep their spelling.
func (u update[T, P]) writable(read properties) properties {
	write := make(properties, len(read))
	for name, value := range read {
		if string(value) == "null" {
			continue // not set, and invalid when it is written
		}
		if u.kept == nil {
			write[name] = value
			continue
		}
		at := slices.IndexFunc(u.kept, func(kept string) bool { return strings.EqualFold(kept, name) })
		if at < 0 {
			continue
		}
		if _, exact := read[u.kept[at]]; !exact || name == u.kept[at] {
			write[u.kept[at]] = value
		}
	}
	return write
}

// apply lets the caller change a typed copy, and carries what differs over to all.
func (u update[T, P]) apply(all properties) (changed bool, err error) {
	raw, err := json.Marshal(all)
	if err != nil {
		return false, err
	}
	before, after := new(P), new(P)
	if err := errors.Join(unmarshal(raw, before), unmarshal(raw, after)); err != nil {
		return false, fmt.Errorf("%w: %w", ErrUnexpectedResponse, err)
	}
	u.change(after)
	was, err := fields(before)
	if err != nil {
		return false, err
	}
	is, err := fields(after)
	if err != nil {
		return false, err
	}
	for name, value := range is {
		if bytes.Equal(value, was[name]) {
			continue
		}
		changed = true
		// The page and the service do not spell every name alike; the service's wins, and each of
		// two if it has both.
		known := false
		for spelled := range all {
			if strings.EqualFold(spelled, name) {
				all[spelled], known = value, true
			}
		}
		if !known {
			all[name] = value
		}
	}
	return changed, nil
}

func fields(value any) (properties, error) {
	raw, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var all properties
	return all, json.Unmarshal(raw, &all)
}
