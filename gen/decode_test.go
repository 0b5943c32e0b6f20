package gen

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/internal/jsonscan"
)

// responses are the types of responses, each with a comparison of its decode function with
// encoding/json. It reports whether the generated functions read data without encoding/json.
var responses = map[string]func(t *testing.T, data []byte) bool{
	"UserList":      agree(true, decodeUserList, (*UserList).DecodeJSON),
	"User":          agree(false, decodeUser, (*User).DecodeJSON),
	"MemberList":    agree(true, decodeMemberList, (*MemberList).DecodeJSON),
	"GroupList":     agree(true, decodeGroupList, (*GroupList).DecodeJSON),
	"Group":         agree(false, decodeGroup, (*Group).DecodeJSON),
	"ShareList":     agree(true, decodeShareList, (*ShareList).DecodeJSON),
	"Share":         agree(false, decodeShare, (*Share).DecodeJSON),
	"ResourceList":  agree(true, decodeResourceList, (*ResourceList).DecodeJSON),
	"Resource":      agree(false, decodeResource, (*Resource).DecodeJSON),
	"RequestStatus": agree(false, decodeRequestStatus, (*RequestStatus).DecodeJSON),
	"TritonUser":    agree(false, decodeTritonUser, (*TritonUser).DecodeJSON),
	"TritonKey":     agree(false, decodeTritonKey, (*TritonKey).DecodeJSON),
	"TritonUsers": agree(true, func(s *jsonscan.Scanner, v *[]TritonUser) { *v = decodeListOfTritonUser(s) },
		func(v *[]TritonUser, data []byte) error { return DecodeTritonUsers(data, v) }),
	"TritonKeys": agree(true, func(s *jsonscan.Scanner, v *[]TritonKey) { *v = decodeListOfTritonKey(s) },
		func(v *[]TritonKey, data []byte) error { return DecodeTritonKeys(data, v) }),
}

