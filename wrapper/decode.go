package wrapper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
)

// decode reads the one JSON value of a response, which must describe what the operation returns.
// id is that of the object that was asked for, "" if it is not known beforehand. An empty body,
// null, HTML and any other kind of value is an error, never a zero T.
func decode[T any](resp *response, id string) (*T, error) {
	value, err := decodeAny(resp, id, func() any { return new(T) })
	if err != nil {
		return nil, err
	}
	return value.(*T), nil
}

// decodeAny is decode for the type of what create returns. It is there once, not once a type.
func decodeAny(resp *response, id string, create func() any) (any, error) {
	data := resp.body()
	switch {
	case len(data) == 0:
		return nil, resp.unexpected("the body is empty")
	case data[0] == '<':
		return nil, resp.unexpected("the body is HTML")
	case data[0] != '{' && data[0] != '[':
		return nil, resp.unexpected("the body is not what the operation documents")
	}
	value := create()
	err := resp.vendor.unmarshal(data, value)
	if errors.Is(err, gen.ErrTooManyItems) {
		return nil, resp.unreadable(fmt.Errorf("%w: %w", ErrResponseTooLarge, err))
	}
	if err != nil && resp.vendor.repair != nil {
		if repaired, ok := resp.vendor.repair(data); ok {
			value = create()
			if resp.vendor.unmarshal(repaired, value) == nil {
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
	case len(messages(data, nil)) > 0:
		return resp.unexpected("the body is an error")
	}
	return nil
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
	case *openObject:
		return v.describes(id)
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
		if v.ID != "" && !strings.EqualFold(strings.TrimSuffix(v.ID, "/status"), id) {
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
	case *openList:
		return v.describes()
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
