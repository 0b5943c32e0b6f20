package wrapper_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strconv"
	"time"

	"github.com/cloudroster/cloudroster/gen"
	"github.com/cloudroster/cloudroster/wrapper"
	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

func ExampleOperation_Watch() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, operation, err := client.CreateGroup(ctx, gen.GroupProperties{Name: new("ops")})
	if err != nil {
		log.Fatal(err)
	}
	for status, err := range operation.Watch(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if status.Done() {
			fmt.Println(status.State, status.Targets[0].Target.Type)
		}
	}
	// Output: DONE group
}

// An id is all that another process needs to go on.
func ExampleIONOS_Operation() {
	cloud := wrappertest.New()
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, operation, err := client.CreateGroup(ctx, gen.GroupProperties{Name: new("ops")})
	if err != nil {
		log.Fatal(err)
	}
	id := operation.ID() // store it

	resumed := client.Operation(id)
	if err := resumed.Wait(ctx); err != nil {
		log.Fatal(err)
	}
	status, err := resumed.Status(ctx)
	request, _ := client.GetRequestStatus(ctx, id) // the same as the service sends it
	fmt.Println(status.State, request.Metadata.Status, err)
	// Output: DONE DONE <nil>
}

// Twenty members at once: write all of them, then wait for all together, which polls least.
func ExampleWaitAll() {
	cloud := wrappertest.New()
	ops := cloud.IONOS.AddGroup(wrappertest.Group{Name: "ops"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	var operations []*wrapper.Operation
	for i := range 20 {
		user := cloud.IONOS.AddUser(wrappertest.User{FirstName: "A", LastName: "Lee", Email: "a" + strconv.Itoa(i) + "@example.com"})
		_, operation, err := client.AddGroupMember(context.Background(), ops, user)
		if err != nil {
			log.Fatal(err)
		}
		operations = append(operations, operation)
	}
	err = wrapper.WaitAll(context.Background(), operations...) // all errors, joined
	fmt.Println(len(cloud.IONOS.Members(ops)), err)
	// Output: 20 <nil>
}

func ExampleOperation_Wait() {
	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Hour, time.Hour))
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, operation, err := client.CreateGroup(context.Background(), gen.GroupProperties{Name: new("ops")})
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	err = operation.Wait(ctx)
	var waited *wrapper.OperationError
	if errors.As(err, &waited) && errors.Is(err, context.DeadlineExceeded) {
		fmt.Println("go on later:", waited.ID == operation.ID())
	}
	// Output: go on later: true
}

func ExampleOperationError() {
	cloud := wrappertest.New()
	cloud.IONOS.FailNext("the quota is used up")
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	_, operation, err := client.CreateGroup(ctx, gen.GroupProperties{Name: new("ops")})
	if err != nil {
		log.Fatal(err)
	}
	err = operation.Wait(ctx)
	var ended *wrapper.OperationError
	if errors.As(err, &ended) && errors.Is(err, wrapper.ErrOperationFailed) {
		fmt.Println(ended.Status.State, ended.Status.ErrorMessage)
	}
	// Output: FAILED the quota is used up
}

func ExampleError() {
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(wrappertest.New().HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.GetUser(context.Background(), "no-such-user")
	fmt.Println(errors.Is(err, wrapper.ErrNotFound))
	var failed *wrapper.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Method, failed.Path, failed.Status)
		for _, message := range failed.Messages {
			fmt.Println(message.Code != "", message.Text != "")
		}
	}
	// Output:
	// true
	// GET /cloudapi/v6/um/users/no-such-user 404
	// true true
}

// An address that somebody else has.
func ExampleError_taken() {
	cloud := wrappertest.New()
	cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})
	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Users().Create(context.Background(), wrapper.UserCreate{
		Email: "ann@example.com", FirstName: "Anna", LastName: "Lee", Password: "correct-horse-1",
	})
	var failed *wrapper.Error
	if errors.Is(err, wrapper.ErrExists) && errors.As(err, &failed) {
		fmt.Println("somebody has this", failed.Field)
	}
	// Output: somebody has this email
}
