package wrapper_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
)

// The README counts the lines of these functions, beside those of bench/everyday.

func listAllUsers(ctx context.Context, client *wrapper.IONOS, out io.Writer) error {
	for user, err := range client.AllUsers(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintln(out, user.Properties.Email)
	}
	return nil
}

func createAndWait(ctx context.Context, client *wrapper.IONOS) error {
	_, operation, err := client.CreateUser(ctx, gen.UserCreateProperties{
		FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Password: "correct-horse-1",
	})
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func changeOneField(ctx context.Context, client *wrapper.IONOS, userID string) error {
	_, operation, err := client.UpdateUser(ctx, userID, func(p *gen.UserUpdateProperties) { p.LastName = new("Ray") })
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func addToGroup(ctx context.Context, client *wrapper.IONOS, groupID, userID string) error {
	_, operation, err := client.AddGroupMember(ctx, groupID, userID)
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func giveShare(ctx context.Context, client *wrapper.IONOS, groupID, resourceID string) error {
	_, operation, err := client.AddShare(ctx, groupID, resourceID, gen.ShareProperties{EditPrivilege: new(true)})
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func resumeWait(ctx context.Context, client *wrapper.IONOS, id string) error {
	return client.Operation(id).Wait(ctx)
}

func TestEverydayTasks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, s := t.Context(), newStage(t)
		require.NoError(t, createAndWait(ctx, s.ionos))
		var out bytes.Buffer
		require.NoError(t, listAllUsers(ctx, s.ionos, &out))
		assert.Equal(t, "ann@example.com\nmax@example.com\njo@example.com\n", out.String())
		require.NoError(t, changeOneField(ctx, s.ionos, s.user))
		ann, _ := s.cloud.IONOS.User(s.user)
		assert.Equal(t, []string{"Ann", "Ray", "ann@example.com"}, []string{ann.FirstName, ann.LastName, ann.Email})
		require.NoError(t, addToGroup(ctx, s.ionos, s.group, s.user))
		assert.Contains(t, s.cloud.IONOS.Members(s.group), s.user)
		require.NoError(t, giveShare(ctx, s.ionos, s.group, s.resource))
		assert.Len(t, s.cloud.IONOS.Shares(s.group), 2)
		_, operation, err := s.ionos.CreateGroup(ctx, gen.GroupProperties{Name: new("dev")})
		require.NoError(t, err)
		require.NoError(t, resumeWait(ctx, s.ionos, operation.ID()))
	})
}
