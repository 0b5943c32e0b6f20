package wrapper

import (
	"context"
	"fmt"
)

// OperationName returns the operation ID that openapi.yaml gives to the request of this context, such as
// umUsersGet or CreateTritonUser: a name for spans and a label of metrics, of which there are few, unlike paths.
// The requests that a transport of [WithTransport] sends have such a context, and so have those that an [Auth]
// authorizes, and the records of [WithLogger]. A method that sends several requests gives each its own: UpdateUser
// sends umUsersFindById and umUsersPut, and [Operation.Wait] sends requestsStatusGet.
//
// It returns "" for requests of Raw, for every other context, and for nil.
func OperationName(ctx context.Context) string {
	if ctx == nil {
		return ""
	}
	name, _ := ctx.Value(operationNameKey{}).(string)
	return name
}

type operationNameKey struct{}

// operationContext is what context.WithValue would make of an operation ID, in one allocation.
type operationContext struct {
	context.Context
	name string
}

// withOperation leaves a nil context to who rejects it.
func withOperation(ctx context.Context, name string) context.Context {
	if ctx == nil {
		return nil
	}
	return &operationContext{ctx, name}
}

func (c *operationContext) Value(key any) any {
	if _, ok := key.(operationNameKey); ok {
		return c.name
	}
	return c.Context.Value(key)
}

// String keeps fmt from printing what the context around this one holds.
func (c *operationContext) String() string { return fmt.Sprintf("wrapper.OperationName(%s)", c.name) }
