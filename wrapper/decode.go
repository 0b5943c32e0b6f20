package wrapper

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
)

// decode reads the one JSON value of a response, which must describe what the operation returns.
// id is that of the object that was asked for, "" if it is not known beforehand. An empty body,
// null, HTML and any other kind of value is an error, never a zero T.
func decode[T any](resp *response, id string) (*T, error) {
	data := resp.body()
	switch {
	case len(data) == 0:
		return nil, resp.unexpected("the body is empty")
	case data[0] == '<':
		return nil, resp.unexpected("the body is HTML")
	case data[0] != '{' && data[0] != '[':
		return nil, resp.unexpected("the body is not what the operation documents")
	}
	if tooManyItems(data) {
		return nil, resp.unreadable(fmt.Errorf("a list with more items than its length allows for: %w", ErrResponseTooLarge))
	}
	value := new(T)
	err := decodeValue(data, value)
	if err != nil && resp.vendor.repair != nil {
		if repaired, ok := resp.vendor.repair(data); ok {
			*value = *new(T)
			if decodeValue(repaired, value) == nil {
				err = nil
			}
		}
	}
	if err != nil {
		return nil, resp.unreadable(fmt.Errorf("%w: %w", ErrUnexpectedResponse, err))
	}
	if problem := describes(value, id); problem != "" {
		return nil, resp.unexpected(problem)
	}
	return value, nil
}

// decodeValue decodes one JSON value into a zero value.
func decodeValue[T any](data []byte, value *T) error {
	if list, ok := any(value).(*gen.UserList); ok {
		return unmarshalUsers(data, list)
	}
	return unmarshal(data, value)
}

const (
	// minItemBytes is what an item of a list has at least: an id, a type and a URL take 130.
	minItemBytes = 128
	// freeItems may be shorter.
	freeItems = 1000
)

// tooManyItems recognizes a list that would need a multiple of its own size: each {} of three bytes becomes
// an item of 400. Memory stays in proportion to what was received.
func tooManyItems(data []byte) bool {
	limit := freeItems + len(data)/minItemBytes
	if bytes.Count(data, []byte{','}) < limit {
		return false // there cannot be as many
	}
	items, depth, quoted := 0, 0, false
	var inList [3]bool // whether the container at this depth is a list
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth < len(inList) {
				inList[depth] = c == '['
			}
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth >= 0 && depth < len(inList) && inList[depth]:
			items++
		}
	}
	return items >= limit
}

// body is the body without leading white space.
func (r *response) body() []byte { return bytes.TrimLeft(r.data, " \t\r\n") }

// expectNoBody checks the response of a DELETE, which has no body, or one that says nothing:
// neither the page of a gateway nor an error is one.
func expectNoBody(resp *response) error {
	switch data := resp.body(); {
	case len(data) == 0:
		return nil
	case data[0] == '<':
		return resp.unexpected("the body is HTML")
	case len(messages(data, strings.NewReplacer())) > 0:
		return resp.unexpected("the body is an error")
	}
	return nil
}

// unmarshalUsers makes room for a page at once. A full one would grow to its size in eight
// steps, each a copy, which are half of the memory that a list needs.
func unmarshalUsers(data []byte, list *gen.UserList) error {
	const userBytes = 600 // about what one has without entities
	if users := min(len(data)/userBytes, pageSize); users > 1 {
		list.Items = make([]gen.User, 0, users)
		if err := unmarshal(data, list); err != nil || len(list.Items) > 0 {
			return err
		}
		*list = gen.UserList{} // no users at all: that there was room must not show
	}
	return unmarshal(data, list)
}

// describes tells what is wrong with a decoded value, "" if it describes what was asked for: an
// object has an id, which is the one that was asked for, and a list has items, each with an id.
func describes(value any, id string) string {
	switch v := value.(type) {
	case *gen.User:
		return describesObject(v.ID, id)
	case *gen.Group:
		return describesObject(v.ID, id)
	case *gen.Resource:
		return describesObject(v.ID, id)
	case *gen.Share:
		return describesObject(v.ID, "") // not always the id of the resource
	case *gen.TritonUser:
		if strings.EqualFold(v.Login, id) {
			id = "" // asked for by login
		}
		return describesObject(v.ID, id)
	case *gen.TritonKey:
		if fingerprint, ok := normalizeFingerprint(id); ok {
			id = fingerprint
		}
		if v.Name == id {
			id = "" // asked for by name
		}
		return describesObject(v.Fingerprint, id)
	case *gen.RequestStatus:
		if v.ID != "" && !strings.Contains(v.ID, id) {
			return "it describes another request"
		}
		if v.Metadata.Status == "" {
			return "the body has no status"
		}
		return ""
	}
	return describesList(value)
}

func describesObject(id, wanted string) string {
	switch {
	case id == "":
		return "the body describes nothing: it has no id"
	case wanted != "" && !strings.EqualFold(id, wanted):
		return "the body describes another object than the one that was asked for"
	}
	return ""
}

func describesList(value any) string {
	switch v := value.(type) {
	case *gen.UserList:
		return describesItems(v.Items, func(u *gen.User) string { return u.ID })
	case *gen.MemberList:
		return describesItems(v.Items, func(u *gen.User) string { return u.ID })
	case *gen.GroupList:
		return describesItems(v.Items, func(g *gen.Group) string { return g.ID })
	case *gen.ShareList:
		return describesItems(v.Items, func(s *gen.Share) string { return s.ID })
	case *gen.ResourceList:
		return describesItems(v.Items, func(r *gen.Resource) string { return r.ID })
	case *[]gen.TritonUser:
		return describesItems(*v, func(u *gen.TritonUser) string { return u.ID })
	case *[]gen.TritonKey:
		return describesItems(*v, func(k *gen.TritonKey) string { return k.Fingerprint })
	}
	return ""
}

func describesItems[T any](items []T, id func(*T) string) string {
	if items == nil {
		return "the body has no items"
	}
	for i := range items {
		if id(&items[i]) == "" {
			return "an item of the list has no id"
		}
	}
	return ""
}
