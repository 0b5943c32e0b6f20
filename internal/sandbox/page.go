package sandbox

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// Bounds of the page: it is for reading, not for archives.
const (
	shownRequests = 100
	shownRows     = 200
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"clock": func(t time.Time) string { return t.UTC().Format("15:04:05.000") },
	"class": statusClass,
}).Parse(pageText))

// page is what the page shows. It has no password, no query and no body of a request.
type page struct {
	IONOSURL, TritonURL string
	IONOSUsers          cut[wrappertest.User]
	TritonUsers         cut[wrappertest.SubUser]
	Groups              cut[shownGroup]
	Shares              cut[shownShare]
	Accepted            cut[shownAcceptance]
	Requests            cut[seenRequest]
	Faults              []fault
	Outcomes            []wrappertest.Outcome
	Contract            bool
	Findings            []contract.Finding
}

// cut is a list of which the page shows a part.
type cut[T any] struct {
	Items []T
	All   int
}

func first[T any](list []T, n int) cut[T] { return cut[T]{list[:min(n, len(list))], len(list)} }

// newest is the end of a list, in reverse.
func newest[T any](list []T, n int) cut[T] {
	tail := slices.Clone(list[max(0, len(list)-n):])
	slices.Reverse(tail)
	return cut[T]{tail, len(list)}
}

// Left is how many are not shown.
func (c cut[T]) Left() int { return c.All - len(c.Items) }

type shownGroup struct {
	Name    string
	Members []string
}

type shownShare struct {
	Group, Resource, Type string
	Edit, Share           bool
}

type shownAcceptance struct {
	wrappertest.AcceptedRequest
	Percent int
}

func (s *sandbox) page() page {
	state := s.cloud.State()
	p := page{
		IONOSURL: s.scheme() + s.addresses.ionos + "/cloudapi/v6", TritonURL: s.scheme() + s.addresses.triton,
		IONOSUsers: first(state.IONOS.Users, shownRows),
		Requests:   newest(s.requests(), shownRequests),
		Faults:     s.faults(), Outcomes: s.cloud.IONOS.Outcomes(),
		Contract: s.contract, Findings: newest(s.findings.list(), keptFindings).Items,
	}
	var users []wrappertest.SubUser
	for _, user := range state.Triton.Users {
		users = append(users, user.SubUser)
	}
	p.TritonUsers = first(users, shownRows)
	p.Groups, p.Shares = groupsAndShares(state.IONOS)
	var accepted []shownAcceptance
	for _, request := range state.IONOS.Requests {
		accepted = append(accepted, shownAcceptance{request, progress(request, s.cloud.Now())})
	}
	p.Accepted = newest(accepted, shownRequests)
	return p
}

func groupsAndShares(state wrappertest.IONOSState) (cut[shownGroup], cut[shownShare]) {
	emails, resources := map[string]string{}, map[string]wrappertest.Resource{}
	for _, user := range state.Users {
		emails[user.ID] = user.Email
	}
	for _, resource := range state.Resources {
		resources[resource.ID] = resource
	}
	var groups []shownGroup
	var shares []shownShare
	for _, group := range state.Groups {
		one := shownGroup{Name: group.Name}
		for _, id := range group.Members {
			one.Members = append(one.Members, emails[id])
		}
		groups = append(groups, one)
		for _, share := range group.Shares {
			resource := resources[share.ResourceID]
			shares = append(shares, shownShare{group.Name, resource.Name, resource.Type, share.EditPrivilege, share.SharePrivilege})
		}
	}
	return first(groups, shownRows), first(shares, shownRows)
}

// progress is how much of its time an accepted request has used, in percent.
func progress(request wrappertest.AcceptedRequest, now time.Time) int {
	if request.Status == "DONE" || request.Status == "FAILED" {
		return 100
	}
	whole := request.Outcome.Queued + request.Outcome.Running
	if whole <= 0 {
		return 99
	}
	return max(0, min(99, int(100*now.Sub(request.Created)/whole)))
}

func statusClass(status int) string {
	switch {
	case status >= 500 || status == 0:
		return "bad"
	case status >= 400:
		return "warn"
	}
	return "good"
}

func (s *sandbox) getPage(w http.ResponseWriter, _ *http.Request) {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, s.page()); err != nil {
		fail(w, err)
		return
	}
	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
	_, _ = w.Write(out.Bytes())
}
