package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// No goroutine may be left when all tests have ended.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is both clouds in memory, and the files of a run.
type world struct {
	t      *testing.T
	clouds []cloud
	memory *wrappertest.Cloud
	dir    string
}

// in runs a test in fake time.
func in(t *testing.T, test func(*world)) {
	t.Helper()
	t.Parallel()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		clouds, memory, err := inMemory()
		require.NoError(t, err)
		t.Cleanup(memory.Close)
		test(&world{t: t, clouds: clouds, memory: memory, dir: dir})
	})
}

// sync runs the program on the lines of a file, without its header.
func (w *world) sync(ctx context.Context, lines string, args ...string) (string, error) {
	w.t.Helper()
	people := filepath.Join(w.dir, "people.csv")
	require.NoError(w.t, os.WriteFile(people, []byte(strings.Join(columns, ",")+"\n"+lines), 0o600))
	args = append([]string{"-journal", filepath.Join(w.dir, "journal"), "-passwords", filepath.Join(w.dir, "passwords")}, args...)
	o, err := parse(append(args, people), io.Discard)
	require.NoError(w.t, err)
	var out bytes.Buffer
	err = run(ctx, w.clouds, o, &out)
	return spaces.ReplaceAllString(out.String(), " "), err // one blank between the columns of a table
}

var spaces = regexp.MustCompile(` +`)

func (w *world) file(name string) string {
	text, err := os.ReadFile(filepath.Join(w.dir, name))
	require.NoError(w.t, err)
	return string(text)
}

const ann, max = "ann@example.com,ann_lee,Ann,Lee,Operators;Auditors\n", "max@example.com,max_ray,Max,Ray,Operators\n"

func TestAPlanChangesNothing(t *testing.T) {
	in(t, func(w *world) {
		out, err := w.sync(w.t.Context(), ann)
		require.NoError(t, err)
		assert.Equal(t, `CLOUD EMAIL ACTION DETAIL
IONOS ann@example.com create +Auditors, +Operators
Triton ann@example.com create 

Plan: 2 create.
`, out)
		assert.Empty(t, w.memory.Triton.Users())
		assert.NoFileExists(t, filepath.Join(w.dir, "passwords"))
		assert.NoFileExists(t, filepath.Join(w.dir, "journal"))
	})
}

func TestASecondRunHasNothingToDo(t *testing.T) {
	in(t, func(w *world) {
		out, err := w.sync(w.t.Context(), ann+max, "-apply")
		require.NoError(t, err)
		assert.Contains(t, out, "[4/4] ")
		for _, line := range strings.Split(strings.TrimSpace(w.file("passwords")), "\n") {
			password := line[strings.LastIndex(line, ",")+1:]
			assert.NotContains(t, out+w.file("journal"), password)
		}
		for _, g := range w.memory.IONOS.Groups() {
			assert.Len(t, w.memory.IONOS.Members(g.ID), map[string]int{"Operators": 2, "Auditors": 1}[g.Name], g.Name)
		}
		assert.Len(t, w.memory.Triton.Users(), 2)

		out, err = w.sync(w.t.Context(), ann+max, "-apply")
		require.NoError(t, err)
		assert.Contains(t, out, "Plan: 4 keep.\n")
	})
}

func TestWhatDiffersIsUpdated(t *testing.T) {
	in(t, func(w *world) {
		_, err := w.sync(w.t.Context(), ann+max, "-apply")
		require.NoError(t, err)
		out, err := w.sync(w.t.Context(), "ann@example.com,ann_lee,Ann,Meier,Auditors\n"+max, "-apply")
		require.NoError(t, err)
		assert.Contains(t, out, "IONOS ann@example.com update last name, -Operators\n")
		assert.Contains(t, out, "Triton ann@example.com update last name\n")
		triton, ok := w.memory.Triton.User("ann_lee")
		require.True(t, ok)
		assert.Equal(t, "Meier", triton.LastName)
		user := findUser(w, "ann@example.com")
		assert.Equal(t, "Meier", user.LastName)
		assert.Equal(t, "Ann", user.FirstName)
	})
}

