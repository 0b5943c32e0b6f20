package wrappertest

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// ordered is a map that remembers the order in which its keys came. Values are
// replaced, never changed in place, so that a shallow copy is a snapshot.
type ordered[V any] struct {
	names   func(V) []string // further names that a value is found by; may be nil
	keys    []string
	values  map[string]V
	aliases map[string]string // key by name
}

func (o *ordered[V]) get(key string) (V, bool) {
	value, ok := o.values[key]
	return value, ok
}

func (o *ordered[V]) set(key string, value V) {
	if o.values == nil {
		o.values, o.aliases = map[string]V{}, map[string]string{}
	}
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.unname(key)
	o.values[key] = value
	if o.names != nil {
		for _, name := range o.names(value) {
			o.aliases[name] = key
		}
	}
}

// find is get by one of the further names.
func (o *ordered[V]) find(name string) (V, bool) {
	return o.get(o.aliases[name])
}

func (o *ordered[V]) unname(key string) {
	if old, ok := o.values[key]; ok && o.names != nil {
		for _, name := range o.names(old) {
			if o.aliases[name] == key {
				delete(o.aliases, name)
			}
		}
	}
}

func (o *ordered[V]) remove(key string) {
	if _, ok := o.values[key]; !ok {
		return
	}
	o.unname(key)
	delete(o.values, key)
	at := slices.Index(o.keys, key)
	o.keys = slices.Delete(o.keys, at, at+1)
}

func (o *ordered[V]) list() []V {
	list := make([]V, len(o.keys))
	for i, key := range o.keys {
		list[i] = o.values[key]
	}
	return list
}

func (o *ordered[V]) copy() ordered[V] {
	return ordered[V]{
		names: o.names, keys: slices.Clone(o.keys),
		values: maps.Clone(o.values), aliases: maps.Clone(o.aliases),
	}
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// with appends a member when it says something.
func (o object) with(name, value string) object {
	if value == "" {
		return o
	}
	return append(o, member{name, value})
}
