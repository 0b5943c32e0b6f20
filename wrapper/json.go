package wrapper

import (
	"encoding/json"

	"github.com/cloudroster/cloudroster/gen"
)

// unmarshal decodes one JSON value and nothing after it into a zero value, as encoding/json does:
// what responses are decoded into has a generated function for it. It copies: data may be reused.
func unmarshal(data []byte, value any) error {
	if v, ok := value.(interface{ DecodeJSON(data []byte) error }); ok {
		return v.DecodeJSON(data)
	}
	return json.Unmarshal(data, value)
}

// unmarshalTriton is unmarshal for Triton, whose lists are arrays. A program that calls IONOS alone
// does not link it.
func unmarshalTriton(data []byte, value any) error {
	switch v := value.(type) {
	case *[]gen.TritonUser:
		return gen.DecodeTritonUsers(data, v)
	case *[]gen.TritonKey:
		return gen.DecodeTritonKeys(data, v)
	}
	return unmarshal(data, value)
}
