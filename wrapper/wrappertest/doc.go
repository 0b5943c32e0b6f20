// Package wrappertest is an in-memory IONOS Cloud user management and an in-memory
// Triton CloudAPI for tests: all operations of openapi.yaml with real state, real
// authentication, both vendors' errors, and faults on demand.
//
// On sockets, until the test ends:
//
//	cloud := wrappertest.Start(t)
//	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithBaseURL(cloud.IONOS.URL()))
//
// In memory, under testing/synctest too, where waits take no time:
//
//	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Minute, time.Hour))
//	client, err := wrapper.NewIONOS(wrapper.TokenAuth(wrappertest.Token), wrapper.WithHTTPClient(cloud.HTTPClient()))
//
// As handlers: [Cloud.IONOS], which serves /cloudapi/v6, and [Cloud.Triton], which
// serves /{account}/users at its own root. Outside of tests: [New], [Cloud.Listen]
// and [Cloud.Close].
//
// IONOS knows [Token], and [Username] with [Password]. Triton knows [Account] and
// its key [Triton.Key]; more keys are added with [Triton.AddKey] and
// [Triton.AddUserKey]. It verifies every signature.
//
// # Setting up and looking
//
// Both clouds start empty. AddUser, AddGroup, AddMember, AddResource and AddShare
// fill them without a request; Users, User, Groups, Members and Shares tell what
// is there, passwords included; Requests and Count tell what was asked.
//
// # Accepted changes
//
// IONOS answers a write with 202 and the Location of a request. The change is
// visible at once; the request is QUEUED, RUNNING and DONE as time passes
// ([WithRequestTimes]). [IONOS.FailNext] and [IONOS.Next] let the coming one fail,
// fail in a target, never end, be unknown for a while, or not be made.
//
// # Faults
//
// A [Fault] is a rule: which operation, which attempt, before or after the change
// is made, and an [Effect]: [Reply], [HTML], [Empty], [Redirect], [Edit], [Delay],
// [Hang], [Reset], [Close], [Cut], [CutChunked], [Slow], [Endless], [GzipLie],
// [GzipBomb], or a function of your own.
//
//	rule := cloud.IONOS.Fault(wrappertest.Fault{
//		Operation: "umUsersPost", Attempt: 1, After: true, Effect: wrappertest.Reset(),
//	})
//
// # What is assumed about IONOS
//
// Where IONOS's behaviour is not documented, the cloud takes the less forgiving
// course, so that a client that works here does not depend on luck:
//   - PUT replaces. A property that is left out goes back to its default (active:
//     true, every other flag and every privilege: false); firstname, lastname,
//     email and a group's name are needed. A password that is left out is kept.
//   - A group's first privilege is createDataCenter. The page's spelling,
//     createDatacenter, is ignored without an error.
//   - Privileges that the page does not know are kept and given back.
//   - secAuthActive is refused in a create request, s3CanonicalUserId in every
//     request; other unknown properties of a user are ignored.
//   - Adding a member twice changes nothing and is accepted; a second share of one
//     resource is refused with 422.
//   - Users of the roster may log in with email and password while they are active
//     and have no two-factor authentication; without administrator rights every
//     request of theirs is answered with 403.
//   - Deleting a user or a group removes its memberships and shares.
//   - A failed request leaves its change behind unless the [Outcome] says Unmade.
//
// Triton follows the open-source server, sdc-cloudapi 9.20.
package wrappertest
