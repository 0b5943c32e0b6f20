package wrapper

import (
	"encoding/json"

	"github.com/cloudroster/cloudroster/gen"
)

// unmarshal decodes one JSON value and nothing after it into a zero value, as encoding/json does:
// what responses are decoded into has a generated function for it. It copies: data may be reused.
func unmarshal(data []byte, value any) error {
	switch v := value.(type) {
	case interface{ DecodeJSON(data []byte) error }:
		return v.DecodeJSON(data)
	case *[]gen.TritonUser:
		return gen.DecodeTritonUsers(data, v)
	case *[]gen.TritonKey:
		return gen.DecodeTritonKeys(data, v)
	}
	return json.Unmarshal(data, value)
}
