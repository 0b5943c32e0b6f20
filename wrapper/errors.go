package wrapper

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Errors to match with errors.Is. Each *Error and *OperationError matches those that apply.
var (
	// ErrNotFound: the user, group, share, resource or request does not exist (404).
	ErrNotFound = errors.New("not found")
	// ErrUnauthorized: the credentials are missing or wrong (401).
	ErrUnauthorized = errors.New("unauthorized")
	// ErrForbidden: the credentials are right but do not allow this (403, 402).
	ErrForbidden = errors.New("forbidden")
	// ErrInvalid: the service rejected the input (400, 405, 406, 413, 415, 422; Triton's 409
	// InvalidArgument and MissingParameter), or this library did before any request.
	ErrInvalid = errors.New("invalid")
	// ErrConflict: the input contradicts what exists (409 otherwise; deleting a Triton user who still has
	// SSH keys).
	ErrConflict = errors.New("conflict")
	// ErrExists: the email address or login is taken. Such an error is ErrInvalid or ErrConflict
	// as well, as the service has it. Error.Field names it where the service does.
	ErrExists = errors.New("already exists")
	// ErrRateLimited: too many requests (429; 420 on Triton), by this call or by others of the
	// client, and waiting for its turn would have exceeded the deadline.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable: the service, or a gateway before it, failed (5xx).
	ErrUnavailable = errors.New("unavailable")
	// ErrOperationFailed: an accepted operation, or one of its targets, failed.
	ErrOperationFailed = errors.New("operation failed")
	// ErrOutcomeUnknown: a write may or may not have been applied. Wait for Error.Operation if the
	// error has one, and read before repeating the write otherwise.
	ErrOutcomeUnknown = errors.New("outcome unknown")
	// ErrUnexpectedResponse: the response is not one that the operation documents: a redirect, an
	// HTML page, an empty body, other JSON.
	ErrUnexpectedResponse = errors.New("unexpected response")
	// ErrResponseTooLarge: the response is larger than the limit (WithResponseLimit).
	ErrResponseTooLarge = errors.New("response too large")
	// ErrClockSkew: Triton rejected the signature because this machine's clock is wrong.
	ErrClockSkew = errors.New("clock skew")
)

// maxErrorBody bounds Error.Body; the rest of a failed response is dropped.
const maxErrorBody = 4 << 10

// maxErrorText bounds what Error.Error prints of one message.
const maxErrorText = 300

// Error is the error of a request that failed: a status that is not success, a response that
// cannot be read, or no response.
//
//	var failed *wrapper.Error
//	if errors.As(err, &failed) {
//		fmt.Println(failed.Status, failed.Code, failed.RequestID)
//	}
//
// Its text never has a query, a body, a header or a secret, whichever fmt verb, encoder or
// logger prints it.
type Error struct {
	// Method and Path are those of the request; Path has no query.
	Method, Path string
	// Status is the HTTP status, or 0 if there was no response.
	Status int
	// Code is the vendor's code of the first message, such as 422's "439" or Triton's
	// "InvalidArgument". It may be empty.
	Code string
	// Messages are all messages of the response.
	Messages []Message
	// RequestID is the id that the service gave the request, for its support. It may be empty.
	RequestID string
	// RateLimit has the rate limit headers of the response, nil if there were none.
	RateLimit *RateLimit
	// RetryAfter is the delay that the service asked for, 0 if none.
	RetryAfter time.Duration
	// Attempts is the number of attempts, including one that had no credentials or no connection.
	Attempts int
	// Body is the start of the response body, at most 4 KiB, with known secrets redacted. It is
	// never printed.
	Body []byte
	// Operation is set if the service accepted a write (202) whose response could not be read.
	Operation *Operation
	// Err is the cause, nil if the status is all.
	Err error

	// Field is the field that a message of the service names, such as "email" or "login". It may be
	// empty.
	Field string

	vendor         *vendor // nil for an error that is not of a response
	outcomeUnknown bool
	responseLost   bool // the service may have done what an attempt before asked for, and could not say so
}

