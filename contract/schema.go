package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// typeSet is a set of JSON types; 0 allows every type.
type typeSet uint8

const (
	typeString typeSet = 1 << iota
	typeNumber
	typeInteger
	typeBoolean
	typeObject
	typeArray
)

var typeNames = map[string]typeSet{
	"string": typeString, "number": typeNumber, "integer": typeInteger,
	"boolean": typeBoolean, "object": typeObject, "array": typeArray,
}

// schema is a schema of the document, compiled so that a body is checked in one pass over its bytes.
type schema struct {
	name      string // as coverage has it: a component and its field, or an operation ID and a field
	types     typeSet
	typeName  string
	nullable  bool
	readOnly  bool
	writeOnly bool
	enum      []string // the text of strings, and the JSON of anything else
	format    string
	check     func(string) bool // of the format
	pattern   *regexp.Regexp
	limits    limits

	properties map[string]*property
	required   []*property
	additional *schema // of the other fields
	open       bool    // any other field is fine
	closed     bool    // additionalProperties: false
	items      *schema

	parts        []*schema // allOf: their constraints hold as well
	alternatives []*schema // oneOf or anyOf, each with what stands around it
	exclusive    bool      // oneOf
	not          *schema
}

// label is the name of a schema, "" if there is none.
func (s *schema) label() string {
	if s == nil {
		return ""
	}
	return s.name
}

type property struct {
	name   string
	index  int // among the properties of its object
	schema *schema
	// item is what coverage counts, in a request and in a response; -1 for nothing.
	item [2]int
}

type limits struct {
	min, max, multiple         *float64
	minExclusive, maxExclusive bool
	minLength, minItems        uint64
	maxLength, maxItems        *uint64
	minFields                  uint64
	maxFields                  *uint64
	unique                     bool
}

// compiler turns the schemas of a document into compiled ones.
type compiler struct {
	document *document
	// known holds the components. They may contain themselves.
	known map[string]*schema
}

const componentPrefix = "#/components/schemas/"

// schema compiles ref. name is what coverage calls the schema if it is not a component. It returns nil if
// there is nothing to check.
func (c *compiler) schema(ref *openapi3.SchemaRef, name string) (*schema, error) {
	if ref == nil || ref.Value == nil {
		return nil, nil
	}
	component, isComponent := strings.CutPrefix(ref.Ref, componentPrefix)
	if isComponent {
		if compiled := c.known[component]; compiled != nil {
			return compiled, nil
		}
		name = component
	}
	s := &schema{}
	if isComponent {
		c.known[component] = s
	}
	return s, c.fill(s, ref.Value, name)
}

func (c *compiler) fill(s *schema, source *openapi3.Schema, name string) error {
	s.name, s.limits = name, limitsOf(source)
	s.nullable, s.readOnly, s.writeOnly = source.Nullable || allowsNull(source), source.ReadOnly, source.WriteOnly
	if source.Type != nil {
		s.typeName = strings.Join(source.Type.Slice(), " or ")
		for _, t := range source.Type.Slice() {
			s.types |= typeNames[t]
		}
	}
	for _, allowed := range source.Enum {
		s.enum = append(s.enum, enumText(allowed))
	}
	s.format, s.check = source.Format, formats[source.Format]
	if source.Pattern != "" {
		compiled, err := regexp.Compile(source.Pattern)
		if err != nil {
			return fmt.Errorf("%s: pattern: %w", name, err)
		}
		s.pattern = compiled
	}
	if err := c.object(s, source, name); err != nil {
		return err
	}
	var err error
	if s.items, err = c.schema(source.Items, name); err != nil {
		return err
	}
	for _, part := range source.AllOf {
		compiled, err := c.schema(part, name)
		if err != nil {
			return err
		}
		s.parts = append(s.parts, compiled)
	}
	return c.choices(s, source, name)
}

// object compiles what is about fields.
func (c *compiler) object(s *schema, source *openapi3.Schema, name string) error {
	known, required := fields(source)
	s.properties = make(map[string]*property, len(known))
	for i, field := range slices.Sorted(maps.Keys(known)) {
		p := &property{name: field, index: i, item: [2]int{-1, -1}}
		s.properties[field] = p
		value := known[field].Value
		if value == nil {
			continue
		}
		if !value.ReadOnly {
			p.item[0] = c.document.item(requestProperties, name+"."+field)
		}
		if !value.WriteOnly {
			p.item[1] = c.document.item(responseProperties, name+"."+field)
		}
		c.document.names[field] = true
		var err error
		if p.schema, err = c.schema(known[field], name+"."+field); err != nil {
			return err
		}
	}
	slices.Sort(required)
	for _, field := range slices.Compact(required) {
		p := s.properties[field]
		if p == nil {
			p = &property{name: field, index: len(s.properties), item: [2]int{-1, -1}, schema: &schema{nullable: true}}
			s.properties[field] = p
			c.document.names[field] = true
		}
		s.required = append(s.required, p)
	}
	return c.others(s, source, name, len(known) > 0)
}

