package wrappertest

import (
	"bytes"
	"crypto/fips140"
	"crypto/md5"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// parameters are what a request sends: its body's members and, where the body has none, those of
// its query. Values are JSON values as encoding/json decodes them, numbers as json.Number.
type parameters map[string]any

func badRequest(message string) *tritonError {
	return &tritonError{http.StatusBadRequest, "BadRequestError", message}
}

// contentMD5 is a body's digest as the header has it. The server is not held to FIPS 140.
func contentMD5(body []byte) string {
	var sum [md5.Size]byte
	fips140.WithoutEnforcement(func() { sum = md5.Sum(body) }) // what the server sends
	return base64.StdEncoding.EncodeToString(sum[:])
}

func internalError() *tritonError {
	return &tritonError{http.StatusInternalServerError, "InternalError", "Internal Error"}
}

// checkContent reads the body as the server does, before it looks at the signature.
func (c *Triton) checkContent(q *call) *tritonError {
	media, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";")
	media = strings.ToLower(strings.TrimSpace(media))
	if len(q.body) > maxTritonBody {
		return &tritonError{http.StatusRequestEntityTooLarge, "PayloadTooLargeError", fmt.Sprintf("Request body size exceeds %d", maxTritonBody)}
	}
	if sum := q.Header.Get("Content-MD5"); sum != "" && len(q.body) > 0 {
		if have := contentMD5(q.body); sum != have {
			return &tritonError{http.StatusBadRequest, "BadDigest", fmt.Sprintf("Content-MD5 '%s' didn't match '%s'", sum, have)}
		}
	}
	if strings.EqualFold(q.Header.Get("Content-Encoding"), "gzip") && len(q.body) > 0 {
		return internalError()
	}
	if q.operation() == CreateTritonUser && !createsFrom(media, q.Header.Get("Content-Type")) {
		return &tritonError{http.StatusUnsupportedMediaType, "UnsupportedMediaTypeError", q.Header.Get("Content-Type")}
	}
	var failed *tritonError
	q.sent, failed = readBody(q, media)
	if failed != nil {
		return failed
	}
	if q.sent == nil {
		q.sent = parameters{}
	}
	for name, values := range q.query {
		if _, sent := q.sent[name]; !sent {
			q.sent[name] = values[0]
		}
	}
	return nil
}

// createsFrom reports whether the server reads a create request of this type: JSON, and what it
// takes for a body without parameters.
func createsFrom(media, header string) bool {
	switch media {
	case "application/json", "application/octet-stream", "text/plain", "multipart/form-data":
		return true
	}
	return header == "" || strings.HasPrefix(media, "application/json,")
}

func readBody(q *call, media string) (parameters, *tritonError) {
	if len(q.body) == 0 {
		return nil, nil
	}
	switch media {
	case "application/json":
		return readJSON(q.body)
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(q.body))
		if err != nil {
			return nil, badRequest(err.Error())
		}
		return fromForm(form), nil
	case "multipart/form-data":
		_, options, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
		if err != nil || options["boundary"] == "" {
			return nil, badRequest("bad content-type header, no multipart boundary")
		}
		form, err := multipart.NewReader(bytes.NewReader(q.body), options["boundary"]).ReadForm(maxTritonBody)
		if err != nil {
			return nil, badRequest("MultipartParser.end(): stream ended unexpectedly: state = START_BOUNDARY")
		}
		return fromForm(form.Value), nil
	}
	return nil, nil // other types are not read
}

func fromForm(form map[string][]string) parameters {
	sent := parameters{}
	for name, values := range form {
		sent[name] = values[0]
	}
	return sent
}

func readJSON(body []byte) (parameters, *tritonError) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else {
			err = json.Unmarshal(body, new(any)) // says where the rest begins
		}
	}
	if err != nil {
		return nil, &tritonError{http.StatusBadRequest, "InvalidContent", "Invalid JSON: " + syntaxMessage(body, err)}
	}
	switch value := value.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return value, nil
	case []any:
		return nil, &tritonError{http.StatusNotFound, "ResourceNotFound", "undefined does not exist"}
	}
	return nil, internalError()
}

