package wrapper_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// The examples use clouds in memory. A program of yours creates its client with NewIONOSFromEnv(), or with
// NewIONOS(TokenAuth(token)) and no further option.
func ExampleNewIONOS() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client)
	// Output: wrapper.IONOS(https://api.ionos.com/cloudapi/v6/)
}

func ExampleNewIONOSFromEnv() {
	os.Setenv("IONOS_TOKEN", "token") // or IONOS_USERNAME and IONOS_PASSWORD
	os.Setenv("IONOS_API_URL", "https://api.ionos.com")
	client, err := wrapper.NewIONOSFromEnv()
	fmt.Println(client, err)
	// Output: wrapper.IONOS(https://api.ionos.com/cloudapi/v6/) <nil>
}

func ExampleIONOS_AllUsers() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Max", LastName: "Ray", Email: "max@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for user, err := range client.AllUsers(context.Background(), wrapper.WithPrefetch(4)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(user.Properties.Email)
	}
	// Output:
	// ann@example.com
	// max@example.com
}

func ExampleIONOS_ListUsers() {
	cloud := wrappertest.New()
	for _, name := range []string{"Ann", "Bob", "Eve"} {
		cloud.IONOS.AddUser(wrappertest.User{FirstName: name, LastName: "Lee", Email: name + "@example.com"})
	}
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.ListUsers(context.Background(), wrapper.WithOffset(1), wrapper.WithLimit(1), wrapper.WithDepth(1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.Items[0].Properties.Email, page.Offset, page.Limit)
	// Output: Bob@example.com 1 1
}

func ExampleIONOS_CreateUser() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	user, operation, err := client.CreateUser(ctx, gen.UserCreateProperties{
		FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Password: "correct-horse-1", Administrator: new(true),
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := operation.Wait(ctx); err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Properties.Email, user.Properties.Administrator)
	// Output: jo@example.com true
}

func ExampleIONOS_UpdateUser() {
	cloud := wrappertest.New()
	id := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, operation, err := client.UpdateUser(ctx, id, func(p *gen.UserUpdateProperties) { p.LastName = new("Ray") })
	if err != nil {
		log.Fatal(err)
	}
	if err := operation.Wait(ctx); err != nil {
		log.Fatal(err)
	}
	user, err := client.GetUser(ctx, id)
	fmt.Println(user.Properties.FirstName, user.Properties.LastName, err)
	// Output: Ann Ray <nil>
}

func ExampleIONOS_ReplaceUser() {
	cloud := wrappertest.New()
	id := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com", Administrator: true})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	// What is left out may be reset; UpdateUser keeps it.
	user, _, err := client.ReplaceUser(context.Background(), id, gen.UserUpdateProperties{
		FirstName: new("Ann"), LastName: new("Ray"), Email: new("ann@example.com"), Active: new(false),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Properties.LastName, user.Properties.Active, user.Properties.Administrator)
	// Output: Ray false false
}

func ExampleIONOS_DeleteUser() {
	cloud := wrappertest.New()
	id := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	operation, err := client.DeleteUser(context.Background(), id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(operation.Wait(context.Background()), len(cloud.IONOS.Users()))
	// Output: <nil> 0
}

// Groups of a user, and what a user owns.
func ExampleIONOS_AllUserGroups() {
	cloud := wrappertest.New()
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	cloud.IONOS.AddMember(cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"}), ann)
	cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "production", Owner: ann})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for group, err := range client.AllUserGroups(context.Background(), ann) {
		fmt.Println("in group", group.Properties.Name, err)
	}
	for resource, err := range client.AllOwnedResources(context.Background(), ann) {
		fmt.Println("owns", resource.Type, resource.Properties.Name, err)
	}
	// Output:
	// in group ops <nil>
	// owns datacenter production <nil>
}

// Lists that are not paged, as they come.
func ExampleIONOS_ListGroups() {
	cloud := wrappertest.New()
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	cloud.IONOS.AddMember(ops, ann)
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	groups, _ := client.ListGroups(ctx)
	members, _ := client.ListGroupMembers(ctx, ops)
	shares, _ := client.ListShares(ctx, ops)
	resources, _ := client.ListGroupResources(ctx, ops)
	of, _ := client.ListUserGroups(ctx, ann)
	owned, _ := client.ListOwnedResources(ctx, ann)
	fmt.Println(len(groups.Items), len(members.Items), len(shares.Items), len(resources.Items), len(of.Items), len(owned.Items))
	// Output: 1 1 0 0 1 0
}

// A group from its creation to its end. UpdateGroup keeps the privileges that it is not told to change.
func ExampleIONOS_CreateGroup() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	group, created, err := client.CreateGroup(ctx, gen.GroupProperties{Name: new("ops"), CreateSnapshot: new(true)})
	if err != nil {
		log.Fatal(err)
	}
	_, updated, err := client.UpdateGroup(ctx, group.ID, func(p *gen.GroupProperties) { p.ReserveIP = new(true) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(wrapper.WaitAll(ctx, created, updated))
	group, _ = client.GetGroup(ctx, group.ID)
	fmt.Println(*group.Properties.Name, *group.Properties.CreateSnapshot, *group.Properties.ReserveIP)
	// Output:
	// <nil>
	// ops true true
}

// ReplaceGroup withdraws what it is not told, and DeleteGroup deletes the group with its memberships and shares.
func ExampleIONOS_DeleteGroup() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	group, replaced, err := client.ReplaceGroup(ctx, ops, gen.GroupProperties{Name: new("operators")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*group.Properties.Name, *group.Properties.ReserveIP)
	deleted, err := client.DeleteGroup(ctx, ops)
	fmt.Println(wrapper.WaitAll(ctx, replaced, deleted), err)
	// Output:
	// operators false
	// <nil> <nil>
}

func ExampleIONOS_AddGroupMember() {
	cloud := wrappertest.New()
	ann := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, _, err := client.AddGroupMember(ctx, ops, ann); err != nil {
		log.Fatal(err)
	}
	for member, err := range client.AllGroupMembers(ctx, ops) {
		fmt.Println(member.Properties.Email, err)
	}
	operation, err := client.RemoveGroupMember(ctx, ops, ann)
	fmt.Println(operation.Wait(ctx), err)
	// Output:
	// ann@example.com <nil>
	// <nil> <nil>
}

// What the members of a group may do with a data center, beside using it.
func ExampleIONOS_AddShare() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	production := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "production"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	if _, _, err := client.AddShare(ctx, ops, production, gen.ShareProperties{EditPrivilege: new(true)}); err != nil {
		log.Fatal(err)
	}
	share, operation, err := client.UpdateShare(ctx, ops, production, func(p *gen.ShareProperties) { p.SharePrivilege = new(true) })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*share.Properties.EditPrivilege, *share.Properties.SharePrivilege, operation.Wait(ctx))
	// Output: true true <nil>
}

// Reading shares, replacing one, and taking it back.
func ExampleIONOS_AllShares() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	production := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "production"})
	cloud.IONOS.AddShare(ops, wrappertest.Share{ResourceID: production, EditPrivilege: true})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for share, err := range client.AllShares(ctx, ops) {
		fmt.Println(*share.Properties.EditPrivilege, err)
	}
	client.ReplaceShare(ctx, ops, production, gen.ShareProperties{EditPrivilege: new(false)})
	share, _ := client.GetShare(ctx, ops, production)
	fmt.Println(*share.Properties.EditPrivilege)
	_, err = client.RemoveShare(ctx, ops, production)
	fmt.Println(err, len(cloud.IONOS.Shares(ops)))
	// Output:
	// true <nil>
	// false
	// <nil> 0
}