// agree compares with encoding/json: both accept and give the same value, or both give the same
// error. The generated functions may leave a document to encoding/json, but never read it otherwise.
func agree[T any](list bool, read func(*jsonscan.Scanner, *T), decode func(*T, []byte) error) func(*testing.T, []byte) bool {
	return func(t *testing.T, data []byte) bool {
		t.Helper()
		var want, quick, got T
		wantErr := json.Unmarshal(data, &want)
		copied := append([]byte{}, data...)
		s := jsonscan.New(copied, list)
		read(&s, &quick)
		done := s.Done()
		gotErr := decode(&got, copied)
		clear(copied) // nothing may point to it
		if done && (wantErr != nil || !reflect.DeepEqual(want, quick)) {
			t.Errorf("%T: %.300q\nencoding/json: %+v, %v\ngenerated:     %+v", want, data, want, wantErr, quick)
		}
		if errors.Is(gotErr, ErrTooManyItems) && len(data) > 1000 {
			return done
		}
		if fmt.Sprint(wantErr) != fmt.Sprint(gotErr) || wantErr == nil && !reflect.DeepEqual(want, got) {
			t.Errorf("%T: %.300q\nencoding/json: %+v, %v\ndecoded:       %+v, %v", want, data, want, wantErr, got, gotErr)
		}
		return done
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

// Dates and escapes, where the generated functions read by themselves.
var jsonEscapes = []string{
	`{"metadata":{"createdDate":"2026-02-01T10:20:3\x5a"}}`, `{"metadata":{"createdDate":"2026-02-01T10:20:30\u005a"}}`,
	`{"metadata":{"createdDate":"2026-02-01T10:20:30\u005"}}`, `{"metadata":{"createdDate":"2026-02-30T10:20:30Z"}}`,
	`{"metadata":{"createdDate":"2024-02-29T23:59:59Z"}}`, `{"metadata":{"createdDate":"2023-02-29T23:59:59Z"}}`,
	`{"metadata":{"createdDate":"2026-00-01T10:20:30Z"}}`, `{"metadata":{"createdDate":"0000-01-01T00:00:00Z"}}`,
	`{"metadata":{"createdDate":"2026-12-31T24:00:00Z"}}`, `{"metadata":{"createdDate":"2026-12-31T23:60:00Z"}}`,
	`{"metadata":{"createdDate":"2026-12-31T23:59:60Z"}}`, `{"metadata":{"createdDate":"2026-12-31T23:59:59z"}}`,
	`{"metadata":{"createdDate":"2026-12-31t23:59:59Z"}}`, "{\"metadata\":{\"createdDate\":\"2026-12-31T23:59:5\xffZ\"}}",
	"{\"metadata\":{\"createdDate\":\"2026-12-31T23:59:5\x01Z\"}}", `{"metadata":{"createdDate":"2026-12-31T23:59:59.5+01:00"}}`,
	`{"metadata":{"createdDate":"null"}}`, `{"metadata":{"createdDate":""}}`, `{"metadata":{"createdDate":true}}`, `{"metadata":{"createdDate":[]}}`,
	`{"id":"a\"b\\c\/d\be\ff\ng\rh\ti"}`, `{"id":"\ud83d\ude00"}`, `{"id":"\ud83d\u0041"}`, `{"id":"\ud83dx"}`, `{"id":"\ud83d\n12345"}`,
	`{"id":"\u00FC\u00fc"}`, `{"id":"\u00g0"}`, `{"id":"\u12"}`, `{"id":"\`, `{"id":"\"`, `{"id":"\u`, `{"id":"ü€😀"}`, "{\"id\":\"\xc3\"}", "{\"id\":\"\xed\xa0\x80\"}",
	"{\"id\":\"\x7f\"}", "{\"unknown\":\"\xff\\ud800\"}", "{\"unknown\":{\"\xff\":\"\x00\"}}", `{"unknown":"\q"}`,
	`{"limit":12345678901234567}`, `{"limit":922337203685477580}`, `{"limit":-922337203685477580}`, `{"limit":9223372036854775807}`, `{"limit":-9223372036854775808}`,
	`{"limit":-}`, `{"limit":1.}`, `{"limit":.5}`, `{"limit":1e}`, `{"limit":+1}`, `{"limit":00}`, `{"limit":12x}`, `{"limit":`, `{"limit"`, `{"limi`, `{`, `[`, `[{`, `{"a":n`, `{"a":nul`, `nullx`,
	`{"\u006b":1}`, "{\"\u212Aey\":\"kelvin\",\"key\":\"k\"}", "{\"properties\":{\"lo\u017Fe\":1}}", `{"KEY":"x"}`, `{"login":"a","LOGIN":"b"}`, "{\"id\" : \"a\" , \"type\"\t:\r\n\"b\" }",
	`{"roles":["a",null,"a"],"default_roles":null}`, `[{"login":"a","roles":[]},null,{"login":"a","phone":["1","2"]}]`, `[{"name":"n","key":"k","fingerprint":"f"}]`,
	`{"entities":{"groups":{"items":[{"id":"a","entities":{"groups":{"items":[]}}},{"id":"b","entities":{"groups":{"items":null}}}]}}}`,
	`{"city":["a","b"],"phone":[],"state":["c"],"firstName":null,"lastName":[null,"d"]}`, `{"city":["a",1]}`, `{"city":{"a":"b"}}`, `{"city":5,"phone":"p"}`, `{"login":["a"],"city":["b"]}`,
	`{"properties":{"name":null,"createPcc":null,"createDataCenter":false,"createSnapshot":true}}`, `{"properties":{"name":""}}`, `{"items":[],"items":[{"id":"a"}]}`,
}

// corpus are all documents that tests know of.
func corpus(tb testing.TB) []string {
	tb.Helper()
	documents := append(append(append([]string{}, jsonDocuments...), jsonPitfalls...), jsonEscapes...)
	for _, pattern := range []string{"../contract/testdata/bodies/*.json"} {
		recorded, err := filepath.Glob(filepath.FromSlash(pattern))
		require.NoError(tb, err)
		require.NotEmpty(tb, recorded, pattern)
		for _, file := range recorded {
			data, err := os.ReadFile(file)
			require.NoError(tb, err)
			documents = append(documents, string(data))
		}
	}
	return documents
}

func TestDecodeFunctionsAgreeWithEncodingJSON(t *testing.T) {
	t.Parallel()
	documents := corpus(t)
	for _, depth := range []int{60, 62, 63, 64, 65, 66, 9_990, 9_999, 10_000, 10_001, 20_000} {
		documents = append(documents,
			strings.Repeat("[", depth)+strings.Repeat("]", depth),
			`{"unknown":`+strings.Repeat("[", depth)+strings.Repeat("]", depth)+`}`,
			`{"properties":`+strings.Repeat(`{"a":`, depth)+"1"+strings.Repeat("}", depth)+`}`,
			strings.Repeat(`{"entities":{"groups":{"items":[`, depth/4)+strings.Repeat("]}}}", depth/4))
	}
	for _, size := range []int{0, 1, 7, 8, 9, 255, 256, 257, 1023, 1024, 1025, 5000} {
		text := strings.Repeat("x", size)
		documents = append(documents, `{"id":"`+text+`","href":"`+text+`ü"}`, `{"items":[{"id":"`+text+`"},{"id":"`+text+`"},{"id":"1`+text+`"}]}`)
	}
	for name, agree := range responses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, document := range documents {
				agree(t, []byte(document))
				for cut := range min(len(document), 200) {
					agree(t, []byte(document[:cut]))
				}
			}
		})
	}
}

// That a document of the service is not odd is what the speed rests on.
func TestDocumentsOfTheServicesAreReadWithoutEncodingJSON(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"UserList": jsonDocuments[0], "User": jsonDocuments[1], "Group": jsonDocuments[2], "ResourceList": jsonDocuments[3],
		"Share": jsonDocuments[4], "RequestStatus": jsonDocuments[5], "TritonUser": jsonDocuments[6], "TritonUsers": jsonDocuments[7],
		"GroupList": `{"items":[` + jsonDocuments[2] + `]}`, "ShareList": `{"items":[` + jsonDocuments[4] + "," + jsonDocuments[4] + `]}`,
		"MemberList": ` {"id" : "m", "items": [` + "\n" + jsonUser + `] }` + "\n", "Resource": `{"id":"r","unknown":[1,-2.5e-3,{"x":"\u00fc"},true,false,null,[]]}`,
		"TritonKey": `{"name":"n","key":"ssh-rsa AAAA","fingerprint":"00:11"}`, "TritonKeys": `[{"name":"n","key":"k\u00fc","fingerprint":"f"}]`,
	} {
		assert.True(t, responses[name](t, []byte(document)), name)
	}
}

func TestDecodeFunctionsAgreeWithEncodingJSONOnMutatedDocuments(t *testing.T) {
	t.Parallel()
	documents := corpus(t)
	const mutations = 3_000
	for name, agree := range responses {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, uint64(len(name))))
			quick := 0
			for i := range mutations {
				if agree(t, mutate(random, documents[i%len(documents)])) {
					quick++
				}
				if t.Failed() {
					return
				}
			}
			// Both kinds have to be among them.
			assert.Greater(t, quick, mutations/100)
			assert.Less(t, quick, mutations*9/10)
		})
	}
}

