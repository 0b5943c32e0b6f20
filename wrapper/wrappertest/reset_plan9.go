package wrappertest

import "errors"

var errReset = errors.New("read: connection reset by peer")
