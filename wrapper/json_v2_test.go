//go:build go1.27 && goexperiment.jsonv2

package wrapper

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
)

// answerTypes are what unmarshal decodes into, each with the differences that it found so far.
var answerTypes = map[string]func(t *testing.T, data []byte){
	"UserList":      agree[gen.UserList],
	"User":          agree[gen.User],
	"MemberList":    agree[gen.MemberList],
	"GroupList":     agree[gen.GroupList],
	"Group":         agree[gen.Group],
	"ShareList":     agree[gen.ShareList],
	"Share":         agree[gen.Share],
	"ResourceList":  agree[gen.ResourceList],
	"Resource":      agree[gen.Resource],
	"RequestStatus": agree[gen.RequestStatus],
	"TritonUser":    agree[gen.TritonUser],
	"TritonUsers":   agree[[]gen.TritonUser],
	"properties": agree[struct {
		Properties properties `json:"properties"`
	}],
}

// agree compares unmarshal with encoding/json: both accept and give the same value, or both
// refuse with the same error.
func agree[T any](t *testing.T, data []byte) {
	t.Helper()
	var want, got T
	wantErr := json.Unmarshal(data, &want)
	gotErr := unmarshal(data, &got)
	if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) || wantErr == nil && !reflect.DeepEqual(want, got) {
		t.Errorf("%T: %q\nencoding/json: %+v, %v\nunmarshal:     %+v, %v", want, data, want, wantErr, got, gotErr)
	}
}

const jsonUser = `{"id":"u1","type":"user","href":"https://x/u1","metadata":{"etag":"e","createdDate":"2026-02-01T10:20:30Z",` +
	`"createdBy":"a@b","lastLogin":null},"properties":{"firstname":"Ad\u0061","lastname":"L\ud83d\ude00","email":"a@b","administrator":false,` +
	`"active":true},"entities":{"owns":{"id":"o","type":"collection","href":"h"},"groups":{"id":"g"}}}`

var jsonDocuments = []string{
	`{"id":"users","type":"collection","offset":0,"limit":100,"_links":{"prev":"p","self":"s","next":"n"},"items":[` + jsonUser + "," + jsonUser + "]}",
	jsonUser,
	`{"id":"g1","type":"group","properties":{"name":"n","createDataCenter":true,"reserveIp":false,"invented":[1,{"a":null}]},"entities":{"users":{"id":"x","items":[` + jsonUser + `]},"resources":{"items":[]}}}`,
	`{"items":[{"id":"r","type":"datacenter","metadata":{"state":"AVAILABLE","createdDate":""},"properties":{"name":"dc","secAuthProtection":null}}]}`,
	`{"id":"s","type":"resource","properties":{"editPrivilege":true,"sharePrivilege":false}}`,
	`{"id":"r/status","type":"request-status","metadata":{"status":"DONE","message":"m","targets":[{"target":{"id":"u","type":"user"},"status":"DONE"}]}}`,
	`{"id":"t","login":"ada","email":"a@b","companyName":"c","phone":"555","roles":["a"],"default_roles":[],"created":"2026-02-01T10:20:30.123Z","updated":"2026-02-01"}`,
	`[{"id":"t","login":"ada"},{"id":"u","login":"bob","phone":null}]`,
}

