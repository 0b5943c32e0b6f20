// Package wrapper manages the users of two clouds: IONOS Cloud (users, groups, shares, resources)
// and Triton CloudAPI (the users of an account).
//
//	ionos, err := wrapper.NewIONOSFromEnv() // or NewIONOS(TokenAuth(token))
//	...
//	user, operation, err := ionos.CreateUser(ctx, gen.UserCreateProperties{
//		FirstName: "Jo", LastName: "Doe", Email: "jo@example.com", Password: password,
//	})
//	...
//	err = operation.Wait(ctx)
//
// # Clients
//
// [IONOS] and [Triton] have one method for each documented operation. They take and return the
// types of package gen. [Users], from the Users method of either, has the same few methods for both
// clouds. Raw returns the generated client with this package's credentials, retries and errors, for
// what the methods do not cover.
//
// For Triton, package profile creates clients from the variables and profiles of the vendor's
// command line tool, and package sshkey creates signers from SSH keys and ssh-agent.
//
// # Operations
//
// IONOS accepts a write first and applies it later. Such a write returns an [Operation]: Wait for
// it, Watch its progress, or keep its ID and continue in another process. Triton's writes, and those
// of Users on both clouds, are done when they return.
//
// # Contexts
//
// The context of a call bounds all of the call: attempts, the delays between them, polls, and
// signing, with ssh-agent too. [WithAttemptTimeout] bounds one attempt.
//
// # Retries
//
// A request is sent up to [RetryPolicy] MaxAttempts times. The delay before an attempt is the
// service's Retry-After, or else a random one that grows. A Retry-After is lengthened by up to an
// eighth, 5 seconds at most, so that clients do not return at the same moment. After a 429 no request
// of the client is sent before the delay is over; then attempts start one by one, at an interval that
// doubles with each further 429 and shrinks with each other response. Triton's UpdateUser is retried
// like a PUT, because sending it twice does no harm. Error.Attempts counts the attempts.
//
//	response or fault                      GET     PUT, DELETE  POST    error matches             write
//	no credentials                         unsent  unsent       unsent  the error of the Auth     not applied
//	no connection                          retry   retry        retry   the cause                 not applied
//	untrusted certificate                  no      no           no      the cause                 not applied
//	connection lost or attempt timed out   retry   retry        no      the cause                 unknown
//	1xx                                    no      no           no      ErrUnexpectedResponse     unknown
//	truncated 2xx                          retry   no           no      io.ErrUnexpectedEOF       unknown
//	2xx over the limit                     no      no           no      ErrResponseTooLarge       unknown
//	undocumented 2xx                       no      no           no      ErrUnexpectedResponse     unknown
//	3xx                                    no      no           no      ErrUnexpectedResponse     not applied
//	400, 405, 406, 413, 415, 422           no      no           no      ErrInvalid                not applied
//	422, email or login taken              no      no           no      ErrExists, ErrInvalid     not applied
//	401                                    no      no           no      ErrUnauthorized           not applied
//	402, 403                               no      no           no      ErrForbidden              not applied
//	404                                    no      no           no      ErrNotFound               not applied
//	409                                    no      no           no      ErrConflict               not applied
//	409, email or login taken              no      no           no      ErrExists, ErrConflict    not applied
//	420, 429                               retry   retry        retry   ErrRateLimited            not applied
//	other 4xx                              no      no           no      none                      not applied
//	500                                    retry   no           no      ErrUnavailable            unknown
//	502, 503, 504                          retry   retry        no      ErrUnavailable            unknown
//	other 5xx                              no      no           no      ErrUnavailable            unknown
//
// The error of a write whose outcome is unknown matches [ErrOutcomeUnknown] as well. If it has an
// [Operation], wait for that; otherwise read before you repeat the write, as Users.Create does. A
// DELETE that returns the service's own 404, after an attempt whose response was lost, is a success;
// after a 503 that is not a gateway's page, with which services say that they did nothing, it is
// ErrNotFound. Triton's 409 with InvalidArgument or MissingParameter is ErrInvalid. If Triton rejects
// the date of a signature, the request is signed once more by the service's clock; the error is
// ErrClockSkew if that does not help. After a 401 a [TokenSourceAuth] may supply another token, once.
//
// A write with a 2xx other than 202 is done. Waiting for a 202 without a Location returns
// [ErrOutcomeUnknown], because nothing tells when it is done. A 202 whose Location has no request id
// is an error beside the result: the write was accepted, and its outcome cannot be determined.
// Redirects are never followed, and nothing is sent to a host other than that of the base URL.
//
// # Errors
//
// A failed request returns an [*Error], a failed wait an [*OperationError]; invalid input returns
// neither, and matches [ErrInvalid]. Match the Err variables with errors.Is. No error prints a secret,
// a body, a header or a query.
//
// # Limits and defaults
//
//	attempts of one request         4                         WithRetry
//	delay between two attempts      500ms, growing to 30s     WithRetry
//	longest Retry-After             2m0s                      WithRetry
//	interval of attempts after 429  200ms, growing to 2s      WithRetry
//	one attempt                     1m0s                      WithAttemptTimeout
//	size of a response              16 MiB, decompressed      WithResponseLimit
//	Error.Body                      4 KiB                     not configurable
//	delay between two polls         500ms, growing to 15s     WithPollPolicy
//	404 of an accepted request      30s                       not configurable
//	outage while polling            1h0m0s                    not configurable
//	polls at the same time          256                       not configurable
//	TLS                             1.2 or newer              WithHTTPClient
//
// The interval after a 429 is bounded by RetryPolicy MinDelay and MaxDelay as well. A request whose
// body cannot be rewound, which only Raw can send, is sent once.
//
// # Many users
//
// Looking up an email address reads the list of users. For many people, take one [Snapshot], look
// them up there, write by id, and wait for all operations together with [WaitAll]. Requests for
// looking up 500 people who are all the users there are, measured:
//
//	                                     IONOS  Triton
//	Users.Get by address, for each        1510    1000
//	NewSnapshot, then Snapshot.Get           6       1
//
// 500 creations on IONOS that take 12 s each, at 200 requests a minute, in the fake time of a test:
//
//	                                     polls  minutes
//	Users.Create in eight workers          942     12.6
//	CreateUser for each, then WaitAll      502      4.4
//
// A snapshot does not change: a user who was created afterwards is not in it, and deleting one who no
// longer exists returns [ErrNotFound]. A Triton account with 1000 users or more has no complete list:
// what cannot be known there is [ErrIncomplete].
//
// # Zero values and concurrency
//
// Clients, Auths, Users and Operations are immutable and safe for concurrent use; create them with
// their constructors, their zero values are not usable. Waiting on a nil [Operation] returns an error,
// and its ID is "". The zero [RetryPolicy] and [PollPolicy] are the defaults. A nil [Option] or
// [CallOption] is ignored, a nil Auth is [ErrInvalid].
//
// For tests, package wrappertest has both clouds in memory.
package wrapper
