package wrappertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reflected is an object as encoding/json writes it.
type reflected object

func (o reflected) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(asReflected(m.value))
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

func asReflected(value any) any {
	switch value := value.(type) {
	case object:
		return reflected(value)
	case []object:
		out := make([]reflected, len(value))
		for i := range value {
			out[i] = reflected(value[i])
		}
		return out
	}
	return value
}

func TestBodiesAreEncodedAsEncodingJSONDoes(t *testing.T) {
	t.Parallel()
	for _, body := range []any{
		"text", "a<b>&c", "quote\" back\\slash", "line\nfeed", "\x7f", "Jürgen \u2028", "bad \xff", true, false, 7, int32(-7), int64(1) << 40, nil, new(true),
		object{}, object(nil), []object{}, []object{{}, {{"a", 1}}}, []string{}, []string{"a", "<"},
		map[string]string{"b": "1", "a": "2"}, map[string]any{}, []any{1, nil, []any{}}, json.Number("1e3"), 1.5,
		object{{"a", object{{"b", []object{{{"c", map[string]any{"d": []any{1, 2}}}}}}}}, {"<", nil}, {"e", []string{"x", "y"}}},
	} {
		want, err := json.Marshal(asReflected(body))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(encode(body)))
		var indented bytes.Buffer
		require.NoError(t, json.Indent(&indented, want, "", "  "))
		assert.Equal(t, indented.String(), string(encodeIndented(body, true)))
	}
	assert.Panics(t, func() { encode(func() {}) })
}

func TestEncodingAllocatesLittle(t *testing.T) {
	list := listOf100()
	assert.Less(t, testing.AllocsPerRun(5, func() { encode(list) }), 200.0, "encoding/json needs more than 12,000")
}

func listOf100() object {
	cloud := New()
	for i := range 100 {
		cloud.IONOS.AddUser(User{FirstName: "Kim", LastName: fmt.Sprintf("Park %d", i), Email: fmt.Sprintf("kim%d@example.com", i)})
	}
	q := &call{root: "https://ionos.test/cloudapi/v6"}
	var items []object
	for _, user := range cloud.IONOS.Users() {
		items = append(items, cloud.IONOS.userJSON(q, user, 1))
	}
	return q.collection("users", "/um/users", items)
}

// BenchmarkEncodeList encodes a list of 100 users at depth 1, and the same by encoding/json.
func BenchmarkEncodeList(b *testing.B) {
	list := listOf100()
	for _, indent := range []bool{false, true} {
		name := map[bool]string{false: "compact", true: "pretty"}[indent]
		b.Run(name+"/append", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				encodeIndented(list, indent)
			}
		})
		b.Run(name+"/encoding-json", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				text, _ := json.Marshal(reflected(list))
				if indent {
					var out bytes.Buffer
					_ = json.Indent(&out, text, "", "  ")
				}
			}
		})
	}
}

// BenchmarkManyUsers reports what one user of many costs, in nanoseconds: to be seeded, to be
// created, listed, looked up and deleted by requests.
func BenchmarkManyUsers(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(0, "ns/op")
				for _, step := range manyUsers(n) {
					runtime.GC()
					start := time.Now()
					step.run()
					b.ReportMetric(float64(time.Since(start).Nanoseconds())/float64(n), step.name+"-ns/user")
				}
			}
		})
	}
}

type step struct {
	name string
	run  func()
}

func manyUsers(n int) []step {
	var state State
	for i := range n {
		id := fmt.Sprintf("user-%d", i)
		state.IONOS.Users = append(state.IONOS.Users, User{ID: id, FirstName: "A", LastName: "B", Email: id + "@example.com"})
		state.Triton.Users = append(state.Triton.Users, SubUserState{SubUser: SubUser{ID: id, Login: fmt.Sprintf("user.%d", i), Email: id + "@example.com"}})
	}
	group := GroupState{Group: Group{ID: "g", Name: "all"}}
	for _, user := range state.IONOS.Users {
		group.Members = append(group.Members, user.ID)
	}
	state.IONOS.Groups = []GroupState{group}
	cloud := New(WithRequestHistory(100), WithRequestTimes(0, 0))
	each := func(do func(i int)) func() {
		return func() {
			for i := range n {
				do(i)
			}
		}
	}
	ionos := func(method, path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://ionos.test/cloudapi/v6"+path, nil)
		r.Header.Set("Authorization", "Bearer "+Token)
		w := httptest.NewRecorder()
		cloud.IONOS.ServeHTTP(w, r)
		if w.Code >= 300 {
			panic(fmt.Sprint(method, " ", path, ": ", w.Code, w.Body))
		}
		return w
	}
	return []step{
		{"seed", func() {
			if err := cloud.SetState(state); err != nil {
				panic(err)
			}
		}},
		{"snapshot", func() { cloud.State() }},
		{"list", func() {
			for offset := 0; offset < n; offset += 100 {
				ionos("GET", fmt.Sprintf("/um/users?pretty=false&offset=%d", offset))
			}
		}},
		{"get", each(func(i int) { ionos("GET", fmt.Sprintf("/um/users/user-%d?pretty=false", i)) })},
		{"taken", each(func(i int) {
			cloud.Triton.logins.taken(fmt.Sprintf("user.%d", i), &cloud.Triton.users)
		})},
		{"find", each(func(i int) { cloud.Triton.User(fmt.Sprintf("user.%d", i)) })},
		{"delete", each(func(i int) { ionos("DELETE", fmt.Sprintf("/um/users/user-%d", i)) })},
	}
}
