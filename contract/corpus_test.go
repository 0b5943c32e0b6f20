package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/gen/openapi"
)

// The corpus in testdata/bodies is kept for ever: bodies of the shapes that the services return and
// take, with invented values. A file is named OPERATION.STATUS.json or OPERATION.request.json, with
// a word more for another shape of the same.

// decodes is the Go type of each success body and request body.
var decodes = map[string]func() any{
	"umUsersGet 200":                     func() any { return new(gen.UserList) },
	"umUsersFindById 200":                func() any { return new(gen.User) },
	"umUsersPost 202":                    func() any { return new(gen.User) },
	"umUsersPut 202":                     func() any { return new(gen.User) },
	"umUsersGroupsGet 200":               func() any { return new(gen.ResourceList) },
	"umUsersOwnsGet 200":                 func() any { return new(gen.ResourceList) },
	"umGroupsGet 200":                    func() any { return new(gen.GroupList) },
	"umGroupsFindById 200":               func() any { return new(gen.Group) },
	"umGroupsPost 202":                   func() any { return new(gen.Group) },
	"umGroupsPut 202":                    func() any { return new(gen.Group) },
	"umGroupsResourcesGet 200":           func() any { return new(gen.ResourceList) },
	"umGroupsUsersGet 200":               func() any { return new(gen.MemberList) },
	"umGroupsUsersPost 202":              func() any { return new(gen.User) },
	"umGroupsSharesGet 200":              func() any { return new(gen.ShareList) },
	"umGroupsSharesFindByResourceId 200": func() any { return new(gen.Share) },
	"umGroupsSharesPost 202":             func() any { return new(gen.Share) },
	"umGroupsSharesPut 200":              func() any { return new(gen.Share) },
	"umGroupsSharesPut 202":              func() any { return new(gen.Share) },
	"umResourcesGet 200":                 func() any { return new(gen.ResourceList) },
	"umResourcesFindByType 200":          func() any { return new(gen.ResourceList) },
	"umResourcesFindByTypeAndId 200":     func() any { return new(gen.Resource) },
	"requestsStatusGet 200":              func() any { return new(gen.RequestStatus) },
	"ListTritonUsers 200":                func() any { return new([]gen.TritonUser) },
	"GetTritonUser 200":                  func() any { return new(gen.TritonUser) },
	"CreateTritonUser 201":               func() any { return new(gen.TritonUser) },
	"UpdateTritonUser 200":               func() any { return new(gen.TritonUser) },
	"ChangeTritonUserPassword 200":       func() any { return new(gen.TritonUser) },
	"ListTritonUserKeys 200":             func() any { return new([]gen.TritonKey) },
	"CreateTritonUserKey 201":            func() any { return new(gen.TritonKey) },
	"GetTritonUserKey 200":               func() any { return new(gen.TritonKey) },

	"CreateTritonUserKey request":      func() any { return new(gen.TritonKeyCreate) },
	"umUsersPost request":              func() any { return new(gen.UserCreate) },
	"umUsersPut request":               func() any { return new(gen.UserUpdate) },
	"umGroupsPost request":             func() any { return new(gen.Group) },
	"umGroupsUsersPost request":        func() any { return new(gen.GroupMember) },
	"umGroupsSharesPost request":       func() any { return new(gen.Share) },
	"CreateTritonUser request":         func() any { return new(gen.TritonUserCreate) },
	"UpdateTritonUser request":         func() any { return new(gen.TritonUserUpdate) },
	"ChangeTritonUserPassword request": func() any { return new(gen.TritonPasswordChange) },
}

func target(operation, status string) any {
	if made, ok := decodes[operation+" "+status]; ok {
		return made()
	}
	if strings.HasPrefix(operation, "um") || operation == statusOperation {
		return new(gen.ErrorResponse)
	}
	return new(gen.TritonErrorResponse)
}

