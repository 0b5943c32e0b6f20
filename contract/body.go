package contract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// capture keeps what is read through it, up to a limit, and calls done once: when the body has been
// read to its end, has broken off, or was closed.
type capture struct {
	io.ReadCloser
	limit  int64
	length int64 // declared; -1 if unknown
	done   func(captured)

	mu   sync.Mutex
	kept captured
	once sync.Once
}

type captured struct {
	data     []byte
	over     bool // longer than the limit
	complete bool // data is all of it, or over
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.mu.Lock()
	c.kept.keep(p[:n], c.limit)
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		c.kept.complete = true
	}
	c.mu.Unlock()
	if err != nil {
		c.finish()
	}
	return n, err
}

func (c *capture) Close() error {
	c.mu.Lock()
	// A JSON decoder stops at the end of its value and leaves the end of the body unread.
	c.kept.complete = c.kept.complete || c.kept.over ||
		c.length >= 0 && int64(len(c.kept.data)) == c.length ||
		c.length < 0 && json.Valid(c.kept.data)
	c.mu.Unlock()
	c.finish()
	return c.ReadCloser.Close()
}

func (c *capture) finish() {
	c.once.Do(func() {
		c.mu.Lock()
		kept := c.kept
		c.mu.Unlock()
		c.done(kept)
	})
}

func (k *captured) keep(p []byte, limit int64) {
	if room := limit - int64(len(k.data)); int64(len(p)) > room {
		k.over = true
		p = p[:max(room, 0)]
	}
	k.data = append(k.data, p...)
}

// plain undoes a gzip that the client asked for itself. ok is false when the content cannot be told.
func (k captured) plain(header http.Header, limit int64) (_ captured, ok bool) {
	switch strings.ToLower(header.Get("Content-Encoding")) {
	case "", "identity":
		return k, true
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(k.data))
		if err != nil {
			return k, false
		}
		data, err := io.ReadAll(io.LimitReader(reader, limit+1))
		if err != nil {
			return k, false
		}
		return captured{data: data, over: int64(len(data)) > limit, complete: true}, true
	}
	return k, false
}

func (x *exchange) checkRequestBody(k captured, header http.Header) {
	x.checkBody("request body", k, header, x.requestBody)
}

func (x *exchange) checkAnswerBody(k captured, header http.Header) {
	x.checkBody("answer body", k, header, func(data []byte) { x.answerBody(header, data) })
}

// checkBody leaves what is incomplete alone: a connection that breaks off is not a matter of the
// contract.
func (x *exchange) checkBody(where string, k captured, header http.Header, check func([]byte)) {
	if !k.complete && !k.over {
		return
	}
	k, ok := k.plain(header, x.limit)
	switch {
	case !ok:
	case k.over:
		x.find(Drift, RuleNotChecked, where, "is longer than the limit of the check")
	default:
		check(k.data)
	}
}
