//go:build go1.27 && goexperiment.jsonv2

package wrapper

import (
	"encoding/json"
	jsonv2 "encoding/json/v2"
)

// asBefore are the rules of encoding/json, except that data is not read twice: once to see that
// its syntax is right, and once to decode it.
var asBefore = jsonv2.JoinOptions(json.DefaultOptionsV1(), json.ReportErrorsWithLegacySemantics(false))

// unmarshal decodes one JSON value and nothing after it into a zero value. It copies: data may
// be reused. What encoding/json makes of data is what counts (json_v2_test.go compares the two):
// it also has the last word on everything that does not decode, so that errors are its own.
func unmarshal[T any](data []byte, value *T) error {
	if jsonv2.Unmarshal(data, value, asBefore) == nil {
		return nil
	}
	*value = *new(T)
	return json.Unmarshal(data, value)
}
