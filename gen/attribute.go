package gen

import (
	"encoding/json"
	"strings"
)

// TritonAttribute is an attribute of a Triton user. An attribute may have several values, which the service
// returns as a list: they are joined by ", ", so that a value with a comma cannot be told from two. An attribute
// without a value is "".
type TritonAttribute string

const attributeSeparator = ", "

// UnmarshalJSON reads a string or a list of strings.
func (a *TritonAttribute) UnmarshalJSON(data []byte) error {
	if len(data) == 0 || data[0] != '[' {
		return json.Unmarshal(data, (*string)(a))
	}
	var values []string
	if err := json.Unmarshal(data, &values); err != nil {
		return err
	}
	*a = TritonAttribute(strings.Join(values, attributeSeparator))
	return nil
}
