package wrappertest

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// properties are the members of a body's "properties", and what is wrong with them.
type properties struct {
	values   map[string]json.RawMessage
	problems *[]string
}

// decode reads a JSON body into v.
func (q *call) decode(v any) error {
	decoder := json.NewDecoder(bytes.NewReader(q.body))
	if err := decoder.Decode(v); err != nil {
		return reject(http.StatusBadRequest, "100", "the body is not the JSON that is expected here")
	}
	if decoder.More() {
		return reject(http.StatusBadRequest, "100", "the body goes on after its JSON value")
	}
	return nil
}

func (q *call) properties() (properties, error) {
	var body struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := q.decode(&body); err != nil {
		return properties{}, err
	}
	if body.Properties == nil {
		return properties{}, reject(http.StatusUnprocessableEntity, "439", "[(root).properties] Attribute is required")
	}
	return properties{values: body.Properties, problems: new([]string)}, nil
}

// has tells whether a property was sent, null included.
func (p properties) has(name string) bool {
	_, ok := p.values[name]
	return ok
}

func (p properties) reject(name, reason string) {
	*p.problems = append(*p.problems, "[(root).properties."+name+"] "+reason)
}

// err is everything that is wrong with the properties, or nil.
func (p properties) err() error {
	if len(*p.problems) == 0 {
		return nil
	}
	return reject(http.StatusUnprocessableEntity, "439", *p.problems...)
}

func (p properties) sent(name string) (json.RawMessage, bool) {
	value, ok := p.values[name]
	return value, ok && string(value) != "null"
}

func (p properties) text(name string, into *string, required bool) {
	value, sent := p.sent(name)
	if sent && json.Unmarshal(value, into) != nil {
		p.reject(name, "Attribute must be a string")
		return
	}
	if required && *into == "" {
		p.reject(name, "Attribute is required")
	}
}

func (p properties) flag(name string, into *bool) {
	if value, sent := p.sent(name); sent && json.Unmarshal(value, into) != nil {
		p.reject(name, "Attribute must be true or false")
	}
}
