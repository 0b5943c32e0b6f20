package contract

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"
	"mime"
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
	broken   bool // reading it failed
}

func (c *capture) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.mu.Lock()
	if c.kept.data == nil && c.length > 0 {
		c.kept.data = make([]byte, 0, min(c.length, c.limit, 1<<20))
	}
	c.kept.keep(p[:n], c.limit)
	switch {
	case err == nil:
	case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		c.kept.complete = true
	default:
		c.kept.broken = true
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

// framing is what the headers say about a body.
type framing struct {
	mediaType string // without parameters, in lower case; "" if absent or malformed
	charset   string
	encoding  string
	malformed bool
	length    string // Content-Length
	chunked   bool
}

func framingOf(header http.Header) framing {
	f := framing{
		encoding: strings.ToLower(strings.TrimSpace(strings.Join(header["Content-Encoding"], ","))),
		length:   header.Get("Content-Length"), chunked: header.Get("Transfer-Encoding") != "",
	}
	sent := header.Get("Content-Type")
	if sent == "application/json" || sent == "" {
		f.mediaType = sent
		return f
	}
	mediaType, parameters, err := mime.ParseMediaType(sent)
	f.mediaType, f.charset, f.malformed = mediaType, strings.ToLower(parameters["charset"]), err != nil
	return f
}

// What can be wrong with the encoding of a body.
var (
	errUnknownEncoding = errors.New("has a content encoding that is not supported")
	errDamaged         = errors.New("is not in the content encoding that its header names")
)

// plain undoes gzip and deflate.
func (k captured) plain(encoding string, limit int64) (captured, error) {
	var reader io.Reader
	var err error
	switch encoding {
	case "", "identity":
		return k, nil
	case "gzip", "x-gzip":
		reader, err = gzip.NewReader(bytes.NewReader(k.data))
	case "deflate":
		reader, err = zlib.NewReader(bytes.NewReader(k.data))
	default:
		return k, errUnknownEncoding
	}
	if err != nil {
		return k, errDamaged
	}
	data, err := io.ReadAll(io.LimitReader(reader, limit+1))
	if err != nil {
		return k, errDamaged
	}
	return captured{data: data, over: int64(len(data)) > limit, complete: true}, nil
}

func (x *exchange) checkRequestBody(k captured) {
	if x.operation != nil {
		x.checkBody("request body", k, x.sent, x.requestBody)
	}
}

func (x *exchange) checkResponseBody(k captured, f framing) {
	x.checkBody("response body", k, f, func(data []byte) { x.responseBody(f, data) })
}

// checkBody says so when it cannot look into a body.
func (x *exchange) checkBody(where string, k captured, f framing, check func([]byte)) {
	notChecked := func(why string) { x.find(Drift, RuleNotChecked, where, why) }
	switch {
	case k.broken:
		notChecked("is not checked: it broke off")
		return
	case !k.complete && !k.over:
		notChecked("is not checked: it was not read to its end")
		return
	case len(k.data) == 0 && !k.over:
		check(nil)
		return
	case k.over && f.encoding != "" && f.encoding != "identity":
		notChecked("is longer than the limit of the check")
		return
	}
	k, err := k.plain(f.encoding, x.limit)
	switch {
	case errors.Is(err, errUnknownEncoding):
		notChecked(err.Error())
	case err != nil:
		x.violate(RuleMalformedBody, where, err.Error())
	case k.over:
		notChecked("is longer than the limit of the check")
	default:
		check(k.data)
	}
}

// content checks a body against what the document has for its media type.
func (x *exchange) content(described *content, f framing, data []byte, response bool) {
	side := "request"
	if response {
		side = "response"
	}
	media, ok := described.of(f.mediaType)
	switch {
	case !ok || f.malformed || f.mediaType == "":
		x.violate(RuleMediaType, side+" header Content-Type", "is not a documented media type")
		return
	case f.charset != "" && f.charset != "utf-8" && f.charset != "utf8" && f.charset != "us-ascii":
		x.find(Drift, RuleNotChecked, side+" body", "has a charset that is not supported")
		return
	case !isJSON(f.mediaType):
		if media.schema != nil {
			x.find(Drift, RuleNotChecked, side+" body", "has a media type that is not supported")
		}
		return
	}
	w := &walker{scanner: scanner{data: data}, names: x.document.names, response: response, place: side + " body"}
	if malformed := w.body(media.schema); malformed != "" {
		x.violate(RuleMalformedBody, side+" body", malformed)
		return
	}
	if response {
		x.shape(w, media.schema)
	}
	x.reportAll(w.problems)
	x.cover(w.hits...)
	if response {
		x.meaning(w)
	}
}
