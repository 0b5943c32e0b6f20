package wrappertest_test

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/cloudroster/cloudroster/wrapper/wrappertest"
)

// A program under test gets the cloud's URL and client; the test looks at the cloud.
func Example() {
	cloud := wrappertest.New()
	group := cloud.IONOS.AddGroup(wrappertest.Group{Name: "operators"})
	user := cloud.IONOS.AddUser(wrappertest.User{FirstName: "Ann", LastName: "Lee", Email: "ann@example.com"})

	body := strings.NewReader(`{"id":"` + user + `"}`)
	request, _ := http.NewRequest("POST", cloud.IONOS.URL()+"/um/groups/"+group+"/users", body)
	request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := cloud.HTTPClient().Do(request)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer answer.Body.Close()

	fmt.Println(answer.Status, len(cloud.IONOS.Members(group)))
	// Output: 202 Accepted 1
}

// A fault that loses the answer of the first create: the user is made, and the
// client cannot know.
func ExampleFault() {
	cloud := wrappertest.New()
	rule := cloud.IONOS.Fault(wrappertest.Fault{
		OperationID: "umUsersPost", Attempt: 1, After: true, Effect: wrappertest.CloseConnection(),
	})

	body := strings.NewReader(`{"properties":{"firstname":"Ann","lastname":"Lee","email":"ann@example.com","password":"correct-horse-9"}}`)
	request, _ := http.NewRequest("POST", cloud.IONOS.URL()+"/um/users", body)
	request.Header.Set("Authorization", "Bearer "+wrappertest.Token)
	request.Header.Set("Content-Type", "application/json")
	_, err := cloud.HTTPClient().Do(request)

	fmt.Println(err != nil, rule.Hits(), len(cloud.IONOS.Users()))
	// Output: true 1 1
}

// The key that the cloud trusts from the start, for a signer under test.
func ExampleTriton_Key() {
	cloud := wrappertest.New()
	key := cloud.Triton.Key()
	fmt.Println(len(wrappertest.Fingerprint(key.Public())), wrappertest.KeyName)
	// Output: 47 first
}
