// Package wrappertest is an in-memory IONOS Cloud user management and an in-memory
// Triton CloudAPI for tests: all operations of openapi.yaml with real state, real
// authentication, both vendors' errors, and faults on demand.
//
// On sockets, until the test ends:
//
//	cloud := wrappertest.Start(t)
//	client := cloud.IONOSClient(t)
//
// In memory, under testing/synctest too, where waits take no time:
//
//	cloud := wrappertest.New(wrappertest.WithRequestTimes(time.Minute, time.Hour))
//	client := cloud.IONOSClient(t)
//
// Programs of any kind are pointed at the URLs of the two sides, and given the
// credentials that they know from the start:
//
//	cloud.IONOS.URL()     // Token, or Username and Password
//	cloud.Triton.URL()    // Account, and the key Triton.Key
//	cloud.HTTPClient()    // reaches both without sockets
//
// Both sides are http.Handlers: IONOS serves /cloudapi/v6, Triton serves
// /{account}/users at its own root. Outside of tests: [New], [Cloud.Listen] and
// [Cloud.Close]. More credentials: [IONOS.AddToken], [IONOS.AddLogin],
// [Triton.AddKey], [Triton.AddUserKey].
//
// # Seeding and inspecting state
//
// Both clouds start empty. AddUser, AddGroup, AddMember, AddResource and AddShare
// fill them without a request; Users, User, Groups, Members and Shares return what
// they hold, passwords included; Requests and Count return what was requested, and
// Connections over how many connections.
//
// [State] is all of it as one JSON document, for seeds and snapshots: [ParseState],
// [Cloud.SetState], [Cloud.State], [Cloud.Reset]. [Cloud.Advance] moves the clock.
//
// # Accepted changes
//
// IONOS responds to a write with 202 and the Location of a request. The change is
// visible at once; the request is QUEUED, RUNNING and DONE as time passes
// ([WithRequestTimes]). [IONOS.FailNext] and [IONOS.Next] let the coming one fail,
// fail in a target, never end, be unknown for a while, or not be made.
//
// # Faults
//
// A [Fault] is a rule: which operation, which attempt, before or after the change
// is made, and an [Effect]: [Reply], [HTML], [Empty], [Redirect], [EditResponse],
// [Delay], [Hang], [ResetConnection], [CloseConnection], [TruncateBody],
// [TruncateChunked], [SlowBody], [Endless], [GzipLie], [GzipBomb], or a function of
// your own. [FaultSpec] is its JSON form.
//
//	rule := cloud.IONOS.Fault(wrappertest.Fault{
//		OperationID: wrappertest.UmUsersPost, Attempt: 1, After: true, Effect: wrappertest.ResetConnection(),
//	})
//
// [WithRateLimit] and [WithThrottle] reject what comes too fast, [IONOS.RemoveToken]
// lets a token expire, DropConnections closes what clients keep open, and
// [WithHandler] puts a handler of your own around both sides.
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
//   - secAuthActive is rejected in a create request, s3CanonicalUserId in every
//     request; other unknown properties of a user are ignored.
//   - Adding a member twice changes nothing and is accepted; a second share of one
//     resource is rejected with 422.
//   - filter.NAME=VALUE filters every list by a property or a date of its items: a text
//     has to contain the value in any case. A filter by an unknown name is rejected
//     with 422; other unknown parameters are ignored.
//   - A depth from 2 to 10 means 1; [WithStrictDepth] rejects it. Entities are links;
//     [WithEntityItems] adds references to their members.
//   - The contract's owner is not in the list of users, unless [WithOwner] is given.
//   - Users may log in with email and password while they are active and have no
//     two-factor authentication, and with tokens that they generated. Without
//     administrator rights a user may read himself, his groups and what he owns, and
//     manage his keys and tokens; all else is 403.
//   - Deleting a user or a group removes its memberships and shares; what the user
//     owned falls to the contract owner.
//   - Every error is in the vendor's shape; the numbers in errorCode are plausible
//     and nothing to rely on.
//   - A failed request leaves its change behind unless the [Outcome] says NotApplied.
//
// # What is assumed about Triton
//
// Triton follows the open-source server, sdc-cloudapi 9.20, where that and its
// documentation differ: a single user is returned as an object, changes take an id
// and no login, an empty optional field in a create request is a server error.
// Beyond that:
//   - There is one account. A sub-user that signs a request needs a role of its own, named in
//     as-role or a default one, whose policies allow the action ([Triton.AddRole]). Conditions in
//     rules are neither checked nor evaluated. The role administrator may do everything.
//     as-role of the account's owner has no effect.
//   - Status, code and message are those that a CloudAPI 9.20.0 was recorded with, except for paths
//     with a malformed escape, which net/http rejects itself.
//   - Lists of users are cut at 1000 ([WithListLimit]); reads see each change at once, unless
//     [WithStaleReads] is given; [Triton.SetReadOnly] rejects writes.
//
// # Neighbours
//
// Both clouds serve what clients call beside the documented operations on their way to
// users, no larger than those clients need. These requests are not held to openapi.yaml,
// and have no constant of [OperationID].
//   - IONOS: /datacenters (create, list, get, delete), /um/users/{id}/s3keys, one member
//     of a group, /requests and /requests/{id} (with the bodies that were sent, passwords
//     included, as in the real service), /contracts, and /auth/v1/tokens, also at the root
//     of the host.
//   - Triton: the account, its keys, roles, policies, role tags, datacenters and /--ping.
package wrappertest
