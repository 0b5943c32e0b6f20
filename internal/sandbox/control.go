package sandbox

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// controlDocument describes the control API.
//
//go:embed control.yaml
var controlDocument []byte

// maxControlBody is the size of the largest body that is read: a state of some 100,000 users.
const maxControlBody = 256 << 20

// route is one operation of the control API.
type route struct {
	pattern string
	handle  func(w http.ResponseWriter, r *http.Request) error
}

// routes are the operations that control.yaml describes.
func (s *sandbox) routes() []route {
	return []route{
		{"GET /v1/state", s.getState},
		{"PUT /v1/state", s.putState},
		{"POST /v1/reset", s.postReset},
		{"GET /v1/requests", s.getRequests},
		{"DELETE /v1/requests", s.deleteRequests},
		{"GET /v1/faults", s.getFaults},
		{"POST /v1/faults", s.postFault},
		{"DELETE /v1/faults", s.deleteFaults},
		{"DELETE /v1/faults/{cloud}/{id}", s.deleteFault},
		{"GET /v1/outcomes", s.getOutcomes},
		{"POST /v1/outcomes", s.postOutcome},
		{"DELETE /v1/outcomes", s.deleteOutcomes},
		{"POST /v1/time", s.postTime},
		{"GET /v1/findings", s.getFindings},
	}
}

// controlHandler serves the control API and the page.
func (s *sandbox) controlHandler() http.Handler {
	mux := http.NewServeMux()
	for _, one := range s.routes() {
		mux.HandleFunc(one.pattern, func(w http.ResponseWriter, r *http.Request) {
			if err := one.handle(w, r); err != nil {
				fail(w, err)
			}
		})
	}
	mux.HandleFunc("GET /openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(controlDocument)
	})
	mux.HandleFunc("GET /{$}", s.getPage)
	return withHealth(s.guard(withChanges(mux, s.keeper.changed)))
}

// controlError is a request that cannot be served.
type controlError struct {
	status int
	reason string
}

func (e *controlError) Error() string { return e.reason }

func invalid(format string, args ...any) error {
	return &controlError{http.StatusUnprocessableEntity, fmt.Sprintf(format, args...)}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	var known *controlError
	if errors.As(err, &known) {
		status = known.status
	}
	respond(w, status, map[string]string{"error": err.Error()})
}

func respond(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n'))
}

func done(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// items is a list of the API. It is never null.
func items[T any](w http.ResponseWriter, list []T) error {
	if list == nil {
		list = []T{}
	}
	respond(w, http.StatusOK, map[string][]T{"items": list})
	return nil
}

// readBody reads a JSON body. Its media type has to say so: a web page of another site cannot send
// that without being asked first.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if media := r.Header.Get("Content-Type"); !isJSON(media) {
		return nil, &controlError{http.StatusUnsupportedMediaType, "Content-Type must be application/json"}
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxControlBody))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &controlError{http.StatusRequestEntityTooLarge, "the body is too large"}
	}
	if err != nil {
		return nil, &controlError{http.StatusBadRequest, "the body was cut short"}
	}
	return text, nil
}

// decode reads a JSON body without unknown members.
func decode(w http.ResponseWriter, r *http.Request, into any) error {
	text, err := readBody(w, r)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err = decoder.Decode(into); err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("more after the JSON value")
		}
	}
	if err != nil {
		return invalid("%v", err)
	}
	return nil
}

func (s *sandbox) getState(w http.ResponseWriter, _ *http.Request) error {
	respond(w, http.StatusOK, s.cloud.State())
	return nil
}

func (s *sandbox) putState(w http.ResponseWriter, r *http.Request) error {
	text, err := readBody(w, r)
	if err != nil {
		return err
	}
	if err := s.replaceState(text); err != nil {
		return invalid("%v", err)
	}
	return done(w)
}

func (s *sandbox) postReset(w http.ResponseWriter, _ *http.Request) error {
	if err := s.reset(); err != nil {
		return err
	}
	s.findings.forget()
	return done(w)
}

// seenRequest is a request with the cloud that it was sent to.
type seenRequest struct {
	Cloud string `json:"cloud"`
	wrappertest.Request
}

// side is what both clouds have.
type side interface {
	Requests() []wrappertest.Request
	ForgetRequests()
	Faults() []*wrappertest.ActiveFault
	AddFault(wrappertest.FaultSpec) (*wrappertest.ActiveFault, error)
	ClearFaults()
}

// clouds are the names of the clouds, in the order in which they are listed.
var clouds = []string{"ionos", "triton"}

// side returns one of the clouds.
func (s *sandbox) side(cloud string) (side, error) {
	switch cloud {
	case "ionos":
		return s.cloud.IONOS, nil
	case "triton":
		return s.cloud.Triton, nil
	}
	return nil, invalid("cloud must be ionos or triton")
}

// requests returns what both clouds have seen, oldest first.
func (s *sandbox) requests() []seenRequest {
	var list []seenRequest
	for _, cloud := range clouds {
		side, _ := s.side(cloud)
		for _, request := range side.Requests() {
			list = append(list, seenRequest{cloud, request})
		}
	}
	slices.SortStableFunc(list, func(a, b seenRequest) int { return a.Time.Compare(b.Time) })
	return list
}

