package wrappertest

import (
	"net/http"
	"slices"
	"time"
)

// Request is one request that a cloud has seen, refused ones included. It holds
// no secret unless [WithFullRecords] was asked for.
type Request struct {
	Time        time.Time
	OperationID string // operationId of openapi.yaml; empty when no operation matches
	Method      string
	Path        string // as sent, still escaped
	Query       string // as sent
	Host        string
	Headers     []string // names only, canonical and sorted
	Length      int      // of the body, in bytes

	// Status is the status that the cloud came to, 0 when a fault kept the
	// request from being carried out. Fault tells that a fault was applied.
	Status int
	Fault  bool

	// Header and Body are kept only under WithFullRecords.
	Header http.Header
	Body   []byte
}

// Requests are the requests seen so far, in the order of their arrival. The slice
// is a copy. Long tests may want to call ForgetRequests now and then.
func (s *side) Requests() []Request {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	list := make([]Request, len(s.requests))
	for i, request := range s.requests {
		list[i] = *request
	}
	return list
}

// Count is how many requests of an operation were seen, faults included.
func (s *side) Count(operation string) int {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	n := 0
	for _, request := range s.requests {
		if request.OperationID == operation {
			n++
		}
	}
	return n
}

// ForgetRequests empties the record, so that a test starts to count from here.
func (s *side) ForgetRequests() {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.requests = nil
}

func (s *side) keep(c *call) {
	request := &Request{
		Time:        time.Now(),
		OperationID: c.operation(),
		Method:      c.Method,
		Path:        c.URL.EscapedPath(),
		Query:       c.URL.RawQuery,
		Host:        c.Host,
		Length:      len(c.body),
	}
	for name := range c.Request.Header {
		request.Headers = append(request.Headers, name)
	}
	slices.Sort(request.Headers)
	if s.full {
		request.Header, request.Body = c.Request.Header.Clone(), slices.Clone(c.body)
	}
	c.record = request
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.requests = append(s.requests, request)
}

func (s *side) setStatus(c *call, status int) {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	c.record.Status = status
}