func FuzzDecode(f *testing.F) {
	for _, document := range corpus(f) {
		f.Add([]byte(document), uint64(0))
		f.Add([]byte(document), uint64(1))
	}
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		if seed != 0 { // changes that a fuzzer of bytes finds seldom
			data = mutate(rand.New(rand.NewPCG(seed, 0)), string(data))
		}
		if len(data) > 1<<16 {
			return
		}
		for _, agree := range responses {
			agree(t, data)
		}
	})
}

// A kept string keeps a piece of memory, not the document; and what comes again is there once.
func TestStringsOfAListShareSmallPieces(t *testing.T) {
	item := func(i int) string {
		return fmt.Sprintf(`{"id":"%036d","type":"user","metadata":{"createdBy":"owner@example.test"},"properties":{"email":"user%d@example.test"}}`, i, i)
	}
	items := make([]string, 1000)
	for i := range items {
		items[i] = item(i)
	}
	page := []byte(`{"items":[` + strings.Join(items, ",") + `]}`)
	var list UserList
	allocs := testing.AllocsPerRun(5, func() { require.NoError(t, list.DecodeJSON(page)) })
	assert.Less(t, allocs, 150.0) // 3,000 strings that differ; 36 and 20 KB of ids and addresses in pieces of 1 KB
	assert.Len(t, list.Items, 1000)
	assert.Equal(t, 1000, cap(list.Items)) // no room is left over
}