// others compiles what an object may hold besides its properties.
func (c *compiler) others(s *schema, source *openapi3.Schema, name string, hasFields bool) error {
	extra := source.AdditionalProperties
	switch {
	case extra.Has != nil:
		s.open, s.closed = *extra.Has, !*extra.Has
	case extra.Schema != nil:
		s.open = true
	default:
		s.open = !hasFields
	}
	var err error
	s.additional, err = c.schema(extra.Schema, name+".*")
	return err
}

// choices compiles oneOf, anyOf and not. What stands beside the alternatives holds for each of them.
func (c *compiler) choices(s *schema, source *openapi3.Schema, name string) error {
	list, exclusive := alternativesOf(source)
	s.exclusive = exclusive && len(list) > 0
	for _, choice := range list {
		if err := c.alternative(s, source, choice, name); err != nil {
			return err
		}
	}
	var err error
	s.not, err = c.schema(source.Not, name)
	return err
}

// alternativesOf are those of oneOf, anyOf, or the first part of an allOf that has some.
func alternativesOf(source *openapi3.Schema) (list openapi3.SchemaRefs, exclusive bool) {
	if len(source.OneOf) > 0 {
		return source.OneOf, true
	}
	list = source.AnyOf
	for _, part := range source.AllOf {
		if len(list) == 0 && part.Value != nil && len(part.Value.OneOf)+len(part.Value.AnyOf) > 0 {
			list, exclusive = slices.Concat(part.Value.OneOf, part.Value.AnyOf), len(part.Value.OneOf) > 0
		}
	}
	return list, exclusive
}

// alternative compiles one of the alternatives of s, with what stands beside them.
func (c *compiler) alternative(s *schema, around *openapi3.Schema, choice *openapi3.SchemaRef, name string) error {
	part, owner := &schema{}, name
	if component, ok := strings.CutPrefix(choice.Ref, componentPrefix); ok {
		owner = component
		// A component that contains itself through its alternatives is compiled once.
		key := name + "|" + owner
		if compiled := c.known[key]; compiled != nil {
			s.alternatives = append(s.alternatives, compiled)
			return nil
		}
		c.known[key] = part
	}
	if err := c.fill(part, merged(around, choice), owner); err != nil {
		return err
	}
	s.alternatives = append(s.alternatives, part)
	s.nullable = s.nullable || part.nullable
	return nil
}

// merged is an alternative with what stands beside it. Its own alternatives are checked where it is a part.
func merged(around *openapi3.Schema, choice *openapi3.SchemaRef) *openapi3.Schema {
	both := *around
	both.OneOf, both.AnyOf, both.Not = nil, nil, nil
	both.AllOf = append(slices.Clone(around.AllOf), choice)
	both.Nullable = choice.Value != nil && (choice.Value.Nullable || allowsNull(choice.Value))
	if choice.Value != nil {
		both.AdditionalProperties = choice.Value.AdditionalProperties
		if both.Type == nil {
			both.Type = choice.Value.Type
		}
	}
	for i := range both.AllOf {
		both.AllOf[i] = withoutChoices(both.AllOf[i])
	}
	return &both
}

func withoutChoices(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	if ref.Value == nil || len(ref.Value.OneOf)+len(ref.Value.AnyOf) == 0 {
		return ref
	}
	plain := *ref.Value
	plain.OneOf, plain.AnyOf = nil, nil
	return &openapi3.SchemaRef{Value: &plain}
}

// allowsNull: a schema that says nothing about the type allows null, and so does an enum that lists it.
func allowsNull(source *openapi3.Schema) bool {
	if slices.Contains(source.Enum, nil) {
		return true
	}
	if source.Type != nil || len(source.Enum) > 0 || len(source.OneOf)+len(source.AnyOf) > 0 || len(source.Properties) > 0 {
		return false
	}
	for _, part := range source.AllOf {
		if part.Value != nil && !part.Value.Nullable && !allowsNull(part.Value) {
			return false
		}
	}
	return true
}

// fields are the properties and required names of a schema and of its allOf.
func fields(source *openapi3.Schema) (known map[string]*openapi3.SchemaRef, required []string) {
	known = maps.Clone(map[string]*openapi3.SchemaRef(source.Properties))
	if known == nil {
		known = map[string]*openapi3.SchemaRef{}
	}
	required = slices.Clone(source.Required)
	for _, part := range source.AllOf {
		if part.Value == nil {
			continue
		}
		more, needed := fields(part.Value)
		maps.Copy(known, more)
		required = append(required, needed...)
	}
	return known, required
}

func limitsOf(source *openapi3.Schema) limits {
	l := limits{
		min: source.Min, max: source.Max, multiple: source.MultipleOf,
		minLength: source.MinLength, maxLength: source.MaxLength,
		minItems: source.MinItems, maxItems: source.MaxItems, unique: source.UniqueItems,
		minFields: source.MinProps, maxFields: source.MaxProps,
	}
	l.minExclusive = source.ExclusiveMin.IsTrue()
	l.maxExclusive = source.ExclusiveMax.IsTrue()
	return l
}

func enumText(allowed any) string {
	if text, ok := allowed.(string); ok {
		return text
	}
	text, err := json.Marshal(allowed)
	if err != nil {
		return fmt.Sprint(allowed)
	}
	return string(text)
}
