package wrappertest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"time"
)

// Reply responds with this status, headers and body. A nil header means none.
func Reply(status int, header http.Header, body string) Effect {
	return func(w http.ResponseWriter, r *http.Request, _ func() *Response) {
		(&Response{Status: status, Header: header, Body: []byte(body)}).write(w, r)
	}
}

// HTML responds with a gateway's error page, longer than one would print.
func HTML(status int) Effect {
	page := "<html><head><title>" + http.StatusText(status) + "</title></head><body><center><h1>" +
		http.StatusText(status) + "</h1></center>" + string(bytes.Repeat([]byte("<!-- padding -->\n"), 1000)) + "</body></html>"
	return Reply(status, http.Header{"Content-Type": {"text/html"}}, page)
}

// Empty responds with a status and no body.
func Empty(status int) Effect { return Reply(status, nil, "") }

// Redirect responds with a redirect status and Location.
func Redirect(status int, location string) Effect {
	return Reply(status, http.Header{"Location": {location}}, "")
}

// EditResponse sends the cloud's own response after a change of it: a missing header, an
// unknown value, a date without a zone. Content-Length follows the body.
func EditResponse(change func(*Response)) Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *Response) {
		response := carryOut().copy()
		change(response)
		response.write(w, r)
	}
}

// Delay waits before the cloud carries the request out and responds. A client
// that leaves meanwhile has changed nothing, unless [Fault] says After.
func Delay(wait time.Duration) Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *Response) {
		if sleep(r, wait) {
			carryOut().write(w, r)
		}
	}
}

// Hang never responds. It ends when the client leaves or the server is closed.
func Hang() Effect {
	return func(_ http.ResponseWriter, r *http.Request, _ func() *Response) {
		<-r.Context().Done()
	}
}

// ResetConnection breaks the connection without a response: a TCP reset on a socket, the
// same error in memory. Where the handler is served by something that gives no
// access to its connection, the response is aborted instead.
func ResetConnection() Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *Response) { reset(w) }
}

// CloseConnection ends the connection without a response, as a server that restarts does.
func CloseConnection() Effect {
	return func(http.ResponseWriter, *http.Request, func() *Response) { panic(http.ErrAbortHandler) }
}

// TruncateBody sends the cloud's response with its Content-Length, and ends the connection
// after n bytes of the body.
func TruncateBody(n int) Effect {
	return func(w http.ResponseWriter, _ *http.Request, carryOut func() *Response) {
		response := carryOut()
		response.writeHeader(w)
		cut(w, response, n)
	}
}

// TruncateChunked is like [TruncateBody] with chunked transfer encoding: the client cannot
// tell from a length that something is missing.
func TruncateChunked(n int) Effect {
	return func(w http.ResponseWriter, _ *http.Request, carryOut func() *Response) {
		response := carryOut().copy()
		for name, values := range response.Header {
			w.Header()[name] = values
		}
		w.Header().Del("Content-Length")
		w.WriteHeader(response.Status)
		cut(w, response, n)
	}
}

func cut(w http.ResponseWriter, response *Response, n int) {
	_, _ = w.Write(response.Body[:min(n, len(response.Body))])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// SlowBody sends the cloud's response one byte at a time, with a delay before each.
func SlowBody(delay time.Duration) Effect {
	return func(w http.ResponseWriter, r *http.Request, carryOut func() *Response) {
		response := carryOut()
		response.writeHeader(w)
		flush := http.NewResponseController(w)
		_ = flush.Flush()
		for i := range response.Body {
			if !sleep(r, delay) {
				return
			}
			if _, err := w.Write(response.Body[i : i+1]); err != nil {
				return
			}
			_ = flush.Flush()
		}
	}
}

// Endless responds with a JSON string that has no end. It stops when the client
// leaves.
func Endless(status int) Effect {
	return func(w http.ResponseWriter, _ *http.Request, _ func() *Response) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		block := bytes.Repeat([]byte("x"), 32<<10)
		_, err := io.WriteString(w, `{"id":"`)
		for err == nil {
			_, err = w.Write(block)
		}
	}
}

// GzipLie sends the cloud's response as it is, but declares it to be gzip.
func GzipLie() Effect {
	return EditResponse(func(a *Response) { a.Header.Set("Content-Encoding", "gzip") })
}

// GzipBomb responds with a small gzip body that unpacks to about size bytes of
// JSON string.
func GzipBomb(status, size int) Effect {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	block := bytes.Repeat([]byte("x"), 32<<10)
	_, _ = io.WriteString(zip, `{"id":"`) // a bytes.Buffer takes everything
	for written := 0; written < size; written += len(block) {
		_, _ = zip.Write(block)
	}
	_, _ = io.WriteString(zip, `"}`)
	_ = zip.Close()
	return Reply(status, http.Header{"Content-Type": {"application/json"}, "Content-Encoding": {"gzip"}}, packed.String())
}

func (a *Response) copy() *Response {
	header := a.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	return &Response{Status: a.Status, Header: header, Body: bytes.Clone(a.Body)}
}

// sleep waits, and reports whether the client is still connected.
func sleep(r *http.Request, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// reset breaks the connection under w.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if breakable, ok := conn.(interface{ SetLinger(int) error }); ok {
		_ = breakable.SetLinger(0) // close sends RST instead of FIN
	}
	_ = conn.Close()
}
