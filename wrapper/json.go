package wrapper

import "encoding/json"

// unmarshal decodes one JSON value and nothing after it. It copies: data may be reused.
func unmarshal(data []byte, value any) error { return json.Unmarshal(data, value) }
