package contract

import (
	"mime"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// content is what the document has for a body, by media type.
type content struct {
	types map[string]*media
}

type media struct {
	schema *schema // nil if everything is fine
}

func (c *compiler) content(source openapi3.Content, name string) (*content, error) {
	if len(source) == 0 {
		return nil, nil
	}
	described := &content{types: map[string]*media{}}
	for text, value := range source {
		m := &media{}
		if value != nil {
			var err error
			if m.schema, err = c.schema(value.Schema, name); err != nil {
				return nil, err
			}
		}
		mediaType, _, err := mime.ParseMediaType(text)
		if err != nil {
			mediaType = strings.ToLower(text)
		}
		described.types[mediaType] = m
	}
	return described, nil
}

// of is the description of a media type, ranges such as "application/*" included.
func (c *content) of(mediaType string) (*media, bool) {
	class, _, _ := strings.Cut(mediaType, "/")
	for _, key := range []string{mediaType, class + "/*", "*/*"} {
		if m, ok := c.types[key]; ok {
			return m, true
		}
	}
	return nil, false
}

func (c *content) each(visit func(*schema)) {
	for _, m := range c.types {
		if m.schema != nil {
			visit(m.schema)
		}
	}
}

// collect adds the items that a value of the schema can exercise.
func (s *schema) collect(direction int, into *[]int, seen map[*schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	for _, p := range s.properties {
		if p.item[direction] >= 0 {
			*into = append(*into, p.item[direction])
			p.schema.collect(direction, into, seen)
		}
	}
	s.items.collect(direction, into, seen)
	s.additional.collect(direction, into, seen)
	for _, part := range s.parts {
		// Its fields are those of the schema around it.
		if part != nil {
			part.items.collect(direction, into, seen)
		}
	}
	for _, alternative := range s.alternatives {
		alternative.collect(direction, into, seen)
	}
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}