// syntaxMessage says in the words of the server's JavaScript engine what is wrong with a JSON text.
func syntaxMessage(body []byte, err error) string {
	text := strings.ToValidUTF8(string(body), "\ufffd\ufffd")
	trimmed := strings.TrimRight(text, " \t\r\n")
	var syntax *json.SyntaxError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, &syntax) || strings.Contains(syntax.Error(), "unexpected end") {
		if strings.HasSuffix(trimmed, "{") {
			return fmt.Sprintf("Expected property name or '}' in JSON at position %d", len(trimmed))
		}
		return "Unexpected end of JSON input"
	}
	at := min(max(int(syntax.Offset)-1, 0), len(body)-1)
	switch {
	case strings.Contains(syntax.Error(), "after top-level value"):
		return fmt.Sprintf("Unexpected non-whitespace character after JSON at position %d", at)
	case strings.Contains(syntax.Error(), "beginning of object key"):
		return fmt.Sprintf("Expected property name or '}' in JSON at position %d", at)
	}
	token := []rune(strings.ToValidUTF8(string(body[at:]), "\ufffd"))[0]
	return fmt.Sprintf("Unexpected token '%c', \"%s\" is not valid JSON", token, text)
}

// stringify is JavaScript's String(value), which is how the server reads what is no string.
func stringify(value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case bool:
		return fmt.Sprint(value)
	case json.Number:
		return value.String()
	case []any:
		parts := make([]string, len(value))
		for i, one := range value {
			parts[i] = stringify(one)
		}
		return strings.Join(parts, ",")
	}
	return "[object Object]"
}

// falsy is JavaScript's idea of nothing.
func falsy(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case bool:
		return !value
	case json.Number:
		n, err := value.Float64()
		return err == nil && n == 0
	}
	return false
}

// has reports whether a parameter was sent, null included.
func (p parameters) has(name string) bool {
	_, ok := p[name]
	return ok
}

// empty reports whether a parameter was sent as "" or null.
func (p parameters) empty(name string) bool {
	value, sent := p[name]
	return sent && (value == nil || value == "")
}

// text returns a parameter as a string.
func (p parameters) text(name string) string { return stringify(p[name]) }

// need rejects a body that lacks one of the names.
func (p parameters) need(names ...string) error {
	var missing []string
	for _, name := range names {
		if falsy(p[name]) {
			missing = append(missing, name+" is required")
		}
	}
	if missing == nil {
		return nil
	}
	return &tritonError{http.StatusConflict, "MissingParameter", "Request is missing required parameters: " + strings.Join(missing, ", ")}
}

// one returns an attribute that has a single value.
func (p parameters) one(name string) (string, error) {
	list, isList := p[name].([]any)
	switch {
	case p.empty(name):
		return "", &tritonError{http.StatusConflict, "MissingParameter", "Request is missing a required parameter (" + name + " is required)"}
	case isList && len(list) == 0:
		return "", invalidArgument("user is invalid")
	case isList && len(list) > 1 && name == "login":
		return "", &tritonError{http.StatusConflict, "MissingParameter", "Request is missing a required parameter (login can only have 1 values)"}
	}
	return p.text(name), nil
}

// into sets an optional attribute from one value or several. An empty list is a value on create,
// and removes the attribute on update.
func (p parameters) into(user *SubUser, name string, field *string, create bool) {
	value, sent := p[name]
	if !sent {
		return
	}
	*field = ""
	delete(user.MultiValues, name)
	list, isList := value.([]any)
	if !isList || len(list) == 1 {
		*field = stringify(value)
		return
	}
	if len(list) == 0 && !create {
		return
	}
	values := make([]string, len(list))
	for i, one := range list {
		values[i] = stringify(one)
	}
	if user.MultiValues == nil {
		user.MultiValues = map[string][]string{}
	}
	user.MultiValues[name] = values
}
