package wrappertest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// filters are the filter.NAME parameters of a request. Lists are filtered by them, although the
// page does not say so: a text has to contain the value in any case, anything else has to equal it.
type filters map[string]string

// readFilters reads the filters of a list. One by a property that its items do not have is an
// error: it must not mean all items.
func (q *call) readFilters() *ionosError {
	if q.route.property == nil {
		return nil
	}
	for name, values := range q.query {
		property, isFilter := strings.CutPrefix(name, "filter.")
		if !isFilter {
			continue
		}
		if _, found := q.route.property(property); !found {
			return reject(http.StatusUnprocessableEntity, "439", name+" is not a property of this list")
		}
		if q.filters == nil {
			q.filters = filters{}
		}
		q.filters[property] = values[0]
	}
	return nil
}

// match reports whether an item fits all filters. No filters fit everything.
func (f filters) match(property func(string) (any, bool)) bool {
	for name, want := range f {
		have, _ := property(name)
		switch have := have.(type) {
		case string:
			if !strings.Contains(strings.ToLower(have), strings.ToLower(want)) {
				return false
			}
		case bool:
			if strconv.FormatBool(have) != want {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// filtered returns the values that fit all filters, in order.
func filtered[V any](values *ordered[V], by filters, property func(V, string) (any, bool)) []V {
	var out []V
	for _, value := range values.all(0) {
		if by.match(func(name string) (any, bool) { return property(value, name) }) {
			out = append(out, value)
		}
	}
	return out
}

// property returns a property or a part of the metadata by its name on the wire.
func (u User) property(name string) (any, bool) {
	switch name {
	case "firstname":
		return u.FirstName, true
	case "lastname":
		return u.LastName, true
	case "email":
		return u.Email, true
	case "administrator":
		return u.Administrator, true
	case "forceSecAuth":
		return u.ForceSecAuth, true
	case "secAuthActive":
		return u.SecAuthActive, true
	case "active":
		return !u.Inactive, true
	case "s3CanonicalUserId":
		return u.S3CanonicalUserID, true
	case "createdDate":
		return stamp(u.Created), true
	case "createdBy":
		return u.CreatedBy, true
	}
	return nil, false
}

func (g Group) property(name string) (any, bool) {
	if name == "name" {
		return g.Name, true
	}
	granted, _ := g.Privileges[name].(bool)
	return granted, slices.Contains(privileges, name)
}

func (r Resource) property(name string) (any, bool) {
	switch name {
	case "name":
		return r.Name, true
	case "location":
		return r.Location, true
	case "description":
		return r.Description, true
	case "secAuthProtection":
		if r.SecAuthProtection == nil {
			return nil, true
		}
		return *r.SecAuthProtection, true
	case "createdDate":
		return stamp(r.Created), true
	}
	return nil, false
}

func (s Share) property(name string) (any, bool) {
	switch name {
	case "editPrivilege":
		return s.EditPrivilege, true
	case "sharePrivilege":
		return s.SharePrivilege, true
	}
	return nil, false
}

// entity returns the link to a collection, with references to its members if the cloud has them.
func (c *IONOS) entity(q *call, id, at, kind string, pathOf func(string) string, members func() []string) object {
	collection := q.reference("collection", id, at)
	if !c.entityItems {
		return collection
	}
	items := []object{}
	for _, id := range members() {
		items = append(items, q.reference(kind, id, pathOf(id)))
	}
	return append(collection, member{"items", items})
}
