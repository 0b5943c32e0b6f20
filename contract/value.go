package contract

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// walker compares one value with a schema. It never says what the value is.
type walker struct {
	answer   bool // of an answer: what is unknown is drift, and read-only fields are fine
	report   func(kind Kind, rule Rule, where, message string)
	property func(schema, field string)
	place    string // what comes before the pointer in Finding.Where
}

// value compares what encoding/json decoded, with numbers as json.Number. at is a JSON pointer with
// "*" for every index, name the schema's name in the document for coverage.
func (w *walker) value(ref *openapi3.SchemaRef, value any, at, name string) {
	if ref == nil || ref.Value == nil {
		return
	}
	if component, ok := strings.CutPrefix(ref.Ref, "#/components/schemas/"); ok {
		name = component
	}
	if value == nil {
		if !nullable(ref.Value) {
			w.violate(RuleNull, at, "is null")
		}
		return
	}
	if !w.constraints(ref.Value, value, at) {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		w.object(ref.Value, value, at, name)
	case []any:
		if ref.Value.Items != nil {
			for _, item := range value {
				w.value(ref.Value.Items, item, at+"/*", name)
			}
		}
	}
}

func (w *walker) violate(rule Rule, at, message string) {
	w.report(Violation, rule, w.where(at), message)
}

func (w *walker) where(at string) string {
	if at == "" {
		return w.place
	}
	return w.place + " " + at
}

// nullable: an allOf is as nullable as the schema around it.
func nullable(schema *openapi3.Schema) bool { return schema.Nullable }

func (w *walker) object(schema *openapi3.Schema, value map[string]any, at, name string) {
	known, required := fields(schema)
	for _, field := range slices.Sorted(maps.Keys(value)) {
		ref, ok := known[field]
		where := at + "/" + printable(field)
		switch {
		case !ok && w.answer:
			w.report(Drift, RuleUnknownField, w.where(where), "the document has no such field")
		case !ok:
			w.violate(RuleUnknownField, where, "the document has no such field")
		case !w.answer && ref.Value.ReadOnly:
			w.violate(RuleReadOnlyField, where, "is read-only and may not be sent")
		case w.answer && ref.Value.WriteOnly:
			w.violate(RuleUnknownField, where, "is write-only and may not be answered")
		default:
			w.property(name, field)
			w.value(ref, value[field], where, name+"."+field)
		}
	}
	for _, field := range required {
		ref := known[field]
		if ref != nil && (ref.Value.ReadOnly && !w.answer || ref.Value.WriteOnly && w.answer) {
			continue
		}
		if _, ok := value[field]; !ok {
			w.violate(RuleMissingField, at+"/"+field, "is required")
		}
	}
}

// fields are the properties and required names of a schema and of its allOf.
func fields(schema *openapi3.Schema) (known map[string]*openapi3.SchemaRef, required []string) {
	known = maps.Clone(map[string]*openapi3.SchemaRef(schema.Properties))
	if known == nil {
		known = map[string]*openapi3.SchemaRef{}
	}
	required = slices.Clone(schema.Required)
	for _, part := range schema.AllOf {
		more, needed := fields(part.Value)
		maps.Copy(known, more)
		required = append(required, needed...)
	}
	return known, required
}

// constraints checks all but the fields and items. It returns false when the type is another one,
// because nothing more can be said then.
func (w *walker) constraints(schema *openapi3.Schema, value any, at string) bool {
	if schema.Type != nil && !typed(schema.Type, value) {
		w.violate(RuleType, at, "is not of type "+strings.Join(schema.Type.Slice(), " or "))
		return false
	}
	if len(schema.Enum) > 0 && !listed(schema.Enum, value) {
		if w.answer {
			w.report(Drift, RuleEnum, w.where(at), "the document has no such value")
		} else {
			w.violate(RuleEnum, at, "the document has no such value")
		}
	}
	if schema.Format != "" && !formatted(schema.Format, value) {
		w.violate(RuleFormat, at, "is not of format "+schema.Format)
	}
	if problem := outOfBounds(schema, value); problem != "" {
		w.violate(RuleBounds, at, problem)
	}
	for _, part := range schema.AllOf {
		if !w.constraints(part.Value, value, at) {
			return false
		}
	}
	return true
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]+$`)

func typed(types *openapi3.Types, value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return types.Includes("object")
	case []any:
		return types.Includes("array")
	case string:
		return types.Includes("string")
	case bool:
		return types.Includes("boolean")
	case json.Number:
		return types.Includes("number") || types.Includes("integer") && wholeNumber.MatchString(value.String())
	}
	return false
}

func listed(enum []any, value any) bool {
	for _, allowed := range enum {
		if fmt.Sprint(allowed) == fmt.Sprint(value) {
			return true
		}
	}
	return false
}

func outOfBounds(schema *openapi3.Schema, value any) string {
	switch value := value.(type) {
	case json.Number:
		number, err := value.Float64()
		switch {
		case err != nil:
			return "is too great for a number"
		case schema.Min != nil && number < *schema.Min:
			return fmt.Sprintf("is less than %v", *schema.Min)
		case schema.Max != nil && number > *schema.Max:
			return fmt.Sprintf("is greater than %v", *schema.Max)
		}
	case string:
		length := uint64(utf8.RuneCountInString(value))
		switch {
		case length < schema.MinLength:
			return fmt.Sprintf("is shorter than %d characters", schema.MinLength)
		case schema.MaxLength != nil && length > *schema.MaxLength:
			return fmt.Sprintf("is longer than %d characters", *schema.MaxLength)
		case schema.Pattern != "" && !pattern(schema.Pattern).MatchString(value):
			return "does not match the documented pattern"
		}
	case []any:
		length := uint64(len(value))
		switch {
		case length < schema.MinItems:
			return fmt.Sprintf("has fewer than %d items", schema.MinItems)
		case schema.MaxItems != nil && length > *schema.MaxItems:
			return fmt.Sprintf("has more than %d items", *schema.MaxItems)
		}
	}
	return ""
}

var patterns sync.Map // string to *regexp.Regexp

func pattern(text string) *regexp.Regexp {
	if compiled, ok := patterns.Load(text); ok {
		return compiled.(*regexp.Regexp)
	}
	compiled := regexp.MustCompile(text)
	patterns.Store(text, compiled)
	return compiled
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,39}$`)

// printable is a name that the other side chose, if it looks like a name. Anything else might be a
// value in the wrong place.
func printable(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return fmt.Sprintf("(a name of %d bytes)", len(name))
}
