package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/examples/internal/clouds"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

const roster = "ann.lee, ann@example.com, Ann, Lee\nmax.ray, max@example.com, Max, Ray\n"

var ids = regexp.MustCompile(`[0-9a-f-]{36}`)

// memory connects to clouds in memory, whatever the environment says.
func memory(t *testing.T) *clouds.Clouds {
	t.Helper()
	for _, name := range []string{"IONOS_TOKEN", "IONOS_USERNAME", "TRITON_URL"} {
		t.Setenv(name, "")
	}
	c, err := clouds.Connect()
	require.NoError(t, err)
	return c
}

func TestOnboarding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := memory(t)
		people, err := readPeople(strings.NewReader(roster))
		require.NoError(t, err)
		run := func(passwords *bytes.Buffer) (string, error) {
			var out bytes.Buffer
			var err error
			if passwords == nil {
				err = onboard(t.Context(), c, people, nil, &out)
			} else {
				err = onboard(t.Context(), c, people, passwords, &out)
			}
			return ids.ReplaceAllString(out.String(), "ID"), err
		}

		dry, err := run(nil)
		require.NoError(t, err)
		assert.Equal(t, `PERSON           CLOUD   RESULT        DETAIL
ann@example.com  IONOS   would create  
ann@example.com  Triton  would create  
max@example.com  IONOS   would create  
max@example.com  Triton  would create  

4 would create
`, dry)
		assert.Empty(t, c.Memory.IONOS.Users())

		// One of four fails; the others are done, and a second run does only what is missing.
		c.Memory.Triton.Fault(wrappertest.Fault{
			OperationID: "CreateTritonUser", Attempt: 2,
			Effect: wrappertest.Reply(403, nil, `{"code":"NotAuthorized","message":"no"}`),
		})
		var passwords bytes.Buffer
		first, err := run(&passwords)
		require.EqualError(t, err, "1 of the above failed; run it again when the cause is gone")
		assert.Equal(t, `PERSON           CLOUD   RESULT   DETAIL
ann@example.com  IONOS   created  ID
ann@example.com  Triton  created  ID
max@example.com  IONOS   created  ID
max@example.com  Triton  FAILED   POST /acme/users: 403 Forbidden: NotAuthorized no

3 created, 1 FAILED
`, first)
		assert.Equal(t, 4, strings.Count(passwords.String(), "\n"))
		max, _ := c.Memory.IONOS.User("max@example.com")
		assert.Contains(t, passwords.String(), "IONOS,max@example.com,"+max.Password+"\n")
		assert.NotContains(t, first, max.Password)

		again, err := run(&passwords)
		require.NoError(t, err)
		assert.Equal(t, `PERSON           CLOUD   RESULT   DETAIL
ann@example.com  IONOS   present  ID
ann@example.com  Triton  present  ID
max@example.com  IONOS   present  ID
max@example.com  Triton  created  ID

3 present, 1 created
`, again)
		assert.Len(t, c.Memory.IONOS.Users(), 2)
		assert.Len(t, c.Memory.Triton.Users(), 2)
	})
}

func TestPasswordsGoToAFileOfTheOwnerOnly(t *testing.T) {
	memory(t)
	dir := t.TempDir()
	people, passwords := filepath.Join(dir, "people.csv"), filepath.Join(dir, "new.csv")
	require.NoError(t, os.WriteFile(people, nil, 0o600))
	var out bytes.Buffer
	require.NoError(t, start(t.Context(), people, passwords, &out))
	assert.Contains(t, out.String(), "using two in memory")
	info, err := os.Stat(passwords)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.ErrorIs(t, start(t.Context(), people, passwords, &out), os.ErrExist, "passwords are never overwritten")
}

func TestARosterThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	_, err := readPeople(strings.NewReader("only,three,fields\n"))
	require.Error(t, err)
}
