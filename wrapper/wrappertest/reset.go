//go:build !plan9

package wrappertest

import (
	"os"
	"syscall"
)

// errReset is what a read returns after the other side has reset the connection.
var errReset error = os.NewSyscallError("read", syscall.ECONNRESET)