func findUser(w *world, email string) wrappertest.User {
	w.t.Helper()
	for _, user := range w.memory.IONOS.Users() {
		if user.Email == email {
			return user
		}
	}
	w.t.Fatalf("no user %s", email)
	return wrappertest.User{}
}

func TestLeavers(t *testing.T) {
	in(t, func(w *world) {
		add := func(email string, administrator bool) string {
			return w.memory.IONOS.AddUser(wrappertest.User{FirstName: "Zoe", LastName: "Kim", Email: email, Administrator: administrator})
		}
		add("zoe@example.com", false)
		add("boss@example.com", true)
		self := add("self@example.com", false)
		w.clouds[0].self = []string{self}
		w.memory.Triton.AddUser(wrappertest.SubUser{Login: "zoe_kim", Email: "zoe@example.com"})
		_, err := w.sync(w.t.Context(), ann, "-apply")
		require.NoError(t, err)
		assert.False(t, findUser(w, "zoe@example.com").Inactive, "leavers stay unless the user says otherwise")

		out, err := w.sync(w.t.Context(), ann, "-apply", "-leavers", "deactivate")
		require.NoError(t, err)
		assert.Contains(t, out, "boss@example.com keep not in the file, but an administrator\n")
		assert.Contains(t, out, "self@example.com keep not in the file, but runs this program\n")
		assert.Contains(t, out, "Triton zoe@example.com keep not in the file; Triton has no inactive users\n")
		assert.True(t, findUser(w, "zoe@example.com").Inactive)

		_, err = w.sync(w.t.Context(), ann, "-apply", "-leavers", "delete")
		require.NoError(t, err)
		assert.Len(t, w.memory.Triton.Users(), 1)
		for _, user := range w.memory.IONOS.Users() {
			assert.NotEqual(t, "zoe@example.com", user.Email)
		}
		findUser(w, "boss@example.com")
		findUser(w, "self@example.com")
	})
}

func TestAnAddressInTwoCasesIsNotTouched(t *testing.T) {
	in(t, func(w *world) {
		for _, email := range []string{"ANN@example.com", "Ann@example.com"} {
			w.memory.Triton.AddUser(wrappertest.SubUser{Login: strings.ReplaceAll(email[:3], "@", "") + "_x", Email: email})
		}
		out, err := w.sync(w.t.Context(), ann, "-leavers", "delete")
		require.NoError(t, err)
		assert.Contains(t, out, "Triton ann@example.com conflict 2 users have this address in another case\n")
		assert.NotContains(t, out, "delete")
	})
}

func TestAnInterruptedRunGoesOn(t *testing.T) {
	in(t, func(w *world) {
		ctx, cancel := context.WithTimeout(w.t.Context(), 100*time.Millisecond) // IONOS takes 500 ms
		defer cancel()
		_, err := w.sync(ctx, ann, "-apply")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Contains(t, w.file("journal"), `"state":"pending","operation":"`)

		out, err := w.sync(w.t.Context(), ann, "-apply")
		require.NoError(t, err)
		assert.Contains(t, out, "Waiting for the create of IONOS ann@example.com, which an earlier run began.\n")
		assert.Contains(t, out, "IONOS ann@example.com update +Auditors, +Operators\n", "the user exists; the groups were left")
		assert.Equal(t, 1, strings.Count(out, "Waiting"))
		out, err = w.sync(w.t.Context(), ann, "-apply")
		require.NoError(t, err)
		assert.Contains(t, out, "Plan: 2 keep.\n")
	})
}

func TestOneFailureDoesNotStopTheOthers(t *testing.T) {
	in(t, func(w *world) {
		w.memory.IONOS.FailNext("umUsersPost")
		out, err := w.sync(w.t.Context(), ann+max, "-apply", "-workers", "1")
		require.ErrorIs(t, err, wrapper.ErrOperationFailed)
		assert.Contains(t, out, "create ann@example.com: FAILED: ")
		assert.Contains(t, w.file("journal"), `"state":"failed"`)
		findUser(w, "max@example.com")
		_, err = w.sync(w.t.Context(), ann+max, "-apply")
		require.NoError(t, err)
		findUser(w, "ann@example.com")
	})
}