// TestEveryBodyOfTheCorpusSurvivesARoundTrip: a body is decoded into its type of package gen and encoded
// again. Nothing may be lost: every field of the body must be there with the same value, except what
// means "not there" - null, an empty string, list or object, and the number 0. Dates are compared as
// points in time, one without a zone is UTC.
func TestEveryBodyOfTheCorpusSurvivesARoundTrip(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bodies/*.json")
	require.NoError(t, err)
	covered, fields := map[string]bool{}, 0
	for _, name := range files {
		parts := strings.Split(filepath.Base(name), ".")
		require.GreaterOrEqual(t, len(parts), 3, name)
		covered[parts[0]+" "+parts[1]] = true
		body, err := os.ReadFile(name)
		require.NoError(t, err)
		n, err := lost(body, target(parts[0], parts[1]))
		assert.NoError(t, err, name)
		assert.NotZero(t, n, name)
		fields += n
		for _, f := range problems(t, parts[0], parts[1], body) {
			odd := len(parts) == 4 && (parts[2] == "odd-dates" || parts[2] == "new-types")
			assert.True(t, odd, "%s: %v", name, f)
		}
	}
	for shape := range decodes {
		assert.True(t, covered[shape], "the corpus has no %s", shape)
	}
	t.Logf("figure: %d bodies of %d shapes, %d values survive", len(files), len(covered), fields)
}

// Every body of a request or a success has an example in the document, and it keeps the contract.
func TestTheExamplesOfTheDocumentKeepTheContract(t *testing.T) {
	t.Parallel()
	source, err := openapi3.NewLoader().LoadFromData(openapi.YAML())
	require.NoError(t, err)
	seen := 0
	check := func(id, which string, content openapi3.Content) {
		media := content["application/json"]
		if media == nil {
			return
		}
		require.NotNil(t, media.Example, "%s %s", id, which)
		body, err := json.Marshal(media.Example)
		require.NoError(t, err)
		assert.Empty(t, problems(t, id, which, body), "%s %s", id, which)
		seen++
	}
	for _, item := range source.Paths.Map() {
		for _, o := range item.Operations() {
			if o.RequestBody != nil {
				check(o.OperationID, "request", o.RequestBody.Value.Content)
			}
			for status, response := range o.Responses.Map() {
				if strings.HasPrefix(status, "2") {
					check(o.OperationID, status, response.Value.Content)
				}
			}
		}
	}
	assert.NotZero(t, seen)
}

// problems is what the contract says of a body.
func problems(t *testing.T, operation, status string, body []byte) []Finding {
	t.Helper()
	var found findings
	for _, o := range embedded().operations {
		if o.id != operation {
			continue
		}
		x := &exchange{checker: newChecker(nil).reportTo(found.report), method: o.method, path: o.path, operation: o}
		asJSON := framing{mediaType: "application/json"}
		if status == "request" {
			x.content(o.body, asJSON, body, false)
			continue
		}
		_, err := fmt.Sscan(status, &x.status)
		require.NoError(t, err)
		described, _ := o.response(x.status)
		require.NotNil(t, described, "%s %s", operation, status)
		value, err := decode(body)
		require.NoError(t, err)
		// The page that was requested is the one that is returned.
		if page, ok := value.(map[string]any); ok {
			x.page = map[string]int{}
			for _, name := range []string{"offset", "limit"} {
				if number, ok := page[name].(json.Number); ok {
					n, err := number.Int64()
					require.NoError(t, err)
					x.page[name] = int(n)
				}
			}
		}
		x.content(described.content, asJSON, body, true)
	}
	return found.list()
}

// decode reads JSON with its numbers as they are written.
func decode(data []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	err = decoder.Decode(&value)
	return value, err
}

// lost decodes a body, encodes it again, and names the first value that is lost or another one. It
// returns how many values were compared.
func lost(body []byte, into any) (int, error) {
	if err := json.Unmarshal(body, into); err != nil {
		return 0, err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return 0, err
	}
	before, err := decode(body)
	if err != nil {
		return 0, err
	}
	after, err := decode(again)
	if err != nil {
		return 0, err
	}
	return same(before, after, "")
}

func same(before, after any, at string) (int, error) {
	switch before := before.(type) {
	case map[string]any:
		object, _ := after.(map[string]any)
		total := 0
		for name, value := range before {
			n, err := same(value, object[name], at+"/"+name)
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	case []any:
		list, _ := after.([]any)
		if len(list) != len(before) {
			if len(before) == 0 {
				return 1, nil
			}
			return 0, fmt.Errorf("%s: %d items became %d", at, len(before), len(list))
		}
		total := 1
		for i, value := range before {
			n, err := same(value, list[i], fmt.Sprintf("%s/%d", at, i))
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	}
	if before == nil || before == "" || before == json.Number("0") || before == after || sameTime(before, after) {
		return 1, nil
	}
	return 0, fmt.Errorf("%s: %v became %v", at, before, after)
}

func sameTime(before, after any) bool {
	was, ok := before.(string)
	is, ok2 := after.(string)
	if !ok || !ok2 {
		return false
	}
	now, err := time.Parse(time.RFC3339, is)
	if err != nil {
		return false
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if then, err := time.Parse(layout, was); err == nil {
			return then.Equal(now)
		}
	}
	return false
}

func TestARoundTripThatLosesSomethingIsNoticed(t *testing.T) {
	t.Parallel()
	type narrow struct {
		Kept  string   `json:"kept"`
		List  []string `json:"list,omitempty"`
		Off   bool     `json:"off,omitempty"`
		Count int      `json:"count,omitempty"`
	}
	for name, body := range map[string]string{
		"an unknown field": `{"kept":"a","dropped":"b"}`,
		"a false":          `{"off":false}`,
		"another type":     `{"kept":1}`,
		"a nested list":    `{"list":["a"],"more":[["a"]]}`,
	} {
		_, err := lost([]byte(body), new(narrow))
		assert.Error(t, err, name)
	}
	n, err := lost([]byte(`{"kept":"a","list":[],"count":0}`), new(narrow))
	assert.NoError(t, err)
	assert.Equal(t, 3, n)
}
