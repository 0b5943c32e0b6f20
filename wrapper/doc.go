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
// types of package gen. [Users], from the Users method of either, is the same few calls for both
// clouds. Raw is the generated client with this package's credentials, retries and errors, for
// what the methods do not do.
//
// For Triton, package profile makes clients from the variables and profiles of the vendor's
// command line tool, and package sshkey makes signers from SSH keys and ssh-agent.
//
// # Accepted is not done
//
// IONOS accepts a write first and carries it out later. Such a write returns an [Operation]:
// Wait for it, Watch its progress, or keep its ID and go on in another process. Triton's writes,
// and those of Users on both clouds, are done when they return.
//
// # Time
//
// The context of a call bounds everything that the call does: attempts, pauses between them, and
// waiting, signing with ssh-agent included. [WithAttemptTimeout] bounds one attempt.
//
// # What is tried again
//
// Again means: up to [RetryPolicy] MaxAttempts times in all, after the pause that Retry-After
// asks for, or else one of its own. A 429 pauses the whole client. Triton's UpdateUser counts as
// a PUT, since sending it twice does no harm. An error tells how often it was sent.
//
//	answer or fault                        GET     PUT, DELETE  POST    error matches         a write is
//	no credentials                         unsent  unsent       unsent  the Auth's error      not made
//	no connection                          again   again        again   the cause             not made
//	certificate not trusted                no      no           no      the cause             not made
//	connection lost, or no answer in time  again   again        no      the cause             unknown
//	2xx cut short                          again   no           no      io.ErrUnexpectedEOF   unknown
//	2xx over the limit                     no      no           no      ErrResponseTooLarge           unknown
//	2xx not as documented                  no      no           no      ErrUnexpectedResponse   unknown
//	3xx                                    no      no           no      ErrUnexpectedResponse   not made
//	400, 405, 406, 413, 415, 422           no      no           no      ErrInvalid            not made
//	401                                    no      no           no      ErrUnauthorized       not made
//	402, 403                               no      no           no      ErrForbidden          not made
//	404                                    no      no           no      ErrNotFound           not made
//	409                                    no      no           no      ErrConflict           not made
//	420, 429                               again   again        again   ErrRateLimited        not made
//	other 4xx                              no      no           no      none                  not made
//	500                                    again   no           no      ErrUnavailable        unknown
//	502, 503, 504                          again   again        no      ErrUnavailable        unknown
//	other 5xx                              no      no           no      ErrUnavailable        unknown
//
// Not made means that nothing was changed. Unknown means that the write may have been made: the
// error matches [ErrOutcomeUnknown] as well. If it carries an [Operation], wait for that;
// otherwise look before repeating the write. Users.Create does so itself. A DELETE that
// returns the service's own 404 after an attempt whose response was lost is a success; after a
// 503 that is no gateway's page, with which services say that they did nothing, it is ErrNotFound. Triton's 409 with
// InvalidArgument or MissingParameter is ErrInvalid, and its refusal of a date is signed once
// more with the server's clock, or else ErrClockSkew.
//
// A write whose response is a 2xx other than 202 is done. Waiting for a 202 without a Location
// returns [ErrOutcomeUnknown]: nothing says when it is done. A 202 whose
// Location names no request is an error beside the result: it was accepted, and nobody can tell
// how it ended. Redirects are never followed, and nothing is ever sent to another host than that
// of the base URL.
//
// # Errors
//
// A request that failed is an [*Error], a wait that failed an [*OperationError]; what is refused
// before any request is neither. Match the Err variables with errors.Is. No error prints a
// secret, a body, a header or a query.
//
// # Limits and defaults
//
//	attempts of one request      4                      WithRetry
//	pause between two attempts   0.5 s, growing to 30 s  WithRetry
//	longest Retry-After          2 minutes              WithRetry
//	time of one attempt          1 minute               WithAttemptTimeout
//	size of an answer            16 MiB, unpacked       WithResponseLimit
//	body kept of a failed answer 4 KiB                  none
//	pause between two polls      0.5 s, growing to 15 s  WithPollPolicy
//	404 of an accepted request   30 s                   none
//	polls that fail in a row     5                      none
//	TLS                          1.2 or newer           WithHTTPClient
//
// The numbers of the first three lines are fields of [RetryPolicy], those of the polls of
// [PollPolicy]. A request whose body cannot be rewound, which only Raw can send, is sent once.
//
// # Many users
//
// A look-up by email address reads the list of users. For many people, take one [Snapshot], ask
// that, write by id, and wait for all operations together with [WaitAll]. Requests for the
// look-ups, measured with 500 people who are all the users there are:
//
//	                                     IONOS  Triton
//	Users.Get by address, for each        1510    1000
//	NewSnapshot, then Snapshot.Get           6       1
//
// A snapshot is as old as its reading: a user who was created afterwards is not in it, and
// deleting one who is gone by then returns [ErrNotFound]. A Triton account with 1000 users or more
// has no complete list: what cannot be known there is [ErrIncomplete].
//
// # Zero values and concurrency
//
// Clients, Auths, Users and Operations are made by their functions, do not change, and are safe
// for concurrent use; their zero values are of no use. A nil [Operation] answers every wait with
// an error, and its ID is "". The zero [RetryPolicy] and [PollPolicy] are the defaults. A nil
// [Option] or [CallOption] is ignored, a nil Auth is refused.
//
// For tests, package wrappertest has both clouds in memory.
package wrapper
