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
	// Drift: the answer holds something that the document does not know, which a client must tolerate.
	Drift Kind = "drift"
)

// Rules. They are stable: tolerance lists name them.
const (
	RuleUnknownOperation   = "unknown-operation"   // no documented path and method
	RulePathParameter      = "path-parameter"      // empty, ".", "..", control characters or badly escaped
	RuleUnknownParameter   = "unknown-parameter"   // a query parameter that is not documented
	RuleRepeatedParameter  = "repeated-parameter"  // a parameter that was sent more than once
	RuleMissingParameter   = "missing-parameter"   // a required parameter was not sent
	RuleCredentials        = "credentials"         // no Authorization header of a documented kind
	RuleUnexpectedBody     = "unexpected-body"     // a body where none is documented
	RuleMissingBody        = "missing-body"        // no body where one is documented
	RuleMediaType          = "media-type"          // a Content-Type that is not documented
	RuleMalformedBody      = "malformed-body"      // not JSON
	RuleUnknownField       = "unknown-field"       // a field that is not documented: drift in an answer
	RuleReadOnlyField      = "read-only-field"     // a read-only field in a request
	RuleMissingField       = "missing-field"       // a required field is absent
	RuleNull               = "null"                // null where the document does not allow it
	RuleType               = "type"                // another type
	RuleFormat             = "format"              // not a uuid, uri, date-time, int32 ...
	RuleEnum               = "enum"                // a value out of a closed list: drift in an answer
	RuleBounds             = "bounds"              // too small, too great, too short, too long
	RuleUndocumentedStatus = "undocumented-status" // drift for an error status
	RuleMissingHeader      = "missing-header"      // a documented header is absent: drift, except for Location
	RuleUnknownHeader      = "unknown-header"      // Location where it is not documented
	RuleLocation           = "location"            // Location does not lead where it should
	RulePage               = "page"                // the page is not the one that was asked for
	RuleStatusInBody       = "status-in-body"      // the error body repeats another status
	RuleNotChecked         = "not-checked"         // the body is longer than the limit
)

// Finding is one difference between traffic and document.
type Finding struct {
	Kind Kind
	// Rule is one of the Rule constants.
	Rule string
	// Operation is the operationId, empty when the document has no such operation.
	Operation string
	// Method and Path are those of the request; Path is the documented template.
	Method, Path string
	// Status is the answer's, 0 when the finding is about the request.
	Status int
	// Where is the place, such as "request query limit" or "answer body /items/*/properties/email".
	Where string
	// Message says what is wrong, without any value.
	Message string
}

// String is the finding in one line.
func (f Finding) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", f.Kind, f.Method)
	if f.Path != "" {
		fmt.Fprintf(&b, " %s (%s)", f.Path, f.Operation)
	}
	if f.Status != 0 {
		fmt.Fprintf(&b, ", status %d", f.Status)
	}
	fmt.Fprintf(&b, ": %s: %s [%s]", f.Where, f.Message, f.Rule)
	return b.String()
}

// TB is the part of testing.TB that Fail needs, so that a program that checks traffic does not link
// package testing.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// Fail reports to a test: a violation fails it, drift is logged. The traffic must end before the
// test does.
func Fail(t TB) func(Finding) {
	return func(f Finding) {
		t.Helper()
		if f.Kind == Violation {
			t.Errorf("%v", f)
		} else {
			t.Logf("%v", f)
		}
	}
}
