package wrappertest

import (
	"encoding/binary"
	"math/rand/v2"
)

// randomBytes returns n random bytes for ids, tokens and the key of an in-memory cloud. They do not
// come from crypto/rand: under FIPS 140 that needs a clock that runs, which testing/synctest stops.
func randomBytes(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.LittleEndian.AppendUint64(b, rand.Uint64()) //nolint:gosec // seeded by the system, and protects nothing
	}
	return b[:n]
}
