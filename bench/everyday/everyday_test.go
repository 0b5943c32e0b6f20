// Package everyday holds six everyday tasks as a user of the vendor's SDK writes them, beside
// the same six in wrapper/everyday_test.go, and counts the lines of both for the README.
package everyday

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"testing"
	"time"

	ionoscloud "github.com/ionos-cloud/sdk-go/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func listAllUsers(ctx context.Context, client *ionoscloud.APIClient) error {
	const limit = 100
	for offset := int32(0); ; offset += limit {
		page, _, err := client.UserManagementApi.UmUsersGet(ctx).Depth(1).Offset(offset).Limit(limit).Execute()
		if err != nil {
			return err
		}
		if page.Items == nil {
			return nil
		}
		for _, user := range *page.Items {
			if user.Properties != nil && user.Properties.Email != nil {
				fmt.Println(*user.Properties.Email)
			}
		}
		if len(*page.Items) < limit {
			return nil
		}
	}
}

func createAndWait(ctx context.Context, client *ionoscloud.APIClient) error {
	_, response, err := client.UserManagementApi.UmUsersPost(ctx).User(ionoscloud.UserPost{
		Properties: &ionoscloud.UserPropertiesPost{
			Firstname: new("Jo"), Lastname: new("Doe"), Email: new("jo@example.com"), Password: new("correct-horse-1"),
		},
	}).Execute()
	if err != nil {
		return err
	}
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	return err
}

// A PUT replaces, so everything else is read and sent again.
func changeOneField(ctx context.Context, client *ionoscloud.APIClient, userID string) error {
	user, _, err := client.UserManagementApi.UmUsersFindById(ctx, userID).Execute()
	if err != nil {
		return err
	}
	_, response, err := client.UserManagementApi.UmUsersPut(ctx, userID).User(ionoscloud.UserPut{
		Properties: &ionoscloud.UserPropertiesPut{
			Firstname:     user.Properties.Firstname,
			Lastname:      new("Ray"),
			Email:         user.Properties.Email,
			Administrator: user.Properties.Administrator,
			ForceSecAuth:  user.Properties.ForceSecAuth,
			SecAuthActive: user.Properties.SecAuthActive,
			Active:        user.Properties.Active,
		},
	}).Execute()
	if err != nil {
		return err
	}
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	return err
}

func addToGroup(ctx context.Context, client *ionoscloud.APIClient, groupID, userID string) error {
	_, response, err := client.UserManagementApi.UmGroupsUsersPost(ctx, groupID).
		User(ionoscloud.UserGroupPost{Id: &userID}).Execute()
	if err != nil {
		return err
	}
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	return err
}

func giveShare(ctx context.Context, client *ionoscloud.APIClient, groupID, resourceID string) error {
	_, response, err := client.UserManagementApi.UmGroupsSharesPost(ctx, groupID, resourceID).Resource(ionoscloud.GroupShare{
		Properties: &ionoscloud.GroupShareProperties{EditPrivilege: new(true)},
	}).Execute()
	if err != nil {
		return err
	}
	_, err = client.WaitForRequest(ctx, response.Header.Get("Location"))
	return err
}

func resumeWait(ctx context.Context, client *ionoscloud.APIClient, location string) error {
	_, err := client.WaitForRequest(ctx, location)
	return err
}

func TestTheVendorsSDKDoesTheSameTasks(t *testing.T) {
	t.Parallel()
	cloud := wrappertest.Start(t)
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Administrator: true})
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	dataCenter := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc"})
	configuration := ionoscloud.NewConfiguration("", "", wrappertest.Token, cloud.IONOS.URL())
	configuration.PollInterval = 5 * time.Millisecond
	client, ctx := ionoscloud.NewAPIClient(configuration), t.Context()

	require.NoError(t, listAllUsers(ctx, client))
	require.NoError(t, createAndWait(ctx, client))
	require.NoError(t, changeOneField(ctx, client, ann))
	require.NoError(t, addToGroup(ctx, client, group, ann))
	require.NoError(t, giveShare(ctx, client, group, dataCenter))
	changed, _ := cloud.IONOS.User(ann)
	assert.Equal(t, "Ray", changed.LastName)
	assert.True(t, changed.Administrator)
	assert.Equal(t, []string{ann}, cloud.IONOS.Members(group))
	assert.Len(t, cloud.IONOS.Shares(group), 1)
	response, err := client.UserManagementApi.UmGroupsDelete(ctx, group).Execute()
	require.NoError(t, err)
	require.NoError(t, resumeWait(ctx, client, response.Header.Get("Location")))
}

func TestLinesOfTheEverydayTasks(t *testing.T) {
	t.Parallel()
	tasks := []string{"listAllUsers", "createAndWait", "changeOneField", "addToGroup", "giveShare", "resumeWait"}
	ours, theirs := linesOf(t, "../../wrapper/everyday_test.go"), linesOf(t, "everyday_test.go")
	table := fmt.Sprintf("%-16s %12s %14s\n", "task", "cloudroster", "sdk-go v6.3.11")
	var our, their int
	for _, task := range tasks {
		require.Positive(t, ours[task], task)
		require.Positive(t, theirs[task], task)
		table += fmt.Sprintf("%-16s %12d %14d\n", task, ours[task], theirs[task])
		our, their = our+ours[task], their+theirs[task]
	}
	t.Logf("\n%s%-16s %12d %14d", table, "together", our, their)
	assert.Less(t, our, their)
}

// linesOf counts the lines between the braces of every function of a file.
func linesOf(t *testing.T, name string) map[string]int {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, 0)
	require.NoError(t, err)
	lines := map[string]int{}
	for _, declaration := range file.Decls {
		if function, ok := declaration.(*ast.FuncDecl); ok {
			lines[function.Name.Name] = files.Position(function.Body.Rbrace).Line - files.Position(function.Body.Lbrace).Line - 1
		}
	}
	return lines
}