// vendor is what differs between the two services where requests and responses are handled.
type vendor struct {
	cloud         string // in log records
	acceptVersion string
	// kind is the Err variable of a status that this service uses in its own way, nil otherwise.
	kind func(*Error) error
	// own reports whether an error has the shape of this service's errors, or of another's,
	// such as a gateway's.
	own func(*Error) bool
	// unmarshal decodes a body of this service.
	unmarshal func(data []byte, value any) error
	// repair rewrites a body that is not what the service documents, and reports whether it did.
	repair func([]byte) ([]byte, bool)
}

// Message is one message of a failed response.
type Message struct {
	// Code is the vendor's, "" if it gave none.
	Code string
	// Text is for people, with known secrets removed, at most 4 KiB.
	Text string
}

// RateLimit has the X-RateLimit headers of a response. -1 stands for a header that was missing or
// not a number.
type RateLimit struct {
	// Limit is the number of requests per minute, on average.
	Limit int
	// Burst is the number of concurrent requests.
	Burst int
	// Remaining is the number of requests left.
	Remaining int
}

// Error reads like "POST /um/users: 422 Unprocessable Entity: 439 email is taken".
func (e *Error) Error() string {
	if e == nil {
		return "<nil>"
	}
	var b strings.Builder
	b.WriteString(printable(e.Method + " " + e.Path))
	if e.Status != 0 {
		b.WriteString(": " + strconv.Itoa(e.Status))
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	for _, message := range e.Messages {
		b.WriteString(": ")
		if message.Code != "" {
			b.WriteString(printable(message.Code) + " ")
		}
		b.WriteString(printable(message.Text))
	}
	if e.Err != nil {
		b.WriteString(": " + printable(e.Err.Error()))
	}
	if e.outcomeUnknown {
		b.WriteString(": " + ErrOutcomeUnknown.Error())
	}
	if e.Operation != nil && e.Operation.id != "" {
		b.WriteString(" (operation " + e.Operation.id + ")")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	if e.RequestID != "" {
		b.WriteString(" (request id " + printable(e.RequestID) + ")")
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether e matches one of the Err variables of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrOutcomeUnknown:
		return e.outcomeUnknown
	case ErrExists:
		return (e.Status == http.StatusConflict || e.Status == http.StatusUnprocessableEntity) && e.says(taken)
	case ErrUnexpectedResponse:
		return e.Status >= 100 && e.Status < 200 || e.Status >= 300 && e.Status < 400
	}
	return target == e.kind()
}

func (e *Error) kind() error {
	if e.vendor != nil && e.vendor.kind != nil {
		if kind := e.vendor.kind(e); kind != nil {
			return kind
		}
	}
	switch e.Status {
	case http.StatusUnauthorized:
		return ErrUnauthorized
	case http.StatusForbidden, http.StatusPaymentRequired:
		return ErrForbidden
	case http.StatusNotFound:
		return ErrNotFound
	case http.StatusTooManyRequests, statusEnhanceYourCalm:
		return ErrRateLimited
	case http.StatusConflict:
		return ErrConflict
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotAcceptable,
		http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return ErrInvalid
	}
	if e.Status >= http.StatusInternalServerError {
		return ErrUnavailable
	}
	return nil
}

// statusEnhanceYourCalm is 420, which Triton's family of services documents as RequestThrottled.
const statusEnhanceYourCalm = 420

// Format prints Error() for every verb, so that %+v and %#v do not print the body.
func (e *Error) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, e.Error()) }

// LogValue groups what is safe to log.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("method", e.Method), slog.String("path", e.Path), slog.Int("status", e.Status),
		slog.String("code", e.Code), slog.String("request_id", e.RequestID), slog.String("error", e.Error()))
}

// MarshalText returns Error(): encoding/xml would write the body.
func (e *Error) MarshalText() ([]byte, error) { return []byte(e.Error()), nil }

// MarshalJSON writes what LogValue groups.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]any{
		"method": e.Method, "path": e.Path, "status": e.Status,
		"code": e.Code, "requestId": e.RequestID, "error": e.Error(),
	})
}

