package gen

import (
	"encoding/json"
	"errors"
	"reflect"
	"time"

	"github.com/cloudroster/cloudroster/internal/jsonscan"
)

// ErrTooManyItems: a document has lists of items that say next to nothing, such as a megabyte of {},
// which would take hundreds of times its size. What it takes is bounded by 32 times its size and 1 MiB.
var ErrTooManyItems = errors.New("a list has more items than its length allows for")

// decodeOdd decodes with encoding/json, into a pointer to a zero value, what the generated functions leave to it.
// largest is the size of the largest element of a list, 0 if there are no lists.
func decodeOdd(data []byte, v any, largest int) error {
	if largest > 0 && jsonscan.Elements(data) > jsonscan.Budget(len(data))/largest {
		return ErrTooManyItems
	}
	return json.Unmarshal(data, v)
}

func sizeOf[T any]() int { return int(reflect.TypeFor[T]().Size()) }

// decode reads a date, as UnmarshalJSON does.
func (t *Time) decode(s *jsonscan.Scanner) {
	raw := s.Raw()
	if raw == nil || t.quick(raw) {
		return
	}
	_ = t.UnmarshalJSON(raw) // never fails
}

// quick reads the date that the documentation promises: "2006-01-02T15:04:05Z" with its quotes.
func (t *Time) quick(raw []byte) bool {
	if !hasPattern(raw, `"0000-00-00T00:00:00Z"`) {
		return false
	}
	two := func(i int) int { return int(raw[i]-'0')*10 + int(raw[i+1]-'0') }
	year, month, day := two(1)*100+two(3), two(6), two(9)
	hour, minute, second := two(12), two(15), two(18)
	if month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return false
	}
	t.Time = time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	return true
}

// hasPattern reports whether text is pattern with any digits for its zeros.
func hasPattern(text []byte, pattern string) bool {
	if len(text) != len(pattern) {
		return false
	}
	for i, c := range text {
		if p := pattern[i]; p == '0' && (c < '0' || c > '9') || p != '0' && c != p {
			return false
		}
	}
	return true
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
