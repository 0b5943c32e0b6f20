package main

import (
	"bytes"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/examples/internal/clouds"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func TestOffboarding(t *testing.T) {
	for _, name := range []string{"IONOS_TOKEN", "IONOS_USERNAME", "TRITON_URL"} {
		t.Setenv(name, "")
	}
	synctest.Test(t, func(t *testing.T) {
		c, err := clouds.Connect()
		require.NoError(t, err)
		c.Memory.IONOS.AddUser(wrappertest.User{ID: "ionos-1", FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
		c.Memory.IONOS.AddUser(wrappertest.User{ID: "ionos-2", FirstName: "Max", LastName: "Ray", Email: "max@example.com"})
		c.Memory.Triton.AddUser(wrappertest.SubUser{ID: "triton-1", Login: "ann.lee", Email: "ann@example.com"})
		c.Memory.Triton.AddUser(wrappertest.SubUser{ID: "triton-2", Login: "zoe", Email: "zoe@example.com"})
		key := c.Memory.Triton.Key().Public()
		c.Memory.Triton.AddUserKey("ann.lee", "laptop", key)
		run := func(apply bool) (string, error) {
			var out bytes.Buffer
			err := offboard(t.Context(), c, []string{"ann@example.com", "max@example.com"}, apply, &out)
			return out.String(), err
		}

		dry, err := run(false)
		require.NoError(t, err)
		assert.Equal(t, `PERSON           CLOUD   RESULT        DETAIL
ann@example.com  IONOS   would delete  ionos-1
ann@example.com  Triton  would delete  triton-1
max@example.com  IONOS   would delete  ionos-2
max@example.com  Triton  absent        

3 would delete, 1 absent
`, dry)
		assert.Len(t, c.Memory.IONOS.Users(), 2)

		// A sub-user with SSH keys cannot be deleted; the others are.
		first, err := run(true)
		require.EqualError(t, err, "1 of the above failed; run it again when the cause is gone")
		assert.Contains(t, first, "ann@example.com  IONOS   deleted  ionos-1\n")
		assert.Contains(t, first, "ann@example.com  Triton  FAILED   DELETE /acme/users/triton-1: 409 Conflict")
		assert.Contains(t, first, "2 deleted, 1 FAILED, 1 absent\n")

		c.Memory.Triton.RemoveKeys("ann.lee")
		again, err := run(true)
		require.NoError(t, err)
		assert.Contains(t, again, "1 deleted")
		assert.Contains(t, again, "3 absent")
		assert.Empty(t, c.Memory.IONOS.Users())
		assert.Len(t, c.Memory.Triton.Users(), 1, "nobody else is touched")
	})
}
