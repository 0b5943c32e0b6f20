package wrappertest

import (
	"net/http"
	"slices"
	"time"
)

// Request is one request that a cloud has seen, rejected ones included. It holds
// no secret unless [WithFullRecords] was given.
type Request struct {
	Time        time.Time   `json:"time"`
	OperationID OperationID `json:"operationId,omitempty"` // empty when no operation matches
	Method      string      `json:"method"`
	Path        string      `json:"path"`            // as sent, still escaped
	Query       string      `json:"query,omitempty"` // as sent
	Host        string      `json:"host"`
	Headers     []string    `json:"headers"` // names only, canonical and sorted
	Length      int         `json:"length"`  // of the body, in bytes

	// Status is the status that the cloud came to, 0 while there is none or when a fault kept the
	// request from being carried out. Fault reports that a fault was applied.
	Status int  `json:"status"`
	Fault  bool `json:"fault,omitempty"`

	// Header and Body are kept only under WithFullRecords.
	Header http.Header `json:"header,omitempty"`
	Body   []byte      `json:"body,omitempty"`
}

// Requests returns the requests seen so far, in the order of their arrival; the last
// ones with [WithRequestHistory]. The slice is a copy.
func (s *side) Requests() []Request {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	list := make([]Request, len(s.requests))
	for i, request := range s.requests {
		list[i] = *request
	}
	return list
}

// Count returns how many requests of an operation were seen, faults included.
func (s *side) Count(operation OperationID) int {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	return s.counts[operation]
}

// ForgetRequests empties the record, so that a test starts to count from here.
func (s *side) ForgetRequests() {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	s.requests, s.counts = nil, nil
}

func (s *side) keep(c *call) {
	request := &Request{
		Time:        s.clock.now(),
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
	if s.keepLast > 0 && len(s.requests) >= s.keepLast {
		s.requests = slices.Delete(s.requests, 0, len(s.requests)-s.keepLast+1)
	}
	s.requests = append(s.requests, request)
	if s.counts == nil {
		s.counts = map[OperationID]int{}
	}
	s.counts[request.OperationID]++
}

func (s *side) setStatus(c *call, status int) {
	s.sideMu.Lock()
	defer s.sideMu.Unlock()
	c.record.Status = status
}
