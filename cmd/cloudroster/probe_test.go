package main

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/contract"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestProbeOfAConformingCloud(t *testing.T) {
	t.Parallel()
	cloud := peopled(t)
	got := runWith(t, onCloud(t, cloud), "probe", "-ionos", "-triton")
	assert.Equal(t, conforms, got.code, got.stdout)
	assert.Empty(t, got.stderr)
	assert.Contains(t, got.stdout, "16 operations: 15 ok, 0 differ, 0 untested, 1 skipped; 0 violations, 0 drift\n")
	assert.Contains(t, got.stdout, "  skipped   requestsStatusGet: needs the id of a request (-request)\n")
	assert.Equal(t, 15, strings.Count(got.stdout, "  ok        "))
	for _, r := range append(cloud.IONOS.Requests(), cloud.Triton.Requests()...) {
		assert.Equal(t, http.MethodGet, r.Method)
	}
	assert.Len(t, cloud.IONOS.Users(), 2)
}

func TestProbeAsksForTheRequestItIsGiven(t *testing.T) {
	t.Parallel()
	cloud := peopled(t)
	env := onCloud(t, cloud)
	client, err := env.ionos(wrapper.WithHTTPClient(cloud.HTTPClient()))
	require.NoError(t, err)
	operation, err := client.DeleteUser(t.Context(), cloud.IONOS.Users()[1].ID)
	require.NoError(t, err)
	got := runWith(t, env, "probe", "-ionos", "-request", operation.ID())
	assert.Equal(t, conforms, got.code, got.stdout)
	assert.Contains(t, got.stdout, "  ok        requestsStatusGet\n")
}

func TestProbeOfAnEmptyCloudSkipsWhatItCannotAsk(t *testing.T) {
	t.Parallel()
	got := runWith(t, onCloud(t, wrappertest.New()), "probe", "-ionos", "-triton")
	assert.Equal(t, conforms, got.code, got.stdout)
	assert.Contains(t, got.stdout, "  skipped   umGroupsSharesGet: nothing was found to read\n")
	assert.Contains(t, got.stdout, "  ok        GetTritonUser\n", "a user who does not exist")
}

// drifting renames a property, loses a rate limit and adds a type.
func drifting(t *testing.T) *wrappertest.Cloud {
	t.Helper()
	cloud := peopled(t)
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersFindById", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
		a.Body = []byte(strings.Replace(string(a.Body), `"active":true`, `"active":"yes"`, 1))
	})})
	cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umResourcesGet", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
		a.Body = []byte(strings.Replace(string(a.Body), `"type":"datacenter"`, `"type":"moonbase"`, 1))
	})})
	return cloud
}

func TestProbeOfADriftingCloud(t *testing.T) {
	t.Parallel()
	got := runWith(t, onCloud(t, drifting(t)), "probe", "-ionos")
	assert.Equal(t, differs, got.code, got.stdout)
	assert.Contains(t, got.stdout, "  DIFFERS   umUsersFindById\n            violation: GET /um/users/{userId} (umUsersFindById), "+
		"status 200: response body /properties/active: is not of type boolean [type] in UserProperties.active (2 times)\n")
	assert.Contains(t, got.stdout, "response body /items/*/type: the document has no such value [enum] in Type\n")
}

func TestKnownDeviationsAreTolerated(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "known")
	require.NoError(t, os.WriteFile(list, []byte("# reported to the vendor\n\ntype umUsersFindById response body */active\n"+
		"enum * response body /items/*/type # new types\nformat * response body *Date\n"), 0o600))
	got := runWith(t, onCloud(t, drifting(t)), "probe", "-ionos", "-tolerate", list)
	// The type that the document does not have cannot be asked for either.
	assert.Equal(t, untested, got.code, got.stdout)
	assert.NotContains(t, got.stdout, "DIFFERS")
	assert.Contains(t, got.stdout, "umUsersFindById (2 known deviations tolerated)\n")
	assert.Contains(t, got.stdout, `nothing matches the tolerance "format * response body *Date"`)
}

func TestAToleranceOfTooManyOrTooFewThings(t *testing.T) {
	t.Parallel()
	for text, message := range map[string]string{"enum *": "line 1: a rule, an operation and a place are needed", "": ""} {
		_, err := contract.ReadTolerances(strings.NewReader(text))
		if message == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, message)
		}
	}
}

