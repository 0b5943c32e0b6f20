package wrappertest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// FaultSpec is a [Fault] as JSON, for programs in any language. The first four members are those
// of Fault; the others belong to the effect:
//
//	{"operationId": "umUsersPost", "attempt": 1, "after": true, "effect": "resetConnection"}
//	{"effect": "reply", "status": 503, "header": {"Retry-After": ["5"]}, "body": "{}"}
type FaultSpec struct {
	OperationID OperationID `json:"operationId,omitempty"`
	Attempt     int         `json:"attempt,omitempty"`
	Times       int         `json:"times,omitempty"`
	After       bool        `json:"after,omitempty"`

	// Effect is the name of a function of this package, with a lower-case letter first: reply,
	// html, empty, redirect, delay, hang, resetConnection, closeConnection, truncateBody,
	// truncateChunked, slowBody, endless, gzipLie or gzipBomb. See [EffectNames].
	Effect string `json:"effect"`
	// Status is that of reply, html, empty, redirect, endless and gzipBomb; the default is 503.
	Status int `json:"status,omitempty"`
	// Header and Body are those of reply, Location that of redirect.
	Header   http.Header `json:"header,omitempty"`
	Body     string      `json:"body,omitempty"`
	Location string      `json:"location,omitempty"`
	// Delay is that of delay and slowBody, for instance "1.5s".
	Delay string `json:"delay,omitempty"`
	// Bytes is that of truncateBody, truncateChunked and gzipBomb.
	Bytes int `json:"bytes,omitempty"`
}

// maxSpecBytes is the size of the largest body of gzipBomb: packing it takes seconds.
const maxSpecBytes = 1 << 30

// specEffects are the effects that have a name; uses are the members that they read.
var specEffects = map[string]struct {
	uses   string
	create func(FaultSpec, time.Duration) Effect
}{
	"reply":           {"status header body", func(s FaultSpec, _ time.Duration) Effect { return Reply(s.Status, s.Header, s.Body) }},
	"html":            {"status", func(s FaultSpec, _ time.Duration) Effect { return HTML(s.Status) }},
	"empty":           {"status", func(s FaultSpec, _ time.Duration) Effect { return Empty(s.Status) }},
	"redirect":        {"status location", func(s FaultSpec, _ time.Duration) Effect { return Redirect(s.Status, s.Location) }},
	"delay":           {"delay", func(_ FaultSpec, wait time.Duration) Effect { return Delay(wait) }},
	"hang":            {"", func(FaultSpec, time.Duration) Effect { return Hang() }},
	"resetConnection": {"", func(FaultSpec, time.Duration) Effect { return ResetConnection() }},
	"closeConnection": {"", func(FaultSpec, time.Duration) Effect { return CloseConnection() }},
	"truncateBody":    {"bytes", func(s FaultSpec, _ time.Duration) Effect { return TruncateBody(s.Bytes) }},
	"truncateChunked": {"bytes", func(s FaultSpec, _ time.Duration) Effect { return TruncateChunked(s.Bytes) }},
	"slowBody":        {"delay", func(_ FaultSpec, wait time.Duration) Effect { return SlowBody(wait) }},
	"endless":         {"status", func(s FaultSpec, _ time.Duration) Effect { return Endless(s.Status) }},
	"gzipLie":         {"", func(FaultSpec, time.Duration) Effect { return GzipLie() }},
	"gzipBomb":        {"status bytes", func(s FaultSpec, _ time.Duration) Effect { return GzipBomb(s.Status, s.Bytes) }},
}

// EffectNames returns the effects that a [FaultSpec] can name, sorted.
func EffectNames() []string { return slices.Sorted(maps.Keys(specEffects)) }

// AddFault is [IONOS.Fault] and [Triton.Fault] for a [FaultSpec]. It returns an error that names
// the member if the effect or the operation ID is unknown, or a value does not fit.
func (s *side) AddFault(spec FaultSpec) (*ActiveFault, error) {
	if err := s.checkOperation(spec.OperationID); err != nil {
		return nil, err
	}
	effect, err := spec.effect()
	if err != nil {
		return nil, err
	}
	return s.addFault(Fault{
		OperationID: spec.OperationID, Attempt: spec.Attempt, Times: spec.Times, After: spec.After, Effect: effect,
	}, spec), nil
}

func (s FaultSpec) effect() (Effect, error) {
	named, found := specEffects[s.Effect]
	if !found {
		return nil, fmt.Errorf("unknown effect %q: must be one of %s", s.Effect, strings.Join(EffectNames(), ", "))
	}
	uses := strings.Fields(named.uses)
	if err := s.checkMembers(uses); err != nil {
		return nil, err
	}
	s.Status = cmp.Or(s.Status, http.StatusServiceUnavailable)
	var wait time.Duration
	if slices.Contains(uses, "delay") {
		var err error
		if wait, err = time.ParseDuration(s.Delay); err != nil || wait < 0 {
			return nil, fmt.Errorf("delay must be a duration such as \"1.5s\", not %q", s.Delay)
		}
	}
	return named.create(s, wait), nil
}

// checkMembers rejects members that the effect does not use, and values out of bounds.
func (s FaultSpec) checkMembers(uses []string) error {
	for name, sent := range map[string]bool{
		"status": s.Status != 0, "header": s.Header != nil, "body": s.Body != "",
		"location": s.Location != "", "delay": s.Delay != "", "bytes": s.Bytes != 0,
	} {
		if sent && !slices.Contains(uses, name) {
			return fmt.Errorf("%s is not a member of the effect %s", name, s.Effect)
		}
	}
	return invalidIf(
		condition{min(s.Attempt, s.Times, s.Bytes) < 0, "attempt, times and bytes must not be negative"},
		condition{s.Bytes > maxSpecBytes, fmt.Sprintf("bytes must be at most %d", maxSpecBytes)},
		condition{s.Status != 0 && (s.Status < 200 || s.Status > 599), fmt.Sprintf("status must be between 200 and 599, not %d", s.Status)},
	)
}

// duration is a time.Duration whose JSON form is a string such as "1.5s".
type duration time.Duration

// MarshalText implements encoding.TextMarshaler.
func (d duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	if err == nil && read < 0 {
		err = fmt.Errorf("the duration %q is negative", text)
	}
	*d = duration(read)
	return err
}

// strictJSON decodes one JSON value, without unknown members.
func strictJSON(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more after the JSON value")
	}
	return nil
}