// Resources are what can be shared: data centers, snapshots, images and others.
func ExampleIONOS_AllResources() {
	cloud := wrappertest.New()
	id := cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "production"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for resource, err := range client.AllResources(ctx) {
		fmt.Println(resource.Type, resource.Properties.Name, err)
	}
	for resource, err := range client.AllResourcesByType(ctx, gen.ResourceTypeDataCenter) {
		fmt.Println(resource.ID == id, err)
	}
	all, _ := client.ListResources(ctx)
	images, _ := client.ListResourcesByType(ctx, "image")
	one, _ := client.GetResource(ctx, gen.ResourceTypeDataCenter, id)
	fmt.Println(len(all.Items), len(images.Items), one.Properties.Name)
	// Output:
	// datacenter production <nil>
	// true <nil>
	// 1 0 production
}

func ExampleIONOS_AllGroups() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	image := cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Name: "debian"})
	cloud.IONOS.AddShare(ops, wrappertest.Share{ResourceID: image})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for group, err := range client.AllGroups(context.Background()) {
		fmt.Println(*group.Properties.Name, err)
	}
	for resource, err := range client.AllGroupResources(context.Background(), ops) {
		fmt.Println(resource.Type, resource.Properties.Name, err)
	}
	// Output:
	// ops <nil>
	// image debian <nil>
}

