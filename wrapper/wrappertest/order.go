package wrappertest

import (
	"cmp"
	"iter"
	"slices"
)

// blockSize is how many keys a block of an ordered map has at most: removing one moves the others.
const blockSize = 512

// ordered is a map that remembers the order in which its keys came. No method but list, all and
// copy takes time in proportion to its length. The zero value is empty, and so is nil for reading.
type ordered[V any] struct {
	names   func(V) []string // further names that a value is found by; may be nil
	slots   map[string]slot[V]
	blocks  []*block          // in order, none empty
	places  int               // how many keys have come
	aliases map[string]string // key by name
}

type slot[V any] struct {
	value V
	in    *block
	place int // among all keys that have come
}

type block struct{ keys []string }

func (o *ordered[V]) len() int {
	if o == nil {
		return 0
	}
	return len(o.slots)
}

func (o *ordered[V]) get(key string) (V, bool) {
	if o == nil {
		var none V
		return none, false
	}
	found, ok := o.slots[key]
	return found.value, ok
}

func (o *ordered[V]) has(key string) bool {
	_, ok := o.get(key)
	return ok
}

// find is get by one of the further names.
func (o *ordered[V]) find(name string) (V, bool) {
	if key, ok := o.aliases[name]; ok {
		return o.get(key)
	}
	var none V
	return none, false
}

func (o *ordered[V]) set(key string, value V) {
	if o.slots == nil {
		o.slots, o.aliases = map[string]slot[V]{}, map[string]string{}
	}
	before, known := o.slots[key]
	if known {
		o.unname(key, before.value)
	} else {
		before.in = o.lastBlock()
		before.in.keys = append(before.in.keys, key)
		before.place = o.places
		o.places++
	}
	before.value = value
	o.slots[key] = before
	if o.names != nil {
		for _, name := range o.names(value) {
			o.aliases[name] = key
		}
	}
}

func (o *ordered[V]) lastBlock() *block {
	if n := len(o.blocks); n > 0 && len(o.blocks[n-1].keys) < blockSize {
		return o.blocks[n-1]
	}
	last := new(block)
	o.blocks = append(o.blocks, last)
	return last
}

func (o *ordered[V]) unname(key string, value V) {
	if o.names == nil {
		return
	}
	for _, name := range o.names(value) {
		if o.aliases[name] == key {
			delete(o.aliases, name)
		}
	}
}

func (o *ordered[V]) remove(key string) {
	if o == nil {
		return
	}
	found, ok := o.slots[key]
	if !ok {
		return
	}
	o.unname(key, found.value)
	delete(o.slots, key)
	at := slices.Index(found.in.keys, key)
	found.in.keys = slices.Delete(found.in.keys, at, at+1)
	if len(found.in.keys) == 0 {
		at = slices.Index(o.blocks, found.in)
		o.blocks = slices.Delete(o.blocks, at, at+1)
	}
}

// all yields the values from a position on. The map must not change meanwhile.
func (o *ordered[V]) all(offset int) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if o == nil {
			return
		}
		for _, block := range o.blocks {
			if offset >= len(block.keys) {
				offset -= len(block.keys)
				continue
			}
			for _, key := range block.keys[offset:] {
				if !yield(key, o.slots[key].value) {
					return
				}
			}
			offset = 0
		}
	}
}

// page returns at most limit values from a position on.
func (o *ordered[V]) page(offset, limit int) []V {
	page := make([]V, 0, max(0, min(limit, o.len()-offset)))
	for _, value := range o.all(offset) {
		if len(page) == cap(page) {
			break
		}
		page = append(page, value)
	}
	return page
}

func (o *ordered[V]) list() []V { return o.page(0, o.len()) }

func (o *ordered[V]) keys() []string {
	keys := make([]string, 0, o.len())
	for key := range o.all(0) {
		keys = append(keys, key)
	}
	return keys
}

// inOrder returns those of keys that the map has, in its order.
func (o *ordered[V]) inOrder(keys []string) []string {
	known := slices.DeleteFunc(keys, func(key string) bool { return !o.has(key) })
	slices.SortFunc(known, func(a, b string) int { return cmp.Compare(o.slots[a].place, o.slots[b].place) })
	return known
}

func (o *ordered[V]) copy() *ordered[V] {
	out := &ordered[V]{}
	if o != nil {
		out.names = o.names
	}
	for key, value := range o.all(0) {
		out.set(key, value)
	}
	return out
}

// listed is several ordered maps, each under a key.
type listed[V any] map[string]*ordered[V]

func (l listed[V]) set(list, key string, value V) {
	if l[list] == nil {
		l[list] = new(ordered[V])
	}
	l[list].set(key, value)
}

func (l listed[V]) remove(list, key string) {
	l[list].remove(key)
	if l[list].len() == 0 {
		delete(l, list)
	}
}

func (l listed[V]) copy() listed[V] {
	out := listed[V]{}
	for list, values := range l {
		out[list] = values.copy()
	}
	return out
}
