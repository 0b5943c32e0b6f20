package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

//go:embed pages/*.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// handler serves the three pages: a form, the progress of an operation, and its events.
type handler struct{ client *wrapper.IONOS }

func newHandler(client *wrapper.IONOS) http.Handler {
	h := handler{client}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", h.form)
	mux.HandleFunc("POST /users", h.create)
	mux.HandleFunc("GET /operations/{id}", h.operation)
	mux.HandleFunc("GET /operations/{id}/events", h.events)
	// Other sites must not make a visitor's browser create users.
	return http.NewCrossOriginProtection().Handler(mux)
}

func (h handler) form(w http.ResponseWriter, _ *http.Request) { render(w, "form.html", nil) }

// create starts the change and sends the browser to its progress. It does not wait.
func (h handler) create(w http.ResponseWriter, r *http.Request) {
	_, operation, err := h.client.CreateUser(r.Context(), gen.UserCreateProperties{
		FirstName: r.PostFormValue("firstname"),
		LastName:  r.PostFormValue("lastname"),
		Email:     r.PostFormValue("email"),
		Password:  wrapper.Secret(r.PostFormValue("password")),
	})
	switch {
	case errors.Is(err, wrapper.ErrInvalid):
		http.Error(w, err.Error(), http.StatusUnprocessableEntity) // the texts of these errors hold no secret
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadGateway)
	default:
		http.Redirect(w, r, "/operations/"+url.PathEscape(operation.ID()), http.StatusSeeOther)
	}
}

func (h handler) operation(w http.ResponseWriter, r *http.Request) {
	render(w, "operation.html", r.PathValue("id"))
}

// progress is one event.
type progress struct {
	State string `json:"state,omitempty"`
	Error string `json:"error,omitempty"`
	Final bool   `json:"final"`
}

// events streams every change of the operation's state (server-sent events), until it is final or
// the browser leaves.
func (h handler) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(p progress) bool {
		data, err := json.Marshal(p)
		if err != nil {
			return false
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", data); err != nil {
			return false
		}
		return http.NewResponseController(w).Flush() == nil
	}
	for status, err := range h.client.Operation(r.PathValue("id")).Watch(r.Context()) {
		switch {
		case err != nil && r.Context().Err() != nil:
			return // the browser connects again, by itself, and sees where the operation is
		case err != nil:
			send(progress{State: string(status.State), Error: err.Error(), Final: true})
			return
		case !send(progress{State: string(status.State), Final: status.Done()}):
			return
		}
	}
}

func render(w http.ResponseWriter, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'")
	if err := pages.ExecuteTemplate(w, name, data); err != nil {
		http.Error(w, "the page cannot be shown", http.StatusInternalServerError)
	}
}