// Privileges come as a map, with those that were added to the service after this version.
func ExampleIONOS_Groups() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true, "createQuantum": true}})
	image := cloud.IONOS.AddResource(wrappertest.Resource{Type: "image", Name: "debian"})
	cloud.IONOS.AddShare(ops, wrappertest.Share{ResourceID: image, EditPrivilege: true})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx, groups := context.Background(), client.Groups()
	group, err := groups.Get(ctx, "OPS") // by id or name
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Name, group.Granted(), group.Privileges["createSnapshot"])
	for share, err := range groups.Shares(ctx, group.ID) {
		fmt.Println(share.ResourceID == image, share.CanEdit, share.Granted(), err)
	}
	// Output:
	// ops [createQuantum reserveIp] false
	// true true [editPrivilege] <nil>
}

func ExampleGroups_All() {
	cloud := wrappertest.New()
	cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops", Privileges: map[string]any{"reserveIp": true}})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	for group, err := range client.Groups().All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(group.Name, group.Granted())
	}
	// Output: ops [reserveIp]
}

// What the newest response said of the limits.
func ExampleIONOS_RateLimit() {
	cloud := wrappertest.New(wrappertest.WithRateLimit(100, 10))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.ListGroups(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(client.RateLimit().Limit, "a minute,", client.RateLimit().Burst, "at once")
	// Output: 100 a minute, 10 at once
}

// Raw has the credentials, retries and errors of the client for every endpoint of the cloud: this one reads the contract.
func ExampleIONOS_Raw() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Method, " ", r.URL.Path) }))
	defer server.Close()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth("token"), wrapper.WithBaseURL(server.URL+"/cloudapi/v6"), wrapper.WithHTTPClient(server.Client()))
	if err != nil {
		log.Fatal(err)
	}
	raw := client.Raw()
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, raw.Server+"contracts", nil)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := raw.Client.Do(r)
	if err != nil {
		log.Fatal(err) // an *Error for every status that is not a success
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(string(body), err)
	// Output: GET /cloudapi/v6/contracts <nil>
}

// A write through Raw: a group with a privilege that this version has no field for. OperationFrom turns the 202 into
// an operation.
func ExampleIONOS_OperationFrom() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx, body := context.Background(), strings.NewReader(`{"properties":{"name":"ops","createQuantum":true}}`)
	resp, err := client.Raw().CreateGroupWithBody(ctx, nil, "application/json", body)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	operation, err := client.OperationFrom(resp)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, operation.Wait(ctx), cloud.IONOS.Groups()[0].Privileges["createQuantum"])
	// Output: 202 <nil> true
}