// Where encoding/json/v2 differs unless told otherwise, and where decoders differ anyway.
var jsonPitfalls = []string{
	``, ` `, `null`, `true`, `1`, `"x"`, `[]`, `{}`, `[null]`, `{"items":null}`, `{"items":{}}`, `{"items":[null]}`,
	`{"ID":"upper"}`, `{"Id":"title","id":"exact"}`, `{"id":"exact","iD":"late"}`, `{"i\u0064":"escaped"}`, `{"_LINKS":{"SELF":"s"}}`,
	`{"links":{"self":"s"}}`, `{"first_name":"x","firstName":"y","default-roles":["z"],"DEFAULT_ROLES":["q"]}`,
	`{"id":"one","id":"two"}`, `{"id":"one","id":null}`, `{"items":[{"id":"a","href":"h"}],"items":[{"id":"b"}]}`,
	`{"properties":{"email":"a"},"properties":{"firstname":"b"}}`, `{"properties":{"email":"a"},"properties":null}`,
	`{"metadata":{"createdDate":"2026-02-01T10:20:30Z"},"metadata":{"createdDate":null}}`,
	"{\"id\":\"\xff\xfe\"}", "{\"\xff\":1,\"id\":\"x\"}", `{"id":"\ud800"}`, `{"id":"\udc00\ud800x"}`, `{"id":"\u0000"}`,
	"{\"id\":\"tab\there\"}", `{"id":"bad\escape"}`, `{"id":'x'}`, `{id:"x"}`, `{"id":"x",}`, `{"id":"x"} {}`, `{"id":"x"}x`, "{\"id\":\"x\"}\n\t ",
	"\ufeff{}", `{"limit":1.0}`, `{"limit":1e2}`, `{"limit":-0}`, `{"limit":01}`, `{"limit":"1"}`, `{"limit":9223372036854775808}`, `{"limit":null}`,
	`{"limit":1,"id":5,"offset":2}`, `{"items":[{"id":5},{"id":"kept"}]}`, `{"properties":{"active":"true"},"id":"after"}`,
	`{"properties":{"active":null,"administrator":true}}`, `{"metadata":{"createdDate":5}}`, `{"metadata":{"createdDate":{"a":[1]}}}`, `{"metadata":{"createdDate":"x\u0022"}}`,
	`{"unknown":{"deep":[[[{"a":1e400}]]]}}`, `{"unknown":1e400}`, `{"unknown":-}`, `{"unknown":tru}`, `{"unknown":NaN}`, `{"properties":"text"}`, `{"properties":[]}`,
}

func TestUnmarshalAgreesWithEncodingJSONOnPitfalls(t *testing.T) {
	t.Parallel()
	cases := append([]string{}, jsonPitfalls...)
	for _, depth := range []int{9_990, 9_999, 10_000, 10_001, 20_000} {
		cases = append(cases,
			strings.Repeat("[", depth)+strings.Repeat("]", depth),
			`{"unknown":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`}`,
			`{"properties":`+strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)+`}`)
	}
	for name, agree := range answerTypes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, document := range append(cases, jsonDocuments...) {
				agree(t, []byte(document))
			}
		})
	}
}

func TestUnmarshalAgreesWithEncodingJSONOnMutatedDocuments(t *testing.T) {
	t.Parallel()
	documents := append([]string{}, jsonDocuments...)
	recorded, err := filepath.Glob(filepath.Join("..", "gen", "testdata", "*.json"))
	require.NoError(t, err)
	for _, file := range recorded {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		documents = append(documents, string(data))
	}
	const mutations = 3_000
	for name, agree := range answerTypes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			valid := 0
			for i := range mutations {
				data := mutate(random, documents[i%len(documents)])
				if json.Valid(data) {
					valid++
				}
				agree(t, data)
				if t.Failed() {
					return
				}
			}
			// Both kinds have to be among them.
			assert.Greater(t, valid, mutations/10)
			assert.Less(t, valid, mutations*9/10)
		})
	}
}

// mutate changes a document in a few places: bytes, cuts, repeated parts, and whole values.
func mutate(random *rand.Rand, document string) []byte {
	values := []string{`null`, `true`, `0`, `-1.5e3`, `"text"`, `""`, `[]`, `{}`, `[null]`, `{"id":null}`, `{"ID":"x","id":"y"}`, "\"\xff\"", `"\ud800"`, `"2026-02-01T10:20:30"`}
	data := []byte(document)
	for range 1 + random.IntN(3) {
		if len(data) == 0 {
			break
		}
		at := random.IntN(len(data))
		switch random.IntN(8) {
		case 0: // one byte
			data[at] = byte(random.IntN(256))
		case 1: // the end is missing
			data = data[:at]
		case 2: // a member comes again
			if from := strings.LastIndexAny(string(data[:at]), ",{"); from >= 0 {
				if to := strings.IndexAny(string(data[from+1:]), ",}"); to >= 0 {
					member := string(data[from+1 : from+1+to])
					data = []byte(string(data[:from+1]) + member + "," + string(data[from+1:]))
				}
			}
		case 3: // a letter changes its case
			if c := data[at]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				data[at] ^= 0x20
			}
		default: // a value becomes another one
			if colon := strings.IndexByte(string(data[at:]), ':'); colon >= 0 {
				from := at + colon + 1
				decoder := json.NewDecoder(strings.NewReader(string(data[from:])))
				var old json.RawMessage
				if decoder.Decode(&old) == nil {
					to := from + int(decoder.InputOffset())
					data = []byte(string(data[:from]) + values[random.IntN(len(values))] + string(data[to:]))
				}
			}
		}
	}
	return data
}