func TestPointersOfAGroupAreVariablesOfTheirOwn(t *testing.T) {
	t.Parallel()
	var group Group
	require.NoError(t, group.DecodeJSON([]byte(`{"id":"g","properties":{"createPcc":true,"createSnapshot":true,"name":"n"}}`)))
	*group.Properties.CreatePCC = false
	assert.True(t, *group.Properties.CreateSnapshot)
}

// A document costs memory in proportion to its bytes, whatever it says.
func TestSparseListsCostLittle(t *testing.T) {
	const size = 1 << 20
	for name, document := range map[string]string{
		"empty objects":       `{"items":[` + strings.Repeat("{},", size/3) + `{}]}`,
		"nulls":               `{"items":[` + strings.Repeat("null,", size/5) + `null]}`,
		"mixed":               `{"items":[{},` + strings.Repeat("null,", size/5) + `null]}`,
		"numbers":             `{"items":[` + strings.Repeat("1,", size/2) + `1]}`,
		"odd and empty":       `{"ID":"x","items":[` + strings.Repeat("{},", size/3) + `{}]}`,
		"broken at the end":   `{"items":[` + strings.Repeat("{},", size/3) + `{}`,
		"keys that lie":       `{"items":[{"x":[` + strings.Repeat(`"properties",`, size/13) + `1]}]}`,
		"nested":              `{"items":[{"entities":{"groups":{"items":[` + strings.Repeat("{},", size/3) + `{}]}}}]}`,
		"open ends":           `{"items":[{"id":"a","entities":{"groups":{"items":[` + strings.Repeat("{},", size/3),
		"depth, then objects": `{"unknown":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `,"items":[` + strings.Repeat("{},", size/3) + `{}]}`,
	} {
		for _, v := range []interface{ DecodeJSON(data []byte) error }{new(UserList), new(ResourceList), new(GroupList)} {
			var before, after runtime.MemStats
			data := []byte(document)
			runtime.ReadMemStats(&before)
			_ = v.DecodeJSON(data)
			runtime.ReadMemStats(&after)
			assert.Less(t, (after.TotalAlloc-before.TotalAlloc)>>20, uint64(70), "MiB for %s as %T", name, v)
		}
	}
	err := new(UserList).DecodeJSON([]byte(`{"items":[` + strings.Repeat("{},", size/3) + `{}]}`))
	require.ErrorIs(t, err, ErrTooManyItems)

	// One that a service would send is far from the bound, also when it is odd.
	items := `{"items":[` + strings.Repeat(jsonUser+",", 3000) + jsonUser + `]}`
	var list UserList
	require.NoError(t, list.DecodeJSON([]byte(items)))
	assert.Len(t, list.Items, 3001)
	require.NoError(t, list.DecodeJSON([]byte(`{"ID":"odd",`+items[1:])))
	assert.Len(t, list.Items, 3001)
	assert.Equal(t, "odd", list.ID)
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
