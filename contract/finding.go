package contract

import (
	"fmt"
	"strings"
)

// Kind tells how serious a finding is.
type Kind string

const (
	// Violation: the traffic contradicts the document.
	Violation Kind = "violation"
	// Drift: the response holds something that the document does not know, which a client must tolerate, or
	// something could not be checked.
	Drift Kind = "drift"
)

// Rule names what a finding is about. Rules are stable: tolerance lists name them.
type Rule string

const (
	RuleUnknownOperation   Rule = "unknown-operation"   // no documented path and method
	RulePathParameter      Rule = "path-parameter"      // empty, ".", "..", control characters or badly escaped
	RuleUnknownParameter   Rule = "unknown-parameter"   // a query parameter that is not documented
	RuleRepeatedParameter  Rule = "repeated-parameter"  // a parameter that was sent more than once
	RuleMissingParameter   Rule = "missing-parameter"   // a required parameter was not sent
	RuleCredentials        Rule = "credentials"         // credentials are absent, malformed or of another kind
	RuleUnexpectedBody     Rule = "unexpected-body"     // a body where none is documented
	RuleMissingBody        Rule = "missing-body"        // no body where one is documented
	RuleMediaType          Rule = "media-type"          // a Content-Type that is not documented
	RuleMalformedBody      Rule = "malformed-body"      // not JSON, not UTF-8, or not in its content encoding
	RuleDuplicateField     Rule = "duplicate-field"     // a field occurs more than once
	RuleErrorShape         Rule = "error-shape"         // an error without any documented field; drift at 429 and 5xx
	RuleUnknownField       Rule = "unknown-field"       // a field that is not documented: drift in a response
	RuleReadOnlyField      Rule = "read-only-field"     // a read-only field in a request
	RuleMissingField       Rule = "missing-field"       // a required field is absent
	RuleNull               Rule = "null"                // null where the document does not allow it
	RuleType               Rule = "type"                // another type
	RuleFormat             Rule = "format"              // not a uuid, uri, date-time, int32 ...
	RuleEnum               Rule = "enum"                // a value out of a closed list: drift in a response
	RuleBounds             Rule = "bounds"              // too small, too great, too short, too long
	RuleUndocumentedStatus Rule = "undocumented-status" // drift for an error status
	RuleMissingHeader      Rule = "missing-header"      // a documented header is absent: drift, except for Location
	RuleUnknownHeader      Rule = "unknown-header"      // Location where it is not documented
	RuleLocation           Rule = "location"            // Location does not lead where it should: drift for another host
	RulePage               Rule = "page"                // the page is not the one that was requested
	RuleStatusInBody       Rule = "status-in-body"      // the error body repeats another status
	RuleNotChecked         Rule = "not-checked"         // drift: a body was not read, is too long, or is encoded in an unknown way
)

// Finding is one difference between traffic and document. It holds no value of a body, a query, a header or a
// path, and no name that the document does not have.
type Finding struct {
	Kind Kind
	// Rule is one of the Rule constants.
	Rule Rule
	// OperationID is that of the document, empty when the document has no such operation.
	OperationID string
	// Method and Path are those of the request. Path is the documented template; of an unknown path, only
	// those segments that the document knows, and "*" for each of the others.
	Method, Path string
	// Status is that of the response, 0 when the finding is about the request.
	Status int
	// Where is the place, such as "request query limit" or "response body /items/*/properties/email".
	Where string
	// Schema is the place in the document that the value was compared with: a schema and its field, such as
	// "UserProperties.email", as coverage names them. It is empty if Where and OperationID name the place.
	Schema string
	// Message says what is wrong, without any value.
	Message string
}

// String is the finding in one line.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Method)
	if f.Path != "" {
		fmt.Fprintf(&b, " %s", f.Path)
	}
	if f.OperationID != "" {
		fmt.Fprintf(&b, " (%s)", f.OperationID)
	}
	if f.Status != 0 {
		fmt.Fprintf(&b, ", status %d", f.Status)
	}
	fmt.Fprintf(&b, ": %s: %s [%s]", f.Where, f.Message, f.Rule)
	if f.Schema != "" {
		fmt.Fprintf(&b, " in %s", f.Schema)
	}
	return b.String()
}

// TB is the part of testing.TB that ReportTo needs, so that a program that checks traffic does not link
// package testing.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// ReportTo reports to a test: a violation fails it, drift is logged. The traffic must end before the
// test does.
func ReportTo(t TB) func(Finding) {
	return func(f Finding) {
		t.Helper()
		if f.Kind == Violation {
			t.Errorf("%v", f)
		} else {
			t.Logf("%v", f)
		}
	}
}