// printable keeps control characters, invisible ones and endless texts of a server out of logs
// and terminals.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if len(text) > maxErrorText {
		text = strings.ToValidUTF8(text[:maxErrorText], "") + "..."
	}
	return text
}

// newError describes a response without its body.
func newError(resp *response, redact redactor) *Error {
	failed := &Error{
		Method:     resp.Request.Method,
		Path:       resp.Request.URL.Path,
		Status:     resp.StatusCode,
		RequestID:  redact.clip(requestID(resp.Header), maxErrorBody),
		RetryAfter: retryAfter(resp.Header, time.Now()),
		vendor:     resp.vendor,
	}
	if limit, told := rateLimit(resp.Header); told {
		failed.RateLimit = &limit
	}
	return failed
}

// responseError is the Error of a response that is not a success. Secrets are removed from
// everything that is kept of it.
func responseError(resp *response, redact redactor) *Error {
	failed := newError(resp, redact)
	if len(resp.data) > 0 {
		failed.Messages = messages(resp.data, redact)
		failed.Body = []byte(redact.clip(string(resp.data[:min(len(resp.data), maxRedacted+1)]), maxErrorBody))
	}
	if len(failed.Messages) > 0 {
		failed.Code = failed.Messages[0].Code
	}
	for _, message := range failed.Messages {
		failed.Field = cmp.Or(failed.Field, fieldName(message.Text))
	}
	return failed
}

// taken is what both services say of a value that somebody else has.
var taken = []string{"already taken", "already exists", "already in use", "is taken"}

// says reports whether a message of the response has one of these phrases.
func (e *Error) says(phrases []string) bool {
	return slices.ContainsFunc(e.Messages, func(m Message) bool {
		text := strings.ToLower(m.Text)
		return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.Contains(text, phrase) })
	})
}

// fieldName finds the field in IONOS's [(root).properties.email], in Triton's "email" is a unique
// attribute, and in its Login is already taken. It is "" if there is none.
func fieldName(text string) string {
	text = strings.ToLower(text)
	if _, path, ok := strings.Cut(text, "[(root)."); ok {
		path, _, _ = strings.Cut(path, "]")
		return path[strings.LastIndexByte(path, '.')+1:]
	}
	if before, _, ok := strings.Cut(text, `" is a unique`); ok {
		return before[strings.LastIndexByte(before, '"')+1:]
	}
	if name, _, _ := strings.Cut(text, " "); name == "email" || name == "login" {
		return name
	}
	return ""
}

// messages reads the error bodies of both vendors, and the shape of neither as no message.
func messages(body []byte, hide redactor) []Message {
	var envelope struct {
		Messages []struct {
			ErrorCode string `json:"errorCode"`
			Message   string `json:"message"`
		} `json:"messages"`
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	if len(body) > maxParsedErrorBody {
		return nil
	}
	// A field of another type than documented costs that field, not the message beside it.
	var otherType *json.UnmarshalTypeError
	if err := json.Unmarshal(body, &envelope); err != nil && !errors.As(err, &otherType) {
		return nil
	}
	var all []Message
	for _, m := range envelope.Messages[:min(len(envelope.Messages), maxMessages)] {
		all = append(all, Message{Code: hide.clip(m.ErrorCode, maxErrorBody), Text: hide.clip(m.Message, maxErrorBody)})
	}
	if len(all) == 0 && (envelope.Code != "" || envelope.Message != "") {
		all = append(all, Message{Code: hide.clip(envelope.Code, maxErrorBody), Text: hide.clip(envelope.Message, maxErrorBody)})
	}
	return all
}

const (
	maxParsedErrorBody = 1 << 20
	maxMessages        = 20
)

// joinErrors adds what came afterwards to an error that may be nil, on one line.
func joinErrors(err, afterwards error) error {
	if err == nil {
		return afterwards
	}
	return fmt.Errorf("%w; %w", err, afterwards)
}

// invalid returns the error for input that is rejected before any request.
func invalid(parameter, reason string) error {
	return fmt.Errorf("%s: %s: %w", parameter, reason, ErrInvalid)
}
