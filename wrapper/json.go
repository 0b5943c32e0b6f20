//go:build !go1.27 || !goexperiment.jsonv2

package wrapper

import "encoding/json"

// unmarshal decodes one JSON value and nothing after it into a zero value. It copies: data may
// be reused.
func unmarshal[T any](data []byte, value *T) error { return json.Unmarshal(data, value) }