func TestProbeThatCannotTest(t *testing.T) {
	t.Parallel()
	cloud := peopled(t)
	refused := onCloud(t, cloud)
	refused.ionos = func(opts ...wrapper.IONOSOption) (*wrapper.IONOS, error) {
		return wrapper.NewIONOS(wrapper.TokenAuth("wrong"), opts...)
	}
	silent := onCloud(t, cloud)
	silent.transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("no route to s3cret-host") })
	forbidden := onCloud(t, peopled(t))
	denied := peopled(t)
	denied.IONOS.Fault(wrappertest.Fault{OperationID: "umGroupsSharesGet", Effect: wrappertest.Reply(403,
		http.Header{"Content-Type": {"application/json"}}, `{"httpStatus":403,"messages":[]}`)})
	forbidden.transport = denied.Transport()
	for name, c := range map[string]struct {
		env  environment
		want string
	}{
		"wrong token":        {refused, "  UNTESTED  umUsersGet: status 401: the credentials were not accepted\n"},
		"no response":        {silent, "  UNTESTED  umUsersGet: no response\n"},
		"no right to shares": {forbidden, "  UNTESTED  umGroupsSharesGet: status 403: the credentials lack the privilege\n"},
	} {
		got := runWith(t, c.env, "probe", "-ionos")
		assert.Equal(t, untested, got.code, "%s: %s", name, got.stdout)
		assert.Contains(t, got.stdout, c.want, name)
		assert.NotContains(t, got.stdout, "s3cret")
	}
}

func TestInvalidCommandLines(t *testing.T) {
	t.Parallel()
	env := onCloud(t, peopled(t))
	broken := env
	broken.ionos = func(...wrapper.IONOSOption) (*wrapper.IONOS, error) { return nil, errors.New("no credentials") }
	for _, c := range []struct {
		env     environment
		args    []string
		message string
	}{
		{env, nil, "usage: cloudroster sandbox|probe|diff|coverage"},
		{env, []string{"prove"}, "usage: cloudroster sandbox|probe|diff|coverage"},
		{env, []string{"probe"}, "-ionos or -triton is required"},
		{env, []string{"probe", "-ionos", "-sample", "0"}, "-sample must be positive"},
		{env, []string{"probe", "-ionos", "more"}, `unexpected argument "more"`},
		{env, []string{"probe", "-triton", "-request", "1"}, "-request needs -ionos"},
		{env, []string{"probe", "-ionos", "-fail-on", "nothing"}, "-fail-on must be violation or drift"},
		{env, []string{"probe", "-ionos", "-min", "-1"}, "-min must not be negative"},
		{env, []string{"probe", "-ionos", "-timeout", "-1s"}, "-timeout must not be negative"},
		{env, []string{"probe", "-ionos", "-timeout", "soon"}, "invalid value"},
		{env, []string{"probe", "-ionos", "-json", "-", "-sarif", "-"}, "only one of -json, -junit and -sarif can be -"},
		{env, []string{"probe", "-ionos", "-spec", "main.go"}, "contract:"},
		{env, []string{"probe", "-ionos", "-spec", "/does/not/exist"}, "no such file"},
		{env, []string{"probe", "-no"}, "flag provided but not defined"},
		{env, []string{"probe", "-ionos", "-tolerate", "/does/not/exist"}, "no such file"},
		{env, []string{"probe", "-triton", "-junit", "/does/not/exist"}, "no such file"},
		{broken, []string{"probe", "-ionos"}, "no credentials"},
		{env, []string{"diff", "one"}, "need two documents or two checkouts"},
		{env, []string{"diff", "-max", "tiny", "a", "b"}, `"tiny" is not patch, minor or major`},
		{env, []string{"coverage"}, "a directory is required"},
		{env, []string{"coverage", "/does/not/exist"}, "no coverage-*.json"},
	} {
		got := runWith(t, c.env, c.args...)
		assert.Equal(t, untested, got.code, "%v", c.args)
		assert.Contains(t, got.stderr, c.message, "%v", c.args)
	}
	assert.Equal(t, conforms, runWith(t, env, "probe", "-h").code)
}

func TestProbeFailsOnWhatItIsTold(t *testing.T) {
	t.Parallel()
	drift := func() environment {
		cloud := peopled(t)
		cloud.IONOS.Fault(wrappertest.Fault{OperationID: "umUsersGet", Effect: wrappertest.EditResponse(func(a *wrappertest.Response) {
			a.Body = []byte(strings.Replace(string(a.Body), `"active":true`, `"active":true,"planet":"x"`, 1))
		})})
		return onCloud(t, cloud)
	}
	assert.Equal(t, differs, runWith(t, drift(), "probe", "-ionos").code)
	assert.Equal(t, conforms, runWith(t, drift(), "probe", "-ionos", "-fail-on", "violation").code)
	assert.Equal(t, untested, runWith(t, drift(), "probe", "-ionos", "-fail-on", "violation", "-min", "99").code)
	assert.Equal(t, conforms, runWith(t, drift(), "probe", "-ionos", "-fail-on", "violation", "-spec", "../../openapi.yaml").code)
}
