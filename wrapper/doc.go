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
// waiting. [WithAttemptTimeout] bounds one attempt.
//
// # Trying again
//
// What can be repeated safely is repeated, see [RetryPolicy]. A request that may have created
// something is not: the error then matches [ErrOutcomeUnknown]. Users.Create finds out what
// became of it.
//
// # Errors
//
// A call that failed is an [*Error], a wait that failed an [*OperationError]. Match the Err
// variables with errors.Is. No error prints a secret, a body, a header or a query.
//
// For tests, package wrappertest has both clouds in memory.
package wrapper