func TestAGroupThatDoesNotExistIsAnError(t *testing.T) {
	in(t, func(w *world) {
		_, err := w.sync(w.t.Context(), "ann@example.com,ann_lee,Ann,Lee,Oprators\n", "-apply")
		require.EqualError(t, err, `IONOS: group "Oprators" does not exist`)
	})
}

func TestReadPeople(t *testing.T) {
	t.Parallel()
	header := strings.Join(columns, ",") + "\n"
	for _, test := range []struct{ name, file, want string }{
		{"an empty file", "", "header line: EOF"},
		{"another header", "a,b,c,d,e\n", "header line: must be email,login,first_name,last_name,groups"},
		{"nobody", header, "no people: an empty file would make everybody a leaver"},
		{"an empty field", header + "a@example.com,,Ann,Lee,\n", "line 2: login is empty"},
		{"an address twice", header + ann + strings.ToUpper(ann[:3]) + ann[3:], "line 3: ANN@example.com is also on line 2"},
		{"a missing column", header + "a@example.com,ann\n", "record on line 2: wrong number of fields"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := readPeople(strings.NewReader(test.file))
			require.EqualError(t, err, test.want)
		})
	}
	sample, err := os.Open("people.csv")
	require.NoError(t, err)
	defer sample.Close()
	people, err := readPeople(sample)
	require.NoError(t, err)
	assert.Equal(t, []string{"Operators", "Auditors"}, people[0].Groups)
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		want string
	}{
		{nil, "usage: sync [flags] people.csv"},
		{[]string{"-apply", "p.csv"}, "-apply needs -passwords: the passwords of new users are kept nowhere else"},
		{[]string{"-leavers", "shoot", "p.csv"}, "-leavers: must be keep, deactivate or delete"},
		{[]string{"-workers", "0", "p.csv"}, "-workers: must be 1 or more"},
	} {
		_, err := parse(test.args, io.Discard)
		assert.EqualError(t, err, test.want)
	}
}

func TestACloudThatIsNamedInPartIsAnError(t *testing.T) {
	clear := func() {
		for _, variable := range os.Environ() {
			name, _, _ := strings.Cut(variable, "=")
			if strings.HasPrefix(name, "IONOS_") || strings.HasPrefix(name, "TRITON_") || strings.HasPrefix(name, "SDC_") {
				t.Setenv(name, "")
			}
		}
	}
	t.Setenv("HOME", t.TempDir())
	clear()
	_, about, err := connect(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "No cloud is configured: using two in memory.", about)
	for _, test := range []struct {
		set     map[string]string
		missing string
	}{
		{map[string]string{"IONOS_USERNAME": "owner@example.com"}, "IONOS_PASSWORD"},
		{map[string]string{"IONOS_CONTRACT_NUMBER": "31"}, "IONOS_TOKEN"},
		{map[string]string{"IONOS_TOKEN": "token", "TRITON_URL": "https://cloudapi.example.com", "TRITON_ACCOUNT": "acme"}, "TRITON_KEY_ID"},
		{map[string]string{"IONOS_TOKEN": "token", "SDC_ACCOUNT": "acme"}, "TRITON_URL"},
	} {
		clear()
		for name, value := range test.set {
			t.Setenv(name, value)
		}
		_, _, err = connect(t.Context())
		require.ErrorContains(t, err, test.missing)
	}
}

func TestUserOfToken(t *testing.T) {
	t.Parallel()
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"identity":{"uuid":"u-1"}}`))
	assert.Equal(t, "u-1", userOfToken("h."+claims+".s"))
	for _, other := range []string{"", "opaque", "a.b.c", "a." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + ".c"} {
		assert.Empty(t, userOfToken(other))
	}
}