func (s *sandbox) getRequests(w http.ResponseWriter, _ *http.Request) error {
	return items(w, s.requests())
}

func (s *sandbox) deleteRequests(w http.ResponseWriter, _ *http.Request) error {
	s.cloud.IONOS.ForgetRequests()
	s.cloud.Triton.ForgetRequests()
	return done(w)
}

// fault is a fault of one cloud. ID and Hits are ignored in requests.
type fault struct {
	Cloud string `json:"cloud"`
	ID    int    `json:"id,omitempty"`
	Hits  int    `json:"hits"`
	wrappertest.FaultSpec
}

func (s *sandbox) faults() []fault {
	var list []fault
	for _, cloud := range clouds {
		side, _ := s.side(cloud)
		for _, active := range side.Faults() {
			list = append(list, fault{cloud, active.ID(), active.Hits(), active.Spec()})
		}
	}
	return list
}

func (s *sandbox) getFaults(w http.ResponseWriter, _ *http.Request) error {
	return items(w, s.faults())
}

func (s *sandbox) postFault(w http.ResponseWriter, r *http.Request) error {
	var wanted fault
	if err := decode(w, r, &wanted); err != nil {
		return err
	}
	side, err := s.side(wanted.Cloud)
	if err != nil {
		return err
	}
	active, err := side.AddFault(wanted.FaultSpec)
	if err != nil {
		return invalid("%v", err)
	}
	w.Header().Set("Location", fmt.Sprintf("/v1/faults/%s/%d", wanted.Cloud, active.ID()))
	respond(w, http.StatusCreated, fault{wanted.Cloud, active.ID(), active.Hits(), active.Spec()})
	return nil
}

func (s *sandbox) deleteFaults(w http.ResponseWriter, _ *http.Request) error {
	s.cloud.IONOS.ClearFaults()
	s.cloud.Triton.ClearFaults()
	return done(w)
}

func (s *sandbox) deleteFault(w http.ResponseWriter, r *http.Request) error {
	side, err := s.side(r.PathValue("cloud"))
	if err != nil {
		return err
	}
	id, err := strconv.Atoi(r.PathValue("id"))
	active := side.Faults()
	i := slices.IndexFunc(active, func(a *wrappertest.ActiveFault) bool { return a.ID() == id })
	if err != nil || i < 0 {
		return &controlError{http.StatusNotFound, "the fault does not exist"}
	}
	active[i].Remove()
	return done(w)
}

func (s *sandbox) getOutcomes(w http.ResponseWriter, _ *http.Request) error {
	return items(w, s.cloud.IONOS.Outcomes())
}

func (s *sandbox) postOutcome(w http.ResponseWriter, r *http.Request) error {
	var outcome wrappertest.Outcome
	if err := decode(w, r, &outcome); err != nil {
		return err
	}
	if err := s.cloud.IONOS.AddOutcome(outcome); err != nil {
		return invalid("%v", err)
	}
	return done(w)
}

func (s *sandbox) deleteOutcomes(w http.ResponseWriter, _ *http.Request) error {
	s.cloud.IONOS.ClearOutcomes()
	return done(w)
}

func (s *sandbox) postTime(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Advance string `json:"advance"`
	}
	if err := decode(w, r, &body); err != nil {
		return err
	}
	by, err := time.ParseDuration(body.Advance)
	if err != nil || by <= 0 {
		return invalid("advance must be a duration above 0 such as 90s or 1h")
	}
	s.cloud.Advance(by)
	return done(w)
}

func (s *sandbox) getFindings(w http.ResponseWriter, _ *http.Request) error {
	type finding struct {
		Kind        contract.Kind `json:"kind"`
		Rule        contract.Rule `json:"rule"`
		OperationID string        `json:"operationId,omitempty"`
		Method      string        `json:"method"`
		Path        string        `json:"path"`
		Status      int           `json:"status,omitempty"`
		Where       string        `json:"where"`
		Schema      string        `json:"schema,omitempty"`
		Message     string        `json:"message"`
	}
	var list []finding
	for _, f := range s.findings.list() {
		list = append(list, finding(f))
	}
	return items(w, list)
}

// listenControl serves the control API, if it was asked for.
func (s *sandbox) listenControl() error {
	if s.control == "" {
		return nil
	}
	listener, err := net.Listen("tcp", s.control)
	if err != nil {
		return fmt.Errorf("-control: %w", err)
	}
	s.addresses.control = s.printed(listener)
	s.controlServer = &http.Server{Handler: s.controlHandler(), ReadHeaderTimeout: 10 * time.Second, TLSConfig: s.tls}
	if s.tls == nil {
		s.serving.Go(func() { _ = s.controlServer.Serve(listener) })
	} else {
		s.serving.Go(func() { _ = s.controlServer.ServeTLS(listener, "", "") })
	}
	return nil
}

// closeControl ends the server, if there is one.
func (s *sandbox) closeControl() {
	if s.controlServer != nil {
		_ = s.controlServer.Close()
		s.serving.Wait()
	}
}
