package wrapper

import "github.com/cloudroster/cloudroster/gen"

// Secret is a password. It is sent as it is and printed as [redacted]. An untyped constant is
// a Secret; a string variable is converted: wrapper.Secret(password).
type Secret = gen.Secret
