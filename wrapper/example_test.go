package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// The examples run against an in-memory cloud; a program of yours makes its client with
// wrapper.NewIONOSFromEnv() or wrapper.NewIONOS(wrapper.TokenAuth(token)).

func ExampleIONOS_AllUsers() {
	s := exampleStage()
	defer s.close()
	everyday(listAllUsers(s.ctx, s.ionos))
	// Output:
	// ann@example.com
	// max@example.com
}

func listAllUsers(ctx context.Context, client *wrapper.IONOS) error {
	for user, err := range client.AllUsers(ctx) {
		if err != nil {
			return err
		}
		fmt.Println(user.Properties.Email)
	}
	return nil
}

func ExampleOperation_Wait() {
	s := exampleStage()
	defer s.close()
	everyday(createAndWait(s.ctx, s.ionos))
	fmt.Println(len(s.cloud.IONOS.Users()))
	// Output: 3
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

func ExampleIONOS_UpdateUser() {
	s := exampleStage()
	defer s.close()
	everyday(changeOneField(s.ctx, s.ionos, s.ann))
	ann, _ := s.cloud.IONOS.User(s.ann)
	fmt.Println(ann.FirstName, ann.LastName, ann.Email)
	// Output: Ann Ray ann@example.com
}

func changeOneField(ctx context.Context, client *wrapper.IONOS, userID string) error {
	_, operation, err := client.UpdateUser(ctx, userID, func(p *gen.UserUpdateProperties) { p.LastName = new("Ray") })
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func ExampleIONOS_AddGroupMember() {
	s := exampleStage()
	defer s.close()
	everyday(addToGroup(s.ctx, s.ionos, s.group, s.ann))
	fmt.Println(s.cloud.IONOS.Members(s.group)[0] == s.ann)
	// Output: true
}

func addToGroup(ctx context.Context, client *wrapper.IONOS, groupID, userID string) error {
	_, operation, err := client.AddGroupMember(ctx, groupID, userID)
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func ExampleIONOS_AddShare() {
	s := exampleStage()
	defer s.close()
	everyday(giveShare(s.ctx, s.ionos, s.group, s.dataCenter))
	fmt.Println(s.cloud.IONOS.Shares(s.group)[0].EditPrivilege)
	// Output: true
}

func giveShare(ctx context.Context, client *wrapper.IONOS, groupID, resourceID string) error {
	_, operation, err := client.AddShare(ctx, groupID, resourceID, gen.ShareProperties{EditPrivilege: new(true)})
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

func ExampleIONOS_Operation() {
	s := exampleStage()
	defer s.close()
	_, operation, err := s.ionos.CreateGroup(s.ctx, gen.GroupProperties{Name: new("dev")})
	everyday(err)
	everyday(resumeWait(s.ctx, s.ionos, operation.ID()))
	fmt.Println("done")
	// Output: done
}

func resumeWait(ctx context.Context, client *wrapper.IONOS, id string) error {
	return client.Operation(id).Wait(ctx)
}

func ExampleOperation_Watch() {
	s := exampleStage()
	defer s.close()
	_, operation, err := s.ionos.CreateGroup(s.ctx, gen.GroupProperties{Name: new("dev")})
	everyday(err)
	for status, err := range operation.Watch(s.ctx) {
		everyday(err)
		if status.Done() {
			fmt.Println(status.State, status.Targets[0].Target.Type)
		}
	}
	// Output: DONE group
}

func ExampleError() {
	s := exampleStage()
	defer s.close()
	_, err := s.ionos.GetUser(s.ctx, "no-such-user")
	fmt.Println(errors.Is(err, wrapper.ErrNotFound))
	var failed *wrapper.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Method, failed.Path, failed.Status)
	}
	// Output:
	// true
	// GET /cloudapi/v6/um/users/no-such-user 404
}

func ExampleOperationError() {
	s := exampleStage()
	defer s.close()
	s.cloud.IONOS.FailNext("the quota is used up")
	_, operation, err := s.ionos.CreateUser(s.ctx, jo())
	everyday(err)
	err = operation.Wait(s.ctx)
	var ended *wrapper.OperationError
	if errors.As(err, &ended) && errors.Is(err, wrapper.ErrOperationFailed) {
		fmt.Println(ended.ID == operation.ID(), ended.Status.ErrorMessage)
	}
	// Output: true the quota is used up
}

func ExampleUsers() {
	s := exampleStage()
	defer s.close()
	for _, users := range []wrapper.Users{s.ionos.Users(), s.triton.Users()} {
		user, err := users.Get(s.ctx, "max@example.com")
		if errors.Is(err, wrapper.ErrNotFound) {
			fmt.Println("not here")
			continue
		}
		everyday(err)
		everyday(users.SetPassword(s.ctx, user.ID, "correct-horse-7"))
		fmt.Println(user.FirstName, "has a new password")
	}
	// Output:
	// Max has a new password
	// not here
}

func ExampleNewTriton() {
	cloud := wrappertest.New()
	signer, err := wrapper.NewSigner(cloud.Triton.Key()) // any crypto.Signer; package sshkey reads files and asks agents
	everyday(err)
	auth, err := wrapper.SignatureAuth("acme", signer)
	everyday(err)
	client, err := wrapper.NewTriton(cloud.Triton.URL(), "acme", auth, wrapper.WithHTTPClient(cloud.HTTPClient()))
	everyday(err)
	user, err := client.CreateUser(context.Background(), gen.TritonUserCreate{
		Login: "jo.doe", Email: "jo@example.com", Password: "correct-horse-1", City: new("Oslo"),
	})
	everyday(err)
	user, err = client.UpdateUser(context.Background(), user.ID, gen.TritonUserUpdate{City: new("")}) // nil would keep it
	everyday(err)
	fmt.Printf("%s %q\n", user.Login, user.City)
	// Output: jo.doe ""
}

// scene is what the examples play on.
type scene struct {
	ctx                    context.Context
	close                  func()
	cloud                  *wrappertest.Cloud
	ionos                  *wrapper.IONOS
	triton                 *wrapper.Triton
	ann, group, dataCenter string
}

func exampleStage() *scene {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Nanosecond, time.Nanosecond))
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	s := &scene{ctx: ctx, close: cancel, cloud: cloud}
	s.ann = cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Max", LastName: "Ray", Email: "max@example.com"})
	s.group = cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	s.dataCenter = cloud.IONOS.AddResource(wrappertest.Resource{Type: "datacenter", Name: "dc"})
	memory := wrapper.WithHTTPClient(&http.Client{Transport: cloud.Transport()})
	var err error
	s.ionos, err = wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithBaseURL(cloud.IONOS.URL()), memory,
		wrapper.WithPollPolicy(wrapper.PollPolicy{MinDelay: time.Millisecond}))
	everyday(err)
	signer, err := wrapper.NewSigner(cloud.Triton.Key())
	everyday(err)
	auth, err := wrapper.SignatureAuth(wrappertest.Account, signer)
	everyday(err)
	s.triton, err = wrapper.NewTriton(cloud.Triton.URL(), wrappertest.Account, auth, memory)
	everyday(err)
	return s
}

func everyday(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
